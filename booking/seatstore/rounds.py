"""How does work on the clusters of a worker's round go on when one of them does not answer?"""

import logging
from collections.abc import Callable

from booking.placing.clusters import clusters

from .errors import OutcomeUnknown, StoreUnavailable

logger = logging.getLogger(__name__)

# Those that did not answer in the latest round: it is said once.
_silent: set[str] = set()


def on_each_cluster(work: Callable[[str], int]) -> int:
    """Have `work` done for each cluster, which says how much that was. Returns the sum.

    A cluster that does not answer keeps no other from its turn.

    Raises:
        StoreUnavailable, OutcomeUnknown: none of them answered.
    """
    done = 0
    answered = False
    last_error: StoreUnavailable | OutcomeUnknown | None = None
    for cluster in clusters():
        try:
            done += work(cluster)
        except (StoreUnavailable, OutcomeUnknown) as error:
            last_error = error
            if cluster not in _silent:
                logger.warning("The store cluster %s does not answer: %s", cluster, error)
            _silent.add(cluster)
        else:
            answered = True
            _silent.discard(cluster)
    if last_error is not None and not answered:
        raise last_error
    return done
