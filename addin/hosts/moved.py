"""Rows that an action has put in or taken out: where a cell stood before, where it stands now."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from addin.hosts.files.references import rows_moved

Move = tuple[str, int, int]
"""A sheet, the first row, and how many rows: below 0 they were taken out."""


@dataclass
class Moved:
    """One move after another; rows are those of the sheet at the time."""

    moves: list[Move] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.moves)

    def forget(self, sheet: str) -> None:
        """The sheet has gone, and comes back as it was."""
        self.moves = [move for move in self.moves if move[0] != sheet]

    def before(self, sheet: str, row: int) -> int | None:
        """The row where this one was; None for a row that was not there."""
        for name, at, count in reversed(self.moves):
            if name == sheet and row >= at:
                if row < at + count:
                    return None
                row -= count
        return row

    def now(self, sheet: str, row: int) -> int | None:
        """The row where this one is; None for a row that was taken out."""
        for name, at, count in self.moves:
            if name == sheet and row >= at:
                if row < at - count:
                    return None
                row += count
        return row

    def formula_before(self, formula: str, home: str) -> str:
        """What a formula that stands on sheet ``home`` said."""
        for name, at, count in reversed(self.moves):
            formula = rows_moved(formula, home=home, sheet=name, at=at, count=-count)
        return formula

    def formula_now(self, formula: str, home: str) -> str:
        for name, at, count in self.moves:
            formula = rows_moved(formula, home=home, sheet=name, at=at, count=count)
        return formula

    def new_rows(self, sheet: str) -> list[int]:
        """The rows that were not there, as they stand now."""
        found: list[int] = []
        for number, (name, at, count) in enumerate(self.moves, start=1):
            later = Moved(self.moves[number:])
            if name == sheet:
                found += filter(None, (later.now(sheet, row) for row in range(at, at + count)))
        return sorted(found)

    def left(self, sheet: str, stay: Collection[int]) -> list[Move]:
        """The moves that are left when all new rows of a sheet go again but those that ``stay``."""
        gone = [row for row in self.new_rows(sheet) if row not in stay]
        kept = [row for row in self.new_rows(sheet) if row in stay]
        return [(sheet, row - sum(other < row for other in gone), 1) for row in kept]


def loses(formula: str, home: str, move: Move) -> bool:
    """Does a formula say less after rows were taken out, so that it must be kept?"""
    there, back = Moved([move]), Moved([(move[0], move[1], -move[2])])
    return back.formula_now(there.formula_now(formula, home), home) != formula


def stretches(rows: Collection[int]) -> Iterator[tuple[int, int]]:
    """First and last of rows that follow each other.

    >>> list(stretches([4, 5, 9]))
    [(4, 5), (9, 9)]
    """
    for _, run in groupby(enumerate(sorted(rows)), lambda pair: pair[1] - pair[0]):
        numbers = [row for _, row in run]
        yield numbers[0], numbers[-1]
