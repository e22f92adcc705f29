"""R2xx 维修费: does the repair fit the fault, the machine and the price? rules.md §4."""

from __future__ import annotations

from addin.rules.rule import REPAIR, When, case, each, rule
from addin.rules.verdicts import Scope, Severity, cut, notice, pending, returned, undecidable

HIGH, MEDIUM, LOW = Severity.HIGH, Severity.MEDIUM, Severity.LOW
ON = (REPAIR,)


@rule(
    "R201", "维修费超标", cut(Scope.LABOUR), severity=MEDIUM, on=ON, field="claimed_labour",
    checks="同一次上门各单的申报维修费之和超过组合标准;从最后一张单往前核减",
    says="申报维修费{visit_claimed:money}超过组合标准{visit_standard:money},核减{labour_cut:money}",
    hits=[case({"单号": "WX001", "申报维修费": 45},
               {"单号": "WX002", "故障代码": "E02", "申报维修费": 45}),
          {"申报维修费": 45.01}],
    passes=[case({"单号": "WX001", "申报维修费": 45},
                 {"单号": "WX002", "故障代码": "E02", "申报维修费": 22.5})],
)  # fmt: skip
def above_combined_standard(labour_cut, visit_claimed, visit_standard):
    """One visit pays its dearest job in full and each further one in part."""
    return labour_cut > 0


@rule(
    "R202", "维修费标准缺失", undecidable(Scope.LABOUR), severity=HIGH, on=ON, field="item",
    checks="完成日期当天,费用标准里没有这个区域等级、产品线、项目的价格",
    says="无费用标准:{tier}/{product_line}/{item},{service_date}",
    hits=[case({"维修项目": "中修", "故障代码": "E05", "更换配件编码": "PJ001"},
               masters={"费用标准": [{"服务类别": "维修", "区域等级": "一类", "产品线": "通用",
                                  "项目": "中修", "单价": 90, "生效日期": "2026-01-01"}]})],
    passes=[{"维修项目": "中修", "故障代码": "E05", "更换配件编码": "PJ001"}],
)  # fmt: skip
def no_repair_standard(tariff_status, tier, product_line, item, service_date):
    """No price was in force on the day: nobody may invent one."""
    return tariff_status == "missing"


@rule(
    "R203", "故障代码无效", undecidable(Scope.LABOUR), severity=MEDIUM, on=ON,
    checks="故障代码不在故障代码表",
    says="故障代码{fault_code}不在故障代码表",
    hits=[{"故障代码": "E99"}], passes=[{"故障代码": "E01"}],
)  # fmt: skip
def fault_unknown(fault_code, fault_known):
    """The fault decides what repair, which part and whose liability."""
    return ~fault_known


@rule(
    "R204", "项目高于故障等级", pending(Scope.LABOUR), severity=MEDIUM, on=ON, field="item",
    checks="维修项目高于该故障代码的最高项目(上门检测<小修<中修<大修)",
    says="{fault_name}最高按{highest_item},申报{item}",
    hits=[{"故障代码": "E01", "维修项目": "中修"}],
    passes=[{"故障代码": "E01", "维修项目": "小修"}, {"维修项目": "上门检测", "申报维修费": 30}],
)  # fmt: skip
def more_than_fault_needs(item_level, highest_level, fault_name, highest_item, item):
    """A small fault is no reason for a large repair."""
    return item_level > highest_level


@rule(
    "R205", "故障与产品线不符", returned(), severity=MEDIUM, on=ON, field="fault_code",
    checks="该故障代码不适用这台机器的产品线",
    says="故障代码{fault_code}不适用{product_line}",
    hits=[{"故障代码": "F12"}],
    passes=[{"故障代码": "F12", "产品型号": "RQ-12", "机身条码": "RQ12260001"}],
)  # fmt: skip
def fault_of_other_product(fault_code, fault_lines, product_line):
    """An electric heater has no gas valve."""

    def foreign(lines: tuple[str, ...], line: str) -> bool:
        return bool(lines) and "通用" not in lines and line not in lines

    return each(foreign, fault_lines, product_line)


@rule(
    "R206", "完成早于报修", returned(), severity=HIGH, on=ON,
    checks="完成日期早于报修日期",
    says="完成日期{completed_date}早于报修日期{reported_date}",
    hits=[{"报修日期": "2026-03-06", "完成日期": "2026-03-05"}],
    passes=[{"报修日期": "2026-03-06", "完成日期": "2026-03-06"}],
)  # fmt: skip
def done_before_reported(completed_date, reported_date):
    """One of the two dates is wrong."""
    return completed_date < reported_date


@rule(
    "R207", "维修时长超期", notice(), severity=LOW, on=ON, field="completed_date",
    checks="完成日期比报修日期晚了超过规定天数",
    says="维修历时{days}天",
    hits=[{"报修日期": "2026-03-01", "完成日期": "2026-03-09"}],
    passes=[{"报修日期": "2026-03-01", "完成日期": "2026-03-08"}],
)  # fmt: skip
def repair_took_long(reported_date, completed_date, *, repair_within):
    """The user waited longer than the service promise."""
    days = (completed_date - reported_date).dt.days
    return When(days > repair_within, fields={"days": days})


@rule(
    "R208", "换件与故障不符", pending(Scope.PARTS), severity=MEDIUM, on=ON, field="part_code",
    checks="更换的配件不属于该故障代码的可换配件类别",
    says="{fault_name}不应更换{part_title}",
    hits=[{"故障代码": "E05", "维修项目": "中修", "申报维修费": 90, "更换配件编码": "PJ002"}],
    passes=[{"故障代码": "E05", "维修项目": "中修", "申报维修费": 90, "更换配件编码": "PJ001"}],
)  # fmt: skip
def part_not_of_fault(part_code, part_class, fault_part_classes, fault_name, part_title):
    """The part that was used does not mend this fault."""
    return each(
        lambda part, classes: bool(classes) and part not in classes, part_class, fault_part_classes
    )


@rule(
    "R209", "小修换主要部件", pending(Scope.LABOUR), severity=MEDIUM, on=ON, field="part_code",
    checks="维修项目是小修,却更换了主要部件",
    says="小修更换主要部件{part_title}",
    hits=[{"维修项目": "小修", "更换配件编码": "PJ002"}],
    passes=[{"维修项目": "大修", "更换配件编码": "PJ002"}, {"更换配件编码": "PJ001"}],
)  # fmt: skip
def main_part_in_small_repair(part_code, part_is_main, item, part_title):
    """A main part is never changed in a small repair: item or part is wrong."""
    return part_is_main & (item == "小修")


@rule(
    "R210", "需换件未填", returned(), severity=MEDIUM, on=ON, field="part_code",
    checks="该故障代码必须换件,但没有填更换配件编码",
    says="{fault_name}须换件,未填配件", may_be_blank=("part_code",),
    hits=[{"故障代码": "E05", "维修项目": "中修", "申报维修费": 90}],
    passes=[{"故障代码": "E05", "维修项目": "中修", "申报维修费": 90, "更换配件编码": "PJ001"}],
)  # fmt: skip
def part_missing(part_needed, part_code, fault_name):
    """This fault cannot be mended without a part."""
    return part_needed & part_code.isna()
