"""What the file host writes into cells, and what it leaves alone."""

from __future__ import annotations

import datetime as dt
import errno
import os
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
import xlwings
from python_calamine import CalamineWorkbook

from addin.errors import BadInput
from addin.hosts import CellStyle, apply_style, files, read_grid
from addin.hosts.grid import CellError
from tests.hosts.packages import parts, rebuilt

REJECTED = CellStyle("结论_拒付", fill=(255, 218, 214), font_color=(140, 0, 9), bold=True)


def reopened(book: xlwings.Book, path: Path) -> xlwings.Book:
    book.save(path)
    book.close()
    return files.open_book(path)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("文字", "文字"),
        ("007", "007"),  # text stays text
        ("2026-03-05", "2026-03-05"),
        ("  两端 空格 ", "  两端 空格 "),
        ("第一行\n第二行", "第一行\n第二行"),
        ("回车\r\n换行", "回车\r\n换行"),
        ("<a&b>\"'", "<a&b>\"'"),
        ("_x000D_", "_x000D_"),  # looks like an escape, is none
        ("\x01\ufffe", "\x01\ufffe"),
        ("", None),
        (None, None),
        (80, 80.0),
        (87.5, 87.5),
        (0.1, 0.1),
        (1e22, 1e22),
        (Decimal("12.30"), 12.3),
        (float("nan"), None),
        (True, True),
        (dt.date(2026, 3, 5), dt.datetime(2026, 3, 5)),
        (dt.datetime(2026, 3, 5, 8, 30), dt.datetime(2026, 3, 5, 8, 30)),
        (dt.datetime(1900, 2, 28), dt.datetime(1900, 2, 28)),
        (dt.datetime(1900, 3, 1), dt.datetime(1900, 3, 1)),
        ("'=A1", "=A1"),
        ("''", "'"),
        ("+8613800000137", "+8613800000137"),
        ("@我", "@我"),
        ("-", "-"),
    ],
)
def test_a_value_reads_back_as_it_was_written(
    book: xlwings.Book, tmp_path: Path, written: Any, read: Any
) -> None:
    book.sheets[0]["B2"].value = written
    again = reopened(book, tmp_path / "值.xlsx")
    assert again.sheets[0]["B2"].value == read
    assert type(again.sheets[0]["B2"].value) is type(read)
    again.close()


@pytest.mark.parametrize("text", ["=A1", "'x"])
def test_text_that_would_be_a_formula_carries_the_mark_that_excel_gives_it(
    book: xlwings.Book, tmp_path: Path, text: str
) -> None:
    book.sheets[0]["A1"].value = "'" + text
    book.save(tmp_path / "文本.xlsx")
    cell = openpyxl.load_workbook(tmp_path / "文本.xlsx").active["A1"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


def test_an_overlong_text_is_refused_before_anything_is_written(book: xlwings.Book) -> None:
    with pytest.raises(BadInput, match="超过 32767 个字"):
        book.sheets[0]["A1"].value = "长" * 32_768


def test_a_formula_has_no_stored_value_and_excel_is_asked_to_calculate(
    book: xlwings.Book, tmp_path: Path
) -> None:
    sheet = book.sheets[0]
    sheet["A1"].value = [[1.0, 2.0]]
    sheet["C1"].value = "=SUM(A1:B1)"
    again = reopened(book, tmp_path / "公式.xlsx")
    assert again.sheets[0]["C1"].formula == "=SUM(A1:B1)"
    assert again.sheets[0]["C1"].value is None
    assert read_grid(again.sheets[0]).uncalculated == {(1, 3)}
    assert b'fullCalcOnLoad="1"' in parts(tmp_path / "公式.xlsx")["xl/workbook.xml"]


def test_a_book_without_formulas_is_not_asked_to_calculate(
    book: xlwings.Book, tmp_path: Path
) -> None:
    book.sheets[0]["A1"].value = 1
    book.save(tmp_path / "值.xlsx")
    assert b"fullCalcOnLoad" not in parts(tmp_path / "值.xlsx")["xl/workbook.xml"]


def test_dates_are_counted_from_the_books_own_beginning(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "1904.xlsx", {"date_1904": True}) as made:
        made.add_worksheet("安装单").write("A1", 44_624)
    book = files.open_book(tmp_path / "1904.xlsx")
    book.sheets[0]["B1"].value = dt.date(2026, 3, 5)
    book.save()
    book.close()
    cell = openpyxl.load_workbook(tmp_path / "1904.xlsx").active["B1"]
    assert (cell.value, cell.number_format) == (dt.datetime(2026, 3, 5), "yyyy-mm-dd")
    assert b"<v>44624</v></c></row>" in parts(tmp_path / "1904.xlsx")["xl/worksheets/sheet1.xml"]


def test_clearing_a_value_keeps_the_format(book: xlwings.Book, tmp_path: Path) -> None:
    cell = book.sheets[0]["A1"]
    cell.value = 5
    cell.number_format = "#,##0.00"
    cell.value = None
    again = reopened(book, tmp_path / "空.xlsx")
    assert again.sheets[0]["A1"].value is None
    assert again.sheets[0]["A1"].number_format == "#,##0.00"


def test_formats_add_up_and_survive(book: xlwings.Book, tmp_path: Path) -> None:
    cells = book.sheets[0]["A1:B2"]
    cells.color = (255, 224, 204)
    cells.font.bold = True
    cells.font.size = 16
    cells.font.color = "#8A2C00"
    cells.font.name = "宋体"
    cells.number_format = "0.0"
    cells.wrap_text = True
    cells.horizontal_alignment = "center"
    cells.vertical_alignment = "top"
    cells.borders.line_style = "continuous"
    cells.column_width = 20
    cells.row_height = 30
    book.save(tmp_path / "格式.xlsx")
    cell = openpyxl.load_workbook(tmp_path / "格式.xlsx").active["B2"]
    assert cell.fill.fgColor.rgb == "FFFFE0CC"
    assert (cell.font.b, cell.font.sz, cell.font.name) == (True, 16, "宋体")
    assert cell.font.color.rgb == "FF8A2C00"
    assert cell.number_format == "0.0"
    alignment = cell.alignment
    assert (alignment.wrap_text, alignment.horizontal, alignment.vertical) == (
        True,
        "center",
        "top",
    )
    assert {cell.border.left.style, cell.border.top.style, cell.border.bottom.style} == {"thin"}
    again = files.open_book(tmp_path / "格式.xlsx")
    same = again.sheets[0]["A1:B2"]
    assert (same.color, same.font.bold, same.font.size) == ((255, 224, 204), True, 16)
    assert (same.column_width, same.row_height) == (20, 30)
    assert (same.borders.line_style, same.borders.weight) == ("continuous", "thin")
    same.clear_formats()
    assert (same.color, same.number_format) == (None, "General")


def test_borders_round_a_range_leave_its_inside_alone(book: xlwings.Book) -> None:
    sheet = book.sheets[0]
    sheet["B2:D4"].borders.set("outside", line_style="continuous", weight="medium")
    assert sheet["B2"].borders["edge_top"].weight == "medium"
    assert sheet["B2"].borders["edge_right"].line_style is None
    assert sheet["C3"].borders["edge_top"].line_style is None


def test_a_named_style_keeps_the_cells_own_number_format_and_borders(
    book: xlwings.Book, tmp_path: Path
) -> None:
    sheet = book.sheets[0]
    sheet["A1"].value = dt.date(2026, 3, 5)
    sheet["A1"].borders.line_style = "continuous"
    apply_style(sheet["A1:B1"], REJECTED)
    apply_style(sheet["A2"], REJECTED)
    book.save(tmp_path / "样式.xlsx")
    made = openpyxl.load_workbook(tmp_path / "样式.xlsx")
    assert [s.name for s in made._named_styles].count("结论_拒付") == 1
    cell = made.active["A1"]
    assert cell.style == "结论_拒付"
    assert (cell.number_format, cell.border.top.style) == ("yyyy-mm-dd", "thin")
    assert (cell.fill.fgColor.rgb, cell.font.color.rgb, cell.font.b) == (
        "FFFFDAD6",
        "FF8C0009",
        True,
    )


def test_a_workbook_that_has_the_style_keeps_its_own_look(
    book: xlwings.Book, tmp_path: Path
) -> None:
    apply_style(book.sheets[0]["A1"], CellStyle("结论_拒付", fill=(0, 0, 255)))
    again = reopened(book, tmp_path / "样式.xlsx")
    apply_style(again.sheets[0]["A2"], REJECTED)
    assert again.sheets[0]["A2"].color == (0, 0, 255)


SHARED = (
    '<row r="4"><c r="A4"><v>1</v></c><c r="B4"><f t="shared" ref="B4:B7" si="0">A4*2+$A$4</f>'
    '<v>3</v></c></row><row r="5"><c r="A5"><v>2</v></c><c r="B5"><f t="shared" si="0"/><v>5</v>'
    '</c></row><row r="6"><c r="B6"><f t="shared" si="0"/><v>1</v></c></row>'
    '<row r="7"><c r="B7"><f t="shared" si="0"/><v>1</v></c></row>'
)
CHAIN = (
    '<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    '<c r="B4" i="1" l="1"/><c r="B5"/><c r="B6"/><c r="B7"/></calcChain>'
)


def test_overwriting_the_first_cell_of_a_shared_formula_moves_its_anchor(tmp_path: Path) -> None:
    path = rebuilt(tmp_path / "共享.xlsx", SHARED, chain=CHAIN)
    book = files.open_book(path)
    book.sheets[0]["B4"].value = 9
    book.save()
    sheet = parts(path)["xl/worksheets/sheet1.xml"].decode()
    assert '<c r="B5"><f t="shared" ref="B5:B7" si="0">A5*2+$A$4</f><v>5</v></c>' in sheet
    assert '<c r="B6"><f t="shared" si="0"/><v>1</v></c>' in sheet
    assert parts(path)["xl/calcChain.xml"].endswith(
        b'<c r="B5" i="1"/><c r="B6"/><c r="B7"/></calcChain>'
    )
    assert [cell.formula for cell in files.open_book(path).sheets[0]["B5:B7"]] == [
        "=A5*2+$A$4",
        "=A6*2+$A$4",
        "=A7*2+$A$4",
    ]


def test_a_shared_formula_and_its_chain_stay_when_something_else_is_written(
    tmp_path: Path,
) -> None:
    path = rebuilt(tmp_path / "共享.xlsx", SHARED, chain=CHAIN)
    before = parts(path)
    book = files.open_book(path)
    book.sheets[0]["C4"].value = [["通过"], ["拒付"]]
    book.save()
    after = parts(path)
    assert after["xl/calcChain.xml"] == before["xl/calcChain.xml"]
    assert (
        b'<c r="B4"><f t="shared" ref="B4:B7" si="0">A4*2+$A$4</f><v>3</v></c>'
        in (after["xl/worksheets/sheet1.xml"])
    )


def test_the_calculation_chain_goes_with_its_last_formula(tmp_path: Path) -> None:
    path = rebuilt(tmp_path / "链.xlsx", SHARED, chain=CHAIN)
    book = files.open_book(path)
    book.sheets[0]["B4:B7"].value = 1
    book.save()
    after = parts(path)
    assert "xl/calcChain.xml" not in after
    assert b"calcChain" not in after["[Content_Types].xml"] + after["xl/_rels/workbook.xml.rels"]


def test_a_part_of_an_array_formula_is_not_overwritten(tmp_path: Path) -> None:
    rows = (
        '<row r="1"><c r="A1"><f t="array" ref="A1:A2">ROW(1:2)</f><v>1</v></c></row>'
        '<row r="2"><c r="A2"><v>2</v></c></row>'
    )
    path = rebuilt(tmp_path / "数组.xlsx", rows)
    book = files.open_book(path)
    with pytest.raises(BadInput, match="数组公式"):
        book.sheets[0]["A2"].value = 5
    book.sheets[0]["A1:A2"].value = [[5], [6]]
    book.save()
    assert openpyxl.load_workbook(path).active["A2"].value == 6


CELLS = '<c r="A2"><v>1</v></c><c r="B2" t="b"><v>1</v></c>'
DIALECTS = {
    "plain": f'<row r="2" spans="1:2">{CELLS}</row>',
    "no r attributes": "<row/><row><c><v>1</v></c><c t='b'><v>1</v></c></row>",
    "x": re.sub(r"(</?)", r"\1x:", f'<row r="2">{CELLS}</row>'),
    "pretty printed": f'\n <row r="2">\n  {CELLS}\n </row>\n',
    "only some r attributes": '<row r="2"><c r="A2"><v>1</v></c><c\nt="b"><v>1</v></c></row>',
    "comment": f'<!-- <row r="9"> --><row r="2">{CELLS}<!-- <c r="Z9"/> --></row>',
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_of_rows_takes_cells_left_between_and_right(
    tmp_path: Path, dialect: str
) -> None:
    prefix = dialect if dialect == "x" else ""
    path = rebuilt(tmp_path / "方言.xlsx", DIALECTS[dialect], prefix=prefix)
    book = files.open_book(path)
    sheet = book.sheets[0]
    assert sheet.used_range.address == "$A$2:$B$2"
    sheet["A1"].value = "上"
    sheet["D2"].value = "右"
    sheet["A2"].value = 7
    sheet["B4"].value = "下"
    book.save()
    assert CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python() == [
        ["上", "", "", ""],
        [7.0, True, "", "右"],
        ["", "", "", ""],
        ["", "下", "", ""],
    ]


def test_the_used_range_is_that_of_the_cells_and_not_what_the_file_says(tmp_path: Path) -> None:
    rows = '<row r="2"><c r="B2" t="inlineStr"><is><t>a</t></is></c><c r="F2" s="0"/></row>'
    path = rebuilt(tmp_path / "谎.xlsx", rows, dimension="A1:XFD1048576")
    book = files.open_book(path)
    assert book.sheets[0].used_range.address == "$B$2"


def test_an_error_cell_is_not_the_text_that_looks_like_one(tmp_path: Path) -> None:
    rows = (
        '<row r="1"><c r="A1" t="e"><v>#REF!</v></c>'
        '<c r="B1" t="inlineStr"><is><t>#REF!</t></is></c></row>'
    )
    book = files.open_book(rebuilt(tmp_path / "错.xlsx", rows))
    grid = read_grid(book.sheets[0])
    assert grid.rows == [[CellError.REF, "#REF!"]]
    assert [isinstance(v, CellError) for v in grid.rows[0]] == [True, False]
    assert book.sheets[0]["A1:B1"].value == [None, "#REF!"]
    assert book.sheets[0]["A1:B1"].options(err_to_str=True).value == ["#REF!", "#REF!"]


def test_the_grid_tells_what_values_alone_do_not(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "格.xlsx") as made:
        sheet = made.add_worksheet("安装单")
        sheet.write_row("A1", [1, 2, 3])
        sheet.write("A2", 103, made.add_format({"num_format": "00000"}))
        sheet.write("B2", 5, made.add_format({"num_format": "0"}))
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.write("A3", "藏")
        sheet.merge_range("A5:B6", "并")
    grid = read_grid(files.open_book(tmp_path / "格.xlsx").sheets[0])
    assert grid.rows[:3] == [[1, 2, 3], [103, 5, ""], ["藏", "", ""]]
    assert grid.zero_padded == {(2, 1): 5}
    assert grid.hidden_rows == {3}
    assert [(a.top, a.left, a.bottom, a.right) for a in grid.merged] == [(5, 1, 6, 2)]


def test_the_grid_shows_edits_that_are_not_saved_yet(book: xlwings.Book) -> None:
    book.sheets[0]["A1"].value = [["单号", "金额"], ["AZ1", 80]]
    assert read_grid(book.sheets[0]).rows == [["单号", "金额"], ["AZ1", 80.0]]


def test_a_thousand_links_lead_into_this_workbook_and_out_of_it(
    book: xlwings.Book, tmp_path: Path
) -> None:
    sheet = book.sheets[0]
    for row in range(1, 1001):
        sheet.range((row, 1)).add_hyperlink(f"#'安装单'!A{row}", f"第{row}行", "去看")
    sheet["B1"].add_hyperlink("https://example.com/#x", "网页", "出去")
    again = reopened(book, tmp_path / "链接.xlsx")
    assert again.sheets[0]["A1000"].hyperlink == "#'安装单'!A1000"
    assert again.sheets[0]["B1"].hyperlink == "https://example.com/#x"
    again.sheets[0]["B1"].add_hyperlink("#A1", "回", "回")
    again.save()
    rels = parts(tmp_path / "链接.xlsx")["xl/worksheets/_rels/sheet1.xml.rels"]
    assert b"example.com" not in rels
    cell = openpyxl.load_workbook(tmp_path / "链接.xlsx").active["A7"]
    assert (cell.value, cell.hyperlink.location) == ("第7行", "'安装单'!A7")


def test_notes_come_and_go_beside_those_of_others(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "批注.xlsx") as made:
        sheet = made.add_worksheet()
        sheet.write("A1", 1)
        sheet.write_comment("A1", "原有", {"author": "甲"})
    book = files.open_book(tmp_path / "批注.xlsx")
    sheet = book.sheets[0]
    sheet["B2"].add_note("核对说明")
    sheet["C3"].add_note("多余")
    sheet["C3"].note.delete()
    sheet["A1"].note.text = "改过"
    book.save()
    made_again = openpyxl.load_workbook(tmp_path / "批注.xlsx").active
    assert made_again["A1"].comment.text == "改过"
    assert made_again["B2"].comment.text == "核对说明"
    assert made_again["C3"].comment is None
    vml = parts(tmp_path / "批注.xlsx")["xl/drawings/vmlDrawing1.vml"]
    assert vml.count(b'ObjectType="Note"') == 2


def test_panes_filter_print_area_merge_and_visibility(book: xlwings.Book, tmp_path: Path) -> None:
    sheet = book.sheets[0]
    sheet["A1"].value = [["单号", "金额"], ["AZ1", 80]]
    sheet.freeze_panes.freeze_at("A1:A1")
    sheet["A1:B2"].api.AutoFilter()
    sheet.page_setup.print_area = "A1:B2"
    sheet["D1:E2"].value = [[1, 2], [3, 4]]
    sheet["D1:E2"].merge()
    hidden = book.sheets.add("选项", after=sheet)
    hidden.visible = False
    book.save(tmp_path / "版.xlsx")
    made = openpyxl.load_workbook(tmp_path / "版.xlsx")
    assert made.active.freeze_panes == "B2"
    assert made.active.auto_filter.ref == "A1:B2"
    assert made.active.print_area == "'Sheet1'!$A$1:$B$2"
    assert [str(m) for m in made.active.merged_cells.ranges] == ["D1:E2"]
    assert (made.active["D1"].value, made.active["E2"].value) == (1, None)
    assert made["选项"].sheet_state == "hidden"
    again = files.open_book(tmp_path / "版.xlsx")
    assert again.sheets[0]["E2"].merge_area.address == "$D$1:$E$2"
    again.sheets[0]["D1"].unmerge()
    again.sheets[0].freeze_panes.unfreeze()
    again.save()
    made = openpyxl.load_workbook(tmp_path / "版.xlsx")
    assert (made.active.freeze_panes, list(made.active.merged_cells.ranges)) == (None, [])


def test_names_say_where_code_finds_its_places(book: xlwings.Book, tmp_path: Path) -> None:
    sheet = book.sheets[0]
    book.names.add("合计行", "='Sheet1'!$A$9:$D$9")
    sheet.names.add("本表", "=Sheet1!$B$2")
    sheet["C3"].name = "数据首行"
    again = reopened(book, tmp_path / "名称.xlsx")
    assert again.names["合计行"].refers_to_range.address == "$A$9:$D$9"
    assert again.sheets[0].names["本表"].refers_to_range.address == "$B$2"
    assert again.sheets[0].range("数据首行").address == "$C$3"
    assert "没有" not in again.names
    again.names.add("断了", "=Sheet1!#REF!")
    with pytest.raises(BadInput, match="断了"):
        _ = again.names["断了"].refers_to_range


def test_tables_are_found_added_and_resized(book: xlwings.Book, tmp_path: Path) -> None:
    sheet = book.sheets[0]
    sheet["A3"].value = [["单号", "金额"], ["AZ1", 80], ["AZ2", 90]]
    sheet.tables.add(sheet["A3:B5"], name="tbl_问题清单")
    again = reopened(book, tmp_path / "表.xlsx")
    table = again.sheets[0].tables["tbl_问题清单"]
    assert table.header_row_range.value == ["单号", "金额"]
    assert table.data_body_range.address == "$A$4:$B$5"
    again.sheets[0]["C3"].value = "备注"
    table.resize(again.sheets[0]["A3:C9"])
    again.save()
    made = openpyxl.load_workbook(tmp_path / "表.xlsx").active.tables["tbl_问题清单"]
    assert (made.ref, made.autoFilter.ref) == ("A3:C9", "A3:C9")
    assert [c.name for c in made.tableColumns] == ["单号", "金额", "备注"]


def test_the_same_edit_gives_the_same_bytes(tmp_path: Path) -> None:
    path = rebuilt(tmp_path / "源.xlsx", SHARED, chain=CHAIN)
    for target in ("一.xlsx", "二.xlsx"):
        book = files.open_book(path)
        book.sheets[0]["C4"].value = [["通过"], ["拒付"]]
        apply_style(book.sheets[0]["C5"], REJECTED)
        book.sheets.add("问题清单", after=book.sheets[-1])["A1"].value = "序号"
        book.save(tmp_path / target)
        book.close()
    assert (tmp_path / "一.xlsx").read_bytes() == (tmp_path / "二.xlsx").read_bytes()


def test_saving_without_an_edit_gives_the_file_back(tmp_path: Path) -> None:
    path = rebuilt(tmp_path / "源.xlsx", SHARED, chain=CHAIN)
    book = files.open_book(path)
    read_grid(book.sheets[0])
    _ = book.sheets[0].used_range.value, book.sheets[0]["B5"].formula, book.sheets[0]["A4"].color
    book.save(tmp_path / "抄.xlsx")
    assert (tmp_path / "抄.xlsx").read_bytes() == path.read_bytes()


def test_a_workbook_that_excel_has_open_is_not_written(tmp_path: Path) -> None:
    path = rebuilt(tmp_path / "月结.xlsx", SHARED)
    before = path.read_bytes()
    (tmp_path / "~$月结.xlsx").write_bytes(b"x")
    book = files.open_book(path)
    book.sheets[0]["A1"].value = 1
    with pytest.raises(BadInput, match=r"月结\.xlsx"):
        book.save()
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "failure", [OSError(errno.ENOSPC, "full"), PermissionError("held"), KeyboardInterrupt()]
)
def test_a_save_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    path = rebuilt(tmp_path / "月结.xlsx", SHARED)
    before = path.read_bytes()
    book = files.open_book(path)
    book.sheets[0]["A1"].value = 1

    def fail(_: int) -> None:
        raise failure

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(BadInput if isinstance(failure, OSError) else KeyboardInterrupt):
        book.save()
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_what_the_host_does_not_do_is_said_and_nothing_is_written(book: xlwings.Book) -> None:
    with pytest.raises(files.Unsupported, match="密码"):
        book.save(password="x")
    with pytest.raises(NotImplementedError):
        book.sheets[0]["A1"].sort([1])
    assert not Path(book.fullname).exists()


def test_xlwings_itself_opens_books_through_the_host(tmp_path: Path) -> None:
    path = rebuilt(tmp_path / "普通.xlsx", SHARED)
    files.activate()
    book = xlwings.Book(path)
    assert (book.name, book.fullname, book.sheet_names) == ("普通.xlsx", str(path), ["表一"])
    assert book.sheets["表一"].range((4, 1), (5, 2)).value == [[1, 3], [2, 5]]
    book.close()


def test_calculating_drops_stored_results_so_that_no_reader_sees_an_old_one(
    tmp_path: Path,
) -> None:
    rows = (
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><f>A1*2</f><v>2</v></c>'
        '<c r="C1" t="str"><f>"x"&amp;A1</f><v>x1</v></c></row>'
    )
    path = rebuilt(tmp_path / "结果.xlsx", rows)
    book = files.open_book(path)
    book.sheets[0]["A1"].value = 5
    book.app.calculate()
    book.save()
    assert read_grid(book.sheets[0]).uncalculated == {(1, 2), (1, 3)}
    assert [c.formula for c in book.sheets[0]["B1:C1"]] == ["=A1*2", '="x"&A1']
    assert b'<c r="C1"><f>' in parts(path)["xl/worksheets/sheet1.xml"]


def test_a_sheet_that_was_read_is_read_anew_after_an_edit(tmp_path: Path) -> None:
    path = rebuilt(tmp_path / "源.xlsx", '<row r="1"><c r="A1"><v>1</v></c></row>')
    book = files.open_book(path)
    sheet = book.sheets[0]
    assert read_grid(sheet).rows == [[1.0]]
    sheet["A1"].value = 2
    assert read_grid(sheet).rows == [[2.0]]
    sheet["A1"].value = 3
    assert read_grid(sheet).rows == [[3.0]]
