"""Which runs of every train can be bought in the days ahead?"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Prefetch

from booking.models import Departure, Stop, Train
from booking.publishing import announce_departures
from booking.timetable import stops_of


def roll_departures(*, now: datetime, days: int) -> int:
    """Give every complete train a departure on each of the next `days` days, today included, and announce the new ones.

    Days are those of the train's first station. Returns how many departures are new. A departure that exists is left
    alone, also when it was taken off sale.
    """
    trains = Train.objects.filter(coaches__isnull=False, stops__position=1).distinct()
    trains = trains.prefetch_related(Prefetch("stops", Stop.objects.select_related("station").order_by("position")))
    existing = set(Departure.objects.filter(date__gte=now.date() - timedelta(days=1)).values_list("train_id", "date"))
    missing = []
    for train in trains:
        today = now.astimezone(stops_of(train)[0].station.zone).date()
        for date in (today + timedelta(days=n) for n in range(days)):
            if (train.pk, date) not in existing:
                missing.append(Departure(train=train, date=date))
    with transaction.atomic():
        Departure.objects.bulk_create(missing, batch_size=500)
        announce_departures(missing)
    return len(missing)
