"""Reruns the whole comparison: ``python -m bench.fidelity``; docs/fidelity.md keeps its table."""

from __future__ import annotations

import argparse
import platform
import re
import sys
from datetime import date
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
BLOCK = r"(<!-- {0} -->\n).*?(<!-- /{0} -->)"
"""What a page shows of a table, by its name."""


def main() -> None:
    wishes = arguments()
    unknown = set(wishes.only) - set(TOOLS)
    if unknown:
        sys.exit(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(TOOLS)}")
    versions = {tool: version_of(tool) for tool in wishes.only}
    chosen = cases(wishes.corpus, wishes.file)
    if chosen:
        columns, readers = edited(wishes, versions, chosen)
        publish("edits", about(len(chosen), readers), table.table(columns, versions), wishes)
        if wishes.findings:
            lines = [line for column in columns.values() for line in table.findings(column or [])]
            wishes.findings.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    if wishes.rows:
        head = f"{wishes.rows:,} rows; {system()}."
        publish("rows", head, rows.measured(wishes.rows, versions), wishes)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.fidelity", description=__doc__)
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="a folder with an index.csv")
    parser.add_argument("--file", default="*", help="of it: poi/*.xlsm, or none")
    parser.add_argument(
        "--only", type=lambda s: s.split(","), default=list(TOOLS), help=", ".join(TOOLS)
    )
    parser.add_argument("--rows", type=int, default=100_000, help="of the long table; 0 for none")
    parser.add_argument("--findings", type=Path, help="a file for all that went wrong, by workbook")
    parser.add_argument("--markdown", type=Path, help="a page whose blocks to renew")
    return parser.parse_args()


def edited(
    wishes: argparse.Namespace, versions: dict[str, str | None], chosen: list[Case]
) -> tuple[dict[str, Column | None], str]:
    """The trials of each tool, and who read the results."""
    columns: dict[str, Column | None] = {}
    with office() as program:
        for tool in wishes.only:
            columns[tool] = None if versions[tool] is None else run(tool, wishes, chosen, program)
        return columns, "openpyxl, calamine" + (", LibreOffice" if program else "; no LibreOffice")


def run(
    tool: str, wishes: argparse.Namespace, chosen: list[Case], program: Office | None
) -> Column:
    made = trials(tool, wishes.corpus, chosen, program)
    return list(track(made, tool, total=len(chosen), console=Console(stderr=True)))


def about(files: int, readers: str) -> str:
    return f"{files} files; {system()}. Readers: {readers}."


def system() -> str:
    named = ", ".join(f"{name} {version(name)}" for name in ("python-calamine", "lxml", "xlwings"))
    where = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"{date.today()}, {where}, {named}"


def publish(name: str, about: str, grid: Grid, wishes: argparse.Namespace) -> None:
    """On the screen, and in the page that was named."""
    head, *lines = grid
    shown = Table(*head)
    for line in lines:
        shown.add_row(*line)
    Console(width=160).print(shown)
    if wishes.markdown is None:
        return
    before = wishes.markdown.read_text(encoding="utf-8")
    text = f"{about}\n\n{table.markdown(grid)}"
    after, found = re.subn(BLOCK.format(name), lambda m: f"{m[1]}{text}{m[2]}", before, flags=re.S)
    if not found:
        sys.exit(f"{wishes.markdown} has no block between <!-- {name} --> and <!-- /{name} -->")
    wishes.markdown.write_text(after, encoding="utf-8")


if __name__ == "__main__":
    main()
