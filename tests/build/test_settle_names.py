"""After LibreOffice saved an .xlsx: names of formulas change and nothing else."""

from __future__ import annotations

import os
import stat
import zipfile
from pathlib import Path

import pytest

from addin.build.oxt.office.settle_names import name_for_excel

FORMULAS = {"rmb": "SETTLE_RMB", "parseMoney": "SETTLE_PARSE_MONEY"}
SHEET = "xl/worksheets/sheet1.xml"
OURS = "<f>IF(A1,SETTLE.FORMULAS.RMB(A1),SETTLE.FORMULAS.PARSEMONEY(B1))</f>"


def package(file: Path, formula: str = OURS) -> Path:
    parts = {
        "[Content_Types].xml": "<Types/>",
        "xl/sharedStrings.xml": "<t>SETTLE.FORMULAS.RMB(</t>",
        SHEET: formula,
    }
    with zipfile.ZipFile(file, "w") as written:
        for name, content in parts.items():
            written.writestr(name, content)
    os.utime(file, ns=(10**18, 10**18 + 5))
    return file


def test_a_formula_gets_the_name_of_excel_and_a_text_stays(tmp_path: Path) -> None:
    file = package(tmp_path / "a.xlsx")
    name_for_excel(file, FORMULAS)
    with zipfile.ZipFile(file) as read:
        assert read.testzip() is None
        assert read.read(SHEET) == b"<f>IF(A1,SETTLE_RMB(A1),SETTLE_PARSE_MONEY(B1))</f>"
        assert read.read("xl/sharedStrings.xml") == b"<t>SETTLE.FORMULAS.RMB(</t>"
        assert read.namelist()[0] == "[Content_Types].xml"


def test_the_file_keeps_its_time_its_rights_and_its_link(tmp_path: Path) -> None:
    file = package(tmp_path / "a.xlsx")
    file.chmod(0o640)
    link = tmp_path / "link.xlsx"
    link.symlink_to(file)
    name_for_excel(link, FORMULAS)
    assert link.is_symlink() and b"SETTLE_RMB" in zipfile.ZipFile(file).read(SHEET)
    assert (file.stat().st_mtime_ns, stat.S_IMODE(file.stat().st_mode)) == (10**18 + 5, 0o640)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.xlsx", "link.xlsx"]


@pytest.mark.parametrize("formula", ["<f>SUM(A1)</f>", "<f>SETTLE.FORMULAS.NEWER(A1)</f>"])
def test_a_file_with_nothing_to_rename_is_not_touched(tmp_path: Path, formula: str) -> None:
    file = package(tmp_path / "a.xlsx", formula)
    before = file.stat().st_ino, file.read_bytes()
    name_for_excel(file, FORMULAS)
    assert (file.stat().st_ino, file.read_bytes()) == before


def test_where_nothing_can_be_written_the_file_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise PermissionError

    file = package(tmp_path / "a.xlsx")
    before = file.read_bytes()
    monkeypatch.setattr(Path, "replace", fails)
    name_for_excel(file, FORMULAS)
    assert file.read_bytes() == before and list(tmp_path.iterdir()) == [file]
