"""Amounts of yuan in Chinese capitals (大写金额), which nobody can change with a stroke of the pen.

Source: 中国人民银行《支付结算办法》（银发〔1997〕393号）附一《正确填写票据和结算凭证的基本规定》, in force since
1997-12-01. Where 附一 allows two ways (第四条第三项) this is the first of them.
"""

from decimal import Decimal

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("仟", "佰", "拾", "")
MYRIADS = ("", "万", "亿")
LARGEST = Decimal(10) ** 12


def capitals(amount: Decimal) -> str:
    """An amount of whole fen, as it is written on a cheque or an invoice.

    The examples of 附一第四条:

    >>> for amount in ("1409.50", "6007.14", "1680.32", "107000.53", "16409.02", "325.04"):
    ...     print(capitals(Decimal(amount)))
    人民币壹仟肆佰零玖元伍角
    人民币陆仟零柒元壹角肆分
    人民币壹仟陆佰捌拾元零叁角贰分
    人民币壹拾万柒仟元零伍角叁分
    人民币壹万陆仟肆佰零玖元零贰分
    人民币叁佰贰拾伍元零肆分
    >>> capitals(Decimal("1259.47")), capitals(Decimal(-30)), capitals(Decimal(0)), capitals(Decimal("0.05"))
    ('人民币壹仟贰佰伍拾玖元肆角柒分', '人民币负叁拾元整', '人民币零元整', '人民币伍分')
    """
    assert abs(amount) < LARGEST and amount == round(amount, 2), f"{amount} is no amount of at most 12 digits and fen"
    yuan, fen = divmod(int(abs(amount) * 100), 100)
    return "人民币" + ("负" if amount < 0 else "") + yuan_of(yuan, fen) + fen_of(yuan, fen)


def yuan_of(yuan: int, fen: int) -> str:
    """What stands before and with 元; nothing where there are only jiao and fen."""
    return (whole(yuan) or "零") + "元" if yuan or not fen else ""


def fen_of(yuan: int, fen: int) -> str:
    """What stands behind 元: 整 where there is nothing, 零 where a zero stands before a digit."""
    jiao, fen = divmod(fen, 10)
    if not jiao and not fen:
        return "整"
    zero = "零" if yuan and (not jiao or yuan % 10 == 0) else ""
    return zero + (f"{DIGITS[jiao]}角" if jiao else "") + (f"{DIGITS[fen]}分" if fen else "")


def whole(yuan: int) -> str:
    """Whole yuan: four digits at a time, 零 for the zeros between two digits."""
    text, gap = "", False
    for n in (2, 1, 0):
        part = yuan // 10_000**n % 10_000
        if part:
            text += ("零" if text and (gap or part < 1000) else "") + four(part) + MYRIADS[n]
        gap = not part
    return text


def four(number: int) -> str:
    """Up to four digits.

    >>> four(6007), four(1680), four(10)
    ('陆仟零柒', '壹仟陆佰捌拾', '壹拾')
    """
    text, gap = "", False
    for digit, place in zip(f"{number:04}", PLACES, strict=True):
        if digit != "0":
            text += ("零" if text and gap else "") + DIGITS[int(digit)] + place
        gap = digit == "0"
    return text
