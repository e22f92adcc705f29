"""R5xx 押金: entries of the deposit ledger, and each agent's line of the statement. rules.md §7."""

from __future__ import annotations

from addin.domain.deposits import GIVEN_BACK, TAKEN
from addin.rules.rule import DEPOSITS, PARTS, RETURNS, STATEMENT, When, case, rule
from addin.rules.verdicts import Severity, Verdict, of_row, of_sheet, sheet_notice

HIGH, MEDIUM = Severity.HIGH, Severity.MEDIUM
_SHOWN = {
    "期初余额": 5000, "本期收取": 1000, "本期退还": 0, "保外扣款": 200, "逾期未返扣款": 100,
    "处罚扣款": 50,
}  # fmt: skip
OPENED = {"类型": "收取", "金额": 500, "依据单号": "期初", "日期": "2026-03-01"}
FROM_FEBRUARY = {"上月": [{"代理商编码": "WD001", "期末余额": 5650}]}


@rule(
    "R501", "押金恒等式不平", of_sheet(Verdict.PENDING), severity=HIGH, on=(STATEMENT,),
    field="closing",
    checks="对帐单上的期末余额,不等于期初+收取-退还-各项扣款",
    says="{agent_code}期末{closing:money}≠应有{expected:money},差{off:money}",
    hits=[_SHOWN | {"期末余额": 5750}], passes=[_SHOWN | {"期末余额": 5650}],
)  # fmt: skip
def balance_does_not_add_up(
    agent_code, opening, taken, given_back, charged, overdue, penalty, closing
):
    """A statement whose figures do not add up may not go out."""
    expected = opening + taken - given_back - charged - overdue - penalty
    return When(closing != expected, fields={"expected": expected, "off": closing - expected})


@rule(
    "R502", "期初不接上期", of_sheet(Verdict.PENDING), severity=HIGH, on=(STATEMENT, DEPOSITS),
    field="opening",
    checks="期初余额不等于上月已月结对帐单的期末余额;找不到上月对帐单的为无法判断;"
           "流水早于期初或重复写期初的,期初已含,不入账",
    says="{agent_code}期初{opening:money}≠上期期末{closed_closing:money}",
    may_be_blank=("opening", "closed_closing", "unknown_because", "included_in_opening"),
    hits=[case({"代理商编码": "WD001", "期末余额": 5600, "期初余额": 5600},
               sheets=FROM_FEBRUARY),
          case({"代理商编码": "WD001", "期末余额": 0}, sheets={"押金流水": [{"类型": "收取"}]}),
          case(sheets={"押金流水": [OPENED, {"类型": "收取", "日期": "2026-02-27"}]}),
          case(sheets={"押金流水": [OPENED, OPENED]})],
    passes=[case({"代理商编码": "WD001", "期末余额": 5650, "期初余额": 5650},
                 sheets=FROM_FEBRUARY),
            case(sheets={"押金流水": [OPENED, {"类型": "收取"}]}),
            case(sheets={"押金流水": [OPENED | {"日期": "2026-02-28"}, {"类型": "收取"}]})],
)  # fmt: skip
def opening_is_not_the_closing(
    agent_code, opening, closed_closing, unknown_because, included_in_opening
):
    """A month goes on where the one before it was closed, to the fen."""
    unknown, included = of_sheet(Verdict.UNDECIDABLE), of_row(Verdict.RETURNED)
    return [
        When(opening != closed_closing),
        When(unknown_because.notna(), unknown, "{agent_code}期初无法判断:{unknown_because}"),
        When(included_in_opening, included, "{agent_code}的期初余额已含这一笔,不再入账"),
    ]


@rule(
    "R503", "可用押金不足", sheet_notice(), severity=HIGH, on=(STATEMENT, PARTS),
    field="available",
    checks="可用押金(期末余额+授信-占用-冻结)小于0;还没有发出的新发放为待查",
    says="{agent_code}可用押金{available:money},不足",
    hits=[case({"代理商编码": "WD001", "期末余额": 0}, sheets={
              "押金流水": [OPENED], "配件流水": [{"类型": "发放", "数量": 13}]}),
          case(sheets={"押金流水": [OPENED],
                       "配件流水": [{"类型": "发放", "数量": 13, "业务日期": "2026-04-06"}]})],
    passes=[case({"代理商编码": "WD001", "期末余额": 0}, sheets={
        "押金流水": [OPENED], "配件流水": [{"类型": "发放", "数量": 12}]})],
)  # fmt: skip
def not_enough_left(agent_code, available, not_yet_sent):
    """Parts beyond the deposit are the factory's risk, so no more should be sent."""
    short = available < 0
    return [When(short & ~not_yet_sent), When(short & not_yet_sent, of_row(Verdict.PENDING))]


@rule(
    "R504", "流水类型无效", of_row(Verdict.RETURNED), severity=MEDIUM, on=(DEPOSITS,),
    field="bad_kind",
    checks="类型不是收取、退还、保外扣款、逾期未返扣款、处罚扣款;红冲找不到原流水、已经红冲过,"
           "或代理商、类型、金额与原流水不同;这一行不入账",
    says="押金流水类型“{bad_kind}”无效",
    may_be_blank=("bad_kind", "reverses", "nothing_to_reverse"),
    hits=[{"类型": "扣款"},
          case(OPENED, {"类型": "收取", "金额": -5, "红冲流水号": "YJ999"}),
          case(OPENED, {"流水号": "YJ1", "类型": "收取", "金额": 5},
               {"类型": "收取", "金额": -6, "红冲流水号": "YJ1"})],
    passes=[case(OPENED, {"类型": "处罚扣款", "金额": 5, "依据单号": "CF001"}),
            case(OPENED, {"流水号": "YJ1", "类型": "收取", "金额": 5},
                 {"类型": "收取", "金额": -5, "红冲流水号": "YJ1"})],
)  # fmt: skip
def entry_kind_invalid(bad_kind, reverses, nothing_to_reverse):
    """The kind gives the sign; a reversal undoes one entry, whole."""
    lost = "红冲流水号{reverses}找不到、已红冲过,或代理商、类型、金额不同"
    return [When(bad_kind.notna()), When(nothing_to_reverse, says=lost)]


@rule(
    "R505", "扣款无依据", of_row(Verdict.PENDING), severity=HIGH, on=(DEPOSITS,),
    field="basis_no",
    checks="扣款没有依据单号,或依据找不到:保外扣款要有保外配件收费清单的维修单号,处罚扣款要有"
           "已批准的建议单号,逾期未返扣款要有配件核销的流水号;入账,该户待查",
    says="扣款{amount:money}无有效依据单号", may_be_blank=("reverses", "basis_no"),
    hits=[case(OPENED, {"类型": "处罚扣款", "金额": 50}),
          case(OPENED, {"类型": "处罚扣款", "金额": 50, "依据单号": "CF001"},
               sheets={"处罚建议单": [{"建议单号": "CF001", "状态": "待审批"}]}),
          case(OPENED, {"类型": "保外扣款", "金额": 60, "依据单号": "WX009"}),
          case(OPENED, {"类型": "逾期未返扣款", "金额": 40, "依据单号": "PL1"},
               sheets={"配件流水": [ISSUE := {"流水号": "PL1", "类型": "发放", "数量": 2}]})],
    passes=[case(OPENED, {"类型": "处罚扣款", "金额": 50, "依据单号": "CF001"},
                 sheets={"处罚建议单": [{"建议单号": "CF001", "状态": "已批准"}]}),
            case(OPENED, {"类型": "保外扣款", "金额": 60, "依据单号": "WX002"}, sheets={
                "配件流水": [ISSUE, {"类型": "保外领用", "维修单号": "WX002"}]}),
            case(OPENED, {"类型": "逾期未返扣款", "金额": 40, "依据单号": "PL2"}, sheets={
                "配件流水": [ISSUE, {"流水号": "PL2", "类型": "核销", "维修单号": "WX001"}],
                "维修单": [{"单号": "WX001", "更换配件编码": "PJ001"}]}),
            case(OPENED, {"类型": "收取", "金额": 50})],
)  # fmt: skip
def deduction_without_basis(kind, amount, basis_no, basis_found, reverses):
    """Nobody's money is taken on a word; a reversal has its basis in the entry it undoes."""
    deducts = ~kind.isin([TAKEN, GIVEN_BACK]) & reverses.isna()
    return deducts & ~basis_found


@rule(
    "R506", "余额为负", of_sheet(Verdict.PENDING), severity=HIGH, on=(STATEMENT,),
    field="closing",
    checks="期末余额小于0",
    says="{agent_code}押金余额{closing:money}为负",
    hits=[case({"代理商编码": "WD001", "期末余额": 0}, sheets={"押金流水": [
        OPENED, {"类型": "处罚扣款", "金额": 500.01, "依据单号": "CF001"}]})],
    passes=[case({"代理商编码": "WD001", "期末余额": 0}, sheets={"押金流水": [
        OPENED, {"类型": "处罚扣款", "金额": 500, "依据单号": "CF001"}]})],
)  # fmt: skip
def balance_below_nothing(agent_code, closing):
    """A deposit below nothing means that something was entered wrongly or is owed."""
    return closing < 0


_SENT = {"代理商编码": "WD001", "期末余额": 500, "发出日期": "2026-04-01"}


@rule(
    "R507", "代理商未确认", sheet_notice(), severity=MEDIUM, on=(STATEMENT,),
    field="countersigned",
    checks="对账单发出后超过回签天数还没有回签;或代理商余额与我方期末余额不同",
    says="{agent_code}未回签",
    may_be_blank=("sent_on", "countersigned", "agent_balance", "closing"),
    hits=[case(_SENT | {"回签": "否"}, parameters={"核对基准日": "2026-04-17"},
               sheets={"押金流水": [OPENED]}),
          case(_SENT, parameters={"核对基准日": "2026-04-17"}, sheets={"押金流水": [OPENED]}),
          case(_SENT | {"回签": "是", "代理商余额": 499.99}, sheets={"押金流水": [OPENED]})],
    passes=[case(_SENT | {"回签": "否"}, parameters={"核对基准日": "2026-04-16"},
                 sheets={"押金流水": [OPENED]}),
            case(_SENT | {"回签": "是", "代理商余额": 500}, sheets={"押金流水": [OPENED]})],
)  # fmt: skip
def not_countersigned(
    agent_code, sent_on, countersigned, agent_balance, closing, as_of, *, countersign_within
):
    """An unsigned statement proves nothing; a difference grows harder to explain each month."""
    unsigned = ~countersigned.fillna(False).astype(bool)
    late = unsigned & ((as_of - sent_on).dt.days > countersign_within)
    differs = "{agent_code}代理商账{agent_balance:money}与我方{closing:money}差{off:money}"
    return [
        When(late),
        When(agent_balance != closing, says=differs, fields={"off": agent_balance - closing}),
    ]


@rule(
    "R508", "退还超余额", of_row(Verdict.REFUSED), severity=HIGH, on=(DEPOSITS,), field="amount",
    checks="退还大于这一行之前的余额(按日期,同日按行序);这一行不入账",
    says="退还{amount:money}超过余额{before:money}",
    hits=[case(OPENED, {"类型": "退还", "金额": 500.01}, {"类型": "收取", "金额": 100}, at=1)],
    passes=[case(OPENED, {"类型": "退还", "金额": 500})],
)  # fmt: skip
def more_given_back_than_held(amount, before, overdrawn):
    """Nothing is given back that is not there."""
    return overdrawn


@rule(
    "R509", "流水号重复", of_row(Verdict.REFUSED), severity=HIGH, on=(DEPOSITS, PARTS, RETURNS),
    field="entry_no",
    checks="流水号(旧件返还是返还单号)前面已经用过,不论哪个月;后一行不入账",
    says="流水号{entry_no}重复",
    hits=[case(OPENED, {"流水号": "YJ1", "类型": "收取"}, {"流水号": "YJ1", "类型": "收取"})],
    passes=[case(OPENED, {"流水号": "YJ1", "类型": "收取"}, {"流水号": "YJ2", "类型": "收取"})],
)  # fmt: skip
def entry_number_used_twice(entry_no, double):
    """The same entry typed twice would count twice."""
    return double
