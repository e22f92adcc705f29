"""The list of members is held: actions use no other, and the contract asks for each."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
import xlwings as xw

from tests.hosts import memory
from tests.hosts.contract.members import (
    IN_THE_HOSTS_ROOM,
    MEMBERS,
    ROOMS,
    WRITTEN,
    named,
    only_named_members,
)

CLASSES_THAT_ANNOTATE = {"Book", "Range", "Sheet"}
CONTRACT = sorted(Path(__file__).parent.glob("test_*.py"))


def test_a_running_excel_keeps_the_contract(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--host") != "excel":
        pytest.skip("a running Excel is asked by: pytest tests/hosts/contract --host excel")


def run_as(module: str, code: str, **known: Any) -> None:
    exec(code, {"__name__": module, **known})


@pytest.fixture
def sheet() -> xw.Sheet:
    memory.activate()
    return xw.Book().sheets[0]


@pytest.mark.parametrize(
    "code",
    [
        "sheet['A1'].current_region",
        "sheet['A1'].vertical_alignment = 'top'",
        "sheet['A1'].api.AutoFilter()",
        "sheet['A1'].impl",
        "sheet.freeze_panes.freeze_at('1:1')",
        "'安装单' in sheet.book.sheets",
        "sheet.book.sheets[0].charts",
    ],
)
def test_an_action_that_starts_using_another_member_fails(sheet: xw.Sheet, code: str) -> None:
    with only_named_members(), pytest.raises(AssertionError, match="no test asks of a host"):
        run_as("addin.actions.new", code, sheet=sheet)


def test_an_action_may_use_what_the_contract_names(sheet: xw.Sheet) -> None:
    code = "sheet['A1'].value = 1; cell = sheet.used_range[0, 0]; read = [c.value for c in cell]"
    with only_named_members():
        run_as("addin.actions.new", code, sheet=sheet)
    assert sheet["A1"].value == 1


def test_other_code_is_free_to_use_anything(sheet: xw.Sheet) -> None:
    with only_named_members():
        run_as("tests.new", "sheet['A1'].impl", sheet=sheet)


def test_the_list_names_members_that_xlwings_has() -> None:
    words = {word: name for name, word in WRITTEN.items()}
    unknown = [
        f"{kind}.{member}"
        for kind, members in MEMBERS.items()
        for member in members.split()
        if not hasattr(getattr(xw.main, kind), words.get(member, member))
    ]
    assert unknown == []


def test_the_contract_asks_for_every_member_it_names() -> None:
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in CONTRACT]
    asked = {
        node.attr for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute)
    }
    listed = {member for members in MEMBERS.values() for member in members.split()}
    assert sorted(listed - asked - {*WRITTEN.values()}) == []


def test_rooms_name_of_xlwings_itself_only_the_classes_they_annotate_with(root: Path) -> None:
    """No app, engine or active book: whoever calls an action hands it its book."""
    used = set()
    for room in ROOMS:
        place = root / room.replace(".", "/")
        for source in sorted(place.glob("*.py")):
            for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                    used |= {node.attr} if node.value.id in ("xw", "xlwings") else set()
    assert used == CLASSES_THAT_ANNOTATE


def test_what_the_hosts_room_asks_beyond_it_is_not_for_actions() -> None:
    assert not any(named(kind, member) for kind in MEMBERS for member in IN_THE_HOSTS_ROOM)
