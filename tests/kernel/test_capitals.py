"""Amounts in Chinese capitals say what they are: read back, they are the amount."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bizcli.kernel.capitals import DIGITS, capitals

ANY = st.decimals(min_value=-(10**12) + 1, max_value=10**12 - 1, places=2)


def read(text: str) -> Decimal:
    """What a person reads: 零 says nothing, each digit counts by the place behind it."""
    found = re.fullmatch("人民币(负?)(?:(.*)元)?零?(?:(.)角)?(?:(.)分)?整?", text)
    assert found, text
    minus, yuan, jiao, fen = found.groups()
    whole = part = digit = 0
    for char in (yuan or "").replace("零", ""):
        if char in DIGITS:
            digit = DIGITS.index(char)
        elif char in "拾佰仟":
            part, digit = part + digit * {"拾": 10, "佰": 100, "仟": 1000}[char], 0
        else:
            whole, part, digit = whole + (part + digit) * {"万": 10**4, "亿": 10**8}[char], 0, 0
    cents = (DIGITS.index(jiao) if jiao else 0) * 10 + (DIGITS.index(fen) if fen else 0)
    value = whole + part + digit + Decimal(cents) / 100
    return -value if minus else value


@given(ANY)
def test_what_is_written_is_read_back(amount: Decimal) -> None:
    assert read(capitals(amount)) == amount


@given(ANY)
def test_it_is_written_as_the_rule_says(amount: Decimal) -> None:
    text = capitals(amount)
    assert (
        text.startswith("人民币")
        and "零零" not in text
        and not re.search("零[元万亿整]", text.replace("人民币零元整", ""))
    )
    assert text.endswith(("整", "角", "分")) and text.endswith("整") == (amount == amount.to_integral_value())
    assert not re.search("[万亿]{2}", text)
    assert ("元零" in text) >= (abs(amount) >= 1 and amount * 10 % 10 != 0 and abs(amount) * 100 % 100 < 10)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "人民币零元整"), ("0.50", "人民币伍角"), ("0.01", "人民币壹分"), ("-1259.47", "人民币负壹仟贰佰伍拾玖元肆角柒分"), ("10", "人民币壹拾元整"),
        ("100000000", "人民币壹亿元整"), ("100000005", "人民币壹亿零伍元整"), ("100010000", "人民币壹亿零壹万元整"), ("1000300.05", "人民币壹佰万零叁佰元零伍分"),
        ("1200003000", "人民币壹拾贰亿零叁仟元整"), ("20001.10", "人民币贰万零壹元壹角"),
        ("999999999999.99", "人民币玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)  # fmt: skip
def test_amounts(amount: str, text: str) -> None:
    assert capitals(Decimal(amount)) == text


@pytest.mark.parametrize("amount", ["0.001", "1000000000000"])
def test_what_cannot_be_an_amount(amount: str) -> None:
    with pytest.raises(AssertionError):
        capitals(Decimal(amount))
