"""Masters and ledgers of a few rows for the reports of parts, as the actions hand them over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from addin.tables import catalogue, masters
from addin.tables.fields import SheetSpec
from addin.tables.ledgers import PARTS_LEDGER

Row = Mapping[str, Any]


def day(text: str) -> pd.Timestamp:
    return pd.Timestamp(text).as_unit("s")


def frame(spec: SheetSpec, rows: Iterable[Row], **more: Any) -> pd.DataFrame:
    """Rows by field name, all other cells blank, each column as the reader types it."""
    blank = masters.empty(spec).drop(columns="row")
    listed = pd.DataFrame(list(rows), columns=blank.columns)
    return listed.astype(blank.dtypes.to_dict()).assign(**more)


OUTLETS = frame(
    catalogue.OUTLETS,
    [
        {"outlet_code": "WD001", "outlet_name": "青禾家电服务部", "agent_code": "DL001"},
        {"outlet_code": "WD002", "outlet_name": "云岭维修中心"},
    ],
)
PRICES = frame(
    catalogue.PARTS,
    [
        {"part_code": "PJ001", "part_name": "加热管", "unit": "只", "return_old": True,
         "deposit_price": 120_00, "sale_price": 150_00,
         "valid_from": day("2025-01-01"), "valid_to": day("2026-02-28")},
        {"part_code": "PJ001", "part_name": "加热管", "unit": "只", "return_old": True,
         "deposit_price": 130_00, "sale_price": 160_00, "valid_from": day("2026-03-01")},
        {"part_code": "PJ002", "part_name": "密封圈", "unit": "个", "return_old": False,
         "deposit_price": 5_00, "sale_price": 33_35, "valid_from": day("2025-01-01")},
        {"part_code": "PJ003", "part_name": "说明书", "unit": "本", "return_old": False,
         "deposit_price": 0, "sale_price": 0, "valid_from": day("2025-01-01")},
    ],
)  # fmt: skip


def ledger(rows: Iterable[Row]) -> pd.DataFrame:
    """配件流水."""
    lines = [dict(row) for row in rows]
    entered = pd.Series([line.pop("entered", None) for line in lines], dtype="datetime64[s]")
    return frame(PARTS_LEDGER, lines, entered=entered, brought_forward=False)


def moved(number: str, date: str, kind: str, quantity: int, **more: Any) -> Row:
    """A row of 配件流水 on a day of 2026, of WD001 and PJ001 unless ``more`` says otherwise."""
    return {
        "entry_no": number, "date": day(f"2026-{date}"), "kind": kind, "quantity": quantity,
        "outlet_code": "WD001", "part_code": "PJ001", **more,
    }  # fmt: skip
