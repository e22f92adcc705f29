"""The examples of the rules for reports, played as the closing of a month asks them."""

from __future__ import annotations

import pandas as pd
import pytest

from addin.actions.cross_checks import batches, findings
from addin.facts.joined import Month
from addin.reports.account_issues import Finding
from addin.rules import Rule, all_rules
from addin.rules.rule import BOTH, FOLLOW_UP, REPORTS, Case, Example, case
from addin.rules.settings import from_sheet
from addin.tables import catalogue, follow_up
from tests.rules.conftest import AS_OF, MARCH, table_of

OF_REPORTS = [r for r in all_rules() if set(r.on) & set(REPORTS) and not set(r.on) & set(BOTH)]
FIGURES = {  # what an example calls them
    "统计表合计": "fee_total", "汇总表合计": "summary_total", "待定张数": "waiting",
    "待定金额": "held", "网点编码": "outlet_code", "单数": "slips", "已回访": "called",
    "未回访": "unanswered",
}  # fmt: skip
MONEY = ("fee_total", "summary_total", "held")


def said(rule: Rule, example: Example | Case) -> list[Finding]:
    played = example if isinstance(example, Case) else case(example)
    lines = [{"参数名": name, "参数值": value} for name, value in played.parameters.items()]
    sheet = table_of(catalogue.PARAMETERS, lines)
    settings = from_sheet(sheet.frame.assign(row=sheet.rows), AS_OF)
    day = settings.parameters["as_of"]
    month = Month(MARCH, AS_OF if day is None else pd.Timestamp(day).as_unit("s"))
    (kind,) = rule.on
    if kind == FOLLOW_UP:
        rows = [{"网点编码": "WD001", **row} for row in played.rows]
        facts = batches(table_of(follow_up.FOLLOW_UP, rows))
    else:
        facts = pd.DataFrame(played.rows).rename(columns=FIGURES)
        for name in facts.columns.intersection(MONEY):
            facts[name] = (facts[name] * 100).round().astype("Int64")
    return [f for f in findings(kind, facts, month, settings) if f.code == rule.code]


def examples(kind: str) -> list[object]:
    return [
        pytest.param(rule, example, id=f"{rule.code}-{kind}-{n}")
        for rule in OF_REPORTS
        for n, example in enumerate(getattr(rule, kind), start=1)
    ]


@pytest.mark.parametrize(("rule", "example"), examples("hits"))
def test_the_example_hits(rule: Rule, example: Example | Case) -> None:
    assert said(rule, example)


@pytest.mark.parametrize(("rule", "example"), examples("passes"))
def test_the_near_miss_passes(rule: Rule, example: Example | Case) -> None:
    assert not said(rule, example)


def rule(code: str) -> Rule:
    return next(r for r in OF_REPORTS if r.code == code)


@pytest.mark.parametrize(
    ("code", "n", "verdict", "words"),
    [
        ("R704", 0, "待查", "统计表12500.00≠汇总表12450.00"),
        ("R705", 0, "待查", "尚有3张待定,金额390.00,转下月"),
        ("R706", 0, "待查", "发票1300.00与通知1250.00不符"),
        ("R706", 1, "提示", "发票1200.00与通知1250.00不符"),
        ("R707", 0, "提示", "通知31天未开票"),
        ("R707", 1, "提示", "通知181天未开票,建议转为放弃(已核销)"),
        ("R708", 0, "待查", "付款1250.00≠应付1200.00"),
        ("R709", 0, "待查", "WD001应回访5已回访4"),
        ("R711", 0, "待查", "1条抽样未回访"),
    ],
)
def test_what_is_said(code: str, n: int, verdict: str, words: str) -> None:
    (finding,) = said(rule(code), rule(code).hits[n])
    assert (finding.verdict, finding.message) == (verdict, words)


def test_a_waiting_month_that_must_not_be_closed_is_told_so() -> None:
    (finding,) = said(rule("R705"), rule("R705").hits[2])
    assert finding.message.endswith("参数“月结允许待定”为否,请先处理完")
