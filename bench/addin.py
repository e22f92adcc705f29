"""What the way from a cell to Python costs: ``python -m bench.addin``.

LibreOffice runs the generated wrappers and asks our Python, as in the live tests; Excel goes
through COM instead, which only a Windows machine can time. Prints one table and asserts nothing:
what was measured stands in docs/performance.md.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from addin.build import addin
from addin.build.vba.source import Kind, Module
from addin.build.xlam import Form
from tests.libreoffice.office import Document, running

ROOT = Path(__file__).resolve().parent.parent
PYTHON = [sys.executable, "-m", "addin.bridge.pipe"]
FORMULA = "SETTLE_PARSE_MONEY"  # little work behind it
SHEET = "说明"
SINGLE, ROWS = 1_000, 10_000
TIMES = 3
PUBLISHED = "4–13 ms (published)"  # users' reports of xlwings' own: its issues 860, 1976, 2315


def best(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    times = []
    for _ in range(TIMES):
        start = clock()
        work()
        times.append(clock() - start)
    return min(times)


def through_the_pipe(rows: list[list[float]]) -> tuple[float, float]:
    """Seconds for SINGLE calls of one cell and for one call of all rows, without LibreOffice."""
    with subprocess.Popen(
        PYTHON, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as program:
        assert program.stdin is not None and program.stdout is not None
        requests, answers = program.stdin, program.stdout

        def ask(argument: object) -> None:
            requests.write(json.dumps({"formula": FORMULA, "arguments": [argument]}) + "\n")
            requests.flush()
            assert json.loads(answers.readline())["value"]

        ask(1)  # its imports
        singles = best(lambda: [ask(row[0]) for row in rows[:SINGLE]])
        return singles, best(lambda: ask(rows))


def through_libreoffice(rows: list[list[float]]) -> tuple[float, float]:
    """The same for formulas in cells, from a change of the arguments to the results read."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bench.xlsm"
        code = (ROOT / "tests" / "libreoffice" / "Link.bas").read_text("utf-8")
        file.write_bytes(addin.packed(Form.XLSM, Module("Link", Kind.STANDARD, code)))
        with running(Path(folder)) as office, office.open(file) as book:
            book.answered_by("Settle.Link.Connect", PYTHON, ROOT)
            for row in range(1, SINGLE + 1):
                book.formula(SHEET, f"F{row}", f"={FORMULA}(E{row})")
            book.array_formula(SHEET, f"K1:K{ROWS}", f"={FORMULA}(J1:J{ROWS})")
            book.recalculate()
            singles = best(lambda: changed(book, "E", "F", rows[:SINGLE], SINGLE))
            return singles, best(lambda: changed(book, "J", "K", rows, 1))


def changed(book: Document, given: str, shown: str, rows: list[list[float]], calls: int) -> None:
    before = book.asked()
    book.write(SHEET, f"{given}1:{given}{len(rows)}", rows)
    assert book.read(SHEET, f"{shown}1:{shown}{len(rows)}") == rows
    assert book.asked() == before + calls


def main() -> None:
    rows = [[n / 100] for n in range(1, ROWS + 1)]
    built = best(addin.packed, time.process_time)
    pipe_singles, pipe_rows = through_the_pipe(rows)
    office_singles, office_rows = through_libreoffice(rows)

    table = Table(title=f"{FORMULA}, best of {TIMES}")
    for header in ("work", "ours", "peer", "theirs"):
        table.add_column(header)
    one = office_singles / SINGLE
    scalar = one * ROWS
    array = f"one array call over {ROWS:,} rows"
    table.add_row(
        "cell → wrapper → Python → cell, a call", f"{one * 1e3:.2f} ms",
        "xlwings through COM in Excel", PUBLISHED,
    )  # fmt: skip
    wrapper = one - pipe_singles / SINGLE
    table.add_row("… of which Calc, wrapper and UNO", f"{wrapper * 1e3:.2f} ms", "", "")
    table.add_row(
        array, f"{office_rows:.3f} s", f"{ROWS:,} times the call above", f"{scalar:.2f} s"
    )
    table.add_row("… a row", f"{office_rows / ROWS * 1e6:.0f} µs", "", "")
    table.add_row("… of which the formula behind the pipe", f"{pipe_rows:.3f} s", "", "")
    table.add_row("building 结算助手.xlam, processor time", f"{built * 1e3:.0f} ms", "", "")
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
