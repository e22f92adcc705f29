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
from itertools import count
from pathlib import Path
from typing import Any

BRIDGE = Path(__file__).with_name("bridge.py")
START, REQUEST, STOP = 120, 120, 20  # seconds, for a machine under load

Cell = str | float | None
_numbers = count()


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

    def save_as(self, path: Path) -> None:
        """The document is from then on that file."""
        self.ask("save_as", path.resolve().as_uri(), path.suffix)

    def modified(self) -> bool:
        return self.ask("modified")

    def close(self) -> None:
        self.ask("close")

    def typed(self, sheet: str, address: str, text: str) -> None:
        """``text`` as a clerk types it, commas between arguments."""
        self.ask("typed", sheet, address, text)

    def formula_of(self, sheet: str, address: str) -> str:
        """As the input line shows it."""
        return self.ask("read_formula", sheet, address)

    def select(self, sheet: str, address: str) -> None:
        self.ask("select", sheet, address)

    def selection(self) -> str:
        """With its sheet, absolute."""
        return self.ask("selection")

    def open_menu(self, title: str) -> list[str]:
        """Opens a menu of the window, as a click does; the entries that it shows."""
        return self.ask("open_menu", title)

    def choose(self, menu: str, entry: str) -> None:
        """A click on an entry of a menu."""
        self.ask("choose", menu, entry)

    def in_front(self) -> None:
        """After a click: whatever document is now in the window."""
        self.ask("in_front")

    def full_window(self, width: int, height: int) -> None:
        self.ask("full_window", width, height)

    def press(self, button: str) -> str:
        """A button of the menu 结算助手; what the status bar then says."""
        return self.ask("press", button)


@dataclass
class Office:
    """The running program and the bridge to it."""

    program: subprocess.Popen[bytes]
    bridge: subprocess.Popen[str]
    log: Path

    @contextmanager
    def open(self, path: Path, *, hidden: bool = True) -> Iterator[Document]:
        document = Document(self, self.ask("open_document", path.resolve().as_uri(), hidden))
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

    def message(self) -> list[str]:
        """What the message box in front says: title, words, buttons."""
        return self.ask("dialog")

    def answer_message(self, button: str) -> None:
        self.ask("answer_dialog", button)

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


def own_folders(folder: Path) -> list[str]:
    """Profile and extensions of this LibreOffice alone. Root installs them as shared ones only."""
    return [
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        f"-env:UNO_SHARED_PACKAGES_CACHE={(folder / 'extensions').as_uri()}",
    ]


def install(extension: Path, folder: Path) -> None:
    (folder / "extensions").mkdir(exist_ok=True)
    command = [
        _found("unopkg"),
        "add",
        "--shared",
        "--force",
        *own_folders(folder),
        str(extension),
    ]
    done = subprocess.run(
        command, capture_output=True, encoding="utf-8", timeout=START, env=_own_environment()
    )
    if done.returncode:
        raise OfficeError(done.stderr)


def _own_environment() -> dict[str, str]:
    """LibreOffice's Python takes its library from the first python3 of the path: one of another
    build, as environments and pyenv put there, makes it end in a crash."""
    ours = ("VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH")
    return {name: v for name, v in os.environ.items() if name not in ours} | {"PATH": os.defpath}


def _found(name: str) -> str:
    found = shutil.which(name)
    assert found is not None, f"{name} is not installed"
    return found


@contextmanager
def running(
    folder: Path, extension: Path | None = None, display: str = "", language: str = ""
) -> Iterator[Office]:
    """LibreOffice with its profile, its extension and its log in ``folder``.

    Without a ``display`` it has no windows; ``language`` is that of its menus, where installed.
    """
    python = python_with_uno()
    assert python is not None
    if extension is not None:
        install(extension, folder)
    log = folder / "office.log"
    pipe = f"settle-{os.getpid()}-{next(_numbers)}"
    command = [
        _found("soffice"), "--norestore", "--nologo", "--nodefault", "--nofirststartwizard",
        *([] if display else ["--headless"]), *([f"--language={language}"] if language else []),
        *own_folders(folder), f"--accept=pipe,name={pipe};urp;",
    ]  # fmt: skip
    windows = {"DISPLAY": display, "SAL_USE_VCLPLUGIN": "gen"} if display else {}
    environment = _own_environment() | windows
    with log.open("wb") as said:
        program = subprocess.Popen(
            command, stdout=said, stderr=said, start_new_session=True, env=environment
        )
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
