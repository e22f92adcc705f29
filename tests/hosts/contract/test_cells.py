"""What every host does with cells: values, formulas, formats, notes, links."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from addin.hosts import CellStyle, apply_style, read_grid
from addin.hosts.grid import Area
from addin.reports.fill import literal
from tests.hosts.contract.conftest import Host

DAY = dt.datetime(2026, 3, 5)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("青禾", "青禾"),
        ("第一行\n第二行", "第一行\n第二行"),
        (80, 80.0),
        (87.5, 87.5),
        (-0.01, -0.01),
        (True, True),
        (False, False),
        (DAY, DAY),
        (dt.datetime(2026, 3, 5, 8, 30), dt.datetime(2026, 3, 5, 8, 30)),
        (None, None),
        ("", None),
    ],
    ids=repr,
)
def test_a_value_comes_back_as_it_was_written(host: Host, written: Any, read: Any) -> None:
    book = host.book()
    book.sheets[0]["B2"].value = written
    value = host.again(book).sheets[0]["B2"].value
    assert (value, type(value)) == (read, type(read))


TEXTS = ["00103", "3-5", "2026-03-05", "20260305123456789012", "=1+1", "+8613800000137", "-", "@我"]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_that_looks_like_something_else_stays_a_text(host: Host, text: str) -> None:
    """As the product writes texts: first the format @, then the literal."""
    book = host.book()
    cell = book.sheets[0]["A1"]
    cell.number_format = "@"
    cell.value = literal(text)
    again = host.again(book).sheets[0]["A1"]
    assert (again.value, again.formula) == (text, text)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-", "@我", "'引号"])
def test_a_literal_stays_a_text_without_any_format(host: Host, text: str) -> None:
    book = host.book()
    book.sheets[0]["A1"].value = literal(text)
    assert host.again(book).sheets[0]["A1"].value == text


def test_a_cell_of_the_format_text_takes_no_formula(host: Host) -> None:
    book = host.book()
    cells = book.sheets[0]["A1:A2"]
    cells.number_format = "@"
    cells.value = [["=1+1"], ["甲"]]
    assert host.again(book).sheets[0]["A1:A2"].value == ["=1+1", "甲"]


def test_a_block_is_read_in_the_shape_of_its_range(host: Host) -> None:
    book = host.book()
    book.sheets[0].range((2, 2), (3, 4)).value = [["甲", 1, None], ["乙", None, 2]]
    sheet = host.again(book).sheets[0]
    assert sheet["B2:D3"].value == [["甲", 1.0, None], ["乙", None, 2.0]]
    assert sheet["B2:D2"].value == ["甲", 1.0, None]
    assert sheet["B2:B3"].value == ["甲", "乙"]
    assert sheet["B2"].options(ndim=2).value == [["甲"]]
    assert sheet["F8:G9"].value == [[None, None], [None, None]]


def test_one_value_fills_a_range(host: Host) -> None:
    book = host.book()
    book.sheets[0]["A1:B2"].value = "通过"
    assert host.again(book).sheets[0]["A1:B2"].value == [["通过", "通过"], ["通过", "通过"]]


def test_blanks_of_a_block_empty_their_cells(host: Host) -> None:
    book = host.book()
    sheet = book.sheets[0]
    sheet["A1:B1"].value = [["旧", "旧"]]
    sheet["A1:B1"].value = [[None, "新"]]
    assert host.again(book).sheets[0]["A1:B1"].value == [None, "新"]


def test_ranges_count_and_hand_out_their_cells(host: Host) -> None:
    cells = host.book().sheets[0]["B2:D3"]
    assert (cells.row, cells.column, cells.shape, cells.columns.count, cells.rows.count) == (
        2, 2, (2, 3), 3, 2,
    )  # fmt: skip
    assert [cell.address for cell in cells] == ["$B$2", "$C$2", "$D$2", "$B$3", "$C$3", "$D$3"]
    assert [row.address for row in cells.rows] == ["$B$2:$D$2", "$B$3:$D$3"]
    assert [column.address for column in cells.columns] == ["$B$2:$B$3", "$C$2:$C$3", "$D$2:$D$3"]
    assert (cells[0, 1].address, cells[1, :2].address) == ("$C$2", "$B$3:$C$3")
    assert (cells.last_cell.address, cells(2, 1).address) == ("$D$3", "$B$3")
    assert cells.sheet.range(cells[0, 0], cells[0, 2]).address == "$B$2:$D$2"


def test_the_used_range_goes_round_every_value(host: Host) -> None:
    book = host.book()
    assert book.sheets[0].used_range.address == "$A$1"
    book.sheets[0]["C5"].value = "末"
    book.sheets[0]["B2"].value = "=1+1"
    assert host.again(book).sheets[0].used_range.address == "$B$2:$C$5"


def test_a_formula_stands_beside_texts_and_numbers(host: Host) -> None:
    book = host.book()
    sheet = book.sheets[0]
    sheet["A1:C1"].value = [["甲", 2, "=B1*2"]]
    sheet["D1"].formula = "=SUM(B1:C1)"
    sheet = host.again(book).sheets[0]
    assert sheet["A1:D1"].formula == (("甲", "2", "=B1*2", "=SUM(B1:C1)"),)
    assert (sheet["D1"].formula, sheet["E1"].formula) == ("=SUM(B1:C1)", "")


def test_one_formula_for_a_range_goes_along_its_rows(host: Host) -> None:
    book = host.book()
    book.sheets[0]["C1:C3"].formula = "=A1+$B$1"
    cells = host.again(book).sheets[0]["C1:C3"]
    assert [cell.formula for cell in cells] == ["=A1+$B$1", "=A2+$B$1", "=A3+$B$1"]


def test_no_reader_sees_a_result_older_than_its_inputs(host: Host) -> None:
    """Excel has the new result, a file has none until somebody opens it."""
    book = host.book()
    sheet = book.sheets[0]
    sheet["A1:B1"].value = [[1, "=A1*2"]]
    book.app.calculate()
    sheet["A1"].value = 5
    book.app.calculate()
    again = host.again(book).sheets[0]["B1"]
    assert again.formula == "=A1*2"
    assert again.value in (10.0, None)


def test_clearing_contents_leaves_formats(host: Host) -> None:
    book = host.book()
    sheet = book.sheets[0]
    sheet["A1:B2"].value = [[1, 2], [3, "=A1"]]
    sheet["A1:B2"].number_format = "0.00"
    sheet["A1:B1"].clear_contents()
    assert sheet["A1:B2"].formula == (("", ""), ("3", "=A1"))
    sheet.clear_contents()
    again = host.again(book).sheets[0]
    assert again["A1:B2"].value == [[None, None], [None, None]]
    assert again["A1:B2"].number_format == "0.00"


def test_formats_are_read_where_all_cells_share_them(host: Host) -> None:
    book = host.book()
    sheet = book.sheets[0]
    sheet["A1:B1"].number_format = "#,##0.00"
    sheet["A1:B1"].color = (255, 218, 214)
    sheet["A1:B1"].font.color = (140, 0, 9)
    sheet["A1:B1"].font.bold = True
    sheet = host.again(book).sheets[0]
    cells = sheet["A1:B1"]
    assert (cells.number_format, cells.color) == ("#,##0.00", (255, 218, 214))
    assert (cells.font.color, cells.font.bold) == ((140, 0, 9), True)
    assert (sheet["A1:C1"].number_format, sheet["A1:C1"].font.bold) == (None, None)
    assert (sheet["C1"].number_format, sheet["C1"].color) == ("General", None)


def test_a_format_in_the_middle_of_a_long_column_is_not_overlooked(host: Host) -> None:
    book = host.book()
    book.sheets[0]["A7000"].number_format = "00000"
    assert host.again(book).sheets[0]["A1:A12000"].number_format is None


def test_a_fill_can_be_taken_away(host: Host) -> None:
    book = host.book()
    cells = book.sheets[0]["A1:B1"]
    cells.color = (255, 0, 0)
    cells.color = None
    assert host.again(book).sheets[0]["A1"].color is None


def test_a_format_does_not_touch_the_value_nor_a_value_the_format(host: Host) -> None:
    book = host.book()
    cell = book.sheets[0]["A1"]
    cell.value = 103
    cell.number_format = "00000"
    cell.font.bold = True
    cell.value = 104
    again = host.again(book).sheets[0]["A1"]
    assert (again.value, again.number_format, again.font.bold) == (104.0, "00000", True)


def test_a_verdict_looks_the_same_everywhere(host: Host) -> None:
    book = host.book()
    cells = book.sheets[0]["A1:B2"]
    cells.number_format = "#,##0.00"
    apply_style(cells, CellStyle("结论_拒付", (255, 218, 214), (140, 0, 9), bold=True))
    again = host.again(book).sheets[0]["A1:B2"]
    assert (again.color, again.font.color, again.font.bold) == ((255, 218, 214), (140, 0, 9), True)
    assert again.number_format == "#,##0.00"


def test_a_copied_row_brings_its_formulas_and_formats(host: Host) -> None:
    book = host.book()
    sheet = book.sheets[0]
    sheet["A5:C5"].value = [[1, "甲", "=A5*$A$1"]]
    sheet["A5:C5"].number_format = "0.0"
    sheet["A5:C5"].copy(sheet["A6:C8"])
    sheet = host.again(book).sheets[0]
    assert [cell.formula for cell in sheet["C5:C8"]] == [f"=A{r}*$A$1" for r in range(5, 9)]
    assert sheet["A8:B8"].value == [1.0, "甲"]
    assert sheet["A6:C8"].number_format == "0.0"


def test_columns_have_widths(host: Host) -> None:
    book = host.book()
    book.sheets[0].range((1, 2)).column_width = 60
    sheet = host.again(book).sheets[0]
    assert sheet["B9"].column_width == pytest.approx(60, abs=0.5)
    assert sheet["A1"].column_width < 20
    assert sheet["A1:B1"].column_width is None


def test_a_column_of_no_width_is_hidden_and_its_cells_are_kept(host: Host) -> None:
    book = host.book()
    book.sheets[0]["B1"].value = "甲"
    book.sheets[0]["B1"].column_width = 0
    sheet = host.again(book).sheets[0]
    assert (sheet["B1"].column_width, sheet["B1"].value) == (0, "甲")


def test_rows_have_heights_and_cells_wrap(host: Host) -> None:
    book = host.book()
    sheet = book.sheets[0]
    sheet["A1:A2"].value = [["很" * 60], ["短"]]
    sheet.range((1, 1)).row_height = 45
    sheet["A1"].wrap_text = True
    sheet = host.again(book).sheets[0]
    assert (sheet["C1"].row_height, sheet["C2"].row_height < 30) == (45, True)
    assert (sheet["A1"].wrap_text, sheet["A2"].wrap_text) == (True, False)


def test_merged_cells_keep_the_first_value(host: Host) -> None:
    book = host.book()
    sheet = book.sheets[0]
    sheet["B2:D3"].value = [["题", "二", "三"], ["四", "五", "六"]]
    sheet["B2:D3"].merge()
    sheet["F2:G2"].merge()
    sheet["F2:G2"].unmerge()
    sheet = host.again(book).sheets[0]
    assert sheet["B2:D3"].value == [["题", None, None], [None, None, None]]
    assert sheet["C3"].merge_area.address == "$B$2:$D$3"
    assert sheet["A1"].merge_area.address == "$A$1"
    assert [sheet[a].merge_cells for a in ("C2", "A1:B2", "F2:G2")] == [True, None, False]


def moment(cell: Any) -> Any:
    """A grid may give a day as a date or as its midnight, and a blank as None or as no text."""
    return dt.datetime(*cell.timetuple()[:6]) if isinstance(cell, dt.date) else cell or None


def test_the_grid_tells_what_values_alone_do_not(host: Host) -> None:
    book = host.book()
    sheet = book.sheets[0]
    sheet["A1:C4"].value = [
        ["单号", "金额", "日期"], [103, 80, DAY], ["藏", None, None], ["并", None, "末"],
    ]  # fmt: skip
    sheet["A2"].number_format = "00000"
    sheet["A3"].rows.hidden = True
    sheet["A4:B4"].merge()
    grid = read_grid(host.again(book).sheets[0])
    assert (grid.first_row, grid.first_column) == (1, 1)
    moments = [[c if isinstance(c, float) else moment(c) for c in row] for row in grid.rows]
    assert moments == [
        ["单号", "金额", "日期"], [103.0, 80.0, DAY], ["藏", None, None], ["并", None, "末"],
    ]  # fmt: skip
    assert (grid.zero_padded, grid.hidden_rows) == ({(2, 1): 5}, {3})
    assert grid.merged == [Area(4, 1, 4, 2)]


def test_a_value_written_over_a_link_keeps_it(host: Host) -> None:
    """Excel keeps a place in the book apart from the address, so that there this is blank."""
    book = host.book()
    cell = book.sheets[0]["A2"]
    cell.number_format = "0"
    cell.add_hyperlink("#'安装单'!A108", "108", "到这一行")
    cell.value = 108
    again = host.again(book).sheets[0]["A2"]
    assert (again.value, again.number_format) == (108.0, "0")
    assert again.hyperlink in ("#'安装单'!A108", "")


def test_a_link_shows_its_own_words(host: Host) -> None:
    book = host.book()
    book.sheets[0]["A1"].add_hyperlink("https://example.com/a", "说明")
    again = host.again(book).sheets[0]["A1"]
    assert again.value == "说明"
    assert again.hyperlink == "https://example.com/a"


def test_a_note_is_added_changed_and_taken_away(host: Host) -> None:
    book = host.book()
    sheet = book.sheets[0]
    sheet["B2"].add_note("核对说明")
    sheet["B3"].add_note("旧")
    sheet["B3"].note.text = "新"
    sheet["B4"].add_note("错")
    sheet["B4"].note.delete()
    sheet = host.again(book).sheets[0]
    assert (sheet["B2"].note.text, sheet["B3"].note.text) == ("核对说明", "新")
    assert (sheet["B4"].note, sheet["B2"].value) == (None, None)
