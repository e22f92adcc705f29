"""基础资料.xlsx in columns: everything the company has fixed before a slip arrives."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from addin.domain import values
from addin.errors import BadInput
from addin.hosts.grid import Grid
from addin.tables import catalogue, locate
from addin.tables.fields import SheetSpec
from addin.tables.read import Notice, State, Table, coerce, read

INDISPENSABLE = (
    catalogue.OUTLETS,
    catalogue.MODELS,
    catalogue.TARIFF,
    catalogue.TRAVEL_TARIFF,
    catalogue.FAULTS,
    catalogue.PARTS,
)


@dataclass
class Masters:
    """One frame per sheet, in ``frames`` by sheet name; column ``row`` is Excel's row number."""

    workbook: str
    frames: dict[str, pd.DataFrame]
    notices: list[Notice] = field(default_factory=list)

    def __getitem__(self, spec: SheetSpec) -> pd.DataFrame:
        return self.frames[spec.name]

    @property
    def settings(self) -> dict[str, str]:
        frame = self[catalogue.SETTINGS]
        return {
            s: v
            for s, v in zip(frame["setting"], frame["value"], strict=True)
            if isinstance(s, str) and isinstance(v, str)
        }

    def confirmed(self, workbook: str, sheet: str) -> list[locate.Confirmed]:
        """Lines of 字段映射 that speak of this sheet."""
        lines = self[catalogue.MAPPING].to_dict("records")
        return [
            locate.Confirmed(line["field"], line["header"], line["column"])
            for line in lines
            if line["field"]
            and (line["header"] or line["column"])
            and line["workbook"] in (None, workbook)
            and line["sheet"] in (None, sheet)
        ]


def from_grids(grids: Mapping[str, Grid], workbook: str) -> Masters:
    """Read every master sheet of a workbook; BadInput where one is missing or makes no sense."""
    frames: dict[str, pd.DataFrame] = {}
    notices: list[Notice] = []
    for spec in catalogue.MASTERS:
        name = next((n for n in grids if values.text(n) == spec.name), None)
        if name is None:
            if spec in INDISPENSABLE:
                raise BadInput(
                    f"基础资料缺少工作表“{spec.name}”",
                    "请从模板 templates/基础资料.xlsx 补上这张表",
                    workbook=workbook,
                )
            frames[spec.name] = empty(spec)
            continue
        table = read(grids[name], spec, workbook=workbook, sheet=name)
        frames[spec.name] = _checked(table, notices)
    return Masters(workbook, frames, notices)


def empty(spec: SheetSpec, rows: int = 0) -> pd.DataFrame:
    """A frame of ``spec`` with all cells blank."""
    from addin.tables.read import Raw

    blank = Raw([None], np.zeros(rows, np.int32))
    frame = {f.name: coerce(blank, f)[0] for f in spec.fields}
    return pd.DataFrame({**frame, "row": np.zeros(rows, np.int64)})


def _checked(table: Table, notices: list[Notice]) -> pd.DataFrame:
    """The frame of a master sheet; an unreadable cell stops, a gap or a double is noticed."""
    spec = table.spec
    for f in spec.fields:
        wrong = np.flatnonzero(table.state[f.name] > State.BLANK)
        if len(wrong):
            raw = table.raw[f.name].shown(wrong[0])
            choices = f",可选值为{'/'.join(f.choices.values)}" if f.choices else ""
            raise BadInput(
                f"“{f.header}”的内容“{raw}”无法识别{choices}",
                "请改正基础资料后再运行",
                workbook=table.workbook,
                sheet=table.sheet,
                cell=table.cell(f.name, wrong[0]),
            )
    frame = table.frame.assign(row=table.rows)
    for name in spec.key:
        blank = table.state[name] == State.BLANK
        double = frame[name].duplicated() & ~blank
        for i in np.flatnonzero(blank | double):
            what = f"{spec[name].header}为空" if blank[i] else f"{frame[name][i]}重复"
            notices.append(
                Notice(f"{what},该行不采用", table.workbook, table.sheet, int(table.rows[i]))
            )
        frame = frame[~(blank | double)]
    notices.extend(table.notices)
    return frame.reset_index(drop=True)


def first_day(month: str) -> pd.Timestamp:
    """``2026-03`` → its first day; ``ValueError`` when it is no month."""
    day = values.read_month(month)
    if not isinstance(day, dt.date):
        raise ValueError(month)
    return pd.Timestamp(day).as_unit("s")


def history_from(grids: Iterable[tuple[str, Grid]], workbook: str) -> pd.DataFrame:
    """The rows of 结算历史; a month that could not be read is a person's business, not a guess."""
    tables = [
        read(grid, catalogue.HISTORY, workbook=workbook, sheet=name)
        for name, grid in grids
        if catalogue.HISTORY.name in values.text(name)
    ]
    if not tables:
        raise BadInput(
            f"没有工作表“{catalogue.HISTORY.name}”",
            "请从模板 templates/结算历史.xlsx 补上这张表",
            workbook=workbook,
        )
    return pd.concat(
        [t.frame.assign(row=t.frame["row"].fillna(0)) for t in tables], ignore_index=True
    )
