"""Several columns become one column of whole numbers that says which rows belong together."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

NO_KEY = -1
_LARGEST = np.iinfo(np.int64).max


def encode(column: Any) -> IntArray:
    """One code for each distinct value, counted from 0 as they appear; ``NO_KEY`` where blank.

    >>> encode(pd.Series(["WD002", None, "WD001", "WD002"])).tolist()
    [0, -1, 1, 0]
    """
    return pd.factorize(column)[0].astype(np.int64, copy=False)


def combine(*codes: IntArray) -> IntArray:
    """One code for each distinct combination; ``NO_KEY`` where any part has none.

    >>> combine(np.array([0, 0, 1, -1]), np.array([0, 1, 0, 1])).tolist()
    [0, 1, 2, -1]
    """
    together = codes[0]
    for part in codes[1:]:
        size = int(part.max(initial=0)) + 1
        if int(together.max(initial=0)) >= _LARGEST // size:
            together = _dense(together)
        blank = (together < 0) | (part < 0)
        together = np.where(blank, NO_KEY, together * size + part)
    return _dense(together)


def _dense(codes: IntArray) -> IntArray:
    known = codes >= 0
    dense = np.full(len(codes), NO_KEY, dtype=np.int64)
    dense[known] = pd.factorize(codes[known])[0]
    return dense


def group(*columns: Any) -> IntArray:
    """:func:`combine` of columns as they are: the rows that agree in all of them share a code.

    >>> group(pd.Series(["WD001", "WD001", "WD002"]), pd.Series(["A1", "A1", None])).tolist()
    [0, 0, -1]
    """
    return combine(*map(encode, columns))


def look_up(vocabulary: pd.Index, column: pd.Series) -> IntArray:
    """The place of each value in ``vocabulary`` (distinct, no blank), ``NO_KEY`` where absent.

    >>> look_up(pd.Index(["一类", "通用"]), pd.Series(["通用", None, "四类"])).tolist()
    [1, -1, -1]
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        places = np.append(vocabulary.get_indexer(column.cat.categories), NO_KEY)
        return places[column.cat.codes.to_numpy()].astype(np.int64)
    return vocabulary.get_indexer(pd.Index(column)).astype(np.int64)


def repeated(codes: IntArray) -> BoolArray:
    """Rows whose code stands on another row too; ``NO_KEY`` never does.

    >>> repeated(np.array([4, -1, 4, -1, 0])).tolist()
    [True, False, True, False, False]
    """
    counts = np.bincount(codes[codes >= 0], minlength=1)
    return (codes >= 0) & (counts[codes] > 1)
