"""Each rule's own table of examples, played through reading, facts, every rule and the fold."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from addin.actions.judge import Judged
from addin.rules import Rule, all_rules, slip_rules
from addin.rules.parameters import BY_KEY, Parameters
from addin.rules.rule import BOTH, Case, case
from addin.rules.verdicts import Scope

ABOUT_SLIPS = [rule for rule in slip_rules() if rule.outcome.scope is not Scope.SHEET]
ABOUT_OUTLETS = [rule for rule in slip_rules() if rule.outcome.scope is Scope.SHEET]


def examples(kind: str) -> list[object]:
    return [
        pytest.param(rule, example, id=f"{rule.code}-{kind}-{n}")
        for rule in ABOUT_SLIPS
        for n, example in enumerate(getattr(rule, kind), start=1)
    ]


def codes_of(judged: Judged, example: object) -> list[str]:
    at = example.at if isinstance(example, Case) else -1
    listed = judged.verdicts["codes"].iloc[at]
    return listed.split(";") if listed else []


def service(rule: Rule, example: object) -> str:
    """Rules for both sheets are played on the sheet whose fields their example names."""
    slips = [kind for kind in rule.on if kind in BOTH]
    if len(slips) == 1:
        return slips[0]
    rows = example.rows if isinstance(example, Case) else [example]
    repair_only = {
        "保修类型",
        "完成日期",
        "故障代码",
        "维修项目",
        "申报维修费",
        "报修日期",
        "发票号码",
    }
    by_repair = any(repair_only & set(row) for row in rows)
    return "维修" if by_repair or rule.code in {"R803"} else "安装"


@pytest.mark.parametrize(("rule", "example"), examples("hits"))
def test_the_example_hits(check: Callable[..., Judged], rule: Rule, example: object) -> None:
    judged = check(example, service(rule, example))
    assert rule.code in codes_of(judged, example), judged.verdicts.iloc[-1].to_dict()


@pytest.mark.parametrize(("rule", "example"), examples("passes"))
def test_the_near_miss_passes(check: Callable[..., Judged], rule: Rule, example: object) -> None:
    judged = check(example, service(rule, example))
    assert rule.code not in codes_of(judged, example), judged.verdicts.iloc[-1].to_dict()


@pytest.mark.parametrize("rule", ABOUT_OUTLETS, ids=lambda rule: rule.code)
def test_rules_about_outlets_hit_and_pass(rule: Rule) -> None:
    for wanted, group in ((True, rule.hits), (False, rule.passes)):
        for example in group:
            outlets = pd.DataFrame(example.rows)
            (when,) = rule.run(outlets, Parameters())
            assert bool(when.mask.iloc[-1]) is wanted, example


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_every_rule_has_a_reason_examples_and_known_parameters(rule: Rule) -> None:
    assert rule.why
    assert rule.hits and rule.passes
    assert set(rule.parameters) <= set(BY_KEY)


def test_a_clean_slip_passes_on_both_sheets(check: Callable[..., Judged]) -> None:
    for kind in ("安装", "维修"):
        verdicts = check({}, kind).verdicts
        assert verdicts[["verdict", "codes", "reasons"]].iloc[0].tolist() == ["通过", "", ""]


def test_days_are_whole_in_a_message_also_when_another_slip_has_no_date(
    check: Callable[..., Judged],
) -> None:
    late = {"购买日期": "2025-09-01", "安装日期": "2026-03-05"}
    judged = check(case({"单号": "AZ000", "购买日期": None}, late), "安装")
    assert "购买185天后才安装" in judged.verdicts["reasons"].iloc[-1]


def test_two_repairs_of_one_machine_without_a_day_of_completion_are_no_return_visit(
    check: Callable[..., Judged],
) -> None:
    open_ones = ({"单号": "WX001", "完成日期": None}, {"单号": "WX002", "完成日期": None})
    judged = check(Case(open_ones, parameters={"必填字段_维修": "网点编码、单号"}), "维修")
    assert judged.verdicts["verdict"].tolist() == ["通过", "通过"]
