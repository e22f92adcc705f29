"""How rows of a ledger become postings: on which day, in which order, undone by which row.

Balances are derived from postings and never typed. A row that cannot be posted is refused whole
and says why; it changes no balance (rules.md §12.5).
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import pandas as pd

from addin.domain.keys import BoolArray, IntArray

NONE = -1


class Refusal(StrEnum):
    """Why a row is not posted, in the words that clerks and agents read."""

    INCOMPLETE = "日期、类型、数量或金额缺少或不对"  # or its account
    DOUBLE = "流水号重复"  # an earlier row has the number, R509
    NOTHING_TO_REVERSE = "红冲找不到原流水"  # rules.md §12.7
    OVERDRAWN = "超过余额或在外数量"  # R403 and R508
    BEFORE_OPENING = "早于期初"  # the opening balance has it already
    SECOND_OPENING = "期初重复"


def days(ledger: pd.DataFrame) -> pd.Series:
    """The day on which each row posts: its own, or the first of the month that it was entered in.

    A row dated in a closed month must not change what that month's statement said, so it posts in
    the first open one (calculations.md §5). ``entered`` is that month's first day, where known.
    """
    if "entered" not in ledger:
        return ledger["date"]
    return ledger["date"].where(~late(ledger), ledger["entered"])


def late(ledger: pd.DataFrame) -> pd.Series:
    """补记: dated before the month in which it was entered."""
    if "entered" not in ledger:
        return pd.Series(False, ledger.index)
    return ledger["date"] < ledger["entered"]


def doubles(ledger: pd.DataFrame, number: str = "entry_no") -> BoolArray:
    """Rows whose number a row bears that comes before them, whatever becomes of that one (R509).

    >>> day = pd.to_datetime(["2026-03-02", "2026-03-01", "2026-03-02", "2026-03-01"])
    >>> doubles(pd.DataFrame({"date": day, "entry_no": ["YJ1", "YJ1", None, None]})).tolist()
    [True, False, False, False]
    """
    order = np.argsort(days(ledger).to_numpy(), kind="stable")
    numbers = ledger[number].iloc[order]
    found = np.zeros(len(ledger), bool)
    found[order] = numbers.notna() & numbers.duplicated()
    return found


def originals(
    number: pd.Series, reverses: pd.Series, same: pd.Series, eligible: BoolArray
) -> IntArray:
    """The row that each reversal takes back, ``NONE`` where it takes back none.

    Rows stand in posting order; the original comes first, is ``eligible``, is no reversal, has an
    equal ``same`` (account, part, amount …). It can be taken back once: see :func:`again`.
    """
    found = np.full(len(number), NONE)
    asking = np.flatnonzero(np.asarray(reverses.notna()) & eligible)
    if not asking.size:
        return found
    offered = np.flatnonzero(np.asarray(number.notna() & reverses.isna()) & eligible)
    first = pd.Series(offered, index=number.iloc[offered].to_numpy())
    first = first[~first.index.duplicated()]
    at = first.reindex(reverses.iloc[asking].to_numpy()).fillna(NONE).to_numpy(np.int64)
    sames = same.to_numpy()
    fits = (at != NONE) & (at < asking)
    fits[fits] = sames[at[fits]] == sames[asking[fits]]
    found[asking[fits]] = at[fits]
    return found


def again(original: IntArray) -> BoolArray:
    """Reversals of a row that an earlier reversal takes back.

    >>> again(np.array([NONE, NONE, 0, 0, 1])).tolist()
    [False, False, False, True, False]
    """
    return (original != NONE) & pd.Series(original).duplicated().to_numpy()
