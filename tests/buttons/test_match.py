"""匹配代理商回单 on the open workbook."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from addin import bridge
from tests.actions.agent_month import LIST, case_08, issued, write_agent_month, write_rows
from tests.buttons.conftest import OPEN, Open
from tests.desk import FakeDesk
from tests.hosts.contract.members import only_named_members

CONCLUSION, ANSWER, BY, OUR_ROW = 2, 5, 6, 19


@pytest.fixture(params=OPEN)
def ledger(request: pytest.FixtureRequest, tmp_path: Path, cases: Path) -> Iterator[Open]:
    """The parts ledger of case 08, in front; its list and another agent's have come back."""
    lines, theirs = case_08(cases)
    folder = write_agent_month(tmp_path / "月" / "2026-03", lines)
    write_rows(folder / "录入/回单/DL001.xlsx", {"三月": theirs})
    write_rows(
        folder / "录入/回单/湖滨电器行.xlsx", {"三月": [LIST, [None, "X1", "PJ9", "", 1, 1, 1]]}
    )
    path = folder / "录入/配件流水.xlsx"
    book = OPEN[request.param](path)
    yield Open(request.param, path, book)
    book.close()


def press(ledger: Open, *answers: str | None) -> tuple[str, FakeDesk]:
    desk = FakeDesk(ledger.book, answers=answers)
    with only_named_members():
        return bridge.press("matchAgent", desk), desk


def column(ledger: Open, number: int) -> list[object]:
    cells = ledger.book.sheets["匹配结果"].used_range.options(ndim=2).value
    last = [line[0] for line in cells].index("合计")
    return [line[number - 1] for line in cells[4:last]]


def test_the_list_that_was_chosen_stands_beside_the_ledger(ledger: Open) -> None:
    line, desk = press(ledger, "DL001.xlsx")
    assert line == "DL001 青禾商贸:待确认 3,有差异 1,仅我方 2,仅对方 2,已匹配 3,差额 202.00"
    assert desk.asked == ["匹配哪一家的清单?"]
    assert column(ledger, OUR_ROW)[:4] == ["3+4+5", 8.0, 10.0, 7.0]
    sheet = ledger.book.sheets["匹配结果"]
    assert sheet.range((5, OUR_ROW)).hyperlink.lstrip("#") == "'配件流水'!A3"
    assert (desk.at.sheet.name, desk.at.row) == ("匹配结果", 5)


def test_undo_takes_the_sheet_away_again(ledger: Open) -> None:
    before = ledger.state()
    press(ledger, "DL001.xlsx")
    with only_named_members():
        assert bridge.press("undo", FakeDesk(ledger.book)) == "已撤销“匹配代理商回单”"
    assert ledger.state() == before


def test_answers_in_the_sheet_count_at_the_next_press(ledger: Open) -> None:
    press(ledger, "DL001.xlsx")
    sheet = ledger.book.sheets["匹配结果"]
    sheet.range((5, ANSWER), (6, BY)).value = [["是", "张三"], ["否", "张三"]]
    before = ledger.state()
    line, _ = press(ledger, "DL001.xlsx")
    assert line == "DL001 青禾商贸:待确认 1,有差异 1,仅我方 3,仅对方 3,已匹配 4,差额 202.00"
    kept = CalamineWorkbook.from_path(ledger.masters.parent / "匹配确认.xlsx")
    assert [row[3:5] for row in kept.get_sheet_by_index(0).to_python()[1:]] == [
        ["是", "张三"], ["否", "张三"],
    ]  # fmt: skip
    with only_named_members():
        bridge.press("undo", FakeDesk(ledger.book))
    assert ledger.state() == before


def test_another_agents_list_takes_the_place_of_the_last_and_loses_no_answer(ledger: Open) -> None:
    press(ledger, "DL001.xlsx")
    ledger.book.sheets["匹配结果"].range((5, ANSWER), (5, BY)).value = ["是", "张三"]
    assert press(ledger, "湖滨电器行.xlsx")[0].startswith("WD003 湖滨电器行:待确认 0")
    assert column(ledger, CONCLUSION) == ["仅对方"]
    assert press(ledger, "DL001.xlsx")[0].startswith("DL001 青禾商贸:待确认 2")


def test_a_name_that_may_not_confirm_is_told_and_stays_in_its_cell(ledger: Open) -> None:
    press(ledger, "DL001.xlsx")
    ledger.book.sheets["匹配结果"].range((5, ANSWER), (5, BY)).value = ["是", "李四"]
    _, desk = press(ledger, "DL001.xlsx")
    assert "第5行:确认人“李四”不在签字权限,这一行没有采用" in desk.shown[0][1]
    assert (column(ledger, ANSWER)[0], column(ledger, BY)[0]) == ("是", "李四")


def test_turned_down_nothing_changes(ledger: Open) -> None:
    before = ledger.state()
    assert press(ledger, None)[0] == "匹配代理商回单:已取消,没有改动"
    assert ledger.state() == before


def test_without_a_list_the_folder_for_it_is_named(tmp_path: Path) -> None:
    folder = write_agent_month(tmp_path / "2026-03", [issued(1, 5)])
    book = OPEN["files"](folder / "录入/配件流水.xlsx")
    desk = FakeDesk(book)
    assert "“录入/回单”里没有代理商的清单" in bridge.press("matchAgent", desk)
    book.close()
