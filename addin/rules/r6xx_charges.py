"""R6xx 保外: out-of-warranty work on a repair slip, and the list of parts sold. rules.md §8."""

from __future__ import annotations

from addin.rules.rule import CHARGES, REPAIR, When, case, rule
from addin.rules.verdicts import Severity, Verdict, of_row, refused

HIGH, MEDIUM, LOW = Severity.HIGH, Severity.MEDIUM, Severity.LOW
ON = (CHARGES,)
SOLD_TO = {"维修单": [{"单号": "WX001", "保修类型": "保外", "申报维修费": 0,
                       "发票日期": "2023-06-01", "更换配件编码": "PJ001"}]}  # fmt: skip


@rule(
    "R601", "保外单价不符", of_row(Verdict.PENDING), severity=MEDIUM, on=ON, field="price",
    checks="清单的单价与配件价格表领用日期当天的保外售价不同(超过保外价格容差)",
    says="保外单价{price:money}≠标准{sale_price:money}",
    hits=[{"单价": 50, "金额": 50},
          case({"单价": 61, "金额": 61}, parameters={"保外价格容差": "0.99"})],
    passes=[{"单价": 60, "金额": 60},
            case({"单价": 61, "金额": 61}, parameters={"保外价格容差": "1"})],
)  # fmt: skip
def sold_at_another_price(price, sale_price, *, sale_price_tolerance):
    """The user pays the list price of the day, and so the agent owes it."""
    return (price - sale_price).abs() > sale_price_tolerance


@rule(
    "R602", "保外金额算错", of_row(Verdict.NOTICE), severity=MEDIUM, on=ON, field="amount",
    checks="清单的金额不等于数量乘单价",
    says="金额{amount:money}≠{quantity}×{price:money}={product:money}",
    hits=[{"数量": 2, "单价": 60, "金额": 100}],
    passes=[{"数量": 2, "单价": 60, "金额": 120}, {"单价": 60, "金额": 60}],
)  # fmt: skip
def product_is_wrong(quantity, price, amount):
    """A typed product that nobody has multiplied again."""
    product = quantity * price
    return When(amount != product, fields={"product": product})


@rule(
    "R603", "保外未收款", of_row(Verdict.NOTICE), severity=MEDIUM, on=ON, field="paid",
    checks="收款状态是未收,且核对基准日超过季末加保外收款天数",
    says="保外款{amount:money}逾期{overdue}天未收",
    hits=[case({"收款状态": "未收"}, parameters={"核对基准日": "2026-05-01"})],
    passes=[case({"收款状态": "未收"}, parameters={"核对基准日": "2026-04-30"}),
            case({"收款状态": "部分"}, parameters={"核对基准日": "2026-05-01"})],
)  # fmt: skip
def sold_and_not_paid(paid, amount, as_of, quarter_end, *, sale_paid_within):
    """Money for sold parts is due some weeks after the quarter."""
    overdue = (as_of - quarter_end).dt.days - sale_paid_within
    return When((paid == "未收") & (overdue > 0), fields={"overdue": overdue})


@rule(
    "R604", "保外无维修单", of_row(Verdict.PENDING), severity=MEDIUM, on=ON, field="slip_no",
    checks="维修单号在保外的维修单里找不到(退回的不算)",
    says="无对应保外维修单{slip_no}",
    hits=[case(sheets={"维修单": [{"单号": "WX001"}]}), {"维修单号": "WX009"}],
    passes=[case(sheets=SOLD_TO)],
)  # fmt: skip
def sold_without_slip(slip_no, sold_on_slip):
    """A part is sold for a repair that the user pays."""
    return ~sold_on_slip


@rule(
    "R605", "不属本季度", of_row(Verdict.RETURNED), severity=LOW, on=ON, field="date",
    checks="领用日期不在清单的季度内",
    says="领用日期{service_date}不在{quarter}季度",
    hits=[{"领用日期": "2026-04-01"}], passes=[{"领用日期": "2026-03-31"}],
)  # fmt: skip
def outside_the_quarter(service_date, quarter, in_quarter):
    """Each quarter's list is settled by itself."""
    return ~in_quarter


@rule(
    "R606", "保外申报厂家费用", refused(), severity=Severity.HIGH, on=(REPAIR,),
    checks="按保外申报,却向厂家申报了费用",
    says="保外维修由用户付费,厂家不结算",
    hits=[{"保修类型": "保外", "发票日期": "2023-06-01", "申报维修费": 45}],
    passes=[{"保修类型": "保外", "发票日期": "2023-06-01", "申报维修费": 0},
            case({"保修类型": "保外", "发票日期": "2023-06-01", "申报维修费": 45},
                 parameters={"保外厂家付费": "是"})],
)  # fmt: skip
def factory_charged_out_of_warranty(warranty_type, claimed, *, factory_pays_out_of_warranty):
    """Out of warranty the user pays the outlet; the factory owes nothing."""
    charged = (warranty_type == "保外") & (claimed > 0)
    return When(charged & (not factory_pays_out_of_warranty))
