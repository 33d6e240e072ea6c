"""Which runs of every train can be bought in the days ahead, and what becomes of one that is late or does not run?"""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from booking.errors import DomainError
from booking.models import Departure, Stop, Train
from booking.models.trains import MAX_DELAY_MINUTES
from booking.selling.publishing import NotSellable, announce_departures, withdraw
from booking.tickets.outbox import post_delay
from booking.trains.timetable import zone_of

logger = logging.getLogger(__name__)

STOPS_WITH_STATIONS = Prefetch("stops", Stop.objects.select_related("station").order_by("position"))


class UnknownTrain(DomainError):
    status = 404
    code = "unknown-train"
    title = gettext_noop("There is no such train")

    def __init__(self, number: str) -> None:
        super().__init__(_("There is no train %(number)s.") % {"number": number})


class UnknownRun(DomainError):
    status = 404
    code = "unknown-run"
    title = gettext_noop("There is no such run")

    def __init__(self, inventory: str) -> None:
        super().__init__(_("No run of a train is sold as %(inventory)s.") % {"inventory": inventory})


class RunNotChangeable(DomainError):
    code = "run-not-changeable"
    title = gettext_noop("This run cannot be changed like this")


# --- Generated ahead ------------------------------------------------------------------------------


def roll_departures(*, now: datetime, days: int, number: str = "") -> int:
    """Give trains a departure on each of the next `days` days on which they run, and announce the new ones.

    Today is the first day; days are those of the train's timetable. Returns how many departures are new. A departure
    that exists is left alone, also when it was cancelled or taken off sale; a train that is not complete yet is left
    out. With a `number` only the trains of that number.

    Raises:
        UnknownTrain: no train has this number.
    """
    trains = Train.objects.all()
    if number:
        trains = trains.filter(number=number)
        if not trains.exists():
            raise UnknownTrain(number)
    return roll_trains(trains, now=now, days=days)


def roll_trains(trains: QuerySet[Train], *, now: datetime, days: int) -> int:
    """As roll_departures, for these trains."""
    complete = trains.filter(is_running=True, stops__isnull=False).distinct().select_related("calendar")
    new = 0
    for train in complete.prefetch_related(STOPS_WITH_STATIONS, "calendar__exceptions").iterator(chunk_size=200):
        try:
            new += _roll(train, now, days)
        except NotSellable as error:
            logger.warning("No departures were added: %s", error)
    return new


def _roll(train: Train, now: datetime, days: int) -> int:
    today = now.astimezone(zone_of(train)).date()
    existing = set(train.departures.filter(date__gte=today).values_list("date", flat=True))
    dates = (today + timedelta(days=n) for n in range(days))
    missing = [
        Departure(train=train, date=date)
        for date in dates
        if date not in existing and (train.calendar is None or train.calendar.runs_on(date))
    ]
    with transaction.atomic():
        Departure.objects.bulk_create(missing, batch_size=500)
        return announce_departures(missing)


# --- Late, or not at all --------------------------------------------------------------------------


def run_of(inventory: str) -> Departure:
    """The run whose seats are this inventory.

    Raises:
        UnknownRun: it is a performance's, or nobody's.
    """
    run = Departure.objects.select_related("train", "inventory").filter(inventory=inventory).first()
    if run is None:
        raise UnknownRun(inventory)
    return run


def delay_departure(*, departure: Departure, minutes: int, reason: str = "", now: datetime) -> Departure:
    """Say that a run is `minutes` late at every stop (0: on time again). Tickets stay what they are; mail tells it.

    Raises:
        RunNotChangeable: it is cancelled, or nothing that calls itself a delay.
    """
    if not 0 <= minutes <= MAX_DELAY_MINUTES:
        raise RunNotChangeable(_("A delay is between 0 and %(most)s minutes.") % {"most": MAX_DELAY_MINUTES})
    runs = Departure.objects.filter(pk=departure.pk, state=Departure.State.SCHEDULED)
    with transaction.atomic():
        was = runs.select_for_update().first()
        if was is None:
            raise RunNotChangeable(_("%(departure)s is cancelled; it cannot be late.") % {"departure": departure})
        runs.update(delay_minutes=minutes, reason=reason)
        if was.delay_minutes != minutes:
            tell_passengers(departure=was, now=now)
    departure.refresh_from_db(fields=["state", "delay_minutes", "reason"])
    return departure


def tell_passengers(*, departure: Departure, now: datetime) -> None:
    """Have everybody with a ticket told how late the run is. Call it in the transaction that says so."""
    if departure.inventory is not None:
        post_delay(inventory=departure.inventory, now=now)


def cancel_departure(*, departure: Departure, reason: str, now: datetime, ask_store: bool = True) -> Departure:
    """A run will not take place: it is taken off sale for good, and its tickets are paid back (payments look for it).

    Repeating it changes nothing, and asks the seat store again. Without `ask_store` the worker asks.

    Raises:
        RunNotChangeable: without a reason, which customers are told.
    """
    if not reason.strip():
        raise RunNotChangeable(_("Say why the run is cancelled; its passengers are told."))
    runs = Departure.objects.filter(pk=departure.pk, state=Departure.State.SCHEDULED)
    runs.update(state=Departure.State.CANCELLED, cancelled_at=now, reason=reason.strip(), delay_minutes=0)
    departure.refresh_from_db(fields=["state", "cancelled_at", "delay_minutes", "reason"])
    if departure.inventory is not None:
        withdraw(inventory=departure.inventory, ask_store=ask_store)
    return departure
