"""R704–R711 at the closing of a month: its papers against each other. rules.md §9.

A paper that is not there yet is not asked for; one that is there and cannot be read is told of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from addin.actions import load
from addin.actions.accounts import Rows
from addin.actions.judge import Judged
from addin.actions.register import Register, unreadable
from addin.errors import BadInput
from addin.facts.joined import Month
from addin.hosts import read_grid
from addin.hosts.grid import Grid
from addin.reports import callback, standing
from addin.reports.account_issues import Finding
from addin.rules import rule as kinds
from addin.rules.settings import Settings
from addin.tables.fields import SheetSpec
from addin.tables.follow_up import FOLLOW_UP, STATISTICS, national_total
from addin.tables.read import Notice, State, Table, read

ASKED = ("state", "notified_on", "notified", "invoiced_on", "invoiced", "paid")
"""Columns of 结算跟进表 that a rule reads."""


@dataclass(frozen=True)
class Papers:
    """What lies in the month's folder beside its slips; ``statistics`` is a row for each paper."""

    follow_up: pd.DataFrame | None = None
    statistics: pd.DataFrame | None = None
    notices: Sequence[Notice] = field(default_factory=list)


def papers(folder: Path, out: Path, month: Month) -> Papers:
    """The follow-up sheet of 输出/, else of 录入/, and the statistics of 输出/."""
    notices: list[Notice] = []
    typed = folder / "录入"
    typed = typed if typed.is_dir() else folder
    followed = _named(out, FOLLOW_UP, month) or _named(typed, FOLLOW_UP, month)
    return Papers(
        _joined(_rows(path, FOLLOW_UP, _batches, notices) for path in followed),
        _joined(
            _rows(path, STATISTICS, _national, notices) for path in _named(out, STATISTICS, month)
        ),
        notices,
    )


def _named(place: Path, spec: SheetSpec, month: Month) -> list[Path]:
    """Workbooks of that name, of this month or of none in particular."""
    return [
        path
        for path in sorted(place.glob(f"{spec.name}*.xlsx"))
        if load.month_in_name(path.stem) in (None, f"{month.period:%Y-%m}")
    ]


Reader = Callable[[Grid, str, str, list[Notice]], pd.DataFrame]


def _rows(path: Path, spec: SheetSpec, reader: Reader, notices: list[Notice]) -> pd.DataFrame:
    """What the sheet of that kind says; why it could not be read becomes a notice."""
    try:
        book = load.open_file(path)
        grids = [(sheet.name, read_grid(sheet)) for sheet in book.sheets]
        book.close()
        meant = [line for line in grids if load.kind_of(*line, (spec,)) is spec]
        name, grid = (meant or grids)[0]
        return reader(grid, path.name, name, notices)
    except BadInput as wrong:
        notices.append(Notice(f"{spec.name}没有核对:{wrong}"))
        return pd.DataFrame()


def _batches(grid: Grid, workbook: str, sheet: str, notices: list[Notice]) -> pd.DataFrame:
    table = read(grid, FOLLOW_UP, workbook=workbook, sheet=sheet)
    notices += [*table.notices, *unreadable(table, ASKED)]
    return batches(table)


def batches(table: Table) -> pd.DataFrame:
    """The rows of 结算跟进表; a date that cannot be read is still a date."""
    return table.frame.assign(
        no_invoice_date=table.state["invoiced_on"] == State.BLANK,
        workbook=table.workbook,
        sheet=table.sheet,
        row=table.rows,
    )


def _national(grid: Grid, workbook: str, sheet: str, notices: list[Notice]) -> pd.DataFrame:
    total, row = national_total(grid, workbook=workbook, sheet=sheet)
    place = {"workbook": workbook, "sheet": sheet, "row": row}
    return pd.DataFrame([{"fee_total": total, **place}])


def _joined(frames: Iterable[pd.DataFrame]) -> pd.DataFrame | None:
    some = [frame for frame in frames if len(frame)]
    return pd.concat(some, ignore_index=True) if some else None


# --- the rules ------------------------------------------------------------------------------


def cross_checks(
    judged: Judged,
    summary_total: int,
    lying: Papers,
    register: Register | None,
    sampled: pd.DataFrame | None,
) -> list[Finding]:
    """By code, then as the papers go.

    ``register`` is the one that was there before; without it nobody was asked yet. ``sampled`` are
    its rows as they are now.
    """

    def told(kind: str, facts: pd.DataFrame) -> Iterator[Finding]:
        return findings(kind, facts, judged.month, judged.settings)

    found = [*told(kinds.CLOSING, closing(judged.checked))]
    if lying.statistics is not None:
        counted = lying.statistics.assign(summary_total=summary_total)
        found += told(kinds.STATISTICS, counted)
    if lying.follow_up is not None:
        found += told(kinds.FOLLOW_UP, lying.follow_up)
    if register is not None and sampled is not None:
        place = {"workbook": register.workbook, "sheet": register.sheet, "row": None}
        for facts in (called_back(judged.checked, sampled), unanswered(sampled)):
            found += told(kinds.REGISTER, facts.assign(**place))
    return sorted(found, key=lambda finding: finding.code)


def findings(kind: str, facts: pd.DataFrame, month: Month, settings: Settings) -> Iterator[Finding]:
    """What the rules for this kind of row say, as far as its columns let them."""
    facts = facts.assign(service_date=month.as_of, as_of=month.as_of)
    return Rows(kind, facts, settings).settle().findings()


def closing(checked: pd.DataFrame) -> pd.DataFrame:
    """One row: how many rows of slips wait, and Σ申报 of them (calculations.md §8)."""
    rows = checked[standing.waiting(checked)]
    return pd.DataFrame({"waiting": [len(rows)], "held": [int(rows["claimed"].sum())]})


def called_back(checked: pd.DataFrame, sampled: pd.DataFrame) -> pd.DataFrame:
    """By outlet: its slips that may be drawn, and those with 有效回访."""
    slips = callback.drawable(checked).groupby("outlet_code").size()
    valid = sampled[sampled["valid"].eq(True).fillna(False).to_numpy(bool)]
    called = valid.groupby("outlet_code").size().reindex(slips.index, fill_value=0)
    return pd.DataFrame(
        {"outlet_code": slips.index, "slips": slips.to_numpy(), "called": called.to_numpy()}
    )


def unanswered(sampled: pd.DataFrame) -> pd.DataFrame:
    """One row: how many slips of the sample have no 回访结果."""
    return pd.DataFrame({"unanswered": [int(sampled["outcome"].isna().sum())]})
