"""An agent's own list, whatever its layout: workbooks.md §7, 代理商回单.

Every column may be missing; but an entry must be named somehow, and counted or priced. A file
is one agent's: a second agent's name in it stops the reading, for its entries would be theirs
only or, worse, matched. An agent may have several outlets.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from addin.domain import values
from addin.errors import BadInput
from addin.hosts.grid import Grid
from addin.tables import locate
from addin.tables.fields import Field, SheetSpec, Type
from addin.tables.read import Notice, State, Table, read

# fmt: off
AGENT_LIST = SheetSpec(
    "代理商回单",
    (
        Field("date", "日期", Type.DATE,
              synonyms=("业务日期", "单据日期", "发货日期", "收货日期", "领用日期", "记账日期")),
        Field("slip_no", "单据号", Type.CODE,
              synonyms=("单号", "单据编号", "单据号码", "凭证号", "票号", "流水号", "出库单号",
                        "入库单号", "发货单号", "维修单号")),
        Field("kind", "摘要", synonyms=("类型", "业务类型", "事由", "用途")),
        Field("part_code", "配件编码", Type.CODE,
              synonyms=("配件代码", "物料编码", "物料号", "配件编号", "编码", "料号", "货号")),
        Field("part_name", "配件名称",
              synonyms=("配件", "物料名称", "品名", "名称", "货品名称", "品名规格")),
        Field("quantity", "数量", Type.INT, synonyms=("件数", "发放数量", "领用数量", "个数")),
        Field("price", "单价", Type.MONEY, synonyms=("押金单价", "价格")),
        Field("amount", "金额", Type.MONEY, synonyms=("总价", "合计金额", "总金额", "小计金额")),
        Field("balance", "余额", Type.MONEY, synonyms=("结余", "结存金额")),
        Field("remark", "备注", synonyms=("说明",)),
        Field("agent_code", "代理商编码", Type.CODE,
              synonyms=("代理商代码",)),
        Field("agent_name", "代理商名称",
              synonyms=("代理商",)),
    ),
)
# fmt: on
NAMES = ("slip_no", "part_code", "part_name")
MEASURES = ("quantity", "amount")
WHOSE = {"代理商": "agent_name", "代理商名称": "agent_name", "代理商编码": "agent_code"}
"""What stands before the colon in a title such as ``代理商:青禾家电``, and what it tells."""


def read_entries(
    grid: Grid,
    *,
    workbook: str,
    sheet: str,
    confirmed: Iterable[locate.Confirmed] = (),
) -> Table:
    """The entries of one sheet, anybody's; what cannot be read in them is told in ``notices``."""
    if not locate.recognised(grid, AGENT_LIST):
        raise BadInput(
            f"前{locate.HEADER_ROWS}行中找不到代理商回单的表头",
            f"{_NEEDED},请补上表头,或在基础资料的“字段映射”表写明",
            workbook=workbook,
            sheet=sheet,
            cell=f"{locate.column_letter(grid.first_column)}{grid.first_row}",
        )
    table = read(grid, AGENT_LIST, workbook=workbook, sheet=sheet, confirmed=confirmed)
    _require(table)
    table.notices.extend(_unreadable(table))
    return table


def read_lists(
    grids: Mapping[str, Grid], *, workbook: str, confirmed: Sequence[locate.Confirmed] = ()
) -> list[Table]:
    """Every sheet of an agent's workbook that is such a list; all must be that one agent's."""
    lists = [sheet for sheet, grid in grids.items() if locate.recognised(grid, AGENT_LIST)]
    tables = [
        read_entries(grids[sheet], workbook=workbook, sheet=sheet, confirmed=confirmed)
        for sheet in lists or list(grids)[:1]
    ]
    _one_agent(said(grids, tables), workbook)
    return tables


_NEEDED = "表头至少要有单据号、配件编码、配件名称之一,以及数量、金额之一"


def _require(table: Table) -> None:
    columns = table.layout.columns
    if any(name in columns for name in NAMES) and any(name in columns for name in MEASURES):
        return
    lacks, wanted = (
        ("单据号、配件编码、配件名称", NAMES)
        if not any(name in columns for name in NAMES)
        else ("数量、金额", MEASURES)
    )
    first = locate.column_letter(min(columns.values()))
    raise BadInput(
        f"表头里没有{lacks}中的任何一列",
        f"{_NEEDED},请改正表头,或在基础资料的“字段映射”表写明{AGENT_LIST[wanted[-1]].header}的列",
        workbook=table.workbook,
        sheet=table.sheet,
        cell=f"{first}{table.layout.header_row}",
    )


# --- whose list it is -----------------------------------------------------------------------


class Said(NamedTuple):
    """A name or a code of an agent, and the cell that says it."""

    kind: str
    agent: str
    sheet: str
    cell: str


def said(grids: Mapping[str, Grid], tables: Iterable[Table]) -> list[Said]:
    """Wherever the lists of a workbook name their agent."""
    return [
        told
        for table in tables
        for told in (*_in_titles(grids[table.sheet], table.sheet), *_in_columns(table))
    ]


def _in_titles(grid: Grid, sheet: str) -> Iterator[Said]:
    """Cells such as ``代理商:青禾家电``, above the table or between two of them."""
    for n, row in enumerate(grid.rows):
        for m, cell in enumerate(row):
            if not isinstance(cell, str) or not cell.lstrip().startswith("代理商"):
                continue
            label, colon, agent = values.text(cell).partition(":")
            if colon and not agent.strip():
                agent = values.text(values.shown(next(iter(row[m + 1 : m + 2]), "")))
            if colon and agent.strip() and label.strip() in WHOSE:
                place = f"{locate.column_letter(grid.first_column + m)}{grid.first_row + n}"
                yield Said(WHOSE[label.strip()], agent.split()[0], sheet, place)


def _in_columns(table: Table) -> Iterator[Said]:
    """The first cell of each agent that a column names."""
    for kind in ("agent_code", "agent_name"):
        if kind in table.layout.columns:
            first = {agent: n for n, agent in reversed([*enumerate(table.frame[kind])])}
            for agent, n in sorted(first.items(), key=lambda item: item[1]):
                if agent is not None:
                    yield Said(kind, agent, table.sheet, table.cell(kind, n))


def _one_agent(said: list[Said], workbook: str) -> None:
    """Names are compared with names and codes with codes."""
    first: dict[str, str] = {}
    for kind, agent, sheet, cell in said:
        if agent != first.setdefault(kind, agent):
            raise BadInput(
                f"同一个文件里有两家代理商:“{first[kind]}”和“{agent}”",
                "请拆成每家一个文件再匹配",
                workbook=workbook,
                sheet=sheet,
                cell=cell,
            )


# --- what cannot be read --------------------------------------------------------------------


def _unreadable(table: Table) -> Iterator[Notice]:
    """Each cell that is left out of the comparison, so that none is left out in silence."""
    for name in (*NAMES, *MEASURES, "price", "date"):
        for n in np.flatnonzero(table.state[name] > State.BLANK).tolist():
            yield Notice(
                f"单元格{table.cell(name, n)}的{AGENT_LIST[name].header}"
                f"“{table.raw[name].shown(n)}”无法识别,按空白处理",
                table.workbook,
                table.sheet,
            )
