"""Formulas over a pipe, for a program whose own Python is not ours: one JSON line each way.

``python -m addin.bridge.pipe`` reads ``{"formula": name, "arguments": [...], "cell": [book, sheet,
row, column], "facts": [...]}``, the last two as far as they are known, and writes ``{"value": …}``.
:mod:`addin.bridge.wire` spells cells and facts. It ends with its standard input.
"""

from __future__ import annotations

import json
import sys
from typing import IO, Any

from addin import bridge
from addin.actions.reasons import Cell
from addin.bridge.wire import facts_from_wire, from_wire, to_wire


def serve(requests: IO[str], answers: IO[str]) -> None:
    for line in requests:
        answers.write(json.dumps({"value": _answered(json.loads(line))}, ensure_ascii=False) + "\n")
        answers.flush()


def _answered(request: dict[str, Any]) -> Any:
    arguments = [from_wire(argument) for argument in request["arguments"]]
    cell, facts = Cell(*request.get("cell", ())), facts_from_wire(request.get("facts"))
    return to_wire(bridge.answer(request["formula"], arguments, cell, facts))


def main() -> None:
    for stream in (sys.stdin, sys.stdout):
        stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    answers, sys.stdout = sys.stdout, sys.stderr  # nothing else may speak on the pipe
    serve(sys.stdin, answers)


if __name__ == "__main__":
    main()
