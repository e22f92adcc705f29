"""Rows of history above the slips of this month: one numbering, one set of keys."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from addin.facts.past import Ledger, earliest_other

COLUMNS = ["service", "outlet_code", "slip_no", "barcodes", "completed_date"]


def frame(*rows: tuple[str, str | None, str | None, tuple[str, ...], str | None]) -> pd.DataFrame:
    table = pd.DataFrame(list(rows), columns=COLUMNS, dtype=object)
    return table.assign(completed_date=pd.to_datetime(table["completed_date"]))


def repair(outlet: str | None, code: str | None, day: str | None) -> pd.DataFrame:
    return frame(("维修", outlet, "WX001", (code,) if code else (), day))


FIRST = ("WD001", "A1", "2026-03-05")


def test_a_visit_is_one_outlet_machine_and_day_across_history_and_month() -> None:
    others = [
        FIRST,
        ("WD002", "A1", "2026-03-05"),
        ("WD001", "A2", "2026-03-05"),
        ("WD001", "A1", "2026-03-06"),
        ("WD001", "A1", None),
        ("WD001", None, "2026-03-05"),
        (None, "A1", "2026-03-05"),
    ]
    ledger = Ledger(repair(*FIRST), pd.concat([repair(*row) for row in others]))
    assert ledger.visit.tolist() == [0, 0, 1, 2, 3, -1, -1, -1]
    assert ledger.visit[ledger.month].tolist() == [0, 1, 2, 3, -1, -1, -1]


def test_an_installation_is_no_visit() -> None:
    install = frame(("安装", "WD001", "AZ001", ("A1",), "2026-03-05"))
    assert Ledger(install, install).visit.tolist() == [-1, -1]


def test_a_cell_of_several_barcodes_is_about_its_first_machine() -> None:
    facts = pd.concat(
        frame(("安装", "WD001", "AZ001", codes, None)) for codes in (("A1", "A2"), (), ("A2",))
    )
    ledger = Ledger(facts.iloc[:0], facts)
    assert ledger.owner.tolist() == [0, 0, 2]
    assert ledger.machines.tolist() == [0, 1, 1]
    assert ledger.machine.tolist() == [0, -1, 1]


small = st.integers(0, 2)
rows = st.lists(st.tuples(small | st.just(-1), small, st.booleans()), max_size=10)


@given(rows, st.randoms())
def test_the_earliest_other_is_what_a_look_at_every_pair_finds(rows, random) -> None:  # type: ignore[no-untyped-def]
    order = list(range(len(rows)))
    random.shuffle(order)

    def naive(i: int) -> int:
        group, own, _ = rows[i]
        fits = [
            j
            for j, (other_group, other, counts) in enumerate(rows)
            if counts and group == other_group >= 0 and other != own and order[j] < order[i]
        ]
        return min(fits, key=order.__getitem__, default=-1)

    group, own = (np.array([row[n] for row in rows], np.int64) for n in (0, 1))
    counts = np.array([row[2] for row in rows], bool)
    found = earliest_other(group, own, np.array(order, np.int64), counts)
    assert found.tolist() == [naive(i) for i in range(len(rows))]
