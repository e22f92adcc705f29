"""One household, one day, one trip (R124): calculations.md §2.3 and workbooks.md §2.7."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType

import numpy as np
import pandas as pd

from addin.domain import keys
from addin.domain.effective import integers
from addin.domain.keys import BoolArray, IntArray

# 同户判定: from the codes of equal phones and of equal addresses to the codes that link rows.
LINKS: Mapping[str, Callable[[IntArray, IntArray], list[IntArray]]] = MappingProxyType(
    {
        "电话或地址": lambda phone, address: [phone, address],
        "电话": lambda phone, address: [phone],
        "地址": lambda phone, address: [address],
        "电话且地址": lambda phone, address: [keys.combine(phone, address)],
    }
)


def households(
    outlet: pd.Series,
    day: pd.Series,
    phones: pd.Series,
    addresses: pd.Series,
    *,
    by: str = "电话或地址",
) -> IntArray:
    """Which household each row belongs to: the position of the first row of that household.

    Rows of one ``outlet`` and one ``day`` belong together when their phone (the first of the
    tuple) or their address key is equal, as ``by`` (a key of :data:`LINKS`) says, and so does
    whatever hangs together through other rows. A row without outlet or day, or without phone
    and address key, is alone. §2.3.

    >>> row = pd.DataFrame({"outlet": "WD001", "day": pd.Timestamp("2026-03-05"),
    ...     "phone": [("13800138000",), ("13800138000",), ("13900139000",), ()],
    ...     "address": ["青山路8号", None, "青山路8号", None]})
    >>> households(row["outlet"], row["day"], row["phone"], row["address"]).tolist()
    [0, 0, 0, 3]
    """
    place = keys.group(outlet, day)
    phone = pd.Series([numbers[0] if numbers else None for numbers in phones], dtype=object)
    links = LINKS[by](
        keys.combine(place, keys.encode(phone)), keys.combine(place, keys.encode(addresses))
    )
    links = [np.where(keys.repeated(link), link, keys.NO_KEY) for link in links]
    linked = np.flatnonzero(np.max(links, axis=0) >= 0)
    first = np.arange(len(place), dtype=np.int64)
    first[linked] = linked[_first_connected([keys.combine(link[linked]) for link in links])]
    return first


def _first_connected(links: list[IntArray]) -> IntArray:
    """The first position among all that hang together by equal codes in any of ``links``.

    Each round every row takes the smallest position of its neighbours, and then the one which
    that row has found; so long chains need few rounds.
    """
    first = np.arange(len(links[0]), dtype=np.int64)
    while True:
        before = first
        for link in links:
            member = link >= 0
            smallest = np.full(link.max(initial=0) + 1, len(first), dtype=np.int64)
            np.minimum.at(smallest, link[member], first[member])
            first = first.copy()
            first[member] = smallest[link[member]]
        first = first[first]
        if np.array_equal(first, before):
            return first


def retained(
    group: IntArray,
    standard_travel: pd.Series,
    slip_no: pd.Series,
    claimed: pd.Series,
    *,
    already_paid: BoolArray | pd.Series | None = None,
) -> pd.DataFrame:
    """Which rows repeat a travel fee of their household (R124), and beside which slip. §2.3.

    ``group`` is what :func:`households` gave; only rows with ``claimed`` > 0 (分) compete. Kept
    is, in this order: a row that history has ``already_paid``, the highest ``standard_travel``
    (分, blank = lowest), the smaller ``slip_no`` (as text), the earlier row. Every other row but
    those already paid is hit.

    Returns ``hit`` (bool), ``kept`` (Int64, position of the kept row) and ``kept_slip`` (its
    单号), both blank where nothing is hit.

    >>> fee = pd.Series([750, 1500, 750], dtype="Int64")
    >>> retained(np.array([0, 0, 2]), fee, pd.Series(["AZ003", "AZ002", "AZ009"]), fee)
         hit  kept kept_slip
    0   True     1     AZ002
    1  False  <NA>      None
    2  False  <NA>      None
    """
    competes = claimed.gt(0).to_numpy(dtype=bool, na_value=False)
    paid = np.zeros(len(group), dtype=bool) if already_paid is None else np.asarray(already_paid)
    rows = np.flatnonzero(keys.repeated(np.where(competes, group, keys.NO_KEY)))
    standard = standard_travel.iloc[rows].to_numpy(dtype=np.int64, na_value=-1)
    slip = pd.factorize(slip_no.iloc[rows], sort=True, use_na_sentinel=False)[0]
    rows = rows[np.lexsort((slip, -standard, ~paid[rows], group[rows]))]

    leads = np.diff(group[rows], prepend=keys.NO_KEY) != 0
    kept = rows[leads][np.cumsum(leads) - 1]
    hit, beside = np.zeros(len(group), dtype=bool), np.full(len(group), keys.NO_KEY)
    hit[rows] = ~leads & ~paid[rows]
    beside[rows] = kept
    slips = np.where(hit, slip_no.to_numpy(dtype=object)[beside], None)
    return pd.DataFrame(
        {"hit": hit, "kept": integers(beside, hit), "kept_slip": pd.Series(slips, dtype=object)}
    ).set_axis(slip_no.index)


# --- address keys (workbooks.md §2.7) ---------------------------------------------------------

_DIGITS = {**dict(zip("〇零一二三四五六七八九", [0, *range(10)], strict=True)), "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_NUMERAL = re.compile(rf"[{''.join([*_DIGITS, *_UNITS])}]+(?=号|栋|幢|座|单元|室|楼|层)")
_BUILDING = ("幢", "座", "#", "号楼")  # all are called 栋
_DASH = "[-\u2010-\u2015\u2212]"
_BUILDING_UNIT_ROOM = re.compile(rf"(?<![\d-])(\d+){_DASH}(\d+){_DASH}(\d+)(?![\d-])")
_PUNCTUATION = re.compile(r"[\W_]+")
_DIGIT = re.compile("[0-9]")
_SHORTEST = 5

_REGION = re.compile("(?:省|市|特别行政区|(?:壮族|回族|维吾尔)?自治区)$")
_STREET = "[东南西北中]?(?:路|街|大街|大道|道|巷|弄|里|村)"


def address_key(text: str | None, province: str | None, city: str | None) -> str | None:
    """What two writings of one address have in common; None when that is too little. §2.7.

    ``text`` is normalised already (§2.1); ``province`` and ``city`` are the outlet's, whose
    names in front are dropped, with or without 省/市/自治区 (a bare name that a street is called
    after stays). Fewer than 5 characters or no digit give no key.

    >>> address_key("浙江省杭州市 湖滨里3-2-501室", "浙江", "杭州")
    '湖滨里3栋2单元501'
    """
    if not text:
        return None
    key = text.replace(" ", "")
    for name in (province, city):
        if name:
            key = _in_front(name).sub("", key)
    key = _NUMERAL.sub(lambda found: str(_arabic(found[0])), key)
    for word in _BUILDING:
        key = key.replace(word, "栋")
    key = key.removesuffix("室")
    if not key.isalnum():
        key = _BUILDING_UNIT_ROOM.sub(r"\1栋\2单元\3", key)
        key = _PUNCTUATION.sub("", key)
    return key if len(key) >= _SHORTEST and _DIGIT.search(key) else None


@lru_cache(maxsize=1024)
def _in_front(region: str) -> re.Pattern[str]:
    name = re.escape(_REGION.sub("", region))
    return re.compile(f"^{name}(?:省|市|特别行政区|(?:壮族|回族|维吾尔)?自治区|(?!{_STREET}))")


def _arabic(numeral: str) -> int | str:
    """The value of a Chinese numeral, read digit by digit where it has no 十, 百 or 千.

    >>> _arabic("二十一"), _arabic("一百零八"), _arabic("五〇一")
    (21, 108, '501')
    """
    if not _UNITS.keys() & set(numeral):
        return "".join(str(_DIGITS[digit]) for digit in numeral)
    total, digit = 0, None
    for sign in numeral:
        if sign in _UNITS:
            total, digit = total + (1 if digit is None else digit) * _UNITS[sign], None
        else:
            digit = _DIGITS[sign]
    return total + (digit or 0)
