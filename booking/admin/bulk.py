"""How far is the worker with the many runs that somebody changed at once? Which they are is kept in the session."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from booking.models import Inventory

_KEY = "office-bulk"
_S = Inventory.State


@dataclass(frozen=True, slots=True)
class Bulk:
    """Of `total` runs `done` have become what was wished, `refused` cannot, and the rest waits for the seat store."""

    what: str
    total: int
    done: int
    refused: int
    last_error: str

    @property
    def waiting(self) -> int:
        return self.total - self.done - self.refused


def remember_bulk(request: HttpRequest, what: str, inventories: Sequence[str]) -> None:
    """Instead of what this person changed before."""
    request.session[_KEY] = {"what": what, "inventories": list(inventories)}


def bulk_of(request: HttpRequest) -> Bulk | None:
    kept = request.session.get(_KEY)
    if kept is None:
        return None
    rows = Inventory.objects.filter(pk__in=kept["inventories"])
    states: Counter[str] = Counter(rows.values_list("state", flat=True))
    error = rows.exclude(last_error="").values_list("last_error", flat=True).first()
    return Bulk(
        what=kept["what"],
        total=len(kept["inventories"]),
        done=states[_S.OPEN] + states[_S.CLOSED],
        refused=states[_S.REFUSED],
        last_error=error or "",
    )
