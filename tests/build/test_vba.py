"""A VBA project written here is read back by programs that know nothing of each other.

Readers: olevba of oletools and pyOpenVBA; LibreOffice runs one in tests/libreoffice.
"""

from __future__ import annotations

import hashlib
import io
import random
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from zipfile import ZipFile

import olefile
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from addin.build.vba import compound
from addin.build.vba.compression import compress
from addin.build.vba.project import REFERENCES, encrypt, vba_project
from addin.build.vba.source import LONGEST_LINE, MOST_CONTINUATIONS, Kind, Module, vba_text


def by_olevba(project: bytes) -> dict[str, str]:
    olevba = pytest.importorskip("oletools.olevba", reason="oletools is not installed on Windows")
    parser = olevba.VBA_Parser("vbaProject.bin", data=project, relaxed=False)
    return {Path(name).stem: code for _, _, name, code in parser.extract_macros()}


def by_pyopenvba(project: bytes) -> dict[str, str]:
    from pyopenvba.cfb import CFB
    from pyopenvba.vba import parse_vba_project

    box = CFB.from_bytes(project)
    read = parse_vba_project(box)
    assert read.validate(box) == []
    return {module.name: module.source for module in read.modules}


def olevba_decompress(packed: bytes) -> bytes:
    olevba = pytest.importorskip("oletools.olevba", reason="oletools is not installed on Windows")
    return bytes(olevba.decompress_stream(bytearray(packed)))


def pyopenvba_decompress(packed: bytes) -> bytes:
    from pyopenvba.vba import decompress

    return bytes(decompress(packed))


Reader = Callable[[bytes], dict[str, str]]
each_reader = pytest.mark.parametrize("read", [by_olevba, by_pyopenvba])
each_decompressor = pytest.mark.parametrize("decompress", [olevba_decompress, pyopenvba_decompress])


# --- whole projects -------------------------------------------------------------------------


def procedures(count: int) -> str:
    return "\n".join(f"Sub Step{n}()\n    Debug.Print {n * 7919}\nEnd Sub\n" for n in range(count))


LONG = vba_text("结算助手" * 300)
DOCUMENTS = [Module("ThisWorkbook", Kind.WORKBOOK), Module("Texts", Kind.WORKSHEET)]
PROJECTS = {
    "two documents and nothing else": DOCUMENTS,
    "one of each kind": [
        Module("ThisWorkbook", Kind.WORKBOOK, "Private Sub Workbook_Open()\nEnd Sub"),
        Module("Texts", Kind.WORKSHEET, "' nothing"),
        Module("Formulas", Kind.STANDARD, "Function ONE()\n    ONE = 1\nEnd Function"),
        Module("Events", Kind.CLASS, "Public WithEvents Application As Application\n"),
    ],
    "a long chinese text": [
        *DOCUMENTS,
        Module("Help", Kind.STANDARD, f"Public Sub Show()\n    Say {LONG}\nEnd Sub"),
    ],
    "a hundred modules": [
        *DOCUMENTS,
        *(Module(f"Part{n}", Kind.STANDARD, procedures(n)) for n in range(100)),
    ],
    "a module of 400 KB": [*DOCUMENTS, Module("Large", Kind.STANDARD, procedures(8_000))],
}


@each_reader
@pytest.mark.parametrize("modules", PROJECTS.values(), ids=PROJECTS)
def test_a_reader_finds_every_module_as_it_was_written(read: Reader, modules: list[Module]) -> None:
    written = {module.name: module.source.decode() for module in modules}
    assert read(vba_project(modules)) == written


@each_reader
def test_attributes_say_what_a_module_is(read: Reader) -> None:
    heads = {
        name: re.findall(r"^Attribute (VB_\w+) = (.*?)\r?$", code, re.M)
        for name, code in read(vba_project(PROJECTS["one of each kind"])).items()
    }
    assert heads["Formulas"] == [("VB_Name", '"Formulas"')]
    assert dict(heads["Texts"])["VB_Base"] == '"0{00020820-0000-0000-C000-000000000046}"'
    assert dict(heads["Texts"])["VB_PredeclaredId"] == "True"
    assert dict(heads["Events"])["VB_PredeclaredId"] == "False"


def test_the_project_is_open_chinese_and_knows_the_ribbon() -> None:
    from pyopenvba.cfb import CFB
    from pyopenvba.vba import parse_vba_project

    read = parse_vba_project(CFB.from_bytes(vba_project(DOCUMENTS, "Settle")))
    assert (read.name, read.code_page) == ("Settle", 936)
    assert [reference.name for reference in read.references] == ["stdole", "Office"]
    assert [reference.libid for reference in read.references] == [r.libid for r in REFERENCES]
    assert read.protection is not None
    assert not read.protection.has_password


def test_the_project_text_lists_every_module_by_its_kind() -> None:
    box = olefile.OleFileIO(vba_project(PROJECTS["one of each kind"]))
    lines = box.openstream("PROJECT").read().decode().split("\r\n")
    assert lines[1:5] == [
        "Document=ThisWorkbook/&H00000000",
        "Document=Texts/&H00000000",
        "Module=Formulas",
        "Class=Events",
    ]
    assert box.openstream("VBA/_VBA_PROJECT").read() == bytes.fromhex("CC61 FFFF 00 0000")


def test_protection_is_encrypted_as_excel_does() -> None:
    """Project and value from a workbook that Excel saved, with the seed that is used here."""
    assert encrypt(b"\xff", "{26BD62BA-CD33-4DE1-BAC5-85F2DB2210CB}") == "10120023012301DC"


def test_a_project_has_the_same_bytes_everywhere() -> None:
    """Change the digest only together with the format."""
    digest = hashlib.sha256(vba_project(PROJECTS["one of each kind"])).hexdigest()
    assert digest == "5c2e48710b56824e26b1b072e8802eea8bfd192286e15c044cde7053f4a930aa"


def test_names_differ_without_regard_to_case() -> None:
    twice = [Module("Formulas", Kind.STANDARD), Module("FORMULAS", Kind.STANDARD)]
    with pytest.raises(ValueError, match="share a name"):
        vba_project(twice)
    with pytest.raises(ValueError, match="share a name"):
        vba_project([Module("Settle", Kind.STANDARD)], name="Settle")


# --- source ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("' fine\n' 备注", "line 2: not ASCII"),
        ("x = 1\n  #If VBA7 Then", "line 2: conditional compilation"),
        (f"' {'x' * (LONGEST_LINE - 1)}", f"line 1: longer than {LONGEST_LINE}"),
    ],
)
def test_code_that_would_break_somewhere_is_refused(code: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        Module("Formulas", Kind.STANDARD, code)


def test_the_longest_line_is_allowed() -> None:
    line = f"' {'x' * (LONGEST_LINE - 2)}"
    assert line.encode() in Module("Formulas", Kind.STANDARD, line).source


@pytest.mark.parametrize("name", ["", "1st", "_x", "公式", "a b", "x" * 32])
def test_a_name_that_vba_does_not_take_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no name for a VBA module"):
        Module(name, Kind.STANDARD)


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_lines_end_as_vba_wants_them(ending: str) -> None:
    source = Module("A", Kind.STANDARD, ending.join(["Sub B()", "End Sub"])).source
    assert source == b'Attribute VB_Name = "A"\r\nSub B()\r\nEnd Sub\r\n'


def evaluated(expression: str) -> str:
    """What VBA makes of an expression of literals, ChrW and ``&``."""
    operand = r'ChrW\((\d+)\)|"((?:[^"]|"")*)"'
    between = r" & (?:_\r\n +)?"
    assert re.fullmatch(f"(?:{operand})(?:{between}(?:{operand}))*", expression)
    units = b"".join(
        int(code).to_bytes(2, "little") if code else text.replace('""', '"').encode("utf-16-le")
        for code, text in re.findall(operand, expression)
    )
    return units.decode("utf-16-le")


@given(st.text(max_size=1000))
@example("")
@example('说"好"')
@example("a\r\nb\tc")
@example("😀")
@example(" & ")
@example("结算助手" * 250)
def test_text_survives_as_an_expression(text: str) -> None:
    expression = vba_text(text)
    assert expression.isascii()
    assert max(map(len, expression.split("\r\n"))) <= LONGEST_LINE
    assert expression.count("_\r\n") <= MOST_CONTINUATIONS
    assert evaluated(expression) == text


def test_a_text_too_long_for_a_statement_goes_to_a_sheet() -> None:
    with pytest.raises(ValueError, match="use a sheet"):
        vba_text("中" * 2000)


# --- compression ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "packed"),
    [
        # [MS-OVBA] 3.2.1 and 3.2.3
        (
            b"abcdefghijklmnopqrstuv.",
            "01 19 B0 00 61 62 63 64 65 66 67 68 00 69 6A 6B 6C 6D 6E 6F 70 0071 72 73 74 75 76 2E",
        ),
        (b"a" * 73, "01 03 B0 02 61 45 00"),
        (b"", "01"),
    ],
)
def test_compression_gives_the_bytes_of_the_specification(text: bytes, packed: str) -> None:
    assert compress(text) == bytes.fromhex(packed)


words = st.sampled_from([b"Function ", b"SETTLE_", b"ChrW(", b"\r\n", b" & ", b"20849", b"aaaa"])
sources = st.one_of(
    st.binary(max_size=600),
    st.lists(words, max_size=3000).map(b"".join),
    st.builds(lambda a, n, b: a * n + b, st.binary(min_size=1, max_size=9), st.integers(0, 1500),
              st.binary(max_size=40)),
)  # fmt: skip


@each_decompressor
@given(data=sources)
def test_what_is_compressed_comes_back(decompress: Callable[[bytes], bytes], data: bytes) -> None:
    assert decompress(compress(data)) == data


@each_decompressor
@pytest.mark.parametrize(
    ("size", "filled"),
    [
        (3640, 3640),  # 455 groups of nine bytes still fit
        (3641, 4096),  # one byte more does not: the hole in the format
        (4095, 4096),
        (4096, 4096),
        (4097, 4097),
        (8192, 8192),
        (20_000, 20_000),
    ],
)
def test_noise_comes_back_and_only_a_short_last_chunk_is_filled_up(
    decompress: Callable[[bytes], bytes], size: int, filled: int
) -> None:
    noise = random.Random(size).randbytes(size)
    assert decompress(compress(noise)) == noise.ljust(filled, b"\0")


@each_decompressor
def test_source_that_excel_saved_comes_back(
    decompress: Callable[[bytes], bytes], corpus: Path
) -> None:
    with ZipFile(corpus / "xlwings" / "udf_tests.xlsm") as package:
        modules = by_pyopenvba(package.read("xl/vbaProject.bin"))
    longest = max(modules.values(), key=len).encode()
    assert len(longest) > 80_000
    assert decompress(compress(longest)) == longest


# --- the compound file ----------------------------------------------------------------------


def found(box: olefile.OleFileIO, *path: str) -> olefile.olefile.OleDirectoryEntry:
    """The entry that a search down the tree of names finds, as Windows searches. [MS-CFB] 2.6.4"""
    place = box.root
    for name in path:
        number = place.sid_child
        while number != olefile.NOSTREAM:
            place = box.direntries[number]
            if place.name == name:
                break
            smaller = (len(name), name.upper()) < (len(place.name), place.name.upper())
            number = place.sid_left if smaller else place.sid_right
        assert place.name == name, f"{name} is not where a search looks"
    return place


SIZES = st.sampled_from([0, 1, 63, 64, 65, 511, 512, 513, 4095, 4096, 4097, 70_000])
names = st.text("abcXYZ_019", min_size=1, max_size=31)
trees = st.dictionaries(names, SIZES, max_size=40).filter(
    lambda sizes: len({name.upper() for name in sizes}) == len(sizes)
)


@given(trees, trees)
def test_every_stream_lies_where_its_name_is_searched_for(
    inner: dict[str, int], outer: dict[str, int]
) -> None:
    streams = {("VBA", name): contents(name, size) for name, size in inner.items()}
    streams |= {(name,): contents(name, size) for name, size in outer.items() if name != "VBA"}
    box = opened(
        {"VBA": {name: contents(name, size) for name, size in inner.items()}}
        | {name: contents(name, size) for name, size in outer.items() if name != "VBA"}
    )
    assert {tuple(path) for path in box.listdir()} == streams.keys()
    for path, content in streams.items():
        assert found(box, *path).size == len(content)
        assert box.openstream(path).read() == content


def contents(name: str, size: int) -> bytes:
    return (name.encode() * size)[:size]


def opened(tree: Mapping[str, bytes | Mapping[str, bytes]]) -> olefile.OleFileIO:
    packed = compound.pack(tree)
    sectors, rest = divmod(len(packed), compound.SECTOR)
    assert rest == 0
    tables = int.from_bytes(packed[44:48], "little")
    assert (tables - 1) * 128 < sectors - 1 <= tables * 128  # none missing, none too many
    box = olefile.OleFileIO(io.BytesIO(packed), raise_defects=olefile.DEFECT_UNSURE)
    assert box.parsing_issues == []
    return box


def test_streams_on_both_sides_of_the_limit_lie_in_their_own_kind_of_sector() -> None:
    box = opened({"below": bytes(4095), "at": bytes(4096)})
    assert found(box, "below").is_minifat
    assert not found(box, "at").is_minifat


@pytest.mark.parametrize("sectors", [126, 127, 128, 253, 254, 255, 13_000])
def test_the_allocation_table_grows_by_whole_sectors(sectors: int) -> None:
    content = random.Random(0).randbytes(sectors * compound.SECTOR)
    box = opened({"large": content})
    assert box.openstream("large").read() == content


def test_a_file_that_needs_a_longer_header_is_refused() -> None:
    with pytest.raises(ValueError, match="DIFAT"):
        compound.pack({"large": bytes(7 << 20)})
