"""The accounts by pencil and paper: rows of ledgers in plain Python, written from the contract.

calculations.md §5, §6; rules.md §6, §7, §12.5, §12.7. It shares nothing with what it checks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]
"""``id``, ``entered`` (2026-03), ``number``, ``date``, ``kind``, ``account``, ``size``,
``reverses``; of deposits ``basis``, of parts ``part``, ``price``, ``slip``, ``batch``."""

DEPOSIT_SIGN = {"收取": 1, "退还": -1, "保外扣款": -1, "逾期未返扣款": -1, "处罚扣款": -1}
PARTS_SIGN = {"发放": 1, "核销": -1, "保外领用": -1, "新件退库": -1, "报损": -1, "旧件返还": 0}
REVERSAL = "红冲"


@dataclass(frozen=True)
class Company:
    agent_of: Mapping[str, str]  # by outlet
    prices: Mapping[str, Sequence[tuple[dt.date, dt.date, int]]]  # by part: from, to, 分
    slips: frozenset[tuple[str, str, str]]  # outlet, number, part

    def agent(self, code: str) -> str:
        return self.agent_of.get(code, code)

    def price(self, part: str, day: dt.date) -> int | None:
        fits = [fen for since, until, fen in self.prices.get(part, ()) if since <= day <= until]
        return fits[0] if fits else None


@dataclass
class Account:
    opening: int | None
    of_kind: dict[str, int] = field(default_factory=lambda: dict.fromkeys(DEPOSIT_SIGN, 0))

    @property
    def closing(self) -> int | None:
        if self.opening is None:
            return None
        return self.opening + sum(self.of_kind[kind] * DEPOSIT_SIGN[kind] for kind in DEPOSIT_SIGN)


@dataclass
class Batch:
    agent: str
    number: str
    price: int | None
    left: int


@dataclass
class Stock:
    """One outlet with one part, up to the end of the month."""

    opening: int = 0
    batches: list[Batch] = field(default_factory=list)
    of_kind: dict[str, int] = field(default_factory=lambda: dict.fromkeys(PARTS_SIGN, 0))

    @property
    def in_field(self) -> int:
        return sum(batch.left for batch in self.batches)

    @property
    def worth(self) -> int | None:
        return worth(self.batches)


def worth(batches: Sequence[Batch]) -> int | None:
    if any(batch.left and batch.price is None for batch in batches):
        return None
    return sum(batch.left * (batch.price or 0) for batch in batches)


def in_order(rows: Sequence[Row]) -> Iterator[tuple[str, Row]]:
    """By the day on which each posts: its own, but no earlier than its ledger; then as entered."""
    days = [
        (max(f"{row['date']}", row["entered"] + "-01"), row)
        for row in rows
        if isinstance(row["date"], dt.date)
    ]
    yield from sorted(days, key=lambda pair: pair[0])


def form(row: Row, *required: str) -> str | None:
    """The code of a row that cannot be read; rules.md §2."""
    if any(row[name] is None for name in required):
        return "R001"
    if not isinstance(row["date"], dt.date):
        return "R002"
    if not isinstance(row["size"], int):
        return "R003"
    return None


def twice(rows: Sequence[Row]) -> set[str]:
    """R509: a number that an earlier row bears, whatever became of that row."""
    seen: set[str] = set()
    found = set()
    for _, row in in_order(rows):
        if row["number"] in seen:
            found.add(row["id"])
        if row["number"] is not None:
            seen.add(row["number"])
    return found


# --- 配件 -------------------------------------------------------------------------------------


def parts(
    rows: Sequence[Row], company: Company, month: str
) -> tuple[dict[tuple[str, str], Stock], dict[str, int | None], dict[str, str]]:
    """Stock of each outlet and part, 冻结 of each agent, and the code of each refused row."""
    refused: dict[str, str] = {}
    doubles = twice(rows)
    for row in rows:
        code = form(row, "number", "date", "kind", "account", "part", "size")
        if code is None and row["size"] <= 0:
            code = "R003"
        if code is None and row["kind"] not in (*PARTS_SIGN, REVERSAL):
            code = "R015"
        if code is None and row["kind"] == "保外领用" and row["slip"] is None:
            code = "R001"
        if code is None and row["kind"] == "核销":
            on_paper = (row["account"], row["slip"], row["part"]) in company.slips
            code = None if on_paper else "R404"
        if code is None and row["id"] in doubles:
            code = "R509"
        if code:
            refused[row["id"]] = code

    stocks: dict[tuple[str, str], Stock] = {}
    frozen: list[Batch] = []
    kept: dict[str, Row] = {}
    taken: dict[str, list[tuple[Batch, int]]] = {}
    undone: set[str] = set()
    everything: dict[tuple[str, str], list[Batch]] = {}
    closed: dict[tuple[str, str], list[Batch]] | None = None
    for day, row in in_order(rows):
        if row["id"] in refused:
            continue
        if day[:7] > month and closed is None:
            closed = {
                key: [Batch(b.agent, b.number, b.price, b.left) for b in batches]
                for key, batches in everything.items()
            }
        key = row["account"], row["part"]
        batches = everything.setdefault(key, [])
        kind, units = row["kind"], row["size"]
        if kind == REVERSAL:
            original = kept.get(row["reverses"])
            if (
                original is None
                or row["reverses"] in undone
                or (original["account"], original["part"], original["size"]) != (*key, units)
            ):
                refused[row["id"]] = "R411"
                continue
            kind, units = original["kind"], -units
            gave = taken[row["reverses"]]
            if kind == "发放" and gave[0][0].left < row["size"]:
                refused[row["id"]] = "R403"
                continue
            for batch, count in gave:
                batch.left -= count
            undone.add(row["reverses"])
        else:
            moved: list[tuple[Batch, int]] = []
            if kind == "发放":
                price = row["price"]
                if price is None:
                    price = company.price(row["part"], row["date"])
                batch = Batch(company.agent(row["account"]), row["number"], price, 0)
                batches.append(batch)
                moved = [(batch, units)]
                if day[:7] > month:
                    frozen.append(batch)
            elif PARTS_SIGN[kind]:
                if sum(batch.left for batch in batches) < units:
                    refused[row["id"]] = "R403"
                    continue
                wanted = units
                named = [b for b in batches if row["batch"] and b.number == row["batch"]]
                for batch in (*named, *batches):
                    count = min(wanted, batch.left - sum(-n for b, n in moved if b is batch))
                    if count:
                        moved.append((batch, -count))
                        wanted -= count
            for batch, count in moved:
                batch.left += count
            kept[row["number"]], taken[row["number"]] = row, moved
        if day[:7] > month:
            continue
        stock = stocks.setdefault(key, Stock())
        if day[:7] < month:
            stock.opening += units * PARTS_SIGN[kind]
        else:
            stock.of_kind[kind] += units
    for key, batches in (everything if closed is None else closed).items():
        stocks.setdefault(key, Stock()).batches = batches
    agents = {batch.agent for batch in frozen}
    return (
        stocks,
        {agent: worth([b for b in frozen if b.agent == agent]) for agent in agents},
        refused,
    )


# --- 押金 -------------------------------------------------------------------------------------


def deposits(
    rows: Sequence[Row], company: Company, month: str, moved: Sequence[Row], first: str
) -> tuple[dict[str, Account], dict[str, str]]:
    """Each agent's account at the end of the month, and the code of each refused row.

    ``moved`` are the rows of 配件流水 that are posted: an agent of whom nothing was posted in the
    ``first`` month opens with 0.00.
    """
    refused: dict[str, str] = {}
    doubles = twice(rows)
    for row in rows:
        code = form(row, "number", "date", "kind", "account", "size")
        if code is None and not (row["size"] < 0 if row["reverses"] else row["size"] > 0):
            code = "R003"
        if code is None and row["kind"] not in DEPOSIT_SIGN:
            code = "R504"
        if code is None and row["id"] in doubles:
            code = "R509"
        if code:
            refused[row["id"]] = code

    readable = [pair for pair in in_order(rows) if pair[1]["id"] not in refused]
    opened: dict[str, tuple[str, Row]] = {}
    for day, row in readable:
        if row["kind"] == "收取" and row["basis"] == "期初" and row["reverses"] is None:
            who = company.agent(row["account"])
            if who in opened:
                refused[row["id"]] = "R502"
            opened.setdefault(who, (day, row))

    since: dict[str, str] = {}
    for row in (*(row for _, row in readable), *moved):
        who = company.agent(row["account"])
        since[who] = min(since.get(who, row["entered"]), row["entered"])
    balance: dict[str, int | None] = {who: 0 if since[who] > first else None for who in since}
    balance |= {who: row["size"] for who, (_, row) in opened.items()}
    accounts = {who: Account(held) for who, held in balance.items()}

    kept: dict[str, Row] = {}
    undone: set[str] = set()
    for day, row in readable:
        who = company.agent(row["account"])
        day_opened, opening = opened.get(who, ("", None))
        if row["id"] in refused or row is opening:
            continue
        if f"{row['date']}" < day_opened:
            refused[row["id"]] = "R502"
            continue
        held = balance[who]
        if row["reverses"]:
            original = kept.get(row["reverses"])
            if (
                original is None
                or row["reverses"] in undone
                or company.agent(original["account"]) != who
                or (original["kind"], -original["size"]) != (row["kind"], row["size"])
            ):
                refused[row["id"]] = "R504"
                continue
            undone.add(row["reverses"])
        else:
            if row["kind"] == "退还" and held is not None and row["size"] > held:
                refused[row["id"]] = "R508"
                continue
            kept[row["number"]] = row
        change = row["size"] * DEPOSIT_SIGN[row["kind"]]
        balance[who] = None if held is None else held + change
        account = accounts[who]
        if day[:7] == month:
            account.of_kind[row["kind"]] += row["size"]
        elif day[:7] < month and account.opening is not None:
            account.opening += change
    for who, (day, _) in opened.items():
        if day[:7] > month:
            accounts[who].opening = None
    return accounts, refused
