"""Amounts in words: calculations.md §11."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addin.domain.rmb import LIMIT, words

TABLE = {
    "0.00": "零元整",
    "0.05": "伍分",
    "0.50": "伍角",
    "1.00": "壹元整",
    "10.05": "壹拾元零伍分",
    "100.50": "壹佰元伍角",
    "1000.00": "壹仟元整",
    "10001.00": "壹万零壹元整",
    "107000.53": "壹拾万柒仟元伍角叁分",
    "1010101.01": "壹佰零壹万零壹佰零壹元零壹分",
    "10000000.00": "壹仟万元整",
    "100010000.00": "壹亿零壹万元整",
    "100000001.00": "壹亿零壹元整",
    "-80.50": "负捌拾元伍角",
    "1280.00": "壹仟贰佰捌拾元整",
    "80.05": "捌拾元零伍分",
    # the table's neighbours: a whole empty group, a gap inside a group, the largest amount
    "100001000.00": "壹亿零壹仟元整",
    "2005000300.00": "贰拾亿零伍佰万零叁佰元整",
    "0.55": "伍角伍分",
    "-0.01": "负壹分",
    "999999999999.99": "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分",
}


def fen(amount: str) -> int:
    return int(amount.replace(".", ""))


@pytest.mark.parametrize(("amount", "expected"), TABLE.items())
def test_amount_in_words_as_the_table_says(amount: str, expected: str) -> None:
    assert words(fen(amount)) == expected


@pytest.mark.parametrize(
    ("amount", "expected"),
    [("100.50", "壹佰元伍角整"), ("0.50", "伍角整"), ("0.55", "伍角伍分"), ("1.00", "壹元整")],
)
def test_zheng_after_jiao_is_a_choice_and_never_follows_fen(amount: str, expected: str) -> None:
    assert words(fen(amount), zheng_after_jiao=True) == expected


@pytest.mark.parametrize("too_much", [LIMIT, -LIMIT])
def test_a_million_million_yuan_has_no_words(too_much: int) -> None:
    with pytest.raises(ValueError, match="no words"):
        words(too_much)


DIGIT = {char: value for value, char in enumerate("零壹贰叁肆伍陆柒捌玖")}
WEIGHT = {"拾": 10, "佰": 100, "仟": 1000}
SCALE = {"亿": 10**10, "万": 10**6, "元": 100}
SMALL = {"角": 10, "分": 1}


def read_aloud(text: str) -> int:
    """An independent reader: walks the words from left to right, as a cashier does."""
    total = section = digit = 0
    for char in text.removeprefix("负").removesuffix("整"):
        if char in DIGIT:
            digit = DIGIT[char]
        elif char in WEIGHT:
            section, digit = section + digit * WEIGHT[char], 0
        elif char in SCALE:
            total, section, digit = total + (section + digit) * SCALE[char], 0, 0
        else:
            total, digit = total + digit * SMALL[char], 0
    return -total if text.startswith("负") else total


AMOUNTS = st.one_of(
    st.integers(1 - LIMIT, LIMIT - 1),
    # mostly zeros: that is where the gaps are
    st.lists(st.sampled_from("0000123"), min_size=1, max_size=14).map(lambda d: int("".join(d))),
)


@given(AMOUNTS, st.booleans())
def test_words_read_aloud_are_the_amount(amount: int, zheng_after_jiao: bool) -> None:
    assert read_aloud(words(amount, zheng_after_jiao=zheng_after_jiao)) == amount


@given(AMOUNTS, st.booleans())
def test_words_are_well_formed(amount: int, zheng_after_jiao: bool) -> None:
    text = words(amount, zheng_after_jiao=zheng_after_jiao)
    assert "零零" not in text
    assert not re.search("零[拾佰仟万亿角分]", text)
    assert "分整" not in text
    assert text == "零元整" or not re.search("零元|^负?零", text)
    assert text.endswith(("元整", "角整", "分") if zheng_after_jiao else ("元整", "角", "分"))


@pytest.mark.parametrize("exponent", range(1, 12))
def test_any_run_of_zeros_between_two_digits_is_heard_once(exponent: int) -> None:
    assert words((3 * 10**exponent + 7) * 100).count("零") == (exponent > 1)
