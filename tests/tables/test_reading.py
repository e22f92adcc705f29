"""Finding headers, and reading cells the way a clerk would: workbooks.md §1 and §2."""

from __future__ import annotations

import datetime as dt

import pytest

from addin.domain import values
from addin.domain.values import TRUNCATED, UNREADABLE
from addin.errors import BadInput
from addin.hosts.grid import Area, CellError, Grid
from addin.tables import locate
from addin.tables.catalogue import INSTALL
from addin.tables.read import State, read

REQUIRED = [f.header for f in INSTALL.fields if f.required]
SLIP = ["WD001", "AZ001", "张某", "13800138000", "青山路8号", "DR-60A", "DR60A2512000123",
        "2026-03-05", "标准安装", 80.0]  # fmt: skip


def sheet(*rows: list, **more: object) -> Grid:
    width = max(map(len, rows))
    return Grid([[*row, *[""] * (width - len(row))] for row in rows], **more)  # type: ignore[arg-type]


def found(grid: Grid, **more: object) -> locate.Layout:
    return locate.find(grid, INSTALL, workbook="本月.xlsx", sheet="安装单", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("above", [0, 1, 29])
def test_the_header_may_stand_anywhere_in_the_first_thirty_rows(above: int) -> None:
    assert found(sheet(*[["标题"]] * above, REQUIRED, SLIP)).header_row == above + 1


def test_a_header_below_the_thirtieth_row_is_not_found() -> None:
    with pytest.raises(BadInput, match="找不到安装单的表头"):
        found(sheet(*[["标题"]] * 30, REQUIRED, SLIP))


def test_decorated_headers_and_synonyms_are_understood() -> None:
    headers = ["网点代码 *", "安装单号:", "客户\n姓名", "手 机", "地址", "机型", "条码", "装机日期",
               "项目", "安装费(元)"]  # fmt: skip
    assert list(found(sheet(headers, SLIP)).columns.values()) == list(range(1, 11))


def test_an_own_name_wins_over_a_synonym() -> None:
    layout = found(sheet(["代理商编码", *REQUIRED], ["D1", *SLIP]))
    assert layout.columns["outlet_code"] == 2


def test_two_columns_for_one_field_name_both_and_the_clerk_decides() -> None:
    headers = ["服务商编码" if h == "网点编码" else h for h in REQUIRED]
    grid = sheet([*headers, "网点代码"], [*SLIP, "WD002"])
    with pytest.raises(BadInput) as told:
        found(grid)
    assert "A列“服务商编码”、K列“网点代码”" in str(told.value)
    decided = locate.Confirmed("网点编码", column="K")
    assert found(grid, confirmed=[decided]).columns["outlet_code"] == 11
    by_name = locate.Confirmed("网点编码", shown="网点代码")
    assert found(grid, confirmed=[by_name]).columns["outlet_code"] == 11


def test_a_chosen_column_off_the_table_is_told() -> None:
    with pytest.raises(BadInput, match="ZZ列不在表内"):
        found(sheet(REQUIRED, SLIP), confirmed=[locate.Confirmed("网点编码", column="ZZ")])


def test_rows_that_are_no_slips_are_left_out() -> None:
    rows = [
        REQUIRED, SLIP, ["小计", "", "", "", "", "", "", "", "", 80.0], [], ["  "], SLIP,
        REQUIRED, SLIP, ["合计(元)", 3.0], ["制表:甲 审核:乙"],
    ]  # fmt: skip
    table = read(sheet(*rows), INSTALL, workbook="本月.xlsx", sheet="安装单")
    assert table.rows.tolist() == [2, 6, 8]


def test_data_end_after_two_hundred_blank_rows() -> None:
    near = sheet(REQUIRED, SLIP, *[[]] * 199, SLIP)
    far = sheet(REQUIRED, SLIP, *[[]] * 200, SLIP)
    rows = [len(read(g, INSTALL, workbook="b", sheet="s").rows) for g in (near, far)]
    assert rows == [2, 1]


def test_a_cell_merged_downwards_counts_for_each_row_with_one_notice() -> None:
    grid = sheet(REQUIRED, SLIP, ["", *SLIP[1:]], merged=[Area(2, 1, 3, 1)])
    table = read(grid, INSTALL, workbook="b", sheet="s")
    assert table.frame["outlet_code"].tolist() == ["WD001", "WD001"]
    assert len(table.notices) == 1


def test_a_formula_without_a_stored_value_is_neither_blank_nor_zero() -> None:
    table = read(sheet(REQUIRED, SLIP, uncalculated={(2, 10)}), INSTALL, workbook="b", sheet="s")
    assert table.state["claimed_labour"].tolist() == [State.UNCALCULATED]
    assert table.frame["claimed_labour"].isna().all()


def test_true_and_one_stay_different() -> None:
    table = read(
        sheet([*REQUIRED, "备注"], [*SLIP, True], [*SLIP, 1.0]), INSTALL, workbook="b", sheet="s"
    )
    assert table.frame["remark"].tolist() == ["TRUE", "1"]


def test_an_error_and_its_text_typed_by_hand_stay_different() -> None:
    rows = [[*SLIP, "#N/A"], [*SLIP, CellError.NA], [*SLIP, "#N/A"], [*SLIP, CellError.NA]]
    table = read(sheet([*REQUIRED, "备注"], *rows), INSTALL, workbook="b", sheet="s")
    assert table.frame["remark"].tolist() == ["#N/A", None, "#N/A", None]
    assert table.state["remark"].tolist() == [State.OK, State.UNREADABLE] * 2


MARCH_5 = dt.date(2026, 3, 5)


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        *((text, MARCH_5) for text in (
            "2026-3-5", "2026/03/05", "2026.3.5", "2026年3月5日", "2026年3月5号", "20260305",
            "2026-3-5 8:30", "2026-03-05T08:30:00", "2026年3月5日上午", "２０２６．３．５",
            "'2026-3-5",
            "46086", 46086.0, 46086.7, 20260305.0, dt.datetime(2026, 3, 5, 15, 20), MARCH_5,
        )),
        *((text, None) for text in ("", "  ", "-", "—", "/", "无", None)),
        *((text, UNREADABLE) for text in (
            "26.3.5", "3/5/2026", "5-Mar", "2026.3", "2026.2.30", "2026-3/5", 60.0, 1.5, True,
            "1999-12-31", "2100-01-01", CellError.NA, "明天",
        )),
    ],
)  # fmt: skip
def test_dates(cell: object, day: object) -> None:
    assert values.read_date(cell) == day


def test_serials_of_a_1904_book_begin_four_years_later() -> None:
    assert values.read_date(44624.0, date1904=True) == MARCH_5
    assert values.read_date("44624", date1904=True) == MARCH_5
    assert values.read_date(20260305.0, date1904=True) == MARCH_5


@pytest.mark.parametrize(
    ("cell", "fen"),
    [
        *((c, 8000) for c in (80.0, "80", "８０", "80.00元", "80.", "¥80", "￥ 80.00", "RMB80",
                              "人民币80元整", "+80", "'80")),
        ("1,280.50", 128050), (".5", 50), ("(5)", -500), ("-5", -500), (0.1 + 0.2, 30),
        ("80.500", 8050), (0.0, 0), ("-", None), ("无", None),
        *((c, UNREADABLE) for c in ("12,80", "80元整x", "八十", "1.2.3", "80.005", 80.005, "5%",
                                    True, CellError.REF, "1e3", 1e16)),
    ],
)  # fmt: skip
def test_amounts(cell: object, fen: object) -> None:
    assert values.read_money(cell) == fen


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("wd 001", "WD001"), ("DR—60A", "DR-60A"), ("dr_60a", "DR_60A"), ("'00018", "00018"),
        (17.0, "17"), (868533010000199.0, "868533010000199"), (1e15, TRUNCATED),
        ("26312000000012345678", "26312000000012345678"), ("\u200bWD001\u00a0", "WD001"),
    ],
)  # fmt: skip
def test_codes(cell: object, code: object) -> None:
    assert values.read_code(cell) == code


@pytest.mark.parametrize(
    ("cell", "phones"),
    [
        ("13800138000", ("13800138000",)), ("1.3800138E10", ("13800138000",)),
        ("8613800138000", ("13800138000",)), ("0086 138 0013 8000", ("13800138000",)),
        ("(0571)88001234转8", ("057188001234",)), ("12345678901", UNREADABLE),
        ("13800138000/0571-88001234", ("13800138000", "057188001234")),
        ("1380013800、13900139000", ("13900139000",)),
    ],
)  # fmt: skip
def test_phones(cell: object, phones: object) -> None:
    assert values.read_phones(cell) == phones


@pytest.mark.parametrize(
    ("cell", "flag"),
    [("√", True), ("有", True), (1.0, True), (True, True), ("无", False), ("×", False),
     (0.0, False), ("-", None), ("大概", UNREADABLE)],
)  # fmt: skip
def test_yes_and_no(cell: object, flag: object) -> None:
    assert values.read_bool(cell) is flag
