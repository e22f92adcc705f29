"""The two lists as plain arrays, and what it means that two entries agree."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from addin.domain.keys import BoolArray, IntArray

COLUMNS = ("slip_no", "part_code", "part_name", "quantity", "price", "amount", "date")
UNKNOWN = np.iinfo(np.int64).min
"""A blank number or day."""

Texts = npt.NDArray[np.object_]
Mask = npt.NDArray[np.int8]
QUANTITY, PRICE, AMOUNT, DATE = (1 << n for n in range(4))  # bits of conclusions.FIELDS


@dataclass(frozen=True)
class Limits:
    """``days`` either way is still the same entry, ``tolerance`` 分 still the same amount."""

    days: int = 3
    tolerance: int = 0


@dataclass(frozen=True)
class Side:
    """One list. A column that it lacks is ``None`` (texts) or unknown throughout (numbers)."""

    size: int
    slip_no: Texts | None
    part_code: Texts | None
    part_name: Texts | None
    quantity: IntArray
    price: IntArray
    amount: IntArray
    day: IntArray

    @classmethod
    def of(cls, frame: pd.DataFrame) -> Side:
        size = len(frame)
        texts = {name: _texts(frame.get(name)) for name in COLUMNS[:3]}
        quantity, price, amount = (_numbers(frame.get(name), size) for name in COLUMNS[3:6])
        blank = amount == UNKNOWN
        if blank.any():
            priced = blank & (quantity != UNKNOWN) & (price != UNKNOWN)
            amount = np.where(priced, quantity * np.where(priced, price, 0), amount)
        day = _days(frame.get("date"), size)
        return cls(size, **texts, quantity=quantity, price=price, amount=amount, day=day)

    def texts(self, name: str, rows: IntArray) -> Texts:
        """A text column at ``rows``, ``None`` where blank."""
        column: Texts | None = getattr(self, name)
        return np.full(len(rows), None, object) if column is None else column[rows]


@dataclass(frozen=True)
class Both:
    """Our list beside theirs."""

    ours: Side
    theirs: Side
    limits: Limits

    @classmethod
    def of(cls, ours: pd.DataFrame, theirs: pd.DataFrame, limits: Limits) -> Both:
        return cls(Side.of(ours), Side.of(theirs), limits)

    def share(self, name: str) -> bool:
        """Both lists have the column."""
        return getattr(self.ours, name) is not None and getattr(self.theirs, name) is not None

    @cached_property
    def has_quantity(self) -> bool:
        return _any_known(self.ours.quantity) and _any_known(self.theirs.quantity)

    @cached_property
    def has_amount(self) -> bool:
        return _any_known(self.ours.amount) and _any_known(self.theirs.amount)

    @property
    def dated(self) -> bool:
        """One of the lists at least tells days, so that it lists entries and not balances."""
        return _any_known(self.ours.day) or _any_known(self.theirs.day)

    @property
    def in_money(self) -> bool:
        """Differences are told in 分."""
        return self.has_amount or not self.has_quantity

    def differing(self, i: IntArray, j: IntArray) -> Mask:
        """Which fields of each pair differ, as a mask; a blank differs from nothing.

        A price is looked at only where there are no two amounts, which follow from it.
        """
        mask = np.zeros(len(i), np.int8)
        one, other = self.ours.amount[i], self.theirs.amount[j]
        _mark(mask, AMOUNT, one, other, self.limits.tolerance)
        unpriced = np.flatnonzero((one == UNKNOWN) | (other == UNKNOWN))
        if len(unpriced):
            prices = self.ours.price[i[unpriced]], self.theirs.price[j[unpriced]]
            mask[unpriced] |= _mark(np.zeros(len(unpriced), np.int8), PRICE, *prices)
        _mark(mask, QUANTITY, self.ours.quantity[i], self.theirs.quantity[j])
        return _mark(mask, DATE, self.ours.day[i], self.theirs.day[j], self.limits.days)

    def compared(self, i: IntArray, j: IntArray) -> BoolArray:
        """The amounts of each pair could be compared, or the quantities if lists share no amount.

        Without that nothing may be concluded.
        """
        name = "amount" if self.has_amount else "quantity"
        one, other = getattr(self.ours, name)[i], getattr(self.theirs, name)[j]
        known: BoolArray = (one != UNKNOWN) & (other != UNKNOWN)
        return known

    def sums_differ(self, i: IntArray, j: IntArray) -> int:
        """:meth:`differing` of what the rows ``i`` and the rows ``j`` add up to."""
        mask = 0
        for name, bit in (("quantity", QUANTITY), ("amount", AMOUNT)):
            one, other = getattr(self.ours, name)[i], getattr(self.theirs, name)[j]
            reach = self.limits.tolerance if name == "amount" else 0
            if UNKNOWN in one or UNKNOWN in other:
                continue
            mask |= bit * (abs(int(one.sum()) - int(other.sum())) > reach)
        return mask

    def gap(self, i: IntArray, j: IntArray) -> IntArray:
        """Days between the two, 0 where either is blank."""
        one, other = self.ours.day[i], self.theirs.day[j]
        known = (one != UNKNOWN) & (other != UNKNOWN)
        return np.where(known, np.abs(np.where(known, one, 0) - np.where(known, other, 0)), 0)

    def difference(self, ours: IntArray, theirs: IntArray, lines: int) -> IntArray:
        """Ours less theirs of every line; a blank counts as nothing."""
        name = "amount" if self.in_money else "quantity"
        total = np.zeros(lines, np.int64)
        for sign, side, of in ((1, self.ours, ours), (-1, self.theirs, theirs)):
            values = getattr(side, name)
            np.add.at(total, of, sign * np.where(values == UNKNOWN, 0, values))
        return total


def _texts(column: pd.Series | None) -> Texts | None:
    """Python objects, ``None`` where blank, as ``tables`` reads them; none if all are."""
    if column is None:
        return None
    if column.dtype != object:
        column = column.astype(object).where(column.notna(), None)
    texts = column.to_numpy(object)
    return texts if any(text is not None for text in texts) else None


def _numbers(column: pd.Series | None, size: int) -> IntArray:
    if column is None:
        return np.full(size, UNKNOWN)
    if column.dtype == np.int64:
        return column.to_numpy()
    return np.asarray(column.astype("Int64").to_numpy(np.int64, na_value=UNKNOWN), np.int64)


def _days(column: pd.Series | None, size: int) -> IntArray:
    if column is None:
        return np.full(size, UNKNOWN)
    days: IntArray = column.to_numpy("datetime64[D]").view(np.int64)  # NaT is UNKNOWN
    return days


def _any_known(values: IntArray) -> bool:
    return bool((values != UNKNOWN).any())


def _mark(mask: Mask, bit: int, one: IntArray, other: IntArray, reach: int = 0) -> Mask:
    """``mask`` with the bit set where both are known and more than ``reach`` apart."""
    at = np.flatnonzero(one != other)
    one, other = one[at], other[at]
    known = (one != UNKNOWN) & (other != UNKNOWN)
    apart = np.abs(np.where(known, one, 0) - np.where(known, other, 0)) > reach
    mask[at[apart]] |= bit
    return mask
