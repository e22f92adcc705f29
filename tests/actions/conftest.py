"""What tests of actions share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.actions.small_month import write_month


@pytest.fixture
def month(tmp_path: Path) -> Path:
    return write_month(tmp_path / "2026-03")
