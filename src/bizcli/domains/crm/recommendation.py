"""What to offer a customer next, learned from the book's own baskets and nothing else.

The weight of an item is a product of three numbers, each counted in baskets of before the day:

popularity   in how many baskets of all customers it was; one of two years ago counts half
repetition   for what the customer bought before: how often customers of this book bought such things again, against what
             popularity alone says. Things bought once, and of those bought more often the ones that are due and those
             that have lapsed by the rhythm of that customer, are counted apart. Where customers do not repeat this is
             near 1. What is not due yet is not recommended.
company      for what the customer did not buy just now: how often it was in one basket with what he bought, against chance,
             on average over the things he bought last

Few baskets say little: to what was counted, baskets are added in which everything is as chance has it.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from bizcli.domains.crm.rhythm import median, rhythm

HALF_LIFE = 730  # days after which a basket counts half
AS_CHANCE_COMPANY, AS_CHANCE_REPETITION = 20, 100  # what chance adds to both sides of a comparison
LAST_THINGS = 30  # of a customer, whose company is looked at
COUNTED = 200  # baskets, the latest, in which repetition is counted
KNOWN = 1_000  # items, the most popular, that may be recommended besides those a customer knows or that go with them
SCALE = 1 << 20  # of weights, which are whole numbers: a sum does not depend on its order

STANDINGS = ("once", "due", "lapsed")
RESTING = "resting"
WEEK = 7  # days for which rests what was bought on one day only
"""Where a thing stands in a customer's rhythm."""


class Basket(NamedTuple):
    """What was chosen at one time; no customer for what was sold over the counter."""

    day: int  # its ordinal
    customer: str | None
    items: tuple[str, ...]


class Reason(NamedTuple):
    """Why an item is recommended: `repeats` by the customer's own rhythm, `goes_with` another item, or `popular`."""

    kind: str
    times: int  # the baskets in which it was: the customer's, those of the other item, or all
    of: int  # … of how many; of a rhythm, the days since the last time
    other: str | None = None  # the item that it goes with
    every: int | None = None  # days, of a rhythm


class Offer(NamedTuple):
    """An item that is recommended."""

    item: str
    weight: float
    reason: Reason


class Experience:
    """What baskets have taught so far; they are learned in the order of their days.

    `company_of`: the items of which it is learned what goes with them; all when absent.
    """

    def __init__(self, company_of: Collection[str] | None = None) -> None:
        self.asked = company_of
        self.baskets = 0
        self.sold: Counter[str] = Counter()
        self.lines = 0
        self.recent: Counter[str] = Counter()  # weighted by age
        self.together: dict[str, Counter[str]] = defaultdict(Counter)
        self.history: dict[str, dict[str, list[int]]] = defaultdict(dict)
        self.repeated: deque[dict[str, tuple[int, float]]] = deque(maxlen=COUNTED)
        self.first = 0

    def learn(self, basket: Basket) -> None:
        """Count a basket in."""
        self.baskets += 1
        self.first = self.first or basket.day
        weight = int(SCALE * 2.0 ** ((basket.day - self.first) / HALF_LIFE))
        for item in basket.items:
            self.sold[item] += 1
            self.recent[item] += weight
            if self.asked is None or item in self.asked:
                together = self.together[item]
                for other in basket.items:
                    together[other] += 1
        self.lines += len(basket.items)
        self.remember(basket)

    def remember(self, basket: Basket) -> None:
        """Only that this customer bought these things."""
        if basket.customer is not None:
            own = self.history[basket.customer]
            for item in basket.items:
                own.setdefault(item, []).append(basket.day)

    def count_repetition(self, basket: Basket) -> None:
        """What of a basket, before it is learned, its customer had bought before; and what popularity says of that."""
        own = self.history.get(basket.customer or "", {})
        found: dict[str, tuple[int, float]] = {}
        for item, days in own.items():
            where = standing(days, basket.day)
            if where == RESTING:
                continue
            again, expected = found.get(where, (0, 0.0))
            share = self.sold[item] / self.lines if self.lines else 0
            found[where] = (again + (item in basket.items), expected + share * len(basket.items))
        self.repeated.append(found)

    def repetition(self) -> dict[str, float]:
        """By where a thing stands in a rhythm: how often it is bought again, against its popularity."""
        sums = {where: [0, 0.0] for where in STANDINGS}
        for found in self.repeated:
            for where, (again, expected) in found.items():
                sums[where][0] += again
                sums[where][1] += expected
        return {
            where: (again + AS_CHANCE_REPETITION) / (expected + AS_CHANCE_REPETITION)
            for where, (again, expected) in sums.items()
        }

    def affinity(self, item: str, other: str) -> float:
        """In how many baskets an item is with another one whose company was learned, against chance."""
        by_chance = self.sold[item] * self.sold[other] / self.baskets
        together = self.together[other][item] if other in self.together else 0
        return (together + AS_CHANCE_COMPANY) / (by_chance + AS_CHANCE_COMPANY)

    def company(self, item: str, others: Collection[str]) -> float:
        """How an item goes with others: the mean over them."""
        found = [self.affinity(item, other) for other in others if other != item]
        return sum(found) / len(found) if found else 1.0

    def weights(self, customer: str | None, day: int, without: Collection[str] = ()) -> list[tuple[float, str]]:
        """All items that may be recommended with their weights, the heaviest first."""
        if not self.baskets:
            return []
        own = self.history.get(customer or "", {})
        last = last_things(own)
        again = self.repetition()
        found = []
        for item in self.candidates(own, last):
            if item in without:
                continue
            where = standing(own[item], day) if item in own else None
            if where != RESTING:
                weight = self.recent[item] * self.company(item, last) * (again[where] if where else 1)
                found.append((weight, item))
        return sorted(found, key=lambda each: (-round(each[0], 3), each[1]))

    def candidates(self, own: Iterable[str], last: Iterable[str]) -> Iterator[str]:
        """Items that are looked at: the most popular; of a long range also what the customer knows and what goes with it."""
        known = sorted(self.recent, key=lambda item: (-self.recent[item], item))
        yield from known[:KNOWN]
        if len(known) > KNOWN:
            near = {item for other in last for item, n in self.together[other].items() if n > 1}
            yield from sorted((near | {item for item in own if item in self.sold}).difference(known[:KNOWN]))

    def offers(self, customer: str | None, day: int, limit: int, without: Collection[str] = ()) -> list[Offer]:
        """What to recommend to a customer on a day, each with its reason."""
        own = self.history.get(customer or "", {})
        last = last_things(own)
        return [
            Offer(item, weight, self.reason(item, own, last, day))
            for weight, item in self.weights(customer, day, without)[:limit]
        ]

    def reason(self, item: str, own: dict[str, list[int]], last: Iterable[str], day: int) -> Reason:
        """The strongest thing that speaks for an item."""
        if item in own:
            known = rhythm(own[item])
            assert known is not None
            return Reason("repeats", len(own[item]), day - known.last, None, known.usual)
        return self.goes_with(item, last) or Reason("popular", self.sold[item], self.baskets)

    def goes_with(self, item: str, others: Iterable[str]) -> Reason | None:
        """Which of some others an item goes best with, where that is more than chance."""
        found = []
        for other in others:
            together = self.together[other][item] if other in self.together else 0
            affinity = self.affinity(item, other)
            if other != item and together > 1 and affinity > 1:
                found.append((round(affinity, 9), together, other))
        if not found:
            return None
        _, together, other = max(found)
        return Reason("goes_with", together, self.sold[other], other)

    def goes_together(self, item: str, limit: int, without: Collection[str] = ()) -> list[Offer]:
        """What goes with one item: what was in a basket with it most often, against chance."""
        offers = [
            Offer(other, self.affinity(other, item), Reason("goes_with", together, self.sold[item], item))
            for other, together in self.together.get(item, {}).items()
            if other != item and other not in without and together > 1
        ]
        return sorted(offers, key=lambda each: (-round(each.weight, 9), -each.reason.times, each.item))[:limit]


def standing(days: Sequence[int], day: int) -> str:
    """Where a thing stands on a day in the rhythm of who bought it on these days, the latest last."""
    since = day - days[-1]
    if days[0] == days[-1]:
        return "once" if since >= WEEK else RESTING
    usual = median(sorted(later - earlier for earlier, later in pairwise(days) if later > earlier))
    return RESTING if since * 4 < usual * 3 else "due" if since <= usual * 3 else "lapsed"


def last_things(own: dict[str, list[int]]) -> list[str]:
    """What a customer bought last, the latest first."""
    return sorted(own, key=lambda item: (-own[item][-1], item))[:LAST_THINGS]


def teach(known: Experience, baskets: Sequence[Basket], counting: int = COUNTED) -> None:
    """Learn baskets, day after day; repetition is counted in the last so many of them."""
    counted = len(baskets) - counting
    for _, own in groupby(enumerate(baskets), key=lambda each: each[1].day):
        same_day = list(own)
        for n, basket in same_day:
            if n >= counted:
                known.count_repetition(basket)
        for _, basket in same_day:
            known.learn(basket)
