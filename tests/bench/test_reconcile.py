"""The ledgers of the bench, small: each seeded difference is found as what it is."""

from __future__ import annotations

from addin.domain.matching import match
from bench.reconcile import ledgers


def test_every_seeded_difference_is_found_as_what_it_is() -> None:
    pair = ledgers(20_000)
    lines = match(pair.ours, pair.theirs).lines
    found = lines.groupby(["conclusion", "step"], observed=True).size().to_dict()
    seeded = pair.seeded
    assert found == {
        ("已匹配", "编号相同"): 20_000 - sum(seeded.values()),
        ("有差异", "编号相同"): seeded["金额不同"],
        ("待确认", "编号差一位"): seeded["编号两位颠倒"],
        ("待确认", "配件、数量与日期相符"): seeded["缺编号"],
        ("待确认", "编号相同,配件写法不同"): seeded["缺配件编码"],
        ("仅对方", ""): seeded["我方缺"],
        ("仅我方", ""): seeded["对方缺"],
    }
