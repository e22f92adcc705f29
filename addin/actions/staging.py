"""Files that belong together reach their places all at once, or everything is as it was."""

from __future__ import annotations

import errno
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

from addin.errors import BadInput
from addin.hosts import atomic, intake


class Staging:
    """Each file is made in a hidden folder beside its place, so that a rename brings it there."""

    def __init__(self) -> None:
        self._made: dict[Path, Path] = {}  # by the place that it is to take
        self._beside: dict[Path, Path] = {}  # the hidden folder in each folder
        self._created: list[Path] = []

    def place(self, target: Path) -> Path:
        """Where to write what is to become ``target``."""
        self._made[target] = self.enter(target.parent) / target.name
        return self._made[target]

    def enter(self, folder: Path) -> Path:
        """The hidden folder in ``folder``; says early that nothing can be written there."""
        if folder not in self._beside:
            created = not folder.exists()
            try:
                folder.mkdir(parents=True, exist_ok=True)
                if created:
                    self._created.append(folder)
                atomic.sweep(folder)
                hidden = Path(tempfile.mkdtemp(prefix=atomic.PREFIX, dir=folder))
            except OSError as wrong:
                raise BadInput(
                    f"不能写入文件夹“{folder.name}”", "请检查磁盘空间和权限,或用 --out 换一处"
                ) from wrong
            self._beside[folder] = hidden
        return self._beside[folder]

    def forget(self, *targets: Path) -> None:
        """These need not change after all."""
        for target in targets:
            del self._made[target]

    def arrive(self) -> list[Path]:
        """Moves everything into place; if one file cannot go, the others go back.

        Old files are copied aside, never moved: a program killed here has each one whole, old
        or new.
        """
        for target in self._made:
            intake.refuse_if_locked(target)
        with ExitStack() as undo:
            for target, made in self._made.items():
                try:
                    if target.exists():
                        shutil.copymode(target, made)
                        before = Path(tempfile.mkdtemp(dir=made.parent)) / target.name
                        shutil.copy2(target, before)
                        undo.callback(before.replace, target)
                    else:
                        undo.callback(target.unlink, missing_ok=True)
                    made.replace(target)
                except OSError as wrong:
                    raise not_written(wrong, target.name) from wrong
            undo.pop_all()
        return sorted(self._made)

    def clear(self) -> None:
        for hidden in self._beside.values():
            shutil.rmtree(hidden, ignore_errors=True)
        for folder in self._created:
            if not any(folder.iterdir()):
                folder.rmdir()


@contextmanager
def staged() -> Iterator[Staging]:
    """Nothing of what was made stays behind unless it has arrived."""
    staging = Staging()
    try:
        yield staging
    finally:
        staging.clear()


def backup_of(path: Path, before: str) -> Path:
    """The first free name in 备份 for what a file was ``before`` it changed."""
    names = (f"{path.stem}_{before}{n or ''}{path.suffix}" for n in count())
    return next(place for n in names if not (place := path.parent / "备份" / n).exists())


def not_written(wrong: OSError, name: str) -> BadInput:
    if wrong.errno in (errno.ENOSPC, errno.EDQUOT):
        return BadInput("磁盘已满,没有写入", "请清理磁盘空间后再运行", workbook=name)
    if wrong.errno == errno.ENAMETOOLONG:
        return BadInput("结果的文件名太长,没有写入", "请把原文件名改短后再运行", workbook=name)
    return BadInput("写不进去", "请关闭打开它的程序,并确认文件夹可以写入", workbook=name)
