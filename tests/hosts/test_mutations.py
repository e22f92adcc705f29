"""Five hundred workbooks gone wrong: each is edited and nothing else moves, or refused whole."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
import xlwings
from lxml import etree

from addin.errors import BadInput
from addin.hosts import CellStyle, apply_style, files, read_grid
from tests.hosts import comparing
from tests.hosts.mutations import mutated
from tests.hosts.packages import packed, parts, rebuilt

SEEDS, BATCH = range(500), 25
CORPUS_SEEDS = range(1000, 1100)
SMALL = 30_000  # bytes of a corpus file that is mutated
CHINESE = re.compile(r"[一-鿿]")


def everyday(path: Path) -> Path:
    """What an entry workbook has: texts, dates, formulas, rules, notes, links, a table, a chart."""
    with xlsxwriter.Workbook(path) as made:
        sheet, other = made.add_worksheet("安装单"), made.add_worksheet("别的")
        date = made.add_format({"num_format": "yyyy-mm-dd"})
        bold = made.add_format({"bold": True})
        sheet.merge_range("A1:E1", "登记表", bold)
        sheet.write_row("A2", ["单号", "日期", "金额", "合计", "备注"])
        for row in range(2, 9):
            sheet.write(row, 0, f"AZ{row:03}")
            sheet.write(row, 1, 46_000 + row, date)
            sheet.write(row, 2, 80.5 * row)
            sheet.write_formula(row, 3, f"=C{row + 1}*2+别的!A1", None, 161 * row)
        sheet.write_rich_string("E3", "粗", bold, "细", " 完")
        sheet.write_formula("E4", "=1/0", None, "#DIV/0!")
        sheet.write_boolean("E5", True)
        sheet.write("E6", "_x000D_ <&>")
        sheet.write_array_formula("G3:G4", "{=ROW(1:2)}", None, 1)
        sheet.write_comment("A3", "原有", {"author": "甲"})
        sheet.write_url("E7", "https://example.com/a?b=1&c=2")
        sheet.write_url("E8", "internal:'别的'!A1")
        above = {"type": "cell", "criteria": ">", "value": 9, "format": bold}
        sheet.conditional_format("C3:C9", above)
        sheet.conditional_format("D3:D9", {"type": "data_bar", "data_bar_2010": True})
        sheet.data_validation("A3:A9", {"validate": "list", "source": "=别的!$A$1:$A$3"})
        sheet.set_column("B:B", 12, date)
        sheet.freeze_panes(2, 1)
        sheet.print_area("A1:E9")
        other.add_table("A1:B4", {"data": [[1, 2], [3, 4], [5, 6]], "name": "tbl_单"})
        chart = made.add_chart({"type": "column"})
        chart.add_series({"values": "=安装单!$C$3:$C$9"})
        other.insert_chart("D2", chart)
        made.define_name("金额", "=安装单!$C$3:$C$9")
    return path


def terse(path: Path) -> Path:
    """A package of the fewest parts: no styles, no shared strings; shared formulas, a chain."""
    rows = (
        '<row r="1" spans="1:3"><c r="A1" t="inlineStr"><is><t>单号</t></is></c>'
        '<c r="B1" s="0"/><c r="C1" t="str"><v>x</v></c></row>'
        '<row r="3" spans="1:3" hidden="1"><c r="A3"><f t="shared" ref="A3:A5" si="0">B3*2</f>'
        '<v>4</v></c><c r="B3"><v>2</v></c></row><row r="4"><c r="A4"><f t="shared" si="0"/>'
        '<v>0</v></c></row><row r="5"><c r="A5"><f t="shared" si="0"/><v>0</v></c>'
        '<c r="C5" t="e"><v>#N/A</v></c></row>'
    )
    chain = (
        '<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<c r="A3" i="1" l="1"/><c r="A4"/><c r="A5"/></calcChain>'
    )
    return rebuilt(path, rows, dimension="A1:C5", chain=chain)


@pytest.fixture(scope="module")
def bases(tmp_path_factory: pytest.TempPathFactory, root: Path) -> list[bytes]:
    folder = tmp_path_factory.mktemp("母本")
    own = [everyday(folder / "常.xlsx"), terse(folder / "简.xlsx")]
    report = root / "templates" / "安装维修回访登记表(全国).xlsx"
    return [path.read_bytes() for path in (own[0], own[1], own[0], own[1], report)]


@pytest.mark.parametrize("first", SEEDS[::BATCH])
def test_a_mutated_workbook_takes_the_edit_and_nothing_else_or_is_refused(
    first: int, bases: list[bytes], tmp_path: Path
) -> None:
    for seed in range(first, first + BATCH):
        edited_or_refused(bases[seed % len(bases)], seed, tmp_path)


@pytest.mark.parametrize("first", CORPUS_SEEDS[::BATCH])
def test_so_does_a_mutated_workbook_that_people_saved(
    first: int, corpus: Path, tmp_path: Path
) -> None:
    with (corpus / "index.csv").open(encoding="utf-8") as stream:
        listed = [row for row in csv.DictReader(stream) if row["expectation"] == "edit"]
    small = [corpus / row["path"] for row in listed if int(row["bytes"]) < SMALL]
    for seed in range(first, first + BATCH):
        edited_or_refused(small[seed % len(small)].read_bytes(), seed, tmp_path)


def read_everything(book: xlwings.Book) -> None:
    for name in book.names:
        _ = name.name, name.refers_to
    for sheet in book.sheets:
        read_grid(sheet)
        _ = sheet.used_range.formula, sheet.used_range.value, sheet.page_setup.print_area
        _ = [(note.text, note.author) for note in sheet.impl.notes]
        _ = [(table.name, table.range.address) for table in sheet.tables]
        _ = sheet["A1"].merge_area.address, sheet["B3"].number_format, sheet["B3"].font.size


def insert_and_copy_rows(book: xlwings.Book) -> None:
    book.sheets[0].range("5:6").insert("down")
    book.sheets[0].range("4:4").copy(book.sheets[0].range("5:6"))


def lay_out(book: xlwings.Book) -> None:
    sheet = book.sheets[0]
    sheet["A1:B2"].merge()
    sheet["A1:C9"].api.AutoFilter()
    sheet.page_setup.print_area = "A1:C9"
    sheet.freeze_panes.freeze_at("A1:A1")
    sheet["A1"].column_width = 9
    sheet["A3"].row_height = 30
    sheet["A3"].add_hyperlink("#A1", "去", "看")
    apply_style(sheet["A1:C3"], CellStyle("结论_拒付", fill=(1, 2, 3), bold=True))
    sheet["A1:D4"].borders.line_style = "continuous"
    sheet.activate()


ACTIONS: list[Callable[[xlwings.Book], Any]] = [
    read_everything,
    insert_and_copy_rows,
    lay_out,
    lambda book: book.sheets[0].range("3:4").delete("up"),
    lambda book: book.sheets[0].copy(after=book.sheets[-1], name="副本"),
    lambda book: setattr(book.sheets[0], "name", "新 名"),
    lambda book: book.app.calculate(),
    lambda book: setattr(book.sheets[0]["A1:E9"], "value", [[1, 2, 3, 4, 5]] * 9),
    lambda book: len(book.sheets) > 1 and book.sheets[-1].delete(),
    lambda book: book.sheets[0].tables.add(book.sheets[0]["J20:K22"], name="tbl_新"),
]


@pytest.mark.parametrize("first", SEEDS[::BATCH])
def test_whatever_else_is_done_to_it_ends_in_a_workbook_or_a_refusal(
    first: int, bases: list[bytes], tmp_path: Path
) -> None:
    path = tmp_path / "变.xlsx"
    for seed in range(first, first + BATCH):
        data, names = mutated(bases[seed % len(bases)], seed)
        action = ACTIONS[seed // len(bases) % len(ACTIONS)]
        path.write_bytes(data)
        files.activate().app.books.opened.clear()
        try:
            book = files.open_book(path)
            action(book)
            book.save()
        except (BadInput, files.Unsupported) as refusal:
            assert CHINESE.search(str(refusal)), (seed, names)
            assert path.read_bytes() == data, (seed, names, "refused, but written")
        except Exception as error:
            raise AssertionError((seed, names, action)) from error
        else:
            assert_well_formed(data, parts(path))


def assert_well_formed(before: bytes, after: dict[str, bytes]) -> None:
    """Every XML part that has changed parses."""
    with zipfile.ZipFile(io.BytesIO(before)) as archive:
        old = {name: archive.read(name) for name in archive.namelist()}
    for name, data in after.items():
        if name.endswith((".xml", ".rels", ".vml")) and data != old.get(name):
            comparing.parse(data)


def edited_or_refused(base: bytes, seed: int, folder: Path) -> bool:
    """True if edited. Any other end fails and names the seed and its mutations."""
    data, names = mutated(base, seed)
    before, target = folder / f"{seed}.xlsx", folder / f"{seed}果.xlsx"
    before.write_bytes(data)
    target.write_bytes(data)
    try:
        sheet_part, title, cells = comparing.edit(target, target)
    except (BadInput, files.Unsupported) as refusal:
        assert CHINESE.search(str(refusal)), (seed, names)
        assert target.read_bytes() == data, (seed, names, "refused, but written")
        assert sorted(folder.iterdir()) == [before, target], (seed, names)
        made = False
    except Exception as error:
        raise AssertionError((seed, names)) from error
    else:
        try:
            assert_only_the_edit(before, target, sheet_part, title, cells)
        except Exception as error:
            raise AssertionError((seed, names)) from error
        made = True
    before.unlink()
    target.unlink()
    return made


def assert_only_the_edit(
    before: Path, after: Path, sheet_part: str, title: str, cells: list[str]
) -> None:
    old, new = parts(before), parts(after)
    sheet_part = next(name for name in old if name.casefold() == sheet_part.casefold())
    touched = {name for name in old if old[name] != new.get(name)}
    assert touched <= comparing.may_change(before, sheet_part), touched
    raw_old, raw_new = packed(before), packed(after)
    for name in old.keys() - touched:
        assert raw_new[name] == raw_old[name], name
    assert_well_formed(before.read_bytes(), new)
    had_boxes = comparing.leads_to_boxes(before, sheet_part)
    rest = comparing.without_edit(new[sheet_part], cells, old[sheet_part], had_boxes=had_boxes)
    assert rest == comparing.plain(old[sheet_part])
    for name in touched - {sheet_part}:
        comparing.assert_only_grew(name, old[name], new[name])
    wanted = [f"{comparing.MARK}{i}" for i in range(5)]
    assert texts_at(new[sheet_part], cells) == wanted, "an independent reader sees the flags"
    book = files.open_book(after)
    assert [book.sheets[title].range(cell).value for cell in cells] == wanted
    assert book.sheets[title].range(cells[0]).color == (255, 224, 204)
    assert book.sheets[title].range(cells[0]).note.text
    assert book.sheets[comparing.LIST]["A1"].hyperlink
    book.close()
    seen = comparing.by_calamine(before)
    assert {k: v for k, v in comparing.by_calamine(after).items() if k in seen} == seen


def texts_at(sheet: bytes, cells: list[str]) -> list[str]:
    """Inline texts at these places, read by lxml alone."""
    rows = comparing.places(etree.fromstring(sheet)).values()
    found = {name: "".join(cell.itertext()) for _, row in rows for name, cell in row.items()}
    return [found.get(cell, "") for cell in cells]
