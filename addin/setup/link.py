"""By which names Excel finds our Python."""

PROG_ID = "Settle.Link"
CLASS_ID = "{8C5D2E74-3B1F-4A86-9E07-5D1C64A2F3B9}"
MODULE = "addin.bridge.excel"
ADDIN = "结算助手.xlam"
