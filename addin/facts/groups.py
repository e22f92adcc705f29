"""Stage 3: how a slip looks among the others of its outlet. rules.md §10, calculations.md §9."""

from __future__ import annotations

import numpy as np
import pandas as pd

from addin.domain import keys, outliers
from addin.domain.keys import IntArray
from addin.facts.past import Ledger, Standing

TAIL_DIGITS = 6


def among_others(ledger: Ledger, standing: Standing) -> pd.DataFrame:
    """Columns for R804, R806, R807 and R808; install and repair slips are pooled (§13.3)."""
    facts, outlet = ledger.facts, ledger.outlet[ledger.month]
    name = keys.encode(facts["user_name"])
    phone = keys.combine(outlet, ledger.phone[ledger.month])
    worker = keys.combine(outlet, keys.encode(facts["worker"]), keys.encode(facts["service_date"]))
    run = _serial_runs(facts, outlet)
    z = outliers.robust_z(facts["distance"].mask(standing.returned), facts["outlet_code"])
    return pd.DataFrame(
        {
            "phone_rows": _size(phone),
            "phone_names": _distinct(phone, name),
            "worker_rows": _size(worker),
            "distance_z": z["z"],
            "distance_median": z["median"],
            "distance_n": z["n"],
            "serial_rows": _size(run),
            "serial_names": _distinct(run, name),
        },
        index=facts.index,
    )


def _size(group: IntArray) -> pd.arrays.IntegerArray:
    """Rows of each row's group; blank where there is no key."""
    counts = np.bincount(group[group >= 0], minlength=1)
    return pd.arrays.IntegerArray(counts[group], group < 0)


def _distinct(group: IntArray, value: IntArray) -> pd.arrays.IntegerArray:
    """How many different values stand in each row's group."""
    pair = keys.combine(group, value)
    known = pair >= 0
    group_of = np.zeros(int(pair.max(initial=keys.NO_KEY)) + 1, np.int64)
    group_of[pair[known]] = group[known]
    counts = np.bincount(group_of, minlength=int(group.max(initial=0)) + 1)
    return pd.arrays.IntegerArray(counts[group], group < 0)


def _serial_runs(facts: pd.DataFrame, outlet: IntArray) -> IntArray:
    """A number for each run of consecutive barcodes of one outlet, model and day."""
    of_installs = np.where(facts["is_install"], outlet, keys.NO_KEY)
    place = keys.combine(
        of_installs, keys.encode(facts["model"]), keys.encode(facts["install_date"])
    )
    rows = np.flatnonzero(keys.repeated(place))
    codes = facts["barcode"].to_numpy(object)[rows]
    serial = np.array([_tail(code) for code in codes], np.int64)
    stem = keys.encode(np.array([code and code[:-TAIL_DIGITS] for code in codes], object))
    place = keys.combine(place[rows], np.where(serial >= 0, stem, keys.NO_KEY))
    by = np.lexsort((serial, place))
    breaks = (np.diff(place[by], prepend=-2) != 0) | (np.diff(serial[by], prepend=-2) > 1)
    run = np.full(len(facts), keys.NO_KEY)
    run[rows[by]] = np.where(place[by] >= 0, np.cumsum(breaks) - 1, keys.NO_KEY)
    return run


def _tail(code: str | None) -> int:
    tail = (code or "")[-TAIL_DIGITS:]
    return int(tail) if len(tail) == TAIL_DIGITS and tail.isascii() and tail.isdecimal() else -1


def part_shares(facts: pd.DataFrame) -> pd.DataFrame:
    """Per outlet: its in-warranty repair rows, and those with a part replaced (R810)."""
    in_warranty = (facts["warranty_type"] == "保内").to_numpy(bool)
    asked = in_warranty & facts["outlet_known"].to_numpy(bool)
    rows = facts.loc[asked, ["outlet_code", "part_code"]]
    with_part = rows["part_code"].notna()
    by = with_part.groupby(rows["outlet_code"])
    return pd.DataFrame({"rows": by.size(), "with_part": by.sum()})
