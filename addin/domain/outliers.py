"""Values that stand out of their group, measured robustly. calculations.md §9."""

from __future__ import annotations

import numpy as np
import pandas as pd

from addin.domain.keys import encode

_NORMAL_MAD = 0.6745  # the MAD of a normal distribution is 0.6745 of its standard deviation
_NORMAL_MEAN = 1.253314  # and its mean deviation times √(π/2) is the standard deviation


def robust_z(values: pd.Series, group: pd.Series) -> pd.DataFrame:
    """How far each value lies from the median of its group, in robust deviations. §9.

    z = 0.6745·(x − m) / MAD; where MAD is 0, z = (x − m) / (1.253314 · mean|x − m|); where that
    is 0 too all values are equal and z is blank. A blank value or group is left out and has a
    blank z; 0 counts. Statistics are floats: never for money.

    Returns ``z`` (float), ``median`` (float, in the unit of ``values``) and ``n`` (the number of
    values that are not blank) of each row's group.

    >>> km = pd.Series([5, 6, 5, 7, 6, 5, 6, 60])
    >>> robust_z(km, pd.Series(["WD001"] * 8)).tail(1).round(3)
            z  median  n
    7  36.423     6.0  8
    """
    of = encode(group)
    x = pd.Series(values.astype("Float64").to_numpy(dtype=float, na_value=np.nan)).where(of >= 0)
    within = x.groupby(of)
    median = within.transform("median")
    distance = (x - median).abs().groupby(of)
    mad, mean = distance.transform("median"), distance.transform("mean")
    spread = (mad / _NORMAL_MAD).where(mad > 0, _NORMAL_MEAN * mean)
    z = (x - median) / spread.where(spread > 0)
    n = within.transform("count").astype("int64")
    return pd.DataFrame({"z": z, "median": median, "n": n}).set_axis(values.index)
