"""放行: who may let what pass, and what of it is payable. rules.md §1, §13.6, §13.7."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from addin.domain.rmb import yuan
from addin.rules.hits import BoolArray, IntArray
from addin.rules.rule import Rule
from addin.rules.verdicts import CLAIMED, Effect, Outcome, Scope, Verdict

NEVER = frozenset({"R001", "R003", "R004"})
MANAGER = "售后部经理"
MANAGER_ONLY = frozenset({"R301"})
SHORTEST_REASON = 4


@dataclass(frozen=True)
class Waiver:
    """One line: slip (its position), code, reason, person, amount in 分 or none, day or none."""

    slip: int
    code: str
    reason: str
    by: str
    amount: int | None = None
    on: pd.Timestamp | None = None
    problem: str = ""  # why it was not understood at all

    @classmethod
    def read(cls, slip: int, line: Mapping[str, Any], *, unreadable_amount: bool) -> Waiver:
        """From the fields of a line, whichever sheet it stands on."""
        amount, on = line["waive_amount"], line.get("waive_date")
        return cls(
            slip=slip,
            code=line["waive_code"] or "",
            reason=line["waive_reason"] or "",
            by=line["waived_by"] or "",
            amount=None if pd.isna(amount) else int(amount),
            on=None if pd.isna(on) else on,
            problem="放行金额无法识别" if unreadable_amount else "",
        )


@dataclass
class Waivers:
    """Answers for each hit whether it is waived; ``refused`` tells why a waiver was not taken."""

    asked: list[Waiver]
    authority: pd.DataFrame
    facts: pd.DataFrame
    as_of: pd.Timestamp
    taken: set[Waiver] = field(default_factory=set)
    refused: dict[Waiver, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._by_code: dict[str, dict[int, Waiver]] = {}
        for waiver in self.asked:
            self._by_code.setdefault(waiver.code, {})[waiver.slip] = waiver
        self._entitled: dict[str, list[dict[str, Any]]] = {}
        for line in self.authority.to_dict("records"):
            self._entitled.setdefault(line["name"], []).append({str(n): v for n, v in line.items()})

    def judge(self, rule: Rule, outcome: Outcome, rows: IntArray) -> tuple[BoolArray, IntArray]:
        """Which of the hit ``rows`` are waived, and 放行金额 (-1 where none is named)."""
        waived, amount = np.zeros(len(rows), bool), np.full(len(rows), -1)
        asked = self._by_code.get(rule.code)
        if not asked:
            return waived, amount
        for i in np.flatnonzero(np.isin(rows, list(asked))).tolist():
            waiver = asked[int(rows[i])]
            problem = waiver.problem or self.problem(waiver, rule, outcome)
            self.refused.pop(waiver, None)
            if problem:
                self.refused[waiver] = problem
                continue
            self.taken.add(waiver)
            waived[i] = True
            amount[i] = -1 if waiver.amount is None else waiver.amount
        return waived, amount

    def problem(self, waiver: Waiver, rule: Rule, outcome: Outcome) -> str:
        """Why this waiver does not hold, in Chinese; empty when it does."""
        if rule.code in NEVER:
            return f"{rule.code}任何人不得放行"
        if len(waiver.reason) < SHORTEST_REASON:
            return f"放行原因不足{SHORTEST_REASON}个字"
        if outcome.verdict is Verdict.UNDECIDABLE and waiver.amount is None:
            return "无法判断的单据须写放行金额才能放行"
        claimed, payable = self._at_stake(waiver, outcome)
        if waiver.amount is not None and not 0 <= waiver.amount <= claimed:
            return f"放行金额{yuan(waiver.amount)}超过申报{yuan(claimed)}"
        return self._authority(waiver, rule, outcome, payable)

    def _at_stake(self, waiver: Waiver, outcome: Outcome) -> tuple[int, int]:
        """The claim in the scope of the hit, and what the waiver makes payable."""
        slip = waiver.slip
        scope = outcome.scope
        claimed = self._amount(slip, "claimed" if scope is Scope.WHOLE else CLAIMED[scope])
        asked = claimed if waiver.amount is None else waiver.amount
        if outcome.effect is Effect.NONE:
            return claimed, 0
        if outcome.effect is Effect.CUT:
            labour = scope is Scope.LABOUR
            if labour and not self.facts["is_install"].iat[slip]:
                standard = claimed - self._amount(slip, "labour_cut")
            else:
                standard = self._amount(slip, "standard_labour" if labour else "standard_travel")
            return claimed, max(0, asked - standard)
        return claimed, asked

    def _amount(self, slip: int, name: str) -> int:
        amount: Any = self.facts[name].iat[slip]
        return int(amount)

    def _authority(self, waiver: Waiver, rule: Rule, outcome: Outcome, payable: int) -> str:
        day = self.as_of if waiver.on is None else waiver.on
        lines = self._entitled.get(waiver.by)
        if lines is None:
            return f"放行人“{waiver.by}”不在签字权限"
        lines = [
            line
            for line in lines
            if not (line["valid_from"] > day or line["valid_to"] < day)
            and line["code"] in (None, rule.code)
        ]
        if rule.code in MANAGER_ONLY and outcome.scope is Scope.WHOLE:
            lines = [line for line in lines if line["role"] == MANAGER]
            if not lines:
                return f"{rule.code}只有{MANAGER}可以放行"
        if not lines:
            return f"放行人“{waiver.by}”无权放行{rule.code}"
        limits = [line["limit"] for line in lines]
        if pd.notna(limits).all() and max(limits) < payable:
            return f"放行{yuan(payable)}超过“{waiver.by}”的金额上限{yuan(int(max(limits)))}"
        return ""
