"""The first step: the same document number, and the same part where both lists name it.

It alone concludes by itself. A number that stands once on each side is looked up, those that
stand several times are told apart by their part, and what then still stands several times by what
it says (``repeated``).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from addin.domain.keys import NO_KEY, IntArray, combine, encode
from addin.domain.matching import repeated
from addin.domain.matching.conclusions import OPEN, Draft
from addin.domain.matching.repeated import Repeated
from addin.domain.matching.sides import Both, Texts


def pair(both: Both, draft: Draft) -> Repeated:
    """The answer are the rows that still stand several times."""
    if both.share("slip_no"):
        return _by_number(both, draft)
    if not both.dated:  # balances, a line per part: the part is their key
        name = next((n for n in ("part_code", "part_name") if both.share(n)), None)
        if name is not None:
            draft.conclude(both, *_once(*_codes(both, draft, name)))
    return Repeated()


def _by_number(both: Both, draft: Draft) -> Repeated:
    ours, theirs = _codes(both, draft, "slip_no")
    i, j = _once(ours, theirs)
    ours[i], theirs[j] = NO_KEY, NO_KEY
    if both.share("part_code"):
        one, other = both.ours.texts("part_code", i), both.theirs.texts("part_code", j)
        same = (one == other) & (one != None)  # noqa: E711
        i, j = i[same], j[same]
    draft.conclude(both, i, j)

    m, n = _on_both(ours, theirs)
    if not len(m):
        return Repeated()
    ours, theirs = _with_part(both, m, n, ours[m], theirs[n])
    i, j = _once(ours, theirs)
    draft.conclude(both, m[i], n[j])
    ours[i], theirs[j] = NO_KEY, NO_KEY
    i, j = _on_both(ours, theirs)
    rows = Repeated(m[i], n[j], ours[i], theirs[j])
    if len(i):
        repeated.pair(both, draft, rows)
    return rows


def _with_part(
    both: Both, m: IntArray, n: IntArray, ours: IntArray, theirs: IntArray
) -> tuple[IntArray, IntArray]:
    """The codes ``ours`` and ``theirs`` of these rows, told apart by part if both lists name it."""
    if not both.share("part_code"):
        return ours, theirs
    parts = encode(
        np.concatenate([both.ours.texts("part_code", m), both.theirs.texts("part_code", n)])
    )
    together = combine(np.concatenate([ours, theirs]), parts)
    return together[: len(m)], together[len(m) :]


def _codes(both: Both, draft: Draft, name: str) -> tuple[IntArray, IntArray]:
    """The same code for the same text in both lists, ``NO_KEY`` where blank or settled already.

    Texts are told apart by their 64-bit hash. One in ten million pairs of lists of a million rows
    would have two of one hash, and those entries would also have to agree in goods and money.
    """
    hashes = np.concatenate(
        [_hashes(getattr(side, name)) for side in (both.ours, both.theirs)], dtype=np.int64
    )
    codes = pd.factorize(hashes)[0].astype(np.int64, copy=False)
    blank = np.flatnonzero(hashes == hash(None))
    codes[blank] = NO_KEY
    ours, theirs = codes[: both.ours.size], codes[both.ours.size :]
    ours[draft.ours != OPEN] = NO_KEY
    theirs[draft.theirs != OPEN] = NO_KEY
    return ours, theirs


def _hashes(texts: Texts) -> IntArray:
    return np.fromiter(map(hash, texts), np.int64, len(texts))


def _once(ours: IntArray, theirs: IntArray) -> tuple[IntArray, IntArray]:
    """Pairs of rows whose code no other row of either side has."""
    i, j = np.flatnonzero(ours >= 0), np.flatnonzero(theirs >= 0)
    size = _size(ours, theirs)
    count = np.bincount(ours[i], minlength=size)
    other_count = np.bincount(theirs[j], minlength=size)
    place = np.full(size, OPEN)
    place[ours[i]] = i
    j = j[((count == 1) & (other_count == 1))[theirs[j]]]
    return place[theirs[j]], j


def _on_both(ours: IntArray, theirs: IntArray) -> tuple[IntArray, IntArray]:
    """Rows of either side whose code stands on the other side too."""
    here, there = np.zeros((2, _size(ours, theirs) + 1), bool)
    here[ours[ours >= 0]] = there[theirs[theirs >= 0]] = True
    return np.flatnonzero(there[ours]), np.flatnonzero(here[theirs])


def _size(*codes: IntArray) -> int:
    """One more than the highest code: the place beyond is that of ``NO_KEY``, and stays empty."""
    return 1 + max(int(of.max(initial=NO_KEY)) for of in codes)
