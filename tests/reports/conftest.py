"""A book on paper: as much of xlwings as a fill needs, in memory, and Excel's habits with it.

A text that looks like a formula becomes one, a leading apostrophe is taken off, names move down
when rows are inserted above them, a copied formula's references go along.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest

from addin.reports.layout import Layout


@dataclass
class Cell:
    value: Any = None
    formula: str = ""
    number_format: str = "General"

    def put(self, value: Any) -> None:
        self.formula = ""
        if isinstance(value, str) and value.startswith("="):
            self.value, self.formula = None, value
        elif isinstance(value, str) and value.startswith("'"):
            self.value = value[1:]
        elif isinstance(value, str) and self.number_format != "@":
            assert not re.fullmatch(r"[+@-].*|\d+|\d+-\d+|\d+年\d+月", value), f"{value} is no text"
            self.value = value
        else:
            self.value = value


@dataclass
class Sheet:
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    names: dict[str, Range] = field(default_factory=dict)
    writes: list[str] = field(default_factory=list)

    def __getitem__(self, place: tuple[int, int]) -> Cell:
        return self.cells.setdefault(place, Cell())

    def range(self, first: Any, last: Any = None) -> Range:
        if isinstance(first, str):
            top, bottom = map(int, first.split(":"))
            return Range(self, top, 1, bottom, 50)
        top, left = _corner(first)
        bottom, right = _corner(last)
        return Range(self, top, left, bottom, right)


def _corner(place: Any) -> tuple[int, int]:
    return place if isinstance(place, tuple) else (place.row, place.column)


@dataclass
class Range:
    sheet: Sheet
    row: int
    column: int
    bottom: int
    right: int

    @property
    def columns(self) -> Count:
        return Count(self.right - self.column + 1)

    def _cells(self) -> list[list[Cell]]:
        return [
            [self.sheet[row, column] for column in range(self.column, self.right + 1)]
            for row in range(self.row, self.bottom + 1)
        ]

    def __getitem__(self, key: tuple[int | slice, int | slice]) -> Range:
        (top, bottom), (left, right) = (
            (k, k + 1) if isinstance(k, int) else k.indices(size)[:2]
            for k, size in zip(
                key, (self.bottom - self.row + 1, self.right - self.column + 1), strict=True
            )
        )
        return Range(
            self.sheet, self.row + top, self.column + left, self.row + bottom - 1,
            self.column + right - 1,
        )  # fmt: skip

    @property
    def value(self) -> Any:
        lines = [[cell.value for cell in line] for line in self._cells()]
        flat = lines[0] if len(lines) == 1 else lines
        return flat[0] if len(flat) == 1 else flat

    @value.setter
    def value(self, value: Any) -> None:
        self.sheet.writes.append(f"{self.row},{self.column}:{self.bottom},{self.right}")
        lines = value if isinstance(value, list) else [[value]]
        for cells, line in zip(self._cells(), lines, strict=True):
            for cell, item in zip(cells, line, strict=True):
                cell.put(item)

    @property
    def formula(self) -> tuple[tuple[Any, ...], ...]:
        return tuple(
            tuple(cell.formula or ("" if cell.value is None else str(cell.value)) for cell in line)
            for line in self._cells()
        )

    @formula.setter
    def formula(self, formula: str) -> None:
        self.sheet[self.row, self.column].formula = formula

    @property
    def number_format(self) -> str:
        return self.sheet[self.row, self.column].number_format

    @number_format.setter
    def number_format(self, code: str) -> None:
        self.sheet[self.row, self.column].number_format = code

    def insert(self, shift: str) -> None:
        assert shift == "down"
        count = self.bottom - self.row + 1
        old = self.sheet.cells
        self.sheet.cells = {
            (row + count if row >= self.row else row, column): cell
            for (row, column), cell in old.items()
        }
        for name, place in self.sheet.names.items():
            if place.row >= self.row:
                self.sheet.names[name] = Range(
                    self.sheet, place.row + count, place.column, place.bottom + count, place.right
                )

    def copy(self, destination: Range) -> None:
        for row in range(destination.row, destination.bottom + 1):
            for source, target in zip(
                self._cells()[0], destination[row - destination.row, :]._cells()[0], strict=True
            ):
                target.value, target.number_format = source.value, source.number_format
                target.formula = re.sub(
                    r"([A-Z]+)(\d+)",
                    lambda m, down=row - self.row: f"{m[1]}{int(m[2]) + down}",
                    source.formula,
                )


@dataclass(frozen=True)
class Count:
    count: int


class Names:
    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    def __contains__(self, name: str) -> bool:
        return name in self._sheet.names

    def __getitem__(self, name: str) -> Name:
        return Name(self._sheet.names[name])


@dataclass(frozen=True)
class Name:
    refers_to_range: Range


class Book:
    """A blank report of ``layout``: title, month and date, headers, one row, totals, foot."""

    name = "模板.xlsx"

    def __init__(self, layout: Layout, *, without: Iterable[str] = ()) -> None:
        self.sheet = Sheet()
        self.names = Names(self.sheet)
        names = [item.name for item in layout.sheet.fields]
        width, row = len(names), 4
        places = {
            "标题": (1, 1), "业务月": (2, 1), "制表日期": (2, 5), "大写": (6, 1), "签字区": (7, 1),
            "页脚参数": (8, 1),
        }  # fmt: skip
        for name, (top, left) in places.items():
            self.sheet.names[name] = Range(self.sheet, top, left, top, left)
        self.sheet.names["数据首行"] = Range(self.sheet, row, 1, row, width)
        self.sheet.names["合计行"] = Range(self.sheet, row + 1, 1, row + 1, width)
        for name in without:
            del self.sheet.names[name]
        cell = {name: f"{chr(64 + i)}{row}" for i, name in enumerate(names, 1)}
        for i, name in enumerate(names, 1):
            if name in layout.row_formulas:
                self.sheet[row, i].put("=" + layout.row_formulas[name].format_map(cell))
            if name in layout.total_formulas:
                region = {key: f"{place}:{place}" for key, place in cell.items()}
                self.sheet[row + 1, i].put("=" + layout.total_formulas[name].format_map(region))
        self.sheet[row + 1, 1].put("合计")


@pytest.fixture
def blank() -> Callable[..., Book]:
    """Makes the blank template of a layout."""
    return Book
