"""The ordinary life of a deposit: opened, topped up, deducted from; and the lists that deductions
rest on. Openings are large enough for what an agent's parts are worth at their peak (R503).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from .entries import (
    CHARGED,
    CONSUMED,
    GIVEN_BACK,
    OPENING,
    OVERDUE,
    PENALTY,
    SOLD,
    TAKEN,
    Charge,
    Movement,
)
from .masters import Agent, listed
from .periods import Period
from .year import Year

HUNDRED = 10_000
PAID = (("现金", "已收"),) * 10 + (("转账", "已收"),) * 6 + (("现金", "部分"),)
BY_DEPOSIT = ("押金扣款", "已收")


def list_charges(year: Year, faulty_quarter: str) -> None:
    """One list a quarter with everything sold in it, typed in the quarter's last month.

    Somebody always owes something; in the quarter where that would be overdue only seeds do.
    """
    slips = {slip.number: slip for made in year.written.values() for slip in made}
    ends = {p.quarter: p for p in year.periods if p.ends_quarter}
    sold = [row for row in year.movements if row.kind == SOLD and row.posted]
    for row in sorted(sold, key=lambda row: (row.day, row.number)):
        entered, line = ends.get(year.period(row.day).quarter), listed(row.part, row.day)
        if entered is None or line is None or row.slip is None:
            continue
        owes = year.random.random() < 0.05 and entered.quarter != faulty_quarter
        choices = (("现金", "未收"),) if owes else (*PAID, *(BY_DEPOSIT,) * 5)
        paid_by, paid = year.random.choice(choices)
        cells = slips[row.slip].cells
        year.charges.append(
            Charge(
                entered=entered, day=row.day, outlet=row.outlet, slip=row.slip,
                user=cells["用户姓名"], model=cells["产品型号"], part=row.part,
                quantity=row.quantity, price=line.sale, amount=line.sale * row.quantity,
                paid_by=paid_by, paid=paid,
            )
        )  # fmt: skip


def deduct_charges(year: Year) -> None:
    """What is paid out of the deposit, on the last days of the quarter."""
    agent_of = year.agent_of
    for charge in year.charges:
        if charge.paid_by == BY_DEPOSIT[0] and charge.posted:
            day = charge.entered.last - timedelta(year.random.randrange(3))
            year.pay(CHARGED, agent_of[charge.outlet], charge.amount, day, basis=charge.slip)


def live(year: Year, agents: Iterable[Agent]) -> None:
    """Top-ups, refunds, deductions and mistakes; every deduction names what it rests on."""
    used: dict[str, list[Movement]] = {}
    agent_of = year.agent_of
    undone = {id(row.reverses) for row in year.movements if row.reverses}
    for row in year.movements:
        if row.kind == CONSUMED and row.posted and id(row) not in undone:
            used.setdefault(agent_of[row.outlet], []).append(row)
    for agent in agents:
        for period in year.periods:
            _month(year, agent, period, used.get(agent.code, []))


def _month(year: Year, agent: Agent, period: Period, used: list[Movement]) -> None:
    random = year.random
    day = period.day(random.randint(2, 27))
    if random.random() < 0.35:
        row = year.pay(TAKEN, agent.code, random.randint(5, 40) * HUNDRED, day)
        if random.random() < 0.1:
            back = min(day + timedelta(random.choice((1, 5, 40))), year.periods[-1].last)
            year.pay(TAKEN, agent.code, -row.amount, back, reverses=row.number)
    if random.random() < 0.12:
        year.pay(GIVEN_BACK, agent.code, random.randint(1, 5) * HUNDRED, period.day(28))
    if random.random() < 0.08:
        proposal = year.propose(agent.outlets[0].code, random.choice((10_000, 20_000)), day)
        year.pay(PENALTY, agent.code, proposal.amount, period.last, basis=proposal.number)
    earlier = [row for row in used if row.entered.index < period.index]
    if earlier and random.random() < 0.06:
        kept = random.choice(earlier)
        line = listed(kept.part, kept.day)
        if line is not None:
            year.pay(OVERDUE, agent.code, line.deposit, period.last, basis=kept.number)


def open_accounts(
    year: Year, agents: Iterable[Agent], peak: Mapping[str, int], given: Mapping[str, int | None]
) -> None:
    """Opening balances on the first day: as ``given``, else enough for the whole year.

    Credit is counted on where there is some, so that what is available rests on it.
    """
    out: dict[str, int] = {}
    for row in year.deposits:
        falls = row.amount if row.kind != TAKEN else -row.amount
        out[row.agent] = out.get(row.agent, 0) + max(falls, 0)
    first = year.periods[0].first
    for agent in agents:
        need = (
            peak.get(agent.code, 0) + out.get(agent.code, 0) + year.random.randint(5, 20) * HUNDRED
        )
        enough = -(-max(need - agent.credit, out.get(agent.code, 0), HUNDRED) // HUNDRED) * HUNDRED
        amount = given.get(agent.code, enough)
        if amount is not None:
            year.pay(TAKEN, agent.code, amount, first, basis=OPENING)
