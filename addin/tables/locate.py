"""Finds the header row of a company's own sheet, and which column holds which field.

Headers are found, not prescribed (workbooks.md §1): anywhere in the first 30 rows, in one row or
two, by exact name, then by synonym. Nothing is guessed: two columns for one field, or none for a
required one, stop the reading with the candidates named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from addin.domain import values
from addin.errors import BadInput
from addin.hosts.grid import Cell, Grid
from addin.tables.fields import SheetSpec

HEADER_ROWS = 30
_UNIT_IN_BRACKETS = re.compile(r"\([^()]*\)$")
_NOT_PART_OF_A_NAME = re.compile(r"[\s*:]")


@dataclass(frozen=True)
class Layout:
    """Where the data of a sheet begins, and the column of each field (1-based, Excel's)."""

    header_row: int
    first_data_row: int
    columns: dict[str, int]
    headers: dict[str, str]

    def described(self, spec: SheetSpec) -> str:
        """The mapping of ``spec``'s fields as a clerk reads it: ``网点编码←B列“服务商编码”``."""
        return "、".join(
            f"{spec[name].header}←{column_letter(column)}列“{self.headers[name]}”"
            for name, column in sorted(self.columns.items(), key=lambda item: item[1])
            if name in spec
        )


@dataclass(frozen=True)
class Confirmed:
    """A line of 字段映射: what the clerk has decided about one field of one sheet."""

    header: str  # of the field
    shown: str | None = None  # the header text on the sheet
    column: str | None = None  # or its letter


def plain_header(cell: Cell) -> str:
    """A header without what people decorate it with (§1.1): spaces, ``*``, ``:``, ``(元)``."""
    return _undecorated(values.text(values.shown(cell)))


def _undecorated(words: str) -> str:
    return _UNIT_IN_BRACKETS.sub("", _NOT_PART_OF_A_NAME.sub("", words))


def find(
    grid: Grid, spec: SheetSpec, *, workbook: str, sheet: str, confirmed: Iterable[Confirmed] = ()
) -> Layout:
    """The layout of ``spec`` on this sheet; :class:`BadInput` where a person must decide."""
    best = _best(grid, spec)
    if best is None:
        raise BadInput(
            f"前{HEADER_ROWS}行中找不到{spec.name}的表头",
            f"请确认表头含有“{'、'.join(f.header for f in spec.fields if f.required)}”等列",
            workbook=workbook,
            sheet=sheet,
        )
    columns = best.assign(spec, tuple(confirmed), workbook, sheet)
    return Layout(
        header_row=best.top,
        first_data_row=best.bottom + 1,
        columns=columns,
        headers={name: best.shown(column) for name, column in columns.items()},
    )


def recognised(grid: Grid, spec: SheetSpec) -> bool:
    """Some header row of the sheet names two fields of ``spec`` or more, required or not."""
    return _best(grid, spec) is not None


def fits(grid: Grid, spec: SheetSpec) -> bool:
    """Some header row of the sheet names every required field of ``spec``."""
    required = {field.name for field in spec.fields if field.required}
    return any(required <= candidate.fields(spec).keys() for candidate in _header_candidates(grid))


def _best(grid: Grid, spec: SheetSpec) -> _Candidate | None:
    candidates = _header_candidates(grid)
    best = max(candidates, key=lambda c: c.score(spec), default=None)
    return best if best is not None and best.score(spec) >= 2 else None


@dataclass(frozen=True)
class _Candidate:
    """One row, or two rows read as one, that might be the header."""

    top: int
    bottom: int
    first_column: int
    names: Sequence[tuple[str, ...]]  # of each column, the most specific reading first
    shown_names: Sequence[str]

    @cached_property
    def _columns_named(self) -> tuple[dict[str, list[int]], ...]:
        """Columns by header text: as read first (a joined two-row header), and as read second."""
        by_name: tuple[dict[str, list[int]], ...] = ({}, {})
        for i, names in enumerate(self.names):
            for named, name in zip(by_name, names, strict=False):
                named.setdefault(name, []).append(self.first_column + i)
        return by_name

    def fields(self, spec: SheetSpec) -> dict[str, list[int]]:
        """Columns of each field: those under its own name, else those under a synonym."""
        found: dict[str, list[int]] = {}
        for field in spec.fields:
            for named in self._columns_named:
                columns = named.get(field.header) or [
                    column for synonym in field.synonyms for column in named.get(synonym, ())
                ]
                if columns:
                    found[field.name] = sorted(columns)
                    break
        return found

    def score(self, spec: SheetSpec) -> int:
        if spec.names.isdisjoint(chain.from_iterable(self.names)):
            return 0
        found = self.fields(spec)
        return len({columns[0] for columns in found.values()})

    def has(self, column: int) -> bool:
        return 0 <= column - self.first_column < len(self.shown_names)

    def shown(self, column: int) -> str:
        return self.shown_names[column - self.first_column]

    def assign(
        self, spec: SheetSpec, confirmed: tuple[Confirmed, ...], workbook: str, sheet: str
    ) -> dict[str, int]:
        decided = self._decided(spec, confirmed, workbook, sheet)
        found = self.fields(spec)
        columns: dict[str, int] = {}
        for field in spec.fields:
            if field.name in decided:
                columns[field.name] = decided[field.name]
                continue
            options = [c for c in found.get(field.name, ()) if c not in decided.values()]
            if len(options) > 1:
                raise BadInput(
                    f"字段“{field.header}”有{len(options)}列可选:{self._listed(options)}",
                    f"请在基础资料的“字段映射”表写明用哪一列,或加 --map {field.header}="
                    f"{column_letter(options[0])}",
                    workbook=workbook,
                    sheet=sheet,
                    row=self.top,
                )
            if options:
                columns[field.name] = options[0]
            elif field.required:
                used = {c for cs in found.values() for c in cs}
                spare = [
                    self.first_column + i
                    for i, shown in enumerate(self.shown_names)
                    if shown and self.first_column + i not in used
                ]
                raise BadInput(
                    f"缺少必需的列“{field.header}”"
                    + (f",未认出的列有:{self._listed(spare)}" if spare else ""),
                    f"请改正表头,或在基础资料的“字段映射”表写明,或加 --map {field.header}=列号",
                    workbook=workbook,
                    sheet=sheet,
                    row=self.top,
                )
        return _one_field_each(columns, spec)

    def _decided(
        self, spec: SheetSpec, confirmed: tuple[Confirmed, ...], workbook: str, sheet: str
    ) -> dict[str, int]:
        by_header = {field.header: field.name for field in spec.fields}
        decided: dict[str, int] = {}
        for line in confirmed:
            if line.header not in by_header:
                continue
            wanted = plain_header(line.shown or "")
            under = [
                self.first_column + i
                for i, names in enumerate(self.names)
                if wanted and (wanted in names or wanted == plain_header(self.shown_names[i]))
            ]
            column = column_number(line.column) if line.column else None
            if column is not None and not self.has(column):
                raise BadInput(
                    f"“{line.header}”指定的{column_letter(column)}列不在表内",
                    "请改正“字段映射”表的“列”或 --map 的列号",
                    workbook=workbook,
                    sheet=sheet,
                )
            if column is None and len(under) != 1:
                raise BadInput(
                    f"字段映射指定的表头“{line.shown}”在本表有{len(under)}列",
                    "请在“字段映射”表的“列”写明列号",
                    workbook=workbook,
                    sheet=sheet,
                    row=self.top,
                )
            decided[by_header[line.header]] = column if column is not None else under[0]
        return decided

    def _listed(self, columns: Iterable[int]) -> str:
        return "、".join(f"{column_letter(c)}列“{self.shown(c)}”" for c in columns)


def _one_field_each(columns: dict[str, int], spec: SheetSpec) -> dict[str, int]:
    """A column serves one field: the one whose own name it bears, else the first."""
    owner: dict[int, str] = {}
    for name, column in columns.items():
        if column not in owner or (spec[name].required and not spec[owner[column]].required):
            owner[column] = name
    return {name: column for name, column in columns.items() if owner[column] == name}


class _Line(NamedTuple):
    """The cells of a row as they are shown, and as the headers that they might be."""

    shown: list[str]
    plain: list[str]


def _line(row: Sequence[Cell]) -> _Line:
    shown = [values.text(values.shown(cell)) for cell in row]
    return _Line(shown, [_undecorated(words) for words in shown])


def _header_candidates(grid: Grid) -> list[_Candidate]:
    rows = grid.rows[: max(0, HEADER_ROWS + 1 - grid.first_row)]
    lines = [_line(row) for row in rows]
    candidates = []
    for i, (spread, line) in enumerate(zip(_spread_merges(rows, grid), lines, strict=True)):
        if sum(map(bool, line.plain)) < 2:
            continue
        number = grid.first_row + i
        one = [(name,) for name in line.plain]
        candidates.append(_Candidate(number, number, grid.first_column, one, line.shown))
        if i + 1 < len(lines):
            upper = line if spread == rows[i] else _line(spread)
            lower = lines[i + 1]
            two = [
                (u + low, low) if low else (u,)
                for u, low in zip(upper.plain, lower.plain, strict=False)
            ]
            shown = [
                f"{u}{low}" if low else alone
                for u, alone, low in zip(upper.plain, upper.shown, lower.shown, strict=False)
            ]
            candidates.append(_Candidate(number, number + 1, grid.first_column, two, shown))
    return candidates


def _spread_merges(rows: list[list[Cell]], grid: Grid) -> list[list[Cell]]:
    """A copy in which a cell merged to the right counts for every column that it covers."""
    spread = [list(row) for row in rows]
    for area in grid.merged:
        i, j = area.top - grid.first_row, area.left - grid.first_column
        if 0 <= i < len(spread) and area.right > area.left and j < len(spread[i]):
            width = min(area.right - grid.first_column + 1, len(spread[i]))
            spread[i][j:width] = [spread[i][j]] * (width - j)
    return spread


def column_letter(column: int) -> str:
    """3 → ``C``."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int | None:
    """``C`` (or ``c``, or ``3``) → 3."""
    letters = values.text(letters).upper()
    if letters.isdecimal():
        return int(letters)
    if not re.fullmatch("[A-Z]{1,3}", letters):
        return None
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
