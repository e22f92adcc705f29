"""One LibreOffice for all live tests of a worker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import absent
from tests.libreoffice.office import Office, python_with_uno, running


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    if python_with_uno() is None:
        absent("a Python with uno (python3-uno)")
    with running(tmp_path_factory.mktemp("office")) as started:
        yield started
