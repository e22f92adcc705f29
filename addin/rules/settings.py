"""What sheet 规则参数 says: which rules run, from when, how strictly, with which figures."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from addin.rules.parameters import BY_NAME, Parameters
from addin.rules.rule import Rule, all_rules
from addin.rules.verdicts import Outcome, Severity, Verdict


@dataclass(frozen=True)
class RuleSetting:
    """One rule's line; the default is the rule as it stands in the catalogue."""

    enabled: bool = True
    verdict: Verdict | None = None
    severity: Severity | None = None
    valid_from: pd.Timestamp | None = None
    valid_to: pd.Timestamp | None = None

    def in_force(self, service_date: pd.Series) -> np.ndarray:
        """Rows whose service date the rule covers; a blank date is always covered."""
        covered = np.full(len(service_date), self.enabled)
        if self.valid_from is not None:
            covered &= ~(service_date < self.valid_from).to_numpy(bool)
        if self.valid_to is not None:
            covered &= ~(service_date > self.valid_to).to_numpy(bool)
        return covered

    def outcome(self, own: Outcome) -> Outcome:
        """The rule's own outcome or the overriding one; 无法判断 may not be talked away (§1 h)."""
        forbidden = own.verdict is Verdict.UNDECIDABLE and self.verdict in (
            Verdict.PASSED,
            Verdict.REFUSED,
        )
        if self.verdict is None or self.verdict is own.verdict or forbidden:
            return own
        return own.overridden(self.verdict)


@dataclass
class Settings:
    """Parameters and rule settings together, with what could not be taken over."""

    parameters: Parameters = field(default_factory=Parameters)
    rules: dict[str, RuleSetting] = field(default_factory=dict)
    remarks: list[tuple[int, str]] = field(default_factory=list)  # Excel row, Chinese

    def of(self, rule: Rule) -> RuleSetting:
        return self.rules.get(rule.code, RuleSetting())


def from_sheet(sheet: pd.DataFrame, as_of: pd.Timestamp) -> Settings:
    """Settings from the lines of 规则参数; a parameter's line counts when in force on ``as_of``.

    Raises ``ValueError`` (Chinese) for a value that makes no sense; an unknown name is remarked.
    """
    settings = Settings()
    codes = {rule.code for rule in all_rules()}
    for line in sheet.to_dict("records"):
        row = int(line["row"])
        since, until = _day(line["valid_from"]), _day(line["valid_to"])
        if line["parameter"]:
            if line["parameter"] not in BY_NAME:
                settings.remarks.append((row, f"参数“{line['parameter']}”不认识,已忽略"))
            elif line["value"] is not None and _holds(since, until, as_of):
                settings.parameters.set(line["parameter"], line["value"])
        elif line["code"] in codes:
            settings.rules[line["code"]] = RuleSetting(
                enabled=line["enabled"] is not False and line["enabled"] != False,  # noqa: E712
                verdict=Verdict(line["verdict"]) if line["verdict"] else None,
                severity=Severity(line["severity"]) if line["severity"] else None,
                valid_from=since,
                valid_to=until,
            )
        elif line["code"]:
            settings.remarks.append((row, f"规则代码{line['code']}不在规则目录,已忽略"))
    return settings


def _day(value: pd.Timestamp) -> pd.Timestamp | None:
    return None if pd.isna(value) else value


def _holds(since: pd.Timestamp | None, until: pd.Timestamp | None, day: pd.Timestamp) -> bool:
    return (since is None or since <= day) and (until is None or day <= until)
