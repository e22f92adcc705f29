"""The sample month from the company's workbooks to the finished summary."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from addin.actions import close as closing
from addin.actions.answer import as_json

MONEY = ("申报", "应付", "待定", "核减")


def quiet(out: Path, **more: Any) -> closing.Wishes:
    return closing.Wishes(out=out, progress=lambda words: None, **more)


@pytest.fixture(scope="module")
def closed(root: Path, tmp_path_factory: pytest.TempPathFactory) -> closing.Outcome:
    out = tmp_path_factory.mktemp("输出")
    return closing.close(root / "workbooks/示例/2026-03", quiet(out))


@pytest.fixture(scope="module")
def truth(root: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((root / "workbooks/示例/真值.json").read_text("utf-8"))
    return found


def test_every_row_equals_the_ground_truth(closed: closing.Outcome, truth: dict[str, Any]) -> None:
    keys = ("workbook", "sheet", "row", "单号", "verdict", "scope", "codes", *MONEY)
    mine = [{key: row[key] for key in keys} for row in as_json(closed)["rows"]]
    theirs = [{key: row[key] for key in keys} for row in truth["rows"]]
    differing = [(a, b) for a, b in zip(mine, theirs, strict=True) if a != b]
    assert differing == []


def test_outlets_and_totals_equal_the_ground_truth(
    closed: closing.Outcome, truth: dict[str, Any]
) -> None:
    answer = as_json(closed)
    assert {k: answer["total"][k] for k in MONEY} == {k: truth["total"][k] for k in MONEY}
    keys = ("网点编码", "rows", *MONEY, "合计", "汇总待定", "汇总核减")
    theirs = {o["网点编码"]: {k: o[k] for k in keys} for o in truth["outlets"]}
    mine = {o["网点编码"]: {k: o[k] for k in keys} for o in answer["outlets"] if o["网点编码"]}
    assert mine == {code: figures for code, figures in theirs.items() if code}


def test_unusual_part_shares_equal_the_ground_truth(
    closed: closing.Outcome, truth: dict[str, Any]
) -> None:
    def outlets(findings: list[dict[str, Any]]) -> set[str]:
        return {f["网点编码"] for f in findings if f["code"] == "R810"}

    assert outlets(as_json(closed)["sheet_findings"]) == outlets(truth["sheet_findings"]) != set()


def test_money_is_conserved_on_every_row(closed: closing.Outcome) -> None:
    for row in as_json(closed)["rows"]:
        assert row["应付"] + row["待定"] + row["核减"] == row["申报"], row


def test_the_reports_cross_foot(closed: closing.Outcome) -> None:
    assert closed.findings == []


def test_a_second_run_changes_no_byte(root: Path, tmp_path: Path) -> None:
    def digests() -> dict[str, str]:
        return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in tmp_path.iterdir()}

    month = root / "workbooks/示例/2026-03"
    closing.close(month, quiet(tmp_path))
    first = digests()
    closing.close(month, quiet(tmp_path))
    assert digests() == first
    assert len(first) == 4


def test_input_cells_are_never_changed(root: Path, closed: closing.Outcome) -> None:
    for path in sorted((root / "workbooks/示例/2026-03/录入").glob("*.xlsx")):
        before = CalamineWorkbook.from_path(path)
        copy = next(p for p in closed.written if p.name == closing.checked_name(path))
        after = CalamineWorkbook.from_path(copy)
        for name in before.sheet_names:
            old = before.get_sheet_by_name(name).to_python(skip_empty_area=False)
            new = after.get_sheet_by_name(name).to_python(skip_empty_area=False)
            assert [row[: len(old[0])] for row in new[: len(old)]] == old, name


def test_each_problem_links_to_its_row(closed: closing.Outcome) -> None:
    copy = next(p for p in closed.written if p.name.startswith("安装单"))
    sheet = openpyxl.load_workbook(copy)["问题清单"]
    headers = [cell.value for cell in sheet[1]]
    row_column, sheet_column = headers.index("行号"), headers.index("工作表")
    for line in sheet.iter_rows(min_row=2):
        target = f"'{line[sheet_column].value}'!A{int(line[row_column].value)}"
        assert isinstance(line[row_column].value, int)  # and no number stored as text
        link = line[row_column].hyperlink
        assert link is not None and link.location == target
    severities = [line[1].value for line in sheet.iter_rows(min_row=2)]
    assert severities == sorted(severities, key="高中低".index)


def test_a_row_that_is_mended_passes_on_the_next_run(root: Path, tmp_path: Path) -> None:
    shutil.copytree(root / "workbooks/示例", tmp_path / "示例")
    entry = tmp_path / "示例/2026-03/录入/安装单_2026-03.xlsx"
    month, out = tmp_path / "示例/2026-03", tmp_path / "out"
    outcome = closing.close(month, quiet(out))
    without_total = outcome.judged.facts["claimed_total"].isna()
    broken = next(
        row for row, plain in zip(as_json(outcome)["rows"], without_total, strict=True)
        if row["codes"] == ["R101"] and plain
    )  # fmt: skip
    book = openpyxl.load_workbook(entry)
    sheet = book[broken["sheet"]]
    cell = next(
        c for c in sheet[broken["row"]]
        if isinstance(c.value, int | float) and round(c.value * 100) == broken["申报"]
    )  # fmt: skip
    cell.value = broken["应付"] / 100
    book.save(entry)
    after = as_json(closing.close(month, quiet(out)))["rows"]
    mended = next(r for r in after if (r["sheet"], r["row"]) == (broken["sheet"], broken["row"]))
    assert (mended["verdict"], mended["应付"]) == ("通过", broken["应付"])


def test_a_waiver_in_the_checked_copy_counts_on_the_next_run(root: Path, tmp_path: Path) -> None:
    month, out = root / "workbooks/示例/2026-03", tmp_path
    before = as_json(closing.close(month, quiet(out)))["rows"]
    held = next(r for r in before if r["codes"] == ["R108"] and r["sheet"].endswith("安装单"))
    waive_other_fee(root, out / "安装单_2026-03_已核对.xlsx", held)
    for _ in range(2):  # and it is not lost on the run after that
        after = as_json(closing.close(month, quiet(out)))["rows"]
        row = next(r for r in after if (r["sheet"], r["row"]) == (held["sheet"], held["row"]))
        assert (row["codes"], row["待定"], row["应付"]) == (["R108(放行)"], 0, held["申报"])


def closed_manager(root: Path) -> str:
    sheet = openpyxl.load_workbook(root / "workbooks/示例/基础资料.xlsx")["签字权限"]
    return str(next(r[1].value for r in sheet.iter_rows(min_row=4) if r[0].value == "售后部经理"))


@pytest.fixture(scope="module")
def other_month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from workbooks.generate import generate

    return generate(tmp_path_factory.mktemp("种子7"), seed=7)


def test_a_second_seed_equals_its_own_ground_truth(other_month: Path, tmp_path: Path) -> None:
    truth = json.loads((other_month / "真值.json").read_text("utf-8"))
    rows = as_json(closing.close(other_month / "2026-03", quiet(tmp_path)))["rows"]
    keys = ("workbook", "sheet", "row", "单号", "verdict", "scope", "codes", *MONEY)
    assert [{k: r[k] for k in keys} for r in rows] == [
        {k: r[k] for k in keys} for r in truth["rows"]
    ]


def test_a_lower_price_cuts_each_clean_slip_by_the_difference(
    root: Path, tmp_path: Path, closed: closing.Outcome
) -> None:
    """二类/电热水器/标准安装 one yuan less: by hand, every clean slip is cut 1.00 per machine."""
    shutil.copytree(root / "workbooks/示例", tmp_path / "示例")
    masters = tmp_path / "示例/基础资料.xlsx"
    book = openpyxl.load_workbook(masters)
    sheet = book["费用标准"]
    wanted = ("安装", "二类", "电热水器", None, "标准安装")
    line = next(
        row for row in sheet.iter_rows(min_row=4)
        if tuple(c.value for c in row[:5]) == wanted and row[7].value is None
    )  # fmt: skip
    line[5].value -= 1
    book.save(masters)
    after = closing.close(tmp_path / "示例/2026-03", quiet(tmp_path / "out")).judged
    before = closed.judged
    facts = before.facts
    price_row = facts["tariff_row"] == line[0].row
    at_standard = facts["claimed_labour"] == facts["standard_labour"]
    clean = (before.verdicts["verdict"] == "通过") & price_row & facts["is_install"] & at_standard
    cut = after.verdicts.loc[clean, "cut"]
    assert len(cut) > 20
    assert (cut == 100 * facts.loc[clean, "quantity"]).all()
    assert set(after.verdicts.loc[clean, "codes"]) == {"R101"}


def test_two_processes_write_the_same_bytes(root: Path, tmp_path: Path) -> None:
    digests = []
    for seed in ("0", "1"):
        out = tmp_path / seed
        subprocess.run(
            [sys.executable, "-m", "addin.cli", "demo", "--out", str(out)],
            check=True, cwd=root, capture_output=True, env={**os.environ, "PYTHONHASHSEED": seed},
        )  # fmt: skip
        digests.append([hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(out.iterdir())])
    assert digests[0] == digests[1]


def fill_in(copy: Path, sheet_name: str, row: int, **cells: object) -> None:
    """Types into a checked copy under the headers of its first rows."""
    book = openpyxl.load_workbook(copy)
    sheet = book[sheet_name]
    heads = [c for line in sheet.iter_rows(max_row=10) for c in line if isinstance(c.value, str)]
    at = {c.value: c.column for c in reversed(heads)}
    for header, value in cells.items():
        sheet.cell(row, at[header]).value = value
    book.save(copy)


def delete_row(path: Path, sheet_name: str, row: int) -> None:
    book = openpyxl.load_workbook(path)
    book[sheet_name].tables.clear()
    book[sheet_name].delete_rows(row)
    book.save(path)


def waive_other_fee(root: Path, copy: Path, held: dict[str, Any]) -> None:
    fill_in(copy, held["sheet"], held["row"], 放行代码="R108", 放行原因="高空作业已核实",
            放行人=closed_manager(root))  # fmt: skip


def the_row(outcome: closing.Outcome, slip_no: str) -> dict[str, Any]:
    return next(r for r in as_json(outcome)["rows"] if r["单号"] == slip_no)


@pytest.fixture
def repairs(root: Path, tmp_path: Path) -> Path:
    """A folder of its own with the repair slips of the sample month."""
    shutil.copytree(root / "workbooks/示例", tmp_path / "示例")
    return tmp_path / "示例/2026-03/录入/维修单_2026-03.xlsx"


def held_by_other_fee(outcome: closing.Outcome) -> dict[str, Any]:
    rows = as_json(outcome)["rows"]
    numbers = [r["单号"] for r in rows]
    return next(r for r in rows if r["codes"] == ["R108"] and numbers.count(r["单号"]) == 1)


def test_a_waiver_follows_its_slip_when_rows_move(root: Path, repairs: Path) -> None:
    out = repairs.parent.parent / "输出"
    held = held_by_other_fee(closing.check([repairs], quiet(out)))
    waive_other_fee(root, out / "维修单_2026-03_已核对.xlsx", held)
    first = min(r["row"] for r in as_json(closing.check([repairs], quiet(out)))["rows"])
    assert first < held["row"]
    delete_row(repairs, held["sheet"], first)
    moved = the_row(closing.check([repairs], quiet(out)), held["单号"])
    assert (moved["row"], moved["codes"]) == (held["row"] - 1, ["R108(放行)"])


def test_a_waiver_whose_slip_is_gone_is_told(root: Path, repairs: Path) -> None:
    out = repairs.parent.parent / "输出"
    held = held_by_other_fee(closing.check([repairs], quiet(out)))
    waive_other_fee(root, out / "维修单_2026-03_已核对.xlsx", held)
    delete_row(repairs, held["sheet"], held["row"])
    notices = as_json(closing.check([repairs], quiet(out)))["notices"]
    assert any("找不到对应的行" in n and held["单号"] in n for n in notices)


def test_a_recorded_waiver_whose_amount_cannot_be_read_does_not_hold(
    root: Path, repairs: Path
) -> None:
    out = repairs.parent.parent / "输出"
    held = held_by_other_fee(closing.check([repairs], quiet(out)))
    fill_in(out / "维修单_2026-03_已核对.xlsx", "放行记录", 2, 工作表=held["sheet"],
            行号=held["row"], 单号=held["单号"], 规则代码="R108", 放行原因="高空作业已核实",
            放行人=closed_manager(root), 放行金额="二十", 状态="有效")  # fmt: skip
    first = closing.check([repairs], quiet(out))
    assert any("放行金额无法识别" in notice for notice in as_json(first)["notices"])
    for outcome in (first, closing.check([repairs], quiet(out))):
        assert the_row(outcome, held["单号"])["codes"] == ["R108"]


def test_a_waiver_in_the_copy_whose_amount_cannot_be_read_does_not_hold_later_either(
    root: Path, repairs: Path
) -> None:
    out = repairs.parent.parent / "输出"
    copy = out / "维修单_2026-03_已核对.xlsx"
    held = held_by_other_fee(closing.check([repairs], quiet(out)))
    waive_other_fee(root, copy, held)
    fill_in(copy, held["sheet"], held["row"], 放行金额="二十")
    first = closing.check([repairs], quiet(out))
    assert any("放行金额无法识别" in notice for notice in as_json(first)["notices"])
    for outcome in (first, closing.check([repairs], quiet(out))):
        assert the_row(outcome, held["单号"])["codes"] == ["R108"]


def test_lines_of_the_copys_waiver_sheet_count_and_stay(root: Path, repairs: Path) -> None:
    out = repairs.parent.parent / "输出"
    held = held_by_other_fee(closing.check([repairs], quiet(out)))
    fill_in(out / "维修单_2026-03_已核对.xlsx", "放行记录", 2, 工作表=held["sheet"],
            行号=held["row"], 单号=held["单号"], 规则代码="R108", 放行原因="高空作业已核实",
            放行人=closed_manager(root), 状态="有效")  # fmt: skip
    for _ in range(2):
        outcome = closing.check([repairs], quiet(out))
        assert the_row(outcome, held["单号"])["codes"] == ["R108(放行)"]
