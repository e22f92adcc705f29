"""Parts in field: batches first in first out, at the price frozen at issue. calculations.md §6.

A group is one outlet with one part. Groups in which every exit takes the oldest units there are
need no look at single batches: what the first n units of a group are worth is one cumulative sum.
Reversals, batch numbers and exits above what is there are replayed row by row.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from addin.domain import effective, postings
from addin.domain.keys import BoolArray, IntArray, combine, encode
from addin.domain.postings import NONE, Refusal

ISSUE, CONSUMED, OLD_RETURN, REVERSAL = "发放", "核销", "旧件返还", "红冲"
EFFECT = {ISSUE: 1, CONSUMED: -1, "保外领用": -1, "新件退库": -1, "报损": -1, OLD_RETURN: 0}
"""What one unit of each kind does to the quantity in field."""

GROUP = ["outlet_code", "part_code"]


@dataclass(frozen=True)
class Posted:
    """``rows`` run parallel to the ledger, ``batches`` are its issues in posting order, under the
    index that they have in it.

    Columns of ``rows``: ``day`` and ``kind`` as posted (a reversal has the kind that it reverses),
    ``units`` (negative for a reversal), ``held`` and ``value`` (effect on quantity and 分 in
    field), ``before`` (in field just before), ``refusal``, and ``short`` where the batch that the
    row names had too little, so that others were taken.
    """

    rows: pd.DataFrame
    batches: pd.DataFrame

    @property
    def open_batches(self) -> pd.DataFrame:
        return self.batches[self.batches["left"] > 0]


def post(ledger: pd.DataFrame) -> Posted:
    """Posts 配件流水 (columns of the sheet) by day, then by order of the rows.

    An issue without ``deposit_price`` is posted at 0 and is ``unpriced`` among the batches: the
    value of its group is then not known.
    """
    day = postings.days(ledger)
    group = ledger.groupby(GROUP, sort=False, dropna=False).ngroup().to_numpy()
    order = np.lexsort((np.arange(len(ledger)), day.to_numpy(), group))
    refusal = np.full(len(ledger), None, object)
    complete = _complete(ledger)
    refusal[~complete] = Refusal.INCOMPLETE
    refusal[postings.doubles(ledger) & complete] = Refusal.DOUBLE

    steps = _Steps(ledger, group.astype(np.int64), order, refusal)
    hard = _hard_groups(steps)
    easy = ~hard[steps.group]
    _post_in_columns(steps, np.flatnonzero(easy))
    _replay(steps, np.flatnonzero(~easy))
    return _posted(ledger, day, steps)


def _complete(ledger: pd.DataFrame) -> BoolArray:
    kinds = ledger["kind"].isin([*EFFECT, REVERSAL])
    keys = ledger[[*GROUP, "date"]].notna().all(axis=1)
    return np.asarray(kinds & keys & (ledger["quantity"] > 0).fillna(False), bool)


@dataclass
class _Steps:
    """The ledger in posting order, group by group, and what became of each row."""

    ledger: pd.DataFrame
    groups: IntArray
    order: IntArray
    refused: np.ndarray
    group: IntArray = field(init=False)

    def __post_init__(self) -> None:
        rows = self.ledger.iloc[self.order]
        size = len(rows)
        self.group = self.groups[self.order]
        self.refusal = self.refused[self.order]
        live = np.array([reason is None for reason in self.refusal], bool)
        kind = rows["kind"].to_numpy(object)
        self.quantity = np.where(live, rows["quantity"].fillna(0).to_numpy(np.int64), 0)
        self.price = rows["deposit_price"].fillna(0).to_numpy(np.int64)
        self.batch_no = rows["batch_no"].to_numpy(object)
        self.number = rows["entry_no"].to_numpy(object)
        reversal = (kind == REVERSAL) & live
        reverses = rows["reverses"].where(pd.Series(reversal, rows.index))
        same = pd.Series(combine(self.group, encode(self.quantity)))
        self.original = postings.originals(rows["entry_no"], reverses, same, live)
        lost = reversal & (self.original == NONE)
        self.refusal[lost] = Refusal.NOTHING_TO_REVERSE
        self.reversal = reversal & ~lost
        self.kind = np.where(self.reversal, kind[self.original], kind)
        self.live = live & ~lost
        sign = np.where(self.reversal, -1, 1)
        self.units = np.where(self.live, self.quantity * sign, 0)
        effect = pd.Series(self.kind).map(EFFECT).fillna(0).to_numpy(np.int64)
        self.held = self.units * effect
        self.value = np.zeros(size, np.int64)
        self.left = np.zeros(size, np.int64)  # of the batch that a row issues
        self.short = np.zeros(size, bool)

    def refuse(self, at: int, why: Refusal) -> None:
        self.refusal[at] = why
        self.live[at] = False
        self.units[at] = self.held[at] = 0


def _hard_groups(steps: _Steps) -> BoolArray:
    """Groups where single batches matter: reversals, named batches, or too little in field."""
    hard = np.zeros(int(steps.group.max(initial=-1)) + 1, bool)
    named = ~pd.isna(steps.batch_no) & (steps.held < 0)
    hard[steps.group[steps.reversal | named]] = True
    hard[steps.group[_running(steps.group, steps.held) < 0]] = True
    return hard


def _running(group: IntArray, amount: IntArray) -> IntArray:
    """Cumulative sum within each group, the row included; a group's rows stand together."""
    total = np.cumsum(amount)
    starts = np.r_[True, group[1:] != group[:-1]][: len(group)]
    before = (total - amount)[starts]
    return total - np.repeat(before, np.diff(np.r_[np.flatnonzero(starts), len(group)]))


def _post_in_columns(steps: _Steps, at: IntArray) -> None:
    """Each exit takes the units after those that its group's earlier exits took."""
    if not at.size:
        return
    group, held, price = steps.group[at], steps.held[at], steps.price[at]
    enters, leaves = np.maximum(held, 0), np.maximum(-held, 0)
    end = np.cumsum(enters)  # units issued up to here, over all groups
    begun = (end - enters) - (_running(group, enters) - enters)  # … before this group began
    issues = np.flatnonzero(enters)
    edges = np.r_[0, end[issues]]
    worth = np.r_[0, np.cumsum(enters[issues] * price[issues])]
    prices = np.r_[price[issues], 0]

    def worth_of_first(units: IntArray) -> IntArray:
        batch = np.searchsorted(edges, units, side="right") - 1
        return np.asarray(worth[batch] + (units - edges[batch]) * prices[batch])

    taken = _running(group, leaves)
    upto, since = worth_of_first(begun + taken), worth_of_first(begun + taken - leaves)
    steps.value[at] = enters * price - (upto - since)
    all_taken = pd.Series(leaves).groupby(group).transform("sum").to_numpy(np.int64)
    gone = np.clip(begun + all_taken - (end - enters), 0, enters)
    steps.left[at] = enters - gone


def _replay(steps: _Steps, at: IntArray) -> None:
    """The same rules, batch by batch."""
    bounds = np.flatnonzero(np.diff(steps.group[at])) + 1
    for rows in np.split(at, bounds):
        _replay_group(steps, rows.tolist())


def _replay_group(steps: _Steps, rows: list[int]) -> None:
    batches: list[int] = []  # the rows that issued them
    numbered: dict[str, int] = {}
    taken: dict[int, list[tuple[int, int]]] = {}  # by exit: which batch gave how many
    undone: set[int] = set()
    oldest = 0  # every batch before it is empty
    in_field = 0
    left, price = steps.left, steps.price
    for row in rows:
        if not steps.live[row]:
            continue
        origin = steps.original[row]
        if steps.reversal[row] and (not steps.live[origin] or origin in undone):
            steps.refuse(row, Refusal.NOTHING_TO_REVERSE)
            continue
        units = int(steps.held[row])
        if steps.reversal[row] and units < 0:  # takes an issue back, out of its own batch
            if left[origin] < -units:
                steps.refuse(row, Refusal.OVERDRAWN)
                continue
            left[origin] += units
            steps.value[row] = units * price[origin]
        elif steps.reversal[row]:
            for batch, count in taken.get(origin, ()):
                left[batch] += count
                oldest = min(oldest, bisect_left(batches, batch))
            steps.value[row] = -steps.value[origin]
        elif units > 0:
            batches.append(row)
            numbered.setdefault(steps.number[row], row)
            left[row] = units
            steps.value[row] = units * price[row]
        elif units < 0:
            if in_field < -units:
                steps.refuse(row, Refusal.OVERDRAWN)
                continue
            wanted, gave = -units, []
            named = numbered.get(steps.batch_no[row])
            if named is not None and left[named]:
                gave.append((named, min(wanted, int(left[named]))))
                left[named] -= gave[0][1]
                wanted -= gave[0][1]
            steps.short[row] = bool(wanted) and not pd.isna(steps.batch_no[row])
            while wanted:
                batch = batches[oldest]
                if left[batch]:
                    count = min(wanted, int(left[batch]))
                    gave.append((batch, count))
                    left[batch] -= count
                    wanted -= count
                if not left[batch]:
                    oldest += 1
            taken[row] = gave
            steps.value[row] = -sum(int(price[batch]) * count for batch, count in gave)
        if steps.reversal[row]:
            undone.add(origin)
        in_field += units


def _posted(ledger: pd.DataFrame, day: pd.Series, steps: _Steps) -> Posted:
    back = np.empty(len(ledger), np.int64)
    back[steps.order] = np.arange(len(ledger))
    rows = pd.DataFrame(
        {
            "day": day.to_numpy(),
            "kind": steps.kind[back],
            "units": steps.units[back],
            "held": steps.held[back],
            "value": steps.value[back],
            "before": (_running(steps.group, steps.held) - steps.held)[back],
            "refusal": pd.Series(steps.refusal[back], ledger.index, dtype=object),
            "short": steps.short[back],
        },
        index=ledger.index,
    )
    issues = np.flatnonzero((steps.held > 0) & ~steps.reversal)
    of = ledger.iloc[steps.order[issues]]
    batches = of[["entry_no", *GROUP, "date", "deposit_price"]].assign(
        left=steps.left[issues], unpriced=of["deposit_price"].isna()
    )
    return Posted(rows, batches)


def price_on(prices: pd.DataFrame, name: str, part: pd.Series, day: pd.Series) -> pd.Series:
    """``name`` (押金单价, 保外售价) of 配件价格 on each day; two that differ are none."""
    codes = encode(pd.concat([prices["part_code"], part], ignore_index=True))
    price = prices[name].to_numpy(np.int64)
    size = len(prices)
    line = effective.timeline(codes[:size], prices["valid_from"], prices["valid_to"], price)
    row, rival = line.at(codes[size:], effective.day_numbers(day))
    sure = (row != effective.NONE) & (rival == effective.NONE)
    return pd.Series(effective.integers(np.append(price, 0)[row], sure), part.index)


def priced(ledger: pd.DataFrame, prices: pd.DataFrame) -> pd.DataFrame:
    """An issue without 押金单价 has that of 配件价格 on its day; two that differ are none."""
    listed = price_on(prices, "deposit_price", ledger["part_code"], ledger["date"])
    return ledger.assign(deposit_price=ledger["deposit_price"].fillna(listed))


def totals(ledger: pd.DataFrame, posted: Posted) -> pd.DataFrame:
    """Per outlet and part: ``units`` of each kind, reversals netted, ``held`` and ``used``."""
    keys = [ledger[name] for name in GROUP]
    units = posted.rows["units"]
    table = pd.DataFrame(
        {kind: units.where(posted.rows["kind"] == kind, 0).groupby(keys).sum() for kind in EFFECT}
    )
    table["held"] = posted.rows["held"].groupby(keys).sum()
    table["used"] = used(posted.batches, GROUP).reindex(table.index, fill_value=0)
    return table


def used(batches: pd.DataFrame, by: Sequence[str] = ("outlet_code",)) -> pd.Series:
    """占用金额: the value of open batches; <NA> where one of them has no price."""
    value = batches["left"] * batches["deposit_price"].fillna(0).astype("int64")
    keys = [batches[name] for name in by]
    unknown = (batches["unpriced"] & (batches["left"] > 0)).groupby(keys).any()
    return value.groupby(keys).sum().astype("Int64").mask(unknown)


def common_price(batches: pd.DataFrame) -> pd.Series:
    """押金单价 of each outlet and part, where all its open batches share it, else <NA>."""
    still = batches[batches["left"] > 0].groupby(GROUP)["deposit_price"]
    return still.first().mask(still.nunique(dropna=False) > 1)


def ages(batches: pd.DataFrame, as_of: pd.Timestamp) -> pd.Series:
    """Days since each batch was issued.

    >>> day = pd.to_datetime(pd.Series(["2026-03-01"]))
    >>> ages(pd.DataFrame({"date": day}), pd.Timestamp("2026-03-31")).tolist()
    [30]
    """
    return (as_of - batches["date"]).dt.days
