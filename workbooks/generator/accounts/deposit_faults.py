"""Faults of the deposit ledger: where balances matter, on an account of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from .entries import (
    CHARGED,
    GIVEN_BACK,
    ISSUE,
    OPENING,
    OVERDUE,
    PENALTY,
    SENT_BACK,
    TAKEN,
    Deposit,
)
from .masters import Agent
from .year import PENDING, REFUSED, RETURNED, Year

OPENINGS: Mapping[str, int | None] = {
    "unopened": None, "short": 100_000, "negative": 80_000, "refund": 50_000, "early": None,
    "basis": 5_000_000,
}  # fmt: skip
CREDIT = {"negative": 500_000}


def seed(year: Year, agents: Mapping[str, Agent]) -> None:
    unopened(year, agents["unopened"])
    short(year, agents["short"])
    negative(year, agents["negative"])
    refund(year, agents["refund"])
    early(year, agents["early"])
    for fault in (baseless, kinds_and_reversals, numbers_used_twice, late):
        fault(year, agents["basis"].code)
    unknown(year)


def unopened(year: Year, agent: Agent) -> None:
    """R502 every month: nobody says what it began with."""
    year.pay(TAKEN, agent.code, 100_000, year.periods[0].day(9))


def short(year: Year, agent: Agent) -> None:
    """R503 in months 5 and 6: 1,000.00 against parts for 1,300.00; and a pending issue in the last.

    By then the parts are back and 2,000.00 are there; eight more would need 2,080.00.
    """
    outlet, part = agent.outlets[0].code, "PJ002"
    year.issue(outlet, part, 5, year.periods[5].day(10))
    year.pay(TAKEN, agent.code, 100_000, year.periods[7].day(5))
    year.move(SENT_BACK, outlet, part, 5, year.periods[9].day(5))
    last = year.periods[-1]
    row = year.issue(outlet, part, 8, last.as_of + timedelta(2), entered=last)
    year.fault("pending issue above what is available", "R503", PENDING, row)


def negative(year: Year, agent: Agent) -> None:
    """R506 in month 4; credit keeps it from R503."""
    day = year.periods[4].day(12)
    proposal = year.propose(agent.outlets[0].code, 100_000, day)
    year.pay(PENALTY, agent.code, 100_000, day, basis=proposal.number)
    year.pay(TAKEN, agent.code, 50_000, year.periods[5].day(6))


def refund(year: Year, agent: Agent) -> None:
    """500.01 of 500.00, then 100.00 taken the same day; later all of it, which passes."""
    day = year.periods[3].day(8)
    row = year.pay(GIVEN_BACK, agent.code, 50_001, day, posted=False)
    year.fault("refund above the balance", "R508", REFUSED, row)
    year.pay(TAKEN, agent.code, 10_000, day)
    year.pay(GIVEN_BACK, agent.code, 60_000, year.periods[6].day(8))
    year.pay(TAKEN, agent.code, 50_000, year.periods[7].day(8))


def early(year: Year, agent: Agent) -> None:
    first = year.periods[0]
    row = year.pay(TAKEN, agent.code, 20_000, first.day(2), posted=False)
    year.fault("movement before the opening", "", "", row)
    year.pay(TAKEN, agent.code, 300_000, first.day(5), basis=OPENING)
    row = year.pay(TAKEN, agent.code, 300_000, first.day(9), basis=OPENING, posted=False)
    year.fault("second opening", "", "", row)


def baseless(year: Year, agent: str) -> None:
    """Every kind of deduction, without a basis, with one that is not there or does not serve."""
    issue = next(row for row in year.movements if row.kind == ISSUE and row.posted)
    waiting = year.propose(year.agents[0].outlets[0].code, 10_000, year.periods[6].day(3), "待审批")
    seeds = (
        (CHARGED, None, "blank"), (CHARGED, "WX99999999", "not found"),
        (OVERDUE, None, "blank"), (OVERDUE, "PL99999999", "not found"),
        (OVERDUE, issue.number, "no write-off"),
        (PENALTY, None, "blank"), (PENALTY, "JY99999999", "not found"),
        (PENALTY, waiting.number, "not approved"),
    )  # fmt: skip
    for n, (kind, basis, what) in enumerate(seeds):
        day = year.periods[6].day(5 + n)
        row = year.pay(kind, agent, 10_000 + 100 * n, day, basis=basis)
        year.fault(f"{kind}, basis {what}", "R505", PENDING, row)


def kinds_and_reversals(year: Year, agent: str) -> None:
    def on(number: int) -> date:
        return year.periods[4].day(number)

    def undo(row: Deposit, number: int, **facts: object) -> Deposit:
        given = {"kind": row.kind, "agent": agent, "amount": -row.amount, "reverses": row.number}
        return year.pay(**(given | facts), day=on(number), posted=False)  # type: ignore[arg-type]

    wrong = year.pay("扣款", agent, 10_000, on(2), basis="JY00000001", posted=False)
    row = year.pay(TAKEN, agent, 70_000, on(3))
    seeds = [("kind of entry unknown", wrong)]
    seeds.append(("reversal of another amount", undo(row, 5, amount=-60_000)))
    seeds.append(("reversal of another kind", undo(row, 6, kind=GIVEN_BACK)))
    seeds.append(("reversal of another agent's", undo(row, 7, agent=year.agents[0].code)))
    seeds.append(("reversal of nothing", undo(row, 8, reverses="YJ99999999")))
    year.pay(TAKEN, agent, -row.amount, on(9), reverses=row.number)
    seeds.append(("reversal a second time", undo(row, 10)))
    for what, entry in seeds:
        year.fault(what, "R504", RETURNED, entry)


def numbers_used_twice(year: Year, agent: str) -> None:
    for later in (0, 2):
        row = year.pay(TAKEN, agent, 30_000, year.periods[5].day(4 + later))
        day = year.periods[5 + later].day(8)
        again = year.pay(TAKEN, agent, 30_000, day, number=row.number, posted=False)
        when = "in another month" if later else "in one month"
        year.fault(f"number of a deposit twice {when}", "R509", REFUSED, again)


def late(year: Year, agent: str) -> None:
    """No fault: it posts in the month that it was entered in."""
    year.pay(TAKEN, agent, 25_000, year.periods[7].day(29), entered=year.periods[8])


def unknown(year: Year) -> None:
    row = year.pay(TAKEN, "DL999X", 10_000, year.periods[6].day(9), posted=False)
    year.fault("agent unknown", "", "", row)
