"""A file appears whole or not at all, whenever the program is stopped.

It is made under a temporary name in the folder of its target and takes the target's place in one
step. A program that is killed leaves the temporary file behind; a later one sweeps it away.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX, SUFFIX = ".结算助手_", ".tmp"
"""Beginning of every temporary name, of files and folders; short, because names have a limit."""
STALE = 24 * 3600
"""Seconds after which a temporary file belongs to nobody that still runs."""


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """An empty file beside ``target``; what it holds at the end takes the target's place.

    A link stays a link: the file it leads to is replaced.
    """
    if target.is_symlink():
        target = target.resolve()
    sweep(target.parent)
    with tempfile.NamedTemporaryFile(
        dir=target.parent, prefix=PREFIX, suffix=SUFFIX, delete=False
    ) as made:
        temporary = Path(made.name)
    try:
        yield temporary
        temporary.replace(target)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove what programs that were killed left in a folder."""
    oldest = time.time() - STALE
    for left in folder.glob(f"{PREFIX}*"):
        with suppress(OSError):
            if left.lstat().st_mtime < oldest:
                if left.is_dir():
                    shutil.rmtree(left, ignore_errors=True)
                else:
                    left.unlink()
