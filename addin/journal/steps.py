"""The last actions of each workbook, kept so that 撤销 can take them back after a restart too."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

KEPT = 20  # actions of one workbook; the oldest goes first
FORM = 1
_SUFFIX = ".json.gz"


def keep(folder: Path, book: str, step: dict[str, Any]) -> Path:
    """Adds what it takes to undo an action; ``book`` is the full name of its workbook."""
    place = _place(folder, book)
    place.mkdir(parents=True, exist_ok=True)
    known = _steps(place)
    number = int(known[-1].name.removesuffix(_SUFFIX)) + 1 if known else 1
    target = place / f"{number:06}{_SUFFIX}"
    data = gzip.compress(json.dumps({"form": FORM} | step, ensure_ascii=False).encode(), 1)
    handle, made = tempfile.mkstemp(dir=place)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    Path(made).replace(target)
    for old in known[: max(0, len(known) + 1 - KEPT)]:
        old.unlink(missing_ok=True)
    return target


def last(folder: Path, book: str) -> dict[str, Any] | None:
    """The step that was kept last; one that cannot be read ends the row of them."""
    known = _steps(_place(folder, book))
    if not known:
        return None
    try:
        step: dict[str, Any] = json.loads(gzip.decompress(known[-1].read_bytes()))
    except (OSError, EOFError, ValueError):
        return None
    return step if step.get("form") == FORM else None


def drop_last(folder: Path, book: str) -> None:
    """It has been taken back."""
    for path in _steps(_place(folder, book))[-1:]:
        path.unlink(missing_ok=True)


def _place(folder: Path, book: str) -> Path:
    return folder / hashlib.sha256(book.encode()).hexdigest()[:16]


def _steps(place: Path) -> list[Path]:
    return sorted(place.glob(f"*{_SUFFIX}")) if place.is_dir() else []
