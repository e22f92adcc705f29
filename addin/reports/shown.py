"""What a filled report shows, read back from the sheet itself, for the cross-footing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal
from typing import Any

import pandas as pd
import xlwings as xw

from addin.domain.rmb import yuan
from addin.domain.values import read_number
from addin.reports.fill import is_formula, places
from addin.reports.layout import FIRST_NAME, TOTAL_NAME, Region
from addin.tables.fields import Field, Type

_SUM = re.compile(r"=SUM\(([^()]*)\)", re.IGNORECASE)
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?")

UNIT = {Type.MONEY: 100, Type.INT: 1}


@dataclass(frozen=True)
class Shown:
    """The data rows and the 合计 row, money in 分. What cannot be read as a number counts as 0."""

    rows: pd.DataFrame
    totals: Mapping[str, int]


@dataclass(frozen=True)
class Difference:
    """A figure of a filled sheet that is not what its other figures make it, and whose it is."""

    code: str
    message: str
    outlet_code: str = ""
    part_code: str = ""


def not_the_sum(shown: Shown, region: Region) -> Iterator[Difference]:
    """R703: the figures of the 合计 row that sum up a column, against that column."""
    for name, formula in region.total_formulas.items():
        total = int(shown.rows[name].sum()) if formula.startswith("SUM(") else None
        if total is not None and shown.totals[name] != total:
            yield unequal_totals(region.sheet[name], shown.totals[name], total)


def unequal_totals(item: Field, shown: int, expected: int, *, of: str = "") -> Difference:
    """R703 of one column, ``of`` another sheet than the report's own."""
    figures = (yuan(n) if item.type is Type.MONEY else str(n) for n in (shown, expected))
    return Difference("R703", "{}{}合计{}≠{}".format(of, item.header, *figures))


def read_back(book: xw.Book, region: Region) -> Shown:
    """The sheet between 数据首行 and 合计行.

    A SUM is worked out here: a workbook that no spreadsheet program has opened since it was
    filled holds formulas without values, or with those of the blank template.
    """
    at = places(book, region)
    first, total = at[region.place(FIRST_NAME)], at[region.place(TOTAL_NAME)]
    block = first.sheet.range(first[0, 0], total[0, total.columns.count - 1])
    values, formulas = block.value, block.formula
    numbers = _numbers(values, formulas, first.row, first.column)
    data = [
        row
        for row, line in enumerate(values[:-1])
        if any(
            v is not None and not is_formula(f) for v, f in zip(line, formulas[row], strict=True)
        )
    ]
    rows, totals = {}, {}
    for column, item in enumerate(region.sheet.fields):
        if unit := UNIT.get(item.type):
            figures = [_whole(line[column] * unit) for line in numbers]
            rows[item.name] = pd.Series([figures[row] for row in data], dtype="int64")
            if item.name in region.total_formulas:
                totals[item.name] = figures[-1]
        else:
            rows[item.name] = pd.Series([values[row][column] for row in data], dtype=object)
    return Shown(pd.DataFrame(rows), totals)


def _numbers(
    values: Sequence[Sequence[Any]], formulas: Sequence[Sequence[Any]], top: int, left: int
) -> list[list[Decimal]]:
    """Each cell as a number; formulas in reading order, so that a total sees the rows above."""
    numbers = [[_number(cell) for cell in line] for line in values]
    inside = {(row, column) for row, line in enumerate(values) for column in range(len(line))}
    for row, line in enumerate(formulas):
        for column, formula in enumerate(line):
            if match := _SUM.fullmatch(str(formula)):
                cells = [(r - top, c - left) for r, c in _cells_of(match[1])]
                if inside.issuperset(cells):  # else its stored value stands
                    numbers[row][column] = sum((numbers[r][c] for r, c in cells), Decimal(0))
    return numbers


def _number(cell: object) -> Decimal:
    number = read_number(cell)
    return number if isinstance(number, Decimal) else Decimal(0)


def _whole(number: Decimal) -> int:
    return int(number.to_integral_value(ROUND_UP))  # a third decimal is a difference


def _cells_of(arguments: str) -> Iterator[tuple[int, int]]:
    for from_column, from_row, to_column, to_row in _REFERENCE.findall(arguments.upper()):
        for row in range(int(from_row), int(to_row or from_row) + 1):
            for column in range(_index(from_column), _index(to_column or from_column) + 1):
                yield row, column


def _index(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
