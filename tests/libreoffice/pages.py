"""The pictures of accounts in the guides: the first pages of an invented year's last month.

``python -m tests.libreoffice.pages docs/pictures``; needs LibreOffice, pdftoppm (on Debian
poppler-utils) and a Chinese font.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from addin.actions.close import Wishes
from addin.actions.ledgers import OUTPUT
from addin.actions.reconcile import reconcile
from addin.hosts import files
from workbooks.generate_accounts import generate

TRUTH = "真值_账户.json"


@dataclass(frozen=True)
class Picture:
    """The top of the first page of a workbook of 输出, without the columns ``hidden``."""

    name: str
    workbook: str
    resolution: int
    box: tuple[int, int, int, int]  # left, top, width, height in pixels
    hidden: str = ""


PICTURES = (
    Picture(
        "deposits", "全国各代理商配件押金对帐单_*.xlsx", 110, (40, 50, 1210, 419),
        hidden="A D G I J M P Q R S T X",
    ),
    Picture("dashboard", "押金看板_*.xlsx", 100, (40, 45, 1090, 605)),
    Picture("statement", "对账单/DL002_*.xlsx", 100, (40, 50, 750, 850)),
    Picture("parts", "年月配件对账单_*.xlsx", 110, (40, 55, 1210, 353)),
)  # fmt: skip


def papers_of(year: Path) -> Path:
    """输出 of the last month of an invented year, whose other months are closed."""
    generate(year, agents=12, movements=1500, closed=True)
    month = json.loads((year / TRUTH).read_text("utf-8"))["months"][-1]
    folder = year / month["month"]
    reconcile(folder, Wishes(as_of=month["as_of"]), statements=True)
    return folder / OUTPUT


def drawn(picture: Picture, papers: Path, scratch: Path) -> bytes:
    (paper,) = papers.glob(picture.workbook)
    shown = scratch / f"{picture.name}.xlsx"
    book = files.open_book(paper)
    for column in picture.hidden.split():
        book.sheets[0].range(f"{column}:{column}").column_width = 0
    book.save(shown)
    book.close()
    profile = f"-env:UserInstallation={(scratch / 'profile').as_uri()}"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", scratch, shown],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    left, top, width, height = map(str, picture.box)
    place = ["-x", left, "-y", top, "-W", width, "-H", height]
    page = ["-f", "1", "-l", "1", "-r", str(picture.resolution), "-png", "-singlefile"]
    subprocess.run(
        ["pdftoppm", *page, *place, shown.with_suffix(".pdf"), scratch / picture.name],
        check=True, timeout=120,
    )  # fmt: skip
    return (scratch / f"{picture.name}.png").read_bytes()


def main(target: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        papers = papers_of(Path(scratch) / "year")
        for picture in PICTURES:
            (target / f"{picture.name}.png").write_bytes(drawn(picture, papers, Path(scratch)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
