"""Makes ``templates/押金看板.xlsx``: four native charts above the cells that they read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.chart.data_source import AxDataSource, StrRef
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.layout import Layout as Placed
from openpyxl.chart.layout import ManualLayout
from openpyxl.chart.marker import Marker
from openpyxl.chart.series import Series, SeriesLabel
from openpyxl.chart.series_factory import SeriesFactory
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.drawing.text import (
    CharacterProperties,
    Font,
    Paragraph,
    ParagraphProperties,
    RegularTextRun,
)
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from addin.build.notes import typeset
from addin.build.paper import absolute, merge, name_place, new_book, put, write_line
from addin.build.styles import FONT, STYLE_OF, font
from addin.reports.dashboard import AGES, BLOCKS, NAME, PROVINCES, SHORT, TREND, Block
from addin.tables.fields import Type
from addin.tables.look import FOOTER, INK


class Area(NamedTuple):
    """Cells, counted from 1."""

    top: int
    left: int
    bottom: int
    right: int


COLUMNS = 8
WIDTHS = (30, 15, 15, 15, 19, 19, 19, 19)
WHOLE = (1, COLUMNS)

ROW_HEIGHT = 18  # points
CHARTS = {
    PROVINCES.name: Area(3, 1, 11, 4),
    AGES.name: Area(12, 1, 20, 4),
    SHORT.name: Area(3, 5, 20, 8),  # tall: twenty names
    TREND.name: Area(21, 1, 28, 8),
}
"""The cells that each chart covers, so that it is as wide as its columns in every font."""
BLOCKS_FROM = 30

BLUE, RED, OCHRE, GREEN = "2F5D8C", "A61C00", "9A6700", "2E7D32"
GRID = "D5DCE6"
GAP = 72_000  # EMU, 2 mm above and left of a chart

MONTH_FORMAT = '"业务月:"@'
DATE_FORMAT = '"制表日期:"yyyy-mm-dd;;;"制表日期:"@'
PARAMETERS_FORMAT = '"与默认值不同的参数:"@'


def dashboard_book() -> Workbook:
    """The blank 看板: title, charts, and under them the blocks with their names."""
    book = new_book(NAME)
    sheet = book.create_sheet(NAME)
    sheet.sheet_view.showGridLines = False
    for column, width in enumerate(WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.sheet_format.defaultRowHeight = ROW_HEIGHT
    sheet.sheet_format.customHeight = True
    _head(book, sheet)
    first = {}
    row = BLOCKS_FROM
    for block in BLOCKS:
        first[block.name] = row + 2
        row = _block(book, sheet, row, block)
    write_line(sheet, row, WHOLE, None, PARAMETERS_FORMAT, size=9)
    name_place(book, "页脚参数", sheet, absolute(row, 1))
    _charts(sheet, first)
    whole_pages = (PROVINCES, SHORT, AGES)  # the trend goes with the ages
    _page(sheet, [first[block.name] - 2 for block in whole_pages])
    return book


def _head(book: Workbook, sheet: Worksheet) -> None:
    put(sheet, 1, 1, NAME, "标题")
    merge(sheet, 1, *WHOLE)
    sheet.row_dimensions[1].height = 34
    write_line(sheet, 2, (1, 2), "    年  月", MONTH_FORMAT)
    write_line(sheet, 2, (3, 6), "    年  月  日", DATE_FORMAT, "center")
    write_line(sheet, 2, (7, COLUMNS), typeset("单位:元"), "@", "right")
    sheet.row_dimensions[2].height = 22
    for name, place in {"标题": (1, 1), "业务月": (2, 1), "制表日期": (2, 3)}.items():
        name_place(book, name, sheet, absolute(*place))


def _block(book: Workbook, sheet: Worksheet, row: int, block: Block) -> int:
    """Title, headers, all rows of the block, 合计 where there is one, remark, an empty row."""
    fields = block.sheet.fields
    write_line(sheet, row, WHOLE, block.name, "@")
    sheet.cell(row, 1).font = font(size=11, bold=True)
    sheet.row_dimensions[row].height = 24
    first = row + 2
    last = first + block.room - 1
    for column, item in enumerate(fields, start=1):
        put(sheet, row + 1, column, item.header, "表头")
        for line in range(first, last + 1):
            put(sheet, line, column, None, STYLE_OF[item.type])
            if item.type is Type.TEXT:
                sheet.cell(line, column).alignment = Alignment(
                    horizontal="left", vertical="center", indent=1, shrink_to_fit=True
                )
    letter = get_column_letter(len(fields))
    name_place(book, block.name, sheet, f"$A${first}:${letter}${last}")
    row = last + 1
    if block.summed:
        for column, item in enumerate(fields, start=1):
            here = get_column_letter(column)
            total = f"=SUM({here}{first}:{here}{last})" if item.name in block.summed else None
            put(sheet, row, column, total, "合计")
            if item.type is Type.INT:
                sheet.cell(row, column).number_format = "#,##0"
        sheet.cell(row, 1).value = "合计"
        sheet.cell(row, 1).alignment = Alignment(horizontal="center", vertical="center")
        row += 1
    write_line(sheet, row, WHOLE, None, "@", size=9)
    sheet.cell(row, 1).alignment = Alignment(vertical="top", wrap_text=True)
    sheet.row_dimensions[row].height = 30
    name_place(book, block.note, sheet, absolute(row, 1))
    return row + 1


# --- charts ---------------------------------------------------------------------------------


def _charts(sheet: Worksheet, first: dict[str, int]) -> None:
    charts = {
        PROVINCES.name: _bars(sheet, PROVINCES, first, "closing", "各省期末余额(元)", BLUE),
        SHORT.name: _bars(
            sheet, SHORT, first, "short", "可用押金不足的前20户(元)", RED, lying=True
        ),
        AGES.name: _bars(sheet, AGES, first, "units", "逾期未返旧件账龄(件)", OCHRE),
        TREND.name: _lines(sheet, first),
    }
    for name, chart in charts.items():
        chart.anchor = _over(CHARTS[name])
        sheet.add_chart(chart)


def _over(area: Area) -> TwoCellAnchor:
    anchor = TwoCellAnchor(editAs="twoCell")
    anchor._from = AnchorMarker(col=area.left - 1, row=area.top - 1, colOff=GAP, rowOff=GAP)
    anchor.to = AnchorMarker(col=area.right, row=area.bottom)
    return anchor


def _bars(
    sheet: Worksheet,
    block: Block,
    first: dict[str, int],
    column: str,
    title: str,
    color: str,
    *,
    lying: bool = False,
) -> BarChart:
    """One series in one colour; no legend, since the title says what it is.

    Standing bars of amounts carry no figures: they would lie over each other.
    """
    chart = BarChart()
    chart.type, chart.gapWidth, chart.legend = ("bar" if lying else "col"), 50, None
    bars = _series(sheet, block, first, column)
    bars.graphicalProperties = GraphicalProperties(solidFill=color)
    bars.invertIfNegative = False
    chart.series.append(bars)
    if lying or block is AGES:
        chart.dataLabels = DataLabelList(
            showVal=True, showSerName=False, showCatName=False, showLegendKey=False,
            showPercent=False, showBubbleSize=False, txPr=_text(800),
        )  # fmt: skip
    if lying:
        chart.x_axis.scaling.orientation = "maxMin"  # the first row on top
        chart.y_axis.crosses = "max"  # so that the scale stays below
    chart.x_axis.tickLblSkip = 1
    return _finished(chart, title)


def _lines(sheet: Worksheet, first: dict[str, int]) -> LineChart:
    chart = LineChart()
    for column, color, dash in (
        ("closing", BLUE, "solid"), ("used", OCHRE, "dash"), ("available", GREEN, "sysDot"),
    ):  # fmt: skip
        line = _series(sheet, TREND, first, column)
        line.graphicalProperties = GraphicalProperties(
            ln=LineProperties(solidFill=color, prstDash=dash, w=25400)
        )
        line.marker = Marker(
            "circle", 5, GraphicalProperties(solidFill=color, ln=LineProperties(solidFill=color))
        )
        line.smooth = False
        chart.series.append(line)
    chart.legend.position, chart.legend.txPr = "b", _text(900)
    return _finished(chart, "近12月押金趋势(元)")


def _series(sheet: Worksheet, block: Block, first: dict[str, int], name: str) -> Series:
    """A column of the block, named by its header, over the block's labels."""
    column = [item.name for item in block.sheet.fields].index(name) + 1
    top = first[block.name]
    rows = {"min_row": top, "max_row": top + block.room - 1}
    series = SeriesFactory(Reference(sheet, min_col=column, **rows))
    header = f"{quote_sheetname(sheet.title)}!{absolute(top - 1, column)}"
    series.tx = SeriesLabel(strRef=StrRef(header))
    labels = Reference(sheet, min_col=1, **rows)
    series.cat = AxDataSource(strRef=StrRef(str(labels)))
    return series


def _finished(chart: Any, title: str) -> Any:
    """Fonts, thin grid. Hidden rows are not plotted, and a gap stays a gap."""
    chart.title = _title(typeset(title))
    chart.plot_visible_only, chart.display_blanks, chart.roundedCorners = True, "gap", False
    chart.graphical_properties = GraphicalProperties(ln=LineProperties(solidFill=GRID))
    for axis in (chart.x_axis, chart.y_axis):
        axis.delete = False
        axis.txPr = _text(900)
    chart.x_axis.tickLblPos = "low"  # names stay outside bars that go below zero
    chart.y_axis.number_format, chart.y_axis.numFmt.sourceLinked = "#,##0", False
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill=GRID))
    return chart


def _characters(size: int, *, bold: bool = False) -> CharacterProperties:
    """``size`` in hundredths of a point."""
    face = Font(typeface=FONT)
    return CharacterProperties(latin=face, ea=face, sz=size, b=bold, solidFill=INK)


def _text(size: int) -> RichText:
    """How a text looks; ``r`` keeps openpyxl from putting an empty run in."""
    looks = ParagraphProperties(defRPr=_characters(size))
    return RichText(p=[Paragraph(pPr=looks, r=[])])


def _title(text: str) -> Title:
    run = RegularTextRun(t=text, rPr=_characters(1100, bold=True))
    title = Title(overlay=False)
    title.tx = Text(rich=RichText(p=[Paragraph(pPr=ParagraphProperties(), r=[run])]))
    title.layout = Placed(manualLayout=ManualLayout(xMode="edge", yMode="edge", x=0.02, y=0.02))
    return title


def _page(sheet: Worksheet, breaks: Sequence[int]) -> None:
    """A4 across; each of ``breaks`` is the row that begins a page."""
    area = f"{quote_sheetname(sheet.title)}!$A:${get_column_letter(COLUMNS)}"
    sheet.defined_names["_xlnm.Print_Area"] = DefinedName("_xlnm.Print_Area", attr_text=area)
    sheet.print_title_rows = "1:2"
    setup = sheet.page_setup
    setup.paperSize, setup.orientation = sheet.PAPERSIZE_A4, "landscape"
    setup.fitToWidth, setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    for row in breaks:
        sheet.row_breaks.append(Break(id=row - 1))
    sheet.oddFooter.center.text = FOOTER
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top, margins.bottom, margins.header, margins.footer = 0.5, 0.6, 0.3, 0.3
    sheet.print_options.horizontalCentered = True
    sheet.freeze_panes = "A3"
