"""A run that is killed while it writes damages no entry, no backup and no earlier result."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from addin.actions import close as closing
from addin.actions.reconcile import reconcile
from addin.tables.ledgers import DEPOSIT_LEDGER
from tests.actions.small_month import write_month
from tests.actions.test_account_formulas import DEPOSITS, write

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="children are forked")


@pytest.mark.parametrize(("action", "kills"), [("check", 30), ("close", 15), ("reconcile", 15)])
def test_a_killed_run_leaves_whole_files_only(
    action: str, kills: int, tmp_path: Path, root: Path
) -> None:
    month = write_month(tmp_path / "2026-03")
    wishes = closing.Wishes(progress=lambda words: None)
    if action == "reconcile":
        write(month / "录入" / "押金流水.xlsx", DEPOSIT_LEDGER, DEPOSITS)
        reconcile(month, wishes)
    else:
        closing.close(month, wishes)  # results to be replaced
    run = subprocess.run(
        [sys.executable, "-m", "tests.actions.dying", str(month), action, str(kills)],
        cwd=root, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert (run.returncode, run.stdout) == (0, f"{kills} killed\n"), run.stderr
