"""Slips that only show something together: R124, R8xx, and the history they need."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from .month import Month, Slip, day

SAME_FAULT, OTHER_FAULT = "E03", "E01"


def seed(m: Month) -> None:
    _same_household(m)
    _same_number(m)
    _same_barcode(m)
    _repeat_repairs(m)
    _phones(m)
    _busy_days(m)
    _distances(m)
    _serial_runs(m)
    _repaired_when_installed(m)
    _part_shares(m)


def _household(slip: Slip) -> dict[str, Any]:
    return {k: slip.cells[k] for k in ("用户姓名", "用户电话", "用户地址")}


def _same_household(m: Month) -> None:
    """Distances 20 km and 25 km are worth 7.50 and 15.00 in 二类."""
    far: dict[str, Any] = {"on": "03-05", "shows": "R124"}
    o = m.at("二类", km=4)
    cells = {"用户电话": "13800138001", "用户姓名": "陈望"}
    m.install(o, km=20, cells={"单号": "AZ000011", **cells}, note="同户同日,留", **far)
    m.install(o, km=20, cells={"单号": "AZ000012", **cells}, hits="R124", note="同户同日", **far)
    m.install(o, km=20, on="03-06", shows="R124", cells=cells, note="次日不算")

    o = m.at("二类", km=4)
    phone, road = "13800138000", "青山路8号"
    m.install(
        o,
        km=20,
        cells={"单号": "AZ003", "用户电话": phone, "用户地址": road},
        hits="R124",
        note="经电话与AZ002同户",
        **far,
    )
    m.install(
        o,
        km=25,
        cells={"单号": "AZ002", "用户电话": phone, "用户地址": "湖滨新村"},
        note="标准最高且单号最小,留",
        **far,
    )
    m.install(
        o,
        km=20,
        cells={"单号": "AZ009", "用户电话": "13700137000", "用户地址": "湖滨里3栋501"},
        note="另一户",
        **far,
    )
    m.repair(
        o,
        km=25,
        cells={"单号": "WX001", "用户电话": "13900139000", "用户地址": "青山路八号"},
        hits="R124",
        note="经AZ003连到AZ002",
        **far,
    )

    o = m.at("二类", km=4)
    m.install(o, km=20, cells={"用户地址": "望江路3号楼2单元501室"}, note="地址同户,留", **far)
    city = o.province + o.city
    m.install(
        o,
        km=20,
        cells={"用户地址": f"{city}望江路3栋2单元501"},
        hits="R124",
        note="地址写法不同",
        **far,
    )
    m.install(o, km=20, cells={"用户地址": "望江路4号楼2单元501室"}, note="另一栋", **far)

    o = m.at("二类", km=4)
    gone = m.install(o, km=25, hits="R010", cells={"用户签字": "否"}, note="退回的不参加", **far)
    m.install(o, km=20, cells=_household(gone), note="同户另一张已退回", **far)
    m.install(o, cells=_household(gone), note="同户未申报远程费", **far)

    o = m.at("二类", km=4)
    paid = m.install(o, km=20, on="02-27", keep=False)
    m.past(paid, "2026-02", "已付")
    m.install(
        o, km=25, on="02-27", cells=_household(paid), hits="R014提示 R124", note="上月已付远程费"
    )
    refused = m.install(o, km=20, on="02-26", keep=False)
    m.past(refused, "2026-02", "拒付")
    m.install(
        o,
        km=20,
        on="02-26",
        cells=_household(refused),
        hits="R014提示",
        shows="R124",
        note="上月那张已拒付",
    )


def _same_number(m: Month) -> None:
    for state, hits in (
        ("通过", "R801"),
        ("已付", "R801"),
        ("退回", ""),
        ("拒付", "R801待查"),
    ):
        o = m.at("二类")
        old = m.install(o, on="02-11", keep=False)
        m.past(old, "2026-02", state)
        m.install(o, cells={"单号": old.number}, hits=hits, shows="R801", note=f"历史同号,{state}")
        o = m.at("三类")
        old = m.repair(o, on="02-11", keep=False)
        m.past(old, "2026-02", state)
        m.repair(o, cells={"单号": old.number}, hits=hits, shows="R801", note=f"历史同号,{state}")

    o = m.at("二类")
    first = m.install(o, shows="R801", note="本月首次")
    for n in (2, 3):
        m.install(o, cells={"单号": first.number}, hits="R801", note=f"本月第{n}次")
    m.install(m.at("二类"), cells={"单号": first.number}, shows="R801", note="同号但另一网点")
    o = m.at("二类")
    first = m.install(o, hits="R009", cells={"单据清晰": "否"})
    m.install(o, cells={"单号": first.number}, shows="R801", note="首次已退回,不算")
    o = m.at("二类")
    first = m.install(o, on="2025-11-30", hits="R014拒付", note="整单拒付")
    m.install(o, cells={"单号": first.number}, hits="R801待查", note="首次已整单拒付")

    o = m.special["digits_1"]
    for raw in ("000017", 17, "0017"):
        m.install(o, cells={"单号": raw}, shows="R801", note=f"单号{raw!r}各不相同")
    m.install(o, cells={"单号": "000017"}, hits="R801")
    o = m.at("一类")
    first = m.install(o, cells={"单号": "AZ-26-0301"}, shows="R801")
    m.install(o, cells={"单号": "az—26 -0301"}, hits="R801", note="全角破折号小写")
    m.install(o, cells={"单号": "AZ_26_0301"}, shows="R801", note="下划线是另一个号")

    o = m.at("二类")
    first = m.repair(o, on="03-09", shows="R801", note="首次")
    m.repair(o, on="03-23", cells={"单号": first.number}, hits="R801", note="同号另一台机")
    o = m.at("二类")
    first = m.repair(o, on="03-09", fault="E05", part="PJ001", shows="R801")
    same = {k: first.cells[k] for k in ("单号", "机身条码", *_household(first))}
    m.repair(o, on="03-09", fault="E05", part="PJ001", cells=same, hits="R801", note="整行照抄")


def _same_barcode(m: Month) -> None:
    def earlier(state: str = "通过", on: str = "2026-01-10") -> Slip:
        slip = m.install(m.at("二类"), on=on, keep=False)
        m.past(slip, on[:7], state)
        return slip

    for state, hits in (("通过", "R802"), ("已付", "R802"), ("退回", ""), ("拒付", "R802待查")):
        old = earlier(state)
        m.install(
            old.outlet,
            cells={"机身条码": old.cells["机身条码"]},
            hits=hits,
            shows="R802",
            note=f"1月已装,{state}",
        )
    for item in ("移机", "二次安装"):
        old = earlier()
        m.install(
            old.outlet,
            on="03-12",
            item=item,
            cells={"机身条码": old.cells["机身条码"]},
            shows="R802",
            note=f"{item}允许重复",
        )
    old = earlier()
    m.install("三类", cells={"机身条码": old.cells["机身条码"]}, hits="R802", note="另一网点再装")
    old = earlier()
    m.replacements.append(("HJ9001", m.barcode("DR-60A"), old.cells["机身条码"], "2026-03-02"))
    m.install(
        old.outlet, cells={"机身条码": old.cells["机身条码"]}, shows="R802", note="换机登记的新机"
    )
    old = earlier()
    fresh = m.barcode("DR-60A")
    m.install(
        old.outlet,
        qty=2,
        cells={"机身条码": f"{fresh}、{old.cells['机身条码']}"},
        hits="R802",
        note="两台中一台已装",
    )

    o = m.at("二类")
    later = m.install(o, on="03-10", hits="R802", note="表上在前,安装在后")
    code = {"机身条码": later.cells["机身条码"]}
    m.install(o, on="03-05", cells=code, shows="R802", note="表上在后,安装在前")
    o = m.at("二类")
    first = m.install(o, on="03-10", shows="R802", note="同日,表上在前")
    m.install(
        o, on="03-10", cells={"机身条码": first.cells["机身条码"]}, hits="R802", note="同日在后"
    )
    o = m.at("二类")
    first = m.install(o, on="03-10", hits="R009", cells={"单据清晰": "否"})
    m.install(
        o, on="03-11", cells={"机身条码": first.cells["机身条码"]}, shows="R802", note="首张已退回"
    )
    o = m.at("二类")
    first = m.install(o, on="2025-12-20", hits="R014拒付", note="整单拒付")
    m.install(
        o,
        on="03-11",
        cells={"机身条码": first.cells["机身条码"]},
        hits="R802待查",
        note="首张已整单拒付",
    )


def _repeat_repairs(m: Month) -> None:
    def again(old: Slip, on: str, fault: str, hits: str, note: str, at: Any = None) -> None:
        cells = {k: old.cells[k] for k in ("机身条码", "发票日期", "发票号码", *_household(old))}
        m.repair(
            at or old.outlet, on=on, fault=fault, cells=cells, hits=hits, shows="R803", note=note
        )

    def history(state: str = "通过") -> Slip:
        slip = m.repair(m.at("二类"), on="02-10", reported="02-10", fault=SAME_FAULT, keep=False)
        m.past(slip, "2026-02", state)
        return slip

    again(history(), "03-12", SAME_FAULT, "R803", "30天同故障")
    again(history(), "03-13", SAME_FAULT, "", "31天")
    again(history(), "03-12", OTHER_FAULT, "R803提示", "30天另一故障")
    again(history("已付"), "03-02", SAME_FAULT, "R803", "20天同故障,已付")
    again(history(), "03-05", SAME_FAULT, "R803", "另一网点来修", m.at("三类"))
    again(history("退回"), "03-12", SAME_FAULT, "", "历史已退回")
    again(history("拒付"), "03-12", SAME_FAULT, "R803待查", "历史已拒付")
    again(history("拒付"), "03-12", OTHER_FAULT, "R803提示", "历史已拒付,另一故障")

    first = m.repair(m.at("二类"), on="03-01", shows="R803", note="首修03-01")
    again(first, "03-31", SAME_FAULT, "R803", "30天同故障")
    first = m.repair(m.at("二类"), on="03-01", shows="R803", note="首修03-01")
    again(first, "2026-04-01", SAME_FAULT, "R014退回", "31天,属下月")
    first = m.repair(m.at("二类"), on="03-05", shows="R803")
    again(first, "03-20", OTHER_FAULT, "R803提示", "15天另一故障")
    gone = m.repair(m.at("二类"), on="03-05", hits="R010", cells={"用户签字": "否"})
    again(gone, "03-20", SAME_FAULT, "", "首修已退回")


def _phones(m: Month) -> None:
    def share(o: Any, names: str, hits: str, note: str, repairs: int = 0) -> None:
        phone = m.phone()
        for i, name in enumerate(names):
            make = m.repair if i < repairs else m.install
            make(
                o,
                on=f"03-{5 + i:02d}",
                cells={"用户电话": phone, "用户姓名": f"{name}某某"},
                hits=hits,
                shows="R804",
                note=note,
            )

    share(m.at("二类"), "张李张", "R804", "三单两个姓名")
    share(m.at("三类"), "王赵孙", "R804", "安装维修合计三单", repairs=1)
    share(m.at("二类"), "张张张", "", "三单一个姓名")
    share(m.at("二类"), "张李", "", "两单两个姓名")
    phone = m.phone()
    for name, at in (("张", "一类"), ("李", "二类"), ("王", "三类")):
        m.install(
            m.at(at),
            cells={"用户电话": phone, "用户姓名": f"{name}某某"},
            shows="R804",
            note="分属三个网点",
        )

    o = m.at("二类")
    m.install(o, cells={"用户电话": o.phone}, hits="R805", note="网点联系电话")
    o = m.at("一类")
    m.repair(o, cells={"用户电话": o.phone.replace("-", " ")}, hits="R805", note="网点联系电话")
    for make in (m.install, m.repair):
        o = m.at("三类")
        if not o.workers:
            m.hire(o)
        make(o, cells={"用户电话": o.workers[0][1]}, hits="R805", note="本网点人员电话")
    o, other = m.at("二类"), m.at("二类")
    m.install(o, cells={"用户电话": other.phone}, shows="R805", note="别家网点电话")
    o = m.at("二类")
    m.install(o, cells={"用户电话": f"{m.phone()}/{o.phone}"}, hits="R805", note="第二个号码")


def _busy_days(m: Month) -> None:
    def busy(on: str, installs: int, repairs: int, hits: str) -> None:
        o = m.at("二类")
        name = m.hire(o)
        note = f"{name}一天{installs + repairs}单"
        for make, field, n in ((m.install, "安装工", installs), (m.repair, "维修工", repairs)):
            for _ in range(n):
                make(o, on=on, cells={field: name}, hits=hits, shows="R806", note=note)

    busy("03-17", 5, 4, "R806")
    busy("03-18", 9, 0, "R806")
    busy("03-19", 4, 4, "")
    busy("03-20", 8, 0, "")


def _distances(m: Month) -> None:
    """calculations.md §9. These outlets have no other distances."""
    outlets = {
        "km_outlier": ((5, 6, 5, 7, 6, 5, 6, 60), {60: "R807"}),
        "km_seven": ((5, 6, 5, 7, 6, 5, 60), {}),
        "km_flat": ((5, 5, 5, 5, 5, 5, 5, 60), {60: "R807"}),
        "km_two": ((5, 5, 5, 5, 5, 5, 60, 60), {}),
    }
    for key, (distances, hits) in outlets.items():
        for i, km in enumerate(distances):
            make = m.repair if i % 3 == 2 else m.install
            make(m.special[key], km=km, hits=hits.get(km, ""), shows="R807", note=f"{km}公里")
    m.install(
        m.special["km_seven"],
        km=6,
        hits="R010",
        cells={"用户签字": "否"},
        note="退回的不计入R807样本",
    )
    m.install(m.special["km_seven"], shows="R807", note="空白里程不计入样本")


def _serial_runs(m: Month) -> None:
    def run(o: Any, on: str, tails: range, names: str, hits: str, note: str) -> None:
        for tail, name in zip(tails, names, strict=True):
            m.install(
                o,
                on=on,
                cells={"机身条码": f"DR60A2512{tail:06d}", "用户姓名": f"{name}某"},
                hits=hits,
                shows="R808",
                note=note,
            )

    run(m.at("二类"), "03-07", range(123, 126), "张李王", "R808", "三台连号")
    run(m.at("三类"), "03-08", range(301, 306), "张李王张李", "R808", "五台连号")
    run(m.at("二类"), "03-07", range(811, 813), "张李", "", "两台连号")
    run(m.at("二类"), "03-07", range(821, 824), "张张张", "", "同一用户三台")
    run(m.at("二类"), "03-07", range(831, 836, 2), "张李王", "", "隔号")
    o = m.at("二类")
    for i, tail in enumerate(range(841, 844)):
        run(o, f"03-{11 + i}", range(tail, tail + 1), "张李王"[i], "", "连号但不同日")


def _repaired_when_installed(m: Month) -> None:
    def pair(told: str, hits: str, note: str, at: Any = None) -> None:
        made = m.install("二类", on="03-05", shows="R809")
        cells = {"机身条码": made.cells["机身条码"], **_household(made)}
        m.repair(
            at or made.outlet,
            on=told,
            invoice="03-04",
            cells=cells,
            hits=hits,
            shows="R809",
            note=note,
        )

    pair("03-05", "R809", "装当天即报修")
    pair("03-06", "", "次日报修")
    pair("03-05", "", "另一网点", m.at("三类"))
    for hits, told in (("R809", "03-09"), ("", "03-10")):
        m.repair(
            on=told,
            invoice="03-08",
            cells={"安装日期": day("03-09")},
            hits=hits,
            shows="R809",
            note="按本单安装日期",
        )


def _part_shares(m: Month) -> None:
    """R810: two outlets that nearly always replace a part, one near the line, one too small."""
    plans = {
        "parts_high_1": (12, 12),
        "parts_high_2": (11, 12),
        "parts_near": (11, 20),
        "parts_few": (7, 7),
    }
    for key, (with_part, rows) in plans.items():
        for i in range(rows):
            part: dict[str, Any] = {"fault": "E05", "part": "PJ001"} if i < with_part else {}
            on = day("03-02") + timedelta(days=i)
            m.repair(m.special[key], on=on, shows="R810", note=f"{rows}单换件{with_part}", **part)
    for outlet in ("parts_high_1", "parts_high_2"):
        m.findings.append(("R810", m.special[outlet].code))
