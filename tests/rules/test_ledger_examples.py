"""The examples of every rule for ledgers and lists, played through the accounts of a month."""

from __future__ import annotations

import pytest

from addin.rules import Rule, all_rules
from addin.rules.rule import BOTH, REPORTS
from tests.rules.ledger_player import findings

OF_LEDGERS = [rule for rule in all_rules() if not set(rule.on) & {*BOTH, *REPORTS}]


def examples(kind: str) -> list[object]:
    return [
        pytest.param(rule, example, id=f"{rule.code}-{kind}-{n}")
        for rule in OF_LEDGERS
        for n, example in enumerate(getattr(rule, kind), start=1)
    ]


@pytest.mark.parametrize(("rule", "example"), examples("hits"))
def test_the_example_hits(rule: Rule, example: object) -> None:
    assert findings(rule, example)


@pytest.mark.parametrize(("rule", "example"), examples("passes"))
def test_the_near_miss_passes(rule: Rule, example: object) -> None:
    assert not findings(rule, example)
