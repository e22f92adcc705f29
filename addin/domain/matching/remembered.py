"""What the clerk has said of a proposal counts from then on: yes, it is; no, it is not.

An entry is remembered by what it says, not by its row: lists grow and are sorted between runs,
and an entry that has been changed since must be looked at again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np
import pandas as pd

from addin.domain import values
from addin.domain.keys import BoolArray, IntArray
from addin.domain.matching.conclusions import Conclusion, Draft, Step
from addin.domain.matching.sides import COLUMNS, UNKNOWN, Both, Side
from addin.domain.rmb import yuan

_SEPARATOR = "\t"  # normalised text holds none


@dataclass(frozen=True)
class Pairing:
    """The entries of one line that was answered, each as :func:`entries` tells it."""

    ours: tuple[str, ...]
    theirs: tuple[str, ...]

    @classmethod
    def of(cls, ours: pd.DataFrame, theirs: pd.DataFrame) -> Pairing:
        """What to keep when the clerk answers a line: its rows of the two lists."""
        return cls.told(entries_of(ours), entries_of(theirs))

    @classmethod
    def told(cls, ours: list[str], theirs: list[str]) -> Pairing:
        return cls(tuple(sorted(ours)), tuple(sorted(theirs)))


def entries_of(rows: pd.DataFrame) -> list[str]:
    """Each row of a list in one line of text."""
    return entries(Side.of(rows), np.arange(len(rows)))


def entries(side: Side, rows: IntArray) -> list[str]:
    """Each row in one line of text."""
    texts = [side.texts(name, rows) for name in COLUMNS[:3]]
    numbers = [values[rows] for values in (side.quantity, side.price, side.amount, side.day)]
    return [
        _SEPARATOR.join("" if cell is None or cell == UNKNOWN else str(cell) for cell in row)
        for row in zip(*texts, *numbers, strict=True)
    ]


# --- as a person reads it -------------------------------------------------------------------

_BETWEEN, _NOTHING = " | ", "-"  # codes hold no space, and a dash alone is read as a blank


def words(entry: str) -> str:
    """An entry as it is kept for people.

    >>> words(_SEPARATOR.join(["FH001", "PJ001", "", "2", "", "12000", "20517"]))
    'FH001 | PJ001 | - | 2 | - | 120.00 | 2026-03-05'
    """
    *texts, quantity, price, amount, day = entry.split(_SEPARATOR)
    money = [yuan(int(fen)) if fen else "" for fen in (price, amount)]
    date = str(np.datetime64(int(day), "D")) if day else ""
    return _BETWEEN.join(cell or _NOTHING for cell in (*texts, quantity, *money, date))


def from_words(told: str) -> str:
    """The entry that :func:`words` tells; ``ValueError`` where it tells none."""
    slip_no, part_code, rest = told.split(_BETWEEN, 2)
    name, *numbers = rest.rsplit(_BETWEEN, 4)  # a name may hold anything
    readers: tuple[Callable[[str], int], ...] = (int, _fen, _fen, _day)
    return _SEPARATOR.join(
        [
            *("" if cell == _NOTHING else cell for cell in (slip_no, part_code, name)),
            *(
                "" if cell == _NOTHING else str(read(cell))
                for read, cell in zip(readers, numbers, strict=True)
            ),
        ]
    )


def _fen(cell: str) -> int:
    fen = values.read_money(cell)
    if not isinstance(fen, int):
        raise ValueError(cell)
    return fen


def _day(cell: str) -> int:
    return int(np.datetime64(cell, "D").astype(np.int64))


def accept(both: Both, draft: Draft, confirmed: Collection[Pairing]) -> None:
    """Pairings all of whose entries are there become matched, each as often as it was confirmed."""
    if not confirmed:
        return
    ours, theirs = (_waiting(side) for side in (both.ours, both.theirs))
    for pairing in sorted(confirmed, key=lambda p: (p.ours, p.theirs)):
        i, j = _taken(ours, pairing.ours), _taken(theirs, pairing.theirs)
        if i and j:
            draft.group(i, j, Conclusion.MATCHED, Step.CONFIRMED)
            _gone(ours, pairing.ours)
            _gone(theirs, pairing.theirs)


def refused(both: Both, i: IntArray, j: IntArray, no: AbstractSet[Pairing]) -> BoolArray:
    """Which of the pairs of rows the clerk has said no to."""
    if not no or not len(i):
        return np.zeros(len(i), bool)
    told = zip(entries(both.ours, i), entries(both.theirs, j), strict=True)
    return np.array([Pairing((one,), (other,)) in no for one, other in told], bool)


def reopen(both: Both, draft: Draft, no: AbstractSet[Pairing]) -> None:
    """Pairs of equal number that could only be proposed, and that the clerk has said no to."""
    i, j = draft.pairs(Conclusion.PROPOSED)
    for line in draft.ours[i[refused(both, i, j, no)]].tolist():
        draft.take_back(line)


def _waiting(side: Side) -> dict[str, list[int]]:
    rows: dict[str, list[int]] = defaultdict(list)
    for row, told in enumerate(entries(side, np.arange(side.size))):
        rows[told].append(row)
    return rows


def _taken(waiting: dict[str, list[int]], wanted: tuple[str, ...]) -> list[int]:
    """A row for each wanted entry, or none at all."""
    if any(len(waiting.get(told, ())) < wanted.count(told) for told in wanted):
        return []
    return [waiting[told][wanted[:n].count(told)] for n, told in enumerate(wanted)]


def _gone(waiting: dict[str, list[int]], taken: tuple[str, ...]) -> None:
    for told in taken:
        del waiting[told][0]
