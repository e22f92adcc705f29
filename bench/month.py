"""Ratios against named peers, in one run: ``python -m bench.month [--rows 100000]``.

Prints a table and asserts nothing: the lines to reach are in docs/performance.md.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from python_calamine import CalamineWorkbook
from rich.console import Console
from rich.table import Table

from addin.actions import load
from addin.actions.judge import judge
from addin.tables.slips import Slips, combine
from workbooks.generate import generate

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "workbooks" / "示例"


def seconds(work: Callable[[], Any], times: int = 3) -> float:
    """The best of ``times``."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def peak_of(work: Callable[[], Any]) -> int:
    """Bytes that the process grew by while it worked, at its highest (Linux)."""

    def resident() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()

    before = highest = resident()
    done = threading.Event()

    def watch() -> None:
        nonlocal highest
        while not done.wait(0.003):
            highest = max(highest, resident())

    watcher = threading.Thread(target=watch)
    watcher.start()
    work()
    done.set()
    watcher.join()
    return highest - before


def month_of(rows: int, cache: Path) -> Path:
    """A generated month of so many rows, made once."""
    folder = cache / str(rows)
    if not (folder / "真值.json").is_file():
        installs = rows * 5 // 9
        generate(folder, outlets=max(64, rows // 200), installs=installs, repairs=rows - installs)
    return folder


def calamine_read(paths: list[Path]) -> int:
    cells = 0
    for path in paths:
        book = CalamineWorkbook.from_path(path)
        for name in book.sheet_names:
            cells += len(book.get_sheet_by_name(name).to_python())
    return cells


def prepared(folder: Path) -> tuple[Callable[[], Any], Slips]:
    """A judge of the month whose tables have been read already."""
    known = load.load_masters(folder / "基础资料.xlsx")
    settings, as_of = load.settings_of(known)
    history = load.load_history(folder / "结算历史.xlsx", [])
    paths = load.entry_files(folder / "2026-03")
    month = load.month_of(paths, known, as_of, None, folder / "2026-03")
    entries = [load.open_entry(path, known) for path in paths]
    required = {
        "安装": set(settings.parameters["install_required"]),
        "维修": set(settings.parameters["repair_required"]),
    }
    slips = combine([table for entry in entries for table in entry.tables], required)
    return (lambda: judge(slips, known, history, month, settings)), slips


def python(*words: str) -> Callable[[], None]:
    return lambda: (
        subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
        and None
    )  # type: ignore[func-returns-value]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "settle-bench")
    wishes = parser.parse_args()
    table = Table("work", "ours", "peer", "seconds", "ratio", "line")

    sizes = [wishes.rows // 10, wishes.rows // 3, wishes.rows]
    taken, ours, peer, size, peak = [], 0.0, 0.0, 0, 0
    for rows in sizes:
        folder = month_of(rows, wishes.cache)
        run, slips = prepared(folder)
        ours = seconds(run, times=2)
        taken.append(ours)
        if rows == wishes.rows:
            peer = seconds(lambda f=folder: calamine_read(load.entry_files(f / "2026-03")), times=2)
            size = slips.frame.memory_usage(deep=True).sum()
            peak = size + peak_of(run)
    table.add_row(
        f"all rules and the fold, {wishes.rows:,} rows", f"{ours:.2f}", "calamine read",
        f"{peer:.2f}", f"{ours / peer:.2f}", "< 1",
    )  # fmt: skip
    slope = np.polyfit(np.log(sizes), np.log(taken), 1)[0]
    table.add_row(
        f"growth over {sizes[0]:,}–{sizes[-1]:,} rows", f"n^{slope:.2f}", "", "", "", "≤ n^1.05"
    )
    table.add_row(
        "the table and what judging it adds at most", f"{peak / 2**20:.0f} MB",
        "the table itself", f"{size / 2**20:.0f} MB", f"{peak / size:.1f}", "< 4",
    )  # fmt: skip

    files = [
        *load.entry_files(SAMPLE / "2026-03"),
        SAMPLE / "基础资料.xlsx",
        SAMPLE / "结算历史.xlsx",
    ]
    start = seconds(python("-c", "pass"))
    read = seconds(lambda: calamine_read(files))
    with tempfile.TemporaryDirectory() as out:
        close = seconds(python("-m", "addin.cli", "demo", "--out", out))
    table.add_row(
        "settle close on the sample month", f"{close:.2f}", "start + calamine read",
        f"{start + read:.2f}", f"{close / (start + read):.1f}", "≤ 3",
    )  # fmt: skip
    pandas = seconds(python("-c", "import pandas"))
    table.add_row(
        "… against start with pandas + read", f"{close:.2f}", "import pandas + read",
        f"{pandas + read:.2f}", f"{close / (pandas + read):.1f}", "",
    )  # fmt: skip
    helped = seconds(python("-m", "addin.cli", "--help"))
    table.add_row(
        "settle --help", f"{helped:.2f}", "interpreter start", f"{start:.2f}",
        f"{helped / start:.1f}", "no pandas",
    )  # fmt: skip
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
