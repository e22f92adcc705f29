"""Pairs among what the numbers left over: the same goods and money within the date window.

Each candidate is judged by how its number and its part compare; the two together name the step.
Where several are equally likely one is proposed, chosen by what it says, and the line says so.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from enum import IntEnum

import numpy as np
import pandas as pd
from rapidfuzz.distance import OSA

from addin.domain.keys import NO_KEY, BoolArray, IntArray
from addin.domain.matching.conclusions import Conclusion, Draft, Note, Step, where
from addin.domain.matching.parts import Families
from addin.domain.matching.remembered import Pairing, entries, refused
from addin.domain.matching.sides import UNKNOWN, Both, Texts

MOST_CANDIDATES = 250_000
"""Pairs of one amount within the window. Beyond it the amount says nothing any more."""


class Number(IntEnum):
    CONTRADICTS = 0
    EQUAL = 1
    SPELLING = 2
    DIGIT = 3
    UNKNOWN = 4


class Part(IntEnum):
    CONTRADICTS = 0
    SAME = 1
    NAMED = 2
    UNKNOWN = 3
    TYPED = 4  # two codes that are one slip of the keyboard apart


STEPS: tuple[tuple[Step, frozenset[tuple[Number, Part]]], ...] = (
    (Step.OTHER_PART, frozenset((Number.EQUAL, part) for part in Part if part)),
    (Step.SPELLING, frozenset((Number.SPELLING, p) for p in (Part.SAME, Part.NAMED, Part.UNKNOWN))),
    (Step.DIGIT, frozenset((Number.DIGIT, p) for p in (Part.SAME, Part.NAMED, Part.UNKNOWN))),
    (Step.LIKE, frozenset({(Number.UNKNOWN, Part.SAME)})),
    (Step.NAME, frozenset({(Number.UNKNOWN, Part.NAMED)})),
)  # fmt: skip


def propose(both: Both, draft: Draft, families: Families, no: AbstractSet[Pairing]) -> None:
    i, j = _candidates(both, draft)
    open_still = ~refused(both, i, j, no)
    i, j = i[open_still], j[open_still]
    if not len(i):
        return
    number = _of_distinct(
        number_compared, both.ours.texts("slip_no", i), both.theirs.texts("slip_no", j)
    )
    part = _parts_compared(both, i, j, number, families)
    evidence = number * len(Part) + part
    gap = both.gap(i, j)
    for step, kinds in STEPS:
        fits = np.isin(evidence, [n * len(Part) + p for n, p in kinds])
        fits &= (draft.ours[i] < 0) & (draft.theirs[j] < 0)
        _settle(both, draft, i[fits], j[fits], gap[fits], step)


# --- candidates -----------------------------------------------------------------------------


def _candidates(both: Both, draft: Draft) -> tuple[IntArray, IntArray]:
    """Open rows of equal amount (or quantity, where that is all there is) near in time."""
    i, j = draft.open_ours, draft.open_theirs
    name = "amount" if both.has_amount else "quantity"
    one, other = getattr(both.ours, name)[i], getattr(both.theirs, name)[j]
    i, j = i[one != UNKNOWN], j[other != UNKNOWN]
    one, other = one[one != UNKNOWN], other[other != UNKNOWN]
    reach = both.limits.tolerance if both.has_amount else 0
    one, other = one // (reach + 1), other // (reach + 1)  # near amounts: the same, or the next
    pairs = []
    for beside in (0, -1, 1)[: 3 if reach else 1]:
        at, to, crowded = near(
            one + beside, both.ours.day[i], other, both.theirs.day[j], both.limits.days
        )
        draft.note(Note.TOO_MANY, i[crowded[0]], j[crowded[1]])
        pairs.append((i[at], j[to]))
    i, j = (np.concatenate(rows) for rows in zip(*pairs, strict=True))
    agree = both.differing(i, j) == 0
    return i[agree], j[agree]


Found = tuple[IntArray, IntArray, tuple[BoolArray, BoolArray]]


def near(block: IntArray, day: IntArray, other: IntArray, other_day: IntArray, days: int) -> Found:
    """Pairs of one block at most ``days`` apart; an unknown day is near to every other."""
    dated, other_dated = day != UNKNOWN, other_day != UNKNOWN
    at, to = [], []
    crowded = np.zeros(len(block), bool), np.zeros(len(other), bool)
    for here, there, told in (
        (dated, other_dated, True),
        (dated, ~other_dated, False),
        (~dated, np.ones_like(other_dated), False),
    ):
        m, n = np.flatnonzero(here), np.flatnonzero(there)
        i, j, full = within(block[m], day[m] * told, other[n], other_day[n] * told, days * told)
        at.append(m[i])
        to.append(n[j])
        crowded[0][m[full[0]]] = True
        crowded[1][n[full[1]]] = True
    return np.concatenate(at), np.concatenate(to), crowded


def within(
    block: IntArray, value: IntArray, other: IntArray, other_value: IntArray, reach: int
) -> Found:
    """Pairs of one block whose values are at most ``reach`` apart, and who stood in a crowd."""
    blocks = pd.factorize(np.concatenate([block, other]))[0]
    lowest = min(value.min(initial=0), other_value.min(initial=0))
    span = int(max(value.max(initial=0), other_value.max(initial=0)) - lowest) + 2 * reach + 1
    place, other_place = (
        code * span + v - lowest
        for code, v in ((blocks[: len(block)], value), (blocks[len(block) :], other_value))
    )
    order = np.argsort(other_place, kind="stable")
    ordered = other_place[order]
    start = np.searchsorted(ordered, place - reach, "left")
    count = np.searchsorted(ordered, place + reach, "right") - start
    of_block = np.zeros(int(blocks.max(initial=0)) + 1, np.int64)
    np.add.at(of_block, blocks[: len(block)], count)
    full = of_block > MOST_CANDIDATES
    crowded = full[blocks[: len(block)]], full[blocks[len(block) :]]
    count = np.where(crowded[0], 0, count)
    at = np.repeat(np.arange(len(block)), count)
    nth = np.arange(len(at)) - np.repeat(np.cumsum(count) - count, count)
    return at, order[np.repeat(start, count) + nth], crowded


# --- evidence -------------------------------------------------------------------------------

_LOOK_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, "_": None, ".": None,
                             "/": None, "#": None})  # fmt: skip
_SHAPE = str.maketrans("0123456789", "9999999999")


def folded(code: str) -> str:
    """A code without what people confuse or leave out: O and 0, I, L and 1, dashes.

    >>> folded("FH-OO12"), folded("FH00I2")
    ('FH0012', 'FH0012')
    """
    return code.translate(_LOOK_ALIKE)


def number_compared(one: str | None, other: str | None) -> Number:
    """Two numbers of one shape are two documents; of different shapes, two ways of numbering.

    Of ``FH007-2`` only ``FH007`` counts beside numbers of that length: the rest tells a piece.
    """
    if one is None or other is None:
        return Number.UNKNOWN
    if one == other:
        return Number.EQUAL
    if folded(one) == folded(other):
        return Number.SPELLING
    if OSA.distance(one, other, score_cutoff=1) == 1:
        return Number.DIGIT
    length = min(len(one), len(other))
    one, other, piece = one[:length], other[:length], (one[length:] or other[length:])[:1]
    same_shape = one.translate(_SHAPE) == other.translate(_SHAPE) and not piece.isalnum()
    return Number.CONTRADICTS if same_shape and one != other else Number.UNKNOWN


def _of_distinct(
    compare: Callable[[str | None, str | None], int], one: Texts, other: Texts
) -> IntArray:
    """``compare`` of each pair of texts, asked once for each distinct pair."""
    pairs = list(zip(one, other, strict=True))
    known = {pair: compare(*pair) for pair in dict.fromkeys(pairs)}
    return np.fromiter((known[pair] for pair in pairs), np.int64, len(pairs))


def _parts_compared(
    both: Both, i: IntArray, j: IntArray, number: IntArray, families: Families
) -> IntArray:
    same = families.same(i, j)
    alike_known = families.ours.coded[i] == families.theirs.coded[j]
    part = np.where(same, np.where(alike_known, Part.SAME, Part.NAMED), Part.UNKNOWN)
    against = families.contradict(i, j)
    part[against] = Part.CONTRADICTS
    typed = np.flatnonzero(against & (number == Number.EQUAL))
    one, other = (s.texts("part_code", r[typed]) for s, r in ((both.ours, i), (both.theirs, j)))
    near_codes = np.isin(_of_distinct(number_compared, one, other), [Number.SPELLING, Number.DIGIT])
    part[typed[near_codes]] = Part.TYPED
    return part


# --- which of the candidates ----------------------------------------------------------------


def _settle(both: Both, draft: Draft, i: IntArray, j: IntArray, cost: IntArray, step: Step) -> None:
    """Pairs each of which is the other's only best; then, one by one, the others as doubtful."""
    alone = (np.bincount(i)[i] == 1) & (np.bincount(j)[j] == 1) if len(i) else np.empty(0, bool)
    draft.pair(i[alone], j[alone], Conclusion.PROPOSED, step)
    i, j, cost = i[~alone], j[~alone], cost[~alone]
    if not len(i):
        return
    rank_i, rank_j = _ranks(both, i, j)
    doubtful_i, doubtful_j = np.zeros(both.ours.size, bool), np.zeros(both.theirs.size, bool)
    order = np.lexsort((np.maximum(rank_i, rank_j), np.minimum(rank_i, rank_j), cost))
    i, j, cost, rank_i, rank_j = (a[order] for a in (i, j, cost, rank_i, rank_j))
    while len(i):
        best_i, best_j = _lowest(i, cost), _lowest(j, cost)
        at_best_i, at_best_j = cost == best_i[i], cost == best_j[j]
        only = _one_kind(i, rank_j, at_best_i) & _one_kind(j, rank_i, at_best_j)
        sure = only & at_best_i & at_best_j
        if sure.any():
            chosen = np.flatnonzero(sure)
        else:
            chosen = np.flatnonzero(at_best_i & at_best_j)
            doubtful_i[i[chosen]] = doubtful_j[j[chosen]] = True
        chosen = chosen[_first_of_each(i[chosen], j[chosen])]
        doubt = doubtful_i[i[chosen]] | doubtful_j[j[chosen]]
        note = where(doubt, Note.NOT_ONLY_ONE, Note.NONE)
        draft.pair(i[chosen], j[chosen], Conclusion.PROPOSED, step, note)
        left = (draft.ours[i] < 0) & (draft.theirs[j] < 0)
        i, j, cost, rank_i, rank_j = (a[left] for a in (i, j, cost, rank_i, rank_j))
    draft.note(Note.NOT_ONLY_ONE, np.flatnonzero(doubtful_i), np.flatnonzero(doubtful_j))


def _ranks(both: Both, i: IntArray, j: IntArray) -> tuple[IntArray, IntArray]:
    """The place of each entry in an order by what it says; equal entries share it."""
    ours, back_i = np.unique(i, return_inverse=True)
    theirs, back_j = np.unique(j, return_inverse=True)
    told = [*entries(both.ours, ours), *entries(both.theirs, theirs)]
    place = {text: n for n, text in enumerate(sorted(set(told)))}
    rank = np.array([place[text] for text in told], np.int64)
    return rank[: len(ours)][back_i], rank[len(ours) :][back_j]


def _lowest(row: IntArray, cost: IntArray) -> IntArray:
    lowest = np.full(int(row.max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(lowest, row, cost)
    return lowest


def _one_kind(row: IntArray, rank: IntArray, counted: BoolArray) -> BoolArray:
    """The counted candidates of a row all say the same."""
    size = int(row.max()) + 1
    low, high = np.full(size, np.iinfo(np.int64).max), np.full(size, NO_KEY)
    np.minimum.at(low, row[counted], rank[counted])
    np.maximum.at(high, row[counted], rank[counted])
    alike: BoolArray = (low == high)[row]
    return alike


def _first_of_each(i: IntArray, j: IntArray) -> IntArray:
    """Positions of pairs that share no row with a pair before them."""
    taken_i: set[int] = set()
    taken_j: set[int] = set()
    first = []
    for n, (one, other) in enumerate(zip(i.tolist(), j.tolist(), strict=True)):
        if one not in taken_i and other not in taken_j:
            taken_i.add(one)
            taken_j.add(other)
            first.append(n)
    return np.array(first, np.int64)
