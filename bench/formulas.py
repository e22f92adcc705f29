"""One array call against as many calls of one cell, and the start: ``python -m bench.formulas``.

Every call crosses to another process, as it does from a spreadsheet. Prints one table and asserts
nothing: what was measured stands in docs/performance.md.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from addin.registry import EXAMPLE_RANGE

ROOT = Path(__file__).resolve().parent.parent
BOOK = ROOT / "workbooks" / "示例" / "2026-03" / "录入" / "计算.xlsx"
ROWS = 10_000
ONE_BY_ONE = {"SETTLE_CHECK": 200}  # calls that are timed; the others are timed all
HEADER, SLIP, _ = EXAMPLE_RANGE[1]

Row = Sequence[Any]
Ask = Callable[[str, Sequence[Any]], Any]


@contextmanager
def asking() -> Iterator[Ask]:
    """Our Python at the other end of a pipe, its imports done."""
    command = [sys.executable, "-m", "addin.bridge.pipe"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as program:
        requests, answers = program.stdin, program.stdout
        assert requests is not None and answers is not None

        def ask(formula: str, arguments: Sequence[Any]) -> Any:
            cell = [str(BOOK), "表", 1, 1]
            request = {"formula": formula, "arguments": arguments, "cell": cell}
            requests.write(json.dumps(request) + "\n")
            requests.flush()
            return json.loads(answers.readline())["value"]

        yield ask


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def slips(first: int = 0) -> list[Row]:
    """Slips that differ in number, machine and user from all others."""
    lines = [list(SLIP) for _ in range(ROWS)]
    for n, line in enumerate(lines, first):
        line[1], line[6] = f"AZ{n:06}", f"DR60A26{n:08}"
        line[3], line[4] = f"154{n * 7919 % 10**8:08}", f"测试路{n}号"
    return lines


def cases() -> dict[str, tuple[list[Any], Callable[[int], list[Any]]]]:
    """Of each formula the arguments of the one call, and those of the n-th single one."""
    amounts = [[n + 0.05] for n in range(ROWS)]
    lines = slips()
    return {
        "SETTLE_CHECK": ([[HEADER, *slips(ROWS)]], lambda n: [[HEADER, lines[n]]]),
        "SETTLE_STANDARD": (
            [[["二类"]] * ROWS, "电热水器", "标准安装", "2026-03-05"],
            lambda n: ["二类", "电热水器", "标准安装", "2026-03-05"],
        ),
        "SETTLE_WARRANTY_END": (
            [[["DR-60A"]] * ROWS, "2025-03-05", None, None, None],
            lambda n: ["DR-60A", "2025-03-05", None, None, None],
        ),
        "SETTLE_RMB": ([amounts], lambda n: amounts[n]),
        "SETTLE_PARSE_DATE": ([[["2026.3.5"]] * ROWS], lambda n: ["2026.3.5"]),
    }


def started(program: str) -> float:
    """The least of five starts of Python that run ``program``."""
    command = [sys.executable, "-c", program]
    return min(seconds(lambda: subprocess.run(command, check=True, cwd=ROOT)) for _ in range(5))


def main() -> None:
    table = Table(title=f"{ROWS:,} rows, every call to another process")
    for header in ("work", "one call", "single calls", "ratio"):
        table.add_column(header, justify="left" if header == "work" else "right")
    with asking() as ask:
        for name, (together, single) in cases().items():
            ask(name, single(0))
            at_once = seconds(lambda n=name, t=together: ask(n, t))  # again would be remembered
            timed = ONE_BY_ONE.get(name, ROWS)
            apart = seconds(lambda n=name, s=single, m=timed: [ask(n, s(i)) for i in range(m)])
            told = f"{apart:.2f} s" if timed == ROWS else f"{apart:.2f} s for {timed}"
            ratio = apart * ROWS / timed / at_once
            table.add_row(name, f"{at_once:.3f} s", told, f"{ratio:,.0f}")

    xlwings = started("import xlwings")
    formulas = started("import xlwings, addin.udfs")
    bridge = started("import xlwings, addin.bridge")
    first = started(
        "from addin import bridge; from addin.actions.reasons import Cell;"
        "assert bridge.answer('SETTLE_RMB', [1280], Cell())"
    )
    check = started(
        "from addin import bridge; from addin.actions.reasons import Cell;"
        f"assert bridge.answer('SETTLE_CHECK', [{[HEADER, SLIP]!r}], Cell({str(BOOK)!r}))"
    )
    table.add_section()
    table.add_row("import of xlwings", f"{xlwings:.2f} s", "", "")
    table.add_row("… and addin.udfs, beyond it", f"{formulas - xlwings:.2f} s", "", "")
    table.add_row("… and the whole bridge, beyond it", f"{bridge - xlwings:.2f} s", "", "")
    table.add_row("start to first answer, SETTLE_RMB", f"{first:.2f} s", "", "")
    table.add_row("start to first answer, SETTLE_CHECK", f"{check:.2f} s", "", "")
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
