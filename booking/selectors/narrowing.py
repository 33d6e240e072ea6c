"""Which of them? What somebody asks of a list: shows and performances by name, place and day, orders by state and day.

A day is one at the place itself: a show's at its venue, a train's at the station from which it sets out.
"""

from datetime import date as Date
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet

from booking.models import Order, OrderPart, Performance, Show, Venue

S = Order.Status

# Held or bought, or about to be.
_ALIVE = (S.AWAITING_PAYMENT, S.CONFIRMING, S.CONFIRMED, S.PARTLY_CANCELLED)
# What began so long ago is over; nobody has written down when it ends.
_STILL_ON = timedelta(days=1)


def performances_where(
    performances: QuerySet[Performance], *, city: str = "", first_day: Date | None = None, last_day: Date | None = None
) -> QuerySet[Performance]:
    """Of these, those in a city and on a day from `first_day` to `last_day`, both included."""
    if city:
        performances = performances.filter(hall__venue__city__iexact=city)
    return performances.filter(_on_days("", first_day, last_day))


def shows_where(
    shows: QuerySet[Show], *, performances: QuerySet[Performance], words: str = "", genre: str = ""
) -> QuerySet[Show]:
    """Of these, those that have one of the performances, with all of the words in the title or summary."""
    for word in words.split():
        shows = shows.filter(Q(title__icontains=word) | Q(summary__icontains=word))
    if genre:
        shows = shows.filter(genre__iexact=genre)
    return shows.filter(Exists(performances.filter(show=OuterRef("pk"))))


def orders_where(
    orders: QuerySet[Order],
    *,
    status: str = "",
    first_day: Date | None = None,
    last_day: Date | None = None,
    upcoming: bool | None = None,
    now: datetime,
) -> QuerySet[Order]:
    """Of these, those in a state, with a part on a day from `first_day` to `last_day`, and to come or not.

    To come is what is held or bought and did not begin more than a day ago, for it may still go on.
    """
    parts = OrderPart.objects.filter(order=OuterRef("pk"))
    if status:
        orders = orders.filter(status=status)
    if first_day is not None or last_day is not None:
        on_a_train = Q(inventory__departure__isnull=False)
        if first_day is not None:
            on_a_train &= Q(inventory__departure__date__gte=first_day)
        if last_day is not None:
            on_a_train &= Q(inventory__departure__date__lte=last_day)
        at_a_show = Q(inventory__performance__isnull=False) & _on_days("inventory__performance__", first_day, last_day)
        orders = orders.filter(Exists(parts.filter(on_a_train | at_a_show)))
    if upcoming is not None:
        since = now - _STILL_ON
        not_over = Q(inventory__departure__date__gte=since.date()) | Q(inventory__performance__starts_at__gte=since)
        to_come = Q(Exists(parts.filter(not_over)), status__in=_ALIVE)
        orders = orders.filter(to_come if upcoming else ~to_come)
    return orders


def _on_days(prefix: str, first_day: Date | None, last_day: Date | None) -> Q:
    """Performances that begin on one of these days, as the calendar hangs at each venue."""
    if first_day is None and last_day is None:
        return Q()
    zones = Venue.objects.order_by("time_zone").values_list("time_zone", flat=True).distinct()
    return Q(*(_on_days_in(name, prefix, first_day, last_day) for name in zones), _connector=Q.OR) or Q(pk__in=[])


def _on_days_in(zone: str, prefix: str, first_day: Date | None, last_day: Date | None) -> Q:
    there = Q(**{f"{prefix}hall__venue__time_zone": zone})
    if first_day is not None:
        there &= Q(**{f"{prefix}starts_at__gte": _midnight(first_day, zone)})
    if last_day is not None and last_day < Date.max:
        there &= Q(**{f"{prefix}starts_at__lt": _midnight(last_day + timedelta(days=1), zone)})
    return there


def _midnight(day: Date, zone: str) -> datetime:
    """The day's beginning there. In the first and last years of the calendar, where UTC may have none, UTC's own."""
    inside = Date.min.year < day.year < Date.max.year
    return datetime.combine(day, time(), tzinfo=ZoneInfo(zone if inside else "UTC"))
