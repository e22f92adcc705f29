"""Slips of last month that still wait: taken into this month's check once (workbooks.md §5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from addin.actions.load import Entry, entry_files, folder_of, open_entry, template
from addin.errors import BadInput
from addin.facts.joined import Month
from addin.hosts import files, intake, read_grid
from addin.reports import fill
from addin.tables import catalogue
from addin.tables.fields import Field, SheetSpec
from addin.tables.masters import Masters
from addin.tables.read import Notice, State, Table, read
from addin.tables.slips import ENTRIES, service_of

WAITING = ("待查", "无法判断")
KINDS = {"安装": catalogue.INSTALL, "维修": catalogue.REPAIR}

Row = tuple[Table, int]
"""A slip where it was entered: its table, and its position in it."""


def waiting(history: pd.DataFrame, month: Month) -> np.ndarray:
    """Which rows of 结算历史 wait from the month before: carried once, so none that is older."""
    last = month.period - pd.DateOffset(months=1)
    return ((history["month"] == last) & history["state"].isin(WAITING)).to_numpy(bool)


def presented_again(history: pd.DataFrame, tables: Iterable[Table]) -> np.ndarray:
    """Which rows are the same slip, of the same machine, as one entered this month."""
    here = {(service_of(table), *slip) for table in tables for slip in _identities(table.frame)}
    slips = zip(history["service"], _identities(history), strict=True)
    return np.fromiter(((service, *slip) in here for service, slip in slips), bool, len(history))


def _identities(frame: pd.DataFrame) -> Iterable[tuple[Any, ...]]:
    return zip(frame["outlet_code"], frame["slip_no"], frame["barcodes"], strict=True)


def carry(
    history: pd.DataFrame,
    entered: Iterable[Table],
    months: Path | None,
    month: Month,
    known: Masters,
    notices: list[Notice],
) -> tuple[list[Entry], pd.DataFrame]:
    """An entry workbook of each kind with the waiting slips, and the history without them.

    A slip that was ``entered`` again is in this month by itself. The others are read anew where
    they were entered last month, ``months`` being where the folder of each month lies (None:
    carry none). 结算历史 keeps less of a slip than its own sheet does, and a verdict on less could
    differ: a slip that is no longer found is not carried, and the clerk is told.
    """
    waits = waiting(history, month)
    again = waits & presented_again(history, entered)
    history, waits = history[~again].reset_index(drop=True), waits[~again]
    if months is None:
        return [], history
    originals = _originals(history[waits], months, month, known, notices)
    found: dict[str, list[Row]] = {service: [] for service in KINDS}
    taken = np.zeros(len(history), bool)
    for i in np.flatnonzero(waits).tolist():
        line = history.iloc[i]
        row = _original(line, originals)
        if row is None:
            notices.append(_not_found(line))
        else:
            found[line["service"]].append(row)
            taken[i] = True
    period = f"{month.period:%Y-%m}"
    entries = [_entry(KINDS[service], rows, period) for service, rows in found.items() if rows]
    return entries, history[~taken].reset_index(drop=True)


def _originals(
    lines: pd.DataFrame, months: Path, month: Month, known: Masters, notices: list[Notice]
) -> dict[tuple[str, str], Table]:
    """The slip sheets that these lines of 结算历史 name, by workbook and sheet.

    A workbook of last month that cannot be read does not hold up this month.
    """
    last = f"{month.period - pd.DateOffset(months=1):%Y-%m}"
    folder = folder_of(last, months)
    named = set(lines["workbook"].dropna())
    if folder is None or not named:
        return {}
    tables: dict[tuple[str, str], Table] = {}
    try:
        for path in entry_files(folder):
            if path.name in named:
                intake.inspect(path, allow_macros=True)  # only read, never written
                entry = open_entry(path, known)
                tables |= {(path.name, table.sheet): table for table in entry.tables}
                entry.book.close()
    except BadInput as wrong:
        notices.append(Notice(str(wrong)))
    return tables


def _original(line: pd.Series, tables: dict[tuple[str, str], Table]) -> Row | None:
    """The row that a line of 结算历史 was written for, if it still bears that number."""
    table = tables.get((line["workbook"], line["sheet"]))
    if table is None or pd.isna(line["row"]):
        return None
    at = np.flatnonzero(table.rows == int(line["row"]))
    if not at.size or table.frame["slip_no"].iat[at[0]] != line["slip_no"]:
        return None
    if any(states[at[0]] == State.UNCALCULATED for states in table.state.values()):
        return None
    return table, int(at[0])


def _not_found(line: pd.Series) -> Notice:
    where = f"《{line['workbook']}》{line['sheet']}第{line['row']}行" if line["workbook"] else ""
    return Notice(
        f"上月待定的{line['service']}单{line['slip_no']}(网点{line['outlet_code']})没有带入本月:"
        f"原单据{where}找不到或未计算,请把上月文件夹放在本月文件夹旁边,或把该行录入本月"
    )


def _entry(spec: SheetSpec, rows: Sequence[Row], period: str) -> Entry:
    """The company's blank entry workbook, filled with these rows."""
    name = f"上月待定{spec.name}_{period}.xlsx"
    book = files.open_book(template(spec.name))
    sheet = book.sheets[spec.name]
    blank = read(read_grid(sheet), spec, workbook=name, sheet=spec.name)
    top = blank.layout.first_data_row
    first = sheet.range((top, 1), (top, blank.last_column))
    block: list[list[Any]] = [[None] * blank.last_column for _ in rows]
    for f in spec.fields:
        column = blank.layout.columns[f.name] - 1
        for line, row in zip(block, rows, strict=True):
            line[column] = _cell(row, f)
    fill.grow(first, len(rows)).value = block
    entry_spec = next(entry for entry in ENTRIES if entry.name == spec.name)
    table = read(read_grid(sheet), entry_spec, workbook=name, sheet=spec.name)
    return Entry(Path(name), book, [table], {spec.name: []})


def _cell(row: Row, f: Field) -> Any:
    """A cell's value where it has one, else what stood there, so that it is still unreadable."""
    table, i = row
    if f.name not in table.spec or f.name not in table.layout.columns:
        return None
    if table.state[f.name][i] == State.OK:
        return fill.to_cells(table.frame[f.name].iloc[[i]], f)[0]
    return fill.literal(table.raw[f.name].shown(i)) or None
