"""A LibreOffice of our own, started again whenever a file has brought it down."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from bench.fidelity import edits
from bench.fidelity.child import memory

CLIENT = Path(__file__).with_name("uno_client.py")
PIPE = f"fidelity{os.getpid()}"
START, ONE_FILE = 60, 60  # seconds to wait for the program, and for one workbook


class NoAnswer(Exception):
    """LibreOffice failed at this file; says how."""


@cache
def python_with_uno() -> str | None:
    """UNO belongs to the system's Python, seldom to the one that runs this."""
    program = Path(shutil.which("soffice") or "").resolve().parent / "python"
    for candidate in (sys.executable, "/usr/bin/python3", str(program)):
        with suppress(OSError):
            if not subprocess.run([candidate, "-c", "import uno"], capture_output=True).returncode:
                return candidate
    return None


def version() -> str | None:
    if shutil.which("soffice") is None or python_with_uno() is None:
        return None
    said = subprocess.run(["soffice", "--version"], capture_output=True, text=True).stdout
    return said.split()[1]


class Office:
    def __init__(self, profile: Path) -> None:
        self._profile = profile
        self._starter: subprocess.Popen[bytes] | None = None
        self.process = 0
        """The program itself; what was started is a script around it."""

    def edit(self, source: Path, target: Path, plan: edits.Plan) -> tuple[float, float]:
        """Makes the edit; processor seconds and megabytes above the idle program."""
        self._ensure()
        with suppress(OSError):
            Path(f"/proc/{self.process}/clear_refs").write_text("5")  # the peak starts anew
        idle, start = memory("VmRSS", self.process), self._seconds()
        wishes = asdict(plan) | {
            "texts": edits.TEXTS, "fill": edits.FILL, "note": edits.NOTE, "link": plan.link,
            "listing": edits.LISTING, "link_text": edits.LINK,
        }  # fmt: skip
        self._ask("edit", source, target, json.dumps(wishes))
        return self._seconds() - start, memory("VmHWM", self.process) - idle

    def values(self, path: Path) -> dict[str, dict[tuple[int, int], Any]]:
        """By sheet, what stands in each cell; sheets of absurd size are left out."""
        self._ensure()
        shown: dict[str, list[tuple[int, int, Any]]] = json.loads(self._ask("values", path))
        return {sheet: {(r, c): v for r, c, v in cells} for sheet, cells in shown.items()}

    def stop(self) -> None:
        if self._starter is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._starter.pid, signal.SIGKILL)
            self._starter.wait()
        self._starter, self.process = None, 0

    def _ask(self, *words: str | Path) -> str:
        python = python_with_uno()
        assert python is not None
        try:
            done = subprocess.run(
                [python, CLIENT, PIPE, *words], capture_output=True, text=True, timeout=ONE_FILE
            )
        except subprocess.TimeoutExpired as late:
            self.stop()
            raise NoAnswer(f"no answer in {ONE_FILE} seconds") from late
        if done.returncode:
            if not Path(f"/proc/{self.process}").exists():
                self.stop()
            raise NoAnswer((done.stderr.strip() or "died").splitlines()[-1])
        return done.stdout

    def _ensure(self) -> None:
        if self._starter is not None and self._starter.poll() is None:
            return
        self.stop()
        command = [
            "soffice", "--headless", "--norestore", "--nologo", "--nodefault",
            f"-env:UserInstallation={self._profile.as_uri()}",
            f"--accept=pipe,name={PIPE};urp;",
        ]  # fmt: skip
        self._starter = subprocess.Popen(
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        python = python_with_uno()
        assert python is not None
        for _ in range(START):
            asked = subprocess.run([python, CLIENT, PIPE, "ready"], capture_output=True)
            if asked.returncode == 0:
                self.process = _program(self._starter.pid)
                return
            time.sleep(1)
        self.stop()
        raise NoAnswer("LibreOffice does not start")

    def _seconds(self) -> float:
        """Processor time of the program so far."""
        fields = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _program(starter: int) -> int:
    """The largest process of the group: scripts start oosplash, which starts soffice.bin."""
    group = [
        int(folder.name) for folder in Path("/proc").glob("[0-9]*") if _group(folder) == starter
    ]
    return max(group, key=lambda process: memory("VmRSS", process), default=starter)


def _group(folder: Path) -> int:
    try:
        return int((folder / "stat").read_text().rpartition(")")[2].split()[2])
    except OSError:
        return 0


@contextmanager
def office() -> Iterator[Office | None]:
    """None where LibreOffice or its Python module is not installed."""
    if version() is None:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        program = Office(Path(folder) / "profile")
        try:
            yield program
        finally:
            program.stop()
