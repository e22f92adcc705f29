"""The answers of SETTLE_DEPOSIT, SETTLE_DEPOSIT_AVAILABLE and SETTLE_PARTS.

They read the ledgers of the calling workbook's folder as :mod:`addin.actions.ledgers` finds them,
all rows up to the day asked for. Each day that is asked for is worked out once a call.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import cache, cached_property, partial
from typing import Any

import pandas as pd

from addin.actions import known
from addin.cells import NA, VALUE, CellError, is_blank
from addin.domain import deposits, parts, postings, values
from addin.facts.ledger_rows import Agents
from addin.tables import catalogue
from addin.tables.ledgers import DEPOSIT_LEDGER, PARTS_LEDGER

Answers = Sequence[Any]

DEPOSIT_ITEMS = {
    "期末": "closing", "期初": "opening", "收取": "收取", "退还": "退还", "保外扣款": "保外扣款",
    "逾期扣款": "逾期未返扣款", "处罚扣款": "处罚扣款",
}  # fmt: skip
IN_FIELD, RETURN_DUE, RETURNED, WORTH = "在外", "旧件应返", "旧件已返", "金额"
PARTS_ITEMS = {
    IN_FIELD: "held", "发放": "发放", "核销": "核销", "领用": "保外领用", "退库": "新件退库",
    "报损": "报损", RETURN_DUE: parts.CONSUMED, RETURNED: parts.OLD_RETURN, WORTH: "used",
}  # fmt: skip


def balances(outlets: Answers, days: Answers, items: Answers) -> Answers:
    """One item of an agent's account; the month of the day up to the day (calculations.md §5)."""
    return _each(_balance, _Accounts(), outlets, days, items)


def available(outlets: Answers, days: Answers) -> Answers:
    """可用押金 of an agent with all its outlets."""
    return _each(_available, _Accounts(), outlets, days)


def in_field(outlets: Answers, codes: Answers, days: Answers, items: Answers) -> Answers:
    """One item of an outlet's part; movements are those since the ledger began."""
    return _each(_part, _Accounts(), outlets, codes, days, items)


def _each(answer: Callable[..., Any], accounts: _Accounts, *columns: Answers) -> Answers:
    told = cache(partial(_tried, answer, accounts))
    return [told(*map(_plain, cells)) for cells in zip(*columns, strict=True)]


def _plain(cell: Any) -> Hashable:
    return None if is_blank(cell) else cell


def _tried(answer: Callable[..., Any], accounts: _Accounts, *cells: Any) -> Any:
    try:
        return answer(accounts, *cells)
    except CellError as error:
        return error


class _Accounts:
    """What one call knows: ledgers, outlets, and each day worked out once."""

    def __init__(self) -> None:
        self.books = known.books()
        self.outlets = known.masters()[catalogue.OUTLETS]
        self.agent_of = Agents(self.outlets).of_outlet
        self.today = known.settings()[1]
        self.deposits_until = cache(self._deposits_until)
        self.parts_until = cache(self._parts_until)

    def agent(self, cell: Any) -> str:
        code = values.read_code(cell)
        agent = self.agent_of.get(str(code))
        if agent is None and code in self.agent_of.values():
            agent = str(code)
        if agent is None:
            raise CellError(NA, f"网点档案没有编码{values.shown(cell)}")
        return agent

    def day(self, cell: Any) -> pd.Timestamp:
        if cell is None:
            return self.today
        day = values.read_date(cell)
        if not isinstance(day, dt.date):
            raise CellError(VALUE, f"“{values.shown(cell)}”不是2000至2099年的日期")
        return pd.Timestamp(day).as_unit("s")

    def need(self, name: str) -> None:
        if name not in self.books.found:
            raise CellError(NA, f"本工作簿旁边没有{name}.xlsx")

    def _deposits_until(self, day: pd.Timestamp) -> pd.DataFrame:
        self.need(DEPOSIT_LEDGER.name)
        ledger = known.ledgers().deposits
        posted = deposits.post(ledger, self.books.opening, known.ledgers().new)
        return deposits.balances(ledger, posted, day.replace(day=1), day)

    def _parts_until(self, day: pd.Timestamp) -> pd.DataFrame:
        """Totals of each outlet and part; 旧件已返 of sheet 旧件返还 where there is one, else of
        配件流水, never of both."""
        self.need(PARTS_LEDGER.name)
        if self.books.parts_why:
            raise CellError(NA, f"没有配件的期初:{self.books.parts_why}")
        moved = known.ledgers().moved
        ledger = moved[postings.days(moved) <= day]
        table = parts.totals(ledger, parts.post(ledger))
        forward = ledger[ledger["brought_forward"]].groupby(parts.GROUP)["quantity"].sum()
        table[parts.ISSUE] -= forward.reindex(table.index, fill_value=0)  # not issued since
        sheet = known.ledgers().returns
        if sheet is not None:
            old = (sheet["kind"] == parts.OLD_RETURN) & (sheet["date"] <= day)
            back = sheet[old].groupby(parts.GROUP)["quantity"].sum()
            table[parts.OLD_RETURN] = back.reindex(table.index, fill_value=0)
        return table

    @cached_property
    def returns_old(self) -> Mapping[str, bool]:
        """Of every part in 配件价格: 需返旧件."""
        prices = known.masters()[catalogue.PARTS]
        return dict(zip(prices["part_code"], prices["return_old"].fillna(False), strict=True))


def _balance(accounts: _Accounts, outlet: Any, day: Any, item: Any) -> float:
    column = _item(item, "期末", DEPOSIT_ITEMS)
    agent = accounts.agent(outlet)
    table = accounts.deposits_until(accounts.day(day))
    if agent not in table.index:
        return _yuan(pd.NA if accounts.books.opening is None else 0, agent, accounts)
    amount = table.at[agent, DEPOSIT_ITEMS[column]]
    return _yuan(amount, agent, accounts)


def _yuan(fen: Any, agent: str, accounts: _Accounts) -> float:
    if pd.isna(fen):
        raise CellError(NA, f"代理商{agent}没有期初余额:{accounts.books.why}")
    return int(fen) / 100


def _available(accounts: _Accounts, outlet: Any, day: Any) -> float:
    agent, until = accounts.agent(outlet), accounts.day(day)
    closing = round(_balance(accounts, outlet, day, None) * 100)
    mine = [code for code, of in accounts.agent_of.items() if of == agent]
    lines = accounts.outlets["credit_line"][accounts.outlets["outlet_code"].isin(mine)]
    used = frozen = 0
    if PARTS_LEDGER.name in accounts.books.found:
        table = accounts.parts_until(until)
        used = _worth(table["used"][table.index.get_level_values(0).isin(mine)], agent)
        frozen = _frozen(accounts, mine, until, agent)
    free = deposits.available(
        *(pd.Series([fen]) for fen in (closing, used, frozen, int(lines.fillna(0).sum()))),
        lend=known.parameters()["count_credit"],
    )
    return int(free.iloc[0]) / 100


def _frozen(accounts: _Accounts, outlets: list[str], until: pd.Timestamp, agent: str) -> int:
    """冻结: issues entered with a day that has not come yet are approved and not delivered."""
    ledger = known.ledgers().moved
    waiting = (ledger["date"] > max(until, accounts.today)) & (ledger["kind"] == parts.ISSUE)
    issues = ledger[waiting & ledger["outlet_code"].isin(outlets)]
    return _worth(parts.used(parts.post(issues).batches), agent)


def _worth(fen: pd.Series, of: str) -> int:
    if fen.isna().any():
        raise CellError(NA, f"{of}有发放没有押金单价,配件价格表在该日也没有")
    return int(fen.sum())


def _part(accounts: _Accounts, outlet: Any, part: Any, day: Any, item: Any) -> float:
    wanted = _item(item, IN_FIELD, PARTS_ITEMS)
    group = str(values.read_code(outlet)), str(values.read_code(part))
    if group[0] not in accounts.agent_of:
        raise CellError(NA, f"网点档案没有编码{values.shown(outlet)}")
    if group[1] not in accounts.returns_old:
        raise CellError(NA, f"配件编码{values.shown(part)}不在配件价格表")
    table = accounts.parts_until(accounts.day(day))
    if group not in table.index or (wanted == RETURN_DUE and not accounts.returns_old[group[1]]):
        return 0
    number = table[PARTS_ITEMS[wanted]].reindex(pd.MultiIndex.from_tuples([group]))
    if wanted == WORTH:
        return _worth(number, f"{group[0]}的{group[1]}") / 100
    return int(number.iloc[0])


def _item(cell: Any, default: str, choices: Mapping[str, str]) -> str:
    words = default if cell is None else values.text(values.shown(cell))
    if words not in choices:
        raise CellError(VALUE, f"没有项“{words}”,可写{'/'.join(choices)}")
    return words
