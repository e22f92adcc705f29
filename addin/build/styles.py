"""The look of the company's workbooks: named cell styles, one format per type of field."""

from __future__ import annotations

from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils.indexed_list import IndexedList
from openpyxl.workbook import Workbook

from addin.tables.fields import Type
from addin.tables.look import INK, SHADE, VERDICT_COLOURS
from addin.tables.look import NUMBER_FORMATS as BY_TYPE

FONT = "微软雅黑"  # on every Chinese Windows and in Office for Mac
SIZE = 10
REQUIRED, RULE, TOTAL = "A61C00", "9AA7B8", "F3F5F8"

HORIZONTAL = {"文本": "left", "日期": "center", "月份": "center", "选项": "center"}

STYLE_OF = {
    Type.TEXT: "文本",
    Type.CODE: "文本",
    Type.BARCODES: "文本",
    Type.PHONE: "文本",
    Type.DATE: "日期",
    Type.MONTH: "月份",
    Type.MONEY: "金额",
    Type.INT: "整数",
    Type.DEC: "小数",
    Type.KM: "里程",
    Type.ENUM: "选项",
    Type.BOOL: "选项",
}
NUMBER_FORMATS = {style: BY_TYPE[kind] for kind, style in STYLE_OF.items()}

_THIN = Side(style="thin", color=RULE)
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_TOTAL_BOX = Border(left=_THIN, right=_THIN, top=Side(style="medium", color=RULE), bottom=_THIN)


def font(color: str = INK, size: int = SIZE, bold: bool = False, italic: bool = False) -> Font:
    return Font(name=FONT, sz=size, b=bold, i=italic, color=color, family=2, charset=134)


def cell_alignment(style: str) -> Alignment:
    return Alignment(horizontal=HORIZONTAL.get(style), vertical="center")


def _solid(color: str | None) -> PatternFill:
    return PatternFill("solid", fgColor=color) if color else PatternFill()


def _named_styles() -> list[NamedStyle]:
    centred = Alignment(horizontal="center", vertical="center", wrap_text=True)
    return [
        NamedStyle(
            "标题",
            font=font(size=16, bold=True),
            alignment=Alignment(horizontal="center", vertical="center"),
        ),
        NamedStyle("表头", font(bold=True), _solid(SHADE), _BOX, centred),
        NamedStyle("表头_必填", font(REQUIRED, bold=True), _solid(SHADE), _BOX, centred),
        NamedStyle(
            "合计",
            font(bold=True),
            _solid(TOTAL),
            _TOTAL_BOX,
            Alignment(vertical="center"),
            NUMBER_FORMATS["金额"],
        ),
        NamedStyle("不适用", font(), _solid(TOTAL), _BOX, cell_alignment("选项"), "@"),
        NamedStyle("附注", font("4A5568", 9), alignment=Alignment(vertical="center")),
        *(
            NamedStyle(
                name, font(), border=_BOX, alignment=cell_alignment(name), number_format=number
            )
            for name, number in NUMBER_FORMATS.items()
        ),
        *(
            NamedStyle(
                f"结论_{verdict}",
                font(ink, bold=bold),
                _solid(fill),
                _BOX,
                Alignment(vertical="center"),
            )
            for verdict, (fill, ink, bold) in VERDICT_COLOURS.items()
        ),
    ]


def add_styles(book: Workbook) -> None:
    """Give ``book`` the company font and every named style, used yet or not."""
    plain = Font(name=FONT, sz=SIZE, family=2, charset=134)
    book._fonts = IndexedList([plain])  # openpyxl has no public door to the default font
    book._named_styles["Normal"].font = plain
    for style in _named_styles():
        book.add_named_style(style)
