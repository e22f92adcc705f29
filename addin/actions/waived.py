"""Waivers as clerks leave them: sheet 放行记录, and the columns of the last checked copy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from addin.actions.load import Entry
from addin.hosts import files, intake, read_grid
from addin.rules.waivers import Waiver
from addin.tables import catalogue
from addin.tables.read import Notice, Table, read
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
        sheets = [sheet.name for sheet in entry.book.sheets]
        if catalogue.WAIVERS.name not in sheets:
            continue
        grid = read_grid(entry.book.sheets[catalogue.WAIVERS.name])
        if len(grid.rows) < 2:
            continue
        name = entry.path.name
        lines = read(grid, catalogue.WAIVERS, workbook=name, sheet=catalogue.WAIVERS.name)
        for row, line in zip(lines.rows.tolist(), lines.frame.to_dict("records"), strict=True):
            if line["state"] == "撤销":
                continue
            sheet = line["sheet"] or entry.tables[0].sheet
            slip = place.get((name, sheet, _whole(line["row"]) or 0))
            if slip is None or numbers[slip] != line["slip_no"]:
                words = f"单号{line['slip_no']}与所指的行不符,该放行未采用"
                notices.append(Notice(words, name, catalogue.WAIVERS.name, row))
                continue
            waivers.append(_waiver(slip, line))
    return waivers


def _waiver(slip: int, line: Mapping[Any, Any]) -> Waiver:
    return Waiver(
        slip=slip,
        code=line["waive_code"] or "",
        reason=line["waive_reason"] or "",
        by=line["waived_by"] or "",
        amount=_whole(line["waive_amount"]),
        on=None if pd.isna(line["waive_date"]) else line["waive_date"],
    )


def _whole(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)


def take_over(entry: Entry, copy: Path) -> None:
    """What the clerk has entered in 放行 columns of the last checked copy counts again."""
    if not copy.is_file():
        return
    intake.inspect(copy, allow_macros=True)
    book = files.open_book(copy)
    for table in entry.tables:
        if table.sheet in [sheet.name for sheet in book.sheets]:
            grid = read_grid(book.sheets[table.sheet])
            last = read(
                grid,
                table.spec,
                workbook=copy.name,
                sheet=table.sheet,
                confirmed=entry.confirmed[table.sheet],
            )
            _copy_waivers(table, last)
    book.close()


def _copy_waivers(table: Table, last: Table) -> None:
    """From rows of the same number in the same place, where this month's input has none."""
    place = {row: i for i, row in enumerate(table.rows.tolist())}
    numbers, last_numbers = table.frame["slip_no"].tolist(), last.frame["slip_no"].tolist()
    own = table.frame["waive_code"].tolist()
    taken: list[tuple[int, int]] = []
    for j, (row, code) in enumerate(
        zip(last.rows.tolist(), last.frame["waive_code"].tolist(), strict=True)
    ):
        i = place.get(row)
        if code is None or i is None or own[i] is not None:
            continue
        if numbers[i] == last_numbers[j]:
            taken.append((i, j))
    if not taken:
        return
    here, there = (list(side) for side in zip(*taken, strict=True))
    for f in catalogue.WAIVER_COLUMNS:
        column = table.frame[f.name].copy()
        column.iloc[here] = last.frame[f.name].iloc[there].array
        table.frame[f.name] = column
        table.state[f.name][here] = last.state[f.name][there]
