"""What a closed month leaves behind: its statements, the rows it refused, and its lock.

With these the last month can be checked by itself; without them a year is checked from the first
month on, each closed before the next.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .books import HANDS, write_sheet
from .entries import Entry
from .periods import Period
from .year import REFUSED, RETURNED, Year

Record = dict[str, Any]
STATEMENT = {
    "代理商编码": "agent_code", "期初余额": "opening", "本期收取": "taken",
    "本期退还": "given_back", "保外扣款": "charged", "逾期未返扣款": "overdue",
    "处罚扣款": "penalty", "期末余额": "closing", "配件占用": "used", "冻结金额": "frozen",
    "授信额度": "credit", "可用押金": "available",
}  # fmt: skip
PARTS = {
    "网点编码": "outlet_code", "配件编码": "part_code", "期初在外": "opening", "本期发放": "issued",
    "本期核销": "consumed", "保外领用": "sold", "新件退库": "sent_back", "报损": "written_off",
    "期末在外": "in_field", "占用金额": "used", "旧件应返": "return_due", "旧件已返": "returned",
    "旧件未返": "outstanding", "最长库龄天": "oldest_days",
}  # fmt: skip


def close(folder: Path, year: Year, period: Period, told: Mapping[str, list[Record]]) -> None:
    month = f"{period.first.year}年{period.first.month}月"
    deposits = "全国各代理商配件押金对帐单"
    for name, title, records, headers in (
        (deposits, f"{month}{deposits}", told["agents"], STATEMENT),
        ("配件对账单", f"{month}配件对账单", told["parts"], PARTS),
        ("对账问题清单", f"{month}对账问题清单", _not_posted(year, period), None),
    ):
        shown = headers or {header: header for record in records[:1] for header in record}
        rows = [{header: record[key] for header, key in shown.items()} for record in records]
        if rows:
            path = folder / "输出" / f"{name}_{period.name}.xlsx"
            write_sheet(path, name, title, rows, HANDS[0], period.name)
    lock = folder / "存档" / "锁定.txt"
    lock.parent.mkdir(parents=True, exist_ok=True)
    lock.write_text(f"{period.name} 已月结\n", encoding="utf-8", newline="\n")


def _not_posted(year: Year, period: Period) -> list[Record]:
    return [
        {
            "核对结果": fault.verdict, "问题代码": fault.code, "代理商编码": fault.agent,
            "网点编码": fault.outlet, "配件编码": fault.part, "工作簿": fault.entry.place.workbook,
            "工作表": fault.entry.place.sheet, "行号": fault.entry.place.row,
            "流水号": fault.key, "核对说明": fault.what, "入账": "未入账",
        }
        for fault in year.faults
        if isinstance(fault.entry, Entry)
        and fault.entry.entered is period
        and not fault.entry.posted
        and fault.verdict in (REFUSED, RETURNED)
    ]  # fmt: skip
