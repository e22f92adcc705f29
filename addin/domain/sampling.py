"""The call-back sample (回访抽样): drawn by a hash, so that anybody can draw it again.

calculations.md §12.
"""

from __future__ import annotations

from decimal import Decimal
from hashlib import sha256

import numpy as np
import numpy.typing as npt
import pandas as pd

Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]


def sample_size(slips: Integers, *, ratio: Decimal, minimum: int) -> Integers:
    """max(最少回访, ceil(slips × 回访比例)), never more than there are; exact, no floats.

    >>> sample_size(np.array([0, 1, 10, 11, 41]), ratio=Decimal("0.1"), minimum=1)
    array([0, 1, 1, 2, 5])
    """
    numerator, denominator = ratio.as_integer_ratio()
    share = -(-slips * numerator // denominator)
    return np.minimum(slips, np.maximum(minimum, share))


def draw(slips: pd.DataFrame, *, period: str, seed: str, ratio: Decimal, minimum: int) -> Booleans:
    """Which of ``slips`` are called back; one row is one slip.

    Columns ``outlet_code``, ``service``, ``slip_no``; ``forced`` slips are taken in any case,
    ``at_least`` is how many of its outlet's slips must be taken (more for a new outlet). Both
    count towards the size of the sample; the rest of it has the smallest hashes.
    """
    outlet, _ = pd.factorize(slips["outlet_code"])
    forced = slips["forced"].to_numpy(dtype=bool)
    slips_of = np.bincount(outlet)
    floor_of = np.zeros(len(slips_of), dtype=np.int64)
    np.maximum.at(floor_of, outlet, slips["at_least"].to_numpy(dtype=np.int64))
    wanted_of = np.minimum(
        slips_of, np.maximum(sample_size(slips_of, ratio=ratio, minimum=minimum), floor_of)
    )
    open_of = wanted_of - np.bincount(outlet, weights=forced).astype(np.int64)

    drawn = forced | (wanted_of == slips_of)[outlet]
    contested = np.flatnonzero(~drawn & (open_of > 0)[outlet])
    prefix = f"{seed}|{period}|"
    names = slips[["outlet_code", "service", "slip_no"]].iloc[contested]
    digests = b"".join(
        sha256(f"{prefix}{code}|{service}|{slip}".encode()).digest()
        for code, service, slip in zip(*(names[c] for c in names), strict=True)
    )
    hashes = np.frombuffer(digests, dtype=">u8").reshape(-1, 4)  # big endian: hex order
    order = np.lexsort((*hashes.T[::-1], outlet[contested]))
    by_outlet = outlet[contested][order]
    place = np.arange(len(order)) - np.searchsorted(by_outlet, by_outlet)
    drawn[contested[order[place < open_of[by_outlet]]]] = True
    return drawn
