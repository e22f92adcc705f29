"""R3xx 三包/保修: is the machine covered, and is it the factory's fault? rules.md §5."""

from __future__ import annotations

from addin.rules.rule import REPAIR, When, case, each, rule
from addin.rules.verdicts import Scope, Severity, notice, pending, refused, returned, undecidable

HIGH, MEDIUM, LOW = Severity.HIGH, Severity.MEDIUM, Severity.LOW
ON = (REPAIR,)
IN, OUT = "保内", "保外"
_NOT_THE_PRODUCT = ("用户", "安装", "水质", "不可抗力")
_BIG = {"维修项目": "大修", "申报维修费": 180, "故障代码": "E09", "更换配件编码": "PJ002"}


@rule(
    "R301", "过保申报保内", refused(), severity=HIGH, on=ON, field="warranty_type",
    checks="按保内申报,但判定日晚于三包截止日,更换的也不是仍在保的主要部件;截止日当天仍在保",
    says="三包截止{warranty_end},{judged_on}报修已过保",
    may_be_blank=("part_is_main", "main_part_end"),
    hits=[{"发票日期": "2025-03-05", "报修日期": "2026-03-06", "完成日期": "2026-03-06"},
          {"发票日期": "2024-03-05", "更换配件编码": "PJ001", "故障代码": "E05",
           "维修项目": "中修", "申报维修费": 90}],
    passes=[{"发票日期": "2025-03-05", "报修日期": "2026-03-05"},
            {"发票日期": "2024-03-05", **_BIG}],
)  # fmt: skip
def out_of_warranty(warranty_type, judged_on, warranty_end, part_is_main, main_part_end):
    """The last day is still covered; a main part may be covered for longer (R306)."""
    main_part = part_is_main.astype("boolean").fillna(False) & (judged_on <= main_part_end)
    return (warranty_type == IN) & (judged_on > warranty_end) & ~main_part


@rule(
    "R302", "在保申报保外", pending(), severity=HIGH, on=ON, field="warranty_type",
    checks="按保外申报,但判定日仍在三包期内,而且故障责任是产品",
    says="三包截止{warranty_end},尚在保,不应向用户收费",
    hits=[{"保修类型": "保外", "发票日期": "2025-06-01", "申报维修费": 0}],
    passes=[{"保修类型": "保外", "发票日期": "2025-06-01", "申报维修费": 0, "故障代码": "E30"}],
)  # fmt: skip
def charged_in_warranty(warranty_type, judged_on, start, warranty_end, liability):
    """A user must not pay for what the statutory warranty covers."""
    covered = (start <= judged_on) & (judged_on <= warranty_end)
    return (warranty_type == OUT) & covered & (liability == "产品")


@rule(
    "R303", "缺发票", notice(), severity=LOW, on=ON, field="invoice_date",
    checks="按保内申报,没有发票日期,改用下一种起算依据",
    says="无发票,按{basis}{start}起算", may_be_blank=("invoice_date",),
    hits=[{"发票日期": None, "购买日期": "2025-06-01"}], passes=[{"发票日期": "2025-06-01"}],
)  # fmt: skip
def no_invoice(warranty_type, invoice_date, start, basis, *, no_invoice):
    """The term then runs from the next best paper."""
    outcome = {"提示": notice(), "待查": pending(), "退回": returned()}[no_invoice]
    by_other_paper = ~basis.isin(("发票日期", "换机日期"))
    return When((warranty_type == IN) & invoice_date.isna() & by_other_paper, outcome)


@rule(
    "R304", "起算日无法确定", undecidable(), severity=HIGH, on=ON, field="invoice_date",
    checks="按保内申报,但发票、购买、安装、生产日期都没有",
    says="无发票、购买、安装、生产日期,无法判断三包", may_be_blank=("start", "basis"),
    hits=[{"发票日期": None}], passes=[{"发票日期": None, "生产日期": "2025-06-01"}],
)  # fmt: skip
def no_start(warranty_type, start, basis):
    """No paper says when the term began."""
    return (warranty_type == IN) & start.isna() & (basis.isna() | (basis == "换机日期"))


@rule(
    "R305", "报修早于起算", pending(), severity=MEDIUM, on=ON, field="reported_date",
    checks="判定日早于三包起算日",
    says="报修{judged_on}早于三包起算{start}",
    hits=[{"发票日期": "2026-03-10", "报修日期": "2026-03-05"}],
    passes=[{"发票日期": "2026-03-10", "报修日期": "2026-03-10", "完成日期": "2026-03-10"}],
)  # fmt: skip
def reported_before_start(judged_on, start):
    """Broken before it was bought: one of the dates is wrong."""
    return judged_on < start


@rule(
    "R306", "仅主要部件在保", notice(Scope.LABOUR), severity=MEDIUM, on=ON, field="warranty_type",
    checks="按保内申报,整机已过保,但更换的是仍在保的主要部件",
    says="整机{warranty_end}过保,主要部件在保至{main_part_end}",
    hits=[{"发票日期": "2024-03-05", **_BIG},
          case({"发票日期": "2024-03-05", **_BIG}, parameters={"主要部件期内工时": "不付"})],
    passes=[{"发票日期": "2025-06-01", **_BIG}],
)  # fmt: skip
def only_main_part_covered(
    warranty_type, judged_on, warranty_end, part_is_main, main_part_end, *, main_part_labour
):
    """The part is free; whether its labour is, each company says for itself."""
    outcome = notice(Scope.LABOUR) if main_part_labour == "付" else refused(Scope.LABOUR)
    expired = (warranty_type == IN) & (judged_on > warranty_end)
    return When(expired & part_is_main & (judged_on <= main_part_end), outcome)


@rule(
    "R307", "型号无三包期", undecidable(), severity=HIGH, on=ON, field="model",
    checks="按保内申报,但产品型号表没有填该型号的整机保修月",
    says="型号{model}未设三包期", may_be_blank=("warranty_months",),
    hits=[case(masters={"产品型号": [{"整机保修月": None}]})], passes=[{}],
)  # fmt: skip
def no_warranty_term(warranty_type, model, model_known, warranty_months):
    """The model list must say how long this model is covered."""
    return (warranty_type == IN) & model_known & warranty_months.isna()


@rule(
    "R308", "非三包责任", refused(), severity=HIGH, on=ON, field="fault_code",
    checks="按保内申报,但故障责任是用户、安装、水质或不可抗力",
    says="故障责任为{liability},不属三包",
    hits=[{"故障代码": "E31"}, {"故障代码": "E32"}],
    passes=[{"故障代码": "E01"},
            case({"故障代码": "E32"}, parameters={"安装责任承担": "厂家"})],
)  # fmt: skip
def not_the_factory(warranty_type, liability, *, bad_install_borne_by):
    """Water, use and force majeure are not the product's fault; a bad installation is the
    outlet's own, unless the factory bears it."""
    borne = [who for who in _NOT_THE_PRODUCT if who != "安装" or bad_install_borne_by == "网点"]
    return (warranty_type == IN) & liability.isin(borne)


@rule(
    "R309", "发票与购买日期差异", notice(), severity=LOW, on=ON, field="invoice_date",
    checks="发票日期与购买日期相差超过规定天数",
    says="发票日期与购买日期相差{days}天",
    hits=[{"发票日期": "2026-01-01", "购买日期": "2026-02-01"}],
    passes=[{"发票日期": "2026-01-02", "购买日期": "2026-02-01"}],
)  # fmt: skip
def invoice_far_from_purchase(invoice_date, purchase_date, *, invoice_purchase_gap):
    """An invoice of another day may belong to another machine."""
    days = (invoice_date - purchase_date).dt.days.abs()
    return When(days > invoice_purchase_gap, fields={"days": days})


@rule(
    "R310", "生产晚于购买", pending(), severity=MEDIUM, on=ON, field="produced_date",
    checks="生产日期晚于用来起算的发票日期或购买日期",
    says="生产日期{produced_date}晚于{basis}{start}",
    hits=[{"生产日期": "2026-03-01", "发票日期": "2026-02-01"}],
    passes=[{"生产日期": "2026-01-01", "发票日期": "2026-02-01"}],
)  # fmt: skip
def produced_after_sale(produced_date, start, basis):
    """Nobody buys a machine that has not been made."""
    return basis.isin(("发票日期", "购买日期")) & (produced_date > start)


@rule(
    "R311", "发票号码格式", notice(), severity=LOW, on=ON,
    checks="填了发票号码,但不是规定位数的数字",
    says="发票号码{invoice_no}位数不符",
    may_be_blank=("cut_off",),
    hits=[{"发票号码": "1234567"}, {"发票号码": "1234567A"}],
    passes=[{"发票号码": "26312000000012345678"}, {"发票号码": "12345678"},
            {"发票号码": "2.6312E+19"}],
)  # fmt: skip
def invoice_number_length(invoice_no, cut_off, *, invoice_digits):
    """Paper invoices have 8 digits, electronic ones 20."""
    lengths = {int(n) for n in invoice_digits}
    wrong = each(lambda no: not (no.isdecimal() and len(no) in lengths), invoice_no)
    return wrong & ~cut_off.str.contains("发票号码", na=False).astype(bool)
