"""Outside the figures a refreshed statement is the clerk's file, byte for byte."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter

from addin.actions.refresh import Refreshed, refresh_file
from addin.actions.staging import staged
from tests.actions.clerks_statement import AT, account, accounts, entries

HEADERS = (
    "序号", "客户经理", "代理商编码", "代理商名称", "期末余额", "期初余额", "本期收取(元)",
    "本期退还", "保外扣款", "逾期未返扣款", "处罚扣款", "星级", "代理商余额", "差额",
    "核对结果", "备注",
)  # fmt: skip
FIRST, LAST, TOTAL = 5, 44, 45  # rows
COMPUTED = frozenset("DEFGHIJKNO")
ADDED = {"变动清单"}

AGENTS = [account(f"DL{n:03}", opening=n * 1000_00, agent_name=f"商贸{n}") for n in range(1, 41)]
MOVED = {"DL007": {"taken": 500_00}, "DL012": {"penalty": 30_00}}
POSTED = entries(("YJ1", "DL007", "收取", 500_00), ("YJ2", "DL012", "处罚扣款", 30_00))
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000a49444154789c6360000000020001e221bc330000000049454e44ae426082"
)


def now(*new: str) -> pd.DataFrame:
    there = [
        {**row, **moved, **account(row["agent_code"], opening=row["opening"], **moved)}
        if (moved := MOVED.get(row["agent_code"]))
        else row
        for row in AGENTS
    ]
    return accounts(*there, *(account(code, opening=1_00) for code in new))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Whatever a clerk's sheet may have round its figures."""
    place = tmp_path / "押金对帐单.xlsx"
    book = xlsxwriter.Workbook(place)
    sheet = book.add_worksheet("押金对帐单(3月)")
    title = book.add_format({"bold": True, "font_size": 20, "align": "center", "font_name": "楷体"})
    head = book.add_format({"bold": True, "bg_color": "#FDE9D9", "border": 1, "text_wrap": True})
    money = book.add_format({"num_format": "#,##0.00;[Red]-#,##0.00", "border": 1})
    note = book.add_format({"border": 1, "font_color": "#666666", "italic": True})
    sheet.merge_range("A1:P1", "各代理商押金(三月)", title)
    sheet.write_rich_string("A2", "请于 ", book.add_format({"bold": True}), "4月10日", " 前回签")
    sheet.write_row("A4", HEADERS, head)
    for n, row in enumerate(AGENTS, start=1):
        at = FIRST + n - 2
        sheet.set_row(at, 21)
        sheet.write_row(at, 0, [n, "张某", row["agent_code"], row["agent_name"]], note)
        balance = f"=F{at + 1}+G{at + 1}-SUM(H{at + 1}:K{at + 1})"
        sheet.write_formula(at, 4, balance, money, n * 1000) if n % 2 else sheet.write(
            at, 4, n * 1000, money
        )
        sheet.write_row(at, 5, [n * 1000, 0, 0, 0, 0, 0], money)
        sheet.write(at, 11, "★" * (n % 5), note)
        sheet.write(at, 14, "通过", note)
        sheet.write(at, 15, f"备注{n}", note)
    sheet.write(TOTAL - 1, 0, "合计", head)
    for column in "EFGHIJK":
        sheet.write_formula(f"{column}{TOTAL}", f"=SUM({column}{FIRST}:{column}{LAST})", money, 0)
    sheet.write_formula(f"E{TOTAL + 1}", f"=E{TOTAL}/2", money, 0)
    sheet.write(TOTAL + 1, 0, "注:余额不符请来电")
    sheet.conditional_format("E5:E44", {"type": "data_bar"})
    sheet.conditional_format(
        "N5:N44", {"type": "cell", "criteria": "<", "value": 0, "format": head}
    )
    sheet.data_validation("L5:L44", {"validate": "list", "source": ["★", "★★"]})
    sheet.write_comment("D7", "老客户", {"author": "李某"})
    sheet.insert_image("R2", "章.png", {"image_data": io.BytesIO(PICTURE)})
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "='押金对帐单(3月)'!$E$5:$E$44"})
    sheet.insert_chart("R6", chart)
    sheet.set_column("L:L", None, None, {"hidden": True})
    sheet.set_row(8, 21, None, {"hidden": True})
    sheet.freeze_panes(4, 4)
    sheet.autofilter("A4:P44")
    sheet.print_area("A1:P46")
    sheet.repeat_rows(3)
    sheet.set_landscape()
    sheet.set_footer("&C第 &P 页")
    other = book.add_worksheet("按星级")
    other.add_table("A1:B4", {"name": "星级", "columns": [{"header": "星级"}, {"header": "家数"}]})
    other.write_formula("D1", "='押金对帐单(3月)'!E45")
    book.define_name("合计余额", "='押金对帐单(3月)'!$E$45")
    book.set_properties({"title": "押金", "author": "李某"})
    book.close()
    return place


def refreshed(path: Path, agents: pd.DataFrame) -> Refreshed:
    with staged() as staging:
        done = refresh_file(path, staging, agents, POSTED, at=AT)
        staging.arrive()
    return done


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


STATEMENT = "xl/worksheets/sheet1.xml"
OF_THE_BOOK = {"[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"}
NEW = {"xl/worksheets/sheet3.xml"}
MAY_GROW = {"xl/styles.xml", "xl/sharedStrings.xml"}


ROW = re.compile(rb'<row r="(\d+)"[^>]*(?:/>|(?<!/)>.*?</row>)', re.S)
CELL = re.compile(rb'<c r="([A-Z]+)\d+"[^>]*(?:/>|(?<!/)>.*?</c>)', re.S)


def split(sheet: bytes) -> tuple[bytes, dict[int, bytes], bytes]:
    """What is before the rows, the rows by number, what is behind them."""
    head, data = sheet.split(b"<sheetData>")
    data, tail = data.split(b"</sheetData>")
    rows = {int(m[1]): m[0] for m in ROW.finditer(data)}
    assert b"".join(rows.values()) == data
    return head, rows, tail


def cells(row: bytes) -> dict[str, bytes]:
    return {m[1].decode(): m[0] for m in CELL.finditer(row)}


def test_figures_alone_change(path: Path) -> None:
    before = parts(path)
    done = refreshed(path, now())
    after = parts(path)
    assert [(c.agent_code, c.column) for c in done.changes] == [
        ("DL007", "本期收取"), ("DL012", "期末余额"), ("DL012", "处罚扣款"),
    ]  # fmt: skip  # of DL007 期末余额 is a formula of the clerk's
    changed = {name for name in before if after[name] != before[name]}
    assert changed - MAY_GROW <= {STATEMENT} | OF_THE_BOOK
    assert after.keys() - before.keys() == NEW
    (head, rows, tail), (head_2, rows_2, tail_2) = split(before[STATEMENT]), split(after[STATEMENT])
    assert (head_2, tail_2, rows_2.keys()) == (head, tail, rows.keys())
    written = {11: {"G"}, 16: {"E", "K"}}
    calculated = {
        11: {"E"},
        TOTAL: {"E", "G", "K"},
        TOTAL + 1: {"E"},
    }  # their results are those of before
    for number, row in rows.items():
        was, is_now = cells(row), cells(rows_2[number])
        changed_here = {column for column in was if is_now[column] != was[column]}
        assert changed_here == written.get(number, set()) | calculated.get(number, set()), number
        for column in calculated.get(number, ()):
            assert is_now[column] == re.sub(rb"<v>.*?</v>", b"", was[column])
        if not changed_here:
            assert rows_2[number] == row, number


def test_a_second_refresh_leaves_the_file_as_it_is(path: Path) -> None:
    refreshed(path, now("DL101"))
    first = path.read_bytes(), path.stat().st_mtime_ns
    assert not refreshed(path, now("DL101"))
    assert (path.read_bytes(), path.stat().st_mtime_ns) == first


def test_a_new_agent_moves_what_lies_below_and_nothing_else(path: Path) -> None:
    before = parts(path)
    refreshed(path, now("DL101", "DL102"))
    after = parts(path)
    follow = {"xl/worksheets/sheet2.xml"}  # looks at the total
    changed = {name for name in before if after[name] != before[name]}
    assert changed - MAY_GROW <= {STATEMENT} | OF_THE_BOOK | follow
    (_, rows, tail), (_, rows_2, tail_2) = split(before[STATEMENT]), split(after[STATEMENT])
    for number, row in rows.items():
        if number < TOTAL and number not in (11, 16):
            assert rows_2[number] == row, number
    total = cells(rows_2[TOTAL + 2])
    assert b"SUM(E5:E46)" in total["E"] and b"SUM(K5:K46)" in total["K"]
    styles = [dict(re.findall(rb'<c r="([A-Z]+)\d+" s="(\d+)"', rows_2[n])) for n in (44, 45, 46)]
    assert styles[0] == styles[1] == styles[2] and len(styles[0]) >= 14
    assert b'ht="21"' in rows_2[46]
    for area in (b"E5:E44", b"N5:N44", b"L5:L44"):  # rules that covered the agents cover the new
        assert area in tail and area.replace(b"44", b"46") in tail_2
    assert b"A1:P1" in tail_2
    names = after["xl/workbook.xml"].decode()
    assert "!$E$47</definedName>" in names and "!$A$1:$P$48</definedName>" in names
