"""One entry against several: quantities that one list splits, slips that one list merges.

The parts must be the same goods, lie within the date window, and add up in quantity and amount.
An entry that differs under its own number is explained here too, if entries left over make up
the difference. What can be made up in two equally good ways is left to the clerk.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import NamedTuple, TypeVar

import numpy as np

from addin.domain.keys import NO_KEY, IntArray
from addin.domain.matching.alike import Number, near, number_compared
from addin.domain.matching.conclusions import OPEN, Conclusion, Draft, Note, Step
from addin.domain.matching.parts import Families, Named
from addin.domain.matching.remembered import Pairing, entries
from addin.domain.matching.sides import AMOUNT, DATE, QUANTITY, UNKNOWN, Both, Side

MOST_PARTS = 6
MOST_CANDIDATES = 16
"""Entries that parts are chosen from: some 15,000 choices of up to six."""

T = TypeVar("T")
Row = tuple[bool, int]  # is it theirs, and which


class Parts(NamedTuple):
    """Entries of which sums are made: their rows, and quantity and amount of each."""

    rows: IntArray
    measures: IntArray


class Wanted(NamedTuple):
    """Entries that are to be made up, and what is missing of each.

    ``begun`` are the parts that are there already, if these are pairs of equal number.
    """

    rows: IntArray
    measures: IntArray
    begun: IntArray | None = None

    @property
    def least(self) -> int:
        """As many parts at least are looked for; one alone would be a pair."""
        return 2 if self.begun is None else 1


@dataclass(frozen=True)
class Sum:
    """A way to make up one entry. ``says`` is its content: equal entries are interchangeable."""

    rows: tuple[Row, ...]
    spread: int  # days from the first of the entries to the last
    says: tuple[str, ...]  # the one entry first, then its parts

    @property
    def pairing(self) -> Pairing:
        one, parts = self.says[:1], self.says[1:]
        theirs_are_one = self.rows[0][0]
        return Pairing(parts, one) if theirs_are_one else Pairing(one, parts)


def propose(both: Both, draft: Draft, families: Families, no: AbstractSet[Pairing]) -> None:
    """Sums that are better than all others which need one of their entries."""
    if not (both.has_quantity or both.has_amount):
        return
    found = [*_Search(both, draft, families, theirs_are_one=True).sums()]
    found += _Search(both, draft, families, theirs_are_one=False).sums()
    found = [way for way in found if way.pairing not in no]
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
        ones, several = self._oriented(self.draft.open_ours, self.draft.open_theirs)
        parts = Parts(several, self._measures(self.several, several))
        for wanted in (Wanted(ones, self._measures(self.one, ones)), self._differences()):
            yield from self._made_up(wanted, parts)

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
        """What must add up, a column each: quantity and amount, where both lists tell them."""
        columns = [getattr(side, name)[rows] for name in self._reach]
        return np.stack(columns, axis=1)

    @cached_property
    def _reach(self) -> dict[str, int]:
        """How far a sum may be off."""
        reach = {"quantity": 0} if self.both.has_quantity else {}
        return reach | ({"amount": self.both.limits.tolerance} if self.both.has_amount else {})

    def _differences(self) -> Wanted:
        """Pairs of equal number whose goods and money both differ, and by how much."""
        i, j = self.draft.pairs(Conclusion.DIFFERS)
        needed = QUANTITY * self.both.has_quantity | AMOUNT * self.both.has_amount
        whole = (self.both.differing(i, j) & ~DATE) == needed
        one, begun = self._oriented(i[whole], j[whole])
        missing = self._measures(self.one, one) - self._measures(self.several, begun)
        return Wanted(one, missing, begun)

    def _made_up(self, wanted: Wanted, parts: Parts) -> Iterator[Sum]:
        numbers = self.one.texts("slip_no", wanted.rows)
        part_numbers = self.several.texts("slip_no", parts.rows)
        candidates: dict[int, list[int]] = defaultdict(list)
        for n, m in zip(*self._candidates(wanted, parts), strict=True):
            other = number_compared(numbers[n], part_numbers[m])
            if wanted.begun is not None or other in _MAY_BE_PART:
                candidates[n].append(m)
        for n, some in candidates.items():
            rows = parts.rows[some]
            if len(some) > MOST_CANDIDATES:
                self.draft.note(Note.TOO_MANY, *self._oriented(wanted.rows[[n]], rows))
                continue
            begun = [] if wanted.begun is None else [int(wanted.begun[n])]
            for choice in self._choices(wanted.measures[n], parts.measures[some], wanted.least):
                yield self._sum(int(wanted.rows[n]), [*rows[list(choice)].tolist(), *begun])

    def _candidates(self, wanted: Wanted, parts: Parts) -> tuple[list[int], list[int]]:
        """Places in ``wanted`` and ``parts``: the same goods near in time, none too large, and
        all together enough."""
        family, part_family = self._oriented(self.families.ours, self.families.theirs)
        m, n = _usable(family, *wanted[:2]), _usable(part_family, *parts)
        one, part = wanted.rows[m], parts.rows[n]
        at, to, crowded = near(
            family.family[one], self.one.day[one],
            part_family.family[part], self.several.day[part], self.both.limits.days,
        )  # fmt: skip
        self.draft.note(Note.TOO_MANY, *self._oriented(one[crowded[0]], part[crowded[1]]))
        at, to = m[at], n[to]
        reach = np.array([*self._reach.values()])
        more = -1 if wanted.begun is None else reach  # than is missing, for a part
        missing, there = wanted.measures[at], parts.measures[to]
        fits = (np.abs(there) - np.abs(missing) <= more) & (np.sign(there) == np.sign(missing))
        at, to = at[fits.all(axis=1)], to[fits.all(axis=1)]
        together = np.zeros_like(wanted.measures)
        np.add.at(together, at, parts.measures[to])
        short = np.abs(wanted.measures) - np.abs(together)
        enough = (short[at] <= reach).all(axis=1)
        return at[enough].tolist(), to[enough].tolist()

    def _choices(
        self, missing: IntArray, measures: IntArray, least: int
    ) -> Iterator[tuple[int, ...]]:
        """Every choice of parts that adds up."""
        values, total, reach = measures.tolist(), missing.tolist(), [*self._reach.values()]
        for size in range(least, MOST_PARTS + least - 1):
            for choice in combinations(range(len(values)), size):
                sums = map(sum, zip(*(values[c] for c in choice), strict=True))
                if all(abs(s - t) <= r for s, t, r in zip(sums, total, reach, strict=True)):
                    yield choice

    def _sum(self, one: int, several: list[int]) -> Sum:
        days = [int(self.one.day[one]), *self.several.day[several].tolist()]
        known = [day for day in days if day != UNKNOWN]
        return Sum(
            rows=((self.theirs_are_one, one), *((not self.theirs_are_one, n) for n in several)),
            spread=max(known) - min(known) if known else 0,
            says=(
                *entries(self.one, np.array([one])),
                *sorted(entries(self.several, np.array(several))),
            ),
        )


_MAY_BE_PART = (Number.EQUAL, Number.SPELLING, Number.UNKNOWN)


def _usable(named: Named, rows: IntArray, measures: IntArray) -> IntArray:
    """Places of rows whose part, quantity and amount are known."""
    return np.flatnonzero((measures != UNKNOWN).all(axis=1) & (named.family[rows] != NO_KEY))
