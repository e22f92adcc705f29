"""Ledgers of parts and deposits and the statements closed on them, as data. workbooks.md §6, §7."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from addin.domain import deposits, parts
from addin.tables.complaints import (
    UNCALCULATED,
    UNREADABLE,
    Complaint,
    blanks,
    cut_off,
    of_type,
    tell,
    unreadable_or_not_positive,
)
from addin.tables.fields import Choices, Field, SheetSpec, Type
from addin.tables.read import Table

TEXT, CODE, DATE, INT = Type.TEXT, Type.CODE, Type.DATE, Type.INT
MONEY, ENUM, BOOL = Type.MONEY, Type.ENUM, Type.BOOL

PARTS_KIND = Choices(
    (*parts.EFFECT, parts.REVERSAL),
    {"领用": "保外领用", "退库": "新件退库", "配件发放": "发放", "配件核销": "核销"},
)
DEPOSIT_KIND = Choices(tuple(deposits.EFFECT))
RETURN_KIND = Choices(("旧件返还", "新件退库"))
ACCEPTED = Choices(("合格", "不合格"))

# fmt: off
PARTS_LEDGER = SheetSpec(
    "配件流水",
    (
        Field("entry_no", "流水号", CODE, True, help="流水号,不得重复", example="PL0001"),
        Field("date", "业务日期", DATE, True, help="发放、核销等业务的日期"),
        Field("kind", "类型", ENUM, True, choices=PARTS_KIND, help="业务的类型;红冲须填红冲流水号"),
        Field("outlet_code", "网点编码", CODE, True, help="网点编码", example="WD001"),
        Field("outlet_name", "网点名称", TEXT, help="网点名称", example="青禾家电服务部"),
        Field("part_code", "配件编码", CODE, True, help="配件编码", example="PJ001"),
        Field("part_name", "配件名称", TEXT, help="配件名称", example="加热管"),
        Field("quantity", "数量", INT, True, help="件数,大于0"),
        Field("deposit_price", "押金单价", MONEY,
              help="发放时的押金单价,元;空白按配件价格表"),
        Field("amount", "金额", MONEY, help="数量乘单价,元"),
        Field("slip_no", "维修单号", CODE, help="核销、保外领用须填维修单号", example="WX001"),
        Field("batch_no", "批次号", CODE,
              help="用哪一批,填发放的流水号;空白=先进先出", example="PL0001"),
        Field("document_no", "单据号", CODE, help="单据号", example="FH001"),
        Field("reverses", "红冲流水号", CODE, help="被红冲的流水号", example="PL0002"),
        Field("handled_by", "经手人", TEXT, help="经手人", example="李某"),
        Field("remark", "备注", TEXT, help="需要说明的事项", example="补发"),
    ),
    key=("entry_no",),
)
RETURNS = SheetSpec(
    "旧件返还",
    (
        Field("return_no", "返还单号", CODE, True, help="返还单号", example="FJ0001"),
        Field("date", "返还日期", DATE, True, help="返还的日期"),
        Field("kind", "返还类型", ENUM, True, choices=RETURN_KIND, help="旧件与新件不得混记"),
        Field("outlet_code", "网点编码", CODE, True, help="网点编码", example="WD001"),
        Field("part_code", "配件编码", CODE, True, help="配件编码", example="PJ001"),
        Field("quantity", "数量", INT, True, help="件数,大于0"),
        Field("slip_no", "维修单号", CODE, help="换下此件的维修单号", example="WX001"),
        Field("accepted", "验收结果", ENUM, choices=ACCEPTED, help="旧件的验收结果"),
        Field("accepted_by", "验收人", TEXT, help="验收人", example="李某"),
        Field("remark", "备注", TEXT, help="需要说明的事项", example="缺附件"),
    ),
    key=("return_no",),
)
DEPOSIT_LEDGER = SheetSpec(
    "押金流水",
    (
        Field("entry_no", "流水号", CODE, True, help="流水号,不得重复", example="YJ0001"),
        Field("date", "日期", DATE, True, help="收付或扣款的日期"),
        Field("kind", "类型", ENUM, True, choices=DEPOSIT_KIND, help="由类型定正负"),
        Field("agent_code", "代理商编码", CODE, True, ("网点编码",),
              help="代理商编码", example="DL001"),
        Field("agent_name", "代理商名称", TEXT, help="代理商名称", example="青禾商贸"),
        Field("amount", "金额", MONEY, True, help="大于0,元;红冲为负,与原金额相等"),
        Field("basis_no", "依据单号", CODE,
              help="扣款须填依据;首月的期初余额写“期初”", example="JY0001"),
        Field("reverses", "红冲流水号", CODE, help="被红冲的流水号", example="YJ0002"),
        Field("paid_by", "收付方式", TEXT, help="收付方式", example="转账"),
        Field("handled_by", "经手人", TEXT, help="经手人", example="李某"),
        Field("remark", "备注", TEXT, help="需要说明的事项", example="补交"),
    ),
    key=("entry_no",),
)
LEDGERS = (PARTS_LEDGER, RETURNS, DEPOSIT_LEDGER)

DEPOSIT_STATEMENT = SheetSpec(
    "全国各代理商配件押金对帐单",
    (
        Field("sequence", "序号", INT),
        Field("agent_code", "代理商编码", CODE, True, ("网点编码",),
              help="代理商编码,每家一行", example="DL001"),
        Field("agent_name", "代理商名称", TEXT, help="网点档案中的代理商名称"),
        Field("province", "省份", TEXT, help="代理商所在省份"),
        Field("opening", "期初余额", MONEY, help="上月已月结对帐单的期末余额"),
        Field("taken", "本期收取", MONEY, help="押金流水中本月的收取,红冲已抵减"),
        Field("given_back", "本期退还", MONEY, help="押金流水中本月的退还,红冲已抵减"),
        Field("charged", "保外扣款", MONEY, help="押金流水中本月的保外扣款,红冲已抵减"),
        Field("overdue", "逾期未返扣款", MONEY, help="押金流水中本月的逾期未返扣款,红冲已抵减"),
        Field("penalty", "处罚扣款", MONEY, help="押金流水中本月的处罚扣款,红冲已抵减"),
        Field("closing", "期末余额", MONEY, True, help="期初+收取-退还-各项扣款"),
        Field("used", "配件占用", MONEY, help="在外配件按发放时押金单价的金额"),
        Field("frozen", "冻结金额", MONEY, help="已批准、还没有发出的配件金额"),
        Field("credit", "授信额度", MONEY, help="所属网点授信额度之和"),
        Field("available", "可用押金", MONEY, help="期末余额+授信-占用-冻结"),
        Field("sent_on", "发出日期", DATE, help="对账单发给代理商的日期"),
        Field("countersigned", "回签", BOOL, help="代理商已签字盖章寄回填“是”"),
        Field("countersigned_on", "回签日期", DATE, help="收到回签的日期"),
        Field("agent_balance", "代理商余额", MONEY, help="代理商账上的余额"),
        Field("difference", "差额", MONEY, help="代理商余额减期末余额"),
        Field("verdict", "核对结果", TEXT, help="由程序填写"),
        Field("codes", "问题代码", TEXT, help="由程序填写"),
        Field("reasons", "核对说明", TEXT, help="由程序填写"),
        Field("remark", "备注", TEXT, help="需要说明的事项", example="已电话确认"),
    ),
    key=("agent_code",),
)
PARTS_STATEMENT = SheetSpec(
    "年月配件对账单",
    (
        Field("sequence", "序号", INT),
        Field("outlet_code", "网点编码", CODE, True, help="网点编码", example="WD001"),
        Field("outlet_name", "网点名称", TEXT, help="网点名称"),
        Field("part_code", "配件编码", CODE, True, help="配件编码", example="PJ001"),
        Field("part_name", "配件名称", TEXT, help="配件名称"),
        Field("unit", "单位", TEXT, help="计量单位", example="只"),
        Field("deposit_price", "押金单价", MONEY, help="在外各批单价不同时空白,见在外批次"),
        Field("opening", "期初在外", INT, help="上月期末在外"),
        Field("issued", "本期发放", INT, help="本月发放,红冲已抵减"),
        Field("consumed", "本期核销", INT, help="本月核销,红冲已抵减"),
        Field("sold", "保外领用", INT, help="本月保外领用,红冲已抵减"),
        Field("sent_back", "新件退库", INT, help="本月新件退库,红冲已抵减"),
        Field("written_off", "报损", INT, help="本月报损,红冲已抵减"),
        Field("in_field", "期末在外", INT, True, help="期初+发放-核销-领用-退库-报损"),
        Field("used", "占用金额", MONEY, help="在外各批按发放时押金单价的金额"),
        Field("return_due", "旧件应返", INT, help="需返旧件的配件累计核销数"),
        Field("returned", "旧件已返", INT, help="累计返还的旧件数"),
        Field("outstanding", "旧件未返", INT, help="应返减已返"),
        Field("oldest_days", "最长库龄天", INT, help="最早一批在外的天数"),
        Field("remark", "备注", TEXT, help="需要说明的事项", example="待查"),
    ),
    key=("outlet_code", "part_code"),
)
OPEN_BATCHES = SheetSpec(
    "在外批次",
    (
        Field("outlet_code", "网点编码", CODE, True, help="网点编码", example="WD001"),
        Field("outlet_name", "网点名称", TEXT, help="网点名称"),
        Field("part_code", "配件编码", CODE, True, help="配件编码", example="PJ001"),
        Field("part_name", "配件名称", TEXT, help="配件名称"),
        Field("entry_no", "流水号", CODE, help="发放这一批的流水号", example="PL0001"),
        Field("date", "业务日期", DATE, True, help="发放这一批的日期"),
        Field("deposit_price", "押金单价", MONEY, help="发放时的押金单价,以后不变"),
        Field("left", "在外数量", INT, True, help="这一批还在外的件数"),
        Field("amount", "金额", MONEY, help="在外数量乘押金单价"),
        Field("age", "库龄天", INT, help="核对基准日减业务日期"),
    ),
    key=("entry_no",),
)
"""Sheet of the 配件对账单: what 期末在外 consists of. Next month opens with these batches."""
PAID_BY = Choices(("现金", "转账", "押金扣款"))
PAID = Choices(("已收", "未收", "部分"))
CHARGES = SheetSpec(
    "保外配件收费清单",
    (
        Field("sequence", "序号", INT),
        Field("outlet_code", "网点编码", CODE, True, help="网点编码", example="WD001"),
        Field("outlet_name", "网点名称", TEXT, help="网点名称"),
        Field("date", "领用日期", DATE, True, help="领用的日期,须在本季度内"),
        Field("slip_no", "维修单号", CODE, True, help="保外维修单的单号", example="WX001"),
        Field("user_name", "用户姓名", TEXT, help="用户姓名"),
        Field("model", "产品型号", CODE, help="产品型号", example="DR-60A"),
        Field("part_code", "配件编码", CODE, True, help="配件编码", example="PJ001"),
        Field("part_name", "配件名称", TEXT, help="配件名称"),
        Field("quantity", "数量", INT, blank_means=1, help="件数;空白=1"),
        Field("price", "单价", MONEY, help="领用日期的保外售价"),
        Field("amount", "金额", MONEY, help="数量乘单价"),
        Field("paid_by", "收款方式", ENUM, choices=PAID_BY, help="现金、转账或押金扣款"),
        Field("paid", "收款状态", ENUM, choices=PAID, help="已收、未收或部分"),
        Field("paid_on", "收款日期", DATE, help="收到款的日期"),
        Field("receipt_no", "收据号码", CODE, help="收据号码,按文本录入", example="SJ0001"),
        Field("remark", "备注", TEXT, help="需要说明的事项", example="分两次付"),
    ),
    key=("slip_no", "part_code"),
)
PENALTY_STATE = Choices(("待审批", "已批准", "已驳回"))
PENALTIES = SheetSpec(
    "处罚建议单",
    (
        Field("proposal_no", "建议单号", CODE, True),
        Field("date", "日期", DATE),
        Field("outlet_code", "网点编码", CODE),
        Field("approved_amount", "批准金额", MONEY),
        Field("state", "状态", ENUM, True, choices=PENALTY_STATE),
    ),
    key=("proposal_no",),
)
"""Of a proposal the deposit accounts need only whether it is approved; workbooks.md §8."""
# fmt: on

POSTED, UNPOSTED = "已入账", "未入账"
ACCOUNT_ISSUES = SheetSpec(
    "对账问题清单",
    (
        Field("sequence", "序号", INT),
        Field("severity", "严重度", ENUM, choices=Choices(("高", "中", "低"))),
        Field("verdict", "核对结果", TEXT),
        Field("code", "问题代码", CODE),
        Field("short_name", "短名", TEXT),
        Field("agent_code", "代理商编码", CODE),
        Field("outlet_code", "网点编码", CODE),
        Field("part_code", "配件编码", CODE),
        Field("workbook", "工作簿", TEXT),
        Field("sheet", "工作表", TEXT),
        Field("row", "行号", INT),
        Field("entry_no", "流水号", CODE),
        Field("message", "核对说明", TEXT),
        Field(
            "posted",
            "入账",
            ENUM,
            choices=Choices((POSTED, UNPOSTED)),
            help="未入账的行不进任何余额,改正后再对账",
        ),
        Field("advice", "建议处理", TEXT),
    ),
)

BOOKS = (*LEDGERS, CHARGES, PENALTIES)
"""What is entered of a month beside its slips."""


# --- what could not be read in a row --------------------------------------------------------


def _amount_without_sense(table: Table, f: Field) -> np.ndarray:
    """Of a deposit row: no number, 0, or with a sign that says reversal where there is none."""
    backwards = table.frame["reverses"].notna().to_numpy(bool)
    amount = table.frame[f.name]
    positive, negative = (amount > 0).fillna(False), (amount < 0).fillna(False)
    sense = np.where(backwards, negative, positive) | amount.isna().to_numpy(bool)
    return np.asarray(UNREADABLE(table, f) | ~sense, bool)


def _unreadable_amount(table: Table, f: Field) -> np.ndarray:
    if f.name == "quantity":
        return unreadable_or_not_positive(table, f)
    if table.spec is DEPOSIT_LEDGER:
        return _amount_without_sense(table, f)
    return UNREADABLE(table, f)


def _has_a_rule(f: Field) -> bool:
    """Kinds whose unknown values have a rule of their own, R411 and R504."""
    return f.choices is RETURN_KIND or f.choices is DEPOSIT_KIND


def _other_choice(f: Field) -> bool:
    return f.type is Type.ENUM and not _has_a_rule(f)


_QUOTED = "{header}“{raw}”"
_COMPLAINTS: Mapping[str, Complaint] = {
    "bad_dates": Complaint(_QUOTED, of_type(Type.DATE), UNREADABLE),
    "bad_amounts": Complaint(_QUOTED, of_type(Type.MONEY, Type.INT), _unreadable_amount),
    "bad_choices": Complaint(_QUOTED, _other_choice, UNREADABLE),
    "bad_kind": Complaint("{raw}", _has_a_rule, UNREADABLE),
    "cut_off": Complaint("{header}", of_type(Type.CODE), cut_off),
    "uncalculated": Complaint("{cell}", lambda f: True, UNCALCULATED),
}
COMPLAINED = ("blank_fields", *_COMPLAINTS)


def complaints(table: Table) -> dict[str, np.ndarray]:
    """Columns of complaints about the rows of a ledger or a list, by name."""
    told = {name: tell(table, complaint) for name, complaint in _COMPLAINTS.items()}
    return {"blank_fields": _gaps(table), **told}


def _gaps(table: Table) -> np.ndarray:
    """Required headers without a value; a part that is sold names the slip it was sold on."""
    told = blanks(table, [f.header for f in table.spec.fields if f.required])
    if table.spec is PARTS_LEDGER:
        slip = table.spec["slip_no"].header
        nameless = (table.frame["kind"] == "保外领用") & table.frame["slip_no"].isna()
        for i in np.flatnonzero(nameless.fillna(False)).tolist():
            told[i] = slip if told[i] is None else f"{told[i]}、{slip}"
    return told
