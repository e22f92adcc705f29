"""《年月配件对账单》 and 《保外配件收费清单》 from the accounts of a month, cross-footed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd
import xlwings as xw

from addin.actions import ledgers
from addin.actions.accounts import Accounts
from addin.actions.close import Wishes
from addin.actions.load import month_in_name, template
from addin.actions.staging import Staging
from addin.hosts import files, read_grid
from addin.reports import charges, fill, shown
from addin.reports import parts_statement as statement
from addin.reports.layout import Layout
from addin.tables import catalogue, masters
from addin.tables.fields import SheetSpec
from addin.tables.ledgers import CHARGES, PARTS_STATEMENT
from addin.tables.read import Table, read


def parts_statement(accounts: Accounts, out: Path, staging: Staging, wishes: Wishes) -> Path:
    """年月配件对账单 with 网点合计 and 在外批次; the clerk's remarks of an earlier one stay."""
    layout, period = statement.LAYOUT, f"{accounts.month.period:%Y-%m}"
    wishes.progress(f"生成 {layout.name}")
    place = out / layout.file_name(period)
    rows = statement.remarked(accounts.parts, _lines(place, PARTS_STATEMENT))
    opening_known = not accounts.books.parts_why
    batches = statement.listed_batches(
        accounts.batches if opening_known else accounts.batches[:0],
        accounts.month.as_of,
        outlets=accounts.masters[catalogue.OUTLETS],
        prices=accounts.masters[catalogue.PARTS],
        written=rows,
    )
    book = filled(accounts, layout, rows, period, (statement.by_outlet(rows), batches))
    sheets = (shown.read_back(book, region) for region in (layout, *layout.annexes))
    accounts.differences.extend(statement.cross_foot(*sheets, opening_known=opening_known))
    return saved(book, place, staging)


def charges_list(accounts: Accounts, out: Path, staging: Staging, wishes: Wishes) -> Path:
    """保外配件收费清单 of the quarter in which the month lies."""
    layout, quarter = charges.LAYOUT, str(charges.quarter_of(accounts.month.period))
    wishes.progress(f"生成 {layout.name}")
    book = filled(accounts, layout, accounts.charges, quarter)
    accounts.differences.extend(shown.not_the_sum(shown.read_back(book, layout), layout))
    return saved(book, out / layout.file_name(quarter), staging)


def listed_charges(folder: Path, out: Path, quarter: pd.Period) -> pd.DataFrame | None:
    """The list of the quarter as it stands: what was typed into 录入/, else what was made last.

    The month's own folder comes first, then the closed months of the quarter before it. The rows
    have ``workbook``, ``sheet`` and ``row``.
    """
    for path in _lists_of(folder, out, quarter):
        lines = _lines(path, CHARGES)
        if lines is not None:
            return lines
    return None


def _lists_of(folder: Path, out: Path, quarter: pd.Period) -> Iterator[Path]:
    made = charges.LAYOUT.file_name(str(quarter))
    yield from (*_typed(folder, quarter), out / made)
    for before in ledgers.months_before(folder):
        month = month_in_name(before.name)
        if month is None or charges.quarter_of(masters.first_day(month)) != quarter:
            return
        yield from (*_typed(before, quarter), before / ledgers.OUTPUT / made)


def _typed(folder: Path, quarter: pd.Period) -> Iterable[Path]:
    names = CHARGES.name, f"{CHARGES.name}_{quarter}"
    return (path for path in ledgers.inputs_of(folder) if path.stem in names)


def _lines(path: Path, spec: SheetSpec) -> pd.DataFrame | None:
    if not path.is_file():
        return None
    book = files.open_book(path)
    sheet = book.sheets[0]
    table = read(read_grid(sheet), spec, workbook=path.name, sheet=sheet.name)
    book.close()
    return lines_of(table)


def lines_of(table: Table) -> pd.DataFrame:
    """The rows of a list that have its key, and where each stands."""
    lines = table.frame.assign(workbook=table.workbook, sheet=table.sheet, row=table.rows)
    return lines.dropna(subset=list(table.spec.key), ignore_index=True)


def filled(
    accounts: Accounts,
    layout: Layout,
    rows: pd.DataFrame,
    period: str,
    annexes: tuple[pd.DataFrame, ...] = (),
) -> xw.Book:
    book = files.open_book(template(layout.name))
    parameters = accounts.settings.parameters
    fill.fill(
        book,
        layout,
        rows,
        period=period,
        as_of=accounts.month.as_of.date(),
        annexes=annexes,
        changed=parameters.changed,
        zheng_after_jiao=parameters["zheng_after_jiao"],
    )
    book.app.calculate()
    return book


def saved(book: xw.Book, place: Path, staging: Staging) -> Path:
    book.save(staging.place(place))
    book.close()
    return place
