"""R0xx 完整性/格式: is the slip complete, readable and of this month? rules.md §2."""

from __future__ import annotations

import re
from functools import cache

from addin.rules.rule import BOTH, CHARGES, LEDGERS, STATEMENT, When, case, each, rule
from addin.rules.verdicts import Severity, notice, pending, refused, returned, undecidable

HIGH, MEDIUM, LOW = Severity.HIGH, Severity.MEDIUM, Severity.LOW
ALL = (*BOTH, *LEDGERS, CHARGES)


@rule(
    "R001", "必填缺失", returned(), severity=HIGH, on=ALL,
    checks="必填的列是空的(空格、“-”、“/”、“无”也算空)",
    says="缺少必填项:{blank_fields}",
    hits=[{"用户姓名": "无"}, {"用户姓名": "\u3000"}, {"用户电话": None}, {"申报安装费": "-"}],
    passes=[{"用户姓名": "张某"}, {"申报安装费": 0}],
)  # fmt: skip
def required_blank(blank_fields):
    """Without these nobody can decide who did what for whom, and what it should cost."""
    return blank_fields.notna()


@rule(
    "R002", "日期无法识别", returned(), severity=HIGH, on=ALL,
    checks="填了日期,但认不出是哪一天,或不在2000年至2099年",
    says="{bad_dates}不是有效日期",
    hits=[{"安装日期": "2026.2.30"}, {"安装日期": "3/5/2026"}, {"安装日期": 60.0}],
    passes=[{"安装日期": "2026.3.5"}, {"安装日期": "20260305"}, {"安装日期": "46086"}],
)  # fmt: skip
def unreadable_date(bad_dates):
    """A day that cannot be read decides neither tariff nor warranty."""
    return bad_dates.notna()


@rule(
    "R003", "金额无效", returned(), severity=HIGH, on=ALL,
    checks="申报的某项费用填了,但不是数字,或小于0,或多于两位小数;流水的数量、金额不是大于0的数"
           "(押金流水的红冲为负)",
    says="{bad_amounts}不是有效金额",
    hits=[{"申报安装费": "80元整x"}, {"申报安装费": "-5"}, {"申报安装费": "80.005"}],
    passes=[{"申报安装费": "80"}, {"申报安装费": "80.00元"}, {"申报安装费": "¥80"}],
)  # fmt: skip
def unreadable_amount(bad_amounts):
    """An amount is read exactly or not at all."""
    return bad_amounts.notna()


@rule(
    "R004", "网点无效", refused(), severity=HIGH, on=(*ALL, STATEMENT),
    checks="网点编码不在网点档案,或服务日期早于合作开始、晚于合作终止;档案里没有、或停用而未填"
           "合作终止的,为无法判断",
    says="网点{outlet_code}在{service_date}不在合作期内",
    may_be_blank=("outlet_status", "outlet_since", "outlet_until", "service_date"),
    hits=[
        {"网点编码": "WD999"},
        case({"安装日期": "2026-03-01"}, masters={"网点档案": [{"合作终止": "2026-02-28"}]}),
        case(masters={"网点档案": [{"状态": "停用"}]}),
        case(masters={"网点档案": [{"合作开始": "2026-03-06"}]}),
    ],
    passes=[case({"安装日期": "2026-02-28"}, masters={"网点档案": [{"合作终止": "2026-02-28"}]})],
)  # fmt: skip
def outlet_not_in_contract(
    outlet_code, outlet_known, outlet_status, outlet_since, outlet_until, service_date
):
    """Only an outlet under contract on the day of the service is paid; both ends count."""
    open_end = outlet_until.isna()
    stopped = (outlet_status == "停用") & open_end
    outside = (service_date < outlet_since) | (service_date > outlet_until)
    return [
        When(~outlet_known, undecidable(), "网点{outlet_code}不在网点档案"),
        When(stopped, undecidable(), "网点{outlet_code}已停用但未填合作终止日期"),
        When(outside & ~stopped),
    ]


@rule(
    "R005", "网点名称不符", notice(), severity=LOW, field="outlet_name",
    checks="填了网点名称,但与网点档案的网点名称、别名都不一样",
    says="网点名称“{outlet_name}”与档案“{outlet_title}”不一致",
    hits=[{"网点名称": "青禾家电维修"}],
    passes=[{"网点名称": "青禾家电服务部"}, {"网点名称": "青禾服务站"}],
)  # fmt: skip
def outlet_name_differs(outlet_name, outlet_names, outlet_title):
    """A wrong name beside a right code often means that the code is wrong."""
    return each(lambda name, names: name not in names, outlet_name, outlet_names)


@rule(
    "R006", "型号无效", undecidable(), severity=HIGH,
    checks="产品型号不在产品型号表的型号和型号别名里",
    says="型号{model}不在产品型号表",
    hits=[{"产品型号": "DR-99X"}], passes=[{"产品型号": "dr-60a "}, {"产品型号": "DR60"}],
)  # fmt: skip
def model_unknown(model, model_known):
    """Without the model there is no product line, hence no tariff and no warranty."""
    return ~model_known


@rule(
    "R007", "条码格式", returned(), severity=MEDIUM, field="barcodes",
    checks="有机身条码不符合该型号的条码格式(型号没有设格式的,用默认格式)",
    says="机身条码{barcode}格式不符", may_be_blank=("barcode_format",),
    hits=[{"机身条码": "ABC12"}, {"产品型号": "RQ-12", "机身条码": "DR60A2512000123"}],
    passes=[{"机身条码": "DR60A2512000123"}, {"产品型号": "RQ-12", "机身条码": "RQ12260001"}],
)  # fmt: skip
def barcode_malformed(barcode, barcodes, barcode_format, model_known, *, default_barcode_format):
    """A barcode that no machine of this model can bear."""

    fits = cache(lambda wanted: re.compile(wanted).fullmatch)

    def malformed(codes: tuple[str, ...], wanted: str) -> bool:
        return not all(map(fits(wanted), codes))

    return model_known & each(malformed, barcodes, barcode_format.fillna(default_barcode_format))


@rule(
    "R008", "电话格式", pending(), severity=MEDIUM, field="user_phone",
    checks="填了用户电话,但不是11位手机号,也不是带区号的座机号",
    says="用户电话“{bad_phone}”格式不符,无法回访",
    hits=[{"用户电话": "12345678901"}],
    passes=[
        {"用户电话": "1.3800138E10"}, {"用户电话": "0571-88001234"}, {"用户电话": 13800138000.0},
        {"用户电话": "+86 138-0013-8000"},
    ],
)  # fmt: skip
def phone_malformed(bad_phone):
    """Nobody can call the user back on it."""
    return bad_phone.notna()


@rule(
    "R009", "单据不清晰", returned(), severity=MEDIUM,
    checks="单据清晰填的是否",
    says="单据不清晰,请网点重新传真或邮寄",
    hits=[{"单据清晰": "否"}], passes=[{"单据清晰": "是"}, {"单据清晰": None}],
)  # fmt: skip
def illegible(legible):
    """The clerk answers for what the paper says."""
    return ~legible


@rule(
    "R010", "用户未签字", returned(), severity=HIGH,
    checks="用户签字填的是否",
    says="单据无用户签字",
    hits=[{"用户签字": "否"}, {"用户签字": "无"}], passes=[{"用户签字": "是"}],
)  # fmt: skip
def unsigned(signed):
    """The user's signature is the proof that the work was done."""
    return ~signed


@rule(
    "R011", "日期先后矛盾", returned(), severity=MEDIUM,
    checks="收单日期早于服务日期(安装日期或完成日期)",
    says="收单日期{received_date}早于服务日期{service_date}",
    hits=[{"收单日期": "2026-03-04", "安装日期": "2026-03-05"}],
    passes=[{"收单日期": "2026-03-05", "安装日期": "2026-03-05"}],
)  # fmt: skip
def received_before_service(received_date, service_date):
    """A slip cannot reach us before the work was done."""
    return received_date < service_date


@rule(
    "R012", "未来日期", returned(), severity=HIGH, field="service_date",
    checks="服务日期晚于核对基准日",
    says="服务日期{service_date}晚于核对日{as_of}",
    hits=[{"安装日期": "2026-04-03"}], passes=[{"安装日期": "2026-04-02"}],
)  # fmt: skip
def service_in_future(service_date, as_of):
    """Work that is still to come is not claimed."""
    return service_date > as_of


@rule(
    "R013", "申报合计不等", notice(), severity=LOW,
    checks="填了申报合计,但与各项申报费用之和不等;以各项之和为准",
    says="申报合计{claimed_total:money}≠分项之和{claimed:money},按分项计",
    hits=[{"申报安装费": 80, "申报远程费": 20, "申报合计": 110}],
    passes=[{"申报安装费": 80, "申报远程费": 20, "申报合计": 100}, {"申报合计": None}],
)  # fmt: skip
def total_differs(claimed_total, claimed):
    """Sums are always made from the parts; a total that differs may hide a part left out."""
    return claimed_total != claimed


@rule(
    "R014", "跨期单据", refused(), severity=MEDIUM, field="service_date",
    checks="服务日期不在业务月:在业务月之后的退回;早于业务月而不超过允许月数的提示;更早的拒付",
    says="服务日期{service_date}不属业务月{period:month}(跨{months_back}个月)",
    hits=[{"安装日期": "2025-12-31"}, {"安装日期": "2026-01-31"}, {"安装日期": "2026-04-01"}],
    passes=[{"安装日期": "2026-03-01"}, {"安装日期": "2026-03-31"}],
)  # fmt: skip
def other_month(service_date, period, months_back, *, months_back_allowed):
    """Late slips are tolerated for some months, then they are out; early ones wait their turn."""
    late = (months_back >= 1) & (months_back <= months_back_allowed)
    return [
        When(months_back < 0, returned()),
        When(late, notice()),
        When(months_back > months_back_allowed),
    ]


@rule(
    "R015", "枚举值无效", returned(), severity=MEDIUM, on=ALL,
    checks="只能从列表中选的列,填了列表和同义词以外的内容",
    says="{bad_choices}不在可选值内",
    hits=[{"保修类型": "包内"}, {"安装项目": "打孔"}, {"单据清晰": "大概"}],
    passes=[{"保修类型": "三包内"}, {"安装项目": "移机"}],
)  # fmt: skip
def not_a_choice(bad_choices):
    """A word outside the list (and its synonyms) could mean anything."""
    return bad_choices.notna()


@rule(
    "R016", "长号被截断", returned(), severity=HIGH, on=ALL,
    checks="单号、机身条码、发票号码或流水的编号被Excel存成了超过15位的数字或科学计数,末几位已经丢失",
    says="{cut_off}已被存成科学计数,末位丢失,请按文本重录",
    hits=[{"机身条码": 2.6312e19}, {"单号": 9.00719925474099e16}, {"机身条码": "2.63120E+19"}],
    passes=[{"发票号码": "26312000000012345678"}, {"机身条码": 868533010000199.0}],
)  # fmt: skip
def long_number_cut_off(cut_off):
    """Excel keeps 15 digits; what it has cut cannot be guessed."""
    return cut_off.notna()


@rule(
    "R017", "信用代码校验", notice(), severity=LOW, field="outlet_code",
    checks="网点档案的统一社会信用代码校验位不对",
    says="统一社会信用代码{credit_code}校验位不符",
    hits=[case(masters={"网点档案": [{"统一社会信用代码": "91330106MA2ABCDE1X"}]})],
    passes=[case(masters={"网点档案": [{"统一社会信用代码": "91350100M000100Y43"}]})],
)  # fmt: skip
def credit_code_invalid(credit_code):
    """A hint to look at the outlet's licence: older numbers have no check digit."""
    from stdnum.cn import uscc

    return each(cache(lambda code: not uscc.is_valid(code)), credit_code)


@rule(
    "R018", "公式未计算", undecidable(), severity=HIGH, on=ALL,
    checks="要用的格里是公式,但文件里没有存计算结果",
    says="{uncalculated}的公式还没有计算结果,请用 Excel 或 WPS 打开并保存一次",
    hits=[case({"申报安装费": "=40*2"})], passes=[{"申报安装费": 80}],
)  # fmt: skip
def never_calculated(uncalculated):
    """A formula without a stored value is neither blank nor 0; nobody knows it yet."""
    return uncalculated.notna()
