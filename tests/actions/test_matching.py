"""SETTLE_MATCH as it is typed into a cell: formulas.md §2, and case 08."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from addin.actions import known
from addin.actions.matching import HEADER
from addin.cells import NA, NUM, VALUE, CellError, RangeFacts
from addin.udfs import settle_match

HEADERS = ["日期", "单据号", "配件编码", "数量", "单价", "金额"]
OURS = ["2026-03-05", "FH001", "PJ001", 2.0, 60.0, 120.0]
THEIRS = ["2026.3.5", "FH001", "PJ001", 2.0, 59.0, 118.0]


def test_the_worked_example_of_the_contract() -> None:
    assert settle_match([HEADERS, OURS], [HEADERS, THEIRS]) == [
        HEADER,
        ["有差异", 2, 2, "编号相同", "金额", 2.0],
    ]


def test_08_one_to_many(cases: Path) -> None:
    book = CalamineWorkbook.from_path(cases / "08-one-to-many.xlsx")
    ours, theirs = (book.get_sheet_by_name(name).to_python() for name in ("我方", "对方"))
    header, *lines = settle_match(ours, theirs, 3, 0)
    assert header == HEADER
    assert lines == [
        ["已匹配", 2, 2, "编号相同", "", 0.0],
        ["待确认", "3+4+5", 3, "分笔合计", "", 0.0],
        ["已匹配", 6, 4, "编号相同", "", 0.0],
        ["有差异", 7, 6, "编号相同", "金额", 2.0],
        ["待确认", 8, 7, "编号差一位", "", 0.0],
        ["已匹配", 9, 8, "编号相同", "", 0.0],
        ["待确认", 10, 9, "配件、数量与日期相符(候选不唯一)", "", 0.0],
        ["仅我方", 11, "", "候选不唯一", "", 60.0],
        ["仅我方", 12, "", "", "", 350.0],
        ["仅对方", "", 5, "", "", -50.0],
        ["仅对方", "", 10, "", "", -160.0],
    ]
    assert round(sum(line[-1] for line in lines), 2) == 202.0


def test_rows_are_counted_from_the_top_of_the_range_and_titles_are_no_rows() -> None:
    title, total = ["三月清单"] + [""] * 5, ["合计", "", "", 2.0, "", 120.0]
    lines = settle_match([title, HEADERS, OURS, total], [HEADERS, [""] * 6, THEIRS])
    assert lines[1:] == [["有差异", 3, 3, "编号相同", "金额", 2.0]]


@pytest.mark.parametrize(
    ("days", "tolerance", "conclusion"),
    [(None, None, "有差异"), ("", 2, "已匹配"), (0, 1.99, "有差异"), (3, "2.00元", "已匹配")],
)
def test_window_and_tolerance(days: Any, tolerance: Any, conclusion: str) -> None:
    assert settle_match([HEADERS, OURS], [HEADERS, THEIRS], days, tolerance)[1][0] == conclusion


def test_whole_columns_are_trimmed_and_the_date_system_is_the_workbooks() -> None:
    headers, blank = ["单据号", "金额", "日期"], [None] * 3
    ours = [headers, ["FH001", 80.0, 44624.0], *[blank] * 1000]
    lists = ours, [headers, ["FH001", 80.0, "2026-03-05"]]
    assert settle_match(*lists)[1][4] == "日期"
    token = known.facts.set(RangeFacts(date1904=True))
    try:
        assert settle_match(*lists)[1][0] == "已匹配"
    finally:
        known.facts.reset(token)


def test_ours_may_hold_several_agents_theirs_may_not() -> None:
    several = [[*HEADERS, "代理商编码"], [*OURS, "D001"], [*OURS, "D002"]]
    assert len(settle_match(several, [HEADERS, OURS])) == 3
    with pytest.raises(CellError, match=r"工作表“对方”单元格G3:.*两家代理商"):
        settle_match([HEADERS, OURS], several)


def test_lists_without_amounts_differ_in_pieces() -> None:
    headers = ["单据号", "数量"]
    lines = settle_match([headers, ["FH001", 5.0]], [headers, ["FH001", 3.0]])
    assert lines[1] == ["有差异", 2, 2, "编号相同", "数量", 2.0]


def test_an_error_in_a_cell_leaves_that_entry_undecided_and_the_others_go_on() -> None:
    ours = [HEADERS, OURS, [*OURS[:1], "FH002", *OURS[2:4], "#N/A", "#N/A"]]
    theirs = [HEADERS, OURS, [*OURS[:1], "FH002", *OURS[2:]]]
    assert settle_match(ours, theirs)[1:] == [
        ["已匹配", 2, 2, "编号相同", "", 0.0],
        ["待确认", 3, 3, "编号相同(金额缺少,无法比较)", "", -120.0],
    ]


@pytest.mark.parametrize(
    ("arguments", "kind", "reason"),
    [
        (([["日期", "金额"], ["2026-03-05", 80.0]], [HEADERS, OURS]), VALUE, "我方.*没有单据号"),
        (([HEADERS, OURS], [["单据号", "备注"], ["FH001", "无"]]), VALUE, "对方.*没有数量、金额"),
        (([HEADERS, OURS], [["说明", "电话"], ["甲", "乙"]]), VALUE, "找不到代理商回单的表头"),
        (([[*HEADERS, "单据号"], [*OURS, "FH001"]], [HEADERS, OURS]), VALUE, "有2列可选"),
        (([HEADERS, OURS], "FH001"), VALUE, "请给出含表头的区域"),
        (([HEADERS, OURS], [HEADERS]), NA, "对方没有数据行"),
        (([HEADERS, OURS], [HEADERS, OURS], -1), NUM, "天数不能是负数"),
        (([HEADERS, OURS], [HEADERS, OURS], "三"), VALUE, "天数“三”不是"),
        (([HEADERS, OURS], [HEADERS, OURS], 3, -0.01), NUM, "容差不能是负数"),
        (([HEADERS, OURS], [HEADERS, OURS], "#REF!"), "#REF!", "天数是错误值"),
    ],
)
def test_errors_say_what_is_wrong(arguments: tuple[Any, ...], kind: str, reason: str) -> None:
    with pytest.raises(CellError, match=reason) as told:
        settle_match(*arguments)
    assert told.value.kind == kind
