"""Cell formulas: the examples that their help shows, typed in as a clerk would."""

from __future__ import annotations

import ast
import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from addin import log, udfs
from addin.actions import known
from addin.cells import DIV0, NA, NUM, PLAIN, VALUE, CellError, RangeFacts
from addin.registry import EXAMPLE_RANGE, FORMULAS
from tests.actions.small_month import write_masters


@pytest.fixture(autouse=True)
def beside_masters(root: Path) -> Iterator[None]:
    token = known.folder.set(root / "workbooks" / "示例")
    known.facts.set(RangeFacts(first_row=3))
    known.forget()
    yield
    known.facts.set(PLAIN)
    known.folder.reset(token)
    known.forget()


def typed(call: str) -> Any:
    """What a cell shows for a formula whose arguments are constants."""
    name, arguments = re.fullmatch(r"=(\w+)\((.*)\)", call).groups()  # type: ignore[union-attr]
    arguments = re.sub(r"\{([^}]*)\}", lambda m: rows_typed(m[1]), arguments)
    arguments = re.sub(r"A3:J(\d)", lambda m: str(slips(int(m[1]))), arguments)
    arguments = re.sub(r"(?<=,)(?=,)|(?<=,)$", "None", arguments)
    arguments = re.sub(r"DATE\((\d+),(\d+),(\d+)\)", r"'\1-\2-\3'", arguments)
    try:
        found = FORMULAS[name].call(*ast.literal_eval(f"[{arguments}]"))
    except CellError as error:
        return error.kind
    return [list(map(kind_of, row)) for row in found] if isinstance(found, list) else found


def slips(last_row: int) -> list[list[Any]]:
    return [list(row) for row in EXAMPLE_RANGE[1][: last_row - 2]]


def kind_of(cell: Any) -> Any:
    return cell.kind if isinstance(cell, CellError) else cell


def rows_typed(constant: str) -> str:
    """``1,2;3,4`` between braces as a list of rows; a column stays a plain list."""
    rows = (f"[{row}]" if "," in row else row for row in constant.split(";"))
    return f"[{','.join(rows)}]"


@pytest.mark.parametrize(
    ("call", "shows"),
    [pair for formula in FORMULAS.values() for pair in formula.examples.items()],
    ids=[call for formula in FORMULAS.values() for call in formula.examples],
)
def test_the_examples_of_the_help_are_true(call: str, shows: Any) -> None:
    assert typed(call) == shows


@pytest.mark.parametrize(
    ("call", "shows"),
    [  # formulas.md §2, worked examples
        ('=SETTLE_STANDARD("二类","电热水器","标准安装",DATE(2026,5,31))', 80.0),
        ('=SETTLE_STANDARD("二类","电热水器","没有这项",DATE(2026,5,31))', NA),
        ('=SETTLE_STANDARD("二类","电热水器","标准安装","五月")', VALUE),
        ('=SETTLE_TRAVEL("二类",15,DATE(2026,3,5))', 0.0),
        ('=SETTLE_TRAVEL("二类",-1,DATE(2026,3,5))', NUM),
        ("=SETTLE_RMB(1.005)", NUM),
        ("=SETTLE_RMB(1000000000000)", NUM),
        ('=SETTLE_RMB("多少")', VALUE),
        ("=SETTLE_RMB(-3)", "负叁元整"),
        ('=SETTLE_PARSE_DATE("1999-12-31")', VALUE),
        ('=SETTLE_PHONE("12345")', VALUE),
        ('=SETTLE_MASK("DR-60A")', "DR-60A"),
        ('=SETTLE_MASK("青山路8号3栋501室")', "青山路****"),
        ('=SETTLE_MASK("x","银行")', VALUE),
        ("=SETTLE_RATIO(-1,5)", NUM),
        ("=SETTLE_ZMAD({1;2;3;4;5;6;7},8)", [[NA]] * 7),
        ("=SETTLE_ZMAD({5;5;5;5;5;5;5;5},8)", [[DIV0]] * 8),
        ('=SETTLE_DEADLINE("F-5","2026-03")', dt.date(2026, 4, 5)),
        ('=SETTLE_REASON("R010")', "用户未签字:用户签字填的是否;退回"),
        ('=SETTLE_TRAVEL("二类","很远",DATE(2026,3,5))', VALUE),
        ('=SETTLE_VERSION("没有")', VALUE),
        ('=SETTLE_WARRANTY_END("DR-60A",0,0,DATE(2025,3,5),0)', dt.date(2026, 3, 5)),
        ('=SETTLE_WARRANTY_END("DR-60A","3月",,DATE(2025,3,5),)', NA),
        (
            '=SETTLE_WARRANTY("DR-60A",DATE(2025,3,5),,,,DATE(2026,3,5))',
            [["在保", dt.date(2026, 3, 5)]],
        ),
        (
            '=SETTLE_WARRANTY("DR-60A",DATE(2025,3,5),,,,DATE(2025,3,4))',
            [["无法判断", dt.date(2026, 3, 5)]],
        ),
        ('=SETTLE_WARRANTY("DR-60A",DATE(2025,3,5),,,,)', [[VALUE, VALUE]]),
    ],
)
def test_worked_examples_and_errors(call: str, shows: Any) -> None:
    assert typed(call) == shows


def test_every_formula_is_told_in_full() -> None:
    assert FORMULAS
    for formula in FORMULAS.values():
        assert formula.name == formula.name.upper() and formula.name.startswith("SETTLE_")
        assert formula.help and formula.gives and formula.call.__doc__ and formula.examples
        for argument in formula.arguments:
            assert argument.label and argument.help, formula.name
    shown = {name for name in vars(udfs) if name.startswith("settle_")}
    assert {name.upper() for name in shown} == set(FORMULAS)


# --- ranges ---------------------------------------------------------------------------------


def test_a_range_spills_in_its_own_shape() -> None:
    assert udfs.settle_rmb([[1, 2]]) == [["壹元整", "贰元整"]]
    assert udfs.settle_rmb([[1], [2]]) == [["壹元整"], ["贰元整"]]
    assert udfs.settle_rmb([1, 2]) == [["壹元整"], ["贰元整"]]


def test_blanks_give_empty_text_and_errors_stand_in_their_place() -> None:
    first, blank, wrong, given = (row[0] for row in udfs.settle_rmb([1, None, "多少", "#N/A"]))
    assert (first, blank, given) == ("壹元整", "", "#N/A")
    assert (wrong.kind, wrong.reason) == (VALUE, "“多少”不是金额")


def test_one_cell_is_repeated_beside_a_range() -> None:
    days = [["2026-03-05"], ["2026-03-06"]]
    assert udfs.settle_standard("二类", "电热水器", "标准安装", days) == [[80.0], [80.0]]


def test_ranges_of_different_length_are_an_error() -> None:
    with pytest.raises(CellError, match="格数不一样多") as wrong:
        udfs.settle_ratio([1, 2], [1, 2, 3])
    assert wrong.value.kind == VALUE


# --- masters --------------------------------------------------------------------------------


def test_without_masters_the_answer_is_na_with_the_way_out(tmp_path: Path) -> None:
    known.folder.set(tmp_path)
    with pytest.raises(CellError, match="找不到基础资料") as wrong:
        udfs.settle_travel("二类", 20, "2026-03-05")
    assert wrong.value.kind == NA


def test_a_damaged_masters_file_says_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "基础资料.xlsx").write_bytes(b"no workbook")
    known.folder.set(tmp_path)
    with pytest.raises(CellError) as wrong:
        udfs.settle_travel("二类", 20, "2026-03-05")
    assert wrong.value.kind == NA and "基础资料.xlsx" in wrong.value.reason


def test_masters_that_somebody_has_open_count_as_last_saved_and_the_log_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "path", lambda: tmp_path / "settle.log")
    write_masters(tmp_path / "基础资料.xlsx")
    (tmp_path / "~$基础资料.xlsx").write_bytes(b"")
    known.folder.set(tmp_path)
    assert udfs.settle_standard("二类", "电热水器", "标准安装", "2026-03-05") == 80.0
    assert "正在别处打开" in (tmp_path / "settle.log").read_text(encoding="utf-8")


def test_masters_are_read_again_when_their_file_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "基础资料.xlsx"
    write_masters(path)
    known.folder.set(tmp_path)
    now = [100.0]
    monkeypatch.setattr(known.time, "monotonic", lambda: now[0])
    assert udfs.settle_standard("二类", "电热水器", "标准安装", "2026-03-05") == 80.0
    before = known.masters()
    now[0] += 0.5
    path.write_bytes(b"changed")
    assert known.masters() is before, "asked again within a second"
    now[0] += 1
    with pytest.raises(CellError):
        known.masters()
