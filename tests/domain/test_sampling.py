"""The call-back sample: calculations.md §12."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from decimal import Decimal
from hashlib import sha256

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from addin.domain.sampling import draw, sample_size

TENTH = Decimal("0.10")
Slip = tuple[str, str, str]  # 网点编码, 类别, 单号


def slips(
    *rows: Slip, forced: Collection[str] = (), at_least: Mapping[str, int] | None = None
) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["outlet_code", "service", "slip_no"], dtype=object)
    frame["forced"] = frame["slip_no"].isin(forced)
    frame["at_least"] = [(at_least or {}).get(row[0], 0) for row in rows]
    return frame


def drawn(
    frame: pd.DataFrame, ratio: Decimal = TENTH, minimum: int = 1, seed: str = "20260301"
) -> list[str]:
    chosen = draw(frame, period="2026-03", seed=seed, ratio=ratio, minimum=minimum)
    return frame["slip_no"][chosen].tolist()


FIVE = [("WD001", "安装", f"AZ00{i}") for i in range(1, 6)]
BY_HASH = ["AZ003", "AZ001", "AZ005", "AZ004", "AZ002"]


@pytest.mark.parametrize(
    ("count", "ratio", "expected"),
    [
        (0, "0.1", 0),
        (1, "0.1", 1),
        (10, "0.1", 1),
        (11, "0.1", 2),
        (41, "0.1", 5),
        (100, "0.07", 7),  # 7.000000000000001 in floats
        (300, "0.11", 33),
        (3, "0", 1),
        (3, "1", 3),
        (3, "2", 3),
    ],
)
def test_sample_size_of_the_table(count: int, ratio: str, expected: int) -> None:
    size = sample_size(np.array([count]), ratio=Decimal(ratio), minimum=1)
    assert size.tolist() == [expected]


@given(st.integers(0, 10**6), st.integers(0, 100), st.integers(0, 20))
def test_sample_size_is_the_exact_ceiling(count: int, percent: int, minimum: int) -> None:
    size = sample_size(np.array([count]), ratio=Decimal(percent) / 100, minimum=minimum)
    assert size.tolist() == [min(count, max(minimum, (count * percent + 99) // 100))]


@pytest.mark.parametrize("size", range(6))
def test_the_worked_example_draws_the_smallest_hashes(size: int) -> None:
    assert drawn(slips(*FIVE), ratio=Decimal(0), minimum=size) == sorted(BY_HASH[:size])


def test_the_order_of_the_rows_does_not_matter() -> None:
    assert set(drawn(slips(*FIVE), minimum=2)) == set(drawn(slips(*FIVE[::-1]), minimum=2))


def test_another_seed_draws_others() -> None:
    many = slips(*(("WD001", "安装", f"AZ{i:03d}") for i in range(200)))
    one, other = drawn(many, seed="1"), drawn(many, seed="2")
    assert one != other
    assert len(one) == len(other) == 20


def test_each_outlet_is_drawn_by_itself_install_and_repair_together() -> None:
    frame = slips(*FIVE, ("WD002", "安装", "AZ002"), ("WD001", "维修", "AZ002"))
    chosen = frame[draw(frame, period="2026-03", seed="20260301", ratio=TENTH, minimum=1)]
    assert sorted(chosen["outlet_code"]) == ["WD001", "WD002"]


@pytest.mark.parametrize(
    ("forced", "minimum", "expected"),
    [
        ({"AZ002"}, 1, ["AZ002"]),  # counts towards n: no room for AZ003
        ({"AZ002"}, 2, ["AZ002", "AZ003"]),  # the rest by hash
        ({"AZ003"}, 2, ["AZ001", "AZ003"]),
        ({"AZ002", "AZ004", "AZ005"}, 1, ["AZ002", "AZ004", "AZ005"]),  # more than n: all taken
    ],
)
def test_forced_slips_count_towards_the_sample(
    forced: set[str], minimum: int, expected: list[str]
) -> None:
    assert drawn(slips(*FIVE, forced=forced), minimum=minimum) == expected


@pytest.mark.parametrize(
    ("count", "forced", "expected"),
    [
        (5, set(), ["AZ001", "AZ003", "AZ005"]),
        (5, {"AZ002"}, ["AZ001", "AZ002", "AZ003"]),
        (2, set(), ["AZ001", "AZ002"]),
    ],
)
def test_of_a_new_outlet_at_least_three_are_taken(
    count: int, forced: set[str], expected: list[str]
) -> None:
    assert drawn(slips(*FIVE[:count], forced=forced, at_least={"WD001": 3})) == expected


def test_a_new_outlet_with_many_slips_is_drawn_by_the_ratio() -> None:
    many = slips(*(("WD001", "安装", f"AZ{i:03d}") for i in range(41)), at_least={"WD001": 3})
    assert len(drawn(many)) == 5


def test_no_slips_no_sample() -> None:
    assert drawn(slips()) == []


NUMBERS = st.integers(0, 30)
SLIPS = st.tuples(
    st.sampled_from(["WD001", "WD002", "WD003"]),
    st.sampled_from(["安装", "维修"]),
    NUMBERS.map("S{:02d}".format),
)


@given(
    rows=st.lists(SLIPS, unique=True, max_size=60),
    pending=st.sets(NUMBERS.map("S{:02d}".format)),
    percent=st.integers(0, 100),
    minimum=st.integers(0, 4),
)
def test_the_sample_is_what_a_patient_person_would_draw(
    rows: list[Slip], pending: set[str], percent: int, minimum: int
) -> None:
    expected: set[Slip] = set()
    for outlet in {row[0] for row in rows}:
        own = [row for row in rows if row[0] == outlet]
        size = max(minimum, math.ceil(len(own) * percent / 100), 3 if outlet == "WD003" else 0)
        forced = [row for row in own if row[2] in pending]
        others = [row for row in own if row[2] not in pending]
        others.sort(key=lambda row: sha256(f"7|2026-03|{'|'.join(row)}".encode()).hexdigest())
        expected |= {*forced, *others[: max(0, size - len(forced))]}
    frame = slips(*rows, forced=pending, at_least={"WD003": 3})
    chosen = draw(frame, period="2026-03", seed="7", ratio=Decimal(percent) / 100, minimum=minimum)
    assert {row for row, taken in zip(rows, chosen, strict=True) if taken} == expected
