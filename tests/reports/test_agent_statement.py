"""One agent's printed account, read back with another library than the one that wrote it."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from openpyxl.workbook import Workbook

from addin.domain.postings import Refusal
from addin.errors import BadInput
from addin.hosts import files
from addin.reports.account_issues import Finding
from addin.reports.agent_statement import (
    NAMES,
    TEMPLATE,
    Heading,
    Masked,
    Statement,
    fill_statement,
    for_windows,
    statements,
)
from tests.reports.agent_frames import (
    MARCH,
    MARCH_OF_DL001,
    agent,
    agents,
    deposit,
    deposits,
    idle,
    part,
    parts,
)

BLANK = Path(__file__).parents[2] / "templates" / f"{TEMPLATE}.xlsx"
HEADING = Heading("示例公司", dt.date(2026, 3, 1), dt.date(2026, 4, 2), dt.date(2026, 4, 17))


def finding(agent_code: str, entry_no: str, message: str, sheet: str = "押金流水") -> Finding:
    """What a rule says of row 9, which was not posted."""
    return Finding(
        code="R508", name="退还超余额", verdict="拒付", severity="高", message=message, advice="",
        kind="deposits", workbook=f"{sheet}.xlsx", sheet=sheet, row=9, entry_no=entry_no,
        agent_code=agent_code, unposted=True,
    )  # fmt: skip


def one(
    account: dict[str, Any] | None = None,
    rows: tuple[dict[str, Any], ...] = MARCH_OF_DL001,
    stock: tuple[dict[str, Any], ...] = (),
    people: tuple[str, ...] = (),
    unposted: tuple[Finding, ...] = (),
) -> Statement:
    frame = agents(account or agent("DL001"))
    (statement,) = statements(frame, deposits(*rows), parts(*stock), MARCH, unposted, people)
    return statement


def printed(statement: Statement, folder: Path, heading: Heading = HEADING) -> Workbook:
    book = files.open_book(BLANK)
    fill_statement(book, statement, heading)
    book.app.calculate()
    book.save(folder / "made.xlsx")
    book.close()
    with pytest.warns(UserWarning, match="Print area"):
        return openpyxl.load_workbook(folder / "made.xlsx")


def value(book: Workbook, name: str) -> Any:
    ((sheet, cells),) = book.defined_names[name].destinations
    corner = cells.replace("$", "").split(":")[0]
    return book[sheet][corner].value


def block(book: Workbook, first: str, total: str) -> list[list[Any]]:
    """The rows from the first to the 合计 row; merged cells leave out what they cover."""
    ((name, top),) = book.defined_names[first].destinations
    ((_, end),) = book.defined_names[total].destinations
    sheet = book[name]
    rows = range(sheet[top.split(":")[0]].row, sheet[end.split(":")[0]].row + 1)
    covered = {cell for span in sheet.merged_cells.ranges for cell in list(span.cells)[1:]}
    return [
        [sheet.cell(row, c).value for c in range(1, 13) if (row, c) not in covered] for row in rows
    ]


def movements(book: Workbook) -> list[list[Any]]:
    return block(book, "明细首行", "明细合计行")


def notes(statement: Statement) -> str:
    return "\n".join(statement.notes)


# --- block 一 and the head ------------------------------------------------------------------


def test_the_balance_stands_under_its_headers_and_in_words(tmp_path: Path) -> None:
    book = printed(one(), tmp_path)
    figures = {
        "期初余额": 5000, "本期收取": 1000, "本期退还": 0, "保外扣款": 200, "逾期未返扣款": 100,
        "处罚扣款": 50, "期末余额": 5650, "配件占用": 5600, "冻结金额": 100, "授信额度": 500,
        "可用押金": 450,
    }  # fmt: skip
    assert {name: value(book, name) for name in figures} == figures
    assert value(book, "大写") == "伍仟陆佰伍拾元整"
    assert value(book, "可用算法") == "可用押金=期末余额+授信额度-配件占用-冻结金额"


def test_the_head_says_whose_account_of_which_month_it_is_and_when_it_is_due(
    tmp_path: Path,
) -> None:
    book = printed(one(), tmp_path)
    assert value(book, "公司名称") == "示例公司"
    assert value(book, "标题") == "配件押金对账单"
    assert value(book, "代理商") == "DL001 青禾商贸"
    assert value(book, "业务月") == "2026年3月"
    assert value(book, "发出日期") == dt.datetime(2026, 4, 2)
    assert value(book, "回签期限") == value(book, "寄回期限") == dt.datetime(2026, 4, 17)


def test_where_credit_does_not_count_the_formula_leaves_it_out(tmp_path: Path) -> None:
    heading = Heading(
        "示例公司", dt.date(2026, 3, 1), dt.date(2026, 4, 2), dt.date(2026, 4, 17), lend=False,
        changed={"授信计入": "否", "组合折扣": "40%"},
    )  # fmt: skip
    book = printed(one(), tmp_path, heading)
    assert value(book, "可用算法") == "可用押金=期末余额-配件占用-冻结金额"
    assert value(book, "页脚参数") == "授信计入=否", "other desks' parameters are not the agent's"


# --- blocks 二 and 三 -----------------------------------------------------------------------


def test_movements_begin_with_the_opening_and_carry_the_balance_along(tmp_path: Path) -> None:
    rows = movements(printed(one(), tmp_path))
    assert [(row[2], row[3], row[4]) for row in rows[:-1]] == [
        ("期初余额", None, 5000),
        ("收取", 1000, 6000),
        ("保外扣款", -200, 5800),
        ("逾期未返扣款", -100, 5700),
        ("处罚扣款", -50, 5650),
    ]
    assert rows[2] == [dt.datetime(2026, 3, 10), "YJ0002", "保外扣款", -200, 5800, "WX001", None]


def test_rows_go_by_the_day_they_post_and_then_as_they_were_entered() -> None:
    rows = (
        deposit("DL001", "2026-03-09", "退还", 3_00, entry_no="C"),
        deposit("DL001", "2026-03-02", "收取", 1_00, entry_no="A"),
        deposit("DL001", "2026-03-09", "收取", 2_00, entry_no="D"),
    )
    assert one(rows=rows).movements["entry_no"].tolist() == [None, "A", "C", "D"]


def test_sixty_movements_are_all_there_and_the_totals_reach_over_them(tmp_path: Path) -> None:
    rows = tuple(
        deposit("DL001", f"2026-03-{1 + n % 28:02}", "收取", 100 + n, entry_no=f"YJ{n:04}")
        for n in range(60)
    )
    closing = 5000_00 + sum(row["amount"] for row in rows)
    stock = tuple(part("DL001", number=f"PJ{n:03}") for n in range(40))
    statement = one(agent("DL001", closing=closing), rows, stock)
    book = printed(statement, tmp_path)
    *lines, total = movements(book)
    first = value_row(book, "明细首行")
    assert len(lines) == 61
    assert total[3] == f"=SUM(D{first}:D{first + 60})"
    assert lines[-1][4] == closing / 100
    *goods, total = block(book, "配件首行", "配件合计行")
    first = value_row(book, "配件首行")
    assert len(goods) == 40
    assert total[3] == f"=SUM(D{first}:D{first + 39})"
    assert total[10] == f"=SUM(K{first}:K{first + 39})"
    assert notes(statement) == ""


def value_row(book: Workbook, name: str) -> int:
    ((sheet, cells),) = book.defined_names[name].destinations
    return int(book[sheet][cells.replace("$", "").split(":")[0]].row)


def test_parts_stand_by_outlet_with_their_counts_and_their_value(tmp_path: Path) -> None:
    stock = (part("DL001"), part("DL001", "WD002", "PJ002", outlet_name="绿源维修站"))
    book = printed(one(stock=stock), tmp_path)
    first, second, _ = block(book, "配件首行", "配件合计行")
    assert first == [
        "WD001 青禾家电服务部", "PJ001", "加热管", 10, 5, 4, 1, 1, 0, 9, 1080, 3,
    ]  # fmt: skip
    assert second[:2] == ["WD002 绿源维修站", "PJ002"]


def test_parts_and_movements_of_another_agent_stay_out() -> None:
    rows = (*MARCH_OF_DL001, deposit("DL002", "2026-03-07", "收取", 9_00))
    frame = agents(agent("DL001"), idle("DL002", taken=9_00, closing=9_00))
    both = list(statements(frame, deposits(*rows), parts(part("DL002")), MARCH))
    assert [len(s.movements) for s in both] == [5, 2]
    assert [len(s.parts) for s in both] == [0, 1]


def test_an_agent_without_movements_gets_the_opening_line_and_no_parts(tmp_path: Path) -> None:
    book = printed(one(idle("DL009"), rows=()), tmp_path)
    line, total = movements(book)
    assert line == [dt.datetime(2026, 3, 1), None, "期初余额", None, 0, None, None]
    assert total[0] == "合计"
    assert block(book, "配件首行", "配件合计行")[0][:3] == ["无", None, None]
    assert value(book, "大写") == "零元整"
    assert value(book, "说明首行") == "无"


def test_a_row_of_a_closed_month_says_its_own_date() -> None:
    row = deposit("DL001", "2026-03-01", "收取", 10_00, late=True, date=pd.Timestamp("2026-02-27"))
    assert one(rows=(row,)).movements["remark"].tolist() == [None, "补记2026-02-27"]


def test_the_row_that_opens_an_account_is_no_movement() -> None:
    row = deposit("DL001", "2026-03-01", "收取", 5000_00, basis_no="期初", effect=0)
    assert one(rows=(row,)).movements["kind"].tolist() == ["期初余额"]


# --- what is said in words ------------------------------------------------------------------


def test_a_row_that_was_not_posted_is_named_with_its_reason_and_changes_nothing(
    tmp_path: Path,
) -> None:
    refused = deposit(
        "DL001", "2026-03-25", "退还", 6000_00, entry_no="YJ0009", effect=0,
        refusal=Refusal.OVERDRAWN,
    )  # fmt: skip
    statement = one(rows=(*MARCH_OF_DL001, refused))
    assert statement.notes == (
        "未入账1笔,不在余额内:押金流水YJ0009 2026-03-25 退还 6000.00(超过余额或在外数量)",
    )
    book = printed(statement, tmp_path)
    assert "YJ0009" not in [row[1] for row in movements(book)]
    assert value(book, "说明首行") == "1. " + statement.notes[0]


def test_a_row_that_a_rule_refuses_is_told_in_the_words_of_the_rule_and_once() -> None:
    found = (
        finding("DL001", "YJ0009", "退还6000.00超过余额5650.00"),
        finding("DL001", "PL0012", "WD001PJ001核销后在外-1,超出", sheet="配件流水"),
        finding("DL002", "YJ0010", "流水号YJ0010重复"),
    )
    refused = deposit("DL001", "2026-03-25", "退还", 6000_00, entry_no="YJ0009", effect=0,
                      refusal=Refusal.OVERDRAWN, row=9)  # fmt: skip
    assert notes(one(rows=(*MARCH_OF_DL001, refused), unposted=found)) == (
        "未入账2笔,不在余额内:押金流水YJ0009(退还6000.00超过余额5650.00);"
        "配件流水PL0012(WD001PJ001核销后在外-1,超出)"
    )


@pytest.mark.parametrize("refusal", Refusal)
def test_every_refusal_has_chinese_words(refusal: Refusal) -> None:
    row = deposit("DL001", "2026-03-25", "退还", 1, effect=0, refusal=refusal)
    assert f"退还 0.01({refusal})" in notes(one(rows=(row,)))
    assert not re.search("[a-z]", refusal)


def test_an_account_under_question_shows_no_figure_that_nobody_can_tell(tmp_path: Path) -> None:
    account = agent(
        "DL001", opening=pd.NA, closing=pd.NA, available=pd.NA, verdict="待查", codes="R502",
        reasons="上月未月结,期初余额无法判断",
    )  # fmt: skip
    book = printed(one(account), tmp_path)
    assert [value(book, name) for name in ("期初余额", "期末余额", "可用押金", "大写")] == [
        "待查"
    ] * 4
    assert value(book, "本期收取") == 1000
    assert [row[4] for row in movements(book)[:-1]] == ["待查"] * 5
    assert value(book, "说明首行") == "1. 本户待查:上月未月结,期初余额无法判断"


def test_rows_that_do_not_lead_to_the_closing_balance_are_not_passed_over() -> None:
    wrong = notes(one(agent("DL001", closing=5750_00)))
    assert wrong == "按明细应为5650.00,与期末余额5750.00不等,请与我公司核对"


def test_a_long_note_gets_a_row_tall_enough(tmp_path: Path) -> None:
    account = agent("DL001", verdict="待查", reasons="原因很长" * 40)
    book = printed(one(account), tmp_path)
    sheet = book[TEMPLATE]
    assert sheet.row_dimensions[value_row(book, "说明首行")].height >= 3 * 15


def test_a_long_text_goes_on_the_next_line_of_a_taller_row(tmp_path: Path) -> None:
    long = part("DL001", outlet_name="青禾家电服务部有限责任公司第二分部")
    rows = (*MARCH_OF_DL001[:-1], {**MARCH_OF_DL001[-1], "remark": "很长的备注" * 5})
    book = printed(one(rows=rows, stock=(part("DL001"), long)), tmp_path)
    sheet = book[TEMPLATE]

    def heights(first: str, count: int) -> list[float | None]:
        top = value_row(book, first)
        return [sheet.row_dimensions[top + n].height for n in range(count)]

    assert heights("配件首行", 2) == [None, 33]
    assert heights("明细首行", 5) == [None] * 4 + [48]


# --- persons --------------------------------------------------------------------------------


def test_no_phone_and_no_name_of_a_person_appears(tmp_path: Path) -> None:
    rows = (
        deposit("DL001", "2026-03-05", "收取", 1000_00,
                remark="王小明 13800138000 补交,座机0571-88001234"),
        *MARCH_OF_DL001[1:],
    )  # fmt: skip
    book = printed(one(rows=rows, people=("王小明", "王")), tmp_path)
    texts = [str(c.value) for row in book[TEMPLATE].iter_rows() for c in row if c.value]
    whole = "\n".join(texts)
    assert "王** 138****8000 补交,座机057****1234" in whole
    for secret in ("王小明", "13800138000", "88001234", "钱某某"):
        assert secret not in whole


def test_a_longer_name_is_masked_before_one_that_it_contains() -> None:
    assert Masked(["王小", "王小明"])("王小明、王小") == "王**、王*"


# --- names of files and places --------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("青禾/商贸:一部", "青禾／商贸：一部"),
        ('a\\b*c?"<>|', "a＼b＊c？＂＜＞｜"),
        ("青禾商贸. ", "青禾商贸"),
        ("换\n行\t", "换行"),
        ("nul", "_nul"),
        ("com1.x", "_com1.x"),
        ("console", "console"),
        ("长" * 300, "长" * 60),
    ],
)
def test_an_agents_name_becomes_a_name_that_windows_takes(name: str, safe: str) -> None:
    assert for_windows(name) == safe


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("青禾/商贸", "DL001_青禾／商贸_2026-03.xlsx"),
        (None, "DL001_2026-03.xlsx"),
    ],
)
def test_the_file_is_called_by_code_name_and_month(name: str | None, file: str) -> None:
    assert one(agent("DL001", name)).file_name("2026-03") == file


def test_a_template_without_a_name_is_one_clear_error(tmp_path: Path) -> None:
    book = files.open_book(BLANK)
    del book.names["回签期限"]
    with pytest.raises(BadInput, match="模板缺少名称回签期限"):
        fill_statement(book, one(), HEADING)
    book.close()


def test_the_template_has_every_name_and_no_other() -> None:
    with pytest.warns(UserWarning, match="Print area"):
        book = openpyxl.load_workbook(BLANK)
    assert set(book.defined_names) == set(NAMES)


def test_the_paper_is_a4_upright_one_page_wide_and_black_on_white() -> None:
    with pytest.warns(UserWarning, match="Print area"):
        sheet = openpyxl.load_workbook(BLANK)[TEMPLATE]
    setup = sheet.page_setup
    assert (int(setup.paperSize), setup.orientation) == (9, "portrait")
    assert (setup.fitToWidth, setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert setup.blackAndWhite, "a fax knows no fills"
    assert sheet.oddFooter.center.text == "第 &P 页 共 &N 页"
    assert sheet.oddHeader.right.text == "&F", "each page says whose it is"


def test_the_head_of_the_long_list_is_repeated_wherever_it_has_moved(tmp_path: Path) -> None:
    rows = tuple(deposit("DL001", "2026-03-05", "收取", 1, entry_no=f"{n}") for n in range(60))
    stock = tuple(part("DL001", number=f"PJ{n:03}") for n in range(60))
    book = printed(one(rows=rows, stock=stock), tmp_path)
    header = value_row(book, "配件首行") - 1
    assert book[TEMPLATE].print_title_rows == f"${header - 1}:${header}"
    assert book[TEMPLATE].cell(header, 2).value == "配件编码"


def test_a_name_that_looks_like_a_formula_stays_a_text(tmp_path: Path) -> None:
    book = printed(one(agent("DL001", "=1+1")), tmp_path)
    assert value(book, "代理商") == "DL001 =1+1"
    rows = (deposit("DL001", "2026-03-05", "收取", 650_00, remark="=1+1"),)
    assert movements(printed(one(rows=rows), tmp_path))[1][6] == "=1+1"
