"""Deposits: the table of the contract, single cases, and identities for any ledger."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from addin.domain import deposits
from addin.domain.postings import Refusal
from tests.domain.ledger_rows import Row, deposit_ledger

MARCH = pd.Timestamp(2026, 3, 1), pd.Timestamp(2026, 3, 31)
APRIL = pd.Timestamp(2026, 4, 1), pd.Timestamp(2026, 4, 30)
LONG_AGO, AT_LAST = pd.Timestamp(2000, 1, 1), pd.Timestamp(2099, 12, 31)


def row(number: str, day: str, kind: str, amount: int | None, **more: object) -> Row:
    return {"entry_no": number, "date": f"2026-{day}", "kind": kind, "amount": amount, **more}


def opening(fen: int = 0) -> pd.Series:
    return pd.Series({"DL001": fen})


def month(
    ledger: pd.DataFrame, start: pd.Series | None, days: tuple[pd.Timestamp, pd.Timestamp]
) -> pd.Series:
    return deposits.balances(ledger, deposits.post(ledger, start), *days).loc["DL001"]


def test_the_closing_balance_is_opening_and_movements() -> None:
    ledger = deposit_ledger(
        [row("1", "03-02", "收取", 100000), row("2", "03-03", "保外扣款", 20000),
         row("3", "03-04", "逾期未返扣款", 10000), row("4", "03-05", "处罚扣款", 5000)]
    )  # fmt: skip
    found = month(ledger, opening(500000), MARCH)
    assert found.tolist() == [500000, 100000, 0, 20000, 10000, 5000, 565000]


@pytest.mark.parametrize(
    ("credit", "lend", "expected"), [(0, True, -5000), (50000, True, 45000), (50000, False, -5000)]
)
def test_available_is_what_the_contract_shows(credit: int, lend: bool, expected: int) -> None:
    columns = [pd.Series([fen]) for fen in (565000, 560000, 10000, credit)]
    assert deposits.available(*columns, lend=lend).tolist() == [expected]


def test_a_refund_above_the_balance_is_refused_though_money_comes_the_same_day() -> None:
    ledger = deposit_ledger([row("1", "03-05", "退还", 50001), row("2", "03-05", "收取", 10000)])
    posted = deposits.post(ledger, opening(50000))
    assert posted.rows["refusal"].tolist() == [Refusal.OVERDRAWN, None]
    assert posted.rows["before"].tolist() == [50000, 50000]
    assert month(ledger, opening(50000), MARCH)["closing"] == 60000


def test_a_reversal_counts_in_the_kind_it_reverses_on_its_own_day() -> None:
    ledger = deposit_ledger(
        [row("1", "03-05", "收取", 100000), row("2", "04-02", "收取", -100000, reverses="1")]
    )
    assert month(ledger, opening(), MARCH)["closing"] == 100000
    april = month(ledger, opening(), APRIL)
    assert (april["opening"], april["收取"], april["closing"]) == (100000, -100000, 0)


@pytest.mark.parametrize(
    ("case", "rows", "refusals", "closing"),
    [
        ("a refund of all there is", [row("1", "03-05", "退还", 50000)], [None], 0),
        ("what is refused leaves the money",
         [row("1", "03-05", "退还", 50001), row("2", "03-06", "退还", 50000)],
         [Refusal.OVERDRAWN, None], 0),
        ("the reversal of a refused refund",
         [row("1", "03-05", "退还", 50001), row("2", "03-06", "退还", -50001, reverses="1")],
         [Refusal.OVERDRAWN, Refusal.NOTHING_TO_REVERSE], 50000),
        ("a deduction may go below nothing", [row("1", "03-05", "处罚扣款", 50001)], [None], -1),
        ("a kind nobody knows", [row("1", "03-05", None, 100)], [Refusal.INCOMPLETE], 50000),
        ("nothing is no amount", [row("1", "03-05", "收取", 0)], [Refusal.INCOMPLETE], 50000),
        ("less than nothing needs an original", [row("1", "03-05", "收取", -100)],
         [Refusal.INCOMPLETE], 50000),
        ("a number used twice", [row("1", "03-05", "收取", 100), row("1", "03-04", "收取", 200)],
         [Refusal.DOUBLE, None], 50200),
        ("another amount", [row("1", "03-05", "收取", 100),
                            row("2", "03-06", "收取", -99, reverses="1")],
         [None, Refusal.NOTHING_TO_REVERSE], 50100),
        ("another agent", [row("1", "03-05", "收取", 100, agent_code="DL002"),
                           row("2", "03-06", "收取", -100, reverses="1")],
         [None, Refusal.NOTHING_TO_REVERSE], 50000),
        ("another kind", [row("1", "03-05", "收取", 100),
                          row("2", "03-06", "退还", -100, reverses="1")],
         [None, Refusal.NOTHING_TO_REVERSE], 50100),
        ("a second reversal", [row("1", "03-05", "收取", 100),
                               row("2", "03-06", "收取", -100, reverses="1"),
                               row("3", "03-07", "收取", -100, reverses="1")],
         [None, None, Refusal.NOTHING_TO_REVERSE], 50000),
        ("an opening beside that of the statement",
         [row("1", "03-05", "收取", 100, basis_no="期初")], [Refusal.SECOND_OPENING], 50000),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_posted_changes_no_balance(
    case: str, rows: list[Row], refusals: list[Refusal | None], closing: int
) -> None:
    ledger = deposit_ledger(rows)
    assert deposits.post(ledger, opening(50000)).rows["refusal"].tolist() == refusals, case
    assert month(ledger, opening(50000), MARCH)["closing"] == closing


def test_an_opening_row_opens_the_account_and_is_no_income_of_the_month() -> None:
    ledger = deposit_ledger(
        [row("2", "03-05", "收取", 100), row("1", "03-05", "收取", 50000, basis_no="期初"),
         row("0", "03-04", "收取", 7)]
    )  # fmt: skip
    assert deposits.post(ledger).rows["refusal"].tolist() == [None, None, Refusal.BEFORE_OPENING]
    found = month(ledger, None, MARCH)
    assert (found["opening"], found["收取"], found["closing"]) == (50000, 100, 50100)


def test_nothing_is_said_of_the_time_before_an_account_was_opened() -> None:
    ledger = deposit_ledger([row("1", "04-01", "收取", 50000, basis_no="期初")])
    assert pd.isna(month(ledger, None, MARCH)["closing"])
    assert month(ledger, None, APRIL)["closing"] == 50000


def test_without_an_opening_nothing_is_said_of_the_balance() -> None:
    ledger = deposit_ledger([row("1", "03-05", "退还", 100)])
    found = month(ledger, None, MARCH)
    assert found[["opening", "closing"]].isna().all()
    assert deposits.post(ledger).rows["refusal"].tolist() == [None]


def test_an_agent_whom_the_closed_statement_does_not_name_begins_with_nothing() -> None:
    ledger = deposit_ledger([row("1", "03-05", "收取", 100, agent_code="DL009")])
    found = deposits.balances(ledger, deposits.post(ledger, opening(5)), *MARCH)
    assert found["closing"].to_dict() == {"DL001": 5, "DL009": 100}


def test_a_row_dated_in_a_closed_month_posts_in_the_open_one() -> None:
    ledger = deposit_ledger([row("1", "03-05", "收取", 100, entered="2026-04-01")])
    posted = deposits.post(ledger, opening())
    assert posted.rows["late"].tolist() == [True]
    assert month(ledger, opening(), MARCH)["closing"] == 0
    assert month(ledger, opening(), APRIL)["收取"] == 100


# --- any ledger -----------------------------------------------------------------------------

ANY_ROW = st.fixed_dictionaries(
    {
        "day": st.integers(0, 88),
        "kind": st.sampled_from([*deposits.EFFECT, "收取", "退还"]),
        "agent_code": st.sampled_from(["DL001", "DL002"]),
        "amount": st.integers(1, 30000),
        "undo": st.none() | st.integers(0, 30),
    }
)


def built(drawn: list[dict[str, object]]) -> list[Row]:
    rows: list[Row] = []
    for n, d in enumerate(drawn):
        date = pd.Timestamp(2026, 1, 1) + pd.Timedelta(days=int(str(d["day"])))
        new = {"entry_no": f"N{n}", "date": date,
               **{name: d[name] for name in ("kind", "agent_code", "amount")}}  # fmt: skip
        if d["undo"] is not None and rows:
            other = rows[int(str(d["undo"])) % len(rows)]
            new |= {"kind": other["kind"], "agent_code": other["agent_code"],
                    "amount": -abs(other["amount"]), "reverses": other["entry_no"]}  # fmt: skip
        rows.append(new)
    return rows


LEDGERS = st.lists(ANY_ROW, min_size=1, max_size=25).map(built)
OPENINGS = st.fixed_dictionaries({a: st.integers(-5000, 90000) for a in ("DL001", "DL002")})


def one_by_one(ledger: pd.DataFrame, start: dict[str, int]) -> tuple[dict[str, int], set[str]]:
    """Balances and refused rows, each row looked at in turn."""
    balance, kept, undone, refused = dict(start), {}, set(), set()
    for i in sorted(range(len(ledger)), key=lambda i: (ledger["date"].iat[i], i)):
        r = ledger.iloc[i]
        what = (r["agent_code"], r["kind"], abs(r["amount"]))
        if r["reverses"] is not None and not pd.isna(r["reverses"]):
            if kept.get(r["reverses"]) != what or r["reverses"] in undone:
                refused.add(r["entry_no"])
                continue
            undone.add(r["reverses"])
        elif r["amount"] < 0:
            refused.add(r["entry_no"])
            continue
        else:
            if r["kind"] == "退还" and r["amount"] > balance[r["agent_code"]]:
                refused.add(r["entry_no"])
                continue
            kept[r["entry_no"]] = what
        balance[r["agent_code"]] += (1 if r["kind"] == "收取" else -1) * int(r["amount"])
    return balance, refused


@given(LEDGERS, OPENINGS)
def test_columns_say_what_one_row_after_another_says(
    rows: list[Row], start: dict[str, int]
) -> None:
    ledger = deposit_ledger(rows)
    posted = deposits.post(ledger, pd.Series(start))
    found = deposits.balances(ledger, posted, LONG_AGO, AT_LAST)
    refused = set(ledger["entry_no"][posted.rows["refusal"].notna()])
    assert (found["closing"].to_dict(), refused) == one_by_one(ledger, start)


@given(LEDGERS, OPENINGS, st.lists(st.integers(0, 88), max_size=4))
def test_any_closings_in_between_end_where_one_run_ends(
    rows: list[Row], start: dict[str, int], cuts: list[int]
) -> None:
    ledger = deposit_ledger(rows)
    posted = deposits.post(ledger, pd.Series(start))
    whole = deposits.balances(ledger, posted, LONG_AGO, AT_LAST)
    begin, total = LONG_AGO, None
    days = [pd.Timestamp(2026, 1, 1) + pd.Timedelta(days=n) for n in sorted(set(cuts))]
    for end in [*days, AT_LAST]:
        part = deposits.balances(ledger, posted, begin, end)
        if total is not None:
            assert part["opening"].tolist() == total["closing"].tolist()
        change = sum(part[kind] * sign for kind, sign in deposits.EFFECT.items())
        assert (part["opening"] + change).tolist() == part["closing"].tolist()
        total, begin = part, end + pd.Timedelta(days=1)
    assert total is not None
    assert total["closing"].tolist() == whole["closing"].tolist()


@given(LEDGERS, OPENINGS)
def test_closing_a_month_and_opening_from_its_statement_ends_the_same(
    rows: list[Row], start: dict[str, int]
) -> None:
    """Of the earlier month only the closing balances are used (no reversal reaches back here)."""
    cut = pd.Timestamp(2026, 2, 1)
    plain = [row for row in rows if "reverses" not in row]
    ledger = deposit_ledger(plain)
    if not plain:
        return
    whole = deposits.post(ledger, pd.Series(start))
    closed = deposits.balances(ledger, whole, LONG_AGO, cut - pd.Timedelta(days=1))["closing"]
    later = ledger[ledger["date"] >= cut].reset_index(drop=True)
    again = deposits.balances(later, deposits.post(later, closed), cut, AT_LAST)["closing"]
    expected = deposits.balances(ledger, whole, LONG_AGO, AT_LAST)["closing"]
    assert again.reindex(expected.index).tolist() == expected.tolist()


@given(LEDGERS, OPENINGS, st.sampled_from([k for k in deposits.EFFECT if k != "退还"]))
def test_a_reversed_entry_restores_the_balance(
    rows: list[Row], start: dict[str, int], kind: str
) -> None:
    last = pd.Timestamp(2026, 5, 1)
    entry = {"entry_no": "E", "date": last, "kind": kind, "amount": 777}
    pair = [entry, {**entry, "entry_no": "R", "amount": -777, "reverses": "E"}]
    closings = []
    for some in (rows, [*rows, *pair]):
        ledger = deposit_ledger(some)
        posted = deposits.post(ledger, pd.Series(start))
        closings.append(deposits.balances(ledger, posted, LONG_AGO, AT_LAST)["closing"].to_dict())
    assert closings[0] == closings[1]


@given(LEDGERS, OPENINGS, st.lists(st.integers(0, 99999), min_size=6, max_size=6), st.booleans())
def test_nothing_is_lost_between_what_is_available_frozen_and_used(
    rows: list[Row], start: dict[str, int], fen: list[int], lend: bool
) -> None:
    ledger = deposit_ledger(rows)
    closing = deposits.balances(
        ledger, deposits.post(ledger, pd.Series(start)), LONG_AGO, AT_LAST
    )["closing"]  # fmt: skip
    used, frozen, credit = (pd.Series(fen[n : n + 2], closing.index) for n in (0, 2, 4))
    free = deposits.available(closing, used, frozen, credit, lend=lend)
    counted = credit if lend else credit * 0
    assert (free + frozen + used).tolist() == (closing + counted).tolist()
    assert (free + frozen + used).sum() == (closing + counted).sum()
