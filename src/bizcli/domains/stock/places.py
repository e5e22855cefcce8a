"""Where goods lie when a document does not say."""

from bizcli.kernel.errors import Problem, Refused
from bizcli.kernel.records import nearest
from bizcli.kernel.view import View


def default_warehouse(view: View, given: str | None, path: str = "warehouse") -> str:
    """The warehouse given, the book's own default, or the only one there is. Raises `Refused`."""
    if given is not None:
        if view.master("warehouse", given) is None:
            values = {"code": given, "nearest": nearest(given, view.codes("warehouse"))}
            template = "there is no warehouse {code}; the nearest is {nearest}"
            raise Refused([Problem("unknown-code", template, values, path)])
        return given
    if view.rules.settings.warehouse is not None:
        return view.rules.settings.warehouse
    codes = view.codes("warehouse")
    if len(codes) == 1:
        return codes[0]
    template = (
        "which warehouse? say one of {codes}, or set `warehouse:` in book.yaml" if codes
        else "there is no warehouse yet: `bizcli warehouse new MAIN`"
    )  # fmt: skip
    raise Refused([Problem("no-warehouse", template, {"codes": ", ".join(codes[:8])}, path)])


def reject_place(view: View, warehouse: str, path: str) -> str:
    """Where goods lie that a warehouse does not accept: its own place for them, else the book's. Raises `Refused`."""
    if warehouse in view.reject_places:
        return warehouse
    place = (
        getattr(view.master("warehouse", warehouse), "reject_warehouse", None) or view.rules.settings.reject_warehouse
    )
    if place is None:
        template = "where do rejected goods lie? set `reject_warehouse:` of warehouse {code} or in book.yaml"
        raise Refused([Problem("no-warehouse", template, {"code": warehouse}, path)])
    return default_warehouse(view, place, path)
