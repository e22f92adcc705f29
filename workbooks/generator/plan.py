"""Puts a month together: seeded slips first, then how many ordinary ones each outlet gets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from . import seeds_group, seeds_install, seeds_repair, seeds_waiver
from .month import INSTALL, REPAIR, Month


@dataclass
class Plan:
    month: Month
    ordinary: dict[str, dict[str, int]]
    """kind → outlet code → number of ordinary rows."""


def plan(seed: int, outlets: int, installs: int, repairs: int) -> Plan:
    month = Month(seed, outlets)
    for part in (seeds_install, seeds_repair, seeds_group, seeds_waiver):
        part.seed(month)
    _background_history(month)
    ordinary = {
        kind: _spread(month, kind, wanted)
        for kind, wanted in ((INSTALL, installs), (REPAIR, repairs))
    }
    return Plan(month, ordinary)


def _spread(month: Month, kind: str, wanted: int) -> dict[str, int]:
    """Shares the rows out unevenly, as sales are; every ordinary outlet gets some."""
    seeded = sum(len(rows) for rows in month.slips[kind].values())
    if wanted < seeded:
        raise ValueError(f"{kind}: at least {seeded} rows are needed for the seeded ones")
    takers = [o for o in month.outlets if o.role != "special"]
    weights = [4 + i * 7 % 9 for i in range(len(takers))]
    left = wanted - seeded
    counts = {o.code: left * w // sum(weights) for o, w in zip(takers, weights, strict=True)}
    for o in takers[: left - sum(counts.values())]:
        counts[o.code] += 1
    return counts


def _background_history(month: Month) -> None:
    """Three earlier months of ordinary slips, so that the history looks like one."""
    states = ("已付",) * 6 + ("通过", "通过", "提示", "退回", "拒付", "放弃")
    places = [o for o in month.outlets if o.role != "special"]
    for i in range(360):
        period = ("2025-12", "2026-01", "2026-02")[i // 120]
        first = date.fromisoformat(f"{period}-01")
        on = first + timedelta(days=i * 7 % 27)
        outlet, state = places[i * 13 % len(places)], states[i % len(states)]
        make = month.repair if i % 5 in (1, 3) else month.install
        month.past(make(outlet, on=on, keep=False), period, state)
