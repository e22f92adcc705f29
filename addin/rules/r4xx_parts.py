"""R4xx 配件: the rules about parts that stand on a repair slip. rules.md §6."""

from __future__ import annotations

from addin.rules.rule import REPAIR, case, each, rule
from addin.rules.verdicts import Scope, Severity, pending, undecidable

HIGH, MEDIUM = Severity.HIGH, Severity.MEDIUM
ON = (REPAIR,)


@rule(
    "R401", "配件编码无效", undecidable(Scope.PARTS), severity=HIGH, on=ON,
    checks="更换配件编码在完成日期当天没有配件价格",
    says="配件{part_code}不在配件价格表",
    hits=[{"更换配件编码": "PJ999"},
          case({"更换配件编码": "PJ001"}, masters={"配件价格": [{"失效日期": "2026-02-28"}]})],
    passes=[{"更换配件编码": "PJ001"}, {"更换配件编码": None}],
)  # fmt: skip
def part_unknown(part_code, part_priced, service_date):
    """Without the part's line nobody knows its class, its cover or its price."""
    return ~part_priced


@rule(
    "R402", "配件不适用机型", pending(Scope.PARTS), severity=MEDIUM, on=ON,
    checks="该配件写明了适用型号,但不含这台机器的型号",
    says="配件{part_code}不适用{model}",
    hits=[{"更换配件编码": "PJ003", "产品型号": "RQ-12", "机身条码": "RQ12260001"}],
    passes=[{"更换配件编码": "PJ003"}, {"更换配件编码": "PJ001"}],
)  # fmt: skip
def part_of_other_model(part_code, part_models, listed_model, model):
    """The part does not fit this machine."""
    return each(lambda fits, own: bool(fits) and own.upper() not in fits, part_models, listed_model)


@rule(
    "R407", "配件费无核销", pending(Scope.PARTS), severity=MEDIUM, on=ON, field="claimed_parts",
    checks="申报了配件费(保内配件由公司发放,不用网点买)",
    says="保内配件由公司发放,配件费{claimed_parts:money}需审批",
    hits=[{"更换配件编码": "PJ001", "申报配件费": 40}], passes=[{"申报配件费": None}],
)  # fmt: skip
def parts_fee_claimed(claimed_parts):
    """Parts under warranty are supplied by the factory, not bought by the outlet."""
    return claimed_parts > 0
