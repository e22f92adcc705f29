"""How cells travel between a spreadsheet program and Python: numbers, texts, truth and errors only.

A date goes as its serial number, a blank as empty text; an error is the character ``MARK`` before
the number that ``CVErr`` has for it, so that no text of a clerk is ever taken for one.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import partial
from typing import Any

from addin.cells import DIV0, ERRORS, NA, NAME, NUM, PLAIN, REF, VALUE, CellError, RangeFacts

MARK = "\x01"
NUMBERS = {
    "#NULL!": 2000, DIV0: 2007, VALUE: 2015, REF: 2023, NAME: 2029, NUM: 2036, NA: 2042,
    "#SPILL!": 2045, "#CALC!": 2050,
}  # fmt: skip
"""Of each error: XlCVError. An answer spells them so, and a request may."""

_BY_NUMBER = {number: error for error, number in NUMBERS.items()}
_DAY_ZERO = dt.date(1899, 12, 30)  # of Excel's 1900 system, right from 1 March 1900 on
_DAY_ZERO_1904 = dt.date(1904, 1, 1)


def to_wire(result: Any, *, date1904: bool = False) -> Any:
    """What a formula gives, one cell or rows of cells, as a program can take it."""
    sent = partial(_sent, day_zero=_DAY_ZERO_1904 if date1904 else _DAY_ZERO)
    if isinstance(result, (list, tuple)):
        return tuple(
            tuple(map(sent, row)) if isinstance(row, (list, tuple)) else (sent(row),)
            for row in result
        )
    return sent(result)


def _sent(cell: Any, day_zero: dt.date) -> Any:
    if cell is None:
        return ""
    if isinstance(cell, CellError):
        return f"{MARK}{NUMBERS[cell.kind]}"
    if isinstance(cell, str):
        return f"{MARK}{NUMBERS[cell]}" if cell in ERRORS else str(cell)
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, dt.datetime):
        cell = cell.date()
    if isinstance(cell, dt.date):
        return float((cell - day_zero).days)
    if isinstance(cell, (int, float, Decimal)):
        return float(cell)
    raise TypeError(f"a cell cannot hold {cell!r}")


def from_wire(argument: Any) -> Any:
    """An argument as the formulas take it: a value or a list of rows, errors by their names."""
    if isinstance(argument, (list, tuple)):
        return [
            [_got(cell) for cell in row] if isinstance(row, (list, tuple)) else [_got(row)]
            for row in argument
        ]
    return _got(argument)


def _got(cell: Any) -> Any:
    if isinstance(cell, str) and cell.startswith(MARK):
        number = cell.removeprefix(MARK)
        return _BY_NUMBER.get(int(number), VALUE) if number.isdecimal() else VALUE
    return cell


def facts_from_wire(facts: Any) -> RangeFacts:
    """``(first row, date1904, ((top, left, bottom, right), ...))``, or nothing."""
    if not facts:
        return PLAIN
    first_row, date1904, merged = facts
    areas = tuple((int(t), int(x), int(b), int(y)) for t, x, b, y in merged or ())
    return RangeFacts(int(first_row), bool(date1904), areas)
