"""处理日志: one file a month beside 基础资料, only added to, each line chained to the one before.

Contract: workbooks.md §4.4. A line is written in one piece under a lock, so several computers may
write. A line that a killed program left unfinished is told in full by the line that mends it.
"""

from __future__ import annotations

import csv
import datetime as dt
import getpass
import hashlib
import io
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

FOLDER = "处理日志"
COLUMNS = (
    "序号", "时间", "操作人", "动作", "工作簿", "工作表", "行号", "规则代码", "结果", "说明",
    "文件哈希", "规则版本", "前链哈希", "链哈希",
)  # fmt: skip
BOM = "\ufeff".encode()  # or Excel takes the file for one of the system's own code page
BROKEN = "上一条没有写完,只留下:"
_READ_AS_FORMULA = ("=", "+", "-", "@", "\t")
_HASH = 16  # characters


@dataclass(frozen=True)
class Entry:
    """What the caller knows; number, time, person and chain are added when it is written."""

    action: str
    workbook: str = ""
    sheet: str = ""
    row: str = ""
    code: str = ""
    outcome: str = "执行"  # or 跳过, 停用, 错误
    note: str = ""
    file_hash: str = ""
    rules_version: str = ""


def append(folder: Path, entry: Entry, *, now: dt.datetime | None = None) -> Path:
    """Adds a line to the month's file in ``folder``; OSError where nothing can be written."""
    now = now or dt.datetime.now()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{FOLDER}_{now:%Y-%m}.csv"
    with _alone(folder / ".锁"), path.open("a+b") as file:
        file.seek(0)
        whole, torn = _split(file.read())
        file.truncate(len(whole))
        previous, number = _last(whole) if whole else (_last_before(path), 0)
        new = [] if whole else [BOM, _line(COLUMNS)]
        if torn:
            words = BROKEN + torn.decode(errors="replace")
            mended = Entry("修复", outcome="错误", note=words, rules_version=entry.rules_version)
            number += 1
            line, previous = _chained(mended, number, now, previous)
            new.append(line)
        line, _ = _chained(entry, number + 1, now, previous)
        file.write(b"".join([*new, line]))
        file.flush()
        os.fsync(file.fileno())
    return path


def latest(folder: Path) -> Path | None:
    return max(_files(folder), default=None)


def read(path: Path) -> list[list[str]]:
    """The lines of a month without their header; a torn one is left out."""
    whole, _ = _split(path.read_bytes())
    return [_cells(line) for line in whole.removeprefix(BOM).splitlines()[1:]]


def breaks(folder: Path) -> Iterator[tuple[str, int]]:
    """File and 序号 of each line that no longer fits the line before it."""
    previous = ""
    for path in _files(folder):
        for at, cells in enumerate(read(path), start=1):
            *told, before, own = cells
            if before != previous or own != _digest(told, before) or told[0] != str(at):
                yield path.name, at
            previous = own


def _files(folder: Path) -> list[Path]:
    name = re.compile(rf"{FOLDER}_\d{{4}}-\d\d\.csv")
    return sorted(p for p in folder.glob(f"{FOLDER}_*.csv") if name.fullmatch(p.name))


def _split(data: bytes) -> tuple[bytes, bytes]:
    """Whole lines, and what is left of one that was never finished."""
    end = data.rfind(b"\n") + 1
    return data[:end], data[end:].removeprefix(BOM)


def _last(whole: bytes) -> tuple[str, int]:
    """Chain and number of the last line; those of the header are nothing."""
    cells = _cells(whole.removeprefix(BOM).splitlines()[-1])
    return ("", 0) if cells == list(COLUMNS) else (cells[-1], int(cells[0]))


def _last_before(path: Path) -> str:
    """The chain goes on over the turn of a month."""
    earlier = [other for other in _files(path.parent) if other < path]
    whole, _ = _split(earlier[-1].read_bytes()) if earlier else (b"", b"")
    return _last(whole)[0] if whole else ""


def _chained(entry: Entry, number: int, now: dt.datetime, previous: str) -> tuple[bytes, str]:
    time = now.isoformat(" ", "seconds")
    told = [_plain(cell) for cell in (str(number), time, _person(), *asdict(entry).values())]
    digest = _digest(told, previous)
    return _line([*told, previous, digest]), digest


def _digest(told: Sequence[str], previous: str) -> str:
    return hashlib.sha256("|".join((previous, *told)).encode()).hexdigest()[:_HASH]


def _plain(cell: str) -> str:
    """On one line, and never a formula where a spreadsheet program opens the file."""
    words = " ".join(cell.split())
    return "'" + words if words.startswith(_READ_AS_FORMULA) else words


def _line(cells: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue().encode()


def _cells(line: bytes) -> list[str]:
    return next(csv.reader([line.decode()]))


def _person() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a system that does not say who is at work
        return ""


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One writer at a time; the system lifts the lock of a program that is killed."""
    with path.open("a+b") as file:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)  # tries for ten seconds
            try:
                yield
            finally:
                file.seek(0)
                msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)  # lifted when the file is closed
            yield
