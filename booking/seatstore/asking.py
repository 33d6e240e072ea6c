"""How does a call reach its cluster, and what does it mean when none answers?"""

import atexit
import functools
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.utils.translation import gettext as _

from booking.placing.clusters import clusters
from raftstore import errors
from raftstore.client import SeatStoreClient
from raftstore.seats import commands as c
from raftstore.transport.security import load_security_if_given

from .circuit import Circuit
from .errors import HoldEnded, OutcomeUnknown, SeatsTaken, SeatStoreRefused, StoreUnavailable

T = TypeVar("T")

RETRY_AFTER_S = 1
# A page that shows free seats waits this long for them, and while the store is away asks only now and then.
QUERY_DEADLINE_S = 2.0
QUERY_PAUSE_S = 1.0


class Cluster:
    """This process's one client of a cluster, and whether it is worth asking."""

    def __init__(self, client: SeatStoreClient) -> None:
        self.client = client
        self.commands = Circuit(pause_s=0.0)
        self.queries = Circuit(pause_s=QUERY_PAUSE_S)


@functools.cache
def _cluster_at(addresses: tuple[str, ...], authority: str, certificate: str, key: str) -> Cluster:
    security = load_security_if_given(
        authority=Path(authority) if authority else None,
        certificate=Path(certificate) if certificate else None,
        key=Path(key) if key else None,
    )
    client = SeatStoreClient(addresses, security=security)
    atexit.register(client.close)
    return Cluster(client)


def cluster_named(name: str | None) -> Cluster:
    """Made at first use, so after a server has forked. Without a name, the only one there is.

    Raises:
        StoreUnavailable: the settings name no such cluster; whoever runs the site must.
        ImproperlyConfigured: there are several, so that a name is needed; a defect.
    """
    known = clusters()
    if name is None:
        if len(known) > 1:
            raise ImproperlyConfigured("There are several store clusters: say on which one the inventory lives.")
        [name] = known
    if name not in known:
        raise StoreUnavailable(f"STORE_CLUSTERS does not name the store cluster {name}.", RETRY_AFTER_S)
    return _cluster_at(
        known[name], settings.SEAT_STORE_TLS_CA, settings.SEAT_STORE_TLS_CERT, settings.SEAT_STORE_TLS_KEY
    )


def execute(command: c.Command, *, cluster: str | None, request_id: str) -> c.Outcome:
    """Have a command carried out.

    Raises:
        SeatsTaken, HoldEnded, SeatStoreRefused: the store decided so.
        StoreUnavailable, OutcomeUnknown: ask again with the same request id.
    """
    _forbid_transaction()
    asked = cluster_named(cluster)
    try:
        outcome = asked.commands.call(
            lambda: asked.client.execute(command, request_id=request_id, deadline_s=settings.SEAT_STORE_DEADLINE_S)
        )
    except errors.RequestTooLarge as error:
        raise SeatStoreRefused(
            "too_large", _("This has more seats, or longer names, than the seat store takes.")
        ) from error
    except errors.OutcomeUnknown as error:
        raise OutcomeUnknown(_("The seat store did not answer in time; send the same request again.")) from error
    except errors.RaftstoreError as error:
        raise _unavailable(error) from error
    match outcome:
        case c.Taken(conflicts):
            raise SeatsTaken(conflicts)
        case c.Refused(c.RefusalCode.HOLD_ENDED, _, state) if state is not None:
            raise HoldEnded(state.value)
        case c.Refused(code, detail):
            raise SeatStoreRefused(code.value, detail)
    return outcome


def ask(query: Callable[[SeatStoreClient, float], T], *, cluster: str | None) -> T:
    """Ask for something that may be shown as unknown: never waits as long as a command does.

    Raises:
        StoreUnavailable: no leader answered.
    """
    _forbid_transaction()
    asked = cluster_named(cluster)
    deadline_s = min(QUERY_DEADLINE_S, settings.SEAT_STORE_DEADLINE_S)
    try:
        return asked.queries.call(lambda: query(asked.client, deadline_s))
    except errors.RaftstoreError as error:
        raise _unavailable(error) from error


def _forbid_transaction() -> None:
    """No lock may be held while another machine is asked; a test's own wrapping transaction does not count."""
    for connection in connections.all(initialized_only=True):
        if any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
            raise RuntimeError("The seat store was called inside a database transaction; commit first.")


def _unavailable(error: errors.RaftstoreError) -> StoreUnavailable:
    retry_after_s = RETRY_AFTER_S
    if isinstance(error, errors.StoreOverloaded):
        retry_after_s = max(RETRY_AFTER_S, -(-error.retry_after_ms // 1000))
    return StoreUnavailable(_("The seat store cannot answer right now; nothing was changed."), retry_after_s)
