"""What every host does with rows, sheets, names, tables and books."""

from __future__ import annotations

import pytest
import xlwings as xw

from addin.hosts import Page, freeze_top, grow_tables, offer_choices, set_up_page
from tests.hosts.contract.conftest import Host


@pytest.fixture
def report(host: Host) -> xw.Book:
    """One data row (5) with everything round it that has to follow when rows come or go."""
    book = host.book()
    sheet, other = book.sheets[0], book.sheets.add("别处", after=book.sheets[0])
    sheet["A3:C6"].value = [
        ["网点", "安装费", "合计"],
        ["前", 1, 1],
        ["甲", 10, "=B5*2"],
        ["合计", "=SUM(B5:B5)", None],
    ]
    sheet["A5:C5"].number_format = "0.00"
    sheet["A6"].add_note("批注")
    sheet["A7"].add_hyperlink("https://example.com/a", "链接")
    sheet["A8:B8"].merge()
    other["A1"].formula = "=安装单!B6"
    book.names.add("数据首行", "=安装单!$A$5:$C$5")
    book.names.add("合计行", "=安装单!$A$6:$C$6")
    sheet.page_setup.print_area = "$A$1:$C$8"
    return book


def test_everything_follows_rows_inserted_below_the_data(host: Host, report: xw.Book) -> None:
    sheet = report.sheets["安装单"]
    sheet.range("6:7").insert("down")
    sheet["A5:C5"].copy(sheet["A6:C7"])
    book = host.again(report)
    sheet = book.sheets["安装单"]
    assert [cell.formula for cell in sheet["C5:C7"]] == ["=B5*2", "=B6*2", "=B7*2"]
    assert sheet["A6:C7"].number_format == "0.00"
    assert (sheet["A8"].value, sheet["B8"].formula) == ("合计", "=SUM(B5:B5)")
    assert book.sheets["别处"]["A1"].formula == "=安装单!B8"
    assert book.names["数据首行"].refers_to_range.address == "$A$5:$C$5"
    assert book.names["合计行"].refers_to_range.address == "$A$8:$C$8"
    assert sheet["A8"].note.text == "批注"
    assert sheet["A6"].note is None
    assert sheet["A9"].hyperlink == "https://example.com/a"
    assert sheet["B10"].merge_area.address == "$A$10:$B$10"
    assert sheet.page_setup.print_area == "$A$1:$C$10"


def test_a_range_grows_with_a_row_inserted_inside_it(host: Host, report: xw.Book) -> None:
    sheet = report.sheets["安装单"]
    sheet["D1"].formula = "=SUM(B4:B5)"
    sheet.range("5:5").insert("down")
    book = host.again(report)
    sheet = book.sheets["安装单"]
    assert sheet["D1"].formula == "=SUM(B4:B6)"
    assert sheet["A4:A6"].value == ["前", None, "甲"]
    assert book.names["数据首行"].refers_to_range.address == "$A$6:$C$6"


def test_a_new_row_looks_like_the_one_above_it(host: Host, report: xw.Book) -> None:
    report.sheets["安装单"].range("6:6").insert("down")
    sheet = host.again(report).sheets["安装单"]
    assert sheet["A6:C6"].number_format == "0.00"
    assert sheet["A6:C6"].value == [None, None, None]


def test_everything_follows_a_deleted_row(host: Host, report: xw.Book) -> None:
    report.sheets["安装单"].range("4:4").delete("up")
    book = host.again(report)
    sheet = book.sheets["安装单"]
    assert sheet["A3:A5"].value == ["网点", "甲", "合计"]
    assert (sheet["C4"].formula, sheet["B5"].formula) == ("=B4*2", "=SUM(B4:B4)")
    assert book.sheets["别处"]["A1"].formula == "=安装单!B5"
    assert book.names["合计行"].refers_to_range.address == "$A$5:$C$5"
    assert sheet["A5"].note.text == "批注"
    assert sheet["A7"].merge_area.address == "$A$7:$B$7"


def test_what_pointed_to_a_deleted_row_says_so(host: Host, report: xw.Book) -> None:
    report.sheets["安装单"].range("5:5").delete("up")
    book = host.again(report)
    assert "#REF!" in book.names["数据首行"].refers_to
    assert book.sheets["安装单"]["B5"].formula == "=SUM(#REF!)"


def test_names_say_where_code_finds_its_places(host: Host) -> None:
    book = host.book()
    book.names.add("合计行", "=安装单!$A$9:$D$9")
    book.names.add("多余", "=安装单!$A$1")
    book.names["多余"].delete()
    book = host.again(book)
    assert ("合计行" in book.names, "多余" in book.names) == (True, False)
    assert book.names["合计行"].refers_to.replace("'", "") == "=安装单!$A$9:$D$9"
    assert book.names["合计行"].refers_to_range.address == "$A$9:$D$9"
    assert book.names["合计行"].refers_to_range.sheet.name == "安装单"
    assert book.sheets[0].range("合计行").address == "$A$9:$D$9"


def test_a_table_has_filter_arrows_and_grows(host: Host) -> None:
    book = host.book()
    sheet = book.sheets[0]
    sheet["A3:B6"].value = [["单号", "金额"], ["AZ1", 80], ["AZ2", 90], ["AZ3", 70]]
    sheet.tables.add(sheet["A3:B5"], name="tbl_单据")
    sheet.range("5:5").insert("down")
    sheet.tables["tbl_单据"].resize(sheet["A3:B7"])
    sheet = host.again(book).sheets[0]
    assert ("tbl_单据" in sheet.tables, "tbl_没有" in sheet.tables) == (True, False)
    table = sheet.tables["tbl_单据"]
    assert table.show_autofilter is True
    assert table.range.address == "$A$3:$B$7"
    assert table.data_body_range.value == [["AZ1", 80], [None, None], ["AZ2", 90], ["AZ3", 70]]


def test_only_the_table_that_ended_there_reaches_over_new_rows(host: Host) -> None:
    book = host.book()
    sheet = book.sheets[0]
    sheet["A3:B5"].value = [["代理商", "余额"], ["DL1", 80], ["DL2", 90]]
    sheet["D3:E4"].value = [["省", "家数"], ["甲省", 2]]
    sheet.tables.add(sheet["A3:B5"], name="tbl_余额")
    sheet.tables.add(sheet["D3:E4"], name="tbl_省")
    sheet.range("6:7").insert("down")
    grow_tables(sheet, 5, 7)
    sheet = host.again(book).sheets[0]
    assert [table.range.address for table in sheet.tables] == ["$A$3:$B$7", "$D$3:$E$4"]
    sheet.range("6:7").delete("up")
    assert sheet.tables["tbl_余额"].range.address == "$A$3:$B$5"


def test_sheets_are_added_beside_another_and_go_again(host: Host) -> None:
    book = host.book()
    first = book.sheets[0]
    book.sheets.add("前", before=first)
    book.sheets.add("问题清单", after=book.sheets["安装单"])
    book.sheets.add("多余", after=book.sheets["安装单"]).delete()
    with pytest.raises(ValueError, match="already present"):
        book.sheets.add("问题清单")
    book = host.again(book)
    assert book.sheet_names == [sheet.name for sheet in book.sheets] == ["前", "安装单", "问题清单"]
    assert (len(book.sheets), "前" in [s.name for s in book.sheets]) == (3, True)
    assert (book.sheets["问题清单"].index, book.sheets[-1].name) == (3, "问题清单")
    assert book.sheets[0].book.name == book.name


def test_a_copied_sheet_is_one_of_its_own(host: Host, report: xw.Book) -> None:
    report.sheets["安装单"].copy(after=report.sheets["别处"], name="副本")
    report.sheets["副本"]["A5"].value = "乙"
    book = host.again(report)
    copy = book.sheets["副本"]
    assert book.sheet_names == ["安装单", "别处", "副本"]
    assert (book.sheets["安装单"]["A5"].value, copy["A5"].value) == ("甲", "乙")
    assert (copy["C5"].formula, copy["C5"].number_format) == ("=B5*2", "0.00")
    assert (copy["A6"].note.text, copy["B8"].merge_area.address) == ("批注", "$A$8:$B$8")


def test_formulas_and_names_follow_a_renamed_sheet(host: Host, report: xw.Book) -> None:
    report.sheets["安装单"].name = "费用 汇总"
    book = host.again(report)
    assert book.sheets["别处"]["A1"].formula == "='费用 汇总'!B6"
    assert book.names["合计行"].refers_to == "='费用 汇总'!$A$6:$C$6"


def test_frozen_rows_stay_in_sight(host: Host) -> None:
    book = host.book()
    freeze_top(book.sheets[0], 2)
    book.sheets.add("松", after=book.sheets[0])
    book = host.again(book)
    assert [host.frozen_rows(sheet) for sheet in book.sheets] == [2, 0]


def test_a_sheet_is_printed_as_it_was_set_up(host: Host) -> None:
    book = host.book()
    set_up_page(book.sheets[0], Page(titles="$1:$2", footer="第 &P 页"))
    assert host.printed(host.again(book).sheets[0]) == ("$1:$2", "第 &P 页", True)


def test_a_cell_offers_choices(host: Host) -> None:
    book = host.book()
    for column in ("B", "D"):
        offer_choices(book.sheets[0][f"{column}2:{column}9"], ["是", "否"])
    sheet = host.again(book).sheets[0]
    assert [host.choices(sheet[cell]) for cell in ("B2", "D9")] == [["是", "否"]] * 2


def test_a_hidden_sheet_stays_hidden(host: Host) -> None:
    book = host.book()
    book.sheets.add("选项", after=book.sheets[0]).visible = False
    assert [bool(sheet.visible) for sheet in host.again(book).sheets] == [True, False]


def test_the_sheet_that_was_activated_is_the_one_in_front(host: Host) -> None:
    book = host.book()
    book.sheets.add("问题清单", after=book.sheets[0])
    book.sheets.add("处理日志", after=book.sheets[1])
    book.sheets["问题清单"].activate()
    assert host.again(book).sheets.active.name == "问题清单"


def test_the_print_area_can_be_taken_away(host: Host) -> None:
    book = host.book()
    sheet = book.sheets[0]
    sheet.page_setup.print_area = "$A$1:$C$8"
    assert sheet.page_setup.print_area == "$A$1:$C$8"
    sheet.page_setup.print_area = None
    assert host.again(book).sheets[0].page_setup.print_area is None


def test_a_book_is_saved_under_a_new_name_and_closed(host: Host) -> None:
    book = host.book()
    book.sheets[0]["A1"].value = 1
    first, second = host.folder / "月结.xlsx", host.folder / "月结 二.xlsx"
    book.save(first)
    assert (book.name, book.fullname) == (first.name, str(first))
    book.sheets[0]["A1"].value = 2
    book.save(second)
    book.sheets[0]["A1"].value = 3
    book.save()
    book.close()
    assert [b.name for b in host.app.books] == []
    shown = {path.name: host.app.books.open(path).sheets[0]["A1"].value for path in (first, second)}
    assert shown == {"月结.xlsx": 1.0, "月结 二.xlsx": 3.0}


def test_what_was_not_saved_is_gone(host: Host) -> None:
    book = host.book()
    path = host.folder / "月结.xlsx"
    book.sheets[0]["A1"].value = "存"
    book.save(path)
    book.sheets[0]["A1"].value = "没存"
    book.close()
    assert host.app.books.open(path).sheets[0]["A1"].value == "存"


def test_two_books_are_kept_apart(host: Host) -> None:
    one, other = host.book(), host.book()
    one.sheets[0]["A1"].value = "甲"
    other.sheets[0]["A1"].value = "乙"
    one.activate()
    assert host.app.books.active.name == one.name
    assert host.app.books[other.name].sheets[0]["A1"].value == "乙"
    assert host.again(one).sheets[0]["A1"].value == "甲"


def test_a_macro_finds_the_book_that_called_it(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xw.Book, "_mock_caller", None, raising=False)
    book = host.book()
    book.set_mock_caller()
    assert xw.Book.caller().name == book.name
    assert xw.Book.caller().app.books.active.name == book.name
