"""Waivers as clerks write them: valid, and every way of being invalid (rules.md §1, §13.6–7)."""

from __future__ import annotations

from typing import Any

from .masters import ASSISTANT, CLERK, MANAGER, RETIRED
from .month import Month, Waiver
from .outcomes import INSTALL

REASON = "已电话核实用户"


def seed(m: Month) -> None:
    _valid(m)
    _invalid(m)
    _in_the_register(m)


def _by(code: str, person: str = CLERK, amount: Any = None, reason: str = REASON) -> list[Waiver]:
    return [Waiver(code, reason, person, amount)]


def _valid(m: Month) -> None:
    def let(make: Any, code: str, waiver: list[Waiver], note: str, **facts: Any) -> Any:
        allowed = waiver[0].amount
        hits = facts.pop("hits", code)
        return make(
            hits=hits, waivers=waiver, waived=[code[:4]], allowed=allowed, note=note, **facts
        )

    let(m.install, "R108", _by("R108"), "放行其他费30", other=3000)
    let(m.install, "R108", _by("R108", ASSISTANT), "助理限额30.00", other=3000)
    let(m.install, "R108", _by("R108", amount=2000), "放行金额20", other=3000)
    let(m.install, "R108", _by("R108", amount=0), "放行金额0", other=3000)
    let(m.install, "R108", _by("R108", reason="高空作业"), "原因4个字", other=3000)
    let(m.install, "R108", _by("R108", amount=10000), "正好100.00", other=10000)
    let(m.install, "R108", _by("R108", MANAGER), "经理无限额", other=15000)
    let(m.install, "R101", _by("R101"), "放行超标,付申报", fee=9500)
    let(m.install, "R101", _by("R101", amount=8500), "放行至85", fee=9500)
    let(m.install, "R121", _by("R121"), "放行远程费超标", km=20, travel=1000)
    let(m.install, "R008", _by("R008"), "放行电话", cells={"用户电话": "12345678903"})
    let(
        m.install, "R008", _by("R008", amount=6000), "整单放行60", cells={"用户电话": "12345678904"}
    )
    let(m.install, "R009", _by("R009"), "退回放行后照付", cells={"单据清晰": "否"})
    gap = {"on": "03-05", "item": "移机", "fee": 6500}
    let(
        lambda **k: m.install("三类", **k), "R102", _by("R102", amount=6000), "无标准,放行60", **gap
    )
    let(m.repair, "R407", _by("R407"), "放行配件费40", fault="E05", part="PJ001", parts_fee=4000)
    let(m.repair, "R301", _by("R301", MANAGER), "经理放行过保", invoice="2025-01-05")
    let(m.repair, "R108", _by("R108"), "放行其他费", other=2000)
    fold: dict[str, Any] = {
        "model": "RQ-16",
        "fault": "F12",
        "item": "中修",
        "fee": 9000,
        "km": 20,
        "travel": 1000,
    }
    fold |= {"other": 3000, "hits": "R108 R121 R201"}
    let(m.repair, "R108", _by("R108", amount=2000), "§14,R108放行20", **fold)
    let(m.repair, "R121", _by("R121"), "§14,R121放行", **fold)
    let(m.repair, "R201", _by("R201"), "放行组合超标,付申报", fee=5000)
    let(
        m.repair,
        "R204",
        _by("R204", amount=9500),
        "放行95,R201仍减至90",
        hits="R201 R204",
        fault="E01",
        item="中修",
        fee=10000,
    )
    let(
        m.install,
        "R008",
        _by("R008"),
        "整单放行后其他费仍待查",
        hits="R008 R108",
        other=1000,
        cells={"用户电话": "12345678905"},
    )
    o = m.at("二类", km=2)
    kept = m.install(o, on="03-24", km=20, shows="R124", note="同户同日,留")
    same = {k: kept.cells[k] for k in ("用户姓名", "用户电话", "用户地址")}
    let(
        lambda **k: m.install(o, **k),
        "R124",
        _by("R124"),
        "放行同户第二笔远程费",
        on="03-24",
        km=20,
        cells=same,
    )


def _invalid(m: Month) -> None:
    def refuse(code: str, waiver: list[Waiver], note: str, **facts: Any) -> None:
        m.install(hits=code, waivers=waiver, note=f"放行无效:{note}", **facts)

    refuse("R108", _by("R108", reason="同意"), "原因不足4字", other=3000)
    refuse("R108", _by("R108", reason="  "), "原因空白", other=3000)
    refuse("R108", _by("R108", "某路人"), "放行人不在签字权限", other=3000)
    refuse("R108", _by("R108", RETIRED), "签字权限已失效", other=3000)
    refuse("R108", _by("R108"), "超过金额上限", other=10001)
    refuse("R108", _by("R108", ASSISTANT), "超过助理上限", other=3001)
    refuse("R101", _by("R101", ASSISTANT), "助理只能放行R108", fee=9500)
    refuse("R108", _by("R108", amount=3100), "放行金额高于申报", other=3000)
    refuse("R108", _by("R101"), "代码不是本行问题", other=3000)
    refuse("R001", _by("R001", MANAGER), "R001不可放行", cells={"用户姓名": None})
    refuse("R003", _by("R003", MANAGER), "R003不可放行", fee=0, cells={"申报安装费": "八十"})
    m.install(
        m.special["stopped"],
        hits="R004无法判断",
        waivers=_by("R004", MANAGER, 8000),
        note="放行无效:R004不可放行",
    )
    slip = m.install(
        "三类",
        on="03-05",
        item="移机",
        fee=6500,
        hits="R102",
        waivers=_by("R102"),
        note="放行无效:无法判断须填放行金额",
    )
    assert slip.standard[INSTALL] is None
    m.repair(invoice="2025-01-05", hits="R301", waivers=_by("R301"), note="放行无效:须售后部经理")
    m.install(waivers=_by("R108"), note="没有问题,放行多余")


def _in_the_register(m: Month) -> None:
    def entry(code: str, **facts: Any) -> Waiver:
        return Waiver(code, REASON, CLERK, register=True, **facts)

    over: dict[str, Any] = {"km": 20, "travel": 1000, "other": 3000, "hits": "R108 R121"}
    m.install(
        waivers=[entry("R108"), entry("R121")], waived=("R108", "R121"), note="登记两个代码", **over
    )
    m.install(waivers=[entry("R108", status="撤销")], note="放行已撤销", **over)
    m.install(waivers=[entry("R108", number="AZ26039999")], note="放行记录单号不符", **over)
    m.install(other=3000, hits="R108", waived=("R108",), waivers=[entry("R108")], note="登记放行")
