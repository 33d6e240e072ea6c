"""How does a worker's round go on when something is wrong with one row, or with one gateway?"""

import logging
from collections.abc import Callable
from typing import TypeVar

from django.db.models import Model, QuerySet

from booking.seatstore import OutcomeUnknown, StoreUnavailable
from payments.gateways import GatewayUnavailable

logger = logging.getLogger(__name__)

Row = TypeVar("Row", bound=Model)

# Those that did not answer in the latest round: it is said once.
_silent: set[str] = set()


def each_for_itself(rows: QuerySet[Row], *, gateway: str, limit: int, work: Callable[[Row], int]) -> int:
    """Have `work` done with up to `limit` rows of each gateway, in their order. Returns the sum of what it returned.

    A gateway that does not answer keeps no other's rows from their turn, and neither does an error that nobody expects:
    it is logged. `work` puts its row off first (steps.claim), so that one that fails comes after the others next time.

    Args:
        gateway: the field that names a row's gateway.

    Raises:
        seatstore.StoreUnavailable, seatstore.OutcomeUnknown: the rest waits for the next round.
    """
    names = rows.order_by().values_list(gateway, flat=True).distinct()
    return sum(_of_one(name, rows.filter(**{gateway: name})[:limit], work) for name in list(names))


def _of_one(name: str | None, rows: QuerySet[Row], work: Callable[[Row], int]) -> int:
    done = 0
    for row in rows:
        try:
            done += work(row)
        except GatewayUnavailable as error:
            if str(name) not in _silent:
                logger.warning("The gateway %s does not answer: %s", name, error)
            _silent.add(str(name))
            return done
        except (StoreUnavailable, OutcomeUnknown):
            raise
        except Exception:
            logger.exception("%s %s is left for another round", row._meta.verbose_name, row.pk)
    _silent.discard(str(name))
    return done
