"""A small invented world in which every rule's examples are played through the whole road."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import pytest

from addin.actions.judge import Judged, judge
from addin.facts.joined import Month
from addin.hosts.grid import Grid
from addin.reports import callback
from addin.rules.rule import Case
from addin.rules.settings import from_sheet
from addin.tables import catalogue, ledgers, masters
from addin.tables.fields import SheetSpec
from addin.tables.read import Table, read
from addin.tables.slips import INSTALL_ENTRY, REPAIR_ENTRY, combine

Row = Mapping[str, Any]

INSTALL: Row = {
    "网点编码": "WD001", "单号": "AZ001", "用户姓名": "张某", "用户电话": "13800138000",
    "用户地址": "青山路8号", "产品型号": "DR-60A", "机身条码": "DR60A2512000123",
    "安装日期": "2026-03-05", "安装项目": "标准安装", "申报安装费": 80.0,
}  # fmt: skip
REPAIR: Row = {
    "网点编码": "WD001", "单号": "WX001", "用户姓名": "李某", "用户电话": "13900139000",
    "用户地址": "湖滨里3栋501", "产品型号": "DR-60A", "机身条码": "DR60A2512000123",
    "报修日期": "2026-03-05", "完成日期": "2026-03-05", "发票日期": "2025-06-01",
    "保修类型": "保内", "故障代码": "E01", "维修项目": "小修", "申报维修费": 45.0,
}  # fmt: skip
AS_OF = pd.Timestamp("2026-04-02").as_unit("s")
MARCH = pd.Timestamp("2026-03-01").as_unit("s")
_OUTLET = {"省份": "甲省", "城市": "甲市", "状态": "正常", "合作开始": "2020-01-01"}
_PRICED = {"生效日期": "2020-01-01"}
WORLD: dict[str, list[dict[str, Any]]] = {
    "网点档案": [
        {**_OUTLET, "网点编码": "WD001", "网点名称": "青禾家电服务部", "别名": "青禾服务站",
         "区域等级": "二类", "服务半径": 20.0, "联系电话": "0571-88001111"},
        {**_OUTLET, "网点编码": "WD003", "网点名称": "北桥服务站", "区域等级": "三类"},
    ],
    "产品型号": [
        {"型号": "DR-60A", "型号别名": "DR60", "产品线": "电热水器", "整机保修月": 12.0,
         "主要部件保修月": 36.0},
        {"型号": "RQ-12", "产品线": "燃气热水器", "条码格式": "RQ12\\d{6}", "整机保修月": 12.0},
        {"型号": "KQ-200", "产品线": "空气能热水器", "整机保修月": 12.0},
        {"型号": "XC-06", "产品线": "小厨宝", "整机保修月": 12.0},
    ],
    "费用标准": [
        {"服务类别": "安装", "区域等级": "通用", "产品线": line, "项目": item, "单价": price,
         **_PRICED}
        for line, item, price in (
            ("通用", "标准安装", 80.0), ("通用", "移机", 60.0),
            ("空气能热水器", "主机水箱安装", 300.0),
        )
    ] + [
        {"服务类别": "维修", "区域等级": "通用", "产品线": "通用", "项目": item, "单价": price,
         **_PRICED}
        for item, price in (("上门检测", 30.0), ("小修", 45.0), ("中修", 90.0), ("大修", 180.0))
    ],
    "远程费标准": [
        {"区域等级": "二类", "起算里程": 15.0, "每公里单价": 1.5, "计程方式": "单程",
         "计费口径": "超出部分", "里程上限": 80.0, **_PRICED},
    ],
    "故障代码": [
        {"故障代码": code, "故障名称": name, "最高项目": highest, "责任": liability, **more}
        for code, name, highest, liability, more in (
            ("E01", "不加热", "小修", "产品", {}),
            ("E02", "漏水", "小修", "产品", {}),
            ("E05", "加热管坏", "中修", "产品", {"必须换件": "是", "可换配件类别": "加热管"}),
            ("E09", "内胆漏", "大修", "产品", {}),
            ("E30", "使用不当", "小修", "用户", {}),
            ("E31", "水垢", "小修", "水质", {}),
            ("E32", "安装不当", "小修", "安装", {}),
            ("F12", "点火失败", "小修", "产品", {"适用产品线": "燃气热水器"}),
        )
    ],
    "配件价格": [
        {"配件编码": code, "配件名称": name, "配件类别": name, "是否主要部件": main,
         "需返旧件": "是", "押金单价": 40.0, "保外售价": 60.0, **_PRICED, **more}
        for code, name, main, more in (
            ("PJ001", "加热管", "否", {}), ("PJ002", "内胆", "是", {}),
            ("PJ003", "控制板", "否", {"适用型号": "DR-60A"}),
        )
    ],
    "人员": [{"网点编码": "WD001", "姓名": "王师傅", "工种": "安装维修", "电话": "13700137001"}],
    "签字权限": [
        {"角色": "结算员", "姓名": "结算员甲", "金额上限": 100.0},
        {"角色": "售后部经理", "姓名": "经理乙"},
    ],
}  # fmt: skip


def grid_of(spec: SheetSpec, rows: Sequence[Row]) -> Grid:
    """A sheet as a clerk would have it: one header row, then the rows."""
    unknown = {header for row in rows for header in row} - set(spec.headers)
    assert not unknown, unknown
    lines = [list(spec.headers)]
    grid = Grid(rows=[*lines, *([row.get(h) for h in spec.headers] for row in rows)])
    for i, line in enumerate(grid.rows):
        for j, cell in enumerate(line):
            if isinstance(cell, int) and not isinstance(cell, bool):
                line[j] = float(cell)
            if i and isinstance(cell, str) and cell.startswith("=") and len(cell) > 1:
                line[j] = None
                grid.uncalculated.add((i + 1, j + 1))
    return grid


def world(changes: Mapping[str, Sequence[Row]]) -> masters.Masters:
    """The masters; ``changes`` adds to the first rows of a sheet, or replaces a tariff whole."""
    sheets = {name: [dict(row) for row in rows] for name, rows in WORLD.items()}
    for name, rows in changes.items():
        if name == "费用标准" or name not in sheets:
            sheets[name] = [dict(row) for row in rows]
        else:
            for row, change in zip(sheets[name], rows, strict=False):
                row.update(change)
    grids = {spec.name: grid_of(spec, sheets.get(spec.name, ())) for spec in catalogue.MASTERS}
    return masters.from_grids(grids, "基础资料.xlsx")


def table_of(spec: SheetSpec, rows: Sequence[Row]) -> Table:
    return read(grid_of(spec, rows), spec, workbook="本月.xlsx", sheet=spec.name)


def play(example: Row | Case, service: str, **parameters: str) -> Judged:
    """Everything that the check says of an example, under the masters it asks for."""
    played = example if isinstance(example, Case) else Case((example,))
    base, spec = (INSTALL, INSTALL_ENTRY) if service == "安装" else (REPAIR, REPAIR_ENTRY)
    known = world(played.masters)
    lines = [{"参数名": n, "参数值": v} for n, v in {**played.parameters, **parameters}.items()]
    settings_sheet = table_of(catalogue.PARAMETERS, lines)
    settings = from_sheet(settings_sheet.frame.assign(row=settings_sheet.rows), AS_OF)
    latest = max((str(row.get("安装日期") or "") for row in played.rows), default="")
    as_of = pd.Timestamp("2026-06-30").as_unit("s") if latest[:7] > "2026-04" else AS_OF
    required = settings.parameters.required
    slips = combine([table_of(spec, [{**base, **row} for row in played.rows])], required)
    past = table_of(catalogue.HISTORY, played.history).frame
    used = None
    if "配件流水" in played.sheets:
        lines = [
            {"网点编码": "WD001", "配件编码": "PJ001", **row}
            for row in played.sheets["配件流水"]
            if row["类型"] == "核销"
        ]
        used = table_of(ledgers.PARTS_LEDGER, lines).frame
    register = None
    if "回访登记表" in played.sheets:
        row = {"类别": service, "网点编码": base["网点编码"], "单号": base["单号"]}
        answers = [{**row, **answer} for answer in played.sheets["回访登记表"]]
        register = table_of(callback.CALLBACK, answers).frame
    month = Month(MARCH, as_of)
    return judge(slips, known, past, month, settings, consumed=used, register=register)


@pytest.fixture(scope="session")
def check() -> Callable[..., Judged]:
    return play


@pytest.fixture(scope="session")
def day() -> Callable[[str], dt.date]:
    return dt.date.fromisoformat


@pytest.fixture(scope="session")
def rule_sheet() -> Callable[[Row, Row], Judged]:
    """An install slip judged under one line of 规则参数."""

    def played(row: Row, line: Row) -> Judged:
        sheet = table_of(catalogue.PARAMETERS, [line])
        settings = from_sheet(sheet.frame.assign(row=sheet.rows), AS_OF)
        required = settings.parameters.required
        slips = combine([table_of(INSTALL_ENTRY, [{**INSTALL, **row}])], required)
        past = masters.empty(catalogue.HISTORY)
        return judge(slips, world({}), past, Month(MARCH, AS_OF), settings)

    return played
