"""《年月配件对账单》: what each outlet has of each part, how that came about, its worth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from addin.domain import parts
from addin.domain.parts import GROUP, Posted
from addin.domain.rmb import yuan
from addin.reports.layout import Annex, Layout
from addin.reports.named import of_part, with_names
from addin.reports.shown import Difference, Shown, not_the_sum, unequal_totals
from addin.tables.fields import Field, SheetSpec, Type
from addin.tables.ledgers import OPEN_BATCHES, PARTS_STATEMENT

MOVED = {
    "issued": parts.ISSUE, "consumed": parts.CONSUMED, "sold": "保外领用",
    "sent_back": "新件退库", "written_off": "报损",
}  # fmt: skip
"""Columns of the month's movements and the kinds that they count."""

OLD_PARTS = ("return_due", "returned")
COUNTS = ("opening", *MOVED, "in_field", *OLD_PARTS, "outstanding")
SUMMED = (*COUNTS, "used")
COLUMNS = [item.name for item in PARTS_STATEMENT.fields]

UNKNOWN_OPENING, UNPRICED, NOT_LISTED = "期初不详", "无押金单价", "不在配件价格"
DEPENDS_ON_OPENING = ("opening", "in_field", "deposit_price", "used", "oldest_days", *OLD_PARTS)
OURS = frozenset({UNKNOWN_OPENING, UNPRICED, NOT_LISTED})
"""What 备注 says by itself; anything else there is the clerk's."""

OUTLET_TOTALS = SheetSpec(
    "网点合计",
    (
        Field("sequence", "序号", Type.INT),
        Field("outlet_code", "网点编码", Type.CODE),
        Field("outlet_name", "网点名称"),
        *(PARTS_STATEMENT[name] for name in ("opening", *MOVED, "in_field", "used")),
        *(PARTS_STATEMENT[name] for name in (*OLD_PARTS, "outstanding", "oldest_days", "remark")),
    ),
    key=("outlet_code",),
)
"""Totals per outlet stand on a sheet of their own: between the lines they would be counted twice
by whoever sums, sorts or filters the statement, or reads it for the next month."""

_WIDTHS = {
    "sequence": 6, "outlet_code": 10, "outlet_name": 20, "part_code": 10, "part_name": 14,
    "unit": 6, "deposit_price": 10, **dict.fromkeys(COUNTS, 8.5), "used": 13,
    "oldest_days": 8.5, "remark": 24,
}  # fmt: skip
_SUMS = {name: f"SUM({{{name}}})" for name in SUMMED}
_OLDEST = {"oldest_days": "MAX({oldest_days})"}
WITHOUT_AMOUNT = "行占用金额不详"
_LINES = "COUNTA({outlet_code})-COUNT({used})"
_WITHOUT = f'IF({_LINES}>0,{_LINES}&"{WITHOUT_AMOUNT}","")'

LAYOUT = Layout(
    sheet=PARTS_STATEMENT,
    title="{period}配件对账单",
    due="parts",
    duty="F-2",
    widths=_WIDTHS,
    frozen="part_name",
    total_formulas={**_SUMS, **_OLDEST, "remark": _WITHOUT},
    annexes=(
        Annex(
            sheet=OUTLET_TOTALS,
            title="{period}配件对账单网点合计",
            widths=_WIDTHS,
            total_formulas={**_SUMS, **_OLDEST},
        ),
        Annex(
            sheet=OPEN_BATCHES,
            title="{period}配件对账单在外批次",
            widths={
                **_WIDTHS, "entry_no": 16, "date": 12, "left": 9, "amount": 13, "age": 9
            },
            frozen="part_name",
            total_formulas={"left": "SUM({left})", "amount": "SUM({amount})", "age": "MAX({age})"},
        ),
    ),
)  # fmt: skip


def state(
    ledger: pd.DataFrame,
    posted: Posted,
    month_start: pd.Timestamp,
    as_of: pd.Timestamp,
    *,
    outlets: pd.DataFrame,
    prices: pd.DataFrame,
    returns: pd.DataFrame | None = None,
    old_parts: pd.DataFrame | None = None,
    opening_known: bool = True,
) -> pd.DataFrame:
    """The rows of the statement and ``agent_code``, in order of outlet and part. calculations §6.

    ``ledger``, ``posted`` and ``returns`` end with the month that begins on ``month_start``.
    旧件已返 is counted on sheet 旧件返还 (``returns``), or in the ledger where there is none.
    ``old_parts`` is what the last closed statement says of them. Where nobody can tell the
    opening, nothing is told that depends on it.
    """
    table = _counts(ledger, posted, month_start, returns, old_parts)
    part = of_part(prices).reindex(table["part_code"])
    must_return = part["return_old"].fillna(False).to_numpy(bool)
    for name in OLD_PARTS:
        table[name] = table[name].where(must_return)
    table["outstanding"] = table["return_due"] - table["returned"]
    table["unit"] = part["unit"].array
    stands = table[["opening", *MOVED, "in_field", "outstanding"]].fillna(0).any(axis=1)
    table = table[stands].reset_index(drop=True)

    key = pd.MultiIndex.from_frame(table[GROUP])
    still = posted.open_batches
    oldest = still.groupby(GROUP)["date"].min().reindex(key)
    table = with_names(table, outlets, prices, ledger).assign(
        sequence=np.arange(1, len(table) + 1),
        deposit_price=parts.common_price(still).reindex(key).array,
        used=parts.used(still, GROUP).reindex(key, fill_value=0).array,
        oldest_days=(as_of - oldest).dt.days.astype("Int64").array,
    )
    notes = {
        UNKNOWN_OPENING: np.full(len(table), not opening_known),
        UNPRICED: table["used"].isna().to_numpy(),
        NOT_LISTED: ~table["part_code"].isin(prices["part_code"]).to_numpy(),
    }
    for name in () if opening_known else (*DEPENDS_ON_OPENING, "outstanding"):
        table[name] = table[name].mask(notes[UNKNOWN_OPENING])
    columns = [np.where(hit, note, "") for note, hit in notes.items()]
    texts = [_joined(said) for said in zip(*columns, strict=True)]
    table["remark"] = pd.Series(texts, table.index, dtype=object)
    return table[[*COLUMNS, "agent_code"]]


def _counts(
    ledger: pd.DataFrame,
    posted: Posted,
    month_start: pd.Timestamp,
    returns: pd.DataFrame | None,
    old_parts: pd.DataFrame | None,
) -> pd.DataFrame:
    """The quantities of each outlet and part, as Int64."""
    rows = posted.rows
    now = (rows["day"] >= month_start).to_numpy()
    units, held = rows["units"].to_numpy(), rows["held"].to_numpy()
    of = {kind: (rows["kind"] == kind).to_numpy() for kind in parts.EFFECT}
    counted = {
        "opening": np.where(now, 0, held),
        **{name: np.where(of[kind] & now, units, 0) for name, kind in MOVED.items()},
        "in_field": held,
        "return_due": np.where(of[parts.CONSUMED], units, 0),
        "returned": np.where(of[parts.OLD_RETURN], units, 0),
    }
    table = pd.DataFrame(counted, ledger.index).groupby([ledger[name] for name in GROUP]).sum()
    if returns is not None:
        counts = (returns["kind"] == parts.OLD_RETURN) & (returns["quantity"] > 0)
        back = returns[counts.fillna(False)].groupby(GROUP)["quantity"].sum().to_frame("returned")
        table = table.assign(returned=0).add(back, fill_value=0)
    if old_parts is not None:
        table = table.add(old_parts[[*OLD_PARTS]], fill_value=0)
    return table[list(counted)].fillna(0).astype("Int64").sort_index().reset_index()


def listed_batches(
    open_batches: pd.DataFrame,
    as_of: pd.Timestamp,
    *,
    outlets: pd.DataFrame,
    prices: pd.DataFrame,
    written: pd.DataFrame,
) -> pd.DataFrame:
    """The rows of 在外批次: ``open_batches`` of the ledger by outlet and part, in their order.

    ``written`` are rows with codes and names, for what no master names.
    """
    table = open_batches.sort_values(GROUP, kind="stable", ignore_index=True)
    table = with_names(table, outlets, prices, written).assign(
        left=table["left"].astype("Int64"),
        amount=table["left"] * table["deposit_price"],
        age=parts.ages(table, as_of).astype("Int64"),
    )
    return table[[item.name for item in OPEN_BATCHES.fields]]


def by_outlet(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of 网点合计; 备注 says how many lines are left out of 占用金额."""
    groups = rows.groupby("outlet_code", sort=True)
    unknown = rows["used"].isna().groupby(rows["outlet_code"]).sum()
    table = (
        groups[[*SUMMED]]
        .sum(min_count=1)
        .assign(
            outlet_name=groups["outlet_name"].first(),
            oldest_days=groups["oldest_days"].max(),
            remark=(unknown.astype(str) + WITHOUT_AMOUNT).where(unknown > 0, None),
            sequence=np.arange(1, len(unknown) + 1),
        )
    )
    return table.reset_index()[[item.name for item in OUTLET_TOTALS.fields]]


def remarked(rows: pd.DataFrame, previous: pd.DataFrame | None) -> pd.DataFrame:
    """``rows`` with what the clerk has written under 备注 of this statement so far."""
    if previous is None:
        return rows
    clerks = {
        tuple(of): _joined(text for text in said.split(";") if text not in OURS)
        for *of, said in previous.dropna(subset=["remark"])[[*GROUP, "remark"]].to_numpy()
    }
    keys = zip(*(rows[name] for name in GROUP), strict=True)
    ours = rows["remark"].where(rows["remark"].notna(), None)
    texts = [_joined((clerks.get(of), own)) for of, own in zip(keys, ours, strict=True)]
    return rows.assign(remark=pd.Series(texts, rows.index, dtype=object))


def _joined(texts: Iterable[str | None]) -> str | None:
    return ";".join(filter(None, texts)) or None


# --- cross-footing ---------------------------------------------------------------------------


def cross_foot(
    statement: Shown, outlet_totals: Shown, open_batches: Shown, *, opening_known: bool = True
) -> Iterator[Difference]:
    """R408 and R703 over the three sheets as they were read back."""
    totals, open_ = LAYOUT.annexes
    yield from not_the_sum(statement, LAYOUT)
    yield from not_the_sum(outlet_totals, totals)
    yield from not_the_sum(open_batches, open_)
    rows = statement.rows
    for name in SUMMED:
        here, there = int(outlet_totals.rows[name].sum()), int(rows[name].sum())
        if here != there:
            yield unequal_totals(PARTS_STATEMENT[name], here, there, of=totals.sheet.name)
    if opening_known:
        yield from _not_in_balance(rows, open_batches.rows)


def _priced(rows: pd.DataFrame) -> pd.Series:
    """Lines of the sheet whose 占用金额 is known."""
    return ~rows["remark"].fillna("").str.contains(UNPRICED)


def _not_in_balance(rows: pd.DataFrame, still: pd.DataFrame) -> Iterator[Difference]:
    """R408 of each line: its movements, and the batches that its quantity and value consist of."""
    key = pd.MultiIndex.from_frame(rows[GROUP])
    batches = still.groupby(GROUP)[["left", "amount"]].sum().reindex(key, fill_value=0)
    moved = rows["opening"] + rows["issued"] - rows[[*MOVED][1:]].sum(axis=1)
    checks = (
        ("in_field", moved, str, "期末"),
        ("in_field", batches["left"], str, "在外批次期末"),
        (
            "used",
            batches["amount"].where(_priced(rows).to_numpy(), rows["used"].array),
            yuan,
            "占用金额",
        ),
    )
    for name, expected, figure, what in checks:
        for of, a, b in zip(key, rows[name].tolist(), expected.tolist(), strict=True):
            if a != b:
                said = f"{what}{figure(a)}≠应有{figure(b)},差{figure(a - b)}"
                yield Difference("R408", "".join((*of, said)), *of)
