"""Ratios against named peers, in one run: ``python -m bench.month [--rows N] [--big N]``.

Prints one table and asserts nothing: what was measured, and the lines, are in docs/performance.md.
"""

from __future__ import annotations

import argparse
import dataclasses
import gc
import inspect
import subprocess
import sys
import tempfile
import time
import timeit
import tracemalloc
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from python_calamine import CalamineWorkbook
from rich.console import Console
from rich.table import Table

from addin.actions import load
from addin.actions.judge import judge
from addin.facts.joined import Month
from addin.rules.settings import Settings
from addin.tables import catalogue
from addin.tables.masters import Masters
from addin.tables.slips import Slips, combine
from workbooks.generate import generate

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "workbooks" / "示例"
BASE = 10_000  # rows of the generated month that larger tables are made of
GROWTH = (1, 3, 10, 30)  # times BASE
MB = 2**20


class Read(NamedTuple):
    """A month whose tables have been read: what ``judge`` asks for, in its order."""

    slips: Slips
    masters: Masters
    history: pd.DataFrame
    month: Month
    settings: Settings


def generated(rows: int, cache: Path) -> Path:
    """The folder of a generated month of so many rows, made once."""
    folder = cache / str(rows)
    if not (folder / load.HISTORY_FILE).is_file():  # the last file that is written
        installs = rows * 5 // 9
        generate(folder, outlets=max(64, rows // 200), installs=installs, repairs=rows - installs)
    return folder


def read_month(folder: Path) -> Read:
    known = load.load_masters(folder / load.MASTERS_FILE)
    settings, as_of = load.settings_of(known)
    paths = load.entry_files(folder / "2026-03")
    entries = [load.open_entry(path, known) for path in paths]
    tables = [table for entry in entries for table in entry.tables]
    return Read(
        slips=combine(tables, settings.parameters.required),
        masters=known,
        history=load.load_history(folder / load.HISTORY_FILE, []),
        month=load.month_of(paths, known, as_of, None, folder / "2026-03"),
        settings=settings,
    )


def repeated(base: Read, times: int) -> Read:
    """The month so many times over, each time with its own outlets, slips, machines and users."""
    slips, masters = base.slips, base.masters
    installs, repairs = slips.frame.iloc[: slips.installs], slips.frame.iloc[slips.installs :]
    copies = [_renumbered(part, k) for part in (installs, repairs) for k in range(times)]
    tables = [table for table in slips.tables for _ in range(times)]
    frames = masters.frames | {
        spec.name: pd.concat([_of_outlets(masters[spec], k) for k in range(times)])
        for spec in (catalogue.OUTLETS, catalogue.STAFF)
    }
    larger = Slips(
        frame=pd.concat(copies, ignore_index=True),
        tables=tables,
        offsets=np.cumsum([0, *(len(table.rows) for table in tables[:-1])]).tolist(),
        installs=slips.installs * times,
    )
    return base._replace(slips=larger, masters=dataclasses.replace(masters, frames=frames))


def _of_outlets(frame: pd.DataFrame, k: int) -> pd.DataFrame:
    codes = (f"{code}-{k}" if code and k else code for code in frame["outlet_code"])
    return frame.assign(outlet_code=np.fromiter(codes, object))


def _renumbered(frame: pd.DataFrame, k: int) -> pd.DataFrame:
    mark = f"{k or ''}号"
    columns = {"user_address": (t and t.replace("号", mark, 1) for t in frame["user_address"])}
    for name in ("slip_no", "invoice_no"):
        columns[name] = (_moved(text, k) for text in frame[name])
    for name in ("barcodes", "user_phone"):
        columns[name] = (tuple(_moved(text, k) for text in texts) for texts in frame[name])
    renewed = {name: np.fromiter(values, object) for name, values in columns.items()}
    return _of_outlets(frame, k).assign(**renewed)


def _moved(text: str | None, k: int) -> str | None:
    """Another number of the same shape; numbers that ran on from each other still do."""
    if not text or not (tail := text[-6:]).isdigit():
        return text
    return f"{text[:-6]}{(int(tail) + k * BASE) % 10**6:06}"


def seconds(
    work: Callable[[], Any], times: int = 3, clock: Callable[[], float] = time.process_time
) -> float:
    """The best of ``times``, in seconds of this process, whatever else the machine does.

    The garbage collector works as it does for a clerk.
    """
    return min(timeit.repeat(work, "gc.enable(); gc.collect()", clock, times, 1))


def added_by(work: Callable[[], Any]) -> int:
    """Bytes allocated above the start of the work, at their highest."""
    gc.collect()
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def held(frame: pd.DataFrame) -> int:
    """Bytes of a table, a text that many cells share counted once (pandas counts every cell)."""
    once: dict[int, int] = {}
    for name in frame.select_dtypes(object):
        for cell in frame[name]:
            for item in (cell, *cell) if isinstance(cell, tuple) else (cell,):
                once[id(item)] = sys.getsizeof(item)
    return int(frame.memory_usage(index=False).sum()) + sum(once.values())


def calamine_read(paths: Sequence[Path]) -> None:
    for path in paths:
        book = CalamineWorkbook.from_path(path)
        for name in book.sheet_names:
            book.get_sheet_by_name(name).to_python()


BARE_READ = f"""from __future__ import annotations
import sys
from python_calamine import CalamineWorkbook
{inspect.getsource(calamine_read)}
calamine_read(sys.argv[1:])"""


def openpyxl_read(paths: Sequence[Path]) -> None:
    from openpyxl import load_workbook

    for path in paths:
        for sheet in load_workbook(path, read_only=True).worksheets:
            deque(sheet.values, maxlen=0)


def python(*words: str | Path) -> str:
    """Runs an interpreter to its end; what it said on stderr."""
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, cwd=ROOT)
    if done.returncode not in (0, 1) or "Traceback" in done.stderr:  # 1: a person must look
        raise SystemExit(done.stderr)
    return done.stderr


def close_sample() -> None:
    with tempfile.TemporaryDirectory() as out:
        python("-m", "addin.cli", "close", SAMPLE / "2026-03", "--out", out)


class Ratios(Table):
    """Ours against a peer, line by line."""

    def compare(
        self, work: str, ours: float, peer: str, theirs: float, line: str = "", unit: str = "s"
    ) -> None:
        shown = (f"{value:,.2f} {unit}" for value in (ours, theirs))
        self.add_row(work, next(shown), peer, next(shown), f"{ours / theirs:.2f}", line)


def rules_against_reading(ratios: Ratios, rows: int, cache: Path, openpyxl: bool) -> None:
    folder = generated(rows, cache)
    paths = load.entry_files(folder / "2026-03")
    bare = seconds(partial(calamine_read, paths))
    reading = seconds(partial(read_month, folder), times=1)
    read = read_month(folder)
    rules = seconds(partial(judge, *read))
    ratios.compare(f"rules and fold, {rows:,} rows", rules, "calamine read", bare, "< 1")
    if openpyxl:
        ratios.compare("… the same", rules, "openpyxl", seconds(partial(openpyxl_read, paths), 1))
    ratios.compare("reading and typing those rows", reading, "calamine read", bare)


def growth(ratios: Ratios, big: int, cache: Path) -> None:
    base = read_month(generated(BASE, cache))
    repeats = [*GROWTH, *([big // BASE] if big // BASE > GROWTH[-1] else [])]
    taken = []
    for times in repeats:
        read = repeated(base, times)
        taken.append(seconds(partial(judge, *read), times=3 if times <= 10 else 1))
        ratios.compare(f"all rules, {times * BASE:,} rows", taken[-1], f"{BASE:,} rows", taken[0])
    for first, sizes in ((0, "all these sizes"), (2, "100,000 rows and more")):
        exponent = np.polyfit(np.log(repeats[first:]), np.log(taken[first:]), 1)[0]
        ratios.add_row(f"growth, {sizes}", f"n^{exponent:.2f}", "", "", "", "≤ n^1.05")
    frame, added = read.slips.frame, added_by(partial(judge, *read)) / MB
    size, once = frame.memory_usage(deep=True).sum() / MB, held(frame) / MB
    ratios.compare(
        f"at most, {len(frame):,} rows", size + added, "table, memory_usage", size, "< 4", "MB"
    )
    ratios.compare("… the same", once + added, "table, texts counted once", once, "", "MB")


def commands(ratios: Ratios) -> None:
    files = [*load.entry_files(SAMPLE / "2026-03"), *SAMPLE.glob("*.xlsx")]
    waited = partial(seconds, clock=time.perf_counter)  # the work is another process's
    start = waited(lambda: python("-c", "pass"))
    bare = waited(lambda: python("-c", BARE_READ, *files))
    pandas = waited(lambda: python("-c", "import pandas"))
    close = waited(close_sample)
    ratios.compare("settle close, the sample month", close, "start + calamine read", bare, "≤ 3")
    ratios.compare("… the same", close, "start + import pandas", pandas)
    helped = waited(lambda: python("-m", "addin.cli", "--help"))
    imported = python("-X", "importtime", "-m", "addin.cli", "--help").split()
    said = "it loads pandas" if "pandas" in imported else "no pandas: met"
    ratios.compare("settle --help", helped, "interpreter start", start, said)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--big", type=int, default=0, help="one more size, such as 1000000")
    parser.add_argument("--openpyxl", action="store_true", help="a second peer, slow")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "settle-bench")
    wishes = parser.parse_args()
    ratios = Ratios("work", "ours", "peer", "theirs", "ratio", "line")
    commands(ratios)
    rules_against_reading(ratios, wishes.rows, wishes.cache, wishes.openpyxl)
    growth(ratios, wishes.big, wishes.cache)
    Console(width=120).print(ratios)


if __name__ == "__main__":
    main()
