"""The extension as a file: whole, the same bytes each time, every formula and button in it."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from addin.build import oxt
from addin.errors import BadInput
from addin.registry import BUTTONS, FORMULAS

PYTHON = Path("programs") / "python"
NAME = "{http://openoffice.org/2001/registry}name"


@pytest.fixture
def package() -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(oxt.packed(PYTHON)))


def test_the_same_registry_gives_the_same_bytes() -> None:
    assert oxt.packed(PYTHON) == oxt.packed(PYTHON)


def test_every_part_is_there_and_every_xml_is_well_formed(package: zipfile.ZipFile) -> None:
    names = package.namelist()
    manifest = package.read("META-INF/manifest.xml").decode()
    assert set(re.findall(r'full-path="([^"]+)"', manifest)) <= set(names)
    for name in names:
        if name.endswith((".xml", ".xcu", ".components")):
            ElementTree.fromstring(package.read(name))
    for name in (name for name in names if name.endswith(".py")):
        compile(package.read(name), name, "exec")


def test_every_formula_has_its_type_its_help_and_its_name(package: zipfile.ZipFile) -> None:
    declared = re.findall(r"> (\w+)\(", package.read("settle.idl").decode())
    told = ElementTree.fromstring(package.read("CalcAddIns.xcu"))
    made = json.loads(package.read("settle.json"))
    assert list(made["formulas"].values()) == list(FORMULAS)
    assert declared == list(made["formulas"])
    for method, name in made["formulas"].items():
        node = next(each for each in told.iter("node") if each.get(NAME) == method)
        words = ElementTree.tostring(node, encoding="unicode")
        assert name in words and FORMULAS[name].help in words


def test_arguments_have_one_name_in_types_and_help(package: zipfile.ZipFile) -> None:
    """Calc puts help and arguments together by their names."""
    methods = dict(re.findall(r"> (\w+)\((.*)\);", package.read("settle.idl").decode()))
    told = ElementTree.fromstring(package.read("CalcAddIns.xcu"))
    for method, arguments in methods.items():
        node = next(each for each in told.iter("node") if each.get(NAME) == method)
        parameters = next(each for each in node.iter("node") if each.get(NAME) == "Parameters")
        shown = [each.get(NAME) for each in parameters.findall("node")]
        assert re.findall(r" (\w+)(?:,|$)", arguments) == ["document", *shown]


def test_identifiers_are_such_that_uno_takes_them(package: zipfile.ZipFile) -> None:
    """No underscore inside, and no word of UNOIDL."""
    words = {"any", "in", "out", "string", "long", "type", "double", "module", "sequence", "void"}
    for name in re.findall(r"(\w+)[,(]", package.read("settle.idl").decode()):
        assert re.fullmatch("[a-z][A-Za-z0-9]*", name) and name not in words


def test_a_header_row_in_the_help_means_a_range_of_cells() -> None:
    for formula in FORMULAS.values():
        for argument in formula.arguments:
            if "含表头" in argument.help:
                assert argument.label in oxt.TABLES


def test_the_menu_has_every_button_and_says_which_need_a_file(package: zipfile.ZipFile) -> None:
    menu = package.read("Addons.xcu").decode()
    assert re.findall("settle:([A-Za-z]+)", menu) == list(BUTTONS)
    made = json.loads(package.read("settle.json"))["buttons"]
    for name, button in BUTTONS.items():
        assert made[name]["file"] == bool(button.needs or button.changes)


def test_it_knows_which_python_answers(package: zipfile.ZipFile) -> None:
    made = json.loads(package.read("settle.json"))
    assert (made["python"], made["run"]) == (str(PYTHON), ["-m", "addin.bridge.pipe"])


def test_a_folder_that_cannot_be_written_is_told_in_chinese(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match=r"结算助手\.oxt写不进"):
        oxt.build(tmp_path / "file")
