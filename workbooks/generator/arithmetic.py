"""Small scalar sums of calculations.md §1–§4, for the truth only. Money is whole 分."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from .masters import MODELS, TARIFF, TRAVEL_TARIFF, Price, Travel


def half_up(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _valid(row: Price | Travel, on: date) -> bool:
    if row.start and row.end and row.end < row.start:
        return False
    return (row.start is None or row.start <= on) and (row.end is None or on <= row.end)


@cache
def price(service: str, tier: str, model: str, item: str, on: date) -> int | None:
    """Unit price of the most specific level that has a row; ``None`` for a gap or an overlap.

    >>> price("安装", "二类", "DR-60A", "拆机", date(2026, 3, 5))
    7500
    """
    line = MODELS[model].line
    here = [p for p in TARIFF if (p.service, p.item) == (service, item) and _valid(p, on)]
    for key in (
        (tier, line, model),
        ("通用", line, model),
        (tier, line, ""),
        ("通用", line, ""),
        (tier, "通用", ""),
        ("通用", "通用", ""),
    ):
        found = {p.cents for p in here if (p.tier, p.line, p.model) == key}
        if found:
            return found.pop() if len(found) == 1 else None
    return None


@cache
def travel_fee(tier: str, km: float, on: date) -> int | None:
    """Travel fee of one slip; ``None`` when no row, or more than one, is valid.

    >>> travel_fee("二类", 20, date(2026, 3, 5))
    750
    """
    rows = [t for t in TRAVEL_TARIFF if t.tier == tier and _valid(t, on)]
    if len(rows) != 1:
        return None
    (row,) = rows
    distance, free = Decimal(str(km)), Decimal(str(row.free_km))
    billed = max(Decimal(0), distance - free)
    if row.basis == "全程":
        billed = distance if distance > free else Decimal(0)
    if row.way == "往返":
        billed *= 2
    fee = half_up(billed * row.per_km)
    return fee if row.cap is None else min(fee, row.cap)


def months_later(start: date, months: int) -> date:
    """Same day of a later month, clamped to its end.

    >>> months_later(date(2024, 2, 29), 24)
    datetime.date(2026, 2, 28)
    """
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def visit_shares(prices: Sequence[int]) -> list[int]:
    """What each repair row of one visit is worth: the dearest in full, the others half.

    >>> visit_shares([4500, 9000])
    [2250, 9000]
    """
    order = sorted(range(len(prices)), key=lambda i: (-prices[i], i))
    shares = [half_up(Decimal(p) / 2) for p in prices]
    shares[order[0]] = prices[order[0]]
    return shares


def visit_cuts(claims: Sequence[int], shares: Sequence[int]) -> list[int]:
    """Excess over the visit's standard, taken from the last row backwards.

    >>> visit_cuts([18000, 4500, 4500], [18000, 2250, 2250])
    [0, 0, 4500]
    """
    excess = max(0, sum(claims) - sum(shares))
    cuts = [0] * len(claims)
    for i in reversed(range(len(claims))):
        cuts[i] = min(excess, claims[i])
        excess -= cuts[i]
    return cuts
