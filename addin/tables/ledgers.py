"""Ledgers of parts and deposits and the statements closed on them, as data. workbooks.md §6, §7."""

from __future__ import annotations

from addin.domain import deposits, parts
from addin.tables.fields import Choices, Field, SheetSpec, Type

TEXT, CODE, DATE, INT = Type.TEXT, Type.CODE, Type.DATE, Type.INT
MONEY, ENUM = Type.MONEY, Type.ENUM

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

# Of a closed statement only what the next month opens with has to be there.
DEPOSIT_STATEMENT = SheetSpec(
    "全国各代理商配件押金对帐单",
    (
        Field("agent_code", "代理商编码", CODE, True),
        Field("closing", "期末余额", MONEY, True),
    ),
    key=("agent_code",),
)
PARTS_STATEMENT = SheetSpec(
    "配件对账单",
    (
        Field("outlet_code", "网点编码", CODE, True),
        Field("part_code", "配件编码", CODE, True),
        Field("deposit_price", "押金单价", MONEY),
        Field("in_field", "期末在外", INT, True),
        Field("used", "占用金额", MONEY),
    ),
    key=("outlet_code", "part_code"),
)
# fmt: on
