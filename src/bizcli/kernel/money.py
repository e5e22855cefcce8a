"""Exact numbers: the one scale of the books and the only place that rounds.

A document holds `Decimal`s as they were written. Effects, valuation and index hold whole numbers of
millionths ("micro"): 12.50 is 12_500_000, whether it is money, a quantity or a price. Money is
rounded to the currency's minor unit, half away from zero.
"""

from decimal import Decimal

MICRO = 1_000_000

# ISO 4217 (list one, 2024): currencies whose minor unit is not a hundredth.
MINOR_DIGITS = {
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
    **dict.fromkeys(["CLF", "UYW"], 4),
}


def minor_unit(currency: str) -> int:
    """The smallest amount of a currency, in micro: a cent is 10_000."""
    unit: int = 10 ** (6 - MINOR_DIGITS.get(currency, 2))
    return unit


def micro(value: Decimal) -> int:
    """A written number in micro.

    >>> micro(Decimal("12.5"))
    12500000
    """
    whole: int = int(value.scaleb(6))
    return whole


def decimal(value: int) -> Decimal:
    """A micro number as a Decimal without idle zeros.

    >>> decimal(12_500_000)
    Decimal('12.5')
    """
    return Decimal(quantity_text(value))


def divide(dividend: int, divisor: int) -> int:
    """Whole-number division, rounded half away from zero.

    >>> divide(5, 2), divide(-5, 2), divide(7, 3)
    (3, -3, 2)
    """
    if divisor < 0:
        dividend, divisor = -dividend, -divisor
    if dividend < 0:
        return -((-2 * dividend + divisor) // (2 * divisor))
    return (2 * dividend + divisor) // (2 * divisor)


def to_unit(value: int, unit: int) -> int:
    """A micro amount rounded to whole minor units.

    >>> to_unit(12_345_000, 10_000)
    12350000
    """
    return divide(value, unit) * unit


def times(quantity: int, price: int, unit: int) -> int:
    """Quantity times price, all in micro, rounded to whole minor units.

    >>> times(3_000_000, 33_333_333, 10_000)
    100000000
    """
    return divide(quantity * price, MICRO * unit) * unit


def share(amount: int, part: int, whole: int, unit: int) -> int:
    """The part of an amount that falls on `part` of `whole`, rounded to whole minor units.

    Taken cumulatively (share of what has gone so far, less what was taken before) the shares of a
    whole add up to the amount.
    """
    return divide(amount * part, whole * unit) * unit


def quantity_text(value: int) -> str:
    """A micro number with only the digits that it needs.

    >>> quantity_text(12_500_000), quantity_text(-3_000_000)
    ('12.5', '-3')
    """
    whole, rest = divmod(abs(value), MICRO)
    sign = "-" if value < 0 else ""
    return f"{sign}{whole}.{rest:06d}".rstrip("0") if rest else f"{sign}{whole}"


def amount_text(value: int, unit: int = 10_000) -> str:
    """A micro amount with the digits of its currency, more only where they are needed.

    >>> amount_text(12_500_000), amount_text(-3_333), amount_text(5_000_000, 1_000_000)
    ('12.50', '-0.003333', '5')
    """
    whole, rest = divmod(abs(value), MICRO)
    sign = "-" if value < 0 else ""
    if value % unit:
        return f"{sign}{whole}.{rest:06d}".rstrip("0")
    if unit == 10_000:
        return f"{sign}{whole}.{rest // 10_000:02d}"
    digits = f"{rest // unit:0{len(str(MICRO // unit)) - 1}d}" if unit < MICRO else ""
    return f"{sign}{whole}.{digits}" if digits else f"{sign}{whole}"


def fine_text(value: int) -> str:
    """An amount in millionths of a micro (10⁻¹²), as lots times quantities give it.

    >>> fine_text(3_333_000_000), fine_text(-1_590_000_000_000)
    ('0.003333', '-1.59')
    """
    whole, rest = divmod(abs(value), MICRO * MICRO)
    sign = "-" if value < 0 else ""
    return f"{sign}{whole}.{rest:012d}".rstrip("0") if rest else f"{sign}{whole}.00"
