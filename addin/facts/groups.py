"""Stage 3: how a slip looks among the others of its outlet. rules.md §10, calculations.md §9."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from addin.domain import keys, outliers
from addin.domain.keys import IntArray
from addin.facts.past import Standing

TAIL_DIGITS = 6


def among_others(facts: pd.DataFrame, standing: Standing) -> pd.DataFrame:
    """Columns for R804, R806, R807 and R808; install and repair slips are pooled (§13.3)."""
    columns: dict[str, Any] = {}
    outlet = facts["outlet_code"]
    same_phone = keys.group(outlet, facts["phone"])
    columns["phone_rows"] = _size(same_phone)
    columns["phone_names"] = _distinct(same_phone, facts["user_name"])
    columns["worker_rows"] = _size(keys.group(outlet, facts["worker"], facts["service_date"]))
    z = outliers.robust_z(facts["distance"].mask(standing.returned), outlet)
    columns |= {"distance_z": z["z"], "distance_median": z["median"], "distance_n": z["n"]}
    columns["serial_rows"], columns["serial_names"] = _serial_runs(facts)
    return pd.DataFrame(columns, index=facts.index)


def _size(group: IntArray) -> pd.arrays.IntegerArray:
    """Rows of each row's group; blank where there is no key."""
    counts = np.bincount(group[group >= 0], minlength=1)
    return pd.arrays.IntegerArray(counts[group], group < 0)


def _distinct(group: IntArray, column: pd.Series) -> pd.arrays.IntegerArray:
    pairs = np.unique(np.column_stack([group, keys.encode(column)]), axis=0)
    pairs = pairs[(pairs >= 0).all(axis=1)]
    counts = np.bincount(pairs[:, 0], minlength=int(group.max(initial=0)) + 1)
    return pd.arrays.IntegerArray(counts[group], group < 0)


def _serial_runs(facts: pd.DataFrame) -> tuple[Any, Any]:
    """Length of the run of consecutive barcodes that an install slip stands in, and its names."""
    rows = np.flatnonzero(facts["is_install"].to_numpy(bool) & facts["barcode"].notna().to_numpy())
    serial = np.array([_tail(code) for code in facts["barcode"].to_numpy()[rows]], np.int64)
    rows, serial = rows[serial >= 0], serial[serial >= 0]
    part = facts.iloc[rows]
    stem = part["barcode"].str[:-TAIL_DIGITS]
    place = keys.group(part["outlet_code"], part["model"], part["install_date"], stem)
    by = np.lexsort((serial, place))
    breaks = (np.diff(place[by], prepend=-2) != 0) | (np.diff(serial[by], prepend=-2) > 1)
    run = np.full(len(facts), keys.NO_KEY)
    run[rows[by]] = np.where(place[by] >= 0, np.cumsum(breaks) - 1, keys.NO_KEY)
    return _size(run), _distinct(run, facts["user_name"])


def _tail(code: str) -> int:
    tail = code[-TAIL_DIGITS:]
    return int(tail) if len(tail) == TAIL_DIGITS and tail.isascii() and tail.isdecimal() else -1


def part_shares(facts: pd.DataFrame) -> pd.DataFrame:
    """Per outlet: its in-warranty repair rows, and those with a part replaced (R810)."""
    in_warranty = (facts["warranty_type"] == "保内").to_numpy(bool)
    rows = facts[in_warranty & facts["outlet_known"].to_numpy(bool)]
    with_part = rows["part_code"].notna()
    by = with_part.groupby(rows["outlet_code"])
    return pd.DataFrame({"rows": by.size(), "with_part": by.sum()})
