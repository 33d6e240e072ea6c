"""How do seats come on sale, and off it again? A row says what should be, then the seat store is told.

Two steps, never one: the row is committed first (PUBLISHING or CLOSING), the store is asked afterwards, outside any
transaction. Whatever stops in between, a crash or a store without a leader, is taken up again by `publish_due`.
Every change of state is a conditional UPDATE, because a person and the worker may be at the same row.
"""

import logging
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import F, Model
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from booking import seatstore
from booking.choosing.places import places_of_plan
from booking.errors import DomainError
from booking.halls.drawing import check_drawing
from booking.halls.errors import HallPlanError
from booking.halls.layout import layout_of
from booking.halls.reading import drawing_of
from booking.models import Departure, Hall, Inventory, Performance, SeatPlan, Train
from booking.placing.clusters import clusters
from booking.placing.placement import PlacementByLoad
from booking.seatplan import plan_for, seat_names, train_layout
from booking.trains.coachplan import PlanError
from booking.trains.timetable import fault_in_stops, stops_of

logger = logging.getLogger(__name__)

S = Inventory.State


class NotSellable(DomainError):
    """The catalogue's entry is not complete enough to be sold; the text says what is missing."""

    code = "not-sellable"
    title = gettext_noop("This cannot be sold yet")


# --- Rows: what should be on sale -----------------------------------------------------------------


def announce_departures(departures: Iterable[Departure]) -> int:
    """Give departures without one an inventory that waits for the seat store. Returns how many there were.

    Raises:
        NotSellable: a train's stops or coaches are not complete; nothing was announced.
    """
    plans: dict[int, tuple[SeatPlan, int]] = {}
    pairs = []
    with transaction.atomic():
        placement = PlacementByLoad()
        for departure in departures:
            if departure.inventory_id is None:
                if departure.train_id not in plans:
                    plans[departure.train_id] = _plan_of_train(departure.train)
                plan, legs = plans[departure.train_id]
                cluster = placement.place(plan)
                inventory = Inventory(id=_departure_id(departure), plan=plan, legs=legs, cluster=cluster)
                pairs.append((departure, inventory))
        _save(Departure, pairs)
    return len(pairs)


def announce_performances(performances: Iterable[Performance]) -> int:
    """As announce_departures, for performances.

    Raises:
        NotSellable: a hall has no seats, or a zone has no price; nothing was announced.
    """
    plans: dict[int, SeatPlan] = {}
    pairs = []
    with transaction.atomic():
        placement = PlacementByLoad()
        for performance in performances:
            if performance.inventory_id is None:
                if performance.hall_id not in plans:
                    plans[performance.hall_id] = _plan_of_hall(performance.hall)
                _check_prices(performance, plans[performance.hall_id])
                plan = plans[performance.hall_id]
                cluster = placement.place(plan)
                inventory = Inventory(id=_performance_id(performance), plan=plan, legs=1, cluster=cluster)
                pairs.append((performance, inventory))
        _save(Performance, pairs)
    return len(pairs)


def _save(model: type[Model], pairs: Sequence[tuple[Departure | Performance, Inventory]]) -> None:
    Inventory.objects.bulk_create([inventory for _, inventory in pairs], ignore_conflicts=True, batch_size=500)
    for offering, inventory in pairs:
        offering.inventory = inventory
    model._default_manager.bulk_update([offering for offering, _ in pairs], ["inventory"], batch_size=500)


def _plan_of_train(train: Train) -> tuple[SeatPlan, int]:
    stops = stops_of(train)
    if fault := fault_in_stops(stops):
        raise NotSellable(_("%(train)s cannot be sold yet. %(fault)s") % {"train": train, "fault": fault})
    try:
        layout = train_layout(train)
    except PlanError as error:
        raise NotSellable(
            _("A coach of %(train)s cannot be drawn. %(error)s") % {"train": train, "error": error}
        ) from error
    if not layout["sections"]:
        raise NotSellable(_("%(train)s needs at least one coach before it can be sold.") % {"train": train})
    return plan_for(layout), len(stops) - 1


def _plan_of_hall(hall: Hall) -> SeatPlan:
    drawing = drawing_of(hall)
    try:
        check_drawing(drawing)
    except HallPlanError as error:
        raise NotSellable(_("%(hall)s cannot be sold yet. %(error)s") % {"hall": hall, "error": error}) from error
    return plan_for(layout_of(drawing, title=hall.name))


def _check_prices(performance: Performance, plan: SeatPlan) -> None:
    used = {seat["zone"] for section in plan.layout["sections"] for seat in section["seats"]}
    priced = {price.zone.code for price in performance.prices.all()}
    if used - priced:
        raise NotSellable(
            _("%(performance)s needs a price for %(names)s.")
            % {"performance": performance, "names": ", ".join(sorted(used - priced))}
        )
    if {price.currency for price in performance.prices.all()} - {performance.hall.venue.currency}:
        raise NotSellable(
            _("%(performance)s has prices in another currency than %(venue)s's.")
            % {"performance": performance, "venue": performance.hall.venue}
        )


def _departure_id(departure: Departure) -> str:
    """Carriers may use one number, and so may two timetables of a train, hence the train's own key."""
    return f"train-{departure.train.number}-{departure.date:%Y%m%d}-{departure.train_id}"


def _performance_id(performance: Performance) -> str:
    """Local time, and the hall, for two halls may play one show at once."""
    local = performance.starts_at.astimezone(performance.hall.venue.zone)
    return f"show-{performance.show.slug[:32]}-{local:%Y%m%dT%H%M}-{performance.hall_id}"


# --- One at a time, by a person -------------------------------------------------------------------


def publish_departure(*, departure: Departure, ask_store: bool = True) -> Inventory:
    """Put a departure on sale, also again. The inventory is OPEN, or PUBLISHING while the store does not answer.

    Without `ask_store` the worker asks it; for many at once, when the store has just been seen not to answer.

    Raises:
        NotSellable: as announce_departures, or it is cancelled, or being moved to another store cluster.
    """
    departure.refresh_from_db(fields=["state"])
    if departure.is_cancelled:
        raise NotSellable(_("%(departure)s is cancelled; what does not run is not sold.") % {"departure": departure})
    announce_departures([departure])
    return _publish(departure, ask_store)


def publish_performance(*, performance: Performance, ask_store: bool = True) -> Inventory:
    """As publish_departure, for a performance.

    Raises:
        NotSellable: as announce_performances.
    """
    announce_performances([performance])
    return _publish(performance, ask_store)


def _publish(offering: Departure | Performance, ask_store: bool) -> Inventory:
    inventory = offering.inventory
    assert inventory is not None, "it was announced"
    inventory.refresh_from_db()
    _wish(inventory, (S.CLOSING, S.CLOSED, S.REFUSED), S.PUBLISHING, last_error="")
    if inventory.moved_from:
        raise NotSellable(
            f"{inventory.pk} is being moved from one store cluster to another; give "
            f"`manage.py move_inventory {inventory.pk} {inventory.cluster}` again, which finishes it."
        )
    return open_in_store(inventory=inventory) if ask_store else inventory


def withdraw(*, inventory: Inventory, ask_store: bool = True) -> Inventory:
    """Take seats off sale; what is held or sold stays so. CLOSED, or CLOSING while the store does not answer."""
    _wish(inventory, (S.PUBLISHING, S.OPEN), S.CLOSING, last_error="")
    return close_in_store(inventory=inventory) if ask_store else inventory


# --- The seat store is told -----------------------------------------------------------------------


def open_in_store(*, inventory: Inventory) -> Inventory:
    """Tell the store about an inventory that is PUBLISHING: OPEN, REFUSED, or PUBLISHING still with `last_error`."""
    if inventory.state != S.PUBLISHING:
        return inventory
    wish, cluster = inventory.wish, inventory.cluster
    seats = seat_names(inventory.plan.layout)
    try:
        seatstore.open_inventory(
            inventory=inventory.pk,
            seats=seats,
            legs=inventory.legs,
            places=places_of_plan(inventory.plan_id),
            cluster=cluster,
        )
    except seatstore.SeatStoreRefused as error:
        _move(inventory, (S.PUBLISHING,), S.REFUSED, wish=wish, last_error=str(error)[:240])
    except (seatstore.StoreUnavailable, seatstore.OutcomeUnknown) as error:
        _move(inventory, (S.PUBLISHING,), S.PUBLISHING, wish=wish, last_error=str(error)[:240])
    else:
        if not _move(inventory, (S.PUBLISHING,), S.OPEN, wish=wish, opened_at=timezone.now(), last_error=""):
            _ask_again(inventory)
            _close_where_it_was(inventory, cluster)
    return inventory


def close_in_store(*, inventory: Inventory) -> Inventory:
    """Tell the store about an inventory that is CLOSING: CLOSED, or CLOSING still with `last_error`."""
    if inventory.state != S.CLOSING:
        return inventory
    wish = inventory.wish
    try:
        seatstore.close_inventory(inventory=inventory.pk, cluster=inventory.cluster)
    except seatstore.SeatStoreRefused as error:
        # The store has never heard of it: it is off sale there too.
        _move(inventory, (S.CLOSING,), S.CLOSED, wish=wish, last_error=str(error)[:240])
    except (seatstore.StoreUnavailable, seatstore.OutcomeUnknown) as error:
        _move(inventory, (S.CLOSING,), S.CLOSING, wish=wish, last_error=str(error)[:240])
    else:
        if not _move(inventory, (S.CLOSING,), S.CLOSED, wish=wish, last_error=""):
            _ask_again(inventory)
    return inventory


def publish_due(*, limit: int) -> int:
    """Finish up to `limit` of what waits for the store, on each cluster soonest first, until one has to wait still.

    Returns how many are finished.
    """
    return sum(_publish_due_on(cluster, limit) for cluster in clusters())


def _publish_due_on(cluster: str, limit: int) -> int:
    due = (
        Inventory.objects.filter(state__in=(S.PUBLISHING, S.CLOSING), cluster=cluster)
        .select_related("plan")
        .order_by(Coalesce("departure__date", TruncDate("performance__starts_at")), "id")[:limit]
    )
    done = 0
    for inventory in due:
        _read_back(inventory)
        before = inventory.state
        open_in_store(inventory=inventory)
        close_in_store(inventory=inventory)
        if inventory.state == before and before in (S.PUBLISHING, S.CLOSING):
            logger.warning("%s waits for the seat store: %s", inventory.pk, inventory.last_error)
            break
        done += 1
    return done


def _close_where_it_was(inventory: Inventory, cluster: str) -> None:
    """It may have been closed and moved while its old place was asked, late, to open it."""
    if inventory.cluster == cluster:
        return
    try:
        seatstore.close_inventory(inventory=inventory.pk, cluster=cluster)
    except seatstore.SeatStoreError as error:
        logger.error("%s may be open on %s, where it is not sold any more: %s", inventory.pk, cluster, error)


def _ask_again(inventory: Inventory) -> None:
    """Somebody wished otherwise while the store was asked, and it may have heard the two in either order."""
    _wish(inventory, (S.PUBLISHING, S.OPEN), S.PUBLISHING)
    _wish(inventory, (S.CLOSING, S.CLOSED), S.CLOSING)


def _wish(inventory: Inventory, from_states: Sequence[str], to: str, **fields: object) -> None:
    """From these states: have the store asked for another, whatever it may be answering to an earlier wish.

    Not while it is being moved (moving.py).
    """
    rows = Inventory.objects.filter(pk=inventory.pk, state__in=from_states, moved_from="")
    rows.update(state=to, wish=F("wish") + 1, **fields)
    _read_back(inventory)


def _move(inventory: Inventory, from_states: Sequence[str], to: str, *, wish: int, **fields: object) -> bool:
    """Change the state if nobody wished otherwise meanwhile, and read back what it is now; False if somebody did."""
    rows = Inventory.objects.filter(pk=inventory.pk, state__in=from_states, wish=wish)
    moved = rows.update(state=to, **fields)
    _read_back(inventory)
    return bool(moved)


def _read_back(inventory: Inventory) -> None:
    inventory.refresh_from_db(fields=["state", "wish", "cluster", "moves", "moved_from", "opened_at", "last_error"])
