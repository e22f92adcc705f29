"""The deposit statement is refreshed where it lies: what is the clerk's stays the clerk's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
import xlwings as xw
from hypothesis import given, settings
from hypothesis import strategies as st

from addin.actions.load import template
from addin.actions.refresh import Refreshed, refresh, refresh_file
from addin.actions.staging import staged
from addin.actions.statement_changes import Change
from addin.actions.statement_sheet import Gone, Overruled
from addin.errors import BadInput
from addin.hosts import files, read_grid
from addin.reports.deposit_statement import LAYOUT, statement
from addin.reports.fill import fill, places
from addin.tables.ledgers import DEPOSIT_STATEMENT
from addin.tables.read import read
from tests.actions.clerks_statement import (
    AT,
    FILE,
    FIRST,
    HEADERS,
    SHEET,
    Line,
    account,
    accounts,
    entries,
    line,
    store_result,
    write_statement,
)
from tests.hosts import memory
from tests.hosts.contract.members import only_named_members

OPEN: Mapping[str, Callable[[Path], xw.Book]] = {
    "memory": memory.open_book,
    "files": files.open_book,
}
NO_ENTRIES = entries()


@pytest.fixture(params=OPEN)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., xw.Book]]:
    """Opens a statement of the lines given, in each host."""
    books: list[xw.Book] = []

    def open_statement(lines: Sequence[Line], **how: Any) -> xw.Book:
        path = write_statement(tmp_path / FILE, lines, **how)
        books.append(OPEN[request.param](path))
        return books[-1]

    with only_named_members():
        yield open_statement
    for book in books:
        book.close()


def at(header: str, row: int) -> tuple[int, int]:
    return row, HEADERS.index(header) + 1


def shown(book: xw.Book, header: str, row: int = FIRST, sheet: str = SHEET) -> Any:
    return book.sheets[sheet].range(at(header, row)).value


def contents(book: xw.Book) -> dict[str, Any]:
    return {sheet.name: sheet.used_range.formula for sheet in book.sheets}


OPENED = line("DL001", 期初余额=5000, 期末余额=5000)
PAID_IN = account("DL001", opening=5000_00, taken=1000_00)
PAYMENT = entries(("YJ7", "DL001", "收取", 1000_00))


# --- figures -----------------------------------------------------------------------------------


def test_a_movement_reaches_the_sheet_and_the_list_of_changes(opened: Any) -> None:
    book = opened([OPENED])
    done = refresh(book, accounts(PAID_IN), PAYMENT, at=AT)
    assert (shown(book, "本期收取"), shown(book, "期末余额")) == (1000, 6000)
    assert done.changes == [
        Change("DL001", "本期收取", 0, 1000_00, ("YJ7",)),
        Change("DL001", "期末余额", 5000_00, 6000_00, ("YJ7",)),
        Change("DL001", "核对结果", None, "通过", ()),
    ]
    listed = book.sheets["变动清单"].range("A1:F3").value
    assert listed[0] == ["代理商编码", "列", "旧值", "新值", "流水号", "刷新时间"]
    assert listed[2] == ["DL001", "期末余额", 5000, 6000, "YJ7", AT]


def test_a_second_refresh_changes_nothing(opened: Any) -> None:
    book = opened([OPENED, line("DL003")])
    now = accounts(PAID_IN, account("DL002", opening=10_00), account("DL003"))
    assert refresh(book, now, PAYMENT, at=AT)
    before = contents(book)
    again = refresh(book, now, PAYMENT, at=AT + dt.timedelta(days=1))
    assert (bool(again), again.changes, again.added) == (False, [], [])
    assert contents(book) == before


def test_totals_are_told_before_and_after(opened: Any) -> None:
    book = opened([OPENED, line("DL002", 期初余额=1, 期末余额=1)])
    now = accounts(PAID_IN, account("DL002", opening=1_00))
    assert refresh(book, now, PAYMENT, at=AT).totals["期末余额"] == (5001_00, 6001_00)


def test_an_amount_that_nobody_can_tell_leaves_its_cell_blank_and_is_counted(opened: Any) -> None:
    book = opened([OPENED])
    unknown = account("DL001", opening=pd.NA, closing=pd.NA, available=pd.NA, verdict="无法判断")
    done = refresh(book, accounts(unknown), NO_ENTRIES, at=AT)
    assert (shown(book, "期初余额"), shown(book, "期末余额")) == (None, None)
    assert done.unknown == 3
    assert Change("DL001", "期末余额", 5000_00, None, ()) in done.changes


@pytest.mark.parametrize("typed", ["6,000.00", "¥6000", 6000.0, "6000元"])
def test_an_amount_that_only_looks_different_is_not_written(opened: Any, typed: object) -> None:
    book = opened([line("DL001", 期初余额=6000, 期末余额=typed, 核对结果="通过")])
    done = refresh(book, accounts(account("DL001", opening=6000_00)), NO_ENTRIES, at=AT)
    assert (done.written, shown(book, "期末余额")) == (0, typed)


def test_no_list_of_changes_is_made_where_nothing_changes(opened: Any) -> None:
    book = opened([line("DL001", 核对结果="通过")])
    refresh(book, accounts(account("DL001")), NO_ENTRIES, at=AT)
    assert [sheet.name for sheet in book.sheets] == [SHEET]


def test_changes_of_each_refresh_stand_below_those_before(opened: Any) -> None:
    book = opened([{**OPENED, "核对结果": "通过"}])
    refresh(book, accounts(PAID_IN), PAYMENT, at=AT)
    more = entries(("YJ7", "DL001", "收取", 1000_00), ("YJ9", "DL001", "退还", 300_00))
    later = account("DL001", opening=5000_00, taken=1000_00, given_back=300_00)
    refresh(book, accounts(later), more, at=AT + dt.timedelta(days=1))
    lines = book.sheets["变动清单"].range("A2:F6").value
    assert [row[1] for row in lines] == ["本期收取", "期末余额", "本期退还", "期末余额", None]
    assert [row[4] for row in lines] == ["YJ7", "YJ7", "YJ9", "YJ9", None]
    assert lines[3][5] - lines[1][5] == dt.timedelta(days=1)


# --- what is the clerk's -----------------------------------------------------------------------


def test_agents_keep_their_order_with_all_that_the_clerk_wrote_beside_them(opened: Any) -> None:
    said = {"备注": "已电话确认", "发出日期": dt.datetime(2026, 4, 1)}
    book = opened([line("DL009", **said), line("DL001", 备注="催")])
    now = accounts(PAID_IN, account("DL009", charged=50_00))
    refresh(book, now, entries(("YJ8", "DL009", "保外扣款", 50_00)), at=AT)
    rows = book.sheets[SHEET].range((FIRST, 1), (FIRST + 1, len(HEADERS))).value
    assert [(row[0], row[1], row[2], row[6], row[11], row[15]) for row in rows] == [
        ("DL009的联系人", "DL009", "DL009(老客户)", 50, dt.datetime(2026, 4, 1), "已电话确认"),
        ("DL001的联系人", "DL001", "DL001(老客户)", 0, None, "催"),
    ]


@pytest.mark.parametrize("header", ["发出日期", "代理商余额", "备注", "联系人"])
def test_a_column_of_the_clerk_is_never_written(opened: Any, header: str) -> None:
    book = opened([OPENED])
    refresh(book, accounts(PAID_IN, account("DL002")), PAYMENT, at=AT)
    assert shown(book, header, FIRST + 1) is None
    assert shown(book, header) == OPENED.get(header)


def test_the_difference_answers_to_the_balance_of_the_agent(opened: Any) -> None:
    book = opened([{**OPENED, "代理商余额": 5990.5}, line("DL002")])
    refresh(book, accounts(PAID_IN, account("DL002")), PAYMENT, at=AT)
    assert (shown(book, "差额"), shown(book, "差额", FIRST + 1)) == (-9.5, None)


def test_a_column_that_is_not_there_is_not_added(opened: Any) -> None:
    book = opened([OPENED], headers=("代理商编码", "备注", "期末余额"))
    refresh(book, accounts(PAID_IN), PAYMENT, at=AT)
    row = book.sheets[SHEET].range((FIRST, 1), (FIRST, 5)).value
    assert row == ["DL001", None, 6000, None, None]


def test_a_sheet_without_the_closing_balance_is_refused(opened: Any) -> None:
    with pytest.raises(BadInput, match="期末余额"):
        refresh(opened([OPENED], headers=("代理商编码", "备注")), accounts(PAID_IN), PAYMENT, at=AT)


def test_a_header_over_two_rows_is_understood(opened: Any) -> None:
    book = opened([{"编码": "DL001"}], headers=("编码", "本月", "备注"))
    sheet = book.sheets[SHEET]
    sheet["A3:C4"].value = [["代理商", "期末", "备注"], ["编码", "余额", None]]
    refresh(book, accounts(PAID_IN), PAYMENT, at=AT)
    assert sheet["A5:C5"].value == ["DL001", 6000, None]


def test_a_formula_of_the_clerk_stays_a_formula(opened: Any) -> None:
    own = {**OPENED, "期末余额": "=D5+E5-F5-G5-H5-I5"}
    book = opened([own])
    done = refresh(book, accounts(PAID_IN), PAYMENT, at=AT)
    assert book.sheets[SHEET].range(at("期末余额", FIRST)).formula == "=D5+E5-F5-G5-H5-I5"
    assert "期末余额" not in [change.column for change in done.changes]
    assert done.overruled == []  # nothing has calculated it yet
    assert done.totals["期末余额"] == (6000_00, 6000_00)


@pytest.mark.parametrize("host", OPEN)
@pytest.mark.parametrize(
    ("result", "told"),
    [(6000, []), (5900.01, [Overruled("DL001", "期末余额", "J5", 5900_01, 6000_00)])],
)
def test_a_formula_that_says_something_else_is_told_and_not_overwritten(
    host: str, tmp_path: Path, result: float, told: list[Overruled]
) -> None:
    own = {**OPENED, "本期收取": 1000, "期末余额": "=D5+E5", "核对结果": "通过"}
    path = write_statement(tmp_path / FILE, [own])
    store_result(path, "J5", result)
    book = OPEN[host](path)
    done = refresh(book, accounts(PAID_IN), PAYMENT, at=AT)
    assert (done.overruled, done.written) == (told, 0)
    book.close()


def test_a_result_from_before_the_last_writing_says_nothing(tmp_path: Path) -> None:
    own = {**OPENED, "本期收取": 1000, "期末余额": "=D5+E5", "核对结果": "通过"}
    path = write_statement(tmp_path / FILE, [own])
    store_result(path, "J5", 5900.01, since_written=True)
    done = refreshed_file(path, accounts(PAID_IN), PAYMENT)
    assert (done.overruled, done.written) == ([], 0)


def test_a_formula_whose_row_was_just_written_is_judged_by_its_new_result(tmp_path: Path) -> None:
    own = {**OPENED, "期末余额": "=D5+E5", "核对结果": "通过"}
    path = write_statement(tmp_path / FILE, [own])
    store_result(path, "J5", 5000)
    done = refreshed_file(path, accounts(PAID_IN), PAYMENT)
    assert (done.written, done.overruled) == (1, [])
    assert not files.open_book(path).impl.calculated()
    assert refreshed_file(path, accounts(PAID_IN), PAYMENT).overruled == []


def test_a_total_typed_by_hand_is_told(opened: Any) -> None:
    book = opened([OPENED])
    book.sheets[SHEET].range(at("期末余额", FIRST + 1)).value = 5000
    done = refresh(book, accounts(PAID_IN, account("DL002")), PAYMENT, at=AT)
    assert done.overruled == [Overruled("", "期末余额", "J7", 5000_00, 6000_00)]


# --- who comes and who goes --------------------------------------------------------------------


def test_new_agents_stand_below_the_last_one_and_above_the_total(opened: Any) -> None:
    book = opened([OPENED, line("DL005")])
    now = accounts(*(account(f"DL00{n}", opening=n * 100_00) for n in (5, 1, 3, 2)))
    done = refresh(book, now, NO_ENTRIES, at=AT)
    sheet = book.sheets[SHEET]
    assert done.added == ["DL003", "DL002"]
    assert [cell.value for cell in sheet["B5:B8"]] == ["DL001", "DL005", "DL003", "DL002"]
    assert [cell.value for cell in sheet["D7:D8"]] == [300, 200]
    assert [sheet[cell].value for cell in ("C7", "A7", "P7")] == ["DL003商贸", None, None]
    assert sheet["A9"].value == "合计"
    assert (sheet["D9"].formula, sheet["J9"].formula) == ("=SUM(D5:D8)", "=SUM(J5:J8)")


def test_a_new_row_looks_and_calculates_like_the_one_above_it(opened: Any) -> None:
    own = {**line("DL001"), "期末余额": "=D5+E5-F5-G5-H5-I5", "备注": "旧"}
    book = opened([own])
    sheet = book.sheets[SHEET]
    sheet["P5"].add_note("只对这一家")
    sheet["C5"].color = (1, 2, 3)
    now = accounts(account("DL001"), account("DL002", opening=100_00))
    refresh(book, now, NO_ENTRIES, at=AT)
    assert sheet["J6"].formula == "=D6+E6-F6-G6-H6-I6"
    assert (sheet["C6"].color, sheet["D6"].number_format) == ((1, 2, 3), sheet["D5"].number_format)
    assert (sheet["P6"].value, sheet["P6"].note) == (None, None)
    assert sheet["P5"].note.text == "只对这一家"


@pytest.mark.parametrize("code", ["00017", "3-5", "MAR-5", "TRUE", "DL7"])
def test_the_code_of_a_new_agent_stays_a_code(opened: Any, code: str) -> None:
    book = opened([line("DL001")])
    refresh(book, accounts(account("DL001"), account(code)), NO_ENTRIES, at=AT)
    assert book.sheets[SHEET]["B6"].value == code
    assert code in [cell.value for cell in book.sheets["变动清单"]["A1:A9"]]


def test_the_running_number_goes_on(opened: Any) -> None:
    headers = ("序号", "代理商编码", "期末余额")
    book = opened([{"序号": 7, "代理商编码": "DL001"}], headers=headers)
    refresh(book, accounts(account("DL001"), account("DL002"), account("DL003")), NO_ENTRIES, at=AT)
    assert book.sheets[SHEET]["A5:A7"].value == [7, 8, 9]


def test_a_form_without_agents_is_filled_from_its_first_row(opened: Any) -> None:
    book = opened([{}])
    now = accounts(account("DL001"), account("DL002"))
    assert refresh(book, now, NO_ENTRIES, at=AT).added == ["DL001", "DL002"]
    sheet = book.sheets[SHEET]
    assert [cell.value for cell in sheet["B5:B6"]] == ["DL001", "DL002"]
    assert (sheet["A7"].value, sheet["D7"].formula) == ("合计", "=SUM(D5:D6)")


def test_a_form_without_any_row_is_refused(opened: Any) -> None:
    with pytest.raises(BadInput, match="第5行"):
        refresh(opened([]), accounts(account("DL001")), NO_ENTRIES, at=AT)


def test_an_excel_table_takes_the_new_agents_in(tmp_path: Path) -> None:
    path = write_statement(tmp_path / FILE, [OPENED], total=False)
    book = files.open_book(path)
    sheet = book.sheets[SHEET]
    sheet.tables.add(sheet["A4:P5"], name="tbl_押金")
    refresh(book, accounts(PAID_IN, account("DL002"), account("DL003")), PAYMENT, at=AT)
    assert sheet.tables["tbl_押金"].range.address == "$A$4:$P$7"


def test_an_agent_that_left_keeps_its_row_and_is_told(opened: Any) -> None:
    gone = line("DL008", 期末余额=12.5), line("DL009")
    book = opened([OPENED, *gone])
    done = refresh(book, accounts(PAID_IN), PAYMENT, at=AT)
    assert done.gone == [Gone("DL008", 6, 12_50), Gone("DL009", 7, 0)]
    assert [cell.value for cell in book.sheets[SHEET]["B6:B7"]] == ["DL008", "DL009"]
    assert done.totals["期末余额"] == (5012_50, 6012_50)


def test_of_a_new_agent_only_what_says_something_is_listed(opened: Any) -> None:
    book = opened([line("DL001", 核对结果="通过")])
    new = account("DL002", opening=0, taken=100_00)
    posted = entries(("YJ3", "DL002", "收取", 100_00))
    done = refresh(book, accounts(account("DL001"), new), posted, at=AT)
    assert [(c.agent_code, c.column, c.new, c.entry_nos) for c in done.changes] == [
        ("DL002", "代理商名称", "DL002商贸", ()),
        ("DL002", "本期收取", 100_00, ("YJ3",)),
        ("DL002", "期末余额", 100_00, ("YJ3",)),
        ("DL002", "核对结果", "通过", ()),
    ]


# --- which entries -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "named"),
    [
        (0, ("YJ1", "YJ2", "YJ3")),
        (50, ("YJ2", "YJ3")),  # YJ1 was there at the last refresh
        (70, ("YJ3",)),
        (99, ("YJ1", "YJ2", "YJ3")),  # nobody can say which
    ],
)
def test_the_entries_since_the_last_refresh_are_named(
    opened: Any, before: int, named: tuple[str, ...]
) -> None:
    book = opened([line("DL001", 本期收取=before)])
    posted = entries(
        ("YJ1", "DL001", "收取", 50_00),
        ("YJ2", "DL001", "收取", 20_00),
        ("YJ3", "DL001", "收取", 40_00),
        ("YJ4", "DL002", "收取", 40_00),
    )
    done = refresh(book, accounts(account("DL001", taken=110_00)), posted, at=AT)
    told = {change.column: change.entry_nos for change in done.changes}
    assert told["本期收取"] == named


def test_an_opening_that_was_put_right_is_behind_no_entry(opened: Any) -> None:
    book = opened([line("DL001", 本期收取=50, 期末余额=50)])
    posted = entries(("YJ1", "DL001", "收取", 50_00), ("YJ2", "DL001", "收取", 20_00))
    now = accounts(account("DL001", opening=100_00, taken=70_00))
    told = {c.column: c.entry_nos for c in refresh(book, now, posted, at=AT).changes}
    assert (told["期初余额"], told["期末余额"]) == ((), ("YJ2",))


def test_a_refused_entry_and_an_opening_are_behind_no_change(opened: Any) -> None:
    book = opened([line("DL001")])
    posted = entries(("YJ1", "DL001", "收取", 50_00), ("YJ2", "DL001", "收取", 20_00))
    posted["effect"] = [0, 2000]
    posted["refusal"] = [None, None]
    done = refresh(book, accounts(account("DL001", opening=50_00, taken=20_00)), posted, at=AT)
    told = {change.column: change.entry_nos for change in done.changes}
    assert (told["本期收取"], told["期末余额"], told["期初余额"]) == (("YJ2",), ("YJ2",), ())


def test_parts_in_the_field_are_explained_by_movements_of_parts(opened: Any) -> None:
    book = opened([line("DL001")])
    moved = pd.DataFrame(
        {"entry_no": ["PL1", "PL2"], "agent_code": "DL001", "refusal": [None, "x"]}
    )
    done = refresh(book, accounts(account("DL001", used=40_00)), NO_ENTRIES, moved, at=AT)
    assert Change("DL001", "配件占用", 0, 40_00, ("PL1",)) in done.changes


def test_a_long_list_of_entries_is_cut_in_the_sheet_alone(opened: Any) -> None:
    book = opened([line("DL001")])
    posted = entries(*((f"YJ{n}", "DL001", "收取", 1_00) for n in range(1, 31)))
    done = refresh(book, accounts(account("DL001", taken=30_00)), posted, at=AT)
    assert len(done.changes[0].entry_nos) == 30
    assert book.sheets["变动清单"]["E2"].value.endswith("、YJ20等30笔")


# --- bad input ---------------------------------------------------------------------------------


def test_an_agent_twice_stops_before_anything_is_written(opened: Any) -> None:
    book = opened([OPENED, line("DL002"), line("dl001 ")])
    before = contents(book)
    with pytest.raises(BadInput, match=f"工作表“{SHEET}”单元格B7:代理商DL001重复,B5已有一行"):
        refresh(book, accounts(PAID_IN, account("DL003")), PAYMENT, at=AT)
    assert contents(book) == before


def test_a_row_with_a_balance_and_no_agent_is_told(opened: Any) -> None:
    book = opened([{**line(""), "期末余额": 3}, OPENED])
    assert refresh(book, accounts(PAID_IN), PAYMENT, at=AT).nameless == ["B5"]


def test_two_statements_are_named_unless_one_of_them_is_in_front(opened: Any) -> None:
    book = opened([OPENED])
    other = book.sheets.add("押金对帐单(旧)", after=book.sheets[SHEET])
    other["A1:B2"].value = [["代理商编码", "期末余额"], ["DL001", 1]]
    with pytest.raises(BadInput, match=f"有2张押金对帐单:{SHEET}、押金对帐单"):
        refresh(book, accounts(PAID_IN), PAYMENT, at=AT)
    assert refresh(book, accounts(PAID_IN), PAYMENT, at=AT, front=other.name).sheet == other.name
    assert other["B2"].value == 6000


def test_a_statement_under_another_name_is_found_by_its_headers(opened: Any) -> None:
    book = opened([OPENED], sheet="三月")
    assert refresh(book, accounts(PAID_IN), PAYMENT, at=AT).sheet == "三月"


def test_a_workbook_without_a_statement_is_told(opened: Any) -> None:
    with pytest.raises(BadInput, match="没有押金对帐单"):
        refresh(opened([], headers=("甲", "乙"), sheet="别的"), accounts(PAID_IN), PAYMENT, at=AT)


# --- files -------------------------------------------------------------------------------------


def refreshed_file(path: Path, now: pd.DataFrame, posted: pd.DataFrame) -> Refreshed:
    with staged() as staging:
        done = refresh_file(path, staging, now, posted, at=AT)
        staging.arrive()
    return done


def test_a_file_is_refreshed_with_a_copy_of_what_it_was(tmp_path: Path) -> None:
    path = write_statement(tmp_path / FILE, [OPENED])
    before = path.read_bytes()
    refreshed_file(path, accounts(PAID_IN), PAYMENT)
    after = path.read_bytes()
    assert (tmp_path / "备份" / "押金对账单_刷新前.xlsx").read_bytes() == before
    assert openpyxl.load_workbook(path)[SHEET]["J5"].value == 6000
    refreshed_file(path, accounts(PAID_IN), PAYMENT)
    assert path.read_bytes() == after
    assert len(list((tmp_path / "备份").iterdir())) == 1


# --- the statement that is made from our own template --------------------------------------------


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """Filled for two agents, as the month began."""
    book = files.open_book(template(LAYOUT.name))
    rows = accounts(account("DL001", opening=5000_00), account("DL002", opening=1_00))
    fill(book, LAYOUT, statement(rows), period="2026-03", as_of=dt.date(2026, 4, 1))
    book.save(tmp_path / LAYOUT.file_name("2026-03"))
    book.close()
    return tmp_path / LAYOUT.file_name("2026-03")


def test_our_own_statement_is_refreshed_with_its_total_in_words(made: Path) -> None:
    refreshed_file(
        made, accounts(PAID_IN, account("DL002", opening=1_00), account("DL003")), PAYMENT
    )
    book = files.open_book(made)
    at = places(book, LAYOUT)
    assert at["大写"].value == "陆仟零壹元整"
    assert at["合计行"].formula[0][10] == "=SUM(K4:K6)"
    assert book.sheets[0]["B4:B7"].value == ["DL001", "DL002", "DL003", None]
    assert book.sheets[0]["T6"].formula == '=IF(S6="","",ROUND(S6-K6,2))'
    assert [sheet.name for sheet in book.sheets] == [LAYOUT.name, "变动清单", "选项"]
    assert book.sheets[1]["A2:B2"].value == ["DL001", "本期收取"]


def test_our_own_statement_is_up_to_date_as_it_is_made(made: Path) -> None:
    before = made.read_bytes()
    now = accounts(account("DL001", opening=5000_00), account("DL002", opening=1_00))
    assert not refreshed_file(made, now, NO_ENTRIES)
    assert made.read_bytes() == before


# --- whatever a month may bring ------------------------------------------------------------------

FIGURE = st.one_of(st.none(), st.integers(-(10**11), 10**11))
KNOWN = dict.fromkeys(("opening", "taken", "charged", "closing", "used", "available"), FIGURE)


@st.composite
def months(draw: st.DrawFn) -> pd.DataFrame:
    codes = draw(st.permutations([f"DL{n:03}" for n in range(1, 6)]))
    some = codes[: draw(st.integers(1, 5))]
    return accounts(
        *(account(code, **{n: draw(f) for n, f in KNOWN.items()}, verdict="通过") for code in some)
    )


@pytest.fixture(scope="module")
def two_agents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    lines = [{**line("DL002"), "备注": "乙"}, {**line("DL004"), "备注": "丁"}]
    return write_statement(tmp_path_factory.mktemp("对账") / FILE, lines)


@settings(max_examples=60, deadline=None)
@given(months=st.lists(months(), min_size=1, max_size=3))
def test_after_any_months_the_sheet_says_what_the_accounts_say(
    two_agents: Path, months: list[pd.DataFrame]
) -> None:
    book = memory.open_book(two_agents)
    for month in months:
        done = refresh(book, month, NO_ENTRIES, at=AT)
        assert not refresh(book, month, NO_ENTRIES, at=AT)
    grid = read_grid(book.sheets[SHEET])
    table = read(grid, DEPOSIT_STATEMENT, workbook=FILE, sheet=SHEET).frame
    table = table[table["agent_code"].notna()].set_index("agent_code")
    figures = ["opening", "taken", "charged", "closing", "used"]
    assert table.loc[month["agent_code"], figures].equals(month.set_index("agent_code")[figures])
    assert list(table.index[:2]) == ["DL002", "DL004"]
    assert table["remark"].tolist()[:2] == ["乙", "丁"] and table["remark"].iloc[2:].isna().all()
    assert done.totals["期末余额"][1] == table["closing"].sum()
    book.close()
