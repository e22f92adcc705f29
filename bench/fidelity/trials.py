"""One edit of one workbook by one tool, from the copy it starts with to the verdict."""

from __future__ import annotations

import csv
import importlib.metadata
import importlib.util
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

import addin
from bench.fidelity import edits, judge, office
from bench.fidelity.child import REFUSED
from bench.fidelity.package import Package

ONE_FILE = 120  # seconds for a library and one workbook
TOOLS = ("ours", "openpyxl", "excelize", "libreoffice")


class Case(NamedTuple):
    """A line of the corpus' index."""

    path: str
    expectation: str
    """``edit`` or ``refuse``."""


class Cost(NamedTuple):
    """Above the idle program."""

    seconds: float
    """Of processor time."""
    megabytes: float


class Done(NamedTuple):
    """What a run cost; or, where there is no cost, its last words."""

    cost: Cost | None
    said: str = ""
    refused: bool = False
    """Turned down in words meant for a person, not by a fault."""


@dataclass(frozen=True)
class Trial:
    tool: str
    case: Case
    written: bool
    said: str = ""
    """The last words where nothing was written."""
    refused: bool = False
    untouched: bool = True
    """Source as it was, and nothing left beside it, where nothing was to be written."""
    cost: Cost | None = None
    verdict: judge.Verdict | None = None


def cases(corpus: Path, pattern: str) -> list[Case]:
    with (corpus / "index.csv").open(encoding="utf-8") as stream:
        listed = [Case(row["path"], row["expectation"]) for row in csv.DictReader(stream)]
    return [case for case in listed if Path(case.path).match(pattern)]


def version(tool: str) -> str | None:
    """None where the tool is not installed."""
    if tool == "ours":
        return str(addin.__version__)
    if tool == "libreoffice":
        return office.version()
    return importlib.metadata.version(tool) if importlib.util.find_spec(tool) else None


def trials(
    tool: str, corpus: Path, chosen: list[Case], program: office.Office | None
) -> Iterator[Trial]:
    readers = dict(judge.READERS)
    if program is not None:
        readers["LibreOffice"] = program.values
    for case in chosen:
        with tempfile.TemporaryDirectory() as folder:
            yield _trial(tool, corpus / case.path, case, Path(folder), program, readers)


def _trial(
    tool: str,
    original: Path,
    case: Case,
    folder: Path,
    program: office.Office | None,
    readers: dict[str, judge.Reader],
) -> Trial:
    source, target = folder / original.name, folder / f"result{original.suffix}"
    source.write_bytes(original.read_bytes())
    plan = _plan(source, case)
    done = _by_tool(tool, source, target, plan, program)
    if done.cost is None or not target.exists():
        intact = source.read_bytes() == original.read_bytes()
        untouched = intact and list(folder.iterdir()) == [source]
        return Trial(tool, case, False, done.said or "wrote nothing", done.refused, untouched)
    verdict = None
    if case.expectation == "edit":
        verdict = judge.judged(source, target, plan, readers)
    return Trial(tool, case, True, cost=done.cost, verdict=verdict)


def _plan(source: Path, case: Case) -> edits.Plan:
    if case.expectation == "edit":
        return edits.planned(Package.open(source))
    try:
        return edits.planned(Package.open(source))
    except Exception:  # what is to be refused may be no package at all
        return edits.Plan("Sheet1", 1, 20)


def _by_tool(
    tool: str, source: Path, target: Path, plan: edits.Plan, program: office.Office | None
) -> Done:
    if tool == "libreoffice":
        assert program is not None
        try:
            return Done(Cost(*program.edit(source, target, plan)))
        except office.NoAnswer as failure:
            return Done(None, str(failure))
    return in_child("edit", tool, source, target, json.dumps(asdict(plan)))


def in_child(job: str, tool: str, *words: str | Path, wait: int = ONE_FILE) -> Done:
    command = [sys.executable, "-m", "bench.fidelity.child", job, tool, *words]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=wait)
    except subprocess.TimeoutExpired:
        return Done(None, f"no answer in {wait} seconds")
    if done.returncode == 0:
        return Done(Cost(**json.loads(done.stdout.splitlines()[-1])))
    if done.returncode == REFUSED:
        return Done(None, json.loads(done.stdout)["reason"], refused=True)
    return Done(None, _last_words(done.stderr))


def _last_words(stderr: str) -> str:
    """The line that names the fault: of Go's panics the first, of Python's tracebacks the last."""
    lines = [line for line in stderr.splitlines() if line.strip()]
    panics = (s for s in lines if s.startswith(("panic:", "fatal error:", "SIG")))
    return next(panics, lines[-1] if lines else "died without a word")
