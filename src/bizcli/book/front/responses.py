"""What people did with what was sent to them, from a sheet: activities of customers, and leads of those not known yet."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from bizcli.book.sheets import columns
from bizcli.book.sheets.cells import Reader, folded
from bizcli.book.sheets.columns import Mapping, Target
from bizcli.book.sheets.importing import Draft, Import
from bizcli.kernel.errors import Problem
from bizcli.kernel.records import replaced

if TYPE_CHECKING:
    from bizcli.book import Book

OF_PERSON = ("name", "contact", "phone", "email", "wechat", "address", "region", "industry", "source")
"""What a row may say of somebody who is no customer: keys of a lead."""
ADDRESSES = ("email", "phone", "mobile", "wechat")
"""By which somebody is known again."""


OF_WHAT_WAS_SENT = ("delivered", "bounced", "opened", "unsubscribed")
"""What nobody does who was sent nothing."""


class Responses(Import):
    """A sheet of what came back of one campaign. Each row is of a customer, of a lead, or of somebody new."""

    def __init__(
        self, book: "Book", path: str, given: Mapping, chinese: Callable[[str], str], campaign: str, channel: str
    ) -> None:
        self.channel = channel
        constants = {"type": "response", **(given.constants or {}), "campaign": campaign}
        super().__init__(book, path, replaced(given, kind="response", constants=constants), chinese)

    def known_targets(self) -> dict[str, Target]:
        of_lead = columns.targets(self.book.catalog, "lead")
        return {key: of_lead[key] for key in OF_PERSON} | super().known_targets()

    def known_headings(self) -> dict[str, str]:
        of_lead = columns.headings(self.book.catalog, Mapping(kind="lead"), self.chinese)
        own = super().known_headings()
        return own | {name: key for name, key in of_lead.items() if key in OF_PERSON and name not in own}

    def drafts(self, reader: Reader) -> list[Draft]:
        """Activities and leads. A person who is new comes once, however many rows are of him."""
        people, new = People(self.book), dict[str, Draft]()
        done = []
        for draft in super().drafts(reader):
            tree = draft.tree
            person = {key: tree.pop(key) for key in OF_PERSON if key in tree}
            addresses = [folded(person[key]) for key in ADDRESSES if key in person]
            if "customer" not in tree:
                first = next((new[each] for each in addresses if each in new), None)
                if first is not None:
                    self.skipped += 1
                    template = "the same person as in row {line}: one lead comes of both"
                    self.note("left-out", template, {"line": first.line}, (draft.line, 0))
                    continue
                found = None if is_lead(tree.get("ref", ""), reader) else people.named(addresses)
                if found is None:
                    draft.problems += self.unknown(tree, person, draft.line)
                    draft.tree = self.lead(tree, person)
                    new |= dict.fromkeys(addresses, draft)
                else:
                    tree["customer" if found[0] == "customer" else "about"] = found[1]
            done.append(draft)
        return done

    def unknown(self, tree: dict[str, Any], person: dict[str, Any], line: int) -> Iterator[Problem]:
        """Why nobody new can come of a row."""
        if not person.keys() & {"name", *ADDRESSES}:
            template = "say who it is: a customer, an email, a phone or a name"
            yield Problem("unknown-person", template, {}, "", "", self.path, line, 0)
        elif tree.get("outcome") in OF_WHAT_WAS_SENT:
            template = "nobody has this address: what is sent is sent to customers"
            yield Problem("unknown-person", template, {}, "", "", self.path, line, 0)

    def lead(self, tree: dict[str, Any], person: dict[str, Any]) -> dict[str, Any]:
        """Somebody who answered and is not known: a lead of the campaign. A row of nobody is refused by `unknown`."""
        name = next((person[key] for key in ("name", "contact", *ADDRESSES) if key in person), None)
        kept: dict[str, Any] = {key: tree[key] for key in ("date", "time", "ref", "campaign", "owner") if key in tree}
        said = {"name": name or "?", "source": self.channel, **person, "note": tree.get("text")}
        return {"kind": "lead", **kept, **{key: value for key, value in said.items() if value is not None}}


def is_lead(ref: str, reader: Reader) -> bool:
    """Whether a row has become a lead before: it stays one when it comes again."""
    view: Any = reader.view
    return view.ref("lead", ref) is not None


class People:
    """Customers and leads by how they are reached."""

    def __init__(self, book: "Book") -> None:
        self.known: dict[str, tuple[str, str]] = {}
        for kind, key, record in self.records(book):
            for who in (record, *getattr(record, "contacts", ())):
                for field in ADDRESSES:
                    address = getattr(who, field, None)
                    if address:
                        self.known.setdefault(folded(address), (kind, key))

    @staticmethod
    def records(book: "Book") -> Iterator[tuple[str, str, Any]]:
        """Customers before leads: who has become a customer is one."""
        for code, text in book.index.all("SELECT code, text FROM master WHERE kind = 'customer' ORDER BY code"):
            yield "customer", code, book.index.decoded("customer", text)
        for id, text in book.index.all("SELECT id, text FROM doc WHERE kind = 'lead' AND void IS NULL ORDER BY id"):
            yield "lead", id, book.index.decoded("lead", text)

    def named(self, addresses: list[str]) -> tuple[str, str] | None:
        """The first who has one of some addresses: customer or lead, and code or id."""
        return next((self.known[each] for each in addresses if each in self.known), None)
