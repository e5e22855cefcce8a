"""Leads as the book knows them: how promising, whose, alike, in the public pool, called back, made customers."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bizcli.book.finding import find_id
from bizcli.book.front import people
from bizcli.kernel.errors import Misused, Problem, Refused
from bizcli.reports import documents

if TYPE_CHECKING:
    from bizcli.book import Book
    from bizcli.domains.crm.assignment import Assignment
    from bizcli.domains.crm.scoring import Scoring

Row = dict[str, Any]
Tree = dict[str, Any]
OPEN = ("open", "contacted", "qualified")
OF_CUSTOMER = ("name", "contact", "phone", "email", "tax_id", "address", "owner")
"""What a customer takes over from the lead that it was."""
MAIN = "MAIN"


def main(book: "Book", kind: str) -> Any:
    """The one master of a kind that counts: MAIN, or the first; None where the book has none."""
    codes = book.index.codes(kind)
    return book.index.master(kind, MAIN if MAIN in codes else codes[0]) if codes else None


def open_leads(book: "Book") -> dict[str, Row]:
    """What is known of every lead of which something may come."""
    states = documents.state_of(book.index.all, "LD")
    return {id: state for id, state in sorted(states.items()) if state["status"] in OPEN}


# --- how promising ---


def scoring_of(book: "Book") -> "Scoring | None":
    found: Scoring | None = main(book, "scoring")
    return found


def scored(scoring: "Scoring | None", state: Row) -> Row:
    """The points of a lead, and which rule gave them; nothing in a book without rules."""
    if scoring is None:
        return {}
    from bizcli.domains.crm.scoring import score

    earned = scoring.earned(state)
    return {"score": score(earned), "scored": [{"rule": each.words, "points": each.points} for each in earned]}


# --- whose ---


def assigning(book: "Book") -> "Assignment":
    """How leads are given to people. Raises `Refused` in a book that does not say."""
    found: Assignment | None = main(book, "assignment")
    if found is None:
        template = "the book does not say who gets leads: `bizcli assignment new MAIN --rule li.na:30`"
        raise Refused([Problem("no-rules", template)])
    return found


def loads(book: "Book") -> Counter[str]:
    """How many open leads each person has."""
    return Counter(state["owner"] for state in open_leads(book).values() if state.get("owner"))


def assigned(book: "Book", day: str | None) -> Iterator[Tree]:
    """Every open lead that nobody looks after goes to somebody, the oldest first; who is full or away gets none."""
    rules, open = assigning(book), loads(book)
    for id, state in open_leads(book).items():
        if not state.get("owner"):
            rule = rules.chosen(state, open, lambda code: people.is_there(book, code))
            if rule is not None:
                open[rule.staff] += 1
                yield dated({"kind": "activity", "about": id, "owner": rule.staff, "text": because(rule)}, day)


def because(rule: Any) -> str:
    """By which rule somebody got a lead, for its history."""
    said = ", ".join(f"{name} = {value}" for name, value in rule.conditions)
    return f"assignment: {said or 'in turn'}"


def owner_of_new(book: "Book", tree: Tree) -> Tree:
    """A new lead that names nobody, with whom it goes to where the book gives leads away at once."""
    rules: Assignment | None = main(book, "assignment")
    if rules is None or not rules.at_once or tree.get("owner") or tree.get("customer"):
        return {}
    said = {**tree, "items": ", ".join(tree.get("items", ()))}
    rule = rules.chosen(said, loads(book), lambda code: people.is_there(book, code))
    return {"owner": rule.staff} if rule is not None else {}


def pool(book: "Book") -> list[Row]:
    """Open leads that nobody looks after, the most promising first."""
    scoring = scoring_of(book)
    rows = [
        {
            "id": id, "name": state["name"], "status": state["status"], "source": state.get("source"),
            "region": state.get("region"), "score": scored(scoring, state).get("score"), "since": state["since"],
            "touched": state.get("touched"),
        }
        for id, state in open_leads(book).items() if not state.get("owner")
    ]  # fmt: skip
    return sorted(rows, key=lambda row: -(row["score"] or 0))


def recalled(book: "Book", days: int | None, day: str | None) -> Iterator[Tree]:
    """Leads of which their owners took no care for so many days go back to the pool. Raises `Misused`."""
    rules: Assignment | None = main(book, "assignment")
    days = days or (rules.recall_after if rules is not None else None)
    if days is None:
        template = "say after how many days without contact: --days 14, or `recall_after` of an assignment"
        raise Misused([Problem("wrong-usage", template)])
    before = (book.today - timedelta(days=days)).isoformat()
    for id, state in open_leads(book).items():
        if state.get("owner") and max(state.get("touched") or "", state["owned"]) < before:
            text = f"{days} days without contact by {state['owner']}"
            yield dated({"kind": "activity", "about": id, "pool": "true", "text": text}, day)


def taken(book: "Book", id: str, day: str | None) -> Tree:
    """A lead of the pool becomes one's own. Raises `Refused` when it is somebody's, or one has enough."""
    id, me = find_id(book, id, ["LD"]), people.person(book, people.ME)
    state = documents.state_of(book.index.all, "LD", id).get(id, {})
    if state.get("status") not in OPEN:
        raise Refused([Problem("wrong-state", "{id} is {status}", {"id": id, "status": state.get("status", "void")})])
    if state.get("owner"):
        template = "{id} is with {owner}: `bizcli lead assign {id} {me}` where that is agreed"
        raise Refused([Problem("wrong-state", template, {"id": id, "owner": state["owner"], "me": me})])
    rules: Assignment | None = main(book, "assignment")
    own = [each for each in rules.rules if each.staff == me] if rules is not None else []
    caps = [cap for each in own if rules is not None and (cap := rules.most(each))]
    cap = max(caps) if caps else rules.cap if rules is not None else None
    has = loads(book)[me]
    if cap is not None and has >= cap:
        template = "{me} has {n} open leads, and may have {cap}"
        raise Refused([Problem("too-many", template, {"me": me, "n": has, "cap": cap})])
    return dated({"kind": "activity", "about": id, "owner": me, "text": "taken from the pool"}, day)


# --- what becomes of it ---


def customer_of(book: "Book", lead: str, code: str) -> Tree | None:
    """The customer that a lead becomes; None where there is one of that code already."""
    if book.index.master("customer", code) is not None:
        return None
    state = documents.state_of(book.index.all, "LD", lead).get(lead, {})
    return {"kind": "customer", "code": code, **{key: state[key] for key in OF_CUSTOMER if state.get(key)}}


def merged_into(book: "Book", id: str) -> list[str]:
    """The leads that are the same as this one, and those that are the same as they are."""
    query = (
        "WITH RECURSIVE same (id) AS (SELECT ? UNION SELECT lead.id FROM same "
        "JOIN link ON link.target = same.id AND link.doc >= 'AC-' AND link.doc < 'AC.' "
        "JOIN link AS merged ON merged.doc = link.doc "
        "JOIN doc AS lead ON lead.id = merged.target AND lead.state ->> 'into' = same.id) "
        "SELECT id FROM same WHERE id <> ? ORDER BY id"
    )
    return [row[0] for row in book.index.all(query, id, id)]


def dated(tree: Tree, day: str | None) -> Tree:
    return tree | ({"date": day} if day else {})
