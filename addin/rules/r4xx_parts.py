"""R4xx 配件: parts on a repair slip, in the ledger, in field, and old parts back. rules.md §6."""

from __future__ import annotations

from addin.domain.parts import CONSUMED, ISSUE, OLD_RETURN
from addin.rules.rule import (
    BATCHES,
    CHARGES,
    OLD_PARTS,
    PARTS,
    REPAIR,
    RETURNS,
    STOCK,
    When,
    case,
    each,
    rule,
)
from addin.rules.verdicts import (
    Scope,
    Severity,
    Verdict,
    notice,
    of_row,
    of_sheet,
    pending,
    sheet_notice,
    undecidable,
)

HIGH, MEDIUM, LOW = Severity.HIGH, Severity.MEDIUM, Severity.LOW
ON = (REPAIR,)
ISSUED_10 = {"类型": "发放", "数量": 10}
REPAIRED = {"维修单": [{"单号": "WX001", "更换配件编码": "PJ001"}]}


@rule(
    "R401", "配件编码无效", undecidable(Scope.PARTS), severity=HIGH, on=(REPAIR, PARTS, CHARGES),
    checks="配件编码在当天(完成日期、业务日期或领用日期)没有配件价格",
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
    "R403", "核销超过在外", of_row(Verdict.REFUSED), severity=HIGH, on=(PARTS,), field="quantity",
    checks="按日期入账到这一行,该网点该配件在外不够核销、领用、退库或报损;这一行不入账",
    says="{outlet_code}{part_code}核销后在外{left},超出",
    hits=[case({"类型": "发放", "数量": 2}, {"类型": "核销", "数量": 3, "维修单号": "WX001"},
               sheets=REPAIRED)],
    passes=[case({"类型": "发放", "数量": 2}, {"类型": "核销", "数量": 2, "维修单号": "WX001"},
                 sheets=REPAIRED)],
)  # fmt: skip
def more_than_in_field(outlet_code, part_code, quantity, before, overdrawn):
    """What an outlet does not hold it cannot have used."""
    return When(overdrawn, fields={"left": (before - quantity).astype("Int64")})


@rule(
    "R404", "核销无维修单", of_row(Verdict.REFUSED), severity=HIGH, on=(PARTS,), field="slip_no",
    checks="核销的维修单号在本月和历史的维修单里找不到(退回的不算),或那张单没有换这个配件;"
           "这一行不入账",
    says="核销无对应维修单{slip_no}", may_be_blank=("slip_no",),
    hits=[case(ISSUED_10, {"类型": "核销", "维修单号": "WX999"}, sheets=REPAIRED),
          case(ISSUED_10, {"类型": "核销", "维修单号": "WX001", "配件编码": "PJ002"},
               sheets=REPAIRED),
          case(ISSUED_10, {"类型": "核销"}, sheets=REPAIRED),
          case(ISSUED_10, {"类型": "核销", "维修单号": "WX001"})],
    passes=[case(ISSUED_10, {"类型": "核销", "维修单号": "WX001"}, sheets=REPAIRED),
            case(ISSUED_10, {"类型": "报损"}, sheets=REPAIRED)],
)  # fmt: skip
def consumed_without_slip(kind, slip_no, slip_found, slips_known):
    """A part counts as used only for a repair that is on paper."""
    consumed = (kind == CONSUMED) & ~slip_found
    unknown = of_row(Verdict.UNDECIDABLE)
    return [
        When(consumed & slips_known),
        When(consumed & ~slips_known, unknown, "没有维修单和结算历史,无法核对核销{slip_no}"),
    ]


@rule(
    "R405", "换件未核销", notice(), severity=MEDIUM, on=ON, field="part_code",
    checks="保内维修单换了配件(没有退回或整单拒付),配件流水里却没有它的核销;"
           "本月有配件流水才核对",
    says="维修单{slip_no}换件{part_code}未核销",
    hits=[case({"更换配件编码": "PJ001"}, sheets={"配件流水": [ISSUED_10]}),
          case({"更换配件编码": "PJ001"},
               sheets={"配件流水": [ISSUED_10, {"类型": "核销", "维修单号": "WX009"}]})],
    passes=[case({"更换配件编码": "PJ001"},
                 sheets={"配件流水": [ISSUED_10, {"类型": "核销", "维修单号": "WX001"}]}),
            {"更换配件编码": "PJ001"},
            case({"更换配件编码": "PJ001", "单据清晰": "否"},
                 sheets={"配件流水": [ISSUED_10]})],
)  # fmt: skip
def part_not_written_off(part_code, slip_no, warranty_type, stands, part_consumed):
    """The outlet still answers for a part that it has built in."""
    return (warranty_type == "保内") & stands & ~part_consumed


@rule(
    "R406", "旧件逾期未返", notice(), severity=MEDIUM, on=(OLD_PARTS,), field="part_code",
    checks="需返旧件的配件核销后超过规定天数,旧件还没有返还(先核销的先算返还);"
           "没有旧件返还表时无法判断",
    says="{part_code}旧件应返{due}已返{returned},逾期{overdue}天",
    hits=[case(ISSUED_10 | {"业务日期": "2026-01-01"},
               {"类型": "核销", "业务日期": "2026-01-01", "维修单号": "WX001"},
               parameters={"核对基准日": "2026-03-03"},
               sheets=REPAIRED | {"旧件返还": [{"配件编码": "PJ002"}]}),
          case(ISSUED_10 | {"业务日期": "2026-01-01"},
               {"类型": "核销", "业务日期": "2026-01-01", "维修单号": "WX001"},
               parameters={"核对基准日": "2026-03-03"}, sheets=REPAIRED)],
    passes=[case(ISSUED_10 | {"业务日期": "2026-01-01"},
                 {"类型": "核销", "业务日期": "2026-01-01", "维修单号": "WX001"},
                 parameters={"核对基准日": "2026-03-02"},
                 sheets=REPAIRED | {"旧件返还": [{"配件编码": "PJ002"}]}),
            case(ISSUED_10 | {"业务日期": "2026-01-01"},
                 {"类型": "核销", "业务日期": "2026-01-01", "维修单号": "WX001"},
                 parameters={"核对基准日": "2026-03-03"},
                 sheets=REPAIRED | {"旧件返还": [
                     {"配件编码": "PJ001", "返还日期": "2026-02-20"}]})],
)  # fmt: skip
def old_part_overdue(part_code, due, returned, age, returns_known, *, old_part_within):
    """The old part proves the repair; what never comes back is charged to the agent."""
    late = age > old_part_within
    fields = {"overdue": age - old_part_within}
    unknown = "没有旧件返还表,无法判断{part_code}旧件{due}件是否返还"
    return [
        When(late & returns_known & (returned < due), fields=fields),
        When(late & ~returns_known, undecidable(), unknown),
    ]


@rule(
    "R407", "配件费无核销", pending(Scope.PARTS), severity=MEDIUM, on=ON, field="claimed_parts",
    checks="申报了配件费(保内配件由公司发放,不用网点买)",
    says="保内配件由公司发放,配件费{claimed_parts:money}需审批",
    hits=[{"更换配件编码": "PJ001", "申报配件费": 40}], passes=[{"申报配件费": None}],
)  # fmt: skip
def parts_fee_claimed(claimed_parts):
    """Parts under warranty are supplied by the factory, not bought by the outlet."""
    return claimed_parts > 0


_LINE = {"期初在外": 10, "本期发放": 5, "本期核销": 4, "保外领用": 1, "新件退库": 1, "报损": 0}


@rule(
    "R408", "配件恒等式不平", of_sheet(Verdict.PENDING), severity=HIGH, on=(STOCK,),
    field="in_field",
    checks="配件对账单上的期末在外,不等于期初+发放-核销-领用-退库-报损",
    says="{outlet_code}{part_code}期末{in_field}≠应有{expected},差{off}",
    hits=[_LINE | {"期末在外": 8}], passes=[_LINE | {"期末在外": 9}],
)  # fmt: skip
def stock_does_not_add_up(
    outlet_code, part_code, opening, issued, consumed, sold, sent_back, written_off, in_field
):
    """A statement whose figures do not add up may not go out."""
    expected = opening + issued - consumed - sold - sent_back - written_off
    return When(in_field != expected, fields={"expected": expected, "off": in_field - expected})


@rule(
    "R409", "发放价不符", sheet_notice(), severity=MEDIUM, on=(PARTS,), field="deposit_price",
    checks="发放填的押金单价与配件价格表当天的押金单价不同;仍按所填单价计占用",
    says="{part_code}发放价{deposit_price:money}≠价格表{listed_price:money}",
    hits=[{"押金单价": 42}], passes=[{"押金单价": 40}, {"押金单价": None}],
)  # fmt: skip
def issue_price_differs(part_code, kind, deposit_price, listed_price):
    """The price at issue is frozen; a wrong one ties up too much or too little deposit."""
    return (kind == ISSUE) & (deposit_price != listed_price)


@rule(
    "R410", "呆滞配件", sheet_notice(), severity=LOW, on=(BATCHES,), field="part_code",
    checks="发放的一批配件在外超过呆滞天数还没有用完",
    says="{part_code}在外{age}天未用",
    hits=[case({"业务日期": "2025-09-01"}, parameters={"核对基准日": "2026-03-01"})],
    passes=[case({"业务日期": "2025-09-02"}, parameters={"核对基准日": "2026-03-01"}),
            case({"业务日期": "2025-09-01", "数量": 1},
                 {"业务日期": "2025-10-01", "类型": "新件退库", "数量": 1},
                 parameters={"核对基准日": "2026-03-01"}, at=0)],
)  # fmt: skip
def idle_batch(part_code, age, *, idle_after):
    """Parts that nobody uses tie up the agent's deposit and may come back."""
    return age > idle_after


@rule(
    "R411", "返还类型不明", of_row(Verdict.RETURNED), severity=MEDIUM, on=(RETURNS, PARTS),
    field="bad_kind",
    checks="返还类型不是旧件返还或新件退库;配件流水的红冲找不到原流水、已经红冲过,"
           "或网点、配件、数量与原流水不同;这一行不入账",
    says="返还类型“{bad_kind}”不明,旧件与新件不得混记",
    may_be_blank=("bad_kind", "reverses", "nothing_to_reverse"),
    hits=[{"返还类型": "返厂"},
          case(sheets={"配件流水": [ISSUED_10, {"类型": "红冲", "红冲流水号": "PL999"}]}),
          case(sheets={"配件流水": [
              ISSUED_10 | {"流水号": "PL1"}, {"类型": "红冲", "红冲流水号": "PL1", "数量": 9}]})],
    passes=[{"返还类型": "旧件返还"},
            case(sheets={"配件流水": [
                ISSUED_10 | {"流水号": "PL1"},
                {"类型": "红冲", "红冲流水号": "PL1", "数量": 10}]})],
)  # fmt: skip
def return_kind_unclear(bad_kind, reverses, nothing_to_reverse):
    """An old part and an unused one are worth different things; a reversal undoes one entry."""
    lost = "红冲流水号{reverses}找不到、已红冲过,或网点、配件、数量不同"
    return [When(bad_kind.notna()), When(nothing_to_reverse, says=lost)]


@rule(
    "R412", "返还超过应返", pending(), severity=MEDIUM, on=(RETURNS, PARTS), field="quantity",
    checks="到这一行为止返还的旧件,多于该网点该配件核销的件数",
    says="{part_code}旧件返还{returned_so_far}超过核销{consumed}",
    hits=[case({"数量": 4}, sheets=REPAIRED | {"配件流水": [
        ISSUED_10, {"类型": "核销", "数量": 3, "维修单号": "WX001"}]})],
    passes=[case({"数量": 3}, sheets=REPAIRED | {"配件流水": [
        ISSUED_10, {"类型": "核销", "数量": 3, "维修单号": "WX001"}]})],
)  # fmt: skip
def more_returned_than_used(part_code, kind, returned_so_far, consumed):
    """More old parts than repairs: somebody else's, or parts that were never built in."""
    return (kind == OLD_RETURN) & (returned_so_far > consumed)
