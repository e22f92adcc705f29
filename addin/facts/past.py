"""Rows of 结算历史 above the slips of this month: who came first, and does it still count."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

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


@dataclass(frozen=True)
class Ledger:
    """All rows in one numbering, history first, and their keys as whole numbers.

    A text is hashed once, here; whoever groups, joins or compares rows does it by these numbers.
    A blank is ``NO_KEY``, also as a day.
    """

    history: pd.DataFrame
    facts: pd.DataFrame

    def __len__(self) -> int:
        return len(self.history) + len(self.facts)

    @property
    def month(self) -> slice:
        """Where the slips of this month stand."""
        return slice(len(self.history), None)

    def blank(self, value: Any) -> np.ndarray:
        """A column to be filled in."""
        return np.full(len(self), value, object if value is None else None)

    def column(self, name: str, in_history: str = "") -> pd.Series:
        return pd.concat([self.history[in_history or name], self.facts[name]], ignore_index=True)

    def days(self, name: str) -> IntArray:
        """Dates as days since 1970; no slip is older."""
        days = self.column(name).to_numpy("datetime64[D]")
        return np.where(np.isnat(days), keys.NO_KEY, days.astype(np.int64))

    @cached_property
    def is_install(self) -> BoolArray:
        return (self.column("service") == "安装").to_numpy(bool)

    @cached_property
    def is_repair(self) -> BoolArray:
        return (self.column("service") == "维修").to_numpy(bool)

    @cached_property
    def outlet(self) -> IntArray:
        return keys.encode(self.column("outlet_code"))

    @cached_property
    def slip(self) -> IntArray:
        """Rows of one outlet under one number."""
        return keys.combine(self.outlet, keys.encode(self.column("slip_no")))

    @cached_property
    def phone(self) -> IntArray:
        """The first number of the cell, by which the user is known."""
        first = [numbers[0] if numbers else None for numbers in self.column("user_phone")]
        return keys.encode(np.array(first, object))

    @cached_property
    def owner(self) -> IntArray:
        """The row of each single barcode; a cell may hold several."""
        cells = self.column("barcodes")
        return np.repeat(np.arange(len(cells)), np.fromiter(map(len, cells), np.int64, len(cells)))

    @cached_property
    def barcodes(self) -> np.ndarray:
        """Every single barcode, in the order of ``owner``."""
        return np.fromiter(chain.from_iterable(self.column("barcodes")), object, len(self.owner))

    @cached_property
    def machines(self) -> IntArray:
        """The machine that each of ``barcodes`` names."""
        return keys.encode(self.barcodes)

    def of_first(self, values: IntArray) -> IntArray:
        """Of a number for each of ``barcodes``, the one of the first barcode of each row."""
        first = self.blank(keys.NO_KEY)
        first[self.owner[::-1]] = values[::-1]  # the last written is the first
        return first

    @cached_property
    def machine(self) -> IntArray:
        """The machine that a row is about."""
        return self.of_first(self.machines)

    @cached_property
    def installed(self) -> IntArray:
        return self.days("install_date")

    @cached_property
    def reported(self) -> IntArray:
        return self.days("reported_date")

    @cached_property
    def completed(self) -> IntArray:
        return self.days("completed_date")

    @cached_property
    def visit(self) -> IntArray:
        """Repairs of one outlet, one machine and one day of completion."""
        machine = np.where(self.is_repair, self.machine, keys.NO_KEY)
        return keys.combine(self.outlet, machine, self.completed)

    @cached_property
    def sent_back(self) -> BoolArray:
        """Rows of history that count nowhere (rules.md §1 e)."""
        sent_back = self.blank(False)
        sent_back[: len(self.history)] = self.history["state"] == "退回"
        return sent_back

    def returned(self, standing: Standing) -> BoolArray:
        returned = self.sent_back.copy()
        returned[self.month] = standing.returned
        return returned

    def refused(self, standing: Standing) -> BoolArray:
        """Rows refused as a whole; a slip of history that was only cut has been paid."""
        refused = (self.history["state"] == "拒付") & ~_something_paid(self.history)
        return np.concatenate([refused.to_numpy(bool), standing.refused])

    def paid(self, standing: Standing) -> BoolArray:
        """Rows whose fees count as paid or approved."""
        state = self.history["state"]
        cut = (state == "拒付") & _something_paid(self.history)
        paid = state.isin(("通过", "提示", "已付")) | cut
        return np.concatenate([paid.to_numpy(bool), ~standing.out])


def _something_paid(history: pd.DataFrame) -> pd.Series:
    return (history["payable"] > 0).fillna(False).astype(bool)


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
