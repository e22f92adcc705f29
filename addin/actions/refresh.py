"""《押金对帐单》 refreshed in place: in the clerk's own layout, no more written than has changed.

Agents keep their order, and whatever the clerk has typed, coloured or calculated stays. Of the
columns that the accounts compute, a cell is written where its value differs; agents that are new
get rows below the last one, and no row goes.
"""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import xlwings as xw

from addin.actions.ledgers import STATEMENT_NAMES
from addin.actions.mark import blank_list
from addin.actions.staging import Staging, backup_of, not_written
from addin.domain import rmb, values
from addin.errors import BadInput
from addin.hosts import calculated, files, forget_results, intake, read_grid, seals
from addin.hosts.grid import Grid
from addin.hosts.recording import blocks
from addin.reports.deposit_statement import (
    BALANCES,
    CHANGES,
    CHANGES_WIDTHS,
    JUDGED,
    TIME_FORMAT,
    Postings,
    postings,
)
from addin.reports.fill import grow, is_formula, literal
from addin.reports.layout import WORDS_NAME
from addin.tables import locate, look
from addin.tables.fields import Field, Type
from addin.tables.ledgers import DEPOSIT_STATEMENT as SPEC
from addin.tables.read import State, Table, read

NAMED = ("agent_name", "province")
"""Written where they are blank: how the clerk calls an agent is the clerk's."""

COMPUTED = (*NAMED, *BALANCES, "difference", *JUDGED)
MONEY = (*BALANCES, "difference")
MOST_ENTRIES = 20  # in a cell of 变动清单

Figure = int | str | None
"""An amount in 分, a text, or nothing."""
Confirmed = Callable[[str, str], Sequence[locate.Confirmed]]
Place = tuple[int, int]


class Change(NamedTuple):
    """One figure of one agent that is another than before, and the entries that moved it."""

    agent_code: str
    column: str  # the header of the contract
    old: Figure
    new: Figure
    entry_nos: tuple[str, ...]


class Overruled(NamedTuple):
    """A formula of the clerk's, or a typed total, that says something else than the accounts."""

    agent_code: str  # "" for a total
    column: str
    cell: str
    shown: Figure
    expected: Figure


class Gone(NamedTuple):
    """An agent of the sheet that the accounts do not know any more. Its row stays."""

    agent_code: str
    row: int
    closing: int | None


@dataclass
class Refreshed:
    """What a refresh has done. ``totals`` are before and after, by header, over all agents."""

    sheet: str
    changes: list[Change] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    gone: list[Gone] = field(default_factory=list)
    overruled: list[Overruled] = field(default_factory=list)
    nameless: list[str] = field(default_factory=list)  # cells of rows with a balance and no code
    unknown: int = 0  # amounts that nobody can tell: their cells are blank
    totals: dict[str, tuple[int, int]] = field(default_factory=dict)
    written: int = 0  # cells of the statement

    def __bool__(self) -> bool:
        return bool(self.written)


def refresh(
    book: xw.Book,
    agents: pd.DataFrame,
    deposits: pd.DataFrame,
    movements: pd.DataFrame | None = None,
    *,
    at: dt.datetime,
    front: str = "",
    confirmed: Confirmed = lambda workbook, sheet: (),
    zheng_after_jiao: bool = False,
) -> Refreshed:
    """``agents`` has a row per agent, ``deposits`` and ``movements`` are the month's ledgers as
    posted. ``front`` is the sheet that is meant where there are several; ``at`` is 刷新时间."""
    statement = _Statement(book, *_found(book, front, confirmed))
    wanted = _wanted(statement, agents)
    new = [code for code in wanted if code not in statement.row_of]
    result = Refreshed(statement.sheet.name, added=new, gone=list(statement.gone(wanted)))
    result.nameless = list(statement.nameless())
    result.unknown = sum(
        figures.get(name) is None for figures in wanted.values() for name in BALANCES
    )
    last = statement.last_row
    places = {**statement.row_of, **statement.insert(new)}
    cells = dict(statement.differing(wanted, places))
    statement.write(cells)
    if new:
        statement.widen(last)
    result.changes = list(_changes(statement, cells, places, wanted, postings(deposits, movements)))
    result.totals = statement.totals(wanted)
    result.written = len(cells) + statement.put_words(
        result.totals[SPEC["closing"].header][1], zheng_after_jiao
    )
    result.overruled = [
        *statement.overruled(wanted, {row for row, _ in cells}),
        *statement.typed_totals(result.totals),
    ]
    statement.outdate(cells)
    if result.changes:
        _list(book, result.changes, at)
    return result


def refresh_file(
    path: Path,
    staging: Staging,
    agents: pd.DataFrame,
    deposits: pd.DataFrame,
    movements: pd.DataFrame | None = None,
    *,
    allow_macros: bool = False,
    **how: Any,
) -> Refreshed:
    """The same for a file; what it was goes to 备份. Nothing is staged where nothing changes."""
    intake.inspect(path, allow_macros=allow_macros)
    book = files.open_book(path)
    try:
        if seals(book).signed:
            raise BadInput(
                "带有数字签名,刷新会使签名失效", "请先在 Excel 中删除签名", workbook=path.name
            )
        result = refresh(book, agents, deposits, movements, **how)
        if result:
            backup = backup_of(path, "刷新前")
            try:
                shutil.copy2(path, staging.place(backup))
            except OSError as wrong:
                raise not_written(wrong, backup.name) from wrong
            book.save(staging.place(path))
    finally:
        book.close()
    return result


# --- where ------------------------------------------------------------------------------------


def _found(book: xw.Book, front: str, confirmed: Confirmed) -> tuple[xw.Sheet, Grid, Table]:
    """The statement by name, by contained name, then by headers (workbooks.md §1.4)."""
    sheets = list(book.sheets)
    named = [s for s in sheets if any(part in values.text(s.name) for part in STATEMENT_NAMES)]
    grids = [(sheet, read_grid(sheet)) for sheet in named or sheets]
    fitting = [(sheet, grid) for sheet, grid in grids if locate.fits(grid, SPEC)]
    found = fitting or (grids if named else [])
    if len(found) > 1:
        found = [pair for pair in found if pair[0].name == front] or found
    if not found:
        raise BadInput("没有押金对帐单", "请打开有押金对帐单的工作簿,或先生成", workbook=book.name)
    if len(found) > 1:
        raise BadInput(
            f"有{len(found)}张押金对帐单:{'、'.join(sheet.name for sheet, _ in found)}",
            "请先选中要刷新的那一张",
            workbook=book.name,
        )
    sheet, grid = found[0]
    decided = confirmed(book.name, sheet.name)
    table = read(grid, SPEC, workbook=book.name, sheet=sheet.name, confirmed=decided)
    return sheet, grid, table


def _wanted(statement: _Statement, agents: pd.DataFrame) -> dict[str, dict[str, Figure]]:
    """The figures of each agent by name of the field, in the order of ``agents``; 差额 answers to
    the 代理商余额 that the clerk has typed."""
    names = [name for name in COMPUTED if name in agents]
    columns = [[_figure(value) for value in agents[name]] for name in names]
    wanted: dict[str, dict[str, Figure]] = {}
    for code, *figures in zip(agents["agent_code"], *columns, strict=True):
        wanted[code] = dict(zip(names, figures, strict=True))
        theirs, ours = statement.told(code, "agent_balance"), wanted[code]["closing"]
        known = isinstance(theirs, int) and isinstance(ours, int)
        wanted[code]["difference"] = theirs - ours if known else None  # type: ignore[operator]
    return wanted


def _figure(value: Any) -> Figure:
    if value is None or value is pd.NA or value != value or value == "":
        return None
    return value if isinstance(value, str) else int(value)


class _Statement:
    """The clerk's sheet: which agent stands where, and which cells are whose."""

    def __init__(self, book: xw.Book, sheet: xw.Sheet, grid: Grid, table: Table) -> None:
        self.book, self.sheet, self.grid, self.table = book, sheet, grid, table
        self.columns = {n: c for n, c in table.layout.columns.items() if n in COMPUTED}
        self.index_of = self._agents()
        self.row_of = {code: int(table.rows[i]) for code, i in self.index_of.items()}
        self.first_row = table.layout.first_data_row
        self.last_row = max(self.row_of.values(), default=self.first_row)
        self.formulas = self._formulas(self.first_row, self.last_row)
        self.calculated = calculated(book)

    def _agents(self) -> dict[str, int]:
        codes, states = self.table.frame["agent_code"], self.table.state["agent_code"]
        found: dict[str, int] = {}
        for i, (code, state) in enumerate(zip(codes, states, strict=True)):
            if state == State.BLANK:
                continue
            if state != State.OK:
                raise self._bad(
                    f"代理商编码“{self.table.raw['agent_code'].shown(i)}”读不出", "请改正", i
                )
            if code in found:
                before = self.table.cell("agent_code", found[code])
                raise self._bad(f"代理商{code}重复,{before}已有一行", "请合并成一行后再刷新", i)
            found[code] = i
        return found

    def _bad(self, problem: str, remedy: str, i: int) -> BadInput:
        return BadInput(
            problem, remedy, workbook=self.table.workbook, sheet=self.table.sheet,
            cell=self.table.cell("agent_code", i),
        )  # fmt: skip

    def _formulas(self, top: int, bottom: int) -> dict[Place, str]:
        area = self.sheet.range((top, 1), (bottom, max(self.table.last_column, 2)))
        return {
            (row, column): text
            for row, line in enumerate(area.formula, start=top)
            for column, text in enumerate(line, start=1)
            if is_formula(text)
        }

    # what it says

    def told(self, code: str, name: str) -> Figure:
        """What the sheet says of an agent, before anything is written."""
        i = self.index_of.get(code)
        if i is None or self.table.state[name][i] in (State.BLANK, State.UNCALCULATED):
            return None
        if self.table.state[name][i] == State.OK and SPEC[name].type is Type.MONEY:
            return int(self.table.frame[name].array[i])
        return self.table.raw[name].shown(i)

    def gone(self, wanted: Mapping[str, Any]) -> Iterator[Gone]:
        for code, row in self.row_of.items():
            if code not in wanted:
                closing = self.told(code, "closing")
                yield Gone(code, row, closing if isinstance(closing, int) else None)

    def nameless(self) -> Iterator[str]:
        blank = self.table.state["agent_code"] == State.BLANK
        balance = self.table.state["closing"] == State.OK
        below = self.table.rows > self.last_row
        for i in np.flatnonzero(blank & balance & ~below):
            yield self.table.cell("agent_code", int(i))

    def totals(self, wanted: Mapping[str, Mapping[str, Figure]]) -> dict[str, tuple[int, int]]:
        """Before and after, of the columns of money that the sheet has."""
        totals = {}
        for name, column in self.columns.items():
            if name in MONEY:
                before = [
                    wanted.get(code, {}).get(name)
                    if (row, column) in self.formulas and self.told(code, name) is None
                    else self.told(code, name)
                    for code, row in self.row_of.items()
                ]
                kept = [self.told(code, name) for code in self.row_of if code not in wanted]
                after = [*(figures.get(name) for figures in wanted.values()), *kept]
                totals[SPEC[name].header] = _sum(before), _sum(after)
        return totals

    # what is written

    def insert(self, new: Sequence[str]) -> dict[str, int]:
        """Rows for new agents below the last one; they look and calculate like the row above."""
        if not new:
            return {}
        model_row = self.last_row
        top = model_row + 1 if self.row_of else self._blank_row()
        bottom = top + len(new) - 1
        model = self.sheet.range((model_row, 1), (model_row, self.table.last_column))
        grow(model, bottom - model_row + 1)
        if bottom > model_row:
            for column in range(1, self.table.last_column + 1):
                self._forget(model_row, column, bottom)
        self.last_row = bottom
        self.formulas = self._formulas(self.first_row, bottom)
        return {code: top + i for i, code in enumerate(new)}

    def _forget(self, model_row: int, column: int, bottom: int) -> None:
        """What a copied row says of the agent above it: all but its formulas."""
        if (model_row, column) not in self.formulas:
            self.sheet.range((model_row + 1, column), (bottom, column)).value = None
        if self.sheet.range((model_row, column)).note is not None:
            for row in range(model_row + 1, bottom + 1):
                note = self.sheet.range((row, column)).note
                if note is not None:
                    note.delete()

    def _blank_row(self) -> int:
        """Of a form without agents, the row under the header."""
        if self._says_something(self.first_row):
            raise BadInput(
                "表里还没有代理商,表头下也没有空行",
                "请在表头下留一行空行",
                workbook=self.table.workbook,
                sheet=self.table.sheet,
                row=self.first_row,
            )
        return self.first_row

    def _says_something(self, row: int) -> bool:
        at = row - self.grid.first_row
        line = self.grid.rows[at] if 0 <= at < len(self.grid.rows) else []
        return any(not values.is_blank(cell) for cell in line)

    def differing(
        self, wanted: Mapping[str, Mapping[str, Figure]], places: Mapping[str, int]
    ) -> Iterator[tuple[Place, tuple[Field, Figure]]]:
        """Cells of computed columns that say something else, unless they calculate it."""
        numbers = self._next_numbers()
        for code, row in places.items():
            if code not in wanted:
                continue
            figures = dict(wanted[code])
            if code not in self.row_of:
                figures |= {"agent_code": code, "sequence": next(numbers)}
            for name, figure in figures.items():
                column = self.table.layout.columns.get(name)
                if column is None or (row, column) in self.formulas:
                    continue
                told = self.told(code, name)
                if not _same(told, figure) and not (name in NAMED and told is not None):
                    yield (row, column), (SPEC[name], figure)

    def _next_numbers(self) -> Iterator[int]:
        known = self.table.frame["sequence"].dropna()
        return count(int(known.max()) + 1 if len(known) else 1)

    def write(self, cells: Mapping[Place, tuple[Field, Figure]]) -> None:
        for area in blocks(cells):
            self.sheet.range((area.top, area.left), (area.bottom, area.right)).value = [
                [_cell(*cells[row, column]) for column in range(area.left, area.right + 1)]
                for row in range(area.top, area.bottom + 1)
            ]

    def widen(self, last: int) -> None:
        """Formulas outside the data that reached to row ``last`` reach to the new last row."""
        used = self.sheet.used_range.last_cell
        for top, bottom in ((1, self.first_row - 1), (self.last_row + 1, used.row)):
            if top > bottom:
                continue
            for (row, column), text in self._formulas(top, bottom).items():
                widened = reaching(text, last, self.last_row)
                if widened != text:
                    self.sheet.range((row, column)).formula = widened

    def put_words(self, total: int, zheng_after_jiao: bool) -> int:
        """The total in words, where the sheet has a named place for it; 1 if they are others."""
        names = self.book.names
        if WORDS_NAME not in names or "#REF!" in names[WORDS_NAME].refers_to:
            return 0
        place = names[WORDS_NAME].refers_to_range
        if place.sheet.name != self.sheet.name:
            return 0
        cell = self.sheet.range((place.row, place.column))
        words = rmb.words(total, zheng_after_jiao=zheng_after_jiao)
        if is_formula(cell.formula) or cell.value == words:
            return 0
        cell.value = words
        return 1

    # what calculates on its own

    def overruled(
        self, wanted: Mapping[str, Mapping[str, Figure]], written: set[int]
    ) -> Iterator[Overruled]:
        """Formulas of the clerk's whose result is not ours; one that shows nothing says nothing.

        A result may be one of before: in a row that has just been written it counts if it has
        moved, elsewhere if a program has calculated since the file was written.
        """
        there = {code: row for code, row in self.row_of.items() if code in wanted}
        for name, column in self.columns.items():
            if name not in MONEY:
                continue
            now = self._column(column) if written else {}
            for code, row in there.items():
                if (row, column) not in self.formulas:
                    continue
                told, ours = self.told(code, name), wanted[code].get(name)
                counts = self.calculated
                if row in written:
                    before, told = told, _amount(now[row])
                    counts = told != before
                if counts and told is not None and told != ours:
                    cell = f"{locate.column_letter(column)}{row}"
                    yield Overruled(code, SPEC[name].header, cell, told, ours)

    def _column(self, column: int) -> dict[int, Any]:
        cells = self.sheet.range((self.first_row, column), (self.last_row, column))
        lines = cells.options(ndim=2, err_to_str=True).value
        return {row: line[0] for row, line in enumerate(lines, start=self.first_row)}

    def outdate(self, written: Iterable[Place]) -> None:
        """What is calculated from cells that were written is to be calculated anew: a program that
        trusts stored results must not show one of before."""
        rows: dict[int, set[int]] = {}
        outdated: set[Place] = set()
        found = set(written)
        formulas = self._formulas(1, self.sheet.used_range.last_cell.row) if found else {}
        while found:
            for row, column in found:
                rows.setdefault(column, set()).add(row)
            found = {
                p for p, text in formulas.items() if p not in outdated and looks_at(text, rows)
            }
            outdated |= found
        forget_results(self.sheet, outdated)

    def typed_totals(self, totals: Mapping[str, tuple[int, int]]) -> Iterator[Overruled]:
        """Of the row 合计, amounts that are no formula."""
        after_last = max(self.row_of.values(), default=self.first_row)
        grown = self.last_row - after_last
        for i, line in enumerate(self.grid.rows):
            row = self.grid.first_row + i
            first = next((c for c in line if not values.is_blank(c)), None)
            if row <= after_last or not isinstance(first, str) or values.text(first) not in TOTALS:
                continue
            formulas = self._formulas(row + grown, row + grown)
            for name, column in self.columns.items():
                shown = _amount(line[column - self.grid.first_column])
                expected = totals.get(SPEC[name].header, (0, 0))[1]
                typed = isinstance(shown, int) and (row + grown, column) not in formulas
                if name in MONEY and typed and shown != expected:
                    cell = f"{locate.column_letter(column)}{row + grown}"
                    yield Overruled("", SPEC[name].header, cell, shown, expected)


TOTALS = frozenset({"合计", "总计"})


def reaching(formula: str, last: int, new_last: int) -> str:
    """Ranges of the own sheet that end in row ``last`` end in row ``new_last``.

    >>> reaching("=SUM(E4:E$9)+Z9+SUM(表!E4:E9)", 9, 11)
    '=SUM(E4:E$11)+Z9+SUM(表!E4:E9)'
    """
    ends_there = rf"(?<![\w!$'])(\$?[A-Z]{{1,3}}\$?\d+:\$?[A-Z]{{1,3}}\$?){last}(?!\d)"
    return re.sub(ends_there, rf"\g<1>{new_last}", formula)


_REFERENCE = re.compile(
    r"(?<![\w!$'])\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?(?![\w(])"
)


def looks_at(formula: str, rows: Mapping[int, set[int]]) -> bool:
    """Does a formula refer to one of these cells of its own sheet? Rows are by column.

    >>> looks_at("=SUM(E$4:F9)/2", {6: {7}}), looks_at("=F4+表!F7", {6: {7}})
    (True, False)
    """
    for left, top, right, bottom in _REFERENCE.findall(formula):
        first, last = (locate.column_number(letters) or 0 for letters in (left, right or left))
        span = range(int(top), int(bottom or top) + 1)
        if any(not rows.get(column, set()).isdisjoint(span) for column in range(first, last + 1)):
            return True
    return False


def _amount(cell: Any) -> Figure:
    amount = values.read_money(cell)
    return values.shown(cell) if isinstance(amount, values.Unread) else amount


def _sum(figures: Iterable[Figure]) -> int:
    return sum(figure for figure in figures if isinstance(figure, int))


def _same(told: Figure, wanted: Figure) -> bool:
    if isinstance(told, str) and isinstance(wanted, str):
        return values.text(told) == values.text(wanted)
    return told == wanted


def _cell(item: Field, figure: Figure) -> Any:
    """As a cell takes it."""
    if isinstance(figure, int):
        return figure / 100 if item.type is Type.MONEY else figure
    if figure is None:
        return None
    return _code(figure) if item.type is Type.CODE else literal(figure)


_NO_CODE_TO_EXCEL = re.compile(
    r"[^A-Z]|(JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)[A-Z]*[-/]?\d|(TRUE|FALSE)$"
)


def _code(code: str) -> str:
    """With an apostrophe where a cell would make a number or a date of it.

    >>> _code("DL001"), _code("0017"), _code("SEPT2")
    ('DL001', "'0017", "'SEPT2")
    """
    return "'" + code if _NO_CODE_TO_EXCEL.match(code) else code


# --- 变动清单 ---------------------------------------------------------------------------------


def _changes(
    statement: _Statement,
    cells: Mapping[Place, tuple[Field, Figure]],
    places: Mapping[str, int],
    wanted: Mapping[str, Mapping[str, Figure]],
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


def _moved(statement: _Statement, code: str, wanted: Mapping[str, Figure], name: str) -> int | None:
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


def _list(book: xw.Book, changes: Sequence[Change], at: dt.datetime) -> None:
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
    old, new = (_cell(CHANGES["old"], figure) for figure in (change.old, change.new))
    return {
        "agent_code": _code(change.agent_code),
        "column": change.column,
        "old": old,
        "new": new,
        "entry_nos": literal("、".join(numbers) + more) or None,
        "refreshed_at": at,
    }
