"""《安装/维修回访登记表(全国)》: workbooks.md §8, calculations.md §12."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from addin.reports.callback import CALLBACK, KEY, draw

OUTLETS = pd.DataFrame(
    {
        "outlet_code": ["WD001", "WD002"],
        "outlet_name": ["青禾家电服务部", "湖滨电器维修"],
        "since": pd.to_datetime(["2020-01-01", "2026-03-31"]),
    }
)


def slip(slip_no: str, verdict: str = "通过", scope: str | None = None, **other: Any) -> dict:
    return {
        "outlet_code": "WD001", "outlet_name": "青禾", "service": "安装", "slip_no": slip_no,
        "user_name": f"用户{slip_no}", "user_phone": ("13800138000",), "model": "DR-60A",
        "service_date": pd.Timestamp("2026-03-05"), "verdict": verdict, "verdict_scope": scope,
        **other,
    }  # fmt: skip


def register(*rows: dict, previous: pd.DataFrame | None = None, minimum: int = 1) -> pd.DataFrame:
    return draw(
        pd.DataFrame(rows, columns=list(slip(""))),
        OUTLETS,
        "2026-03",
        ratio=Decimal("0.10"),
        minimum=minimum,
        seed="20260301",
        previous=previous,
    )


FIVE = [slip(f"AZ00{i}") for i in range(1, 6)]  # by hash: AZ003, AZ001, AZ005, AZ004, AZ002


def drawn(*rows: dict, **options: Any) -> list[tuple[str, str]]:
    table = register(*rows, **options)
    return list(zip(table["slip_no"], table["reason"], strict=True))


def test_a_drawn_slip_as_the_register_shows_it() -> None:
    (row,) = register(*FIVE).to_dict("records")
    blank = {name: row.pop(name) for name in ("called_on", "caller", "valid", "outcome",
                                              "satisfaction", "note")}  # fmt: skip
    assert all(pd.isna(value) for value in blank.values())
    assert row == {
        "sequence": 1, "service": "安装", "outlet_code": "WD001", "outlet_name": "青禾家电服务部",
        "slip_no": "AZ003", "user_name": "用户AZ003", "user_phone": ("138****8000",),
        "model": "DR-60A", "service_date": pd.Timestamp("2026-03-05"), "reason": "抽样",
        "dial": ("13800138000",),
    }  # fmt: skip


def test_the_columns_are_those_of_the_register_in_order() -> None:
    assert tuple(register(*FIVE).columns) == tuple(item.name for item in CALLBACK.fields)


@pytest.mark.parametrize(
    ("verdict", "scope", "may_be_drawn"),
    [
        ("通过", None, True),
        ("提示", "整单", True),
        ("拒付", "部分", True),
        ("无法判断", "整单", True),
        ("待查", "部分", True),
        ("退回", "整单", False),
        ("拒付", "整单", False),
    ],
)
def test_slips_sent_away_are_neither_counted_nor_drawn(
    verdict: str, scope: str | None, may_be_drawn: bool
) -> None:
    assert bool(drawn(slip("AZ001", verdict, scope))) is may_be_drawn


def test_every_pending_slip_is_called_and_counts_towards_the_sample() -> None:
    rows = [*FIVE[:3], slip("AZ004", "待查", "整单"), slip("AZ002", "待查", "部分")]
    assert drawn(*rows) == [("AZ002", "待查"), ("AZ004", "待查")]
    assert drawn(*rows, minimum=3) == [("AZ002", "待查"), ("AZ003", "抽样"), ("AZ004", "待查")]


def test_a_slip_of_several_rows_is_one_slip_and_pending_when_one_of_them_is() -> None:
    rows = [slip("AZ001"), slip("AZ001", "待查", "部分", user_name="第二行"), slip("AZ001")]
    table = register(*rows)
    assert table[["slip_no", "user_name", "reason"]].values.tolist() == [
        ["AZ001", "用户AZ001", "待查"]
    ]


def test_of_an_outlet_new_in_the_month_three_are_called() -> None:
    rows = [slip(f"AZ{i}", outlet_code="WD002") for i in range(9)]
    assert [reason for _, reason in drawn(*rows)] == ["新网点"] * 3


def test_a_slip_without_outlet_or_number_cannot_be_called() -> None:
    assert drawn(slip("AZ001", outlet_code=None), {**slip(""), "slip_no": None}) == []


def test_an_outlet_that_nobody_lists_keeps_the_name_of_the_sheet() -> None:
    assert register(slip("AZ001", outlet_code="WD999"))["outlet_name"].tolist() == ["青禾"]


def test_rows_stand_by_outlet_service_and_number() -> None:
    rows = [
        slip("B", outlet_code="WD002"),
        slip("A", outlet_code="WD002", service="维修"),
        slip("A", outlet_code="WD002"),
        slip("C"),
    ]
    table = register(*rows)
    assert table[["sequence", *KEY]].values.tolist() == [
        [1, "WD001", "安装", "C"],
        [2, "WD002", "安装", "A"],
        [3, "WD002", "安装", "B"],
        [4, "WD002", "维修", "A"],
    ]


@pytest.mark.parametrize(
    ("numbers", "masked"),
    [
        (("13800138000",), ("138****8000",)),
        (("13800138000", "057188001234"), ("138****8000",)),
        ((), ()),
    ],
)
def test_the_printed_number_is_masked_and_the_clerk_still_has_the_whole(
    numbers: tuple[str, ...], masked: tuple[str, ...]
) -> None:
    (row,) = register(slip("AZ001", user_phone=numbers)).to_dict("records")
    assert (row["user_phone"], row["dial"]) == (masked, numbers)


# --- a second run ----------------------------------------------------------------------------


def answered(table: pd.DataFrame, slip_no: str, **entries: Any) -> pd.DataFrame:
    """The register as it is read again after the clerk wrote into the row of ``slip_no``."""
    table = table.copy()
    table["user_phone"] = [()] * len(table)  # a masked number is no number
    for name, value in entries.items():
        table[name] = table[name].astype(object)
        table.loc[table["slip_no"] == slip_no, name] = value
    return table


def test_a_second_run_draws_the_same_and_keeps_what_was_entered() -> None:
    first = register(*FIVE, minimum=2)
    filled = answered(
        first, "AZ001", outcome="属实", satisfaction=5, caller="王某", valid=True,
        called_on=dt.datetime(2026, 4, 1),
    )  # fmt: skip
    again = register(*FIVE, minimum=2, previous=filled)
    assert again["slip_no"].tolist() == ["AZ001", "AZ003"]
    (row,) = again[again["slip_no"] == "AZ001"].to_dict("records")
    assert (row["outcome"], row["satisfaction"], row["caller"]) == ("属实", 5, "王某")
    assert row["user_phone"] == ("138****8000",)
    assert again[again["slip_no"] == "AZ003"]["outcome"].isna().all()


def test_an_answered_slip_stays_when_others_would_be_drawn() -> None:
    """AZ002 was called because it was 待查; it is cleared now, and still it stays."""
    pending = [*FIVE[:1], slip("AZ002", "待查", "整单"), *FIVE[2:]]
    filled = answered(register(*pending), "AZ002", outcome="属实")
    assert drawn(*FIVE, previous=filled) == [("AZ002", "待查")]
    assert drawn(*FIVE) == [("AZ003", "抽样")]


def test_an_answered_slip_stays_when_it_has_been_refused_since() -> None:
    """R710 refuses a slip because of the answer: the answer must not vanish with it."""
    filled = answered(register(*FIVE), "AZ003", outcome="不属实", note="未上门")
    refused = [*FIVE[:2], slip("AZ003", "拒付", "整单"), *FIVE[3:]]
    table = register(*refused, previous=filled)
    assert table[["sequence", "slip_no", "reason"]].values.tolist() == [
        [1, "AZ001", "抽样"],
        [2, "AZ003", "抽样"],
    ]
    (row,) = table[table["slip_no"] == "AZ003"].to_dict("records")
    assert (row["outcome"], row["note"], row["user_phone"]) == (
        "不属实",
        "未上门",
        ("138****8000",),
    )


def test_a_slip_without_an_answer_is_drawn_anew() -> None:
    pending = [*FIVE[:1], slip("AZ002", "待查", "整单"), *FIVE[2:]]
    assert drawn(*FIVE, previous=register(*pending)) == [("AZ003", "抽样")]


def test_a_month_without_slips_has_an_empty_register() -> None:
    assert register().empty
