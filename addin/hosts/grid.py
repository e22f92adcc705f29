"""One sheet as it was read: plain values, and the few facts that values alone cannot tell."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

Cell = str | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta | None
"""Blank is ``None`` or ``""``; numbers are floats; error cells are :class:`CellError`."""


class CellError(StrEnum):
    """What an error cell shows. Kept apart from text so that ``"#N/A"`` typed by hand differs."""

    REF = "#REF!"
    NA = "#N/A"
    VALUE = "#VALUE!"
    DIV0 = "#DIV/0!"
    NAME = "#NAME?"
    NUM = "#NUM!"
    NULL = "#NULL!"
    OTHER = "#ERROR!"


@dataclass(frozen=True)
class Area:
    """A rectangle of cells, 1-based, both corners inside."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass
class Grid:
    """``rows[i][j]`` is the cell at Excel row ``first_row + i`` and column ``first_column + j``.

    Positions in the side tables are 1-based ``(row, column)`` of the sheet. ``zero_padded`` holds
    numbers shown under a format of zeros only (``00000``) with the width of that format;
    ``uncalculated`` the formulas that have no stored value; ``formulas`` is not kept.
    """

    rows: list[list[Cell]]
    first_row: int = 1
    first_column: int = 1
    date1904: bool = False
    merged: list[Area] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    zero_padded: dict[tuple[int, int], int] = field(default_factory=dict)
    uncalculated: set[tuple[int, int]] = field(default_factory=set)
