"""What each rule of rules.md brings, and how the hits of one row fold into verdict and money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PASSED, NOTICE, PENDING, UNDECIDABLE = "通过", "提示", "待查", "无法判断"
REFUSED, RETURNED = "拒付", "退回"
WHOLE, INSTALL, REPAIR = "整单", "安装费", "维修费"
TRAVEL, OTHER, PARTS = "远程费", "其他费", "配件费"

HOLD, CUT, REFUSE_ITEM, REFUSE_ROW, RETURN_ROW, NOTHING = (
    "挂起",
    "核减",
    "拒付分项",
    "拒付整单",
    "退回整单",
    "无",
)


def _table() -> dict[str, tuple[str, str, str]]:
    returned = (RETURNED, RETURN_ROW, WHOLE)
    refused = (REFUSED, REFUSE_ROW, WHOLE)
    notice = (NOTICE, NOTHING, WHOLE)
    pending = (PENDING, HOLD, WHOLE)
    undecidable = (UNDECIDABLE, HOLD, WHOLE)
    return {
        **dict.fromkeys(
            ["R001", "R002", "R003", "R007", "R009", "R010", "R011", "R012", "R014退回"], returned
        ),
        **dict.fromkeys(["R015", "R016", "R104", "R107", "R122", "R205", "R206", "R210"], returned),
        **dict.fromkeys(["R004拒付", "R014拒付", "R301", "R308", "R606", "R801", "R802"], refused),
        **dict.fromkeys(
            ["R005", "R013", "R014提示", "R017", "R106", "R207", "R303", "R309", "R311"], notice
        ),
        **dict.fromkeys(["R806", "R808"], notice),
        **dict.fromkeys(
            ["R008", "R105", "R302", "R305", "R310", "R801待查", "R802待查", "R804", "R805"],
            pending,
        ),
        **dict.fromkeys(["R004无法判断", "R006", "R018", "R304", "R307"], undecidable),
        "R101": (REFUSED, CUT, INSTALL),
        "R102": (UNDECIDABLE, HOLD, INSTALL),
        "R103安装": (UNDECIDABLE, HOLD, INSTALL),
        "R103维修": (UNDECIDABLE, HOLD, REPAIR),
        "R108": (PENDING, HOLD, OTHER),
        "R121": (REFUSED, CUT, TRAVEL),
        "R123": (UNDECIDABLE, HOLD, TRAVEL),
        "R124": (REFUSED, REFUSE_ITEM, TRAVEL),
        "R125": (PENDING, HOLD, TRAVEL),
        "R126": (NOTICE, NOTHING, TRAVEL),
        "R201": (REFUSED, CUT, REPAIR),
        "R202": (UNDECIDABLE, HOLD, REPAIR),
        "R203": (UNDECIDABLE, HOLD, REPAIR),
        "R204": (PENDING, HOLD, REPAIR),
        "R208": (PENDING, HOLD, PARTS),
        "R209": (PENDING, HOLD, REPAIR),
        "R306": (NOTICE, NOTHING, REPAIR),
        "R401": (UNDECIDABLE, HOLD, PARTS),
        "R402": (PENDING, HOLD, PARTS),
        "R407": (PENDING, HOLD, PARTS),
        "R803": (REFUSED, REFUSE_ITEM, REPAIR),
        "R803提示": (NOTICE, NOTHING, REPAIR),
        "R803待查": (PENDING, HOLD, REPAIR),
        "R807": (NOTICE, NOTHING, TRAVEL),
        "R809": (PENDING, HOLD, REPAIR),
    }


OUTCOMES = _table()
"""Key: the code, followed by the form where one rule has several. Value: verdict, effect, scope."""


@dataclass(frozen=True, slots=True)
class Hit:
    code: str
    verdict: str
    effect: str
    scope: str
    waived: bool = False
    allowed: int | None = None
    """放行金额 in 分 of a valid waiver, where one was given."""

    @property
    def shown(self) -> str:
        return f"{self.code}(放行)" if self.waived else self.code

    @property
    def rank(self) -> int:
        if self.waived:
            return 6
        if self.verdict == REFUSED:
            return 1 if self.effect == REFUSE_ROW else 5
        return {RETURNED: 2, UNDECIDABLE: 3, PENDING: 4, NOTICE: 6}[self.verdict]

    @property
    def ends_row(self) -> bool:
        """Refused or returned as a whole: takes no part in groups of rows, pays nothing."""
        return not self.waived and self.effect in (REFUSE_ROW, RETURN_ROW)


def hit(key: str, *, waived: bool = False, allowed: int | None = None) -> Hit:
    return Hit(key[:4], *OUTCOMES[key], waived=waived, allowed=allowed)


@dataclass(frozen=True, slots=True)
class Outcome:
    verdict: str
    scope: str
    codes: tuple[str, ...]
    claimed: int
    payable: int
    held: int
    refused: int


def fold(
    claimed: Mapping[str, int],
    standard: Mapping[str, int | None],
    hits: Sequence[Hit],
    visit_cut: int = 0,
) -> Outcome:
    """rules.md §1 with §12.1 and §13.6–7: one row's hits to one verdict and its money."""
    hits = sorted(hits, key=lambda h: h.code)
    standing = [h for h in hits if not h.waived]
    paid: dict[str, int] = {}
    held: dict[str, int] = {}
    for component, claim in claimed.items():
        here = [h for h in standing if h.scope in (component, WHOLE)]
        amount = claim
        allowed = [h.allowed for h in hits if h.scope == component and h.allowed is not None]
        if allowed:
            amount = min(allowed)
        if any(h.effect == CUT for h in here):
            limit = claim - visit_cut if component == REPAIR else standard[component]
            assert limit is not None
            amount = min(amount, limit)
        if any(h.ends_row for h in here) or any(h.effect == REFUSE_ITEM for h in here):
            amount = 0
        on_hold = any(h.effect == HOLD for h in here)
        paid[component], held[component] = (0, amount) if on_hold else (amount, 0)
    for cap in (h.allowed for h in hits if h.scope == WHOLE and h.allowed is not None):
        for component in paid:
            paid[component] = min(paid[component], cap)
            cap -= paid[component]
    total, payable, waiting = sum(claimed.values()), sum(paid.values()), sum(held.values())
    best = min((h.rank for h in hits), default=7)
    winners = [h for h in hits if h.rank == best]
    verdict = {1: REFUSED, 2: RETURNED, 3: UNDECIDABLE, 4: PENDING, 5: REFUSED, 6: NOTICE}.get(
        best, PASSED
    )
    whole = any(h.scope == WHOLE for h in winners)
    return Outcome(
        verdict=verdict,
        scope="" if not hits else WHOLE if whole else "部分",
        codes=tuple(h.shown for h in hits),
        claimed=total,
        payable=payable,
        held=waiting,
        refused=total - payable - waiting,
    )
