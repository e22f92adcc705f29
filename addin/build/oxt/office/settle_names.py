"""Gives our formulas in a saved .xlsx the names of Excel. Knows no UNO and no Excel.

LibreOffice 7.4 writes SETTLE.FORMULAS.RMB(…), the full name of its own; Excel knows SETTLE_RMB(…).
"""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

FULL_NAME = re.compile(rb"SETTLE\.FORMULAS\.(\w+)(?=\()")
WITH_FORMULAS = ("xl/worksheets/", "xl/workbook.xml")  # texts are in xl/sharedStrings.xml


def name_for_excel(file: Path, formulas: Mapping[str, str]) -> None:
    """``formulas`` has the name in Excel of each method. Left as it is where it cannot be written.

    The file is replaced whole, and keeps its time: LibreOffice asks before it saves over a file
    that somebody else has changed since.
    """
    file = Path(os.path.realpath(file))
    names = {method.upper().encode(): name.encode() for method, name in formulas.items()}
    with zipfile.ZipFile(file) as package:
        contents = {
            part.filename: package.read(part)
            for part in package.infolist()
            if part.filename.startswith(WITH_FORMULAS)
        }
        renamed = {
            part: FULL_NAME.sub(lambda m: names.get(m[1].upper(), m[0]), content)
            for part, content in contents.items()
        }
        if renamed == contents:
            return
        made = file.with_name(f".~settle_{os.getpid()}.tmp")
        try:
            with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as copy:
                for part in package.infolist():
                    copy.writestr(part, renamed.get(part.filename) or package.read(part))
            was = file.stat()
            made.chmod(was.st_mode & 0o777)
            os.utime(made, ns=(was.st_atime_ns, was.st_mtime_ns))
        except OSError:
            with suppress(OSError):
                made.unlink()
            return
    try:
        made.replace(file)
    except OSError:
        made.unlink()
