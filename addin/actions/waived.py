"""Waivers as clerks leave them: sheet 放行记录, and the columns of the last checked copy."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import xlwings as xw

from addin.actions.load import Entry
from addin.errors import BadInput
from addin.hosts import files, intake, read_grid
from addin.rules.waivers import Waiver
from addin.tables import catalogue, locate
from addin.tables.read import Notice, State, Table, read
from addin.tables.slips import Slips


def recorded(entries: Sequence[Entry], slips: Slips, notices: list[Notice]) -> list[Waiver]:
    """Lines of 放行记录; one whose 单号 does not agree with the row is noticed, not taken."""
    place = {
        (table.workbook, table.sheet, row): rows.start + i
        for table, rows in slips.parts()
        for i, row in enumerate(table.rows.tolist())
    }
    numbers = slips.frame["slip_no"].tolist()
    waivers = []
    for entry in entries:
        name = entry.path.name
        for row, line in [*_lines(entry.book), *((None, line) for line in entry.added)]:
            if line["state"] == "撤销":
                continue
            sheet = line["sheet"] or entry.tables[0].sheet
            slip = place.get((name, sheet, _whole(line["row"]) or 0))
            if slip is None or numbers[slip] != line["slip_no"]:
                words = f"单号{line['slip_no']}与所指的行不符,该放行未采用"
                notices.append(Notice(words, name, catalogue.WAIVERS.name, row))
                continue
            waivers.append(Waiver.read(slip, line, unreadable_amount=line["unreadable_amount"]))
    return waivers


def _lines(book: xw.Book) -> list[tuple[int, dict[str, Any]]]:
    """Excel row and content of each line of sheet 放行记录."""
    if catalogue.WAIVERS.name not in [sheet.name for sheet in book.sheets]:
        return []
    grid = read_grid(book.sheets[catalogue.WAIVERS.name])
    if len(grid.rows) < 2:
        return []
    table = read(grid, catalogue.WAIVERS, workbook=book.name, sheet=catalogue.WAIVERS.name)
    unreadable = table.state["waive_amount"] > State.BLANK
    lines = table.frame.assign(unreadable_amount=unreadable).to_dict("records")
    return [
        (row, {str(name): cell for name, cell in line.items()})
        for row, line in zip(table.rows.tolist(), lines, strict=True)
    ]


def _whole(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)


def take_over(entry: Entry, copy: Path, notices: list[Notice]) -> None:
    """What the clerk has entered in the last checked copy counts again: its 放行 columns, and
    the lines of its 放行记录 that the entry workbook does not have."""
    if not os.path.isfile(copy):  # noqa: PTH113  Path.is_file fails on a name that is too long
        return
    intake.inspect(copy, allow_macros=True)
    book = files.open_book(copy)
    for table in entry.tables:
        if table.sheet in [sheet.name for sheet in book.sheets]:
            last = _last(book.sheets[table.sheet], table, entry, copy.name)
            _copy_waivers(table, last, notices)
    own = {_identity(line) for _, line in _lines(entry.book)}
    for _, line in _lines(book):
        if line["unreadable_amount"]:
            code, number = line["waive_code"], line["slip_no"]
            notices.append(_illegible(code, number, entry.path.name, catalogue.WAIVERS.name))
        elif _identity(line) not in own:
            entry.added.append(line)
    book.close()


def _illegible(code: str, slip_no: str, workbook: str, sheet: str) -> Notice:
    """Not taken over: with its amount gone blank, the next run would pay the whole claim."""
    words = f"上次填写的放行{code}(单号{slip_no})未采用:放行金额无法识别,请重填"
    return Notice(words, workbook, sheet, code=code)


def _identity(line: Mapping[str, Any]) -> tuple[Any, ...]:
    return line["sheet"], _whole(line["row"]), line["slip_no"], line["waive_code"]


def _last(sheet: xw.Sheet, table: Table, entry: Entry, workbook: str) -> Table:
    """The sheet as it was checked last; where its headers are of another time, by the places
    that the fields have now."""

    def under(confirmed: Sequence[locate.Confirmed]) -> Table:
        grid = read_grid(sheet)
        return read(grid, table.spec, workbook=workbook, sheet=table.sheet, confirmed=confirmed)

    try:
        return under(entry.confirmed[table.sheet])
    except BadInput:
        return under(
            [
                locate.Confirmed(table.spec[name].header, column=locate.column_letter(column))
                for name, column in table.layout.columns.items()
            ]
        )


def _copy_waivers(table: Table, last: Table, notices: list[Notice]) -> None:
    """To the row of the same number: in the same place, else the only one that bears it."""
    place = {row: i for i, row in enumerate(table.rows.tolist())}
    numbers, last_numbers = table.frame["slip_no"].tolist(), last.frame["slip_no"].tolist()
    once = {number for number, n in Counter(numbers).items() if n == 1 and number}
    only = {number: i for i, number in enumerate(numbers) if number in once}
    own = table.frame["waive_code"].tolist()
    taken: dict[int, int] = {}
    for j, (row, code) in enumerate(
        zip(last.rows.tolist(), last.frame["waive_code"].tolist(), strict=True)
    ):
        if code is None:
            continue
        if last.state["waive_amount"][j] > State.BLANK:
            notices.append(_illegible(code, last_numbers[j], table.workbook, table.sheet))
            continue
        i = place.get(row)
        if i is None or numbers[i] != last_numbers[j]:
            i = only.get(last_numbers[j])
        if i is None:
            words = f"上次填在第{row}行的放行{code}(单号{last_numbers[j]})找不到对应的行,未采用"
            notices.append(Notice(words, table.workbook, table.sheet, code=code))
        elif own[i] is None:
            taken[i] = j
    if not taken:
        return
    here, there = list(taken), list(taken.values())
    for f in catalogue.WAIVER_COLUMNS:
        column = table.frame[f.name].copy()
        column.iloc[here] = last.frame[f.name].iloc[there].array
        table.frame[f.name] = column
        table.state[f.name][here] = last.state[f.name][there]
