"""Terms of warranty: calculations.md §4."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from addin.domain.warranty import add_months, end, repair_days, start


def column(*days: str | dt.date | None) -> pd.Series:
    return pd.to_datetime(pd.Series(days, dtype=object)).astype("datetime64[s]")


def months(*numbers: int | None) -> pd.Series:
    return pd.Series(numbers, dtype="Int64")


def texts(dates: pd.Series) -> list[str | None]:
    return [None if day is pd.NaT else f"{day:%Y-%m-%d}" for day in dates]


@pytest.mark.parametrize(
    ("first", "term", "last"),
    [
        ("2025-03-05", 12, "2026-03-05"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 24, "2026-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2025-08-31", 6, "2026-02-28"),
        ("2023-08-31", 6, "2024-02-29"),
        ("2025-12-31", 2, "2026-02-28"),
        ("2025-12-31", 3, "2026-03-31"),
        ("2025-02-28", 12, "2026-02-28"),
        ("2024-03-05", 36, "2027-03-05"),
        ("2025-03-05", 0, "2025-03-05"),
        ("2025-03-05", None, None),
        (None, 12, None),
    ],
)
def test_worked_examples_of_the_contract(
    first: str | None, term: int | None, last: str | None
) -> None:
    assert texts(end(column(first), months(term))) == [last]


@given(st.dates(dt.date(1999, 1, 1), dt.date(2101, 12, 31)), st.integers(-600, 600))
def test_months_later_is_the_same_day_or_the_last_of_its_month(day: dt.date, n: int) -> None:
    (later,) = add_months(column(day), months(n))
    months_on = day.year * 12 + day.month - 1 + n
    assert (later.year, later.month) == (months_on // 12, months_on % 12 + 1)
    assert later.day == min(day.day, later.days_in_month)
    if day.day <= 28:
        assert add_months(add_months(column(day), months(n)), months(-n)).equals(column(day))


def test_a_later_start_never_ends_earlier() -> None:
    every_day = column(*pd.date_range("2023-12-01", "2024-12-31").date)
    for term in (1, 2, 6, 12):
        assert end(every_day, months(*[term] * len(every_day))).is_monotonic_increasing


BASES = ["invoice_date", "bought_date", "installed_date", "produced_date"]


def bases(*rows: tuple[str | None, ...]) -> pd.DataFrame:
    return pd.DataFrame(
        {name: column(*cells) for name, cells in zip(BASES, zip(*rows, strict=True), strict=True)}
    )


@pytest.mark.parametrize(
    ("row", "grace", "first", "basis"),
    [
        (("2025-03-05", "2025-03-01", None, "2025-01-10"), 90, "2025-03-05", "invoice_date"),
        ((None, "2025-03-01", "2025-03-02", None), 90, "2025-03-01", "bought_date"),
        ((None, None, "2025-03-02", "2025-01-10"), 90, "2025-03-02", "installed_date"),
        ((None, None, None, "2025-01-10"), 90, "2025-04-10", "produced_date"),
        ((None, None, None, "2025-01-10"), 0, "2025-01-10", "produced_date"),
        ((None, None, None, None), 90, None, None),
    ],
)
def test_the_first_basis_that_is_filled_starts_the_term(
    row: tuple[str | None, ...], grace: int, first: str | None, basis: str | None
) -> None:
    found = start(bases(row), grace_days=grace)
    assert texts(found["start"]) == [first]
    assert found["basis"].astype(object).where(found["basis"].notna(), None).tolist() == [basis]


def test_the_order_of_the_bases_is_the_companys() -> None:
    row = bases(("2025-03-05", "2025-03-01", "2025-03-02", "2025-01-10"))
    assert start(row[BASES[::-1]])["basis"].tolist() == ["produced_date"]


def test_an_unreadable_basis_ends_the_search_unless_a_better_one_was_found() -> None:
    rows = bases((None, "2025-03-01", None, None), ("2025-03-05", None, "2025-03-02", None))
    unreadable = pd.DataFrame(False, index=rows.index, columns=BASES)
    unreadable.loc[0, "invoice_date"] = unreadable.loc[1, "bought_date"] = True
    found = start(rows, unreadable=unreadable)
    assert texts(found["start"]) == [None, "2025-03-05"]
    assert found["basis"].tolist() == ["invoice_date", "invoice_date"]


# --- days under repair ------------------------------------------------------------------------


def slips(*rows: tuple[str, str | dt.date, str | dt.date, str | dt.date, int]) -> pd.DataFrame:
    barcode, first, last, judged_on, visit = zip(*rows, strict=True)
    return pd.DataFrame(
        {"barcode": barcode, "start": column(*first), "end": column(*last),
         "judged_on": column(*judged_on), "visit": visit}
    )  # fmt: skip


def repairs(*rows: tuple[str, str | dt.date, str | dt.date, int]) -> pd.DataFrame:
    barcode, reported, completed, visit = zip(*rows, strict=True) if rows else ((), (), (), ())
    return pd.DataFrame(
        {"barcode": pd.Series(barcode, dtype=object), "reported": column(*reported),
         "completed": column(*completed), "visit": pd.Series(visit, dtype="int64")}
    )  # fmt: skip


def days_of(judged_on: str, *visits: tuple[str, str]) -> int:
    """Days for an invoice of 2025-03-05 and 12 months, judged in visit 0."""
    numbered = [("A1", *visit, n) for n, visit in enumerate(visits, start=1)]
    slip = slips(("A1", "2025-03-05", "2026-03-05", judged_on, 0))
    return int(repair_days(slip, repairs(*numbered))[0])


TEN_DAYS = ("2025-08-01", "2025-08-11")


@pytest.mark.parametrize(
    ("judged_on", "visits", "days"),
    [
        ("2026-03-10", [TEN_DAYS], 10),
        ("2026-03-16", [], 0),
        # overlapping days once, also when one visit lies within the other
        ("2026-03-10", [TEN_DAYS, ("2025-08-06", "2025-08-16")], 15),
        ("2026-03-10", [("2025-08-06", "2025-08-16"), TEN_DAYS], 15),
        ("2026-03-10", [("2025-08-01", "2025-08-31"), ("2025-08-03", "2025-08-05")], 30),
        ("2026-03-10", [TEN_DAYS, TEN_DAYS], 10),
        ("2026-03-10", [TEN_DAYS, ("2025-08-11", "2025-08-13")], 12),
        # reported within the term: both ends count, the day before and the day after do not
        ("2026-03-20", [("2025-03-05", "2025-03-07")], 2),
        ("2026-03-20", [("2025-03-04", "2025-03-07")], 0),
        ("2026-03-20", [("2026-03-05", "2026-03-09")], 4),
        ("2026-03-20", [("2026-03-06", "2026-03-09")], 0),
        # … and the term is the one extended so far
        ("2026-04-20", [TEN_DAYS, ("2026-03-15", "2026-03-18")], 13),
        ("2026-04-20", [TEN_DAYS, ("2026-03-16", "2026-03-19")], 10),
        # completed by the day of judgement
        ("2025-08-11", [TEN_DAYS], 10),
        ("2025-08-10", [TEN_DAYS], 0),
        # repaired the same day, or completed before it was reported (R206)
        ("2026-03-10", [("2025-08-01", "2025-08-01"), ("2025-08-11", "2025-08-01")], 0),
    ],
)
def test_time_under_repair_is_not_counted_in_the_term(
    judged_on: str, visits: list[tuple[str, str]], days: int
) -> None:
    assert days_of(judged_on, *visits) == days


@pytest.mark.parametrize(("judged_on", "covered"), [("2026-03-15", True), ("2026-03-16", False)])
def test_ten_days_under_repair_move_the_end_by_ten_days(judged_on: str, covered: bool) -> None:
    extra = pd.Series([days_of(judged_on, TEN_DAYS)])
    last = end(column("2025-03-05"), months(12), repair_days=extra)
    assert texts(last) == ["2026-03-15"]
    assert (column(judged_on) <= last).tolist() == [covered]


def test_only_the_same_machine_counts_and_never_the_slips_own_visit() -> None:
    term = ("2025-03-05", "2026-03-05", "2026-03-10")
    table = slips(("A1", *term, 1), ("A1", *term, 2), ("A2", *term, 3), ("A3", *term, 4))
    done = repairs(("A1", *TEN_DAYS, 1), ("A2", *TEN_DAYS, 9), ("A3", *TEN_DAYS, 4))
    assert repair_days(table.set_axis([5, 6, 7, 8]), done).to_dict() == {5: 0, 6: 10, 7: 10, 8: 0}


def test_judged_on_its_completion_a_slip_still_does_not_count_its_own_days() -> None:
    # 保修判定日=完成日期: the own visit, too, is completed by the day of judgement
    table = slips(("A1", "2025-03-05", "2026-03-05", "2026-03-10", 2))
    done = repairs(("A1", *TEN_DAYS, 1), ("A1", "2026-03-01", "2026-03-10", 2))
    assert repair_days(table, done).tolist() == [10]


def test_a_slip_without_a_barcode_or_a_term_has_no_days() -> None:
    table = slips(("A1", "2025-03-05", "2026-03-05", "2026-03-10", 0))
    for blank in ("barcode", "start", "end", "judged_on"):
        part = table.assign(**{blank: pd.Series([None], dtype=table[blank].dtype)})
        assert repair_days(part, repairs(("A1", *TEN_DAYS, 1))).tolist() == [0]


days = st.dates(dt.date(2025, 1, 1), dt.date(2025, 2, 10))
spans = st.tuples(days, days).map(sorted)
machines = st.sampled_from(["A1", "A2"])
numbers = st.integers(0, 3)


@given(
    st.lists(st.tuples(machines, spans, days, numbers), min_size=1, max_size=4),
    st.lists(st.tuples(machines, spans, numbers), max_size=8),
)
def test_days_agree_with_a_count_day_by_day(
    asked: list[tuple[str, list[dt.date], dt.date, int]],
    done: list[tuple[str, list[dt.date], int]],
) -> None:
    def counted(barcode: str, term: list[dt.date], judged: dt.date, own: int) -> int:
        first, last = term
        under_repair: set[dt.date] = set()
        for machine, (reported, completed), visit in sorted(done, key=lambda row: row[1]):
            reach = last + dt.timedelta(len(under_repair))
            another = machine == barcode and visit != own
            if another and first <= reported <= reach and completed <= judged:
                span = (completed - reported).days
                under_repair |= {reported + dt.timedelta(n) for n in range(span)}
        return len(under_repair)

    table = slips(*((barcode, *term, *rest) for barcode, term, *rest in asked))
    visits = repairs(*((machine, *span, visit) for machine, span, visit in done))
    assert repair_days(table, visits).tolist() == [counted(*row) for row in asked]
