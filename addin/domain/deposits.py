"""Deposits of agents: what was taken, given back and deducted, and what is left to use.

calculations.md §5. Amounts are 分. A reversal is a negative row of the kind that it reverses.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from addin.domain import postings
from addin.domain.keys import BoolArray
from addin.domain.postings import NONE, Refusal

TAKEN, GIVEN_BACK = "收取", "退还"
EFFECT = {TAKEN: 1, GIVEN_BACK: -1, "保外扣款": -1, "逾期未返扣款": -1, "处罚扣款": -1}
OPENING_BASIS = "期初"  # 依据单号 of the 收取 that opens an account in its first month


@dataclass(frozen=True)
class Posted:
    """``rows`` run parallel to the ledger; ``opening`` has every agent whose opening is known.

    Columns of ``rows``: ``day`` as posted, ``late`` (补记), ``effect`` on the balance, ``before``
    (the balance just before the row, R508), ``opens`` (it is an opening), ``refusal``.
    """

    rows: pd.DataFrame
    opening: pd.Series


def post(
    ledger: pd.DataFrame, opening: pd.Series | None = None, new: Collection[str] = ()
) -> Posted:
    """Posts 押金流水 (columns of the sheet) by day, then by order of the rows.

    ``opening`` is 期末 of the last closed statement by agent: whom it doesn't name opens with
    0.00, of whom it says <NA> nobody knows. Without it an account opens with its row of
    依据单号 期初, or with 0.00 if it is among the ``new`` ones; of any other it isn't known.
    """
    day = postings.days(ledger)
    order = np.lexsort((np.arange(len(ledger)), day.to_numpy()))
    rows = ledger.iloc[order].reset_index(drop=True)
    rows["day"] = day.to_numpy()[order]
    refusal = np.full(len(rows), None, object)
    _refuse(refusal, ~_complete(rows), Refusal.INCOMPLETE)
    _refuse(refusal, postings.doubles(rows), Refusal.DOUBLE)

    opens = np.asarray((rows["kind"] == TAKEN) & (rows["basis_no"] == OPENING_BASIS), bool)
    opens = opens & _live(refusal) & np.asarray(rows["reverses"].isna())
    again = opens & np.asarray(rows["agent_code"].where(opens).duplicated())
    if opening is not None:
        again = again | opens & np.asarray(rows["agent_code"].isin(opening.index))
    _refuse(refusal, again, Refusal.SECOND_OPENING)
    opens = opens & ~again
    known, opened = _openings(rows, opens, opening, new)
    _refuse(refusal, np.asarray(rows["date"] < opened) & ~opens, Refusal.BEFORE_OPENING)

    same = rows["agent_code"].astype(str) + "|" + rows["kind"].astype(str)
    same = same + "|" + rows["amount"].abs().astype(str)
    original = postings.originals(rows["entry_no"], rows["reverses"], same, _live(refusal) & ~opens)
    reversal = np.asarray(rows["reverses"].notna())
    lost = (original == NONE) | postings.again(original)
    _refuse(refusal, reversal & lost, Refusal.NOTHING_TO_REVERSE)

    amount = rows["amount"].fillna(0).to_numpy(np.int64)
    effect = amount * rows["kind"].map(EFFECT).fillna(0).to_numpy(np.int64)
    effect = np.where(_live(refusal) & ~opens, effect, 0)
    first = rows["agent_code"].map(known).fillna(0).to_numpy(np.int64)
    decidable = np.asarray(rows["agent_code"].isin(known.index))
    gives = np.asarray(rows["kind"] == GIVEN_BACK) & ~reversal & decidable
    before = _balances_before(rows["agent_code"], effect, first)
    tight = gives & (effect < 0) & (-effect > before)
    if tight.any():
        at = np.flatnonzero(rows["agent_code"].isin(rows["agent_code"][tight].unique()))
        _post_one_by_one(at, rows["agent_code"], effect, first, gives, original, refusal)
        before = _balances_before(rows["agent_code"], effect, first)

    result = pd.DataFrame(
        {
            "day": rows["day"],
            "late": postings.late(rows),
            "effect": effect,
            "before": pd.Series(before, dtype="Int64").mask(~decidable),
            "opens": opens,
            "refusal": pd.Series(refusal, dtype=object),
        }
    )
    result.index = pd.Index(order)
    return Posted(result.sort_index().set_index(ledger.index), known)


def _complete(rows: pd.DataFrame) -> BoolArray:
    """Day, agent, kind and an amount whose sign tells a reversal."""
    there = rows[["date", "agent_code", "kind", "amount"]].notna().all(axis=1)
    positive = (rows["amount"] > 0).fillna(False)
    negative = (rows["amount"] < 0).fillna(False)
    sense = np.where(rows["reverses"].isna(), positive, negative)
    return np.asarray(there & rows["kind"].isin(EFFECT) & sense, bool)


def _live(refusal: np.ndarray) -> BoolArray:
    return np.array([reason is None for reason in refusal], bool)


def _refuse(refusal: np.ndarray, rows: BoolArray, why: Refusal) -> None:
    """The first reason stays."""
    refusal[rows & _live(refusal)] = why


def _openings(
    rows: pd.DataFrame, opens: BoolArray, opening: pd.Series | None, new: Collection[str]
) -> tuple[pd.Series, pd.Series]:
    """Opening balance by agent, and for each row the day its account was opened by a row."""
    by_row = rows[opens].set_index("agent_code")
    amounts = by_row["amount"].astype("int64")
    if opening is not None:
        amounts = pd.concat([opening.dropna().astype("int64"), amounts])
        unknown = opening.index[opening.isna()]
        new = rows["agent_code"].dropna()[lambda agent: ~agent.isin(unknown)].unique()
    amounts = pd.concat([amounts, pd.Series(0, index=list(new), dtype="int64")])
    amounts = amounts[~amounts.index.duplicated()]
    opened = rows["agent_code"].map(dict(by_row["day"]))
    return amounts, pd.to_datetime(opened).astype("datetime64[s]")


def _balances_before(agent: pd.Series, effect: np.ndarray, first: np.ndarray) -> np.ndarray:
    running = pd.Series(effect).groupby(agent.to_numpy(), dropna=False).cumsum().to_numpy()
    return np.asarray(first + running - effect, np.int64)


def _post_one_by_one(
    at: np.ndarray,
    agent: pd.Series,
    effect: np.ndarray,
    first: np.ndarray,
    gives: np.ndarray,
    original: np.ndarray,
    refusal: np.ndarray,
) -> None:
    """Accounts where a refund is refused: each later row then finds another balance."""
    agents = agent.to_numpy(object)
    balance: dict[object, int] = {}
    for row in at.tolist():
        held = balance.setdefault(agents[row], int(first[row]))
        undone = original[row]
        if undone != NONE and refusal[undone] is Refusal.OVERDRAWN and refusal[row] is None:
            refusal[row], effect[row] = Refusal.NOTHING_TO_REVERSE, 0
        elif gives[row] and effect[row] < 0 and -effect[row] > held:
            refusal[row], effect[row] = Refusal.OVERDRAWN, 0
        balance[agents[row]] = held + int(effect[row])


def balances(
    ledger: pd.DataFrame, posted: Posted, since: pd.Timestamp, until: pd.Timestamp
) -> pd.DataFrame:
    """Per agent: ``opening``, the sum of each kind from ``since`` to ``until``, ``closing``.

    ``opening`` and ``closing`` are <NA> for an agent whose first opening isn't known, or comes
    after ``until``.
    """
    rows = posted.rows
    agents = ledger["agent_code"]
    names = sorted({*posted.opening.index, *agents.dropna()})
    within = (rows["day"] >= since) & (rows["day"] <= until)
    table = pd.DataFrame(index=pd.Index(names, name="agent_code"))
    opened = rows["day"][rows["opens"].astype(bool)].groupby(agents).min().reindex(names)
    first = posted.opening.reindex(names).astype("Int64").mask(opened > until)
    earlier = rows["effect"][rows["day"] < since].groupby(agents).sum().reindex(names).fillna(0)
    table["opening"] = first + earlier.astype("int64")
    for kind, sign in EFFECT.items():
        of_kind = rows["effect"][within & (ledger["kind"] == kind)]
        sums = of_kind.groupby(agents).sum().reindex(names).fillna(0)
        table[kind] = sums.astype("int64") * sign
    change = sum(table[kind] * sign for kind, sign in EFFECT.items())
    table["closing"] = table["opening"] + change
    return table


def available(
    closing: pd.Series, used: pd.Series, frozen: pd.Series, credit: pd.Series, *, lend: bool
) -> pd.Series:
    """可用押金; ``lend`` is the parameter 授信计入.

    >>> amounts = [pd.Series([fen]) for fen in (565000, 560000, 10000, 50000)]
    >>> available(*amounts, lend=True)[0], available(*amounts, lend=False)[0]
    (np.int64(45000), np.int64(-5000))
    """
    return closing + (credit if lend else 0) - used - frozen
