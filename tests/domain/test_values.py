"""Cells that need no tidying are taken as they are, and read as if they had been tidied."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from addin.domain import values
from addin.domain.values import TRUNCATED, UNREADABLE

TYPED = st.text(
    st.one_of(
        st.sampled_from("AZaz019-—－+.,、/;'()号栋 \u3000\u00a0\t\n\u200b\ufeffＷ０①㎡é\u0301無"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=12,
)


def tidied(raw: str) -> str:
    """§2.1, step by step."""
    plain = re.sub("[\u200b-\u200f\u2060\ufeff]", "", unicodedata.normalize("NFKC", raw))
    chinese = "[\u3400-\u9fff\uf900-\ufaff]"
    return re.sub(f"(?<={chinese}) (?={chinese})", "", re.sub(r"\s+", " ", plain).strip())


@example("A  1")
@given(TYPED)
def test_a_text_is_tidied(raw: str) -> None:
    assert values.text(raw) == tidied(raw)


@given(TYPED)
def test_a_code_is_its_tidied_text_in_capitals_without_spaces(raw: str) -> None:
    dashes = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58"), "-")
    words = tidied(raw).translate(dashes)
    code = None if words in values.BLANK_TOKENS else words.replace(" ", "").lstrip("'").upper()
    assert values.read_code(raw) == (code or None)


@given(TYPED)
def test_a_separator_at_the_end_of_a_list_of_codes_adds_none(raw: str) -> None:
    if not values.is_blank(raw):  # "-、" is no blank any more
        assert values.read_codes(raw) == values.read_codes(f"{raw}、")


@given(st.from_regex(r"1[2-9]\d{9,10}|0\d{9,11}", fullmatch=True))
def test_a_separator_after_a_telephone_changes_nothing(raw: str) -> None:
    assert values.read_phones(raw) == values.read_phones(f"{raw}/")


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**16), 10**16))
def test_a_number_is_shown_with_fifteen_digits(value: float) -> None:
    assert values.number_text(value) == format(Decimal(f"{value:.15g}"), "f")


@given(st.floats(allow_nan=False) | st.integers(-(10**14), 10**14).map(float))
def test_a_number_is_the_whole_number_it_shows(value: float) -> None:
    number = values.read_number(value)
    whole = isinstance(number, Decimal) and number == number.to_integral_value()
    assert values.read_int(value) == (int(number) if whole else UNREADABLE)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cell", "cut_off"),
    [
        ("2.6312E+19", True),
        ("2.6312e19", True),
        ("２．６３１２Ｅ＋１９", True),
        (" 3E+18", True),
        ("3E18", False),
        ("DR60E2512000123", False),
        ("26312000000012345678", False),
        ("", False),
        (None, False),
        (2.6312e19, False),  # known by its size
    ],
)
def test_a_text_in_scientific_notation_has_lost_its_tail(cell: object, cut_off: bool) -> None:
    assert values.is_truncated_text(cell) is cut_off


@given(TYPED | st.from_regex(r"\d\.\d{1,3}[eE]\+?\d{1,2}", fullmatch=True))
def test_a_text_has_lost_its_tail_if_its_code_has(raw: str) -> None:
    code = values.read_code(raw)
    assert values.is_truncated_text(raw) == values.looks_truncated(str(code))


def test_a_number_too_long_for_excel_is_no_code() -> None:
    assert values.read_code(1e15) is TRUNCATED
    assert values.read_code(999_999_999_999_999.0) == "999999999999999"
