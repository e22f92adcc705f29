"""The month being invented: outlets, unique people and barcodes, and the slips seeded so far."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from . import outcomes
from .arithmetic import price, travel_fee, visit_cuts, visit_shares
from .masters import (
    CLEAN_REPAIRS,
    FAULTS,
    MODELS,
    OUTLET_BACK,
    OUTLET_FRONT,
    PARTS,
    PLACES,
    SPECIAL_OUTLETS,
    STANDARD_MODELS,
    TIERS,
    Outlet,
    credit_code,
)
from .outcomes import Hit, Outcome, hit

INSTALL, REPAIR = "安装", "维修"
SURNAMES = "赵钱孙李周吴郑王冯陈蒋沈韩杨朱秦许何吕张孔曹严金魏陶姜谢邹窦章苏潘葛范彭鲁韦马方"
GIVEN = "建国志强海燕春梅永康文博雅静晓东玉兰思远家俊若溪明辉佳宁子涵立新素芬长青秀云浩然一凡"
ROADS = [
    "湖滨路",
    "青山路",
    "望江路",
    "学府路",
    "人民路",
    "文化路",
    "朝阳街",
    "解放路",
    "幸福路",
    "新华街",
]


def day(text: str) -> date:
    """``03-05`` is in the settlement year, ``2025-12-31`` is itself."""
    return date.fromisoformat(text if len(text) > 5 else f"2026-{text}")


@dataclass(slots=True)
class Waiver:
    """What a clerk wrote to let a code pass; ``register`` puts it on sheet 放行记录."""

    code: str
    reason: str
    person: str
    amount: int | str | None = None
    register: bool = False
    status: str = "有效"
    number: str | None = None


@dataclass(slots=True)
class Slip:
    """One data row: its cells under standard headers, and what a correct check makes of it."""

    kind: str
    outlet: Outlet
    cells: dict[str, Any]
    claimed: dict[str, int]
    standard: dict[str, int | None]
    hits: list[Hit] = field(default_factory=list)
    waivers: list[Waiver] = field(default_factory=list)
    shows: tuple[str, ...] = ()
    note: str = ""
    plain: bool = False
    """Written as it stands, without the odd spellings of real entry sheets."""
    visit_cut: int = 0
    served: date | None = None

    @property
    def number(self) -> str:
        return str(self.cells.get("单号") or "")

    def outcome(self) -> Outcome:
        return outcomes.fold(self.claimed, self.standard, self.hits, self.visit_cut)


class Month:
    """Factory of slips. Everything that must be unique is counted here, so the seed decides all."""

    def __init__(self, seed: int, outlet_count: int) -> None:
        self.random = random.Random(seed)
        self.seed = seed
        self.history: list[dict[str, Any]] = []
        self.extensions: list[tuple[str, str, date, date, str]] = []
        self.replacements: list[tuple[str, str, date, str]] = []
        self.findings: list[tuple[str, str]] = []
        self.slips: dict[str, dict[str, list[Slip]]] = {
            INSTALL: defaultdict(list),
            REPAIR: defaultdict(list),
        }
        self._phones = self._people = self._houses = self._workers = self._invoices = 0
        self._barcodes: dict[str, int] = defaultdict(int)
        self._numbers = {INSTALL: 0, REPAIR: 0}
        self._worker_days: dict[tuple[str, date], int] = defaultdict(int)
        self._turn: dict[str, int] = defaultdict(int)
        self._day_turn = 0
        self.special: dict[str, Outlet] = {}
        self.outlets: list[Outlet] = []
        self._make_outlets(outlet_count)

    # -- outlets ---------------------------------------------------------------------------

    def _make_outlets(self, count: int) -> None:
        ordinary = count - len(SPECIAL_OUTLETS)
        if ordinary < 36:
            raise ValueError(f"at least {len(SPECIAL_OUTLETS) + 36} outlets are needed")
        for i in range(ordinary):
            role = "city" if i % 10 in (0, 1, 2, 4, 5) else "rural"
            self.outlets.append(self._outlet(i, TIERS[(i + 1) % 3], role))
        first = self.outlets[0]
        first.name, first.alias = "青禾家电服务部", "青禾服务部、青禾家电(城西)"
        for j, (key, facts) in enumerate(SPECIAL_OUTLETS):
            outlet = self._outlet(ordinary + j, str(facts["tier"]), "special")
            for name, value in facts.items():
                setattr(outlet, name, value)
            self.special[key] = outlet
            self.outlets.append(outlet)
        self.credit_faults = tuple(
            o.code
            for o in self.special.values()
            if o.credit_code and credit_code(o.credit_code[:17]) != o.credit_code
        )

    def _outlet(self, i: int, tier: str, role: str) -> Outlet:
        province, city, districts = PLACES[i * 5 % len(PLACES)]
        fronts = [OUTLET_FRONT[k : k + 2] for k in range(0, len(OUTLET_FRONT) - 1, 2)]
        back = OUTLET_BACK[(i // len(fronts) + i) % len(OUTLET_BACK)]
        suffix = "" if i < 240 else str(i)
        body = f"9133{i % 90 + 10:02d}00MA5{i:05d}K"[:17].ljust(17, "0")
        return Outlet(
            code=f"WD{i + 1:03d}",
            name=f"{fronts[i % len(fronts)]}{suffix}{back}",
            tier=tier,
            province=province,
            city=city,
            district=districts[i % len(districts)],
            phone=f"0571-8800{i:04d}" if i < 10000 else f"0571-8{i:07d}",
            credit_code=credit_code(body) if i % 4 else "",
            agent=(f"DL{i // 3 + 1:03d}", f"{city[:-1]}第{i // 3 + 1}代理")
            if i % 5 == 0
            else ("", ""),
            role=role,
            base_km=17 + i % 11,
            credit=500_000 if i % 7 == 0 else 0,
        )

    def at(self, tier: str, km: int = 0) -> Outlet:
        """The next ordinary outlet of a tier; ``km`` distances may still be written there."""
        choice = [
            o
            for o in self.outlets
            if o.tier == tier
            and o.role != "special"
            and (not km or (o.role == "city" and o.km_left >= km))
        ]
        if not choice:
            raise ValueError(f"no outlet of {tier} is left for a seeded distance")
        turn = f"{tier} {km > 0}"
        self._turn[turn] += 1
        return choice[self._turn[turn] % len(choice)]

    # -- things that must not repeat ------------------------------------------------------

    def phone(self) -> str:
        """154 is a number range that no carrier uses."""
        self._phones += 1
        return f"154{self._phones * 7919 % 100_000_000:08d}"

    def person(self) -> str:
        self._people += 1
        r = self.random
        return r.choice(SURNAMES) + r.choice(GIVEN) + (r.choice(GIVEN) if r.random() < 0.7 else "")

    def address(self, outlet: Outlet) -> str:
        self._houses += 1
        k = self._houses
        road, r = ROADS[k % len(ROADS)], self.random
        front = outlet.city + outlet.district if k % 3 else outlet.province + outlet.city
        flat = f"{r.randint(1, 18)}0{r.randint(1, 4)}"
        return f"{front}{road}{k // len(ROADS) + 1}号{r.randint(1, 30)}栋{flat}室"

    def barcode(self, model: str, made: int = 2501) -> str:
        """Serial tails stand seven apart, so that no two make a run by chance."""
        self._barcodes[model] += 1
        roll, k = divmod(self._barcodes[model], 142_857)
        return f"{MODELS[model].prefix if model in MODELS else 'XX'}{made + roll}{k * 7:06d}"

    def invoice(self) -> str:
        self._invoices += 1
        k = self._invoices
        return f"2533{k * 9973 % 10**16:016d}" if k % 3 else f"{10_000_000 + k * 13:08d}"

    def next_number(self, kind: str) -> str:
        self._numbers[kind] += 1
        return f"{'AZ' if kind == INSTALL else 'WX'}2603{self._numbers[kind]:06d}"

    def next_day(self) -> date:
        """Days on which every tier has exactly one travel tariff row."""
        self._day_turn += 1
        return date(2026, 3, 3 + self._day_turn * 11 % 27)

    def hire(self, outlet: Outlet) -> str:
        """A name that nobody else has."""
        self._workers += 1
        k = self._workers
        name = SURNAMES[k % 40] + GIVEN[k // 40 % 40] + GIVEN[(k // 1600 * 7 + k) % 40]
        name += str(k) if k > 12000 else ""
        outlet.workers.append((name, f"1420{9_999_999 - k:07d}"))
        return name

    def worker(self, outlet: Outlet, on: date) -> str:
        """Somebody with fewer than four slips that day."""
        done = self._worker_days[outlet.code, on]
        self._worker_days[outlet.code, on] += 1
        while len(outlet.rota) < max(3, done // 4 + 1):
            outlet.rota.append(self.hire(outlet))
        return outlet.rota[done // 4]

    # -- slips ------------------------------------------------------------------------------

    def _place(self, at: str | Outlet, km: float | None) -> Outlet:
        outlet = self.at(at, km=int(km is not None)) if isinstance(at, str) else at
        if km is not None and outlet.role != "rural":
            outlet.km_left -= 1
        return outlet

    def _common(
        self, kind: str, outlet: Outlet, on: date, claims: dict[str, int]
    ) -> dict[str, Any]:
        return {
            "网点编码": outlet.code,
            "网点名称": outlet.name if self.random.random() < 0.7 else None,
            "单号": self.next_number(kind),
            "收单日期": min(on + timedelta(days=self.random.randint(1, 4)), date(2026, 4, 2))
            if on <= date(2026, 3, 31) and self.random.random() < 0.6
            else None,
            "用户姓名": self.person(),
            "用户电话": self.phone(),
            "用户地址": self.address(outlet),
        }

    @staticmethod
    def _fees(claims: dict[str, int | None]) -> tuple[dict[str, Any], dict[str, int]]:
        cells: dict[str, Any] = {f"申报{c}": v for c, v in claims.items()}
        money = {c: v or 0 for c, v in claims.items()}
        cells["申报合计"] = sum(money.values())
        return cells, money

    @staticmethod
    def hits(keys: str, waived: Iterable[str] = (), allowed: int | None = None) -> list[Hit]:
        return [
            hit(k, waived=k[:4] in waived, allowed=allowed if k[:4] in waived else None)
            for k in keys.split()
        ]

    def _finish(
        self,
        slip: Slip,
        hits: str,
        cells: dict[str, Any] | None,
        waived: Iterable[str],
        allowed: int | None,
        keep: bool,
    ) -> Slip:
        slip.hits = self.hits(hits, waived, allowed)
        slip.cells.update(cells or {})
        if cells and any(k.startswith("申报") and k != "申报合计" for k in cells):
            slip.cells.setdefault("申报合计", None)
            if "申报合计" not in cells:
                slip.cells["申报合计"] = None
        if slip.outlet.code in self.credit_faults:
            slip.hits.append(hit("R017"))
        if keep:
            self.slips[slip.kind][slip.outlet.code].append(slip)
        return slip

    def install(
        self,
        at: str | Outlet = "二类",
        *,
        model: str = "DR-60A",
        item: str = "标准安装",
        on: str | date | None = None,
        qty: int = 1,
        fee: int | None = None,
        km: float | None = None,
        travel: int | None = None,
        other: int | None = None,
        hits: str = "",
        shows: str = "",
        note: str = "",
        cells: dict[str, Any] | None = None,
        waivers: Iterable[Waiver] = (),
        waived: Iterable[str] = (),
        allowed: int | None = None,
        keep: bool = True,
        plain: bool = True,
    ) -> Slip:
        """An install slip that is right in everything that is not said otherwise."""
        outlet = self._place(at, km)
        served = self.next_day() if on is None else day(on) if isinstance(on, str) else on
        known = model in MODELS
        unit = price(INSTALL, outlet.tier, model, item, served) if known else None
        standard = None if unit is None else unit * qty
        travel_standard = None if km is None else travel_fee(outlet.tier, km, served)
        fee = (8000 if standard is None else standard) if fee is None else fee
        travel = travel_standard if travel is None and km is not None else travel
        claims = {outcomes.INSTALL: fee, outcomes.TRAVEL: travel, outcomes.OTHER: other}
        money_cells, claimed = self._fees(claims)
        slip = Slip(
            INSTALL,
            outlet,
            {
                **self._common(INSTALL, outlet, served, claimed),
                "产品型号": model,
                "机身条码": "、".join(self.barcode(model) for _ in range(max(qty, 1))),
                "数量": qty if qty > 1 or self.random.random() < 0.6 else None,
                "购买日期": served - timedelta(days=self.random.randint(0, 40))
                if self.random.random() < 0.7
                else None,
                "安装日期": served,
                "安装项目": item,
                "安装工": self.worker(outlet, served),
                "单程里程": km,
                **money_cells,
            },
            claimed,
            {
                outcomes.INSTALL: standard,
                outcomes.TRAVEL: travel_standard,
                outcomes.OTHER: None,
            },
            waivers=list(waivers),
            shows=tuple(shows.split()),
            note=note,
            plain=plain,
            served=served,
        )
        return self._finish(slip, hits, cells, waived, allowed, keep)

    def repair(
        self,
        at: str | Outlet = "二类",
        *,
        model: str = "DR-60A",
        item: str = "小修",
        fault: str = "E03",
        part: str | None = None,
        on: str | date | None = None,
        reported: str | date | None = None,
        invoice: str | date | None = "",
        terms: str = "保内",
        fee: int | None = None,
        km: float | None = None,
        travel: int | None = None,
        other: int | None = None,
        parts_fee: int | None = None,
        hits: str = "",
        shows: str = "",
        note: str = "",
        cells: dict[str, Any] | None = None,
        waivers: Iterable[Waiver] = (),
        waived: Iterable[str] = (),
        allowed: int | None = None,
        keep: bool = True,
        plain: bool = True,
    ) -> Slip:
        """A repair slip in warranty, right in everything that is not said otherwise."""
        outlet = self._place(at, km)
        served = self.next_day() if on is None else day(on) if isinstance(on, str) else on
        told = (
            served if reported is None else day(reported) if isinstance(reported, str) else reported
        )
        if invoice == "":
            months = (MODELS[model].months if model in MODELS else None) or 12
            invoice = told - timedelta(days=min(200, months * 15) + self.random.randint(0, 30))
        bought = day(invoice) if isinstance(invoice, str) else invoice
        standard = price(REPAIR, outlet.tier, model, item, served) if model in MODELS else None
        travel_standard = None if km is None else travel_fee(outlet.tier, km, served)
        if fee is None:
            fee = 0 if terms == "保外" else 4500 if standard is None else standard
        travel = travel_standard if travel is None and km is not None else travel
        claims = {
            outcomes.REPAIR: fee,
            outcomes.TRAVEL: travel,
            outcomes.OTHER: other,
            outcomes.PARTS: parts_fee,
        }
        money_cells, claimed = self._fees(claims)
        replaced = next((p for p in PARTS if p.code == part), None)
        slip = Slip(
            REPAIR,
            outlet,
            {
                **self._common(REPAIR, outlet, served, claimed),
                "产品型号": model,
                "机身条码": self.barcode(model, 2301),
                "报修日期": told,
                "完成日期": served,
                "发票日期": bought,
                "发票号码": self.invoice() if bought else None,
                "保修类型": terms,
                "故障代码": fault,
                "故障现象": FAULTS[fault].name if fault in FAULTS else "用户反映异常",
                "维修项目": item,
                "更换配件编码": part,
                "更换配件名称": replaced.name if replaced else None,
                "配件数量": 1 if replaced and self.random.random() < 0.5 else None,
                "维修工": self.worker(outlet, served),
                "单程里程": km,
                **money_cells,
            },
            claimed,
            {
                outcomes.REPAIR: standard,
                outcomes.TRAVEL: travel_standard,
                outcomes.OTHER: None,
                outcomes.PARTS: None,
            },
            waivers=list(waivers),
            shows=tuple(shows.split()),
            note=note,
            plain=plain,
            served=served,
        )
        self._finish(slip, hits, cells, waived, allowed, keep)
        alone = visit_cuts([fee], [standard]) if standard is not None else [0]
        slip.visit_cut = alone[0]
        return slip

    def visit(self, *slips: Slip, cuts: tuple[int, ...], hits: bool = True) -> None:
        """Binds rows to one visit and checks that the hand calculation ``cuts`` is right."""
        prices = [s.standard[outcomes.REPAIR] or 0 for s in slips]
        shares = visit_shares(prices)
        claims = [s.claimed[outcomes.REPAIR] for s in slips]
        if visit_cuts(claims, shares) != list(cuts):
            raise AssertionError(f"visit {[s.number for s in slips]}: {cuts} is not the cut")
        for slip, share, cut in zip(slips, shares, cuts, strict=True):
            slip.standard[outcomes.REPAIR], slip.visit_cut = share, cut
            slip.cells["机身条码"] = slips[0].cells["机身条码"]
            for same in ("用户姓名", "用户电话", "用户地址", "发票日期", "发票号码"):
                slip.cells[same] = slips[0].cells[same]
            if cut and hits:
                slip.hits.append(hit("R201"))

    # -- history -----------------------------------------------------------------------------

    def past(self, slip: Slip, period: str, state: str = "通过", **cells: Any) -> dict[str, Any]:
        """Puts a slip (made with ``keep=False``) into 结算历史 as checked in ``period``."""
        paid = state in ("通过", "提示", "已付")
        values = {**slip.cells, **cells}
        total = sum(slip.claimed.values())
        row: dict[str, Any] = {"业务月": period, "类别": slip.kind, **values}
        row |= {"工作簿": f"{slip.kind}单_{period}.xlsx", "工作表": f"{slip.kind}单"}
        row["行号"] = 5 + sum(
            h["业务月"] == period and h["类别"] == slip.kind for h in self.history
        )
        row |= {f"申报{c}": v for c, v in slip.claimed.items()}
        row |= {f"核定{c}": v if paid else 0 for c, v in slip.claimed.items()}
        row |= {"应付金额": total if paid else 0, "待定金额": 0}
        row |= {"核减金额": 0 if paid else total, "核对结果": "通过" if state == "已付" else state}
        row |= {"处理状态": state}
        self.history.append(row)
        return row

    # -- ordinary slips ------------------------------------------------------------------------

    def _ordinary_day(self, km: bool, tier: str) -> date:
        first = 3 if km and tier == "三类" else 1
        last = 30 if km and tier == "一类" else 31
        return date(2026, 3, self.random.randint(first, last))

    def _ordinary_km(self, outlet: Outlet) -> float | None:
        """Distances of a country outlet lie within 3 km of each other."""
        if outlet.role != "rural" or self.random.random() < 0.2:
            return None
        outlet.km_turn += 1
        return outlet.base_km + (0, 1, -1, 2, -2, 3, -3)[outlet.km_turn % 7]

    def clean_install(self, outlet: Outlet) -> Slip:
        r = self.random
        km = self._ordinary_km(outlet)
        model = r.choice(STANDARD_MODELS)
        items = ["标准安装"] * 12 + ["拆机", "二次安装"]
        item = "主机水箱安装" if model == "KN-200" and r.random() < 0.7 else r.choice(items)
        qty = 2 if r.random() < 0.06 else 1
        on = self._ordinary_day(km is not None, outlet.tier)
        mistake = r.random()
        facts: dict[str, Any] = {
            "model": model,
            "item": item,
            "qty": qty,
            "on": on,
            "km": km,
            "keep": False,
            "plain": False,
        }
        if mistake < 0.03:
            unit = price(INSTALL, outlet.tier, model, item, on) or 0
            facts |= {"fee": unit * qty + r.choice((500, 1000, 1500)), "hits": "R101"}
        elif mistake < 0.045:
            facts |= {"other": r.choice((2000, 3000)), "hits": "R108"}
        elif mistake < 0.055:
            facts |= {
                "hits": "R106",
                "cells": {"购买日期": on - timedelta(days=r.randint(200, 300))},
            }
        elif mistake < 0.065:
            facts |= {"hits": "R010", "cells": {"用户签字": "否"}}
        slip = self.install(outlet, **facts)
        if 0.065 <= mistake < 0.075:
            slip.cells["申报合计"] += 1000
            slip.hits.append(hit("R013"))
        elif r.random() < 0.35:
            slip.cells["申报合计"] = None
        return slip

    def clean_repair(self, outlet: Outlet, in_warranty: bool, with_part: bool) -> Slip:
        r = self.random
        km = self._ordinary_km(outlet) if in_warranty else None
        model = r.choice(STANDARD_MODELS)
        line = MODELS[model].line
        choices = [c for c in CLEAN_REPAIRS[line] if (c[2] is not None) == with_part]
        fault, item, part = r.choice(choices)
        on = self._ordinary_day(km is not None, outlet.tier)
        told = on - timedelta(days=r.choice((0, 0, 1, 1, 2, 3)))
        months = MODELS[model].months or 12
        age = timedelta(
            days=r.randint(60, 320) if in_warranty else months * 31 + r.randint(60, 500)
        )
        bought = told - age
        mistake = r.random() if in_warranty else 1.0
        facts: dict[str, Any] = {
            "model": model,
            "item": item,
            "fault": fault,
            "part": part,
            "on": on,
            "reported": told,
            "invoice": bought,
            "km": km,
            "keep": False,
            "plain": False,
            "terms": "保内" if in_warranty else "保外",
        }
        cells: dict[str, Any] = {}
        if r.random() < 0.5:
            cells["购买日期"] = bought - timedelta(days=r.randint(0, 5))
        if r.random() < 0.4:
            cells["生产日期"] = bought - timedelta(days=r.randint(40, 200))
        if r.random() < 0.3:
            cells["安装日期"] = bought + timedelta(days=r.randint(1, 20))
        if mistake < 0.03:
            unit = price(REPAIR, outlet.tier, model, item, on) or 0
            facts |= {"fee": unit + r.choice((500, 1000)), "hits": "R201"}
        elif mistake < 0.05:
            facts |= {"hits": "R303"}
            cells |= {"发票日期": None, "发票号码": None, "购买日期": bought}
        elif mistake < 0.06:
            facts |= {"hits": "R207", "reported": on - timedelta(days=r.randint(9, 15))}
        elif mistake < 0.07:
            facts |= {"hits": "R009"}
            cells |= {"单据清晰": "否"}
        slip = self.repair(outlet, cells=cells, **facts)
        if r.random() < 0.35:
            slip.cells["申报合计"] = None
        return slip

    def fill(self, kind: str, counts: dict[str, int]) -> Iterator[Slip]:
        """All rows of a kind in sheet order: seeded ones in their order among ordinary ones."""
        for outlet in self.outlets:
            seeded = self.slips[kind][outlet.code]
            extra = counts.get(outlet.code, 0)
            places = [True] * len(seeded) + [False] * extra
            self.random.shuffle(places)
            parts = self._part_plan(outlet, extra) if kind == REPAIR else []
            waiting = iter(seeded)
            for is_seeded in places:
                if is_seeded:
                    yield next(waiting)
                elif kind == INSTALL:
                    yield self.clean_install(outlet)
                else:
                    yield self.clean_repair(outlet, *parts.pop())

    def _part_plan(self, outlet: Outlet, extra: int) -> list[tuple[bool, bool]]:
        """(保内, with a part) for each ordinary repair, so that an outlet's share of part
        replacements comes out between 0.28 and 0.44: far below anything R810 objects to."""
        seeded = [s for s in self.slips[REPAIR][outlet.code] if s.cells["保修类型"] != "保外"]
        with_part = sum(bool(s.cells["更换配件编码"]) for s in seeded)
        outside = extra // 12
        inside = extra - outside
        share = self.random.uniform(0.28, 0.44)
        wanted = round(share * (inside + len(seeded))) - with_part
        wanted = max(0, min(inside, wanted))
        plan = [(True, i < wanted) for i in range(inside)]
        plan += [(False, self.random.random() < 0.3) for _ in range(outside)]
        self.random.shuffle(plan)
        return plan
