"""Formulas and buttons over a pipe, for a program whose own Python is not ours: JSON lines.

``python -m addin.bridge.pipe`` reads ``{"formula": name, "arguments": [...], "cell": [book, sheet,
row, column], "facts": [...], "date1904": true}``, the last three as far as they are known (days of
the result count from 1904), and writes ``{"value": …}``. :mod:`addin.bridge.wire` spells cells.

To ``{"button": name, "file": path, "sheet": name, "selection": address}`` it writes any number of
lines ``{what to do: its arguments}``, reads ``{"reply": …}`` after those that ask, and ends with
``{"line": …, "sheet": …, "selection": …, "made": …}``: ``made`` is a file to put in the place of
the workbook, or null. The program ends with its standard input.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from addin import bridge
from addin.actions.reasons import Cell
from addin.bridge.filedesk import FileDesk
from addin.bridge.wire import facts_from_wire, from_wire, to_wire
from addin.desk import Cancelled
from addin.registry import BUTTONS


class Pipe:
    """Both directions; what a button asks on its way waits for the next line."""

    def __init__(self, requests: IO[str], answers: IO[str]) -> None:
        self.requests, self.answers = requests, answers

    def lines(self) -> Iterator[dict[str, Any]]:
        return map(json.loads, self.requests)

    def tell(self, **words: Any) -> None:
        self.answers.write(json.dumps(words, ensure_ascii=False) + "\n")
        self.answers.flush()

    def ask(self, **words: Any) -> Any:
        self.tell(**words)
        for line in self.lines():
            return line["reply"]
        raise Cancelled  # the program has gone


def serve(requests: IO[str], answers: IO[str]) -> None:
    pipe = Pipe(requests, answers)
    for request in pipe.lines():
        pipe.tell(**(_pressed(request, pipe) if "button" in request else _answered(request)))


def _answered(request: dict[str, Any]) -> dict[str, Any]:
    arguments = [from_wire(argument) for argument in request["arguments"]]
    cell, facts = Cell(*request.get("cell", ())), facts_from_wire(request.get("facts"))
    shown = bridge.answer(request["formula"], arguments, cell, facts)
    return {"value": to_wire(shown, date1904=bool(request.get("date1904")))}


def _pressed(request: dict[str, Any], pipe: Pipe) -> dict[str, Any]:
    name, file = request["button"], request["file"]
    desk = FileDesk(
        pipe,
        Path(file) if file else None,
        (request["sheet"], request["selection"]),
        writes=name in BUTTONS and BUTTONS[name].writes,
    )
    line = bridge.press(name, desk)
    sheet, selection = desk.at
    made = str(desk.made) if desk.made else None
    return {"line": line, "sheet": sheet, "selection": selection, "made": made}


def main() -> None:
    for stream in (sys.stdin, sys.stdout):
        stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    answers, sys.stdout = sys.stdout, sys.stderr  # nothing else may speak on the pipe
    serve(sys.stdin, answers)


if __name__ == "__main__":
    main()
