"""What a clerk has settled once for this computer: where 基础资料 lies for a workbook in no folder.

A workbook that was never saved, or lies on a cloud drive, has nothing beside it (formulas.md §1.8).
"""

from __future__ import annotations

import json
from pathlib import Path

from addin import log

FILE, MASTERS = "设置.json", "基础资料"


def masters() -> Path | None:
    """The remembered file, as long as it is there."""
    try:
        known = json.loads((log.folder() / FILE).read_text(encoding="utf-8"))
        place = Path(known[MASTERS])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return place if place.is_file() else None


def remember_masters(place: Path) -> None:
    file = log.folder() / FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({MASTERS: str(place)}, ensure_ascii=False), encoding="utf-8")
