"""《押金对帐单》 refreshed in place: in the clerk's own layout, no more written than has changed.

Agents keep their order, and whatever the clerk has typed, coloured or calculated stays. Of the
columns that the accounts compute, a cell is written where its value differs; agents that are new
get rows below the last one, and no row goes.
"""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import xlwings as xw

from addin.actions import statement_changes, statement_sheet
from addin.actions.staging import Staging, backup_of, not_written
from addin.actions.statement_changes import Change
from addin.actions.statement_sheet import (
    COMPUTED,
    Confirmed,
    Figure,
    Gone,
    Overruled,
    Statement,
)
from addin.errors import BadInput
from addin.hosts import files, intake, seals
from addin.reports.deposit_statement import BALANCES, postings
from addin.tables.ledgers import DEPOSIT_STATEMENT as SPEC


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
    statement = statement_sheet.found(book, front, confirmed)
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
    result.changes = list(
        statement_changes.changes_of(
            statement, cells, places, wanted, postings(deposits, movements)
        )
    )
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
        statement_changes.write_list(book, result.changes, at)
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


def _wanted(statement: Statement, agents: pd.DataFrame) -> dict[str, dict[str, Figure]]:
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
    return str(value) if isinstance(value, str) else int(value)
