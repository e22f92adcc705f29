"""Reads a sheet into typed columns, and keeps what each cell said and why it could not be read."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cache, partial
from itertools import count
from typing import Any

import numpy as np
import pandas as pd

from addin.domain import values
from addin.domain.values import Unread
from addin.hosts.grid import Cell, CellError, Grid
from addin.tables import locate
from addin.tables.fields import Field, SheetSpec, Type

BLANK_ROWS_THAT_END_DATA = 200
_NO_DATA = re.compile(
    r"(本页|本月|本日)?(合计|小计|总计|累计)(\(.*\)|:.*)?"
    r"|(制表|审核|签字|批准|复核)(人|者)?((:| ).*)?"
)


class State(IntEnum):
    """What became of a cell. Only ``OK`` cells have a value."""

    OK = 0
    BLANK = 1
    UNREADABLE = 2
    TRUNCATED = 3
    UNCALCULATED = 4


@dataclass(frozen=True)
class Notice:
    """Something the clerk should know and that holds nothing: shown, and kept in 处理日志."""

    text: str
    workbook: str = ""
    sheet: str = ""
    row: int | None = None
    code: str = ""

    def __str__(self) -> str:
        row = f"第{self.row}行" if self.row else ""
        place = "".join(
            (
                f"《{self.workbook}》" if self.workbook else "",
                f"{self.sheet}" if self.sheet else "",
                row,
            )
        )
        return f"{place}:{self.text}" if place else self.text


@dataclass(frozen=True)
class Raw:
    """The cells of a column as they stood: distinct cells and, per row, which one."""

    distinct: list[Cell]
    codes: np.ndarray

    def shown(self, i: int) -> str:
        return values.shown(self.distinct[self.codes[i]])

    def is_blank(self) -> np.ndarray:
        return np.array([values.is_blank(cell) for cell in self.distinct], bool)[self.codes]


@dataclass
class Table:
    """The data rows of one sheet. ``frame``, ``state``, ``raw`` and ``rows`` run in parallel."""

    spec: SheetSpec
    workbook: str
    sheet: str
    layout: locate.Layout
    rows: np.ndarray  # Excel row numbers
    frame: pd.DataFrame
    state: dict[str, np.ndarray]
    raw: dict[str, Raw]
    last_column: int
    hidden: int = 0
    notices: list[Notice] = field(default_factory=list)

    def cell(self, name: str, i: int) -> str:
        """Address of a field's cell in data row ``i``, ``B7``."""
        return f"{locate.column_letter(self.layout.columns[name])}{self.rows[i]}"


def read(
    grid: Grid,
    spec: SheetSpec,
    *,
    workbook: str,
    sheet: str,
    confirmed: Iterable[locate.Confirmed] = (),
) -> Table:
    """The data rows under the header of ``spec``; BadInput as :func:`locate.find` has it."""
    layout = locate.find(grid, spec, workbook=workbook, sheet=sheet, confirmed=confirmed)
    notices = _spread_merges(grid, layout, workbook, sheet)
    _show_padded_zeros(grid, layout, spec)
    positions, ends = _data_positions(grid, layout)
    if (beyond := _first_after(grid, ends)) is not None:
        words = f"第{beyond}行起的内容在{BLANK_ROWS_THAT_END_DATA}行空行之后,没有读"
        notices.append(Notice(words, workbook, sheet))
    rows = np.array([grid.first_row + i for i in positions], dtype=np.int64)
    columns = list(zip(*(grid.rows[i] for i in positions), strict=True))

    frame: dict[str, Any] = {}
    state: dict[str, np.ndarray] = {}
    raw: dict[str, Raw] = {}
    uncalculated = _rows_by_column(grid.uncalculated)
    for spec_field in spec.fields:
        column = layout.columns.get(spec_field.name)
        at = None if column is None else column - grid.first_column
        cells = columns[at] if at is not None and 0 <= at < len(columns) else None
        if cells is None:
            raw[spec_field.name] = Raw([None], np.zeros(len(rows), np.int32))
        else:
            raw[spec_field.name] = _distinct(cells)
        typed, states = coerce(raw[spec_field.name], spec_field, date1904=grid.date1904)
        if column in uncalculated:
            waiting = np.isin(rows, list(uncalculated[column]))
            states = np.where(waiting, State.UNCALCULATED, states).astype(np.uint8)
            typed = pd.Series(typed).mask(waiting).array
        frame[spec_field.name], state[spec_field.name] = typed, states
    return Table(
        spec=spec,
        workbook=workbook,
        sheet=sheet,
        layout=layout,
        rows=rows,
        frame=pd.DataFrame(frame, copy=False),
        state=state,
        raw=raw,
        last_column=grid.first_column + max((len(r) for r in grid.rows[:1]), default=1) - 1,
        hidden=len(grid.hidden_rows.intersection(rows.tolist())),
        notices=notices,
    )


# --- rows -----------------------------------------------------------------------------------


def _first_after(grid: Grid, ends: int) -> int | None:
    """Number of the first row with content from position ``ends`` on."""
    rest = range(ends, len(grid.rows))
    filled = (i for i in rest if any(c is not None and not _spaces(c) for c in grid.rows[i]))
    found = next(filled, None)
    return None if found is None else grid.first_row + found


def _data_positions(grid: Grid, layout: locate.Layout) -> tuple[list[int], int]:
    """Positions in ``grid.rows`` of the rows that hold a slip or a record (§1.2), and where they
    end: after 200 blank rows, or with the sheet."""
    own_header = layout.headers
    columns = {n: c - grid.first_column for n, c in layout.columns.items()}
    key = next(iter(columns))
    key_at, key_header = columns[key], locate.plain_header(own_header[key])
    says_no_data = cache(lambda words: _NO_DATA.fullmatch(values.text(words)) is not None)
    is_key_header = cache(lambda words: locate.plain_header(words) == key_header)
    positions: list[int] = []
    blank_run = 0
    for i in range(layout.first_data_row - grid.first_row, len(grid.rows)):
        row = grid.rows[i]
        first = next((c for c in row if c != "" and c is not None and not _spaces(c)), None)
        if first is None:
            blank_run += 1
            if blank_run >= BLANK_ROWS_THAT_END_DATA:
                return positions, i
            continue
        blank_run = 0
        if isinstance(first, str) and says_no_data(first):
            continue
        cell = row[key_at]
        if isinstance(cell, str) and key_header and is_key_header(cell):
            continue  # the header again, at the top of a printed page
        positions.append(i)
    return positions, len(grid.rows)


def _spaces(cell: Cell) -> bool:
    return isinstance(cell, str) and not isinstance(cell, CellError) and not values.text(cell)


def _spread_merges(grid: Grid, layout: locate.Layout, workbook: str, sheet: str) -> list[Notice]:
    """A cell merged downwards counts for every row that it covers (§1.8)."""
    used = set(layout.columns.values())
    spread = 0
    for area in grid.merged:
        if area.top < layout.first_data_row or area.bottom == area.top or area.left not in used:
            continue
        at = area.left - grid.first_column
        top = area.top - grid.first_row
        for row in grid.rows[top + 1 : area.bottom - grid.first_row + 1]:
            row[at] = grid.rows[top][at]
        spread += 1
    if not spread:
        return []
    text = f"有{spread}处纵向合并的单元格,其内容按所覆盖的每一行计"
    return [Notice(text, workbook, sheet)]


def _show_padded_zeros(grid: Grid, layout: locate.Layout, spec: SheetSpec) -> None:
    """A number under a format of zeros only is the code that the clerk sees, ``00103``."""
    coded = {
        column
        for name, column in layout.columns.items()
        if spec[name].type in (Type.CODE, Type.BARCODES, Type.TEXT)
    }
    for (row, column), width in grid.zero_padded.items():
        i, j = row - grid.first_row, column - grid.first_column
        if column in coded and isinstance(grid.rows[i][j], float):
            grid.rows[i][j] = f"{int(grid.rows[i][j]):0{width}d}"  # type: ignore[arg-type]


def _rows_by_column(cells: Iterable[tuple[int, int]]) -> dict[int | None, set[int]]:
    by_column: dict[int | None, set[int]] = {}
    for row, column in cells:
        by_column.setdefault(column, set()).add(row)
    return by_column


# --- columns --------------------------------------------------------------------------------


def _distinct(cells: Sequence[Cell]) -> Raw:
    """Distinct cells in their order, and codes."""
    index, codes = _numbered(cells, len(cells))
    if any(cell in index for cell in _TAKEN_FOR_ANOTHER):
        index, codes = _numbered(zip(map(type, cells), cells, strict=True), len(cells))
        return Raw([cell for _, cell in index], codes)
    return Raw(list(index), codes)


_TAKEN_FOR_ANOTHER = (True, False, *CellError)
"""To Python these equal ``1.0``, ``0.0`` and the text of the error, to a clerk they do not."""


def _numbered(keys: Iterable[Any], size: int) -> tuple[dict[Any, int], np.ndarray]:
    """The distinct keys with their codes, and the code of each key."""
    index: dict[Any, int] = defaultdict(count().__next__)
    return index, np.fromiter(map(index.__getitem__, keys), np.int32, size)


def coerce(raw: Raw, spec_field: Field, *, date1904: bool = False) -> tuple[Any, np.ndarray]:
    """The typed column and the :class:`State` of each cell; each distinct cell is read once."""
    known = list(map(_reader(spec_field, date1904), raw.distinct))
    states = np.full(len(known), State.OK, np.uint8)
    empty = () if spec_field.type in (Type.BARCODES, Type.PHONE) else None
    for i, value in enumerate(known):
        if value is None:
            states[i] = State.BLANK
            known[i] = empty if spec_field.blank_means is None else spec_field.blank_means
        elif type(value) is Unread:
            states[i] = State.TRUNCATED if value is values.TRUNCATED else State.UNREADABLE
            known[i] = empty
    return _column(known, spec_field.type, raw.codes), states[raw.codes]


def _reader(spec_field: Field, date1904: bool) -> Callable[[Cell], Any]:
    match spec_field.type:
        case Type.DATE:
            return partial(values.read_date, date1904=date1904)
        case Type.MONTH:
            return partial(values.read_month, date1904=date1904)
        case Type.ENUM:
            assert spec_field.choices is not None
            choices = spec_field.choices
            return partial(values.read_choice, values=choices.values, synonyms=choices.synonyms)
        case other:
            return _READERS[other]


_READERS: dict[Type, Callable[[Cell], Any]] = {
    Type.TEXT: values.read_text,
    Type.CODE: values.read_code,
    Type.BARCODES: values.read_codes,
    Type.MONEY: values.read_money,
    Type.INT: values.read_int,
    Type.DEC: values.read_dec,
    Type.KM: values.read_km,
    Type.BOOL: values.read_bool,
    Type.PHONE: values.read_phones,
}


def _column(known: list[Any], kind: Type, codes: np.ndarray) -> Any:
    """One typed array: the distinct values, repeated by ``codes``."""
    if kind in (Type.MONEY, Type.INT, Type.KM):
        numbers = np.array([0 if v is None else v for v in known], np.int64)
        missing = np.array([v is None for v in known], bool)
        return pd.arrays.IntegerArray(numbers[codes], missing[codes])
    if kind is Type.BOOL:
        flags = np.array([bool(v) for v in known], bool)
        missing = np.array([v is None for v in known], bool)
        return pd.arrays.BooleanArray(flags[codes], missing[codes])
    if kind in (Type.DATE, Type.MONTH):
        days = np.array([np.datetime64("NaT") if v is None else v for v in known], "datetime64[s]")
        return pd.array(days[codes])
    return np.fromiter(known, object, len(known))[codes]
