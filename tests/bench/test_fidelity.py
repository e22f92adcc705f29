"""The judge of the fidelity table sees each kind of damage, and none where there is none."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from bench.fidelity import edits, judge
from bench.fidelity.office import office
from bench.fidelity.package import Package
from bench.fidelity.table import ROWS, findings, table
from bench.fidelity.trials import Case, Trial

Parts = dict[str, bytes]
SHEET, OTHER = "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"
EXTENSION = b'<extLst><ext uri="{OURS}"><x xmlns="urn:x">1</x></ext></extLst>'


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Two sheets with a formula, a table, a validation, a picture of a chart, a note, an extLst."""
    path = tmp_path / "月结.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet, other = book.add_worksheet("安装单"), book.add_worksheet("维修单")
        sheet.write_row("A1", ["单号", "金额", "合计"])
        sheet.write_row("A2", ["AZ1", 80])
        sheet.write_formula("C2", "=B2*2", None, 160)
        sheet.write_comment("A2", "老备注")
        sheet.data_validation("A3:A9", {"validate": "list", "source": ["甲", "乙"]})
        sheet.freeze_panes(1, 0)
        other.add_table("A1:B3", {"columns": [{"header": "甲"}, {"header": "乙"}]})
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=安装单!$B$2:$B$2"})
        other.insert_chart("D5", chart)
        book.define_name("单价", "=安装单!$B$2")
    change(path, {SHEET: lambda xml: xml.replace(b"</worksheet>", EXTENSION + b"</worksheet>")})
    return path


@pytest.fixture
def plan(source: Path) -> edits.Plan:
    return edits.planned(Package.open(source))


@pytest.fixture
def result(source: Path, plan: edits.Plan) -> Path:
    """The edit made by our own host, to be damaged."""
    target = source.with_name("果.xlsx")
    edits.ours(source, target, plan)
    return target


def change(path: Path, rewrites: dict[str, Callable[[bytes], bytes | None]]) -> None:
    """Parts rewritten in place; None drops one."""
    with zipfile.ZipFile(path) as archive:
        content: Parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            written = rewrites[name](data) if name in rewrites else data
            if written is not None:
                assert name not in rewrites or written != data, f"{name} did not change"
                archive.writestr(name, written)


def judged(source: Path, result: Path, plan: edits.Plan) -> judge.Verdict:
    return judge.judged(source, result, plan, judge.READERS)


def swap(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda data: data.replace(old, new, 1)


def cut(pattern: bytes) -> Callable[[bytes], bytes]:
    return lambda data: re.sub(pattern, b"", data, count=1)


def test_a_faithful_edit_is_called_faithful(source: Path, result: Path, plan: edits.Plan) -> None:
    trial = Trial("ours", Case("月结.xlsx", "edit"), True, verdict=judged(source, result, plan))
    assert findings([trial]) == []


DAMAGE: dict[str, tuple[dict[str, Callable[[bytes], bytes | None]], str]] = {
    "a part dropped": ({"xl/charts/chart1.xml": lambda _: None}, "part differs"),
    "a chart dropped": ({"xl/charts/chart1.xml": lambda _: None}, "lost: charts"),
    "a relationship left dangling": ({"xl/charts/chart1.xml": lambda _: None}, "defect: dangling"),
    "one byte of an untouched part": ({OTHER: swap(b"\n", b"\n\n")}, "part differs"),
    "an attribute changed": ({SHEET: swap(b'topLeftCell="A2"', b'topLeftCell="A3"')}, "beside"),
    "an attribute dropped": ({SHEET: swap(b' defaultRowHeight="15"', b"")}, "beside"),
    "an element added": ({SHEET: swap(b"<pageMargins", b"<printOptions/><pageMargins")}, "beside"),
    "elements put in another order": (
        {SHEET: lambda xml: re.sub(rb"(<dataVal.*</dataVal\w+>)(<pageM[^>]*>)", rb"\2\1", xml)},
        "defect: elements out of order",
    ),
    "an extension list lost": ({SHEET: cut(rb"<extLst>.*</extLst>")}, "lost: extension lists"),
    "a validation lost": ({SHEET: cut(rb"<dataVal.*</dataVal\w+>")}, "lost: data validations"),
    "a name lost": ({"xl/workbook.xml": cut(rb"<definedNames>.*</definedNames>")}, "lost: defined"),
    "an old note lost": (
        {"xl/comments1.xml": cut(rb'<comment ref="A2".*?</comment>')},
        "lost: notes",
    ),
    "a table renamed": (
        {"xl/tables/table1.xml": swap(b'displayName="Table1"', b'displayName="T9"')},
        "lost: tables",
    ),
    "a constant changed": ({SHEET: swap(b"<v>80</v>", b"<v>81</v>")}, "constants=1"),
    "a cached result dropped": ({SHEET: cut(rb"<v>160</v>")}, "results=1"),
    "a formula changed": ({SHEET: swap(b"B2*2", b"B2*3")}, "formulas=1"),
    "another value for a reader": ({SHEET: swap(b"<v>80</v>", b"<v>81</v>")}, "another value for"),
    "shared strings emptied": ({"xl/sharedStrings.xml": cut(rb"<si>.*</si>")}, "defect: shared"),
    "a part ill-formed": ({OTHER: swap(b"</worksheet>", b"")}, "defect: ill-formed"),
    "a part without a type": (
        {"[Content_Types].xml": cut(rb'<Default Extension="vml"[^>]*>')},
        "defect: no content type",
    ),
    "a prefix undeclared": (
        {SHEET: swap(b"<worksheet ", b'<worksheet xmlns:mc="urn:mc" mc:Ignorable="x14ac" ')},
        "defect: undeclared prefix",
    ),
    "a style out of range": ({SHEET: swap(b'<c r="B2"', b'<c r="B2" s="99"')}, "defect: style"),
    "the workbook unreadable": (
        {"xl/workbook.xml": lambda _: b"<workbook>"},
        "unreadable by openpyxl",
    ),
    "our text missing": ({SHEET: swap(edits.TEXTS[2].encode(), b"")}, "missing: text of D3"),
    "our fill missing": ({"xl/styles.xml": swap(edits.FILL.encode(), b"FFFFFF")}, "missing: fill"),
    "our note missing": ({"xl/comments1.xml": swap(edits.NOTE.encode(), b"")}, "missing: note"),
    "our link astray": ({"xl/worksheets/sheet3.xml": swap(b"!A1", b"!A9")}, "missing: link"),
}


@pytest.mark.parametrize(("rewrites", "said"), DAMAGE.values(), ids=DAMAGE.keys())
def test_each_kind_of_damage_is_seen(
    source: Path,
    result: Path,
    plan: edits.Plan,
    rewrites: dict[str, Callable[[bytes], bytes | None]],
    said: str,
) -> None:
    change(result, rewrites)
    trial = Trial("ours", Case("月结.xlsx", "edit"), True, verdict=judged(source, result, plan))
    assert any(said in line for line in findings([trial])), findings([trial])


def test_a_doubled_part_is_a_defect(source: Path, result: Path, plan: edits.Plan) -> None:
    with zipfile.ZipFile(result, "a") as archive:
        archive.writestr("xl/Workbook.xml", b"<x/>")
    assert "doubled part xl/workbook.xml" in judged(source, result, plan).defects


def test_what_had_to_be_refused_and_was_written_is_a_finding() -> None:
    assert findings([Trial("ours", Case("炸弹.xlsx", "refuse"), True)]) != []
    assert findings([Trial("ours", Case("炸弹.xlsx", "refuse"), False, refused=True)]) == []
    leftover = Trial("ours", Case("炸弹.xlsx", "refuse"), False, refused=True, untouched=False)
    assert findings([leftover]) != []


def test_a_tool_that_is_absent_is_shown_as_absent() -> None:
    head, *rows = table({"ours": [], "excelize": None}, {"ours": "1", "excelize": None})
    assert head[2].startswith("Excelize")
    assert [row[2] for row in rows] == ["not installed"] * len(ROWS)


@pytest.mark.libreoffice
def test_libreoffice_edits_as_planned_and_reads_what_we_wrote(
    source: Path, result: Path, plan: edits.Plan
) -> None:
    theirs = source.with_name("它.xlsx")
    with office() as program:
        assert program is not None, "soffice is there, and no Python with uno"
        program.edit(source, theirs, plan)
        shown = program.values(result)
    assert judge.missing(Package.open(theirs), plan) == []
    assert shown[plan.sheet][2, 2] == 80
    assert shown[edits.LISTING] == {(1, 1): edits.LINK}
