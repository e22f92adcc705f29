"""What one outlet holds of one part: batches, the oldest first. calculations.md §6."""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass, field
from datetime import date

from .entries import ISSUE, Movement


@dataclass(order=True)
class Batch:
    turn: int
    number: str = field(compare=False)
    day: date = field(compare=False)
    price: int | None = field(compare=False)
    left: int = field(compare=False)


class Stock:
    def __init__(self) -> None:
        self.open: list[Batch] = []
        self._issued: dict[str, Batch] = {}
        self._taken: dict[str, list[tuple[Batch, int]]] = {}

    @property
    def units(self) -> int:
        return sum(batch.left for batch in self.open)

    @property
    def value(self) -> int | None:
        """None where a batch has no price."""
        if any(batch.price is None for batch in self.open):
            return None
        return sum(batch.left * (batch.price or 0) for batch in self.open)

    def untouched(self, number: str, quantity: int) -> bool:
        return self._issued[number].left == quantity

    def taken_from(self, number: str) -> list[Batch]:
        return [batch for batch, _ in self._taken[number]]

    def post(self, row: Movement, price: int | None = None) -> tuple[str, int]:
        """The kind that the row counts among, and its units there."""
        origin = row.reverses
        if origin is not None:
            gave = (
                [(self._issued[origin.number], -origin.quantity)]
                if origin.kind == ISSUE
                else self._taken[origin.number]
            )
            for batch, count in gave:
                self._change(batch, count)
            return origin.kind, -origin.quantity
        if row.kind == ISSUE:
            batch = Batch(len(self._issued), row.number, row.day, price, 0)
            self._issued[row.number] = batch
            self._change(batch, row.quantity)
        else:
            self._taken[row.number] = self._take(row.quantity, row.batch)
        return row.kind, row.quantity

    def _take(self, wanted: int, named: str | None) -> list[tuple[Batch, int]]:
        """From the named batch first, then from the oldest."""
        gave = []
        order = sorted(self.open, key=lambda batch: (batch.number != named, batch.turn))
        for batch in order:
            count = min(wanted, batch.left)
            if count:
                gave.append((batch, count))
                self._change(batch, -count)
                wanted -= count
        if wanted:
            raise AssertionError("the generator let an outlet use more than it held")
        return gave

    def _change(self, batch: Batch, count: int) -> None:
        if batch.left == 0:
            insort(self.open, batch)
        batch.left += count
        if batch.left < 0:
            raise AssertionError("the generator took a batch back that was used")
        if batch.left == 0:
            self.open.remove(batch)
