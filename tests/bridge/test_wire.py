"""Cells on their way: what a program sends arrives as formulas take it, and answers go back."""

from __future__ import annotations

import datetime as dt
import io
import json
from decimal import Decimal
from typing import Any

import pytest

from addin.bridge import pipe
from addin.bridge.wire import MARK, NUMBERS, from_wire, to_wire
from addin.cells import ERRORS, NA, VALUE, CellError


@pytest.mark.parametrize(
    ("result", "sent"),
    [
        (None, ""),
        ("通过", "通过"),
        (80, 80.0),
        (Decimal("7.50"), 7.5),
        (True, True),
        (dt.date(2026, 3, 5), 46086.0),
        (dt.datetime(2026, 3, 5, 8, 30), 46086.0),
        (CellError(NA, "没有"), f"{MARK}2042"),
        ("#DIV/0!", f"{MARK}2007"),
        ([["a", None], [1, CellError(VALUE, "x")]], (("a", ""), (1.0, f"{MARK}2015"))),
        (["a", "b"], (("a",), ("b",))),
    ],
)
def test_what_a_formula_gives(result: Any, sent: Any) -> None:
    assert to_wire(result) == sent


@pytest.mark.parametrize(
    ("sent", "got"),
    [
        (80.0, 80.0),
        (None, None),
        (f"{MARK}2042", "#N/A"),
        (f"{MARK}9999", "#VALUE!"),
        (MARK, "#VALUE!"),
        ([["a", None], [1.0, f"{MARK}2007"]], [["a", None], [1.0, "#DIV/0!"]]),
        (("a", "b"), [["a"], ["b"]]),
    ],
)
def test_what_a_formula_is_given(sent: Any, got: Any) -> None:
    assert from_wire(sent) == got


def test_a_day_counts_as_the_workbook_of_the_formula_does() -> None:
    day = dt.date(2026, 3, 5)
    assert to_wire([[day]], date1904=True) == ((46086.0 - 1462,),)


def test_every_error_has_its_number() -> None:
    assert set(NUMBERS) == ERRORS
    assert [from_wire(to_wire(error)) for error in NUMBERS] == list(NUMBERS)


def test_the_pipe_answers_line_by_line_and_never_breaks() -> None:
    asked = [
        {"formula": "SETTLE_RMB", "arguments": [1280], "cell": ["", "表", 1, 1]},
        {"formula": "SETTLE_RMB", "arguments": [[[1], ["多少"]]]},
        {"formula": "SETTLE_NEW", "arguments": []},
    ]
    answers = io.StringIO()
    pipe.serve(io.StringIO("".join(json.dumps(line) + "\n" for line in asked)), answers)
    assert [json.loads(line)["value"] for line in answers.getvalue().splitlines()] == [
        "壹仟贰佰捌拾元整",
        [["壹元整"], [f"{MARK}2015"]],
        f"{MARK}2029",
    ]
