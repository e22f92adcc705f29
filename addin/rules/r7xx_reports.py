"""R7xx 汇总和勾稽: what the papers of a month say of each other, and what still waits.

rules.md §9. R701–R703 are the cross-footing of each report by itself (addin.reports).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from addin.domain.sampling import sample_size
from addin.rules.rule import (
    CLOSING,
    FOLLOW_UP,
    INSTALL,
    REGISTER,
    REPAIR,
    STATISTICS,
    When,
    case,
    rule,
)
from addin.rules.verdicts import Severity, Verdict, of_sheet, refused, sheet_notice

HIGH, MEDIUM = Severity.HIGH, Severity.MEDIUM
ABANDONED = "放弃(已核销)"


@rule(
    "R704", "统计表与汇总表不符", of_sheet(Verdict.PENDING), severity=HIGH, on=(STATISTICS,),
    field="fee_total",
    checks="安装维修费用统计表的全国费用合计,不等于本月汇总表的合计",
    says="统计表{fee_total:money}≠汇总表{summary_total:money}",
    hits=[{"统计表合计": 12500, "汇总表合计": 12450},
          {"统计表合计": 12449.99, "汇总表合计": 12450}],
    passes=[{"统计表合计": 12450, "汇总表合计": 12450}],
)  # fmt: skip
def statistics_are_not_the_summary(fee_total, summary_total):
    """Both tell of the same accepted slips, so they end in the same amount."""
    return fee_total != summary_total


@rule(
    "R705", "含未结论单据", of_sheet(Verdict.PENDING), severity=HIGH, on=(CLOSING,),
    field="waiting",
    checks="月结时本月还有待查、无法判断的单据;参数“月结允许待定”为否的,要先处理完才能月结",
    says="尚有{waiting}张待定,金额{held:money},转下月",
    hits=[{"待定张数": 3, "待定金额": 390}, {"待定张数": 1, "待定金额": 0},
          case({"待定张数": 3, "待定金额": 390}, parameters={"月结允许待定": "否"})],
    passes=[{"待定张数": 0, "待定金额": 0}],
)  # fmt: skip
def slips_still_wait(waiting, held, *, close_with_held):
    """What waits is carried into the next month once, so somebody has to know how much it is."""
    refusal = "尚有{waiting}张待定,金额{held:money},参数“月结允许待定”为否,请先处理完"
    return When(waiting > 0, says=None if close_with_held else refusal)


@rule(
    "R706", "发票金额不符", of_sheet(Verdict.PENDING), severity=HIGH, on=(FOLLOW_UP,),
    field="invoiced",
    checks="发票金额比通知金额多,超出发票容差的待查(退票);比通知金额少的提示,按发票付款",
    says="发票{invoiced:money}与通知{notified:money}不符",
    hits=[{"通知金额": 1250, "发票金额": 1300}, {"通知金额": 1250, "发票金额": 1200},
          {"通知金额": 1250, "发票金额": 1250.01}, {"通知金额": 1250, "发票金额": 1249.99},
          case({"通知金额": 1250, "发票金额": 1251.01}, parameters={"发票容差": "1.00"})],
    passes=[{"通知金额": 1250, "发票金额": 1250}, {"通知金额": 1250, "发票金额": None},
            case({"通知金额": 1250, "发票金额": 1251}, parameters={"发票容差": "1.00"}),
            case({"通知金额": 1250, "发票金额": 1249}, parameters={"发票容差": "1.00"})],
)  # fmt: skip
def invoice_is_not_the_notice(notified, invoiced, *, invoice_tolerance):
    """No more is paid than was told; of less than that, the invoice is paid."""
    more = invoiced - notified
    return [When(more > invoice_tolerance), When(-more > invoice_tolerance, sheet_notice())]


@rule(
    "R707", "开票逾期", sheet_notice(), severity=MEDIUM, on=(FOLLOW_UP,),
    field="invoiced_on",
    checks="通知后超过开票天数还没有发票日期;超过放弃天数的,建议转为放弃(已核销)",
    says="通知{days}天未开票",
    may_be_blank=("state",),
    hits=[case({"通知日期": "2026-03-10"}, parameters={"核对基准日": "2026-04-10"}),
          case({"通知日期": "2025-10-12"}, parameters={"核对基准日": "2026-04-11"})],
    passes=[case({"通知日期": "2026-03-10"}, parameters={"核对基准日": "2026-04-09"}),
            case({"通知日期": "2026-03-10", "发票日期": "2026-04-10"},
                 parameters={"核对基准日": "2026-04-10"}),
            case({"通知日期": "2025-10-12", "状态": ABANDONED},
                 parameters={"核对基准日": "2026-04-11"})],
)  # fmt: skip
def not_invoiced(notified_on, no_invoice_date, state, as_of, *, invoice_within, abandon_after):
    """Money that nobody asks for stays open for years, unless it is given up in time."""
    days = (as_of - notified_on).dt.days
    late = no_invoice_date & (days > invoice_within) & (state != ABANDONED)
    given_up = late & (days > abandon_after)
    proposal = "通知{days}天未开票,建议转为" + ABANDONED
    return [
        When(late & ~given_up, fields={"days": days}),
        When(given_up, says=proposal, fields={"days": days}),
    ]


@rule(
    "R708", "付款不符", of_sheet(Verdict.PENDING), severity=HIGH, on=(FOLLOW_UP,), field="paid",
    checks="付款金额不等于通知金额与发票金额中较小的",
    says="付款{paid:money}≠应付{due:money}",
    hits=[{"通知金额": 1250, "发票金额": 1200, "付款金额": 1250},
          {"通知金额": 1250, "发票金额": 1200, "付款金额": 1199.99},
          {"通知金额": 1250, "发票金额": 1300, "付款金额": 1300}],
    passes=[{"通知金额": 1250, "发票金额": 1200, "付款金额": 1200},
            {"通知金额": 1250, "发票金额": 1300, "付款金额": 1250},
            {"通知金额": 1250, "发票金额": 1200, "付款金额": None}],
)  # fmt: skip
def paid_is_not_due(notified, invoiced, paid):
    """Neither more than was told nor more than was invoiced; the rest is carried on."""
    due = notified.where(notified < invoiced, invoiced)
    return When(paid != due, fields={"due": due})


@rule(
    "R709", "回访不足", of_sheet(Verdict.PENDING), severity=MEDIUM, on=(REGISTER,), field="valid",
    checks="网点有效回访的单数,少于单数乘回访比例(有小数进一,不少于最少回访);"
           "退回、拒付整单的单据不算在单数内",
    says="{outlet_code}应回访{wanted}已回访{called}",
    hits=[{"网点编码": "WD001", "单数": 41, "已回访": 4},
          {"网点编码": "WD001", "单数": 1, "已回访": 0},
          case({"网点编码": "WD001", "单数": 10, "已回访": 1}, parameters={"最少回访": "2"})],
    passes=[{"网点编码": "WD001", "单数": 41, "已回访": 5},
            {"网点编码": "WD001", "单数": 40, "已回访": 4},
            {"网点编码": "WD001", "单数": 10, "已回访": 1},
            case({"网点编码": "WD001", "单数": 1, "已回访": 1}, parameters={"最少回访": "2"})],
)  # fmt: skip
def too_few_called_back(outlet_code, slips, called, *, callback_ratio, callback_minimum):
    """A sample that is not phoned proves nothing of the rest."""
    units = slips.to_numpy(np.int64)
    wanted = pd.Series(sample_size(units, ratio=callback_ratio, minimum=callback_minimum))
    return When(called < wanted, fields={"wanted": wanted})


@rule(
    "R710", "回访不实", refused(), severity=HIGH, on=(INSTALL, REPAIR, REGISTER), field="slip_no",
    checks="回访登记表里这张单的回访结果是不属实;不属实的单不付",
    says="回访不属实:{callback_note}",
    may_be_blank=("callback_note",),
    hits=[case({}, sheets={"回访登记表": [{"回访结果": "不属实", "说明": "没有上门"}]}),
          case({}, sheets={"回访登记表": [{"回访结果": "不属实"}]})],
    passes=[case({}, sheets={"回访登记表": [{"回访结果": "属实"}]}),
            case({}, sheets={"回访登记表": [{"回访结果": "未接通"}]}),
            case({}, sheets={"回访登记表": [{"单号": "AZ009", "回访结果": "不属实"}]})],
)  # fmt: skip
def user_says_it_is_not_so(callback_outcome, callback_note):
    """The user is the one witness of the visit."""
    return callback_outcome == "不属实"


@rule(
    "R711", "回访未完成", of_sheet(Verdict.PENDING), severity=MEDIUM, on=(REGISTER,),
    field="outcome",
    checks="已经汇总,抽样的单还有回访结果空白的",
    says="{unanswered}条抽样未回访",
    hits=[{"未回访": 1}], passes=[{"未回访": 0}],
)  # fmt: skip
def sample_not_finished(unanswered):
    """The outlets are told what they get only after their users were heard."""
    return unanswered > 0
