"""Parts in field: the worked example, single cases, and identities for any ledger."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from addin.domain import parts
from addin.domain.postings import Refusal
from tests.domain.ledger_rows import Row, parts_ledger, unit_by_unit

WORKED: list[tuple[Row, int, int, int, int]] = [
    ({"entry_no": "F1", "date": "2026-03-01", "kind": "发放", "quantity": 5,
      "deposit_price": 12000},
     5, 60000, 5, 60000),
    ({"entry_no": "F2", "date": "2026-03-10", "kind": "发放", "quantity": 5,
      "deposit_price": 13000},
     5, 65000, 10, 125000),
    ({"entry_no": "H1", "date": "2026-03-20", "kind": "核销", "quantity": 7}, -7, -86000, 3, 39000),
    ({"entry_no": "L1", "date": "2026-03-22", "kind": "保外领用", "quantity": 1},
     -1, -13000, 2, 26000),
    ({"entry_no": "T1", "date": "2026-03-25", "kind": "新件退库", "quantity": 1},
     -1, -13000, 1, 13000),
    ({"entry_no": "C1", "date": "2026-04-02", "kind": "红冲", "quantity": 7, "reverses": "H1"},
     7, 86000, 8, 99000),
]  # fmt: skip


@pytest.mark.parametrize("count", range(1, len(WORKED) + 1))
def test_the_worked_example_of_the_contract_holds_after_each_movement(count: int) -> None:
    rows = WORKED[:count]
    posted = parts.post(parts_ledger(row for row, *_ in rows))
    _, quantity, value, in_field, worth = rows[-1]
    assert posted.rows["held"].iat[-1] == quantity
    assert posted.rows["value"].iat[-1] == value
    assert posted.rows["held"].sum() == in_field == posted.batches["left"].sum()
    assert posted.rows["value"].sum() == worth == parts.used(posted.batches)["WD001"]


def issue(number: str, day: int, quantity: int, price: int | None = 100, **more: object) -> Row:
    return {"entry_no": number, "date": f"2026-03-{day:02}", "kind": "发放",
            "quantity": quantity, "deposit_price": price, **more}  # fmt: skip


def exit_(number: str, day: int, quantity: int, **more: object) -> Row:
    return {"entry_no": number, "date": f"2026-03-{day:02}", "kind": "核销",
            "quantity": quantity, **more}  # fmt: skip


def undo(number: str, day: int, quantity: int, of: str, **more: object) -> Row:
    return {**exit_(number, day, quantity, **more), "kind": "红冲", "reverses": of}


@pytest.mark.parametrize(
    ("case", "rows", "refusals", "left"),
    [
        ("all that is there may go", [issue("F", 1, 2), exit_("H", 2, 2)], [None, None], 0),
        ("one more is refused whole", [issue("F", 1, 2), exit_("H", 2, 3)],
         [None, Refusal.OVERDRAWN], 2),
        ("what is refused leaves room", [issue("F", 1, 2), exit_("H", 2, 3), exit_("I", 2, 2)],
         [None, Refusal.OVERDRAWN, None], 0),
        ("the day decides, not the row", [exit_("H", 2, 2), issue("F", 1, 2)], [None, None], 0),
        ("the same day goes by row", [exit_("H", 1, 2), issue("F", 1, 2)],
         [Refusal.OVERDRAWN, None], 2),
        ("a number used twice", [issue("F", 1, 2), issue("F", 2, 2)], [None, Refusal.DOUBLE], 2),
        ("nothing is no quantity", [issue("F", 1, 0)], [Refusal.INCOMPLETE], 0),
        ("less than nothing is none either", [issue("F", 1, -2)], [Refusal.INCOMPLETE], 0),
        ("no day", [{**issue("F", 1, 2), "date": None}], [Refusal.INCOMPLETE], 0),
        ("no outlet", [issue("F", 1, 2, outlet_code=None)], [Refusal.INCOMPLETE], 0),
        ("reversal of nothing", [issue("F", 1, 2), undo("C", 2, 2, "X")],
         [None, Refusal.NOTHING_TO_REVERSE], 2),
        ("of another quantity", [issue("F", 1, 2), exit_("H", 1, 2), undo("C", 2, 1, "H")],
         [None, None, Refusal.NOTHING_TO_REVERSE], 0),
        ("of another part", [issue("F", 1, 2), exit_("H", 1, 2),
                             undo("C", 2, 2, "H", part_code="PJ002")],
         [None, None, Refusal.NOTHING_TO_REVERSE], 0),
        ("a second time", [issue("F", 1, 2), exit_("H", 1, 2), undo("C", 2, 2, "H"),
                           undo("D", 3, 2, "H")],
         [None, None, None, Refusal.NOTHING_TO_REVERSE], 2),
        ("before what it reverses", [issue("F", 1, 2), exit_("H", 3, 2), undo("C", 2, 2, "H")],
         [None, None, Refusal.NOTHING_TO_REVERSE], 0),
        ("of a refused row", [issue("F", 1, 2), exit_("H", 1, 3), undo("C", 2, 3, "H")],
         [None, Refusal.OVERDRAWN, Refusal.NOTHING_TO_REVERSE], 2),
        ("of an issue, whole", [issue("F", 1, 2), undo("C", 2, 2, "F")], [None, None], 0),
        ("of an issue that was used", [issue("F", 1, 2), exit_("H", 1, 1), undo("C", 2, 2, "F")],
         [None, None, Refusal.OVERDRAWN], 1),
        ("an old part moves no stock", [{**exit_("R", 1, 9), "kind": "旧件返还"}], [None], 0),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_posted_is_refused_whole(
    case: str, rows: list[Row], refusals: list[Refusal | None], left: int
) -> None:
    posted = parts.post(parts_ledger(rows))
    assert posted.rows["refusal"].tolist() == refusals, case
    assert posted.rows["held"].sum() == left
    assert posted.batches["left"].sum() == left


def test_a_named_batch_goes_first_and_what_it_lacks_is_taken_from_the_oldest() -> None:
    ledger = parts_ledger(
        [issue("F1", 1, 2, 100), issue("F2", 2, 2, 200), issue("F3", 3, 2, 400),
         exit_("H", 4, 3, batch_no="F2"), exit_("I", 5, 1, batch_no="F3")]
    )  # fmt: skip
    posted = parts.post(ledger)
    assert posted.rows["value"].tolist()[3:] == [-500, -400]
    assert posted.rows["short"].tolist()[3:] == [True, False]
    assert posted.batches["left"].tolist() == [1, 0, 1]


def test_what_a_reversal_puts_back_goes_first_again() -> None:
    rows = [issue("F1", 1, 2, 100), issue("F2", 2, 2, 200), exit_("H", 3, 3)]
    posted = parts.post(parts_ledger([*rows, undo("C", 4, 3, "H"), exit_("I", 5, 3)]))
    assert posted.rows["value"].tolist() == [200, 400, -400, 400, -400]
    assert posted.batches["left"].tolist() == [0, 1]


def test_a_row_dated_in_a_closed_month_posts_on_the_first_day_of_the_open_one() -> None:
    early = issue("F", 1, 1, entered="2026-03-01")
    posted = parts.post(parts_ledger([early, exit_("H", 20, 1, entered="2026-04-01")]))
    assert posted.rows["day"].tolist() == [pd.Timestamp(2026, 3, 1), pd.Timestamp(2026, 4, 1)]


def test_a_common_price_is_told_only_when_all_open_batches_share_it() -> None:
    rows = [issue("F1", 1, 1, 100), issue("F2", 2, 1, 200)]
    assert parts.common_price(parts.post(parts_ledger(rows)).batches).isna().all()
    posted = parts.post(parts_ledger([*rows, exit_("H", 3, 1)]))
    assert parts.common_price(posted.batches).tolist() == [200]


def test_the_value_of_an_outlet_with_an_unpriced_batch_is_not_known() -> None:
    ledger = parts_ledger([issue("F1", 1, 1, None), issue("F2", 1, 1, 100, outlet_code="WD002")])
    assert parts.used(parts.post(ledger).batches).isna().tolist() == [True, False]
    gone = parts_ledger([issue("F1", 1, 1, None), exit_("H", 2, 1)])
    assert parts.used(parts.post(gone).batches).tolist() == [0]


# --- any ledger -----------------------------------------------------------------------------

ANY_ROW = st.fixed_dictionaries(
    {
        "day": st.integers(1, 31),
        "kind": st.sampled_from(["发放"] * 3 + ["核销", "核销", "保外领用", "新件退库", "报损",
                                                 "旧件返还", "红冲"]),
        "outlet_code": st.sampled_from(["WD001"] * 4 + ["WD002"]),
        "part_code": st.sampled_from(["PJ001"] * 4 + ["PJ002"]),
        "quantity": st.integers(1, 4),
        "price": st.integers(0, 3).map(lambda n: 100 + 37 * n),
        "pick": st.integers(0, 30),
        "named": st.booleans(),
    }
)  # fmt: skip


def built(drawn: list[dict[str, object]]) -> list[Row]:
    """Rows with numbers of their own; a reversal names an earlier one and mostly fits it."""
    rows: list[Row] = []
    for n, d in enumerate(drawn):
        row = {
            "entry_no": f"N{n}", "date": pd.Timestamp(2026, 3, int(str(d["day"]))),
            "kind": d["kind"], "outlet_code": d["outlet_code"], "part_code": d["part_code"],
            "quantity": d["quantity"],
        }  # fmt: skip
        other = rows[int(str(d["pick"])) % len(rows)] if rows else {}
        if d["kind"] == "发放":
            row["deposit_price"] = d["price"]
        elif d["kind"] == "红冲":
            row |= {k: other.get(k, row[k]) for k in ("outlet_code", "part_code", "quantity")}
            row |= {"reverses": other.get("entry_no", "X")}
        elif d["named"]:
            row["batch_no"] = other.get("entry_no")
        rows.append(row)
    return rows


LEDGERS = st.lists(ANY_ROW, min_size=1, max_size=25).map(built)


@given(LEDGERS)
def test_columns_say_what_following_every_unit_says(rows: list[Row]) -> None:
    ledger = parts_ledger(rows)
    posted = parts.post(ledger).rows
    got = [
        None if refusal else (held, value)
        for refusal, held, value in zip(
            posted["refusal"], posted["held"], posted["value"], strict=True
        )
    ]
    assert got == unit_by_unit(ledger)


@given(LEDGERS)
def test_quantity_and_value_of_movements_are_those_of_the_open_batches(rows: list[Row]) -> None:
    ledger = parts_ledger(rows)
    posted = parts.post(ledger)
    held = posted.rows["held"].groupby([ledger[name] for name in parts.GROUP]).sum()
    value = posted.rows["value"].groupby([ledger[name] for name in parts.GROUP]).sum()
    batches = posted.batches.assign(worth=lambda b: b["left"] * b["deposit_price"])
    sums = batches.groupby(parts.GROUP)[["left", "worth"]].sum().reindex(held.index, fill_value=0)
    assert sums["left"].tolist() == held.tolist()
    assert sums["worth"].tolist() == value.tolist()
    assert (held >= 0).all()


@given(LEDGERS, st.randoms())
def test_the_order_of_entry_does_not_matter_when_no_two_rows_share_a_day(
    rows: list[Row], random: object
) -> None:
    dated = [{**row, "date": pd.Timestamp(2026, 3, 1 + n)} for n, row in enumerate(rows)]
    shuffled = list(dated)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = (
        parts.post(frame).rows.assign(no=frame["entry_no"]).set_index("no").sort_index()
        for frame in (parts_ledger(dated), parts_ledger(shuffled))
    )
    pd.testing.assert_frame_equal(one, other)


@given(LEDGERS)
def test_what_is_posted_up_to_a_day_does_not_change_by_what_comes_later(rows: list[Row]) -> None:
    """So a year in twelve closings, or a month in two, ends where one run ends."""
    ledger = parts_ledger(rows)
    whole = parts.post(ledger).rows
    for cut in (8, 16, 24):
        early = ledger["date"] <= pd.Timestamp(2026, 3, cut)
        if early.any():
            pd.testing.assert_frame_equal(parts.post(ledger[early]).rows, whole[early])


@given(LEDGERS)
def test_a_reversed_entry_restores_every_batch(rows: list[Row]) -> None:
    ledger = parts_ledger(rows)
    before = parts.post(ledger)
    in_field = before.rows["held"].groupby([ledger[n] for n in parts.GROUP]).sum()
    for (outlet, part), quantity in in_field.items():
        if quantity:
            where = {"outlet_code": outlet, "part_code": part, "date": pd.Timestamp(2026, 4, 1)}
            exit_and_back = [
                {**exit_("E", 1, quantity), **where},
                {**undo("R", 1, quantity, "E"), **where},
            ]
            after = parts.post(parts_ledger([*rows, *exit_and_back]))
            assert after.batches["left"].tolist() == before.batches["left"].tolist()


@given(LEDGERS, st.integers(1, 500))
def test_a_later_issue_at_another_price_revalues_nothing(rows: list[Row], price: int) -> None:
    ledger = parts_ledger(rows)
    before = parts.post(ledger).rows
    dearer = {**issue("Z", 31, 3, price), "date": pd.Timestamp(2026, 4, 1)}
    after = parts.post(parts_ledger([*rows, dearer])).rows
    assert after["value"].tolist()[:-1] == before["value"].tolist()


def test_a_row_costs_the_same_in_a_long_ledger_as_in_a_short_one() -> None:
    """Long groups with no reversal in them take the road of columns, with equal results."""
    random = np.random.default_rng(7)
    rows: list[Row] = []
    stock = 0
    for n in itertools.count():
        if len(rows) == 400:
            break
        day = pd.Timestamp(2026, 1, 1) + pd.Timedelta(days=n)
        count = int(random.integers(1, 6))
        if stock < count or random.random() < 0.5:
            rows.append({**issue(f"F{n}", 1, count, int(random.integers(90, 130))), "date": day})
            stock += count
        else:
            rows.append({**exit_(f"H{n}", 1, count), "date": day})
            stock -= count
    ledger = parts_ledger(rows)
    posted = parts.post(ledger).rows
    assert list(zip(posted["held"], posted["value"], strict=True)) == unit_by_unit(ledger)
