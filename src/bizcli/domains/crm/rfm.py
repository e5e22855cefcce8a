"""RFM: how recently, how often and for how much a customer bought, each as one of five classes.

Arthur Hughes, Strategic Database Marketing (1994): customers are ranked by each of the three and cut into fifths;
5 is the best fifth. Those who are alike get the same class, that of the middle of their ranks.
"""

CLASSES = 5


def fifth(worse: int, alike: int, of: int) -> int:
    """The class of one among `of`, when so many are worse and so many, itself too, are alike.

    >>> [fifth(n, 1, 5) for n in range(5)], fifth(0, 1, 1), fifth(0, 4, 4)
    ([1, 2, 3, 4, 5], 3, 3)
    """
    assert worse >= 0 and alike >= 1 and worse + alike <= of, (worse, alike, of)
    return 1 + CLASSES * (2 * worse + alike) // (2 * of)
