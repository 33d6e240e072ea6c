"""Which runs of every train can be bought in the days ahead?"""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Prefetch

from booking.models import Departure, Stop, Train
from booking.publishing import NotSellable, announce_departures
from booking.timetable import stops_of

logger = logging.getLogger(__name__)


def roll_departures(*, now: datetime, days: int) -> int:
    """Give every train a departure on each of the next `days` days, today included, and announce the new ones.

    Days are those of the train's first station. Returns how many departures are new. A departure that exists is left
    alone, also when it was taken off sale; a train that is not complete yet is left out.
    """
    trains = Train.objects.filter(stops__isnull=False).distinct()
    stops = Stop.objects.select_related("station").order_by("position")
    new = 0
    for train in trains.prefetch_related(Prefetch("stops", stops)):
        try:
            new += _roll(train, now, days)
        except NotSellable as error:
            logger.warning("No departures were added: %s", error)
    return new


def _roll(train: Train, now: datetime, days: int) -> int:
    today = now.astimezone(stops_of(train)[0].station.zone).date()
    existing = set(train.departures.filter(date__gte=today).values_list("date", flat=True))
    dates = (today + timedelta(days=n) for n in range(days))
    missing = [Departure(train=train, date=date) for date in dates if date not in existing]
    with transaction.atomic():
        Departure.objects.bulk_create(missing, batch_size=500)
        return announce_departures(missing)
