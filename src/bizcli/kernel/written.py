"""Days and numbers as people write them, made what documents hold.

Only flags, prompts and sheets of other programs are read this way: in documents there is one way to write a day and a
number. What cannot be read comes back as it is, so that its field says what is wrong with it.
"""

import re
from datetime import date, timedelta

from bizcli.kernel.fields import DAY, NUMBER

NEAR = {
    "yesterday": -1, "today": 0, "tomorrow": 1, "昨天": -1, "昨日": -1, "今天": 0, "今日": 0, "明天": 1, "明日": 1,
}  # fmt: skip
FROM_TODAY = re.compile(r"[+-][0-9]{1,4}")
WHOLE_DAY = re.compile(r"([0-9]{4})(?:([-/.])([0-9]{1,2})\2([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})[日号])")
OF_THIS_YEAR = re.compile(r"([0-9]{1,2})(?:-([0-9]{1,2})|月([0-9]{1,2})[日号])")  # 5/11 is May here, November there

SIGNS = {"CNY": "¥", "JPY": "¥", "USD": "$", "HKD": "$", "EUR": "€", "GBP": "£", "KRW": "₩"}
AMOUNT = re.compile(
    r"(-?)([¥$€£₩]?) ?([0-9]{1,15}|[0-9]{1,3}(?:([, ])[0-9]{3}(?:\4[0-9]{3})*))(\.[0-9]{1,12})?(万?亿?)(元?)"
)
ZEROS = {"": 0, "万": 4, "亿": 8, "万亿": 12}
WIDE = {
    **{n + 0xFEE0: n for n in range(0x21, 0x7F)},
    **dict.fromkeys([0x3000, 0xA0, 0x2009, 0x202F], " "),
    0xFFE5: "¥",
    0x2212: "-",
}


def narrow(text: str) -> str:
    """Text with its full-width signs and digits as ASCII has them, and every kind of space as one.

    >>> narrow("１，２３４．５０％")
    '1,234.50%'
    """
    return text.strip() if text.isascii() else text.translate(WIDE).strip()


def day(text: str, today: date) -> str:
    """A day in ISO 8601, where it is one.

    >>> [day(text, date(2026, 11, 30)) for text in ("明天", "+3", "2026/11/5", "2026年11月5日", "1-05", "soon")]
    ['2026-12-01', '2026-12-03', '2026-11-05', '2026-11-05', '2026-01-05', 'soon']
    """
    said = narrow(text).lower()
    if DAY.fullmatch(said):
        return said
    if said in NEAR or FROM_TODAY.fullmatch(said):
        return (today + timedelta(NEAR[said] if said in NEAR else int(said))).isoformat()
    if found := WHOLE_DAY.fullmatch(said):
        year, _mark, *parts = found.groups()
    elif found := OF_THIS_YEAR.fullmatch(said):
        year, parts = f"{today.year:04}", [*found.groups()]
    else:
        return text
    month, day = (int(part) for part in parts if part)
    iso = f"{year}-{month:02}-{day:02}"
    return iso if is_day(iso) else text


def is_day(iso: str) -> bool:
    try:
        date.fromisoformat(iso)
    except ValueError:
        return False
    return True


def number(text: str, currency: str | None) -> str:
    """A number with ASCII digits and nothing between them, where it is one. The sign is that of the book's currency.

    >>> [number(text, "CNY") for text in ("1,234.50", "¥1 234.50", "￥１２", "1.5万", "-3", "30元", "1,50", "$5")]
    ['1234.50', '1234.50', '12', '15000', '-3', '30', '1,50', '$5']
    """
    said = narrow(text)
    if NUMBER.fullmatch(said):
        return said
    found = AMOUNT.fullmatch(said)
    if found is None:
        return text
    minus, sign, whole, between, rest, myriads, yuan = found.groups()
    if (sign and sign != SIGNS.get(currency or "")) or (yuan and currency != "CNY"):
        return text
    return minus + shifted(whole.replace(between or ",", ""), (rest or ".")[1:], ZEROS[myriads])


def shifted(whole: str, rest: str, places: int) -> str:
    """A number with its point some places to the right.

    >>> shifted("1", "5", 4), shifted("0", "00123", 4), shifted("12", "50", 0)
    ('15000', '12.3', '12.50')
    """
    if not places:
        return f"{whole}.{rest}" if rest else whole
    whole, rest = whole + rest[:places].ljust(places, "0"), rest[places:].rstrip("0")
    whole = whole.lstrip("0") or "0"
    return f"{whole}.{rest}" if rest else whole
