"""The direction of imports, and words that stand in no file. docs/architecture.md shows why."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

# room: what it may import of ours besides itself. A room is a folder or module of addin/.
MAY_IMPORT = {
    "errors": [],
    "log": [],
    "cells": [],
    "desk": [],
    "setup": ["errors"],
    "registry": ["desk"],
    "domain": ["errors"],
    "journal": [],
    "hosts": ["errors"],
    "tables": ["domain", "hosts.grid", "errors"],
    "facts": ["domain", "tables", "errors"],
    "rules": ["domain", "tables.fields", "errors"],
    "reports": ["domain", "tables", "errors"],
    "actions": [
        "domain",
        "tables",
        "facts",
        "rules",
        "reports",
        "hosts",
        "journal",
        "cells",
        "desk",
        "setup",
        "log",
        "errors",
    ],
    "build": ["domain", "tables", "rules", "reports", "registry", "udfs", "macros", "errors"],
    "udfs": ["registry", "actions", "cells"],
    "macros": ["registry", "actions", "desk"],
    "bridge": [
        "udfs",
        "macros",
        "registry",
        "actions",
        "hosts",
        "cells",
        "desk",
        "setup",
        "log",
        "errors",
    ],
    "cli": ["actions", "rules", "build.addin", "build.oxt", "setup", "log", "errors"],
}
# library: the rooms that may import it. Libraries that are not named are free.
ONLY_IN = {
    "openpyxl": ["build"],
    "xlsxwriter": [],
    "xlwings.pro": [],
    "python_calamine": ["hosts"],
    "lxml": ["hosts"],
    "olefile": ["hosts"],
    "rapidfuzz": ["domain"],
    "xlwings": ["hosts", "actions", "reports", "tables", "desk", "cli", "bridge"],
    "typer": ["cli"],
    "rich": ["cli"],
}

# spelt in two halves, so that this file does not contain them
SERVERS = ["pypi" + ".org", "python" + "hosted", "pypi.tuna" + ".", "mirrors." + "aliyun"]
MACHINE_PATHS = ["/" + "work/", "/" + "tmp/", "/" + "root/", "/" + "home/", "C:" + "\\Users"]
NOT_OURS = {".git", ".venv", "__pycache__", "dist", "out"}
BINARY = {".xlsx", ".xlsm", ".xlam", ".parquet", ".png", ".ico", ".oxt", ".bin"}


def imports(source: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted name of each import, also inside functions."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{source}:{node.lineno}: relative import"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def within(name: str, places: list[str]) -> bool:
    return any(name == place or name.startswith(f"{place}.") for place in places)


def ours(root: Path) -> Iterator[tuple[str, str, int, str]]:
    for source in sorted((root / "addin").rglob("*.py")):
        place = source.relative_to(root / "addin").with_suffix("").parts
        if place != ("__init__",):
            for line, name in imports(source):
                yield place[0], source.relative_to(root).as_posix(), line, name


def text_files(root: Path) -> Iterator[Path]:
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        cache = any(part in NOT_OURS or part.endswith("_cache") for part in parts)
        if (
            path.is_file()
            and not cache
            and path.suffix not in BINARY
            and ".hypothesis" not in parts
        ):
            yield path


def test_imports_go_one_way(root: Path) -> None:
    wrong = [
        f"{file}:{line}: {room} imports {name}"
        for room, file, line, name in ours(root)
        if name.startswith("addin.")
        and name != "addin.__version__"
        and not within(name.removeprefix("addin."), [room, *MAY_IMPORT.get(room, [])])
    ]
    assert wrong == []


def test_every_room_stands_in_the_table(root: Path) -> None:
    rooms = {room for room, *_ in ours(root)}
    assert rooms <= MAY_IMPORT.keys()


def test_the_table_has_no_circle() -> None:
    reached: dict[str, set[str]] = {}
    for room, allowed in MAY_IMPORT.items():  # each row may only name rooms above it
        reached[room] = {name.split(".")[0] for name in allowed}
    order: list[str] = []
    while len(order) < len(reached):
        ready = [room for room, needs in reached.items() if room not in order and needs <= {*order}]
        assert ready, f"a circle among {reached.keys() - {*order}}"
        order += ready


def test_libraries_stay_in_their_rooms(root: Path) -> None:
    wrong = [
        f"{file}:{line}: {room} imports {name}"
        for room, file, line, name in ours(root)
        for library, rooms in ONLY_IN.items()
        if within(name, [library]) and room not in rooms
    ]
    assert wrong == []


def test_the_architecture_page_shows_the_same_table(root: Path) -> None:
    page = (root / "docs" / "architecture.md").read_text(encoding="utf-8")
    shown = {
        room: re.findall(r"`([\w.]+)`", allowed)
        for room, allowed in re.findall(r"^\| `addin/(\w+)[^`]*` \|[^|]*\|([^|]*)\|$", page, re.M)
    }
    assert shown == MAY_IMPORT


def test_no_file_names_a_package_server_or_a_path_of_some_machine(root: Path) -> None:
    wrong = [
        f"{path.relative_to(root)}: {word}"
        for path in text_files(root)
        for word in SERVERS + MACHINE_PATHS
        if word in path.read_text(encoding="utf-8", errors="replace")
    ]
    assert wrong == []


def test_help_answers_without_loading_pandas(root: Path) -> None:
    program = (
        "import sys; sys.argv = ['settle', '--help']\n"
        "from addin.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "print('loaded:', *sorted({'pandas', 'numpy', 'xlwings'} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", program],
        cwd=root,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].strip() == "loaded:"


def test_the_ground_truth_never_comes_from_the_code_it_judges(root: Path) -> None:
    sources = sorted((root / "workbooks").rglob("*.py"))
    wrong = [
        source.name
        for source in sources
        if re.search(r"^\s*(from|import) addin\b", source.read_text(encoding="utf-8"), re.M)
    ]
    assert sources and wrong == []


def test_links_of_the_pages_lead_somewhere(root: Path) -> None:
    pages = [*root.glob("*.md"), *(root / "docs").glob("*.md")]
    broken = [
        f"{page.name}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []
