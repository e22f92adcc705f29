"""押金看板: four blocks that add up to the statement, and charts that read them."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.workbook import Workbook

from addin.errors import BadInput
from addin.hosts import files
from addin.reports import dashboard
from addin.reports.dashboard import AGES, BLOCKS, NAMES, PROVINCES, SHORT, TREND
from tests.reports.agent_frames import agent, agents

BLANK = Path(__file__).parents[2] / "templates" / f"{dashboard.NAME}.xlsx"


def overdue(*rows: tuple[str, str, int, int]) -> pd.DataFrame:
    """Agent, outlet, units, days since they were consumed."""
    frame = pd.DataFrame(rows, columns=["agent_code", "outlet_code", "units", "days"])
    return frame.assign(part_code="PJ001").astype({"units": "int64", "days": "int64"})


def trend(*closings: int | None, until: str = "2026-03-01") -> pd.DataFrame:
    months = pd.date_range(end=until, periods=len(closings), freq="MS").as_unit("s")
    money = pd.array([pd.NA if c is None else c for c in closings], "Int64")
    return pd.DataFrame(
        {"month": months, "closing": money, "used": money, "available": money, "overdue_units": 3}
    )


NONE, YEAR = overdue(), trend(*(n * 100_00 for n in range(12)))
FEW = agents(
    agent("DL001", "青禾商贸", province="甲省", closing=100_00, available=-50_00),
    agent("DL002", "绿源商贸", province="乙省", closing=300_00, available=0),
    agent("DL003", "远山商贸", province="甲省", closing=250_01, available=-50_01),
)


def filled(
    folder: Path,
    accounts: pd.DataFrame = FEW,
    parts: pd.DataFrame | None = NONE,
    months: pd.DataFrame = YEAR,
    within: int = 60,
) -> Path:
    book = files.open_book(BLANK)
    dashboard.fill_dashboard(
        book,
        dashboard.blocks(accounts, parts, months, within=within),
        dashboard.notes(accounts, parts, months, within=within),
        period=dt.date(2026, 3, 1),
        as_of=dt.date(2026, 4, 2),
        changed={"授信计入": "否"},
    )
    book.app.calculate()
    book.save(folder / "made.xlsx")
    book.close()
    return folder / "made.xlsx"


def opened(path: Path) -> Workbook:
    with pytest.warns(UserWarning, match="Print area"):
        return openpyxl.load_workbook(path)


def cells(book: Workbook, name: str) -> str:
    ((_, place),) = book.defined_names[name].destinations
    return str(place.replace("$", ""))


def shown(book: Workbook, name: str) -> list[tuple[Any, ...]]:
    """The rows of a block that are in sight."""
    sheet = book[dashboard.NAME]
    return [
        tuple(cell.value for cell in row)
        for row in sheet[cells(book, name)]
        if not sheet.row_dimensions[row[0].row].hidden
    ]


# --- 省份余额 -------------------------------------------------------------------------------


def test_provinces_add_up_largest_balance_first() -> None:
    table = dashboard.by_province(FEW)
    rows = table[["province", "agents", "closing", "available"]].values.tolist()
    assert rows == [["甲省", 2, 350_01, -100_01], ["乙省", 1, 300_00, 0]]


def test_an_agent_without_a_province_keeps_a_row() -> None:
    table = dashboard.by_province(agents(agent("A", province=None), agent("B", province="")))
    assert table[["province", "agents"]].values.tolist() == [["省份空白", 2]]


@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.one_of(st.none(), st.integers(-(10**9), 10**9))),
        min_size=1,
        max_size=80,
    )
)
def test_the_provinces_are_the_statements_total_however_many_there_are(
    drawn: list[tuple[int, int | None]],
) -> None:
    frame = agents(
        *(
            agent(f"DL{n:03}", province=f"{p}省", closing=pd.NA if c is None else c)
            for n, (p, c) in enumerate(drawn)
        )
    )
    table = dashboard.by_province(frame)
    assert len(table) <= PROVINCES.room
    assert table["closing"].sum() == frame["closing"].sum()
    assert table["agents"].sum() == len(frame)
    assert table["doubtful"].sum() == frame["closing"].isna().sum()


def test_what_does_not_fit_is_folded_into_one_row() -> None:
    many = agents(*(agent(f"DL{n:03}", province=f"{n:02}省", closing=100 - n) for n in range(50)))
    table = dashboard.by_province(many)
    assert len(table) == PROVINCES.room
    assert table.iloc[-1][["province", "agents"]].tolist() == ["其他省份", 15]
    assert table["closing"].sum() == many["closing"].sum()


def test_accounts_under_question_have_a_line_of_their_own() -> None:
    frame = agents(
        agent("DL001"),
        agent("DL002", "绿源商贸", closing=300_00, verdict="待查"),
        agent("DL003", None, closing=pd.NA, verdict="无法判断"),
        agent("DL004", verdict="提示"),
    )
    note = dashboard.notes(frame, NONE, YEAR, within=60)[PROVINCES.note]
    assert note == (
        "待查账户2户:DL002 绿源商贸、DL003;其期末余额300.00元已在合计内,"
        "余额无法判断的1户未计入合计:DL003"
    )
    assert dashboard.by_province(frame)["doubtful"].sum() == 2
    clean = dashboard.notes(FEW, NONE, YEAR, within=60)[PROVINCES.note]
    assert clean.startswith("待查账户:无")


# --- 不足前20 -------------------------------------------------------------------------------


def test_the_shortest_come_first_and_zero_is_not_short() -> None:
    table = dashboard.shortest(FEW)
    assert table[["agent", "short"]].values.tolist() == [
        ["DL003 远山商贸", 50_01],
        ["DL001 青禾商贸", 50_00],
    ]


def test_of_many_shortages_twenty_are_shown_and_all_are_counted() -> None:
    frame = agents(
        *(agent(f"DL{n:03}", available=-n) for n in range(1, 26)), agent("X", available=pd.NA)
    )
    rows = dashboard.blocks(frame, NONE, YEAR, within=60)[SHORT.name]
    assert rows["short"].tolist() == list(range(25, 5, -1))
    assert dashboard.notes(frame, NONE, YEAR, within=60)[SHORT.note] == (
        "可用押金不足共25户,不足合计3.25元,上表为前20户;1户无法判断:X 青禾商贸"
    )


# --- 逾期未返账龄 ---------------------------------------------------------------------------


def test_units_fall_into_bands_by_their_days() -> None:
    days = (60, 61, 90, 91, 180, 181, 365, 366)
    frame = overdue(*(("DL001", f"WD{d:03}", 10**n, d) for n, d in enumerate(days)))
    table = dashboard.by_age(frame, 60)
    assert table.values.tolist() == [
        ["61–90天", 110, 1, 2],
        ["91–180天", 11_000, 1, 2],
        ["181–365天", 1_100_000, 1, 2],
        ["365天以上", 10_000_000, 1, 1],
    ]


@pytest.mark.parametrize(
    ("within", "bands"),
    [
        (30, ["31–90天", "91–180天", "181–365天", "365天以上"]),
        (90, ["91–180天", "181–365天", "365天以上"]),
        (400, ["400天以上"]),
    ],
)
def test_the_first_band_begins_where_the_time_allowed_ends(within: int, bands: list[str]) -> None:
    assert dashboard.by_age(NONE, within)["band"].tolist() == bands


def test_without_returns_nobody_can_tell_what_is_overdue(tmp_path: Path) -> None:
    book = opened(filled(tmp_path, parts=None))
    assert shown(book, AGES.name) == [("无", None, None, None)]
    note = book[dashboard.NAME][cells(book, AGES.note)].value
    assert note == "没有导入旧件返还,逾期未返无法判断"
    assert [row[4] for row in shown(book, TREND.name)] == [None] * 12, "none is not nothing"


# --- 近12月趋势 -----------------------------------------------------------------------------


def test_the_trend_is_the_last_twelve_months_and_says_what_is_missing() -> None:
    long = dashboard.by_month(trend(*range(15)))
    assert long["month"].tolist()[0] == "2025-04" and long["month"].tolist()[-1] == "2026-03"
    short = trend(100, None, 300)
    assert dashboard.by_month(short)["closing"].isna().tolist() == [False, True, False]
    note = dashboard.notes(FEW, NONE, short, within=60)[TREND.note]
    assert note == "只有3个月的数据;1个月的余额无法判断,图中留空"


# --- the sheet ------------------------------------------------------------------------------


def test_a_block_shows_its_rows_and_hides_the_rest(tmp_path: Path) -> None:
    book = opened(filled(tmp_path, months=trend(100_00, None, 300_00)))
    assert shown(book, PROVINCES.name) == [
        ("甲省", 2, 350.01, 11200, 200, 1000, -100.01, 0),
        ("乙省", 1, 300, 5600, 100, 500, 0, 0),
    ]
    assert [row[0] for row in shown(book, SHORT.name)] == ["DL003 远山商贸", "DL001 青禾商贸"]
    assert [row[1] for row in shown(book, TREND.name)] == [100, None, 300]
    sheet = book[dashboard.NAME]
    for block in BLOCKS:
        place = sheet[cells(book, block.name)]
        assert len(place) == block.room
        hidden = [row for row in place if sheet.row_dimensions[row[0].row].hidden]
        assert all(cell.value is None for row in hidden for cell in row), block.name


def test_totals_reach_over_the_whole_room_of_a_block(tmp_path: Path) -> None:
    book = opened(filled(tmp_path))
    place = cells(book, PROVINCES.name)
    top, bottom = (int(n) for n in re.findall(r"\d+", place))
    sheet = book[dashboard.NAME]
    assert sheet.cell(bottom + 1, 1).value == "合计"
    assert sheet.cell(bottom + 1, 3).value == f"=SUM(C{top}:C{bottom})"


def test_each_chart_reads_columns_of_a_block_from_its_header_to_its_last_row() -> None:
    book = opened(BLANK)
    places = {block.name: cells(book, block.name) for block in BLOCKS}
    with zipfile.ZipFile(BLANK) as package:
        charts = [n for n in package.namelist() if n.startswith("xl/charts/chart")]
        read = [set(re.findall(r"<f>([^<]+)</f>", package.read(n).decode())) for n in charts]
    spans = {
        name: tuple(int(n) for n in re.findall(r"\d+", place)) for name, place in places.items()
    }
    wanted = {
        PROVINCES.name: ("A", "C"), SHORT.name: ("A", "H"), AGES.name: ("A", "B"),
        TREND.name: ("A", "B", "C", "D"),
    }  # fmt: skip
    expected = []
    for name, columns in wanted.items():
        top, bottom = spans[name]
        refs = {f"'{dashboard.NAME}'!${c}${top}:${c}${bottom}" for c in columns}
        expected.append(refs | {f"'{dashboard.NAME}'!${c}${top - 1}" for c in columns[1:]})
    assert sorted(map(sorted, read)) == sorted(map(sorted, expected))


def test_charts_leave_hidden_rows_out_and_gaps_open() -> None:
    with zipfile.ZipFile(BLANK) as package:
        charts = [package.read(n).decode() for n in package.namelist() if "charts/chart" in n]
    assert len(charts) == 4
    for chart in charts:
        assert '<plotVisOnly val="1"' in chart
        assert '<dispBlanksAs val="gap"' in chart
        assert chart.count('<delete val="0"') == 2, "both axes are shown"


def test_charts_stay_byte_for_byte_those_of_the_template(tmp_path: Path) -> None:
    with zipfile.ZipFile(BLANK) as blank, zipfile.ZipFile(filled(tmp_path)) as made:
        drawn = [n for n in blank.namelist() if re.match(r"xl/(charts|drawings)/", n)]
        assert len([n for n in drawn if "charts/chart" in n]) == 4
        assert [made.read(n) == blank.read(n) for n in drawn] == [True] * len(drawn)
        assert b'fullCalcOnLoad="1"' in made.read("xl/workbook.xml")


def test_filling_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    assert filled(tmp_path).read_bytes() == filled(tmp_path).read_bytes()


def test_the_head_names_month_date_and_changed_parameters(tmp_path: Path) -> None:
    book = opened(filled(tmp_path))
    sheet = book[dashboard.NAME]
    head = [sheet[cells(book, n)].value for n in ("标题", "业务月", "制表日期", "页脚参数")]
    assert head == ["押金看板", "2026年3月", dt.datetime(2026, 4, 2), "授信计入=否"]


def test_the_template_has_every_name_and_no_other() -> None:
    assert set(opened(BLANK).defined_names) == set(NAMES)


def test_a_template_without_a_name_is_one_clear_error() -> None:
    book = files.open_book(BLANK)
    book.names["不足前20"].delete()
    with pytest.raises(BadInput, match="模板缺少名称不足前20"):
        dashboard.fill_dashboard(
            book, {}, {}, period=dt.date(2026, 3, 1), as_of=dt.date(2026, 4, 2), changed={}
        )
    book.close()
