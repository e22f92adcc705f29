"""Which part an entry without a code means: agents have names of their own for the same part.

A name is known where it stands beside one code only, or beside one name only in entries that
were matched by their number. Else the name most like it in the other list is taken, if each is
the other's best. Such a family is never more than evidence for a proposal.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from addin.domain.keys import NO_KEY, BoolArray, IntArray
from addin.domain.matching.conclusions import Conclusion, Draft
from addin.domain.matching.sides import Both, Side, Texts

LEAST_LIKENESS = 60
"""Of 100, by RapidFuzz's ``ratio``: 加热管 and 电加热管 have 86, 加热管 and 温控器 none."""
MOST_COMPARED = 4_000_000
"""Pairs of names: lists with more names than that hold no names of parts."""
ENOUGH = 20_000
"""Matched pairs that say what a name means; of many more than that a part is asked."""


@dataclass(frozen=True)
class Named:
    """The unsettled rows of one list: family, and how it is known. Other rows have none."""

    family: IntArray
    coded: BoolArray
    firm: BoolArray  # the part is known, so that another family contradicts it


@dataclass(frozen=True)
class Families:
    ours: Named
    theirs: Named

    def same(self, i: IntArray, j: IntArray) -> BoolArray:
        one, other = self.ours.family[i], self.theirs.family[j]
        return (one == other) & (one != NO_KEY)

    def contradict(self, i: IntArray, j: IntArray) -> BoolArray:
        return self.ours.firm[i] & self.theirs.firm[j] & ~self.same(i, j)


def families(both: Both, draft: Draft) -> Families:
    open_rows = draft.unsettled()
    sides = both.ours, both.theirs
    codes, names = (
        [side.texts(name, rows) for side, rows in zip(sides, open_rows, strict=True)]
        for name in ("part_code", "part_name")
    )
    bare = {
        name
        for code, name in zip(np.concatenate(codes), np.concatenate(names), strict=True)
        if code is None and name is not None
    }
    meant = _known(both, draft, bare) if bare else {}
    firm = {name for name, part in meant.items() if part != name}
    meant |= _most_alike(codes, names, meant)

    told = [
        np.array([_part(c, n, meant) for c, n in zip(code, name, strict=True)], object)
        for code, name in zip(codes, names, strict=True)
    ]
    numbers = pd.factorize(np.concatenate(told))[0]
    of_side = np.split(numbers, [len(told[0])])
    return Families(
        *(
            _named(side, rows, family, code, name, firm)
            for side, rows, family, code, name in zip(
                sides, open_rows, of_side, codes, names, strict=True
            )
        )
    )


def _part(code: str | None, name: str | None, meant: dict[str, str]) -> str | None:
    return code if code is not None or name is None else meant.get(name, name)


def _named(
    side: Side, rows: IntArray, family: IntArray, code: Texts, name: Texts, firm: set[str]
) -> Named:
    families = np.full(side.size, NO_KEY)
    families[rows] = family
    coded, known = np.zeros(side.size, bool), np.zeros(side.size, bool)
    coded[rows] = [c is not None for c in code]
    known[rows] = [c is not None or n in firm for c, n in zip(code, name, strict=True)]
    return Named(families, coded, known)


# --- names that are known -------------------------------------------------------------------


def _known(both: Both, draft: Draft, bare: set[str]) -> dict[str, str]:
    """The part that each of these names stands beside more often than beside all others."""
    m, n = draft.open_ours, draft.open_theirs
    i, j = _some(both, *draft.pairs(Conclusion.MATCHED))
    beside: dict[str, Counter[str]] = defaultdict(Counter)
    for here, rows, there, others in (
        (both.ours, m, both.ours, m),
        (both.theirs, n, both.theirs, n),
        (both.ours, i, both.theirs, j),
        (both.theirs, j, both.ours, i),
    ):
        for (name, part), times in _counted(here, rows, there, others, bare).items():
            beside[name][part] += times
    meant = {}
    for name, parts in beside.items():
        part, times = parts.most_common(1)[0]
        if times * 2 > parts.total():
            meant[name] = part
    return meant


def _counted(
    here: Side, rows: IntArray, there: Side, others: IntArray, wanted: set[str]
) -> Counter[tuple[str, str]]:
    """How often a wanted name of ``rows`` stands beside which part of ``others``."""
    return Counter(
        (name, code if code is not None else min(name, other))
        for name, code, other in zip(
            here.texts("part_name", rows),
            there.texts("part_code", others),
            there.texts("part_name", others),
            strict=True,
        )
        if name in wanted and (code is not None or (other is not None and there is not here))
    )


def _some(both: Both, i: IntArray, j: IntArray) -> tuple[IntArray, IntArray]:
    """About ``ENOUGH`` of these pairs: those of every so manieth day, wherever they stand."""
    every = max(1, len(i) // ENOUGH)
    if every == 1:
        return i, j
    chosen = (both.ours.day[i] + both.theirs.day[j]) % every == 0
    return i[chosen], j[chosen]


# --- names that are alike -------------------------------------------------------------------


def _most_alike(codes: list[Texts], names: list[Texts], meant: dict[str, str]) -> dict[str, str]:
    """For names still unknown: what the other list's most similar name means."""
    parts_of: list[dict[str, set[str]]] = [defaultdict(set), defaultdict(set)]
    for found, code, name in zip(parts_of, codes, names, strict=True):
        for label in set(zip(code, name, strict=True)):
            if label[1] is not None:
                found[label[1]].add(_part(*label, meant) or label[1])
    listed = [sorted(found) for found in parts_of]
    unknown = any(name not in meant for names in listed for name in names)
    if not unknown or not 0 < len(listed[0]) * len(listed[1]) <= MOST_COMPARED:
        return {}
    likeness = process.cdist(*listed, scorer=fuzz.ratio, score_cutoff=LEAST_LIKENESS)
    best: dict[str, str] = {}
    for row, column in np.argwhere(_mutual_best(likeness)):
        pair = listed[0][row], listed[1][column]
        (one, other) = (parts_of[n][pair[n]] for n in (0, 1))
        if len(one) == len(other) == 1:
            known = [p for p in (*one, *other) if p not in pair]
            part = known[0] if known else min(pair)
            best |= {name: part for name in pair if name not in meant}
    return best


def _mutual_best(likeness: np.ndarray) -> BoolArray:
    """Cells that are above all others of their row and of their column."""
    top = likeness > 0
    for axis in (0, 1):
        highest = likeness.max(axis=axis, keepdims=True)
        at_top = likeness == highest
        top &= at_top & (at_top.sum(axis=axis, keepdims=True) == 1)
    return top
