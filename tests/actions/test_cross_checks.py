"""Closing a month: its papers are held against each other, R704–R711."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from addin.actions import close as closing
from addin.actions.answer import as_json
from addin.reports import callback
from addin.tables import catalogue
from addin.tables.follow_up import FOLLOW_UP
from tests.actions.small_month import INSTALLS, install, put, write_entries, write_month

REGISTER = callback.LAYOUT.file_name("2026-03")
PAID = 400_00  # five slips of 80.00


@pytest.fixture
def month(tmp_path: Path) -> Path:
    return write_month(tmp_path / "2026-03")


def close(month: Path) -> closing.Outcome:
    return closing.close(month, closing.Wishes(progress=lambda words: None))


def said(outcome: closing.Outcome) -> list[str]:
    return [f"{f.code} {f.message}" for f in outcome.cross_checks]


def write(path: Path, headers: list[str], *lines: Mapping[str, Any]) -> None:
    path.parent.mkdir(exist_ok=True)
    book = openpyxl.Workbook()
    book.worksheets[0].title = path.stem.split("_")[0]
    put(book.worksheets[0], headers, lines)
    book.save(path)


def fill_in(month: Path, change: Callable[[str], Mapping[str, object]]) -> None:
    """Writes into the register what ``change`` says of each 单号."""
    path = month / "输出" / REGISTER
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    at = {cell.value: cell.column for cell in sheet[3]}
    for row in range(4, sheet.max_row + 1):
        slip = sheet.cell(row, at["单号"]).value
        if isinstance(slip, str) and slip.startswith("D"):
            for header, value in change(slip).items():
                sheet.cell(row, at[header]).value = value
    book.save(path)


TRUE = {"有效回访": "是", "回访结果": "属实"}


def test_a_month_without_other_papers_and_without_doubt_says_nothing(month: Path) -> None:
    outcome = close(month)
    assert outcome.cross_checks == [] and not outcome.needs_a_person


def test_rows_that_wait_are_counted_with_all_that_they_claim(month: Path) -> None:
    """R705: 待定金额 of the summary, not of the row."""
    slips = [install(1), install(2, 申报其他费=50), install(3)]
    headers = {name: None for line in slips for name in line}
    slips[0] = {**headers, **slips[0]}
    write_entries(month / INSTALLS, catalogue.INSTALL, slips)
    outcome = close(month)
    assert said(outcome) == ["R705 尚有1张待定,金额130.00,转下月"]
    (told,) = as_json(outcome)["sheet_findings"]
    assert (told["code"], told["verdict"], told["网点编码"]) == ("R705", "待查", "")
    json.dumps(told)


def test_a_sample_that_nobody_was_asked_about_is_told_once_it_lies_there(month: Path) -> None:
    close(month)
    assert said(close(month)) == ["R709 WD001应回访5已回访0", "R711 5条抽样未回访"]
    fill_in(month, lambda slip: {} if slip == "D001" else TRUE)
    assert said(close(month)) == ["R709 WD001应回访5已回访4", "R711 1条抽样未回访"]
    fill_in(month, lambda slip: TRUE)
    assert said(close(month)) == []


def test_a_slip_whose_user_denies_it_is_not_paid_in_the_same_run(month: Path) -> None:
    close(month)
    denied = {"有效回访": "是", "回访结果": "不属实", "说明": "没有人上门"}
    fill_in(month, lambda slip: denied if slip == "D002" else TRUE)
    for _ in range(2):  # the answer stays in the register, so the verdict stays
        outcome = close(month)
        row = next(row for row in as_json(outcome)["rows"] if row["单号"] == "D002")
        assert (row["verdict"], row["scope"], row["应付"]) == ("拒付", "整单", 0)
        assert row["codes"][0] == "R710" and row["reasons"].startswith("回访不属实:没有人上门")
        assert int(outcome.by_outlet["total"].sum()) == PAID - 80_00


def test_a_denial_of_a_slip_that_is_gone_is_told(month: Path) -> None:
    close(month)
    fill_in(month, lambda slip: {"回访结果": "不属实"} if slip == "D002" else TRUE)
    write_entries(month / INSTALLS, catalogue.INSTALL, [install(1), install(3)])
    notices = [str(notice) for notice in close(month).judged.notices]
    assert any("回访不属实的安装单D002不在本月单据里" in notice for notice in notices)


def test_an_answer_that_cannot_be_read_is_named_by_its_cell(month: Path) -> None:
    close(month)
    fill_in(month, lambda slip: {**TRUE, "回访结果": "还行"} if slip == "D003" else TRUE)
    outcome = close(month)
    notices = [str(notice) for notice in outcome.judged.notices]
    assert any("的回访结果“还行”无法识别" in notice and REGISTER in notice for notice in notices)
    assert "R711 1条抽样未回访" in said(outcome)


@pytest.mark.parametrize("place", ["录入", "输出"])
def test_payments_are_followed_up_where_the_sheet_lies(month: Path, place: str) -> None:
    headers = list(FOLLOW_UP.headers)
    batch = {"网点编码": "WD001", "状态": "通知", "通知日期": "2026-03-02", "通知金额": 1250}
    write(
        month / place / "结算跟进表.xlsx", headers, batch,
        {**batch, "发票日期": "2026-03-20", "发票金额": 1200, "付款金额": 1250},
    )  # fmt: skip
    outcome = close(month)
    assert said(outcome) == [
        "R706 发票1200.00与通知1250.00不符", "R707 通知31天未开票", "R708 付款1250.00≠应付1200.00"
    ]  # fmt: skip
    assert [(f.workbook, f.row, f.outlet_code) for f in outcome.cross_checks] == [
        ("结算跟进表.xlsx", row, "WD001") for row in (3, 2, 3)
    ]


def test_a_notice_alone_needs_nobody(month: Path) -> None:
    batch = {"网点编码": "WD001", "通知日期": "2026-03-02", "通知金额": 1250}
    write(month / "输出/结算跟进表.xlsx", list(FOLLOW_UP.headers), batch)
    outcome = close(month)
    assert said(outcome) == ["R707 通知31天未开票"] and not outcome.needs_a_person


def test_a_date_that_cannot_be_read_is_told_and_is_no_missing_date(month: Path) -> None:
    batch = {"网点编码": "WD001", "通知日期": "2026-03-02", "通知金额": 1250, "发票日期": "月底"}
    write(month / "输出/结算跟进表.xlsx", list(FOLLOW_UP.headers), batch)
    outcome = close(month)
    assert said(outcome) == []
    notices = [str(notice) for notice in outcome.judged.notices]
    assert any("单元格L2的发票日期“月底”无法识别" in notice for notice in notices)


def test_a_follow_up_sheet_without_a_column_that_is_needed_is_told(month: Path) -> None:
    headers = [header for header in FOLLOW_UP.headers if header != "付款金额"]
    write(month / "输出/结算跟进表.xlsx", headers, {"网点编码": "WD001"})
    notices = [str(notice) for notice in close(month).judged.notices]
    assert any("结算跟进表没有核对" in n and "付款金额" in n for n in notices)


@pytest.mark.parametrize(
    ("total", "findings"), [(400, []), (400.01, ["R704 统计表400.01≠汇总表400.00"])]
)
def test_the_statistics_end_in_the_total_of_the_summary(
    month: Path, total: float, findings: list[str]
) -> None:
    rows = ({"省份": "甲省", "费用合计": 1}, {"省份": "合计", "费用合计": total})
    write(month / "输出/安装维修费用统计表_2026-03.xlsx", ["省份", "费用合计"], *rows)
    assert said(close(month)) == findings


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([{"省份": "甲省", "费用合计": 400}], "没有全国合计行"),
        ([{"省份": "合计", "费用合计": "四百"}], "单元格B2"),
        ([{"省份": "合计"}], "单元格B2"),
    ],
)
def test_statistics_without_a_total_are_told(
    month: Path, lines: list[Mapping[str, Any]], words: str
) -> None:
    write(month / "输出/安装维修费用统计表_2026-03.xlsx", ["省份", "费用合计"], *lines)
    outcome = close(month)
    assert said(outcome) == []
    assert any(words in str(notice) for notice in outcome.judged.notices)


def test_statistics_of_another_month_are_not_this_months(month: Path) -> None:
    line = {"省份": "合计", "费用合计": 1}
    write(month / "输出/安装维修费用统计表_2026-02.xlsx", ["省份", "费用合计"], line)
    assert said(close(month)) == []
