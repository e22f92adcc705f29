"""Our list against an agent's own: what is concluded, what is only proposed, what stays open."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from addin.domain.matching import COLUMNS, Limits, Pairing, match
from addin.domain.matching.alike import Number, folded, number_compared, within
from addin.domain.matching.remembered import from_words, words
from bench.ledgers import TOLERANT, Entry, Ledgers, make

Row = dict[str, Any]
DAY = dt.date(2026, 3, 10)
NUMBER, OTHER_PART, SPELLING, DIGIT = (
    "编号相同", "编号相同,配件写法不同", "编号写法不同", "编号差一位",
)  # fmt: skip
NUMBER_SUM = "编号相同,分笔合计"
LIKE, NAME, SUM = "配件、数量与日期相符", "配件名称相近", "分笔合计"


def entry(slip_no: str | None = "FH001", part_code: str | None = "PJ001", **more: Any) -> Row:
    """An entry of two pieces at 60.00 each."""
    row: Row = {"slip_no": slip_no, "part_code": part_code, "part_name": None, "quantity": 2,
                "price": 6000, "date": DAY} | more  # fmt: skip
    return row if "amount" in row else row | {"amount": row["quantity"] * row["price"]}


def later(days: int) -> dt.date:
    return DAY + dt.timedelta(days)


def frame(rows: list[Row]) -> pd.DataFrame:
    told = pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)
    numbers = dict.fromkeys(("quantity", "price", "amount"), "Int64")
    return told.astype(numbers).assign(date=pd.to_datetime(told["date"]).astype("datetime64[s]"))


Line = tuple[str, str, str, str, int, list[int], list[int]]


def lines(ours: list[Row], theirs: list[Row], **more: Any) -> list[Line]:
    """Conclusion, step, note, field, difference, our rows, their rows."""
    found = match(frame(ours), frame(theirs), **more)
    told = found.lines.astype(object).itertuples(index=False)
    return sorted((*line, *rows) for line, rows in zip(told, found.rows(), strict=True))


def said(ours: list[Row], theirs: list[Row], **more: Any) -> list[tuple[str, str]]:
    return [(line[0], line[1]) for line in lines(ours, theirs, **more)]


ALONE = [("仅对方", ""), ("仅我方", "")]


# --- the same number ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("theirs", "conclusion", "field", "difference"),
    [
        ({}, "已匹配", "", 0),
        ({"part_name": "另一个名字"}, "已匹配", "", 0),
        ({"amount": 11800}, "有差异", "金额", 200),  # formulas.md, worked example
        ({"amount": 12001}, "有差异", "金额", -1),
        ({"quantity": 1, "amount": 12000}, "有差异", "数量", 0),
        ({"quantity": 3}, "有差异", "数量、金额", -6000),
        ({"date": later(3)}, "已匹配", "", 0),
        ({"date": later(-3)}, "已匹配", "", 0),
        ({"date": later(4)}, "有差异", "日期", 0),
        ({"date": None}, "已匹配", "", 0),
        ({"price": 1, "amount": 12000}, "已匹配", "", 0),  # the amount says it
        ({"price": None, "amount": 12000}, "已匹配", "", 0),
        ({"amount": None}, "已匹配", "", 0),  # quantity × price
        ({"price": 5900, "amount": None}, "有差异", "金额", 200),
    ],
)
def test_an_equal_number_concludes_by_itself(
    theirs: Row, conclusion: str, field: str, difference: int
) -> None:
    assert lines([entry()], [entry(**theirs)]) == [
        (conclusion, NUMBER, "", field, difference, [0], [0])
    ]


def test_without_an_amount_on_one_side_nothing_is_concluded() -> None:
    unknown = entry(price=None, amount=None)
    found = lines([entry(), entry("FH002")], [unknown, entry("FH002")])
    assert found[1] == ("待确认", NUMBER, "金额缺少,无法比较", "", 12000, [0], [0])


@pytest.mark.parametrize(("amount", "conclusion"), [(12050, "已匹配"), (12051, "有差异")])
def test_the_tolerance_is_inclusive(amount: int, conclusion: str) -> None:
    assert said([entry()], [entry(amount=amount)], limits=Limits(tolerance=50)) == [
        (conclusion, NUMBER)
    ]


def test_a_matched_pair_within_the_tolerance_still_tells_its_difference() -> None:
    assert lines([entry()], [entry(amount=12050)], limits=Limits(tolerance=50))[0][4] == -50


@pytest.mark.parametrize(("days", "conclusion"), [(0, "有差异"), (1, "已匹配")])
def test_the_window_is_the_callers(days: int, conclusion: str) -> None:
    assert said([entry()], [entry(date=later(1))], limits=Limits(days)) == [(conclusion, NUMBER)]


def test_a_slip_with_two_parts_is_matched_part_by_part() -> None:
    ours = [entry(part_code="PJ001"), entry(part_code="PJ002")]
    theirs = [entry(part_code="PJ002"), entry(part_code="PJ001", amount=100)]
    assert [line[5:] for line in lines(ours, theirs)] == [([1], [0]), ([0], [1])]


# --- numbers that stand twice ---------------------------------------------------------------


def test_of_two_equal_entries_one_is_matched_and_the_other_is_theirs_only() -> None:
    assert said([entry()], [entry(), entry()]) == [("仅对方", ""), ("已匹配", NUMBER)]


def test_entries_of_one_number_find_their_equals_in_any_order() -> None:
    ours = [entry(quantity=1), entry(quantity=2)]
    assert said(ours, ours[::-1]) == [("已匹配", NUMBER)] * 2


def test_which_of_two_entries_differs_is_not_decided_by_their_order() -> None:
    ours = [entry(part_name=name) for name in ("甲", "乙")]
    chosen = {
        order[0]["part_name"]: order[lines(order, [entry(quantity=1)])[1][5][0]]["part_name"]
        for order in (ours, ours[::-1])
    }
    assert chosen["甲"] == chosen["乙"]


def test_one_number_split_in_two_is_a_proposal() -> None:
    assert lines([entry(quantity=3)], [entry(quantity=1), entry(quantity=2)]) == [
        ("待确认", "编号相同,分笔合计", "", "", 0, [0], [0, 1])
    ]


def test_a_repeated_number_that_cannot_be_told_apart_is_one_proposal_for_all_its_rows() -> None:
    ours = [entry(quantity=1), entry(quantity=2)]
    theirs = [entry(quantity=3), entry(quantity=4)]
    assert lines(ours, theirs) == [("待确认", "编号重复", "", "数量、金额", -24000, [0, 1], [0, 1])]


def test_parts_of_one_slip_without_codes_are_never_paired_by_their_order() -> None:
    ours = [entry(part_code=code, part_name=name) for code, name in
            (("PJ001", "加热管"), ("PJ002", "温控器"))]  # fmt: skip
    theirs = [entry(part_code=None, part_name=name) for name in ("温控器", "加热管")]
    assert [line[:2] + line[5:] for line in lines(ours, theirs)] == [
        ("待确认", OTHER_PART, [0], [1]), ("待确认", OTHER_PART, [1], [0]),
    ]  # fmt: skip


# --- balances: a line per part, no numbers and no dates -------------------------------------


def test_without_numbers_and_dates_a_part_is_the_key() -> None:
    balance = {"slip_no": None, "date": None}
    assert said([entry(**balance)], [entry(**balance)]) == [("已匹配", NUMBER)]
    assert said([entry(**balance)] * 2, [entry(**balance)]) == [("仅我方", ""), ("待确认", LIKE)]


def test_among_dated_entries_without_numbers_a_part_is_no_key() -> None:
    assert said([entry(None)], [entry(None)]) == [("待确认", LIKE)]


def test_lists_that_share_no_measure_only_find_their_numbers() -> None:
    ours = [entry(price=None, amount=None), entry("FH002", price=None, amount=None)]
    theirs = [entry(quantity=None, price=None, amount=12000), entry(None, quantity=None, amount=1)]
    assert lines(ours, theirs) == [
        ("仅对方", "", "", "", -1, [], [1]),
        ("仅我方", "", "", "", 0, [1], []),
        ("待确认", NUMBER, "数量缺少,无法比较", "", -12000, [0], [0]),
    ]


# --- tolerant steps -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ours", "theirs", "step"),
    [
        ("FH-0012", "FH0012", SPELLING),
        ("FH0012", "FHO012", SPELLING),
        ("FH0012", "FH00I2#", SPELLING),
        ("FH0125", "FH0152", DIGIT),
        ("FH0125", "FH0126", DIGIT),
        ("FH0125", "FH125", DIGIT),
        ("FH0125", "FH0251", None),
        ("FH0125", "FH0136", None),
        ("FH0125", None, LIKE),
        ("FH0125", "88-7", LIKE),  # a number of their own kind contradicts nothing
        (None, None, LIKE),
    ],
)
def test_numbers_that_nearly_agree_are_proposed(
    ours: str | None, theirs: str | None, step: str | None
) -> None:
    both = [entry("X1", "PJ009")]  # a number that both lists have
    found = said([entry(ours), *both], [entry(theirs), *both])
    expected = ALONE if step is None else [("待确认", step)]
    assert found == sorted([*expected, ("已匹配", NUMBER)])


@pytest.mark.parametrize(
    ("theirs", "step"),
    [
        ({"date": later(3)}, LIKE),
        ({"date": later(-3)}, LIKE),
        ({"date": later(4)}, None),
        ({"date": None}, LIKE),
        ({"amount": 12001}, None),
        ({"quantity": 1, "amount": 12000}, None),
        ({"part_code": "PJ002"}, None),
        ({"part_code": None}, None),
        ({"part_code": None, "part_name": "电加热管"}, NAME),
        ({"part_code": None, "part_name": "温控器"}, None),
    ],
)
def test_without_a_number_goods_money_and_date_must_agree(theirs: Row, step: str | None) -> None:
    ours = [entry(part_name="加热管")]
    expected = ALONE if step is None else [("待确认", step)]
    assert said(ours, [entry(None, **theirs)]) == expected


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (12050, [("待确认", LIKE)]), (11950, [("待确认", LIKE)]), (12051, ALONE), (11949, ALONE),
    ],
)  # fmt: skip
def test_the_tolerance_holds_for_proposals_too(
    amount: int, expected: list[tuple[str, str]]
) -> None:
    assert said([entry()], [entry(None, amount=amount)], limits=Limits(tolerance=50)) == expected


def test_a_number_nearly_equal_is_not_enough_for_another_part() -> None:
    both = [entry("X1", "PJ009")]
    found = said([entry("FH0125"), *both], [entry("FH0152", "PJ002"), *both])
    assert found == [ALONE[0], ALONE[1], ("已匹配", NUMBER)]


@pytest.mark.parametrize("code", ["PJ0O1", "PJ-001", "PJ010", None])
def test_an_equal_number_under_another_writing_of_the_part_is_proposed(code: str | None) -> None:
    both = [entry("X1", "PJ009")]
    found = said([entry(), *both], [entry(part_code=code), *both])
    assert found == [("已匹配", NUMBER), ("待确认", OTHER_PART)]


def test_a_name_is_learnt_from_entries_of_equal_number() -> None:
    known = [entry(f"FH{n}", part_name="阀体") for n in range(3)]
    unknown = entry("FH9", part_name="阀体")
    bare = entry(None, None, part_name="水路开关")
    assert said([unknown], [bare]) == ALONE
    theirs = [row | {"part_code": None, "part_name": "水路开关"} for row in known]
    found = said([*known, unknown], [*theirs, bare])
    assert found == [("已匹配", NUMBER)] * 3 + [("待确认", NAME)]


def test_a_name_that_stands_for_two_parts_is_not_known() -> None:
    known = [entry("X1", "PJ001", part_name="阀"), entry("X2", "PJ002", part_name="阀")]
    bare = entry(None, None, part_name="阀", quantity=5)
    found = said([*known, entry("FH9", "PJ001", quantity=5)], [*known, bare])
    assert found == [*ALONE, ("已匹配", NUMBER), ("已匹配", NUMBER)]


def test_a_known_name_contradicts_another_part() -> None:
    known = [entry(f"X{n}", "PJ002", part_name="温控器") for n in range(2)]
    theirs = entry("FH0152", None, part_name="温控器")
    found = said([*known, entry("FH0125", "PJ001")], [*known, theirs])
    assert found == [*ALONE, ("已匹配", NUMBER), ("已匹配", NUMBER)]


def test_two_names_equally_alike_are_both_left_alone() -> None:
    ours = [entry(part_name="加热管")]
    theirs = [entry(None, None, part_name=name) for name in ("电加热管", "铜加热管")]
    assert {line[0] for line in lines(ours, theirs)} == {"仅我方", "仅对方"}


# --- several candidates ---------------------------------------------------------------------


def test_of_two_equal_candidates_one_is_proposed_and_the_line_says_so() -> None:
    for ours in ([entry("FH007"), entry("FH008")], [entry("FH008"), entry("FH007")]):
        first = ours.index(entry("FH007"))
        assert lines(ours, [entry(None)]) == [
            ("仅我方", "", "候选不唯一", "", 12000, [1 - first], []),
            ("待确认", LIKE, "候选不唯一", "", 0, [first], [0]),
        ]


def test_what_is_left_after_a_doubtful_choice_is_doubtful_too() -> None:
    ours = [entry("FH007"), entry("FH008")]
    theirs = [entry(None, part_name=name) for name in ("甲", "乙")]
    assert [line[:3] for line in lines(ours, theirs)] == [("待确认", LIKE, "候选不唯一")] * 2


def test_the_nearer_date_decides_between_candidates() -> None:
    ours = [entry("FH007", date=later(2)), entry("FH008", date=later(1))]
    assert lines(ours, [entry(None)])[1] == ("待确认", LIKE, "", "", 0, [1], [0])


def test_entries_that_say_the_same_are_no_doubt() -> None:
    assert said([entry(None)] * 2, [entry(None)]) == [("仅我方", ""), ("待确认", LIKE)]


def test_a_crowd_of_candidates_is_left_alone_with_the_reason() -> None:
    ours = [entry(f"A{n}", "PJ001") for n in range(501)]
    theirs = [entry(None, "PJ001", part_name=str(n)) for n in range(501)]
    assert {line[:3] for line in lines(ours, theirs)} == {
        ("仅我方", "", "候选过多"), ("仅对方", "", "候选过多"),
    }  # fmt: skip


# --- sums -----------------------------------------------------------------------------------


@pytest.mark.parametrize("pieces", [2, 3, 6])
def test_a_merged_slip_is_the_sum_of_ours(pieces: int) -> None:
    ours = [entry(f"FH{n}{n}", quantity=n + 1) for n in range(pieces)]
    whole = entry(None, quantity=sum(row["quantity"] for row in ours))
    assert lines(ours, [whole]) == [("待确认", SUM, "", "", 0, [*range(pieces)], [0])]
    assert lines([whole], ours) == [("待确认", SUM, "", "", 0, [0], [*range(pieces)])]


def test_seven_parts_are_too_many() -> None:
    ours = [entry(f"FH{n}{n}", quantity=1) for n in range(7)]
    assert {line[0] for line in lines(ours, [entry(None, quantity=7)])} == {"仅我方", "仅对方"}


@pytest.mark.parametrize(
    ("one", "found"),
    [
        ({"date": later(3)}, True),
        ({"date": later(4)}, False),
        ({"part_code": "PJ002"}, False),
        ({"slip_no": "FH999"}, False),  # the number of another document
        ({"amount": 18001}, False),
        ({"quantity": 4, "amount": 18000}, False),
    ],
)
def test_parts_must_be_the_same_goods_within_the_window(one: Row, found: bool) -> None:
    ours = [entry("FH101", quantity=1), entry("FH202", quantity=2)]
    theirs = [entry(**{"slip_no": None, "quantity": 3, "price": 6000} | one)]
    assert (("待确认", SUM) in said(ours, theirs)) is found


def test_what_can_be_made_up_in_two_ways_is_left_open_with_the_reason() -> None:
    ours = [entry("FH101", quantity=1), entry("FH202", quantity=2), entry("FH303", quantity=2)]
    found = lines(ours, [entry(None, quantity=3)])
    assert {line[:3] for line in found} == {
        ("仅我方", "", "候选不唯一"), ("仅对方", "", "候选不唯一"),
    }  # fmt: skip


def test_the_sum_nearest_in_time_is_taken() -> None:
    ours = [entry("FH101", quantity=1), entry("FH202", quantity=2, date=later(2)),
            entry("FH303", quantity=2)]  # fmt: skip
    assert lines(ours, [entry(None, quantity=3)])[1][5:] == ([0, 2], [0])


def test_parts_are_chosen_from_sixteen_entries_at_most() -> None:
    pieces = [entry(f"FH{n}{n}", quantity=n + 1) for n in range(17)]
    enough, one = pieces[:16], entry(None, quantity=1 + 2 + 3 + 4 + 5 + 6)
    assert {line[2] for line in lines(enough, [one])} == {"候选不唯一"}
    assert {line[2] for line in lines(pieces, [one])} == {"候选过多"}


def test_a_difference_that_another_entry_makes_up_becomes_a_proposal() -> None:
    ours = [entry("FH101", quantity=1), entry("FH202", quantity=2)]
    assert lines(ours, [entry("FH101", quantity=3)]) == [("待确认", SUM, "", "", 0, [0, 1], [0])]
    unlike = [ours[0], entry("FH202", "PJ002", quantity=2)]
    assert said(unlike, [entry("FH101", quantity=3)]) == [("仅我方", ""), ("有差异", NUMBER)]


# --- remembered -----------------------------------------------------------------------------


def confirmed(ours: list[Row], theirs: list[Row]) -> Pairing:
    return Pairing.of(frame(ours), frame(theirs))


def test_a_confirmed_proposal_is_matched_in_the_next_run() -> None:
    ours, theirs = [entry("FH101"), entry("FH102")], [entry(None)]
    yes = [confirmed(ours[1:], theirs)]  # not the one that was proposed
    assert lines(ours, theirs, confirmed=yes) == [
        ("仅我方", "", "", "", 12000, [0], []),
        ("已匹配", "曾确认", "", "", 0, [1], [0]),
    ]


def test_an_entry_that_has_changed_since_must_be_confirmed_again() -> None:
    ours, theirs = [entry("FH101")], [entry(None)]
    yes = [confirmed(ours, theirs)]
    changed = [entry("FH101", quantity=3)], [entry(None, quantity=3)]
    assert said(*changed, confirmed=yes) == [("待确认", LIKE)]


def test_an_amount_that_has_changed_since_is_asked_about_again() -> None:
    ours, theirs = [entry("FH101")], [entry(None)]
    yes = [confirmed(ours, theirs)]
    changed = [entry("FH101", amount=1)], [entry(None, amount=1)]
    assert said(*changed, confirmed=yes) == [("待确认", LIKE)]


def test_all_entries_of_a_pairing_must_still_be_there() -> None:
    ours, theirs = [entry("FH101")] * 2, [entry(None, quantity=4)]
    yes = [confirmed(ours, theirs)]
    assert said(ours, theirs, confirmed=yes) == [("已匹配", "曾确认")]
    assert said(ours[:1], theirs, confirmed=yes) == ALONE


def test_an_entry_is_used_by_one_pairing_only() -> None:
    ours, theirs = [entry("FH101"), entry("FH102")], [entry(None)]
    yes = [confirmed([one], theirs) for one in ours]
    assert said(ours, theirs, confirmed=yes) == [("仅我方", ""), ("已匹配", "曾确认")]


def test_a_pairing_counts_once() -> None:
    ours, theirs = [entry("FH101")], [entry(None)]
    yes = [confirmed(ours, theirs)]
    assert said(ours, theirs * 2, confirmed=yes) == [("仅对方", ""), ("已匹配", "曾确认")]


@pytest.mark.parametrize(
    ("ours", "theirs", "step"),
    [
        ([entry("FH0125")], [entry("FH0152")], DIGIT),
        ([entry("FH101")], [entry(None)], LIKE),
        ([entry(quantity=None, price=None, amount=None)], [entry()], NUMBER),
        ([entry("FH101")] * 2, [entry(None, quantity=4)], SUM),
        ([entry(None, quantity=4)], [entry("FH101")] * 2, SUM),
        ([entry(quantity=3), entry(quantity=1)], [entry(quantity=4)], NUMBER_SUM),
    ],
)
def test_a_rejected_proposal_is_not_made_again(
    ours: list[Row], theirs: list[Row], step: str
) -> None:
    assert ("待确认", step) in said(ours, theirs)
    again = said(ours, theirs, rejected=[confirmed(ours, theirs)])
    assert again == [("仅对方", "")] * len(theirs) + [("仅我方", "")] * len(ours)


def test_after_a_no_the_next_best_is_proposed() -> None:
    ours = [entry("FH101", date=DAY), entry("FH102", date=later(1))]
    theirs = [entry(None, date=DAY)]
    assert lines(ours, theirs)[-1][1:] == (LIKE, "", "", 0, [0], [0])
    no = [confirmed(ours[:1], theirs)]
    assert lines(ours, theirs, rejected=no)[-1][1:] == (LIKE, "", "", 0, [1], [0])


def test_a_no_leaves_other_entries_alone() -> None:
    ours, theirs = [entry("FH101"), entry("FH201", "PJ002")], [entry(None), entry(None, "PJ002")]
    no = [confirmed(ours[:1], theirs[:1])]
    assert said(ours, theirs, rejected=no) == [("仅对方", ""), ("仅我方", ""), ("待确认", LIKE)]


@given(
    st.lists(
        st.builds(
            entry,
            slip_no=st.none() | st.sampled_from(["FH-1", "1|2"]),
            part_code=st.none() | st.just("PJ001"),
            part_name=st.none() | st.sampled_from(["加热管", "A | B", "1 | 2 | 3"]),
            quantity=st.integers(-3, 3),
            price=st.none() | st.integers(-(10**12), 10**12),
            amount=st.none() | st.integers(-(10**12), 10**12),
            date=st.none() | st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31)),
        ),
        min_size=1,
        max_size=3,
    )
)
def test_what_is_kept_for_people_says_the_same_as_the_entry(rows: list[Row]) -> None:
    pairing = confirmed(rows, rows)
    assert tuple(from_words(words(told)) for told in pairing.ours) == pairing.ours


@pytest.mark.parametrize(
    "told",
    ["", "FH001", "FH001 | PJ001 | - | 2 | - | 八十 | -", "A | B | C | 2 | - | - | 3月"],
)
def test_a_line_that_somebody_has_changed_tells_nothing(told: str) -> None:
    with pytest.raises(ValueError):
        from_words(told)


# --- small pieces ---------------------------------------------------------------------------


def test_numbers_compared() -> None:
    assert number_compared("FH001", "FH001") is Number.EQUAL
    assert number_compared("FH001", "FH090") is Number.CONTRADICTS
    assert number_compared("FH001", "FH001-1-2") is Number.UNKNOWN
    assert number_compared("FH001", "FH090-1") is Number.CONTRADICTS
    assert number_compared("FH001", "FH0905") is Number.UNKNOWN
    assert folded("fh-OIL".upper()) == "FH011"


def test_pairs_within_a_reach() -> None:
    import numpy as np

    block, other = np.array([0, 0, 1]), np.array([0, 1, 0])
    i, j, _ = within(block, np.array([1, 5, 1]), other, np.array([3, 1, 8]), 2)
    assert sorted(zip(i.tolist(), j.tolist(), strict=True)) == [(0, 0), (1, 0), (2, 1)]


# --- identities -----------------------------------------------------------------------------

rows = st.lists(
    st.builds(
        entry,
        slip_no=st.sampled_from(["FH101", "FH110", "FH-101", "FH202", None]),
        part_code=st.sampled_from(["PJ001", "PJ002", None]),
        part_name=st.sampled_from(["加热管", "电加热管", None]),
        quantity=st.sampled_from([1, 2, 3]),
        price=st.sampled_from([6000, 6000, 100]),
        date=st.sampled_from([DAY, later(1), later(5), None]),
    ),
    max_size=7,
)
limits = st.sampled_from([Limits(), Limits(0), Limits(3, 100)])


def told(ours: list[Row], theirs: list[Row], limits: Limits) -> list[tuple[Any, ...]]:
    """The lines by what their entries say, wherever these stand."""
    return sorted(
        (*line[:5], sorted(str(ours[n]) for n in line[5]), sorted(str(theirs[n]) for n in line[6]))
        for line in lines(ours, theirs, limits=limits)
    )


@given(rows, rows, limits)
@settings(max_examples=100)
def test_every_row_stands_in_one_line_and_the_differences_add_up(
    ours: list[Row], theirs: list[Row], limits: Limits
) -> None:
    found = lines(ours, theirs, limits=limits)
    assert sorted(n for line in found for n in line[5]) == [*range(len(ours))]
    assert sorted(n for line in found for n in line[6]) == [*range(len(theirs))]
    sums = [sum(row["amount"] for row in side) for side in (ours, theirs)]
    if sums[0] and sums[1]:
        assert sum(line[4] for line in found) == sums[0] - sums[1]
    for conclusion, step, *_, i, j in found:
        if conclusion in ("已匹配", "有差异"):
            assert step == NUMBER and len(i) == len(j) == 1
            assert ours[i[0]]["slip_no"] == theirs[j[0]]["slip_no"]
        elif conclusion == "待确认":
            assert i and j and step


SWAPPED = {"仅我方": "仅对方", "仅对方": "仅我方"}


@given(rows, rows, limits)
@settings(max_examples=100)
def test_swapped_lists_give_the_same_lines_seen_from_the_other_side(
    ours: list[Row], theirs: list[Row], limits: Limits
) -> None:
    mirrored = [
        (SWAPPED.get(said, said), *rest, -difference, i, j)
        for said, *rest, difference, j, i in told(theirs, ours, limits)
    ]
    assert sorted(mirrored) == told(ours, theirs, limits)


@given(rows, rows, limits, st.randoms())
@settings(max_examples=100)
def test_the_order_of_rows_decides_nothing(
    ours: list[Row], theirs: list[Row], limits: Limits, random: random.Random
) -> None:
    shuffled = [random.sample(side, len(side)) for side in (ours, theirs)]
    assert told(*shuffled, limits) == told(ours, theirs, limits)


# --- seeded lists, truth by their generator -------------------------------------------------

AGENTS = 20


def as_frame(entries: list[Entry]) -> pd.DataFrame:
    return frame([vars(e) for e in entries])


def contents(ledgers: Ledgers, ours: Any, theirs: Any) -> tuple[Any, ...]:
    """By what the entries say: equal entries are interchangeable."""
    sides = ((ledgers.ours, ours), (ledgers.theirs, theirs))
    return tuple(tuple(sorted(str(side[n]) for n in rows)) for side, rows in sides)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_seeded_faults_are_proposed_and_nothing_is_matched_in_silence(seed: int) -> None:
    proposed = right = wanted = 0
    for agent in range(AGENTS):
        made = make(seed * 1000 + agent)
        truth = {contents(made, true.ours, true.theirs): true.fault for true in made.truth}
        found = match(as_frame(made.ours), as_frame(made.theirs))
        told = zip(found.lines.astype(object).itertuples(index=False), found.rows(), strict=True)
        for line, rows in told:
            fault = truth.get(contents(made, *rows))
            if line.conclusion == "已匹配":
                assert fault == "", (line, rows)
            elif line.conclusion == "待确认":
                proposed += 1
                right += fault in TOLERANT
        wanted += sum(fault in TOLERANT for fault in truth.values())
    assert right / proposed >= 0.99, f"precision {right}/{proposed}"
    assert right / wanted >= 0.97, f"recall {right}/{wanted}"
