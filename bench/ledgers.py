"""Our parts ledger and an agent's own list of the same months, with every fault and its truth.

The truth comes from where the faults are made, and from nothing of ``addin``. An agent has some
hundreds of entries in a quarter; faults are seeded one to an entry, so each has one answer.
"""

from __future__ import annotations

import random
from datetime import date

from workbooks.generator.accounts.agent_lists import FAULTS, TOLERANT, Entry, Ledgers, Maker

PARTS = (
    # code, name, what agents call it
    ("PJ001", "加热管", "电加热管"), ("PJ002", "温控器", "温度控制器"),
    ("PJ003", "控制板", "主控电路板"), ("PJ004", "水泵", "循环水泵"),
    ("PJ005", "点火器", "脉冲点火器"), ("PJ006", "内胆", "储水内胆"),
    ("PJ007", "镁棒", "阳极镁棒"), ("PJ008", "泄压阀", "安全泄压阀"),
    ("PJ009", "混水阀", "冷热混水阀"), ("PJ010", "显示屏", "液晶显示屏"),
    ("PJ011", "漏电插头", "漏电保护插头"), ("PJ012", "密封圈", "硅胶密封圈"),
    ("PJ013", "水流传感器", "水流量传感器"), ("PJ014", "风机", "直流风机"),
    ("PJ015", "热交换器", "铜热交换器"), ("PJ016", "电磁阀", "燃气电磁阀"),
    ("PJ017", "感应针", "火焰感应针"), ("PJ018", "温度探头", "水温探头"),
    ("PJ019", "压缩机", "热泵压缩机"), ("PJ020", "膨胀阀", "电子膨胀阀"),
    ("PJ021", "真空管", "太阳能真空管"), ("PJ022", "支架", "角钢支架"),
    ("PJ023", "排烟管", "不锈钢排烟管"), ("PJ024", "遥控器", "无线遥控器"),
)  # fmt: skip
FIRST_DAY = date(2026, 1, 1)
DAYS = 90
RATE = 0.015
"""Share of the entries that each fault befalls."""


def make(seed: int, entries: int = 300) -> Ledgers:
    """One agent's quarter."""
    drawn, made = random.Random(seed), Ledgers()
    prices = {code: drawn.randrange(800, 40_000, 5) for code, *_ in PARTS}
    maker = Maker(drawn, PARTS, prices, FIRST_DAY, DAYS)
    kinds = list(FAULTS)
    while len(made.ours) < entries:
        at = int(maker.random.random() / RATE)
        if at < len(kinds):
            made.add(kinds[at], *FAULTS[kinds[at]](maker))
        else:
            entry = maker.entry()
            made.add("", [entry], [maker.theirs(entry)])
    return made.shuffled(maker.random)


__all__ = ["TOLERANT", "Entry", "Ledgers", "make"]
