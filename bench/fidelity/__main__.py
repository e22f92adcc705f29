"""Reruns the whole comparison: ``python -m bench.fidelity``; docs/fidelity.md keeps its table."""

from __future__ import annotations

import argparse
import platform
import re
import sys
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.fidelity import rows, table
from bench.fidelity.office import Office, office
from bench.fidelity.table import Column, Grid
from bench.fidelity.trials import TOOLS, Case, cases, trials
from bench.fidelity.trials import version as version_of

CORPUS = Path(__file__).resolve().parents[2].parent / "shared" / "corpus"
BLOCK = re.compile(r"(<!-- measured -->\n).*?(<!-- /measured -->)", re.S)


def main() -> None:
    wishes = arguments()
    unknown = set(wishes.only) - set(TOOLS)
    if unknown:
        sys.exit(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(TOOLS)}")
    versions = {tool: version_of(tool) for tool in wishes.only}
    chosen = cases(wishes.corpus, wishes.file)
    columns: dict[str, Column | None] = {}
    with office() as program:
        for tool in wishes.only:
            columns[tool] = None if versions[tool] is None else run(tool, wishes, chosen, program)
        readers = "openpyxl, calamine" + (" and LibreOffice" if program else "; no LibreOffice")
    grids = [table.table(columns, versions)]
    if wishes.rows:
        grids.append(rows.measured(wishes.rows, versions))
    for grid in grids:
        show(grid)
    if wishes.findings:
        lines = [line for column in columns.values() for line in table.findings(column or [])]
        wishes.findings.write_text("\n".join([*lines, ""]), encoding="utf-8")
    if wishes.markdown:
        heads = about(len(chosen), readers), f"Four columns into {wishes.rows:,} rows:"
        blocks = zip(heads, grids, strict=False)
        text = "\n".join(f"{head}\n\n{table.markdown(grid)}" for head, grid in blocks)
        write(wishes.markdown, text)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.fidelity", description=__doc__)
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="a folder with an index.csv")
    parser.add_argument("--file", default="*", help="only these of it, such as poi/*.xlsm")
    parser.add_argument(
        "--only", type=lambda s: s.split(","), default=list(TOOLS), help=", ".join(TOOLS)
    )
    parser.add_argument("--rows", type=int, default=100_000, help="of the long table; 0 for none")
    parser.add_argument("--findings", type=Path, help="a file for all that went wrong, by workbook")
    parser.add_argument("--markdown", type=Path, help="a page whose measured block to renew")
    return parser.parse_args()


def run(
    tool: str, wishes: argparse.Namespace, chosen: list[Case], program: Office | None
) -> Column:
    made = trials(tool, wishes.corpus, chosen, program)
    return list(track(made, tool, total=len(chosen), console=Console(stderr=True)))


def about(files: int, readers: str) -> str:
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    named = ", ".join(f"{name} {version(name)}" for name in ("python-calamine", "lxml", "xlwings"))
    return f"{files} files. {system}; {named}. Readers: {readers}."


def show(grid: Grid) -> None:
    head, *lines = grid
    shown = Table(*head)
    for line in lines:
        shown.add_row(*line)
    Console(width=160).print(shown)


def write(page: Path, text: str) -> None:
    before = page.read_text(encoding="utf-8")
    after, found = BLOCK.subn(lambda m: f"{m[1]}{text}{m[2]}", before)
    if not found:
        sys.exit(f"{page} has no block between <!-- measured --> and <!-- /measured -->")
    page.write_text(after, encoding="utf-8")


if __name__ == "__main__":
    main()
