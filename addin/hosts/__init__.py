"""Where a workbook lives. Actions use plain xlwings objects; only this package knows files.

What xlwings has no word for is said here, for whatever engine holds the book.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from addin.hosts.grid import Area, CellError, Grid
from addin.hosts.style import CellStyle, Page

if TYPE_CHECKING:
    import xlwings

__all__ = ["CellStyle", "Page", "apply_style", "read_grid", "set_up_page"]

XL_ERRORS = {error.value: error for error in CellError}
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


def read_grid(sheet: xlwings.Sheet) -> Grid:
    """The whole sheet with what values alone cannot tell."""
    fast = getattr(sheet.impl, "read_grid", None)
    if fast is not None:
        grid: Grid = fast()
        return grid
    used = sheet.used_range
    rows: list[list[Any]] = used.options(ndim=2, err_to_str=True).value
    grid = Grid(rows, first_row=used.row, first_column=used.column)
    _add_errors(grid, used)
    if used.rows.hidden is not False:
        grid.hidden_rows = {row.row for row in used.rows if row.rows.hidden}
    for column in used.columns:
        _add_zero_padded(grid, column)
    if used.merge_cells is not False:
        _add_merged(grid, used)
    return grid


def _add_errors(grid: Grid, used: xlwings.Range) -> None:
    """A live Excel gives errors as texts here and as nothing below: only those are errors."""
    bare: list[list[Any]] = used.options(ndim=2).value
    for row, plain in zip(grid.rows, bare, strict=True):
        for place, value in enumerate(row):
            if plain[place] is None and value is not None:
                row[place] = XL_ERRORS.get(str(value), CellError.OTHER)


def _add_zero_padded(grid: Grid, column: xlwings.Range) -> None:
    """Formats of zeros only; one question a column where all its cells share a format."""
    shared = column.number_format
    for cell in column:
        zeros = shared or cell.number_format or ""
        if len(zeros) < 2 or set(zeros) != {"0"}:
            if shared:
                return
            continue
        value = grid.rows[cell.row - grid.first_row][cell.column - grid.first_column]
        if isinstance(value, float):
            grid.zero_padded[cell.row, cell.column] = len(zeros)


def _add_merged(grid: Grid, used: xlwings.Range) -> None:
    for cell in used:
        area = cell.merge_area
        height, width = area.shape
        if (height, width) != (1, 1) and (area.row, area.column) == (cell.row, cell.column):
            right, bottom = cell.column + width - 1, cell.row + height - 1
            grid.merged.append(Area(cell.row, cell.column, bottom, right))
