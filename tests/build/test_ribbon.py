"""The ribbon keeps to Microsoft's schema and shows what the registry holds, no more.

``ALLOWED`` is read from [MS-CUSTOMUI2] 2.2 and its customui14.xsd, as far as we use it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from addin import macros
from addin.build.addin import written
from addin.build.icons import icons
from addin.build.ribbon import CELL_MENUS, key_words, ribbon
from addin.build.xlam import RIBBON
from addin.registry import BUTTONS, GROUPS, Button

assert macros.__doc__  # importing it fills the registry

CONTROL = {"id", "tag", "label", "image", "imageMso", "screentip", "supertip", "onAction"}
CONTROL |= {"insertBeforeMso", "keytip"}
# element within its parent: the children in their order, the attributes
ALLOWED = {
    "customUI": (["ribbon", "contextMenus"], {"onLoad"}),
    "ribbon": (["tabs"], set()),
    "tabs": (["tab"], set()),
    "tab": (["group"], {"id", "label", "keytip"}),
    "group": (["button"], {"id", "label"}),
    "group/button": ([], CONTROL | {"size"}),
    "contextMenus": (["contextMenu"], set()),
    "contextMenu": (["button", "menuSeparator"], {"idMso"}),
    "contextMenu/button": ([], CONTROL | {"getVisible"}),
    "contextMenu/menuSeparator": ([], {"id", "insertBeforeMso"}),
}
LONGEST = {"keytip": 3}
LONGEST_STRING = 1024

# imageMso that formulas.md §3 has found in Microsoft's list
OFFICE_ICONS = """
    ReviewTrackChanges TableExcelSelect Clear AcceptInvitation Undo RefreshAll TableInsert
    AutoSum ChartInsert SortDialog HappyFace HighImportance FilePrintPreview FileSendAsAttachment
    CalculateNow Help
"""


def button(name: str, **changes: object) -> Button:
    plain = Button(name, "标签", "提示", "核对", "mso:Help", False, "", False, "", "", lambda _: "")
    return replace(plain, **changes)  # type: ignore[arg-type]


EVERYTHING = [
    button("later", group="查询", icon="explain", large=True),
    button("checkSheet", label="校验本表", large=True, key="^+j", cells_menu=True,
           needs="安装单或维修单的表头", changes="核对列、颜色、问题清单"),
    button("nextIssue", label='上 & "下" <问题>', cells_menu=True, key="^+d"),
]  # fmt: skip


def parsed(buttons: list[Button]) -> Element:
    return ElementTree.fromstring(ribbon(buttons))


def named(element: Element) -> str:
    return element.tag.removeprefix(f"{{{RIBBON}}}")


def faults(element: Element, within: str = "") -> list[str]:
    """Where ``element`` and what it holds leave the schema."""
    name = named(element)
    children, attributes = ALLOWED.get(f"{within}/{name}") or ALLOWED[name]
    held = [named(child) for child in element]
    found = [f"{name} holds {child}" for child in held if child not in children]
    if not found and held != sorted(held, key=children.index):
        found.append(f"{name} holds {held} in a wrong order")
    found += [f"{name} has {key}" for key in element.attrib.keys() - attributes]
    for key, value in element.attrib.items():
        if not 1 <= len(value) <= LONGEST.get(key, LONGEST_STRING):
            found.append(f"{name} has {key}={value!r}")
        if key in ("id", "idMso", "imageMso") and not re.fullmatch(r"[A-Za-z_][\w.-]*", value):
            found.append(f"{name} has {key}={value!r}")
    if {"image", "imageMso"} <= element.attrib.keys():
        found.append(f"{name} has two images")
    return found + [fault for child in element for fault in faults(child, name)]


RIBBONS = {
    "as it is": list(BUTTONS.values()),
    "with everything": EVERYTHING,
    "one button": [button("only")],
}


@pytest.mark.parametrize("buttons", RIBBONS.values(), ids=RIBBONS)
def test_the_ribbon_keeps_to_the_schema(buttons: list[Button]) -> None:
    assert faults(parsed(buttons)) == []


@pytest.mark.parametrize("buttons", RIBBONS.values(), ids=RIBBONS)
def test_every_id_is_there_once(buttons: list[Button]) -> None:
    ids = [element.attrib["id"] for element in parsed(buttons).iter() if "id" in element.attrib]
    assert len(ids) == len(set(ids))


def test_the_check_of_the_schema_sees_what_is_wrong() -> None:
    wrong = f'<customUI xmlns="{RIBBON}"><contextMenus/><ribbon colour="1"/></customUI>'
    assert faults(ElementTree.fromstring(wrong)) == [
        "customUI holds ['contextMenus', 'ribbon'] in a wrong order",
        "ribbon has colour",
    ]


def test_groups_stand_in_their_order_and_empty_ones_are_left_out() -> None:
    (tab,) = parsed(EVERYTHING).iter(f"{{{RIBBON}}}tab")
    assert (tab.attrib["label"], tab.attrib["keytip"]) == ("结算助手", "JS")
    assert [group.attrib["label"] for group in tab] == ["核对", "查询"]
    assert [b.attrib["tag"] for b in tab[0]] == ["checkSheet", "nextIssue"]


def test_a_button_says_what_it_needs_what_it_changes_and_its_key() -> None:
    check = next(e for e in parsed(EVERYTHING).iter() if e.attrib.get("id") == "checkSheet")
    assert check.attrib["supertip"].split("\n") == [
        "需要:安装单或维修单的表头",
        "会改动:核对列、颜色、问题清单(可撤销)",
        "快捷键:Ctrl+Shift+J",
    ]
    assert (check.attrib["size"], check.attrib["onAction"]) == ("large", "Press")


def test_every_callback_is_a_procedure_that_takes_what_office_hands_over() -> None:
    takes = {
        "onLoad": "shown As IRibbonUI",
        "onAction": "control As IRibbonControl",
        "getVisible": "control As IRibbonControl, ByRef visible As Variant",
    }
    (buttons,) = [module.code for module in written() if module.name == "Buttons"]
    called = {(k, v) for e in parsed(EVERYTHING).iter() for k, v in e.attrib.items() if k in takes}
    assert {kind for kind, _ in called} == takes.keys()
    for kind, procedure in called:
        assert f"Public Sub {procedure}({takes[kind]})" in buttons


def test_text_with_signs_of_xml_comes_back() -> None:
    labels = {e.attrib.get("tag"): e.attrib.get("label") for e in parsed(EVERYTHING).iter()}
    assert labels["nextIssue"] == '上 & "下" <问题>'


def test_the_menu_of_cells_holds_its_buttons_in_every_view() -> None:
    menus = list(parsed(EVERYTHING).iter(f"{{{RIBBON}}}contextMenu"))
    assert [menu.attrib["idMso"] for menu in menus] == list(CELL_MENUS)
    for menu in menus:
        assert [e.attrib.get("tag") for e in menu] == ["checkSheet", "nextIssue", None]
    assert not list(parsed([button("only")]).iter(f"{{{RIBBON}}}contextMenus"))


@pytest.mark.parametrize("shown", BUTTONS.values(), ids=BUTTONS)
def test_every_button_is_in_the_tab_with_an_icon_that_exists(shown: Button) -> None:
    (found,) = [e for e in parsed(list(BUTTONS.values())).iter() if e.get("id") == shown.name]
    assert shown.group in GROUPS and found.attrib["screentip"] == shown.tip
    assert found.get("image") in icons() or found.get("imageMso") in OFFICE_ICONS.split()


@pytest.mark.parametrize(
    ("key", "words"), [("^+j", "Ctrl+Shift+J"), ("%{F9}", "Alt+{F9}"), ("^Q", "Ctrl+Q")]
)
def test_a_key_is_told_in_words(key: str, words: str) -> None:
    assert key_words(key) == words
