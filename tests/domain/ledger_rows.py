"""Ledgers of a few rows for tests, and how they were posted if one had all the time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

Row = Mapping[str, Any]

PARTS_BLANK: Row = {
    "entry_no": None, "date": None, "kind": None, "outlet_code": "WD001", "part_code": "PJ001",
    "quantity": None, "deposit_price": None, "batch_no": None, "reverses": None,
}  # fmt: skip
DEPOSIT_BLANK: Row = {
    "entry_no": None, "date": None, "kind": None, "agent_code": "DL001", "amount": None,
    "basis_no": None, "reverses": None,
}  # fmt: skip


def _ledger(blank: Row, rows: Iterable[Row], whole: tuple[str, ...]) -> pd.DataFrame:
    lines = [{**blank, **row} for row in rows]
    frame = pd.DataFrame(lines, columns=[*dict.fromkeys([*blank, *(lines[0] if lines else ())])])
    frame = frame.astype(dict.fromkeys(whole, "Int64"))
    for name in ("date", "entered"):
        if name in frame:
            frame[name] = pd.to_datetime(frame[name]).astype("datetime64[s]")
    others = [n for n in frame if n not in ("date", "entered", *whole)]
    return frame.astype(dict.fromkeys(others, object))


def parts_ledger(rows: Iterable[Row]) -> pd.DataFrame:
    return _ledger(PARTS_BLANK, rows, ("quantity", "deposit_price"))


def deposit_ledger(rows: Iterable[Row]) -> pd.DataFrame:
    return _ledger(DEPOSIT_BLANK, rows, ("amount",))


def unit_by_unit(ledger: pd.DataFrame) -> list[tuple[int, int] | None]:
    """Quantity and value of each row's effect, each unit followed by hand; None = refused.

    A unit is (place of its batch in posting order, price); rows have numbers of their own.
    """
    effects: list[tuple[int, int] | None] = [None] * len(ledger)
    field: dict[tuple[str, str], list[tuple[int, int]]] = {}
    moved: dict[str, tuple[str, tuple[str, str], list[tuple[int, int]], int]] = {}
    undone: set[str] = set()
    batch_of: dict[str, int] = {}
    order = sorted(range(len(ledger)), key=lambda i: (ledger["date"].iat[i], i))
    for place, i in enumerate(order):
        row = ledger.iloc[i]
        key, count = (row["outlet_code"], row["part_code"]), int(row["quantity"])
        units = field.setdefault(key, [])
        if row["kind"] == "红冲":
            kind, other, those, quantity = moved.get(row["reverses"], ("", ("", ""), [], 0))
            if other != key or quantity != count or row["reverses"] in undone:
                continue
            if kind == "发放":
                if any(unit not in units for unit in those[:1]) or units.count(those[0]) < count:
                    continue
                for unit in those:
                    units.remove(unit)
                effects[i] = -count, -sum(price for _, price in those)
            else:
                units.extend(those)
                effects[i] = len(those), sum(price for _, price in those)
            undone.add(row["reverses"])
            continue
        if row["kind"] == "旧件返还":
            those = []
            effects[i] = 0, 0
        elif row["kind"] == "发放":
            those = [(place, int(row["deposit_price"]))] * count
            units.extend(those)
            batch_of[row["entry_no"]] = place
            effects[i] = count, sum(price for _, price in those)
        else:
            if len(units) < count:
                continue
            named = batch_of.get(row["batch_no"])
            units.sort(key=lambda unit: (unit[0] != named, unit[0]))
            those = units[:count]
            del units[:count]
            units.sort()
            effects[i] = -count, -sum(price for _, price in those)
        moved[row["entry_no"]] = row["kind"], key, those, count
    return effects
