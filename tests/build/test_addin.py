"""结算助手.xlam is what the registry says, read back by programs that are not ours."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import olefile
import pytest
from python_calamine import CalamineWorkbook

from addin import __version__
from addin.build import addin
from addin.errors import BadInput
from addin.registry import BUTTONS, FORMULAS, Argument, Formula
from tests.build.test_ribbon import EVERYTHING
from tests.build.test_vba import Reader, each_reader

LONGEST_HELP = 255  # characters that MacroOptions takes, for a formula and for an argument


def part(name: str) -> bytes:
    with ZipFile(io.BytesIO(addin.packed())) as package:
        return package.read(name)


def rows(sheet: str) -> list[list[str]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(addin.packed())).get_sheet_by_name(
        sheet
    ).to_python()  # fmt: skip


def code(name: str) -> str:
    """A module as it is written into the project."""
    by_name = {module.name: module.code for module in addin.written()}
    by_name["Formulas"] = addin.formulas_code(FORMULAS.values())
    by_name["Keys"] = addin.keys_code(BUTTONS.values())
    return by_name[name]


# --- the file -------------------------------------------------------------------------------


def test_two_builds_have_the_same_bytes(tmp_path: Path) -> None:
    first, second = addin.build(tmp_path / "a"), addin.build(tmp_path / "新建 文件夹")
    assert first.name == second.name == "结算助手.xlam"
    assert first.read_bytes() == second.read_bytes()


def test_the_command_line_builds_it_without_the_libraries_of_developers(
    root: Path, tmp_path: Path
) -> None:
    program = (
        "import sys\n"
        "from addin.build import addin\n"
        "addin.build(__import__('pathlib').Path(sys.argv[1]))\n"
        "print(*sorted({'openpyxl', 'xlsxwriter'} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], cwd=root, capture_output=True, text=True
    )
    assert (done.stdout.strip(), done.stderr) == ("", "")
    told = subprocess.run(
        [sys.executable, "-X", "utf8", "-m", "addin.cli", "build-addin", "--out", str(tmp_path)],
        cwd=root,
        capture_output=True,
        encoding="utf-8",
    )
    made = [tmp_path / "结算助手.xlam", tmp_path / "结算助手.oxt"]
    assert told.returncode == 0 and all(map(Path.is_file, made))
    assert told.stdout.splitlines() == [f"已生成:{file}" for file in made]


def test_a_folder_that_cannot_be_written_is_told_in_chinese(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="写不进"):
        addin.build(tmp_path / "file")


@each_reader
def test_both_readers_find_every_module_as_it_was_written(read: Reader) -> None:
    found = read(part("xl/vbaProject.bin"))
    assert list(found)[:3] == ["About", "Headers", "FormulaHelp"]
    for name in (*(module.name for module in addin.written()), "Formulas", "Keys"):
        assert found[name].endswith(code(name).replace("\r\n", "\n").replace("\n", "\r\n"))


def test_nothing_hinders_a_signature() -> None:
    """A signature lies beside the project; one that is there already would be stale."""
    box = olefile.OleFileIO(part("xl/vbaProject.bin"))
    streams = {"/".join(path) for path in box.listdir()}
    assert not [name for name in streams if "_signature" in name.lower() or "SRP" in name]
    with ZipFile(io.BytesIO(addin.packed())) as package:
        assert not [name for name in package.namelist() if "signature" in name.lower()]
    project = box.openstream("PROJECT").read().decode("ascii")
    listed = re.findall(r"^(?:Module|Class|Document)=(\w+)", project, re.M)
    assert {f"VBA/{name}" for name in listed} | {"VBA/dir", "VBA/_VBA_PROJECT"} == {
        name for name in streams if name.startswith("VBA/")
    }
    assert re.search(r'^ID="\{[0-9A-F-]{36}\}"\r$', project, re.M)


# --- formulas -------------------------------------------------------------------------------


def wrapped(formula: Formula) -> str:
    text = addin.formulas_code([formula])
    return text[text.index("Public Function") :]


def test_a_wrapper_hands_over_its_arguments_and_nothing_else() -> None:
    assert wrapped(FORMULAS["SETTLE_MASK"]) == (
        "Public Function SETTLE_MASK(text As Variant, Optional kind As Variant) As Variant\n"
        "    If IsMissing(kind) Then kind = Empty\n"
        '    SETTLE_MASK = Answer("SETTLE_MASK", Array(text, kind))\n'
        "End Function\n"
    )


def test_a_formula_without_arguments_has_an_empty_list() -> None:
    nothing = replace(FORMULAS["SETTLE_RMB"], arguments=())
    assert 'Answer("SETTLE_RMB", Array())' in wrapped(nothing)


@pytest.mark.parametrize("name", ["date", "Date", "base", "answer", "name"])
def test_an_argument_never_has_a_name_that_is_taken(name: str) -> None:
    assert addin.spelt(Argument(name, "", "", False, False)) == f"{name}_"


def test_no_argument_hides_a_function_or_module_of_the_project() -> None:
    modules = [*addin.written()]
    ours = {m.name.lower() for m in modules}
    for module in modules:
        ours |= {n.lower() for n in re.findall(r"Public (?:Function|Sub) (\w+)", module.code)}
    for formula in FORMULAS.values():
        for argument in formula.arguments:
            spelt = addin.spelt(argument)
            assert re.fullmatch(r"[a-z]\w*", spelt, re.ASCII)
            assert spelt.lower() not in ours


@pytest.mark.parametrize("formula", FORMULAS.values(), ids=FORMULAS)
def test_every_formula_is_wrapped_and_told(formula: Formula) -> None:
    assert f"Public Function {formula.name}(" in code("Formulas")
    (row,) = [row for row in rows("_IntelliSense_") if row[0] == formula.name]
    _, help_, topic, *arguments = row
    assert formula.help in help_ and topic == "" and len(help_) <= LONGEST_HELP
    told = [cell for cell in arguments if cell]
    assert told == [text for a in formula.arguments for text in (a.shown, a.help)]
    for argument in formula.arguments:
        assert len(f"{argument.shown}:{argument.help}") <= LONGEST_HELP


def test_intellisense_finds_its_sheet() -> None:
    """Excel-DNA looks at the last sheet of that name, its first cell and its columns."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(addin.packed()))
    assert book.sheet_names[-1] == "_IntelliSense_"
    assert rows("_IntelliSense_")[0][:3] == ["FunctionInfo", "1.0", "结算助手"]


def test_the_file_says_what_it_is() -> None:
    assert rows("说明")[0][:2] == ["结算助手", __version__]


# --- modules written by hand ----------------------------------------------------------------

DEFINED = re.compile(r"^\s*(?:Public |Private )?(?:Sub|Function) (\w+)", re.M)
BEGINS = re.compile(r"^\s*(?:Public |Private )?(Sub|Function) ", re.M)
ENDS = re.compile(r"^End (Sub|Function)", re.M)
MODULES = [*(module.name for module in addin.written()), "Formulas", "Keys"]


@pytest.mark.parametrize("name", MODULES)
def test_every_procedure_ends_as_what_it_began(name: str) -> None:
    assert BEGINS.findall(code(name)) == ENDS.findall(code(name))


def test_no_two_modules_offer_the_same_procedure() -> None:
    offered = [n for m in MODULES for n in re.findall(r"Public (?:Sub|Function) (\w+)", code(m))]
    assert len(offered) == len({name.lower() for name in offered})


def test_only_formulas_are_offered_to_cells() -> None:
    """Excel offers the public functions of every module that is not private."""
    for name in MODULES:
        hidden = "Option Private Module" in code(name)
        assert hidden or name == "Formulas" or "Public Function" not in code(name), name


def test_what_excel_calls_by_name_is_not_hidden() -> None:
    for name in ("Buttons", "Keys", "Formulas"):
        assert "Option Private Module" not in code(name)


def test_chinese_in_quotes_becomes_an_expression() -> None:
    assert addin.in_ascii('Say "好", "ok", ""') == 'Say ChrW(22909), "ok", ""'
    assert code("Link").isascii() and "ChrW(65288)" not in code("Formulas")


def test_the_link_of_the_tests_has_what_the_formulas_call(root: Path) -> None:
    called = set(re.findall(r"= (Answer)\(", code("Formulas")))
    stand_in = (root / "tests" / "libreoffice" / "Link.bas").read_text("utf-8")
    for name in called:
        assert name in DEFINED.findall(stand_in) and name in DEFINED.findall(code("Link"))


# --- keys -----------------------------------------------------------------------------------


def test_each_key_presses_its_button_and_is_given_back() -> None:
    text = addin.keys_code(EVERYTHING)
    for key, name in (("^+j", "CheckSheet"), ("^+d", "NextIssue")):
        assert f'Application.OnKey "{key}", Macro("Key{name}")\n' in text
        assert f'Application.OnKey "{key}"\n' in text
    assert 'Public Sub KeyCheckSheet()\n    PressButton "checkSheet"\nEnd Sub' in text
    assert "later" not in text.lower()


def test_no_two_buttons_share_a_key() -> None:
    keys = [button.key.lower() for button in BUTTONS.values() if button.key]
    assert len(keys) == len(set(keys))


def test_no_formula_is_volatile() -> None:
    """A change somewhere else never calculates ours again (formulas.md §1.7)."""
    code = "".join(module.code for module in addin.written()) + addin.formulas_code(
        FORMULAS.values()
    )
    assert "Volatile" not in code
