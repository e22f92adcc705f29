"""Repair slips that show one rule each: R0xx on this sheet, R2xx, R3xx, R4xx, R606."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from .cells import Formula, Number
from .masters import AIR, EL, SUN
from .month import Month, day
from .outcomes import REPAIR

WARRANTY_ENDS = (
    # 发票日期, model, months, 三包截止日 (calculations.md §4)
    ("2025-03-05", "DR-60A", 12, "2026-03-05"),
    ("2024-02-29", "DR-80B", 24, "2026-02-28"),
    ("2025-08-31", "XC-10", 6, "2026-02-28"),
    ("2025-12-31", "XC-2T", 2, "2026-02-28"),
    ("2025-12-31", "XC-3T", 3, "2026-03-31"),
    ("2025-02-28", "DR-60A", 12, "2026-02-28"),
)


def seed(m: Month) -> None:
    _completeness(m)
    _values(m)
    _dates(m)
    _faults_and_parts(m)
    _fees(m)
    _visits(m)
    _warranty_ends(m)
    _papers(m)
    _extended_and_replaced(m)
    _repair_days(m)
    _out_of_warranty(m)


def _completeness(m: Month) -> None:
    for field in ("用户姓名", "用户地址", "产品型号", "机身条码", "报修日期", "完成日期"):
        slip = m.repair(cells={field: None}, hits="R001", note=f"{field}空白")
        if field in ("产品型号", "完成日期"):
            slip.standard[REPAIR] = None
    for field in ("保修类型", "故障代码", "维修项目"):
        m.repair(cells={field: "-"}, hits="R001", note=f"{field}=-")
    m.repair(fee=0, cells={"申报维修费": "无"}, hits="R001", note="申报维修费=无")
    m.repair(cells={"网点编码": "/", "网点名称": None}, hits="R001", note="网点编码=/")
    m.repair(cells={"单号": "", "用户电话": None}, hits="R001", note="缺单号和电话")


def _values(m: Month) -> None:
    m.repair(cells={"完成日期": "2026.2.30", "收单日期": None}, hits="R002").standard[REPAIR] = None
    m.repair(cells={"报修日期": "3月5日"}, hits="R002", note="报修日期=3月5日")
    m.repair(cells={"发票日期": "25-6-1"}, hits="R002", note="起算日期无法识别,不取下一项")
    m.repair(fee=0, cells={"申报维修费": "四十五"}, hits="R003", note="维修费=四十五")
    m.repair(cells={"申报配件费": "-40"}, hits="R003", note="配件费=-40")
    m.repair(cells={"申报远程费": "7.505"}, hits="R003", note="远程费=7.505")

    m.repair(cells={"网点编码": "WD998", "网点名称": None}, hits="R004无法判断").standard[
        REPAIR
    ] = None
    m.repair(m.special["ended"], on="03-02", hits="R004拒付", note="合作已终止")
    m.repair(m.special["ended_mid"], on="03-15", shows="R004", note="终止日当天")
    m.repair(m.special["bad_credit_1"], note="信用代码校验位不符")
    m.repair(m.special["bad_credit_2"], note="信用代码校验位不符")
    m.repair(m.special["digits_2"], cells={"网点编码": Number(104, zeros=5)}, shows="R004")
    m.repair(cells={"网点名称": "另一家服务站"}, hits="R005")
    unknown = {"产品型号": "DR-99X", "机身条码": "DR99X2301000077"}
    m.repair(cells=unknown, hits="R006", note="型号DR-99X").standard[REPAIR] = None
    m.repair(cells={"产品型号": "ｄｒ６０ａ"}, shows="R006", note="别名,全角")
    m.repair(cells={"机身条码": "ABC12"}, hits="R007")
    m.repair(cells={"用户电话": "12345678902"}, hits="R008")
    m.repair(cells={"用户电话": Number(15488880001)}, shows="R008", note="数值")
    m.repair(cells={"单据清晰": "否"}, hits="R009")
    m.repair(cells={"用户签字": "没有"}, hits="R010")
    m.repair(on="03-05", cells={"收单日期": day("03-04")}, hits="R011")
    m.repair(on="03-05", cells={"收单日期": day("03-05")}, shows="R011")
    m.repair(on="2026-04-03", reported="04-01", hits="R012 R014退回")
    m.repair(on="2026-04-02", reported="04-01", hits="R014退回", shows="R012", note="基准日当天")
    m.repair(cells={"申报合计": 4600}, hits="R013")
    m.repair(on="2025-12-31", reported="2025-12-30", hits="R014拒付", note="跨3个月")
    m.repair(on="2026-01-31", reported="2026-01-30", hits="R014提示", note="跨2个月")
    m.repair(on="2026-02-28", reported="2026-02-27", hits="R014提示", note="跨1个月")
    m.repair(on="03-01", reported="02-27", shows="R014", note="报修在上月,完成在本月")

    for field, raw in (
        ("保修类型", "包内"),
        ("维修项目", "保养"),
        ("保修类型", "三包"),
        ("用户签字", "补"),
    ):
        slip = m.repair(cells={field: raw}, hits="R015", note=f"{field}={raw}")
        if field == "维修项目":
            slip.standard[REPAIR] = None
    for raw in ("三包内", "包修", "保修内", "在保"):
        m.repair(cells={"保修类型": raw}, shows="R015", note=f"同义词{raw}")

    long = Number(26312000000012345678.0)
    m.repair(cells={"发票号码": long}, hits="R016", note="发票号码为20位数值")
    m.repair(cells={"发票号码": "2.6312E+19"}, hits="R016", note="科学计数文本")
    coded = m.repair(model="XC-6", cells={"机身条码": Number(8685330100001990)}, hits="R016")
    coded.note = "机身条码为16位数值"
    m.repair(
        model="XC-6", cells={"机身条码": Number(868533010000177)}, shows="R016", note="15位数值"
    )
    m.repair(cells={"发票号码": "26312000000012345678"}, shows="R016 R311", note="20位文本")
    m.repair(fee=0, cells={"申报维修费": Formula("=45*1")}, hits="R018", note="无缓存值")
    m.repair(fee=4500, cells={"申报维修费": Formula("=45*1", 45)}, shows="R018", note="有缓存值")


def _dates(m: Month) -> None:
    m.repair(reported="03-06", on="03-05", hits="R206", note="早一天完成")
    m.repair(reported="03-20", on="03-10", hits="R206")
    m.repair(reported="03-05", on="03-05", shows="R206", note="同日")
    m.repair(reported="03-01", on="03-09", hits="R207", note="8天")
    m.repair(reported="02-20", on="03-09", hits="R207", note="17天")
    m.repair(reported="03-01", on="03-08", shows="R207", note="7天")


def _faults_and_parts(m: Month) -> None:
    for code in ("E99", "X01"):
        m.repair(fault=code, hits="R203", note=f"故障代码{code}")
    m.repair(fault="e01 ", shows="R203", note="小写带空格")
    m.repair(fault="E01", item="中修", hits="R204", note="E01最高小修")
    m.repair(fault="E02", item="大修", hits="R204", note="E02最高中修")
    m.repair(fault="E01", item="小修", shows="R204")
    m.repair(fault="E01", item="上门检测", shows="R204", note="上门检测低于小修")
    m.repair(fault="F12", hits="R205", note=f"F12用于{EL}")
    m.repair(model="TY-30", fault="E02", hits="R205", note=f"E02用于{SUN}")
    m.repair(model="RQ-12", fault="F12", shows="R205", note="F12用于燃气热水器")
    m.repair(model="KN-200", fault="E01", shows="R205", note="适用产品线空白")

    big: dict[str, Any] = {"item": "大修", "model": "DR-60A"}
    m.repair(fault="E05", part="PJ002", hits="R208", note="E05换内胆", **big)
    m.repair(fault="E02", item="中修", part="PJ001", hits="R208", note="E02换加热管")
    m.repair(fault="E05", part="PJ001", shows="R208", note="E05换加热管", **big)
    m.repair(fault="E01", part="PJ010", shows="R208", note="可换类别空白")
    m.repair(fault="E08", item="小修", part="PJ002", hits="R209", note="小修换内胆")
    m.repair(
        model="KN-200", fault="K01", item="小修", part="PJ011", hits="R209", note="小修换压缩机"
    )
    m.repair(fault="E08", part="PJ002", shows="R209", note="大修换内胆", **big)
    for item in ("小修", "大修"):
        m.repair(fault="E05", item=item, hits="R210", note="E05须换件")
    m.repair(fault="E05", part="PJ001", shows="R210")

    for part in ("PJ999", "PJ090"):
        m.repair(fault="E01", part=part, hits="R401", note=f"{part}无当日价格")
    m.repair(
        on="02-28",
        reported="02-28",
        fault="E01",
        part="PJ090",
        hits="R014提示",
        shows="R401",
        note="价格最后一天",
    )
    m.repair(fault="E01", part="PJ010", shows="R401")
    m.repair(model="RQ-12", fault="F13", part="PJ001", hits="R402", note="PJ001不适用RQ-12")
    m.repair(model="XC-6", fault="E05", part="PJ001", hits="R402", note="PJ001不适用XC-6")
    m.repair(fault="E05", part="PJ001", shows="R402")
    for cents in (4000, 1):
        m.repair(fault="E05", part="PJ001", parts_fee=cents, hits="R407", note="保内配件费")
    m.repair(fault="E05", part="PJ001", parts_fee=0, shows="R407")


def _fees(m: Month) -> None:
    m.repair(fee=5000, hits="R201", note="单行50对45")
    m.repair(fee=4501, hits="R201", note="多0.01")
    m.repair(fee=4500, shows="R201")
    m.repair(fee=4000, shows="R201", note="40付40")
    free: dict[str, Any] = {"model": "KN-200", "item": "上门检测", "fault": "K02"}
    m.repair("三类", fee=500, hits="R201", note="标准0.00", **free)
    m.repair("三类", fee=0, shows="R201", note="标准0.00是标准", **free)

    sun: dict[str, Any] = {"model": "TY-30", "item": "中修", "fault": "E03", "fee": 9000}
    for _ in range(2):
        m.repair("三类", hits="R202", note=f"三类{SUN}无中修", **sun)
    m.repair("二类", shows="R202", **sun)
    old: dict[str, Any] = {"model": "XC-10", "fault": "E08", "item": "大修"}
    m.repair("一类", on="03-16", fee=10000, hits="R103维修", note="重叠首日", **old)
    m.repair("一类", on="03-31", fee=11000, hits="R103维修", note="重叠末日", **old)
    m.repair("一类", on="03-15", fee=10000, shows="R103", note="重叠前", **old)
    for at in ("一类", "二类"):
        m.repair(
            at,
            model="XC-6",
            item="上门检测",
            fault="E01",
            fee=2000,
            hits="R104",
            note="小厨宝无上门检测",
        )
    m.repair(model="KN-200", item="上门检测", fault="E01", shows="R104", note=f"{AIR}有")

    m.repair(other=3000, hits="R108")
    m.repair(km=20, travel=1000, hits="R121", note="10对7.50")
    m.repair(km=20, travel=750, shows="R121")
    m.repair(travel=750, hits="R122")
    m.repair("三类", km=20, travel=1500, on="03-02", reported="03-01", hits="R123")
    m.repair(m.special["no_radius"], km=81, hits="R125")
    m.repair(m.special["radius_20"], km=31, hits="R126")

    held: dict[str, Any] = {"model": "RQ-16", "fault": "F12", "item": "中修", "fee": 9000, "km": 20}
    held |= {"travel": 1000, "other": 3000}
    m.repair(hits="R108 R121 R201", note="calculations §14", **held)
    m.repair(hits="R008 R108 R121 R201", note="§14加R008", cells={"用户电话": "123"}, **held)
    m.repair(
        hits="R010 R108 R121", note="§14加R010,退回单不列R201", cells={"用户签字": "否"}, **held
    )


def _visits(m: Month) -> None:
    for claims, cuts in (
        ((4500, 4500), (0, 2250)),
        ((4500, 2250), (0, 0)),
        ((5000, 4500), (0, 2750)),
    ):
        o = m.at("二类")
        rows = [
            m.repair(o, on="03-12", fault=f, fee=c, shows="R201", note="同机同日两项")
            for f, c in zip(("E03", "E01"), claims, strict=True)
        ]
        m.visit(*rows, cuts=cuts)
    o = m.at("二类")
    m.visit(
        m.repair(o, on="03-12", fault="E01", item="小修", fee=4500, shows="R201"),
        m.repair(o, on="03-12", fault="E02", item="中修", fee=9000, shows="R201"),
        cuts=(0, 2250),
    )
    o = m.at("二类")
    small: dict[str, Any] = {"model": "DR-50C", "on": "03-13", "fee": 3000, "shows": "R201"}
    m.visit(m.repair(o, fault="E01", **small), m.repair(o, fault="E03", **small), cuts=(0, 0))
    o = m.at("二类")
    on: dict[str, Any] = {"on": "03-14", "shows": "R201"}
    m.visit(
        m.repair(o, fault="E08", item="大修", part="PJ002", fee=18000, **on),
        m.repair(o, fault="E01", fee=4500, **on),
        m.repair(o, fault="E03", fee=4500, **on),
        cuts=(0, 0, 4500),
    )
    o = m.at("二类")
    first = m.repair(o, on="03-17", fault="E01", shows="R201", note="同一单号两行,不算重复")
    second = m.repair(
        o, on="03-17", fault="E03", fee=2250, shows="R201 R801", cells={"单号": first.number}
    )
    m.visit(first, second, cuts=(0, 0))

    o = m.at("二类")
    returned = m.repair(o, on="03-18", fault="E01", hits="R010", cells={"用户签字": "否"})
    alone = m.repair(o, on="03-18", fault="E03", shows="R201", note="同次另一行退回,单独全额")
    alone.cells["机身条码"] = returned.cells["机身条码"]
    unpriced = m.repair("三类", on="03-18", model="TY-30", item="中修", fee=9000, hits="R202")
    alone = m.repair(
        unpriced.outlet,
        on="03-18",
        model="TY-30",
        fault="T01",
        shows="R201",
        note="同次另一行无标准,单独全额",
    )
    alone.cells["机身条码"] = unpriced.cells["机身条码"]
    o = m.at("二类")
    held = m.repair(o, on="03-19", fault="E01", fee=4500, shows="R201")
    m.visit(
        held,
        m.repair(
            o,
            on="03-19",
            fault="E03",
            fee=4500,
            hits="R108",
            other=1000,
            note="其他费待查,维修费照减",
        ),
        cuts=(0, 2250),
    )
    o = m.at("二类")
    rows = [m.repair(o, on="03-20", fault=f, fee=4500, shows="R201") for f in ("E01", "E03")]
    m.visit(*rows, cuts=(0, 2250))
    for row in rows:
        row.cells["用户电话"] = "1540000"
        row.hits = [*row.hits, *m.hits("R008")]
        row.note = "整单待查,扣减照算"


def _warranty_ends(m: Month) -> None:
    for bought, model, _, end in WARRANTY_ENDS:
        last = day(end)
        for told, hits in ((last, ""), (last + timedelta(days=1), "R301")):
            done = max(told, date(2026, 3, 2))
            if done.month == 4:
                hits = "R014退回 R301"
            m.repair(
                model=model,
                invoice=bought,
                reported=told,
                on=done,
                hits=hits,
                shows="R301",
                note=f"{bought}起,{end}止,{told}报修",
            )
    m.repair(model="DR-90D", invoice="2024-02-29", shows="R301", note="48个月至2028-02-29")
    m.repair(model="XC-10", invoice="2023-08-31", hits="R301", note="6个月至2024-02-29")

    main: dict[str, Any] = {"item": "大修", "fault": "E08", "part": "PJ002"}
    m.repair(invoice="2024-03-05", on="03-05", hits="R306", note="主要部件至2027-03-05", **main)
    m.repair(invoice="2023-03-05", on="03-05", hits="R306", note="主要部件最后一天", **main)
    m.repair(invoice="2023-03-05", on="03-06", hits="R301", note="主要部件也过保", **main)
    m.repair(
        invoice="2024-03-05",
        on="03-05",
        fault="E05",
        part="PJ001",
        hits="R301",
        shows="R306",
        note="加热管不是主要部件",
    )
    m.repair(
        model="XC-10",
        invoice="2025-03-05",
        on="03-06",
        item="大修",
        fault="E08",
        part="PJ008",
        hits="R301",
        shows="R306",
        note="型号未设主要部件期",
    )


def _papers(m: Month) -> None:
    none: dict[str, Any] = {"invoice": None}
    m.repair(cells={"购买日期": day("2025-06-01")}, hits="R303", note="按购买日期", **none)
    m.repair(cells={"安装日期": day("2025-06-01")}, hits="R303", note="按安装日期", **none)
    m.repair(
        cells={"生产日期": day("2025-06-01")}, hits="R303", shows="R304", note="按生产日期", **none
    )
    m.repair(invoice="2025-06-01", shows="R303")
    m.repair(
        cells={"购买日期": day("2024-06-01")}, hits="R301 R303", note="按购买日期已过保", **none
    )
    for _ in range(2):
        m.repair(hits="R304", note="四个日期都没有", **none)

    m.repair(invoice="03-10", on="03-06", reported="03-05", hits="R305", note="报修早于发票")
    m.repair(invoice="03-11", on="03-12", reported="03-10", hits="R305", note="早一天")
    m.repair(invoice="03-10", on="03-10", shows="R305", note="同日")
    for _ in range(2):
        m.repair(model="DR-40L", hits="R307", note="整机保修月空白")
    m.repair(model="DR-40L", terms="保外", fault="E11", shows="R307", note="保外不判")
    for fault in ("E10", "E11", "E12", "E13"):
        m.repair(fault=fault, hits="R308", note=f"故障{fault}非产品责任")
    m.repair(fault="E03", shows="R308", note="责任=产品")

    m.repair(invoice="2026-01-01", cells={"购买日期": day("02-01")}, hits="R309", note="31天")
    m.repair(
        invoice="2025-10-01", cells={"购买日期": day("2025-08-31")}, hits="R309", note="前31天"
    )
    m.repair(invoice="2026-01-01", cells={"购买日期": day("01-31")}, shows="R309", note="30天")
    m.repair(invoice="02-01", on="03-05", cells={"生产日期": day("03-01")}, hits="R310")
    m.repair(
        invoice="02-01", on="03-05", cells={"生产日期": day("02-02")}, hits="R310", note="晚一天"
    )
    m.repair(
        invoice=None,
        on="03-05",
        cells={"购买日期": day("02-01"), "生产日期": day("02-10")},
        hits="R303 R310",
        note="对购买日期",
    )
    m.repair(invoice="02-01", on="03-05", cells={"生产日期": day("01-01")}, shows="R310")
    m.repair(
        invoice="02-01", on="03-05", cells={"生产日期": day("02-01")}, shows="R310", note="同日"
    )
    for number in ("1234567", "123456789", "2631200000001234567"):
        m.repair(cells={"发票号码": number}, hits="R311", note=f"{len(number)}位")
    m.repair(cells={"发票号码": "26312000"}, shows="R311", note="8位")


def _extended_and_replaced(m: Month) -> None:
    def extend(slip: Any, end: str, scope: str = "整机") -> None:
        number = f"YB{len(m.extensions) + 1:04d}"
        code, start = slip.cells["机身条码"], day("2026-03-06")
        m.extensions.append((number, code, start, day(end), scope))

    old: dict[str, Any] = {"invoice": "2025-03-05"}
    extend(m.repair(on="03-10", shows="R301", note="延保至2027-03-05", **old), "2027-03-05")
    extend(m.repair(on="03-09", shows="R301", note="延保最后一天", **old), "03-09")
    extend(m.repair(on="03-10", hits="R301", note="延保次日", **old), "03-09")
    extend(
        m.repair(on="03-10", hits="R301", note="延保只保主要部件", **old), "2027-03-05", "主要部件"
    )
    extend(
        m.repair(
            on="03-10",
            invoice="2022-03-05",
            item="大修",
            fault="E08",
            part="PJ002",
            hits="R306",
            note="主要部件靠延保",
        ),
        "2027-03-05",
        "主要部件",
    )
    extend(
        m.repair(on="03-10", terms="保外", hits="R302", note="靠延保仍在保", **old), "2027-03-05"
    )

    def replace(slip: Any, on: str) -> None:
        number = f"HJ{len(m.replacements) + 1:04d}"
        m.replacements.append((number, m.barcode("DR-60A"), slip.cells["机身条码"], on))

    replace(
        m.repair(on="03-10", invoice="2024-01-01", shows="R301", note="换机重新起算"), "2025-09-01"
    )
    replace(
        m.repair(on="03-05", invoice="2024-01-01", shows="R301", note="换机满12个月当天"),
        "2025-03-05",
    )
    replace(
        m.repair(on="03-06", invoice="2025-03-01", hits="R301", note="换机满12个月次日"),
        "2025-03-05",
    )


def _repair_days(m: Month) -> None:
    """Days under repair are not counted in the term: 2025-03-05 + 12 months + 10 days."""
    first, longer = (("2025-08-01", "2025-08-11"),), (("2025-08-05", "2025-08-15"),)
    for told, visits, state, hits in (
        ("03-10", first, "通过", ""),
        ("03-15", first, "已付", ""),
        ("03-16", first, "通过", "R301"),
        ("03-10", first, "退回", "R301"),
        ("03-10", first, "拒付", "R301"),
        ("03-19", first + longer, "通过", ""),
        ("03-20", first + longer, "通过", "R301"),
    ):
        slip = m.repair(
            invoice="2025-03-05",
            on=told,
            hits=hits,
            shows="R301",
            note=f"曾修{len(visits)}次,状态{state}",
        )
        for begin, end in visits:
            earlier = m.repair(
                slip.outlet, on=end, reported=begin, fault="E01", invoice="2025-03-05", keep=False
            )
            for same in ("机身条码", "用户姓名", "用户电话", "用户地址"):
                earlier.cells[same] = slip.cells[same]
            m.past(earlier, "2025-08", state)

    for told, hits in (("03-09", "R803提示"), ("03-10", "R301 R803提示")):
        repaired = m.repair(
            invoice="2025-03-05",
            reported="03-02",
            on="03-06",
            shows="R301",
            note="三包期内修4天,截止顺延至03-09",
        )
        machine = {k: repaired.cells[k] for k in ("机身条码", "用户姓名", "用户电话", "用户地址")}
        m.repair(
            repaired.outlet,
            invoice="2025-03-05",
            on=told,
            fault="E01",
            cells=machine,
            hits=hits,
            shows="R301",
            note=f"本月曾修4天,{told}再报修",
        )


def _out_of_warranty(m: Month) -> None:
    fresh: dict[str, Any] = {"invoice": "2025-06-01", "on": "03-05", "terms": "保外"}
    m.repair(fault="E01", hits="R302", note="在保且责任=产品", **fresh)
    m.repair(fault="E05", part="PJ001", hits="R302", **fresh)
    m.repair(fault="E11", shows="R302", note="责任=用户", **fresh)
    m.repair(fault="E01", fee=4500, hits="R302 R606", note="在保又申报费用", **fresh)
    expired: dict[str, Any] = {"invoice": "2023-06-01", "terms": "保外"}
    m.repair(fee=4500, hits="R606", note="保外申报45", **expired)
    m.repair(km=20, travel=750, hits="R606", note="保外申报远程费", **expired)
    m.repair(fee=0, shows="R606", note="保外0", **expired)
    m.repair(
        fault="E10", cells={"保修类型": "过保"}, shows="R606 R308", note="水质,保外", **expired
    )
