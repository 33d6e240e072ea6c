"""How does one go through everything, a portion a round? From a bookmark, and at the end from the beginning."""

from collections.abc import Callable
from typing import TypeVar

from django.db.models import Model, QuerySet

from payments.models import Bookmark

Row = TypeVar("Row", bound=Model)


def walk(name: str, rows: QuerySet[Row], *, limit: int, visit: Callable[[Row], int]) -> int:
    """Visit up to `limit` rows after the bookmark, in order of their primary keys. Returns the sum of what visits did.

    A visit that raises is made again in the next round.
    """
    bookmark, _ = Bookmark.objects.get_or_create(walk=name)
    ahead = rows.filter(pk__gt=bookmark.position) if bookmark.position else rows
    seen = done = 0
    for row in ahead.order_by("pk")[:limit]:
        done += visit(row)
        seen += 1
        Bookmark.objects.filter(pk=bookmark.pk).update(position=str(row.pk))
    if seen < limit:
        Bookmark.objects.filter(pk=bookmark.pk).update(position="")
    return done
