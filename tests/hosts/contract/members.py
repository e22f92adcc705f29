"""What of xlwings an action may use. A host must do all of this; nobody may ask it for more."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import xlwings.main

MEMBERS: dict[str, str] = {
    "App": "books calculate",
    "Books": "add open active [] iter",
    "Book": "activate app caller close fullname name names save set_mock_caller sheet_names sheets",
    "Sheets": "[] active add iter len",
    "Sheet": "[] activate book clear_contents copy delete index name page_setup range "
    "tables used_range visible",
    "Range": "() [] add_hyperlink add_note address clear_contents color column column_width "
    "columns copy delete font formula hyperlink insert iter last_cell merge merge_area merge_cells "
    "note number_format options row row_height rows shape sheet unmerge value wrap_text",
    "RangeRows": "count hidden iter",
    "RangeColumns": "count iter",
    "Font": "bold color",
    "Note": "delete text",
    "Names": "[] add in",
    "Name": "delete refers_to refers_to_range",
    "Tables": "[] add in iter",
    "Table": "data_body_range range resize show_autofilter",
    "PageSetup": "print_area",
}
"""By xlwings' classes; ``[]`` is an index, ``()`` a call."""

WRITTEN = {
    "__call__": "()",
    "__contains__": "in",
    "__getitem__": "[]",
    "__iter__": "iter",
    "__len__": "len",
}
ROOMS = ("addin.actions", "addin.reports", "addin.tables", "addin.hosts")
BEHIND_THE_CONTRACT = "addin.hosts.files"
HOSTS = ("addin.hosts", "addin.hosts.recording")
IN_THE_HOSTS_ROOM = ["impl", "api", "freeze_panes", "freeze_at"]
"""addin.hosts asks each engine whether it has a way of its own, and knows what to do if not."""


def named(kind: str, member: str) -> bool:
    return member in MEMBERS.get(kind, "").split()


def judged(module: str) -> bool:
    return module.startswith(ROOMS) and not module.startswith(BEHIND_THE_CONTRACT)


def _require(thing: object, member: str, module: str) -> None:
    if not judged(module) or (module in HOSTS and member in IN_THE_HOSTS_ROOM):
        return
    kind = type(thing).__name__
    assert named(kind, member), (
        f"{module} uses xlwings' {kind} {member}, which no test asks of a host: "
        "add a contract test, then name it in tests/hosts/contract/members.py"
    )


@contextmanager
def only_named_members() -> Iterator[None]:
    """While this lasts, the product's own rooms may touch no other member of xlwings' objects."""

    def get(self: object, name: str) -> Any:
        if not name.startswith("__"):
            _require(self, name, sys._getframe(1).f_globals["__name__"])
        return object.__getattribute__(self, name)

    def put(self: object, name: str, value: Any) -> None:
        _require(self, name, sys._getframe(1).f_globals["__name__"])
        object.__setattr__(self, name, value)

    def watched(plain: Any, member: str) -> Any:
        def special(self: object, *arguments: Any) -> Any:
            _require(self, member, sys._getframe(1).f_globals["__name__"])
            return plain(self, *arguments)

        return special

    with pytest.MonkeyPatch.context() as patch:
        for kind in vars(xlwings.main).values():
            if isinstance(kind, type) and kind.__module__ == "xlwings.main":
                for name, member in WRITTEN.items():
                    if name in vars(kind):
                        patch.setattr(kind, name, watched(vars(kind)[name], member))
                patch.setattr(kind, "__getattribute__", get)
                patch.setattr(kind, "__setattr__", put)
        yield
