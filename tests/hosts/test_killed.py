"""A program killed while it saves leaves the old workbook or the new one, never a half."""

from __future__ import annotations

import multiprocessing
import os
import time
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from addin.hosts import atomic, intake
from tests.hosts import dying

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="children are forked")

BY_CALL, BY_CLOCK = 120, 80
AROUND = 12  # calls round the swap, each of which is the last once
LONGEST = 0.05  # seconds; several saves go by


@pytest.fixture(scope="module")
def forked() -> Any:
    """Children come from a server without threads that has loaded the host already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.hosts.dying"])
    return context


@pytest.fixture
def month_close(tmp_path: Path) -> Path:
    path = tmp_path / "月结.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("安装单")
        for row in range(100):
            sheet.write_row(row, 0, [f"AZ{row:03}", row, 80.5, "备注" * 20])
    return path


def assert_whole(path: Path, before: list[tuple[Any, ...]]) -> str | None:
    """The text of the edit, or None; everything else is as it was."""
    intake.inspect(path)
    sheet = openpyxl.load_workbook(path).active
    rows = [tuple(cell.value for cell in row) for row in sheet["A1:G100"]]
    assert rows == before
    text = sheet["H1"].value
    assert text is None or text in dying.TEXTS
    return text


def rows_of(path: Path) -> list[tuple[Any, ...]]:
    return [tuple(c.value for c in row) for row in openpyxl.load_workbook(path).active["A1:G100"]]


def assert_no_litter(path: Path) -> None:
    """What is left of a killed save is temporary, ignored, and gone after the next day's save."""
    left = [file for file in path.parent.iterdir() if file != path]
    assert all(file.name.startswith(atomic.PREFIX) for file in left)
    for file in left:
        os.utime(file, (0, 0))
    dying.edited(path, "甲").save()
    assert list(path.parent.iterdir()) == [path]


def moments(path: Path) -> list[tuple[str, bool, int]]:
    """Before and after each of the last calls that touch files, and at others drawn by lot."""
    old = path.read_bytes()

    def calls(files_only: bool) -> int:
        path.write_bytes(old)
        counter = dying.Counter("c_call", files_only=files_only)
        return counter.watch(dying.edited(path, "甲").save)

    total, of_any_kind = calls(files_only=True), calls(files_only=False)
    swap = [
        (event, True, total - back) for event in ("c_call", "c_return") for back in range(AROUND)
    ]
    rng = Random(1)
    drawn = [("c_call", True, rng.randint(1, total)) for _ in range(BY_CALL // 2)]
    rest = BY_CALL - len(swap) - len(drawn)
    return [*swap, *drawn, *(("c_call", False, rng.randint(1, of_any_kind)) for _ in range(rest))]


def test_killed_at_any_call_it_leaves_the_old_workbook_or_the_new_one(
    month_close: Path, forked: Any
) -> None:
    old, rows = month_close.read_bytes(), rows_of(month_close)
    outcomes = []
    for moment in moments(month_close):
        month_close.write_bytes(old)
        child = forked.Process(target=dying.save_and_die, args=(month_close, *moment))
        child.start()
        child.join()
        assert child.exitcode == -9, moment
        text = assert_whole(month_close, rows)
        assert (month_close.read_bytes() == old) == (text is None), moment
        outcomes.append(text)
    assert len(outcomes) == BY_CALL and set(outcomes) == {None, "甲"}
    assert_no_litter(month_close)


def test_killed_at_any_time_it_leaves_one_whole_state(month_close: Path, forked: Any) -> None:
    rows, rng = rows_of(month_close), Random(2)
    for _ in range(BY_CLOCK):
        ready = forked.Event()
        child = forked.Process(target=dying.save_for_ever, args=(month_close, ready))
        child.start()
        assert ready.wait(30)
        time.sleep(rng.uniform(0, LONGEST))
        child.kill()
        child.join()
        assert assert_whole(month_close, rows) in dying.TEXTS
    assert_no_litter(month_close)
