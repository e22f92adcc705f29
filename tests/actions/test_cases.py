"""Workbooks rebuilt from public complaints: the outcome of each row as their README has it."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from addin.actions import close as closing
from addin.actions.answer import as_json

OK = ("通过", 8000)
PASSED_IN_PART = "拒付"


def run(cases: Path, tmp_path: Path, name: str) -> tuple[dict[str, Any], Path, closing.Outcome]:
    case = next(cases.glob(f"{name}-*.xlsx"))
    shutil.copy(cases / "00-masters.xlsx", tmp_path / "基础资料.xlsx")
    shutil.copy(case, tmp_path / case.name)
    wishes = closing.Wishes(out=tmp_path / "输出", progress=lambda words: None)
    outcome = closing.check([tmp_path / case.name], wishes)
    return as_json(outcome), outcome.written[0], outcome


def rows(answer: dict[str, Any]) -> dict[int, tuple[Any, ...]]:
    return {row["row"]: (row["verdict"], row["应付"]) for row in answer["rows"]}


def row(answer: dict[str, Any], number: int) -> dict[str, Any]:
    found: dict[str, Any] = next(r for r in answer["rows"] if r["row"] == number)
    return found


def test_01_leading_zeros_keep_codes_apart(cases: Path, tmp_path: Path) -> None:
    answer, copy, _ = run(cases, tmp_path, "01")
    assert rows(answer) == {**dict.fromkeys(range(4, 11), OK), 6: ("拒付", 0)}
    assert [r["单号"] for r in answer["rows"]][:5] == ["000017", "17", "000017", "0017", "00018"]
    assert row(answer, 6)["codes"] == ["R801"] and "第4行" in row(answer, 6)["reasons"]
    assert row(answer, 10)["网点编码"] == "00103"
    listed = openpyxl.load_workbook(copy)["问题清单"]
    assert listed.cell(2, 9).value == "000017" and listed.cell(2, 9).data_type == "s"


def test_02_long_numbers(cases: Path, tmp_path: Path) -> None:
    answer, _, outcome = run(cases, tmp_path, "02")
    returned = ("退回", 0)
    assert rows(answer) == {4: OK, 5: OK, 6: returned, 7: returned, 8: returned, 9: OK,
                            10: returned}  # fmt: skip
    for number in (6, 7, 10):
        assert row(answer, number)["codes"] == ["R016"]
    assert "R007" in row(answer, 8)["codes"]
    assert outcome.judged.facts["barcode"].iat[0] == "868533010000199"


def test_03_text_dates(cases: Path, tmp_path: Path) -> None:
    answer, _, outcome = run(cases, tmp_path, "03")
    assert rows(answer) == {
        **dict.fromkeys(range(4, 17), OK), **dict.fromkeys(range(17, 24), ("退回", 0)),
    }  # fmt: skip
    read = outcome.judged.facts["service_date"].dt.date.tolist()[:13]
    assert read == [dt.date(2026, 3, 5) + dt.timedelta(n) for n in range(13)]
    for number, raw in zip(
        range(17, 24), ("2026.2.30", "3/5/2026", "26.3.5", "5-Mar", "2026.3", "60", "2026.13.1"),
        strict=True,
    ):  # fmt: skip
        assert row(answer, number)["codes"] == ["R002"]
        assert f"“{raw}”" in row(answer, number)["reasons"]


def test_04_the_1904_date_system(cases: Path, tmp_path: Path) -> None:
    answer, copy, outcome = run(cases, tmp_path, "04")
    assert {r["row"]: r["verdict"] for r in answer["rows"]} == {
        4: "通过", 5: "通过", 6: "通过", 7: "通过", 8: "待查",
    }  # fmt: skip
    assert (row(answer, 8)["codes"], row(answer, 8)["待定"]) == (["R105"], 8000)
    assert set(outcome.judged.facts["service_date"].dt.date) == {dt.date(2026, 3, 5)}
    book = openpyxl.load_workbook(copy)
    assert book.epoch == openpyxl.utils.datetime.CALENDAR_MAC_1904
    sheet = book["安装单"]
    column = next(c.column for c in sheet[3] if c.value == "三包截止日")
    assert sheet.cell(7, column).value == dt.datetime(2027, 3, 1)


def test_05_two_row_header(cases: Path, tmp_path: Path) -> None:
    answer, copy, _ = run(cases, tmp_path, "05")
    assert rows(answer) == {5: OK, 6: ("拒付", 8000), 9: ("通过", 8750), 10: ("拒付", 8750),
                            11: OK, 12: OK}  # fmt: skip
    assert (row(answer, 6)["codes"], row(answer, 6)["核减"]) == (["R101"], 1500)
    assert (row(answer, 10)["codes"], row(answer, 10)["核减"]) == (["R121"], 250)
    assert row(answer, 12)["网点编码"] == "WD001"
    assert (answer["total"]["应付"], answer["total"]["核减"]) == (49500, 1750)
    assert sum("纵向合并" in notice for notice in answer["notices"]) == 1
    before = openpyxl.load_workbook(next(cases.glob("05-*.xlsx"))).worksheets[0].merged_cells
    after = openpyxl.load_workbook(copy).worksheets[0].merged_cells
    assert sorted(map(str, after)) == sorted(map(str, before))


def test_06_hidden_and_filtered_rows(cases: Path, tmp_path: Path) -> None:
    answer, copy, outcome = run(cases, tmp_path, "06")
    assert {n: pays for n, (_, pays) in rows(answer).items()} == {
        4: 8000, 5: 9000, 6: 8000, 7: 9000, 8: 8000, 9: 8000,
    }  # fmt: skip
    assert [row(answer, n)["核减"] for n in (7, 8)] == [2000, 2000]
    assert (answer["total"]["应付"], answer["total"]["申报"]) == (50000, 54000)
    assert sum(table.hidden for table in outcome.judged.slips.tables) == 3
    before = openpyxl.load_workbook(next(cases.glob("06-*.xlsx"))).worksheets[0]
    after = openpyxl.load_workbook(copy).worksheets[0]
    assert [after.row_dimensions[n].hidden for n in range(4, 11)] == [
        before.row_dimensions[n].hidden for n in range(4, 11)
    ]
    assert after.auto_filter.to_tree() is not None
    assert after.auto_filter.ref == before.auto_filter.ref
    assert "SUBTOTAL" in str(after.cell(10, 11).value)


def test_07_spaces_and_full_width(cases: Path, tmp_path: Path) -> None:
    answer, _, _ = run(cases, tmp_path, "07")
    returned = ("退回", 0)
    assert rows(answer) == {
        **dict.fromkeys(range(4, 14), OK), 14: ("拒付", 8000), 15: OK,
        **dict.fromkeys(range(16, 22), returned),
    }  # fmt: skip
    assert (row(answer, 14)["codes"], row(answer, 14)["核减"]) == (["R101"], 120000)
    for number, code in ((16, "R003"), (17, "R003"), (18, "R003"), (21, "R003"), (19, "R001"),
                         (20, "R001")):  # fmt: skip
        assert row(answer, number)["codes"] == [code]


def test_09_table_shared_formula_and_calc_chain(cases: Path, tmp_path: Path) -> None:
    answer, copy, _ = run(cases, tmp_path, "09")
    assert rows(answer) == {4: OK, 5: ("拒付", 8000), 6: ("通过", 8750), 7: ("拒付", 8750)}
    assert answer["total"]["应付"] == 33500
    sheet = openpyxl.load_workbook(copy)["安装单"]
    (table,) = sheet.tables.values()
    assert table.ref == "A3:N7" and table.autoFilter is not None
    read_back = CalamineWorkbook.from_path(copy).get_sheet_by_name("统计").to_python()
    assert read_back[0][1] == pytest.approx(352.5)


@pytest.mark.parametrize("name", ["01", "02", "03", "04", "05", "06", "07", "09"])
def test_input_cells_stay_as_they_were(cases: Path, tmp_path: Path, name: str) -> None:
    _, copy, _ = run(cases, tmp_path, name)
    before = CalamineWorkbook.from_path(next(cases.glob(f"{name}-*.xlsx")))
    after = CalamineWorkbook.from_path(copy)
    for sheet in before.sheet_names:
        old = before.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        new = after.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        assert [line[: len(old[0])] for line in new[: len(old)]] == old
