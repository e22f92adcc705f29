"""Sheets 匹配结果 and 匹配确认, as data. workbooks.md §7, with what a clerk decides a line by."""

from __future__ import annotations

from addin.tables.fields import Field, SheetSpec, Type

TEXT, CODE, DATE, INT = Type.TEXT, Type.CODE, Type.DATE, Type.INT
MONEY, BOOL = Type.MONEY, Type.BOOL

# fmt: off
MATCHES = SheetSpec(
    "匹配结果",
    (
        Field("sequence", "序号", INT),
        Field("conclusion", "结论", TEXT),
        Field("step", "匹配步骤", TEXT),
        Field("reason", "说明", TEXT),
        Field("answer", "确认", BOOL),
        Field("answered_by", "确认人", TEXT),
        Field("our_slip_no", "我方单据号", TEXT),
        Field("their_slip_no", "对方单据号", TEXT),
        Field("our_part", "我方配件", TEXT),
        Field("their_part", "对方配件", TEXT),
        Field("our_date", "我方日期", TEXT),
        Field("their_date", "对方日期", TEXT),
        Field("our_quantity", "我方数量", INT),
        Field("their_quantity", "对方数量", INT),
        Field("our_amount", "我方金额", MONEY),
        Field("their_amount", "对方金额", MONEY),
        Field("difference", "差额", MONEY),
        Field("our_sheet", "我方工作表", TEXT),
        Field("our_row", "我方行号", TEXT),
        Field("their_sheet", "对方工作表", TEXT),
        Field("their_row", "对方行号", TEXT),
        Field("agent_code", "代理商编码", CODE),
        Field("our_entries", "我方内容", TEXT),
        Field("their_entries", "对方内容", TEXT),
    ),
)
CONFIRMATIONS = SheetSpec(
    "匹配确认",
    (
        Field("agent_code", "代理商编码", CODE, True),
        Field("our_entries", "我方内容", TEXT, True),
        Field("their_entries", "对方内容", TEXT, True),
        Field("answer", "确认", BOOL, True),
        Field("answered_by", "确认人", TEXT, True),
        Field("date", "日期", DATE),
    ),
)
"""Entries are told as ``domain.matching.remembered.words`` has them, a line for each."""
# fmt: on
