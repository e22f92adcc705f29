"""Every worked example in a docstring of the domain runs."""

import doctest
import importlib
import pkgutil

import pytest

import addin.domain

MODULES = [module.name for module in pkgutil.iter_modules(addin.domain.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_give_what_they_show(name: str) -> None:
    result = doctest.testmod(importlib.import_module(f"addin.domain.{name}"))
    assert result.attempted > 0, f"{name} shows no example"
    assert result.failed == 0
