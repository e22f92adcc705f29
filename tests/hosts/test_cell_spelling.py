"""However a row spells its cells, an edit meets the cell it means and no other."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest

from addin.hosts import files
from tests.hosts.packages import parts, rebuilt

A, B, D = '<c r="A1"><v>1</v></c>', '<c r="B1"><v>2</v></c>', '<c r="D1"><v>4</v></c>'

SPELLINGS = {
    "plain": A + B + D,
    "a line break before the name": A + '<c\nr="B1"><v>2</v></c>' + D,
    "the last cell with a line break": A + B + '<c\n\tr="D1"><v>4</v></c>',
    "single quotes": A + "<c r='B1'><v>2</v></c>" + D,
    "other attributes before the name": A + '<c s="0" r="B1"><v>2</v></c>' + D,
    "a value with > before the name": A + '<c foo="a>b" r="B1"><v>2</v></c>' + D,
    "no names": "<c><v>1</v></c><c><v>2</v></c><c/><c><v>4</v></c>",
    "the last cell without a name": A + B + '<c r="C1"/><c><v>4</v></c>',
    "an empty last cell": A + B + D + '<c r="E1"/>',
    "a name inside a text": '<c r="A1" t="inlineStr"><is><t>x r="B1"</t></is></c>' + B + D,
    "a name inside a formula": '<c r="A1"><f>LEN(" r="B1"")</f><v>1</v></c>' + B + D,
    "a comment with a cell in it": A + '<!--<c r="B1"><v>9</v></c>-->' + B + D,
    "a cell inside an extension": '<c r="A1"><v>1</v><extLst><ext uri="x"><c r="B1"/></ext>'
    "</extLst></c>" + B + D,
}


@pytest.mark.parametrize("cells", SPELLINGS.values(), ids=SPELLINGS.keys())
@pytest.mark.parametrize("edited", ["B1", "C1", "D1", "F1", "B1:F1"])
def test_an_edit_meets_its_cell(tmp_path: Path, cells: str, edited: str) -> None:
    path = rebuilt(tmp_path / "源.xlsx", f'<row r="1">{cells}</row>')
    book = files.open_book(path)
    first = book.sheets[0].range("A1").value
    places = book.sheets[0].range(edited)
    places.value = [[50 + n for n in range(places.count)]]
    book.save()
    book.close()
    sheet = openpyxl.load_workbook(path).worksheets[0]
    wanted = {"A": first, "B": 2, "C": None, "D": 4, "E": None, "F": None}
    wanted |= {cell.column_letter: 50 + n for n, cell in enumerate(_flat(sheet[edited]))}
    if not str(sheet["A1"].value).startswith("="):
        assert {c: sheet[f"{c}1"].value for c in wanted} == wanted
    body = parts(path)["xl/worksheets/sheet1.xml"].decode()
    named = re.findall(r"""<c\s(?:[^>"']|"[^"]*"|'[^']*')*?r=["']([A-Z])1""", _bare(body))
    assert named == sorted(set(named))


TEXTS = {
    "<t>青禾 电热</t>": "青禾 电热",
    "<t>a</t>": "a",
    "<t> a </t>": "a",
    '<t xml:space="preserve"> a </t>': " a ",
    "<t>A&amp;B&#33457;</t>": "A&B花",
    "<t><![CDATA[<a>]]></t>": "<a>",
    "<t>a\r\nb</t>": "a\nb",
    "<t>_x0041_b</t>": "Ab",
    "<r><t>加热</t></r><r><t>管</t></r>": "加热管",
    "<t/>": "",
}


@pytest.mark.parametrize("spelling", TEXTS)
def test_a_text_in_its_cell_is_read_as_it_is_meant(tmp_path: Path, spelling: str) -> None:
    cell = f'<c r="A1" t="inlineStr"><is>{spelling}</is></c>'
    book = files.open_book(rebuilt(tmp_path / "源.xlsx", f'<row r="1">{cell}</row>'))
    assert (book.sheets[0].range("A1").value or "") == TEXTS[spelling]


def _flat(cells: object) -> list[openpyxl.cell.Cell]:
    return list(cells[0]) if isinstance(cells, tuple) else [cells]  # type: ignore[list-item]


def _bare(body: str) -> str:
    """The cells of the sheet alone, without what only looks like one."""
    return re.sub(r"<!--.*?-->|<extLst>.*?</extLst>|<t>.*?</t>|<f>.*?</f>", "", body)
