"""Install slips that show one rule each: R0xx and R1xx, failing and passing side by side."""

from __future__ import annotations

from typing import Any

from .cells import NBSP, WIDE_SPACE, ZERO_WIDTH, Formula, Number
from .masters import AIR
from .month import Month, Slip, day
from .outcomes import INSTALL


def seed(m: Month) -> None:
    _completeness(m)
    _values(m)
    _outlets_and_models(m)
    _identity(m)
    _dates(m)
    _fees(m)
    _travel(m)


def _completeness(m: Month) -> None:
    blanks: tuple[tuple[str, Any], ...] = (
        ("用户姓名", "无"),
        ("用户电话", "-"),
        ("用户地址", "/"),
        ("产品型号", None),
        ("机身条码", "  "),
        ("安装日期", None),
        ("安装项目", " 无 "),
        ("申报安装费", "-"),
        ("单号", WIDE_SPACE),
        ("用户姓名", NBSP + ZERO_WIDTH),
        ("用户电话", "－"),
    )
    for field, blank in blanks:
        fee: dict[str, Any] = {"fee": 0} if field == "申报安装费" else {}
        slip = m.install(cells={field: blank}, hits="R001", note=f"{field}={blank!r}", **fee)
        if field in ("产品型号", "安装日期", "安装项目"):
            slip.standard[INSTALL] = None
    m.install(cells={"用户姓名": "", "用户电话": None}, hits="R001", note="缺两项")
    m.install(cells={"网点编码": None, "网点名称": None}, hits="R001", note="网点编码空白")
    m.install(cells={"用户姓名": "张某"}, shows="R001", note="用户姓名=张某")
    m.install(cells={"网点名称": "-", "备注": "无", "数量": "/"}, shows="R001", note="选填项空白")


def _values(m: Month) -> None:
    for text in ("2026.2.30", "26-3-5", "3/5/2026", "5-Mar", "2026-3", "1999-12-31", "2100-01-01"):
        slip = m.install(cells={"安装日期": text, "收单日期": None}, hits="R002", note=text)
        slip.standard[INSTALL] = None
    m.install(cells={"购买日期": "去年国庆"}, hits="R002", note="购买日期=去年国庆")
    m.install(cells={"收单日期": "2026-13-01"}, hits="R002", note="收单日期=2026-13-01")
    for text in (
        "2026.3.5",
        "20260305",
        "46086",
        "2026-03-05 8:30",
        "2026-03-05T08:30",
        "2026年3月5号",
    ):
        m.install(
            on="03-05",
            cells={"安装日期": text, "收单日期": None, "购买日期": None},
            shows="R002",
            note=text,
        )

    for raw in ("80元整x", "-5", "12,80", "八十", "80.005", "5%", "(5)", "1.2.3", "80+5"):
        m.install(fee=0, cells={"申报安装费": raw}, hits="R003", note=f"安装费={raw}")
    m.install(fee=0, cells={"申报安装费": 80.005}, hits="R003", note="数值80.005")
    m.install(cells={"申报远程费": "-5"}, hits="R003", note="远程费=-5")
    m.install(cells={"申报其他费": "三十"}, hits="R003", note="其他费=三十")
    good: tuple[tuple[Any, int], ...] = (
        (80.0, 8000),
        ("80.00元", 8000),
        ("¥80", 8000),
        ("￥80.00", 8000),
        ("８０", 8000),
        ("80.", 8000),
        ("80.000", 8000),
        ("RMB80", 8000),
        ("人民币80元整", 8000),
        ("+80", 8000),
        (f"{NBSP}80{ZERO_WIDTH}", 8000),
        (0.1 + 0.2, 30),
        (".5", 50),
    )
    for raw, cents in good:
        m.install(fee=cents, cells={"申报安装费": raw}, shows="R003", note=f"安装费={raw!r}")
    m.install(
        model="KN-300",
        item="主机水箱安装",
        qty=4,
        fee=128050,
        cells={"申报安装费": "¥1,280.50"},
        shows="R003",
        note="千分位",
    )
    m.install(
        model="KN-300",
        item="主机水箱安装",
        qty=4,
        fee=128000,
        cells={"申报安装费": "1,280.00"},
        shows="R003",
        note="千分位",
    )
    m.install(cells={"申报安装费": "0"}, fee=0, shows="R001 R003", note="0不是空白")

    for field, raw in (("单据清晰", "大概"), ("用户签字", "待补"), ("单据清晰", "?")):
        m.install(cells={field: raw}, hits="R015", note=f"{field}={raw}")
    slip = m.install(cells={"安装项目": "挂机"}, hits="R015", note="安装项目=挂机")
    slip.standard[INSTALL] = None
    m.install(cells={"单据清晰": "√", "用户签字": "Y"}, shows="R015", note="列表同义词")

    m.install(cells={"单号": "2.6312E+19"}, hits="R016", note="单号为科学计数文本")
    m.install(cells={"单号": Number(1234567890123450)}, hits="R016", note="单号为16位数值")
    m.install(cells={"单号": Number(868533010000199)}, shows="R016", note="单号为15位数值")
    m.install(cells={"单号": "26312000000012345678"}, shows="R016", note="单号为20位文本")

    m.install(fee=0, cells={"申报安装费": Formula("=40*2")}, hits="R018", note="=40*2无缓存值")
    m.install(cells={"申报其他费": Formula("=10+0")}, hits="R018", note="其他费公式无缓存值")
    m.install(
        fee=8000, cells={"申报安装费": Formula("=40*2", 80)}, shows="R018", note="=40*2有缓存值80"
    )


def _unpriced(slip: Slip) -> Slip:
    slip.standard[INSTALL] = None
    return slip


def _outlets_and_models(m: Month) -> None:
    special = m.special
    m.install(special["ended"], on="03-01", hits="R004拒付", note="合作终止2026-02-28次日")
    m.install(special["ended"], on="02-28", hits="R014提示", shows="R004", note="合作最后一天")
    m.install(special["ended_mid"], on="03-16", hits="R004拒付", note="停用且已过终止日")
    m.install(special["ended_mid"], on="03-15", shows="R004", note="停用,终止日当天")
    m.install(special["started_mid"], on="03-09", hits="R004拒付", note="合作开始前一天")
    m.install(special["started_mid"], on="03-10", shows="R004", note="合作开始当天")
    for _ in range(2):
        m.install(special["stopped"], hits="R004无法判断", note="停用未填终止日期")
    for code in ("WD999", "WD-001"):
        _unpriced(
            m.install(
                cells={"网点编码": code, "网点名称": None},
                hits="R004无法判断",
                note=f"网点{code}不在档案",
            )
        )
    m.install(
        special["digits_1"],
        cells={"网点编码": Number(103, zeros=5)},
        shows="R004",
        note="数值103按00000显示",
    )
    m.install(special["digits_1"], cells={"网点编码": "00103"}, shows="R004", note="文本00103")
    m.install(
        special["digits_2"],
        cells={"网点编码": Number(104, zeros=5)},
        shows="R004",
        note="数值104按00000显示",
    )

    first = m.outlets[0]
    m.install(first, cells={"网点名称": "青禾家电维修"}, hits="R005", note="名称不在别名")
    m.install(cells={"网点名称": "没有这一家"}, hits="R005", note="名称不符")
    m.install(first, cells={"网点名称": "青禾服务部"}, shows="R005", note="别名")
    m.install(first, cells={"网点名称": "青禾家电(城西)"}, shows="R005", note="半角括号别名")
    m.install(first, cells={"网点名称": f"青禾{NBSP}家电服务部"}, shows="R005", note="中间有空格")

    for model in ("DR-99X", "未知机"):
        _unpriced(
            m.install(
                cells={"产品型号": model, "机身条码": "XX2501" + m.barcode("XX")[-6:]},
                hits="R006",
                note=f"型号{model}",
            )
        )
    for alias in ("dr-60a ", "ＤＲ－６０Ａ", "DR—60A", "DR 60A", "dr60a", f"DR-60A{ZERO_WIDTH}"):
        m.install(cells={"产品型号": alias}, shows="R006", note=f"型号写作{alias!r}")


def _identity(m: Month) -> None:
    m.install(cells={"机身条码": "ABC12"}, hits="R007", note="5位")
    m.install(cells={"机身条码": "DR60B2512000777"}, hits="R007", note="前缀不符")
    m.install(
        model="XC-6", cells={"机身条码": "XC6_2512000777"}, hits="R007", note="默认格式,下划线"
    )
    m.install(
        qty=2, cells={"机身条码": "DR60A2512000601、DR60A25120006"}, hits="R007", note="第二个短"
    )
    m.install(cells={"机身条码": "DR60A2512000701"}, shows="R007")
    m.install(cells={"机身条码": "ｄｒ60a2512000711"}, shows="R007", note="全角小写")

    m.install(cells={"用户电话": "12345678901"}, hits="R008", note="12开头")
    m.install(cells={"用户电话": "1540013800"}, hits="R008", note="10位")
    m.install(cells={"用户电话": "见备注"}, hits="R008", note="文字")
    m.install(m.at("一类"), cells={"用户电话": Number(13800138000)}, shows="R008", note="数值")
    m.install(m.at("一类"), cells={"用户电话": "1.3800138E10"}, shows="R008", note="科学计数")
    m.install(cells={"用户电话": "0571-88001234"}, shows="R008", note="固话")
    m.install(cells={"用户电话": "(0571)88001235转12"}, shows="R008", note="固话带分机")
    m.install(cells={"用户电话": "+86 154-9999-0001"}, shows="R008", note="国家码")
    m.install(cells={"用户电话": "154 9999 0002/0571-88001236"}, shows="R008", note="两个号码")

    for raw in ("否", "×"):
        m.install(cells={"单据清晰": raw}, hits="R009", note=f"单据清晰={raw}")
    m.install(cells={"单据清晰": "是"}, shows="R009")
    m.install(cells={"单据清晰": None}, shows="R009", note="空白算是")
    for raw in ("否", "无"):
        m.install(cells={"用户签字": raw}, hits="R010", note=f"用户签字={raw}")
    m.install(cells={"用户签字": "是"}, shows="R010")
    m.install(cells={"单据清晰": "N", "用户签字": "未"}, hits="R009 R010", note="两项都否")

    m.install(fee=8000, other=2000, cells={"申报合计": 11000}, hits="R013 R108", note="80+20≠110")
    m.install(cells={"申报合计": 8001}, hits="R013", note="差0.01")
    m.install(cells={"申报合计": 8000}, shows="R013")
    m.install(cells={"申报合计": None}, shows="R013", note="合计空白")
    m.install(cells={"申报合计": "见附页"}, shows="R013", note="合计无法识别,跳过")


def _dates(m: Month) -> None:
    m.install(on="03-05", cells={"收单日期": day("03-04")}, hits="R011", note="收单早一天")
    m.install(on="03-20", cells={"收单日期": day("03-01")}, hits="R011")
    m.install(on="03-05", cells={"收单日期": day("03-05")}, shows="R011", note="同日")

    m.install(on="2026-04-03", hits="R012 R014退回", note="晚于基准日")
    m.install(on="2026-04-30", hits="R012 R014退回")
    m.install(on="2026-04-02", hits="R014退回", shows="R012", note="基准日当天;属下月")
    m.install(on="2025-12-31", hits="R014拒付", note="跨3个月")
    m.install(on="2025-06-30", hits="R014拒付", note="跨9个月")
    m.install(on="2026-01-31", hits="R014提示", note="跨2个月")
    m.install(on="2026-02-28", hits="R014提示", note="跨1个月")
    m.install(on="2026-01-01", hits="R014提示", note="跨2个月,月首")
    m.install(on="2026-03-01", shows="R014", note="月首")
    m.install(on="2026-03-31", shows="R014", note="月末")

    m.install(on="03-05", cells={"购买日期": day("03-06")}, hits="R105", note="晚一天购买")
    m.install(on="03-12", cells={"购买日期": day("03-30")}, hits="R105")
    m.install(on="03-05", cells={"购买日期": day("03-05")}, shows="R105", note="同日")
    m.install(on="03-05", cells={"购买日期": day("2025-09-01")}, hits="R106", note="185天")
    m.install(on="03-05", cells={"购买日期": day("2025-09-05")}, hits="R106", note="181天")
    m.install(on="03-05", cells={"购买日期": day("2025-09-06")}, shows="R106", note="180天")
    m.install(
        on="02-28",
        cells={"购买日期": day("2025-09-01")},
        hits="R014提示",
        shows="R106",
        note="180天,上月",
    )


def _fees(m: Month) -> None:
    m.install(fee=9500, hits="R101", note="95对80")
    m.install(fee=8001, hits="R101", note="多0.01")
    m.install(qty=2, fee=17000, hits="R101", note="两台170对160")
    m.install(fee=8000, shows="R101", note="80对80")
    m.install(fee=7500, shows="R101", note="75对80,付75")
    m.install(qty=2, fee=16000, shows="R101", note="两台160")

    free: dict[str, Any] = {"model": "TY-30", "item": "二次安装"}
    m.install(fee=1000, hits="R101", note="标准0.00", **free)
    m.install(fee=0, shows="R101", note="标准0.00是标准", **free)
    for tier, model, fee in (
        ("二类", "DR-60A", 7500),
        ("二类", "XC-6", 7000),
        ("三类", "XC-6", 6000),
    ):
        m.install(
            tier, model=model, item="拆机", fee=fee, shows="R101 R102", note=f"拆机{fee // 100}"
        )
        m.install(tier, model=model, item="拆机", fee=fee + 500, hits="R101", note="拆机多5元")
    for tier, model, fee in (
        ("一类", "KN-300", 35000),
        ("二类", "KN-300", 36000),
        ("二类", "KN-200", 32000),
    ):
        slip = m.install(
            tier, model=model, item="主机水箱安装", fee=fee, shows="R104", note="型号优先"
        )
        assert slip.standard[INSTALL] == fee, (tier, model)

    sun: dict[str, Any] = {"model": "TY-30", "item": "移机"}
    m.install("三类", on="03-15", item="移机", fee=6500, hits="R102", note="3月16日起有价")
    m.install("三类", on="03-16", item="移机", fee=6500, shows="R102", note="生效当天")
    m.install("三类", on="03-11", fee=9000, hits="R102", note="失效次日", **sun)
    m.install("三类", on="03-10", fee=9000, shows="R102", note="失效当天", **sun)
    mini: dict[str, Any] = {"model": "XC-6", "item": "移机", "fee": 5500}
    m.install("一类", on="2026-03-31", hits="R102", note="4月1日起有价", **mini)
    m.install("一类", on="2026-04-01", hits="R014退回", shows="R102", note="有价,但属下月", **mini)

    m.install(on="03-18", item="移机", fee=8000, hits="R103安装", note="80与85重叠")
    m.install(on="03-16", item="移机", fee=9900, hits="R103安装", note="重叠首日")
    m.install(on="03-20", item="移机", fee=8500, hits="R103安装", note="重叠末日")
    m.install(on="03-15", item="移机", fee=8000, shows="R103", note="重叠前80")
    m.install(on="03-21", item="移机", fee=8500, shows="R103", note="重叠后85")
    m.install("一类", on="03-18", item="移机", fee=8000, shows="R103", note="重叠同价")

    for model, item in (("XC-6", "主机水箱安装"), ("DR-60A", "主机水箱安装"), ("KN-200", "移机")):
        m.install(model=model, item=item, fee=8000, hits="R104", note=f"{model}无{item}")
    m.install(model="KN-200", item="主机水箱安装", shows="R104", note=f"{AIR}有此项目")

    one = m.barcode("DR-60A")
    m.install(fee=16000, cells={"数量": 2, "机身条码": one}, hits="R107").standard[INSTALL] = 16000
    for raw in (0, -1, 1.5):
        _unpriced(m.install(fee=8000, cells={"数量": raw}, hits="R107", note=f"数量={raw}"))
    m.install(
        cells={"数量": None, "机身条码": "DR60A2512000401、DR60A2512000403"},
        hits="R107",
        note="空白为1",
    )
    m.install(
        qty=2, cells={"机身条码": "DR60A2512000405、DR60A2512000405"}, hits="R107", note="重复计一"
    )
    for cut in "、/,，;\n ":
        a, b = m.barcode("DR-60A"), m.barcode("DR-60A")
        m.install(qty=2, cells={"机身条码": f"{a}{cut}{b}"}, shows="R107", note=f"分隔符{cut!r}")
    m.install(qty=2, cells={"机身条码": "DR60A2512000223、DR60A2512000224"}, shows="R107")

    m.install(other=3000, hits="R108", note="其他费30")
    m.install(other=1, hits="R108", note="其他费0.01")
    m.install(other=0, shows="R108", note="其他费0")
    m.install(other=None, shows="R108")


def _travel(m: Month) -> None:
    m.install(km=20, travel=1000, hits="R121", note="20公里10对7.50")
    m.install(km=20, travel=750, shows="R121", note="7.50")
    m.install(km=15.1, travel=16, hits="R121", note="15.1公里0.16对0.15")
    m.install(km=15.1, travel=15, shows="R121")
    m.install(km=15, travel=1, hits="R121", note="起算里程内")
    m.install(km=0, travel=0, shows="R121", note="里程0")
    early: dict[str, Any] = {"on": "03-10"}
    late: dict[str, Any] = {"on": "03-20"}
    m.install("一类", km=20, travel=3000, shows="R121", note="单程全程30.00", **early)
    m.install("一类", km=20, travel=3001, hits="R121", note="单程全程30.01", **early)
    m.install("一类", km=15, travel=100, hits="R121", note="全程,15公里为0", **early)
    m.install("一类", km=15.1, travel=2265, shows="R121", note="全程22.65", **early)
    m.install("一类", km=33.3, travel=2288, shows="R121", note="22.875进位", **late)
    m.install("一类", km=33.3, travel=2289, hits="R121", note="22.89对22.88", **late)
    m.install("三类", km=20, travel=1500, shows="R121", note="往返超出15.00", on="03-09")
    m.install("三类", km=20, travel=1501, hits="R121", note="往返超出15.01", on="03-09")
    m.install("三类", km=60, travel=10000, shows="R121", note="封顶100", on="03-09")
    m.install("三类", km=60, travel=13500, hits="R121", note="135对封顶100", on="03-09")
    m.install(
        "三类",
        km=20,
        travel=4800,
        hits="R014提示",
        shows="R121",
        note="往返全程,1月的单",
        on="2026-01-31",
    )
    m.install(km=20, travel=0, shows="R121", note="申报0,付0")

    for at in ("二类", "三类"):
        m.install(at, travel=750, hits="R122", note="未填里程")
    m.install(travel=750, cells={"单程里程": "/"}, hits="R122", note="里程=/")
    m.install(km=20, travel=750, shows="R122", note="里程20")
    m.install(cells={"单程里程": None, "申报远程费": 0}, shows="R122", note="未申报")

    m.install("三类", km=20, travel=1500, on="03-02", hits="R123", note="三类断档")
    m.install("三类", km=20, travel=1500, on="03-01", hits="R123", note="三类断档")
    m.install("三类", km=20, travel=1500, on="03-03", shows="R123", note="恢复当天")
    m.install("一类", km=20, travel=625, on="03-31", hits="R123", note="两行不同价")
    m.install("三类", km=20, travel=None, on="03-02", shows="R123", note="未申报远程费")

    far, near = m.special["no_radius"], m.special["radius_20"]
    for km, hits in ((81, "R125"), (80, ""), (80.1, "R125")):
        m.install(far, km=km, on="03-11", hits=hits, shows="R125", note=f"上限80,{km}公里")
    for km, hits in ((31, "R126"), (30, ""), (30.1, "R126")):
        m.install(near, km=km, on="03-11", hits=hits, shows="R126", note=f"半径20,{km}公里")
