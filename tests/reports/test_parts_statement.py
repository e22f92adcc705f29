"""年月配件对账单: calculations.md §6, R408, and that the statement is what the ledger says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import pytest
import xlwings as xw
from hypothesis import given
from hypothesis import strategies as st

from addin.domain import parts
from addin.hosts import read_grid
from addin.reports import parts_statement as statement
from addin.reports.fill import fill, places
from addin.reports.layout import Layout
from addin.reports.shown import read_back
from addin.tables.ledgers import OPEN_BATCHES, PARTS_STATEMENT
from addin.tables.read import read
from tests.domain.ledger_rows import unit_by_unit
from tests.reports.account_frames import OUTLETS, PRICES, Row, day, frame, ledger, moved

Blank = Callable[[Layout], xw.Book]
MONTHS = ("2026-02", "2026-03", "2026-04")


def of_month(rows: Sequence[Row], month: str = "2026-03", **options: Any) -> pd.DataFrame:
    """The statement of a month, from all rows up to its end."""
    start = day(f"{month}-01")
    end = start + pd.offsets.MonthEnd()
    until = ledger(row for row in rows if max(row["date"], row.get("entered", start)) <= end)
    options = {"as_of": end, "outlets": OUTLETS, "prices": PRICES, **options}
    return statement.state(until, parts.post(until), start, **options)


def figures(table: pd.DataFrame, *names: str) -> list[list[Any]]:
    return table[[*names]].astype(object).where(table[[*names]].notna(), None).to_numpy().tolist()


def issue(number: str, date: str, quantity: int, price: int | None = 120_00, **more: Any) -> Row:
    return moved(number, date, "发放", quantity, deposit_price=price, **more)


WORKED = [
    issue("F1", "03-01", 5),
    issue("F2", "03-10", 5, 130_00),
    moved("H1", "03-20", "核销", 7),
    moved("L1", "03-22", "保外领用", 1),
    moved("T1", "03-25", "新件退库", 1),
    moved("C1", "04-02", "红冲", 7, reverses="H1"),
]
MOVEMENTS = ("opening", *statement.MOVED, "in_field")


def test_the_worked_example_of_the_contract_month_by_month() -> None:
    march, april = of_month(WORKED), of_month(WORKED, "2026-04")
    assert figures(march, *MOVEMENTS) == [[0, 10, 7, 1, 1, 0, 1]]
    assert figures(march, "used", "deposit_price", "oldest_days") == [[130_00, 130_00, 21]]
    assert figures(april, *MOVEMENTS) == [[1, 0, -7, 0, 0, 0, 8]]
    assert figures(april, "used", "deposit_price", "oldest_days") == [[990_00, None, 60]]


def test_ten_and_five_less_six_are_nine() -> None:
    rows = [
        issue("F0", "02-28", 10), issue("F1", "03-01", 5), moved("H1", "03-02", "核销", 4),
        moved("L1", "03-03", "保外领用", 1), moved("T1", "03-31", "新件退库", 1),
    ]  # fmt: skip
    assert figures(of_month(rows), *MOVEMENTS) == [[10, 5, 4, 1, 1, 0, 9]]


@pytest.mark.parametrize(
    ("case", "row", "opening", "issued"),
    [
        ("the last day before the month", issue("F", "02-28", 2), 2, 0),
        ("its first day", issue("F", "03-01", 2), 0, 2),
        ("its last day", issue("F", "03-31", 2), 0, 2),
        ("entered late, so of this month", issue("F", "02-28", 2, entered=day("2026-03-01")), 0, 2),
    ],
)
def test_a_movement_is_of_the_month_that_it_posts_in(
    case: str, row: Row, opening: int, issued: int
) -> None:
    assert figures(of_month([row]), "opening", "issued", "in_field") == [[opening, issued, 2]]


def test_a_refused_movement_changes_no_figure() -> None:
    rows = [issue("F", "03-01", 2), moved("H", "03-02", "核销", 3)]
    assert figures(of_month(rows), *MOVEMENTS) == [[0, 2, 0, 0, 0, 0, 2]]


@pytest.mark.parametrize(
    ("prices", "price", "used", "remark"),
    [
        ((120_00, 120_00), 120_00, 480_00, None),
        ((120_00, 130_00), None, 500_00, None),
        ((0, 0), 0, 0, None),
        ((120_00, None), None, None, "无押金单价"),
        ((None, None), None, None, "无押金单价"),
    ],
)
def test_the_price_is_told_where_the_batches_share_it_and_the_amount_where_all_have_one(
    prices: tuple[int | None, ...], price: int | None, used: int | None, remark: str | None
) -> None:
    rows = [issue(f"F{n}", "03-01", 2, each) for n, each in enumerate(prices)]
    told = figures(of_month(rows), "deposit_price", "used", "remark")
    assert told == [[price, used, remark]]


def test_a_used_up_batch_without_a_price_is_forgotten() -> None:
    rows = [issue("F1", "03-01", 1, None), issue("F2", "03-02", 1), moved("H", "03-03", "核销", 1)]
    assert figures(of_month(rows), "deposit_price", "used") == [[120_00, 120_00]]


OLD = ("return_due", "returned", "outstanding")
USED_UP = [
    issue("F", "02-01", 3),
    moved("H", "02-02", "核销", 3),
    moved("J", "03-03", "旧件返还", 1),
]


def test_old_parts_are_counted_over_all_months_and_keep_their_line() -> None:
    assert figures(of_month(USED_UP), *OLD) == [[3, 1, 2]]
    assert figures(of_month(USED_UP, "2026-04"), "in_field", *OLD) == [[0, 3, 1, 2]]


def test_the_sheet_of_returns_counts_instead_of_the_ledger() -> None:
    returns = pd.DataFrame(
        [("旧件返还", "WD001", "PJ001", 2), ("新件退库", "WD001", "PJ001", 1),
         ("旧件返还", "WD001", "PJ001", None), (None, "WD001", "PJ001", 5)],
        columns=["kind", "outlet_code", "part_code", "quantity"],
    ).astype({"quantity": "Int64"})  # fmt: skip
    assert figures(of_month(USED_UP, returns=returns), *OLD) == [[3, 2, 1]]


def test_old_parts_of_the_last_closed_statement_are_carried_on() -> None:
    index = pd.MultiIndex.from_tuples([("WD001", "PJ001"), ("WD002", "PJ001")], names=parts.GROUP)
    before = pd.DataFrame({"return_due": [4, 2], "returned": [4, 0]}, index)
    table = of_month(USED_UP, old_parts=before)
    assert figures(table, "outlet_code", *OLD) == [["WD001", 7, 5, 2], ["WD002", 2, 0, 2]]


def test_a_part_that_need_not_be_returned_has_no_old_parts() -> None:
    rows = [issue("F", "03-01", 3, part_code="PJ002"), moved("H", "03-02", "核销", 1,
            part_code="PJ002")]  # fmt: skip
    assert figures(of_month(rows), *OLD) == [[None, None, None]]


def test_without_an_opening_nothing_is_told_that_depends_on_it() -> None:
    table = of_month(WORKED, opening_known=False)
    assert figures(table, *MOVEMENTS) == [[None, 10, 7, 1, 1, 0, None]]
    assert figures(table, "used", "oldest_days", *OLD) == [[None] * 5]
    assert figures(table, "remark") == [["期初不详"]]


def test_lines_stand_by_outlet_and_part_and_only_where_something_is_to_be_said() -> None:
    rows = [
        issue("F1", "03-01", 1, outlet_code="WD002"), issue("F2", "03-01", 1, part_code="PJ002"),
        issue("F3", "03-01", 1), issue("F4", "02-01", 1, part_code="PJ003"),
        moved("L4", "02-02", "保外领用", 1, part_code="PJ003"),
    ]  # fmt: skip
    table = of_month(rows)
    assert figures(table, "sequence", "outlet_code", "part_code", "agent_code") == [
        [1, "WD001", "PJ001", "DL001"],
        [2, "WD001", "PJ002", "DL001"],
        [3, "WD002", "PJ001", "WD002"],
    ]


def test_names_are_those_of_the_masters_else_those_of_the_ledger() -> None:
    odd: Row = {"outlet_code": "WD009", "outlet_name": "无名", "part_code": "PJ999",
                "part_name": "旧阀"}  # fmt: skip
    rows = [issue("F1", "03-01", 1, outlet_name="青禾", part_name="管"),
            issue("F2", "03-01", 1, **odd)]  # fmt: skip
    table = of_month(rows)
    assert figures(table, "outlet_name", "part_name", "unit", "remark") == [
        ["青禾家电服务部", "加热管", "只", None],
        ["无名", "旧阀", None, "不在配件价格"],
    ]


def test_nothing_in_field_is_an_empty_statement() -> None:
    table = of_month([])
    assert list(table) == [*statement.COLUMNS, "agent_code"]
    assert len(table) == len(statement.by_outlet(table)) == 0


def test_the_remarks_of_the_clerk_stay_and_ours_come_anew() -> None:
    table = of_month([issue("F1", "03-01", 1, None), issue("F2", "03-01", 1, part_code="PJ002")])
    before = table.assign(remark=["已电话;无押金单价", "期初不详"])
    kept = statement.remarked(table, before)
    assert figures(kept, "remark") == [["已电话;无押金单价"], [None]]
    assert statement.remarked(table, None) is table


# --- identities ------------------------------------------------------------------------------

KINDS = [*parts.EFFECT, "红冲"]
row_of_ledger = st.fixed_dictionaries(
    {
        "date": st.dates(dt.date(2026, 2, 1), dt.date(2026, 4, 30)).map(str).map(day),
        "kind": st.sampled_from(KINDS),
        "part_code": st.sampled_from(["PJ001", "PJ002"]),
        "quantity": st.integers(1, 4),
        "deposit_price": st.sampled_from([120_00, 130_00, 0]),
        "of": st.integers(0, 11),
    }
)


def numbered(drawn: list[dict[str, Any]]) -> list[Row]:
    rows = []
    for n, row in enumerate(drawn):
        of = row.pop("of")
        undoes = {"reverses": f"L{of % len(drawn)}"} if row["kind"] == "红冲" else {}
        rows.append({"entry_no": f"L{n}", "outlet_code": "WD001", **row, **undoes})
    return rows


@given(st.lists(row_of_ledger, min_size=1, max_size=12).map(numbered))
def test_each_line_adds_up_and_each_month_opens_as_the_last_one_ended(rows: list[Row]) -> None:
    before: dict[tuple[str, str], int] = {}
    for month in MONTHS:
        table = of_month(rows, month)
        exits = table[["consumed", "sold", "sent_back", "written_off"]].sum(axis=1)
        assert (table["in_field"] == table["opening"] + table["issued"] - exits).all()
        keys = list(zip(table["outlet_code"], table["part_code"], strict=True))
        opened = {of: n for of, n in zip(keys, table["opening"], strict=True) if n}
        assert opened == before
        before = {of: n for of, n in zip(keys, table["in_field"], strict=True) if n}
    whole = ledger(rows)
    effects = [effect or (0, 0) for effect in unit_by_unit(whole)]
    for part in ("PJ001", "PJ002"):
        line = table[table["part_code"] == part]
        mine = [e for e, code in zip(effects, whole["part_code"], strict=True) if code == part]
        assert line["in_field"].sum() == sum(quantity for quantity, _ in mine)
        assert line["used"].sum() == sum(worth for _, worth in mine)


# --- the workbook ----------------------------------------------------------------------------

SHEETS = (statement.LAYOUT, *statement.LAYOUT.annexes)
ROWS = [
    *WORKED,
    issue("F3", "03-05", 2, 5_00, part_code="PJ002"),
    issue("F4", "02-05", 4, None, outlet_code="WD002", part_code="PJ999"),
    issue("F5", "02-06", 4, outlet_code="WD002"),
]


def workbook(blank: Blank, rows: Sequence[Row] = ROWS) -> xw.Book:
    until = ledger(row for row in rows if row["date"] < day("2026-04-01"))
    table = of_month(rows)
    batches = statement.listed_batches(
        parts.post(until).open_batches, day("2026-03-31"), outlets=OUTLETS, prices=PRICES,
        written=until,
    )  # fmt: skip
    book = blank(statement.LAYOUT)
    fill(
        book, statement.LAYOUT, table, period="2026-03", as_of=dt.date(2026, 3, 31),
        annexes=(statement.by_outlet(table), batches),
    )  # fmt: skip
    return book


def cross_footed(book: xw.Book) -> list[str]:
    sheets = (read_back(book, region) for region in SHEETS)
    return [difference.message for difference in statement.cross_foot(*sheets)]


def cell(book: xw.Book, sheet: int, name: str, row: int) -> xw.Range:
    region = SHEETS[sheet]
    column = [item.name for item in region.sheet.fields].index(name)
    at = places(book, region)
    if row < 0:
        return at[region.place("合计行")][0, column]
    return at[region.place("数据首行")].offset(row)[0, column]


def test_each_sheet_has_its_title_its_rows_and_its_totals(blank: Blank) -> None:
    book = workbook(blank)
    assert [sheet.name for sheet in book.sheets][:3] == ["年月配件对账单", "网点合计", "在外批次"]
    assert [book.sheets[n]["A1"].value for n in range(3)] == [
        "2026年3月配件对账单", "2026年3月配件对账单网点合计", "2026年3月配件对账单在外批次",
    ]  # fmt: skip
    assert [len(read_back(book, region).rows) for region in SHEETS] == [4, 2, 4]
    assert read_back(book, SHEETS[0]).totals["in_field"] == 1 + 2 + 4 + 4
    assert read_back(book, SHEETS[1]).rows["in_field"].tolist() == [3, 8]
    assert read_back(book, SHEETS[2]).totals["amount"] == 130_00 + 10_00 + 480_00
    assert cross_footed(book) == []


def test_the_readers_give_back_the_lines_and_no_total(blank: Blank) -> None:
    book = workbook(blank)
    lines = read(read_grid(book.sheets[0]), PARTS_STATEMENT, workbook="", sheet="").frame
    assert lines["in_field"].dropna().tolist() == [1, 2, 4, 4]
    batches = read(read_grid(book.sheets[2]), OPEN_BATCHES, workbook="", sheet="").frame
    assert batches["entry_no"].tolist() == ["F2", "F3", "F5", "F4"]
    assert batches["deposit_price"].isna().tolist() == [False, False, False, True]


def test_what_has_no_amount_is_told_beside_every_total(blank: Blank) -> None:
    book = workbook(blank)
    assert cell(book, 0, "remark", 3).value == "无押金单价;不在配件价格"
    assert [cell(book, 1, "remark", row).value for row in (0, 1)] == [None, "1行占用金额不详"]
    first = cell(book, 0, "used", 0).row
    assert f"COUNT(O{first}:O{first + 3})" in cell(book, 0, "remark", -1).formula


@pytest.mark.parametrize(
    ("sheet", "name", "row", "value", "said"),
    [
        (0, "in_field", 0, 2, "WD001PJ001期末2≠应有1,差1"),
        (0, "consumed", 0, 6, "WD001PJ001期末1≠应有2,差-1"),
        (0, "used", 0, 130.01, "WD001PJ001占用金额130.01≠应有130.00,差0.01"),
        (0, "in_field", -1, 12, "期末在外合计12≠11"),
        (0, "used", -1, 0, "占用金额合计0.00≠620.00"),
        (1, "issued", 0, 11, "网点合计本期发放合计11≠12"),
        (2, "left", 1, 1, "WD001PJ002在外批次期末2≠应有1,差1"),
        (2, "amount", 1, 9, "WD001PJ002占用金额10.00≠应有9.00,差1.00"),
        (2, "left", -1, 0, "在外数量合计0≠11"),
    ],
)
def test_a_figure_overtyped_by_hand_does_not_foot(
    blank: Blank, sheet: int, name: str, row: int, value: float, said: str
) -> None:
    book = workbook(blank)
    cell(book, sheet, name, row).value = value
    assert said in cross_footed(book)


def test_a_line_of_unknown_opening_is_not_said_to_be_out_of_balance(blank: Blank) -> None:
    book = blank(statement.LAYOUT)
    table = of_month(WORKED, opening_known=False)
    fill(
        book, statement.LAYOUT, table, period="2026-03", as_of=dt.date(2026, 3, 31),
        annexes=(statement.by_outlet(table), frame(OPEN_BATCHES, [])),
    )  # fmt: skip
    sheets = [read_back(book, region) for region in SHEETS]
    assert list(statement.cross_foot(*sheets, opening_known=False)) == []
