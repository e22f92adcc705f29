"""The statement of deposits is refreshed by a button: one step, and 撤销 takes all of it back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xlwings as xw

from addin.actions import transaction
from addin.actions.refresh import refresh
from addin.desk import Desk
from addin.errors import BadInput
from addin.journal import chain
from tests.actions.clerks_statement import (
    AT,
    FILE,
    HEADERS,
    SHEET,
    account,
    accounts,
    entries,
    line,
    write_statement,
)
from tests.buttons.conftest import OPEN, Open
from tests.desk import FakeDesk
from tests.hosts.contract.members import only_named_members

LABEL = "刷新押金对账"
LINES = [
    line("DL001", 期初余额=5000, 期末余额="=D5+E5-F5-G5-H5-I5", 备注="催"),
    {**line("DL003"), "期末余额": "=D6+E6-F6-G6-H6-I6"},
]
NOW = accounts(
    account("DL001", opening=5000_00, taken=1000_00),
    account("DL002", opening=70_00),
    account("DL003", charged=5_00),
    account("DL004"),
)
POSTED = entries(("YJ1", "DL001", "收取", 1000_00), ("YJ2", "DL003", "保外扣款", 5_00))


@pytest.fixture(params=OPEN)
def statement(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    path = write_statement(tmp_path / FILE, LINES)
    book = OPEN[request.param](path)
    yield Open(request.param, path, book)
    book.close()


def press(
    book: xw.Book, call: Callable[[Desk], str], label: str = LABEL, **how: Any
) -> tuple[str, FakeDesk]:
    desk = FakeDesk(book, **how)
    with only_named_members():
        return transaction.run(label, call, desk), desk


def refreshing(now: pd.DataFrame = NOW, posted: pd.DataFrame = POSTED) -> Callable[[Desk], str]:
    def call(desk: Desk) -> str:
        done = refresh(desk.book, now, posted, at=AT, front=desk.sheet.name)
        return f"已刷新{len(done.changes)}处,新增{len(done.added)}家"

    return call


def test_all_of_it_is_one_step_that_is_taken_back_whole(statement: Open) -> None:
    before = statement.state()
    line, _ = press(statement.book, refreshing())
    sheet = statement.book.sheets[SHEET]
    assert line.endswith("新增2家")
    assert [cell.value for cell in sheet["B5:B8"]] == ["DL001", "DL003", "DL002", "DL004"]
    assert sheet["J9"].formula == "=SUM(J5:J8)"
    assert "变动清单" in [s.name for s in statement.book.sheets]
    told, _ = press(statement.book, transaction.undo, transaction.UNDO)
    assert told == f"已撤销“{LABEL}”"
    assert statement.state() == before


def test_an_excel_table_gives_its_new_rows_back(statement: Open) -> None:
    sheet = statement.book.sheets[SHEET]
    sheet.tables.add(sheet["A4:P6"], name="tbl_押金")
    press(statement.book, refreshing())
    assert sheet.tables["tbl_押金"].range.address == "$A$4:$P$8"
    press(statement.book, transaction.undo, transaction.UNDO)
    assert sheet.tables["tbl_押金"].range.address == "$A$4:$P$6"


def test_a_second_press_is_no_step(statement: Open) -> None:
    press(statement.book, refreshing())
    after = statement.state()
    line, _ = press(statement.book, refreshing())
    assert (line, statement.state()) == ("已刷新0处,新增0家", after)
    press(statement.book, transaction.undo, transaction.UNDO)  # the first press
    assert [cell.value for cell in statement.book.sheets[SHEET]["B5:B7"]] == [
        "DL001", "DL003", None,
    ]  # fmt: skip


def test_a_remark_beside_a_new_agent_keeps_its_row(statement: Open) -> None:
    press(statement.book, refreshing())
    sheet = statement.book.sheets[SHEET]
    sheet["P8"].value = "新代理商,已寄合同"
    keep = "保留这些格,撤销其余"
    press(statement.book, transaction.undo, transaction.UNDO, answers=[keep])
    assert [cell.value for cell in sheet["B5:B7"]] == ["DL001", "DL003", "DL004"]
    assert (sheet["P7"].value, sheet["P5"].value) == ("新代理商,已寄合同", "催")
    assert (sheet["E5"].value, sheet["J8"].formula) == (0, "=SUM(J5:J6)")


@pytest.mark.parametrize("how", [("4:4", "insert", "down"), ("7:7", "delete", "up")])
def test_rows_that_the_clerk_has_moved_since_are_not_taken_out(
    statement: Open, how: tuple[str, str, str]
) -> None:
    rows, what, where = how
    press(statement.book, refreshing())
    getattr(statement.book.sheets[SHEET].range(rows), what)(where)
    after = statement.state()
    with pytest.raises(BadInput, match="插入、删除、排序过行列,不能撤销"):
        press(statement.book, transaction.undo, transaction.UNDO)
    assert statement.state() == after


def test_a_refresh_that_fails_leaves_no_row_behind(statement: Open) -> None:
    before = statement.state()

    def failing(desk: Desk) -> str:
        refreshing()(desk)
        raise BadInput("没有成", "请重试")

    with pytest.raises(BadInput, match="没有成"):
        press(statement.book, failing)
    assert statement.state() == before


def test_new_rows_are_counted_when_the_clerk_is_asked(statement: Open) -> None:
    many = [account(f"DL1{n:02}", opening=1_00) for n in range(99)]
    now = accounts(account("DL001", opening=5000_00), account("DL003"), *many)
    _, desk = press(statement.book, refreshing(now, entries()), answers=["继续"])
    (question,) = desk.asked
    in_rows = 99 * len(("编码", "名称", *HEADERS[3:11], "核对结果"))
    verdicts, totals = 2, 2  # of DL001 and DL003; 期初余额 and 期末余额 of the row 合计
    listed = 1 * 6 + (99 * len(("名称", "期初", "核对结果")) + verdicts) * 4
    assert f"将改变 {in_rows + verdicts + totals + listed:,} 个单元格" in question


def test_an_undo_that_cannot_be_logged_changes_nothing(
    statement: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    press(statement.book, refreshing())
    after = statement.state()

    def no_room(*_: object) -> None:
        raise OSError

    with monkeypatch.context() as patch, pytest.raises(BadInput, match="处理日志写不进去"):
        patch.setattr(chain, "append", no_room)
        press(statement.book, transaction.undo, transaction.UNDO)
    assert statement.state() == after
    press(statement.book, transaction.undo, transaction.UNDO)
    assert statement.book.sheets[SHEET]["A7"].value == "合计"
