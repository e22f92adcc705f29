"""The statement of parts and the list of charges as files: made again, closed, and read back."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

from addin.actions import account_reports, ledgers
from addin.actions.account_reports import Accounts
from addin.actions.close import Wishes
from addin.actions.staging import staged
from addin.domain import parts
from addin.reports import charges
from addin.reports import parts_statement as statement
from addin.tables import catalogue
from addin.tables.fields import SheetSpec, Type
from addin.tables.ledgers import CHARGES, PARTS_LEDGER
from addin.tables.masters import Masters
from tests.reports.account_frames import OUTLETS, PRICES, Row, day, frame, ledger, moved

QUIET = Wishes(progress=lambda _: None)
MASTERS = Masters(
    "基础资料.xlsx", {catalogue.OUTLETS.name: OUTLETS, catalogue.PARTS.name: PRICES}
)  # fmt: skip
STATEMENT = "年月配件对账单_2026-02.xlsx"


class Parameters(dict[str, Any]):
    changed: dict[str, str] = {}  # noqa: RUF012


def accounts(rows: pd.DataFrame, month: str = "2026-02", why: str = "") -> Any:
    """What accounts_of hands over, from a ledger that ends with the month."""
    start = day(f"{month}-01")
    as_of = start + pd.offsets.MonthEnd()
    rows = parts.priced(rows, PRICES)
    posted = parts.post(rows)
    known = {"outlets": OUTLETS, "prices": PRICES}
    lines = statement.state(rows, posted, start, as_of, opening_known=not why, **known)
    return SimpleNamespace(
        month=SimpleNamespace(period=start, as_of=as_of),
        masters=MASTERS,
        settings=SimpleNamespace(parameters=Parameters(zheng_after_jiao=False)),
        books=SimpleNamespace(parts_why=why),
        parts=lines,
        batches=posted.open_batches,
        charges=frame(CHARGES, []),
        differences=[],
    )


def made(of: Accounts, out: Path) -> Path:
    with staged() as staging:
        place = account_reports.parts_statement(of, out, staging, QUIET)
        staging.arrive()
    return place


def write(path: Path, spec: SheetSpec, rows: Iterable[Row], edit: Any = None) -> Path:
    """Rows by field name as a plain workbook."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = spec.name
    sheet.append(spec.headers)
    for row in rows:
        sheet.append([_cell(row.get(item.name), item.type) for item in spec.fields])
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def _cell(value: Any, kind: Type) -> Any:
    return value / 100 if kind is Type.MONEY and value is not None else value


def closed(folder: Path, rows: Iterable[Row]) -> Path:
    """A closed month of which the statement alone is left."""
    of = accounts(ledger(rows), folder.name)
    made(of, folder / "输出")
    assert of.differences == []
    (folder / ledgers.LOCK).parent.mkdir()
    (folder / ledgers.LOCK).write_text("", encoding="utf-8")
    return folder


FEBRUARY = [
    moved("F1", "01-05", "发放", 5, deposit_price=120_00),
    moved("F2", "02-10", "发放", 5, deposit_price=125_00),
    moved("F3", "02-11", "发放", 1, part_code="PJ002"),
    moved("H1", "02-20", "核销", 2),
]
MARCH = [moved("H2", "03-02", "核销", 4), moved("C1", "03-03", "红冲", 5, reverses="F2")]


def test_a_closed_statement_hands_on_its_very_batches(tmp_path: Path) -> None:
    closed(tmp_path / "2026-02", FEBRUARY)
    write(tmp_path / "2026-03" / "录入" / "配件流水.xlsx", PARTS_LEDGER, MARCH)
    books = ledgers.read_books(tmp_path / "2026-03")
    assert (books.parts_why, books.notices) == ("", [])
    forward = books.parts[books.parts["brought_forward"]]
    names = ["entry_no", "date", "part_code", "deposit_price", "quantity"]
    assert forward[names].to_numpy().tolist() == [
        ["F1", day("2026-01-05"), "PJ001", 120_00, 3],
        ["F2", day("2026-02-10"), "PJ001", 125_00, 5],
        ["F3", day("2026-02-11"), "PJ002", 5_00, 1],
    ]
    assert books.old_parts.to_numpy().tolist() == [[2, 0], [0, 0]]


@pytest.mark.parametrize("seed", range(5))
def test_a_year_split_at_a_closed_month_ends_as_it_would_have_in_one(
    tmp_path: Path, seed: int
) -> None:
    draw = np.random.default_rng(seed)
    rows = [
        moved(
            f"L{n}", f"0{m}-{draw.integers(1, 28):02}",
            str(draw.choice(["发放", "发放", "核销", "保外领用", "旧件返还"])),
            int(draw.integers(1, 5)), outlet_code=f"WD00{draw.integers(1, 3)}",
            part_code=f"PJ00{draw.integers(1, 4)}",
            deposit_price=int(draw.choice([120_00, 130_00, 0])),
        )
        for m in (1, 2, 3)
        for n in range(m * 100, m * 100 + 30)
    ]  # fmt: skip
    february = [row for row in rows if row["date"] < day("2026-03-01")]
    march = [row for row in rows if row["date"] >= day("2026-03-01")]
    closed(tmp_path / "2026-02", february)
    write(tmp_path / "2026-03" / "录入" / "配件流水.xlsx", PARTS_LEDGER, march)
    books = ledgers.read_books(tmp_path / "2026-03")
    whole = ledger(rows)
    start, as_of = day("2026-03-01"), day("2026-03-31")
    known = {"outlets": OUTLETS, "prices": PRICES}
    split = statement.state(
        books.parts, parts.post(books.parts), start, as_of, old_parts=books.old_parts, **known
    )
    one = statement.state(whole, parts.post(whole), start, as_of, **known)
    pd.testing.assert_frame_equal(split, one)
    left = ["entry_no", *parts.GROUP, "date", "deposit_price", "left"]
    pd.testing.assert_frame_equal(
        *(
            parts.post(table).open_batches[left].sort_values(left, ignore_index=True)
            for table in (books.parts, whole)
        )
    )


def test_batches_post_in_the_order_of_the_sheet_and_not_of_their_days(tmp_path: Path) -> None:
    """A batch that was entered late stands behind those that were there before it."""
    late = moved("F9", "01-04", "发放", 1, deposit_price=90_00, entered=day("2026-02-01"))
    closed(tmp_path / "2026-02", [*FEBRUARY[:1], late])
    write(tmp_path / "2026-03" / "录入" / "配件流水.xlsx", PARTS_LEDGER, [MARCH[0]])
    books = ledgers.read_books(tmp_path / "2026-03")
    still = parts.post(books.parts).open_batches
    assert still[["entry_no", "left"]].to_numpy().tolist() == [["F1", 1], ["F9", 1]]


def edited(path: Path, sheet: str, header: str, row: int, value: object) -> None:
    book = openpyxl.load_workbook(path)
    column = [cell.value for cell in book[sheet][3]].index(header) + 1
    book[sheet].cell(3 + row, column).value = value
    book.save(path)


def test_a_line_that_its_batches_do_not_add_up_to_opens_as_it_stands(tmp_path: Path) -> None:
    before = closed(tmp_path / "2026-02", FEBRUARY)
    edited(before / "输出" / STATEMENT, "在外批次", "在外数量", 1, 2)
    write(tmp_path / "2026-03" / "录入" / "配件流水.xlsx", PARTS_LEDGER, MARCH)
    books = ledgers.read_books(tmp_path / "2026-03")
    forward = books.parts[books.parts["brought_forward"]]
    assert forward[["entry_no", "quantity"]].to_numpy().tolist() == [["期初1", 8], ["F3", 1]]
    assert [str(notice) for notice in books.notices] == [
        f"《{STATEMENT}》在外批次:WD001PJ001的各批数量之和不等于期末在外,"
        "期初按对账单的期末在外和押金单价"
    ]


def test_a_statement_that_does_not_tell_what_is_in_field_is_no_opening(tmp_path: Path) -> None:
    before = closed(tmp_path / "2026-02", FEBRUARY)
    edited(before / "输出" / STATEMENT, "年月配件对账单", "期末在外", 1, None)
    write(tmp_path / "2026-03" / "录入" / "配件流水.xlsx", PARTS_LEDGER, MARCH)
    books = ledgers.read_books(tmp_path / "2026-03")
    assert books.parts_why == f"《{STATEMENT}》有1行没有期末在外"


def test_made_again_it_is_the_same_file_and_the_clerks_remark_stays(tmp_path: Path) -> None:
    of = accounts(ledger(FEBRUARY))
    place = made(of, tmp_path)
    once = place.read_bytes()
    assert made(of, tmp_path).read_bytes() == once
    edited(place, "年月配件对账单", "备注", 2, "已电话确认")
    again = openpyxl.load_workbook(made(of, tmp_path)).worksheets[0]
    assert [again.cell(row, 20).value for row in (4, 5)] == [None, "已电话确认"]


def test_without_an_opening_no_batch_is_listed_and_nothing_is_found_wrong(tmp_path: Path) -> None:
    of = accounts(ledger(FEBRUARY), why="上月没有月结")
    book = openpyxl.load_workbook(made(of, tmp_path))
    assert book["在外批次"].cell(4, 1).value is None
    assert [book.worksheets[0].cell(row, 20).value for row in (4, 5)] == ["期初不详"] * 2
    assert of.differences == []


def test_a_figure_that_is_not_what_the_ledger_says_is_a_finding(tmp_path: Path) -> None:
    of = accounts(ledger(FEBRUARY))
    of.parts.loc[0, "in_field"] += 1
    made(of, tmp_path)
    assert [(found.code, found.outlet_code, found.part_code) for found in of.differences] == [
        ("R408", "WD001", "PJ001")
    ] * 2


# --- charges ---------------------------------------------------------------------------------

CHARGED: Row = {
    "sequence": 1, "outlet_code": "WD001", "date": day("2026-02-03"), "slip_no": "WX1",
    "part_code": "PJ002", "quantity": 3, "price": 33_35, "amount": 100_05, "paid": "未收",
}  # fmt: skip
FIRST = pd.Period("2026Q1")


def listed(out: Path, month: str = "2026-02", **more: Any) -> Path:
    of = accounts(ledger([]), month)
    of.charges = frame(CHARGES, [{**CHARGED, **more}])
    with staged() as staging:
        place = account_reports.charges_list(of, out, staging, QUIET)
        staging.arrive()
    assert of.differences == []
    return place


def test_the_list_is_named_and_titled_by_its_quarter(tmp_path: Path) -> None:
    place = listed(tmp_path)
    assert place.name == "保外配件收费清单_2026Q1.xlsx"
    sheet = openpyxl.load_workbook(place).worksheets[0]
    assert [sheet["A1"].value, sheet["A2"].value] == ["2026年1季度保外配件收费清单", "2026年1季度"]


def remarks(folder: Path, quarter: pd.Period = FIRST) -> list[str] | None:
    lines = account_reports.listed_charges(folder, folder / "输出", quarter)
    return None if lines is None else lines["remark"].tolist()


def test_the_list_typed_by_the_clerk_goes_before_the_one_made_last(tmp_path: Path) -> None:
    folder = tmp_path / "2026-02"
    (folder / "录入").mkdir(parents=True)
    assert remarks(folder) is None
    listed(folder / "输出", remark="输出")
    assert remarks(folder) == ["输出"]
    write(folder / "录入" / "保外配件收费清单_2025Q4.xlsx", CHARGES, [{**CHARGED, "remark": "旧"}])
    assert remarks(folder) == ["输出"]
    write(folder / "录入" / "保外配件收费清单.xlsx", CHARGES, [{**CHARGED, "remark": "录入"}])
    assert remarks(folder) == ["录入"]


def test_the_list_of_a_closed_month_of_the_quarter_is_gone_on_with(tmp_path: Path) -> None:
    for month in ("2025-12", "2026-01", "2026-02", "2026-03", "2026-04"):
        (tmp_path / month / "存档").mkdir(parents=True)
        (tmp_path / month / ledgers.LOCK).write_text("", encoding="utf-8")
    listed(tmp_path / "2025-12" / "输出", "2025-12", remark="十二月")
    assert remarks(tmp_path / "2026-03") is None
    listed(tmp_path / "2026-01" / "输出", remark="一月")
    assert remarks(tmp_path / "2026-03") == ["一月"]
    assert remarks(tmp_path / "2026-04", pd.Period("2026Q2")) is None


def test_a_listed_line_is_known_by_its_workbook_sheet_and_row(tmp_path: Path) -> None:
    place = listed(tmp_path / "输出")
    before = account_reports.listed_charges(tmp_path, tmp_path / "输出", FIRST)
    sold = ledger([]).assign(day=pd.NaT, units=0, workbook="", sheet="", row=0)
    none = pd.DataFrame(columns=["outlet_code", "slip_no", "user_name", "model", "warranty_type"])
    rows = charges.lines(
        sold, FIRST, outlets=OUTLETS, prices=PRICES, slips=none, listed=before
    ).rows  # fmt: skip
    assert rows[charges.PLACE].to_numpy().tolist() == [[place.name, "保外配件收费清单", 4]]
    assert rows["amount"].tolist() == [100_05]
