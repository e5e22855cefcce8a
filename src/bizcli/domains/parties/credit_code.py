"""The unified social credit code (统一社会信用代码) of organisations in China: GB 32100-2015, in force since 2015-10-01."""

import re

SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # without I, O, S, V and Z, which read like others
CODE = re.compile(rf"[1-9ANY][{SIGNS}]{{17}}")


def mistyped(text: str) -> bool:
    """Whether a text has the form of such a code and not its check sign; what has another form is another number.

    >>> mistyped("91110000600037341L"), mistyped("91110000600037314L"), mistyped("GB123456789")
    (False, True, False)
    """
    if not CODE.fullmatch(text):
        return False
    total = sum(SIGNS.index(sign) * pow(3, n, 31) for n, sign in enumerate(text[:17]))
    return SIGNS[-total % 31] != text[17]
