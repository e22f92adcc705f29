"""保外配件收费清单: calculations.md §7, and what becomes of a list that exists already."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd
import pytest
import xlwings as xw

from addin.domain import parts
from addin.reports import charges, fill
from addin.reports.fill import places
from addin.reports.layout import Layout
from addin.reports.shown import not_the_sum, read_back
from addin.tables.ledgers import CHARGES
from tests.reports.account_frames import OUTLETS, PRICES, Row, day, frame, ledger, moved

FIRST = pd.Period("2026Q1")
SLIPS = pd.DataFrame(
    [("WD001", "WX1", "赵某", "RQ-12", "保内"), ("WD001", "WX1", "钱某", "DR-60A", "保外"),
     ("WD002", "WX1", "孙某", "DR-80A", "保外")],
    columns=["outlet_code", "slip_no", "user_name", "model", "warranty_type"],
)  # fmt: skip
PLENTY = [
    moved(f"F{n}", "01-01", "发放", 50, deposit_price=1_00, outlet_code=outlet, part_code=part)
    for n, (outlet, part) in enumerate(
        (o, p) for o in ("WD001", "WD002") for p in ("PJ001", "PJ002", "PJ003", "PJ999")
    )
]


def taken(
    number: str, date: str, quantity: int = 1, slip_no: str | None = "WX1", **more: Any
) -> Row:
    return moved(number, date, "保外领用", quantity, slip_no=slip_no, **more)


def undone(number: str, date: str, of: str, quantity: int = 1) -> Row:
    return moved(number, date, "红冲", quantity, reverses=of)


def listed(rows: Iterable[Row]) -> pd.DataFrame:
    lines = (
        {"outlet_code": "WD001", "part_code": "PJ001", "slip_no": "WX1", **row} for row in rows
    )
    return frame(CHARGES, lines)


def charged(
    rows: Iterable[Row], before: pd.DataFrame | None = None, quarter: pd.Period = FIRST
) -> charges.Charges:
    whole = ledger([*PLENTY, *rows])
    posted = parts.post(whole).rows
    sold = whole.assign(day=posted["day"], units=posted["units"])
    sold = sold[(posted["kind"] == "保外领用") & (posted["units"] != 0)]
    return charges.lines(
        sold, quarter, outlets=OUTLETS, prices=PRICES, slips=SLIPS, listed=before
    )  # fmt: skip


def figures(made: charges.Charges, *names: str) -> list[list[Any]]:
    table = made.rows[[*names]].astype(object)
    return table.where(table.notna(), None).to_numpy().tolist()


@pytest.mark.parametrize(
    ("part", "date", "quantity", "price", "amount"),
    [
        ("PJ001", "03-31", 2, 160_00, 320_00),
        ("PJ002", "03-31", 3, 33_35, 100_05),
        ("PJ001", "02-28", 1, 150_00, 150_00),
        ("PJ001", "03-01", 1, 160_00, 160_00),
        ("PJ003", "03-01", 1, 0, 0),
        ("PJ999", "03-01", 1, None, None),
    ],
)
def test_an_amount_is_quantity_times_the_price_of_the_day(
    part: str, date: str, quantity: int, price: int | None, amount: int | None
) -> None:
    made = charged([taken("L1", date, quantity, part_code=part)])
    assert figures(made, "quantity", "price", "amount", "paid") == [
        [quantity, price, amount, "未收"]
    ]


def test_a_part_without_a_price_is_named() -> None:
    made = charged([taken("L1", "03-01", part_code="PJ999")])
    assert made.notices == ["WD001维修单WX1配件PJ999在2026-03-01没有保外售价,单价和金额空着"]


@pytest.mark.parametrize(
    ("date", "entered", "lines"),
    [("01-01", "01-01", 1), ("03-31", "03-01", 1), ("04-01", "04-01", 0), ("03-31", "04-01", 1)],
)
def test_the_day_of_the_movement_decides_the_quarter(date: str, entered: str, lines: int) -> None:
    made = charged([taken("L1", date, entered=day(f"2026-{entered}"))])
    assert len(made.rows) == lines
    assert made.notices == []


def test_what_is_entered_after_the_quarter_is_said_and_not_charged_in_the_next() -> None:
    made = charged([taken("L1", "03-31", entered=day("2026-04-01"))], quarter=pd.Period("2026Q2"))
    assert len(made.rows) == 0
    assert made.notices == ["保外领用L1日期2026-03-31不在本季度,本季度才入账,请补到该季度的清单"]


def test_what_is_taken_back_is_not_charged() -> None:
    rows = [taken("L1", "03-01"), taken("L2", "03-02"), undone("C1", "03-03", "L1")]
    assert figures(charged(rows), "date") == [[day("2026-03-02")]]


def test_what_is_taken_back_in_the_next_quarter_is_said_there() -> None:
    made = charged([taken("L1", "03-31"), undone("C1", "04-01", "L1")], quarter=pd.Period("2026Q2"))
    assert len(made.rows) == 0
    assert made.notices == ["红冲C1冲的保外领用L1不在本季度,请改该季度的清单"]


def test_lines_stand_by_outlet_day_and_slip_with_user_and_model_of_the_slip() -> None:
    rows = [
        taken("L1", "01-05", outlet_code="WD002"), taken("L2", "03-02", slip_no="WX2"),
        taken("L3", "03-02"), taken("L4", "01-02", slip_no=None),
    ]  # fmt: skip
    assert figures(charged(rows), "sequence", "outlet_name", "date", "slip_no", "user_name",
                   "model", "agent_code") == [
        [1, "青禾家电服务部", day("2026-01-02"), None, None, None, "DL001"],
        [2, "青禾家电服务部", day("2026-03-02"), "WX1", "钱某", "DR-60A", "DL001"],
        [3, "青禾家电服务部", day("2026-03-02"), "WX2", None, None, "DL001"],
        [4, "云岭维修中心", day("2026-01-05"), "WX1", "孙某", "DR-80A", "WD002"],
    ]  # fmt: skip


# --- a list that exists already --------------------------------------------------------------

KEPT = ("price", "amount", "paid_by", "paid", "receipt_no", "remark")
AS_TYPED: Row = {
    "date": day("2026-03-05"), "quantity": 2, "price": 155_00, "amount": 300_00,
    "paid_by": "转账", "paid": "部分", "receipt_no": "SJ0001", "remark": "分两次付",
}  # fmt: skip


def test_a_listed_line_keeps_price_amount_payment_and_remark() -> None:
    made = charged([taken("L1", "03-05", 2)], listed([AS_TYPED]))
    assert figures(made, *KEPT) == [[AS_TYPED[name] for name in KEPT]]
    assert made.notices == []


def test_what_a_listed_line_leaves_blank_is_filled_in_but_no_payment() -> None:
    made = charged([taken("L1", "03-05", 2)], listed([{"remark": "待查"}]))
    assert figures(made, "date", "quantity", *KEPT) == [
        [day("2026-03-05"), 2, 160_00, 320_00, None, None, None, "待查"]
    ]


def test_a_listed_line_without_a_quantity_is_one_piece() -> None:
    made = charged([], listed([{**AS_TYPED, "quantity": None}]))
    assert figures(made, "quantity") == [[1]]


def test_a_listed_line_that_no_movement_bears_out_stays_and_is_named() -> None:
    made = charged([taken("L1", "03-05"), undone("C1", "03-06", "L1")], listed([AS_TYPED]))
    assert figures(made, *KEPT) == [[AS_TYPED[name] for name in KEPT]]
    assert made.notices == ["WD001维修单WX1配件PJ001在清单上,配件流水没有这笔保外领用"]


def test_a_line_that_no_movement_bears_out_is_given_no_price() -> None:
    made = charged([], listed([{"date": day("2026-03-05"), "quantity": 2}]))
    assert figures(made, "quantity", "price", "amount", "paid") == [[2, None, None, None]]


def test_the_nth_line_of_a_slip_and_part_goes_with_the_nth_movement() -> None:
    before = listed(
        [{"date": day("2026-03-05"), "remark": "一"}, {"date": day("2026-03-06"), "remark": "二"}]
    )
    rows = [taken("L2", "03-06"), taken("L1", "03-05"), taken("L3", "03-07")]
    assert figures(charged(rows, before), "date", "paid", "remark") == [
        [day("2026-03-05"), None, "一"],
        [day("2026-03-06"), None, "二"],
        [day("2026-03-07"), "未收", None],
    ]


def test_a_slip_number_that_two_outlets_use_is_two_slips() -> None:
    rows = [taken("L1", "03-05"), taken("L2", "03-05", outlet_code="WD002")]
    made = charged(rows, listed([{**AS_TYPED, "outlet_code": "WD002"}]))
    assert figures(made, "outlet_code", "paid") == [["WD001", "未收"], ["WD002", "部分"]]
    assert made.notices == []


def test_the_list_of_its_own_lines_is_the_same_list() -> None:
    rows = [taken("L1", "03-05"), taken("L2", "03-05"), taken("L3", "02-05", slip_no=None)]
    once = charged(rows)
    twice = charged(rows, once.rows)
    pd.testing.assert_frame_equal(once.rows, twice.rows)
    assert twice.notices == []


# --- overdue ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "within", "days"),
    [("2026-04-30", 30, 0), ("2026-05-01", 30, 1), ("2026-05-31", 30, 31), ("2026-04-01", 0, 1),
     ("2026-03-31", 0, 0), ("2026-01-15", 30, 0)],
)  # fmt: skip
def test_what_is_unpaid_is_overdue_from_the_day_after_the_last_one_allowed(
    as_of: str, within: int, days: int
) -> None:
    assert charges.overdue_days(day(as_of), FIRST, within) == days


# --- the workbook ----------------------------------------------------------------------------


def test_the_filled_list_foots(blank: Callable[[Layout], xw.Book]) -> None:
    rows = charged([taken("L1", "03-31", 2), taken("L2", "02-01", 3, part_code="PJ002")]).rows
    book = blank(charges.LAYOUT)
    fill.fill(book, charges.LAYOUT, rows, period="2026Q1", as_of=dt.date(2026, 4, 2))
    at = places(book, charges.LAYOUT)
    assert at["标题"].value == "2026年1季度保外配件收费清单"
    assert at["业务月"].value == "2026年1季度"
    assert at["大写"].value == "肆佰贰拾元零伍分"
    shown = read_back(book, charges.LAYOUT)
    assert shown.totals == {"quantity": 5, "amount": 420_05}
    assert list(not_the_sum(shown, charges.LAYOUT)) == []
    column = [item.name for item in CHARGES.fields].index("amount")
    at["数据首行"][0, column].value = 100
    at["合计行"][0, column].value = 420.05
    (found,) = not_the_sum(read_back(book, charges.LAYOUT), charges.LAYOUT)
    assert (found.code, found.message) == ("R703", "金额合计420.05≠420.00")
