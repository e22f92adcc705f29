"""What a report is, as data: its columns, its title, its file, when it is due and for whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from addin.tables.fields import SheetSpec

NAMES = ("标题", "业务月", "制表日期", "数据首行", "合计行", "签字区", "页脚参数")
"""Names (workbook scope) by which code finds places in a template; workbooks.md §11."""

WORDS_NAME = "大写"
"""The cell of the amount in words; money reports alone have it."""


@dataclass(frozen=True)
class Layout:
    """A report of workbooks.md §8. Its template is ``templates/<name>.xlsx``.

    ``row_formulas`` and ``total_formulas`` stand in the template, not in the fill: ``{column}``
    is the cell of the row in the one, the data region of the column in the other.
    ``print_until`` is the last printed column, where columns to its right are for the screen.
    """

    sheet: SheetSpec
    title: str
    due: str  # id in domain.calendar.DEADLINES
    duty: str  # id in duties.md
    widths: Mapping[str, float]  # in characters of the standard font
    row_formulas: Mapping[str, str] = field(default_factory=dict)
    total_formulas: Mapping[str, str] = field(default_factory=dict)
    words_of: str | None = None  # column whose total is written in words
    print_until: str | None = None

    @property
    def name(self) -> str:
        return self.sheet.name

    @property
    def names(self) -> tuple[str, ...]:
        """Names that the template must have."""
        return (*NAMES, WORDS_NAME) if self.words_of else NAMES

    def file_name(self, period: str) -> str:
        """``产品安装维修服务费用汇总表_2026-03.xlsx`` for period ``2026-03``."""
        return f"{self.name}_{period}.xlsx"
