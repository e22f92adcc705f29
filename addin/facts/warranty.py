"""Stage 2: from when to when each machine is covered, and by what. calculations.md §4."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from addin.domain import combination, keys, warranty
from addin.domain.keys import BoolArray
from addin.facts import past
from addin.tables import catalogue
from addin.tables.masters import Masters
from addin.tables.slips import Slips

BASES = {
    "发票日期": "invoice_date",
    "购买日期": "purchase_date",
    "安装日期": "install_date",
    "生产日期": "produced_date",
}
BASIS_SHOWN = {name: header for header, name in BASES.items()} | {"replaced_on": "换机日期"}


def covered(
    facts: pd.DataFrame,
    slips: Slips,
    masters: Masters,
    history: pd.DataFrame,
    parameters: Mapping[str, Any],
    out: BoolArray,
) -> pd.DataFrame:
    """Columns: judged_on, start, basis (a header), warranty_end, main_part_end.

    ``out`` marks slips of this month that are returned or refused: their days under repair do not
    lengthen the term.
    """
    judged = facts["reported_date"]
    if parameters["judged_by"] == "完成日期":
        judged = facts["completed_date"]
    starts = _starts(facts, slips, masters, history, parameters)
    start = starts["start"]
    whole = warranty.end(start, facts["warranty_months"])
    main = warranty.end(start, facts["main_part_months"])
    if parameters["deduct_repair_days"]:
        repairs = _repairs(facts, history, out)
        own = repairs["visit"].to_numpy()[len(repairs) - len(facts) :]
        asked = pd.DataFrame(
            {"barcode": facts["barcode"], "start": start, "judged_on": judged, "visit": own}
        )
        counted = repairs[repairs["counts"]]
        whole = _later(whole, warranty.repair_days(asked.assign(end=whole), counted))
        main = _later(main, warranty.repair_days(asked.assign(end=main), counted))
    extensions = masters[catalogue.EXTENSIONS]
    whole = _extended(whole, facts["barcode"], extensions, "整机")
    main = _extended(main, facts["barcode"], extensions, "主要部件")
    has_main_part = facts["part_is_main"].astype("boolean").fillna(False).to_numpy(bool)
    return pd.DataFrame(
        {
            "judged_on": judged,
            "start": start,
            "basis": starts["basis"].astype(object).map(BASIS_SHOWN).astype(object),
            "warranty_end": whole,
            "main_part_end": main.where(has_main_part),
        }
    )


def _starts(
    facts: pd.DataFrame,
    slips: Slips,
    masters: Masters,
    history: pd.DataFrame,
    parameters: Mapping[str, Any],
) -> pd.DataFrame:
    order = [BASES[header] for header in parameters["bases"] if header in BASES]
    unreadable = pd.DataFrame({name: slips.unread(name) for name in order})
    grace = parameters["production_grace"]
    starts = warranty.start(facts[order], grace_days=grace, unreadable=unreadable)
    replaced = masters[catalogue.REPLACEMENTS]
    if replaced.empty:
        return starts
    entry = replaced.drop_duplicates("new_barcode", keep="last").set_index("new_barcode")
    is_new = facts["barcode"].isin(entry.index).to_numpy(bool)
    if parameters["replacement_restarts"]:
        since = facts["barcode"].map(entry["replaced_on"]).astype("datetime64[s]")
        basis = "replaced_on"
    else:
        old = facts["barcode"].map(entry["old_barcode"])
        since = old.map(_papers(facts, history, order, grace)).astype("datetime64[s]")
        basis = "replaced_on"
    return pd.DataFrame(
        {
            "start": starts["start"].mask(is_new, since),
            "basis": starts["basis"].astype(object).mask(is_new, basis),
        }
    )


def _papers(facts: pd.DataFrame, history: pd.DataFrame, order: list[str], grace: int) -> pd.Series:
    """起算日 of each machine by the papers of its earliest slip, history first."""
    past_rows = pd.DataFrame({n: history.get(n, pd.Series(dtype="M8[s]")) for n in order})
    past_rows["barcode"] = [codes[0] if codes else None for codes in history["barcodes"]]
    rows = pd.concat([past_rows, facts[[*order, "barcode"]]], ignore_index=True)
    start = warranty.start(rows[order], grace_days=grace)["start"]
    return start.groupby(rows["barcode"]).first()


def _repairs(facts: pd.DataFrame, history: pd.DataFrame, out: BoolArray) -> pd.DataFrame:
    """Visits of history above those of this month; ``counts`` as calculations.md §4 has it."""
    earlier = past.of_service(history, "维修")
    first = [codes[0] if codes else None for codes in earlier["barcodes"]]
    rows = pd.DataFrame(
        {
            "outlet": past.stack(earlier["outlet_code"], facts["outlet_code"]),
            "barcode": past.stack(first, facts["barcode"]),
            "reported": pd.concat([earlier["reported_date"], facts["reported_date"]]).array,
            "completed": pd.concat([earlier["completed_date"], facts["completed_date"]]).array,
        }
    )
    rows["visit"] = combination.visits(rows["outlet"], rows["barcode"], rows["completed"])
    repair = ~facts["is_install"].to_numpy(bool)
    rows["counts"] = np.concatenate([~past.refused(earlier), repair & ~out])
    rows.loc[rows["visit"] == keys.NO_KEY, "counts"] = False
    return rows


def _later(end: pd.Series, days: pd.Series) -> pd.Series:
    return end + pd.to_timedelta(days.astype("int64"), unit="D").astype("m8[s]")


def _extended(
    end: pd.Series, barcode: pd.Series, extensions: pd.DataFrame, cover: str
) -> pd.Series:
    """The later of the computed day and 延保止 of the same machine (rules.md §12.8a)."""
    bought = extensions[(extensions["cover"] == cover).to_numpy(bool)]
    if bought.empty:
        return end
    until = barcode.map(bought.groupby("barcode")["valid_to"].max()).astype("datetime64[s]")
    return end.where(until.isna() | (end >= until), until)
