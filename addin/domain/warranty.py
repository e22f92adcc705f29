"""Warranty (三包): its first day, its last, and what repair days add. calculations.md §4."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from addin.domain import keys
from addin.domain.keys import IntArray

Days = npt.NDArray[np.datetime64]

PRODUCED = "produced_date"  # the basis that days of grace are added to


def add_months(dates: pd.Series, months: pd.Series) -> pd.Series:
    """The same day of the month, ``months`` later, clamped to the end of that month. §4.

    Whole months, also 0 or negative; a blank of either gives a blank.

    >>> start = pd.Series(pd.to_datetime(["2024-02-29", "2023-08-31"]))
    >>> add_months(start, pd.Series([12, 6])).dt.date.astype(str).tolist()
    ['2025-02-28', '2024-02-29']
    """
    day = _days(dates)
    known = ~np.isnat(day) & months.notna().to_numpy()
    month = day.astype("datetime64[M]")
    target = month + months.to_numpy(dtype=np.int64, na_value=0)
    last = (target + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
    moved = np.minimum(target.astype("datetime64[D]") + (day - month.astype("datetime64[D]")), last)
    return _dates(np.where(known, moved, np.datetime64("NaT")), dates.index)


def start(
    bases: pd.DataFrame, *, grace_days: int = 0, unreadable: pd.DataFrame | None = None
) -> pd.DataFrame:
    """First day of the term: the first column of ``bases`` that is filled. §4.

    ``bases``: dates, one column per basis in the order of 起算依据顺序; ``produced_date`` gets
    ``grace_days`` (生产顺延天数) added. ``unreadable`` (same columns, true or false) marks cells
    that hold no valid date: such a cell ends the search without a start.

    Returns ``start`` (datetime64[s]) and ``basis`` (category: the name of the column, also where
    it was unreadable; blank when no basis is filled, R304).

    >>> bases = pd.DataFrame({"invoice_date": [None, None], "produced_date": ["2025-01-10", None]})
    >>> start(bases.apply(pd.to_datetime), grace_days=90)
           start          basis
    0 2025-04-10  produced_date
    1        NaT            NaN
    """
    names = list(bases.columns)
    days = np.column_stack([_days(bases[name]) for name in names])
    filled = ~np.isnat(days)
    if PRODUCED in names:
        days[:, names.index(PRODUCED)] += np.timedelta64(grace_days, "D")
    if unreadable is not None:
        filled |= unreadable[names].to_numpy(dtype=bool)
    basis = np.where(filled.any(axis=1), filled.argmax(axis=1), keys.NO_KEY)
    return pd.DataFrame(
        {
            "start": _dates(days[np.arange(len(days)), basis], bases.index),
            "basis": pd.Categorical.from_codes(basis, categories=pd.Index(names)),
        },
        index=bases.index,
    )


def end(start: pd.Series, months: pd.Series, *, repair_days: pd.Series | None = None) -> pd.Series:
    """Last day that is still covered: ``months`` after ``start``, plus days under repair. §4.

    0 months end on the start itself; blank months (R307, or no main-part cover) or start give a
    blank.

    >>> invoice = pd.Series(pd.to_datetime(["2025-03-05"]))
    >>> end(invoice, pd.Series([12]), repair_days=pd.Series([10])).dt.date.astype(str).tolist()
    ['2026-03-15']
    """
    computed = add_months(start, months)
    if repair_days is None:
        return computed
    return computed + pd.to_timedelta(repair_days.astype("int64"), unit="D").astype("m8[s]")


def repair_days(slips: pd.DataFrame, visits: pd.DataFrame) -> pd.Series:
    """Days under repair that move each slip's end of term (扣除修理天数=是). §4.

    ``slips``: barcode, start, end (before any days), judged_on, visit. ``visits``: barcode,
    reported, completed, visit: the repairs that count, that is of history and this workbook,
    neither returned nor refused. ``barcode`` is a text or (faster) a code, and ``visit`` a whole
    number, of one numbering in both tables; a slip's own visit is left out. Int64 on the index
    of ``slips``, 0 where nothing counts.

    A visit counts when it was reported within the term as extended so far and completed by
    ``judged_on``; visits in order of their report, days that overlap once.

    >>> day = pd.Timestamp
    >>> slips = pd.DataFrame({"barcode": ["DR60A2512000123"], "visit": [2],
    ...     "start": day("2025-03-05"), "end": day("2026-03-05"), "judged_on": day("2026-03-10")})
    >>> visits = pd.DataFrame({"barcode": ["DR60A2512000123"], "visit": [1],
    ...     "reported": day("2025-08-01"), "completed": day("2025-08-11")})
    >>> repair_days(slips, visits).tolist()
    [10]
    """
    machines = pd.Index(visits["barcode"].dropna().unique())
    machine, repaired = (keys.look_up(machines, side["barcode"]) for side in (slips, visits))
    own, visit = (
        side["visit"].to_numpy(dtype=np.int64, na_value=keys.NO_KEY) for side in (slips, visits)
    )
    first, last, judged_on = (_days(slips[name]) for name in ("start", "end", "judged_on"))
    reported, completed = _days(visits["reported"]), _days(visits["completed"])

    lasting = np.flatnonzero((repaired != keys.NO_KEY) & (completed > reported))
    dated = ~(np.isnat(first) | np.isnat(last) | np.isnat(judged_on))
    slip = np.flatnonzero(dated & _has_other(machine, own, repaired[lasting], visit[lasting]))
    wanted = np.zeros(len(machines), dtype=bool)
    wanted[machine[slip]] = True
    queue = lasting[wanted[repaired[lasting]]]
    queue = queue[np.lexsort((reported[queue], repaired[queue]))]
    length = np.bincount(repaired[queue], minlength=len(machines))
    behind = np.cumsum(length)
    place = np.append(behind - length, 0)[machine]

    days, covered_to = np.zeros(len(slips), dtype=np.int64), first.copy()
    while slip.size:  # every slip asks the next visit of its machine, all side by side
        asked = queue[place[slip]]
        term_end = last[slip] + days[slip].astype("m8[D]")
        in_reach = reported[asked] <= np.minimum(term_end, judged_on[slip])
        slip, asked = slip[in_reach], asked[in_reach]
        counts = (
            (reported[asked] >= first[slip])
            & (completed[asked] <= judged_on[slip])
            & (visit[asked] != own[slip])
        )
        counted, by = slip[counts], asked[counts]
        new = completed[by] - np.maximum(reported[by], covered_to[counted])
        days[counted] += np.maximum(new.astype(np.int64), 0)
        covered_to[counted] = np.maximum(covered_to[counted], completed[by])
        place[slip] += 1
        slip = slip[place[slip] < behind[machine[slip]]]
    return pd.Series(days, index=slips.index, dtype="Int64")


def _has_other(
    machine: IntArray, own: IntArray, repaired: IntArray, visit: IntArray
) -> npt.NDArray[np.bool_]:
    """Whether the machine of a slip was also repaired on another visit than the slip's own."""
    size = int(max(machine.max(initial=0), repaired.max(initial=0))) + 1
    lowest, highest = np.full(size, np.iinfo(np.int64).max), np.full(size, -1)
    np.minimum.at(lowest, repaired, visit)
    np.maximum.at(highest, repaired, visit)
    seen = (machine != keys.NO_KEY) & (highest[machine] >= 0)
    return seen & ((lowest[machine] != own) | (highest[machine] != own))


def _days(dates: pd.Series) -> Days:
    return dates.to_numpy(dtype="datetime64[D]")


def _dates(days: Days, index: pd.Index) -> pd.Series:
    return pd.Series(days.astype("datetime64[s]"), index=index)
