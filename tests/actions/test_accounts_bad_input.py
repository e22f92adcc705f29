"""Ledgers as they should not be: each fault is named with its place, and all else is settled.

Every case starts from a good month: WD001 with 期初 5000.00 and 收取 1000.00, 15 parts issued at
40.00 and 2 of them used. What is left out of a balance is said; what counts is in it to the fen.
"""

from __future__ import annotations

import datetime as dt
import errno
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from addin.actions import ledgers
from addin.actions.close import Wishes
from addin.actions.reconcile import Reconciled, reconcile
from addin.errors import BadInput
from addin.tables import catalogue
from addin.tables.ledgers import DEPOSIT_LEDGER, DEPOSIT_STATEMENT, PARTS_LEDGER, RETURNS
from tests.actions import small_month
from tests.actions.small_month import Line, repair, write_entries
from tests.actions.test_account_formulas import close, day, moved, paid, write

DEPOSITS = [
    paid("Y0", day(3, 1), "收取", 5000, 依据单号="期初"),
    paid("Y1", day(3, 2), "收取", 1000),
]
PARTS = [
    moved("P1", day(3, 1), "发放", 10, 押金单价=40),
    moved("P2", day(3, 5), "发放", 5, 押金单价=40),
    moved("P3", day(3, 8), "核销", 2, 维修单号="D004"),
]
IN_DEPOSITS, IN_PARTS = "录入/押金流水.xlsx", "录入/配件流水.xlsx"


@pytest.fixture
def month(tmp_path: Path) -> Path:
    folder = tmp_path / "2026-03"
    small_month.write_masters(tmp_path / "基础资料.xlsx")
    enter(folder)
    slips = [repair(4, 更换配件编码="PJ001")]
    write_entries(folder / "录入" / "维修单_2026-03.xlsx", catalogue.REPAIR, slips)
    return folder


def enter(folder: Path, *, deposits: Any = (), parts: Any = ()) -> None:
    write(folder / IN_DEPOSITS, DEPOSIT_LEDGER, [*DEPOSITS, *deposits])
    write(folder / IN_PARTS, PARTS_LEDGER, [*PARTS, *parts])


def settled(folder: Path) -> Reconciled:
    wishes = Wishes(progress=lambda words: None)
    return reconcile(folder, wishes, at=dt.datetime(2026, 4, 2, 9))


def edit(path: Path, change: Callable[[Worksheet], object]) -> None:
    book = openpyxl.load_workbook(path)
    change(book.worksheets[0])
    book.save(path)


def of_agent(result: Reconciled, agent: str = "WD001") -> dict[str, Any]:
    table = result.accounts.agents.set_index("agent_code")
    return dict(table.loc[agent])


def told(result: Reconciled) -> list[tuple[str, str, int | None, bool]]:
    """Code, sheet, row and whether the row is 未入账 of each finding."""
    return [(f.code, f.sheet, f.row, f.unposted) for f in result.accounts.findings]


def test_the_good_month_has_nothing_to_say(month: Path) -> None:
    result = settled(month)
    account = of_agent(result)
    assert told(result) == []
    assert (account["closing"], account["used"], account["verdict"]) == (600000, 52000, "通过")


# --- rows -------------------------------------------------------------------------------------

D, P, OUT, IN = "押金流水", "配件流水", True, False
T3, T9 = day(3, 3), day(3, 9)
ROWS: dict[str, tuple[list[Line], list[Line], list[tuple[str, str, int, bool]], int, int]] = {
    # what is wrong: rows of deposits, rows of parts, what is told, 期末余额 and 配件占用
    "negative quantity": ([], [moved("P9", T3, "发放", -1)], [("R003", P, 5, OUT)], 600000, 52000),
    "text in a date": ([paid("Y2", "三月三日", "收取", 1)], [moved("P9", "3/3/2026", "发放", 1)],
                       [("R002", D, 4, OUT), ("R002", P, 5, OUT)], 600000, 52000),
    "numbers stored as text": ([paid("Y2", T3, "收取", "1,000.50元")],
                               [moved("P9", T3, "发放", "３")], [], 700050, 64000),
    "text that is no number": ([paid("Y2", T3, "收取", "12,80")], [], [("R003", D, 4, OUT)],
                               600000, 52000),
    "blank kind": ([paid("Y2", T3, None, 1)], [moved("P9", T3, None, 1)],
                   [("R001", D, 4, OUT), ("R001", P, 5, OUT)], 600000, 52000),
    "unknown kind": ([paid("Y2", T3, "扣款", 1)], [moved("P9", T3, "调整", 1)],
                     [("R015", P, 5, OUT), ("R504", D, 4, OUT)], 600000, 52000),
    "deduction without basis": ([paid("Y2", T3, "处罚扣款", 10)], [], [("R505", D, 4, IN)],
                                599000, 52000),
    "red entry of nothing": ([paid("Y2", T3, "收取", -10, 红冲流水号="YX")],
                             [moved("P9", T9, "红冲", 1, 红冲流水号="PX")],
                             [("R411", P, 5, OUT), ("R504", D, 4, OUT)], 600000, 52000),
    "red entry twice": ([paid(f"Y{n}", T3, "收取", -1000, 红冲流水号="Y1") for n in (2, 3)],
                        [moved(f"P{n}", T9, "红冲", 5, 红冲流水号="P2") for n in (8, 9)],
                        [("R411", P, 6, OUT), ("R504", D, 5, OUT)], 500000, 32000),
    "red entry of another amount": ([paid("Y2", T3, "收取", -999, 红冲流水号="Y1")],
                                    [moved("P9", T9, "红冲", 4, 红冲流水号="P2")],
                                    [("R411", P, 5, OUT), ("R504", D, 4, OUT)], 600000, 52000),
    "minus without a red entry": ([paid("Y2", T3, "收取", -10)], [], [("R003", D, 4, OUT)],
                                  600000, 52000),
    "number twice": ([paid("Y1", T3, "收取", 1)], [moved("P1", T3, "发放", 1)],
                     [("R509", D, 4, OUT), ("R509", P, 5, OUT)], 600000, 52000),
    "refund above the balance": ([paid("Y2", T3, "退还", 6000.01)], [], [("R508", D, 4, OUT)],
                                 600000, 52000),
    "more used than there is": ([], [moved("P9", T9, "报损", 14)], [("R403", P, 5, OUT)],
                                600000, 52000),
    "sold without a slip": ([], [moved("P9", T9, "保外领用", 1)], [("R001", P, 5, OUT)],
                            600000, 52000),
    "used for a slip nobody has": ([], [moved("P9", T9, "核销", 1, 维修单号="D999")],
                                   [("R404", P, 5, OUT)], 600000, 52000),
}  # fmt: skip


@pytest.mark.parametrize("case", ROWS)
def test_a_row_is_named_and_the_rest_is_settled(case: str, month: Path) -> None:
    deposits, parts, expected, closing, used = ROWS[case]
    enter(month, deposits=deposits, parts=parts)
    result = settled(month)
    account = of_agent(result)
    assert sorted(told(result)) == sorted(expected)
    assert (account["closing"], account["used"]) == (closing, used)
    assert account["verdict"] == ("待查" if expected else "通过")
    assert account["codes"] == ";".join(sorted({code for code, *_ in expected}))


def test_an_agent_nobody_knows_keeps_an_account_of_its_own(month: Path) -> None:
    enter(month, deposits=[paid("Y2", T3, "收取", 10, 代理商编码="DL999")],
          parts=[moved("P9", T3, "发放", 1, 网点编码="WD999")])  # fmt: skip
    result = settled(month)
    assert {(c, s, r) for c, s, r, _ in told(result) if c == "R004" and r} == {
        ("R004", D, 4), ("R004", P, 5)
    }  # fmt: skip
    assert of_agent(result)["closing"] == 600000
    assert of_agent(result, "WD999")["used"] == 4000
    assert {of_agent(result, code)["verdict"] for code in ("DL999", "WD999")} == {"无法判断"}


def test_a_part_without_a_price_leaves_the_worth_open(month: Path) -> None:
    enter(month, parts=[moved("P9", T3, "发放", 1, 配件编码="PJ777")])
    account = of_agent(settled(month))
    assert account["codes"] == "R401"
    assert str(account["used"]) == str(account["available"]) == "<NA>"
    assert account["verdict"] == "无法判断"


# --- sheets -----------------------------------------------------------------------------------


def test_titles_and_hidden_rows_are_accepted(month: Path) -> None:
    def retouch(sheet: Worksheet) -> None:
        sheet.insert_rows(1, 2)
        sheet["A1"] = "2026年3月押金流水"
        sheet.merge_cells("A1:K1")
        sheet.row_dimensions[5].hidden = True

    edit(month / IN_DEPOSITS, retouch)
    result = settled(month)
    assert (told(result), of_agent(result)["closing"]) == ([], 600000)


def test_days_of_1904_are_the_same_days(month: Path) -> None:
    book = openpyxl.load_workbook(month / IN_DEPOSITS)
    book.epoch = CALENDAR_MAC_1904
    book.save(month / IN_DEPOSITS)
    assert (told(settled(month)), of_agent(settled(month))["closing"]) == ([], 600000)


def test_a_merged_cell_counts_for_each_row_and_says_so(month: Path) -> None:
    edit(month / IN_DEPOSITS, lambda sheet: sheet.merge_cells("D2:D3"))
    result = settled(month)
    assert of_agent(result)["closing"] == 600000
    assert any("合并" in str(notice) for notice in result.accounts.notices)


def test_what_stands_after_200_blank_rows_is_not_read_and_said_to_be_so(month: Path) -> None:
    edit(month / IN_DEPOSITS, lambda sheet: sheet.insert_rows(3, 200))
    result = settled(month)
    assert of_agent(result)["closing"] == 500000
    said = [str(notice) for notice in result.accounts.notices if "空行" in str(notice)]
    assert said == ["《押金流水.xlsx》押金流水:第203行起的内容在200行空行之后,没有读"]


def test_a_header_alone_is_a_ledger_without_rows(month: Path) -> None:
    write(month / IN_DEPOSITS, DEPOSIT_LEDGER, [])
    write(month / IN_PARTS, PARTS_LEDGER, [])
    result = settled(month)
    assert result.accounts.agents.empty
    assert [finding.code for finding in result.accounts.findings] == ["R405"]


def test_two_ledgers_of_a_kind_are_one_and_a_number_counts_in_both(month: Path) -> None:
    more = [paid("Y1", day(3, 2), "收取", 1000), paid("Y7", T3, "收取", 7)]
    write(month / "录入" / "押金流水2.xlsx", DEPOSIT_LEDGER, more)
    result = settled(month)
    found = [(f.code, f.workbook, f.row) for f in result.accounts.findings]
    assert found == [("R509", "押金流水2.xlsx", 2)]
    assert of_agent(result)["closing"] == 600700


def test_returns_of_no_kind_and_with_a_number_twice_do_not_count(month: Path) -> None:
    fixed = {"返还日期": T9, "网点编码": "WD001", "配件编码": "PJ001", "数量": 1}
    lines = [{**fixed, "返还单号": "F1", "返还类型": "返厂"},
             {**fixed, "返还单号": "F2", "返还类型": "旧件返还"},
             {**fixed, "返还单号": "F2", "返还类型": "旧件返还"}]  # fmt: skip
    write(month / "录入" / "旧件返还.xlsx", RETURNS, lines)
    result = settled(month)
    assert told(result) == [("R411", RETURNS.name, 2, True), ("R509", RETURNS.name, 4, True)]
    assert result.accounts.parts["returned"].tolist() == [1]


# --- folders ----------------------------------------------------------------------------------


def test_a_number_of_a_closed_month_counts(month: Path) -> None:
    settled(month)
    close(month)
    april = month.parent / "2026-04"
    write(april / IN_DEPOSITS, DEPOSIT_LEDGER, [paid("Y1", day(4, 2), "收取", 1000)])
    write(april / IN_PARTS, PARTS_LEDGER, [])
    result = settled(april)
    assert [found for found in told(result) if found[0] == "R509"] == [("R509", D, 2, True)]
    assert of_agent(result)["closing"] == 600000


def test_an_agent_twice_on_the_closed_statement_has_no_opening(month: Path) -> None:
    write(month / IN_DEPOSITS, DEPOSIT_LEDGER, DEPOSITS[1:])
    lines = [{"代理商编码": "WD001", "期末余额": yuan} for yuan in (1, 2)]
    before = month.parent / "2026-02"
    name = "押金对帐单_2026-02.xlsx"
    write(before / "输出" / name, DEPOSIT_STATEMENT, lines, "押金对帐单")
    close(before)
    account = of_agent(settled(month))
    assert (str(account["closing"]), account["verdict"]) == ("<NA>", "无法判断")
    assert "或有两行" in account["reasons"]


def test_parts_that_nobody_brought_forward_leave_the_account_open(month: Path) -> None:
    write(month / IN_DEPOSITS, DEPOSIT_LEDGER, DEPOSITS[1:])
    before = month.parent / "2026-02"
    lines = [{"代理商编码": "WD001", "期末余额": 5000}]
    write(before / "输出" / "押金对帐单_2026-02.xlsx", DEPOSIT_STATEMENT, lines, "押金对帐单")
    close(before)
    account = of_agent(settled(month))
    assert (account["closing"], str(account["used"])) == (600000, "<NA>")
    assert (account["verdict"], account["codes"]) == ("无法判断", "R502")
    assert "没有配件对账单" in account["reasons"]


@pytest.mark.parametrize(
    ("missing", "closing", "used"), [(IN_PARTS, "600000", "0"), (IN_DEPOSITS, "<NA>", "52000")]
)
def test_one_ledger_alone_is_settled_as_far_as_it_goes(
    missing: str, closing: str, used: str, month: Path
) -> None:
    (month / missing).unlink()
    account = of_agent(settled(month))
    assert (str(account["closing"]), str(account["used"])) == (closing, used)


def no_header(month: Path) -> None:
    edit(month / IN_DEPOSITS, lambda sheet: sheet.delete_rows(1))


def no_masters(month: Path) -> None:
    (month.parent / "基础资料.xlsx").unlink()


def no_ledger(month: Path) -> None:
    (month / IN_DEPOSITS).unlink()
    (month / IN_PARTS).unlink()


def broken(month: Path) -> None:
    (month / IN_DEPOSITS).write_bytes(b"PK\x03\x04")


def agent_twice_on_the_statement(month: Path) -> None:
    lines = [{"代理商编码": "WD001", "期末余额": 1}] * 2
    place = month / "输出" / "押金对帐单_2026-03.xlsx"
    write(place, DEPOSIT_STATEMENT, lines, "押金对帐单")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (no_header, "《押金流水.xlsx》工作表“押金流水”:前30行中找不到押金流水的表头"),
        (no_masters, "找不到基础资料.xlsx"),
        (no_ledger, "里没有配件流水、旧件返还、押金流水"),
        (broken, "《押金流水.xlsx》:已损坏或不完整"),
        (agent_twice_on_the_statement, "单元格B3:代理商WD001重复"),
    ],
)
def test_what_stops_the_run_is_one_sentence_and_nothing_is_written(
    spoil: Callable[[Path], None], words: str, month: Path
) -> None:
    spoil(month)
    before = contents(month.parent)
    with pytest.raises(BadInput) as caught:
        settled(month)
    assert words in str(caught.value)
    assert contents(month.parent) == before


def test_a_folder_without_a_month_in_its_name_asks_for_it(month: Path) -> None:
    elsewhere = month.rename(month.parent / "三月")
    (elsewhere / "录入" / "维修单_2026-03.xlsx").rename(elsewhere / "录入" / "维修单.xlsx")
    with pytest.raises(BadInput, match="不知道业务月"):
        settled(elsewhere)


def test_a_statement_that_excel_holds_open_stops_the_run(month: Path) -> None:
    settled(month)
    before = contents(month.parent)
    busy = OSError(errno.EACCES, "busy")
    with mock.patch("os.replace", side_effect=busy), pytest.raises((BadInput, OSError)):
        settled(month)
    assert contents(month.parent) == before


def test_a_second_run_writes_the_same_bytes(month: Path) -> None:
    enter(month, deposits=ROWS["red entry twice"][0], parts=ROWS["red entry twice"][1])
    settled(month)
    settled(month)  # the statement is from now on refreshed where it lies
    first = contents(month / ledgers.OUTPUT)
    settled(month)
    assert contents(month / ledgers.OUTPUT) == first


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}
