"""The two entry workbooks of the month, laid out as two different companies' people would."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from .cells import Formula, Number
from .look import NEVER_CALCULATED, Book, EntrySheet, put_stamp
from .masters import COMPANY
from .month import Slip, Waiver
from .spelling import CODES, DATES, MONEY, respell
from .truth import Truth

WAIVER_HEADERS = ("放行代码", "放行原因", "放行人", "放行金额")
REGISTER_HEADERS = (
    "工作簿",
    "工作表",
    "行号",
    "单号",
    "规则代码",
    "放行原因",
    "放行人",
    "放行金额",
    "放行日期",
    "状态",
)


@dataclass(frozen=True)
class Column:
    header: str
    field: str
    """Standard field; empty for a column of the company's own."""
    width: float
    group: str = ""


def _columns(*rows: tuple[Any, ...]) -> tuple[Column, ...]:
    own = tuple(Column(*row) for row in rows)
    widths = (10, 20, 10, 11)
    return own + tuple(Column(h, h, w) for h, w in zip(WAIVER_HEADERS, widths, strict=True))


INSTALL_COLUMNS = _columns(
    ("服务商编码", "网点编码", 11),
    ("服务网点", "网点名称", 19),
    ("单据编号", "单号", 16),
    ("收到日期", "收单日期", 14),
    ("客户姓名", "用户姓名", 10, "客户资料"),
    ("客户电话", "用户电话", 16, "客户资料"),
    ("安装地址", "用户地址", 38, "客户资料"),
    ("机型", "产品型号", 10, "产品"),
    ("机身\n条码", "机身条码", 19, "产品"),
    ("台数", "数量", 6, "产品"),
    ("购机日期", "购买日期", 14),
    ("完工日期*", "安装日期", 16),
    ("安装类型", "安装项目", 13),
    ("安装人员", "安装工", 10),
    ("里程\n(公里)", "单程里程", 8),
    ("安装费*\n(元)", "申报安装费", 11, "申报"),
    ("远程费\n(元)", "申报远程费", 10, "申报"),
    ("其他费\n(元)", "申报其他费", 10, "申报"),
    ("合计\n(元)", "申报合计", 11, "申报"),
    ("单据清晰", "单据清晰", 6, "核实"),
    ("顾客签字", "用户签字", 6, "核实"),
    ("经办人", "", 9),
    ("客服备注", "", 14),
    ("备注", "备注", 14),
)
REPAIR_COLUMNS = _columns(
    ("序号", "序号", 6),
    ("维修单号", "单号", 16),
    ("网点代码", "网点编码", 9),
    ("代理商", "网点名称", 19),
    ("受理日期", "报修日期", 14),
    ("维修日期", "完成日期", 14),
    ("回单日期", "收单日期", 14),
    ("顾客姓名", "用户姓名", 9),
    ("手机", "用户电话", 15),
    ("详细地址", "用户地址", 38),
    ("型号", "产品型号", 9),
    ("序列号", "机身条码", 18),
    ("出厂日期", "生产日期", 12),
    ("购机日期", "购买日期", 12),
    ("装机日期", "安装日期", 12),
    ("开票日期", "发票日期", 12),
    ("发票号", "发票号码", 22),
    ("三包类型", "保修类型", 9),
    ("故障编码", "故障代码", 9),
    ("故障描述", "故障现象", 15),
    ("维修类别", "维修项目", 9),
    ("配件编码", "更换配件编码", 9),
    ("配件名称", "更换配件名称", 12),
    ("换件数量", "配件数量", 7),
    ("师傅", "维修工", 9),
    ("公里数", "单程里程", 8),
    ("维修费(元)", "申报维修费", 10),
    ("材料费(元)", "申报配件费", 10),
    ("路费(元)", "申报远程费", 9),
    ("其它费用(元)", "申报其他费", 10),
    ("金额合计(元)", "申报合计", 11),
    ("清晰", "单据清晰", 6),
    ("签字", "用户签字", 6),
    ("录入人", "", 9),
    ("说明", "备注", 14),
)
FEES = tuple(f"申报{c}" for c in ("安装费", "维修费", "配件费", "远程费", "其他费"))
KEEPERS = ("小顾", "小严", "小葛")
REMARKS = (None,) * 14 + ("已电话回访", "补传照片", "用户要求改期")


class Entry:
    """A sheet being filled from top to bottom; every slip tells the truth its row."""

    def __init__(
        self,
        path: Path,
        name: str,
        columns: tuple[Column, ...],
        truth: Truth,
        *,
        seed: int,
        large: bool,
        epoch_1904: bool,
    ) -> None:
        self.path, self.columns, self.truth, self.large = path, columns, truth, large
        self.book = Book(path, large=large, epoch_1904=epoch_1904)
        self.sheet: EntrySheet = self.book.sheet(name)
        self.epoch_1904 = epoch_1904
        self.random = random.Random(f"{seed}{name}")
        self.row = 0
        self.index = {c.field: i for i, c in enumerate(columns) if c.field}
        self.sums: dict[str, float] = dict.fromkeys((*FEES, "申报合计"), 0.0)
        self.runs: list[tuple[int, int, str]] = []
        """Stretches of rows with one and the same 网点编码, as they may be merged down."""
        self.registered: list[tuple[int, Slip, Waiver]] = []
        for i, c in enumerate(columns):
            self.sheet.set_column(i, i, c.width)

    @property
    def last(self) -> int:
        return len(self.columns) - 1

    def put(self, column: int, field: str, value: Any) -> float:
        """Writes one cell; returns the number that a SUM over it would add."""
        sheet, row, style = self.sheet, self.row, self.book.style
        if value is None:
            sheet.write_blank(row, column, None, style("plain"))
        elif isinstance(value, Formula):
            stored = NEVER_CALCULATED if value.value is None else value.value
            sheet.write_formula(row, column, value.text, style("money"), stored)
            return float(value.value or 0)
        elif isinstance(value, Number):
            plain = field in DATES or value.value > 1e15
            look = "0" * value.zeros if value.zeros > 1 else "plain" if plain else "whole"
            sheet.write_number(row, column, value.value, style(look))
        elif isinstance(value, date):
            look = "date_short" if value.day % 9 == 4 else "date"
            sheet.write_datetime(row, column, value, style(look))
        elif field in MONEY and isinstance(value, int):
            sheet.write_number(row, column, value / 100, style("money"))
            return value / 100
        elif isinstance(value, (int, float)):
            sheet.write_number(row, column, value, style("plain"))
            return float(value) if field in MONEY else 0.0
        else:
            as_text = field in CODES or field in ("用户电话", "网点编码", "发票号码")
            sheet.write_string(row, column, value, style("text" if as_text else "plain"))
        return 0.0

    def add(self, slip: Slip, number: int) -> None:
        cells = slip.cells
        if not slip.plain:
            cells = respell(cells, self.random, epoch_1904=self.epoch_1904)
        cells = {**cells, "序号": number} | self._waiver_cells(slip)
        if slip.kind == "安装" and not slip.plain:
            cells.setdefault("备注", self.random.choice(REMARKS))
        amounts: dict[str, float] = {}
        for i, column in enumerate(self.columns):
            value = cells.get(column.field) if column.field else None
            if column.header in ("经办人", "录入人"):
                value = KEEPERS[number % len(KEEPERS)]
            elif column.field == "申报合计" and self._can_sum(slip, cells):
                value = self._sum_formula(amounts)
            amounts[column.field] = self.put(i, column.field, value)
        for field in self.sums:
            self.sums[field] += amounts.get(field, 0.0)
        if not self.large:
            self._extend_run(slip)
        self.truth.add(slip, self.path.name, self.sheet.get_name(), self.row + 1)
        self.row += 1

    def _extend_run(self, slip: Slip) -> None:
        code = slip.cells["网点编码"]
        if self.runs and self.runs[-1][1:] == (self.row - 1, code):
            self.runs[-1] = (self.runs[-1][0], self.row, code)
        elif code == slip.outlet.code:
            self.runs.append((self.row, self.row, code))

    def _can_sum(self, slip: Slip, cells: dict[str, Any]) -> bool:
        """Some clerks let Excel add the row up, where every fee is a real number."""
        fees = [cells.get(f) for f in FEES if f in self.index]
        right = cells.get("申报合计") == sum(f for f in fees if isinstance(f, int))
        return right and not slip.plain and all(f is None or isinstance(f, int) for f in fees)

    def _sum_formula(self, amounts: dict[str, float]) -> Formula:
        at = [self.index[f] for f in FEES if f in self.index]
        first, last = _letters(min(at)), _letters(max(at))
        value = round(sum(amounts.get(f, 0.0) for f in FEES), 2)
        return Formula(f"=SUM({first}{self.row + 1}:{last}{self.row + 1})", value)

    def _waiver_cells(self, slip: Slip) -> dict[str, Any]:
        cells: dict[str, Any] = {}
        for waiver in slip.waivers:
            if waiver.register:
                self.registered.append((self.row + 1, slip, waiver))
                continue
            values = (waiver.code, waiver.reason, waiver.person, waiver.amount)
            cells = dict(zip(WAIVER_HEADERS, values, strict=True))
        return cells

    def totals(self, label: str, first: int, style: str, sums: dict[str, float]) -> None:
        """小计 or 合计 under rows ``first``…: formulas with stored values."""
        for i in range(self.last + 1):
            self.sheet.write_blank(self.row, i, None, self.book.style(style))
        self.sheet.write_string(self.row, 0, label, self.book.style(style))
        for field, value in sums.items():
            if field in self.index:
                letter = _letters(self.index[field])
                text = f"=SUBTOTAL(9,{letter}{first + 1}:{letter}{self.row})"
                at = self.index[field]
                self.sheet.write_formula(
                    self.row, at, text, self.book.style(style), round(value, 2)
                )
        self.row += 1

    def register(self) -> None:
        """Sheet 放行记录: rows that need more than the four columns can say."""
        sheet, style = self.book.sheet("放行记录"), self.book.style
        sheet.set_column(0, 1, 22)
        sheet.set_column(2, 9, 13)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.write_row(0, 0, REGISTER_HEADERS, style("header"))
        for i, (row, slip, waiver) in enumerate(self.registered, start=1):
            values = (
                self.path.name,
                self.sheet.get_name(),
                row,
                waiver.number or slip.number,
                waiver.code,
                waiver.reason,
                waiver.person,
                waiver.amount / 100 if isinstance(waiver.amount, int) else waiver.amount,
            )
            for j, value in enumerate(values):
                sheet.write(i, j, value, style("text" if isinstance(value, str) else "plain"))
            sheet.write_datetime(i, 8, date(2026, 4, 1), style("date"))
            sheet.write_string(i, 9, waiver.status, style("middle"))

    def print_setup(self, header_rows: tuple[int, int]) -> None:
        sheet = self.sheet
        sheet.set_paper(8)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(*header_rows)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.set_footer("&C第 &P 页 共 &N 页")


def _letters(column: int) -> str:
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def write_installs(
    path: Path, slips: Iterable[Slip], truth: Truth, *, seed: int, large: bool
) -> None:
    """Two-row merged header, one block per outlet with a 小计, codes merged down in some blocks."""
    entry = Entry(
        path, "3月安装单", INSTALL_COLUMNS, truth, seed=seed, large=large, epoch_1904=False
    )
    sheet, style = entry.sheet, entry.book.style
    sheet.set_row(0, 30)
    sheet.merge_range(0, 0, 0, entry.last, f"{COMPANY} 产品安装费用申报表", style("title"))
    line = "业务月:2026年3月      填报:售后部      单位:元      (虚构数据,仅供演示)"
    sheet.merge_range(1, 0, 1, entry.last, line, style("subtitle"))
    _two_row_header(entry, 3)
    sheet.freeze_panes(5, 3)
    entry.print_setup((3, 4))
    entry.row = first = 5
    outlet, block = "", 5
    sums = dict(entry.sums)
    block_number = 0
    provinces: Counter[str] = Counter()
    for number, slip in enumerate(slips, start=1):
        if outlet and slip.outlet.code != outlet:
            _end_block(entry, block, block_number, sums)
            block_number += 1
            block, sums = entry.row, dict(entry.sums)
        outlet = slip.outlet.code
        if number % 311 == 7:
            sheet.set_row(entry.row, None, None, {"hidden": True})
        entry.add(slip, number)
        provinces[slip.outlet.province] += 1
    _end_block(entry, block, block_number, sums)
    sheet.autofilter(4, 0, entry.row - 1, entry.last)
    entry.row += 1
    entry.totals("合计", first, "total", entry.sums)
    signature = "制表:周敏之        审核:何建岭        批准:            日期:2026-04-01"
    sheet.write_string(entry.row + 1, 0, signature, style("sign"))
    if not large:
        put_stamp(sheet, entry.row - 2, 12)
        sheet.insert_textbox(
            0,
            20,
            "请于次月5日前寄回;改动处须盖章。",
            {
                "width": 190,
                "height": 40,
                "font": {"name": "微软雅黑", "size": 9, "color": "#A6192E"},
                "line": {"color": "#A6192E", "width": 1.25},
                "fill": {"color": "#FFF8F6"},
            },
        )
    entry.register()
    if not large:
        _chart(entry, provinces)
    entry.book.close()


def _two_row_header(entry: Entry, top: int) -> None:
    sheet, style = entry.sheet, entry.book.style
    columns = entry.columns
    i = 0
    while i <= entry.last:
        j = i
        while columns[i].group and j < entry.last and columns[j + 1].group == columns[i].group:
            j += 1
        look = "header_waiver" if columns[i].header in WAIVER_HEADERS else "header"
        if columns[i].group:
            sheet.merge_range(top, i, top, j, columns[i].group, style("group"))
        elif entry.large:
            sheet.write_blank(top, i, None, style(look))
        else:
            sheet.merge_range(top, i, top + 1, i, columns[i].header, style(look))
        i = j + 1
    sheet.set_row(top + 1, 32)
    for i, column in enumerate(columns):
        if column.group or entry.large:
            sheet.write_string(top + 1, i, column.header, style("header"))


def _end_block(entry: Entry, block: int, number: int, before: dict[str, float]) -> None:
    """Closes an outlet: every fourth has its code merged down, each has a 小计."""
    for top, bottom, code in entry.runs if number % 4 == 1 else ():
        if bottom > top:
            entry.sheet.merge_range(top, 0, bottom, 0, code, entry.book.style("merged"))
    entry.runs.clear()
    entry.totals("小计", block, "subtotal", {f: v - before[f] for f, v in entry.sums.items()})
    if number % 5 == 4:
        entry.row += 1


def _chart(entry: Entry, counts: dict[str, int]) -> None:
    """A sheet of the company's own beside the slips, with a chart on it."""
    sheet, style = entry.book.sheet("汇总图"), entry.book.style
    sheet.set_landscape()
    sheet.set_column(0, 1, 14)
    sheet.write_row(0, 0, ("省份", "张数"), style("header"))
    for i, (province, count) in enumerate(sorted(counts.items()), start=1):
        sheet.write_string(i, 0, province, style("plain"))
        sheet.write_number(i, 1, count, style("plain"))
    chart: Any = entry.book.book.add_chart({"type": "bar"})
    chart.add_series(
        {
            "name": "安装单张数",
            "categories": ["汇总图", 1, 0, len(counts), 0],
            "values": ["汇总图", 1, 1, len(counts), 1],
            "fill": {"color": "#5B8DB8"},
        }
    )
    chart.set_title({"name": "各省安装单", "name_font": {"name": "微软雅黑", "size": 12}})
    chart.set_legend({"none": True})
    sheet.insert_chart(1, 3, chart)


def write_repairs(
    path: Path, slips: Iterable[Slip], truth: Truth, *, seed: int, large: bool
) -> None:
    """1904 dates, one header row in row 5, an Excel table without subtotals."""
    entry = Entry(
        path, "维修单明细", REPAIR_COLUMNS, truth, seed=seed, large=large, epoch_1904=True
    )
    sheet, style = entry.sheet, entry.book.style
    sheet.set_row(0, 28)
    sheet.merge_range(
        0, 0, 0, entry.last, f"{COMPANY}  三包维修费用明细(2026年3月)", style("title")
    )
    sheet.write_string(1, 0, "填报单位:各网点汇总", style("subtitle"))
    sheet.write_string(1, 9, "单位:元  虚构数据,仅供演示", style("subtitle"))
    sheet.write_string(2, 0, "保外维修由用户付费,费用栏填0", style("subtitle"))
    header, first = 4, 5
    sheet.set_row(header, 32)
    for i, column in enumerate(entry.columns):
        look = "header_waiver" if column.header in WAIVER_HEADERS else "header"
        sheet.write_string(header, i, column.header, style(look))
    sheet.freeze_panes(first, 2)
    entry.print_setup((header, header))
    entry.row = first
    for number, slip in enumerate(slips, start=1):
        if number % 401 == 9:
            sheet.set_row(entry.row, None, None, {"hidden": True})
        entry.add(slip, number)
    last = entry.row - 1
    if not large:
        columns = [{"header": c.header} for c in entry.columns]
        sheet.add_table(
            header,
            0,
            last,
            entry.last,
            {
                "name": "维修明细",
                "columns": columns,
                "style": "Table Style Light 9",
            },
        )
        for i, column in enumerate(entry.columns):
            look = "header_waiver" if column.header in WAIVER_HEADERS else "header"
            sheet.write_string(header, i, column.header, style(look))
    entry.row += 1
    entry.totals("合计", first, "total", entry.sums)
    signature = "制表:吴倩如      审核:周敏之      日期:2026年4月1日"
    sheet.write_string(entry.row + 1, 0, signature, style("sign"))
    if entry.registered:
        entry.register()
    entry.book.close()
