"""How a slip looks among the others of its outlet."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import example, given
from hypothesis import strategies as st

from addin.facts.groups import _distinct, _serial_runs

small = st.integers(-1, 2)


@given(st.lists(st.tuples(small, small), max_size=12))
def test_different_values_of_a_group_are_counted_as_a_set_counts_them(
    pairs: list[tuple[int, int]],
) -> None:
    group, value = (np.array([pair[n] for pair in pairs], np.int64) for n in (0, 1))
    expected = [
        pd.NA if own < 0 else len({value for of, value in pairs if of == own and value >= 0})
        for own, _ in pairs
    ]
    assert _distinct(group, value).tolist() == expected


machines = st.tuples(
    st.sampled_from([0, 0, 0, 1, -1]),  # outlet
    st.sampled_from(["DR-60A", "DR-60A", "DR-80A", None]),
    st.sampled_from(["A000001", "A000002", "A000003", "A000005", "B000002", "A00X003", "1", None]),
    st.booleans(),
)


@given(st.lists(machines, max_size=10))
@example([(0, "DR-60A", "A000003", True), (0, "DR-60A", "A000005", True)])
def test_a_run_is_what_hangs_together_by_neighbouring_numbers(
    rows: list[tuple[int, str | None, str | None, bool]],
) -> None:
    def next_to(one: int, other: int) -> bool:
        *place, code, install = rows[one]
        *place_too, code_too, install_too = rows[other]
        if place != place_too or not (install and install_too) or place[0] < 0 or None in place:
            return False
        if not (code and code_too) or len(code) < 7 or "X" in code + code_too or len(code_too) < 7:
            return False
        return code[0] == code_too[0] and abs(int(code[1:]) - int(code_too[1:])) <= 1

    together = [{i} for i in range(len(rows))]
    for _ in rows:
        for i in range(len(rows)):
            for j in range(len(rows)):
                if i != j and next_to(i, j):
                    together[i] |= together[j]
    outlet, model, code, install = zip(*rows, strict=True) if rows else ((), (), (), ())
    facts = pd.DataFrame(
        {
            "model": pd.Series(model, dtype=object),
            "barcode": pd.Series(code, dtype=object),
            "install_date": pd.Timestamp("2026-03-05"),
            "is_install": np.array(install, bool),
        }
    )
    run = _serial_runs(facts, np.array(outlet, np.int64)).tolist()
    for i, members in enumerate(together):
        if len(members) > 1:
            assert {j for j, of in enumerate(run) if of == run[i]} == members
        else:
            assert run[i] == -1 or run.count(run[i]) == 1
