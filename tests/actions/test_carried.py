"""Slips that waited last month: judged again this month, once, with the rest of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from addin.actions import close as closing
from addin.actions.answer import as_json
from addin.tables import catalogue
from tests.actions.small_month import INSTALLS, Line, install, put, repair, write_entries

LAST = "安装单_2026-02.xlsx"
HISTORY = "../结算历史.xlsx"
ON = {"安装日期": dt.date(2026, 2, 25), "购买日期": dt.date(2026, 2, 20)}
OTHER_FEE = {**ON, "申报其他费": 20, "备注": "高层外墙"}  # R108 holds it until it is waived


def past(line: Line, row: int, state: str = "待查", **more: object) -> Line:
    """The line of 结算历史 that a month leaves of a slip."""
    return {
        **line, "业务月": "2026-02", "类别": "安装", "工作簿": LAST, "工作表": "安装单",
        "行号": row, "核对结果": state, "处理状态": state, **more,
    }  # fmt: skip


def last_month(month: Path, lines: Sequence[Line], history: Sequence[Line]) -> None:
    """Last month's folder beside this one, and what 结算历史 says of it."""
    folder = month.parent / "2026-02" / "录入"
    folder.mkdir(parents=True)
    write_entries(folder / LAST, catalogue.INSTALL, lines)
    book = openpyxl.Workbook()
    book.worksheets[0].title = "结算历史"
    put(book.worksheets[0], catalogue.HISTORY.headers, history)
    book.save(month / HISTORY)


def put_line(sheet: Worksheet, line: Line) -> None:
    sheet.append([line.get(str(cell.value)) for cell in sheet[1]])


def close(month: Path) -> dict[str, Any]:
    return as_json(closing.close(month, closing.Wishes(progress=lambda words: None)))


def carried(answer: dict[str, Any]) -> list[tuple[str, str, list[str], int, int]]:
    return [
        (row["单号"], row["verdict"], row["codes"], row["应付"], row["待定"])
        for row in answer["rows"]
        if row["workbook"] == "上月待定安装单_2026-03.xlsx"
    ]


def test_a_waiting_slip_is_judged_again_with_this_month(month: Path) -> None:
    waits, passed = install(11, **OTHER_FEE), install(12, **ON)
    last_month(month, [waits, passed], [past(waits, 2), past(passed, 3, "通过")])
    answer = close(month)
    assert carried(answer) == [("D011", "待查", ["R014", "R108"], 8000, 2000)]
    assert answer["total"]["申报"] == 6 * 8000 + 2000
    copy = openpyxl.load_workbook(month / "输出" / "上月待定安装单_2026-03_已核对.xlsx")
    assert [sheet.title for sheet in copy][:3] == ["安装单", "选项", "问题清单"]


def test_waived_in_its_checked_copy_it_is_paid(month: Path) -> None:
    waits = install(11, **OTHER_FEE)
    last_month(month, [waits], [past(waits, 2)])
    close(month)
    path = month / "输出" / "上月待定安装单_2026-03_已核对.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["安装单"]
    column = {cell.value: cell.column for cell in sheet[3]}
    masters = openpyxl.load_workbook(month / "../基础资料.xlsx")
    may = {"角色": "售后部经理", "姓名": "王主管", "规则代码": "R108", "金额上限": 100}
    put_line(masters["签字权限"], may)
    masters.save(month / "../基础资料.xlsx")
    told = {"放行代码": "R108", "放行原因": "高层外墙已核实", "放行人": "王主管"}
    for header, value in told.items():
        sheet.cell(4, column[header]).value = value
    book.save(path)
    assert [(row[1], row[3:]) for row in carried(close(month))] == [("提示", (10000, 0))]


@pytest.mark.parametrize("state", ["通过", "退回", "拒付", "已付", "放弃"])
def test_only_waiting_slips_are_carried(month: Path, state: str) -> None:
    line = install(11, **ON)
    last_month(month, [line], [past(line, 2, state)])
    assert carried(close(month)) == []


def test_only_those_of_the_month_before(month: Path) -> None:
    line = install(11, **ON)
    last_month(month, [line], [past(line, 2, 业务月="2026-01")])
    assert carried(close(month)) == []


def test_entered_again_it_is_no_duplicate_of_itself_and_not_carried_twice(month: Path) -> None:
    line = install(11, **ON)
    last_month(month, [line], [past(line, 2)])
    write_entries(month / INSTALLS, catalogue.INSTALL, [install(1), line])
    answer = close(month)
    assert carried(answer) == []
    again = next(row for row in answer["rows"] if row["单号"] == "D011")
    assert (again["verdict"], again["应付"]) == ("提示", 8000)


def test_the_same_number_for_another_machine_is_still_a_duplicate(month: Path) -> None:
    line = install(11, **ON)
    last_month(month, [line], [past(line, 2)])
    write_entries(month / INSTALLS, catalogue.INSTALL, [install(12, 单号="D011")])
    answer = close(month)
    assert len(carried(answer)) == 1
    codes = {(row["workbook"][:2], *row["codes"]) for row in answer["rows"] if row["codes"]}
    assert any("R801" in told for told in codes)


@pytest.mark.parametrize(
    ("lines", "history"),
    [
        ([install(12, **ON)], {}),  # another slip stands there now
        ([install(11, **ON)], {"行号": 7}),
        ([install(11, **ON)], {"工作簿": "安装单_没有.xlsx"}),
        ([install(11, **ON)], {"工作表": "旧表"}),
        ([install(11, 申报安装费="=40+40", **ON)], {}),  # a formula nobody has calculated
    ],
    ids=["moved", "no row", "no workbook", "no sheet", "not calculated"],
)
def test_a_slip_that_is_not_found_is_told_and_not_guessed(
    month: Path, lines: list[Line], history: dict[str, object]
) -> None:
    last_month(month, lines, [past(install(11, **ON), 2, **history)])
    if lines[0]["申报安装费"] == "=40+40":
        path = month.parent / "2026-02" / "录入" / LAST
        book = openpyxl.load_workbook(path)
        for cell in book.worksheets[0][2]:
            if cell.value == "=40+40":
                cell.data_type = "f"
        book.save(path)
    answer = close(month)
    assert carried(answer) == []
    assert sum("上月待定的安装单D011(网点WD001)没有带入本月" in n for n in answer["notices"]) == 1


def test_what_could_not_be_read_is_still_unreadable(month: Path) -> None:
    waits = install(11, **{**ON, "安装日期": "2026.2.30"})
    last_month(month, [waits], [past(waits, 2)])
    (row,) = [r for r in close(month)["rows"] if r["单号"] == "D011"]
    assert row["codes"] == ["R002"] and "“2026.2.30”" in row["reasons"]


def test_more_than_the_blank_sheet_has_rows_for(month: Path) -> None:
    lines = [install(n, **ON, 申报其他费=n) for n in range(100, 150)]
    last_month(month, lines, [past(line, 2 + i) for i, line in enumerate(lines)])
    found = carried(close(month))
    assert [(number, held) for number, *_, held in found] == [
        (f"D{n}", n * 100) for n in range(100, 150)
    ]


def test_repair_slips_have_a_workbook_of_their_own(month: Path) -> None:
    line = repair(11, 完成日期=dt.date(2026, 2, 27), 报修日期=dt.date(2026, 2, 26))
    last_month(month, [install(12)], [])
    write_entries(
        month.parent / "2026-02" / "录入" / "维修单_2026-02.xlsx", catalogue.REPAIR, [line]
    )
    told = past(line, 2, 类别="维修", 工作簿="维修单_2026-02.xlsx", 工作表="维修单")
    book = openpyxl.load_workbook(month / HISTORY)
    put_line(book.worksheets[0], told)
    book.save(month / HISTORY)
    rows = [r for r in close(month)["rows"] if r["workbook"] == "上月待定维修单_2026-03.xlsx"]
    assert [(row["单号"], row["verdict"]) for row in rows] == [("D011", "提示")]


def test_twice_the_same_bytes(month: Path) -> None:
    waits = install(11, **OTHER_FEE)
    last_month(month, [waits], [past(waits, 2)])
    out = month / "输出"
    close(month)
    first = {p.name: p.read_bytes() for p in out.iterdir()}
    close(month)
    assert {p.name: p.read_bytes() for p in out.iterdir()} == first
    assert "上月待定安装单_2026-03_已核对.xlsx" in first


def test_a_check_of_single_files_carries_nothing(month: Path) -> None:
    waits = install(11, **OTHER_FEE)
    last_month(month, [waits], [past(waits, 2)])
    wishes = closing.Wishes(progress=lambda words: None)
    assert carried(as_json(closing.check([month / INSTALLS], wishes))) == []
