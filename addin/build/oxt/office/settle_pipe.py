"""Asks the Python of 结算助手 over a pipe. Runs in LibreOffice's own Python and knows no UNO.

A line of JSON goes there, a line comes back; see ``addin.bridge.pipe`` for what they say.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import IO, Any

MARK = "\x01"  # before the number of an error, as addin.bridge.wire has it
TO_CALC = {
    "2000": 521, "2007": 532, "2015": 519, "2023": 524, "2029": 525, "2036": 503, "2042": 32767,
}  # fmt: skip
"""XlCVError on the pipe, and the error of Calc that shows the same text."""
FROM_CALC = {calc: number for number, calc in TO_CALC.items()}
NO_VALUE = 519  # #VALUE!
NO_NAME = MARK + "2029"  # nobody answers: to the clerk the same as a formula that is not installed

ANSWER_SECONDS = 120  # a formula over a whole sheet, masters read for the first time
BUTTON_SECONDS = 1800  # between two lines of a button at work
REST_SECONDS = 10  # after two failures in a row every cell would wait for another start
MOST_ROWS = 1048576

Request = Mapping[str, Any]
Line = dict[str, Any]
Rows = Sequence[Sequence[Any]]


class NoAnswer(Exception):
    """The other side cannot be started, has ended or is silent."""


class Server:
    """The process that answers: started when it is first asked, once more when it has died."""

    def __init__(self, command: Sequence[str]) -> None:
        self.command = command
        self.process: subprocess.Popen[str] | None = None
        self.lines: queue.Queue[str] = queue.Queue()
        self.rest_until = 0.0
        self.lock = threading.RLock()

    def ask(self, request: Request) -> Line:
        """The answer to one line. A process that died meanwhile is replaced once."""
        with self.lock:
            try:
                return self._asked(request)
            except EOFError:
                pass
            try:
                return self._asked(request)
            except EOFError as ended:
                self.rest_until = time.monotonic() + REST_SECONDS
                raise NoAnswer("the program ended") from ended

    def converse(self, request: Request, hear: object) -> Line:
        """Every line of an answer in turn; what ``hear`` gives for one goes back, None does not.

        Ends with the line that ``hear`` has no name for. Never sent twice.
        """
        with self.lock:
            try:
                self._send(request)
                while True:
                    line = self._line(BUTTON_SECONDS)
                    kind = next(iter(line))
                    if not hasattr(hear, kind):
                        return line
                    reply = getattr(hear, kind)(*line[kind])
                    if reply is not None:
                        self._send({"reply": reply[0]})
            except EOFError as ended:
                raise NoAnswer("the program ended") from ended

    def stop(self) -> None:
        with self.lock:
            if self.process is not None:
                self.process.kill()
                self.process.wait()
                self.process = None

    def _asked(self, request: Request) -> Line:
        self._send(request)
        return self._line(ANSWER_SECONDS)

    def _send(self, request: Request) -> None:
        stdin = self._running().stdin
        assert stdin is not None
        try:
            stdin.write(json.dumps(request, ensure_ascii=False) + "\n")
            stdin.flush()
        except OSError as broken:
            self.stop()
            raise EOFError from broken

    def _line(self, seconds: float) -> Line:
        try:
            line = self.lines.get(timeout=seconds)
        except queue.Empty:
            self.stop()
            self.rest_until = time.monotonic() + REST_SECONDS
            raise NoAnswer(f"no answer in {seconds} seconds") from None
        if not line:
            self.stop()
            raise EOFError
        told: Line = json.loads(line)
        return told

    def _running(self) -> subprocess.Popen[str]:
        if self.process is not None and self.process.poll() is None:
            return self.process
        if time.monotonic() < self.rest_until:
            raise NoAnswer("just failed")
        self.stop()
        try:
            self.process = process = subprocess.Popen(
                self.command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
                env=_environment(),
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as wrong:
            self.rest_until = time.monotonic() + REST_SECONDS
            raise NoAnswer(str(wrong)) from wrong
        self.lines = queue.Queue()
        reads = threading.Thread(target=_read, args=(process.stdout, self.lines), daemon=True)
        reads.start()
        return process


def _environment() -> dict[str, str]:
    """LibreOffice points these at its own Python; another one would not start with them."""
    ours = dict(os.environ)
    for name in ("PYTHONHOME", "PYTHONPATH"):
        ours.pop(name, None)
    return ours


def _read(stream: IO[str], lines: queue.Queue[str]) -> None:
    for line in stream:
        lines.put(line)
    lines.put("")


# --- cells ----------------------------------------------------------------------------------


def sent(rows: Rows, error_at: Callable[[int, int], int]) -> list[list[Any]]:
    """Rows of Calc for the pipe; ``error_at`` is asked for the error of a cell without value."""
    return [
        [
            MARK + FROM_CALC.get(error_at(row, column), "2015") if cell is None else cell
            for column, cell in enumerate(cells)
        ]
        for row, cells in enumerate(rows)
    ]


def cut(arguments: Sequence[Any]) -> list[Any]:
    """Arguments with whole columns as long as the longest of them has something in it."""
    whole = [rows for rows in arguments if isinstance(rows, tuple) and len(rows) == MOST_ROWS]
    last = max((_last_filled(rows) for rows in whole), default=0)
    return [
        rows[: max(last, 1)] if isinstance(rows, tuple) and len(rows) == MOST_ROWS else rows
        for rows in arguments
    ]


def _last_filled(rows: Rows) -> int:
    filled = (n for n in range(len(rows), 0, -1) if any(cell != "" for cell in rows[n - 1]))
    return next(filled, 0)


def received(value: Any, nan: Callable[[int], float]) -> Rows:
    """What the pipe answers as rows of Calc; ``nan`` makes the number that is an error there."""
    rows = value if isinstance(value, list) else [[value]]
    return tuple(tuple(_cell(cell, nan) for cell in row) for row in rows)


def _cell(cell: Any, nan: Callable[[int], float]) -> Any:
    if isinstance(cell, str) and cell.startswith(MARK):
        return nan(TO_CALC.get(cell[1:], NO_VALUE))
    return cell
