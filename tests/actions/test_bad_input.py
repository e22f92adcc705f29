"""Bad input: one Chinese sentence naming file and remedy, exit code 2, nothing half written."""

from __future__ import annotations

import errno
import shutil
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from addin import cli
from addin.actions import close as closing

Spoil = Callable[[Path], None]


@pytest.fixture
def month(root: Path, tmp_path: Path) -> Path:
    shutil.copytree(root / "workbooks/示例", tmp_path / "示例")
    shutil.rmtree(tmp_path / "示例/2026-03/输出", ignore_errors=True)
    return tmp_path / "示例/2026-03"


def run(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr(sys, "argv", ["settle", *map(str, words)])
    monkeypatch.setattr(cli, "_log", lambda error: "")
    with pytest.raises(SystemExit) as end:
        cli.main()
    return int(end.value.code or 0)


def one_sentence(capsys: pytest.CaptureFixture[str]) -> str:
    told = capsys.readouterr().err.strip()
    assert told.count("\n") == 0 and told.endswith("。"), told
    assert "Traceback" not in told and "Error" not in told
    return told


def nothing_written(month: Path) -> None:
    out = month / "输出"
    assert not out.exists() or not any(out.iterdir())


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:2000])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def web_page(path: Path) -> None:
    path.write_text("<html><table><tr><td>安装单</td></tr></table></html>", encoding="utf-8")


def no_workbook(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("readme.txt", "x")


def macros(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as package:
        package.writestr("xl/vbaProject.bin", b"x")


def bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/media/big.bin", b"\0" * 400_000_000)


@pytest.mark.parametrize("spoil", [truncate, empty, web_page, no_workbook, macros, bomb])
def test_a_file_that_is_no_workbook(
    month: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], spoil: Spoil
) -> None:
    spoil(month / "录入/安装单_2026-03.xlsx")
    assert run(monkeypatch, "close", month) == 2
    assert "《安装单_2026-03.xlsx》" in one_sentence(capsys)
    nothing_written(month)


def test_masters_without_a_sheet(
    month: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    book = openpyxl.load_workbook(month.parent / "基础资料.xlsx")
    del book["费用标准"]
    book.save(month.parent / "基础资料.xlsx")
    assert run(monkeypatch, "close", month) == 2
    assert "基础资料缺少工作表“费用标准”" in one_sentence(capsys)
    nothing_written(month)


def test_masters_with_a_cell_that_makes_no_sense(
    month: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    book = openpyxl.load_workbook(month.parent / "基础资料.xlsx")
    book["费用标准"]["F4"] = "八十"
    book.save(month.parent / "基础资料.xlsx")
    assert run(monkeypatch, "close", month) == 2
    told = one_sentence(capsys)
    assert "《基础资料.xlsx》工作表“费用标准”单元格F4" in told and "八十" in told
    nothing_written(month)


def test_a_folder_without_entries(
    month: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (month / "录入").iterdir():
        path.unlink()
    assert run(monkeypatch, "close", month) == 2
    assert "没有安装单或维修单" in one_sentence(capsys)


def test_two_months_mixed(
    month: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (month / "录入/维修单_2026-03.xlsx").rename(month / "录入/维修单_2026-02.xlsx")
    assert run(monkeypatch, "close", month) == 2
    assert "混有不同月份" in one_sentence(capsys)
    nothing_written(month)


def test_a_full_disk(
    month: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    assert run(monkeypatch, "close", month) == 2
    one_sentence(capsys)
    nothing_written(month)


def test_ctrl_c_in_the_middle(
    month: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(closing, "_reports", interrupted)
    assert run(monkeypatch, "close", month) == 2
    assert "已取消" in one_sentence(capsys)
    nothing_written(month)


def test_a_lost_header_names_the_columns_that_are_left_and_map_finds_it(
    month: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = month / "录入/安装单_2026-03.xlsx"
    book = openpyxl.load_workbook(entry)
    sheet = book["3月安装单"]
    cell = next(c for row in sheet.iter_rows(max_row=6) for c in row if c.value == "单据编号")
    cell.value = "流水"
    book.save(entry)
    assert run(monkeypatch, "check", entry, "--month", "2026-03") == 2
    told = one_sentence(capsys)
    assert "缺少必需的列“单号”" in told and f"{cell.column_letter}列“流水”" in told
    mapped = f"单号={cell.column_letter}"
    assert run(monkeypatch, "check", entry, "--month", "2026-03", "--map", mapped) == 1
    assert (month / "输出/安装单_2026-03_已核对.xlsx").is_file()  # beside 录入, as a close has it


def test_texts_that_look_like_formulas_stay_texts(
    month: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = month / "录入/安装单_2026-03.xlsx"
    book = openpyxl.load_workbook(entry)
    sheet = book["3月安装单"]
    head = {c.value: c.column for row in sheet.iter_rows(max_row=6) for c in row if c.value}
    for row, text in zip(range(6, 10), ("'=1+1", "+86", "-x", "@cmd"), strict=True):
        sheet.cell(row, head["服务网点"]).value = text
        sheet.cell(row, head["服务网点"]).data_type = "s"
    book.save(entry)
    run(monkeypatch, "close", month)
    for path in (month / "输出").glob("*.xlsx"):
        for name in ("问题清单", "网点小计"):
            written = openpyxl.load_workbook(path)
            if name in written.sheetnames:
                cells = [c for line in written[name].iter_rows(min_row=2) for c in line]
                assert all(c.data_type != "f" for c in cells)


def test_in_place_writes_the_input_and_keeps_a_backup(
    month: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = month / "录入/维修单_2026-03.xlsx"
    before = entry.read_bytes()
    assert run(monkeypatch, "check", entry, "--in-place") == 1
    assert (entry.parent / "备份/维修单_2026-03_核对前.xlsx").read_bytes() == before
    assert "问题清单" in openpyxl.load_workbook(entry).sheetnames
    first = entry.read_bytes()
    assert run(monkeypatch, "check", entry, "--in-place") == 1
    assert entry.read_bytes() == first
