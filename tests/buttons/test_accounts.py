"""刷新押金对账, 配件对账, 保外清单, 对账单套打: the accounts of the month in front."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from addin import bridge
from addin.actions.opened import LOCK
from tests.actions.agent_month import Line, issued, write_agent_month
from tests.actions.clerks_statement import SHEET, line, write_statement
from tests.buttons.conftest import OPEN, Open
from tests.desk import FakeDesk
from tests.hosts.contract.members import only_named_members

STATEMENT = "输出/押金对帐单_2026-03.xlsx"
PARTS = "年月配件对账单_2026-03.xlsx"
CHARGES = "保外配件收费清单_2026Q1.xlsx"
MAKING_FILES = ("parts", "outWarranty", "statements")


def posted(number: int, agent: str, kind: str, yuan: float, basis: str | None = None) -> Line:
    """A line of 押金流水."""
    return {"流水号": f"YJ{number:04}", "日期": dt.date(2026, 3, number), "代理商编码": agent,
            "类型": kind, "金额": yuan, "依据单号": basis or f"SK{number:03}"}  # fmt: skip


ISSUES = [
    issued(1, 5, 数量=4),
    issued(2, 6, 网点编码="WD002", 数量=3),
    issued(3, 7, 网点编码="WD003", 数量=2),
    issued(4, 8, 网点编码="WD003", 类型="保外领用", 押金单价=None, 维修单号="D001"),
]
DEPOSITS = [
    posted(1, "DL001", "收取", 5000, "期初"),
    posted(2, "WD003", "收取", 300, "期初"),
    posted(3, "DL001", "收取", 1000),
    posted(4, "WD003", "退还", 100),
]
LINES = [
    line(
        "DL001",
        期初余额=5000,
        期末余额=5000,
        备注="催",
        发出日期=dt.datetime(2026, 4, 1),
    )
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A month of two agents, the statement as the clerk has made it her own for one of them."""
    month = write_agent_month(tmp_path / "月" / "2026-03", ISSUES, DEPOSITS)
    (month / "输出").mkdir()
    write_statement(month / STATEMENT, LINES)
    return month


@pytest.fixture(params=OPEN)
def opening(request: pytest.FixtureRequest) -> Iterator[Callable[[Path], Open]]:
    books = []

    def open_one(path: Path) -> Open:
        books.append(OPEN[request.param](path))
        return Open(request.param, path, books[-1])

    yield open_one
    for book in books:
        book.close()


@pytest.fixture
def statement(folder: Path, opening: Callable[[Path], Open]) -> Open:
    return opening(folder / STATEMENT)


@pytest.fixture
def ledger(folder: Path, opening: Callable[[Path], Open]) -> Open:
    return opening(folder / "录入/配件流水.xlsx")


def press(opened: Open, name: str, **how: Any) -> tuple[str, FakeDesk]:
    desk = FakeDesk(opened.book, **how)
    with only_named_members():
        return bridge.press(name, desk), desk


def rows(opened: Open, first: int, last: int) -> list[list[Any]]:
    return opened.book.sheets[SHEET].range((first, 1), (last, 16)).options(ndim=2).value


def files(folder: Path) -> dict[str, bytes]:
    """All that lies in the month's folder and above it, beside the log."""
    return {
        str(path.relative_to(folder.parent)): path.read_bytes()
        for path in sorted(folder.parent.rglob("*"))
        if path.is_file() and path.parent.name != "处理日志"
    }


# --- 刷新押金对账 -------------------------------------------------------------------------------


def test_the_statement_in_front_says_what_the_ledgers_say(statement: Open) -> None:
    told, desk = press(statement, "refreshDeposit")
    assert told == (
        "已刷新 押金对账单:2家代理商,变动10处,见变动清单,新增1家,"
        "期末余额合计5000.00→6200.00元,待查1家"
    )
    assert (desk.asked, desk.shown, desk.restored) == ([], [], 1)
    mine, new = rows(statement, 5, 6)
    assert mine[3:10] == [5000, 1000, 0, 0, 0, 0, 6000]
    assert mine[10:12] == [420, dt.datetime(2026, 4, 1)] and mine[15] == "催"
    assert new[1:10] == ["WD003", "湖滨电器行", 300, 0, 100, 0, 0, 0, 200]
    assert statement.book.sheets[SHEET]["J7"].formula == "=SUM(J5:J6)"


def test_what_is_typed_and_not_saved_yet_counts_and_stays(statement: Open, folder: Path) -> None:
    sheet = statement.book.sheets[SHEET]
    sheet["E5"].value, sheet["P5"].value = 1000, "已电话确认"
    saved = files(folder)
    told, _ = press(statement, "refreshDeposit")
    assert "变动9处" in told  # 本期收取 is right already
    assert (sheet["E5"].value, sheet["P5"].value) == (1000, "已电话确认")
    assert files(folder) == saved


def test_the_agents_own_balance_counts_as_it_was_typed(statement: Open) -> None:
    cells = statement.book.sheets[SHEET]
    cells["M5"].value = 5999.5
    press(statement, "refreshDeposit")
    assert (cells["N5"].value, cells["O5"].value) == (-0.5, "提示")


def test_the_entries_behind_a_change_are_listed(statement: Open) -> None:
    press(statement, "refreshDeposit")
    sheet = statement.book.sheets["变动清单"]
    listed = sheet.used_range.options(ndim=2).value
    changes = {(row[0], row[1]): tuple(row[2:5]) for row in listed}
    assert changes["DL001", "本期收取"] == (0, 1000, "YJ0003")
    assert changes["WD003", "本期退还"] == (None, 100, "YJ0004")


def test_a_second_press_finds_no_change(statement: Open) -> None:
    press(statement, "refreshDeposit")
    after = statement.state()
    told, _ = press(statement, "refreshDeposit")
    assert told == "已刷新 押金对账单:2家代理商,没有变动,期末余额合计6200.00元,待查1家"
    assert statement.state() == after


def test_undo_gives_back_every_cell_and_row(statement: Open) -> None:
    statement.book.sheets[SHEET]["P5"].value = "没有存盘的备注"
    before = statement.state()
    press(statement, "refreshDeposit")
    assert press(statement, "undo")[0] == "已撤销“刷新押金对账”"
    assert statement.state() == before


@pytest.mark.parametrize("step", range(1, 5))
def test_esc_at_any_step_leaves_the_statement_as_it_was(
    step: int, statement: Open, folder: Path
) -> None:
    before, saved = statement.state(), files(folder)
    told, desk = press(statement, "refreshDeposit", esc_at=step)
    assert (told, len(desk.said)) == ("刷新押金对账:已取消,没有改动", step)
    assert (statement.state(), files(folder)) == (before, saved)


def test_there_is_no_step_after_the_last_that_esc_was_tried_at(statement: Open) -> None:
    assert len(press(statement, "refreshDeposit")[1].said) == 4


def test_of_two_statements_the_one_in_front_is_meant(statement: Open) -> None:
    made = statement.book.sheets.add("押金对账单 旧", after=statement.book.sheets[SHEET])
    made["A1:C1"].value = ["代理商编码", "期初余额", "期末余额"]
    made["A2:C2"].value = ["DL001", 5000, 5000]
    made.activate()
    told, _ = press(statement, "refreshDeposit")
    assert told.startswith("已刷新 押金对账单 旧:")
    assert rows(statement, 5, 5)[0][4] == 0


# --- refused, with one reason and what to do -----------------------------------------------------


def refused(opened: Open, name: str) -> str:
    """What the dialog says; nothing of the workbook has changed."""
    before = opened.state()
    _, desk = press(opened, name)
    assert opened.state() == before and not desk.opened
    ((_, words),) = desk.shown
    return words


def close_month(folder: Path) -> None:
    (folder / LOCK).parent.mkdir()
    (folder / LOCK).write_text("", encoding="utf-8")


@pytest.mark.parametrize("button", ["refreshDeposit", *MAKING_FILES])
def test_a_closed_month_stays_as_it_was_handed_in(
    button: str, statement: Open, folder: Path
) -> None:
    close_month(folder)
    saved = files(folder)
    assert "业务月“2026-03”已锁定" in refused(statement, button)
    assert files(folder) == saved


def test_a_workbook_without_a_statement_says_where_to_press(ledger: Open) -> None:
    assert "没有押金对帐单。请打开有押金对帐单的工作簿" in refused(ledger, "refreshDeposit")


def test_a_protected_sheet_is_refused(statement: Open, folder: Path) -> None:
    book = openpyxl.load_workbook(folder / STATEMENT)
    book[SHEET].protection.enable()
    book.save(folder / STATEMENT)
    again = OPEN[statement.host](folder / STATEMENT)
    if statement.host == "memory":
        again.impl.state.pages[0].ProtectContents = True  # what a running Excel says
    words = refused(Open(statement.host, statement.path, again), "refreshDeposit")
    assert f"工作表“{SHEET}”:工作表有保护。请先在“审阅”里撤销工作表保护" in words
    again.close()


@pytest.mark.parametrize("button", ["refreshDeposit", *MAKING_FILES])
def test_a_workbook_that_lies_elsewhere_is_told_what_it_lacks(
    button: str, folder: Path, opening: Callable[[Path], Open], tmp_path: Path
) -> None:
    (tmp_path / "桌面").mkdir()
    lonely = opening(write_statement(tmp_path / "桌面" / "押金对帐单.xlsx", LINES))
    assert "找不到基础资料.xlsx" in refused(lonely, button)


@pytest.mark.parametrize("button", ["refreshDeposit", *MAKING_FILES])
def test_a_workbook_in_no_months_folder_belongs_to_no_month(
    button: str, folder: Path, opening: Callable[[Path], Open]
) -> None:
    beside = opening(write_statement(folder.parent / "押金对帐单.xlsx", LINES))
    assert "不知道业务月" in refused(beside, button)


@pytest.mark.parametrize("button", ["refreshDeposit", *MAKING_FILES])
def test_a_month_without_ledgers_says_where_they_belong(
    button: str, folder: Path, opening: Callable[[Path], Open]
) -> None:
    (folder.parent / "2026-04").mkdir()
    early = opening(write_statement(folder.parent / "2026-04" / "押金对帐单.xlsx", LINES))
    words = refused(early, button)
    assert "里没有配件流水、旧件返还、押金流水。请把本月的流水放进“录入”文件夹再对账" in words


def test_a_ledger_that_cannot_be_read_is_named_with_its_place(
    statement: Open, folder: Path
) -> None:
    path = folder / "录入/押金流水.xlsx"
    book = openpyxl.load_workbook(path)
    book["押金流水"]["B1"] = "哪一天"
    book.save(path)
    words = refused(statement, "refreshDeposit")
    assert words.startswith("《押金流水.xlsx》工作表“押金流水”第1行:缺少必需的列“日期”")


# --- 配件对账, 保外清单, 对账单套打 ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("button", "made", "says"),
    [
        ("parts", PARTS, f"已生成 {PARTS}:3行,期末在外8件"),
        ("outWarranty", CHARGES, f"已生成 {CHARGES}:1笔,60.00元,未收1笔"),
        ("statements", "对账单", "已生成 2 份对账单,其中待查1家,请先核实再寄"),
    ],
)
def test_a_paper_is_made_beside_the_workbook_and_opened(
    button: str, made: str, says: str, ledger: Open, folder: Path
) -> None:
    before = ledger.state()
    told, desk = press(ledger, button)
    assert told == says
    assert desk.opened == [folder / "输出" / made] and desk.opened[0].exists()
    assert (ledger.state(), desk.shown, desk.restored) == (before, [], 1)


def test_each_agent_has_a_statement(ledger: Open, folder: Path) -> None:
    press(ledger, "statements")
    assert sorted(path.name for path in (folder / "输出/对账单").iterdir()) == [
        "DL001_青禾商贸_2026-03.xlsx", "WD003_湖滨电器行_2026-03.xlsx",
    ]  # fmt: skip


@pytest.mark.parametrize("button", MAKING_FILES)
def test_esc_at_any_step_leaves_no_file(button: str, ledger: Open, folder: Path) -> None:
    saved, step = files(folder), 1
    while "已取消" in press(ledger, button, esc_at=step)[0]:
        assert files(folder) == saved, step
        step += 1
    assert step >= 5
    assert files(folder) != saved


@pytest.mark.parametrize("button", MAKING_FILES)
def test_pressed_twice_the_same_files_are_there(button: str, ledger: Open, folder: Path) -> None:
    press(ledger, button)
    once = files(folder)
    press(ledger, button)
    assert files(folder) == once


@pytest.mark.parametrize(
    ("button", "made", "header", "said"),
    [("parts", PARTS, "备注", "已盘点"), ("outWarranty", CHARGES, "收据号码", "SJ0017")],
)
def test_what_the_clerk_filled_in_stays(
    button: str, made: str, header: str, said: str, ledger: Open, folder: Path
) -> None:
    press(ledger, button)
    path = folder / "输出" / made
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    (column,) = (cell.column for cell in sheet[3] if cell.value == header)
    sheet.cell(4, column).value = said
    book.save(path)
    press(ledger, button)
    assert openpyxl.load_workbook(path).worksheets[0].cell(4, column).value == said


@pytest.mark.parametrize(("button", "made"), [("parts", PARTS), ("outWarranty", CHARGES)])
def test_a_paper_that_is_open_in_excel_is_not_replaced(
    button: str, made: str, ledger: Open, folder: Path
) -> None:
    press(ledger, button)
    (folder / "输出" / f"~${made}").write_bytes(b"")
    saved = files(folder)
    assert made in refused(ledger, button)
    assert files(folder) == saved


def test_a_row_that_is_in_no_account_is_told_on_every_press(
    folder: Path, opening: Callable[[Path], Open]
) -> None:
    path = folder / "录入/配件流水.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["配件流水"]
    headers = [cell.value for cell in sheet[1]]
    again = issued(1, 9)
    sheet.append([again.get(str(header)) for header in headers])  # 流水号 of another row
    book.save(path)
    opened = opening(path)
    for button in ("parts", "outWarranty"):
        assert press(opened, button)[0].endswith(",未入账1行")
