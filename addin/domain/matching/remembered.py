"""Proposals that the clerk has confirmed in an earlier run count from then on.

An entry is remembered by what it says, not by its row: lists grow and are sorted between runs,
and an entry that has been changed since must be looked at again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from addin.domain.keys import IntArray
from addin.domain.matching.conclusions import Conclusion, Draft, Step
from addin.domain.matching.sides import COLUMNS, UNKNOWN, Both, Side

_SEPARATOR = "\t"  # normalised text holds none


@dataclass(frozen=True)
class Pairing:
    """The entries of one confirmed line, each as :func:`entries` tells it."""

    ours: tuple[str, ...]
    theirs: tuple[str, ...]

    @classmethod
    def of(cls, ours: pd.DataFrame, theirs: pd.DataFrame) -> Pairing:
        """What to keep when the clerk says yes to a line: its rows of the two lists."""
        told = (
            tuple(sorted(entries(Side.of(rows), np.arange(len(rows))))) for rows in (ours, theirs)
        )
        return cls(*told)


def entries(side: Side, rows: IntArray) -> list[str]:
    """Each row in one line of text."""
    texts = [side.texts(name, rows) for name in COLUMNS[:3]]
    numbers = [values[rows] for values in (side.quantity, side.price, side.amount, side.day)]
    return [
        _SEPARATOR.join("" if cell is None or cell == UNKNOWN else str(cell) for cell in row)
        for row in zip(*texts, *numbers, strict=True)
    ]


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
