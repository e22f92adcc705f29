"""An agent's own list, in whatever layout it comes: workbooks.md §7, 代理商回单."""

from __future__ import annotations

import pytest

from addin.errors import BadInput
from addin.hosts.grid import Cell, CellError, Grid
from addin.tables.agent_list import read_lists
from addin.tables.read import Table

HEADERS: list[Cell] = ["单据号", "配件编码", "数量", "金额"]
ENTRY: list[Cell] = ["FH001", "PJ001", 2.0, 120.0]


def sheet(*rows: list[Cell]) -> Grid:
    width = max(map(len, rows))
    return Grid([[*row, *[""] * (width - len(row))] for row in rows])


def listed(*rows: list[Cell]) -> Table:
    (table,) = read_lists({"三月": sheet(*rows)}, workbook="青禾.xlsx")
    return table


@pytest.mark.parametrize(
    "headers",
    [
        ["单据号", "配件编码", "数量", "金额"],
        ["出库单号", "物料编码", "件数", "总价(元)"],
        ["凭证号 *", "货号", "数 量", "金额:"],
    ],
)
def test_agents_call_their_columns_what_they_like(headers: list[Cell]) -> None:
    frame = listed(["青禾家电对账明细"], [], headers, ENTRY).frame
    assert frame[["slip_no", "part_code", "quantity", "amount"]].iloc[0].tolist() == [
        "FH001", "PJ001", 2, 12000,
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["单据号", "配件编码", "配件名称"])
@pytest.mark.parametrize("measure", ["数量", "金额"])
def test_one_name_and_one_measure_are_enough(name: str, measure: str) -> None:
    assert len(listed([name, measure], ["X1", 3.0]).rows) == 1


@pytest.mark.parametrize(
    ("rows", "cell", "problem"),
    [
        ([["客户", "电话"], ["张某", "13800138000"]], "A1", "找不到代理商回单的表头"),
        ([["甲", "乙"]] * 30 + [HEADERS, ENTRY], "A1", "找不到代理商回单的表头"),
        ([["说明"], ["日期", "金额"], ["2026-03-05", 80.0]], "A2",
         "表头里没有单据号、配件编码、配件名称中的任何一列"),
        ([["", "单据号", "备注"], ["", "FH001", "无"]], "B1", "表头里没有数量、金额中的任何一列"),
        ([["代理商:青禾家电"], HEADERS, ENTRY, ["代理商:湖滨电器"], HEADERS, ENTRY], "A4",
         "有两家代理商:“青禾家电”和“湖滨电器”"),
        ([["代理商名称:", "青禾家电"], HEADERS, ENTRY, ["代理商名称:", "湖滨电器"], HEADERS], "A4",
         "有两家代理商:“青禾家电”和“湖滨电器”"),
        ([[*HEADERS, "代理商编码"], [*ENTRY, "D001"], [*ENTRY, "D001"], [*ENTRY, "D002"]], "E4",
         "有两家代理商:“D001”和“D002”"),
        ([["代理商:青禾家电"], [*HEADERS, "代理商"], [*ENTRY, "湖滨电器"]], "E3",
         "有两家代理商:“青禾家电”和“湖滨电器”"),
    ],
)  # fmt: skip
def test_what_cannot_be_matched_names_sheet_and_cell(
    rows: list[list[Cell]], cell: str, problem: str
) -> None:
    with pytest.raises(BadInput, match=problem) as told:
        listed(*rows)
    assert (told.value.workbook, told.value.sheet) == ("青禾.xlsx", "三月")
    assert told.value.cell == cell


@pytest.mark.parametrize(
    "rows",
    [
        [["代理商:青禾家电"], HEADERS, ENTRY, ["代理商:青禾家电"], HEADERS, ENTRY],
        [["代理商:青禾家电", "代理商编码:D001"], [*HEADERS, "代理商编码"], [*ENTRY, "D001"]],
        [["单位:元"], HEADERS, ENTRY],
        [[*HEADERS, "网点编码"], [*ENTRY, "WD001"], [*ENTRY, "WD002"]],
    ],
)
def test_one_agent_may_be_named_often(rows: list[list[Cell]]) -> None:
    assert "FH001" in listed(*rows).frame["slip_no"].tolist()


def test_two_columns_for_one_field_are_the_clerks_to_decide() -> None:
    with pytest.raises(BadInput, match="字段“单据号”有2列可选"):
        listed(["凭证号", "出库单号", "金额"], ["1", "2", 80.0])


def test_a_cell_that_cannot_be_read_is_told_with_its_place() -> None:
    table = listed(HEADERS, ["FH001", "PJ001", 2.5, CellError.NA], ENTRY)
    assert [str(notice) for notice in table.notices] == [
        "《青禾.xlsx》三月:单元格C2的数量“2.5”无法识别,按空白处理",
        "《青禾.xlsx》三月:单元格D2的金额“#N/A”无法识别,按空白处理",
    ]


def test_all_lists_of_a_workbook_are_read_if_they_are_one_agents() -> None:
    one, other = sheet(["代理商:青禾家电"], HEADERS, ENTRY), sheet(HEADERS, ENTRY, ENTRY)
    note = sheet(["说明", "请核对"])
    tables = read_lists({"说明": note, "一月": one, "二月": other}, workbook="青禾.xlsx")
    assert [(table.sheet, len(table.rows)) for table in tables] == [("一月", 1), ("二月", 2)]
    another = sheet(["代理商:湖滨电器"], HEADERS, ENTRY)
    with pytest.raises(BadInput, match="两家代理商") as told:
        read_lists({"一月": one, "二月": another}, workbook="青禾.xlsx")
    assert (told.value.sheet, told.value.cell) == ("二月", "A1")
    with pytest.raises(BadInput, match="找不到代理商回单的表头"):
        read_lists({"说明": note}, workbook="青禾.xlsx")
