"""Where tracebacks and the reasons of cell errors go: a file for the technician."""

from __future__ import annotations

import logging
import os
from logging.handlers import RotatingFileHandler
from pathlib import Path

BYTES, KEPT = 2_000_000, 3  # a recalculation storm must not fill a disk

_log = logging.getLogger("settle")


def folder() -> Path:
    """Of this user, not of the workbook: nothing personal travels with a file."""
    base = os.environ.get("LOCALAPPDATA") or os.environ.get("XDG_STATE_HOME")
    return (Path(base) if base else Path.home() / ".local" / "state") / "settle"


def path() -> Path:
    return folder() / "settle.log"


def note(words: str, error: BaseException | None = None) -> Path | None:
    """Adds a line, with the traceback of ``error``; None where nothing can be written."""
    place = path()
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(place, "a", BYTES, KEPT, encoding="utf-8", delay=True)
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        _log.propagate = False
        _log.handlers = [handler]
        _log.warning("%s", words, exc_info=error)
        handler.close()
    except OSError:
        return None
    return place
