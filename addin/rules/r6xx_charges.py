"""R6xx 保外: the rule about out-of-warranty work that stands on a repair slip. rules.md §8."""

from __future__ import annotations

from addin.rules.rule import REPAIR, When, case, rule
from addin.rules.verdicts import Severity, refused


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
