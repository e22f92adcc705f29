"""What ``settle reconcile`` says: for a person, and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pandas as pd

from addin.actions.reconcile import Reconciled
from addin.domain.rmb import yuan
from addin.reports.account_issues import Finding
from addin.tables.read import Notice

SCHEMA = 1
VERDICTS = ("通过", "提示", "待查", "无法判断")
MONEY = ("opening", "closing", "used", "frozen", "credit", "available")
ROWS_TOLD = 10


def told(result: Reconciled) -> Iterator[str]:
    """A line each: totals, changes, what waits for a person, and where the papers are."""
    accounts = result.accounts
    agents = accounts.agents
    yield f"{accounts.month.period:%Y年%m月} 对账(截至 {accounts.until:%Y-%m-%d})"
    verdicts = Counter(agents["verdict"])
    counts = "、".join(f"{name}{verdicts[name]}" for name in VERDICTS if verdicts[name])
    yield f"代理商 {len(agents):,} 家:{counts or '没有账户'}"
    totals = {name: _sum(agents[name]) for name in MONEY}
    yield "期初余额 {opening},期末余额 {closing},配件占用 {used},可用押金 {available}".format(
        **totals
    )
    unknown = int(agents[list(MONEY)].isna().any(axis=1).sum())
    if unknown:
        yield f"其中{unknown}家有金额无法判断,上面的合计不含这些金额,原因见核对说明"
    yield from _changes(result)
    unposted = accounts.unposted
    if unposted:
        yield f"未入账 {len(unposted)} 行,不进任何余额:"
        yield from _some([f"{f.workbook} {f.place} {f.code} {f.message}" for f in unposted])
    others = [f for f in accounts.findings if not f.unposted and f.verdict != "提示"]
    if others:
        yield f"待查 {len(others)} 处:"
        yield from _some([_line(f) for f in others])
    hints = sum(f.verdict == "提示" for f in accounts.findings)
    if hints:
        yield f"提示 {hints} 处"
    yield from (f"! {found.code} {found.message}" for found in accounts.differences)
    yield from _some([f"· {notice}" for notice in accounts.notices])
    for folder in dict.fromkeys(path.parent for path in result.written):
        names = [path.name for path in result.written if path.parent == folder]
        yield f"结果在:{folder}"
        yield from _some([f"  {name}" for name in names])


def _line(found: Finding) -> str:
    place = f"{found.workbook} {found.place} " if found.workbook else ""
    return f"{place}{found.code} {found.message}"


def _some(lines: list[str]) -> Iterator[str]:
    yield from lines[:ROWS_TOLD]
    if len(lines) > ROWS_TOLD:
        yield f"  …还有{len(lines) - ROWS_TOLD}条,全部见对账问题清单或输出文件夹"


def _changes(result: Reconciled) -> Iterator[str]:
    refreshed = result.refreshed
    if refreshed is None:
        yield "押金对帐单:新生成"
        return
    yield f"押金对帐单:{f'变动{len(refreshed.changes)}处' if refreshed.changes else '没有变动'}"
    for header, (before, after) in refreshed.totals.items():
        if before != after:
            yield f"  {header}合计 {yuan(before)} → {yuan(after)}"
    if refreshed.added:
        yield f"  新增代理商 {'、'.join(refreshed.added[:ROWS_TOLD])},共{len(refreshed.added)}家"
    for gone in refreshed.gone[:ROWS_TOLD]:
        yield f"  第{gone.row}行 {gone.agent_code} 已不在流水和档案里,行保留"
    for cell in refreshed.overruled[:ROWS_TOLD]:
        yield f"  {cell.cell} 的公式或合计与应有不同,没有改:请看{cell.column}"


def _sum(column: pd.Series) -> str:
    return yuan(int(column.sum()))


def as_json(result: Reconciled) -> dict[str, Any]:
    """Money in 分."""
    accounts = result.accounts
    return {
        "schema": SCHEMA,
        "month": f"{accounts.month.period:%Y-%m}",
        "as_of": f"{accounts.month.as_of:%Y-%m-%d}",
        "until": f"{accounts.until:%Y-%m-%d}",
        "agents": [
            {name: _plain(value) for name, value in line.items()}
            for line in accounts.agents.to_dict("records")
        ],
        "findings": [
            {
                "code": f.code, "verdict": str(f.verdict), "severity": str(f.severity),
                "message": f.message, "workbook": f.workbook, "sheet": f.sheet, "row": f.row,
                "entry_no": f.entry_no, "agent_code": f.agent_code,
                "outlet_code": f.outlet_code, "part_code": f.part_code, "unposted": f.unposted,
            }
            for f in accounts.findings
        ],
        "differences": [
            {"code": found.code, "message": found.message} for found in accounts.differences
        ],
        "changes": [
            {"agent_code": c.agent_code, "column": c.column, "old": c.old, "new": c.new,
             "entries": list(c.entry_nos)}
            for c in (result.refreshed.changes if result.refreshed else ())
        ],
        "notices": [_notice(notice) for notice in accounts.notices],
        "written": [str(path) for path in result.written],
    }  # fmt: skip


def _plain(value: Any) -> Any:
    if pd.isna(value):
        return None
    return int(value) if isinstance(value, int) or hasattr(value, "item") else value


def _notice(notice: Notice) -> dict[str, Any]:
    return {
        "text": notice.text, "workbook": notice.workbook, "sheet": notice.sheet, "row": notice.row,
    }  # fmt: skip
