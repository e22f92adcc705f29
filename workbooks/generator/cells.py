"""Cell contents that a plain Python value cannot say."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Formula:
    """A cell formula; ``value`` is what is stored for it, ``None`` when it was never calculated."""

    text: str
    value: float | str | None = None


@dataclass(frozen=True)
class Number:
    """A number shown under ``0``, or under a format of ``zeros`` zeros (``00103``)."""

    value: float
    zeros: int = 1

    def __str__(self) -> str:
        return f"{self.value:0{self.zeros}.0f}"


NBSP, ZERO_WIDTH, WIDE_SPACE = "\u00a0", "\u200b", "\u3000"
