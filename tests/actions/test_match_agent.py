"""settle match: an agent's list from its file to the sheet that the clerk decides by."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner

from addin import cli
from addin.actions import match_agent
from addin.actions.close import Wishes
from addin.actions.load import entry_files
from addin.actions.match_agent import Outcome
from addin.errors import BadInput
from tests.actions.agent_month import (
    LIST,
    Line,
    case_08,
    issued,
    write_agent_month,
    write_ledger,
    write_rows,
)

CONFIRMED = "曾确认"
Sheet = list[dict[str, Any]]


@pytest.fixture
def case(tmp_path: Path, cases: Path) -> Path:
    """The month of case 08."""
    ledger, theirs = case_08(cases)
    folder = write_agent_month(tmp_path / "2026-03", ledger)
    write_rows(folder / "录入/回单/DL001.xlsx", {"三月": theirs})
    return folder


def run(path: Path, folder: Path | None = None) -> Outcome:
    return match_agent.match_lists(path, folder, Wishes(progress=lambda words: None))


def result_file(folder: Path, agent: str = "DL001") -> Path:
    return folder / "输出" / f"匹配结果_{agent}_{folder.name}.xlsx"


def sheet(folder: Path, agent: str = "DL001") -> Sheet:
    """The lines of 匹配结果 by header."""
    _, _, _, headers, *lines = openpyxl.load_workbook(result_file(folder, agent)).active.values
    return [dict(zip(headers, line, strict=True)) for line in lines]


def answer(folder: Path, *given: tuple[int, str | None, str | None]) -> None:
    """The clerk writes 确认 and 确认人 into rows of the sheet."""
    book = openpyxl.load_workbook(result_file(folder))
    for row, said, by in given:
        book.active.cell(row, 5).value, book.active.cell(row, 6).value = said, by
    book.save(result_file(folder))


def conclusions(folder: Path, agent: str = "DL001") -> list[tuple[str, str]]:
    return [(line["结论"], line["匹配步骤"]) for line in sheet(folder, agent)[:-1]]


def month(tmp_path: Path, ledger: Sequence[Line], *theirs: Sequence[Any], **more: Any) -> Path:
    """A list of DL001 with dates, numbers, PJ001 and quantities at 60.00."""
    folder = write_agent_month(tmp_path / "2026-03", ledger, **more)
    rows = [[dt.date(2026, 3, day), no, "PJ001", None, n, 60, 60 * n] for day, no, n in theirs]
    write_rows(folder / "录入/回单/DL001.xlsx", {"三月": [LIST, *rows]})
    return folder


def listed(folder: Path, name: str, *rows: Sequence[Any]) -> Path:
    return write_rows(folder / "录入/回单" / name, {"清单": rows})


ENTRY = [dt.date(2026, 3, 5), "FH001", "PJ001", None, 1, 60, 60]


# --- case 08 --------------------------------------------------------------------------------


def test_08_the_lines_that_need_a_decision_come_first(case: Path) -> None:
    run(case)
    *lines, total = sheet(case)
    told = [
        (line["结论"], line["匹配步骤"], line["我方行号"], line["对方行号"], line["差额"])
        for line in lines
    ]
    like = "配件、数量与日期相符、候选不唯一"
    assert told == [
        ("待确认", "分笔合计", "3+4+5", 3, 0),
        ("待确认", "编号差一位", 8, 7, 0),
        ("待确认", like, 10, 9, 0),
        ("有差异", "编号相同", 7, 6, 2),
        ("仅我方", "候选不唯一", 11, None, 60),
        ("仅我方", None, 12, None, 350),
        ("仅对方", None, None, 5, -50),
        ("仅对方", None, None, 10, -160),
        ("已匹配", "编号相同", 2, 2, 0),
        ("已匹配", "编号相同", 6, 4, 0),
        ("已匹配", "编号相同", 9, 8, 0),
    ]
    sums = total["序号"], total["我方金额"], total["对方金额"], total["差额"]
    assert sums == ("合计", 1040.35, 838.35, 202)


def test_08_ours_and_theirs_stand_side_by_side_with_the_reason(case: Path) -> None:
    run(case)
    three, digit, like, differs, *_ = sheet(case)
    assert three["说明"] == "对方没有单据号;单独对不上,合计相符;我方3笔:33.35+33.35+33.35=100.05"
    assert (three["我方单据号"], three["对方单据号"]) == ("FH002-1\nFH002-2\nFH002-3", None)
    assert (three["我方配件"], three["对方配件"]) == ("PJ002 温控器", "PJ002 温控器")
    assert (three["我方日期"], three["对方日期"]) == ("2026-03-10", "2026-03-11")
    assert (digit["我方单据号"], digit["对方单据号"]) == ("FH0125", "FH0152")
    assert like["说明"].endswith("相符的不止一笔,请看原单")
    assert differs["说明"] == "金额:我方120.00,对方118.00"


def test_the_sheet_says_what_was_compared_and_offers_the_answers(case: Path) -> None:
    run(case)
    made = openpyxl.load_workbook(result_file(case)).active
    assert made["A1"].value == "匹配结果:DL001 青禾商贸,对方清单《DL001.xlsx》"
    assert made["A2"].value == (
        "对照配件流水(发放)2026-02-28至2026-03-28(清单日期前后各3天)。"
        "待确认 3,有差异 1,仅我方 2,仅对方 2,已匹配 3;差额(我方减对方)合计 202.00"
    )
    (choices,) = made.data_validations.dataValidation
    assert (choices.formula1, "E5" in choices.sqref) == ('"是,否"', True)
    assert (made.freeze_panes, made.print_title_rows) == ("A5", "$4:$4")
    assert [made.column_dimensions[c].hidden for c in "VW"] == [False, True]


def test_the_two_cells_that_are_not_the_same_are_coloured(case: Path) -> None:
    run(case)
    made = openpyxl.load_workbook(result_file(case)).active
    plain = made["G12"].fill.fgColor.rgb
    coloured = [
        cell.coordinate for row in made["G5:P8"] for cell in row if cell.fill.fgColor.rgb != plain
    ]
    assert coloured == ["G6", "H6", "O8", "P8"]
    to_fill_in = [row for row in range(5, 16) if made.cell(row, 6).fill.fgColor.rgb != plain]
    assert to_fill_in == [5, 6, 7]


# --- remembered -----------------------------------------------------------------------------


def test_yes_and_no_are_remembered_and_a_third_run_changes_no_byte(case: Path) -> None:
    run(case)
    answer(case, (5, "是", "张三"), (6, "否", "张三"))
    assert len(run(case).answers) == 2
    assert ("已匹配", CONFIRMED) in conclusions(case)
    assert "编号差一位" not in [step for _, step in conclusions(case)]
    kept = case.parent / "匹配确认.xlsx"
    before = result_file(case).read_bytes(), kept.read_bytes()
    assert run(case).answers == []
    assert (result_file(case).read_bytes(), kept.read_bytes()) == before


def test_a_person_can_read_what_is_kept(case: Path) -> None:
    run(case)
    answer(case, (6, "是", "张三"))
    run(case)
    _, line = openpyxl.load_workbook(case.parent / "匹配确认.xlsx").active.values
    assert line == (
        "DL001",
        "FH0125 | PJ004 | 水泵 | 1 | 80.00 | 80.00 | 2026-03-15",
        "FH0152 | PJ004 | 水泵 | 1 | 80.00 | 80.00 | 2026-03-15",
        "是", "张三", dt.datetime(2026, 4, 2),
    )  # fmt: skip


def test_what_was_confirmed_is_matched_next_month_as_well(case: Path) -> None:
    run(case)
    answer(case, (6, "是", "张三"))
    run(case)
    (case / "存档").mkdir()
    (case / "存档/锁定.txt").write_text("")
    april = case.parent / "2026-04"
    (april / "录入/回单").mkdir(parents=True)
    new = issued(99, 20, 流水号="PL0099")
    write_ledger(april, "配件流水", [{**new, "业务日期": dt.date(2026, 4, 2)}])
    (case / "录入/回单/DL001.xlsx").rename(april / "录入/回单/DL001.xlsx")
    outcome = run(april)
    headers = ("我方单据号", "确认", "确认人", "我方工作表")
    confirmed = [line for line in sheet(april) if line["匹配步骤"] == CONFIRMED]
    assert [tuple(line[header] for header in headers) for line in confirmed] == [
        ("FH0125", "是", "张三", "配件流水(2026-03)")
    ]
    assert not outcome.results[0].rows["link"].notna().any()  # another workbook of that name


def test_a_yes_can_be_taken_back(case: Path) -> None:
    run(case)
    answer(case, (6, "是", "张三"))
    run(case)
    row = next(n for n, (_, step) in enumerate(conclusions(case), 5) if step == CONFIRMED)
    answer(case, (row, "否", "张三"))
    run(case)
    steps = [step for _, step in conclusions(case)]
    assert CONFIRMED not in steps and "编号差一位" not in steps
    assert run(case).answers == []


def test_a_no_in_an_old_result_is_no_news(case: Path) -> None:
    run(case)
    answer(case, (6, "否", "张三"))
    old = result_file(case).read_bytes()
    run(case)
    result_file(case).write_bytes(old)
    assert run(case).answers == []


def test_a_stale_yes_of_an_old_result_does_not_come_back(case: Path) -> None:
    run(case)
    answer(case, (6, "是", "张三"))
    run(case)
    old = result_file(case).read_bytes()
    row = next(n for n, (_, step) in enumerate(conclusions(case), 5) if step == CONFIRMED)
    answer(case, (row, "否", "张三"))
    run(case)
    result_file(case).write_bytes(old)
    assert run(case).answers == []


def test_entries_that_say_the_same_are_confirmed_one_by_one(tmp_path: Path) -> None:
    ledger = [issued(1, 5, 单据号=None), issued(2, 5, 单据号=None)]
    folder = month(tmp_path, ledger, (5, None, 1), (5, None, 1))
    run(folder)
    assert conclusions(folder) == [("待确认", "配件、数量与日期相符")] * 2
    answer(folder, (5, "是", "张三"))
    run(folder)
    assert [said for said, _ in conclusions(folder)] == ["待确认", "已匹配"]
    answer(folder, (5, "是", "张三"))
    run(folder)
    assert conclusions(folder) == [("已匹配", CONFIRMED)] * 2
    assert run(folder).answers == []


@pytest.mark.parametrize(
    ("row", "said", "by", "problem"),
    [
        (6, "是", None, "没有写确认人,这一行没有采用"),
        (6, "是", "李四", "确认人“李四”不在签字权限,这一行没有采用"),
        (6, "否", "旧人", "确认人“旧人”不在签字权限,这一行没有采用"),
        (6, "也许", "张三", "确认“也许”不是是或否,这一行没有采用"),
        (8, "是", "张三", "只有“待确认”的行要确认,这一行没有采用"),
    ],
)
def test_an_answer_that_does_not_count_is_told(
    case: Path, row: int, said: str, by: str | None, problem: str
) -> None:
    run(case)
    before = conclusions(case)
    answer(case, (row, said, by))
    outcome = run(case)
    (notice,) = outcome.results[0].notices
    assert (notice.text, notice.row, outcome.answers) == (problem, row, [])
    assert conclusions(case) == before and not (case.parent / "匹配确认.xlsx").exists()


def test_content_that_somebody_has_changed_is_not_remembered(case: Path) -> None:
    run(case)
    answer(case, (6, "是", "张三"))
    book = openpyxl.load_workbook(result_file(case))
    book.active["W6"] = "FH0125"
    book.save(result_file(case))
    (notice,) = run(case).results[0].notices
    assert notice.text == "我方内容或对方内容被改过,这一行没有采用"


def test_what_is_kept_is_no_slip_workbook(tmp_path: Path) -> None:
    for name in ("安装单_2026-03.xlsx", "匹配确认.xlsx"):
        write_rows(tmp_path / name, {"安装单": [["单号"]]})
    assert [path.name for path in entry_files(tmp_path)] == ["安装单_2026-03.xlsx"]


def test_a_line_of_what_is_kept_that_makes_no_sense_stops(case: Path) -> None:
    run(case)
    answer(case, (6, "是", "张三"))
    run(case)
    book = openpyxl.load_workbook(case.parent / "匹配确认.xlsx")
    book.active["B2"] = "FH0125"
    book.save(case.parent / "匹配确认.xlsx")
    with pytest.raises(BadInput, match=r"《匹配确认.xlsx》工作表“匹配确认”第2行:这一行看不懂"):
        run(case / "录入/回单/DL001.xlsx")


# --- our side -------------------------------------------------------------------------------


def test_entries_of_ours_outside_the_days_of_the_list_are_not_missed(tmp_path: Path) -> None:
    ledger = [issued(1, 1), issued(2, 2), issued(3, 10), issued(4, 13), issued(5, 14)]
    run(folder := month(tmp_path, ledger, (5, "FH009", 2), (10, "FH003", 1)))
    ours = [line["我方单据号"] for line in sheet(folder)[:-1] if line["结论"] == "仅我方"]
    assert ours == ["FH002", "FH004"]


def test_an_entry_outside_the_days_is_found_by_its_number(tmp_path: Path) -> None:
    run(folder := month(tmp_path, [issued(1, 1), issued(2, 20)], (10, "FH001", 1)))
    assert conclusions(folder) == [("有差异", "编号相同")]
    assert sheet(folder)[0]["说明"] == "日期:我方2026-03-01,对方2026-03-10"


def test_kinds_that_the_list_does_not_speak_of_are_not_missed(tmp_path: Path) -> None:
    used = issued(2, 5, 类型="核销", 单据号=None, 维修单号="WX001", 押金单价=None)
    run(folder := month(tmp_path, [issued(1, 5), used], (5, "FH001", 1)))
    assert conclusions(folder) == [("已匹配", "编号相同")]


def test_an_exit_counts_what_its_batch_was_worth(tmp_path: Path) -> None:
    used = issued(2, 6, 类型="核销", 单据号=None, 维修单号="WX001", 押金单价=None)
    run(folder := month(tmp_path, [issued(1, 5), used], (5, "FH001", 1), (6, "WX001", 1)))
    assert [said for said, _ in conclusions(folder)] == ["已匹配", "已匹配"]
    assert [line["我方金额"] for line in sheet(folder)[:-1]] == [60, 60]


def test_what_was_sold_without_a_price_cannot_be_compared(tmp_path: Path) -> None:
    sold = issued(2, 6, 类型="保外领用", 单据号=None, 维修单号="WX001", 押金单价=None)
    run(folder := month(tmp_path, [issued(1, 5), sold], (5, "FH001", 1), (6, "WX001", 1)))
    line = sheet(folder)[0]
    assert (line["结论"], line["我方金额"]) == ("待确认", None)
    assert line["说明"] == "单据号相同;金额缺少,无法比较"


def test_the_price_list_names_parts_for_agents_who_know_no_codes(tmp_path: Path) -> None:
    folder = write_agent_month(tmp_path / "2026-03", [issued(1, 5)])
    listed(
        folder,
        "DL001.xlsx",
        ["日期", "品名", "数量", "金额"],
        [dt.date(2026, 3, 6), "电加热管", 1, 60],
    )
    run(folder)
    assert conclusions(folder) == [("待确认", "配件名称相近")]
    assert sheet(folder)[0]["我方配件"] == "PJ001 加热管"


def test_a_reversal_takes_back_what_it_reverses(tmp_path: Path) -> None:
    back = issued(2, 6, 类型="红冲", 红冲流水号="PL0001", 金额=60)
    run(folder := month(tmp_path, [issued(1, 5, 金额=60), back], (5, "FH001", 1), (6, "FH002", -1)))
    assert [line["我方金额"] for line in sheet(folder)] == [60, -60, 0]
    assert [said for said, _ in conclusions(folder)] == ["已匹配", "已匹配"]


def test_our_serial_number_will_do_where_the_agent_cites_it(tmp_path: Path) -> None:
    run(folder := month(tmp_path, [issued(1, 5)], (5, "PL0001", 1)))
    assert conclusions(folder) == [("已匹配", "编号相同")]


def test_a_row_in_no_account_is_told_and_not_compared(tmp_path: Path) -> None:
    folder = month(tmp_path, [issued(1, 5), issued(1, 5)], (5, "FH001", 1))
    (notice,) = run(folder).results[0].notices
    assert str(notice) == "《配件流水.xlsx》配件流水第3行:流水号重复,没有入账,不参加匹配"
    assert conclusions(folder) == [("已匹配", "编号相同")]


def test_other_agents_entries_are_not_ours(tmp_path: Path) -> None:
    ledger = [issued(1, 5), issued(2, 5, 网点编码="WD002"), issued(3, 5, 网点编码="WD003")]
    run(folder := month(tmp_path, ledger, (5, "FH001", 1)))
    assert conclusions(folder) == [("仅我方", None), ("已匹配", "编号相同")]


def test_a_list_of_amounts_alone_is_held_against_the_deposits(tmp_path: Path) -> None:
    taken = {"流水号": "YJ0001", "日期": dt.date(2026, 3, 5), "类型": "收取", "代理商编码": "DL001",
             "金额": 500, "依据单号": "期初"}  # fmt: skip
    deposits = [taken, {**taken, "流水号": "YJ0002", "金额": 300, "依据单号": None}]
    folder = write_agent_month(tmp_path / "2026-03", [issued(1, 5)], deposits)
    listed(folder, "DL001.xlsx", ["日期", "单据号", "金额"], [dt.date(2026, 3, 5), "YJ0002", 280])
    run(folder)
    assert sheet(folder)[0]["说明"] == "金额:我方300.00,对方280.00"
    assert sheet(folder)[0]["我方工作表"] == "押金流水"


def test_sheets_of_parts_and_of_amounts_in_one_file_are_compared_with_their_ledgers(
    tmp_path: Path,
) -> None:
    paid = {"流水号": "YJ0001", "日期": dt.date(2026, 3, 5), "类型": "收取", "代理商编码": "DL001",
            "金额": 500}  # fmt: skip
    folder = write_agent_month(tmp_path / "2026-03", [issued(1, 5)], [paid])
    money = [["日期", "单据号", "金额"], [dt.date(2026, 3, 5), "YJ0001", 500]]
    path = folder / "录入/回单/DL001.xlsx"
    write_rows(path, {"说明": [["您好"]], "配件": [LIST, ENTRY], "押金": money})
    run(folder)
    told = [(line["我方工作表"], line["对方工作表"], line["结论"]) for line in sheet(folder)[:-1]]
    assert told == [("押金流水", "押金", "已匹配"), ("配件流水", "配件", "已匹配")]


def test_a_list_without_amounts_differs_in_pieces(tmp_path: Path) -> None:
    folder = write_agent_month(tmp_path / "2026-03", [issued(1, 5)])
    listed(folder, "DL001.xlsx", ["单据号", "数量"], ["FH001", 3])
    run(folder)
    line = sheet(folder)[0]
    assert (line["说明"], line["差额"]) == ("数量:我方1,对方3", None)


# --- whose list -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "title", "agent"),
    [
        ("清单.xlsx", "代理商编码:dl001", "DL001"),
        ("清单.xlsx", "代理商:青禾商贸(DL001)", "DL001"),
        ("清单.xlsx", "代理商名称: 湖滨电器行", "WD003"),
        ("dl001三月.xlsx", "三月清单", "DL001"),
        ("青禾商贸3月回单.xlsx", "三月清单", "DL001"),
        ("DL001.xlsx", "代理商:湖滨电器行", "WD003"),
    ],
)
def test_the_list_says_whose_it_is_or_its_file_name_does(
    tmp_path: Path, name: str, title: str, agent: str
) -> None:
    folder = write_agent_month(tmp_path / "2026-03", [issued(1, 5)])
    listed(folder, name, [title], LIST, ENTRY)
    assert [result.agent_list.agent for result in run(folder).results] == [agent]


TWO = [["代理商:青禾商贸"], LIST, ENTRY, ["代理商:湖滨电器行"], LIST, ENTRY]


@pytest.mark.parametrize(
    ("name", "rows", "problem"),
    [
        ("两家.xlsx", TWO, "《两家.xlsx》工作表“清单”单元格A4:同一个文件里有两家代理商"),
        ("DL001.xlsx", [["客户", "电话"], ["张某", "138"]], "单元格A1:前30行中找不到代理商回单"),
        ("甲.xlsx", [["代理商编码:DL999"], LIST, ENTRY], "单元格A1:代理商编码“DL999”不在网点档案"),
        ("甲.xlsx", [["代理商:无名"], LIST, ENTRY], "单元格A1:代理商名称“无名”不在网点档案"),
        ("甲.xlsx", [["代理商编码:WD003"], ["代理商:青禾商贸"], LIST, ENTRY],
         "单元格A2:代理商编码和代理商名称说的不是同一家"),
        ("甲.xlsx", [LIST, ENTRY], "《甲.xlsx》:看不出是哪一家代理商的清单"),
        ("DL001和WD003.xlsx", [LIST, ENTRY], "看不出是哪一家代理商的清单"),
    ],
)  # fmt: skip
def test_a_list_that_cannot_be_taken_is_named_with_its_place(
    tmp_path: Path, name: str, rows: list[Any], problem: str
) -> None:
    folder = write_agent_month(tmp_path / "2026-03", [issued(1, 5)])
    path = listed(folder, name, *rows)
    with pytest.raises(BadInput) as told:
        run(path)
    assert problem in str(told.value)
    assert not (folder / "输出").exists()


def test_a_ledger_that_is_missing_is_named(tmp_path: Path) -> None:
    folder = write_agent_month(tmp_path / "2026-03", [issued(1, 5)])
    path = listed(folder, "DL001.xlsx", ["日期", "单据号", "金额"], [None, "YJ0001", 5])
    with pytest.raises(BadInput, match="找不到押金流水"):
        run(path)


def test_a_list_from_elsewhere_needs_its_month(case: Path, tmp_path: Path) -> None:
    away = (case / "录入/回单/DL001.xlsx").rename(tmp_path / "DL001.xlsx")
    with pytest.raises(BadInput, match=r"不知道“DL001.*哪个月的清单"):
        run(away)
    run(away, case)
    assert len(conclusions(case)) == 11


# --- the command ----------------------------------------------------------------------------


def settle(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(cli.app, ["match", *map(str, arguments)])
    return done.exit_code, done.stdout


def test_one_bad_list_does_not_hold_up_the_others(case: Path) -> None:
    listed(case, "A两家.xlsx", *TWO)
    listed(case, "湖滨电器行.xlsx", LIST, ENTRY)
    code, said = settle(case)
    assert code == cli.NEEDS_A_PERSON
    assert "DL001 青禾商贸:待确认 3,有差异 1,仅我方 2,仅对方 2,已匹配 3,差额 202.00" in said
    assert "WD003 湖滨电器行:待确认 0,有差异 0,仅我方 0,仅对方 1,已匹配 0,差额 -60.00" in said
    assert "! 《A两家.xlsx》工作表“清单”单元格A4:同一个文件里有两家代理商" in said
    assert sorted(path.name for path in (case / "输出").iterdir()) == [
        "匹配结果_DL001_2026-03.xlsx", "匹配结果_WD003_2026-03.xlsx",
    ]  # fmt: skip


def test_two_files_of_one_agent_are_not_matched_twice(case: Path) -> None:
    listed(case, "DL001补.xlsx", LIST, ENTRY)
    outcome = run(case)
    ((path, wrong),) = outcome.failed
    assert path.name == "DL001补.xlsx" and "和《DL001.xlsx》是同一家代理商DL001" in str(wrong)


def test_nothing_to_decide_is_exit_code_0(tmp_path: Path) -> None:
    assert settle(month(tmp_path, [issued(1, 5)], (5, "FH001", 1)))[0] == cli.DONE


def test_json_has_every_line_in_fen(case: Path) -> None:
    told = json.loads(settle(case, "--json")[1])
    (agent,) = told["agents"]
    assert (told["month"], agent["代理商编码"], agent["差额"]) == ("2026-03", "DL001", 20200)
    assert agent["counts"] == {"待确认": 3, "有差异": 1, "仅我方": 2, "仅对方": 2, "已匹配": 3}
    ledger = {"ledger": "配件流水", "kinds": ["发放"], "from": "2026-02-28", "to": "2026-03-28"}
    assert agent["ledgers"] == [ledger]
    assert sum(line["差额"] for line in agent["lines"]) == 20200


def test_the_lists_of_agents_are_never_written(case: Path) -> None:
    before = (case / "录入/回单/DL001.xlsx").read_bytes()
    run(case)
    answer(case, (5, "是", "张三"))
    run(case)
    assert (case / "录入/回单/DL001.xlsx").read_bytes() == before
