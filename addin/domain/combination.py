"""Several repairs in one visit (组合): what each counts for, what is cut. calculations.md §3.

Columns stand in sheet order. A visit is a whole number, negative for a row that takes no part;
so is any row without a price.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from addin.domain import keys
from addin.domain.effective import integers
from addin.domain.keys import BoolArray, IntArray

Visits = pd.Series | npt.NDArray[np.integer[Any]]


def shares(
    visit: Visits, price: pd.Series, *, discount: Fraction = Fraction(1, 2), cap: int | None = None
) -> pd.Series:
    """Each row's share of the visit standard in 分: Int64, blank for a row that takes no part.

    By price descending, then in sheet order, the first row of a visit counts in full and each
    further one price × ``discount``, half up per row. ``cap`` (分) limits the visit's sum; the
    excess leaves the shares from the last in this order backwards. A single row is a visit of
    one, which the cap limits too. §3.

    >>> prices = pd.Series([4500, 9000], dtype="Int64")  # 小修, then 中修
    >>> shares(np.array([0, 0]), prices).tolist()
    [2250, 9000]
    """
    of, takes_part = _members(visit, price)
    amount = price.to_numpy(dtype=np.int64, na_value=0).copy()
    rows = np.flatnonzero(takes_part & keys.repeated(of))
    rows = rows[np.lexsort((-amount[rows], of[rows]))]
    further = ~_first_of_run(of[rows])
    whole, parts = discount.numerator, discount.denominator
    amount[rows[further]] = (2 * amount[rows[further]] * whole + parts) // (2 * parts)
    if cap is not None:
        before = np.zeros(len(amount), dtype=np.int64)
        before[rows] = _sum_before(amount[rows], of[rows])
        amount = np.clip(cap - before, 0, amount)
    return pd.Series(integers(amount, takes_part), index=price.index)


def cuts(visit: Visits, claimed: pd.Series, shares: pd.Series, *, tolerance: int = 0) -> pd.Series:
    """What is cut from each row's claim (R201) in 分: Int64, 0 where nothing is.

    When a visit's claims exceed its standard (Σ ``shares``) by more than ``tolerance`` (分), the
    whole excess is taken from its last row in sheet order backwards, at most the row's claim
    (blank = 0) each. Rows without a share take no part. §3.

    >>> claimed, price = pd.Series([4500, 4500], dtype="Int64"), pd.Series([4500, 2250])
    >>> cuts(np.array([0, 0]), claimed, price).tolist()
    [0, 2250]
    """
    of, takes_part = _members(visit, shares)
    amount = claimed.to_numpy(dtype=np.int64, na_value=0)
    above = amount - shares.to_numpy(dtype=np.int64, na_value=0)
    excess_of = np.zeros(of.max(initial=0) + 1, dtype=np.int64)
    np.add.at(excess_of, of[takes_part], above[takes_part])

    rows = np.flatnonzero(takes_part & (excess_of[of] > tolerance))
    rows = rows[np.lexsort((-rows, of[rows]))]
    taken_later = _sum_before(amount[rows], of[rows])
    cut = np.zeros(len(amount), dtype=np.int64)
    cut[rows] = np.clip(excess_of[of[rows]] - taken_later, 0, amount[rows])
    return pd.Series(cut, index=claimed.index, dtype="Int64")


def _members(visit: Visits, filled: pd.Series) -> tuple[IntArray, BoolArray]:
    """The visits numbered from 0, and the rows that take part in one."""
    of = pd.Series(visit).to_numpy(dtype=np.int64, na_value=keys.NO_KEY)
    of = keys.combine(np.where(filled.notna(), of, keys.NO_KEY))
    return of, of >= 0


def _first_of_run(of: IntArray) -> BoolArray:
    """Where a new visit begins, in rows that stand visit by visit."""
    return np.diff(of, prepend=keys.NO_KEY) != 0


def _sum_before(amount: IntArray, of: IntArray) -> IntArray:
    """The sum of the rows of the same visit that stand before, visit by visit."""
    before = np.cumsum(amount) - amount
    starts = np.flatnonzero(_first_of_run(of))
    return before - np.repeat(before[starts], np.diff(starts, append=len(of)))
