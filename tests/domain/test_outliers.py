"""Robust outliers: calculations.md §9."""

from __future__ import annotations

import math
from statistics import fmean, median

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from addin.domain.outliers import robust_z


def one_group(*values: int | None) -> pd.DataFrame:
    return robust_z(pd.Series(values, dtype="Int64"), pd.Series(["WD001"] * len(values)))


@pytest.mark.parametrize(
    ("values", "m", "expected"),
    [
        ((5, 6, 5, 7, 6, 5, 6, 60), 6, {60: 36.423, 7: 0.6745, 5: -0.6745}),
        ((5, 5, 5, 5, 5, 5, 5, 60), 5, {60: 6.383, 5: 0}),
        ((5, 5, 5, 5, 5, 5, 60, 60), 5, {60: 3.192, 5: 0}),
        ((5, 6, 7, 8), 6.5, {8: 1.01175}),  # even number: between the middle two
    ],
)
def test_worked_examples_of_the_contract(
    values: tuple[int, ...], m: float, expected: dict[int, float]
) -> None:
    found = one_group(*values)
    assert (found["median"] == m).all()
    assert (found["n"] == len(values)).all()
    for value, z in zip(values, found["z"], strict=True):
        if value in expected:
            assert z == pytest.approx(expected[value], abs=0.0005)


def test_where_all_values_are_equal_nothing_stands_out() -> None:
    assert one_group(*[5] * 8)["z"].isna().all()
    assert one_group(0)["z"].isna().all()


def test_a_blank_is_left_out_and_zero_counts() -> None:
    with_blank, with_zero = one_group(None, 5, 7, 9), one_group(0, 5, 7, 9)
    assert (with_blank["median"].tolist(), with_blank["n"].tolist()) == ([7.0] * 4, [3] * 4)
    assert math.isnan(with_blank["z"][0])
    assert (with_zero["median"].tolist(), with_zero["n"].tolist()) == ([6.0] * 4, [4] * 4)


def test_each_group_has_its_own_measure_and_a_row_without_group_none() -> None:
    values = pd.Series([5, 60, 6, 61, 7, 62, 1000], index=range(10, 17))
    group = pd.Series(["WD001", "WD002"] * 3 + [None], index=values.index)
    found = robust_z(values, group)
    assert found["median"].tolist()[:6] == [6.0, 61.0] * 3
    assert found.loc[14, "z"] == found.loc[15, "z"] == pytest.approx(0.6745)
    assert found["n"].tolist() == [3] * 6 + [0]
    assert found.loc[16, ["z", "median"]].isna().all()


cells = st.none() | st.integers(0, 100_000)


@given(st.lists(st.tuples(st.sampled_from("ab"), cells), min_size=1, max_size=20))
def test_z_agrees_with_a_count_by_hand(rows: list[tuple[str, int | None]]) -> None:
    of, values = zip(*rows, strict=True)
    found = robust_z(pd.Series(values, dtype="Int64"), pd.Series(of))
    for (group, value), z in zip(rows, found["z"], strict=True):
        known = [x for label, x in rows if label == group and x is not None]
        deviations = [abs(x - median(known)) for x in known]
        if value is None or not any(deviations):
            assert math.isnan(z)
            continue
        mad = median(deviations)
        spread = mad / 0.6745 if mad else 1.253314 * fmean(deviations)
        assert z == pytest.approx((value - median(known)) / spread)
