"""Rows of 结算历史 beside the slips of this month: who came first, and does it still count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from addin.domain import keys
from addin.domain.keys import BoolArray, IntArray


@dataclass(frozen=True)
class Standing:
    """What the rules so far say of each slip of this month, waivers already counted."""

    returned: BoolArray
    refused: BoolArray  # the whole slip
    labour_refused: BoolArray  # 拒付分项 on 安装费/维修费

    @property
    def out(self) -> BoolArray:
        return self.returned | self.refused


def of_service(history: pd.DataFrame, service: str) -> pd.DataFrame:
    """History rows of one kind that were not sent back (rules.md §1 e)."""
    kept = (history["service"] == service) & (history["state"] != "退回")
    return history[kept.to_numpy(bool)]


def refused(history: pd.DataFrame) -> BoolArray:
    """Refused as a whole; a slip that was only cut has been paid."""
    paid = (history["payable"] > 0).fillna(False)
    return ((history["state"] == "拒付") & ~paid).to_numpy(bool)


def paid(history: pd.DataFrame) -> BoolArray:
    """Slips whose fees count as paid or approved."""
    state = history["state"]
    cut = (state == "拒付") & (history["payable"] > 0).fillna(False)
    return (state.isin(("通过", "提示", "已付")) | cut).to_numpy(bool)


def stack(*columns: Sequence[object] | pd.Series | np.ndarray) -> np.ndarray:
    """History above this month, in one column."""
    pieces = [np.asarray(column, object) for column in columns]
    return np.concatenate(pieces) if pieces else np.zeros(0, object)


def stack_days(*columns: pd.Series) -> IntArray:
    """The same for dates, as days since 1970; -1 where blank (no slip is that old)."""
    days = [np.where(c.isna(), -1, c.to_numpy("datetime64[D]").astype(np.int64)) for c in columns]
    return np.concatenate(days)


def earliest_other(group: IntArray, own: IntArray, order: IntArray, counts: BoolArray) -> IntArray:
    """For each row the first counting row of its group that has another ``own``; -1 for none.

    Only a row that comes earlier (by ``order``) is an answer. Linear, however long a group is:
    the first row of a group answers for all but its own kind, for those the first of another.

    >>> group, order = np.array([0, 0, 0, 1]), np.arange(4)
    >>> earliest_other(group, np.array([7, 7, 8, 7]), order, np.ones(4, bool)).tolist()
    [-1, -1, 0, -1]
    """
    answer = np.full(len(group), keys.NO_KEY)
    members = np.flatnonzero(keys.repeated(group))
    if not members.size:
        return answer
    size = int(group.max()) + 1
    first = _first_of(group, order, members[counts[members]], size)
    known = members[first[group[members]] >= 0]
    other = known[counts[known] & (own[known] != own[first[group[known]]])]
    second = _first_of(group, order, other, size)
    candidate = np.where(
        own[known] != own[first[group[known]]], first[group[known]], second[group[known]]
    )
    earlier = (candidate >= 0) & (order[candidate] < order[known])
    answer[known[earlier]] = candidate[earlier]
    return answer


def _first_of(group: IntArray, order: IntArray, rows: IntArray, size: int) -> IntArray:
    """The row of least ``order`` of each group, -1 where ``rows`` has none of it."""
    first = np.full(size, keys.NO_KEY)
    by_order = rows[np.argsort(order[rows], kind="stable")][::-1]
    first[group[by_order]] = by_order  # the last written is the earliest
    return first
