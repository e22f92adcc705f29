"""The travel fee (远程费): rate by tier and day, fee by distance. calculations.md §2.1, §2.2."""

from __future__ import annotations

import numpy as np
import pandas as pd

from addin.domain import effective
from addin.domain.effective import GENERIC, NONE
from addin.domain.keys import combine, encode, look_up

STATUSES = FOUND, MISSING, OVERLAP, NO_KEY = "found", "missing", "overlap", "no_key"
RETURN = "往返"  # else 单程
WHOLE = "全程"  # else 超出部分
RATE = ["free_distance", "price_per_km", "route", "charged"]
LIMITS = ["distance_limit", "cap"]

_NUMBERS = ["free_distance", "price_per_km", *LIMITS]
_GENERIC = 0  # the place of 通用 among tiers
_NO_CAP = np.iinfo(np.int64).max
_METRES = 1000  # in a kilometre


def lookup(tier: pd.Series, date: pd.Series, table: pd.DataFrame) -> pd.DataFrame:
    """The rate that holds for each tier on each day: its own, else that of 通用. §2.1.

    ``table``: tier, free_distance and distance_limit (metres), price_per_km and cap (分), route,
    charged, valid_from, valid_to, row (Excel's). Returns, on the index of ``tier``, the columns
    of the rate (blank unless found) and

    - ``status``: ``found``, ``missing``, ``overlap`` (rows of that tier differ; ``missing`` and
      ``overlap`` are R123), ``no_key`` (tier or date is blank). A row whose rate is incomplete
      is ``missing``; blank limits mean no limit;
    - ``tariff_row``, ``rival_row``: Excel rows of the row that counts and of the one beside it.

    >>> days = pd.to_datetime(pd.Series(["2026-03-05", "2025-12-31"]))
    >>> table = pd.DataFrame({"tier": ["通用"], "free_distance": 15000, "price_per_km": 150,
    ...     "route": "单程", "charged": "超出部分", "distance_limit": pd.NA, "cap": pd.NA,
    ...     "valid_from": pd.Timestamp("2026-01-01"), "valid_to": pd.NaT, "row": 4})
    >>> lookup(pd.Series(["三类", "三类"]), days, table)[["status", "price_per_km", "tariff_row"]]
        status  price_per_km  tariff_row
    0    found           150           4
    1  missing          <NA>        <NA>
    """
    tiers = pd.Index([GENERIC, *table["tier"].dropna()], dtype=object).unique()
    # One number for each distinct rate; + 1 makes a blank limit a value like any other.
    value = combine(*(encode(table[name]) + 1 for name in RATE + LIMITS))
    held = effective.timeline(
        look_up(tiers, table["tier"]), table["valid_from"], table["valid_to"], value
    )
    key, day = look_up(tiers, tier), effective.day_numbers(date)
    row, rival = held.at(key, day)
    generic = row == NONE
    row[generic], rival[generic] = held.at(np.full(generic.sum(), _GENERIC), day[generic])
    has_key = (tier.notna() & date.notna()).to_numpy()
    row[~has_key], rival[~has_key] = NONE, NONE

    complete = np.append(table[RATE].notna().to_numpy().all(axis=1), False)
    status = np.full(len(tier), STATUSES.index(FOUND))
    status[~complete[row]] = STATUSES.index(MISSING)
    status[rival != NONE] = STATUSES.index(OVERLAP)
    status[~has_key] = STATUSES.index(NO_KEY)

    found = np.where(status == STATUSES.index(FOUND), row, NONE)
    rates = table[RATE + LIMITS].astype(dict.fromkeys(_NUMBERS, "Int64")).reset_index(drop=True)
    return (
        rates.reindex(found)
        .set_axis(tier.index)
        .assign(
            status=pd.Categorical.from_codes(status, categories=pd.Index(STATUSES)),
            tariff_row=effective.sheet_rows(table, row),
            rival_row=effective.sheet_rows(table, rival),
        )
    )


def invalid_rows(table: pd.DataFrame) -> pd.Series:
    """Rows that hold on no day because 失效日期 < 生效日期; each is worth a notice. §1.

    >>> days = pd.to_datetime(pd.Series(["2026-03-31", "2026-04-01"]))
    >>> invalid_rows(pd.DataFrame({"valid_from": days[1], "valid_to": days})).tolist()
    [True, False]
    """
    return effective.backwards(table["valid_from"], table["valid_to"])


def fee(distance: pd.Series, rates: pd.DataFrame) -> pd.Series:
    """The standard travel fee in 分 for one-way distances in metres. calculations.md §2.2.

    ``rates`` is what :func:`lookup` gave for the same rows. The free distance is compared one
    way; 往返 doubles what is charged; the fee is rounded half up once, then capped. Blank where
    the distance is blank or negative, or where no rate was found.

    >>> rates = pd.DataFrame({"free_distance": [15000], "price_per_km": [125], "route": ["单程"],
    ...     "charged": ["超出部分"], "cap": [pd.NA]}).astype({"cap": "Int64"})
    >>> fee(pd.Series([33300], dtype="Int64"), rates).tolist()  # 18.3 km at 1.25 = 22.875
    [2288]
    """
    known = (distance.ge(0).fillna(False) & rates[RATE].notna().all(axis=1)).to_numpy(dtype=bool)
    one_way, free, price, cap = (
        column.astype("Int64").to_numpy(dtype=np.int64, na_value=blank)
        for column, blank in (
            (distance, 0),
            (rates["free_distance"], 0),
            (rates["price_per_km"], 0),
            (rates["cap"], _NO_CAP),
        )
    )
    beyond = np.maximum(one_way - free, 0)
    whole = np.where(beyond > 0, one_way, 0)
    metres = np.where(rates["charged"] == WHOLE, whole, beyond)
    metres = np.where(rates["route"] == RETURN, 2 * metres, metres)
    amount = np.minimum((metres * price + _METRES // 2) // _METRES, cap)
    return pd.Series(effective.integers(amount, known), index=distance.index)
