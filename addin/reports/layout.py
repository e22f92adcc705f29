"""What a report is, as data: its columns, its title, its file, when it is due and for whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from addin.domain.calendar import DEADLINES, Rhythm
from addin.tables.fields import SheetSpec

FIRST_NAME, TOTAL_NAME, TITLE_NAME = "数据首行", "合计行", "标题"
NAMES = (TITLE_NAME, "业务月", "制表日期", FIRST_NAME, TOTAL_NAME, "签字区", "页脚参数")
"""Names (workbook scope) by which code finds places in a template; workbooks.md §11."""

WORDS_NAME = "大写"
"""The cell of the amount in words; money reports alone have it."""


@dataclass(frozen=True, kw_only=True)
class Region:
    """A list that grows: columns of ``sheet`` under their headers, and a 合计 row below them.

    ``row_formulas`` and ``total_formulas`` stand in the template, not in the fill: ``{column}``
    is the cell of the row in the one, the data region of the column in the other.
    ``frozen`` is the last column that stays in view, ``print_until`` the last printed one, where
    columns to its right are for the screen. Texts of ``wrapped`` columns break, and their rows
    are as tall as they need.
    """

    sheet: SheetSpec
    title: str  # {period} is 2026年3月 or 2026年1季度
    widths: Mapping[str, float]  # in characters of the standard font
    frozen: str = "outlet_name"
    row_formulas: Mapping[str, str] = field(default_factory=dict)
    total_formulas: Mapping[str, str] = field(default_factory=dict)
    print_until: str | None = None
    wrapped: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names that the template must have."""
        return tuple(map(self.place, (TITLE_NAME, FIRST_NAME, TOTAL_NAME)))

    def place(self, name: str) -> str:
        """The name in the template for one of the places of this list."""
        return name

    def heading(self, period: str) -> str:
        return self.title.format(period=period)


@dataclass(frozen=True, kw_only=True)
class Annex(Region):
    """A further sheet of a report; its places bear the sheet's name behind theirs."""

    def place(self, name: str) -> str:
        return f"{name}_{self.sheet.name}"


@dataclass(frozen=True, kw_only=True)
class Layout(Region):
    """A report of workbooks.md §8. Its template is ``templates/<name>.xlsx``."""

    due: str  # id in domain.calendar.DEADLINES
    duty: str  # id in duties.md
    words_of: str | None = None  # column whose total is written in words
    annexes: tuple[Annex, ...] = ()

    @property
    def name(self) -> str:
        return self.sheet.name

    @property
    def names(self) -> tuple[str, ...]:
        own = (*NAMES, WORDS_NAME) if self.words_of else NAMES
        return (*own, *(name for annex in self.annexes for name in annex.names))

    @property
    def quarterly(self) -> bool:
        return DEADLINES[self.due].rhythm is Rhythm.QUARTERLY

    def file_name(self, period: str) -> str:
        """``产品安装维修服务费用汇总表_2026-03.xlsx`` for period ``2026-03``."""
        return f"{self.name}_{period}.xlsx"


def spelt(period: str) -> str:
    """A period as a title has it.

    >>> spelt("2026-03"), spelt("2026Q1")
    ('2026年3月', '2026年1季度')
    """
    if "Q" in period:
        year, quarter = period.split("Q")
        return f"{year}年{quarter}季度"
    year, month = period.split("-")
    return f"{year}年{int(month)}月"
