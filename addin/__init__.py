"""Settle 结算助手: the settlement clerk's add-in. Start reading at ``actions``."""

__version__ = "0.1.0"
