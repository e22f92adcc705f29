"""Folds the hits of a row into one verdict and the money of each component. rules.md §1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from addin.domain.rmb import yuan
from addin.rules.hits import BoolArray, Hits, IntArray
from addin.rules.verdicts import CLAIMED, COMPONENTS, Effect, Scope, Verdict

_ORDER = (
    (Verdict.REFUSED, True),  # the whole slip
    (Verdict.RETURNED, True),
    (Verdict.UNDECIDABLE, True),
    (Verdict.PENDING, True),
    (Verdict.REFUSED, False),  # in part
    (Verdict.NOTICE, True),
    (Verdict.PASSED, True),
)
_RANK = {key: rank for rank, key in enumerate(_ORDER)}
_SHOWN = np.array([str(verdict) for verdict, _ in _ORDER], object)


def decide(hits: Hits, facts: pd.DataFrame, parameters: Mapping[str, Any]) -> pd.DataFrame:
    """verdict, verdict_scope, codes, reasons, approved_*, held_*, payable, held, cut per slip.

    Money is int64 分; payable + held + cut = claimed on every row.
    """
    verdicts = _verdicts(hits, len(facts))
    amounts = _amounts(hits, facts, parameters)
    codes, reasons = _words(hits, len(facts))
    cut = amounts["cut"].to_numpy(np.int64)
    for i in np.flatnonzero(cut < 0).tolist():
        extra = f"补差{yuan(-int(cut[i]))}"
        reasons[i] = f"{reasons[i]};{extra}" if reasons[i] else extra
    return pd.concat(
        [verdicts, pd.DataFrame({"codes": codes, "reasons": reasons}), amounts], axis=1
    ).set_axis(facts.index)


def _verdicts(hits: Hits, n: int) -> pd.DataFrame:
    """The highest verdict of each row, and whether a hit of that rank is about the whole slip."""
    rank = np.full(n, _RANK[Verdict.PASSED, True])
    ranked = []
    for found in hits.found:
        whole_row = found.effect is not Effect.CUT and found.effect is not Effect.REFUSE_COMPONENT
        own = _RANK[
            found.outcome.verdict, found.outcome.verdict is not Verdict.REFUSED or whole_row
        ]
        ranks = np.where(found.waived, _RANK[Verdict.NOTICE, True], own)
        np.minimum.at(rank, found.rows, ranks)
        ranked.append((found, ranks))
    whole = np.zeros(n, bool)
    for found, ranks in ranked:
        if found.outcome.scope is Scope.WHOLE:
            whole[found.rows[ranks == rank[found.rows]]] = True
    scope = np.where(whole, "整单", "部分").astype(object)
    scope[rank == _RANK[Verdict.PASSED, True]] = ""
    return pd.DataFrame({"verdict": _SHOWN[rank], "verdict_scope": scope})


def _amounts(hits: Hits, facts: pd.DataFrame, parameters: Mapping[str, Any]) -> pd.DataFrame:
    n = len(facts)
    out = hits.rows_with(n, Effect.REFUSE_ROW, Effect.RETURN_ROW)
    held_whole = hits.rows_with(n, Effect.HOLD, scope=Scope.WHOLE)
    approved: dict[Scope, IntArray] = {}
    held: dict[Scope, IntArray] = {}
    for component in COMPONENTS:
        claimed = facts[CLAIMED[component]].to_numpy(np.int64)
        refused = hits.rows_with(n, Effect.REFUSE_COMPONENT, scope=component) | out
        on_hold = hits.rows_with(n, Effect.HOLD, scope=component) | held_whole
        is_cut = hits.rows_with(n, Effect.CUT, scope=component)
        standard, cut_to = _standard(component, facts)
        ceiling = np.where(is_cut, cut_to, claimed)
        pays = ceiling
        if parameters["approval_basis"] == "按标准":
            pays = np.where((claimed > 0) & (standard >= 0) & ~_waived(hits, n, component),
                            standard, ceiling)  # fmt: skip
        granted = _granted(hits, n, component)
        pays = np.where(granted >= 0, np.minimum(granted, ceiling), pays)
        approved[component] = np.where(refused | on_hold, 0, pays)
        held[component] = np.where(on_hold & ~refused, np.minimum(claimed, ceiling), 0)
    _cap_whole_slips(approved, _granted(hits, n, Scope.WHOLE))
    payable, waiting = sum(approved.values()), sum(held.values())
    claimed = facts["claimed"].to_numpy(np.int64)
    return pd.DataFrame(
        {
            **{f"approved_{c.name.lower()}": approved[c] for c in COMPONENTS},
            "payable": payable,
            "held": waiting,
            "cut": claimed - payable - waiting,
        }
    )


def _standard(component: Scope, facts: pd.DataFrame) -> tuple[IntArray, IntArray]:
    """The standard of a component (-1 unknown), and what a 核减 hit leaves of the claim."""
    if component is Scope.LABOUR:
        standard = facts["standard_labour"].to_numpy(np.int64, na_value=-1)
        left = facts["claimed_labour"] - facts["labour_cut"].fillna(0)
        installs = facts["is_install"].to_numpy(bool)
        return standard, np.where(installs, standard, left.to_numpy(np.int64))
    if component is Scope.TRAVEL:
        standard = facts["standard_travel"].to_numpy(np.int64, na_value=-1)
        return standard, standard
    none = np.full(len(facts), -1)
    return none, none


def _granted(hits: Hits, n: int, scope: Scope) -> IntArray:
    """放行金额 of the waivers on ``scope``, the least of several; -1 where none names one."""
    amount = np.full(n, np.iinfo(np.int64).max)
    for found in hits.found:
        if found.outcome.scope is scope:
            named = found.waived & (found.waived_amount >= 0)
            np.minimum.at(amount, found.rows[named], found.waived_amount[named])
    amount[amount == np.iinfo(np.int64).max] = -1
    return amount


def _waived(hits: Hits, n: int, scope: Scope) -> BoolArray:
    mask = np.zeros(n, bool)
    for found in hits.found:
        if found.outcome.scope is scope and found.effect is Effect.CUT:
            mask[found.rows[found.waived]] = True
    return mask


def _cap_whole_slips(approved: dict[Scope, IntArray], cap: IntArray) -> None:
    """放行金额 on a whole-slip code caps the row, component by component (rules.md §13.6)."""
    left = np.where(cap >= 0, cap, np.iinfo(np.int64).max)
    for component in COMPONENTS:
        approved[component] = np.minimum(approved[component], left)
        left = left - approved[component]


def _words(hits: Hits, n: int) -> tuple[np.ndarray, np.ndarray]:
    """问题代码 and 核对说明: every hit, by code; blank where there is none."""
    codes, reasons = np.full(n, "", object), np.full(n, "", object)
    for found in sorted(hits.found, key=lambda f: f.rule.code):
        shown = np.where(found.waived, f"{found.rule.code}(放行)", found.rule.code)
        for row, code, message in zip(found.rows.tolist(), shown, found.messages, strict=True):
            codes[row] = f"{codes[row]};{code}" if codes[row] else code
            reasons[row] = f"{reasons[row]};{message}" if reasons[row] else message
    return codes, reasons
