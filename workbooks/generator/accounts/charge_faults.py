"""Faults of 保外配件收费清单 as the clerk typed it for the last quarter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from .entries import Charge, Movement
from .part_faults import Ground
from .year import NOTICE, PENDING, RETURNED, Year


def _wrong_price(row: Charge) -> None:
    row.price -= 1000
    row.amount = row.price * row.quantity


def _wrong_product(row: Charge) -> None:
    row.amount += 100


def _unpaid(row: Charge) -> None:
    row.paid = "未收"


CHANGES: tuple[tuple[str, str, str, Callable[[Charge], None]], ...] = (
    ("price of sale differs", "R601", PENDING, _wrong_price),
    ("amount is no product", "R602", NOTICE, _wrong_product),
    ("unpaid", "R603", NOTICE, _unpaid),
)


def sales(ground: Ground) -> list[Movement]:
    """What the seeds befall: two each, and one of the quarter before."""
    return [ground.sold(month) for month in (-3, -2, -1, -3, -2, -1, -5)]


def seed(year: Year, sold: list[Movement]) -> None:
    """After the lists have been typed right."""
    typed = {charge.slip: charge for charge in year.charges}
    rows = [typed[row.slip] for row in sold if row.slip]
    for row in rows:
        row.paid_by, row.paid = "现金", "已收"
    for row, (what, code, verdict, change) in zip(rows[:6], CHANGES * 2, strict=True):
        change(row)
        year.fault(what, code, verdict, row)
    last = year.periods[-1]
    outside = replace(rows[6], entered=last, posted=False)
    year.charges.append(outside)
    year.fault("not of this quarter", "R605", RETURNED, outside)
    inside = next(
        slip.number for slip in year.written[last.name] if slip.cells["保修类型"] == "保内"
    )
    for what, slip in (("not found", "WX99999998"), ("in warranty", inside)):
        row = replace(rows[2], slip=slip, paid="已收")
        row.amount = row.price * row.quantity
        year.charges.append(row)
        year.fault(f"slip {what}", "R604", PENDING, row)
