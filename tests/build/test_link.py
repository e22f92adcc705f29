"""What module Link asks of xlwings' COM server, asked of that server without COM."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any
from unittest.mock import MagicMock

import pytest
import xlwings

from addin.build.addin import written

PYWIN32 = (
    "pythoncom", "pywintypes", "win32api", "win32event", "win32com", "win32com.client",
    "win32com.server", "win32com.server.dispatcher", "win32com.server.policy",
    "win32com.server.util",
)  # fmt: skip
SERVER = ("xlwings.com_server", "xlwings.udfs")


class Wrapped:
    """An object as COM carries it: nobody outside sees what is in it."""

    def __init__(self, held: Any) -> None:
        self.held = held


def unwrap(carried: Any) -> Any:
    if not isinstance(carried, Wrapped):
        raise TypeError("not ours")
    return carried.held


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """``XLPython`` of xlwings.com_server as it is, over stand-ins for pywin32."""
    if sys.platform == "win32":
        pytest.skip("the real one is there: docs/release-checklist.md")
    for name in PYWIN32:
        monkeypatch.setitem(sys.modules, name, MagicMock())
    for name in SERVER:
        monkeypatch.delitem(sys.modules, name, raising=False)
        monkeypatch.setattr(xlwings, name.rpartition(".")[2], None, raising=False)
    module = importlib.import_module("xlwings.com_server")
    util = MagicMock(wrap=Wrapped, unwrap=unwrap)
    monkeypatch.setattr(module, "serverutil", util)
    monkeypatch.setattr(module.win32com.server, "util", util)
    yield module.XLPython()
    for name in SERVER:
        sys.modules.pop(name, None)


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A module in the place of addin.bridge.excel."""
    module = ModuleType("door")
    module.answer = lambda *told: told if told[0] == "echo" else 80.0  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "door", module)
    return module


def test_link_asks_only_for_what_the_server_offers(server: Any) -> None:
    (link,) = [module.code for module in written() if module.name == "Link"]
    asked = set(re.findall(r"\bserver\.(\w+)", link))
    assert {"Module", "Call", "Var", "Tuple", "TupleFromArray"} <= asked
    assert asked <= set(server._public_methods_)


def test_arguments_arrive_one_by_one_and_rows_come_back_whole(
    server: Any, door: ModuleType
) -> None:
    bridge = server.Module("door")
    rows = ((1.0,), ("二",), (None,))
    packed = server.TupleFromArray((rows, "是"))
    facts = server.TupleFromArray((3, False, ((1, 1, 1, 3),)))
    told = server.Call(bridge, "answer", server.Tuple("echo", packed, "book", "sheet", 4, 2, facts))
    read = (3, False, ((1, 1, 1, 3),))
    assert server.Var(told) == (("echo", (rows, "是"), "book", "sheet", 4, 2, read),)
    assert server.Var(server.Call(bridge, "answer", server.Tuple("one"))) == 80.0
    assert server.Len(server.Tuple()) == 0
