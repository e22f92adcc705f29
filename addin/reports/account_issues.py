"""《对账问题清单》: what the rules say of rows of ledgers and lists, and which rows are 未入账."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from addin.reports.layout import Layout
from addin.tables.ledgers import ACCOUNT_ISSUES, LEDGERS, POSTED, UNPOSTED

LAYOUT = Layout(
    sheet=ACCOUNT_ISSUES,
    title="{period}对账问题清单",
    due="deposit",
    duty="F-3",
    widths={
        "sequence": 5, "severity": 7, "verdict": 9, "code": 9, "short_name": 15,
        "agent_code": 11, "outlet_code": 10, "part_code": 10, "workbook": 17, "sheet": 12,
        "row": 6, "entry_no": 13, "message": 46, "posted": 8, "advice": 28,
    },
    frozen="code",
    total_formulas={"code": "COUNTA({code})"},
    wrapped=("workbook", "sheet", "message", "advice"),
)  # fmt: skip

OF_LEDGERS = frozenset(spec.name for spec in LEDGERS)
_SEVERITY = {"高": 0, "中": 1, "低": 2}


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says of one row of a ledger or a list, or of a line of a statement.

    ``kind`` is what was judged, as rules name it; ``unposted``: the row changes no balance.
    """

    code: str
    name: str
    verdict: str
    severity: str
    message: str
    advice: str
    kind: str
    field: str = ""
    workbook: str = ""
    sheet: str = ""
    row: int | None = None
    entry_no: str = ""
    agent_code: str = ""
    outlet_code: str = ""
    part_code: str = ""
    unposted: bool = False

    @property
    def place(self) -> str:
        return f"{self.sheet}第{self.row}行" if self.row else self.sheet


def rows(findings: Sequence[Finding]) -> pd.DataFrame:
    """The gravest first, then by code, workbook, sheet and row; blank where nothing is said."""
    ordered = sorted(
        findings,
        key=lambda f: (
            _SEVERITY.get(f.severity, 9), f.code, f.workbook, f.sheet, f.row or 0, f.agent_code,
        ),
    )  # fmt: skip
    names = ("severity", "code", "agent_code", "outlet_code", "part_code", "workbook", "sheet",
             "entry_no", "message", "advice")  # fmt: skip
    columns = {
        name: pd.Series([getattr(f, name) or None for f in ordered], dtype=object) for name in names
    }
    return pd.DataFrame(
        {
            "sequence": np.arange(1, len(ordered) + 1),
            "verdict": pd.Series([str(f.verdict) for f in ordered], dtype=object),
            "short_name": pd.Series([f.name for f in ordered], dtype=object),
            "row": pd.Series([f.row for f in ordered], dtype="Int64"),
            "posted": pd.Series(
                [
                    None if f.kind not in OF_LEDGERS else UNPOSTED if f.unposted else POSTED
                    for f in ordered
                ],
                dtype=object,
            ),
            **columns,
        }
    )[[item.name for item in ACCOUNT_ISSUES.fields]]
