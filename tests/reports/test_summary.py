"""《产品安装维修服务费用汇总表》: calculations.md §8, rules.md §9 (R701–R703)."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from addin.reports.summary import (
    CROSS_FOOTING,
    FEES,
    SUMMARY,
    SUMMED,
    Check,
    Example,
    cross_foot,
    summarise,
)

OUTLETS = pd.DataFrame(
    {
        "outlet_code": ["WD001", "WD002", "WD003"],
        "outlet_name": ["青禾家电服务部", "湖滨电器维修", "南山安装队"],
        "province": ["浙江", "江苏", "浙江"],
    },
    dtype=object,
)
COMPONENTS = ("labour", "travel", "other", "parts")


def slip(
    slip_no: str,
    verdict: str = "通过",
    scope: str | None = None,
    *,
    outlet: str | None = "WD001",
    service: str = "安装",
    claimed: int = 0,
    held: int = 0,
    cut: int = 0,
    **approved: int,
) -> dict[str, Any]:
    return {
        "service": service, "outlet_code": outlet, "outlet_name": "表上的名称", "province": None,
        "slip_no": slip_no, "verdict": verdict, "verdict_scope": scope, "claimed": claimed,
        "payable": sum(approved.values()), "held": held, "cut": cut,
        **{f"approved_{c}": approved.get(c, 0) for c in COMPONENTS},
    }  # fmt: skip


def checked(*rows: dict[str, Any]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=list(slip("")))
    money = ["claimed", "payable", "held", "cut", *(f"approved_{c}" for c in COMPONENTS)]
    return table.astype(dict.fromkeys(money, "Int64"))


FOUR_ROWS = checked(
    slip("AZ001", "通过", claimed=80_00, labour=80_00),
    slip("AZ002", "拒付", "部分", claimed=95_00, labour=80_00, cut=15_00),
    slip("WX001", "待查", "部分", service="维修", claimed=130_00, labour=67_50, travel=7_50,
         held=30_00, cut=25_00),
    slip("AZ003", "退回", "整单", claimed=80_00, cut=80_00),
)  # fmt: skip


def test_the_four_rows_of_the_contract() -> None:
    (row,) = summarise(FOUR_ROWS, OUTLETS).to_dict("records")
    assert row == {
        "sequence": 1, "province": "浙江", "outlet_code": "WD001",
        "outlet_name": "青禾家电服务部", "install_slips": 2, "install_fee": 160_00,
        "repair_slips": 0, "repair_fee": 0, "travel_fee": 0, "other_fee": 0, "parts_fee": 0,
        "total": 160_00, "held": 130_00, "cut": 95_00, "remark": None,
    }  # fmt: skip


def test_the_columns_are_those_of_the_report_and_money_is_whole_fen() -> None:
    table = summarise(FOUR_ROWS, OUTLETS)
    assert tuple(table.columns) == tuple(item.name for item in SUMMARY.fields)
    assert {str(table[name].dtype) for name in SUMMED} == {"int64"}


@pytest.mark.parametrize(
    ("verdict", "scope", "total", "held", "cut"),
    [
        ("通过", None, 75_00, 0, 5_00),
        ("提示", "整单", 75_00, 0, 5_00),
        ("拒付", "部分", 75_00, 0, 5_00),
        ("待查", "整单", 0, 80_00, 0),
        ("待查", "部分", 0, 80_00, 0),
        ("无法判断", "部分", 0, 80_00, 0),
        ("退回", "整单", 0, 0, 80_00),
        ("拒付", "整单", 0, 0, 80_00),
    ],
)
def test_only_accepted_rows_are_paid_and_a_waiting_row_waits_whole(
    verdict: str, scope: str | None, total: int, held: int, cut: int
) -> None:
    rows = checked(slip("AZ001", verdict, scope, claimed=80_00, labour=75_00, cut=5_00))
    table = summarise(rows, OUTLETS)
    assert table[["total", "held", "cut"]].values.tolist() == [[total, held, cut]]
    assert table["install_slips"].tolist() == [int(total > 0)]


def test_fees_go_to_their_columns_and_a_slip_of_two_rows_is_one_slip() -> None:
    rows = checked(
        slip("WX001", service="维修", labour=45_00, travel=7_50),
        slip("WX001", service="维修", labour=22_50, other=1_00, parts=40_00),
        slip("WX002", "退回", "整单", service="维修", claimed=9_00, cut=9_00),
        slip("WX001", labour=80_00, travel=2_50),  # an install slip of the same number
    )
    (row,) = summarise(rows, OUTLETS)[[*SUMMED]].to_dict("records")
    assert row == {
        "install_slips": 1, "install_fee": 80_00, "repair_slips": 1, "repair_fee": 67_50,
        "travel_fee": 10_00, "other_fee": 1_00, "parts_fee": 40_00, "total": 198_50, "held": 0,
        "cut": 9_00,
    }  # fmt: skip


def test_outlets_stand_by_code_and_one_that_nobody_lists_keeps_its_row() -> None:
    rows = checked(
        slip("A1", outlet="WD002", labour=1_00),
        slip("A2", outlet="WD999", verdict="无法判断", scope="整单", claimed=5_00, held=5_00),
        slip("A3", outlet=None, verdict="退回", scope="整单", claimed=7_00, cut=7_00),
        slip("A4", outlet="WD001", labour=1_00),
    )
    table = summarise(rows, OUTLETS)
    assert table[["sequence", "outlet_code", "outlet_name", "remark"]].values.tolist() == [
        [1, None, None, "网点编码空白"],
        [2, "WD001", "青禾家电服务部", None],
        [3, "WD002", "湖滨电器维修", None],
        [4, "WD999", "表上的名称", "不在网点档案"],
    ]


def test_a_month_without_slips_has_no_rows() -> None:
    assert summarise(checked(), OUTLETS).empty


ROWS = st.lists(
    st.builds(
        lambda number, verdict, outlet, service, approved, cut, held: slip(
            f"S{number}", *verdict, outlet=outlet, service=service, labour=approved,
            claimed=approved + cut + held, cut=cut, held=held,
        ),
        st.integers(0, 9),
        st.sampled_from(
            [("通过", None), ("提示", "整单"), ("拒付", "部分"), ("拒付", "整单"), ("退回", "整单")]
        ),
        st.sampled_from(["WD001", "WD002", "WD404", None]),
        st.sampled_from(["安装", "维修"]),
        st.integers(0, 500_00),
        st.integers(-20_00, 100_00),  # 核定口径=按标准 may pay more than was claimed
        st.just(0),
    )
    | st.builds(
        lambda number, approved, held: slip(
            f"S{number}", "待查", "部分", labour=approved, held=held, claimed=approved + held
        ),
        st.integers(0, 9),
        st.integers(0, 500_00),
        st.integers(1, 100_00),
    ),
    max_size=12,
)  # fmt: skip


@given(ROWS)
def test_what_was_claimed_is_paid_waits_or_is_cut(rows: list[dict[str, Any]]) -> None:
    slips = checked(*rows)
    table = summarise(slips, OUTLETS).fillna({"outlet_code": ""}).set_index("outlet_code")
    claimed = slips.groupby(slips["outlet_code"].fillna(""))["claimed"].sum()
    assert (table["total"] + table["held"] + table["cut"]).to_dict() == claimed.to_dict()
    assert (table[list(FEES)].sum(axis=1) == table["total"]).all()


# --- cross-footing ---------------------------------------------------------------------------


def sheet(example: Example) -> tuple[pd.DataFrame, dict[str, int]]:
    """The filled sheet of an example as it is read back."""
    rows = pd.DataFrame({"outlet_code": list(example.shown)}, dtype=object)
    for name in SUMMED:
        rows[name] = 0
    rows["install_slips"] = 1
    rows["install_fee"] = list(example.shown.values())
    rows["total"] = [example.row_totals.get(o, amount) for o, amount in example.shown.items()]
    return rows, {**{name: int(rows[name].sum()) for name in SUMMED}, **example.totals}


def paid(example: Example) -> pd.DataFrame:
    return checked(
        *(slip("AZ1", outlet=o, claimed=fen, labour=fen) for o, fen in example.paid.items())
    )


def messages(check: Check, example: Example) -> list[str]:
    found = cross_foot(*sheet(example), paid(example))
    return [finding.message for finding in found if finding.code == check.code]


@pytest.mark.parametrize(
    ("check", "example", "message"),
    [(check, *hit) for check in CROSS_FOOTING for hit in check.hits],
)
def test_a_failing_example_is_found(check: Check, example: Example, message: str) -> None:
    assert message in messages(check, example)


@pytest.mark.parametrize(
    ("check", "example"), [(check, passing) for check in CROSS_FOOTING for passing in check.passes]
)
def test_a_passing_example_is_left_alone(check: Check, example: Example) -> None:
    assert messages(check, example) == []


def test_a_filled_sheet_that_agrees_has_no_finding() -> None:
    table = summarise(FOUR_ROWS, OUTLETS)
    totals = {name: int(table[name].sum()) for name in SUMMED}
    assert cross_foot(table, totals, FOUR_ROWS) == []


@pytest.mark.parametrize("name", SUMMED)
def test_one_figure_overtyped_in_any_column_is_found(name: str) -> None:
    table = summarise(FOUR_ROWS, OUTLETS)
    table[name] += 1
    totals = {column: int(table[column].sum()) for column in SUMMED}
    found = [(f.code, f.column) for f in cross_foot(table, totals, FOUR_ROWS)]
    assert ("R701", SUMMARY[name].header) in found


def test_a_wrong_count_is_told_as_a_count() -> None:
    table = summarise(FOUR_ROWS, OUTLETS)
    table["install_slips"] = 3
    totals = {column: int(table[column].sum()) for column in SUMMED}
    assert [f.message for f in cross_foot(table, totals, FOUR_ROWS)] == ["WD001安装单数汇总3≠明细2"]
