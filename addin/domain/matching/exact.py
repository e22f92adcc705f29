"""The first step: the same document number, and the same part where both lists name it.

It alone concludes by itself. Numbers that stand twice are paired only where it cannot matter
which of the rows is meant: entries alike in everything, one to one. What is then left of such a
number is one proposal for all its rows.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from addin.domain import keys
from addin.domain.keys import NO_KEY, IntArray
from addin.domain.matching.conclusions import NOTES, OPEN, Conclusion, Draft, Note, Step, code
from addin.domain.matching.sides import Both, Side


def pair(both: Both, draft: Draft) -> None:
    names = _key(both)
    if not names:
        return
    ours, theirs = _codes(both, names)
    ours[draft.ours != OPEN] = NO_KEY
    theirs[draft.theirs != OPEN] = NO_KEY
    size = 1 + max(int(ours.max(initial=NO_KEY)), int(theirs.max(initial=NO_KEY)))
    count_ours = np.bincount(ours[ours >= 0], minlength=size)
    count_theirs = np.bincount(theirs[theirs >= 0], minlength=size)

    once = (count_ours == 1) & (count_theirs == 1)
    place = np.full(size, OPEN)
    place[ours[ours >= 0]] = np.flatnonzero(ours >= 0)
    j = np.flatnonzero((theirs >= 0) & np.append(once, False)[theirs])
    _conclude(both, draft, place[theirs[j]], j)

    if "slip_no" in names:
        several = (count_ours > 0) & (count_theirs > 0) & ~once
        if several.any():
            _several(both, draft, np.append(several, False), ours, theirs, names)


def _key(both: Both) -> tuple[str, ...]:
    """Without numbers a part is a key among balances (a line per part), not among entries."""
    if both.share("slip_no"):
        return ("slip_no", "part_code") if both.share("part_code") else ("slip_no",)
    if both.has_dates:
        return ()
    return next(((name,) for name in ("part_code", "part_name") if both.share(name)), ())


def _codes(both: Both, names: tuple[str, ...]) -> tuple[IntArray, IntArray]:
    columns = (pd.concat([getattr(both.ours, name), getattr(both.theirs, name)]) for name in names)
    together = keys.group(*columns)
    return together[: both.ours.size], together[both.ours.size :]


def _conclude(both: Both, draft: Draft, i: IntArray, j: IntArray) -> None:
    differing = both.differing(i, j)
    unknown = ~both.compared(i, j)
    conclusion = np.where(differing != 0, code(Conclusion.DIFFERS), code(Conclusion.MATCHED))
    conclusion[unknown & (differing == 0)] = code(Conclusion.PROPOSED)
    blank = Note.NO_AMOUNT if both.has_amount else Note.NO_QUANTITY
    note = np.where(unknown, NOTES.index(blank), 0)
    draft.pair(i, j, conclusion, Step.NUMBER, note, differing)


def _several(
    both: Both,
    draft: Draft,
    several: keys.BoolArray,
    ours: IntArray,
    theirs: IntArray,
    names: tuple[str, ...],
) -> None:
    """Numbers that stand more than once on a side."""
    told = () if "part_code" in names else ("part_code", "part_name")
    rows = pd.concat(
        [
            _content(side, np.flatnonzero(several[key]), key, told).assign(side=n)
            for n, (side, key) in enumerate(((both.ours, ours), (both.theirs, theirs)))
        ],
        ignore_index=True,
    )
    for alike in (["key", "quantity", "amount", "day"], ["key", "quantity", "amount"], ["key"]):
        paired = _interchangeable(rows, alike)
        _conclude(both, draft, paired["row_ours"].to_numpy(), paired["row_theirs"].to_numpy())
        rows = rows.drop([*paired["at_ours"], *paired["at_theirs"]])
    for _, left in rows.groupby("key"):
        one, other = (left.loc[left["side"] == n, "row"].to_numpy() for n in (0, 1))
        if len(one) and len(other):
            differing = both.sums_differ(one, other)
            step = Step.REPEATED if differing else Step.NUMBER_SUM
            draft.group(one, other, Conclusion.PROPOSED, step, differing)


def _content(side: Side, rows: IntArray, key: IntArray, told: tuple[str, ...]) -> pd.DataFrame:
    """What the rows say; those of one ``content`` are interchangeable."""
    frame = pd.DataFrame(
        {
            "row": rows,
            "key": key[rows],
            "quantity": side.quantity[rows],
            "amount": side.amount[rows],
            "day": side.day[rows],
            **{name: side.texts(name, rows) for name in told},
        }
    )
    whole = frame.groupby([*frame.columns[1:]], sort=False, dropna=False)
    return frame.assign(content=whole.ngroup())


def _interchangeable(rows: pd.DataFrame, alike: list[str]) -> pd.DataFrame:
    """Pairs within the classes of rows ``alike`` that hold one content on each side."""
    by = [*alike, "side"]
    kinds = rows.groupby(by, sort=False)["content"].transform("nunique")
    clear = rows.assign(kinds=kinds).groupby(alike, sort=False)["kinds"].transform("max") == 1
    found = rows.assign(at=rows.index, nth=rows.groupby(by, sort=False).cumcount())[clear]
    ours, theirs = found[found["side"] == 0], found[found["side"] == 1]
    return ours.merge(theirs, on=[*alike, "nth"], suffixes=("_ours", "_theirs"))
