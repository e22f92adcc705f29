"""The clerk's own 押金对帐单 in a workbook: which agent stands where, and whose each cell is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any, NamedTuple

import numpy as np
import xlwings as xw

from addin.actions.ledgers import STATEMENT_NAMES
from addin.domain import rmb, values
from addin.errors import BadInput
from addin.hosts import calculated, forget_results, grow_tables, read_grid
from addin.hosts.grid import Grid
from addin.hosts.recording import blocks
from addin.reports.deposit_statement import BALANCES, JUDGED
from addin.reports.fill import grow, is_formula, literal
from addin.reports.layout import WORDS_NAME
from addin.tables import locate
from addin.tables.fields import Field, Type
from addin.tables.ledgers import DEPOSIT_STATEMENT as SPEC
from addin.tables.read import State, Table, read

NAMED = ("agent_name", "province")
"""Written where they are blank: how the clerk calls an agent is the clerk's."""

MONEY = (*BALANCES, "difference")
COMPUTED = (*NAMED, *MONEY, *JUDGED)
TOTALS = frozenset({"合计", "总计"})

Figure = int | str | None
"""An amount in 分, a text, or nothing."""
Figures = Mapping[str, Figure]
"""Of an agent, by name of the field."""
Confirmed = Callable[[str, str], Sequence[locate.Confirmed]]
"""字段映射 of a sheet, by workbook and sheet."""
Place = tuple[int, int]


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


def found(book: xw.Book, front: str, confirmed: Confirmed) -> Statement:
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
    return Statement(book, sheet, grid, table)


class Statement:
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
        for i in np.flatnonzero(blank & balance):
            yield self.table.cell("agent_code", int(i))

    def totals(self, wanted: Mapping[str, Figures]) -> dict[str, tuple[int, int]]:
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
            grow_tables(self.sheet, model_row, bottom)
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
        self, wanted: Mapping[str, Figures], places: Mapping[str, int]
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
                [to_cell(*cells[row, column]) for column in range(area.left, area.right + 1)]
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

    def overruled(self, wanted: Mapping[str, Figures], written: set[int]) -> Iterator[Overruled]:
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


def to_cell(item: Field, figure: Figure) -> Any:
    """As a cell takes it."""
    if isinstance(figure, int):
        return figure / 100 if item.type is Type.MONEY else figure
    if figure is None:
        return None
    return code_cell(figure) if item.type is Type.CODE else literal(figure)


_NO_CODE_TO_EXCEL = re.compile(
    r"[^A-Z]|(JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)[A-Z]*[-/]?\d|(TRUE|FALSE)$"
)


def code_cell(code: str) -> str:
    """With an apostrophe where a cell would make a number or a date of it.

    >>> code_cell("DL001"), code_cell("0017"), code_cell("SEPT2")
    ('DL001', "'0017", "'SEPT2")
    """
    return "'" + code if _NO_CODE_TO_EXCEL.match(code) else code
