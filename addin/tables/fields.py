"""What a field of a sheet is: a name in code, a header on paper, a type, its other names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property


class Type(Enum):
    """Types of workbooks.md, and what a column of each holds once it has been read."""

    TEXT = "text"  # str
    CODE = "code"  # str, upper case, no spaces
    BARCODES = "code list"  # tuple of codes
    DATE = "date"  # datetime64[s]
    MONTH = "month"  # datetime64[s], first day
    MONEY = "money"  # Int64, 分
    INT = "int"  # Int64
    DEC = "dec"  # Decimal
    KM = "km"  # Int64, metres
    ENUM = "enum"  # str, one of the choices
    BOOL = "bool"  # boolean
    PHONE = "phone"  # tuple of normalised numbers


@dataclass(frozen=True)
class Choices:
    """The values of a list field; ``synonyms`` maps what people write to what is meant."""

    values: tuple[str, ...]
    synonyms: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Field:
    """One column of a sheet, as workbooks.md defines it.

    ``blank_means`` is the typed value that a blank stands for. ``help`` and ``example`` are
    what the clerk reads in the comment on the header.
    """

    name: str
    header: str
    type: Type = Type.TEXT
    required: bool = False
    synonyms: tuple[str, ...] = ()
    choices: Choices | None = None
    blank_means: object = None
    help: str = ""
    example: str = ""


@dataclass(frozen=True)
class SheetSpec:
    """A sheet of the catalogue: its name and fields in their order on paper."""

    name: str
    fields: tuple[Field, ...]
    key: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Field:
        return self._by_name[name]

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    @cached_property
    def _by_name(self) -> dict[str, Field]:
        return {f.name: f for f in self.fields}

    @cached_property
    def names(self) -> frozenset[str]:
        """Every text that names a field: headers and their synonyms."""
        return frozenset(name for f in self.fields for name in (f.header, *f.synonyms))

    def extended(self, fields: tuple[Field, ...]) -> SheetSpec:
        """The same sheet with further columns to its right."""
        return SheetSpec(self.name, (*self.fields, *fields), self.key)

    @property
    def headers(self) -> tuple[str, ...]:
        return tuple(f.header for f in self.fields)
