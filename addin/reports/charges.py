"""《保外配件收费清单》: parts that users out of warranty pay for, quarter by quarter."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from addin.domain import parts
from addin.reports.layout import Layout
from addin.reports.named import with_names
from addin.tables import masters
from addin.tables.ledgers import CHARGES

UNPAID = "未收"
COLUMNS = [item.name for item in CHARGES.fields]
KEY = ["outlet_code", "slip_no", "part_code"]
SLIP = ["outlet_code", "slip_no"]
PLACE = ["workbook", "sheet", "row"]
AS_LISTED = ["price", "amount", "paid_by", "paid", "paid_on", "receipt_no", "remark", *PLACE]
"""What a line that is listed already keeps, where it says something."""

LAYOUT = Layout(
    sheet=CHARGES,
    title="{period}保外配件收费清单",
    due="out_of_warranty",
    duty="F-2",
    widths={
        "sequence": 6, "outlet_code": 10, "outlet_name": 20, "date": 12, "slip_no": 16,
        "user_name": 10, "model": 12, "part_code": 10, "part_name": 14, "quantity": 7,
        "price": 10, "amount": 12, "paid_by": 10, "paid": 10, "paid_on": 12, "receipt_no": 14,
        "remark": 18,
    },
    frozen="slip_no",
    total_formulas={"quantity": "SUM({quantity})", "amount": "SUM({amount})"},
    words_of="amount",
)  # fmt: skip


@dataclass(frozen=True)
class Charges:
    """The rows of the list, with ``agent_code`` and where each stands, and what is to be known.

    A line stands in the list that it was taken from, or in the ledger.
    """

    rows: pd.DataFrame
    notices: list[str] = field(default_factory=list)


def quarter_of(day: pd.Timestamp) -> pd.Period:
    """The calendar quarter of a day, ``2026Q1``.

    >>> str(quarter_of(pd.Timestamp("2026-03-31"))), str(quarter_of(pd.Timestamp("2026-04-01")))
    ('2026Q1', '2026Q2')
    """
    return day.to_period("Q")


def overdue_days(as_of: pd.Timestamp, quarter: pd.Period, within: int) -> int:
    """By how many days what is unpaid of a quarter is late; 0 up to the last day allowed.

    >>> first = pd.Period("2026Q1")
    >>> [overdue_days(pd.Timestamp(day), first, 30) for day in ("2026-04-30", "2026-05-01")]
    [0, 1]
    """
    return max(0, (as_of.normalize() - quarter.end_time.normalize()).days - within)


def lines(
    sold: pd.DataFrame,
    quarter: pd.Period,
    *,
    outlets: pd.DataFrame,
    prices: pd.DataFrame,
    slips: pd.DataFrame,
    listed: pd.DataFrame | None = None,
) -> Charges:
    """One line for each 保外领用 of the quarter that stands, by outlet, day and slip.

    ``sold`` are the rows of 配件流水 posted as 保外领用 up to the quarter's end, with ``day`` and
    ``units`` as posted beside them. A line of ``listed`` (an earlier list of the quarter, typed
    or made) keeps its price, amount, payment and remark where it says something, and stays where
    no movement bears it out.
    """
    standing, notices = _standing(sold, quarter)
    moved = with_names(standing, outlets, prices, sold).merge(
        _slip_by_number(slips), on=SLIP, how="left"
    )
    table = _beside(moved, masters.empty(CHARGES) if listed is None else listed)
    on_ledger = table["_merge"] != "right_only"
    price = parts.price_on(prices, "sale_price", table["part_code"], table["date"])
    table["price"] = table["price"].fillna(price.where(on_ledger))
    table["amount"] = table["amount"].fillna((table["quantity"] * table["price"]).where(on_ledger))
    table["paid"] = table["paid"].mask(table["_merge"] == "left_only", UNPAID)
    for row in table[~on_ledger].itertuples():
        notices.append(f"{_said(row)}在清单上,配件流水没有这笔保外领用")
    for row in table[on_ledger & table["price"].isna()].itertuples():
        notices.append(f"{_said(row)}在{row.date:%Y-%m-%d}没有保外售价,单价和金额空着")
    agents = with_names(table, outlets, prices, sold)["agent_code"]
    table = table.assign(sequence=np.arange(1, len(table) + 1), agent_code=agents)
    return Charges(table[[*COLUMNS, "agent_code", *PLACE]], notices)


def _standing(sold: pd.DataFrame, quarter: pd.Period) -> tuple[pd.DataFrame, list[str]]:
    """The 保外领用 of the quarter that no row takes back, and what other quarters' lists lack."""
    begin = quarter.start_time
    own, undoing = sold[sold["units"] > 0], sold[sold["units"] < 0]
    stands = ~own["entry_no"].isin(undoing["reverses"])
    here = own["date"].dt.to_period("Q") == quarter
    late = own[stands & (own["day"] >= begin) & (own["date"] < begin)]
    elsewhere = undoing[
        (undoing["day"] >= begin) & ~undoing["reverses"].isin(own["entry_no"][here])
    ]
    notices = [
        f"保外领用{row.entry_no}日期{row.date:%Y-%m-%d}不在本季度,本季度才入账,请补到该季度的清单"
        for row in late.itertuples()
    ]
    notices += [
        f"红冲{row.entry_no}冲的保外领用{row.reverses}不在本季度,请改该季度的清单"
        for row in elsewhere.itertuples()
    ]
    return own[here & stands], notices


def _slip_by_number(slips: pd.DataFrame) -> pd.DataFrame:
    """User and model of each slip; of two slips with one number the one out of warranty."""
    first = slips.sort_values("warranty_type", key=lambda kind: kind != "保外", kind="stable")
    return first.drop_duplicates(SLIP)[[*SLIP, "user_name", "model"]]


def _beside(moved: pd.DataFrame, listed: pd.DataFrame) -> pd.DataFrame:
    """Movements and listed lines as one table, the nth of a slip and part with the nth.

    ``_merge`` says on which side a line was found.
    """
    ours, theirs = _numbered(moved), _numbered(listed)
    table = ours.merge(
        theirs, on=[*KEY, "nth"], how="outer", suffixes=("", "_listed"), indicator=True
    )
    for name in (name for name in (*COLUMNS, *PLACE) if name not in KEY):
        sides = table[name], table[f"{name}_listed"]
        first, second = reversed(sides) if name in AS_LISTED else sides
        table[name] = first.fillna(second)
    return table.sort_values(["outlet_code", "date", "slip_no", "nth"], ignore_index=True)


def _numbered(side: pd.DataFrame) -> pd.DataFrame:
    blank = masters.empty(CHARGES)
    types = {**blank.dtypes[COLUMNS], "workbook": object, "sheet": object, "row": "Int64"}
    side = side.reindex(columns=[*types]).astype(types)
    side["quantity"] = side["quantity"].fillna(1)
    side = side.sort_values(["outlet_code", "date", "slip_no"], kind="stable")
    return side.assign(nth=side.groupby(KEY, dropna=False).cumcount())


def _said(row: Any) -> str:
    return f"{row.outlet_code}维修单{row.slip_no}配件{row.part_code}"
