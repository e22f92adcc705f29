"""Whatever happens behind the door, a cell gets a value or an error, a clerk a Chinese sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from addin import bridge, log
from addin.actions import known, reasons
from addin.actions.reasons import Cell
from addin.cells import NA, NAME, REF, VALUE, CellError
from addin.desk import Cancelled
from addin.errors import BadInput
from addin.registry import BUTTONS, FORMULAS, GROUPS
from tests.desk import FakeDesk


@pytest.fixture(autouse=True)
def own_log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    monkeypatch.setattr(log, "path", lambda: tmp_path / "settle.log")
    known.forget()
    yield tmp_path / "settle.log"
    known.forget()


@pytest.fixture
def sample(root: Path) -> str:
    return str(root / "workbooks" / "示例" / "2026-03" / "工作簿.xlsx")


# --- formulas -------------------------------------------------------------------------------


def test_a_formula_is_answered_with_the_masters_beside_its_workbook(sample: str) -> None:
    arguments = ["二类", 20, "2026-03-05"]
    assert bridge.answer("SETTLE_TRAVEL", arguments, Cell(sample, "表", 1, 1)) == 7.5


@pytest.mark.parametrize("book", ["", "工作簿1", "https://x.example/共享/a.xlsx"])
def test_a_workbook_that_lies_in_no_folder_has_no_masters(book: str) -> None:
    found = bridge.answer("SETTLE_TRAVEL", ["二类", 20, "2026-03-05"], Cell(book, "表", 1, 1))
    assert (found.kind, "找不到基础资料" in found.reason) == (NA, True)


def test_missing_arguments_at_the_end_take_their_defaults(sample: str) -> None:
    assert bridge.answer("SETTLE_MASK", ["13800138000", None], Cell()) == "138****8000"
    assert bridge.answer("SETTLE_RMB", [None], Cell()) == ""


def test_an_unknown_formula_says_that_the_installation_is_old() -> None:
    assert bridge.answer("SETTLE_NEW", [], Cell()).kind == NAME


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (CellError(NA, "没有"), NA),
        (BadInput("坏了", "请修好"), REF),
        (ZeroDivisionError("division"), VALUE),
    ],
)
def test_no_error_leaves_the_door_as_a_traceback(
    raised: Exception, kind: str, monkeypatch: pytest.MonkeyPatch, own_log: Path
) -> None:
    def fails(*_: Any) -> Any:
        raise raised

    monkeypatch.setitem(FORMULAS, "SETTLE_RMB", replace(FORMULAS["SETTLE_RMB"], call=fails))
    found = bridge.answer("SETTLE_RMB", [1], Cell("a.xlsx", "表", 2, 3))
    assert found.kind == kind and "Traceback" not in found.reason
    assert own_log.is_file() == isinstance(raised, ZeroDivisionError)


def test_the_reason_of_each_cell_is_kept_until_the_formula_is_right_again() -> None:
    formula = Cell("a.xlsx", "表", 5, 2)
    bridge.answer("SETTLE_RMB", [[[1], ["多少"], [3]]], formula)
    assert reasons.recall(Cell("a.xlsx", "表", 5, 2)) is None
    told = reasons.recall(Cell("a.xlsx", "表", 6, 2))
    assert told is not None and told.reason == "“多少”不是金额"
    assert reasons.recall(Cell("a.xlsx", "别的表", 6, 2)) is None
    bridge.answer("SETTLE_RMB", [[[1], [2], [3]]], formula)
    assert reasons.recall(Cell("a.xlsx", "表", 6, 2)) is None


def test_a_storm_of_calculations_keeps_a_bounded_number_of_reasons() -> None:
    for row in range(reasons.MOST_CELLS + 50):
        reasons.remember(Cell("a.xlsx", "表", row + 1, 1), CellError(NA, f"{row}"))
    assert len(reasons._kept) == reasons.MOST_CELLS
    assert reasons.recall(Cell("a.xlsx", "表", 1, 1)) is None


# --- buttons --------------------------------------------------------------------------------


def pressed(call: Callable[[Any], str], monkeypatch: pytest.MonkeyPatch) -> tuple[str, FakeDesk]:
    desk = FakeDesk()
    monkeypatch.setitem(BUTTONS, "about", replace(BUTTONS["about"], call=call))
    return bridge.press("about", desk), desk


def test_a_button_ends_in_one_line_and_everything_restored(monkeypatch: pytest.MonkeyPatch) -> None:
    line, desk = pressed(lambda desk: "好了", monkeypatch)
    assert (line, desk.restored, desk.shown) == ("好了", 1, [])


@pytest.mark.parametrize(
    ("raised", "line", "dialogs"),
    [
        (Cancelled(), "关于:已取消,没有改动", 0),
        (BadInput("工作表有保护", "请先撤销保护"), "关于:工作表有保护", 1),
        (KeyError("x"), "关于:没有完成", 1),
    ],
)
def test_a_failure_is_one_dialog_at_most_and_everything_restored(
    raised: Exception, line: str, dialogs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(desk: Any) -> str:
        raise raised

    found, desk = pressed(fails, monkeypatch)
    assert (found, desk.restored, len(desk.shown)) == (line, 1, dialogs)
    assert "Traceback" not in str(desk.shown)


def test_an_unknown_button_says_that_the_installation_is_old() -> None:
    assert "重新安装" in bridge.press("newButton", FakeDesk())


def test_about_tells_all_versions_also_without_masters() -> None:
    desk = FakeDesk()
    assert bridge.press("about", desk).startswith("结算助手 ")
    assert "找不到基础资料" in desk.shown[0][1]


def test_every_button_is_told_in_full() -> None:
    labels = [button.label for button in BUTTONS.values()]
    keys = [button.key for button in BUTTONS.values() if button.key]
    assert len(set(labels)) == len(labels) and len(set(keys)) == len(keys)
    for button in BUTTONS.values():
        assert button.tip and button.group in GROUPS and button.icon and button.call.__doc__
