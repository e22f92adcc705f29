"""真值_账户.json: what the accounts are after every month, by this generator's own arithmetic.

Rows are posted one by one in plain Python, by day and then as they stand in the sheets; nothing of
``addin`` is imported. Which rows are refused is not found out here: the seeds say it of themselves.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from ..month import Slip
from .entries import (
    CONSUMED,
    DEPOSIT_KINDS,
    OPENING,
    PART_KINDS,
    TAKEN,
    Deposit,
    Movement,
    Place,
    Return,
)
from .masters import listed, must_return
from .periods import Period
from .stock import Stock
from .year import NOTICE, PENDING, UNDECIDABLE, Year

RETURN_WITHIN, STALE_AFTER = 60, 180
"""旧件返还天数 and 呆滞天数, as rules.md has them."""
VERDICTS = {
    "R406": NOTICE, "R410": NOTICE, "R502": UNDECIDABLE, "R503": NOTICE, "R506": PENDING,
}  # fmt: skip
"""Of what is true of an account, not of a row."""
Record = dict[str, Any]


@dataclass
class Group:
    """One outlet with one part."""

    stock: Stock = field(default_factory=Stock)
    moved: dict[str, int] = field(default_factory=lambda: dict.fromkeys(PART_KINDS.values(), 0))
    due: list[tuple[Movement, int]] = field(default_factory=list)
    returned: int = 0
    opening: int = 0

    def post(self, row: Movement) -> None:
        line = listed(row.part, row.day)
        price = line.deposit if row.price is None and line else row.price
        kind, units = self.stock.post(row, price)
        self.moved[PART_KINDS[kind]] += units
        if kind == CONSUMED and must_return(row.part):
            self.due = [(used, n) for used, n in self.due if used is not row.reverses]
            if units > 0:
                self.due.append((row, units))

    @property
    def return_due(self) -> int:
        return sum(units for _, units in self.due)

    def not_returned(self) -> Iterator[Movement]:
        """Write-offs whose old parts are still out; what was used first is returned first."""
        back = self.returned
        for row, units in self.due:
            back -= units
            if back < 0:
                yield row


class PartsAccounts:
    def __init__(self) -> None:
        self.groups: dict[tuple[str, str], Group] = defaultdict(Group)
        self.frozen: dict[str, int] = {}
        """By outlet, in the month posted last."""

    def month(
        self, moves: Iterable[Movement], returns: Iterable[Return], as_of: date = date.max
    ) -> None:
        """An issue dated after the day of the check is pending and freezes its value."""
        for group in self.groups.values():
            group.opening = group.stock.units
            group.moved = dict.fromkeys(group.moved, 0)
        self.frozen = defaultdict(int)
        for row in moves:
            if row.posted and row.day > as_of:
                self.frozen[row.outlet] += row.quantity * (row.price or 0)
            elif row.posted:
                self.groups[row.outlet, row.part].post(row)
        for back in returns:
            if back.posted:
                self.groups[back.outlet, back.part].returned += back.quantity

    def records(self, as_of: date) -> Iterator[Record]:
        for (outlet, part), group in sorted(self.groups.items()):
            stock, due = group.stock, group.return_due
            moved = stock.units or group.opening or any(group.moved.values())
            if not moved and due == group.returned:
                continue
            line = {
                "outlet_code": outlet, "part_code": part, "opening": group.opening,
                **group.moved, "in_field": stock.units, "used": stock.value,
                **dict.fromkeys(("return_due", "returned", "outstanding")),
                "oldest_days": max(((as_of - b.day).days for b in stock.open), default=None),
            }  # fmt: skip
            if must_return(part):
                line |= {"return_due": due, "returned": group.returned}
                line["outstanding"] = due - group.returned
            yield line

    def states(self, as_of: date) -> Iterator[Record]:
        """R406 and R410: true of an account on a day, whatever row made it so."""
        for (outlet, part), group in sorted(self.groups.items()):
            account = {"outlet_code": outlet, "part_code": part}
            for row in group.not_returned():
                if (as_of - row.day).days > RETURN_WITHIN:
                    yield {
                        "code": "R406", **account, "key": row.number,
                        "days": (as_of - row.day).days,
                        "return_due": group.return_due, "returned": group.returned,
                    }  # fmt: skip
            for batch in group.stock.open:
                if (as_of - batch.day).days > STALE_AFTER:
                    days = (as_of - batch.day).days
                    yield {"code": "R410", **account, "key": batch.number, "days": days}


def peaks(year: Year) -> dict[str, int]:
    """The most that an agent's parts in field were worth at any time."""
    agent_of, accounts = year.agent_of, PartsAccounts()
    worth: dict[tuple[str, str], int] = {}
    now: dict[str, int] = defaultdict(int)
    most: dict[str, int] = defaultdict(int)
    for row in sorted(year.movements, key=lambda row: row.post_day):
        key, agent = (row.outlet, row.part), agent_of.get(row.outlet)
        if not row.posted or agent is None:
            continue
        accounts.groups[key].post(row)
        value = accounts.groups[key].stock.value or 0
        now[agent] += value - worth.get(key, 0)
        worth[key] = value
        most[agent] = max(most[agent], now[agent])
    return dict(most)


class DepositAccounts:
    """``balance`` is None until somebody says what an account opened with."""

    def __init__(self, agents: Iterable[str]) -> None:
        self.balance: dict[str, int | None] = dict.fromkeys(agents)
        self.opening = dict(self.balance)
        self.moved: dict[str, dict[str, int]] = {}

    def month(self, rows: Iterable[Deposit]) -> None:
        self.opening = dict(self.balance)
        self.moved = {agent: dict.fromkeys(DEPOSIT_KINDS.values(), 0) for agent in self.balance}
        for row in rows:
            if not row.posted or row.agent not in self.balance:
                continue
            if row.basis == OPENING:
                self.opening[row.agent] = self.balance[row.agent] = row.amount
                continue
            self.moved[row.agent][DEPOSIT_KINDS[row.kind]] += row.amount
            before = self.balance[row.agent]
            if before is not None:
                self.balance[row.agent] = before + row.amount * (1 if row.kind == TAKEN else -1)


@dataclass
class Truth:
    """``months`` has the lines of accounts by month; the rest are findings, one record each."""

    seed: int
    as_of: dict[str, str] = field(default_factory=dict)
    months: dict[str, dict[str, list[Record]]] = field(default_factory=dict)
    faults: list[Record] = field(default_factory=list)
    states: list[Record] = field(default_factory=list)
    marked: list[Record] = field(default_factory=list)
    late: list[Record] = field(default_factory=list)
    lists: list[Record] = field(default_factory=list)

    def write(self, path: Path) -> None:
        """A line for each record."""
        months = ",\n".join(
            f"{_dump({'month': name, 'as_of': self.as_of[name]})[:-1]},{_lists(of)}}}"
            for name, of in self.months.items()
        )
        names = ("faults", "states", "marked", "late", "lists")
        rest = _lists({name: getattr(self, name) for name in names})
        text = f'{{"seed":{self.seed},"months":[\n{months}\n],{rest}}}\n'
        path.write_text(text, encoding="utf-8", newline="\n")


def tell(year: Year, lists: list[Record]) -> Truth:
    """The accounts after each month, and every finding with the place where it stands."""
    parts, deposits = PartsAccounts(), DepositAccounts(agent.code for agent in year.agents)
    agent_of = year.agent_of
    by_number = {row.number: row for row in year.movements if row.posted}
    truth = Truth(year.seed, lists=lists)
    for period in year.periods:
        parts.month(_of(year.movements, period), _of(year.returns, period), period.as_of)
        deposits.month(_of(year.deposits, period))
        stock = list(parts.records(period.as_of))
        agents = list(_agents(year, deposits, stock, parts.frozen))
        truth.months[period.name] = {"agents": agents, "parts": stock, "total": [_total(agents)]}
        truth.as_of[period.name] = f"{period.as_of}"
        for state in parts.states(period.as_of):
            row = by_number[state["key"]]
            where = {"month": period.name, "entered": row.entered.name, **_where(row.place)}
            truth.states.append(where | {"agent_code": agent_of.get(row.outlet), **state})
        for agent in agents:
            truth.states.extend({"month": period.name, **state} for state in _agent_states(agent))
    for state in truth.states:
        state["verdict"] = VERDICTS[state["code"]]
    truth.faults = [_fault(year, fault) for fault in year.faults]
    columns = ("month", "agent_code", "outlet_code", "part_code")
    marked = sorted(set(_marked(year)))
    truth.marked = [dict(zip(columns, account, strict=True)) for account in marked]
    truth.late = [
        {"month": row.entered.name, **_where(row.place), "key": row.number}
        for rows in (year.movements, year.deposits)
        for row in rows
        if row.posted and row.day < row.entered.first
    ]
    return truth


def _of(rows: Iterable[Any], period: Period) -> list[Any]:
    """In posting order: by day, then by row."""
    mine = (row for row in rows if row.entered is period)
    return sorted(mine, key=lambda row: (row.post_day, row.place.row))


def _agents(
    year: Year, deposits: DepositAccounts, stock: list[Record], frozen: Mapping[str, int]
) -> Iterator[Record]:
    agent_of = year.agent_of
    used: dict[str, int | None] = {agent.code: 0 for agent in year.agents}
    for line in stock:
        agent = agent_of.get(line["outlet_code"])
        if agent is not None:
            so_far, value = used[agent], line["used"]
            used[agent] = None if so_far is None or value is None else so_far + value
    for one in sorted(year.agents, key=lambda agent: agent.code):
        closing, worth = deposits.balance[one.code], used[one.code]
        pending = sum(frozen.get(outlet.code, 0) for outlet in one.outlets)
        left = None
        if closing is not None and worth is not None:
            left = closing + one.credit - worth - pending
        yield {
            "agent_code": one.code, "opening": deposits.opening[one.code],
            **deposits.moved[one.code], "closing": closing, "used": worth, "frozen": pending,
            "credit": one.credit, "available": left,
        }  # fmt: skip


def _agent_states(agent: Record) -> Iterator[Record]:
    """R502, R503 and R506: true of an agent's line of the statement."""
    told = {"agent_code": agent["agent_code"]}
    if agent["opening"] is None:
        yield {"code": "R502", **told}
    if agent["available"] is not None and agent["available"] < 0:
        yield {"code": "R503", **told, "available": agent["available"]}
    if agent["closing"] is not None and agent["closing"] < 0:
        yield {"code": "R506", **told, "closing": agent["closing"]}


def _total(agents: list[Record]) -> Record:
    """Over the accounts whose figures are known."""
    names = [name for name in agents[0] if name != "agent_code"]
    return {name: sum(agent[name] or 0 for agent in agents) for name in names}


def _fault(year: Year, fault: Any) -> Record:
    if isinstance(fault.entry, Slip):
        place, posted = year.slip_places[fault.entry.number], None
        month = f"{fault.entry.served:%Y-%m}"
    else:
        known = any(agent.code == fault.agent for agent in year.agents)
        place, month = fault.entry.place, fault.entry.entered.name
        posted = fault.entry.posted if known else None  # the contract does not say
    return {
        "code": fault.code, "what": fault.what, "verdict": fault.verdict, "posted": posted,
        "month": month, **_where(place), "key": fault.key, "agent_code": fault.agent,
        "outlet_code": fault.outlet, "part_code": fault.part,
    }  # fmt: skip


def _marked(year: Year) -> Iterator[tuple[str, str, str, str]]:
    """Accounts that are to be checked because of a row that was posted all the same."""
    for fault in year.faults:
        row = fault.entry
        if not isinstance(row, (Movement, Return, Deposit)) or not row.posted:
            continue
        if fault.verdict in (PENDING, UNDECIDABLE):
            yield row.entered.name, fault.agent, fault.outlet, fault.part


def _where(place: Place) -> Record:
    return place._asdict()


def _dump(record: Record) -> str:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def _lists(of: Mapping[str, list[Record]]) -> str:
    joined = {name: ",\n".join(map(_dump, records)) for name, records in of.items()}
    return ",".join(f'"{name}":[\n{body}]' for name, body in joined.items())
