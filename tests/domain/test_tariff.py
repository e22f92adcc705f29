"""The tariff: calculations.md §1."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from addin.domain.tariff import invalid_rows, lookup

COLUMNS = ["service", "tier", "product_line", "model", "item", "price", "valid_from", "valid_to"]
ELECTRIC, KITCHEN, HEAT_PUMP = "电热水器", "小厨宝", "空气能热水器"


def tariff(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """Rows of (tier, line, model, item, price, from, to) of installations, from Excel row 4."""
    table = pd.DataFrame([("安装", *row) for row in rows], columns=COLUMNS)
    return dated(table, "valid_from", "valid_to").assign(row=range(4, 4 + len(table)))


def jobs(*rows: tuple[Any, ...]) -> pd.DataFrame:
    """Jobs of (tier, line, model, item, date)."""
    columns = ["service", "tier", "product_line", "model", "item", "date"]
    return dated(pd.DataFrame([("安装", *row) for row in rows], columns=columns), "date")


def dated(table: pd.DataFrame, *names: str) -> pd.DataFrame:
    return table.assign(**{name: pd.to_datetime(table[name]) for name in names})


def answer(job: tuple[Any, ...], table: pd.DataFrame) -> tuple[str, int | None]:
    (found,) = lookup(jobs(job), table).itertuples()
    return found.status, None if found.price is pd.NA else found.price


STARTS_IN_APRIL = tariff(("二类", ELECTRIC, None, "标准安装", 8000, "2026-04-01", None))
OVERLAPPING = tariff(
    ("二类", ELECTRIC, None, "标准安装", 8000, None, "2026-06-30"),
    ("二类", ELECTRIC, None, "标准安装", 8500, "2026-06-01", None),
)
SAME_PRICE = tariff(
    ("二类", ELECTRIC, None, "标准安装", 8000, None, "2026-06-30"),
    ("二类", ELECTRIC, None, "标准安装", 8000, "2026-06-01", None),
)
GENERAL = tariff(
    ("二类", "通用", None, "标准安装", 7000, None, None),
    ("通用", ELECTRIC, None, "标准安装", 7500, None, None),
    ("通用", "通用", None, "标准安装", 6000, None, None),
)
TANK = tariff(("通用", HEAT_PUMP, None, "主机水箱安装", 30000, "2030-01-01", None))


@pytest.mark.parametrize(
    ("table", "job", "expected"),
    [
        (STARTS_IN_APRIL, ("二类", ELECTRIC, None, "标准安装", "2026-03-31"), ("missing", None)),
        (STARTS_IN_APRIL, ("二类", ELECTRIC, None, "标准安装", "2026-04-01"), ("found", 8000)),
        (OVERLAPPING, ("二类", ELECTRIC, None, "标准安装", "2026-06-15"), ("overlap", None)),
        (OVERLAPPING, ("二类", ELECTRIC, None, "标准安装", "2026-06-01"), ("overlap", None)),
        (OVERLAPPING, ("二类", ELECTRIC, None, "标准安装", "2026-06-30"), ("overlap", None)),
        (OVERLAPPING, ("二类", ELECTRIC, None, "标准安装", "2026-05-31"), ("found", 8000)),
        (OVERLAPPING, ("二类", ELECTRIC, None, "标准安装", "2026-07-01"), ("found", 8500)),
        (SAME_PRICE, ("二类", ELECTRIC, None, "标准安装", "2026-06-15"), ("found", 8000)),
        (GENERAL, ("二类", ELECTRIC, None, "标准安装", "2026-03-05"), ("found", 7500)),
        (GENERAL, ("二类", KITCHEN, None, "标准安装", "2026-03-05"), ("found", 7000)),
        (GENERAL, ("三类", KITCHEN, None, "标准安装", "2026-03-05"), ("found", 6000)),
        (TANK, ("二类", KITCHEN, None, "主机水箱安装", "2026-03-05"), ("not_applicable", None)),
        # in the tariff for this line, though not yet on the day: a gap, not a wrong item
        (TANK, ("二类", HEAT_PUMP, None, "主机水箱安装", "2026-03-05"), ("missing", None)),
        # an item that no line knows is R015's
        (TANK, ("二类", KITCHEN, None, "标准安装", "2026-03-05"), ("missing", None)),
    ],
)
def test_worked_examples_of_the_contract(
    table: pd.DataFrame, job: tuple[Any, ...], expected: tuple[str, int | None]
) -> None:
    assert answer(job, table) == expected


LEVELS = [
    ("二类", ELECTRIC, "DR-60A", "标准安装", 1, None, None),
    ("通用", ELECTRIC, "DR-60A", "标准安装", 2, None, None),
    ("二类", ELECTRIC, None, "标准安装", 3, None, None),
    ("通用", ELECTRIC, None, "标准安装", 4, None, None),
    ("二类", "通用", None, "标准安装", 5, None, None),
    ("通用", "通用", None, "标准安装", 6, None, None),
]


@pytest.mark.parametrize("most_specific", range(6))
def test_the_most_specific_level_that_has_a_row_wins(most_specific: int) -> None:
    table = tariff(*reversed(LEVELS[most_specific:]))
    job = ("二类", ELECTRIC, "DR-60A", "标准安装", "2026-03-05")
    assert answer(job, table) == ("found", most_specific + 1)


def test_a_contradiction_on_the_best_level_does_not_fall_back_to_a_lesser_one() -> None:
    rival = ("二类", ELECTRIC, "DR-60A", "标准安装", 9, None, None)
    (found,) = lookup(
        jobs(("二类", ELECTRIC, "DR-60A", "标准安装", "2026-03-05")), tariff(*LEVELS, rival)
    ).itertuples()
    assert (found.status, found.tariff_row, found.rival_row) == ("overlap", 4, 10)


def test_a_price_of_zero_is_a_standard_and_a_blank_price_is_a_gap() -> None:
    job = ("二类", ELECTRIC, None, "标准安装", "2026-03-05")
    free, blank = (
        tariff(("二类", ELECTRIC, None, "标准安装", price, None, None), LEVELS[5])
        for price in (0, pd.NA)
    )
    assert answer(job, free) == ("found", 0)
    assert answer(job, blank) == ("missing", None)


def test_a_row_that_ends_before_it_starts_holds_on_no_day_and_is_named() -> None:
    table = tariff(
        ("二类", ELECTRIC, None, "标准安装", 8000, "2026-06-30", "2026-06-01"),
        ("通用", "通用", None, "标准安装", 6000, None, None),
    )
    assert invalid_rows(table).tolist() == [True, False]
    for date in ("2026-06-01", "2026-06-15", "2026-06-30"):
        assert answer(("二类", ELECTRIC, None, "标准安装", date), table) == ("found", 6000)


@pytest.mark.parametrize("blank", [0, 1, 3, 4])
def test_without_tier_line_item_or_date_there_is_no_key(blank: int) -> None:
    job: list[Any] = ["二类", ELECTRIC, "DR-60A", "标准安装", "2026-03-05"]
    job[blank] = None
    (found,) = lookup(jobs(tuple(job)), tariff(*LEVELS)).itertuples()
    assert found.status == "no_key"
    assert found.price is found.tariff_row is pd.NA


def test_an_install_and_a_repair_of_one_name_have_their_own_prices() -> None:
    table = tariff(LEVELS[5], LEVELS[5]).assign(service=["安装", "维修"], price=[6000, 100])
    both = jobs(*[("二类", ELECTRIC, None, "标准安装", "2026-03-05")] * 2)
    both["service"] = ["维修", "安装"]
    assert lookup(both, table)["price"].tolist() == [100, 6000]


def test_an_empty_tariff_and_no_jobs_are_no_error() -> None:
    job = ("二类", ELECTRIC, None, "标准安装", "2026-03-05")
    assert answer(job, tariff()) == ("missing", None)
    assert lookup(jobs(), tariff(*LEVELS)).empty


def test_the_answer_stands_on_the_index_of_the_jobs_and_categories_do_as_well_as_texts() -> None:
    job = jobs(
        ("二类", ELECTRIC, "DR-60A", "标准安装", "2026-03-05"),
        ("三类", KITCHEN, None, "标准安装", "2026-03-05"),
    ).set_axis([7, 3])
    plain = lookup(job, tariff(*LEVELS))
    assert plain["price"].to_dict() == {7: 1, 3: 6}
    texts = ["service", "tier", "product_line", "model", "item"]
    pd.testing.assert_frame_equal(
        plain, lookup(job.astype(dict.fromkeys(texts, "category")), tariff(*LEVELS))
    )


# --- against a plain search, row by row -------------------------------------------------------

TIERS, LINES, MODELS, ITEMS = (
    ["一类", "二类"],
    [ELECTRIC, KITCHEN],
    [None, "DR-60A"],
    ["移机", "拆机"],
)
days = st.sampled_from(pd.date_range("2026-03-01", periods=5).strftime("%Y-%m-%d").tolist())
listed = st.tuples(
    st.sampled_from([*TIERS, "通用"]),
    st.sampled_from([*LINES, "通用"]),
    st.sampled_from(MODELS),
    st.sampled_from(ITEMS),
    st.sampled_from([0, 8000, 8500]),
    st.none() | days,
    st.none() | days,
)
asked = st.tuples(
    st.sampled_from(TIERS), st.sampled_from(LINES), st.sampled_from(MODELS),
    st.sampled_from(ITEMS), days,
)  # fmt: skip


def searched(job: tuple[Any, ...], rows: list[tuple[Any, ...]]) -> tuple[str, int | None]:
    """The rule of §1 word for word."""
    own_tier, own_line, own_model, own_item, day = job
    levels = [
        lambda tier, line, model: model is not None and (tier, model) == (own_tier, own_model),
        lambda tier, line, model: model is not None and (tier, model) == ("通用", own_model),
        lambda tier, line, model: model is None and (tier, line) == (own_tier, own_line),
        lambda tier, line, model: model is None and (tier, line) == ("通用", own_line),
        lambda tier, line, model: model is None and (tier, line) == (own_tier, "通用"),
        lambda tier, line, model: model is None and (tier, line) == ("通用", "通用"),
    ]
    of_item = [row for row in rows if row[3] == own_item]
    for matches in levels:
        prices = {
            price
            for tier, line, model, _, price, first, last in of_item
            if matches(tier, line, model) and (first or day) <= day <= (last or day)
        }
        if prices:
            return ("overlap", None) if len(prices) > 1 else ("found", prices.pop())
    of_lines = {row[1] for row in of_item}
    wrong = of_lines and not of_lines & {own_line, "通用"}
    return ("not_applicable" if wrong else "missing"), None


@given(st.lists(listed, max_size=8), st.lists(asked, min_size=1, max_size=6))
def test_the_lookup_agrees_with_a_plain_search(
    rows: list[tuple[Any, ...]], work: list[tuple[Any, ...]]
) -> None:
    found = lookup(jobs(*work), tariff(*rows))
    answers = [
        (status, None if price is pd.NA else price)
        for status, price in zip(found["status"], found["price"], strict=True)
    ]
    assert answers == [searched(job, rows) for job in work]
