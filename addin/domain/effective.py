"""Effective-dated lists: which row of a price list holds on a day. calculations.md §1, §2.1."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from addin.domain.keys import BoolArray, IntArray

GENERIC = "通用"  # what a master writes for "any tier" or "any product line"
NONE = -1

_SPAN = 2**22  # more days than there are up to the year 9999
_DAY_0 = 719_163  # days from 0000-12-31 to 1970-01-01, so that every day is positive


@dataclass(frozen=True)
class Timeline:
    """For every key the stretches of days on which the same rows hold, in order.

    ``edges`` are key and first day in one number; ``row`` is the first row that holds there and
    ``rival`` the first one that holds beside it with another value (``NONE`` = none).
    """

    edges: IntArray
    row: IntArray
    rival: IntArray

    def at(self, key: IntArray, day: IntArray) -> tuple[IntArray, IntArray]:
        """Row and rival for each key and day (as :func:`day_numbers`); ``NONE`` for neither."""
        place = np.searchsorted(self.edges, key * _SPAN + day, side="right") - 1
        known = (place >= 0) & (key >= 0) & (day > 0)
        known[known] = self.edges[place[known]] // _SPAN == key[known]
        return np.where(known, self.row[place], NONE), np.where(known, self.rival[place], NONE)


def day_numbers(dates: pd.Series, *, blank: int = 0) -> IntArray:
    """Days as whole numbers above 0, ``blank`` where there is no date.

    >>> day_numbers(pd.Series(pd.to_datetime(["2026-03-05", None]))).tolist()
    [739680, 0]
    """
    days = dates.to_numpy(dtype="datetime64[D]")
    return np.where(np.isnat(days), blank, days.astype(np.int64) + _DAY_0)


def timeline(
    key: IntArray, valid_from: pd.Series, valid_to: pd.Series, value: IntArray
) -> Timeline:
    """Cuts the rows of a list (a short table) into stretches. calculations.md §1.

    ``key`` < 0 leaves a row out, and so does an end before its beginning; both ends are
    inclusive, a blank start is always, a blank end is open. Rows agree when ``value`` is equal.

    >>> dates = pd.to_datetime(pd.Series(["2026-06-01", "2026-06-30", "2026-06-15"]))
    >>> line = timeline(
    ...     np.array([0, 0]), pd.Series([pd.NaT, dates[0]]), pd.Series([dates[1], pd.NaT]),
    ...     np.array([8000, 8500]),
    ... )
    >>> [side.tolist() for side in line.at(np.array([0]), day_numbers(dates[2:]))]
    [[0], [1]]
    """
    first = day_numbers(valid_from).tolist()
    after = (day_numbers(valid_to, blank=_SPAN - 2) + 1).tolist()
    rows_of: dict[int, list[int]] = {}
    for row, of in enumerate(key.tolist()):
        if of >= 0 and first[row] < after[row]:
            rows_of.setdefault(of, []).append(row)

    stretches: list[tuple[int, int, int]] = []
    for of, rows in sorted(rows_of.items()):
        days = sorted({first[row] for row in rows} | {after[row] for row in rows})
        for day, _ in pairwise(days):
            holding = [row for row in rows if first[row] <= day < after[row]]
            chosen = holding[0] if holding else NONE
            rival = next((row for row in holding if value[row] != value[chosen]), NONE)
            stretches.append((of * _SPAN + day, chosen, rival))
        stretches.append((of * _SPAN + days[-1], NONE, NONE))
    edges, row, rival = np.array(stretches or [(-1, NONE, NONE)], dtype=np.int64).T.copy()
    return Timeline(edges, row, rival)


def integers(values: IntArray, known: BoolArray) -> pd.arrays.IntegerArray:
    """Whole numbers, blank where not ``known``.

    >>> integers(np.array([8000, -1]), np.array([True, False])).tolist()
    [8000, <NA>]
    """
    return pd.arrays.IntegerArray(values.astype(np.int64), ~known)


def sheet_rows(table: pd.DataFrame, place: IntArray) -> pd.arrays.IntegerArray:
    """The Excel row (column ``row``) of each place in a list, blank for ``NONE``.

    >>> sheet_rows(pd.DataFrame({"row": [4, 5]}), np.array([1, -1])).tolist()
    [5, <NA>]
    """
    rows = np.append(table["row"].to_numpy(dtype=np.int64), NONE)
    return integers(rows[place], place != NONE)


def backwards(valid_from: pd.Series, valid_to: pd.Series) -> pd.Series:
    """Rows whose end lies before their start: they hold on no day, which is worth a notice.

    >>> backwards(pd.to_datetime(pd.Series(["2026-04-01", "2026-04-01", None])),
    ...           pd.to_datetime(pd.Series(["2026-03-31", "2026-04-01", None]))).tolist()
    [True, False, False]
    """
    return valid_to < valid_from
