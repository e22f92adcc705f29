"""Pieces that every sheet of the company's workbooks is made of."""

from __future__ import annotations

import datetime as dt

from openpyxl.packaging.core import DocumentProperties
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

from addin.build.notes import AUTHOR, typeset
from addin.build.styles import add_styles, font

MADE_ON = dt.datetime(2026, 1, 1)  # the same bytes on every day


def new_book(title: str) -> Workbook:
    book = Workbook()
    book.remove(book.worksheets[0])
    add_styles(book)
    book.properties = DocumentProperties(
        creator=AUTHOR, lastModifiedBy=AUTHOR, title=title, created=MADE_ON, modified=MADE_ON
    )
    return book


def put(sheet: Worksheet, row: int, column: int, value: object, style: str) -> None:
    cell = sheet.cell(row, column, value)
    cell.style = style


def name_place(book: Workbook, name: str, sheet: Worksheet, cells: str) -> None:
    place = f"{quote_sheetname(sheet.title)}!{cells}"
    book.defined_names[name] = DefinedName(name, attr_text=place)


def absolute(row: int, first: int, last: int | None = None) -> str:
    left = f"${get_column_letter(first)}${row}"
    return left if last is None else f"{left}:${get_column_letter(last)}${row}"


def merge(sheet: Worksheet, row: int, first: int, last: int) -> None:
    sheet.merge_cells(start_row=row, end_row=row, start_column=first, end_column=last)


def write_line(
    sheet: Worksheet, row: int, zone: tuple[int, int], text: str | None, number_format: str,
    horizontal: str = "left", size: int = 10,
) -> None:  # fmt: skip
    """One text over several columns, without borders."""
    merge(sheet, row, *zone)
    cell = sheet.cell(row, zone[0], text)
    cell.font, cell.number_format = font(size=size), typeset(number_format)
    cell.alignment = Alignment(horizontal=horizontal, vertical="center")
