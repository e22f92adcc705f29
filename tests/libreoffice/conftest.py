"""One LibreOffice for all live tests of a worker, and one that has our extension."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from addin.build import oxt
from tests.conftest import absent
from tests.libreoffice import answering
from tests.libreoffice.office import Office, python_with_uno, running


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    if python_with_uno() is None:
        absent("a Python with uno (python3-uno)")
    with running(tmp_path_factory.mktemp("office")) as started:
        yield started


@pytest.fixture(scope="session")
def calc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """With the extension 结算助手 installed, and the formulas and buttons of ``answering``."""
    if python_with_uno() is None:
        absent("a Python with uno (python3-uno)")
    folder = tmp_path_factory.mktemp("calc")
    with answering.registered():
        extension = oxt.build(folder, run=[answering.__file__])
    with running(folder, extension) as started:
        yield started
