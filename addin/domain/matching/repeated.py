"""Numbers that stand several times in a list: of one slip entered twice, split, or corrected.

Rows are paired only where it cannot matter which of them is meant: all that the class holds on a
side say the same. What no other step tells apart either is one proposal for all its rows.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import NamedTuple

import pandas as pd

from addin.domain.keys import IntArray
from addin.domain.matching.conclusions import NOTHING, Conclusion, Draft, Step
from addin.domain.matching.remembered import Pairing, entries
from addin.domain.matching.sides import Both, Side

ALIKE = (["key", "quantity", "amount", "day"], ["key", "quantity", "amount"], ["key"])
"""Classes in which rows are paired, the narrowest first."""


class Repeated(NamedTuple):
    """Our rows and their rows whose number stands several times, and the key of each."""

    ours: IntArray = NOTHING
    theirs: IntArray = NOTHING
    our_keys: IntArray = NOTHING
    their_keys: IntArray = NOTHING


def pair(both: Both, draft: Draft, repeated: Repeated) -> None:
    told = () if both.share("part_code") else ("part_code", "part_name")
    rows = pd.concat(
        [
            _content(both.ours, repeated.ours, repeated.our_keys, told).assign(side=0),
            _content(both.theirs, repeated.theirs, repeated.their_keys, told).assign(side=1),
        ],
        ignore_index=True,
    )
    for alike in ALIKE:
        paired = _interchangeable(rows, alike)
        draft.conclude(both, paired["row_ours"].to_numpy(), paired["row_theirs"].to_numpy())
        rows = rows.drop([*paired["at_ours"], *paired["at_theirs"]])


def propose(both: Both, draft: Draft, repeated: Repeated, no: AbstractSet[Pairing]) -> None:
    """All the rows of a number that are still open on both sides, in one line."""
    ours, theirs = (
        pd.Series(rows, index=keys)[is_open[rows] < 0]
        for rows, keys, is_open in (
            (repeated.ours, repeated.our_keys, draft.ours),
            (repeated.theirs, repeated.their_keys, draft.theirs),
        )
    )
    for key in ours.index.intersection(theirs.index).unique():
        i, j = ours.loc[[key]].to_numpy(), theirs.loc[[key]].to_numpy()
        if no and Pairing.told(entries(both.ours, i), entries(both.theirs, j)) in no:
            continue
        differing = both.sums_differ(i, j)
        step = Step.REPEATED if differing else Step.NUMBER_SUM
        draft.group(i, j, Conclusion.PROPOSED, step, differing)


def _content(side: Side, rows: IntArray, key: IntArray, told: tuple[str, ...]) -> pd.DataFrame:
    """What the rows say, in the order of that; those of one ``content`` are interchangeable."""
    frame = pd.DataFrame(
        {
            "row": rows,
            "key": key,
            "quantity": side.quantity[rows],
            "amount": side.amount[rows],
            "day": side.day[rows],
            **{name: side.texts(name, rows) for name in told},
        }
    )
    whole = frame.groupby([*frame.columns[1:]], sort=False, dropna=False)
    return frame.assign(content=whole.ngroup(), says=entries(side, rows)).sort_values("says")


def _interchangeable(rows: pd.DataFrame, alike: list[str]) -> pd.DataFrame:
    """Pairs within the classes of rows ``alike`` that hold one content on each side."""
    by = [*alike, "side"]
    kinds = rows.groupby(by, sort=False)["content"].transform("nunique")
    clear = rows.assign(kinds=kinds).groupby(alike, sort=False)["kinds"].transform("max") == 1
    found = rows.assign(at=rows.index, nth=rows.groupby(by, sort=False).cumcount())[clear]
    ours, theirs = found[found["side"] == 0], found[found["side"] == 1]
    return ours.merge(theirs, on=[*alike, "nth"], suffixes=("_ours", "_theirs"))
