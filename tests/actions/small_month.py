"""A month of five slips for tests of whole actions; everything in it is invented."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from addin.tables import catalogue
from addin.tables.fields import SheetSpec

Line = Mapping[str, object]

INSTALLS, REPAIRS = "录入/安装单_2026-03.xlsx", "录入/维修单_2026-03.xlsx"
MASTERS = "../基础资料.xlsx"
SINCE = dt.date(2020, 1, 1)

COMPANY: Mapping[str, list[Line]] = {
    "网点档案": [
        {"网点编码": "WD001", "网点名称": "青禾家电服务部", "省份": "甲省", "城市": "甲市",
         "区域等级": "二类", "状态": "正常", "合作开始": SINCE},
    ],
    "产品型号": [{"型号": "DR-60A", "产品线": "电热水器", "整机保修月": 12, "上市日期": SINCE}],
    "费用标准": [
        {"服务类别": service, "区域等级": "二类", "产品线": "电热水器", "项目": item, "单价": 80}
        for service, item in (("安装", "标准安装"), ("维修", "小修"))
    ],
    "远程费标准": [
        {"区域等级": "二类", "起算里程": 15, "每公里单价": 1.5, "计程方式": "单程",
         "计费口径": "超出部分"},
    ],
    "故障代码": [{"故障代码": "E01", "故障名称": "不加热", "最高项目": "中修", "责任": "产品"}],
    "配件价格": [
        {"配件编码": "PJ001", "配件名称": "加热管", "配件类别": "加热管", "是否主要部件": "否",
         "需返旧件": "是", "押金单价": 40, "保外售价": 60},
    ],
    "规则参数": [
        {"参数名": "核对基准日", "参数值": "2026-04-02"},
        {"代码": "R709", "参数名": "回访比例", "参数值": "100%"},
    ],
    "设置": [{"项目": "公司名称", "值": "示例公司"}],
}  # fmt: skip


def slip(number: int, **cells: object) -> dict[str, object]:
    """What a slip of either service says; ``cells`` changes some of it."""
    return {
        "网点编码": "WD001", "网点名称": "青禾家电服务部", "单号": f"D{number:03}",
        "用户姓名": f"用户{number}", "用户电话": f"1380000{number:04}",
        "用户地址": f"测试路{number}号", "产品型号": "DR-60A", "机身条码": f"DR60A26000{number:04}",
        "购买日期": dt.date(2026, 2, 20), "备注": "", **cells,
    }  # fmt: skip


def install(number: int, **cells: object) -> Line:
    fixed = {"安装日期": dt.date(2026, 3, 5), "安装项目": "标准安装", "申报安装费": 80}
    return slip(number, **{**fixed, **cells})


def repair(number: int, **cells: object) -> Line:
    fixed = {
        "报修日期": dt.date(2026, 3, 4), "完成日期": dt.date(2026, 3, 5), "保修类型": "保内",
        "故障代码": "E01", "维修项目": "小修", "申报维修费": 80,
    }  # fmt: skip
    return slip(number, **{**fixed, **cells})


def put(sheet: Worksheet, headers: Iterable[str], lines: Iterable[Line]) -> None:
    """Headers in row 1, lines below; a text stays a text whatever it begins with."""
    sheet.append(list(headers))
    for line in lines:
        sheet.append([line.get(header) for header in headers])
        for cell in sheet[sheet.max_row]:
            if isinstance(cell.value, str):
                cell.data_type = "s"


def write_masters(path: Path) -> None:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for spec in catalogue.MASTERS:
        put(book.create_sheet(spec.name), spec.headers, COMPANY.get(spec.name, ()))
    book.save(path)


def write_entries(path: Path, spec: SheetSpec, lines: Sequence[Line]) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].title = spec.name
    put(book.worksheets[0], lines[0], lines)
    book.save(path)


def write_month(folder: Path) -> Path:
    """Three install slips and two repair slips, all in order, with masters one level up."""
    (folder / "录入").mkdir(parents=True)
    write_masters(folder / MASTERS)
    write_entries(folder / INSTALLS, catalogue.INSTALL, [install(n) for n in range(1, 4)])
    write_entries(folder / REPAIRS, catalogue.REPAIR, [repair(n) for n in range(4, 6)])
    return folder
