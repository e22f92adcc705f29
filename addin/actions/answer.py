"""The result of a run as JSON: stable, documented in docs/json.md; money in 分."""

from __future__ import annotations

from typing import Any

import pandas as pd

from addin.actions.close import Outcome
from addin.actions.mark import slip_shown
from addin.tables import catalogue

SCHEMA = 1
MONEY = {"申报": "claimed", "应付": "payable", "待定": "held", "核减": "cut"}


def as_json(outcome: Outcome) -> dict[str, Any]:
    """Rows in order of workbook, sheet and row; outlets by code; totals; notices."""
    judged = outcome.judged
    checked = judged.checked
    figures = {name: [int(v) for v in checked[column]] for name, column in MONEY.items()}
    rows = [
        {
            "workbook": workbook,
            "sheet": sheet,
            "row": int(row),
            "单号": slip_shown(judged, i),
            "网点编码": outlet if isinstance(outlet, str) else "",
            "verdict": verdict,
            "scope": scope,
            "codes": codes.split(";") if codes else [],
            "reasons": reasons,
            **{name: values[i] for name, values in figures.items()},
        }
        for i, (workbook, sheet, row, outlet, verdict, scope, codes, reasons) in enumerate(
            checked[
                ["workbook", "sheet", "row", "outlet_code", "verdict", "verdict_scope", "codes",
                 "reasons"]
            ].itertuples(index=False)
        )
    ]  # fmt: skip
    return {
        "schema": SCHEMA,
        "month": f"{judged.month.period:%Y-%m}",
        "as_of": f"{judged.month.as_of:%Y-%m-%d}",
        "rows": rows,
        "outlets": _outlets(checked, outcome.by_outlet),
        "total": _figures(checked),
        "sheet_findings": [
            *(
                {"code": f.rule.code, "网点编码": outlet, "message": message}
                for f in judged.about_outlets
                for outlet, message in zip(f.fields["outlet_code"], f.messages, strict=True)
            ),
            *(
                {"code": f.code, "网点编码": f.outlet, "message": f.message}
                for f in outcome.findings
            ),
            *(
                {
                    "code": f.code,
                    "网点编码": f.outlet_code,
                    "message": f.message,
                    "verdict": f.verdict,
                    "workbook": f.workbook,
                    "sheet": f.sheet,
                    "row": f.row,
                }
                for f in outcome.cross_checks
            ),
        ],
        "notices": [str(notice) for notice in judged.notices],
        "parameters": judged.settings.parameters.changed,
        "files": [path.name for path in outcome.written],
    }


def _figures(checked: pd.DataFrame) -> dict[str, Any]:
    counts = checked["verdict"].value_counts()
    return {
        "rows": len(checked),
        "verdicts": {v: int(counts.get(v, 0)) for v in catalogue.VERDICT.values},
        **{name: int(checked[column].sum()) for name, column in MONEY.items()},
    }


def _outlets(checked: pd.DataFrame, by_outlet: pd.DataFrame) -> list[dict[str, Any]]:
    """Sums of the rows, and the columns of 汇总表 (whole waiting slips, calculations.md §8)."""
    code = checked["outlet_code"].where(checked["outlet_code"].notna(), "").to_numpy(object)
    listed = {
        line["outlet_code"] or "": {
            "合计": int(line["total"]),
            "汇总待定": int(line["held"]),
            "汇总核减": int(line["cut"]),
        }
        for line in by_outlet.to_dict("records")
    }
    return [
        {"网点编码": outlet, **_figures(rows), **listed.get(outlet, {})}
        for outlet, rows in checked.groupby(code, sort=True)
    ]
