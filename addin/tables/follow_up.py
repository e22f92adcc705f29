"""结算跟进表 and 安装维修费用统计表, as far as rules read them. workbooks.md §8."""

from __future__ import annotations

from collections.abc import Sequence

from addin.domain import values
from addin.domain.values import Unread
from addin.errors import BadInput
from addin.hosts.grid import Cell, Grid
from addin.tables import locate
from addin.tables.fields import Choices, Field, SheetSpec, Type

TEXT, CODE, ENUM, MONEY, INT, DATE = (
    Type.TEXT, Type.CODE, Type.ENUM, Type.MONEY, Type.INT, Type.DATE,
)  # fmt: skip
STATE = Choices(("初审", "回访", "审核", "汇总", "通知", "开票", "付款", "放弃(已核销)"))
# fmt: off
FOLLOW_UP = SheetSpec(
    "结算跟进表",
    (
        Field("batch_no", "批次号", CODE),
        Field("month", "业务月", Type.MONTH),
        Field("outlet_code", "网点编码", CODE, True),
        Field("outlet_name", "网点名称"),
        Field("slips", "单数", INT),
        Field("state", "状态", ENUM, choices=STATE),
        Field("state_on", "状态日期", DATE),
        Field("days_in_state", "在态天数", INT),
        Field("notified_on", "通知日期", DATE, True),
        Field("notified", "通知金额", MONEY, True),
        Field("invoice_no", "发票号码", CODE),
        Field("invoiced_on", "发票日期", DATE, True),
        Field("invoiced", "发票金额", MONEY, True),
        Field("paid_on", "付款日期", DATE),
        Field("paid", "付款金额", MONEY, True),
        Field("carried", "结转金额", MONEY),
        Field("next_step", "下一步"),
        Field("owner", "责任人"),
        Field("remark", "备注"),
    ),
    key=("batch_no",),
)
STATISTICS = SheetSpec(
    "安装维修费用统计表",
    (
        Field("province", "省份", TEXT, True),
        Field("fee_total", "费用合计", MONEY, True),
    ),
)
"""Of the statistics the rules need only what the whole country was paid."""
# fmt: on

NATIONAL = "合计"


def national_total(grid: Grid, *, workbook: str, sheet: str) -> tuple[int, int]:
    """费用合计 of the national row in 分, and that row; BadInput where it cannot be read."""
    layout = locate.find(grid, STATISTICS, workbook=workbook, sheet=sheet)
    column = layout.columns["fee_total"]
    first = layout.first_data_row - grid.first_row
    national = [n for n, row in enumerate(grid.rows[first:], first) if _says(row) == NATIONAL]
    if not national:
        raise BadInput("没有全国合计行", "请补上“合计”行", workbook=workbook, sheet=sheet)
    row = grid.first_row + national[-1]
    cell = grid.rows[national[-1]][column - grid.first_column]
    total = values.read_money(cell)
    if (row, column) in grid.uncalculated or total is None or isinstance(total, Unread):
        raise BadInput(
            f"全国费用合计“{values.shown(cell)}”读不出金额",
            "请在 Excel 里打开、保存一次,或改正该格",
            workbook=workbook,
            sheet=sheet,
            cell=f"{locate.column_letter(column)}{row}",
        )
    return total, row


def _says(row: Sequence[Cell]) -> str:
    """The first text of a row, as 合计 is written in any of the left columns."""
    return next((text for cell in row if (text := values.text(values.shown(cell)))), "")
