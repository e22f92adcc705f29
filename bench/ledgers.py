"""Our parts ledger and an agent's own list of the same months, with every fault and its truth.

The truth comes from here, where the faults are made, and from nothing of ``addin``. An agent has
some hundreds of entries in a quarter; faults are seeded one to an entry, so each has one answer.
A mistyped number is never that of another slip: nobody could tell those apart.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

PARTS = (
    # code, name, what agents call it
    ("PJ001", "加热管", "电加热管"), ("PJ002", "温控器", "温度控制器"),
    ("PJ003", "控制板", "主控电路板"), ("PJ004", "水泵", "循环水泵"),
    ("PJ005", "点火器", "脉冲点火器"), ("PJ006", "内胆", "储水内胆"),
    ("PJ007", "镁棒", "阳极镁棒"), ("PJ008", "泄压阀", "安全泄压阀"),
    ("PJ009", "混水阀", "冷热混水阀"), ("PJ010", "显示屏", "液晶显示屏"),
    ("PJ011", "漏电插头", "漏电保护插头"), ("PJ012", "密封圈", "硅胶密封圈"),
    ("PJ013", "水流传感器", "水流量传感器"), ("PJ014", "风机", "直流风机"),
    ("PJ015", "热交换器", "铜热交换器"), ("PJ016", "电磁阀", "燃气电磁阀"),
    ("PJ017", "感应针", "火焰感应针"), ("PJ018", "温度探头", "水温探头"),
    ("PJ019", "压缩机", "热泵压缩机"), ("PJ020", "膨胀阀", "电子膨胀阀"),
    ("PJ021", "真空管", "太阳能真空管"), ("PJ022", "支架", "角钢支架"),
    ("PJ023", "排烟管", "不锈钢排烟管"), ("PJ024", "遥控器", "无线遥控器"),
)  # fmt: skip
FIRST_DAY = date(2026, 1, 1)
DAYS = 90
RATE = 0.015
"""Share of the entries that each fault befalls."""


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
    """Draws entries, and what an agent makes of them."""

    def __init__(self, seed: int, entries: int) -> None:
        self.random = random.Random(seed)
        self.prices = {code: self.random.randrange(800, 40_000, 5) for code, *_ in PARTS}
        self.alias = {code: alias for code, _, alias in PARTS}
        self.numbers = self._numbers(entries)
        self.used: set[str] = set()

    def _numbers(self, entries: int) -> Iterator[str]:
        number = self.random.randrange(100_000, 700_000)
        while True:
            number += self.random.choice((1, 1, 1, 2, 3, 7))
            self.used.add(f"FH{number}")
            yield f"FH{number}"

    def entry(self) -> Entry:
        code, name, _ = self.random.choice(PARTS)
        quantity, price = self.random.choice((1, 1, 1, 2, 2, 3, 4, 5, 6, 8)), self.prices[code]
        day = FIRST_DAY + timedelta(self.random.randrange(DAYS))
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


def make(seed: int, entries: int = 300) -> Ledgers:
    """One agent's quarter."""
    maker, made = Maker(seed, entries), Ledgers()
    kinds = list(FAULTS)
    while len(made.ours) < entries:
        at = int(maker.random.random() / RATE)
        if at < len(kinds):
            made.add(kinds[at], *FAULTS[kinds[at]](maker))
        else:
            entry = maker.entry()
            made.add("", [entry], [maker.theirs(entry)])
    return made.shuffled(maker.random)


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
