"""Makes the blank company workbooks in ``templates/`` from the field catalogue.

Run as ``python -m addin.build.templates``; a test makes them again and compares every byte.
openpyxl writes them, because XlsxWriter knows no named cell styles.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from addin.build import archive
from addin.build.agent_statement import agent_statement_book
from addin.build.dashboard import dashboard_book
from addin.build.notes import choices_of, header_comment, typeset
from addin.build.paper import absolute, merge, name_place, new_book, put, write_line
from addin.build.parameters import ParameterRow, parameter_rows
from addin.build.readers import codes_reading
from addin.build.styles import (
    NUMBER_FORMATS,
    STYLE_OF,
    cell_alignment,
    font,
)
from addin.reports import (
    account_issues,
    agent_statement,
    callback,
    charges,
    dashboard,
    deposit_statement,
    parts_statement,
    summary,
)
from addin.reports.layout import FIRST_NAME, TITLE_NAME, TOTAL_NAME, Layout, Region
from addin.rules.rule import all_rules
from addin.tables import catalogue, ledgers
from addin.tables.fields import Choices, Field, SheetSpec, Type
from addin.tables.look import FOOTER, text_width

FOLDER = Path(__file__).parents[2] / "templates"

TITLE_ROW, NOTE_ROW, HEADER_ROW, FIRST_ROW = 1, 2, 3, 4
LAST_ROW = 100_000  # validations reach down to here
RULED_ROWS = 30  # of a blank slip form
LANDSCAPE_FROM = 9  # columns

CHOICES_SHEET = "选项"
FIRST_DAY, LAST_DAY = "36526", "73050"  # 2000-01-01 and 2099-12-31 as Excel counts days
MAY_BE_NEGATIVE = frozenset(
    {
        "cut",  # 核定口径=按标准 can pay more than was claimed
        "amount",  # a reversal of 押金流水
        *deposit_statement.MAY_BE_NEGATIVE,
    }
)

WIDTHS_BY_TYPE = {
    Type.TEXT: 14,
    Type.CODE: 12,
    Type.BARCODES: 20,
    Type.PHONE: 14,
    Type.DATE: 12,
    Type.MONTH: 10,
    Type.MONEY: 12,
    Type.INT: 9,
    Type.DEC: 9,
    Type.KM: 10,
    Type.ENUM: 11,
    Type.BOOL: 9,
}
WIDTHS = {
    "sequence": 7, "outlet_name": 22, "agent_name": 18, "aliases": 20, "province": 10,
    "city": 10, "district": 10, "user_name": 10, "user_address": 30, "address": 28,
    "barcode": 20, "old_barcode": 20, "new_barcode": 20, "invoice_no": 22, "credit_code": 21,
    "bank": 22, "account": 22, "barcode_format": 22, "product_line": 15, "product_lines": 22,
    "part_classes": 22, "part_name": 16, "models": 22, "fault_name": 16, "fault_text": 18,
    "remark": 22, "reason": 22, "worker": 10, "contact": 10, "short_name": 20, "parameter": 20,
    "value": 22, "default": 30, "options": 26, "note": 54, "name": 14, "offence": 24,
    "basis": 26, "workbook": 24, "sheet": 14, "setting": 16, "codes": 16, "state": 10,
    "unit": 8, "specification": 14, "approval": 20, "main_parts": 18,
}  # fmt: skip


@dataclass(frozen=True)
class ListSheet:
    """How a sheet of the catalogue is laid out as a form to fill in.

    ``frozen`` is the last column that stays in view. A master is an Excel table that grows as
    rows are typed under it; an entry sheet is a plain list, since the check adds columns to it.
    """

    spec: SheetSpec
    note: str
    frozen: str
    table: bool = True
    ruled_rows: int = 1
    rows: Sequence[Mapping[str, str]] = field(default_factory=tuple)

    @property
    def strict(self) -> bool:
        """Whether a value outside its list is stopped, or only warned of."""
        return self.table


REQUIRED_NOTE = "红字表头必填;鼠标停在表头上可看填写说明。"
ENTRY_NOTE = REQUIRED_NOTE + "单号、条码、电话、发票号码按文本录入;日期写2026-03-05;金额单位元。"

MASTERS = (
    ListSheet(catalogue.OUTLETS, "每个服务网点一行;停用的网点不要删,填合作终止。", "outlet_name"),
    ListSheet(catalogue.MODELS, "每个型号一行;三包期在此设定。", "model"),
    ListSheet(
        catalogue.TARIFF,
        "安装费、维修费的标准;改价时旧行填失效日期,新价另起一行。",
        "item",
    ),
    ListSheet(
        catalogue.TRAVEL_TARIFF,
        "每个区域等级一行;改标准时旧行填失效日期,新标准另起一行。",
        "tier",
    ),
    ListSheet(
        catalogue.FAULTS, "每个故障代码一行;责任和最高项目决定付不付、付多少。", "fault_name"
    ),
    ListSheet(catalogue.PARTS, "每种配件一行;改价时旧行填失效日期,新价另起一行。", "part_name"),
    ListSheet(
        catalogue.PARAMETERS,
        "每条规则一行,每个参数一行;只改启用、结论、严重度、参数值和日期。",
        "short_name",
    ),
    ListSheet(catalogue.AUTHORITY, "能放行单据的人;不在此表的人放行无效。", "name"),
    ListSheet(catalogue.PENALTIES, "什么行为、第几次起、怎样处罚。", "offence"),
    ListSheet(catalogue.CALENDAR, "只写与周一至周五上班不同的日子。", "date"),
    ListSheet(catalogue.SALES, "计算维修比例的台数,每月一次。", "month"),
    ListSheet(catalogue.EXTENSIONS, "买了延保的机器,每台一行。", "barcode"),
    ListSheet(catalogue.STAFF, "网点的安装工、维修工,每人一行。", "name"),
    ListSheet(catalogue.MAPPING, "网点表格的表头认错或认不出时,在此指定。", "sheet"),
    ListSheet(catalogue.REPLACEMENTS, "换过机的用户,每次一行;新机不算重复安装。", "new_barcode"),
    ListSheet(catalogue.SETTINGS, "只填“值”一列。", "setting"),
)

SETTINGS = (
    ("业务月", "", "例如2026-03;空白=按文件夹名或文件名"),
    ("公司名称", "", "本公司全称"),
    ("录入文件夹", "录入", "当月文件夹里放单据的子文件夹;没有就读当月文件夹"),
    ("输出文件夹", "输出", "当月文件夹里放结果的子文件夹"),
    ("结算员", "", "核对单据、制表的人;也要登记在签字权限"),
    ("助理结算员", "", "结算员不在时代班的人;也要登记在签字权限"),
    ("售后部经理", "", "批准的人;也要登记在签字权限"),
    ("随机种子", "20260101", "回访抽样用的数字;数字不变,抽到的单据不变"),
)

HOW_TO = (
    ("一、从哪里开始", (
        "1. 在“设置”填公司名称、结算员、售后部经理,在“签字权限”登记可以放行的人。",
        "2. 把公司现行的网点、型号、费用标准、远程费标准、故障代码、配件价格录入各表;"
        "可从原表复制,用“选择性粘贴—数值”贴入。",
        "3. “规则参数”已列出全部规则和默认值;公司规定不同的,只填参数值,或改启用、结论、严重度。",
        "4. 保存后核对单据。改了任何一处,再核对一次即按新内容计算。",
    )),
    ("二、填写规矩", (
        "1. " + REQUIRED_NOTE,
        "2. 编码、电话、条码、账号按文本录入,前面的0不会丢;日期写2026-03-05;金额单位元,两位小数。",
        "3. 标准变了不改旧行:旧行填失效日期,新标准另起一行填生效日期;首尾两日都算在内。",
        "4. 空白不等于0。查不到标准的单据判为“无法判断”,不会自动通过。",
        "5. 一格写多项时用顿号分开。列可以移动,右边可以加列,表头文字不要改。",
    )),
)  # fmt: skip


# --- pieces that every sheet is made of -----------------------------------------------------


def _width(item: Field) -> float:
    """Wide enough for its values, and for the header on two lines beside a filter button."""
    header = text_width(item.header)
    on_two_lines = header if header <= 6 else 2 * -(-header // 4)
    return max(WIDTHS.get(item.name, WIDTHS_BY_TYPE[item.type]), on_two_lines + 4)


class ChoiceLists:
    """The hidden sheet 选项: one column for each list of values, however many fields use it."""

    def __init__(self, book: Workbook) -> None:
        self._sheet = book.create_sheet(CHOICES_SHEET)
        self._sheet.sheet_state = "hidden"
        self._ranges: dict[tuple[str, ...], str] = {}

    def range_of(self, choices: Choices, title: str) -> str:
        """Where the values stand, as the source of a drop-down list."""
        values = choices.values
        if values not in self._ranges:
            column = len(self._ranges) + 1
            letter = get_column_letter(column)
            put(self._sheet, 1, column, title, "表头")
            self._sheet.column_dimensions[letter].width = 16
            for row, value in enumerate(values, start=2):
                put(self._sheet, row, column, value, "文本")
            last = len(values) + 1
            self._ranges[values] = f"{quote_sheetname(CHOICES_SHEET)}!${letter}$2:${letter}${last}"
        return self._ranges[values]


def _validation(item: Field, lists: ChoiceLists, strict: bool) -> DataValidation | None:
    """What may be typed under a header; ``None`` where anything may."""
    choices = choices_of(item)
    if choices:
        rule = DataValidation("list", formula1=lists.range_of(choices, item.header))
        rule.error = f"请从列表中选择:{'、'.join(choices.values)}"
    elif item.type in (Type.DATE, Type.MONTH):
        rule = DataValidation("date", operator="between", formula1=FIRST_DAY, formula2=LAST_DAY)
        rule.error = "请填2000年至2099年的日期,例如2026-03-05"
    elif item.type is Type.INT:
        rule = DataValidation("whole", operator="greaterThanOrEqual", formula1="0")
        rule.error = "请填0或正整数"
    elif item.type in (Type.MONEY, Type.KM, Type.DEC) and item.name not in MAY_BE_NEGATIVE:
        rule = DataValidation("decimal", operator="greaterThanOrEqual", formula1="0")
        rule.error = "请填0或正数,不带单位"
    else:
        return None
    rule.allow_blank = True
    rule.showErrorMessage = True
    rule.errorTitle = item.header
    rule.error = typeset(rule.error)
    rule.errorStyle = "stop" if strict else "warning"
    return rule


def _validate(sheet: Worksheet, spec: SheetSpec, lists: ChoiceLists, strict: bool) -> None:
    for column, item in enumerate(spec.fields, start=1):
        rule = _validation(item, lists, strict)
        if rule:
            letter = get_column_letter(column)
            rule.add(f"{letter}{FIRST_ROW}:{letter}{LAST_ROW}")
            sheet.add_data_validation(rule)


def _write_headers(sheet: Worksheet, spec: SheetSpec, filled_by_hand: bool = True) -> None:
    for column, item in enumerate(spec.fields, start=1):
        required = filled_by_hand and item.required
        put(sheet, HEADER_ROW, column, item.header, "表头_必填" if required else "表头")
        sheet.cell(HEADER_ROW, column).comment = header_comment(
            item, codes_reading(spec, item, all_rules())
        )
    sheet.row_dimensions[HEADER_ROW].height = 33


def _set_up_page(sheet: Worksheet, columns: int, titles: str) -> None:
    """A4, one page wide, headers on each page; the print area grows with the rows."""
    area = f"{quote_sheetname(sheet.title)}!$A:${get_column_letter(columns)}"
    sheet.defined_names["_xlnm.Print_Area"] = DefinedName("_xlnm.Print_Area", attr_text=area)
    sheet.print_title_rows = titles
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "landscape" if columns >= LANDSCAPE_FROM else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = FOOTER
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top, margins.bottom, margins.header, margins.footer = 0.5, 0.6, 0.3, 0.3
    sheet.sheet_format.defaultRowHeight = 18
    sheet.sheet_format.customHeight = True


# --- lists: masters, slip forms, history ----------------------------------------------------


def _format_column(sheet: Worksheet, column: int, item: Field) -> None:
    """What is pasted below the ruled rows keeps its format too."""
    style = STYLE_OF[item.type]
    dimension = sheet.column_dimensions[get_column_letter(column)]
    dimension.width = _width(item)
    dimension.number_format = NUMBER_FORMATS[style]
    dimension.alignment = cell_alignment(style)
    dimension.font = font()


def _write_list(book: Workbook, plan: ListSheet, lists: ChoiceLists, title: str) -> Worksheet:
    spec, columns = plan.spec, len(plan.spec.fields)
    sheet = book.create_sheet(spec.name)
    for column, item in enumerate(spec.fields, start=1):
        _format_column(sheet, column, item)
        for row in (TITLE_ROW, NOTE_ROW):
            put(sheet, row, column, None, "附注")
    put(sheet, TITLE_ROW, 1, title, "标题")
    sheet.cell(TITLE_ROW, 1).alignment = Alignment(horizontal="left", vertical="center")
    sheet.row_dimensions[TITLE_ROW].height = 30
    put(sheet, NOTE_ROW, 1, typeset(plan.note), "附注")
    _write_headers(sheet, spec)
    rows = [*plan.rows, *({},) * (plan.ruled_rows - len(plan.rows))]
    for row, values in enumerate(rows, start=FIRST_ROW):
        for column, item in enumerate(spec.fields, start=1):
            text = values.get(item.name)
            if text and item.name == "note":
                text = typeset(text)
            put(sheet, row, column, text or None, STYLE_OF[item.type])
    _validate(sheet, spec, lists, plan.strict)
    last = f"{get_column_letter(columns)}{FIRST_ROW + len(rows) - 1}"
    if plan.table:
        table = Table(displayName=f"tbl_{spec.name}", ref=f"A{HEADER_ROW}:{last}")
        table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
        sheet.add_table(table)
    else:
        sheet.auto_filter.ref = f"A{HEADER_ROW}:{last}"
    frozen = [item.name for item in spec.fields].index(plan.frozen) + 2
    sheet.freeze_panes = f"{get_column_letter(frozen)}{FIRST_ROW}"
    _set_up_page(sheet, columns, f"{HEADER_ROW}:{HEADER_ROW}")
    return sheet


def _write_how_to(book: Workbook, plans: Iterable[ListSheet]) -> None:
    sheet = book.create_sheet("填写说明")
    sheet.sheet_view.showGridLines = False
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 18, 84
    put(sheet, 1, 1, "基础资料填写说明", "标题")
    sheet.cell(1, 1).alignment = Alignment(horizontal="left", vertical="center")
    sheet.row_dimensions[1].height = 36
    row = 2
    for heading, lines in HOW_TO:
        row = _write_heading(sheet, row, heading)
        for line in lines:
            text = typeset(line)
            merge(sheet, row, 1, 2)
            cell = sheet.cell(row, 1, text)
            cell.font, cell.alignment = font(), Alignment(vertical="center", wrap_text=True)
            sheet.row_dimensions[row].height = 20 * -(-text_width(text) // 98)
            row += 1
    row = _write_heading(sheet, row, "三、各表用途")
    for plan in plans:
        put(sheet, row, 1, plan.spec.name, "文本")
        sheet.cell(row, 1).hyperlink = Hyperlink(
            ref=f"A{row}", location=f"{quote_sheetname(plan.spec.name)}!A1"
        )
        sheet.cell(row, 1).font = font("0B4FA8")
        put(sheet, row, 2, typeset(plan.note), "文本")
        row += 1
    _set_up_page(sheet, 2, "1:1")


def _write_heading(sheet: Worksheet, row: int, text: str) -> int:
    sheet.cell(row, 1, text).font = font(size=12, bold=True)
    sheet.row_dimensions[row].height = 30
    sheet.cell(row, 1).alignment = Alignment(vertical="center")
    return row + 1


# --- reports --------------------------------------------------------------------------------

SIGNATURES = ("制表:", "审核:", "批准:", "日期:")

MONTH_FORMAT = '"业务月:"@'  # the label is the format's, so that the value stays a value
QUARTER_FORMAT = '"季度:"@'
BLANK_MONTH, BLANK_QUARTER = "    年  月", "    年  季度"
DATE_FORMAT = '"制表日期:"yyyy-mm-dd;;;"制表日期:"@'
WORDS_FORMAT = '"人民币大写:"@'
PARAMETERS_FORMAT = '"与默认值不同的参数:"@'


def _write_report(book: Workbook, layout: Layout, lists: ChoiceLists) -> None:
    """Title, period, a list that grows, words, signatures, parameters; then the annexes."""
    sheet, printed = _write_region(book, layout, lists)
    _write_title(book, sheet, layout, printed, BLANK_QUARTER if layout.quarterly else BLANK_MONTH)
    _write_report_head(book, sheet, layout, printed)
    _write_report_foot(book, sheet, layout, printed, FIRST_ROW + 2)
    for annex in layout.annexes:
        sheet, printed = _write_region(book, annex, lists)
        _write_title(book, sheet, annex, printed, BLANK_MONTH)
        _write_unit(sheet, annex, (1, printed))


def _write_region(book: Workbook, region: Region, lists: ChoiceLists) -> tuple[Worksheet, int]:
    """A sheet with headers, one row to grow and totals, and how many of its columns are printed."""
    spec = region.sheet
    names = [item.name for item in spec.fields]
    columns = len(names)
    printed = names.index(region.print_until) + 1 if region.print_until else columns
    sheet = book.create_sheet(spec.name)
    sheet.sheet_view.showGridLines = False
    for column, name in enumerate(names, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = region.widths[name]
    _write_headers(sheet, spec, filled_by_hand=False)

    total_row = FIRST_ROW + 1
    here = {n: f"{get_column_letter(c)}{FIRST_ROW}" for c, n in enumerate(names, start=1)}
    down = {name: f"{cell}:{cell}" for name, cell in here.items()}
    for column, item in enumerate(spec.fields, start=1):
        formula = region.row_formulas.get(item.name)
        value = f"={formula.format_map(here)}" if formula else None
        put(sheet, FIRST_ROW, column, value, STYLE_OF[item.type])
        if item.name in region.wrapped:
            cell = sheet.cell(FIRST_ROW, column)
            cell.alignment = Alignment(vertical="center", wrap_text=True)
        formula = region.total_formulas.get(item.name)
        value = f"={formula.format_map(down)}" if formula else None
        put(sheet, total_row, column, value, "合计")
        if item.type is not Type.MONEY:
            sheet.cell(total_row, column).number_format = NUMBER_FORMATS["整数"]
    sheet.cell(total_row, 1).value = "合计"
    sheet.cell(total_row, 1).alignment = Alignment(horizontal="center", vertical="center")
    sheet.row_dimensions[FIRST_ROW].height = sheet.row_dimensions[total_row].height = 20
    name_place(book, region.place(FIRST_NAME), sheet, absolute(FIRST_ROW, 1, columns))
    name_place(book, region.place(TOTAL_NAME), sheet, absolute(total_row, 1, columns))
    _validate(sheet, spec, lists, strict=False)
    sheet.auto_filter.ref = f"A{HEADER_ROW}:{get_column_letter(columns)}{FIRST_ROW}"
    frozen = names.index(region.frozen) + 2
    sheet.freeze_panes = f"{get_column_letter(frozen)}{FIRST_ROW}"
    _set_up_page(sheet, printed, f"{TITLE_ROW}:{HEADER_ROW}")
    sheet.print_options.horizontalCentered = True
    return sheet, printed


def _write_log(book: Workbook, spec: SheetSpec, widths: Mapping[str, float], time: str) -> None:
    """A list that grows from the top row down, blank; its dates carry the time of day."""
    sheet = book.create_sheet(spec.name)
    for column, item in enumerate(spec.fields, start=1):
        put(sheet, 1, column, item.header, "表头")
        dimension = sheet.column_dimensions[get_column_letter(column)]
        dimension.width = widths[item.name]
        dimension.number_format = (
            time if item.type is Type.DATE else NUMBER_FORMATS[STYLE_OF[item.type]]
        )
    sheet.freeze_panes = "A2"
    _set_up_page(sheet, len(spec.fields), "1:1")


def _zones(sheet: Worksheet, columns: int, count: int) -> list[tuple[int, int]]:
    """The columns in ``count`` runs of about equal width."""
    widths = [sheet.column_dimensions[get_column_letter(c)].width for c in range(1, columns + 1)]
    starts: list[int] = []
    so_far = 0.0
    for column, width in enumerate(widths, start=1):
        if so_far >= sum(widths) * len(starts) / count:
            starts.append(column)
        so_far += width
    return list(zip(starts, [*(s - 1 for s in starts[1:]), columns], strict=True))


def _write_title(
    book: Workbook, sheet: Worksheet, region: Region, printed: int, blank_period: str
) -> None:
    put(sheet, TITLE_ROW, 1, region.heading(blank_period), "标题")
    merge(sheet, TITLE_ROW, 1, printed)
    sheet.row_dimensions[TITLE_ROW].height = 34
    name_place(book, region.place(TITLE_NAME), sheet, absolute(TITLE_ROW, 1))


def _write_report_head(book: Workbook, sheet: Worksheet, layout: Layout, printed: int) -> None:
    period, date, unit = _zones(sheet, printed, 3)
    if layout.quarterly:
        write_line(sheet, NOTE_ROW, period, BLANK_QUARTER, QUARTER_FORMAT)
    else:
        write_line(sheet, NOTE_ROW, period, BLANK_MONTH, MONTH_FORMAT)
    write_line(sheet, NOTE_ROW, date, "    年  月  日", DATE_FORMAT, "center")
    _write_unit(sheet, layout, unit)
    name_place(book, "业务月", sheet, absolute(NOTE_ROW, period[0]))
    name_place(book, "制表日期", sheet, absolute(NOTE_ROW, date[0]))


def _write_unit(sheet: Worksheet, region: Region, zone: tuple[int, int]) -> None:
    money = any(item.type is Type.MONEY for item in region.sheet.fields)
    write_line(sheet, NOTE_ROW, zone, typeset("单位:元") if money else None, "@", "right")
    sheet.row_dimensions[NOTE_ROW].height = 22


def _write_report_foot(
    book: Workbook, sheet: Worksheet, layout: Layout, printed: int, row: int
) -> None:
    whole = (1, printed)
    if layout.words_of:
        write_line(sheet, row, whole, "零元整", WORDS_FORMAT)
        sheet.row_dimensions[row].height = 24
        name_place(book, "大写", sheet, absolute(row, 1))
        row += 1
    for zone, label in zip(_zones(sheet, printed, 4), SIGNATURES, strict=True):
        write_line(sheet, row, zone, typeset(label), "@")
    sheet.row_dimensions[row].height = 34
    name_place(book, "签字区", sheet, absolute(row, *whole))
    row += 1
    write_line(sheet, row, whole, None, PARAMETERS_FORMAT, size=9)
    name_place(book, "页脚参数", sheet, absolute(row, 1))


# --- workbooks ------------------------------------------------------------------------------


def _finish(book: Workbook) -> Workbook:
    """The lists go last and out of sight; the first sheet is what opens."""
    lists = book[CHOICES_SHEET]
    book.move_sheet(lists, len(book.worksheets))
    book.active = 0
    return book


def masters_book(parameters: Sequence[ParameterRow]) -> Workbook:
    """基础资料.xlsx."""
    rows = {
        catalogue.SETTINGS.name: [
            dict(zip(("setting", "value", "note"), row, strict=True)) for row in SETTINGS
        ],
        catalogue.PARAMETERS.name: [row.cells() for row in parameters],
    }
    book = new_book("基础资料")
    lists = ChoiceLists(book)
    _write_how_to(book, MASTERS)
    for plan in MASTERS:
        plan = replace(plan, rows=rows.get(plan.spec.name, ()))
        sheet = _write_list(book, plan, lists, plan.spec.name)
        if plan.spec is catalogue.PARAMETERS:
            _guide_parameters(sheet, plan.spec, parameters, lists)
    return _finish(book)


RULES_ONLY = ("enabled", "verdict", "severity")
PARAMETERS_ONLY = ("parameter", "value", "default", "unit", "options")


def _guide_parameters(
    sheet: Worksheet, spec: SheetSpec, parameters: Sequence[ParameterRow], lists: ChoiceLists
) -> None:
    """Grey where a line has nothing to say, and a list where only a few values are possible.

    The list warns and does not stop, since 核对基准日 also takes a date.
    """
    column = {item.name: i for i, item in enumerate(spec.fields, start=1)}
    for row, line in enumerate(parameters, start=FIRST_ROW):
        for name in RULES_ONLY if line.parameter else PARAMETERS_ONLY:
            sheet.cell(row, column[name]).style = "不适用"
        lines = 1
        for name in ("default", "note"):
            cell = sheet.cell(row, column[name])
            cell.alignment = Alignment(vertical="center", wrap_text=True)
            lines = max(lines, -(-text_width(str(cell.value or "")) // (WIDTHS[name] - 2)))
        sheet.row_dimensions[row].height = 18 + 14 * (lines - 1)
        if line.options:
            source = lists.range_of(Choices(line.options), line.parameter)
            rule = DataValidation("list", formula1=source, allow_blank=True, errorStyle="warning")
            rule.add(sheet.cell(row, column["value"]).coordinate)
            sheet.add_data_validation(rule)


def list_book(plan: ListSheet, title: str) -> Workbook:
    """A workbook of one list: 安装单, 维修单, 结算历史."""
    book = new_book(title)
    _write_list(book, plan, ChoiceLists(book), title)
    return _finish(book)


def report_book(layout: Layout) -> Workbook:
    """A report of workbooks.md §8, blank."""
    book = new_book(layout.heading(""))
    _write_report(book, layout, ChoiceLists(book))
    return _finish(book)


INSTALL = ListSheet(catalogue.INSTALL, ENTRY_NOTE, "slip_no", table=False, ruled_rows=RULED_ROWS)
REPAIR = ListSheet(catalogue.REPAIR, ENTRY_NOTE, "slip_no", table=False, ruled_rows=RULED_ROWS)
HISTORY = ListSheet(
    catalogue.HISTORY, "月结时自动写入,用于查重和三包判定;一般不用手工修改。", "slip_no",
    table=False,
)  # fmt: skip


def deposit_statement_book() -> Workbook:
    """The statement of all agents with the list of what each refresh has changed."""
    book = new_book(deposit_statement.LAYOUT.title)
    _write_report(book, deposit_statement.LAYOUT, ChoiceLists(book))
    _write_log(
        book,
        deposit_statement.CHANGES,
        deposit_statement.CHANGES_WIDTHS,
        deposit_statement.TIME_FORMAT,
    )
    return _finish(book)


LEDGER_NOTE = REQUIRED_NOTE + "编码、单号按文本录入;日期写2026-03-05;金额单位元。"
LEDGERS = (
    ListSheet(
        ledgers.PARTS_LEDGER,
        LEDGER_NOTE + "录错的行不要改,另写一行红冲。",
        "entry_no", table=False, ruled_rows=RULED_ROWS,
    ),
    ListSheet(
        ledgers.RETURNS, LEDGER_NOTE + "旧件与没用过的新件不得混记。",
        "return_no", table=False, ruled_rows=RULED_ROWS,
    ),
    ListSheet(
        ledgers.DEPOSIT_LEDGER,
        LEDGER_NOTE + "首月期初余额写一行收取,依据单号写“期初”;录错的行另写一行红冲,金额为负。",
        "entry_no", table=False, ruled_rows=RULED_ROWS,
    ),
)  # fmt: skip
REPORTS = (
    summary.LAYOUT,
    callback.LAYOUT,
    deposit_statement.LAYOUT,
    parts_statement.LAYOUT,
    charges.LAYOUT,
    account_issues.LAYOUT,
)

BOOKS: Mapping[str, Callable[[], Workbook]] = {
    "基础资料.xlsx": lambda: masters_book(parameter_rows()),
    "安装单.xlsx": lambda: list_book(INSTALL, "安装单"),
    "维修单.xlsx": lambda: list_book(REPAIR, "维修单"),
    "结算历史.xlsx": lambda: list_book(HISTORY, "结算历史"),
    **{f"{plan.spec.name}.xlsx": partial(list_book, plan, plan.spec.name) for plan in LEDGERS},
    **{f"{layout.name}.xlsx": partial(report_book, layout) for layout in REPORTS},
    f"{deposit_statement.LAYOUT.name}.xlsx": deposit_statement_book,
    f"{agent_statement.TEMPLATE}.xlsx": agent_statement_book,
    f"{dashboard.NAME}.xlsx": dashboard_book,
}


def pack(book: Workbook) -> bytes:
    """The workbook as a file whose bytes depend on nothing but its contents."""
    draft = io.BytesIO()
    with zipfile.ZipFile(draft, "w") as target:
        ExcelWriter(book, target).save()
    with zipfile.ZipFile(draft) as source:
        return archive.pack({name: source.read(name) for name in source.namelist()})


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, build in BOOKS.items():
        (FOLDER / name).write_bytes(pack(build()))


if __name__ == "__main__":
    main()
