"""The sample month: reproducible, complete, whole to the 分, and independent of the add-in."""

from __future__ import annotations

import ast
import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from workbooks.generate import SEED, generate

CODES = (
    [f"R0{n:02d}" for n in range(1, 19)]
    + [f"R1{n:02d}" for n in (*range(1, 9), *range(21, 27))]
    + [f"R2{n:02d}" for n in range(1, 11)]
    + [f"R3{n:02d}" for n in range(1, 12)]
    + [f"R8{n:02d}" for n in range(1, 11)]
    + ["R401", "R402", "R407", "R606"]
)
MONEY = ("申报", "应付", "待定", "核减")
SUMMARY = ("合计", "汇总待定", "汇总核减")
VERDICTS = {"通过", "提示", "待查", "无法判断", "拒付", "退回"}


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generate(tmp_path_factory.mktemp("month"))


@pytest.fixture(scope="module")
def truth(month: Path) -> dict[str, Any]:
    return json.loads((month / "真值.json").read_text("utf-8"))


def prints(folder: Path) -> dict[str, str]:
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


def entry(month: Path, kind: str) -> Path:
    return month / "2026-03" / "录入" / f"{kind}单_2026-03.xlsx"


def test_the_same_seed_gives_the_same_bytes(month: Path, tmp_path: Path) -> None:
    assert prints(generate(tmp_path)) == prints(month)


def test_the_committed_month_is_what_the_generator_writes(month: Path, root: Path) -> None:
    assert prints(root / "workbooks" / "示例") == prints(month)


def test_another_seed_gives_another_month_with_the_same_seeded_faults(
    month: Path, truth: dict[str, Any], tmp_path: Path
) -> None:
    other = json.loads((generate(tmp_path, seed=SEED + 1) / "真值.json").read_text("utf-8"))
    assert set(prints(tmp_path).values()).isdisjoint(prints(month).values())
    assert set(other["seeded"]) == set(truth["seeded"])


def test_rows_and_outlets_are_as_many_as_asked_for(truth: dict[str, Any], tmp_path: Path) -> None:
    assert Counter(r["workbook"][:3] for r in truth["rows"]) == {"安装单": 1500, "维修单": 1200}
    bigger = generate(tmp_path, outlets=80, installs=1600, repairs=1300)
    rows = json.loads((bigger / "真值.json").read_text("utf-8"))["rows"]
    assert Counter(r["workbook"][:3] for r in rows) == {"安装单": 1600, "维修单": 1300}
    book = openpyxl.load_workbook(bigger / "基础资料.xlsx", read_only=True)
    assert sum(1 for r in book["网点档案"].iter_rows(min_row=4) if r[0].value) == 80


@pytest.mark.parametrize("sizes", [{"installs": 10}, {"repairs": 10}, {"outlets": 10}])
def test_a_month_too_small_for_the_seeded_rows_is_refused(
    sizes: dict[str, int], tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match="needed"):
        generate(tmp_path, **sizes)


@pytest.mark.parametrize("code", CODES)
def test_every_rule_is_hit_at_least_twice(truth: dict[str, Any], code: str) -> None:
    assert len(truth["seeded"][code]) >= 2


@pytest.mark.parametrize("code", [c for c in CODES if c != "R017"])
def test_every_rule_has_a_row_just_inside_the_line(truth: dict[str, Any], code: str) -> None:
    assert truth["passing"][code]


def test_most_rows_are_clean_and_every_verdict_occurs(truth: dict[str, Any]) -> None:
    rows = truth["rows"]
    assert sum(not r["codes"] for r in rows) >= 0.7 * len(rows)
    assert {r["verdict"] for r in rows} == VERDICTS


def test_payable_held_and_refused_add_up_to_the_claim(truth: dict[str, Any]) -> None:
    for sums in (*truth["rows"], *truth["outlets"], truth["total"]):
        assert sums["应付"] + sums["待定"] + sums["核减"] == sums["申报"], sums
        assert all(sums[m] >= 0 for m in MONEY), sums
    for sums in (*truth["outlets"], truth["total"]):
        assert sums["合计"] + sums["汇总待定"] + sums["汇总核减"] == sums["申报"], sums


def test_outlets_and_total_are_the_sums_of_their_rows(truth: dict[str, Any]) -> None:
    for name in MONEY:
        assert sum(r[name] for r in truth["rows"]) == truth["total"][name]
    for name in ("rows", *MONEY, *SUMMARY):
        assert sum(o[name] for o in truth["outlets"]) == truth["total"][name]


def test_a_clean_row_has_no_scope_and_is_paid_in_full(truth: dict[str, Any]) -> None:
    for row in truth["rows"]:
        passed = row["verdict"] == "通过"
        assert passed == (not row["codes"]) == (row["scope"] == ""), row
        assert not passed or row["应付"] == row["申报"], row
        assert row["codes"] == sorted(row["codes"]), row


@pytest.mark.parametrize(
    ("codes", "money"),
    [
        (["R108", "R121", "R201"], (13000, 7500, 3000, 2500)),
        (["R108(放行)", "R121", "R201"], (13000, 9500, 0, 3500)),
        (["R108", "R121(放行)", "R201"], (13000, 7750, 3000, 2250)),
        (["R008", "R108", "R121", "R201"], (13000, 0, 10500, 2500)),
        (["R010", "R108", "R121"], (13000, 0, 0, 13000)),
    ],
)
def test_the_folded_row_of_the_contract_is_there_to_the_cent(
    truth: dict[str, Any], codes: list[str], money: tuple[int, ...]
) -> None:
    found = [r for r in truth["rows"] if r["codes"] == codes and r["workbook"][0] == "维"]
    assert [tuple(r[m] for m in MONEY) for r in found] == [money]


@pytest.mark.parametrize(("kind", "column"), [("安装", 2), ("维修", 1)])
def test_truth_names_the_rows_where_the_numbers_stand(
    month: Path, truth: dict[str, Any], kind: str, column: int
) -> None:
    path = entry(month, kind)
    rows = [r for r in truth["rows"] if r["workbook"] == path.name]
    with CalamineWorkbook.from_path(path) as book:
        sheet = book.get_sheet_by_name(rows[0]["sheet"]).to_python(skip_empty_area=False)
    plain = [r for r in rows if r["单号"].startswith(("AZ26", "WX26"))]
    at = {r["row"]: r["单号"] for r in plain}
    same = sum(sheet[row - 1][column] == number for row, number in at.items())
    assert same > 0.85 * len(plain)
    assert [r["row"] for r in rows] == sorted({r["row"] for r in rows})


@pytest.mark.parametrize("name", ["基础资料", "结算历史", "安装", "维修"])
def test_every_workbook_opens_in_both_readers(month: Path, name: str) -> None:
    path = entry(month, name) if len(name) == 2 else month / f"{name}.xlsx"
    with CalamineWorkbook.from_path(path) as book:
        names = book.sheet_names
    assert openpyxl.load_workbook(path).sheetnames == names


def test_the_two_entry_workbooks_differ_as_two_companies_would(month: Path) -> None:
    install = openpyxl.load_workbook(entry(month, "安装"))
    repair = openpyxl.load_workbook(entry(month, "维修"))
    assert install.epoch != repair.epoch
    first, second = install["3月安装单"], repair["维修单明细"]
    assert first.auto_filter.ref and not first.tables
    assert list(second.tables) == ["维修明细"]
    assert any(r.min_col == r.max_col == 1 and r.min_row > 5 for r in first.merged_cells.ranges)
    assert any(d.hidden for n, d in first.row_dimensions.items() if n > 5)
    labels = Counter(row[0].value for row in first.iter_rows(min_row=6, max_col=1))
    assert labels["小计"] > 50
    assert labels["合计"] == 1
    codes = {c.number_format for (c,) in first.iter_rows(min_row=6, max_col=1)}
    assert "00000" in codes
    assert "放行记录" in install.sheetnames


def test_uncalculated_formulas_have_no_stored_value(month: Path) -> None:
    with ZipFile(entry(month, "安装")) as package:
        xml = package.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>40*2</f></c>" in xml
    assert "<f>40*2</f><v>80</v>" in xml


def test_a_large_month_is_streamed_and_says_the_same(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("workbooks.generate.LARGE", 1000)
    large = generate(tmp_path)
    truth = json.loads((large / "真值.json").read_text("utf-8"))
    assert len(truth["rows"]) == 2700
    with ZipFile(entry(large, "维修")) as package:
        assert not [n for n in package.namelist() if "table" in n]


def test_no_number_range_of_the_customers_is_in_use_by_a_carrier(month: Path) -> None:
    book = openpyxl.load_workbook(month / "基础资料.xlsx", read_only=True)
    phones = [r[3].value for r in book["人员"].iter_rows(min_row=4) if r[3].value]
    assert phones
    assert {p[:3] for p in phones} == {"142"}


def test_the_generator_imports_nothing_of_the_code_under_test(root: Path) -> None:
    for path in (root / "workbooks").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            assert not [n for n in names if n.split(".")[0] == "addin"], path
