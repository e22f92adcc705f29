"""The references of formulas and buttons are what the registry says."""

from __future__ import annotations

from addin.build import reference
from addin.registry import BUTTONS, FORMULAS


def test_the_committed_reference_is_what_the_code_makes() -> None:
    for file, fresh in (
        (reference.FILE, reference.text()),
        (reference.BUTTONS_FILE, reference.buttons_text()),
    ):
        assert file.read_text("utf-8") == fresh, "run: python -m addin.build.reference"


def test_every_formula_argument_and_example_is_in_it() -> None:
    words = reference.text()
    for formula in FORMULAS.values():
        assert f"`={formula.syntax}`" in words
        for argument in formula.arguments:
            assert f"**{argument.label}**" in words and argument.help in words
        for call in formula.examples:
            assert f"`{call}`" in words


def test_every_button_is_in_it_with_its_icon() -> None:
    lines = reference.buttons_text().splitlines()
    for button in BUTTONS.values():
        (line,) = [line for line in lines if f"| **{button.label}** |" in line]
        assert button.tip in line and button.needs in line and button.changes in line
        icon = line.split(" | ")[0]
        if not button.icon.startswith("mso:"):
            picture = icon.partition("](")[2].rstrip(")")
            assert (reference.DOCS / picture).is_file()
        else:
            assert button.icon.removeprefix("mso:") in icon
