"""What tests of actions share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.actions.small_month import write_month
from tests.hosts.contract.members import only_named_members


@pytest.fixture
def month(tmp_path: Path) -> Path:
    return write_month(tmp_path / "2026-03")


@pytest.fixture(scope="module", autouse=True)
def contract() -> Iterator[None]:
    """Actions ask xlwings for nothing that a host does not promise."""
    with only_named_members():
        yield
