"""The picture of the user's guide: the sample month in LibreOffice with our formula and our menu.

``python -m tests.libreoffice.picture docs/pictures/calc.png``; needs Xvfb, a Chinese font and the
Chinese menus of LibreOffice (on Debian libreoffice-l10n-zh-cn).
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from pathlib import Path

from addin.build import oxt
from tests.conftest import ROOT
from tests.libreoffice import answering
from tests.libreoffice.office import Document, running
from tests.libreoffice.screen import shown

SAMPLE = ROOT / "workbooks" / "示例"
SLIPS = SAMPLE / "2026-03" / "录入" / "安装单_2026-03.xlsx"
SHEET = "3月安装单"
REGION = "A4:AB60"
HIDDEN = ("B", "D", "E:G", "I:K", "M:O", "Q:AB")
FORMULA = f"=SETTLE_CHECK({REGION})"
RESULT = "AC4:AF60"
SIZE = (1280, 560)
PAINTED = 3  # seconds


def filled(book: Document) -> None:
    book.array_formula(SHEET, RESULT, FORMULA)
    for columns in HIDDEN:
        book.ask("hide_columns", SHEET, columns)
    book.ask("widen", SHEET, "AE", 7800)
    book.select(SHEET, "AC6")


def main(target: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        month = folder / "2026-03" / "录入"
        month.mkdir(parents=True)
        for file in (SAMPLE / "基础资料.xlsx", SAMPLE / "结算历史.xlsx"):
            shutil.copy(file, folder)
        shutil.copy(SLIPS, month)
        extension = oxt.build(folder, run=["-c", answering.FROM_HERE])
        with (
            shown(folder, "x".join(map(str, SIZE))) as screen,
            running(folder, extension, screen.display, "zh-CN") as office,
            office.open(month / SLIPS.name, hidden=False) as book,
        ):
            book.full_window(*SIZE)
            filled(book)
            book.open_menu("结算助手")
            time.sleep(PAINTED)
            target.write_bytes(screen.picture(*SIZE))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
