"""The tariff (费用标准): what one job at an outlet is worth on its day. calculations.md §1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from addin.domain import effective
from addin.domain.effective import GENERIC, NONE
from addin.domain.keys import BoolArray, IntArray, look_up

STATUSES = FOUND, MISSING, OVERLAP, NOT_APPLICABLE, NO_KEY = (
    "found",
    "missing",
    "overlap",
    "not_applicable",
    "no_key",
)
REQUIRED = ["service", "tier", "product_line", "item", "date"]

_PLACED = ["service", "tier", "product_line", "model", "item"]

# Most specific first: whose tier (the outlet's own, or 通用) and what the row is about.
_LEVELS = (
    ("own", "model"),
    ("generic", "model"),
    ("own", "line"),
    ("generic", "line"),
    ("own", "generic"),
    ("generic", "generic"),
)
_GENERIC = 0  # the place of 通用 among tiers and among product lines
_NO_PRICE = -1  # a row of the tariff whose price is blank


@dataclass(frozen=True)
class _Places:
    """The columns of a table as places in the tariff's own texts, ``NONE`` for any other."""

    service: IntArray
    tier: IntArray
    line: IntArray
    model: IntArray
    item: IntArray


def lookup(keys: pd.DataFrame, tariff: pd.DataFrame) -> pd.DataFrame:
    """The unit price for every row of ``keys``, or why there is none. calculations.md §1.

    ``keys``: service, tier, product_line, model, item, date; ``model`` may be blank. ``tariff``:
    service, tier, product_line, model, item, price (分), valid_from, valid_to, row (Excel's).
    Returns, on the index of ``keys``:

    - ``price``: Int64 分, filled only where found (0 is a price);
    - ``status``: ``found``; ``overlap`` (R103: rows of the best level differ); ``not_applicable``
      (R104: the item exists for other product lines only, on any date); ``missing`` (R102, R202;
      also when the row that counts has no price); ``no_key`` (a column but ``model`` is blank);
    - ``tariff_row``, ``rival_row``: Excel rows of the row that counts and of the one beside it.

    >>> days = pd.to_datetime(pd.Series(["2026-04-01", "2026-03-31"]))
    >>> job = {"service": "安装", "tier": "二类", "product_line": "电热水器", "item": "标准安装"}
    >>> tariff = pd.DataFrame([job | {"model": None, "price": 8000, "row": 4}])
    >>> tariff = tariff.assign(valid_from=days[0], valid_to=pd.NaT)
    >>> lookup(pd.DataFrame([job | {"model": "DR-60A"}] * 2).assign(date=days), tariff)
       price   status  tariff_row  rival_row
    0   8000    found           4       <NA>
    1   <NA>  missing        <NA>       <NA>
    """
    words = _words(tariff)
    asked, listed = _places(keys, words), _places(tariff, words)
    price_list = np.asarray(tariff["price"].astype("Int64").fillna(_NO_PRICE), dtype=np.int64)
    complete = np.logical_and.reduce([keys[name].notna() for name in REQUIRED])

    row, rival = _best_rows(asked, keys["date"], listed, tariff, price_list)
    row, rival = np.where(complete, row, NONE), np.where(complete, rival, NONE)
    price = np.append(price_list, _NO_PRICE)[row]

    status = np.full(len(keys), STATUSES.index(FOUND))
    status[price == _NO_PRICE] = STATUSES.index(MISSING)
    status[(row == NONE) & _for_other_lines_only(asked, listed)] = STATUSES.index(NOT_APPLICABLE)
    status[rival != NONE] = STATUSES.index(OVERLAP)
    status[~complete] = STATUSES.index(NO_KEY)
    return pd.DataFrame(
        {
            "price": effective.integers(price, status == STATUSES.index(FOUND)),
            "status": pd.Categorical.from_codes(status, categories=pd.Index(STATUSES)),
            "tariff_row": effective.sheet_rows(tariff, row),
            "rival_row": effective.sheet_rows(tariff, rival),
        },
        index=keys.index,
    )


def invalid_rows(tariff: pd.DataFrame) -> pd.Series:
    """Rows that hold on no day because 失效日期 < 生效日期; each is worth a notice. §1.

    >>> days = pd.to_datetime(pd.Series(["2026-03-31", "2026-04-01"]))
    >>> invalid_rows(pd.DataFrame({"valid_from": days[1], "valid_to": days})).tolist()
    [True, False]
    """
    return effective.backwards(tariff["valid_from"], tariff["valid_to"])


def _words(tariff: pd.DataFrame) -> dict[str, pd.Index]:
    """The distinct texts of each column of the tariff; 通用 comes first where it may stand."""
    listed = {name: tariff[name].dropna().tolist() for name in _PLACED}
    listed |= {name: [GENERIC, *listed[name]] for name in ("tier", "product_line")}
    return {
        name: pd.Index(list(dict.fromkeys(texts)), dtype=object) for name, texts in listed.items()
    }


def _places(frame: pd.DataFrame, words: dict[str, pd.Index]) -> _Places:
    return _Places(*(look_up(words[name], frame[name]) for name in _PLACED))


def _best_rows(
    asked: _Places, date: pd.Series, listed: _Places, tariff: pd.DataFrame, prices: IntArray
) -> tuple[IntArray, IntArray]:
    """Row and rival of the first level that has a row on the day."""
    services, tiers, lines, items = map(
        _size, (listed.service, listed.tier, listed.line, listed.item)
    )

    def key(of: _Places, tier: IntArray, subject: IntArray) -> IntArray:
        blank = (of.service < 0) | (tier < 0) | (subject < 0) | (of.item < 0)
        number = ((subject * items + of.item) * services + of.service) * tiers + tier
        return np.where(blank, NONE, number)

    def model(of: _Places) -> IntArray:
        """Models are counted on behind the product lines."""
        return np.where(of.model < 0, NONE, of.model + lines)

    subject = np.where(listed.model < 0, listed.line, model(listed))
    held = effective.timeline(
        key(listed, listed.tier, subject), tariff["valid_from"], tariff["valid_to"], prices
    )

    generic = np.full(len(date), _GENERIC)
    tier_of = {"own": asked.tier, "generic": generic}
    subject_of = {"model": model(asked), "line": asked.line, "generic": generic}
    day = effective.day_numbers(date)
    row, rival = np.full((2, len(date)), NONE)
    for tier, about in _LEVELS:
        level = key(asked, tier_of[tier], subject_of[about])
        still = np.flatnonzero((row == NONE) & (level != NONE))
        row[still], rival[still] = held.at(level[still], day[still])
    return row, rival


def _for_other_lines_only(asked: _Places, listed: _Places) -> BoolArray:
    """The item stands in the tariff, but for neither the product line asked nor 通用."""
    shape = [_size(part) + 1 for part in (listed.service, listed.item, listed.line)]
    exists = np.zeros(shape, dtype=bool)  # the last of each side is where a blank (-1) falls
    exists[listed.service, listed.item, listed.line] = True
    exists[-1], exists[:, -1], exists[:, :, -1] = False, False, False
    of_job = asked.service, asked.item
    here = exists[*of_job, asked.line] | exists[*of_job, _GENERIC]
    return np.asarray(exists.any(axis=2))[of_job] & ~here


def _size(places: IntArray) -> int:
    return int(places.max(initial=0)) + 1
