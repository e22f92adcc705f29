"""The committed handbook is what the rules say, and it says all of it in Chinese."""

from __future__ import annotations

import re

import pytest

from addin import cli
from addin.build import handbook
from addin.rules import Rule, all_rules, told
from addin.rules.parameters import PARAMETERS

each_rule = pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
CODES = {rule.code for rule in all_rules()}


def rule(code: str) -> Rule:
    return next(r for r in all_rules() if r.code == code)


def test_the_committed_handbook_is_byte_for_byte_what_the_rules_say() -> None:
    fresh = handbook.page(all_rules()).encode()
    assert handbook.PAGE.read_bytes() == fresh, "run: python -m addin.build.handbook"


def test_the_contents_lead_to_every_rule_once() -> None:
    page = handbook.page(all_rules())
    targets = re.findall(r"\]\(#([^)]+)\)", page)
    headings = [h.lower().replace(" ", "-") for h in re.findall(r"^### (.+)$", page, re.M)]
    assert targets == headings and len(set(targets)) == len(CODES)


def test_every_parameter_of_a_rule_stands_in_the_handbook() -> None:
    page = handbook.page(all_rules())
    ours = [p for p in PARAMETERS if not p.code or p.code in CODES]
    assert ours and all(told.parameter(p) in page for p in ours)


@each_rule
def test_a_rule_tells_what_it_checks_and_what_to_do_next(rule: Rule) -> None:
    facts = dict(told.facts(rule))
    assert all(facts[heading] for heading in ("检查", "单据", "结论", "核对说明", "建议处理"))
    words = " ".join((*facts.values(), *(given for given, _ in told.examples(rule))))
    assert not re.search(r"[{}]|None|nan|[a-z]+_[a-z]+|\|", words.replace("{10,20}", ""))


@each_rule
def test_a_rule_about_slips_shows_a_hit_and_a_near_miss(rule: Rule) -> None:
    results = {result for _, result in told.examples(rule)}
    assert results == ({told.HIT, told.PASS} if rule.code != "R810" else set())


@pytest.mark.parametrize(
    ("code", "example"),
    [
        ("R011", ("收单日期=2026-03-04、安装日期=2026-03-05", "命中")),
        ("R303", ("发票日期=(空白)、购买日期=2025-06-01", "命中")),
        ("R307", ("“产品型号”表有(整机保修月=(空白))", "命中")),
        ("R307", ("样单不改", "不命中")),
        ("R308", ("参数:安装责任承担=厂家;故障代码=E32", "不命中")),
        ("R801", ("另一张单:单号=AZ001;这张单:单号=AZ001", "命中")),
        ("R806", ("8张单,安装工都是王师傅", "不命中")),
        ("R807", ("8张单,单程里程依次为5、6、5、7、6、5、6、60", "命中")),
    ],
)
def test_an_example_reads_as_a_clerk_would_enter_it(code: str, example: tuple[str, str]) -> None:
    assert example in list(told.examples(rule(code)))


def test_explain_says_what_the_handbook_says(capsys: pytest.CaptureFixture[str]) -> None:
    cli.explain("r301(放行)")
    shown = capsys.readouterr().out
    assert shown.startswith("R301 过保申报保内\n")
    assert all(f"{heading}:{words}\n" in shown for heading, words in told.facts(rule("R301")))
