"""What is said of each entry, and the draft in which the steps write it down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from addin.domain.keys import BoolArray, IntArray

if TYPE_CHECKING:
    from addin.domain.matching.sides import Both

OPEN = -1
NOTHING = np.empty(0, np.int64)
Codes = npt.NDArray[np.int8]


class Conclusion(Enum):
    """formulas.md, SETTLE_MATCH."""

    MATCHED = "已匹配"
    PROPOSED = "待确认"
    OURS_ONLY = "仅我方"
    THEIRS_ONLY = "仅对方"
    DIFFERS = "有差异"


class Step(Enum):
    """What a pair or a group was found by, the strongest first."""

    NONE = ""
    CONFIRMED = "曾确认"
    NUMBER = "编号相同"
    NUMBER_SUM = "编号相同,分笔合计"
    REPEATED = "编号重复"
    OTHER_PART = "编号相同,配件写法不同"
    SPELLING = "编号写法不同"
    DIGIT = "编号差一位"
    LIKE = "配件、数量与日期相符"
    NAME = "配件名称相近"
    SUM = "分笔合计"


class Note(Enum):
    """Why a line needs a second look, or why nothing was proposed."""

    NONE = ""
    NOT_ONLY_ONE = "候选不唯一"
    TOO_MANY = "候选过多"
    NO_AMOUNT = "金额缺少,无法比较"
    NO_QUANTITY = "数量缺少,无法比较"


CONCLUSIONS, STEPS, NOTES = list(Conclusion), list(Step), list(Note)
FIELDS = ("数量", "单价", "金额", "日期")
"""Compared fields; bit ``n`` of a mask is field ``n``."""
FIELD_TEXTS = tuple(
    "、".join(name for n, name in enumerate(FIELDS) if mask >> n & 1)
    for mask in range(1 << len(FIELDS))
)


@dataclass(frozen=True)
class Matches:
    """``ours`` and ``theirs`` say in which line each row stands.

    ``lines`` has ``conclusion``, ``step``, ``note`` and ``field`` in Chinese, and ``difference``:
    ours less theirs, in 分 if ``in_money``, else in pieces, where the lists share no amount. The
    differences of all lines add up to the difference of the lists.
    """

    ours: IntArray
    theirs: IntArray
    lines: pd.DataFrame
    in_money: bool

    def rows(self) -> list[tuple[list[int], list[int]]]:
        """The rows of each line, ours and theirs."""
        found: list[tuple[list[int], list[int]]] = [([], []) for _ in range(len(self.lines))]
        for side, lines in enumerate((self.ours, self.theirs)):
            for row, line in enumerate(lines.tolist()):
                found[line][side].append(row)
        return found


@dataclass
class _Lines:
    """Lines written together: one code each, or one for all."""

    count: int
    conclusion: Codes | int
    step: int
    note: Codes | int
    field: Codes | int


@dataclass
class Draft:
    """Lines written so far; a row whose line is ``OPEN`` is still looked for."""

    size_ours: int
    size_theirs: int
    ours: IntArray = field(init=False)
    theirs: IntArray = field(init=False)
    noted_ours: dict[int, Note] = field(default_factory=dict)
    noted_theirs: dict[int, Note] = field(default_factory=dict)
    _written: list[_Lines] = field(default_factory=list)
    _pairs: list[tuple[IntArray, IntArray, Codes]] = field(default_factory=list)
    _emptied: list[int] = field(default_factory=list)
    _count: int = 0

    def __post_init__(self) -> None:
        self.ours = np.full(self.size_ours, OPEN)
        self.theirs = np.full(self.size_theirs, OPEN)

    @property
    def open_ours(self) -> IntArray:
        return np.flatnonzero(self.ours == OPEN)

    @property
    def open_theirs(self) -> IntArray:
        return np.flatnonzero(self.theirs == OPEN)

    def unsettled(self) -> tuple[IntArray, IntArray]:
        """Open rows, and those that differ under their number."""
        i, j = self.pairs(Conclusion.DIFFERS)
        return np.union1d(self.open_ours, i), np.union1d(self.open_theirs, j)

    def pair(
        self,
        i: IntArray,
        j: IntArray,
        conclusion: Codes | Conclusion,
        step: Step,
        note: Codes | Note = Note.NONE,
        field: Codes | int = 0,
    ) -> None:
        """Our row ``i[n]`` and their row ``j[n]`` make a line each."""
        first = self._add(len(i), conclusion, step, note, field)
        self.ours[i] = self.theirs[j] = np.arange(first, first + len(i))

    def conclude(self, both: Both, i: IntArray, j: IntArray) -> None:
        """Pairs of equal number: matched, or what differs; without an amount only proposed."""
        differing = both.differing(i, j)
        unknown = ~both.compared(i, j)
        conclusion = np.full(len(i), code(Conclusion.MATCHED), np.int8)
        conclusion[unknown] = code(Conclusion.PROPOSED)
        conclusion[differing != 0] = code(Conclusion.DIFFERS)
        blank = Note.NO_AMOUNT if both.has_amount else Note.NO_QUANTITY
        note = where(unknown, blank, Note.NONE)
        self._pairs.append((i, j, conclusion))
        self.pair(i, j, conclusion, Step.NUMBER, note, differing)

    def group(
        self,
        i: IntArray | list[int],
        j: IntArray | list[int],
        conclusion: Conclusion,
        step: Step,
        field: int = 0,
    ) -> None:
        """These rows make one line together."""
        self.ours[i] = self.theirs[j] = self._add(1, conclusion, step, Note.NONE, field)

    def note(self, note: Note, i: IntArray, j: IntArray) -> None:
        """Why these rows, if they stay open, do."""
        for noted, rows in ((self.noted_ours, i), (self.noted_theirs, j)):
            for row in rows.tolist():
                noted.setdefault(row, note)

    def take_back(self, line: int) -> None:
        """The rows of this line are open again, and it will not be told."""
        for of in (self.ours, self.theirs):
            of[of == line] = OPEN
        self._emptied.append(line)

    def pairs(self, wanted: Conclusion) -> tuple[IntArray, IntArray]:
        """Rows that were concluded upon so, one to one, by their number."""
        chosen = [(i[said == code(wanted)], j[said == code(wanted)]) for i, j, said in self._pairs]
        i, j = zip(*chosen, strict=True) if chosen else ((), ())
        return np.concatenate([NOTHING, *i]), np.concatenate([NOTHING, *j])

    def finished(self, both: Both) -> Matches:
        for of, noted, only in (
            (self.ours, self.noted_ours, Conclusion.OURS_ONLY),
            (self.theirs, self.noted_theirs, Conclusion.THEIRS_ONLY),
        ):
            alone = np.flatnonzero(of == OPEN)
            notes = np.zeros(len(alone), np.int8)
            if noted:
                notes[:] = [NOTES.index(noted.get(row, Note.NONE)) for row in alone.tolist()]
            first = self._add(len(alone), only, Step.NONE, notes, 0)
            of[alone] = np.arange(first, first + len(alone))
        used = np.ones(self._count, bool)
        if self._emptied:
            used[self._emptied] = False
            number = np.cumsum(used) - 1
            self.ours, self.theirs = number[self.ours], number[self.theirs]
        lines = pd.DataFrame(
            {
                "conclusion": _categories(self._codes("conclusion")[used], _texts(CONCLUSIONS)),
                "step": _categories(self._codes("step")[used], _texts(STEPS)),
                "note": _categories(self._codes("note")[used], _texts(NOTES)),
                "field": _categories(self._codes("field")[used], FIELD_TEXTS),
                "difference": both.difference(self.ours, self.theirs, int(used.sum())),
            },
            copy=False,
        )
        return Matches(self.ours, self.theirs, lines, both.in_money)

    def _add(
        self,
        count: int,
        conclusion: Codes | Conclusion,
        step: Step,
        note: Codes | Note,
        field: Codes | int,
    ) -> int:
        first = self._count
        said = CONCLUSIONS.index(conclusion) if isinstance(conclusion, Conclusion) else conclusion
        noted = NOTES.index(note) if isinstance(note, Note) else note
        self._written.append(_Lines(count, said, STEPS.index(step), noted, field))
        self._count += count
        return first

    def _codes(self, name: str) -> Codes:
        codes = np.empty(self._count, np.int8)
        at = 0
        for lines in self._written:
            codes[at : at + lines.count] = getattr(lines, name)
            at += lines.count
        return codes


def _categories(codes: Codes, texts: Sequence[str]) -> Any:
    return pd.Categorical.from_codes(codes, pd.Index(texts))


def _texts(members: Sequence[Enum]) -> list[str]:
    return [member.value for member in members]


def code(conclusion: Conclusion) -> int:
    return CONCLUSIONS.index(conclusion)


def where(mask: BoolArray, yes: Note, no: Note) -> Codes:
    """A note for each row, as :meth:`Draft.pair` takes them."""
    return np.where(mask, np.int8(NOTES.index(yes)), np.int8(NOTES.index(no)))
