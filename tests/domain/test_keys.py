"""Which rows belong together."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from addin.domain.keys import combine, group, look_up, repeated

codes = st.integers(-1, 3) | st.just(2**40)  # large enough that three do not fit into one number


@given(st.lists(st.tuples(codes, codes, codes), max_size=12))
def test_rows_share_a_code_exactly_when_they_agree_in_every_part(
    rows: list[tuple[int, int, int]],
) -> None:
    parts = [np.array([row[n] for row in rows], dtype=np.int64) for n in range(3)]
    numbers: dict[tuple[int, int, int], int] = {}
    expected = [-1 if min(row) < 0 else numbers.setdefault(row, len(numbers)) for row in rows]
    assert combine(*parts).tolist() == expected


def test_a_row_with_a_blank_belongs_to_no_group() -> None:
    days = pd.to_datetime(pd.Series(["2026-03-05", None, "2026-03-05"]))
    assert group(pd.Series(["WD001", "WD001", None]), days).tolist() == [0, -1, -1]
    assert repeated(np.array([-1, -1], dtype=np.int64)).tolist() == [False, False]


def test_a_category_is_looked_up_like_the_texts_it_stands_for() -> None:
    words = pd.Index(["一类", "通用"])
    texts = pd.Series(["通用", None, "四类", "一类"])
    assert look_up(words, texts).tolist() == [1, -1, -1, 0]
    assert look_up(words, texts.astype("category")).tolist() == [1, -1, -1, 0]
