"""Stage 3: what came before each slip: its number, its machine, its fault. rules.md §10, §13.4."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from addin.domain import combination, keys
from addin.domain.keys import BoolArray, IntArray
from addin.facts import past
from addin.facts.past import Standing, stack, stack_days
from addin.tables import catalogue
from addin.tables.masters import Masters


def seen_before(
    facts: pd.DataFrame,
    masters: Masters,
    history: pd.DataFrame,
    parameters: Mapping[str, Any],
    standing: Standing,
) -> pd.DataFrame:
    """Columns for R801, R802, R803 and R809; blank where nothing came before."""
    columns: dict[str, Any] = {}
    columns |= _same_number(facts, history, standing)
    columns |= _same_machine_installed(facts, masters, history, standing)
    columns |= _same_machine_repaired(facts, history, standing, parameters["repeat_within"])
    columns["days_since_install"] = _days_since_install(facts, history)
    return pd.DataFrame(columns, index=facts.index)


# --- R801: the same number ------------------------------------------------------------------


def _same_number(facts: pd.DataFrame, history: pd.DataFrame, standing: Standing) -> dict[str, Any]:
    """``seen_at`` (月 and row of the first), ``seen_refused``: it was refused as a whole."""
    earlier = history[(history["state"] != "退回").to_numpy(bool)]
    n = len(earlier)
    install = np.concatenate([earlier["service"] == "安装", facts["is_install"]]).astype(bool)
    number = keys.group(
        stack(earlier["service"], facts["service"]),
        stack(earlier["outlet_code"], facts["outlet_code"]),
        stack(earlier["slip_no"], facts["slip_no"]),
    )
    takes_part = np.concatenate([np.ones(n, bool), ~standing.returned])
    is_refused = np.concatenate([past.refused(earlier), standing.refused])
    order = np.arange(len(number))
    machine = _machine(earlier, facts)
    visit = keys.group(machine, stack_days(earlier["completed_date"], facts["completed_date"]))
    job = _job(earlier, facts)

    def before(counts: BoolArray) -> IntArray:
        other_row = past.earliest_other(number, order, order, counts)
        other_visit = past.earliest_other(number, visit, order, counts & (visit >= 0))
        first_is_other = (other_visit >= 0) & (other_visit == other_row) & (visit >= 0)
        same_job = past.earliest_other(keys.combine(number, job), order, order, counts)
        repeated = np.where(first_is_other, other_row, same_job)
        return np.where(install, other_row, repeated)

    standing_first = before(takes_part & ~is_refused)
    refused_first = before(takes_part & is_refused)
    at = np.where(standing_first >= 0, standing_first, refused_first)[n:]
    at = np.where(takes_part[n:], at, keys.NO_KEY)
    months = stack(earlier["month"].dt.strftime("%Y-%m"), facts["period"].dt.strftime("%Y-%m"))
    rows = stack(earlier["row"], facts["row"])
    seen = [f"{months[i]}第{rows[i]}行" if i >= 0 else None for i in at]
    return {
        "seen_at": np.array(seen, object),
        "seen_refused": (at >= 0) & (standing_first[n:] < 0),
    }


def _machine(earlier: pd.DataFrame, facts: pd.DataFrame) -> IntArray:
    return keys.encode(
        stack([codes[0] if codes else None for codes in earlier["barcodes"]], facts["barcode"])
    )


def _job(earlier: pd.DataFrame, facts: pd.DataFrame) -> IntArray:
    """Machine, item, fault and part: a second such line on one slip is the same work again."""
    blank_is_equal = stack(earlier["part_code"].fillna(""), facts["part_code"].fillna(""))
    return keys.combine(
        _machine(earlier, facts),
        keys.encode(stack(earlier["repair_item"], facts["item"])),
        keys.encode(stack(earlier["fault_code"], facts["fault_code"])),
        keys.encode(blank_is_equal),
    )


# --- R802: a machine installed twice --------------------------------------------------------


def _same_machine_installed(
    facts: pd.DataFrame, masters: Masters, history: pd.DataFrame, standing: Standing
) -> dict[str, Any]:
    """``installed_on``, ``installed_slip``, ``installed_code``, ``installed_refused``."""
    earlier = past.of_service(history, "安装")
    now = facts[facts["is_install"].to_numpy(bool) & ~standing.returned]
    lists = stack(earlier["barcodes"], now["barcodes"])
    owner = np.repeat(np.arange(len(lists)), [len(codes) for codes in lists])
    code = np.array([c for codes in lists for c in codes], object)
    machine = keys.encode(code) if len(code) else np.zeros(0, np.int64)
    slip = keys.group(
        stack(earlier["outlet_code"], now["outlet_code"]),
        stack(earlier["slip_no"], now["slip_no"]),
    )
    is_refused = np.concatenate([past.refused(earlier), standing.refused[now.index]])
    days = stack_days(earlier["install_date"], now["install_date"])
    rank = np.empty(len(lists), np.int64)
    rank[np.lexsort((np.arange(len(lists)), days))] = np.arange(len(lists))

    counts = days[owner] >= 0
    best = np.full(len(facts), keys.NO_KEY)
    of_code = np.full(len(facts), None, object)
    was_refused = np.zeros(len(facts), bool)
    for refused_pass in (True, False):  # a standing one, found last, wins
        found = past.earliest_other(
            machine, slip[owner], rank[owner], counts & (is_refused[owner] == refused_pass)
        )
        hits = np.flatnonzero((found >= 0) & (owner >= len(earlier)))[::-1]
        at = now.index.to_numpy()[owner[hits] - len(earlier)]
        best[at], of_code[at] = owner[found[hits]], code[hits]
        was_refused[at] = refused_pass
    spared = set(masters[catalogue.REPLACEMENTS]["new_barcode"])
    if spared:
        best[np.isin(of_code, list(spared))] = keys.NO_KEY
    known = best >= 0
    dates = pd.concat([earlier["install_date"], now["install_date"]], ignore_index=True)
    slips = stack(earlier["slip_no"], now["slip_no"])
    return {
        "installed_on": dates.array.take(best, allow_fill=True),
        "installed_slip": pd.Series(slips, dtype=object).array.take(best, allow_fill=True),
        "installed_code": pd.Series(of_code, dtype=object).where(known).to_numpy(object),
        "installed_refused": was_refused & known,
    }


# --- R803: a machine repaired again too soon ------------------------------------------------


def _same_machine_repaired(
    facts: pd.DataFrame, history: pd.DataFrame, standing: Standing, within: int
) -> dict[str, Any]:
    """``repeat_of`` (单号), ``repeat_same_fault``, ``repeat_refused``."""
    columns = {
        "repeat_of": np.full(len(facts), None, object),
        "repeat_same_fault": np.zeros(len(facts), bool),
        "repeat_refused": np.zeros(len(facts), bool),
    }
    earlier = past.of_service(history, "维修")
    n = len(earlier)
    now = facts[~facts["is_install"].to_numpy(bool) & ~standing.returned]
    machine = _machine(earlier, now)
    rows = pd.DataFrame(
        {
            "machine": machine,
            "fault": keys.encode(stack(earlier["fault_code"], now["fault_code"])),
            "slip": keys.group(
                stack(earlier["outlet_code"], now["outlet_code"]),
                stack(earlier["slip_no"], now["slip_no"]),
            ),
            "visit": combination.visits(
                pd.Series(stack(earlier["outlet_code"], now["outlet_code"])),
                pd.Series(machine).where(machine >= 0),
                pd.concat([earlier["completed_date"], now["completed_date"]], ignore_index=True),
            ),
            "reported": stack_days(earlier["reported_date"], now["reported_date"]),
            "completed": stack_days(earlier["completed_date"], now["completed_date"]),
            "refused": np.concatenate([past.refused(earlier), standing.refused[now.index]]),
            "number": stack(earlier["slip_no"], now["slip_no"]),
        }
    )
    rows = rows[keys.repeated(machine)]
    asking = rows[(rows.index >= n) & (rows["reported"] >= 0).to_numpy()]
    if asking.empty:
        return columns
    answering = rows[(rows["completed"] >= 0).to_numpy()]
    answering = answering.drop_duplicates(["machine", "fault", "slip", "visit", "refused"])
    same, standing_same, other = _latest_before(asking, answering, n, within)
    same_fault = (same >= 0) | (standing_same >= 0)
    source = np.where(standing_same >= 0, standing_same, np.where(same >= 0, same, other))
    hit = source >= 0
    at = now.index.to_numpy()[asking.index.to_numpy()[hit] - n]
    columns["repeat_of"][at] = answering["number"].to_numpy(object)[source[hit]]
    columns["repeat_same_fault"][at] = same_fault[hit]
    columns["repeat_refused"][at] = (standing_same < 0)[hit] & same_fault[hit]
    return columns


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


def _days_since_install(facts: pd.DataFrame, history: pd.DataFrame) -> pd.Series:
    """Days from 安装 to 报修: by the install slip of that machine and outlet, else the slip's own
    安装日期."""
    repair = ~facts["is_install"].to_numpy(bool)
    earlier = past.of_service(history, "安装")
    installs = pd.concat(
        [frame[["outlet_code", "barcodes", "install_date"]] for frame in (earlier, facts[~repair])],
        ignore_index=True,
    ).explode("barcodes")
    installs = installs[installs["barcodes"].isin(set(facts.loc[repair, "barcode"]))]
    installed = facts["install_date"].where(repair)
    if len(installs):
        known = installs.groupby(["outlet_code", "barcodes"])["install_date"].max()
        asked = pd.MultiIndex.from_frame(facts[["outlet_code", "barcode"]])
        by_slip = pd.Series(known.reindex(asked).array, index=facts.index)
        installed = by_slip.where(by_slip.notna() & repair, installed)
    return (facts["reported_date"] - installed).dt.days.astype("Int64")
