"""A report is a template plus a fill: architecture.md decision 6, workbooks.md §11."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from addin.errors import BadInput
from addin.reports import callback, summary
from addin.reports.fill import fill, literal, widened
from addin.reports.layout import Layout
from addin.reports.shown import read_back

AS_OF = dt.date(2026, 4, 2)
FIRST = 4  # row of 数据首行 in the template

Blank = Callable[..., Any]


def outlet(code: str, **figures: Any) -> dict[str, Any]:
    row = dict.fromkeys((item.name for item in summary.SUMMARY.fields), None)
    fees = {**dict.fromkeys(summary.SUMMED, 0), **figures}
    return {**row, "outlet_code": code, **fees, "total": sum(fees[name] for name in summary.FEES)}


def table(*rows: dict[str, Any]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=[item.name for item in summary.SUMMARY.fields])
    frame["sequence"] = range(1, len(frame) + 1)
    return frame


THREE = table(
    outlet("00103", install_slips=2, install_fee=160_00, held=130_00, cut=95_00),
    outlet("WD002", repair_slips=1, repair_fee=67_50, travel_fee=7_50),
    outlet("WD003", other_fee=29),
)


def filled(book: Any, rows: pd.DataFrame, layout: Layout = summary.LAYOUT, **options: Any) -> Any:
    fill(book, layout, rows, period="2026-03", as_of=AS_OF, **options)
    return book


def column(layout: Layout, name: str) -> int:
    return [item.name for item in layout.sheet.fields].index(name) + 1


def test_title_month_and_date_stand_in_their_places(blank: Blank) -> None:
    cells = filled(blank(summary.LAYOUT), THREE).sheet
    assert cells[1, 1].value == "产品安装维修服务费用汇总表"
    assert cells[2, 1].value == "2026年3月"
    assert cells[2, 5].value == dt.datetime(2026, 4, 2)


def test_the_region_grows_with_its_formats_and_formulas(blank: Blank) -> None:
    book = blank(summary.LAYOUT)
    for column_number in range(1, 16):
        book.sheet[FIRST, column_number].number_format = f"format {column_number}"
    book.sheet[FIRST, 3].number_format = "@"
    filled(book, THREE)
    formulas = [book.sheet[row, 12].formula for row in range(FIRST, FIRST + 3)]
    assert formulas == [f"=SUM(F{r},H{r},I{r},J{r},K{r})" for r in (4, 5, 6)]
    assert [book.sheet[row, 6].number_format for row in range(FIRST, FIRST + 3)] == ["format 6"] * 3
    assert [book.sheet[row, 6].value for row in range(FIRST, FIRST + 3)] == [160.0, 0.0, 0.0]


def test_totals_follow_the_growth(blank: Blank) -> None:
    book = filled(blank(summary.LAYOUT), THREE)
    assert book.sheet[FIRST + 3, 1].value == "合计"
    assert book.sheet[FIRST + 3, 6].formula == "=SUM(F4:F6)"
    assert book.sheet[FIRST + 3, 12].formula == "=SUM(L4:L6)"


def test_the_foot_moves_down_and_keeps_its_names(blank: Blank) -> None:
    book = filled(blank(summary.LAYOUT), THREE, changed={"核定口径": "按标准", "回访比例": "20%"})
    assert book.sheet[8, 1].value == "贰佰叁拾伍元贰角玖分"
    assert book.sheet[10, 1].value == "核定口径=按标准;回访比例=20%"


def test_parameters_at_their_defaults_are_told_as_none(blank: Blank) -> None:
    assert filled(blank(summary.LAYOUT), THREE).sheet[10, 1].value == "无"


def test_zheng_after_jiao_is_handed_on(blank: Blank) -> None:
    rows = table(outlet("WD001", install_fee=50))
    assert filled(blank(summary.LAYOUT), rows).sheet[6, 1].value == "伍角"
    book = filled(blank(summary.LAYOUT), rows, zheng_after_jiao=True)
    assert book.sheet[6, 1].value == "伍角整"


@pytest.mark.parametrize("count", [0, 1, 2, 50])
def test_the_sheet_read_back_is_what_was_filled_in(blank: Blank, count: int) -> None:
    rows = table(
        *(outlet(f"WD{i:03d}", install_slips=i, install_fee=i * 1_01, cut=-i) for i in range(count))
    )
    shown = read_back(filled(blank(summary.LAYOUT), rows), summary.LAYOUT)
    assert len(shown.rows) == count
    for name in summary.SUMMED:
        assert shown.rows[name].tolist() == rows[name].tolist(), name
        assert shown.totals[name] == rows[name].sum(), name
    assert shown.rows["outlet_code"].tolist() == rows["outlet_code"].tolist()


def test_data_is_written_in_one_go_for_each_run_of_columns(blank: Blank) -> None:
    book = filled(blank(summary.LAYOUT), THREE)
    assert [w for w in book.sheet.writes if w.startswith("4,")] == ["4,1:6,11", "4,13:6,15"]


def test_codes_and_phones_stand_in_cells_of_text(blank: Blank) -> None:
    cells = filled(blank(summary.LAYOUT), THREE).sheet
    code = cells[FIRST + 2, column(summary.LAYOUT, "outlet_code")]
    assert (cells[FIRST, 3].value, cells[FIRST, 3].number_format) == ("00103", "@")
    assert code.number_format == "@"


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "'0017", "''", "-", "=HYPERLINK()"]
)
def test_a_text_that_looks_like_a_formula_stays_text(blank: Blank, text: str) -> None:
    cells = filled(blank(summary.LAYOUT), table({**outlet("WD001"), "remark": text})).sheet
    cell = cells[FIRST, column(summary.LAYOUT, "remark")]
    assert (cell.value, cell.formula) == (text, "")


@given(st.integers(-(10**13), 10**13))
def test_an_amount_written_as_a_number_shows_its_two_decimals(fen: int) -> None:
    from addin.reports.fill import _cells

    (cell,) = _cells(pd.Series([fen], dtype="Int64"), summary.SUMMARY["total"])
    assert Decimal(f"{cell:.2f}") * 100 == fen


@pytest.mark.parametrize("name", summary.LAYOUT.names)
def test_a_missing_name_is_one_clear_message(blank: Blank, name: str) -> None:
    book = blank(summary.LAYOUT, without=[name])
    with pytest.raises(BadInput, match=f"模板缺少名称{name}。请换回随软件提供的模板") as error:
        filled(book, THREE)
    assert error.value.workbook == "模板.xlsx"
    assert book.sheet.writes == []


def test_the_register_needs_no_words_and_shows_no_whole_number_in_print(blank: Blank) -> None:
    layout = callback.LAYOUT
    row: dict[str, Any] = {
        **dict.fromkeys((item.name for item in callback.CALLBACK.fields), None),
        "sequence": 1, "service": "安装", "outlet_code": "WD001", "slip_no": "000017",
        "user_phone": ("138****8000",), "dial": ("13800138000", "057188001234"),
        "service_date": pd.Timestamp("2026-03-05"), "valid": True, "satisfaction": 5,
    }  # fmt: skip
    book = filled(blank(layout, without=["大写"]), pd.DataFrame([row, row]), layout)
    line = {
        item.name: book.sheet[FIRST + 1, i].value
        for i, item in enumerate(callback.CALLBACK.fields, start=1)
    }
    assert line == {
        **row,
        "user_phone": "138****8000",
        "dial": "13800138000、057188001234",
        "service_date": dt.datetime(2026, 3, 5),
        "valid": "是",
    }
    printed = [item.name for item in callback.CALLBACK.fields]
    printed = printed[: printed.index(layout.print_until or "") + 1]
    assert "dial" not in printed
    assert book.sheet[FIRST + 2, 5].formula == "=COUNTA(E4:E5)"
    assert book.sheet[FIRST + 2, 13].formula == '=COUNTIF(M4:M5,"是")'


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("=SUM(F4:F4)", "=SUM(F4:F63)"),
        ("=SUM(F$4:$F$4)", "=SUM(F$4:$F$63)"),
        ('=COUNTIF(M4:M4,"是")', '=COUNTIF(M4:M63,"是")'),
        ("=SUM(F4:F4)/COUNT(A4:A4)", "=SUM(F4:F63)/COUNT(A4:A63)"),
        ("=SUM(F4:F40)", "=SUM(F4:F40)"),
        ("=SUM(F14:F14)", "=SUM(F14:F14)"),
        ("=F4", "=F4"),
    ],
)
def test_only_a_range_over_the_first_row_alone_is_widened(formula: str, expected: str) -> None:
    assert widened(formula, 4, 63) == expected


def test_plain_text_is_handed_over_as_it_is() -> None:
    assert literal("青禾=电器") == "青禾=电器"


# --- read back -------------------------------------------------------------------------------


def test_a_figure_overtyped_by_hand_is_read_as_it_stands(blank: Blank) -> None:
    book = filled(blank(summary.LAYOUT), THREE)
    book.sheet[FIRST, 6].put("1,280.00元")
    book.sheet[FIRST, 12].put(80.005)  # over the formula; a third decimal is no cent
    shown = read_back(book, summary.LAYOUT)
    assert shown.rows["install_fee"].tolist() == [1280_00, 0, 0]
    assert shown.rows["total"].tolist() == [80_01, 75_00, 29]
    assert shown.totals["install_fee"] == 1280_00


def test_a_total_that_did_not_follow_is_seen(blank: Blank) -> None:
    book = filled(blank(summary.LAYOUT), THREE)
    book.sheet[FIRST + 3, 6].formula = "=SUM(F5:F6)"
    shown = read_back(book, summary.LAYOUT)
    assert shown.totals["install_fee"] == 0
    found = summary.cross_foot(shown.rows, shown.totals, pd.DataFrame(columns=[
        "service", "outlet_code", "slip_no", "verdict", "verdict_scope", "claimed", "payable",
        "cut", "approved_labour", "approved_travel", "approved_other", "approved_parts",
    ]))  # fmt: skip
    assert "安装费合计0.00≠160.00" in [finding.message for finding in found]


def test_a_formula_that_is_no_sum_of_the_sheet_counts_as_it_was_calculated(blank: Blank) -> None:
    book = filled(blank(summary.LAYOUT), THREE)
    for formula in ("=F4*2", "=SUM(A1:A2)"):
        cell = book.sheet[FIRST, 12]
        cell.formula, cell.value = formula, 320.0
        assert read_back(book, summary.LAYOUT).rows["total"].tolist() == [320_00, 75_00, 29]
