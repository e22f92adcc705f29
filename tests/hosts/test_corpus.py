"""Workbooks that people really saved: an edit gives the edit, and nothing else moves."""

from __future__ import annotations

import csv
import warnings
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from addin.errors import BadInput
from addin.hosts import files
from tests.hosts.comparing import (
    LIST,
    MARK,
    TOO_BIG,
    assert_only_grew,
    by_calamine,
    edit,
    may_change,
    plain,
    without_edit,
)
from tests.hosts.packages import packed, parts

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus"


def listed(expectation: str) -> list[str]:
    index = CORPUS / "index.csv"
    if not index.exists():
        return ["absent"]
    with index.open(encoding="utf-8") as stream:
        return [r["path"] for r in csv.DictReader(stream) if r["expectation"] == expectation]


@pytest.mark.parametrize("name", listed("refuse"))
def test_a_file_that_is_no_sound_workbook_is_refused_in_one_sentence(
    name: str, corpus: Path, tmp_path: Path
) -> None:
    source = corpus / name
    target = tmp_path / source.name
    target.write_bytes(source.read_bytes())
    with pytest.raises(BadInput) as refusal:
        files.open_book(target)
    assert source.name in str(refusal.value)
    assert target.read_bytes() == source.read_bytes()
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("name", listed("edit"))
def test_the_edit_is_there_and_nothing_else_has_changed(
    name: str, corpus: Path, tmp_path: Path
) -> None:
    source = corpus / name
    target = tmp_path / source.name
    sheet_part, title, cells = edit(source, target)

    before, after = parts(source), parts(target)
    touched = {key for key in before if before[key] != after.get(key)}
    assert touched <= may_change(source, sheet_part), touched
    assert list(after)[: len(before)] == list(before), "members keep their order"
    raw_before, raw_after = packed(source), packed(target)
    for key in before.keys() - touched:
        assert raw_after[key] == raw_before[key], key

    assert without_edit(after[sheet_part], cells, before[sheet_part]) == plain(before[sheet_part])
    for key in touched - {sheet_part}:
        assert_only_grew(key, before[key], after[key])
    assert_readers_agree(source, target, title, cells)


def assert_readers_agree(source: Path, target: Path, title: str, cells: list[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        before, after = by_openpyxl(source), by_openpyxl(target)
    if before is not None:
        assert after is not None, "openpyxl can no longer read it"
        for name, values in before.items():
            ours = set(cells) if name == title else set()
            assert {k: v for k, v in after[name].items() if k not in ours} == {
                k: v for k, v in values.items() if k not in ours
            }
        if title in before:
            assert after[title].get(cells[0]) == f"{MARK}0"
        if before:
            assert after[LIST] == {"A1": "第1行"}
    assert [cell_by_ourselves(target, title, cell) for cell in cells] == [
        f"{MARK}{i}" for i in range(5)
    ]
    old, new = by_calamine(source), by_calamine(target)
    assert {k: v for k, v in new.items() if k in old} == old


def cell_by_ourselves(path: Path, title: str, cell: str) -> Any:
    book = files.open_book(path)
    value = book.sheets[title].range(cell).value
    book.close()
    return value


def by_openpyxl(path: Path) -> dict[str, dict[str, str]] | None:
    try:
        book = openpyxl.load_workbook(path)
    except Exception:
        return None
    return {
        sheet.title: {
            cell.coordinate: text_of(cell.value)
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None
        }
        for sheet in book.worksheets
        if sheet.max_row * sheet.max_column < TOO_BIG
    }


def text_of(value: Any) -> str:
    """Array formulas and what-if tables are objects without equality."""
    return str(sorted(vars(value).items(), key=str)) if hasattr(value, "__dict__") else str(value)
