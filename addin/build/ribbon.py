"""The ribbon tab 结算助手 and the menu of cells, as [MS-CUSTOMUI2] wants them, from the registry.

A group without buttons is left out. Every button calls ``Press`` of module Buttons, and its ``tag``
says which one it is. The menu of cells comes and goes with the add-in; ``ShowInMenu`` says on which
sheets it is seen.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import quoteattr

from addin.build.xlam import RIBBON
from addin.registry import CATEGORY, GROUPS, Button

KEYTIP = "JS"
OFFICE_ICON = "mso:"
CELL_MENUS = (
    "ContextMenuCell",
    "ContextMenuCellLayout",  # in the view Page Layout
    "ContextMenuListRange",  # in a table
    "ContextMenuListRangeLayout",
)
MODIFIERS = {"^": "Ctrl", "+": "Shift", "%": "Alt"}  # as Application.OnKey writes them


def ribbon(buttons: Iterable[Button]) -> str:
    shown = list(buttons)
    groups = "".join(
        _group(number, name, [button for button in shown if button.group == name])
        for number, name in enumerate(GROUPS)
    )
    tab = _element("tab", {"id": "settle", "label": CATEGORY, "keytip": KEYTIP}, groups)
    in_menu = [button for button in shown if button.cells_menu]
    menus = "".join(_menu(number, name, in_menu) for number, name in enumerate(CELL_MENUS))
    return _element(
        "customUI",
        {"xmlns": RIBBON, "onLoad": "RibbonLoaded"},
        _element("ribbon", {}, _element("tabs", {}, tab))
        + (_element("contextMenus", {}, menus) if in_menu else ""),
    )


def key_words(key: str) -> str:
    """A shortcut as a clerk reads it.

    >>> key_words("^+j")
    'Ctrl+Shift+J'
    """
    letters = key.lstrip("".join(MODIFIERS))
    return "+".join([*(MODIFIERS[sign] for sign in key.removesuffix(letters)), letters.upper()])


def _group(number: int, name: str, buttons: list[Button]) -> str:
    if not buttons:
        return ""
    inside = "".join(_button(button) for button in buttons)
    return _element("group", {"id": f"group{number}", "label": name}, inside)


def _button(button: Button) -> str:
    size = "large" if button.large else "normal"
    return _element("button", {"id": button.name, "size": size} | _told(button))


def _menu(number: int, name: str, buttons: list[Button]) -> str:
    """In front of Excel's own entries, apart from them by a line; on sheets of slips only."""
    first = {"insertBeforeMso": "Cut", "getVisible": "ShowInMenu"}
    entries = [
        _element("button", {"id": f"cell{number}.{button.name}"} | first | _told(button))
        for button in buttons
    ]
    line = _element("menuSeparator", {"id": f"cell{number}.line", "insertBeforeMso": "Cut"})
    return _element("contextMenu", {"idMso": name}, "".join(entries) + line)


def _told(button: Button) -> dict[str, str]:
    more = [
        f"需要:{button.needs}" if button.needs else "",
        f"会改动:{button.changes}(可撤销)" if button.writes else "不改动工作簿",
        f"快捷键:{key_words(button.key)}" if button.key else "",
    ]
    return {
        "label": button.label,
        **_icon(button.icon),
        "screentip": button.tip,
        "supertip": "\n".join(filter(None, more)),
        "tag": button.name,
        "onAction": "Press",
    }


def _icon(icon: str) -> dict[str, str]:
    if icon.startswith(OFFICE_ICON):
        return {"imageMso": icon.removeprefix(OFFICE_ICON)}
    return {"image": icon}


def _element(name: str, attributes: dict[str, str], inside: str = "") -> str:
    line_end = {"\n": "&#10;"}
    told = "".join(f" {key}={quoteattr(value, line_end)}" for key, value in attributes.items())
    return f"<{name}{told}>{inside}</{name}>" if inside else f"<{name}{told}/>"
