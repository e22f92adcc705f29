"""What follows when rows, sheets and names move."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
import xlwings

from addin.errors import BadInput
from addin.hosts import files
from addin.hosts.files.references import renamed, rows_moved, translated
from tests.hosts.packages import parts, rebuilt

HERE = "安装单"


@pytest.mark.parametrize(
    ("formula", "inserted_two_before_6", "deleted_5"),
    [
        ("A5", "A5", "#REF!"),
        ("A6", "A8", "A5"),
        ("SUM(A5:A9)", "SUM(A5:A11)", "SUM(A5:A8)"),
        ("SUM(A5:A5)", "SUM(A5:A5)", "SUM(#REF!)"),
        ("$B$6*C6", "$B$8*C8", "$B$5*C5"),
        ("5:7", "5:9", "5:6"),
        ("A:C", "A:C", "A:C"),
        ("'安装单'!A6+安装单!A6", "'安装单'!A8+安装单!A8", "'安装单'!A5+安装单!A5"),
        ("维修单!A6", "维修单!A6", "维修单!A6"),
        ('"A6"&A6', '"A6"&A8', '"A6"&A5'),
        ("LOG10(A6)", "LOG10(A8)", "LOG10(A5)"),
        ("tbl[A6]+Q6_x+A6.b", "tbl[A6]+Q6_x+A6.b", "tbl[A6]+Q6_x+A6.b"),
        (
            "[1]Sheet1!A6+'[1]安装单'!A6",
            "[1]Sheet1!A6+'[1]安装单'!A6",
            "[1]Sheet1!A6+'[1]安装单'!A6",
        ),
        ("安装单:维修单!A6", "安装单:维修单!A6", "安装单:维修单!A6"),
        ("1E6+A6", "1E6+A8", "1E6+A5"),
        ("YTD2026+A1048577+XFD6", "YTD2026+A1048577+XFD8", "YTD2026+A1048577+XFD5"),
        ("INDEX(A6:B9,1):B12", "INDEX(A8:B11,1):B14", "INDEX(A5:B8,1):B11"),
    ],
)
def test_references_follow_rows(formula: str, inserted_two_before_6: str, deleted_5: str) -> None:
    assert rows_moved(formula, home=HERE, sheet=HERE, at=6, count=2) == inserted_two_before_6
    assert rows_moved(formula, home=HERE, sheet=HERE, at=5, count=-1) == deleted_5


@pytest.mark.parametrize(
    ("formula", "one_down_one_right"),
    [
        ("A5+$A5+A$5+$A$5", "B6+$A6+B$5+$A$5"),
        ("5:5+$5:$5+A:A+$A:$A", "6:6+$5:$5+B:B+$A:$A"),
        ("安装单!A5", "安装单!B6"),
        ("XFD1", "#REF!"),
        ("YTD2026*XFE1+W1048577", "YTD2026*XFE1+W1048577"),
        ("A1048576", "#REF!"),
    ],
)
def test_a_copied_formula_takes_its_relative_references_along(
    formula: str, one_down_one_right: str
) -> None:
    assert translated(formula, 1, 1) == one_down_one_right


@pytest.mark.parametrize(
    ("formula", "after"),
    [
        ("安装单!A1+'安装单'!B2+维修单!A1", "'新''名'!A1+'新''名'!B2+维修单!A1"),
        ('SUM(安装单!合计)&"安装单!A1"', "SUM('新''名'!合计)&\"安装单!A1\""),
        ("[1]安装单!A1+我的安装单!A1", "[1]安装单!A1+我的安装单!A1"),
        ("安装单!#REF!", "'新''名'!#REF!"),
    ],
)
def test_references_follow_a_renamed_sheet(formula: str, after: str) -> None:
    assert renamed(formula, HERE, "新'名") == after


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A report with everything round its one data row (5) that has to follow it."""
    path = tmp_path / "汇总表.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet, other = made.add_worksheet("汇总表"), made.add_worksheet("别的")
        money = made.add_format({"border": 1, "num_format": "0.00"})
        sheet.merge_range("A1:D1", "标题")
        sheet.write_row("A3", ["序号", "网点", "安装费", "合计"])
        sheet.write_row("A5", [1, "甲", 10], money)
        sheet.write_formula("D5", "=C5*2", money, 20)
        sheet.set_row(4, 22.5)
        sheet.write("A6", "合计")
        sheet.write_formula("C6", "=SUM(C5:C5)", money, 10)
        sheet.merge_range("A8:B8", "签字")
        sheet.write_comment("A6", "批注")
        red = made.add_format({"bg_color": "#FF0000"})
        rule = {"type": "formula", "criteria": "=$C5>5", "format": red}
        sheet.conditional_format("A5:D5", rule)
        sheet.data_validation("B5", {"validate": "list", "source": "=别的!$A$1:$A$3"})
        sheet.print_area("A1:D8")
        sheet.repeat_rows(2)
        sheet.autofilter("A3:D5")
        sheet.write_url("B7", "internal:'别的'!A1")
        other.write_formula("A1", "=汇总表!C6")
        made.define_name("数据首行", "=汇总表!$A$5:$D$5")
        made.define_name("合计行", "=汇总表!$A$6:$D$6")
        chart = made.add_chart({"type": "column"})
        chart.add_series({"values": "=汇总表!$C$5:$C$6"})
        sheet.insert_chart("F10", chart)
    return path


def test_everything_follows_inserted_rows(report: Path) -> None:
    book = files.open_book(report)
    sheet = book.sheets["汇总表"]
    sheet.range("6:8").insert(shift="down")
    sheet.range("5:5").copy(sheet.range("6:8"))
    assert book.names["合计行"].refers_to_range.address == "$A$9:$D$9"
    assert book.names["数据首行"].refers_to_range.address == "$A$5:$D$5"
    book.save()

    made = openpyxl.load_workbook(report)
    sheet = made["汇总表"]
    assert [sheet[f"D{r}"].value for r in range(5, 9)] == ["=C5*2", "=C6*2", "=C7*2", "=C8*2"]
    assert (sheet["C8"].number_format, sheet.row_dimensions[8].height) == ("0.00", 22.5)
    assert sheet["C9"].value == "=SUM(C5:C5)"
    assert made["别的"]["A1"].value == "=汇总表!C9"
    assert {str(m) for m in sheet.merged_cells.ranges} == {"A1:D1", "A11:B11"}
    assert sheet["A9"].comment.text == "批注"
    assert sheet["B10"].hyperlink.location == "'别的'!A1"
    assert sheet.print_area == "'汇总表'!$A$1:$D$11"
    rules = {str(c.sqref): c.rules[0].formula for c in sheet.conditional_formatting}
    assert rules == {"A5:D8": ["$C5>5"]}
    lists = {str(v.sqref): v.formula1 for v in sheet.data_validations.dataValidation}
    assert lists == {"B5:B8": "别的!$A$1:$A$3"}
    chart = sheet._charts[0]
    assert chart.series[0].val.numRef.f == "汇总表!$C$5:$C$9"
    assert chart.anchor._from.row == 12
    assert b"<x:Row>8</x:Row>" in parts(report)["xl/drawings/vmlDrawing1.vml"]


def test_a_rule_reaches_up_to_a_row_that_was_copied_above_it(report: Path) -> None:
    book = files.open_book(report)
    sheet = book.sheets["汇总表"]
    sheet.range("5:5").insert(shift="down")
    sheet.range("6:6").copy(sheet.range("5:5"))
    book.save()
    sheet = openpyxl.load_workbook(report)["汇总表"]
    rules = {str(c.sqref): c.rules[0].formula for c in sheet.conditional_formatting}
    assert rules == {"A5:D6": ["$C5>5"]}


def test_everything_follows_deleted_rows(report: Path) -> None:
    book = files.open_book(report)
    book.sheets["汇总表"].range("5:5").delete(shift="up")
    assert book.names["数据首行"].refers_to == "=汇总表!#REF!"
    book.save()
    made = openpyxl.load_workbook(report)
    sheet = made["汇总表"]
    assert sheet["C5"].value == "=SUM(#REF!)"
    assert made["别的"]["A1"].value == "=汇总表!C5"
    assert (list(sheet.conditional_formatting), sheet.data_validations.dataValidation) == ([], [])
    assert sheet.auto_filter.ref == "A3:D4"
    assert sheet["A5"].comment.text == "批注"


def test_rows_of_a_table_grow_with_it(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet()
        sheet.add_table("A3:B6", {"data": [[1, 2], [3, 4], [5, 6]], "name": "tbl_单"})
    book = files.open_book(path)
    book.sheets[0].range("5:6").insert("down")
    book.save()
    assert book.sheets[0].tables["tbl_单"].range.address == "$A$3:$B$8"
    assert openpyxl.load_workbook(path).active.tables["tbl_单"].autoFilter.ref == "A3:B8"


def test_shared_formulas_become_plain_where_a_row_goes_through_them(tmp_path: Path) -> None:
    rows = "".join(
        f'<row r="{r}"><c r="A{r}"><v>1</v></c><c r="B{r}"><f t="shared" '
        + ('ref="B1:B3" si="0">A1*2</f>' if r == 1 else 'si="0"/>')
        + "<v>2</v></c></row>"
        for r in (1, 2, 3)
    )
    book = files.open_book(rebuilt(tmp_path / "共享.xlsx", rows))
    book.sheets[0].range("2:2").insert("down")
    assert [c.formula for c in book.sheets[0]["B1:B4"]] == ["=A1*2", "", "=A3*2", "=A4*2"]
    assert book.sheets[0]["B3"].value == 2


def test_an_array_formula_is_not_cut_in_two(tmp_path: Path) -> None:
    rows = (
        '<row r="1"><c r="A1"><f t="array" ref="A1:A2">ROW(1:2)</f><v>1</v></c></row>'
        '<row r="2"><c r="A2"><v>2</v></c></row>'
    )
    book = files.open_book(rebuilt(tmp_path / "数组.xlsx", rows))
    with pytest.raises(BadInput, match="数组公式"):
        book.sheets[0].range("2:2").insert("down")
    book.sheets[0].range("1:1").insert("down")
    assert book.sheets[0]["A2"].formula == "=ROW(2:3)"


def test_a_part_of_a_row_is_not_inserted(report: Path) -> None:
    sheet = files.open_book(report).sheets["汇总表"]
    with pytest.raises(files.Unsupported, match="整行"):
        sheet.range("A5:B5").insert(shift="down")
    sheet.range("A5:D5").insert(shift="down")
    assert sheet["B6"].value == "甲"


def test_a_copied_sheet_has_its_own_names_notes_and_chart(report: Path, tmp_path: Path) -> None:
    book = files.open_book(report)
    copy = book.sheets["汇总表"].copy(after=book.sheets[-1], name="副本")
    assert book.sheet_names == ["汇总表", "别的", "副本"]
    copy["A6"].note.text = "副本的"
    copy["C5"].value = 99
    book.save(tmp_path / "副本.xlsx")
    made = openpyxl.load_workbook(tmp_path / "副本.xlsx")
    assert (made["汇总表"]["A6"].comment.text, made["副本"]["A6"].comment.text) == (
        "批注",
        "副本的",
    )
    assert made["副本"].print_area == "'副本'!$A$1:$D$8"
    assert made["副本"]._charts[0].series[0].val.numRef.f == "'副本'!$C$5:$C$6"
    assert made["汇总表"]["C5"].value == 10
    before, after = parts(report), parts(tmp_path / "副本.xlsx")
    touched = {name for name in before if before[name] != after[name]}
    assert touched <= {"xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"}


def test_a_sheet_that_was_added_can_go_again(report: Path, tmp_path: Path) -> None:
    book = files.open_book(report)
    copy = book.sheets["汇总表"].copy(before=book.sheets[0], name="副本")
    book.names.add("外", "=副本!$A$1")
    copy.delete()
    assert book.sheet_names == ["汇总表", "别的"]
    assert "外" not in book.names
    book.save(tmp_path / "删.xlsx")
    assert set(parts(tmp_path / "删.xlsx")) == set(parts(report))
    assert openpyxl.load_workbook(tmp_path / "删.xlsx")["汇总表"].print_area


def test_a_sheet_that_formulas_refer_to_is_not_deleted(report: Path) -> None:
    book = files.open_book(report)
    with pytest.raises(BadInput, match=r"别的.*公式引用了"):
        book.sheets["汇总表"].delete()


def test_formulas_names_and_charts_follow_a_renamed_sheet(report: Path) -> None:
    book = files.open_book(report)
    book.sheets["汇总表"].name = "费用 汇总"
    book.save()
    made = openpyxl.load_workbook(report)
    assert made["别的"]["A1"].value == "='费用 汇总'!C6"
    assert made.defined_names["合计行"].attr_text == "'费用 汇总'!$A$6:$D$6"
    assert made["费用 汇总"]._charts[0].series[0].val.numRef.f == "'费用 汇总'!$C$5:$C$6"


def test_new_sheets_take_the_place_that_was_asked_for(book: xlwings.Book) -> None:
    first = book.sheets[0]
    first.page_setup.print_area = "A1:B2"
    book.sheets.add("前", before=first)
    book.sheets.add("后", after=first)
    assert book.sheet_names == ["前", "Sheet1", "后"]
    assert first.page_setup.print_area == "$A$1:$B$2"
    with pytest.raises(ValueError, match="already present"):
        book.sheets.add("前")


def test_new_relationships_are_typed_where_a_file_types_each_part_by_name(tmp_path: Path) -> None:
    """As in a workbook whose content types have no Default for ``rels``."""
    path = rebuilt(tmp_path / "类.xlsx", '<row r="1"><c r="A1"><v>1</v></c></row>')
    content = parts(path)
    start = b'<Default Extension="rels" ContentType="'
    kind = b"application/vnd.openxmlformats-package.relationships+xml"
    each = b"".join(
        b'<Override PartName="/%b" ContentType="%b"/>' % (name.encode(), kind)
        for name in content
        if name.endswith(".rels")
    )
    types = content["[Content_Types].xml"]
    content["[Content_Types].xml"] = types.replace(start + kind + b'"/>', each)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    book = files.open_book(path)
    book.sheets[0]["A1"].add_note("看")
    book.save()
    written = parts(path)
    for name in written:
        if name.endswith(".rels"):
            assert b'PartName="/%b"' % name.encode() in written["[Content_Types].xml"]
