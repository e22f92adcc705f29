"""Several repairs in one visit: calculations.md §3."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from addin.domain.combination import cuts, shares


def column(*amounts: int | None) -> pd.Series:
    return pd.Series(amounts, dtype="Int64")


def one_visit(claimed: list[int], prices: list[int], cap: int | None = None) -> list[list[int]]:
    """Shares, cuts and what the rows are paid."""
    visit, claims = np.zeros(len(prices), dtype=int), column(*claimed)
    share = shares(visit, column(*prices), cap=cap)
    cut = cuts(visit, claims, share)
    return [share.tolist(), cut.tolist(), (claims - cut).tolist()]


@pytest.mark.parametrize(
    ("claimed", "prices", "cap", "share", "cut", "paid"),
    [
        ([4500, 4500], [4500, 4500], None, [4500, 2250], [0, 2250], [4500, 2250]),
        ([4500, 2250], [4500, 4500], None, [4500, 2250], [0, 0], [4500, 2250]),
        ([4500, 9000], [4500, 9000], None, [2250, 9000], [0, 2250], [4500, 6750]),
        ([3000, 3000], [4501, 4501], None, [4501, 2251], [0, 0], [3000, 3000]),
        (
            [18000, 4500, 4500], [18000, 4500, 4500], None,
            [18000, 2250, 2250], [0, 0, 4500], [18000, 4500, 0],
        ),
        (
            [18000, 4500, 4500], [18000, 4500, 4500], 20000,
            [18000, 2000, 0], [0, 2500, 4500], [18000, 2000, 0],
        ),
        # the cap limits a visit of one, too, and leaves the dearest row last
        ([18000], [18000], 10000, [10000], [8000], [10000]),
        ([4500, 18000], [4500, 18000], 10000, [0, 10000], [0, 12500], [4500, 5500]),
        # more than the last row claims is taken from the rows before it
        ([9000, 100], [4500, 100], None, [4500, 50], [4450, 100], [4550, 0]),
        ([4500], [4500], 0, [0], [4500], [0]),
    ],
)  # fmt: skip
def test_worked_examples_of_the_contract(
    claimed: list[int], prices: list[int], cap: int | None,
    share: list[int], cut: list[int], paid: list[int],
) -> None:  # fmt: skip
    assert one_visit(claimed, prices, cap) == [share, cut, paid]


@pytest.mark.parametrize(("tolerance", "cut"), [(2249, [0, 2250]), (2250, [0, 0])])
def test_an_excess_within_the_tolerance_is_not_cut_and_beyond_it_is_cut_whole(
    tolerance: int, cut: list[int]
) -> None:
    share = column(4500, 2250)
    assert cuts(np.zeros(2, int), column(4500, 4500), share, tolerance=tolerance).tolist() == cut


def test_rows_without_a_visit_or_a_price_stand_outside_and_the_others_combine() -> None:
    visit = pd.Series([7, 7, -1, 7, pd.NA], dtype="Int64", index=[10, 11, 12, 13, 14])
    price = pd.Series([4500, pd.NA, 4500, 4500, 4500], dtype="Int64", index=visit.index)
    share = shares(visit, price)
    assert share.dropna().to_dict() == {10: 4500, 13: 2250}
    cut = cuts(visit, price.fillna(9900), share)
    assert cut.to_dict() == {10: 0, 11: 0, 12: 0, 13: 2250, 14: 0}


def test_a_blank_claim_counts_as_nothing() -> None:
    assert cuts(np.zeros(2, int), column(None, 4500), column(2000, 2000)).tolist() == [0, 500]


rows = st.lists(
    st.tuples(st.integers(-1, 3), st.none() | st.integers(0, 9999), st.integers(0, 9999)),
    max_size=12,
)
discounts = st.fractions(0, 1, max_denominator=1000)
caps = st.none() | st.integers(0, 20000)


def share_by_hand(prices: list[int], discount: Fraction, cap: int | None) -> list[int]:
    """§3 word for word, for one visit in sheet order."""
    order = sorted(range(len(prices)), key=lambda row: (-prices[row], row))
    share = [0] * len(prices)
    for rank, row in enumerate(order):
        exact = Decimal(prices[row] * discount.numerator) / discount.denominator
        share[row] = int(exact.quantize(Decimal(1), ROUND_HALF_UP)) if rank else prices[row]
    excess = 0 if cap is None else max(0, sum(share) - cap)
    for row in reversed(order):
        taken = min(excess, share[row])
        share[row] -= taken
        excess -= taken
    return share


@given(rows, discounts, caps, st.integers(0, 5000))
def test_shares_and_cuts_agree_with_a_count_by_hand(
    table: list[tuple[int, int | None, int]], discount: Fraction, cap: int | None, tolerance: int
) -> None:
    visit = np.array([row[0] for row in table], dtype=np.int64)
    price, claimed = column(*(row[1] for row in table)), column(*(row[2] for row in table))
    share = shares(visit, price, discount=discount, cap=cap)
    cut = cuts(visit, claimed, share, tolerance=tolerance)
    for of in range(4):
        members = [n for n, row in enumerate(table) if row[0] == of and row[1] is not None]
        assert share[members].tolist() == share_by_hand(price[members].tolist(), discount, cap)
        excess = claimed[members].sum() - share[members].sum()
        assert cut[members].sum() == (excess if excess > tolerance else 0)
        # taken from behind: where a row is cut, the rows after it have nothing left
        last_cut = next((n for n in members if cut[n] > 0), None)
        assert last_cut is None or all(cut[n] == claimed[n] for n in members if n > last_cut)
    assert ((cut >= 0) & (cut <= claimed)).all()
    outside = share.isna()
    assert (cut[outside] == 0).all()
    assert outside.tolist() == [row[0] < 0 or row[1] is None for row in table]
