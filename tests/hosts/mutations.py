"""Packages mutated with knowledge of their structure: one seed, one workbook, always the same.

``mutated(base, seed)`` takes a sound package apart, does one to three things to it and packs it
again. Some mutations only say the same in another way, some leave damage behind, some are lies.
"""

from __future__ import annotations

import io
import posixpath
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from xml.sax.saxutils import escape

SHEETS = re.compile(r"(?i)xl/worksheets/[^/]*\.xml$")
START_TAG = re.compile(rb"<[A-Za-z](?:[^<>\"']|\"[^\"]*\"|'[^']*')*>")
ATTRIBUTE = re.compile(rb"\s+([\w:.-]+)\s*=\s*(\"[^\"]*\"|'[^']*')")
TEXT = re.compile(rb">([^<>]+)<")
MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"

GARBAGE = [
    b"", b" ", b"0", b"-1", b"1", b"2", b"99999", b"4294967296", b"99999999999999999999", b"1e9",
    b"NaN", b"true", b"A0", b"A1", b"A1:", b":", b"B2:A1", b"XFD1048576", b"XFE1", b"ZZZZ9",
    b"A1048577", b"$A$1", b"A1 B2", b"A:A", b"1:1", b"#REF!", b"rId1", b"rId999", b"x:y",
    "１２".encode(), "单".encode(), b"&amp;", b"&#x41;1", b"_x000D_", b"/", b"..", b"../..",
    b"sheet1.xml", b"/xl/workbook.xml", b"inlineStr", b"shared", b"array", b"d", b"e", b"s",
]  # fmt: skip
FOREIGN = [
    b"<!-- <row r='7'><c r='A7'> -->",
    b"<?settle <c r='B2'/> ?>",
    b"<unknown a='1'><deeper/></unknown>",
    b"<u:thing xmlns:u='urn:u' u:a='&lt;'/>",
    b"<extLst><ext uri='{00000000-0000-0000-0000-000000000000}'><row r='3'/></ext></extLst>",
    b"<mc:AlternateContent xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'>"
    b"<mc:Choice xmlns:z='urn:z' Requires='z'><z:c r='A1'/></mc:Choice><mc:Fallback/>"
    b"</mc:AlternateContent>",
    b"<![CDATA[ </c></row> ]]>",
    b"\n\t ",
    "多余的字".encode(),
]


@dataclass
class Draft:
    """A package on its way: parts in order, how they are packed, what happens to the bytes."""

    parts: dict[str, bytes]
    again: list[tuple[str, bytes]] = field(default_factory=list)
    stored: set[str] = field(default_factory=set)
    streamed: bool = False
    zip64: bool = False
    comment: bytes = b""
    blows: list[Callable[[bytes], bytes]] = field(default_factory=list)

    def packed(self) -> bytes:
        buffer = io.BytesIO()
        target = _Unseekable(buffer) if self.streamed else buffer
        with warnings.catch_warnings(), zipfile.ZipFile(target, "w") as archive:  # type: ignore[arg-type]
            warnings.simplefilter("ignore")  # two parts of one name are wanted
            archive.comment = self.comment
            for name, data in (*self.parts.items(), *self.again):
                info = zipfile.ZipInfo(name)
                info.compress_type = (
                    zipfile.ZIP_STORED if name in self.stored else zipfile.ZIP_DEFLATED
                )
                with archive.open(info, "w", force_zip64=self.zip64) as stream:
                    stream.write(data)
        whole = buffer.getvalue()
        for blow in self.blows:
            whole = blow(whole)
        return whole


class _Unseekable:
    """A stream that cannot go back, so that sizes come in data descriptors."""

    def __init__(self, stream: io.BytesIO) -> None:
        self.write, self.flush = stream.write, stream.flush


Mutation = Callable[[Random, Draft], None]


def mutated(base: bytes, seed: int) -> tuple[bytes, list[str]]:
    """The package after the mutations of this seed, and their names."""
    rng = Random(seed)
    with zipfile.ZipFile(io.BytesIO(base)) as archive:
        draft = Draft({name: archive.read(name) for name in archive.namelist()})
    chosen = rng.choices(MUTATIONS, k=rng.choice((1, 1, 2, 3)))
    for mutation in chosen:
        mutation(rng, draft)
    return draft.packed(), [mutation.__name__ for mutation in chosen]


# choosing


def _is_xml(name: str) -> bool:
    return name.lower().endswith((".xml", ".rels", ".vml"))


def _any_part(rng: Random, draft: Draft) -> str:
    """An XML part; every other time a sheet."""
    names = [name for name in draft.parts if _is_xml(name)]
    sheets = [name for name in names if SHEETS.match(name)]
    return rng.choice(sheets if sheets and rng.random() < 0.5 else names)


def _first_sheet(draft: Draft) -> str:
    return next((n for n in draft.parts if SHEETS.match(n)), next(iter(draft.parts)))


def _some(rng: Random, found: list[re.Match[bytes]]) -> list[re.Match[bytes]]:
    """A few of them or all."""
    if not found or rng.random() < 0.3:
        return found
    return rng.sample(found, min(len(found), rng.choice((1, 2, 5))))


def _replaced(
    data: bytes, found: list[re.Match[bytes]], new: Callable[[re.Match[bytes]], bytes]
) -> bytes:
    for match in sorted(found, key=lambda m: m.start(), reverse=True):
        data = data[: match.start()] + new(match) + data[match.end() :]
    return data


def _rels(rng: Random, draft: Draft) -> str | None:
    names = [name for name in draft.parts if name.endswith(".rels")]
    return rng.choice(names) if names else None


# attributes


def _with_tags(rng: Random, draft: Draft, change: Callable[[bytes], bytes]) -> None:
    name = _any_part(rng, draft)
    tags = [m for m in START_TAG.finditer(draft.parts[name]) if b" " in m[0]]
    draft.parts[name] = _replaced(draft.parts[name], _some(rng, tags), lambda m: change(m[0]))


def shuffle_attributes(rng: Random, draft: Draft) -> None:
    def change(tag: bytes) -> bytes:
        attributes = [m[0] for m in ATTRIBUTE.finditer(tag)]
        rng.shuffle(attributes)
        start = ATTRIBUTE.search(tag)
        end = b"/>" if tag.endswith(b"/>") else b">"
        return tag[: start.start()] + b"".join(attributes) + end if start else tag

    _with_tags(rng, draft, change)


def double_an_attribute(rng: Random, draft: Draft) -> None:
    _with_tags(rng, draft, lambda tag: ATTRIBUTE.sub(lambda m: m[0] * 2, tag, count=1))


def drop_an_attribute(rng: Random, draft: Draft) -> None:
    def change(tag: bytes) -> bytes:
        found = list(ATTRIBUTE.finditer(tag))
        gone = rng.choice(found) if found else None
        return tag if gone is None else tag[: gone.start()] + tag[gone.end() :]

    _with_tags(rng, draft, change)


def respell_attributes(rng: Random, draft: Draft) -> None:
    """Single quotes, space round the equals sign, line breaks between attributes."""

    def one(match: re.Match[bytes]) -> bytes:
        value = match[2][1:-1]
        quote = b'"' if b"'" in value else b"'"
        return b"\n  " + match[1] + rng.choice((b"=", b" = ")) + quote + value + quote

    _with_tags(rng, draft, lambda tag: ATTRIBUTE.sub(one, tag))


def garble_an_attribute(rng: Random, draft: Draft) -> None:
    def change(tag: bytes) -> bytes:
        found = list(ATTRIBUTE.finditer(tag))
        if not found:
            return tag
        hit = rng.choice(found)
        start, end = hit.span(2)
        return tag[:start] + b'"' + rng.choice(GARBAGE) + b'"' + tag[end:]

    _with_tags(rng, draft, change)


def garble_a_sheet_attribute(rng: Random, draft: Draft) -> None:
    """The same on the first sheet's own attributes, where most harm can be done."""
    name = _first_sheet(draft)
    found = [m for m in ATTRIBUTE.finditer(draft.parts[name]) if not m[1].startswith(b"xmlns")]
    if found:
        hit = rng.choice(found)
        start, end = hit.span(2)
        data = draft.parts[name]
        draft.parts[name] = data[:start] + b'"' + rng.choice(GARBAGE) + b'"' + data[end:]


# places of rows and cells


def drop_places(rng: Random, draft: Draft) -> None:
    """Rows, cells or both no longer say where they are; spans and dimension go too."""
    name = _first_sheet(draft)
    data = draft.parts[name]
    for pattern in rng.choice(
        ([rb"(<c)\s+r=\"[^\"]*\""], [rb"(<row)\s+r=\"[^\"]*\""], [rb"(<(?:c|row))\s+r=\"[^\"]*\""])
    ):
        data = re.sub(pattern, rb"\1", data)
    draft.parts[name] = re.sub(rb"\sspans=\"[^\"]*\"|<dimension[^>]*/>", b"", data)


def lie_about_the_dimension(rng: Random, draft: Draft) -> None:
    name = _first_sheet(draft)
    says = rng.choice([b"A1", b"A1:XFD1048576", b"", b"B2:A1", b"A0", b"A1:ZZZZ99999999", b"x"])
    draft.parts[name] = re.sub(
        rb"(dimension\s+ref=)\"[^\"]*\"", rb'\1"' + says + b'"', draft.parts[name]
    )


def absurd_places(rng: Random, draft: Draft) -> None:
    name = _first_sheet(draft)
    data = draft.parts[name]
    pattern, garbage = rng.choice(
        [
            (rb"<row\s+r=(\"\d+\")", [b"0", b"-3", b"1048577", b"99999999999", b"1", b"x", b""]),
            (
                rb"<c\s+r=(\"\w+\")",
                [b"A0", b"XFE1", b"ZZZZZ3", b"A99999999", b"7", b"A", b"", b"1A"],
            ),
            (rb"<row\s+r=(\"\d+\")", [b"1048576", b"1048575"]),
            (rb"<c\s+r=(\"\w+\")", [b"XFD2", b"A1", b"B2"]),
        ]
    )
    found = list(re.finditer(pattern, data))
    if found:
        start, end = rng.choice(found).span(1)
        draft.parts[name] = data[:start] + b'"' + rng.choice(garbage) + b'"' + data[end:]


def rows_and_cells_out_of_order(rng: Random, draft: Draft) -> None:
    """Two neighbours change places, or one comes twice."""
    name = _first_sheet(draft)
    data = draft.parts[name]
    pattern = rng.choice((rb"<row\b.*?</row>", rb"<c\b[^>]*?(?:/>|>.*?</c>)"))
    found = list(re.finditer(pattern, data, re.S))
    if len(found) < 2:
        return
    place = rng.randrange(len(found) - 1)
    one, two = found[place], found[place + 1]
    between = data[one.end() : two.start()]
    new = one[0] + one[0] if rng.random() < 0.5 else two[0] + between + one[0]
    end = one.end() if new == one[0] * 2 else two.end()
    draft.parts[name] = data[: one.start()] + new + data[end:]


def odd_sheet_data(rng: Random, draft: Draft) -> None:
    name = _first_sheet(draft)
    data = draft.parts[name]
    change: Callable[[bytes], bytes] = rng.choice(
        [
            lambda d: re.sub(rb"<sheetData>.*</sheetData>", b"<sheetData/>", d, flags=re.S),
            lambda d: re.sub(rb"<sheetData>.*</sheetData>", b"", d, flags=re.S),
            lambda d: d.replace(
                b"</sheetData>", b"</sheetData><sheetData><row r='90'/></sheetData>"
            ),
            lambda d: d.replace(b"<sheetData>", b"<sheetData >"),
            lambda d: d.replace(b"<sheetData", b"<!-- <sheetData/> --><sheetData", 1),
            lambda d: re.sub(rb"</row>", b"</row  >", d),
            lambda d: re.sub(rb"</c>", b"</c  >", d),
            lambda d: re.sub(rb"<v>", b"<v >", d),
            lambda d: re.sub(rb"<row ", b"<row\n\t", d),
            lambda d: re.sub(rb"><", b">\n <", d),
            lambda d: re.sub(rb"<(c|row) ([^<>]*?)/>", rb"<\1 \2></\1>", d),
        ]
    )
    draft.parts[name] = change(data)


# markup


def other_prefix(rng: Random, draft: Draft) -> None:
    """The default namespace of a part gets a prefix."""
    name = _any_part(rng, draft)
    data = draft.parts[name]
    if not re.search(rb"\sxmlns=\"", data):
        return
    prefix = rng.choice((b"x", b"main", b"s.1-a"))
    data = re.sub(rb"\sxmlns=\"", b" xmlns:" + prefix + b'="', data)
    draft.parts[name] = re.sub(rb"<(/?)(?=[A-Za-z][\w.-]*[\s/>])", rb"<\1" + prefix + b":", data)


def strict_dialect(rng: Random, draft: Draft) -> None:
    for name, data in draft.parts.items():
        if _is_xml(name):
            data = data.replace(
                b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
                b"http://purl.oclc.org/ooxml/officeDocument/relationships",
            )
            draft.parts[name] = data.replace(MAIN, b"http://purl.oclc.org/ooxml/spreadsheetml/main")


def foreign_content(rng: Random, draft: Draft) -> None:
    """Comments, instructions, unknown elements, alternates, stray text: anywhere between tags."""
    name = _any_part(rng, draft)
    data = draft.parts[name]
    places = [m.end() for m in re.finditer(rb">", data)][1:-1]
    for place in sorted(rng.sample(places, min(len(places), rng.choice((1, 3)))), reverse=True):
        data = data[:place] + rng.choice(FOREIGN) + data[place:]
    draft.parts[name] = data


def comments_round_the_root(rng: Random, draft: Draft) -> None:
    name = _any_part(rng, draft)
    data = draft.parts[name]
    root = START_TAG.search(data)
    if root is not None:
        note = b"<!-- <worksheet><sheetData/> --><?before x?>"
        draft.parts[name] = data[: root.start()] + note + data[root.start() :] + b"<!-- end -->"


def other_spelling_of_text(rng: Random, draft: Draft) -> None:
    """CDATA sections and character references in place of plain text."""
    name = _any_part(rng, draft)
    found = [m for m in TEXT.finditer(draft.parts[name]) if m[1].strip() and b"&" not in m[1]]

    def new(match: re.Match[bytes]) -> bytes:
        text = match[1]
        if rng.random() < 0.5:
            return b"><![CDATA[" + text + b"]]><"
        return b">" + b"".join(b"&#x%X;" % ord(c) for c in text.decode("utf-8", "replace")) + b"<"

    draft.parts[name] = _replaced(draft.parts[name], _some(rng, found), new)


def garble_a_text(rng: Random, draft: Draft) -> None:
    name = _any_part(rng, draft)
    found = list(TEXT.finditer(draft.parts[name]))
    draft.parts[name] = _replaced(
        draft.parts[name], _some(rng, found)[:2], lambda m: b">" + rng.choice(GARBAGE) + b"<"
    )


def other_encoding(rng: Random, draft: Draft) -> None:
    name = _any_part(rng, draft)
    try:
        text = re.sub(r"^<\?xml.*?\?>\s*", "", draft.parts[name].decode("utf-8"))
        encoding = rng.choice(("utf-16", "utf-16-le", "gb18030", "utf-8-sig", "latin-1", "none"))
        if encoding == "none":
            draft.parts[name] = text.encode()
        elif encoding == "utf-8-sig":
            draft.parts[name] = b"\xef\xbb\xbf" + draft.parts[name]
        else:
            says = f'<?xml version="1.0" encoding="{encoding}"?>'
            draft.parts[name] = (says + text).encode(encoding)
    except UnicodeError:
        return


# texts, formulas, formats


def swap_strings(rng: Random, draft: Draft) -> None:
    """Shared strings become inline ones."""
    strings = next((n for n in draft.parts if n.lower().endswith("sharedstrings.xml")), None)
    if strings is None:
        return
    items = re.findall(rb"<si>(.*?)</si>", draft.parts[strings], re.S)
    name = _first_sheet(draft)

    def inline(match: re.Match[bytes]) -> bytes:
        index = int(match[3])
        if rng.random() < 0.3 or index >= len(items):
            return match[0]
        tag = match[1] + b't="inlineStr"' + match[2]
        return tag + b"><is>" + items[index] + b"</is></c>"

    draft.parts[name] = re.sub(
        rb"(<c [^>]*?)t=\"s\"([^>]*)><v>(\d+)</v></c>", inline, draft.parts[name]
    )


def break_indexes(rng: Random, draft: Draft) -> None:
    """Formats, strings, fonts, fills that are not there."""
    name, pattern = rng.choice(
        [
            (_first_sheet(draft), rb"<c [^>]*?s=\"(\d+)\""),
            (_first_sheet(draft), rb"t=\"s\"[^>]*><v>(\d+)</v>"),
            (_first_sheet(draft), rb"si=\"(\d+)\""),
            ("xl/styles.xml", rb"(?:font|fill|border|numFmt|xf)Id=\"(\d+)\""),
            ("xl/styles.xml", rb"count=\"(\d+)\""),
            ("xl/workbook.xml", rb"(?:sheetId|localSheetId|activeTab)=\"(\d+)\""),
        ]
    )
    data = draft.parts.get(name, b"")
    found = _some(rng, list(re.finditer(pattern, data)))
    for match in sorted(found, key=lambda m: m.start(), reverse=True):
        start, end = match.span(1)
        data = data[:start] + rng.choice((b"99999", b"-1", b"4294967296", b"x", b"")) + data[end:]
    if data:
        draft.parts[name] = data


def drop_an_element(rng: Random, draft: Draft) -> None:
    """One whole element with all that is in it."""
    name = _any_part(rng, draft)
    data = draft.parts[name]
    tags = list(START_TAG.finditer(data))[1:]
    if not tags:
        return
    hit = rng.choice(tags)
    if hit[0].endswith(b"/>"):
        draft.parts[name] = data[: hit.start()] + data[hit.end() :]
        return
    element = re.match(rb"<([\w:.-]+)", hit[0])
    assert element is not None
    end = data.find(b"</" + element[1] + b">", hit.end())
    if end >= 0:
        draft.parts[name] = data[: hit.start()] + data[end + len(element[1]) + 3 :]


def odd_formulas(rng: Random, draft: Draft) -> None:
    """Shared formulas without a master, arrays with odd ranges, empty ones, data tables."""
    name = _first_sheet(draft)
    odd = rng.choice(
        [
            b'<f t="shared" si="77"/>', b'<f t="shared"/>', b'<f t="shared" ref="x" si="0">1</f>',
            b'<f t="array" ref="A1:">1</f>', b'<f t="array" ref="ZZZZ1:A9">1</f>', b"<f/>",
            b'<f t="array">A1</f>', b'<f t="dataTable" ref="A1:A2" dt2D="1" r1="x"/>',
            b"<f><![CDATA[A1&A2]]></f>", b"<f>A1<!-- -->+1</f>",
            b'<f t="shared" si="" ref="">1</f>',
            b"<f>'\xe5\x8d\x95'!A1+[1]x!B2</f>", b"<f>SUM(A1:XFE9)</f>", b"<f>A99999999</f>",
        ]
    )  # fmt: skip
    found = list(re.finditer(rb"(<c [^>]*>)(?=<v>)", draft.parts[name]))
    draft.parts[name] = _replaced(draft.parts[name], _some(rng, found), lambda m: m[1] + odd)


# relationships and content types


def swap_targets(rng: Random, draft: Draft) -> None:
    """Relative targets become absolute ones, or odd relative ones."""
    name = _rels(rng, draft)
    if name is None:
        return
    folder = posixpath.dirname(posixpath.dirname(name))

    def new(match: re.Match[bytes]) -> bytes:
        target = match[1].decode()
        if "://" in target or target.startswith(("#", "mailto")):
            return match[0]
        whole = "/" + posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        up = "../" * (folder.count("/") + 1 if folder else 0)
        odd = rng.choice(
            [whole, up + whole[1:], "./" + target, whole.upper(), whole.replace("/", "\\")]
        )
        return b'Target="' + escape(odd).encode() + b'"'

    draft.parts[name] = re.sub(rb"Target=\"([^\"]*)\"", new, draft.parts[name])


def break_relationships(rng: Random, draft: Draft) -> None:
    name = _rels(rng, draft)
    if name is None:
        return
    data = draft.parts[name]
    rels = list(re.finditer(rb"<Relationship\s[^>]*/>", data))
    if not rels:
        return
    hit = rng.choice(rels)
    old = hit[0]
    new = rng.choice(
        [
            b"",
            old + old,
            re.sub(rb"Target=\"[^\"]*\"", b'Target="nowhere/none.xml"', old),
            re.sub(rb"Target=\"[^\"]*\"", b'Target="../../../../etc/passwd"', old),
            re.sub(rb"Target=\"[^\"]*\"", b'Target=""', old),
            re.sub(rb"Target=\"[^\"]*\"", b"", old),
            re.sub(rb"Id=\"[^\"]*\"", b'Id="rId1"', old),
            re.sub(rb"Id=\"[^\"]*\"", b"", old),
            re.sub(rb"Type=\"[^\"]*\"", b"", old),
            old.replace(b"/>", b' TargetMode="External"/>'),
            re.sub(rb"Target=\"[^\"]*\"", b'Target="/xl/workbook.xml"', old),
        ]
    )
    draft.parts[name] = data[: hit.start()] + new + data[hit.end() :]


def relationships_in_a_circle(rng: Random, draft: Draft) -> None:
    """A sheet that leads to itself and to its workbook as drawing, comments, table or styles."""
    sheet = _first_sheet(draft)
    folder, name = posixpath.split(sheet)
    rels = f"{folder}/_rels/{name}.rels"
    kind = rng.choice((b"drawing", b"comments", b"vmlDrawing", b"table", b"pivotTable", b"styles"))
    start = b"http://schemas.openxmlformats.org/"
    empty = b'<Relationships xmlns="' + start + b'package/2006/relationships"></Relationships>'
    target = rng.choice((name.encode(), b"../workbook.xml", b"_rels/" + name.encode() + b".rels"))
    circle = (
        b'<Relationship Id="rIdC" Type="' + start + b"officeDocument/2006/relationships/" + kind
        + b'" Target="' + target + b'"/></Relationships>'
    )  # fmt: skip
    draft.parts[rels] = draft.parts.get(rels, empty).replace(b"</Relationships>", circle)


def lose_a_part(rng: Random, draft: Draft) -> None:
    del draft.parts[rng.choice(list(draft.parts))]


def odd_content_types(rng: Random, draft: Draft) -> None:
    name = "[Content_Types].xml"
    data = draft.parts.get(name, b"")
    found = list(re.finditer(rb"<(?:Override|Default)\s[^>]*/>", data))
    if found:
        hit = rng.choice(found)
        new = rng.choice(
            [
                b"",
                hit[0] * 2,
                hit[0].replace(b"xml", b"XML"),
                re.sub(rb"ContentType=\"[^\"]*\"", b'ContentType="text/plain"', hit[0]),
                re.sub(rb"ContentType=\"[^\"]*\"", b"", hit[0]),
                hit[0].replace(b'PartName="/', b'PartName="'),
            ]
        )
        draft.parts[name] = data[: hit.start()] + new + data[hit.end() :]


# packing


def other_compression(rng: Random, draft: Draft) -> None:
    draft.stored |= {name for name in draft.parts if rng.random() < 0.5}


def data_descriptors(rng: Random, draft: Draft) -> None:
    draft.streamed = True


def zip64_extras(rng: Random, draft: Draft) -> None:
    draft.zip64 = True


def other_order(rng: Random, draft: Draft) -> None:
    names = list(draft.parts)
    rng.shuffle(names)
    draft.parts = {name: draft.parts[name] for name in names}


def a_comment_on_the_archive(rng: Random, draft: Draft) -> None:
    draft.comment = rng.choice(("注".encode(), b"PK\5\6" + b"\0" * 18, b"x" * 300))


def two_parts_of_one_name(rng: Random, draft: Draft) -> None:
    name = rng.choice(list(draft.parts))
    other = rng.choice((name.swapcase(), name.replace("/", "\\"), name.upper()))
    draft.again.append((other, draft.parts[name]))


def parts_that_nobody_knows(rng: Random, draft: Draft) -> None:
    odd = rng.choice(("xl/媒体/图.bin", "xl/", "docProps/", "x.xml", "a/b/c/d.bin", "空 格.txt"))
    draft.parts[odd] = b"" if odd.endswith("/") else bytes(rng.randrange(256) for _ in range(40))


def truncate(rng: Random, draft: Draft) -> None:
    share = rng.random()
    draft.blows.append(lambda whole: whole[: int(len(whole) * share)])


def flip_bytes(rng: Random, draft: Draft) -> None:
    places = [(rng.random(), rng.randrange(1, 256)) for _ in range(rng.choice((1, 2, 8)))]

    def blow(whole: bytes) -> bytes:
        data = bytearray(whole)
        for place, bits in places:
            data[int(len(data) * place)] ^= bits
        return bytes(data)

    if rng.random() < 0.5:  # the same inside a part, where no checksum tells
        name = _any_part(rng, draft)
        if draft.parts[name]:
            draft.parts[name] = blow(draft.parts[name])
    else:
        draft.blows.append(blow)


def junk_round_the_archive(rng: Random, draft: Draft) -> None:
    junk = bytes(rng.randrange(256) for _ in range(20))
    before = rng.random() < 0.5
    draft.blows.append(lambda whole: b"PK" + junk + whole if before else whole + junk)


def _mutations() -> Iterator[Mutation]:
    yield from (
        shuffle_attributes, double_an_attribute, drop_an_attribute, respell_attributes,
        garble_an_attribute, garble_a_sheet_attribute, drop_places, lie_about_the_dimension,
        absurd_places, rows_and_cells_out_of_order, odd_sheet_data, other_prefix, strict_dialect,
        foreign_content, comments_round_the_root, other_spelling_of_text, garble_a_text,
        other_encoding, swap_strings, break_indexes, drop_an_element, odd_formulas, swap_targets,
        break_relationships, relationships_in_a_circle, lose_a_part, odd_content_types,
        other_compression, data_descriptors, zip64_extras, other_order, a_comment_on_the_archive,
        two_parts_of_one_name, parts_that_nobody_knows, truncate, flip_bytes,
        junk_round_the_archive,
    )  # fmt: skip


MUTATIONS = tuple(_mutations())
