"""R1xx 安装费 and 远程费: is it claimed at the price, for the way that was gone? rules.md §3."""

from __future__ import annotations

from fractions import Fraction

from addin.rules.rule import INSTALL, When, case, rule
from addin.rules.verdicts import (
    Scope,
    Severity,
    cut,
    notice,
    pending,
    refused,
    returned,
    undecidable,
)

HIGH, MEDIUM, LOW = Severity.HIGH, Severity.MEDIUM, Severity.LOW
_TARIFF = {"服务类别": "安装", "区域等级": "二类", "产品线": "电热水器", "项目": "标准安装"}
_OVERLAP = [
    {**_TARIFF, "单价": 80, "生效日期": "2026-01-01", "失效日期": "2026-06-30"},
    {**_TARIFF, "单价": 85, "生效日期": "2026-06-01"},
]


@rule(
    "R101", "安装费超标", cut(Scope.LABOUR), severity=MEDIUM, on=(INSTALL,),
    checks="申报安装费超过标准安装费(单价×数量)加容差",
    says="申报安装费{claimed_labour:money}超过标准{standard_labour:money},核减{excess:money}",
    hits=[{"申报安装费": 95}, {"申报安装费": 80.01}],
    passes=[{"申报安装费": 80}, {"申报安装费": 75},
            case({"申报安装费": 95}, parameters={"超标容差": "20.00"})],
)  # fmt: skip
def above_install_standard(claimed_labour, standard_labour, *, tolerance):
    """The tariff is what the contract pays; the excess alone is cut."""
    excess = claimed_labour - standard_labour
    return When(excess > tolerance, fields={"excess": excess})


@rule(
    "R102", "安装费标准缺失", undecidable(Scope.LABOUR), severity=HIGH, on=(INSTALL,), field="item",
    checks="安装日期当天,费用标准里没有这个区域等级、产品线、项目的价格",
    says="无费用标准:{tier}/{product_line}/{item},{service_date}",
    hits=[case({"安装日期": "2026-03-31"},
               masters={"费用标准": [{**_TARIFF, "单价": 80, "生效日期": "2026-04-01"}]})],
    passes=[case({"安装日期": "2026-03-31"},
                 masters={"费用标准": [{**_TARIFF, "单价": 80, "生效日期": "2026-03-31"}]})],
)  # fmt: skip
def no_install_standard(tariff_status, tier, product_line, item, service_date):
    """No price was in force on the day: nobody may invent one."""
    return tariff_status == "missing"


@rule(
    "R103", "费用标准重叠", undecidable(Scope.LABOUR), severity=HIGH, field="item",
    checks="同一天有两行同样适用的费用标准,单价不同",
    says="费用标准重叠:{tier}/{product_line}/{item},第{tariff_row}行与第{rival_row}行",
    hits=[case({"安装日期": "2026-06-15"}, masters={"费用标准": _OVERLAP})],
    passes=[case({"安装日期": "2026-05-31"}, masters={"费用标准": _OVERLAP})],
)  # fmt: skip
def overlapping_standards(tariff_status, tariff_row, rival_row, tier, product_line, item):
    """Two different prices for one job on one day: the tariff itself has to be mended."""
    return tariff_status == "overlap"


@rule(
    "R104", "项目不适用", returned(), severity=MEDIUM, field="item",
    checks="费用标准里有这个项目,但没有用于该产品线的(也没有通用的)",
    says="{product_line}无“{item}”项目",
    hits=[{"产品型号": "XC-06", "安装项目": "主机水箱安装"}],
    passes=[{"产品型号": "KQ-200", "安装项目": "主机水箱安装"}],
)  # fmt: skip
def item_of_other_product(tariff_status, product_line, item):
    """The job exists, but not for this kind of machine: the slip names the wrong one."""
    return tariff_status == "not_applicable"


@rule(
    "R105", "安装早于购买", pending(), severity=MEDIUM, on=(INSTALL,),
    checks="安装日期早于购买日期",
    says="安装日期{install_date}早于购买日期{purchase_date}",
    hits=[{"购买日期": "2026-03-06", "安装日期": "2026-03-05"}],
    passes=[{"购买日期": "2026-03-05", "安装日期": "2026-03-05"}],
)  # fmt: skip
def installed_before_bought(install_date, purchase_date):
    """Possible (a display model, a gift), but worth a question."""
    return install_date < purchase_date


@rule(
    "R106", "安装超期", notice(), severity=LOW, on=(INSTALL,),
    checks="安装日期比购买日期晚了超过规定天数",
    says="购买{days}天后才安装",
    hits=[{"购买日期": "2025-09-01", "安装日期": "2026-03-05"}],
    passes=[{"购买日期": "2025-09-01", "安装日期": "2026-02-28"}],
)  # fmt: skip
def installed_long_after(install_date, purchase_date, *, install_within):
    """A machine that lay about that long may be a resale or a second installation."""
    days = (install_date - purchase_date).dt.days
    return When(days > install_within, fields={"days": days})


@rule(
    "R107", "数量与条码不符", returned(), severity=MEDIUM, on=(INSTALL,),
    checks="数量与机身条码的个数不同,或数量不是大于0的整数;数量空白按1",
    says="数量{quantity}与条码个数{barcode_count}不符", may_be_blank=("quantity", "bad_quantity"),
    hits=[{"数量": 2}, {"数量": 0}, {"数量": "1.5"},
          {"机身条码": "DR60A2512000123、DR60A2512000124"}],
    passes=[{"数量": 2, "机身条码": "DR60A2512000123、DR60A2512000124"}, {"数量": None}],
)  # fmt: skip
def quantity_differs(quantity, barcode_count, bad_quantity):
    """One machine, one code: the fee is paid per machine."""
    impossible = quantity <= 0
    differs = (quantity != barcode_count) & (barcode_count > 0)
    return [
        When(bad_quantity.notna(), says="数量{bad_quantity}与条码个数{barcode_count}不符"),
        When((impossible | differs).fillna(False) & bad_quantity.isna()),
    ]


@rule(
    "R108", "其他费无依据", pending(Scope.OTHER), severity=MEDIUM,
    checks="申报了其他费,超过免查额",
    says="其他费{claimed_other:money}需附说明并审批",
    hits=[{"申报其他费": 30}],
    passes=[{"申报其他费": 0}, {"申报其他费": None},
            case({"申报其他费": 30}, parameters={"其他费免查额": "30.00"})],
)  # fmt: skip
def other_fee_unfounded(claimed_other, *, other_free):
    """There is no tariff for it, so a person has to say yes."""
    return claimed_other > other_free


@rule(
    "R121", "远程费超标", cut(Scope.TRAVEL), severity=MEDIUM,
    checks="申报远程费超过按里程和远程费标准算出的标准远程费加容差",
    says="申报远程费{claimed_travel:money}超过标准{standard_travel:money}({distance:km}公里)",
    hits=[{"单程里程": 20, "申报远程费": 10}],
    passes=[{"单程里程": 20, "申报远程费": 7.5}, {"单程里程": 20, "申报远程费": None}],
)  # fmt: skip
def above_travel_standard(claimed_travel, standard_travel, distance, *, tolerance):
    """The way is paid by the travel tariff of the outlet's tier."""
    return claimed_travel - standard_travel > tolerance


@rule(
    "R122", "远程里程缺失", returned(), severity=MEDIUM, field="distance",
    checks="申报了远程费,但单程里程是空的",
    says="申报远程费但未填单程里程", may_be_blank=("distance",),
    hits=[{"申报远程费": 7.5}, {"申报远程费": 7.5, "单程里程": "很远"}],
    passes=[{"申报远程费": 7.5, "单程里程": 20}, {"申报远程费": 0}],
)  # fmt: skip
def travel_without_distance(claimed_travel, distance, *, no_distance):
    """A journey without a length cannot be priced."""
    outcome = refused(Scope.TRAVEL) if no_distance == "拒付分项" else returned()
    return When((claimed_travel > 0) & distance.isna(), outcome)


@rule(
    "R123", "远程标准缺失", undecidable(Scope.TRAVEL), severity=HIGH, field="claimed_travel",
    checks="申报了远程费,但服务日期当天没有这个区域等级的远程费标准,或有两行标准互相矛盾",
    says="无远程费标准:{tier},{service_date}", may_be_blank=("travel_row", "travel_rival"),
    hits=[case({"网点编码": "WD003", "单程里程": 20, "申报远程费": 7.5})],
    passes=[{"单程里程": 20, "申报远程费": 7.5}],
)  # fmt: skip
def no_travel_standard(claimed_travel, travel_status, tier, service_date, travel_row, travel_rival):
    """No rate in force for this tier, or two that differ."""
    asked = claimed_travel > 0
    return [
        When(asked & (travel_status == "missing")),
        When(asked & (travel_status == "overlap"),
             says="远程费标准重叠:{tier},{service_date},第{travel_row}行与第{travel_rival}行"),
    ]  # fmt: skip


@rule(
    "R124", "同户同日重复远程", refused(Scope.TRAVEL), severity=HIGH, field="claimed_travel",
    checks="同一网点、同一服务日期、同一户有几张单申报远程费:只付其中一张",
    says="同户同日已计远程费(单号{travel_kept_by})",
    hits=[case({"单号": "AZ001", "单程里程": 20, "申报远程费": 7.5},
               {"单号": "AZ002", "机身条码": "DR60A2512000888", "单程里程": 20,
                "申报远程费": 7.5})],
    passes=[case({"单号": "AZ001", "单程里程": 20, "申报远程费": 7.5},
                 {"单号": "AZ002", "机身条码": "DR60A2512000888", "安装日期": "2026-03-06",
                  "单程里程": 20, "申报远程费": 7.5})],
)  # fmt: skip
def same_journey_twice(travel_kept_by):
    """One journey to one household is paid once, however many slips it made."""
    return travel_kept_by.notna()


@rule(
    "R125", "里程超上限", pending(Scope.TRAVEL), severity=MEDIUM,
    checks="单程里程超过远程费标准的里程上限(没有设上限的不查)",
    says="单程{distance:km}公里超过上限{distance_limit:km},需审批",
    hits=[{"单程里程": 81}], passes=[{"单程里程": 80}],
)  # fmt: skip
def beyond_distance_limit(distance, distance_limit):
    """So far away another outlet would usually go."""
    return distance > distance_limit


@rule(
    "R126", "里程与档案不符", notice(Scope.TRAVEL), severity=LOW,
    checks="单程里程超过网点服务半径的规定倍数(没有填服务半径的不查)",
    says="里程{distance:km}超过服务半径{service_radius:km}的{times}倍",
    hits=[{"单程里程": 31}], passes=[{"单程里程": 30}],
)  # fmt: skip
def beyond_service_radius(distance, service_radius, *, radius_multiple):
    """Farther than this outlet says it goes."""
    times = Fraction(radius_multiple)
    beyond = distance * times.denominator > service_radius * times.numerator
    return When(beyond, fields={"times": radius_multiple})
