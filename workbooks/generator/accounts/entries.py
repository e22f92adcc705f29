"""Rows of the ledgers and lists, and where in which workbook each of them came to stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from .periods import Period

ISSUE, CONSUMED, SOLD, SENT_BACK, WRITTEN_OFF = "发放", "核销", "保外领用", "新件退库", "报损"
REVERSAL, OLD_RETURN = "红冲", "旧件返还"
PART_KINDS = {
    ISSUE: "issued", CONSUMED: "consumed", SOLD: "sold",
    SENT_BACK: "sent_back", WRITTEN_OFF: "written_off",
}  # fmt: skip
TAKEN, GIVEN_BACK, CHARGED, OVERDUE, PENALTY = (
    "收取", "退还", "保外扣款", "逾期未返扣款", "处罚扣款",
)  # fmt: skip
DEPOSIT_KINDS = {
    TAKEN: "taken", GIVEN_BACK: "given_back", CHARGED: "charged",
    OVERDUE: "overdue", PENALTY: "penalty",
}  # fmt: skip
OPENING = "期初"


class Place(NamedTuple):
    workbook: str
    sheet: str
    row: int


@dataclass(slots=True, kw_only=True, eq=False)
class Entry:
    """``entered`` is the month in whose folder the row stands, ``posted`` whether it counts."""

    entered: Period
    day: date
    posted: bool = True
    place: Place = field(default=Place("", "", 0))

    @property
    def post_day(self) -> date:
        """A row of a closed month posts on the first day of the month it was entered in."""
        return max(self.day, self.entered.first)


@dataclass(slots=True, kw_only=True, eq=False)
class Movement(Entry):
    number: str
    kind: str
    outlet: str
    part: str
    quantity: int
    price: int | None = None
    slip: str | None = None
    batch: str | None = None
    document: str | None = None
    reverses: Movement | None = None
    reversed_number: str | None = None

    def cells(self) -> dict[str, Any]:
        amount = None if self.price is None else self.price * self.quantity
        undone = self.reverses.number if self.reverses else self.reversed_number
        return {
            "流水号": self.number, "业务日期": self.day, "类型": self.kind,
            "网点编码": self.outlet, "配件编码": self.part, "数量": self.quantity,
            "押金单价": self.price, "金额": amount, "维修单号": self.slip, "批次号": self.batch,
            "单据号": self.document, "红冲流水号": undone,
        }  # fmt: skip


@dataclass(slots=True, kw_only=True, eq=False)
class Return(Entry):
    number: str
    outlet: str
    part: str
    quantity: int
    kind: str = OLD_RETURN

    def cells(self) -> dict[str, Any]:
        return {
            "返还单号": self.number, "返还日期": self.day, "返还类型": self.kind,
            "网点编码": self.outlet, "配件编码": self.part, "数量": self.quantity,
            "验收结果": "合格",
        }  # fmt: skip


@dataclass(slots=True, kw_only=True, eq=False)
class Deposit(Entry):
    """``amount`` is negative in a reversal."""

    number: str
    kind: str
    agent: str
    amount: int
    basis: str | None = None
    reverses: str | None = None

    def cells(self) -> dict[str, Any]:
        return {
            "流水号": self.number, "日期": self.day, "类型": self.kind, "代理商编码": self.agent,
            "金额": self.amount, "依据单号": self.basis, "红冲流水号": self.reverses,
            "收付方式": "转账" if self.kind in (TAKEN, GIVEN_BACK) else None,
        }  # fmt: skip


@dataclass(slots=True, kw_only=True, eq=False)
class Proposal(Entry):
    number: str
    outlet: str
    amount: int
    state: str = "已批准"

    def cells(self) -> dict[str, Any]:
        return {
            "建议单号": self.number, "日期": self.day, "网点编码": self.outlet,
            "批准金额": self.amount, "状态": self.state,
        }  # fmt: skip


@dataclass(slots=True, kw_only=True, eq=False)
class Charge(Entry):
    """A row of 保外配件收费清单 as the clerk typed it."""

    outlet: str
    slip: str
    user: str
    model: str
    part: str
    quantity: int
    price: int
    amount: int
    paid_by: str = "现金"
    paid: str = "已收"

    def cells(self) -> dict[str, Any]:
        received = self.day if self.paid == "已收" else None
        return {
            "网点编码": self.outlet, "领用日期": self.day, "维修单号": self.slip,
            "用户姓名": self.user, "产品型号": self.model, "配件编码": self.part,
            "数量": self.quantity, "单价": self.price, "金额": self.amount,
            "收款方式": self.paid_by, "收款状态": self.paid, "收款日期": received,
        }  # fmt: skip
