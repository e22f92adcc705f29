"""One library, one workbook, one process: ``python -m bench.fidelity.child JOB TOOL FILE …``.

A library that panics takes only this process with it. Says as JSON what the work cost above the
idle program: seconds of processor time, and megabytes at the peak.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench.fidelity import edits

REFUSED = 3  # exit code: turned down, in words meant for the person who asked
LOADS = {"ours": "addin.hosts.files", "calamine": "python_calamine"}  # else its own name


def memory(field: str, process: int | str = "self") -> float:
    """Megabytes: VmRSS now, or VmHWM at the most. 0 where the system does not say."""
    status = Path(f"/proc/{process}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(s.split()[1]) / 1024 for s in lines if s.startswith(f"{field}:")), 0.0)


def read_all(source: Path) -> None:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(source)
    for name in book.sheet_names:
        book.get_sheet_by_name(name).to_python()


def work(job: str, tool: str, source: Path, rest: list[str]) -> Callable[[], None]:
    if job == "read":
        return partial(read_all, source)
    target, detail = Path(rest[0]), json.loads(rest[1])
    if job == "edit":
        return partial(getattr(edits, tool), source, target, edits.Plan(**detail))
    columns = edits.flag_columns(detail["rows"])
    return partial(getattr(edits, f"{tool}_columns"), source, target, detail["left"], columns)


def main(job: str, tool: str, source: str, *rest: str) -> int:
    importlib.import_module(LOADS.get(tool, tool))
    from addin.errors import BadInput

    task = work(job, tool, Path(source), list(rest))
    idle, start = memory("VmRSS"), time.process_time()
    try:
        task()
    except BadInput as refusal:
        print(json.dumps({"reason": str(refusal)}))
        return REFUSED
    seconds = time.process_time() - start
    print(json.dumps({"seconds": seconds, "megabytes": memory("VmHWM") - idle}))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
