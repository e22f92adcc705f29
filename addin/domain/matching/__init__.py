"""Our list against an agent's: which entry is which, found step by step, each step named.

Only an equal document number concludes by itself (``exact``). What remains goes through the
tolerant steps (``alike``, ``sums``); whatever they find is proposed to the clerk, never accepted.
Where two entries could equally be meant the line says so; the order of rows decides nothing.
"""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from addin.domain.matching import alike, exact, parts, remembered, repeated, sums
from addin.domain.matching.conclusions import Conclusion, Draft, Matches, Note, Step
from addin.domain.matching.remembered import Pairing
from addin.domain.matching.sides import COLUMNS, Both, Limits

__all__ = ["COLUMNS", "Conclusion", "Limits", "Matches", "Note", "Pairing", "Step", "match"]


def match(
    ours: pd.DataFrame,
    theirs: pd.DataFrame,
    limits: Limits | None = None,
    confirmed: Collection[Pairing] = (),
    rejected: Collection[Pairing] = (),
) -> Matches:
    """Each row of both lists in exactly one line of the answer.

    The frames hold any of :data:`COLUMNS`, normalised as a sheet is read: codes and names as
    text, amounts in 分, dates as days; blank where unknown. ``confirmed`` are proposals of
    earlier runs that the clerk has said yes to, ``rejected`` those that are not made again.

    >>> ours = pd.DataFrame({"slip_no": ["FH001", "FH0125"], "amount": [12000, 8000]})
    >>> theirs = pd.DataFrame({"slip_no": ["FH001", "FH0152"], "amount": [11800, 8000]})
    >>> match(ours, theirs).lines[["conclusion", "step", "field", "difference"]].values.tolist()
    [['有差异', '编号相同', '金额', 200], ['待确认', '编号差一位', '', 0]]
    """
    both = Both.of(ours, theirs, limits or Limits())
    draft = Draft(both.ours.size, both.theirs.size)
    remembered.accept(both, draft, confirmed)
    several_times = exact.pair(both, draft)
    no = frozenset(rejected)
    remembered.reopen(both, draft, no)
    families = parts.families(both, draft)
    alike.propose(both, draft, families, no)
    repeated.propose(both, draft, several_times, no)
    sums.propose(both, draft, families, no)
    return draft.finished(both)
