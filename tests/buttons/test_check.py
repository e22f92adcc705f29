"""校验本表, 校验整本, 清除标记, 撤销 and the way from problem to problem, on the open workbook."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from addin import bridge
from addin.actions import close as closing
from addin.actions import mark
from addin.errors import BadInput
from addin.hosts import files
from addin.journal import chain
from addin.tables import catalogue
from tests.actions.small_month import install, write_entries
from tests.buttons.conftest import OPEN, Open
from tests.desk import FakeDesk
from tests.hosts import memory

CHECKS = ("checkSheet", "checkBook")
TIME = re.compile(r",[\d.]+ 秒$")


def cells(opened: Open, header: str) -> list[Any]:
    headers = opened.slips.range("A1:AZ1").value
    at = headers.index(header) + 1
    return [row[0] for row in opened.slips.range((2, at), (5, at)).options(ndim=2).value]


def log_of(opened: Open) -> list[list[str]]:
    path = chain.latest(opened.masters.parent / chain.FOLDER)
    return chain.read(path) if path else []


# --- checking -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CHECKS)
def test_each_slip_gets_its_verdict_and_the_line_counts_them(opened: Open, name: str) -> None:
    line, desk = opened.press(name)
    assert TIME.sub("", line) == "已核对 4 行:退回 1,待查 1,拒付 1"
    assert (desk.asked, desk.shown, desk.restored) == ([], [], 1)
    assert cells(opened, "核对结果") == ["提示", "拒付", "待查", "退回"]
    number = opened.slips.range("C4")
    assert number.color == mark.VERDICT_STYLES["待查"].fill


def test_the_button_and_the_command_line_write_the_same(opened: Open, tmp_path: Path) -> None:
    closing.check([opened.path], closing.Wishes(out=tmp_path / "出", progress=lambda words: None))
    opened.press("checkBook")
    copy = files.open_book(tmp_path / "出" / "安装单_2026-03_已核对.xlsx")
    theirs = Open("files", opened.path, copy).state()
    mine = opened.state()
    copy.close()
    assert {name: seen[0] for name, seen in mine.items()} == {
        name: seen[0] for name, seen in theirs.items()
    }


def test_edits_that_are_not_saved_count(opened: Open) -> None:
    opened.press("checkSheet")
    opened.slips.range("E4").value = "13800000003"
    line, _ = opened.press("checkSheet")
    assert "待查 0" in line and cells(opened, "核对结果")[2] == "提示"


@pytest.mark.parametrize("name", CHECKS)
def test_a_second_press_changes_nothing(opened: Open, name: str) -> None:
    opened.press(name)
    before = opened.state()
    opened.press(name)
    assert opened.state() == before
    opened.press("undo")
    assert "核对结果" not in opened.slips.range("A1:AZ1").value
    assert "没有可以撤销" in opened.press("undo")[0]


def test_of_two_slip_sheets_the_one_in_front_is_marked(opened: Open) -> None:
    other = opened.book.sheets.add("3月安装单", after=opened.slips)
    other.range("A1").value = opened.slips.range("A1:O5").value
    line, _ = opened.press("checkSheet")
    assert line.startswith("已核对 4 行")
    assert "核对结果" not in other.range("A1:AZ1").value
    listed = opened.book.sheets["问题清单"].used_range.value
    assert {row[9] for row in listed[1:]} == {"安装单"}
    line, _ = opened.press("checkBook")
    assert line.startswith("已核对 8 行") and "核对结果" in other.range("A1:AZ1").value


def test_more_cells_than_the_threshold_are_asked_about_once(opened: Open) -> None:
    set_parameter(opened.masters, "预览阈值", "50")
    before = opened.state()
    line, desk = opened.press("checkSheet", answers=["取消"])
    assert line == "校验本表:已取消,没有改动" and opened.state() == before
    assert len(desk.asked) == 1 and re.search(r"将改变 [\d,]+ 个单元格", desk.asked[0])
    assert opened.press("checkSheet", answers=["继续"])[0].startswith("已核对 4 行")
    assert opened.press("checkSheet")[1].asked == []


def set_parameter(masters: Path, name: str, value: str) -> None:
    book = openpyxl.load_workbook(masters)
    sheet = book["规则参数"]
    headers = [cell.value for cell in sheet[1]]
    sheet.append([{"参数名": name, "参数值": value}.get(header) for header in headers])
    book.save(masters)


# --- what stops it --------------------------------------------------------------------------


def test_a_sheet_without_slips_says_where_to_go(opened: Open) -> None:
    opened.press("checkSheet")
    opened.book.sheets["问题清单"].activate()
    desk_line = pressed_in_front(opened, "checkSheet")
    assert desk_line == "校验本表:这张表不是安装单或维修单"


def pressed_in_front(opened: Open, name: str) -> str:
    return bridge.press(name, FakeDesk(opened.book))


def test_a_book_without_slips_is_refused(opened: Open) -> None:
    opened.slips.range("A1:O1").clear_contents()
    opened.slips.name = "别的"
    opened.book.sheets["别的"].activate()
    assert "没有找到安装单或维修单工作表" in pressed_in_front(opened, "checkBook")


@pytest.mark.parametrize("name", [*CHECKS, "clearMarks", "undo"])
def test_a_locked_month_is_refused(opened: Open, name: str) -> None:
    lock = opened.path.parents[1] / "存档" / "锁定.txt"
    lock.parent.mkdir()
    lock.touch()
    line, desk = opened.press(name)
    assert line.endswith("业务月“2026-03”已锁定") and len(desk.shown) == 1


def test_each_other_reason_is_named(month: Path) -> None:
    for attribute, words in (("ReadOnly", "只读"), ("ProtectStructure", "结构有保护")):
        book = memory.open_book(month / "录入" / "安装单_2026-03.xlsx")
        setattr(book.impl.state, attribute, True)
        assert words in Open("memory", month, book).press("checkSheet")[0]
        book.close()
    book = memory.open_book(month / "录入" / "安装单_2026-03.xlsx")
    book.impl.state.pages[0].ProtectContents = True
    assert "工作表有保护" in Open("memory", month, book).press("checkSheet")[0]
    book.close()


@pytest.mark.parametrize(
    ("place", "words"),
    [("工作簿1.xlsx", "还没有保存过"), ("https://x.example/a/安装单.xlsx", "在网盘上")],
)
def test_a_workbook_that_lies_in_no_folder_is_refused(month: Path, place: str, words: str) -> None:
    book = memory.open_book(month / "录入" / "安装单_2026-03.xlsx")
    book.impl.state.path = Cloud(place) if "://" in place else Path(place)
    assert words in Open("memory", month, book).press("checkSheet")[0]
    book.close()


class Cloud:
    def __init__(self, address: str) -> None:
        self.address, self.name = address, address.rpartition("/")[2]

    def __str__(self) -> str:
        return self.address


def test_without_masters_the_clerk_is_told_where_they_belong(opened: Open) -> None:
    opened.masters.unlink()
    line, desk = opened.press("checkSheet")
    assert "找不到基础资料.xlsx" in line and "本工作簿的文件夹或上一级" in desk.shown[0][1]


# --- a transaction --------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*CHECKS, "clearMarks"])
def test_esc_at_any_step_leaves_the_book_as_it_was(month: Path, tmp_path: Path, name: str) -> None:
    for host, opening in OPEN.items():
        for esc_at in range(1, 9):
            path = month / "录入/安装单_2026-03.xlsx"
            opened = Open(host, path, opening(path))
            if name == "clearMarks":
                opened.press("checkBook")
            before = saved(opened, tmp_path / "前.xlsx")
            line, desk = opened.press(name, esc_at=esc_at)
            if len(desk.said) < esc_at:
                opened.book.close()
                break
            assert line.endswith("已取消,没有改动")
            assert saved(opened, tmp_path / "后.xlsx") == before, (host, esc_at)
            opened.book.close()
        else:
            pytest.fail("never came to its end")
        assert esc_at > 2


def saved(opened: Open, path: Path) -> Any:
    if opened.host == "memory":
        return opened.state()
    own = opened.book.impl.workbook.path
    opened.book.save(path)
    opened.book.impl.workbook.path = own
    return path.read_bytes()


@pytest.mark.parametrize("wrong", [KeyError("x"), BadInput("坏了", "请修好")])
def test_a_failure_half_way_is_rolled_back(
    opened: Open, monkeypatch: pytest.MonkeyPatch, wrong: Exception
) -> None:
    opened.press("checkSheet")
    opened.slips.range("E4").value = "13800000003"
    opened.slips.range("C5").color = (1, 2, 3)
    before = opened.state()

    def fails(*_: Any, **__: Any) -> Any:
        raise wrong

    monkeypatch.setattr(mark, "journal", fails)  # after columns and lists are written
    opened.press("checkSheet")
    assert opened.state() == before


def test_a_log_that_cannot_be_written_stops_the_action(opened: Open) -> None:
    (opened.masters.parent / chain.FOLDER).touch()
    before = opened.state()
    line, _desk = opened.press("checkSheet")
    assert line == "校验本表:处理日志写不进去,什么也没有改" and opened.state() == before
    assert "没有可以撤销" in opened.press("undo")[0]


def test_every_press_that_writes_is_in_the_log(opened: Open) -> None:
    line, _ = opened.press("checkSheet")
    opened.press("undo")
    told = [dict(zip(chain.COLUMNS, line, strict=True)) for line in log_of(opened)]
    assert [t["动作"] for t in told] == ["校验本表", "撤销"]
    assert told[0]["说明"] == line and len(told[0]["文件哈希"]) == 16
    assert list(chain.breaks(opened.masters.parent / chain.FOLDER)) == []


# --- undo -----------------------------------------------------------------------------------


def test_undo_takes_each_action_back_whole(opened: Open) -> None:
    opened.slips.range("C3").color = (255, 255, 0)
    opened.slips.range("C3").font.bold = True
    states = [opened.state()]
    for name in ("checkSheet", "clearMarks", "checkBook"):
        opened.press(name)
        states.append(opened.state())
    while len(states) > 1:
        states.pop()
        line, _ = opened.press("undo")
        assert line.startswith("已撤销“") and opened.state() == states[-1]


def test_undo_after_a_restart(opened: Open) -> None:
    before = opened.state()
    opened.press("checkSheet")
    opened.book.save()
    opened.book.close()
    opened.book = (
        files.open_book(opened.path) if opened.host == "files" else memory.open_book(opened.path)
    )
    opened.press("undo")
    assert opened.state() == before


def test_what_the_clerk_has_typed_since_stays(opened: Open) -> None:
    opened.press("checkSheet")
    opened.slips.range("S2").value = "我写的"  # 核对说明
    line, desk = opened.press("undo", answers=["不撤销"])
    assert line == "撤销:已取消,没有改动" and "单元格S2" in desk.asked[0]
    line, _ = opened.press("undo", answers=["保留这些格,撤销其余"])
    assert line == "已撤销“校验本表”,后来改过的1格没有动"
    assert opened.slips.range("S2").value == "我写的" and opened.slips.range("P2").value is None


def test_waivers_typed_into_a_new_sheet_are_not_undone_with_it(opened: Open) -> None:
    opened.press("checkSheet")
    opened.book.sheets["放行记录"].range("A2").value = "安装单_2026-03.xlsx"
    opened.press("undo", answers=["保留这些格,撤销其余"])
    assert opened.book.sheets["放行记录"].range("A2").value == "安装单_2026-03.xlsx"
    assert "问题清单" not in [sheet.name for sheet in opened.book.sheets]


def test_rows_that_have_moved_are_not_written_over(opened: Open) -> None:
    opened.press("checkSheet")
    width = opened.slips.used_range.last_cell.column
    opened.slips.range((2, 1), (2, width)).insert("down")
    before = opened.state()
    line, desk = opened.press("undo")
    assert "不能撤销" in line and "插入、删除、排序" in desk.shown[0][1]
    assert opened.state() == before


# --- clearing -------------------------------------------------------------------------------


def test_only_our_own_marks_go(opened: Open) -> None:
    opened.slips.range("C2").color = (255, 255, 0)
    before = dict(opened.state()["安装单"][0].items())
    opened.press("checkSheet")
    opened.slips.range("C2").color = (255, 255, 0)  # the clerk's again
    headers = opened.slips.range("A1:AZ1").value
    code, reason = headers.index("放行代码") + 1, headers.index("放行原因") + 1
    opened.slips.range((3, code)).value = "R101"
    opened.slips.range((3, reason)).value = "已电话核实"
    assert opened.press("clearMarks")[0].startswith("已清除")
    after = opened.state()["安装单"][0]
    more = {place: cell for place, cell in after.items() if place not in before}
    assert {cell for (row, _), cell in more.items() if row > 1} == {"R101", "已电话核实"}
    assert {cell for (row, _), cell in more.items() if row == 1} == {
        f.header for f in catalogue.WAIVER_COLUMNS
    }
    assert opened.slips.range("C2").color == (255, 255, 0)
    assert opened.slips.range("C4").color is None
    assert [sheet.name for sheet in opened.book.sheets] == ["安装单", "放行记录", "处理日志"]
    assert "没有本程序的标记" in opened.press("clearMarks")[0]


# --- from problem to problem ----------------------------------------------------------------


def test_problems_are_visited_in_the_order_of_the_sheet(opened: Open) -> None:
    opened.press("checkSheet")
    places, here = [], "A1"
    while True:
        line, desk = opened.press("nextIssue", at=here)
        if line == "后面没有问题了":
            break
        here = desk.at.address
        places.append(here)
    rows = [int(place.rpartition("$")[2]) for place in places]
    assert rows == sorted(rows) and set(rows) == {2, 3, 4, 5}, places
    line, desk = opened.press("prevIssue", at=places[1])
    assert desk.at.address == places[0] and line.startswith(f"问题 1/{len(places)}:R")
    assert opened.press("prevIssue", at="A1")[0] == "前面没有问题了"


def test_without_a_list_the_clerk_is_told_to_check_first(opened: Open) -> None:
    line, desk = opened.press("nextIssue")
    assert line == "下一个问题:还没有问题清单" and "校验本表" in desk.shown[0][1]


def test_a_clean_book_has_no_next_problem(month: Path) -> None:
    path = month / "录入/安装单_2026-03.xlsx"
    write_entries(path, catalogue.INSTALL, [install(1)])
    opened = Open("files", path, files.open_book(path))
    opened.press("checkSheet")
    assert "问题清单里没有问题" in opened.press("nextIssue")[0]
    opened.book.close()


# --- beside the workbook --------------------------------------------------------------------


def test_the_log_and_the_masters_are_opened(opened: Open) -> None:
    line, desk = opened.press("log")
    assert line == "处理日志:还没有处理日志" and desk.opened == []
    opened.press("checkSheet")
    assert opened.press("log")[1].opened == [
        chain.latest(opened.masters.resolve().parent / chain.FOLDER)
    ]
    assert [path.name for path in opened.press("settings")[1].opened] == ["基础资料.xlsx"]
