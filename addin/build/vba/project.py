"""A whole vbaProject.bin: unprotected, code page 936, source only, no compiled cache.

Excel compiles the source when it opens the file, as it does for a project of another version.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from addin.build.vba.compound import pack
from addin.build.vba.compression import compress
from addin.build.vba.source import Kind, Module

CODE_PAGE = 936
LCID = 0x0409  # 2.3.4.2.1.3: no other value is allowed
ID = "{6A1F0C52-5B3E-4F0D-9C47-2E8B7D90A3C1}"
SEED = 0x10  # bits 1 and 2 are clear: no ignored bytes follow it
UNPROTECTED, NO_PASSWORD, VISIBLE = bytes(4), b"\x00", b"\xff"  # 2.3.1.15 to .17
# VBE itself; every project of Excel names it, 2.3.1.18
HOST_EXTENDER = "&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000"


@dataclass(frozen=True)
class Reference:
    """A registered type library; Excel finds it by GUID and version, not by the path."""

    name: str
    guid: str
    version: str  # in hexadecimal
    path: str
    title: str

    @property
    def libid(self) -> str:
        """LibidReference, 2.1.1.8."""
        return rf"*\G{self.guid}#{self.version}#0#{self.path}#{self.title}"


# What Excel 2016 and later write themselves; VBA and Excel are understood.
REFERENCES = (
    Reference(
        "stdole",
        "{00020430-0000-0000-C000-000000000046}",
        "2.0",
        r"C:\Windows\System32\stdole2.tlb",
        "OLE Automation",
    ),
    Reference(
        "Office",
        "{2DF8D04C-5BFA-101B-BDE5-00AA0044DE52}",
        "2.0",
        r"C:\Program Files\Common Files\Microsoft Shared\OFFICE16\MSO.DLL",
        "Microsoft Office 16.0 Object Library",
    ),
)


def vba_project(modules: Sequence[Module], name: str = "Settle") -> bytes:
    """The compound file of a project with ``modules``, in their order. 2.2.1."""
    names = [module.name.upper() for module in modules]
    if len({*names, name.upper()}) <= len(names):
        raise ValueError(f"two modules, or a module and the project, share a name: {names}")
    streams = {module.name: compress(module.source) for module in modules}
    return pack(
        {
            "VBA": {
                **streams,
                "dir": compress(_dir(modules, name)),
                # Reserved1, Version, Reserved2 and 3, no PerformanceCache, 2.3.4.1
                "_VBA_PROJECT": struct.pack("<HHBH", 0x61CC, 0xFFFF, 0, 0),
            },
            "PROJECT": _project_text(modules, name),
            "PROJECTwm": b"".join(map(_name_map, modules)) + b"\0\0",
        }
    )


# --- the dir stream, 2.3.4.2 ------------------------------------------------------------------


def _dir(modules: Sequence[Module], name: str) -> bytes:
    information = [
        _record(0x01, _u32(1)),  # PROJECTSYSKIND: 32-bit Windows; 64-bit Excel reads it as well
        _record(0x02, _u32(LCID)),
        _record(0x14, _u32(LCID)),
        _record(0x03, _u16(CODE_PAGE)),
        _record(0x04, _ansi(name)),
        _twice(0x05, 0x40, ""),  # PROJECTDOCSTRING
        _twice(0x06, 0x3D, "", unicode=False),  # PROJECTHELPFILEPATH
        _record(0x07, _u32(0)),  # PROJECTHELPCONTEXT
        _record(0x08, _u32(0)),  # PROJECTLIBFLAGS
        struct.pack("<HIIH", 0x09, 4, 1, 0),  # PROJECTVERSION: its size leaves the minor out
        _twice(0x0C, 0x3C, ""),  # PROJECTCONSTANTS
    ]
    counts = [_record(0x0F, _u16(len(modules))), _record(0x13, _u16(0xFFFF))]
    return b"".join(
        [*information, *map(_reference, REFERENCES), *counts, *map(_module, modules), _record(0x10)]
    )


def _reference(reference: Reference) -> bytes:
    """REFERENCENAME and REFERENCEREGISTERED, 2.3.4.2.2.2 and .5."""
    libid = _ansi(reference.libid)
    registered = _u32(len(libid)) + libid + _u32(0) + _u16(0)
    return _twice(0x16, 0x3E, reference.name) + _record(0x0D, registered)


def _module(module: Module) -> bytes:
    """MODULE, 2.3.4.2.3.2. The stream bears the module's name and begins with its source."""
    return b"".join(
        [
            _twice(0x19, 0x47, module.name),
            _twice(0x1A, 0x32, module.name),
            _twice(0x1C, 0x48, ""),  # MODULEDOCSTRING
            _record(0x31, _u32(0)),  # MODULEOFFSET
            _record(0x1E, _u32(0)),  # MODULEHELPCONTEXT
            _record(0x2C, _u16(0xFFFF)),  # MODULECOOKIE
            _record(0x21 if module.kind is Kind.STANDARD else 0x22),  # MODULETYPE
            _record(0x2B),
        ]
    )


def _record(number: int, content: bytes = b"") -> bytes:
    return struct.pack("<HI", number, len(content)) + content


def _twice(number: int, again: int, text: str, *, unicode: bool = True) -> bytes:
    """A record in the code page, then once more, mostly in UTF-16."""
    second = text.encode("utf-16-le") if unicode else _ansi(text)
    return _record(number, _ansi(text)) + _record(again, second)


def _ansi(text: str) -> bytes:
    return text.encode("ascii")


def _u16(number: int) -> bytes:
    return struct.pack("<H", number)


def _u32(number: int) -> bytes:
    return struct.pack("<I", number)


# --- PROJECT and PROJECTwm, 2.3.1 and 2.3.3 ---------------------------------------------------


def _project_text(modules: Sequence[Module], name: str) -> bytes:
    lines = [
        f'ID="{ID}"',
        *map(_project_item, modules),
        f'Name="{name}"',
        'HelpContextID="0"',
        'VersionCompatible32="393222000"',
        f'CMG="{encrypt(UNPROTECTED)}"',
        f'DPB="{encrypt(NO_PASSWORD)}"',
        f'GC="{encrypt(VISIBLE)}"',
        "",
        "[Host Extender Info]",
        HOST_EXTENDER,
        "",
        "[Workspace]",
        *(f"{module.name}=0, 0, 0, 0, C" for module in modules),
        "",
    ]
    return _ansi("\r\n".join(lines))


def _project_item(module: Module) -> str:
    suffix = "/&H00000000" if module.kind.section == "Document" else ""
    return f"{module.kind.section}={module.name}{suffix}"


def _name_map(module: Module) -> bytes:
    return _ansi(f"{module.name}\0") + f"{module.name}\0".encode("utf-16-le")


def encrypt(data: bytes, project_id: str = ID) -> str:
    """Data Encryption, 2.4.3.2, in hexadecimal. The spec leaves the seed free."""
    key = sum(project_id.encode()) & 0xFF
    encrypted = [SEED, SEED ^ 2, SEED ^ key]
    before = key
    for byte in struct.pack("<I", len(data)) + data:
        encrypted.append(byte ^ (encrypted[-2] + before & 0xFF))
        before = byte
    return bytes(encrypted).hex().upper()
