"""Four flag columns into a long table, as a ratio of calamine's read of the same file."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import xlsxwriter
from python_calamine import CalamineWorkbook

from bench.fidelity.table import ABSENT, NAMES, Grid
from bench.fidelity.trials import Cost, in_child
from workbooks.generate import generate

TIMES = 3  # calamine and we: the best of so many; the others are slow, and far from the line
ONE_FILE = 1800  # seconds to wait for one of them
LEAN = 14  # columns
LINES = "≤ 1.5", "< 300 MB"
"""What is asked of ours: time against the read, memory above it."""


def entry_sheet(folder: Path, rows: int) -> Path:
    """The company's 安装单 as the sample month has it: wide, its texts in the cells."""
    generate(folder, outlets=max(64, rows // 200), installs=rows)
    return next(folder.rglob("安装单*.xlsx"))


def lean_table(folder: Path, rows: int) -> Path:
    """Half as many columns and shared texts: less to read, as much to write."""
    path = folder / "窄表.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for i in range(rows):
            sheet.write_string(i, 0, f"AZ{i:08d}")
            for j in range(1, LEAN):
                if j % 2:
                    sheet.write_number(i, j, i * j % 5000 / 100)
                else:
                    sheet.write_string(i, j, f"型号{i * j % 97}")
    return path


def measured(rows: int, versions: dict[str, str | None]) -> Grid:
    """LibreOffice is left out: it makes a document of the whole file first."""
    head = ["", "processor seconds", "× the read", "line", "peak memory above the read", "line"]
    grid = [head]
    for name, make in (("安装单", entry_sheet), ("lean table", lean_table)):
        with tempfile.TemporaryDirectory() as folder:
            grid += _on(make(Path(folder), rows), name, rows, versions)
    return grid


def _on(source: Path, name: str, rows: int, versions: dict[str, str | None]) -> Grid:
    target = source.with_name("写.xlsx")
    sheet = CalamineWorkbook.from_path(source).get_sheet_by_index(0)
    assert sheet.end is not None, "there is something in it"
    where = json.dumps({"rows": rows, "left": sheet.end[1] + 2})  # calamine counts from 0
    read = _best(TIMES, "read", "calamine", source)
    assert read is not None, "calamine must read the table"
    grid = [[f"{name}: python-calamine's read", f"{read.seconds:.2f}", "1.00", "", "", ""]]
    for tool in (tool for tool in versions if tool != "libreoffice"):
        times, lines = (TIMES, LINES) if tool == "ours" else (1, ("", ""))
        cells = [ABSENT, "", lines[0], "", lines[1]]
        if versions[tool] is not None:
            cost = _best(times, "columns", tool, source, target, where)
            cells[0] = "failed"
            if cost is not None:
                above = cost.megabytes - read.megabytes
                cells[:2] = f"{cost.seconds:.2f}", f"{cost.seconds / read.seconds:.2f}"
                cells[3] = f"{above:.0f} MB"
        grid.append([f"{name}: {NAMES[tool]}", *cells])
    return grid


def _best(times: int, job: str, tool: str, *words: str | Path) -> Cost | None:
    """Least seconds and least memory of a few runs; None where one failed."""
    costs = []
    for _ in range(times):
        cost = in_child(job, tool, *words, wait=ONE_FILE).cost
        if cost is None:
            return None
        costs.append(cost)
    return Cost(min(c.seconds for c in costs), min(c.megabytes for c in costs))
