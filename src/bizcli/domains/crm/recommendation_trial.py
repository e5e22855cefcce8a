"""How good recommendations are: what they say of baskets that came later, beside two baselines."""

from collections.abc import Sequence
from typing import NamedTuple

from bizcli.domains.crm.recommendation import Basket, Experience, teach

MOST = 1_000  # baskets that are foretold, the latest


class Score(NamedTuple):
    """How often one of the first ten items that a method names was in the next basket."""

    method: str
    baskets: int
    hits: int
    new_baskets: int  # in which there was something that the customer had never bought
    new_hits: int  # one of the first ten that he had never bought was in them


class Trial(NamedTuple):
    """An evaluation: how many baskets were learned before the first that was foretold, and what became of the others."""

    learned: int
    since: int  # the day of the first that was foretold
    scores: list[Score]


def evaluate(baskets: Sequence[Basket], limit: int = 10) -> Trial:
    """Foretell each basket of the later half, from what was bought on the days before it and nothing else.

    Only baskets of customers who have bought before are foretold. The methods: what is most popular; what the customer
    bought before, most often and latest first, filled up with what is most popular; and ours.
    """
    first = max(len(baskets) // 2, len(baskets) - MOST)
    since = baskets[first].day if baskets else 0
    known = Experience()
    waiting: list[Basket] = []
    learned = 0
    sums = {method: [0, 0] for method in METHODS}
    foretold = with_new = 0
    for basket in baskets:
        if waiting and waiting[0].day < basket.day:
            teach(known, waiting)
            waiting.clear()
        if basket.day < since:
            learned += 1
        own = known.history.get(basket.customer or "")
        if basket.day >= since and own:
            items = set(basket.items)
            new = items.difference(own)
            foretold += 1
            with_new += bool(new)
            for method, rank in METHODS.items():
                ranked = rank(known, basket.customer, basket.day)
                sums[method][0] += not items.isdisjoint(ranked[:limit])
                sums[method][1] += not new.isdisjoint([item for item in ranked if item not in own][:limit])
        waiting.append(basket)
    scores = [Score(method, foretold, hits, with_new, new_hits) for method, (hits, new_hits) in sums.items()]
    return Trial(learned, since, scores)


def most_popular(known: Experience, customer: str | None, day: int) -> list[str]:
    """A baseline: what is in most baskets."""
    return sorted(known.sold, key=lambda item: (-known.sold[item], item))


def bought_before(known: Experience, customer: str | None, day: int) -> list[str]:
    """A baseline: what the customer bought most often, then latest; then what is most popular."""
    own = known.history.get(customer or "", {})
    first = sorted(own, key=lambda item: (-len(own[item]), -own[item][-1], item))
    return [*first, *(item for item in most_popular(known, customer, day) if item not in own)]


def ours(known: Experience, customer: str | None, day: int) -> list[str]:
    return [item for _, item in known.weights(customer, day)]


METHODS = {"most_popular": most_popular, "repeat_purchase": bought_before, "recommend": ours}
