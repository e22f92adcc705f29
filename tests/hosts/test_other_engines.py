"""The grid and the named style where a book is held by an engine that is not ours."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import xlsxwriter

from addin.hosts import (
    CellStyle,
    Page,
    apply_style,
    calculated,
    files,
    forget_results,
    freeze_top,
    offer_choices,
    read_grid,
    set_up_page,
)
from addin.hosts.files.cells import Range
from addin.hosts.files.engine import Book, Sheet


@pytest.fixture
def plain_xlwings(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The file host without its two short ways, as any other engine looks."""
    monkeypatch.delattr(Sheet, "read_grid")
    monkeypatch.delattr(Range, "apply_style")


def sample(path: Path) -> Path:
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("安装单")
        sheet.write_row("A1", ["单号", "金额", "备注"])
        sheet.write("A2", 103, made.add_format({"num_format": "00000"}))
        sheet.write("B2", 80)
        sheet.write_formula("C2", "=1/0", None, "#DIV/0!")
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.write_row("A3", ["AZ2", 90, "#DIV/0!"])
        sheet.merge_range("A4:B5", "并")
    return path


def test_both_ways_to_the_grid_tell_the_same(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    book = files.open_book(sample(tmp_path / "格.xlsx"))
    fast = read_grid(book.sheets[0])
    request.getfixturevalue("plain_xlwings")
    slow = read_grid(book.sheets[0])
    assert [[v or None for v in row] for row in fast.rows] == slow.rows
    assert [[type(v) for v in row if v] for row in fast.rows] == [
        [type(v) for v in row if v] for row in slow.rows
    ]
    assert (slow.zero_padded, slow.hidden_rows) == (fast.zero_padded, fast.hidden_rows)
    assert slow.merged == fast.merged


@pytest.mark.usefixtures("plain_xlwings")
def test_a_named_style_becomes_plain_colours(tmp_path: Path) -> None:
    cells = files.open_book(sample(tmp_path / "色.xlsx")).sheets[0]["A1:B1"]
    apply_style(cells, CellStyle("结论_拒付", (255, 218, 214), (140, 0, 9), bold=True))
    assert (cells.color, cells.font.color, cells.font.bold) == (
        (255, 218, 214),
        (140, 0, 9),
        True,
    )


def test_a_running_excel_is_told_how_to_print() -> None:
    excel = SimpleNamespace()
    sheet: Any = SimpleNamespace(impl=object(), page_setup=SimpleNamespace(api=excel))
    set_up_page(sheet, Page(titles="$1:$2", footer="第 &P 页", landscape=False))
    assert vars(excel) == {
        "PaperSize": 9, "Orientation": 1, "Zoom": False, "FitToPagesWide": 1,
        "FitToPagesTall": False, "PrintTitleRows": "$1:$2", "CenterFooter": "第 &P 页",
    }  # fmt: skip


def test_a_running_excel_offers_choices_and_only_warns_of_others() -> None:
    told: list[tuple[Any, ...]] = []
    validation = SimpleNamespace(Delete=lambda: told.clear(), Add=lambda *how: told.append(how))
    cells: Any = SimpleNamespace(impl=object(), api=SimpleNamespace(Validation=validation))
    offer_choices(cells, ["是", "否"])
    assert told == [(3, 2, 1, "是,否")]


class Window:
    """Excel's window: it freezes the sheet in front, from the cell that it shows first."""

    def __init__(self, book: Any) -> None:
        self.book, self.frozen = book, dict[str, tuple[int, int]]()
        self.ScrollRow, self.ScrollColumn, self.SplitRow, self.SplitColumn = 9, 9, 9, 9

    @property
    def FreezePanes(self) -> bool:
        return self.book.sheets.active.name in self.frozen

    @FreezePanes.setter
    def FreezePanes(self, value: bool) -> None:
        name = self.book.sheets.active.name
        self.frozen.pop(name, None)
        if value:
            rows = self.ScrollRow - 1 + self.SplitRow
            self.frozen[name] = rows, self.ScrollColumn - 1 + self.SplitColumn


def test_an_engine_without_panes_freezes_through_excels_window(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(Sheet, "freeze_panes")
    book = files.open_book(sample(tmp_path / "窗.xlsx"))
    window = Window(book)
    excel = SimpleNamespace(Windows=lambda number: window)
    monkeypatch.setattr(Book, "api", property(lambda self: excel))
    book.sheets.add("问题清单", after=book.sheets[0])
    book.sheets["安装单"].activate()
    freeze_top(book.sheets["问题清单"], 1)
    assert window.frozen == {"问题清单": (1, 0)}
    assert book.sheets.active.name == "安装单"


def test_a_book_that_counts_days_from_1904_says_so(
    tmp_path: Path, plain_xlwings: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = files.open_book(sample(tmp_path / "日.xlsx"))
    assert read_grid(book.sheets[0]).date1904 is False
    monkeypatch.setattr(Book, "api", property(lambda self: SimpleNamespace(Date1904=True)))
    assert read_grid(book.sheets[0]).date1904 is True


def test_results_are_those_of_a_program_until_something_is_written(tmp_path: Path) -> None:
    path = tmp_path / "算.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("表")
        sheet.write("A1", 1)
        sheet.write_formula("B1", "=A1*2", None, 2)
        sheet.write_formula("C1", "=5", None, 5)
    book = files.open_book(path)
    assert not calculated(book)  # XlsxWriter leaves the calculating to Excel
    root = book.impl.workbook.touch_workbook()
    del root.find("{*}calcPr").attrib["fullCalcOnLoad"]
    book.save()
    book = files.open_book(path)
    assert calculated(book)
    book.sheets[0]["A1"].value = 4
    forget_results(book.sheets[0], {(1, 2)})
    assert not calculated(book)
    assert book.sheets[0]["A1:C1"].value == [4, None, 5]
    assert book.sheets[0]["B1"].formula == "=A1*2"


def test_another_engine_calculates_itself() -> None:
    book: Any = SimpleNamespace(impl=SimpleNamespace())
    assert calculated(book)
    forget_results(book, {(1, 1)})
