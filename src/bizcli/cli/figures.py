"""Figures as people read them: thousands apart, money with the digits of its currency, quantities without idle zeros.

Scripts get the figures as they are. So does `plain`, which is what a pipe gets.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from bizcli.cli.answers import Sheet, Table
from bizcli.cli.language import spoken
from bizcli.kernel.money import MINOR_DIGITS

MONEY = ("amount", "cost", "credit", "credit_limit", "debit", "fee", "gross", "net", "price", "tax", "value")
QUANTITIES = ("qty", "quantity", "counted")
"""Keys of documents; what is worked out has the right digits already."""
IN_WORDS = "amount_in_words"


def for_people(answer: Any, currency: str) -> Any:
    """An answer with its figures as people read them; in Chinese, what is paid in yuan also in capitals."""
    digits = MINOR_DIGITS.get(currency, 2)
    if isinstance(answer, Table):
        totals = tidy(answer.totals, digits) if answer.totals is not None else None
        return answer._replace(rows=tidy(answer.rows, digits), totals=totals)
    if isinstance(answer, Sheet):
        tree = with_capitals(answer.tree, currency) if spoken() == "zh" else answer.tree
        return answer._replace(tree=tidy(tree, digits))
    return answer


def tidy(value: Any, digits: int, name: str = "") -> Any:
    """A value, and all that is in it, with the digits that its name asks for."""
    if isinstance(value, Mapping):
        return {key: tidy(each, digits, key) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [tidy(each, digits, name) for each in value]
    if not isinstance(value, Decimal):
        return value
    if ends_with(name, MONEY):
        return with_digits(value, digits)
    return with_digits(value, 0) if ends_with(name, QUANTITIES) else value


def ends_with(name: str, words: tuple[str, ...]) -> bool:
    """Whether a key is one of these words, or one of them with more before it.

    >>> ends_with("unit_cost", MONEY), ends_with("until", MONEY)
    (True, False)
    """
    return name in words or name.endswith(tuple("_" + word for word in words))


def with_digits(value: Decimal, digits: int) -> Decimal:
    """A number with so many digits after the point, more only where they say something.

    >>> [str(with_digits(Decimal(text), 2)) for text in ("99", "99.500", "0.0333", "1E+3")]
    ['99.00', '99.50', '0.0333', '1000.00']
    """
    whole, _point, rest = f"{value:f}".partition(".")
    rest = rest.rstrip("0").ljust(digits, "0")
    return Decimal(f"{whole}.{rest}" if rest else whole)


def with_capitals(tree: Mapping[str, Any], currency: str) -> Mapping[str, Any]:
    """A document with what it charges or pays in Chinese capitals; anything else as it is."""
    if "id" not in tree or tree.get("currency", currency) != "CNY":
        return tree
    after = "totals" if "totals" in tree else "amount"
    amount = tree["totals"]["gross"] if "totals" in tree else tree.get("amount")
    if not isinstance(amount, Decimal) or amount != round(amount, 2):
        return tree
    from bizcli.kernel.capitals import capitals

    found: dict[str, Any] = {}
    for key, value in tree.items():
        found[key] = value
        if key == after:
            found[IN_WORDS] = capitals(amount)
    return found


def money(amount: Decimal, currency: str) -> str:
    """An amount in a sentence.

    >>> money(Decimal("1259.4"), "CNY"), money(Decimal("1259"), "JPY")
    ('1,259.40', '1,259')
    """
    return f"{with_digits(amount, MINOR_DIGITS.get(currency, 2)):,f}"


def count(qty: Decimal, sign: str = "") -> str:
    """A quantity in a sentence.

    >>> count(Decimal("1200.50")), count(Decimal("2"), "+")
    ('1,200.5', '+2')
    """
    return format(with_digits(qty, 0), f"{sign},f")
