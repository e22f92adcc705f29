"""Where workbooks are saved: odd paths work or get one sentence, and nothing is left behind."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from addin.errors import BadInput
from addin.hosts import atomic, files, seals
from addin.hosts.files.package import Package
from addin.hosts.seals import Seals
from tests.hosts.packages import parts, rebuilt

ROW = '<row r="1"><c r="A1"><v>1</v></c></row>'
SIGNATURE = (
    '<Relationship Id="sig" Type="http://schemas.openxmlformats.org/package/2006/relationships/'
    'digital-signature/origin" Target="_xmlsignatures/origin.sigs"/></Relationships>'
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return rebuilt(tmp_path / "月结.xlsx", ROW)


def edit(path: Path) -> None:
    book = files.open_book(path)
    book.sheets[0]["B1"].value = "标记"
    book.save()
    book.close()


def mark_in(path: Path) -> Any:
    return openpyxl.load_workbook(path).active["B1"].value


@pytest.mark.parametrize("lock", ["~$月结.xlsx", ".~lock.月结.xlsx#", ".~月结.xlsx"])
def test_an_open_workbook_is_not_replaced(path: Path, lock: str) -> None:
    before = path.read_bytes()
    path.with_name(lock).write_bytes(b"x")
    with pytest.raises(BadInput, match="正被打开") as refusal:
        edit(path)
    assert lock in refusal.value.remedy
    assert path.read_bytes() == before


def test_a_read_only_file_is_not_replaced(path: Path) -> None:
    before = path.read_bytes()
    path.chmod(0o444)
    with pytest.raises(BadInput, match="只读"):
        edit(path)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_a_folder_that_takes_no_file_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "read-only")

    before = path.read_bytes()
    monkeypatch.setattr(tempfile, "NamedTemporaryFile", refuse)
    with pytest.raises(BadInput, match=r"写不进去.*文件夹可以写入"):
        edit(path)
    assert path.read_bytes() == before


def test_a_folder_that_has_gone_is_named(path: Path) -> None:
    book = files.open_book(path)
    with pytest.raises(BadInput, match="写不进去"):
        book.save(path.parent / "没有" / "月结.xlsx")


@pytest.mark.parametrize("length", [60, 83])  # 83 characters and .xlsx are 254 of 255 bytes
def test_the_longest_chinese_name_works(tmp_path: Path, length: int) -> None:
    path = rebuilt(tmp_path / f"{'结' * length}.xlsx", ROW)
    edit(path)
    assert mark_in(path) == "标记"
    assert list(tmp_path.iterdir()) == [path]


def test_a_name_that_is_too_long_gets_a_sentence(path: Path) -> None:
    book = files.open_book(path)
    with pytest.raises(BadInput, match="文件名太长"):
        book.save(path.with_name(f"{'结' * 84}.xlsx"))
    assert list(path.parent.iterdir()) == [path]


def test_a_deep_path_of_chinese_folders_works(tmp_path: Path) -> None:
    folder = tmp_path
    for year in range(2020, 2027):
        folder /= f"{year}年度售后结算资料归档(正式稿)"
    folder.mkdir(parents=True)
    edit(rebuilt(folder / "月结.xlsx", ROW))
    assert len(str(folder).encode()) > 300
    assert mark_in(folder / "月结.xlsx") == "标记"


@pytest.mark.skipif(os.name == "nt", reason="there //server leads to a server")
def test_a_path_that_begins_like_a_network_share_works(path: Path) -> None:
    edit(Path("//" + str(path).lstrip("/")))
    assert mark_in(path) == "标记"


def test_a_linked_folder_works_and_a_linked_file_stays_a_link(path: Path, tmp_path: Path) -> None:
    try:
        (tmp_path / "共享").symlink_to(tmp_path, target_is_directory=True)
        (tmp_path / "快捷.xlsx").symlink_to(path)
    except OSError:
        pytest.skip("links are not allowed here")
    edit(tmp_path / "共享" / "月结.xlsx")
    assert mark_in(path) == "标记"
    book = files.open_book(tmp_path / "快捷.xlsx")
    book.sheets[0]["B1"].value = "再标"
    book.save()
    assert (tmp_path / "快捷.xlsx").is_symlink()
    assert mark_in(path) == "再标"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such bits")
def test_permissions_stay_and_new_files_have_the_usual_ones(path: Path) -> None:
    path.chmod(0o640)
    edit(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    other = path.with_name("新.xlsx")
    files.open_book(path).save(other)
    path.with_name("普通").touch()
    assert other.stat().st_mode == path.with_name("普通").stat().st_mode


def test_what_a_killed_run_left_is_swept_up_but_not_what_may_still_run(path: Path) -> None:
    old, fresh = (path.with_name(f"{atomic.PREFIX}{age}.tmp") for age in "旧新")
    folder = path.with_name(f"{atomic.PREFIX}夹")
    folder.mkdir()
    for left in (old, fresh, folder / "半成.xlsx", path.with_name(".别人的")):
        left.write_bytes(b"PK")
    for left in (old, folder):
        os.utime(left, (0, 0))
    edit(path)
    assert {p.name for p in path.parent.iterdir()} == {"月结.xlsx", fresh.name, ".别人的"}


def test_a_result_that_cannot_be_read_back_is_given_up(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = path.read_bytes()
    save = Package.save

    def spoil(package: Package, target: Any) -> None:
        save(package, target)
        target.truncate(target.tell() - 30)

    monkeypatch.setattr(Package, "save", spoil)
    with pytest.raises(BadInput, match=r"读不回来.*放弃写入"):
        edit(path)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


# --- signatures and protection --------------------------------------------------------------


def signed(path: Path) -> Path:
    """The same package with the relationship that a digital signature hangs on."""
    package = Package(path.read_bytes(), path.name)
    rels = package.read("_rels/.rels").replace(b"</Relationships>", SIGNATURE.encode())
    package.write("_rels/.rels", rels)
    package.write("_xmlsignatures/origin.sigs", b"")
    with path.open("wb") as stream:
        package.save(stream)
    return path


def test_a_signature_is_known_before_anything_is_written(path: Path) -> None:
    assert seals(files.open_book(path)) == Seals()
    assert seals(files.open_book(signed(path))) == Seals(signed=True)


def test_signed_workbooks_of_the_corpus_are_known(corpus: Path) -> None:
    book = files.open_book(corpus / "aspose" / "sampleDigitallySignedByCells.xlsx")
    assert seals(book).signed
    book = files.open_book(corpus / "asposenet" / "sampleCheckVbaCodeIsSigned.xlsm")
    assert not seals(book).signed, "the signature of macros covers only the macros"


def test_protection_is_known_and_stays_through_an_edit(tmp_path: Path) -> None:
    path = tmp_path / "保护.xlsx"
    with xlsxwriter.Workbook(path) as made:
        made.add_worksheet("安装单").protect("密码")
        made.add_worksheet("别的").write("A1", 1)
    locked = parts(path)["xl/workbook.xml"].replace(
        b"<bookViews>", b'<workbookProtection lockStructure="1"/><bookViews>'
    )
    package = Package(path.read_bytes(), path.name)
    package.write("xl/workbook.xml", locked)
    with path.open("wb") as stream:
        package.save(stream)
    book = files.open_book(path)
    assert seals(book) == Seals(structure=True, sheets=("安装单",))
    before = openpyxl.load_workbook(path)["安装单"].protection
    book.sheets["安装单"]["B1"].value = "标记"
    book.sheets.add("问题清单", after=book.sheets[-1])
    book.save()
    made_again = openpyxl.load_workbook(path)
    after = made_again["安装单"].protection
    assert (after.sheet, after.password) == (True, before.password)
    assert made_again.security.lockStructure and made_again["安装单"]["B1"].value == "标记"
