"""解释此格: where a figure comes from, and why a cell of ours shows an error."""

from __future__ import annotations

from typing import Any

import numpy as np
import xlwings as xw

from addin.actions import company, reasons
from addin.actions.judge import Judged
from addin.actions.mark import slip_shown
from addin.actions.opened import opened
from addin.actions.reasons import Cell
from addin.actions.slip_formulas import explained
from addin.desk import Desk
from addin.errors import BadInput
from addin.rules import find, told
from addin.tables import catalogue
from addin.tables.read import Table

TITLE = "解释此格"


def explain(desk: Desk) -> str:
    """Shown in one window; the status bar says what was asked."""
    cell = desk.selection[0, 0]
    place, words = _formula(desk, cell) or _problem(cell) or _slip(desk, cell)
    desk.show(TITLE, words)
    return f"{TITLE}:{place}"


def _formula(desk: Desk, cell: xw.Range) -> tuple[str, str] | None:
    """A formula of ours, or a cell into which one spills."""
    at = cell.address.replace("$", "")
    error = reasons.recall(Cell(desk.book.fullname, desk.sheet.name, cell.row, cell.column))
    if error is not None:
        return at, f"单元格{at}显示{error.kind}:{error.reason}。"
    if isinstance(cell.formula, str) and "SETTLE_" in cell.formula.upper():
        return (
            at,
            f"单元格{at}是本程序的公式,没有错误。写法和例子见公式参考;资料改过请点“刷新公式”。",
        )
    return None


def _problem(cell: xw.Range) -> tuple[str, str] | None:
    """A line of 问题清单: its rule, as the handbook has it."""
    if cell.sheet.name != catalogue.ISSUES.name:
        return None
    column = 1 + catalogue.ISSUES.headers.index(catalogue.ISSUES["code"].header)
    code = cell.sheet.range((cell.row, column)).value
    rule = find(code) if isinstance(code, str) else None
    if rule is None:
        raise BadInput("这一行没有问题代码", "请选中问题清单里的一行")
    lines = [f"{rule.code} {rule.name}", *(f"{head}:{words}" for head, words in told.facts(rule))]
    return rule.code, "\n".join(lines)


def _slip(desk: Desk, cell: xw.Range) -> tuple[str, str]:
    """A row of slips: each component with its claim, standard and basis, judged as it stands."""
    book = opened(desk)
    table = _table(book.entry.tables, cell)
    judged = company.judge_entries([book.entry], book.company, desk.progress)
    i, _ = position(judged, table, cell.row)
    lines = [f"单号{slip_shown(judged, i)}:{judged.verdicts['verdict'].iat[i]!s}"]
    lines += [_told(*line) for line in explained(judged, i)]
    if reason := str(judged.verdicts["reasons"].iat[i]):
        lines.append(f"核对说明:{reason}")
    return f"{table.sheet}第{cell.row}行", "\n".join(lines)


def _table(tables: list[Table], cell: xw.Range) -> Table:
    for table in tables:
        if table.sheet == cell.sheet.name and cell.row in table.rows:
            return table
    raise BadInput(
        "这一格不是单据、问题清单或本程序的公式",
        "请选中一张单据的任意一格、问题清单的一行,或显示错误的公式",
    )


def position(judged: Judged, table: Table, row: int) -> tuple[int, int]:
    """Of a sheet's row among all slips, and among those of its table."""
    at = int(np.flatnonzero(table.rows == row)[0])
    rows = next(rows for own, rows in judged.slips.parts() if own is table)
    return rows.start + at, at


def _told(what: str, claimed: Any, standard: Any, approved: Any, basis: str) -> str:
    figures = [
        f"{name}{value:,.2f}"
        for name, value in (("申报", claimed), ("标准", standard), ("核定", approved))
        if value != ""
    ]
    return f"{what}:{','.join([*figures, *([basis] if basis else [])])}"
