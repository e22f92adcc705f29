"""An agent's own list beside our ledger: how its entries come to differ from ours.

An agent's list has every fault once or more, each befalling entries of its own, so that each has
one answer. A mistyped number is never that of another slip: nobody could tell those apart.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta


@dataclass(frozen=True)
class Entry:
    """A row of either list; amounts in 分."""

    slip_no: str | None
    part_code: str | None
    part_name: str
    quantity: int
    price: int
    amount: int
    date: date

    def of(self, quantity: int) -> Entry:
        """The same entry over another quantity."""
        return replace(self, quantity=quantity, amount=quantity * self.price)


@dataclass(frozen=True)
class True_:
    """Entries that belong together, as places in the two lists, and what befell them."""

    fault: str
    ours: tuple[int, ...]
    theirs: tuple[int, ...]


@dataclass
class Ledgers:
    ours: list[Entry] = field(default_factory=list)
    theirs: list[Entry] = field(default_factory=list)
    truth: list[True_] = field(default_factory=list)

    def add(self, fault: str, ours: list[Entry], theirs: list[Entry]) -> None:
        i, j = len(self.ours), len(self.theirs)
        self.ours += ours
        self.theirs += theirs
        self.truth.append(
            True_(fault, tuple(range(i, i + len(ours))), tuple(range(j, j + len(theirs))))
        )

    def shuffled(self, random_: random.Random) -> Ledgers:
        """The same with the rows of both lists in any order."""
        places = [random_.sample(range(len(rows)), len(rows)) for rows in (self.ours, self.theirs)]
        ours, theirs = (
            [row for _, row in sorted(zip(place, rows, strict=True), key=lambda pair: pair[0])]
            for place, rows in zip(places, (self.ours, self.theirs), strict=True)
        )
        truth = [
            replace(
                true,
                ours=tuple(sorted(places[0][n] for n in true.ours)),
                theirs=tuple(sorted(places[1][n] for n in true.theirs)),
            )
            for true in self.truth
        ]
        return Ledgers(ours, theirs, truth)


class Maker:
    """Draws entries, and what an agent makes of them.

    ``parts`` are code, name and the agent's own name; entries lie in ``days`` from ``first_day``.
    """

    def __init__(
        self,
        random_: random.Random,
        parts: Sequence[tuple[str, str, str]],
        prices: Mapping[str, int],
        first_day: date,
        days: int,
    ) -> None:
        self.random, self.parts, self.prices = random_, parts, prices
        self.first_day, self.days = first_day, days
        self.alias = {code: alias for code, _, alias in parts}
        self.numbers = self._numbers()
        self.used: set[str] = set()

    def _numbers(self) -> Iterator[str]:
        number = self.random.randrange(100_000, 700_000)
        while True:
            number += self.random.choice((1, 1, 1, 2, 3, 7))
            self.used.add(f"FH{number}")
            yield f"FH{number}"

    def entry(self) -> Entry:
        code, name, _ = self.random.choice(self.parts)
        quantity, price = self.random.choice((1, 1, 1, 2, 2, 3, 4, 5, 6, 8)), self.prices[code]
        day = self.first_day + timedelta(self.random.randrange(self.days))
        return Entry(next(self.numbers), code, name, quantity, price, quantity * price, day)

    def theirs(self, entry: Entry) -> Entry:
        """As the agent wrote it down: a name of its own, once in a while another day."""
        day = entry.date + timedelta(self.random.choice((0,) * 8 + (1, -1)))
        return replace(entry, part_name=self.alias[entry.part_code or ""], date=day)

    def unused(self, spoilt: Callable[[str], str], number: str) -> str:
        while (other := spoilt(number)) in self.used or other == number:
            pass
        self.used.add(other)
        return other

    def transposed(self, number: str) -> str:
        at = self.random.randrange(2, len(number) - 1)
        return number[:at] + number[at + 1] + number[at] + number[at + 2 :]

    def mistyped(self, number: str) -> str:
        at = self.random.randrange(2, len(number))
        return number[:at] + self.random.choice("0123456789") + number[at + 1 :]


# --- faults: our entries and theirs ---------------------------------------------------------

Pair = tuple[list[Entry], list[Entry]]


def _another(maker: Maker, **changed: Callable[[Entry], object]) -> Pair:
    entry = maker.entry()
    theirs = replace(maker.theirs(entry), **{n: make(entry) for n, make in changed.items()})  # type: ignore[arg-type]
    return [entry], [theirs]


def other_name(maker: Maker) -> Pair:
    return _another(maker, slip_no=lambda e: None, part_code=lambda e: None)


def no_part_code(maker: Maker) -> Pair:
    return _another(maker, part_code=lambda e: None)


def no_number(maker: Maker) -> Pair:
    return _another(maker, slip_no=lambda e: None)


def own_number(maker: Maker) -> Pair:
    return _another(maker, slip_no=lambda e: f"第{maker.random.randrange(100, 999)}号")


def transposed_digits(maker: Maker) -> Pair:
    return _another(maker, slip_no=lambda e: maker.unused(maker.transposed, e.slip_no or ""))


def mistyped_digit(maker: Maker) -> Pair:
    return _another(maker, slip_no=lambda e: maker.unused(maker.mistyped, e.slip_no or ""))


def other_spelling(maker: Maker) -> Pair:
    spelt = maker.random.choice(
        (lambda n: n[:2] + "-" + n[2:], lambda n: n.replace("0", "O") + "#")
    )
    return _another(maker, slip_no=lambda e: spelt(e.slip_no or ""))


def mistyped_part(maker: Maker) -> Pair:
    return _another(maker, part_code=lambda e: (e.part_code or "")[:-1] + "X")


def merged_slips(maker: Maker) -> Pair:
    """Several of ours in one line, under no number or the first one's."""
    first = maker.entry()
    ours = [
        replace(
            first.of(maker.random.randrange(1, 5)),
            slip_no=next(maker.numbers),
            date=first.date + timedelta(n // 2),
        )
        for n in range(maker.random.choice((2, 2, 3)))
    ]
    one = maker.theirs(ours[0]).of(sum(entry.quantity for entry in ours))
    number = maker.random.choice((None, ours[0].slip_no))
    return ours, [replace(one, slip_no=number, date=ours[-1].date)]


def split_quantities(maker: Maker) -> Pair:
    """One of ours in several lines, each under its number, under a number of its own, or none."""
    pieces = [maker.random.randrange(1, 4) for _ in range(maker.random.choice((2, 2, 3)))]
    entry = maker.entry().of(sum(pieces))
    written = maker.random.choice(
        (lambda n: entry.slip_no, lambda n: f"{entry.slip_no}-{n}", lambda n: None)
    )
    theirs = [
        replace(maker.theirs(entry).of(piece), slip_no=written(n + 1), date=entry.date)
        for n, piece in enumerate(pieces)
    ]
    return [entry], theirs


def other_amount(maker: Maker) -> Pair:
    off = maker.random.choice((-200, -100, 1, 100, 1000))
    return _another(maker, amount=lambda e: e.amount + off)


def much_later(maker: Maker) -> Pair:
    return _another(maker, date=lambda e: e.date + timedelta(maker.random.randrange(8, 20)))


def missing_there(maker: Maker) -> Pair:
    return [maker.entry()], []


def missing_here(maker: Maker) -> Pair:
    return [], [maker.theirs(maker.entry())]


FAULTS: dict[str, Callable[[Maker], Pair]] = {
    make.__name__: make
    for make in (
        other_name, no_part_code, no_number, own_number, transposed_digits, mistyped_digit,
        other_spelling, mistyped_part, merged_slips, split_quantities, other_amount, much_later,
        missing_there, missing_here,
    )
}  # fmt: skip
TOLERANT = frozenset(FAULTS) - {"other_amount", "much_later", "missing_there", "missing_here"}
"""Faults whose entries are to be proposed."""
