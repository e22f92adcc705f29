"""One entry against several: quantities that one list splits, slips that one list merges.

The parts must be the same goods, lie within the date window, and add up in quantity and amount.
An entry that differs under its own number is explained here too, if entries left over make up
the difference. What can be made up in two equally good ways is left to the clerk.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import NamedTuple, TypeVar

import numpy as np

from addin.domain.keys import NO_KEY, IntArray
from addin.domain.matching.alike import Number, near, number_compared
from addin.domain.matching.conclusions import OPEN, Conclusion, Draft, Note, Step
from addin.domain.matching.parts import Families, Named
from addin.domain.matching.remembered import entries
from addin.domain.matching.sides import AMOUNT, DATE, QUANTITY, UNKNOWN, Both, Side

MOST_PARTS = 6
MOST_CANDIDATES = 16
"""Entries that parts are chosen from: some 15,000 choices of up to six."""

T = TypeVar("T")
Row = tuple[bool, int]  # is it theirs, and which


class Wanted(NamedTuple):
    """What parts are looked for: entries of the list ``several`` for rows of the list ``one``."""

    one: IntArray
    begun: IntArray  # a part that is there already, NO_KEY where none
    measures: IntArray  # quantity and amount still to be made up


@dataclass(frozen=True)
class Sum:
    """A way to make up one entry. ``says`` is its content: equal entries are interchangeable."""

    rows: tuple[Row, ...]
    spread: int  # days from the first of the entries to the last
    says: tuple[str, ...]


def propose(both: Both, draft: Draft, families: Families) -> None:
    """Sums that are better than all others which need one of their entries."""
    found = [*_Search(both, draft, families, theirs_are_one=True).sums()]
    found += _Search(both, draft, families, theirs_are_one=False).sums()
    found.sort(key=lambda s: (s.spread, s.says, s.rows))
    while clear := _clear(found):
        used = {row for way in clear for row in way.rows}
        for way in clear:
            i, j = (sorted(row for theirs, row in way.rows if theirs is of) for of in (False, True))
            for line in {*draft.ours[i].tolist()} - {OPEN}:
                draft.take_back(line)
            draft.group(i, j, Conclusion.PROPOSED, Step.SUM)
        found = [way for way in found if used.isdisjoint(way.rows)]
    doubtful = sorted({row for way in found for row in way.rows})
    draft.note(
        Note.NOT_ONLY_ONE,
        np.array([row for theirs, row in doubtful if not theirs], np.int64),
        np.array([row for theirs, row in doubtful if theirs], np.int64),
    )


def _clear(found: list[Sum]) -> list[Sum]:
    """Of ways in order: those whose every entry has no other way as good, and no row twice."""
    of_row: dict[Row, list[Sum]] = defaultdict(list)
    for way in found:
        for row in way.rows:
            of_row[row].append(way)
    clear: list[Sum] = []
    used: set[Row] = set()
    for way in found:
        rivals = (other for row in way.rows for other in of_row[row])
        beaten = any(o.spread <= way.spread and o.says != way.says for o in rivals)
        if not beaten and used.isdisjoint(way.rows):
            clear.append(way)
            used.update(way.rows)
    return clear


@dataclass(frozen=True)
class _Search:
    """The ways to make up entries of one list out of entries of the other."""

    both: Both
    draft: Draft
    families: Families
    theirs_are_one: bool

    def sums(self) -> Iterator[Sum]:
        open_one, open_several = self._oriented(self.draft.open_ours, self.draft.open_theirs)
        whole = Wanted(open_one, np.full(len(open_one), NO_KEY), self._measures(self.one, open_one))
        yield from self._made_up(whole, open_several, least=2)
        yield from self._made_up(self._differences(), open_several, least=1)

    def _oriented(self, ours: T, theirs: T) -> tuple[T, T]:
        """The one list and the one of the several; of these again ours and theirs."""
        return (theirs, ours) if self.theirs_are_one else (ours, theirs)

    @cached_property
    def one(self) -> Side:
        return self.both.theirs if self.theirs_are_one else self.both.ours

    @cached_property
    def several(self) -> Side:
        return self.both.ours if self.theirs_are_one else self.both.theirs

    def _measures(self, side: Side, rows: IntArray) -> IntArray:
        """What must add up, a column each: the quantity and the amount, as far as both lists
        tell them."""
        shared = [
            values[rows]
            for values, told in (
                (side.quantity, self.both.has_quantity),
                (side.amount, self.both.has_amount),
            )
            if told
        ]
        return np.stack(shared, axis=1) if shared else np.empty((len(rows), 0), np.int64)

    def _differences(self) -> Wanted:
        """Pairs with the same number whose goods and money both differ, and by how much."""
        i, j = self.draft.pairs(Conclusion.DIFFERS)
        needed = QUANTITY * self.both.has_quantity | AMOUNT * self.both.has_amount
        whole = self.both.differing(i, j) & ~DATE == needed
        one, begun = self._oriented(i[whole], j[whole])
        total, there = self._measures(self.one, one), self._measures(self.several, begun)
        return Wanted(one, begun, total - there)

    def _made_up(self, wanted: Wanted, parts: IntArray, least: int) -> Iterator[Sum]:
        family, other_family = self._oriented(self.families.ours, self.families.theirs)
        m = np.flatnonzero(_usable(family, wanted.one, wanted.measures))
        measures = self._measures(self.several, parts)
        n = np.flatnonzero(_usable(other_family, parts, measures))
        at, to, _ = near(
            family.family[wanted.one[m]], self.one.day[wanted.one[m]],
            other_family.family[parts[n]], self.several.day[parts[n]],
            self.both.limits.days,
        )  # fmt: skip
        at, to = m[at], n[to]
        total, part = wanted.measures[at], measures[to]
        room = np.abs(part) <= np.abs(total) + (self.both.limits.tolerance if least == 1 else -1)
        fits = (room & (np.sign(part) == np.sign(total))).all(axis=1)
        at, to = at[fits], to[fits]
        enough = np.zeros_like(wanted.measures)
        np.add.at(enough, at, measures[to])
        missing = np.abs(wanted.measures) - np.abs(enough)
        keep = (missing[at] <= self.both.limits.tolerance).all(axis=1)
        yield from self._chosen(wanted, parts, measures, at[keep], to[keep], least)

    def _chosen(
        self,
        wanted: Wanted,
        parts: IntArray,
        measures: IntArray,
        at: IntArray,
        to: IntArray,
        least: int,
    ) -> Iterator[Sum]:
        candidates: dict[int, list[int]] = defaultdict(list)
        numbers, other_numbers = (
            side.texts("slip_no", rows)
            for side, rows in ((self.one, wanted.one), (self.several, parts))
        )
        for n, m in zip(at.tolist(), to.tolist(), strict=True):
            if least == 1 or number_compared(numbers[n], other_numbers[m]) in _MAY_BE_PART:
                candidates[n].append(m)
        for n, some in candidates.items():
            if len(some) > MOST_CANDIDATES:
                self.draft.note(Note.TOO_MANY, *self._oriented(wanted.one[[n]], parts[some]))
                continue
            values = [tuple(row) for row in measures[some].tolist()]
            for choice in self._choices(values, wanted.measures[n].tolist(), least):
                rows = parts[[some[c] for c in choice]].tolist()
                begun = wanted.begun[n]
                yield self._sum(int(wanted.one[n]), [*rows, int(begun)] if least == 1 else rows)

    def _choices(
        self, values: list[tuple[int, ...]], total: list[int], least: int
    ) -> Iterator[tuple[int, ...]]:
        reach = ([0] if self.both.has_quantity else []) + (
            [self.both.limits.tolerance] if self.both.has_amount else []
        )
        most = MOST_PARTS if least == 2 else MOST_PARTS - 1
        for size in range(least, most + 1):
            for choice in combinations(range(len(values)), size):
                sums = map(sum, zip(*(values[c] for c in choice), strict=True))
                if all(abs(s - t) <= r for s, t, r in zip(sums, total, reach, strict=True)):
                    yield choice

    def _sum(self, one: int, several: list[int]) -> Sum:
        rows = [(self.theirs_are_one, one), *((not self.theirs_are_one, row) for row in several)]
        days = [
            int(day) for day in (self.one.day[one], *self.several.day[several]) if day != UNKNOWN
        ]
        says = entries(self.one, np.array([one])), sorted(entries(self.several, np.array(several)))
        return Sum(
            tuple(sorted(rows)), max(days) - min(days) if days else 0, (*says[0], "=", *says[1])
        )


_MAY_BE_PART = (Number.EQUAL, Number.SPELLING, Number.UNKNOWN)


def _usable(named: Named, rows: IntArray, measures: IntArray) -> np.ndarray:
    known: np.ndarray = (measures != UNKNOWN).all(axis=1) & (named.family[rows] != NO_KEY)
    return known
