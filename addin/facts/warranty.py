"""Stage 2: from when to when each machine is covered, and by what. calculations.md §4."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from addin.domain import keys, warranty
from addin.facts.past import Ledger, Standing
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


def terms(
    ledger: Ledger, slips: Slips, masters: Masters, parameters: Mapping[str, Any]
) -> pd.DataFrame:
    """Columns: judged_on, start, basis (a header), and both ends before any day under repair."""
    facts = ledger.facts
    by_completion = parameters["judged_by"] == "完成日期"
    starts = _starts(facts, slips, masters, ledger.history, parameters)
    return pd.DataFrame(
        {
            "judged_on": facts["completed_date" if by_completion else "reported_date"],
            "start": starts["start"],
            "basis": starts["basis"].astype(object).map(BASIS_SHOWN).astype(object),
            "warranty_end": warranty.end(starts["start"], facts["warranty_months"]),
            "main_part_end": warranty.end(starts["start"], facts["main_part_months"]),
        }
    )


def covered(
    terms: pd.DataFrame,
    ledger: Ledger,
    masters: Masters,
    parameters: Mapping[str, Any],
    standing: Standing,
) -> pd.DataFrame:
    """``terms`` with the ends as they are: later by days under repair, or by 延保.

    Days under repair of a slip that is returned or refused do not lengthen the term.
    """
    facts = ledger.facts
    whole, main = terms["warranty_end"], terms["main_part_end"]
    if parameters["deduct_repair_days"]:
        repairs = _repairs(ledger, standing)
        asked = terms.assign(barcode=ledger.machine[ledger.month], visit=ledger.visit[ledger.month])
        whole = _later(whole, warranty.repair_days(asked.assign(end=whole), repairs))
        main = _later(main, warranty.repair_days(asked.assign(end=main), repairs))
    extensions = masters[catalogue.EXTENSIONS]
    whole = _extended(whole, facts["barcode"], extensions, "整机")
    main = _extended(main, facts["barcode"], extensions, "主要部件")
    has_main_part = facts["part_is_main"].astype("boolean").fillna(False).to_numpy(bool)
    return terms.assign(warranty_end=whole, main_part_end=main.where(has_main_part))


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


def _repairs(ledger: Ledger, standing: Standing) -> pd.DataFrame:
    """The visits that count, of history and of this month, as calculations.md §4 has it."""
    out = ledger.returned(standing) | ledger.refused(standing)
    counts = np.flatnonzero((ledger.visit != keys.NO_KEY) & ~out)
    return pd.DataFrame(
        {
            "barcode": ledger.machine[counts],
            "reported": ledger.column("reported_date").iloc[counts].array,
            "completed": ledger.column("completed_date").iloc[counts].array,
            "visit": ledger.visit[counts],
        }
    )


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
