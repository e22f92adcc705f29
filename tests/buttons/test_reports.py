"""生成汇总表, 回访抽样, 帮助, 关于: files beside the workbook in front, which itself stays."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
import xlwings

from addin import bridge
from addin.actions.opened import LOCK
from addin.actions.reasons import Cell
from addin.hosts import files
from tests.actions.small_month import REPAIRS
from tests.buttons.conftest import Open
from tests.desk import FakeDesk

SUMMARY = "产品安装维修服务费用汇总表_2026-03.xlsx"
REGISTER = "安装维修回访登记表(全国)_2026-03.xlsx"


def test_the_summary_is_made_of_all_entry_workbooks(opened: Open) -> None:
    before = opened.state()
    line, desk = opened.press("summary")
    out = opened.path.parents[1] / "输出"
    # two repair slips and two install slips at 80.00; the other two install slips are not payable
    assert line == f"已生成 {SUMMARY}:1个网点,合计320.00元"
    assert desk.opened == [out / SUMMARY]
    assert [path.name for path in out.iterdir()] == [SUMMARY]
    assert opened.state() == before


def test_the_program_of_the_workbook_stays_the_active_one(opened: Open) -> None:
    before = xlwings.engines.active
    opened.press("summary")
    assert xlwings.engines.active is before


def test_what_was_filled_into_the_register_stays(opened: Open) -> None:
    _, desk = opened.press("sample")
    (place,) = desk.opened
    assert place.name == REGISTER
    book = files.open_book(place)
    sheet = book.sheets[0]
    headers = sheet.range("A3:P3").value
    column = headers.index("回访人") + 1
    sheet.range((4, column)).value = "吴某"
    book.save(place)
    book.close()
    opened.press("sample")
    again = files.open_book(place)
    assert again.sheets[0].range((4, column)).value == "吴某"
    again.close()


@pytest.mark.parametrize("button", ["summary", "sample"])
def test_a_month_that_is_closed_gets_no_new_report(button: str, opened: Open) -> None:
    lock = opened.path.parents[1] / LOCK
    lock.parent.mkdir()
    lock.write_text("", encoding="utf-8")
    line, desk = opened.press(button)
    assert "已锁定" in line and len(desk.shown) == 1 and not desk.opened


@pytest.mark.parametrize("step", range(1, 6))
def test_esc_at_any_step_leaves_no_file(step: int, opened: Open) -> None:
    line, desk = opened.press("summary", esc_at=step)
    assert len(desk.said) == step
    assert "已取消" in line and not (opened.path.parents[1] / "输出").exists()


def test_a_damaged_workbook_of_the_month_is_named(opened: Open) -> None:
    (opened.path.parents[1] / REPAIRS).write_bytes(b"no workbook")
    _, desk = opened.press("summary")
    assert "维修单_2026-03.xlsx" in desk.shown[0][1]


def test_the_handbook_opens_as_a_page_that_finds_its_pictures(root: Path) -> None:
    desk = FakeDesk()
    assert bridge.press("help", desk) == "已打开用户手册"
    (page,) = desk.opened
    text = page.read_text(encoding="utf-8")
    assert text.count("<h2>") >= 10 and "<table>" in text
    assert (root / "docs").as_uri() in text and 'src="pictures/' in text


def test_about_tells_the_age_of_the_masters_beside_the_workbook(opened: Open) -> None:
    _, desk = opened.press("about")
    assert "基础资料时间:20" in desk.shown[0][1]


@pytest.mark.parametrize("unsaved", ["工作簿1", "https://x.example/共享/a.xlsx"])
def test_a_workbook_in_no_folder_uses_the_masters_that_were_settled(
    unsaved: str, opened: Open
) -> None:
    desk = FakeDesk(SimpleNamespace(fullname=unsaved, name="工作簿1"))
    cell = Cell(unsaved, "表", 1, 1)
    asked = ["二类", 20, "2026-03-05"]
    assert "按“设置”写明" in bridge.answer("SETTLE_TRAVEL", asked, cell).reason
    desk.answers = [f'"{opened.masters}"']
    assert bridge.press("settings", desk) == f"设置:没有存盘的工作簿用 {opened.masters}"
    assert bridge.answer("SETTLE_TRAVEL", asked, cell) == 7.5
    desk.answers = [None]
    assert "没有改动" in bridge.press("settings", desk)


def test_a_path_that_leads_nowhere_is_refused(opened: Open) -> None:
    desk = FakeDesk(SimpleNamespace(fullname="工作簿1", name="工作簿1"))
    desk.answers = [str(opened.path)]
    assert "不是基础资料.xlsx" in bridge.press("settings", desk)
