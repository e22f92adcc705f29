"""A report is a template plus a fill: architecture.md decision 6, workbooks.md §11."""

from __future__ import annotations

import csv
import datetime as dt
import subprocess
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xlwings as xw
from hypothesis import given
from hypothesis import strategies as st

from addin.errors import BadInput
from addin.hosts import files
from addin.reports import callback, summary
from addin.reports.fill import fill, literal, places, to_cells, widened
from addin.reports.layout import Layout
from addin.reports.shown import read_back

AS_OF = dt.date(2026, 4, 2)
SUMMARY, CALLBACK = summary.LAYOUT, callback.LAYOUT

Blank = Callable[[Layout], xw.Book]


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


def filled(book: xw.Book, rows: pd.DataFrame, layout: Layout = SUMMARY, **options: Any) -> xw.Book:
    fill(book, layout, rows, period="2026-03", as_of=AS_OF, **options)
    return book


def cell(book: xw.Book, name: str, row: int = 0, layout: Layout = SUMMARY) -> xw.Range:
    """The cell of a column in the data region, row 0 its first; or in the 合计 row, row -1."""
    at = places(book, layout)
    column = [item.name for item in layout.sheet.fields].index(name)
    return at["合计行"][0, column] if row < 0 else at["数据首行"].offset(row)[0, column]


def place(book: xw.Book, name: str, layout: Layout = SUMMARY) -> Any:
    return places(book, layout)[name].value


def test_title_month_and_date_stand_in_their_places(blank: Blank) -> None:
    book = filled(blank(SUMMARY), THREE)
    assert place(book, "标题") == "产品安装维修服务费用汇总表"
    assert place(book, "业务月") == "2026年3月"
    assert place(book, "制表日期") == dt.datetime(2026, 4, 2)


def test_the_region_grows_with_the_formats_and_formulas_of_its_first_row(blank: Blank) -> None:
    book = filled(blank(SUMMARY), THREE)
    rows = [cell(book, "total", row).row for row in range(3)]
    assert [cell(book, "total", row).formula for row in range(3)] == [
        f"=SUM(F{r},H{r},I{r},J{r},K{r})" for r in rows
    ]
    for name in ("sequence", "outlet_code", "install_fee", "total"):
        formats = [cell(book, name, row).number_format for row in range(3)]
        assert formats == [formats[0]] * 3, name
    assert cell(book, "total", 2).number_format == "#,##0.00"


def test_totals_follow_the_growth(blank: Blank) -> None:
    book = filled(blank(SUMMARY), THREE)
    first = cell(book, "total").row
    assert cell(book, "total", -1).row == first + 3
    assert cell(book, "sequence", -1).value == "合计"
    assert cell(book, "install_fee", -1).formula == f"=SUM(F{first}:F{first + 2})"
    assert cell(book, "total", -1).formula == f"=SUM(L{first}:L{first + 2})"


def test_the_foot_moves_down_with_its_names(blank: Blank) -> None:
    book = blank(SUMMARY)
    before = {name: place.row for name, place in places(book, SUMMARY).items()}
    after = {name: place.row for name, place in places(filled(book, THREE), SUMMARY).items()}
    moved = {name for name in before if after[name] == before[name] + 2}
    assert moved == {"合计行", "大写", "签字区", "页脚参数"}


def test_the_foot_tells_the_amount_in_words_and_what_is_not_at_its_default(blank: Blank) -> None:
    changed = {"核定口径": "按标准", "回访比例": "20%"}
    book = filled(blank(SUMMARY), THREE, changed=changed)
    assert place(book, "大写") == "贰佰叁拾伍元贰角玖分"
    assert place(book, "页脚参数") == "核定口径=按标准;回访比例=20%"


def test_parameters_at_their_defaults_are_told_as_none(blank: Blank) -> None:
    assert place(filled(blank(SUMMARY), THREE), "页脚参数") == "无"


@pytest.mark.parametrize(("zheng", "expected"), [(False, "伍角"), (True, "伍角整")])
def test_zheng_after_jiao_is_handed_on(blank: Blank, zheng: bool, expected: str) -> None:
    rows = table(outlet("WD001", install_fee=50))
    assert place(filled(blank(SUMMARY), rows, zheng_after_jiao=zheng), "大写") == expected


@pytest.mark.parametrize("count", [0, 1, 2, 50])
def test_the_sheet_read_back_is_what_was_filled_in(blank: Blank, count: int) -> None:
    rows = table(
        *(outlet(f"WD{i:03d}", install_slips=i, install_fee=i * 1_01, cut=-i) for i in range(count))
    )
    shown = read_back(filled(blank(SUMMARY), rows), SUMMARY)
    assert len(shown.rows) == count
    for name in summary.SUMMED:
        assert shown.rows[name].tolist() == rows[name].tolist(), name
        assert shown.totals[name] == rows[name].sum(), name
    assert shown.rows["outlet_code"].tolist() == rows["outlet_code"].tolist()


def test_data_is_written_in_one_go_for_each_run_of_columns(
    blank: Blank, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    setter = xw.Range.value.fset

    def note(place: xw.Range, value: Any) -> None:
        written.append(place.get_address(False, False))
        setter(place, value)

    monkeypatch.setattr(xw.Range, "value", property(xw.Range.value.fget, note))
    book = filled(blank(SUMMARY), THREE)
    first, last = cell(book, "total").row, cell(book, "total", 2).row
    heads = {
        places(book, SUMMARY)[n].get_address(False, False) for n in ("标题", "业务月", "制表日期")
    }
    assert [address for address in written if address not in heads][2:] == [
        f"A{first}:K{last}",
        f"M{first}:O{last}",
    ]


def test_codes_stand_in_cells_of_text_even_where_a_template_has_lost_the_format(
    blank: Blank,
) -> None:
    book = blank(SUMMARY)
    cell(book, "outlet_code").number_format = "General"
    filled(book, THREE)
    assert cell(book, "outlet_code").value == "00103"
    assert [cell(book, "outlet_code", row).number_format for row in range(3)] == ["@"] * 3


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "'0017", "''", "-", "=A1&A2"])
def test_a_text_that_looks_like_a_formula_stays_text_in_the_file(
    blank: Blank, tmp_path: Path, text: str
) -> None:
    rows = table(outlet("WD001"), {**outlet("WD002"), "remark": text})
    filled(blank(SUMMARY), rows).save(tmp_path / "filled.xlsx")
    book = files.open_book(tmp_path / "filled.xlsx")
    remark = cell(book, "remark", 1)
    assert (remark.value, remark.formula) == (text, text)
    book.close()


def test_filling_twice_gives_the_same_bytes(blank: Blank, tmp_path: Path) -> None:
    for name in ("one.xlsx", "two.xlsx"):
        filled(blank(SUMMARY), THREE).save(tmp_path / name)
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


@given(st.integers(-(10**13), 10**13))
def test_an_amount_written_as_a_number_shows_its_two_decimals(fen: int) -> None:
    (number,) = to_cells(pd.Series([fen], dtype="Int64"), summary.SUMMARY["total"])
    assert Decimal(f"{number:.2f}") * 100 == fen


@pytest.mark.parametrize("name", SUMMARY.names)
@pytest.mark.parametrize("fault", ["deleted", "broken"])
def test_a_missing_name_is_one_clear_message(blank: Blank, name: str, fault: str) -> None:
    book = blank(SUMMARY)
    if fault == "deleted":
        book.names[name].delete()
    else:
        book.names[name].refers_to = "=#REF!"
    before = book.sheets[0].used_range.formula
    with pytest.raises(BadInput, match=f"模板缺少名称{name}。请换回随软件提供的模板") as error:
        filled(book, THREE)
    assert error.value.workbook == book.name
    assert book.sheets[0].used_range.formula == before


REGISTER_ROW: dict[str, Any] = {
    **dict.fromkeys((item.name for item in callback.CALLBACK.fields), None),
    "sequence": 1, "service": "安装", "outlet_code": "WD001", "slip_no": "000017",
    "user_phone": ("138****8000",), "dial": ("13800138000", "057188001234"),
    "service_date": pd.Timestamp("2026-03-05"), "valid": True, "satisfaction": 5,
}  # fmt: skip


def test_the_register_as_it_is_written(blank: Blank) -> None:
    book = filled(blank(CALLBACK), pd.DataFrame([REGISTER_ROW, REGISTER_ROW]), CALLBACK)
    line = {name: cell(book, name, 1, CALLBACK).value for name in REGISTER_ROW}
    assert line == {
        **REGISTER_ROW,
        "user_phone": "138****8000",
        "dial": "13800138000、057188001234",
        "service_date": dt.datetime(2026, 3, 5),
        "valid": "是",
    }
    first = cell(book, "slip_no", 0, CALLBACK).row
    assert cell(book, "slip_no", -1, CALLBACK).formula == f"=COUNTA(E{first}:E{first + 1})"
    assert cell(book, "valid", -1, CALLBACK).formula == f'=COUNTIF(M{first}:M{first + 1},"是")'


def test_no_whole_phone_number_lies_in_the_print_area(blank: Blank) -> None:
    book = filled(blank(CALLBACK), pd.DataFrame([REGISTER_ROW]), CALLBACK)
    sheet = cell(book, "dial", 0, CALLBACK).sheet
    printed = sheet.range(sheet.page_setup.print_area)
    assert printed.last_cell.column == cell(book, "note", 0, CALLBACK).column
    assert printed.last_cell.column < cell(book, "dial", 0, CALLBACK).column


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
    book = filled(blank(SUMMARY), THREE)
    cell(book, "install_fee").value = "1,280.00元"
    cell(book, "total").value = 80.005  # over the formula; a third decimal is no cent
    shown = read_back(book, SUMMARY)
    assert shown.rows["install_fee"].tolist() == [1280_00, 0, 0]
    assert shown.rows["total"].tolist() == [80_01, 75_00, 29]
    assert shown.totals["install_fee"] == 1280_00


def test_a_total_that_did_not_follow_is_seen(blank: Blank) -> None:
    book = filled(blank(SUMMARY), THREE)
    second = cell(book, "install_fee", 1).row
    cell(book, "install_fee", -1).formula = f"=SUM(F{second}:F{second + 1})"
    shown = read_back(book, SUMMARY)
    found = summary.cross_foot(shown.rows, shown.totals, NO_SLIPS)
    assert "安装费合计0.00≠160.00" in [finding.message for finding in found]


NO_SLIPS = pd.DataFrame(columns=[
    "service", "outlet_code", "slip_no", "verdict", "verdict_scope", "claimed", "payable", "cut",
    "approved_labour", "approved_travel", "approved_other", "approved_parts",
])  # fmt: skip


@pytest.mark.parametrize("formula", ["=F4*2", "=SUM(A1:A2)"])
def test_a_formula_that_is_no_sum_of_the_region_counts_as_it_was_calculated(
    blank: Blank, formula: str
) -> None:
    """Nothing has calculated it here, so it counts as 0 and R703 sees the difference."""
    book = filled(blank(SUMMARY), THREE)
    cell(book, "total").formula = formula
    assert read_back(book, SUMMARY).rows["total"].tolist() == [0, 75_00, 29]


UTF8_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1"


@pytest.mark.libreoffice
def test_a_spreadsheet_program_calculates_what_was_summed_here(
    blank: Blank, tmp_path: Path
) -> None:
    filled(blank(SUMMARY), THREE).save(tmp_path / "filled.xlsx")
    profile = (tmp_path / "profile").as_uri()
    subprocess.run(
        ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", UTF8_CSV,
         "--outdir", str(tmp_path), str(tmp_path / "filled.xlsx")],
        check=True, capture_output=True,
    )  # fmt: skip
    lines = list(csv.reader((tmp_path / "filled.csv").read_text("utf-8").splitlines()))
    (total,) = (line for line in lines if line[0] == "合计")
    assert total[4:14] == [
        "2", "160.00", "1", "67.50", "7.50", "0.29", "0.00", "235.29", "130.00", "95.00",
    ]  # fmt: skip
