"""Verdicts, effects and scopes: the words in which every rule speaks. rules.md §1."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    REFUSED = "拒付"
    RETURNED = "退回"
    UNDECIDABLE = "无法判断"
    PENDING = "待查"
    NOTICE = "提示"
    PASSED = "通过"


class Effect(StrEnum):
    NONE = "无"
    HOLD = "挂起"
    CUT = "核减"
    REFUSE_COMPONENT = "拒付分项"
    REFUSE_ROW = "拒付整单"
    RETURN_ROW = "退回整单"


class Scope(StrEnum):
    """What a hit is about. ``LABOUR`` reads 安装费 on an install slip, 维修费 on a repair slip."""

    WHOLE = "整单"
    LABOUR = "安装费/维修费"
    TRAVEL = "远程费"
    OTHER = "其他费"
    PARTS = "配件费"
    ROW = "行"
    SHEET = "表"

    def shown(self, service: str) -> str:
        return f"{service}费" if self is Scope.LABOUR else str(self)


class Severity(StrEnum):
    HIGH = "高"
    MEDIUM = "中"
    LOW = "低"


COMPONENTS = (Scope.LABOUR, Scope.TRAVEL, Scope.OTHER, Scope.PARTS)
"""The parts of a claim, in the order in which a capped waiver pays them (rules.md §13.6)."""

CLAIMED = {scope: f"claimed_{scope.name.lower()}" for scope in COMPONENTS}


OF_A_ROW = {
    Verdict.REFUSED: "不入账;更正流水后再对账",
    Verdict.RETURNED: "不入账;改正这一行后再对账",
    Verdict.PENDING: "已入账,该户待查;核实依据",
    Verdict.NOTICE: "核实后按规定处理",
}
OF_A_SHEET = {Verdict.PENDING: "查明原因,改正或补齐后再发出", Verdict.NOTICE: "核实原因,按规定处理"}
ADVICE = {
    Effect.HOLD: "核实后放行,或拒付",
    Effect.RETURN_ROW: "退回网点,更正后重报",
    Effect.REFUSE_ROW: "不付;网点有异议时附证明申请放行",
    Effect.REFUSE_COMPONENT: "该项不付,其余照付",
    Effect.CUT: "按标准付,超出部分核减",
    Effect.NONE: "可以付款,有空时留意",
}


@dataclass(frozen=True)
class Outcome:
    """What a hit does to its row."""

    verdict: Verdict
    effect: Effect
    scope: Scope

    @property
    def advice(self) -> str:
        """What the clerk should do next (建议处理)."""
        if self.verdict is Verdict.UNDECIDABLE:
            return "先补齐基础资料或参数,再核对一次"
        special = {Scope.ROW: OF_A_ROW, Scope.SHEET: OF_A_SHEET}.get(self.scope, {})
        return special.get(self.verdict, ADVICE[self.effect])

    def overridden(self, verdict: Verdict) -> Outcome:
        """The outcome under another 结论 of sheet 规则参数 (rules.md §13.5, §13.9).

        A row of a ledger has no money to hold or to cut: it is posted or not, by its verdict.
        """
        if self.scope is Scope.ROW:
            return Outcome(verdict, Effect.NONE, Scope.ROW)
        match verdict:
            case Verdict.NOTICE | Verdict.PASSED:
                return Outcome(verdict, Effect.NONE, self.scope)
            case Verdict.PENDING | Verdict.UNDECIDABLE:
                return Outcome(verdict, Effect.HOLD, self.scope)
            case Verdict.RETURNED:
                return Outcome(verdict, Effect.RETURN_ROW, Scope.WHOLE)
            case Verdict.REFUSED:
                refusing = (Effect.CUT, Effect.REFUSE_COMPONENT, Effect.REFUSE_ROW)
                if self.effect in refusing:
                    return Outcome(verdict, self.effect, self.scope)
                whole = self.scope is Scope.WHOLE
                effect = Effect.REFUSE_ROW if whole else Effect.REFUSE_COMPONENT
                return Outcome(verdict, effect, self.scope)


def returned() -> Outcome:
    return Outcome(Verdict.RETURNED, Effect.RETURN_ROW, Scope.WHOLE)


def refused(scope: Scope = Scope.WHOLE) -> Outcome:
    effect = Effect.REFUSE_ROW if scope is Scope.WHOLE else Effect.REFUSE_COMPONENT
    return Outcome(Verdict.REFUSED, effect, scope)


def cut(scope: Scope) -> Outcome:
    return Outcome(Verdict.REFUSED, Effect.CUT, scope)


def undecidable(scope: Scope = Scope.WHOLE) -> Outcome:
    return Outcome(Verdict.UNDECIDABLE, Effect.HOLD, scope)


def pending(scope: Scope = Scope.WHOLE) -> Outcome:
    return Outcome(Verdict.PENDING, Effect.HOLD, scope)


def notice(scope: Scope = Scope.WHOLE) -> Outcome:
    return Outcome(Verdict.NOTICE, Effect.NONE, scope)


def of_row(verdict: Verdict) -> Outcome:
    """About one row of a ledger or list; never changes the money of a slip (rules.md §12.5)."""
    return Outcome(verdict, Effect.NONE, Scope.ROW)


def of_sheet(verdict: Verdict) -> Outcome:
    """About an account or a report as a whole."""
    return Outcome(verdict, Effect.NONE, Scope.SHEET)


def sheet_notice() -> Outcome:
    """About an outlet or a report as a whole; never changes the money of a row."""
    return notice(Scope.SHEET)
