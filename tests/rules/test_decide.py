"""One row folded: the worked example of calculations.md §14 and its variants, and 放行."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from addin.actions.judge import Judged
from addin.rules.rule import Case

# 维修单: 维修费 90.00 against 67.50, 远程费 10.00 against 7.50, 其他费 30.00 without a standard.
# A visit of 中修 and 小修 would share; one row with a tariff of 67.50 says the same.
MASTERS = {
    "费用标准": [
        {"服务类别": "维修", "区域等级": "通用", "产品线": "通用", "项目": "小修", "单价": 67.5,
         "生效日期": "2020-01-01"},
        {"服务类别": "安装", "区域等级": "通用", "产品线": "通用", "项目": "标准安装", "单价": 80.0,
         "生效日期": "2020-01-01"},
    ]
}  # fmt: skip
ROW = {"申报维修费": 90.0, "申报远程费": 10.0, "单程里程": 20.0, "申报其他费": 30.0}


def waiver(code: str, amount: float | None = None, by: str = "经理乙") -> dict[str, Any]:
    return {"放行代码": code, "放行原因": "现场核实无误", "放行人": by, "放行金额": amount}


def figures(judged: Judged) -> tuple[object, ...]:
    v = judged.verdicts.iloc[-1]
    return v["payable"], v["held"], v["cut"], v["verdict"], v["verdict_scope"], v["codes"]


@pytest.mark.parametrize(
    ("changes", "payable", "held", "cut", "verdict", "scope", "codes"),
    [
        ({}, 7500, 3000, 2500, "待查", "部分", "R108;R121;R201"),
        (waiver("R108", 20.0), 9500, 0, 3500, "拒付", "部分", "R108(放行);R121;R201"),
        (waiver("R121"), 7750, 3000, 2250, "待查", "部分", "R108;R121(放行);R201"),
        ({"用户电话": "12345678901"}, 0, 10500, 2500, "待查", "整单", "R008;R108;R121;R201"),
        ({"用户签字": "否"}, 0, 0, 13000, "退回", "整单", "R010;R108;R121"),
    ],
)
def test_the_worked_example_and_its_variants(
    check: Callable[..., Judged], changes, payable, held, cut, verdict, scope, codes
) -> None:
    judged = check(Case(({**ROW, **changes},), masters=MASTERS), "维修")
    assert figures(judged) == (payable, held, cut, verdict, scope, codes)


@pytest.mark.parametrize(
    ("claimed", "parameters", "payable", "cut", "verdict", "reasons"),
    [
        (95.0, {"超标容差": "20.00"}, 9500, 0, "通过", ""),
        (75.0, {"核定口径": "按标准"}, 8000, -500, "通过", "补差5.00"),
        (95.0, {}, 8000, 1500, "拒付", "申报安装费95.00超过标准80.00,核减15.00"),
    ],
)
def test_tolerance_and_basis(
    check: Callable[..., Judged], claimed, parameters, payable, cut, verdict, reasons
) -> None:
    judged = check({"申报安装费": claimed}, "安装", **parameters)
    v = judged.verdicts.iloc[0]
    assert (v["payable"], v["cut"], v["verdict"], v["reasons"]) == (payable, cut, verdict, reasons)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"用户姓名": None, **waiver("R001")}, "R001任何人不得放行"),
        ({"申报其他费": 30.0, **waiver("R108"), "放行原因": "同意"}, "放行原因不足4个字"),
        ({"申报其他费": 30.0, **waiver("R108", by="路人")}, "放行人“路人”不在签字权限"),
        ({"申报其他费": 30.0, **waiver("R108", 31.0)}, "放行金额31.00超过申报30.00"),
        ({"申报其他费": 101.0, **waiver("R108", by="结算员甲")},
         "放行101.00超过“结算员甲”的金额上限100.00"),
        ({"产品型号": "DR-99X", **waiver("R006")}, "无法判断的单据须写放行金额才能放行"),
        (waiver("R108"), "该行没有问题R108"),
    ],
)  # fmt: skip
def test_a_waiver_that_does_not_hold_says_why(check: Callable[..., Judged], row, why) -> None:
    judged = check(row, "安装")
    assert [n.text for n in judged.notices] == [f"{row['放行代码']}的放行未采用:{why}"]
    assert "放行" not in judged.verdicts["codes"].iloc[0]


def test_only_the_manager_waives_expired_warranty(check: Callable[..., Judged]) -> None:
    expired = {"发票日期": "2024-03-05"}
    by_clerk = check({**expired, **waiver("R301", by="结算员甲")}, "维修").verdicts.iloc[0]
    by_manager = check({**expired, **waiver("R301")}, "维修").verdicts.iloc[0]
    assert (by_clerk["verdict"], by_clerk["payable"]) == ("拒付", 0)
    assert (by_manager["verdict"], by_manager["payable"]) == ("提示", 4500)


def test_an_undecidable_slip_passes_with_an_amount_and_is_capped(
    check: Callable[..., Judged],
) -> None:
    row = {"产品型号": "DR-99X", "申报其他费": 0, **waiver("R006", 60.0)}
    v = check(row, "安装").verdicts.iloc[0]
    assert (v["payable"], v["cut"], v["codes"]) == (6000, 2000, "R006(放行)")


@pytest.mark.parametrize(
    ("setting", "verdict", "payable", "codes"),
    [
        ({"代码": "R101", "启用": "否"}, "通过", 9500, ""),
        ({"代码": "R101", "结论": "待查"}, "待查", 0, "R101"),
        ({"代码": "R101", "结论": "提示"}, "提示", 9500, "R101"),
        ({"代码": "R101", "结论": "退回"}, "退回", 0, "R101"),
        ({"代码": "R101", "失效日期": "2026-03-04"}, "通过", 9500, ""),
        ({"代码": "R101", "失效日期": "2026-03-05"}, "拒付", 8000, "R101"),
    ],
)
def test_the_parameter_sheet_tunes_a_rule(
    check: Callable[..., Judged], rule_sheet, setting, verdict, payable, codes
) -> None:
    judged = rule_sheet({"申报安装费": 95.0}, setting)
    v = judged.verdicts.iloc[0]
    assert (v["verdict"], v["payable"], v["codes"]) == (verdict, payable, codes)


def test_days_under_repair_lengthen_the_term_and_a_refused_repair_does_not(
    check: Callable[..., Judged],
) -> None:
    """Invoice 2025-03-05, 12 months, ten days under repair: 2026-03-15 is the last day (§4)."""
    past = {"业务月": "2025-08", "类别": "维修", "网点编码": "WD001", "单号": "WX900",
            "机身条码": "DR60A2512000123", "报修日期": "2025-08-01", "完成日期": "2025-08-11",
            "故障代码": "E02", "应付金额": 45, "处理状态": "通过"}  # fmt: skip
    slip = {"发票日期": "2025-03-05", "报修日期": "2026-03-10", "完成日期": "2026-03-10"}
    late = {**slip, "报修日期": "2026-03-16", "完成日期": "2026-03-16"}
    refused = {**past, "处理状态": "拒付", "应付金额": 0}
    assert check(Case((slip,), history=(past,)), "维修").verdicts["codes"].iloc[0] == ""
    assert check(Case((late,), history=(past,)), "维修").verdicts["codes"].iloc[0] == "R301"
    assert check(Case((slip,), history=(refused,)), "维修").verdicts["codes"].iloc[0] == "R301"
