"""What a person has put on a workbook against change."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Seals:
    """A signature is void after any edit; protection stays, it is a request and no lock."""

    signed: bool = False
    structure: bool = False  # sheets should be neither added nor moved
    sheets: tuple[str, ...] = ()  # names of protected sheets
