"""Frames of a month's accounts as reports receive them, built by hand; everything is invented."""

from __future__ import annotations

from typing import Any

import pandas as pd

MARCH = pd.Timestamp("2026-03-01")
SIGN = {"收取": 1, "退还": -1, "保外扣款": -1, "逾期未返扣款": -1, "处罚扣款": -1}
MONEY = (
    "opening", "taken", "given_back", "charged", "overdue", "penalty", "closing", "used",
    "frozen", "credit", "available",
)  # fmt: skip
COUNTS = (
    "opening", "issued", "consumed", "sold", "sent_back", "written_off", "in_field", "used",
    "outstanding",
)  # fmt: skip


def agent(code: str, name: str | None = "青禾商贸", **cells: Any) -> dict[str, Any]:
    """calculations.md §5: 5000 + 1000 - 0 - 200 - 100 - 50 = 5650."""
    figures: dict[str, Any] = {
        "opening": 5000_00, "taken": 1000_00, "given_back": 0, "charged": 200_00,
        "overdue": 100_00, "penalty": 50_00, "closing": 5650_00, "used": 5600_00,
        "frozen": 100_00, "credit": 500_00, "available": 450_00,
    }  # fmt: skip
    words = {"province": "甲省", "verdict": "通过", "codes": "", "reasons": ""}
    return {"agent_code": code, "agent_name": name, **words, **figures, **cells}


def idle(code: str, **cells: Any) -> dict[str, Any]:
    """An account on which nothing moves."""
    return agent(code, **{**dict.fromkeys(MONEY, 0), **cells})


def deposit(code: str, day: str, kind: str, fen: int, **cells: Any) -> dict[str, Any]:
    """A row of 押金流水 as posted."""
    return {
        "entry_no": "YJ0001", "date": pd.Timestamp(day), "kind": kind, "agent_code": code,
        "agent_name": None, "amount": fen, "basis_no": None, "reverses": None, "paid_by": None,
        "handled_by": "钱某某", "remark": None, "day": pd.Timestamp(day), "late": False,
        "effect": SIGN.get(kind, 0) * fen, "refusal": None, "workbook": "押金流水.xlsx",
        "sheet": "押金流水", "row": 4, **cells,
    }  # fmt: skip


MARCH_OF_DL001 = (
    deposit("DL001", "2026-03-05", "收取", 1000_00, entry_no="YJ0001"),
    deposit("DL001", "2026-03-10", "保外扣款", 200_00, entry_no="YJ0002", basis_no="WX001"),
    deposit("DL001", "2026-03-12", "逾期未返扣款", 100_00, entry_no="YJ0003", basis_no="PL0007"),
    deposit("DL001", "2026-03-20", "处罚扣款", 50_00, entry_no="YJ0004", basis_no="CF001"),
)


def part(code: str, outlet: str = "WD001", number: str = "PJ001", **cells: Any) -> dict[str, Any]:
    """calculations.md §6: 10 + 5 - 4 - 1 - 1 - 0 = 9."""
    return {
        "agent_code": code, "outlet_code": outlet, "outlet_name": "青禾家电服务部",
        "part_code": number, "part_name": "加热管", "unit": "只", "opening": 10, "issued": 5,
        "consumed": 4, "sold": 1, "sent_back": 1, "written_off": 0, "in_field": 9,
        "used": 1080_00, "return_due": 4, "returned": 1, "outstanding": 3, **cells,
    }  # fmt: skip


def agents(*rows: dict[str, Any]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(agent("")))
    return frame.astype(dict.fromkeys(MONEY, "Int64"))


def deposits(*rows: dict[str, Any]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(deposit("", "2026-03-01", "", 0)))
    days = dict.fromkeys(("date", "day"), "datetime64[s]")
    return frame.astype({"amount": "Int64", "effect": "Int64", **days})


def parts(*rows: dict[str, Any]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(part("")))
    return frame.astype(dict.fromkeys(COUNTS, "Int64"))
