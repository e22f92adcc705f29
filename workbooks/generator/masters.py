"""The invented company's master data: models, tariffs, faults, parts, people. Money is 分."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

AS_OF = date(2026, 4, 2)
PERIOD = "2026-03"
COMPANY = "云川热能电器有限公司"
TIERS = ("一类", "二类", "三类")
EL, GAS, AIR, SUN, MINI = "电热水器", "燃气热水器", "空气能热水器", "太阳能热水器", "小厨宝"


@dataclass(frozen=True)
class Model:
    code: str
    alias: str
    line: str
    pattern: str
    months: int | None
    main_months: int | None
    main_classes: str = "内胆"

    @property
    def prefix(self) -> str:
        return self.code.replace("-", "")


MODELS = {
    m.code: m
    for m in (
        Model("DR-60A", "DR60A、DR-60A升级版", EL, r"DR60A\d{10}", 12, 36),
        Model("DR-80B", "", EL, r"DR80B\d{10}", 24, 48),
        Model("DR-50C", "", EL, r"DR50C\d{10}", 12, 36),
        Model("DR-90D", "", EL, r"DR90D\d{10}", 48, 72),
        Model("DR-40L", "", EL, r"DR40L\d{10}", None, None),
        Model("RQ-12", "RQ12强排", GAS, r"RQ12\d{10}", 12, 36, ""),
        Model("RQ-16", "", GAS, r"RQ16\d{10}", 24, 48, ""),
        Model("KN-200", "", AIR, r"KN200\d{10}", 24, 60, "其他、水泵"),
        Model("KN-300", "", AIR, r"KN300\d{10}", 24, 60, "其他、水泵"),
        Model("TY-30", "", SUN, r"TY30\d{10}", 12, 24),
        Model("XC-6", "", MINI, "", 12, 24),
        Model("XC-10", "", MINI, "", 6, None, ""),
        Model("XC-2T", "", MINI, "", 2, None, ""),
        Model("XC-3T", "", MINI, "", 3, None, ""),
    )
}
STANDARD_MODELS = ("DR-60A", "DR-80B", "DR-50C", "RQ-12", "RQ-16", "KN-200", "TY-30", "XC-6")
"""Models that the clean rows use: ordinary terms, ordinary prices."""


@dataclass(frozen=True)
class Price:
    service: str
    tier: str
    line: str
    model: str
    item: str
    cents: int
    start: date | None = date(2024, 1, 1)
    end: date | None = None
    note: str = "售后〔2024〕1号"


def _matrix() -> list[Price]:
    rows = []
    standard = {
        EL: (7500, 8000, 9000),
        GAS: (9000, 10000, 11000),
        AIR: (20000, 22000, 24000),
        SUN: (15000, 16000, 17000),
        MINI: (5000, 5500, 6000),
    }
    for line, prices in standard.items():
        rows += [
            Price("安装", t, line, "", "标准安装", p) for t, p in zip(TIERS, prices, strict=True)
        ]
    for tier, cents in zip(TIERS, (30000, 32000, 34000), strict=True):
        rows.append(Price("安装", tier, AIR, "", "主机水箱安装", cents))
    repairs = {
        "上门检测": (2500, 2000, 3000),
        "小修": (5000, 4500, 5500),
        "中修": (10000, 9000, 10500),
        "大修": (19000, 18000, 20000),
    }
    for line in standard:
        for item, prices in repairs.items():
            for tier, cents in zip(TIERS, prices, strict=True):
                if (line, item) == (MINI, "上门检测") or (tier, line, item) == (
                    "三类",
                    SUN,
                    "中修",
                ):
                    continue
                cents = 0 if (tier, line, item) == ("三类", AIR, "上门检测") else cents
                rows.append(Price("维修", tier, line, "", item, cents))
    return rows


TARIFF = (
    *_matrix(),
    # specificity, calculations.md §1
    Price("安装", "二类", "通用", "", "拆机", 7000),
    Price("安装", "通用", EL, "", "拆机", 7500),
    Price("安装", "通用", "通用", "", "拆机", 6000),
    Price("安装", "一类", AIR, "KN-300", "主机水箱安装", 35000),
    Price("安装", "通用", AIR, "KN-300", "主机水箱安装", 36000),
    Price("安装", "通用", "通用", "", "二次安装", 6500),
    Price("安装", "通用", SUN, "", "二次安装", 0, note="厂家免费二次安装"),
    Price("安装", "通用", GAS, "", "移机", 7000),
    Price("维修", "二类", EL, "DR-50C", "小修", 4501),
    Price("维修", "二类", GAS, "RQ-16", "中修", 6750),
    # effective dates: overlap with two prices, overlap with one, a start, an end
    Price("安装", "二类", EL, "", "移机", 8000, end=date(2026, 3, 20)),
    Price("安装", "二类", EL, "", "移机", 8500, start=date(2026, 3, 16), note="售后〔2026〕3号"),
    Price("安装", "一类", EL, "", "移机", 8000, end=date(2026, 3, 20)),
    Price("安装", "一类", EL, "", "移机", 8000, start=date(2026, 3, 16), note="售后〔2026〕3号"),
    Price("安装", "三类", EL, "", "移机", 6500, start=date(2026, 3, 16), note="售后〔2026〕3号"),
    Price("安装", "三类", SUN, "", "移机", 9000, end=date(2026, 3, 10)),
    Price("安装", "一类", MINI, "", "移机", 5500, start=date(2026, 4, 1), note="售后〔2026〕4号"),
    Price("维修", "一类", MINI, "XC-10", "大修", 10000, end=date(2026, 3, 31)),
    Price("维修", "一类", MINI, "XC-10", "大修", 11000, start=date(2026, 3, 16)),
    # 失效 before 生效: a slip of the pen, to be ignored with a notice
    Price("安装", "二类", EL, "", "标准安装", 20000, date(2026, 3, 31), date(2026, 3, 1)),
)


@dataclass(frozen=True)
class Travel:
    tier: str
    free_km: float
    per_km: int
    way: str
    basis: str
    km_limit: int | None
    cap: int | None
    start: date
    end: date | None = None


TRAVEL_TARIFF = (
    Travel("一类", 15, 150, "单程", "全程", 60, None, date(2024, 1, 1), date(2026, 3, 15)),
    Travel("一类", 15, 125, "单程", "超出部分", 60, None, date(2026, 3, 16)),
    Travel("一类", 15, 130, "单程", "超出部分", 60, None, date(2026, 3, 31)),
    Travel("二类", 15, 150, "单程", "超出部分", 80, None, date(2024, 1, 1)),
    Travel("三类", 15, 120, "往返", "全程", None, None, date(2024, 1, 1), date(2026, 2, 20)),
    Travel("三类", 15, 150, "往返", "超出部分", 120, 10000, date(2026, 3, 3)),
)
"""三类 has a gap 02-21…03-02 and 一类 two differing rows on 03-31: both are R123."""


@dataclass(frozen=True)
class Fault:
    code: str
    name: str
    lines: str
    highest: str
    blame: str
    must_replace: str = "否"
    classes: str = ""


FAULTS = {
    f.code: f
    for f in (
        Fault("E01", "指示灯不亮", "", "小修", "产品"),
        Fault("E02", "漏电保护动作", f"{EL}、{MINI}", "中修", "产品", "否", "控制板、温控器"),
        Fault("E03", "水温异常", "通用", "中修", "产品", "否", "温控器、控制板"),
        Fault("E05", "不加热", f"{EL}、{MINI}", "大修", "产品", "是", "加热管"),
        Fault("E08", "内胆漏水", f"{EL}、{SUN}、{MINI}", "大修", "产品", "否", "内胆"),
        Fault("E10", "水垢堵塞", "通用", "中修", "水质"),
        Fault("E11", "使用不当", "通用", "小修", "用户"),
        Fault("E12", "安装不规范漏水", "通用", "中修", "安装"),
        Fault("E13", "雷击损坏", "通用", "大修", "不可抗力"),
        Fault("F12", "打不着火", GAS, "中修", "产品", "否", "点火器、控制板、阀体"),
        Fault("F13", "中途熄火", GAS, "大修", "产品"),
        Fault("K01", "压缩机不启动", AIR, "大修", "产品"),
        Fault("K02", "循环不畅", AIR, "中修", "产品", "否", "水泵"),
        Fault("T01", "上水慢", SUN, "小修", "产品"),
    )
}


@dataclass(frozen=True)
class Part:
    code: str
    name: str
    kind: str
    main: bool
    models: str
    deposit: int
    sale: int
    start: date = date(2024, 1, 1)
    end: date | None = None


PARTS = (
    Part("PJ001", "加热管", "加热管", False, "DR-60A、DR-80B、DR-50C、DR-90D", 4010, 6000),
    Part("PJ002", "搪瓷内胆", "内胆", True, "DR-60A、DR-80B、DR-50C、DR-90D", 26000, 39000),
    Part("PJ003", "控制板", "控制板", False, "", 5000, 7500),
    Part("PJ004", "燃气阀体", "阀体", False, "RQ-12、RQ-16", 8800, 13200),
    Part("PJ005", "脉冲点火器", "点火器", False, "RQ-12、RQ-16", 3200, 4800),
    Part("PJ006", "循环水泵", "水泵", False, "KN-200、KN-300", 12000, 18000),
    Part("PJ007", "温控器", "温控器", False, "", 3335, 5000, end=date(2026, 2, 28)),
    Part("PJ007", "温控器", "温控器", False, "", 3500, 5200, start=date(2026, 3, 1)),
    Part("PJ008", "小内胆", "内胆", True, "XC-6、XC-10、XC-2T、XC-3T", 9000, 13500),
    Part("PJ009", "小加热管", "加热管", False, "XC-6、XC-10、XC-2T、XC-3T", 2600, 3900),
    Part("PJ010", "密封圈", "其他", False, "", 300, 500),
    Part("PJ011", "压缩机", "其他", True, "KN-200、KN-300", 68000, 99000),
    Part("PJ090", "旧款控制板", "控制板", False, "", 4500, 6800, end=date(2026, 2, 28)),
)

CLEAN_REPAIRS: dict[str, tuple[tuple[str, str, str | None], ...]] = {
    EL: (
        ("E03", "小修", None),
        ("E01", "小修", None),
        ("E02", "中修", None),
        ("E03", "上门检测", None),
        ("E02", "中修", "PJ003"),
        ("E05", "中修", "PJ001"),
        ("E08", "大修", "PJ002"),
        ("E03", "小修", "PJ007"),
    ),
    GAS: (
        ("F12", "小修", None),
        ("F13", "中修", None),
        ("F12", "小修", "PJ005"),
        ("F12", "中修", "PJ004"),
    ),
    AIR: (("K02", "小修", None), ("K01", "中修", None), ("K02", "中修", "PJ006")),
    SUN: (("T01", "小修", None), ("E03", "小修", "PJ007")),
    MINI: (("E03", "小修", None), ("E02", "中修", None), ("E05", "小修", "PJ009")),
}
"""fault, item, part: combinations that no rule objects to, in every tier."""


@dataclass(frozen=True)
class Signer:
    role: str
    name: str
    code: str = ""
    limit: int | None = None
    end: date | None = None


CLERK, ASSISTANT, MANAGER, RETIRED = "周敏之", "吴倩如", "何建岭", "郑涛然"
SIGNERS = (
    Signer("结算员", CLERK, limit=10000),
    Signer("助理结算员", ASSISTANT, "R108", 3000),
    Signer("售后部经理", MANAGER),
    Signer("服务经理", RETIRED, end=date(2026, 2, 28)),
)

PENALTIES = (
    ("WG01", "回访不属实", "R710", 1, "警告", None, None, 12),
    ("WG01", "回访不属实", "R710", 2, "定额", 20000, None, 12),
    ("WG01", "回访不属实", "R710", 3, "按倍数", None, 2, 12),
    ("WG02", "重复申报", "R801", 2, "定额", 10000, None, 12),
)
HOLIDAYS = (
    (date(2026, 4, 4), "法定假日", "清明节"),
    (date(2026, 4, 5), "法定假日", "清明节"),
    (date(2026, 4, 6), "法定假日", "清明节"),
)


@dataclass
class Outlet:
    code: str
    name: str
    tier: str
    province: str
    city: str
    district: str
    phone: str
    credit_code: str
    alias: str = ""
    agent: tuple[str, str] = ("", "")
    status: str = "正常"
    start: date = date(2020, 1, 1)
    end: date | None = None
    radius: float | None = 60
    role: str = "city"
    base_km: int = 20
    credit: int = 0
    workers: list[tuple[str, str]] = field(default_factory=list)
    """Name and phone of everybody; sheet 人员."""
    rota: list[str] = field(default_factory=list)
    """Who is sent out on an ordinary day; grows when a day needs another pair of hands."""
    km_left: int = 6
    """Distances that may still be written here before R807's minimum sample of 8 is reached."""
    km_turn: int = 0


PLACES = (
    ("浙江省", "杭州市", ("西湖区", "余杭区", "萧山区")),
    ("浙江省", "宁波市", ("海曙区", "鄞州区", "慈溪市")),
    ("江苏省", "南京市", ("玄武区", "江宁区", "浦口区")),
    ("江苏省", "苏州市", ("吴中区", "相城区", "昆山市")),
    ("安徽省", "合肥市", ("庐阳区", "蜀山区", "肥西县")),
    ("山东省", "济南市", ("历下区", "章丘区", "长清区")),
    ("河南省", "郑州市", ("金水区", "中原区", "新郑市")),
    ("湖北省", "武汉市", ("江岸区", "洪山区", "江夏区")),
    ("湖南省", "长沙市", ("岳麓区", "雨花区", "浏阳市")),
    ("广东省", "佛山市", ("禅城区", "南海区", "顺德区")),
    ("四川省", "成都市", ("武侯区", "双流区", "郫都区")),
    ("陕西省", "西安市", ("雁塔区", "长安区", "鄠邑区")),
)
OUTLET_FRONT = (
    "青禾南塘北桥东篱西岭云栖望海临川听松长河石门白鹭竹溪梅坞柳浪桐园枫桥兰亭菊圃荷塘"
    "星沙月湖晨光晚晴春晖秋实安和顺达永清广源同心立信"
)
OUTLET_BACK = ("家电服务部", "电器维修", "服务站", "热水器售后", "水暖服务中心", "家电安装队")


def credit_code(body: str) -> str:
    """A unified social credit code with its check character (GB 32100: weights 3^i mod 31)."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    total = sum(alphabet.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return body + alphabet[-total % 31]


SPECIAL_OUTLETS: tuple[tuple[str, dict[str, object]], ...] = (
    ("ended", {"tier": "二类", "end": date(2026, 2, 28), "status": "停用"}),
    ("ended_mid", {"tier": "二类", "end": date(2026, 3, 15), "status": "停用"}),
    ("started_mid", {"tier": "二类", "start": date(2026, 3, 10)}),
    ("stopped", {"tier": "二类", "status": "停用"}),
    ("bad_credit_1", {"tier": "二类", "credit_code": "91330106MA2ABCDE1X"}),
    ("bad_credit_2", {"tier": "三类", "credit_code": "91440605MA5WXY712K"}),
    ("km_outlier", {"tier": "二类", "radius": None}),
    ("km_seven", {"tier": "二类", "radius": None}),
    ("km_flat", {"tier": "二类", "radius": None}),
    ("km_two", {"tier": "二类", "radius": None}),
    ("parts_high_1", {"tier": "二类"}),
    ("parts_high_2", {"tier": "三类"}),
    ("parts_near", {"tier": "二类"}),
    ("parts_few", {"tier": "二类"}),
    ("no_radius", {"tier": "二类", "radius": None, "km_left": 7}),
    ("radius_20", {"tier": "二类", "radius": 20, "km_left": 7}),
    ("digits_1", {"tier": "二类", "code": "00103"}),
    ("digits_2", {"tier": "三类", "code": "00104"}),
)
"""Outlets whose rows are seeded one by one; nothing else is written for them."""
