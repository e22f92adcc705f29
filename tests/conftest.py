"""What only some machines have: skipped where absent, with a reason; in CI absence is a failure."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"

hypothesis.settings.register_profile("settle", deadline=None)
hypothesis.settings.load_profile("settle")


def absent(what: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(f"{what} is absent, and CI must have it")
    pytest.skip(f"{what} is absent")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--host",
        choices=("memory", "files", "excel"),
        help="ask the host contract (tests/hosts/contract) of this host only; excel needs Windows",
    )


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("libreoffice") and shutil.which("soffice") is None:
        absent("LibreOffice")


@pytest.fixture(scope="session", autouse=True)
def state_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Log, undo and settings of this computer are never those of whoever runs the tests."""
    folder = str(tmp_path_factory.mktemp("state"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", folder)
        patch.setenv("LOCALAPPDATA", folder)
        yield


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Third-party workbooks with their index.csv; never copied into the project."""
    folder = SHARED / "corpus"
    return folder if folder.is_dir() else absent("../shared/corpus")


@pytest.fixture(scope="session")
def cases() -> Path:
    """Workbooks rebuilt from public complaints, with the outcome of each row in their README."""
    folder = SHARED / "cases"
    return folder if folder.is_dir() else absent("../shared/cases")
