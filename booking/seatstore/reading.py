"""What the site asks the seat store: who has which seat now? All answers are linearizable."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from raftstore.client import SeatStoreClient
from raftstore.nodes import leader_of
from raftstore.seats import commands as c
from raftstore.seats.listing import HoldPage

from .asking import ask, cluster_named
from .errors import SeatStoreRefused
from .values import Availability, HoldSnapshot, ListedHold, StoreNode, log_of

# A node that has not said by then how it is, is away as far as an onlooker is concerned.
NODE_LIMIT_S = 0.5


def availability(inventory: str, *, cluster: str | None = None) -> Availability:
    """What is taken now.

    Raises:
        SeatStoreRefused: there is no such inventory.
        StoreUnavailable: no leader answered.
    """
    view = ask(lambda client, deadline_s: client.seat_map(inventory, deadline_s=deadline_s), cluster=cluster)
    if view is None:
        raise _no_such(inventory)
    return Availability(inventory, view.index, view.open, view.legs, view.held, view.sold, log_of(view.cluster))


def hold(hold_id: UUID | str, *, cluster: str | None = None) -> HoldSnapshot | None:
    """A hold as it is now; None if it never was, or ended long ago.

    Raises:
        StoreUnavailable: no leader answered.
    """
    asked_at = timezone.now()
    view = ask(lambda client, deadline_s: client.hold(str(hold_id), deadline_s=deadline_s), cluster=cluster)
    if view is None:
        return None
    held_until = asked_at + timedelta(milliseconds=view.expires_at_ms - view.now_ms)
    return HoldSnapshot(
        view.hold, view.inventory, view.state.value, view.seats, view.first_leg, view.end_leg, held_until, view.movable
    )


def nodes(*, cluster: str | None = None) -> list[StoreNode]:
    """Which of a cluster's nodes answer, and who leads: for people who look on. Answers also while nobody leads.

    Raises:
        StoreUnavailable: the settings name no such cluster.
    """
    found = cluster_named(cluster).client.nodes(limit_s=NODE_LIMIT_S)
    leader = leader_of(found)
    return [StoreNode(node.node, node.role, node is leader, node.applied_index) for node in found]


def holds_of(inventory: str, *, cluster: str | None = None) -> Iterator[ListedHold]:
    """All of an inventory's holds, those that ended lately too, in order of id; each page as it is when it is read.

    Raises:
        SeatStoreRefused: there is no such inventory.
        StoreUnavailable: no leader answered.
    """
    after = ""
    while True:
        page = ask(partial(_page_of_holds, inventory, after), cluster=cluster)
        if page is None:
            raise _no_such(inventory)
        for of in page.holds:
            yield ListedHold(of.hold, of.state.value, of.seats, of.kept, of.first_leg, of.end_leg, of.movable)
        if not page.more:
            return
        after = page.holds[-1].hold


def _page_of_holds(inventory: str, after: str, client: SeatStoreClient, deadline_s: float) -> HoldPage | None:
    return client.holds(inventory, after=after, deadline_s=deadline_s)


def _no_such(inventory: str) -> SeatStoreRefused:
    return SeatStoreRefused(
        c.RefusalCode.UNKNOWN_INVENTORY,
        _("The seat store knows no inventory %(inventory)s.") % {"inventory": inventory},
    )
