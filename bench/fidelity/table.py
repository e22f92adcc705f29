"""Folds the trials of each tool into one column of the table."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from bench.fidelity.judge import Verdict
from bench.fidelity.trials import Trial

TOP = 8  # kinds of lost features that are named
SHOWN = 20  # differing parts and changes of one file in the findings
ABSENT = "not installed"
NAMES = {
    "ours": "own package editor",
    "openpyxl": "openpyxl",
    "excelize": "Excelize (Python binding)",
    "libreoffice": "LibreOffice headless (UNO)",
}
Column = list[Trial]
Grid = list[list[str]]


def share(part: int, whole: int) -> str:
    return f"{part}/{whole}" + (f" = {100 * part / whole:.1f} %" if whole else "")


def verdicts(column: Column) -> list[Verdict]:
    return [trial.verdict for trial in column if trial.verdict]


def files(of: Callable[[Verdict], object]) -> Callable[[Column], str]:
    """In how many files a verdict says so."""
    return lambda column: str(sum(1 for verdict in verdicts(column) if of(verdict)))


def to_edit(column: Column) -> Column:
    return [trial for trial in column if trial.case.expectation == "edit"]


def to_refuse(column: Column) -> Column:
    return [trial for trial in column if trial.case.expectation == "refuse"]


def written(column: Column) -> str:
    return share(sum(t.written for t in to_edit(column)), len(to_edit(column)))


def refused_to_edit(column: Column) -> str:
    turned_down = [t for t in to_edit(column) if not t.written]
    clear = sum(t.refused and t.untouched for t in turned_down)
    return f"{clear} of {len(turned_down)}"


def same_parts(column: Column) -> str:
    found = verdicts(column)
    return share(sum(v.same for v in found), sum(v.of for v in found))


def lost_kinds(column: Column) -> str:
    """Of the files that have a kind of feature, how many lost some of it."""
    had = Counter(kind for verdict in verdicts(column) for kind in verdict.had)
    lost = Counter(kind for verdict in verdicts(column) for kind in verdict.lost)
    ranked = sorted(lost, key=lambda kind: (-lost[kind], kind))
    named = [f"{kind} {lost[kind]}/{had[kind]}" for kind in ranked[:TOP]]
    rest = [f"{len(ranked) - TOP} more kinds"] if len(ranked) > TOP else []
    return ", ".join(named + rest) or "none"


def changed_cells(column: Column) -> str:
    known = [verdict.changed for verdict in verdicts(column) if verdict.changed is not None]
    sums = [sum(values) for values in zip(*known, strict=True)] if known else [0, 0, 0]
    words = " / ".join(f"{number:,}" for number in sums)
    unreadable = len(verdicts(column)) - len(known)
    more = f"; {unreadable} results unreadable" if unreadable else ""
    return f"{words} ({sum(any(values) for values in known)}{more})"


def by_reader(names: Callable[[Verdict], list[str]]) -> Callable[[Column], str]:
    def told(column: Column) -> str:
        found = Counter(name for verdict in verdicts(column) for name in names(verdict))
        return ", ".join(f"{name} {found[name]}" for name in sorted(found)) or "none"

    return told


def turned_down(column: Column) -> str:
    trials = to_refuse(column)
    return share(sum(not t.written and t.untouched for t in trials), len(trials))


def in_words(column: Column) -> str:
    trials = to_refuse(column)
    return share(sum(t.refused and t.untouched for t in trials), len(trials))


def seconds(column: Column) -> str:
    spent = [trial.cost.seconds for trial in to_edit(column) if trial.cost]
    return f"{statistics.median(spent):.3f} / {max(spent):.2f}" if spent else "–"


def peak(column: Column) -> str:
    used = [trial.cost.megabytes for trial in to_edit(column) if trial.cost]
    return f"{max(used):.0f} MB" if used else "–"


ROWS: tuple[tuple[str, Callable[[Column], str]], ...] = (
    ("written without exception", written),
    ("of those not written: refused in words for the clerk", refused_to_edit),
    ("files where a piece of the edit is missing", files(lambda v: v.missing)),
    ("parts that need no touch, byte-identical", same_parts),
    ("files with all such parts identical", files(lambda v: not v.differing)),
    (
        "files with an element or attribute changed in a touched part, beside the edit",
        files(lambda v: v.beside),
    ),
    ("files with at least one feature lost", files(lambda v: v.lost)),
    ("kinds lost (files that lost some / files that have it)", lost_kinds),
    ("cells changed: constants / cached results / formulas (files)", changed_cells),
    ("files with a new package defect", files(lambda v: v.defects)),
    (
        "files that a reader of the source can no longer read",
        by_reader(lambda v: v.unreadable),
    ),
    (
        "files where a reader sees another value beside the edit",
        by_reader(lambda v: v.other_values),
    ),
    ("to refuse: turned down, nothing written", turned_down),
    ("… in words for the clerk", in_words),
    ("processor seconds a file, median / max", seconds),
    ("peak memory above the idle program, max", peak),
)


def table(columns: dict[str, Column | None], versions: dict[str, str | None]) -> Grid:
    """One column a tool; None where it is not installed."""
    heads = [f"{NAMES[tool]} {versions[tool] or ''}".strip() for tool in columns]
    rows = [
        [name, *(ABSENT if column is None else told(column) for column in columns.values())]
        for name, told in ROWS
    ]
    return [["", *heads], *rows]


def markdown(grid: Grid) -> str:
    head, *rows = grid
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def findings(column: Iterable[Trial]) -> list[str]:
    """One line for each thing that is not as it should be, with the file it happened to.

    Of a long list only the first of a kind: a writer of whole files changes each cell's style.
    """
    found = []
    for trial in column:
        verdict = trial.verdict
        wrong: Sequence[str] = ()
        if not trial.written and trial.case.expectation == "edit":
            wrong = [f"not written: {trial.said}"]
        elif trial.written and trial.case.expectation == "refuse":
            wrong = ["written, though it is to be refused"]
        elif verdict is not None:
            wrong = [
                *(f"missing: {piece}" for piece in verdict.missing),
                *(f"part differs: {part}" for part in verdict.differing[:SHOWN]),
                *(f"beside: {change}" for change in verdict.beside[:SHOWN]),
                *(f"lost: {kind}: {', '.join(what)}" for kind, what in verdict.lost.items()),
                *(f"defect: {defect}" for defect in verdict.defects),
                *(f"unreadable by {reader}" for reader in verdict.unreadable),
                *(f"another value for {reader}" for reader in verdict.other_values),
            ]
            if verdict.changed is None:
                wrong = [*wrong, "cells unreadable"]
            elif any(verdict.changed):
                wrong = [*wrong, f"cells: {verdict.changed}"]
        if not trial.written and not trial.untouched:
            wrong = [*wrong, "something was left behind"]
        found += [f"{trial.tool} {trial.case.path}: {line}" for line in wrong]
    return found
