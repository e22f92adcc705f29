"""放行 and 解释此格 on the open workbook."""

from __future__ import annotations

import datetime as dt

import openpyxl
import pytest

from addin.actions import reasons
from addin.actions.reasons import Cell
from addin.actions.waive import Wish, understood
from addin.cells import NA, CellError
from addin.errors import BadInput
from tests.buttons.conftest import Open
from tests.buttons.test_check import cells

CODES, NAMES = ["R101", "R808"], ["张三", "李四"]


@pytest.mark.parametrize(
    ("answer", "codes", "names", "wish"),
    [
        ("已电话核实用户", CODES[:1], NAMES[:1], Wish("R101", "已电话核实用户", "张三", None)),
        ("r808 已电话 核实 李四", CODES, NAMES, Wish("R808", "已电话 核实", "李四", None)),
        ("R101 张三 金额50.5 已核实属实", CODES, NAMES, Wish("R101", "已核实属实", "张三", 5050)),
    ],
)
def test_one_line_says_all(answer: str, codes: list[str], names: list[str], wish: Wish) -> None:
    assert understood(answer, codes, names) == wish


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ("已核实属实 张三", "没有写放行哪个代码"),
        ("R101 已核实属实 王五", "没有写放行人"),
        ("R999 已核实属实 张三", "这一行没有问题R999"),
        ("R101 已核实属实 张三 金额1.2.3", "放行金额“1.2.3”无法识别"),
    ],
)
def test_what_is_missing_is_named(answer: str, problem: str) -> None:
    with pytest.raises(BadInput) as told:
        understood(answer, CODES, NAMES)
    assert told.value.problem == problem


@pytest.fixture
def signed(opened: Open) -> Open:
    """张三 may let anything pass."""
    book = openpyxl.load_workbook(opened.masters)
    sheet = book["签字权限"]
    line = {"角色": "售后部经理", "姓名": "张三", "生效日期": dt.date(2020, 1, 1)}
    sheet.append([line.get(cell.value) for cell in sheet[1]])
    book.save(opened.masters)
    opened.press("checkSheet")
    return opened


def test_a_waived_slip_is_judged_anew(signed: Open) -> None:
    before = signed.state()
    line, desk = signed.press("waive", at="A4", answers=["R008 已上门核实用户"])
    assert line == "第4行已放行R008(张三),现在是提示", (line, desk.shown)
    assert len(desk.asked) == 1 and "R008、R808" in desk.asked[0]
    assert cells(signed, "问题代码")[2] == "R008(放行);R808"
    assert signed.book.sheets["放行记录"].range("A2:G2").value == [
        "安装单_2026-03.xlsx", "安装单", 4.0, "D003", "R008", "已上门核实用户", "张三",
    ]  # fmt: skip
    assert signed.press("checkSheet")[0].startswith("已核对 4 行:退回 1,待查 0")
    signed.press("undo")
    assert signed.state() == before


@pytest.mark.parametrize(
    ("at", "answers", "words"),
    [
        ("A5", ["R001 已上门核实用户"], "R001任何人不得放行"),
        ("A4", ["R008 短"], "放行原因不足4个字"),
        ("A4", ["R008 已上门核实用户 金额999"], "超过申报"),
        ("A1", [], "选中的不是单据行"),
        ("A4", [None], "已取消,没有改动"),
        ("A4", [" "], "已取消,没有改动"),
    ],
)
def test_what_may_not_pass_changes_nothing(
    signed: Open, at: str, answers: list[str | None], words: str
) -> None:
    before = signed.state()
    line, _ = signed.press("waive", at=at, answers=answers)
    assert words in line and signed.state() == before


def test_esc_after_the_question_changes_nothing(signed: Open) -> None:
    before = signed.state()
    for esc_at in range(1, 5):
        line, _ = signed.press("waive", at="A4", answers=["R008 已上门核实用户"], esc_at=esc_at)
        assert line == "放行:已取消,没有改动" and signed.state() == before


# --- 解释此格 -------------------------------------------------------------------------------


def test_a_slip_is_explained_down_to_the_row_of_the_tariff(opened: Open) -> None:
    before = opened.state()
    line, desk = opened.press("explain", at="M3")
    title, words = desk.shown[0]
    assert (title, line) == ("解释此格", "解释此格:安装单第3行")
    assert "安装费:申报120.00,标准80.00,核定80.00" in words
    assert "R101/超标容差" in words and "费用标准第2行" in words
    assert opened.state() == before


def test_an_error_of_ours_is_told(opened: Open) -> None:
    reasons.remember(Cell(opened.book.fullname, "安装单", 9, 2), CellError(NA, "找不到基础资料"))
    _, desk = opened.press("explain", at="B9")
    assert desk.shown == [("解释此格", "单元格B9显示#N/A:找不到基础资料。")]


def test_a_line_of_the_list_tells_its_rule(opened: Open) -> None:
    opened.press("checkSheet")
    opened.slips.activate()
    desk = opened.desk()
    opened.book.sheets["问题清单"].activate()
    desk.at = opened.book.sheets["问题清单"].range("A2")
    from addin import bridge

    assert bridge.press("explain", desk).startswith("解释此格:R")
    assert "检查:" in desk.shown[0][1]


def test_any_other_cell_says_what_to_select(opened: Open) -> None:
    line, desk = opened.press("explain", at="A40")
    assert "不是单据、问题清单或本程序的公式" in line and "请选中一张单据" in desk.shown[0][1]
