"""Fills a report's template: finds its places by name, grows the data region, writes in bulk.

The template holds layout, formulas, formats and print set-up; nothing of that is in here. The
book is a plain xlwings ``Book``, whoever holds it: Excel, or a file on disk.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd
import xlwings as xw

from addin.domain.rmb import words
from addin.errors import BadInput
from addin.reports.layout import (
    FIRST_NAME,
    TITLE_NAME,
    TOTAL_NAME,
    WORDS_NAME,
    Layout,
    Region,
    spelt,
)
from addin.tables.fields import Field, Type
from addin.tables.look import text_width

AS_TEXT = {Type.TEXT, Type.CODE, Type.BARCODES, Type.ENUM, Type.PHONE}
"""Written into cells of the format ``@``, so that ``00103`` and ``3-5`` stay what they are."""

LINE_HEIGHT = 14.0  # points, of a text that breaks

READ_AS_FORMULA = ("=", "+", "-", "@", "'")


def fill(
    book: xw.Book,
    layout: Layout,
    rows: pd.DataFrame,
    *,
    period: str,
    as_of: dt.date,
    annexes: Sequence[pd.DataFrame] = (),
    changed: Mapping[str, str] | None = None,
    zheng_after_jiao: bool = False,
) -> None:
    """Writes ``rows`` (columns by field name, money in 分) into a blank template.

    ``period`` is ``2026-03`` or ``2026Q1``. ``as_of`` is 核对基准日 and stands as 制表日期: the
    same input makes the same report on any day. ``annexes`` are the rows of those of the layout.
    ``changed`` are the parameters that are not at their defaults.
    """
    at = places(book, layout)
    at["业务月"].value = "'" + spelt(period)  # or Excel makes it a date
    at["制表日期"].value = dt.datetime.combine(as_of, dt.time())
    at["页脚参数"].value = literal(
        ";".join(f"{name}={value}" for name, value in (changed or {}).items()) or "无"
    )
    if layout.words_of:
        total = int(rows[layout.words_of].sum())
        at[WORDS_NAME].value = words(total, zheng_after_jiao=zheng_after_jiao)
    _fill_region(book, layout, rows, period)
    for annex, its_rows in zip(layout.annexes, annexes, strict=True):
        _fill_region(book, annex, its_rows, period)


def _fill_region(book: xw.Book, region: Region, rows: pd.DataFrame, period: str) -> None:
    at = places(book, region)
    at[region.place(TITLE_NAME)].value = literal(region.heading(spelt(period)))
    first = at[region.place(FIRST_NAME)]
    _keep_texts(first, region)
    formulas = first.formula[0]  # read while the region is one row
    cells = grow(first, len(rows))
    _write(cells, formulas, region, rows)
    _make_room(cells, region, rows)
    at = places(book, region)
    first, total = at[region.place(FIRST_NAME)], at[region.place(TOTAL_NAME)]
    follow(total, first.row, max(len(rows), 1))


def places(book: xw.Book, region: Region) -> dict[str, xw.Range]:
    """The named places of a region as they lie now."""
    return named_places(book, region.names)


def named_places(book: xw.Book, names: Sequence[str]) -> dict[str, xw.Range]:
    """Each place by its name; BadInput names those that the template lacks."""
    missing = [
        name for name in names if name not in book.names or "#REF!" in book.names[name].refers_to
    ]
    if missing:
        raise BadInput(
            f"模板缺少名称{'、'.join(missing)}",
            "请换回随软件提供的模板,或在“公式-名称管理器”中补上",
            workbook=book.name,
        )
    return {name: book.names[name].refers_to_range for name in names}


def literal(text: str) -> str:
    """The text as it must be handed to a cell that would take it for a formula.

    >>> literal("=1+1"), literal("青禾")
    ("'=1+1", '青禾')
    """
    return "'" + text if text.startswith(READ_AS_FORMULA) else text


def _keep_texts(first: xw.Range, region: Region) -> None:
    for column, item in enumerate(region.sheet.fields):
        if item.type in AS_TEXT and first[0, column].number_format != "@":
            first[0, column].number_format = "@"


def grow(first: xw.Range, count: int) -> xw.Range:
    """The data region, ``count`` rows of the formats and formulas of its first."""
    if count <= 1:
        return first
    sheet, row, width = first.sheet, first.row, first.columns.count
    sheet.range(f"{row + 1}:{row + count - 1}").insert("down")
    last = (row + count - 1, first.column + width - 1)
    first.copy(sheet.range((row + 1, first.column), last))
    return sheet.range((row, first.column), last)


def _write(cells: xw.Range, formulas: Sequence[Any], region: Region, rows: pd.DataFrame) -> None:
    """One write for each run of columns between the columns that a formula fills."""
    if rows.empty:
        return
    columns = [to_cells(rows[item.name], item) for item in region.sheet.fields]
    for start, stop in _runs([not is_formula(cell) for cell in formulas]):
        cells[:, start:stop].value = list(zip(*columns[start:stop], strict=True))


def _make_room(cells: xw.Range, region: Region, rows: pd.DataFrame) -> None:
    """Rows whose texts break are as tall as the longest of them."""
    for name in region.wrapped:
        room = region.widths[name] - 2
        lines = [-(-text_width(str(text)) // room) for text in rows[name].fillna("")]
        for n in (n for n, count in enumerate(lines) if count > 1):
            row = cells[n, :]
            row.row_height = max(row.row_height, LINE_HEIGHT * lines[n])


def is_formula(cell: object) -> bool:
    return isinstance(cell, str) and cell.startswith("=")


def _runs(wanted: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Start and end of each run of True.

    >>> list(_runs([True, True, False, True]))
    [(0, 2), (3, 4)]
    """
    edges = [False, *wanted, False]
    changes = [i for i in range(len(wanted) + 1) if edges[i] != edges[i + 1]]
    yield from zip(changes[::2], changes[1::2], strict=True)


def follow(total: xw.Range, first: int, count: int) -> None:
    """The formulas of a 合计 row reach over all ``count`` rows from row ``first`` on."""
    for column, formula in enumerate(total.formula[0]):
        if is_formula(formula):
            total[0, column].formula = widened(formula, first, first + count - 1)


def widened(formula: str, first: int, last: int) -> str:
    """Ranges that cover row ``first`` alone reach down to row ``last``.

    >>> widened("=SUM(F4:F4)", 4, 63)
    '=SUM(F4:F63)'
    """
    return re.sub(rf"(\$?[A-Z]+\$?{first}:\$?[A-Z]+\$?){first}(?!\d)", rf"\g<1>{last}", formula)


# --- cells ----------------------------------------------------------------------------------


def to_cells(values: pd.Series, item: Field) -> list[Any]:
    to_cell = _TO_CELL.get(item.type, lambda text: literal(str(text)) or None)
    blank = values.isna()
    return [None if empty else to_cell(value) for value, empty in zip(values, blank, strict=True)]


def _listed(texts: Sequence[str]) -> str | None:
    return literal("、".join(texts)) or None


_TO_CELL: Mapping[Type, Callable[[Any], Any]] = {
    Type.MONEY: lambda fen: int(fen) / 100,  # the double nearest to the decimal, and no sum of it
    Type.INT: int,
    Type.KM: lambda metres: int(metres) / 1000,
    Type.DEC: float,
    Type.DATE: lambda day: pd.Timestamp(day).to_pydatetime(),
    Type.MONTH: lambda day: pd.Timestamp(day).to_pydatetime(),
    Type.BOOL: lambda yes: "是" if yes else "否",
    Type.BARCODES: _listed,
    Type.PHONE: _listed,
}
