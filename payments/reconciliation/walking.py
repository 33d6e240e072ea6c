"""How does one go through everything, a portion a round? From a bookmark, and at the end from the beginning."""

import logging
from collections.abc import Callable
from typing import TypeVar

from django.db.models import Model, QuerySet

from booking.seatstore import OutcomeUnknown, StoreUnavailable
from payments.models import Bookmark

logger = logging.getLogger(__name__)

Row = TypeVar("Row", bound=Model)


def walk(name: str, rows: QuerySet[Row], *, limit: int, visit: Callable[[Row], int]) -> int:
    """Visit up to `limit` rows after the bookmark, in order of their primary keys. Returns the sum of what visits did.

    A row that nothing can be said of, because of an error that nobody expects, is logged and passed over.

    Raises:
        seatstore.StoreUnavailable, seatstore.OutcomeUnknown: that visit is made again in the next round.
    """
    bookmark, _ = Bookmark.objects.get_or_create(walk=name)
    ahead = rows.filter(pk__gt=bookmark.position) if bookmark.position else rows
    seen = done = 0
    for row in ahead.order_by("pk")[:limit]:
        try:
            done += visit(row)
        except (StoreUnavailable, OutcomeUnknown):
            raise
        except Exception:
            logger.exception("The walk over %s passes over %s", name, row.pk)
        seen += 1
        Bookmark.objects.filter(pk=bookmark.pk).update(position=str(row.pk))
    if seen < limit:
        Bookmark.objects.filter(pk=bookmark.pk).update(position="")
    return done
