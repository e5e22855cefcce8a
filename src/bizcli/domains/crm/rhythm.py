"""How regularly somebody buys: the days between one time and the next, and what a longer silence means.

The usual gap is the median, so that one long holiday does not change it.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

ENOUGH = 2  # gaps: of two purchases nobody can tell a rhythm
SLIPPING, LOST = 15, 30  # tenths of the usual gap: silent for longer than that
USUAL_SHARE = 4  # one gap in so many may have been as long as the silence


class Rhythm(NamedTuple):
    """When somebody bought: the last day, and the gaps in days between the days of purchase, the shortest first."""

    last: int  # the ordinal of the day
    gaps: tuple[int, ...]

    @property
    def usual(self) -> int | None:
        """The median gap; None where there are too few."""
        return median(self.gaps) if len(self.gaps) >= ENOUGH else None

    @property
    def next(self) -> int | None:
        """When the next purchase is due: the usual gap after the last one."""
        usual = self.usual
        return None if usual is None else self.last + usual

    def as_long(self, silence: int) -> int:
        """How many of the gaps were at least as long as a silence."""
        return sum(gap >= silence for gap in self.gaps)

    def risk(self, today: int) -> str:
        """Whether they are slipping away: unknown, low, medium or high.

        Medium after one and a half times the usual gap and high after three times, unless one gap in four was as
        long before: then this is how they buy.
        """
        usual = self.usual
        if usual is None:
            return "unknown"
        silence = today - self.last
        if silence * 10 <= usual * SLIPPING or self.as_long(silence) * USUAL_SHARE >= len(self.gaps):
            return "low"
        return "high" if silence * 10 > usual * LOST else "medium"


def rhythm(days: Iterable[int]) -> Rhythm | None:
    """The rhythm of some days, given as ordinals in any order; what happened on one day counts once."""
    sorted_days = sorted(set(days))
    if not sorted_days:
        return None
    gaps = sorted(later - earlier for earlier, later in pairwise(sorted_days))
    return Rhythm(sorted_days[-1], tuple(gaps))


def median(sorted_values: Sequence[int]) -> int:
    """The middle of sorted whole numbers; of two in the middle their mean, half a day rounded up.

    >>> median((1, 7, 100)), median((28, 31))
    (7, 30)
    """
    half = len(sorted_values) // 2
    if len(sorted_values) % 2:
        return sorted_values[half]
    return (sorted_values[half - 1] + sorted_values[half] + 1) // 2


def ordinal(day: str) -> int:
    """A day of ISO 8601 as a number of days."""
    return date.fromisoformat(day).toordinal()
