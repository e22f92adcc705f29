"""A button that writes, as one transaction: all of it is written, told and can be undone, or none.

What an action does is seen by the recorder of ``hosts`` and nowhere else; the file on disk is not
touched, so it is the copy that a crash leaves. architecture.md, decision 7.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from addin import __version__, log
from addin.actions import known
from addin.desk import Cancelled, Desk
from addin.errors import BadInput

if TYPE_CHECKING:
    import xlwings as xw

UNDO = "撤销"  # the one button whose writes are no step of their own: it takes steps back
MOST_CHANGED = 20  # cells; beyond, rows or columns have moved and places mean something else


class _Recorded:
    """The desk of an action: the same, but the workbook on it takes notes."""

    def __init__(self, desk: Desk, book: xw.Book) -> None:
        self._desk, self.book, self.asked = desk, book, False

    @property
    def sheet(self) -> xw.Sheet:
        return self.book.sheets[self._desk.sheet.name]

    @property
    def selection(self) -> xw.Range:
        return self.sheet.range(self._desk.selection.address)

    def progress(self, words: str) -> None:
        self._desk.progress(words)

    def ask(self, question: str, choices: Sequence[str] = ()) -> str | None:
        self.asked = True
        return self._desk.ask(question, choices)

    def show(self, title: str, words: str) -> None:
        self._desk.show(title, words)

    def go_to(self, cells: xw.Range) -> None:
        self._desk.go_to(self._desk.book.sheets[cells.sheet.name].range(cells.address))

    def recalculate(self) -> int:
        return self._desk.recalculate()

    def open_file(self, path: Path) -> None:
        self._desk.open_file(path)

    def undisturbed(self) -> AbstractContextManager[None]:
        return self._desk.undisturbed()


def run(label: str, call: Callable[[Desk], str], desk: Desk) -> str:
    """The line that the action ``call`` ends with."""
    from addin.actions.mark import dress_again
    from addin.actions.opened import log_folder, path_of, refuse_unless_writable
    from addin.hosts import recording

    refuse_unless_writable(desk.book)
    path = path_of(desk.book)
    folder = log_folder(path)
    book, record = recording.recorded(desk.book)
    recorded = _Recorded(desk, book)
    try:
        line = call(recorded)
        recording.close_record(desk.book, record)
        if not recorded.asked:
            _preview(label, record.cells, desk, path.parent)
        step = {"label": label, "line": line, "record": recording.to_json(record)}
        _keep(label, line, step if record and label != UNDO else None, path, folder)
    except BaseException:
        recording.put_back(desk.book, record, dressed=dress_again)
        raise
    return line


def _preview(label: str, cells: int, desk: Desk, folder: Path) -> None:
    """Asked when all is written and before any of it counts: the number is no guess."""
    token = known.folder.set(folder)
    try:
        threshold = known.parameters()["preview_threshold"]
    finally:
        known.folder.reset(token)
    if cells > threshold:
        answer = desk.ask(
            f"{label}将改变 {cells:,} 个单元格,可以用“撤销”恢复。继续吗?", ("继续", "取消")
        )
        if answer != "继续":
            raise Cancelled


def _keep(label: str, line: str, step: dict[str, Any] | None, path: Path, folder: Path) -> None:
    from addin.journal import chain
    from addin.journal import steps as kept

    step_file = None
    try:
        if step is not None:
            step_file = kept.keep(_steps(), str(path), step)
        entry = chain.Entry(
            label, path.name, note=line, file_hash=_digest(path), rules_version=__version__
        )
        chain.append(folder, entry)
        if label == UNDO:
            kept.drop_last(_steps(), str(path))
    except OSError as wrong:
        if step_file is not None:
            step_file.unlink(missing_ok=True)
        raise BadInput(
            "处理日志写不进去,什么也没有改", f"请确认文件夹“{chain.FOLDER}”可以写入、磁盘没有满"
        ) from wrong


def _steps() -> Path:
    """Of this user: what was in a workbook does not travel with the program's other files."""
    return log.folder() / UNDO


def _digest(path: Path) -> str:
    """Of the workbook as it was saved last."""
    with suppress(OSError):
        return hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    return ""


# --- 撤销 -------------------------------------------------------------------------------------


def undo(desk: Desk) -> str:
    """Takes the last action back whole; what the clerk has typed since may stay."""
    from addin.actions.mark import dress_again
    from addin.actions.opened import path_of
    from addin.hosts import recording
    from addin.journal import steps as kept

    last = kept.last(_steps(), str(path_of(desk.book)))
    if last is None:
        raise BadInput("没有可以撤销的操作", "本工作簿没有用按钮改过,或已全部撤销")
    record = recording.from_json(last["record"])
    changed = recording.changed_since(desk.book, record)
    keep: frozenset[tuple[str, recording.Place]] = frozenset()
    if changed:
        moved = recording.rows_out_of_place(record, changed)
        keep = _told_of(desk, changed, last["label"], moved=moved)
    recording.put_back(desk.book, record, kept=keep, dressed=dress_again)
    left = f",后来改过的{len(keep)}格没有动" if keep else ""
    return f"已撤销“{last['label']}”{left}"


def _told_of(desk: Desk, changed: list[Any], label: str, *, moved: bool) -> frozenset[Any]:
    from addin.tables.locate import column_letter

    sheet, (row, column) = changed[0]
    cell = f"{column_letter(column)}{row}"
    if moved or len(changed) > MOST_CHANGED or sheet not in [s.name for s in desk.book.sheets]:
        raise BadInput(
            f"“{label}”之后改过{len(changed)}格,或插入、删除、排序过行列,不能撤销",
            "请先把它们恢复原样,或用“清除标记”",
            sheet=sheet,
            cell=cell,
        )
    others = f"等{len(changed)}格" if len(changed) > 1 else ""
    keep = "保留这些格,撤销其余"
    answer = desk.ask(
        f"“{label}”之后,工作表“{sheet}”单元格{cell}{others}又改过。怎么办?", (keep, "不撤销")
    )
    if answer != keep:
        raise Cancelled
    return frozenset(changed)
