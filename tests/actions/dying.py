"""One run forked where it begins to write; the children write on and are killed on the way.

``test_killed`` starts it as a program of its own, because it forks what it has loaded.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path
from random import Random

from addin.actions import close as closing
from addin.actions import reconcile as reconciling
from addin.actions.load import entry_files
from addin.hosts import intake
from tests.hosts.dying import Counter

BEGINS_TO_WRITE = {"check": "写回", "close": "写回", "reconcile": "刷新"}


class Month:
    """A month's folder, and what it was before the run."""

    def __init__(self, folder: Path, *, in_place: bool) -> None:
        self.folder, self.in_place = folder, in_place
        self.entries = entry_files(folder)
        self.before = {path: path.read_bytes() for path in self.entries}
        self.results = list(folder.glob("输出/*.xlsx"))
        self._aside = folder.with_name("原样")

    def keep(self) -> None:
        shutil.copytree(self.folder, self._aside)

    def put_back(self) -> None:
        shutil.rmtree(self.folder)
        shutil.copytree(self._aside, self.folder)

    def assert_whole(self) -> None:
        """Entries are old, or new with a whole backup; results, earlier ones too, are whole."""
        for path, old in self.before.items():
            intake.inspect(path)
            backups = list((path.parent / "备份").glob(f"{path.stem}_核对前*"))
            assert all(backup.read_bytes() == old for backup in backups), backups
            assert path.read_bytes() == old or (self.in_place and backups), path
        for path in {*self.results, *self.folder.glob("输出/*.xlsx")}:
            intake.inspect(path)
        assert entry_files(self.folder) == self.entries, "what is left behind is no entry"


def main(month: Month, action: str, kills: int) -> None:
    """Returns in no process: children die or report their count, the parent exits."""
    children: list[Counter] = []
    count, report = os.pipe()

    def progress(words: str) -> None:
        if words.startswith(BEGINS_TO_WRITE[action]) and not children:
            children.append(forked(month, kills, count))
            sys.setprofile(children[0])

    wishes = closing.Wishes(progress=progress, in_place=month.in_place)
    if action == "check":
        closing.check(month.entries, wishes)
    elif action == "reconcile":
        reconciling.reconcile(month.folder, wishes)
    else:
        closing.close(month.folder, wishes)
    sys.setprofile(None)
    os.write(report, str(children[0].count).encode())
    os._exit(0)


def forked(month: Month, kills: int, count: int) -> Counter:
    """The counter of a child. The first child lives and counts, the others are killed."""
    month.keep()
    if os.fork() == 0:
        return Counter("c_call", files_only=True)
    os.wait()
    calls, rng = int(os.read(count, 20)), Random(3)
    for _ in range(kills):
        month.put_back()
        fatal = rng.randint(1, calls)
        if os.fork() == 0:
            return Counter("c_call", files_only=True, fatal=fatal)
        status = os.wait()[1]
        assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, (fatal, calls)
        month.assert_whole()
    print(f"{kills} killed")
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(Month(Path(sys.argv[1]), in_place=sys.argv[2] == "check"), sys.argv[2], int(sys.argv[3]))
