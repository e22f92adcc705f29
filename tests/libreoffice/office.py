"""A headless LibreOffice of the tests' own: started with its own profile, stopped by its process.

The conversation goes through ``bridge.py``, which runs in the Python that has ``uno``.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

BRIDGE = Path(__file__).with_name("bridge.py")
START, REQUEST, STOP = 120, 120, 20  # seconds, for a machine under load

Cell = str | float | None


class OfficeError(Exception):
    """What LibreOffice or the bridge said, or that they said nothing in time."""


@cache
def python_with_uno() -> str | None:
    """Debian gives ``uno`` to its own Python, other builds of LibreOffice bring one."""
    beside = Path(os.path.realpath(shutil.which("soffice") or "")).with_name("python")
    for python in ("/usr/bin/python3", str(beside)):
        with suppress(OSError):
            if not subprocess.run([python, "-c", "import uno"], capture_output=True).returncode:
                return python
    return None


@dataclass(frozen=True)
class Document:
    """An open workbook. Rows are lists of rows, addresses are written A1:B2."""

    office: Office
    number: int

    def ask(self, request: str, *arguments: object) -> Any:
        return self.office.ask(request, self.number, *arguments)

    def sheets(self) -> list[str]:
        return self.ask("sheets")

    def modules(self) -> dict[str, list[str]]:
        """Names of the Basic modules in each library."""
        return self.ask("modules")

    def source(self, library: str, module: str) -> str:
        return self.ask("source", library, module)

    def call(self, library: str, function: str, *arguments: object) -> Any:
        """Run Module.Function; None also when it failed, which LibreOffice keeps to itself."""
        return self.ask("call", library, function, arguments)

    def answered_by(
        self, procedure: str, command: Sequence[str], folder: Path, **more: object
    ) -> None:
        """Hands Library.Module.Procedure an object that has ``command`` answer formulas.

        ``more`` is what each request says besides formula and arguments.
        """
        library, _, name = procedure.partition(".")
        self.ask("answered_by", library, name, command, str(folder), more)

    def asked(self) -> int:
        """How many calls it has answered."""
        return self.ask("asked")

    def write(self, sheet: str, address: str, rows: Sequence[Sequence[object]]) -> None:
        self.ask("write", sheet, address, rows)

    def formula(self, sheet: str, address: str, text: str) -> None:
        """``text`` in English names with semicolons between arguments."""
        self.ask("formula", sheet, address, text)

    def array_formula(self, sheet: str, address: str, text: str) -> None:
        self.ask("array_formula", sheet, address, text)

    def read(self, sheet: str, address: str) -> list[list[Cell]]:
        """Blank cells are "", errors None."""
        return self.ask("read", sheet, address)

    def shown(self, sheet: str, address: str) -> list[list[str]]:
        """As a person sees the cells, errors by their names."""
        return self.ask("shown", sheet, address)

    def recalculate(self) -> None:
        self.ask("recalculate")

    def save(self, path: Path) -> None:
        """A copy in the format of its suffix: .xlsx, .xlsm, .ods or .pdf."""
        self.ask("save", path.resolve().as_uri(), path.suffix)

    def close(self) -> None:
        self.ask("close")


@dataclass
class Office:
    """The running program and the bridge to it."""

    program: subprocess.Popen[bytes]
    bridge: subprocess.Popen[str]
    log: Path

    @contextmanager
    def open(self, path: Path) -> Iterator[Document]:
        document = Document(self, self.ask("open_document", path.resolve().as_uri()))
        try:
            yield document
        finally:
            document.close()

    def ask(self, request: str, *arguments: object, seconds: float = REQUEST) -> Any:
        assert self.bridge.stdin is not None
        line = json.dumps({"do": request, "with": arguments})
        with suppress(BrokenPipeError):
            self.bridge.stdin.write(line + "\n")
            self.bridge.stdin.flush()
        return self.answer(request, seconds)

    def answer(self, request: str, seconds: float) -> Any:
        """Whatever does not answer in time is ended, so that a test never hangs."""
        assert self.bridge.stdout is not None
        guard = threading.Timer(seconds, self.kill)
        guard.start()
        try:
            line = self.bridge.stdout.readline()
        finally:
            guard.cancel()
        if not line:
            last = self.log.read_text("utf-8", errors="replace")[-2000:]
            raise OfficeError(f"no answer to {request}; LibreOffice said:\n{last}")
        told = json.loads(line)
        if "error" in told:
            raise OfficeError(told["error"])
        return told["value"]

    def stop(self) -> None:
        with suppress(OfficeError):
            self.ask("terminate", seconds=STOP)
        with suppress(subprocess.TimeoutExpired):
            self.program.wait(STOP)
        self.kill()
        self.program.wait()
        self.bridge.communicate()

    def kill(self) -> None:
        """soffice is a script that starts others: all of them are in its session."""
        with suppress(ProcessLookupError):
            os.killpg(self.program.pid, signal.SIGKILL)
        self.bridge.kill()


@contextmanager
def running(folder: Path) -> Iterator[Office]:
    """LibreOffice with its profile and its log in ``folder``."""
    python = python_with_uno()
    assert python is not None
    log = folder / "office.log"
    pipe = f"settle-{os.getpid()}"
    command = [
        "soffice", "--headless", "--norestore", "--nologo", "--nodefault",
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        f"--accept=pipe,name={pipe};urp;",
    ]  # fmt: skip
    with log.open("wb") as said:
        program = subprocess.Popen(command, stdout=said, stderr=said, start_new_session=True)
        bridge = subprocess.Popen(
            [python, str(BRIDGE), pipe, str(START)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            encoding="utf-8",
        )
    office = Office(program, bridge, log)
    try:
        office.answer("the start", START + 10)
        yield office
    finally:
        office.stop()
