"""Where a workbook lives. Actions use plain xlwings objects; only this package knows files.

What xlwings has no word for is said here, for whatever engine holds the book.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from itertools import product
from typing import TYPE_CHECKING, Any

from addin.hosts.grid import Area, CellError, Grid
from addin.hosts.seals import Seals
from addin.hosts.style import CellStyle, Page

if TYPE_CHECKING:
    import xlwings

__all__ = [
    "CellStyle",
    "Page",
    "Seals",
    "apply_style",
    "calculated",
    "forget_results",
    "freeze_top",
    "grow_tables",
    "offer_choices",
    "read_grid",
    "read_only",
    "seals",
    "set_up_page",
]

XL_ERRORS = {error.value: error for error in CellError}
XL_LIST, XL_WARNING, XL_BETWEEN = 3, 2, 1  # XlDVType, XlDVAlertStyle, XlFormatConditionOperator
XL_A4, XL_PORTRAIT, XL_LANDSCAPE = 9, 1, 2  # Excel's XlPaperSize and XlPageOrientation


def apply_style(cells: xlwings.Range, style: CellStyle) -> None:
    """Give cells a named style; their own number format, borders and alignment stay."""
    named = getattr(cells.impl, "apply_style", None)
    if named is not None:
        named(style)
        return
    cells.color = style.fill
    cells.font.bold = style.bold
    if style.font_color is not None:
        cells.font.color = style.font_color


def set_up_page(sheet: xlwings.Sheet, page: Page) -> None:
    """How the sheet is printed."""
    own = getattr(sheet.impl, "set_up_page", None)
    if own is not None:
        own(page)
        return
    excel = sheet.page_setup.api
    excel.PaperSize = XL_A4
    excel.Orientation = XL_LANDSCAPE if page.landscape else XL_PORTRAIT
    excel.Zoom, excel.FitToPagesWide, excel.FitToPagesTall = False, 1, False
    excel.PrintTitleRows, excel.CenterFooter = page.titles, page.footer


def freeze_top(sheet: xlwings.Sheet, rows: int) -> None:
    """Keep the first rows in sight. xlwings' desktop engines leave this to Excel's own window."""
    with suppress(NotImplementedError):
        sheet.freeze_panes.freeze_at(f"1:{rows}")
        return
    in_front = sheet.book.sheets.active
    sheet.activate()  # a window freezes the sheet that it shows
    window = sheet.book.api.Windows(1)
    window.FreezePanes = False
    window.ScrollRow = window.ScrollColumn = 1
    window.SplitRow, window.SplitColumn = rows, 0
    window.FreezePanes = True
    in_front.activate()


def offer_choices(cells: xlwings.Range, choices: Sequence[str]) -> None:
    """A drop-down list on each cell; other content is warned of, not refused."""
    own = getattr(cells.impl, "offer_choices", None)
    if own is not None:
        own(choices)
        return
    validation = cells.api.Validation
    validation.Delete()
    validation.Add(XL_LIST, XL_WARNING, XL_BETWEEN, ",".join(choices))


def seals(book: xlwings.Book) -> Seals:
    """Signature and protection. Of a signature a running Excel speaks itself."""
    known = getattr(book.impl, "seals", None)
    if known is not None:
        found: Seals = known()
        return found
    protected = [s.name for s in book.sheets if getattr(s.api, "ProtectContents", False)]
    structure = bool(getattr(book.api, "ProtectStructure", False))
    return Seals(structure=structure, sheets=tuple(protected))


def read_only(book: xlwings.Book) -> bool:
    """As the program has opened it."""
    return bool(getattr(book.api, "ReadOnly", False))


def calculated(book: xlwings.Book) -> bool:
    """Are the results of formulas those of the cells as they stand? A running Excel sees to it."""
    known = getattr(book.impl, "calculated", None)
    return known is None or bool(known())


def forget_results(sheet: xlwings.Sheet, places: Collection[tuple[int, int]]) -> None:
    """Of formulas, by row and column, that have to be calculated anew. Excel does it itself."""
    own = getattr(sheet.impl, "forget_results", None)
    if own is not None:
        own(places)


def grow_tables(sheet: xlwings.Sheet, last: int, new_last: int) -> None:
    """Excel tables that ended in row ``last`` end in row ``new_last``; the rows between are new."""
    own = getattr(sheet.impl, "grow_tables", None)
    if own is not None:
        own(last, new_last)
        return
    for table in sheet.tables:
        cells = table.range
        if cells.last_cell.row == last:
            corner = (new_last, cells.last_cell.column)
            table.resize(sheet.range((cells.row, cells.column), corner))


def read_grid(sheet: xlwings.Sheet) -> Grid:
    """The whole sheet with what values alone cannot tell."""
    fast = getattr(sheet.impl, "read_grid", None)
    if fast is not None:
        grid: Grid = fast()
        return grid
    used = sheet.used_range
    rows: list[list[Any]] = used.options(ndim=2, err_to_str=True).value
    date1904 = bool(getattr(sheet.book.api, "Date1904", False))  # as Excel's own object has it
    grid = Grid(rows, first_row=used.row, first_column=used.column, date1904=date1904)
    _add_errors(grid, used)
    if used.rows.hidden is not False:
        grid.hidden_rows = {row.row for row in used.rows if row.rows.hidden}
    for column in used.columns:
        _add_zero_padded(grid, column)  # formats go by columns
    _add_merged(grid, used)
    return grid


def _add_errors(grid: Grid, used: xlwings.Range) -> None:
    """A live Excel gives errors as texts here and as nothing below: only those are errors."""
    bare: list[list[Any]] = used.options(ndim=2).value
    for row, plain in zip(grid.rows, bare, strict=True):
        for place, value in enumerate(row):
            if plain[place] is None and value is not None:
                row[place] = XL_ERRORS.get(str(value), CellError.OTHER)


def _add_zero_padded(grid: Grid, cells: xlwings.Range) -> None:
    """Numbers under a format of zeros only."""
    height, width = cells.shape
    places = product(
        range(cells.row, cells.row + height), range(cells.column, cells.column + width)
    )
    numbers = [
        (row, column)
        for row, column in places
        if isinstance(grid.rows[row - grid.first_row][column - grid.first_column], float)
    ]
    if not numbers:
        return
    zeros = cells.number_format
    if zeros is None:
        for half in _halves(cells):
            _add_zero_padded(grid, half)
    elif len(zeros) > 1 and set(zeros) == {"0"}:
        grid.zero_padded |= dict.fromkeys(numbers, len(zeros))


def _add_merged(grid: Grid, cells: xlwings.Range) -> None:
    if cells.merge_cells is False:
        return
    if cells.shape != (1, 1):
        for half in _halves(cells):
            _add_merged(grid, half)
        return
    area = cells.merge_area
    if (area.row, area.column) == (cells.row, cells.column):
        bottom, right = area.last_cell.row, area.last_cell.column
        grid.merged.append(Area(cells.row, cells.column, bottom, right))


def _halves(cells: xlwings.Range) -> Iterator[xlwings.Range]:
    """Each question crosses to another process; halving asks few where cells mostly agree."""
    height, width = cells.shape
    if height > 1:
        yield from (cells[: height // 2, :], cells[height // 2 :, :])
    elif width > 1:
        yield from (cells[:, : width // 2], cells[:, width // 2 :])
