"""SETTLE_DEPOSIT, SETTLE_DEPOSIT_AVAILABLE and SETTLE_PARTS over ledgers beside the workbook."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from addin import udfs
from addin.actions import known, ledgers
from addin.cells import NA, VALUE, CellError
from addin.tables.ledgers import (
    DEPOSIT_LEDGER,
    DEPOSIT_STATEMENT,
    PARTS_LEDGER,
    PARTS_STATEMENT,
    RETURNS,
)
from tests.actions import small_month
from tests.actions.small_month import Line, put


def day(month: int, of: int) -> dt.date:
    return dt.date(2026, month, of)


def write(path: Path, spec: Any, lines: list[Line], title: str | None = None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    book = openpyxl.Workbook()
    book.worksheets[0].title = title or spec.name
    put(book.worksheets[0], spec.headers, lines)
    book.save(path)


def paid(number: str, date: dt.date, kind: str, yuan: float, **more: object) -> Line:
    return {
        "流水号": number,
        "日期": date,
        "类型": kind,
        "代理商编码": "WD001",
        "金额": yuan,
        **more,
    }


def moved(number: str, date: dt.date, kind: str, count: int, **more: object) -> Line:
    return {"流水号": number, "业务日期": date, "类型": kind, "网点编码": "WD001",
            "配件编码": "PJ001", "数量": count, **more}  # fmt: skip


DEPOSITS = [
    paid("Y0", day(3, 1), "收取", 5000, 依据单号="期初"),
    paid("Y1", day(3, 2), "收取", 1000),
    paid("Y2", day(3, 10), "保外扣款", 200, 依据单号="WX001"),
    paid("Y3", day(3, 11), "处罚扣款", 100, 依据单号="CF001"),
    paid("Y4", day(3, 12), "逾期未返扣款", 50, 依据单号="P3"),
]
PARTS = [  # 10 + 5 − 4 − 1 − 1 − 0 = 9
    moved("P1", day(2, 1), "发放", 10, 押金单价=600),
    moved("P2", day(3, 1), "发放", 5, 押金单价=650),
    moved("P3", day(3, 5), "配件核销", 4, 维修单号="WX001"),
    moved("P4", day(3, 6), "领用", 1, 维修单号="WX002"),
    moved("P5", day(3, 7), "退库", 1),
]


@pytest.fixture(autouse=True)
def place(tmp_path: Path) -> Iterator[Path]:
    """The folder of March of the small company; 核对基准日 is 2026-04-02."""
    folder = tmp_path / "2026-03"
    folder.mkdir()
    small_month.write_masters(tmp_path / "基础资料.xlsx")
    known.forget()
    token = known.folder.set(folder)
    yield folder
    known.folder.reset(token)
    known.forget()


def enter(place: Path, deposits: list[Line], parts: list[Line] | None = None) -> None:
    write(place / "录入" / "押金流水.xlsx", DEPOSIT_LEDGER, deposits)
    if parts is not None:
        write(place / "录入" / "配件流水.xlsx", PARTS_LEDGER, parts)


def error(call: Any, *arguments: Any) -> str:
    with pytest.raises(CellError) as caught:
        call(*arguments)
    return caught.value.kind


# --- the worked examples of formulas.md -----------------------------------------------------


def test_the_deposit_of_an_outlet_is_that_of_its_agent(place: Path) -> None:
    enter(place, DEPOSITS)
    assert udfs.settle_deposit("WD001", day(3, 31)) == 5650.0


def test_what_is_available_is_left_after_parts_in_field_and_on_the_way(place: Path) -> None:
    used = [moved("P1", day(3, 1), "发放", 10, 押金单价=560),
            moved("P2", day(4, 9), "发放", 1, 押金单价=100)]  # fmt: skip
    enter(place, DEPOSITS, used)
    assert udfs.settle_deposit_available("WD001") == -50.0


def test_parts_in_field_are_issues_less_exits(place: Path) -> None:
    enter(place, DEPOSITS, PARTS)
    assert udfs.settle_parts("WD001", "PJ001") == 9


# --- items ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "amount"),
    [("期末", 5650.0), ("期初", 5000.0), ("收取", 1000.0), ("退还", 0.0), ("保外扣款", 200.0),
     ("逾期扣款", 50.0), ("处罚扣款", 100.0)],
)  # fmt: skip
def test_each_item_of_a_deposit(place: Path, item: str, amount: float) -> None:
    enter(place, DEPOSITS)
    assert udfs.settle_deposit("WD001", day(3, 31), item) == amount


@pytest.mark.parametrize(
    ("item", "number"),
    [("在外", 9), ("发放", 15), ("核销", 4), ("领用", 1), ("退库", 1), ("报损", 0),
     ("旧件应返", 4), ("旧件已返", 0), ("金额", 4 * 600 + 5 * 650.0)],
)  # fmt: skip
def test_each_item_of_a_part(place: Path, item: str, number: float) -> None:
    enter(place, DEPOSITS, PARTS)
    assert udfs.settle_parts("WD001", "PJ001", None, item) == number


def test_old_parts_are_counted_where_their_sheet_is_and_not_twice(place: Path) -> None:
    enter(place, DEPOSITS, [*PARTS, moved("P6", day(3, 8), "旧件返还", 2)])
    assert udfs.settle_parts("WD001", "PJ001", None, "旧件已返") == 2
    back = {"返还单号": "F1", "返还日期": day(3, 8), "返还类型": "旧件返还", "网点编码": "WD001",
            "配件编码": "PJ001", "数量": 3}  # fmt: skip
    write(place / "录入" / "旧件返还.xlsx", RETURNS, [back])
    known.forget()
    assert udfs.settle_parts("WD001", "PJ001", None, "旧件已返") == 3


def test_a_range_spills_and_each_cell_has_its_own_error(place: Path) -> None:
    enter(place, DEPOSITS)
    found = udfs.settle_deposit([["WD001"], [None], ["WD009"], ["#REF!"]], day(3, 1))
    assert [c.kind if isinstance(c, CellError) else c for (c,) in found] == [
        5000.0, "", NA, "#REF!",
    ]  # fmt: skip


def test_an_issue_without_a_price_has_that_of_the_price_list(place: Path) -> None:
    enter(place, DEPOSITS, [moved("P1", day(3, 1), "发放", 2)])
    assert udfs.settle_parts("WD001", "PJ001", None, "金额") == 80.0


def test_an_item_nobody_knows_and_a_day_that_is_none(place: Path) -> None:
    enter(place, DEPOSITS, PARTS)
    assert error(udfs.settle_deposit, "WD001", None, "余额") == VALUE
    assert error(udfs.settle_parts, "WD001", "PJ001", "三月") == VALUE
    assert error(udfs.settle_parts, "WD001", "PJ999") == NA


def test_no_ledger_and_no_opening_are_no_zero(place: Path) -> None:
    assert error(udfs.settle_deposit, "WD001") == NA
    enter(place, DEPOSITS[1:])
    known.forget()
    assert error(udfs.settle_deposit, "WD001") == NA


# --- months ---------------------------------------------------------------------------------


def close(folder: Path) -> None:
    (folder / "存档").mkdir()
    (folder / ledgers.LOCK).write_text("", encoding="utf-8")


def test_a_month_opens_with_the_closed_statement_of_the_month_before(place: Path) -> None:
    before = place.parent / "2026-02"
    statement = [{"代理商编码": "WD001", "期末余额": 5000}]
    write(before / "输出" / "押金对帐单_2026-02.xlsx", DEPOSIT_STATEMENT, statement, "押金对帐单")
    enter(place, DEPOSITS[1:])
    assert error(udfs.settle_deposit, "WD001", day(3, 31)) == NA  # not closed
    close(before)
    known.forget()
    assert udfs.settle_deposit("WD001", day(3, 31)) == 5650.0


def test_closed_months_before_are_posted_with_their_ledgers(place: Path) -> None:
    april = place.parent / "2026-04"
    enter(place, DEPOSITS)
    late = paid("Y5", day(3, 30), "退还", 650)
    undone = paid("Y6", day(4, 2), "收取", -1000, 红冲流水号="Y1")
    enter(april, [late, undone])
    close(place)
    known.folder.set(april / "录入")
    assert udfs.settle_deposit("WD001", day(3, 31)) == 5650.0
    assert udfs.settle_deposit("WD001", day(4, 30), "期初") == 5650.0
    assert udfs.settle_deposit("WD001", day(4, 30), "退还") == 650.0
    assert udfs.settle_deposit("WD001", day(4, 30)) == 4000.0
    known.folder.set(place)


def test_parts_open_with_the_closed_statement_or_nobody_can_tell(place: Path) -> None:
    before = place.parent / "2026-02"
    enter(place, DEPOSITS, PARTS[1:])  # without the 10 of February
    before.mkdir()
    assert error(udfs.settle_parts, "WD001", "PJ001") == NA  # February is not closed
    close(before)
    known.forget()
    assert error(udfs.settle_parts, "WD001", "PJ001") == NA  # and left no statement
    assert error(udfs.settle_deposit_available, "WD001") == NA
    statement = [
        {"网点编码": "WD001", "配件编码": "PJ001", "押金单价": 600, "期末在外": 10},
        {"网点编码": "WD001", "配件编码": "PJ002", "期末在外": 0},
    ]
    write(before / "输出" / "2026-02配件对账单.xlsx", PARTS_STATEMENT, statement, "配件对账单")
    known.forget()
    assert udfs.settle_parts("WD001", "PJ001") == 9
    assert udfs.settle_parts("WD001", "PJ001", None, "发放") == 5
    assert udfs.settle_parts("WD001", "PJ001", None, "金额") == 4 * 600.0 + 5 * 650.0


def test_a_ledger_that_was_saved_again_is_read_again(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known, "LOOK_AGAIN", 0.0)
    enter(place, DEPOSITS)
    assert udfs.settle_deposit("WD001", day(3, 31)) == 5650.0
    enter(place, [*DEPOSITS, paid("Y9", day(3, 20), "退还", 5650)])
    assert udfs.settle_deposit("WD001", day(3, 31)) == 0.0
