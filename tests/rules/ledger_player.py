"""Plays the examples of rules for ledgers: reading, every rule, posting, the statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import Any

import pandas as pd

from addin.actions.accounts import Accounts, settle
from addin.actions.ledgers import Books
from addin.facts.joined import Month
from addin.hosts.grid import Grid
from addin.reports.account_issues import Finding
from addin.rules import Rule
from addin.rules.rule import (
    CHARGES,
    DEPOSITS,
    LEDGERS,
    PARTS,
    RETURNS,
    STATEMENT,
    STOCK,
    Case,
    case,
)
from addin.rules.settings import from_sheet
from addin.tables import catalogue, ledgers
from addin.tables.fields import SheetSpec
from addin.tables.read import read
from tests.rules.conftest import AS_OF, MARCH, REPAIR, table_of, world

Row = Mapping[str, Any]
SPECS = {
    PARTS: ledgers.PARTS_LEDGER, RETURNS: ledgers.RETURNS, DEPOSITS: ledgers.DEPOSIT_LEDGER,
    CHARGES: ledgers.CHARGES, "处罚建议单": ledgers.PENALTIES,
    STATEMENT: ledgers.DEPOSIT_STATEMENT, STOCK: ledgers.PARTS_STATEMENT,
}  # fmt: skip
BLANKS: dict[str, Row] = {
    PARTS: {"业务日期": "2026-03-05", "类型": "发放", "网点编码": "WD001", "配件编码": "PJ001",
            "数量": 1},
    RETURNS: {"返还日期": "2026-03-20", "返还类型": "旧件返还", "网点编码": "WD001",
              "配件编码": "PJ001", "数量": 1},
    DEPOSITS: {"日期": "2026-03-10", "类型": "收取", "代理商编码": "WD001", "金额": 1000},
    CHARGES: {"网点编码": "WD001", "领用日期": "2026-03-05", "维修单号": "WX001",
              "配件编码": "PJ001", "单价": 60, "金额": 60, "收款状态": "已收"},
    STATEMENT: {"代理商编码": "WD001"},
    STOCK: {"网点编码": "WD001", "配件编码": "PJ001"},
    "处罚建议单": {"网点编码": "WD001", "状态": "已批准"},
}  # fmt: skip
NUMBERED = {PARTS: ("流水号", "PL"), RETURNS: ("返还单号", "FJ"), DEPOSITS: ("流水号", "YJ")}
ROWS_FROM = 2  # under the header of a played sheet


def sheet_of(rule: Rule) -> str:
    """The ledger that an example's own rows stand in."""
    return next(kind for kind in (*rule.on, PARTS) if kind in SPECS)


def accounts(rule: Rule, example: Row | Case) -> Accounts:
    played = example if isinstance(example, Case) else case(example)
    own = sheet_of(rule)
    lines = {name: list(rows) for name, rows in played.sheets.items()}
    own_rows = [] if isinstance(example, Case) and example.rows == ({},) else list(played.rows)
    lines[own] = [*lines.get(own, ()), *own_rows]
    if own == CHARGES and not own_rows:
        lines[own] = [{}]
    known = world(played.masters)
    sheet = table_of(
        catalogue.PARAMETERS, [{"参数名": n, "参数值": v} for n, v in played.parameters.items()]
    )
    settings = from_sheet(sheet.frame.assign(row=sheet.rows), AS_OF)
    day = settings.parameters["as_of"]
    as_of = AS_OF if day is None else pd.Timestamp(day).as_unit("s")
    return settle(
        _books(lines),
        known,
        Month(MARCH, as_of),
        settings,
        _slips(lines.get("维修单", ())),
        statement=_shown(STATEMENT, lines),
        stock=_shown(STOCK, lines),
    )


def findings(rule: Rule, example: Row | Case) -> list[Finding]:
    """What this rule says of the row that is meant; of its accounts where it judges those."""
    settled = accounts(rule, example)
    meant = len(example.rows) - 1 if isinstance(example, Case) else 0
    if isinstance(example, Case) and example.at >= 0:
        meant = example.at
    of_rule = [finding for finding in settled.findings if finding.code == rule.code]
    own = sheet_of(rule)
    if isinstance(example, Case) and (example.rows == ({},) or own not in LEDGERS):
        return of_rule
    return [f for f in of_rule if f.row in (meant + ROWS_FROM, None)]


def _table(name: str, rows: Iterable[Row]) -> pd.DataFrame:
    spec = SPECS[name]
    numbers = count(101)
    full = []
    for row in rows:
        line = {**BLANKS[name], **row}
        if name in NUMBERED:
            header, prefix = NUMBERED[name]
            line.setdefault(header, f"{prefix}{next(numbers)}")
        full.append(line)
    table = read(_grid(spec, full), spec, workbook=f"{name}.xlsx", sheet=name)
    return table.frame.assign(
        workbook=table.workbook,
        sheet=table.sheet,
        row=table.rows,
        entered=MARCH,
        **ledgers.complaints(table),
    )


def _grid(spec: SheetSpec, rows: Sequence[Row]) -> Grid:
    unknown = {header for row in rows for header in row} - set(spec.headers)
    assert not unknown, unknown
    cells = [[_cell(row.get(header)) for header in spec.headers] for row in rows]
    return Grid(rows=[list(spec.headers), *cells])


def _cell(value: Any) -> Any:
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _books(lines: Mapping[str, Sequence[Row]]) -> Books:
    last_month = lines.get("上月")
    closing = {row["代理商编码"]: round(row["期末余额"] * 100) for row in last_month or ()}
    parts = _table(PARTS, lines.get(PARTS, ())).assign(brought_forward=False)
    return Books(
        parts,
        _table(RETURNS, lines.get(RETURNS, ())),
        _table(DEPOSITS, lines.get(DEPOSITS, ())),
        _table(CHARGES, lines.get(CHARGES, ())),
        _table("处罚建议单", lines.get("处罚建议单", ())),
        opening=pd.Series(closing, dtype="int64") if last_month else None,
        why="" if last_month else "没有上月的对帐单",
        parts_why="",
        found=frozenset(SPECS[name].name for name in lines if name in SPECS),
        closed_closing=closing,
    )


def _slips(rows: Sequence[Row]) -> pd.DataFrame:
    table = table_of(catalogue.REPAIR, [{**REPAIR, **row} for row in rows])
    return table.frame


def _shown(name: str, lines: Mapping[str, Sequence[Row]]) -> pd.DataFrame | None:
    return _table(name, lines[name]) if lines.get(name) else None
