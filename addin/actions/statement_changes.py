"""变动清单: what a refresh of the deposit statement has changed, and the entries behind it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import xlwings as xw

from addin.actions.mark import blank_list
from addin.actions.statement_sheet import (
    COMPUTED,
    Figure,
    Figures,
    Place,
    Statement,
    code_cell,
    to_cell,
)
from addin.domain import values
from addin.hosts import read_grid
from addin.reports.deposit_statement import CHANGES, CHANGES_WIDTHS, TIME_FORMAT, Postings
from addin.reports.fill import literal
from addin.tables import locate, look
from addin.tables.fields import Field, Type

MOST_ENTRIES = 20  # in a cell


class Change(NamedTuple):
    """One figure of one agent that is another than before, and the entries that moved it."""

    agent_code: str
    column: str  # the header of the contract
    old: Figure
    new: Figure
    entry_nos: tuple[str, ...]


def changes_of(
    statement: Statement,
    cells: Mapping[Place, tuple[Field, Figure]],
    places: Mapping[str, int],
    wanted: Mapping[str, Figures],
    known: Postings,
) -> Iterator[Change]:
    """In the order of the rows. Of a new agent only what says something: 0.00 is no change."""
    code_at = {row: code for code, row in places.items()}
    for (row, _), (item, new) in sorted(cells.items(), key=lambda cell: cell[0]):
        code = code_at[row]
        there = code in statement.row_of
        if item.name not in COMPUTED or not (there or new):
            continue
        posted = "closing" if item.name in ("available", "difference") else item.name
        moved = _moved(statement, code, wanted[code], posted)
        old = statement.told(code, item.name)
        yield Change(code, item.header, old, new, known.behind(code, posted, moved))


def _moved(statement: Statement, code: str, wanted: Figures, name: str) -> int | None:
    """By how much this month's entries have moved a figure since the last refresh."""
    told, new = statement.told(code, name), wanted.get(name)
    if told is None and code not in statement.row_of:
        told = 0
    if not isinstance(told, int) or not isinstance(new, int):
        return None
    carried = 0
    if name == "closing" and "opening" in statement.columns:
        carried = _moved(statement, code, wanted, "opening") or 0
    return new - told - carried


def write_list(book: xw.Book, changes: Sequence[Change], at: dt.datetime) -> None:
    """Below what 变动清单 says already; made at the end of the book if it is missing."""
    if CHANGES.name in [sheet.name for sheet in book.sheets]:
        sheet = book.sheets[CHANGES.name]
    else:
        sheet = blank_list(book, CHANGES, CHANGES_WIDTHS)
    grid = read_grid(sheet)
    columns = locate.find(grid, CHANGES, workbook=book.name, sheet=sheet.name).columns
    filled = [i for i, line in enumerate(grid.rows) if not all(map(values.is_blank, line))]
    first = grid.first_row + filled[-1] + 1
    lines = [_line(change, at) for change in changes]
    for name, column in columns.items():
        cells = sheet.range((first, column), (first + len(lines) - 1, column))
        kind = CHANGES[name]
        cells.number_format = TIME_FORMAT if kind.type is Type.DATE else look.number_format(kind)
        cells.value = [[line[name]] for line in lines]


def _line(change: Change, at: dt.datetime) -> dict[str, Any]:
    numbers = change.entry_nos[:MOST_ENTRIES]
    more = f"等{len(change.entry_nos)}笔" if len(change.entry_nos) > len(numbers) else ""
    old, new = (to_cell(CHANGES["old"], figure) for figure in (change.old, change.new))
    return {
        "agent_code": code_cell(change.agent_code),
        "column": change.column,
        "old": old,
        "new": new,
        "entry_nos": literal("、".join(numbers) + more) or None,
        "refreshed_at": at,
    }
