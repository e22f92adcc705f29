"""Icons of the ribbon, where Office has none that is sure to exist under its name.

``draw`` makes the PNG files beside this one; building the add-in only reads them.
"""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent


def icons() -> dict[str, bytes]:
    """PNG files by the name that ``image`` has in the ribbon."""
    return {path.stem: path.read_bytes() for path in sorted(FOLDER.glob("*.png"))}
