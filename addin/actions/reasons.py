"""Why a cell of ours shows an error: kept from the calculation for the button 解释此格."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, NamedTuple

from addin.cells import CellError

MOST_CELLS = 2_000  # formulas, the last ones calculated; a calculation again brings a reason back
MOST_TOLD = 200  # errors of one spilled range that are kept


class Cell(NamedTuple):
    """Where a formula stands: full name of its workbook ("" if unknown), sheet, row, column."""

    book: str = ""
    sheet: str = ""
    row: int = 0
    column: int = 0


_kept: OrderedDict[Cell, dict[tuple[int, int], CellError]] = OrderedDict()


def remember(formula: Cell, result: Any) -> None:
    """Keeps the errors in what a formula gives; forgets those of its last calculation."""
    _kept.pop(formula, None)
    rows = result if isinstance(result, (list, tuple)) else [[result]]
    errors = [
        ((i, j), cell)
        for i, row in enumerate(rows)
        for j, cell in enumerate(row)
        if isinstance(cell, CellError)
    ]
    if errors and formula.sheet:
        _kept[formula] = dict(errors[:MOST_TOLD])
        while len(_kept) > MOST_CELLS:
            _kept.popitem(last=False)


def recall(cell: Cell) -> CellError | None:
    """The error that this cell shows, be it the formula's own cell or one that it spills into."""
    for formula in reversed(_kept):
        if formula[:2] == cell[:2]:
            place = cell.row - formula.row, cell.column - formula.column
            if error := _kept[formula].get(place):
                return error
    return None
