"""The formula reference is what the registry says."""

from __future__ import annotations

from addin.build import reference
from addin.registry import FORMULAS


def test_the_committed_reference_is_what_the_code_makes() -> None:
    fresh = reference.text()
    assert reference.FILE.read_text("utf-8") == fresh, "run: python -m addin.build.reference"


def test_every_formula_argument_and_example_is_in_it() -> None:
    words = reference.text()
    for formula in FORMULAS.values():
        assert f"`={formula.syntax}`" in words
        for argument in formula.arguments:
            assert f"**{argument.label}**" in words and argument.help in words
        for call in formula.examples:
            assert f"`{call}`" in words
