"""Formulas are found by their tags, and the same ones as by taking every row apart."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from addin.errors import BadInput
from addin.hosts import files, read_grid
from addin.hosts.files.references import letters
from addin.hosts.files.sheetxml import SheetXml
from tests.hosts.packages import MAIN, rebuilt

TAGS = (
    '<{p}c r="{name}"{t}>',
    "<{p}c r='{name}'{t}>",
    '<{p}c\n s="0" r="{name}"{t} >',
    '<{p}c foo="a>b" r="{name}"{t}>',
    "<{p}c{t}>",
)
TYPES = ("", ' t="str"', ' t="n"')
CONTENTS = (
    "",
    "<{p}v>1</{p}v>",
    "<{p}f>A1</{p}f>",
    "<{p}f>A1</{p}f><{p}v>2</{p}v>",
    "<{p}f>A1</{p}f>\n<{p}v>3</{p}v>",
    "<{p}f>A1</{p}f><{p}v></{p}v>",
    "<{p}f>A1</{p}f><{p}v/>",
    '<{p}f t="shared" si="0"/><{p}v>4</{p}v>',
    '<{p}f t="shared" si="0"/>',
    '<{p}f foo="a>b">IF(A1&lt;1,"&lt;f>",1)</{p}f><{p}v>5</{p}v>',
    '<{p}f foo="a/>b">A1</{p}f >',
    "<{p}f>A1</{p}f><{p}is><{p}t>六</{p}t></{p}is>",
    "<{p}v>7</{p}v><{p}f>A1</{p}f>",
)
HIDDEN = (  # what calamine does not read either
    '<{p}f>A1</{p}f><{p}extLst><ext><{p}c r="Z9"><{p}f>1</{p}f></{p}c></ext></{p}extLst>',
    "<!--<{p}f>A1</{p}f>-->",
    '<!--<{p}c r="Y1"><{p}f>A1</{p}f></{p}c>--><{p}v>8</{p}v>',
    "<{p}f><![CDATA[A1<{p}f>]]></{p}f><{p}v>9</{p}v>",
    "<?x <{p}f>?><{p}v>10</{p}v>",
)


def rows_of(contents: tuple[str, ...]) -> st.SearchStrategy[list[list[tuple[str, str, str]]]]:
    cells = st.tuples(st.sampled_from(TAGS), st.sampled_from(TYPES), st.sampled_from(contents))
    return st.lists(st.lists(cells, max_size=5), min_size=1, max_size=5)


def spelt(rows: list[list[tuple[str, str, str]]], prefix: str) -> str:
    p = f"{prefix}:" if prefix else ""
    out = []
    for number, cells in enumerate(rows, 1):
        inner = "".join(
            tag.format(p=p, name=f"{letters(column)}{number}", t=kind)
            + content.format(p=p)
            + f"</{p}c>"
            for column, (tag, kind, content) in enumerate(cells, 1)
        )
        out.append(f'<{p}row r="{number}">{inner}</{p}row>')
    return "".join(out)


def taken_apart(xml: SheetXml) -> Iterator[tuple[Any, Any, tuple[int, int]]]:
    for row in xml.rows():
        for cell in xml.cells(row):
            match = xml.formula_tag.search(xml.body, cell.inner, cell.close)
            if match is not None:
                yield row, cell, match.span()


@settings(max_examples=300)
@given(rows_of(CONTENTS + HIDDEN), st.sampled_from(["", "x"]))
def test_every_formula_is_found_however_its_cell_is_spelt(
    rows: list[list[tuple[str, str, str]]], prefix: str
) -> None:
    p = f"{prefix}:" if prefix else ""
    sheet = f"<{p}worksheet><{p}sheetData>{spelt(rows, prefix)}</{p}sheetData></{p}worksheet>"
    xml = SheetXml(sheet.encode(), lambda: None, False, lambda what: BadInput(what, ""))  # type: ignore[arg-type,return-value]
    found = [(row, cell, match.span()) for row, cell, match in xml.formulas()]
    assert found == list(taken_apart(xml))


@settings(max_examples=150)
@given(rows_of(CONTENTS), st.sampled_from(["", "x"]))
def test_a_formula_is_uncalculated_if_it_stores_no_value(
    rows: list[list[tuple[str, str, str]]], prefix: str
) -> None:
    written = spelt(rows, prefix)
    scope = f'xmlns:{prefix}="{MAIN}"' if prefix else f'xmlns="{MAIN}"'
    with tempfile.TemporaryDirectory() as folder:
        book = files.open_book(rebuilt(Path(folder) / "源.xlsx", written, prefix=prefix))
        grid = read_grid(book.sheets[0])
        book.close()
    n = f"{{{MAIN}}}"
    waiting = set()
    for number, row in enumerate(etree.fromstring(f"<rows {scope}>{written}</rows>"), 1):
        for column, cell in enumerate(row, 1):
            value = cell.find(f"{n}v")
            stored = (
                cell.find(f"{n}is") is not None
                or (value is not None and bool(value.text))
                or (value is not None and cell.get("t") == "str")
            )
            if cell.find(f"{n}f") is not None and not stored:
                waiting.add((number, column))
    assert grid.uncalculated == waiting
