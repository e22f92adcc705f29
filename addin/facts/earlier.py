"""Stage 3: what came before each slip: its number, its machine, its fault. rules.md §10, §13.4."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from addin.domain import effective, keys
from addin.domain.keys import BoolArray, IntArray
from addin.facts.past import Ledger, Standing, earliest_other
from addin.tables import catalogue
from addin.tables.masters import Masters


def seen_before(
    ledger: Ledger, masters: Masters, parameters: Mapping[str, Any], standing: Standing
) -> pd.DataFrame:
    """Columns for R801, R802, R803 and R809; blank where nothing came before."""
    spared = masters[catalogue.REPLACEMENTS]["new_barcode"]
    columns = {
        **_same_number(ledger, standing),
        **_same_machine_installed(ledger, spared, standing),
        **_same_machine_repaired(ledger, parameters["repeat_within"], standing),
        "days_since_install": _days_since_install(ledger),
    }
    return pd.DataFrame({name: column[ledger.month] for name, column in columns.items()})


# --- R801: the same number ------------------------------------------------------------------


def _same_number(ledger: Ledger, standing: Standing) -> dict[str, Any]:
    """``seen_at`` (月 and row of the first), ``seen_refused``: it was refused as a whole."""
    number = keys.combine(ledger.slip, keys.encode(ledger.column("service")))
    rows = np.flatnonzero(keys.repeated(number) & ~ledger.returned(standing))
    number, order = number[rows], np.arange(len(rows))
    # 条码 and 完成日期; a blank differs from every other
    visit = keys.combine(ledger.machine[rows] + 1, ledger.completed[rows] + 1)
    install, refused = ledger.is_install[rows], ledger.refused(standing)[rows]
    job = keys.combine(number, _job(ledger, rows))

    def before(counts: BoolArray) -> IntArray:
        other_row = earliest_other(number, order, order, counts)
        other_visit = earliest_other(number, visit, order, counts)
        first_is_other = (other_visit >= 0) & (other_visit == other_row)
        same_job = earliest_other(job, order, order, counts)
        return np.where(install | first_is_other, other_row, same_job)

    standing_first, refused_first = before(~refused), before(refused)
    first = np.where(standing_first >= 0, standing_first, refused_first)
    hit = first >= 0
    seen = rows[first[hit]]
    months = ledger.column("period", "month").iloc[seen].dt.strftime("%Y-%m")
    places = zip(months, ledger.column("row").iloc[seen], strict=True)
    seen_at, seen_refused = ledger.blank(None), ledger.blank(False)
    seen_at[rows[hit]] = [f"{month}第{row}行" for month, row in places]
    seen_refused[rows[hit]] = standing_first[hit] < 0
    return {"seen_at": seen_at, "seen_refused": seen_refused}


def _job(ledger: Ledger, rows: IntArray) -> IntArray:
    """Machine, item, fault and part: a second such line on one slip is the same work again."""
    item, fault, part = (
        ledger.column(*names).iloc[rows]
        for names in (("item", "repair_item"), ("fault_code",), ("part_code",))
    )
    blank_is_equal = part.fillna("")
    return keys.combine(ledger.machine[rows], keys.group(item, fault, blank_is_equal))


# --- R802: a machine installed twice --------------------------------------------------------


def _same_machine_installed(
    ledger: Ledger, spared: pd.Series, standing: Standing
) -> dict[str, Any]:
    """``installed_on``, ``installed_slip``, ``installed_code``, ``installed_refused``."""
    takes_part = ledger.is_install & ~ledger.returned(standing)
    machine = np.where(takes_part[ledger.owner], ledger.machines, keys.NO_KEY)
    among = np.flatnonzero(keys.repeated(machine))
    machine, owner = machine[among], ledger.owner[among]
    day, refused = ledger.installed[owner], ledger.refused(standing)[owner]
    order = day * len(ledger) + owner
    before, by = ledger.blank(keys.NO_KEY), ledger.blank(keys.NO_KEY)
    for refused_pass in (True, False):  # a standing one, found last, wins
        counts = (day >= 0) & (refused == refused_pass)
        found = earliest_other(machine, ledger.slip[owner], order, counts)
        hit = np.flatnonzero(found >= 0)[::-1]  # of several codes the first, written last, wins
        before[owner[hit]], by[owner[hit]] = owner[found[hit]], among[hit]
    hit = np.flatnonzero(before >= 0)
    hit = hit[~np.isin(ledger.barcodes[by[hit]], spared.tolist())]
    on, slip, code = ledger.blank(np.datetime64("NaT", "s")), ledger.blank(None), ledger.blank(None)
    was_refused = ledger.blank(False)
    on[hit] = ledger.installed[before[hit]].astype("datetime64[D]")
    slip[hit] = ledger.column("slip_no").iloc[before[hit]]
    code[hit] = ledger.barcodes[by[hit]]
    was_refused[hit] = ledger.refused(standing)[before[hit]]
    return {
        "installed_on": on,
        "installed_slip": slip,
        "installed_code": code,
        "installed_refused": was_refused,
    }


# --- R803: a machine repaired again too soon ------------------------------------------------


def _same_machine_repaired(ledger: Ledger, within: int, standing: Standing) -> dict[str, Any]:
    """``repeat_of`` (单号), ``repeat_same_fault``, ``repeat_refused``."""
    takes_part = ledger.is_repair & ~ledger.returned(standing)
    at = np.flatnonzero(keys.repeated(np.where(takes_part, ledger.machine, keys.NO_KEY)))
    rows = pd.DataFrame(
        {
            "machine": ledger.machine[at],
            "fault": keys.encode(ledger.column("fault_code").iloc[at]),
            "slip": ledger.slip[at],
            "visit": ledger.visit[at],
            "reported": ledger.reported[at],
            "completed": ledger.completed[at],
            "refused": ledger.refused(standing)[at],
        },
        index=at,
    )
    of, same_fault, was_refused = ledger.blank(None), ledger.blank(False), ledger.blank(False)
    asking = rows[(at >= ledger.month.start) & (rows["reported"] >= 0)]
    answering = rows[rows["completed"] >= 0]
    answering = answering.drop_duplicates(["machine", "fault", "slip", "visit", "refused"])
    if len(asking) and len(answering):
        same, standing_same, other = _latest_before(asking, answering, ledger.month.start, within)
        source = np.where(standing_same >= 0, standing_same, np.where(same >= 0, same, other))
        hit = source >= 0
        row = asking.index.to_numpy()[hit]
        of[row] = ledger.column("slip_no").iloc[answering.index[source[hit]]]
        same_fault[row] = ((same >= 0) | (standing_same >= 0))[hit]
        was_refused[row] = ((same >= 0) & (standing_same < 0))[hit]
    return {"repeat_of": of, "repeat_same_fault": same_fault, "repeat_refused": was_refused}


def _latest_before(
    asking: pd.DataFrame, answering: pd.DataFrame, history_rows: int, within: int
) -> tuple[IntArray, IntArray, IntArray]:
    """Positions in ``answering`` of the latest earlier repair: refused with the same fault,
    standing with the same fault, any with another fault; -1 for none within the days."""
    by = ["machine", "completed"]
    sorted_positions = np.lexsort([answering[name].to_numpy() for name in reversed(by)])
    machine = answering["machine"].to_numpy()[sorted_positions]
    completed = answering["completed"].to_numpy()[sorted_positions]
    order = answering.index.to_numpy()[sorted_positions]
    span = int(completed.max()) + int(asking["reported"].max()) + 2
    keyed = machine * span + completed
    wanted = asking["machine"].to_numpy() * span + asking["reported"].to_numpy()
    upto = np.searchsorted(keyed, wanted, side="right") - 1

    def column(name: str) -> IntArray:
        return answering[name].to_numpy()[sorted_positions]

    slip, visit, fault, is_refused = map(column, ("slip", "visit", "fault", "refused"))
    reported = asking["reported"].to_numpy()
    answers = []
    for same_fault, refused_wanted in ((True, True), (True, False), (False, None)):
        found = np.full(len(asking), keys.NO_KEY)
        rows = np.arange(len(asking))
        place = upto.copy()
        while rows.size:
            inside = place[rows] >= 0
            rows = rows[inside]
            p = place[rows]
            near = (machine[p] == asking["machine"].to_numpy()[rows]) & (
                reported[rows] - completed[p] <= within
            )
            rows, p = rows[near], p[near]
            ask = asking.iloc[rows]
            is_same = fault[p] == ask["fault"].to_numpy()
            fits = (
                (slip[p] != ask["slip"].to_numpy())
                & (visit[p] != ask["visit"].to_numpy())
                & (is_same == same_fault)
                & (
                    (completed[p] < reported[rows])
                    | (order[p] < history_rows)
                    | (order[p] < ask.index.to_numpy())
                )
            )
            if refused_wanted is not None:
                fits &= is_refused[p] == refused_wanted
            found[rows[fits]] = sorted_positions[p[fits]]
            place[rows] -= 1
            rows = rows[~fits]
        answers.append(found)
    return answers[0], answers[1], answers[2]


# --- R809: repaired as soon as installed ----------------------------------------------------


def _days_since_install(ledger: Ledger) -> pd.arrays.IntegerArray:
    """Days from 安装 to 报修: by the install slip of that machine and outlet, else the slip's own
    安装日期."""
    place = keys.combine(ledger.outlet[ledger.owner], ledger.machines)
    install = (ledger.is_install & ~ledger.sent_back)[ledger.owner] & (place >= 0)
    latest = np.full(int(place.max(initial=keys.NO_KEY)) + 2, keys.NO_KEY)  # the last: no place
    np.maximum.at(latest, place[install], ledger.installed[ledger.owner[install]])
    by_slip = latest[ledger.of_first(place)]
    installed = np.where(by_slip >= 0, by_slip, ledger.installed)
    known = ledger.is_repair & (installed >= 0) & (ledger.reported >= 0)
    return effective.integers(ledger.reported - installed, known)
