"""Travel rates and fees: calculations.md §2.1, §2.2."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from addin.domain.travel import LIMITS, RATE, fee, invalid_rows, lookup

NUMBERS = ["free_distance", "price_per_km", *LIMITS]


def rates(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """(free metres, 分 per km, route, charged, limit, cap) as a lookup answers them."""
    return pd.DataFrame(rows, columns=[*RATE, *LIMITS]).astype(dict.fromkeys(NUMBERS, "Int64"))


def table(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """A 远程费标准 of (tier, 分 per km, from, to), else 15 km, 单程, 超出部分."""
    list_ = pd.DataFrame(rows, columns=["tier", "price_per_km", "valid_from", "valid_to"])
    return list_.assign(
        free_distance=15000, route="单程", charged="超出部分", distance_limit=80000, cap=pd.NA,
        valid_from=pd.to_datetime(list_["valid_from"]), valid_to=pd.to_datetime(list_["valid_to"]),
        row=range(4, 4 + len(list_)),
    )  # fmt: skip


def one_fee(metres: int | None, *rate: Any) -> int | None:
    (amount,) = fee(pd.Series([metres], dtype="Int64"), rates(rate))
    return None if amount is pd.NA else amount


@pytest.mark.parametrize(
    ("metres", "free", "price", "route", "charged", "cap", "expected"),
    [
        (20_000, 15_000, 150, "单程", "超出部分", None, 750),
        (20_000, 15_000, 150, "往返", "超出部分", None, 1500),
        (20_000, 15_000, 150, "单程", "全程", None, 3000),
        (15_000, 15_000, 150, "单程", "全程", None, 0),
        (15_000, 15_000, 150, "单程", "超出部分", None, 0),
        (15_100, 15_000, 150, "单程", "全程", None, 2265),
        (15_100, 15_000, 150, "单程", "超出部分", None, 15),
        (33_300, 15_000, 125, "单程", "超出部分", None, 2288),  # 22.875
        (60_000, 15_000, 150, "往返", "超出部分", 10_000, 10_000),  # 135.00
        (20_000, 15_000, 150, "往返", "全程", None, 6000),
        (0, 15_000, 150, "单程", "全程", None, 0),
        (0, 0, 150, "单程", "全程", None, 0),
        (20_000, 15_000, 150, "单程", "超出部分", 0, 0),
        (20_000, 15_000, 0, "单程", "超出部分", None, 0),
    ],
)
def test_worked_examples_of_the_contract(
    metres: int, free: int, price: int, route: str, charged: str, cap: int | None, expected: int
) -> None:
    # the distance limit is another rule's (R125): 1 km changes no fee
    assert one_fee(metres, free, price, route, charged, 1000, cap) == expected


def test_a_blank_or_negative_distance_has_no_standard() -> None:
    rate = (15_000, 150, "单程", "超出部分", None, None)
    assert one_fee(None, *rate) is None
    assert one_fee(-1, *rate) is None


@given(
    metres=st.integers(0, 200_000),
    further=st.integers(0, 50_000),
    free=st.integers(0, 60_000),
    price=st.integers(0, 1_000),
    route=st.sampled_from(["单程", "往返"]),
    charged=st.sampled_from(["超出部分", "全程"]),
    cap=st.none() | st.integers(0, 50_000),
)
def test_the_fee_is_the_decimal_one_and_never_falls_with_the_distance(
    metres: int, further: int, free: int, price: int, route: str, charged: str, cap: int | None
) -> None:
    km, free_km = Decimal(metres) / 1000, Decimal(free) / 1000
    beyond = max(Decimal(0), km - free_km)
    charged_km = beyond if charged == "超出部分" else (km if km > free_km else Decimal(0))
    exact = charged_km * (2 if route == "往返" else 1) * price
    amount = int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    expected = amount if cap is None else min(amount, cap)
    rate = (free, price, route, charged, None, cap)
    assert one_fee(metres, *rate) == expected
    assert one_fee(metres + further, *rate) >= expected  # type: ignore[operator]


@pytest.mark.parametrize(
    ("tier", "day", "status", "price"),
    [
        ("一类", "2026-03-05", "found", 100),
        ("三类", "2026-03-05", "found", 200),  # 通用
        ("二类", "2026-05-31", "found", 150),
        ("二类", "2026-06-15", "overlap", None),
        ("二类", "2026-07-01", "found", 180),
        ("一类", "2025-12-31", "missing", None),
        (None, "2026-03-05", "no_key", None),
        ("一类", None, "no_key", None),
    ],
)
def test_the_rate_of_the_tier_counts_and_else_that_of_any_tier(
    tier: str | None, day: str | None, status: str, price: int | None
) -> None:
    listed = table(
        ("通用", 200, "2026-01-01", None),
        ("一类", 100, "2026-01-01", None),
        ("二类", 150, "2026-01-01", "2026-06-30"),
        ("二类", 180, "2026-06-01", None),
    )
    asked = pd.Series([tier], dtype=object), pd.to_datetime(pd.Series([day]))
    (found,) = lookup(*asked, listed).itertuples()
    assert found.status == status
    assert (None if found.price_per_km is pd.NA else found.price_per_km) == price


def test_two_equal_rates_are_no_contradiction_and_two_that_differ_are_both_named() -> None:
    tier, day = pd.Series(["一类"]), pd.to_datetime(pd.Series(["2026-03-05"]))
    twice = table(("一类", 100, None, None), ("一类", 100, "2026-01-01", None))
    (found,) = lookup(tier, day, twice).itertuples()
    assert (found.status, found.tariff_row, found.rival_row) == ("found", 4, pd.NA)
    (found,) = lookup(tier, day, twice.assign(cap=[pd.NA, 10_000])).itertuples()
    assert (found.status, found.tariff_row, found.rival_row) == ("overlap", 4, 5)
    assert found.price_per_km is pd.NA


def test_an_incomplete_rate_is_a_gap_and_no_rate_gives_no_fee() -> None:
    tier, day = pd.Series(["一类"], index=[9]), pd.Series(pd.to_datetime(["2026-03-05"]), [9])
    for listed in (table(("一类", pd.NA, None, None)), table()):
        found = lookup(tier, day, listed)
        assert found["status"].tolist() == ["missing"]
        assert fee(pd.Series([20_000], index=[9], dtype="Int64"), found).isna().to_dict() == {
            9: True
        }


def test_a_row_that_ends_before_it_starts_is_named() -> None:
    assert invalid_rows(table(("一类", 100, "2026-02-01", "2026-01-31"))).tolist() == [True]
