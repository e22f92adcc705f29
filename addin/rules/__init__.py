"""The rule catalogue: a module a group, a function a rule. Imports domain only.

>>> from addin.rules.rule import all_rules
>>> [rule.name for rule in all_rules() if rule.code == "R010"]
['用户未签字']
"""

from addin.rules.rule import Rule, all_rules, find, rules_on, slip_rules

__all__ = ["Rule", "all_rules", "find", "rules_on", "slip_rules"]
