"""《全国各代理商配件押金对帐单》: one row per agent, and beside it the list of what has changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from addin.reports.layout import Layout
from addin.tables.fields import Field, SheetSpec, Type
from addin.tables.ledgers import DEPOSIT_STATEMENT

KIND_OF = {
    "taken": "收取", "given_back": "退还", "charged": "保外扣款", "overdue": "逾期未返扣款",
    "penalty": "处罚扣款",
}  # fmt: skip
"""The kind of 押金流水 that each column of the month sums up."""

BALANCES = ("opening", *KIND_OF, "closing", "used", "frozen", "credit", "available")
JUDGED = ("verdict", "codes", "reasons")
OF_THE_CLERK = ("sent_on", "countersigned", "countersigned_on", "agent_balance", "remark")
SUMMED = (*BALANCES, "agent_balance", "difference")
MAY_BE_NEGATIVE = frozenset({*SUMMED} - {"used", "frozen", "credit"})
"""An account is overdrawn; a month takes back what the month before it has posted."""

_GAPS = "COUNTA({agent_code})-COUNT({available})"
_LEFT_OUT = f'IF({_GAPS}>0,{_GAPS}&"家金额不详,未计入合计","")'
"""A total that misses an account says so itself."""

LAYOUT = Layout(
    sheet=DEPOSIT_STATEMENT,
    title="全国各代理商配件押金对帐单",
    due="deposit",
    duty="F-3",
    widths={
        "sequence": 5, "agent_code": 10, "agent_name": 18, "province": 8,
        **dict.fromkeys(SUMMED, 12.5), **dict.fromkeys(KIND_OF, 11.5), "sent_on": 11,
        "countersigned": 6, "countersigned_on": 11, "verdict": 9, "codes": 10, "reasons": 24,
        "remark": 12,
    },
    frozen="agent_name",
    wrapped=("codes", "reasons"),
    row_formulas={"difference": 'IF({agent_balance}="","",ROUND({agent_balance}-{closing},2))'},
    total_formulas={**{name: f"SUM({{{name}}})" for name in SUMMED}, "reasons": _LEFT_OUT},
    words_of="closing",
)  # fmt: skip
"""Balances are values: next month's 期初 is read from a file that no program may have calculated.
差额 alone is a formula, for it answers to what the clerk types after the agent's 回签."""

CHANGES = SheetSpec(
    "变动清单",
    (
        Field("agent_code", "代理商编码", Type.CODE, True),
        Field("column", "列", Type.TEXT, True),
        Field("old", "旧值", Type.MONEY),
        Field("new", "新值", Type.MONEY),
        Field("entry_nos", "流水号"),
        Field("refreshed_at", "刷新时间", Type.DATE),
    ),
)
"""workbooks.md §7. 旧值 and 新值 hold a text where the column does."""

CHANGES_WIDTHS = {
    "agent_code": 12, "column": 14, "old": 15, "new": 15, "entry_nos": 40, "refreshed_at": 18,
}  # fmt: skip
TIME_FORMAT = "yyyy-mm-dd hh:mm"


def statement(agents: pd.DataFrame) -> pd.DataFrame:
    """The rows of a statement that the clerk has not touched yet, by agent code; money in 分."""
    rows = agents.sort_values("agent_code", kind="stable", ignore_index=True)
    rows["sequence"] = np.arange(1, len(rows) + 1)
    return rows.reindex(columns=[item.name for item in DEPOSIT_STATEMENT.fields])


# --- which entries are behind a change --------------------------------------------------------

Posting = tuple[str, int]
"""流水号 and 分."""


@dataclass
class Postings:
    """The entries of the month that count, by agent, in the order in which they were posted."""

    of_kind: dict[tuple[str, str], list[Posting]] = field(default_factory=lambda: defaultdict(list))
    of_agent: dict[str, list[Posting]] = field(default_factory=lambda: defaultdict(list))
    of_parts: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def behind(self, agent: str, column: str, change: int | None) -> tuple[str, ...]:
        """Entries that have moved a figure of the statement by ``change``; None: nobody can say
        by how much. ``column`` is a kind's, 期末余额 or 配件占用; no other figure is posted."""
        if column in KIND_OF:
            return newest(self.of_kind.get((agent, KIND_OF[column]), ()), change)
        if column == "closing":
            return newest(self.of_agent.get(agent, ()), change)
        return tuple(self.of_parts.get(agent, ())) if column == "used" else ()


def postings(deposits: pd.DataFrame, movements: pd.DataFrame | None = None) -> Postings:
    """Of the month's rows of 押金流水 as posted, and of its rows of 配件流水."""
    known = Postings()
    counts = deposits[(deposits["refusal"].isna() & (deposits["effect"] != 0)).to_numpy(bool)]
    columns = (counts[name] for name in ("entry_no", "agent_code", "kind", "amount", "effect"))
    for number, agent, kind, amount, effect in zip(*columns, strict=True):
        known.of_kind[agent, kind].append((number, int(amount)))
        known.of_agent[agent].append((number, int(effect)))
    if movements is not None:
        posted = movements[movements["refusal"].isna().to_numpy(bool)]
        for number, agent in zip(posted["entry_no"], posted["agent_code"], strict=True):
            known.of_parts[agent].append(number)
    return known


def newest(entries: Sequence[Posting], change: int | None) -> tuple[str, ...]:
    """The last entries that add up to ``change``; all of them where none do.

    >>> newest([("YJ1", 5000), ("YJ2", 1000), ("YJ3", -200)], 800)
    ('YJ2', 'YJ3')
    >>> newest([("YJ1", 5000), ("YJ2", 1000)], 700)
    ('YJ1', 'YJ2')
    """
    added = 0
    for count, (_, amount) in enumerate(reversed(entries), start=1):
        added += amount
        if added == change:
            return tuple(number for number, _ in entries[-count:])
    return () if change == 0 else tuple(number for number, _ in entries)
