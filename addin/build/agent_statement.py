"""Makes ``templates/代理商对账单.xlsx``: one agent's account on two or three sheets of A4."""

from __future__ import annotations

from openpyxl.styles import Alignment, Border, Side
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

from addin.build.notes import typeset
from addin.build.paper import absolute, merge, name_place, new_book, put, write_line
from addin.build.styles import STYLE_OF, font
from addin.reports.agent_statement import (
    BALANCE_ROWS,
    COLUMNS,
    MOVEMENTS,
    PARTS,
    TEMPLATE,
    TITLE,
    WIDTHS,
    Block,
)
from addin.tables.fields import Type
from addin.tables.ledgers import DEPOSIT_STATEMENT
from addin.tables.look import FOOTER, text_width

WHOLE = (1, COLUMNS)
LEFT, MIDDLE, RIGHT = (1, 2), (3, 6), (7, COLUMNS)
PAIRS = (((1, 1), (2, 2)), ((3, 3), (4, 6)), ((7, 9), (10, 12)))
"""Columns of label and amount, three times in a row of block 一."""

DAY = '"{}"yyyy-mm-dd;;;"{}"@'
MONTH, SENT, BACK_BY = '"业务月:"@', "发出日期:", "回签期限:"
AGENT, PROVINCE = '"代理商:"@', '"省份:"@'
SEND_BACK = '"请核对后盖章,于"yyyy"年"m"月"d"日前寄回(回签):";;;@'
PARAMETERS = '"与默认值不同的参数:"@'

TICKS = "□ 核对无误    □ 有差异:代理商余额____________元"
DIFFERENCE = "差异说明:" + "_" * 74
SEALS = ("代理商(盖章):", "经办人(签字):", "日期:    年  月  日")
OURS = ("制表:", "审核:", "公司(盖章):")

THIN = Side(style="thin", color="000000")  # a fax loses a grey line
BOX = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
CODE_FITS = Alignment(horizontal="left", vertical="center", indent=1, shrink_to_fit=True)
NUMBER_FITS = Alignment(horizontal="right", vertical="center", shrink_to_fit=True)
FITS = {
    Type.TEXT: Alignment(horizontal="left", vertical="center", indent=1, wrap_text=True),
    Type.CODE: CODE_FITS,
    Type.INT: NUMBER_FITS,
    Type.MONEY: NUMBER_FITS,
}
"""A long name goes on the next line, a long number is printed smaller: none is cut off or ####."""


def agent_statement_book() -> Workbook:
    """The blank statement; its places carry the names that the fill looks for.

    The seal goes on the first page, under the balance that it confirms; the lists follow.
    """
    book = new_book(TITLE)
    sheet = book.create_sheet(TEMPLATE)
    sheet.sheet_view.showGridLines = False
    for column, width in enumerate(WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    row = _head(book, sheet)
    row = _balance(book, sheet, row)
    row = _notes(book, sheet, row)
    row = _countersign(book, sheet, row)
    row = _block(book, sheet, row, MOVEMENTS)
    _block(book, sheet, row, PARTS)
    _page(sheet, f"{row}:{row + 1}")
    return book


def _head(book: Workbook, sheet: Worksheet) -> int:
    put(sheet, 1, 1, None, "标题")
    sheet.cell(1, 1).font = font(size=12)
    put(sheet, 2, 1, TITLE, "标题")
    for row, height in ((1, 22), (2, 30)):
        merge(sheet, row, *WHOLE)
        sheet.row_dimensions[row].height = height
    write_line(sheet, 3, (1, 6), None, AGENT)
    write_line(sheet, 3, RIGHT, None, PROVINCE)
    write_line(sheet, 4, (1, 1), None, MONTH)
    write_line(sheet, 4, (2, 3), None, DAY.format(SENT, SENT))
    write_line(sheet, 4, (4, 9), None, DAY.format(BACK_BY, BACK_BY))
    write_line(sheet, 4, (10, COLUMNS), typeset("单位:元"), "@", "right")
    sheet.cell(3, 1).font = font(size=11, bold=True)
    for row in (3, 4):
        sheet.row_dimensions[row].height = 20
    places = {"公司名称": (1, 1), "标题": (2, 1), "代理商": (3, 1), "省份": (3, RIGHT[0])}
    places |= {"业务月": (4, 1), "发出日期": (4, 2), "回签期限": (4, 4)}
    for name, place in places.items():
        name_place(book, name, sheet, absolute(*place))
    return 5


def _section(sheet: Worksheet, row: int, title: str) -> int:
    write_line(sheet, row, WHOLE, typeset(title), "@")
    sheet.cell(row, 1).font = font(size=11, bold=True)
    sheet.cell(row, 1).alignment = Alignment(vertical="center")
    sheet.row_dimensions[row].height = 24
    return row + 1


def _boxed(sheet: Worksheet, row: int, zone: tuple[int, int], value: object, style: str) -> None:
    """A value in one cell or in several merged ones, with a line all around."""
    for column in range(zone[0], zone[1] + 1):
        put(sheet, row, column, value if column == zone[0] else None, style)
        sheet.cell(row, column).border = BOX
    if zone[1] > zone[0]:
        merge(sheet, row, *zone)


def _balance(book: Workbook, sheet: Worksheet, row: int) -> int:
    row = _section(sheet, row, "一、押金余额")
    for names in BALANCE_ROWS:
        sheet.row_dimensions[row].height = 20
        for name, (label, amount) in zip(names, PAIRS, strict=False):
            header = DEPOSIT_STATEMENT[name].header
            _boxed(sheet, row, label, header, "表头")
            _boxed(sheet, row, amount, None, "金额")
            sheet.cell(row, amount[0]).alignment = NUMBER_FITS
            if len(names) == 1:
                sheet.cell(row, amount[0]).font = font(bold=True)
            name_place(book, header, sheet, absolute(row, amount[0]))
        if names == ("closing",):
            _boxed(sheet, row, PAIRS[1][0], "人民币大写", "表头")
            _boxed(sheet, row, (PAIRS[1][1][0], COLUMNS), None, "文本")
            sheet.cell(row, PAIRS[1][1][0]).alignment = CODE_FITS
            name_place(book, "大写", sheet, absolute(row, PAIRS[1][1][0]))
        if names == ("available",):
            _boxed(sheet, row, (PAIRS[1][0][0], COLUMNS), None, "文本")
            sheet.cell(row, PAIRS[1][0][0]).alignment = CODE_FITS
            name_place(book, "可用算法", sheet, absolute(row, PAIRS[1][0][0]))
        row += 1
    return row


def _on_two_lines(header: str, zone: tuple[int, int]) -> str:
    """Four characters over a column that has room for two."""
    half = len(header) // 2
    narrow = sum(WIDTHS[zone[0] - 1 : zone[1]]) < text_width(header) + 2
    return f"{header[:half]}\n{header[half:]}" if narrow else header


def _block(book: Workbook, sheet: Worksheet, row: int, block: Block) -> int:
    """Section title, headers, one row to grow, totals."""
    header = _section(sheet, row, block.title)
    first, total = header + 1, header + 2
    for item, start, stop in block.zones:
        zone = start + 1, stop
        _boxed(sheet, header, zone, _on_two_lines(item.header, zone), "表头")
        _boxed(sheet, first, zone, None, STYLE_OF[item.type])
        if item.type in FITS:
            sheet.cell(first, zone[0]).alignment = FITS[item.type]
        here = f"{get_column_letter(zone[0])}{first}"
        sum_of = f"=SUM({here}:{here})" if item.name in block.summed else None
        _boxed(sheet, total, zone, sum_of, "合计")
        sheet.cell(total, zone[0]).alignment = NUMBER_FITS
        if item.type is Type.INT:
            sheet.cell(total, zone[0]).number_format = "#,##0"
    sheet.cell(total, 1).value = "合计"
    sheet.cell(total, 1).alignment = Alignment(horizontal="center", vertical="center")
    sheet.row_dimensions[header].height = 30 if block is PARTS else 20
    name_place(book, block.first, sheet, absolute(first, *WHOLE))
    name_place(book, block.total, sheet, absolute(total, *WHOLE))
    return total + 1


def _notes(book: Workbook, sheet: Worksheet, row: int) -> int:
    row = _section(sheet, row, "说明")
    write_line(sheet, row, WHOLE, None, "@")
    sheet.cell(row, 1).alignment = Alignment(vertical="center", wrap_text=True)
    name_place(book, "说明首行", sheet, absolute(row, *WHOLE))
    return row + 1


def _countersign(book: Workbook, sheet: Worksheet, row: int) -> int:
    """The box that the agent ticks and seals, and our own line under it."""
    first = row + 1
    sheet.row_dimensions[row].height = 8
    for place, (text, number_format) in enumerate(
        ((None, SEND_BACK), (typeset(TICKS), "@"), (typeset(DIFFERENCE), "@"))
    ):
        write_line(sheet, first + place, WHOLE, text, number_format)
        sheet.cell(first + place, 1).alignment = Alignment(
            horizontal="left", vertical="center", indent=1
        )
    sheet.cell(first, 1).font = font(size=11, bold=True)
    for zone, text in zip(((1, 3), (4, 9), (10, COLUMNS)), SEALS, strict=True):
        write_line(sheet, first + 3, zone, typeset(text), "@")
        sheet.cell(first + 3, zone[0]).alignment = Alignment(
            horizontal="left", vertical="center", indent=1
        )
    for place, height in enumerate((26, 26, 26, 46)):
        sheet.row_dimensions[first + place].height = height
    _frame(sheet, first, first + 3)
    name_place(book, "寄回期限", sheet, absolute(first, 1))
    name_place(book, "签字区", sheet, f"$A${first}:${get_column_letter(COLUMNS)}${first + 3}")
    ours = first + 4
    for zone, text in zip((LEFT, MIDDLE, RIGHT), OURS, strict=True):
        write_line(sheet, ours, zone, typeset(text), "@")
    sheet.row_dimensions[ours].height = 34
    write_line(sheet, ours + 1, WHOLE, None, PARAMETERS, size=9)
    name_place(book, "页脚参数", sheet, absolute(ours + 1, 1))
    return ours + 2


def _frame(sheet: Worksheet, top: int, bottom: int) -> None:
    """A medium line around the rows, over all columns."""
    strong = Side(style="medium", color="000000")
    for row in range(top, bottom + 1):
        for column in range(1, COLUMNS + 1):
            sheet.cell(row, column).border = Border(
                left=strong if column == 1 else None,
                right=strong if column == COLUMNS else None,
                top=strong if row == top else None,
                bottom=strong if row == bottom else None,
            )


def _page(sheet: Worksheet, titles: str) -> None:
    """A4 upright, black on white as a fax is. A page says by its file's name whose it is.

    ``titles`` is the head of the long list at the end: Excel repeats it on the pages after it.
    """
    area = f"{quote_sheetname(sheet.title)}!$A:${get_column_letter(COLUMNS)}"
    sheet.defined_names["_xlnm.Print_Area"] = DefinedName("_xlnm.Print_Area", attr_text=area)
    sheet.print_title_rows = titles
    setup = sheet.page_setup
    setup.paperSize, setup.orientation = sheet.PAPERSIZE_A4, "portrait"
    setup.fitToWidth, setup.fitToHeight = 1, 0
    setup.blackAndWhite = True
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddHeader.right.text, sheet.oddHeader.right.size = "&F", 8
    sheet.oddFooter.center.text = FOOTER
    margins = sheet.page_margins
    margins.left = margins.right = 0.5
    margins.top, margins.bottom, margins.header, margins.footer = 0.6, 0.6, 0.3, 0.3
    sheet.print_options.horizontalCentered = True
    sheet.sheet_format.defaultRowHeight = 18
    sheet.sheet_format.customHeight = True
