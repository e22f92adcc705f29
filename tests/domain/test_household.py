"""One household, one day, one trip: calculations.md §2.3, workbooks.md §2.7."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from addin.domain.household import LINKS, address_key, households, retained

SAME_DAY = "2026-03-05"
Row = tuple[str | None, str | None, tuple[str, ...], str | None]


def grouped(rows: list[Row], by: str = "电话或地址") -> list[int]:
    """Households of rows of (outlet, day, phones, address key)."""
    outlet, day, phones, address = (
        pd.Series(list(cells), dtype=object) for cells in zip(*rows, strict=True)
    )
    return households(outlet, pd.to_datetime(day), phones, address, by=by).tolist()


def here(*links: tuple[str, str | None]) -> list[Row]:
    """Rows of one outlet and day: a phone ("" = none) and an address key."""
    return [("WD001", SAME_DAY, (phone,) if phone else (), address) for phone, address in links]


CONTRACT = here(
    ("13800138000", "青山路8号"),  # AZ003
    ("13800138000", None),  # AZ002
    ("13900139000", "青山路8号"),  # WX001
    ("13700137000", "湖滨里3栋501"),  # AZ009
)


def test_the_worked_example_of_the_contract() -> None:
    group = households_of(CONTRACT)
    assert group.tolist() == [0, 0, 0, 3]
    found = retained(
        group,
        pd.Series([750, 1500, 1500, 750], dtype="Int64"),
        pd.Series(["AZ003", "AZ002", "WX001", "AZ009"]),
        pd.Series([750, 750, 750, 750], dtype="Int64"),
    )
    assert found["hit"].tolist() == [True, False, True, False]
    assert found["kept_slip"].tolist() == ["AZ002", None, "AZ002", None]


def households_of(rows: list[Row], by: str = "电话或地址") -> np.ndarray:
    return np.array(grouped(rows, by))


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("电话或地址", [0, 0, 0, 3, 0]),
        ("电话", [0, 0, 2, 3, 0]),
        ("地址", [0, 1, 0, 3, 0]),
        ("电话且地址", [0, 1, 2, 3, 0]),
    ],
)
def test_the_company_says_what_makes_a_household(by: str, expected: list[int]) -> None:
    assert grouped([*CONTRACT, CONTRACT[0]], by) == expected


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        (("WD001", SAME_DAY, ("138",), None), ("WD001", SAME_DAY, ("138",), None), True),
        (("WD001", SAME_DAY, ("138",), None), ("WD002", SAME_DAY, ("138",), None), False),
        (("WD001", SAME_DAY, ("138",), None), ("WD001", "2026-03-06", ("138",), None), False),
        (("WD001", SAME_DAY, (), None), ("WD001", SAME_DAY, (), None), False),
        ((None, SAME_DAY, ("138",), None), (None, SAME_DAY, ("138",), None), False),
        (("WD001", None, ("138",), None), ("WD001", None, ("138",), None), False),
        # the first number of a cell is the phone
        (("WD001", SAME_DAY, ("138", "139"), None), ("WD001", SAME_DAY, ("139",), None), False),
        (("WD001", SAME_DAY, ("138", "139"), None), ("WD001", SAME_DAY, ("138",), None), True),
    ],
)
def test_one_household_is_one_outlet_one_day_and_a_known_link(
    one: Row, other: Row, together: bool
) -> None:
    assert grouped([one, other]) == ([0, 0] if together else [0, 1])


def test_a_long_chain_hangs_together() -> None:
    chain = here(*((str((n + 1) // 2), str(n // 2)) for n in range(1001)))
    assert set(grouped(chain)) == {0}


links = st.lists(
    st.tuples(
        st.sampled_from(["WD001", "WD002"]),
        st.just(SAME_DAY),
        st.sampled_from([(), ("1",), ("2",), ("3",), ("4",)]),
        st.sampled_from([None, "a", "b", "c", "d"]),
    ),
    min_size=1,
    max_size=12,
)


@given(links, st.sampled_from(sorted(LINKS)), st.randoms())
def test_households_are_the_closure_of_the_links_in_any_order(rows, by, random) -> None:  # type: ignore[no-untyped-def]
    def linked(one: Row, other: Row) -> bool:
        phone, address = bool(one[2]) and one[2] == other[2], bool(one[3]) and one[3] == other[3]
        same = {
            "电话或地址": phone or address, "电话": phone, "地址": address,
            "电话且地址": phone and address,
        }  # fmt: skip
        return one[0] == other[0] and same[by]

    member = list(range(len(rows)))
    for _ in rows:
        for n, one in enumerate(rows):
            member[n] = min(
                member[m] for m, other in enumerate(rows) if m == n or linked(one, other)
            )
    assert grouped(rows, by) == member

    order = list(range(len(rows)))
    random.shuffle(order)
    shuffled = grouped([rows[n] for n in order], by)
    together = {
        frozenset(order[m] for m, group in enumerate(shuffled) if group == of) for of in shuffled
    }
    assert together == {
        frozenset(m for m, group in enumerate(member) if group == of) for of in member
    }


# --- which trip is paid -----------------------------------------------------------------------

Trip = tuple[int | None, str, int | None, bool]


def kept(*trips: Trip) -> list[str | None]:
    """Trips of one household: (standard, slip, claimed, already paid) -> the slip named."""
    standard, slip, claimed, paid = zip(*trips, strict=True)
    found = retained(
        np.zeros(len(trips), dtype=np.int64),
        pd.Series(standard, dtype="Int64"),
        pd.Series(slip, dtype=object),
        pd.Series(claimed, dtype="Int64"),
        already_paid=np.array(paid),
    )
    assert (
        found["hit"].tolist()
        == found["kept_slip"].notna().tolist()
        == found["kept"].notna().tolist()
    )
    return found["kept_slip"].tolist()


@pytest.mark.parametrize(
    ("trips", "named"),
    [
        # the highest standard
        ([(750, "AZ1", 750, False), (1500, "AZ2", 750, False)], ["AZ2", None]),
        # an unknown standard is the lowest, below 0.00 too
        ([(None, "AZ1", 750, False), (0, "AZ2", 750, False)], ["AZ2", None]),
        # the smaller number as text: AZ10 before AZ9
        ([(750, "AZ9", 750, False), (750, "AZ10", 750, False)], ["AZ10", None]),
        # sheet order
        ([(750, "AZ1", 750, False), (750, "AZ1", 750, False)], [None, "AZ1"]),
        # without a claim a row neither competes nor is hit
        ([(1500, "AZ1", 0, False), (1500, "AZ2", None, False), (750, "AZ3", 1, False)], [None] * 3),
        # paid in history: kept before any other, and never hit
        ([(1500, "AZ1", 750, False), (0, "AZ9", 750, True)], ["AZ9", None]),
        ([(1500, "A1", 1, True), (1, "A2", 1, True), (9999, "A0", 1, False)], [None, None, "A1"]),
        ([(750, "AZ1", 750, False)], [None]),
    ],
)
def test_one_trip_of_a_household_is_kept(trips: list[Trip], named: list[str | None]) -> None:
    assert kept(*trips) == named


def test_the_kept_row_is_named_by_its_position_and_the_index_is_the_slips() -> None:
    slips = pd.Series(["A1", "A2", "A3"], index=[30, 20, 10])
    fees = pd.Series([1, 2, 3], dtype="Int64", index=slips.index)
    found = retained(np.array([0, 1, 0]), fees, slips, fees)
    assert found["kept"].dropna().to_dict() == {30: 2}


@given(
    st.lists(
        st.tuples(
            st.none() | st.integers(0, 2), st.sampled_from("ABC"), st.integers(0, 1), st.booleans()
        ),
        min_size=1,
        max_size=8,
    )
)
def test_of_each_household_exactly_one_trip_is_neither_hit_nor_paid_before(
    trips: list[Trip],
) -> None:
    named = kept(*trips)
    open_ = [n for n, trip in enumerate(trips) if trip[2] and not trip[3]]
    paid_before = any(trip[2] and trip[3] for trip in trips)
    not_hit = [n for n in open_ if named[n] is None]
    assert len(not_hit) == (0 if paid_before or not open_ else 1)


# --- address keys -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "key"),
    [
        # regions in front that are the outlet's own, with and without their kind
        ("浙江省杭州市西湖区青山路8号", "西湖区青山路8号"),
        ("浙江杭州西湖区青山路8号", "西湖区青山路8号"),
        ("杭州市西湖区青山路8号", "西湖区青山路8号"),
        ("江苏省南京市青山路8号", "江苏省南京市青山路8号"),
        ("青山路8号杭州市", "青山路8号杭州市"),
        ("杭州路18号", "杭州路18号"),  # a street, not the city
        # Chinese digits before what they number
        ("青山路八号", "青山路8号"),
        ("青山路十二号", "青山路12号"),
        ("青山路二十号", "青山路20号"),
        ("青山路二十一号", "青山路21号"),
        ("青山路一百零八号", "青山路108号"),
        ("青山路一千二百号", "青山路1200号"),
        ("湖滨里三栋五〇一室", "湖滨里3栋501"),
        ("湖滨里三栋二单元四层", "湖滨里3栋2单元4层"),
        ("五一路8号", "五一路8号"),
        # one name for a building
        ("湖滨里3幢501", "湖滨里3栋501"),
        ("湖滨里3座501", "湖滨里3栋501"),
        ("湖滨里3#501", "湖滨里3栋501"),
        ("湖滨里3号楼501室", "湖滨里3栋501"),
        ("湖滨里三号楼501", "湖滨里3栋501"),
        # building, unit, room
        ("湖滨里3-2-501", "湖滨里3栋2单元501"),
        ("湖滨里 3 - 2 - 501 室", "湖滨里3栋2单元501"),
        ("湖滨里3—2—501", "湖滨里3栋2单元501"),
        ("湖滨里3栋2单元501室", "湖滨里3栋2单元501"),
        ("湖滨里1-3-2-501", "湖滨里132501"),  # not a building, unit and room
        # other punctuation and spaces
        ("青山路(近湖滨),8号。", "青山路近湖滨8号"),
        ("青山路_8号", "青山路8号"),
        # too little to tell a household by
        ("青山路8号", "青山路8号"),
        ("山路8号", None),
        ("湖滨花园小区大门旁", None),
        ("---", None),
        ("", None),
        (None, None),
    ],
)
def test_two_writings_of_one_address_have_one_key(text: str | None, key: str | None) -> None:
    assert address_key(text, "浙江省", "杭州市") == key


@pytest.mark.parametrize(
    ("province", "city", "text"),
    [
        ("广西壮族自治区", "南宁市", "广西南宁青山路8号"),
        ("广西", "南宁", "广西壮族自治区南宁市青山路8号"),
        ("北京市", "北京市", "北京市青山路8号"),
        ("北京", "北京", "北京北京市青山路8号"),
        (None, None, "青山路8号"),
        ("吉林省", "吉林市", "吉林省吉林市青山路8号"),
    ],
)
def test_a_region_is_known_by_its_long_and_its_short_name(
    province: str | None, city: str | None, text: str
) -> None:
    assert address_key(text, province, city) == "青山路8号"
