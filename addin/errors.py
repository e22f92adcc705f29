"""The one exception a clerk ever sees: a Chinese sentence that says where and what to do."""

from __future__ import annotations


class BadInput(Exception):
    """Work cannot go on until a person mends something; nothing has been written.

    ``problem`` and ``remedy`` are Chinese half-sentences. ``workbook``, ``sheet`` and ``cell``
    (``B4``), or ``row`` where no one cell is meant, say where, as far as it is known. ``str()``
    is the whole sentence.
    """

    def __init__(
        self,
        problem: str,
        remedy: str,
        *,
        workbook: str = "",
        sheet: str = "",
        cell: str = "",
        row: int | None = None,
    ) -> None:
        self.problem, self.remedy = problem, remedy
        self.workbook, self.sheet, self.cell, self.row = workbook, sheet, cell, row
        place = "".join(
            part
            for part in (
                f"《{workbook}》" if workbook else "",
                f"工作表“{sheet}”" if sheet else "",
                f"单元格{cell}" if cell else "",
                f"第{row}行" if row is not None else "",
            )
        )
        super().__init__(f"{place}{':' if place else ''}{problem}。{remedy}。")
