"""How is one performance played again? Its prices, limit and times of sale go with it."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from booking.models import Performance, PerformancePrice
from booking.templatetags.booking_format import day


class HallTaken(ValueError):
    """Something is played in the hall at these times already."""

    def __init__(self, performances: Sequence[Performance]) -> None:
        super().__init__(_("The hall is taken: %(names)s.") % {"names": ", ".join(map(str, performances))})
        self.performances = tuple(performances)


class SaleEndsTooSoon(ValueError):
    def __init__(self, starts_at: datetime) -> None:
        super().__init__(
            _("The sale for %(when)s would end before it starts; change its times first.")
            % {"when": f"{day(starts_at)}, {starts_at:%H:%M}"}
        )


def repeats(*, performance: Performance, every_days: int, times: int) -> list[datetime]:
    """When it begins if it is played `times` more, at the same time by the venue's clock, summer and winter alike."""
    zone = performance.hall.venue.zone
    first = performance.starts_at.astimezone(zone).replace(tzinfo=None)
    return [timezone.make_aware(first + timedelta(days=every_days * n), zone) for n in range(1, times + 1)]


def duplicate_performance(*, performance: Performance, starts_at: Iterable[datetime]) -> list[Performance]:
    """Play it at these times too. Sales start when its own starts, and end as long before the beginning; not on sale.

    Raises:
        HallTaken: another performance begins in the hall at one of the times; none was added.
        SaleEndsTooSoon: as one of them would; none was added.
    """
    beginnings = sorted(set(starts_at))
    with transaction.atomic():
        taken = Performance.objects.filter(hall=performance.hall, starts_at__in=beginnings).order_by("starts_at")
        if taken:
            raise HallTaken(list(taken.select_related("show", "hall__venue")))
        copies = [_copy(performance, beginning) for beginning in beginnings]
        for copy in copies:
            copy.save()
            for price in performance.prices.all():
                PerformancePrice.objects.create(
                    performance=copy, zone_id=price.zone_id, amount=price.amount, currency=price.currency
                )
    return copies


def _copy(performance: Performance, starts_at: datetime) -> Performance:
    ends_at = performance.sale_ends_at and performance.sale_ends_at + (starts_at - performance.starts_at)
    if performance.sale_starts_at and ends_at and ends_at <= performance.sale_starts_at:
        raise SaleEndsTooSoon(starts_at)
    return Performance(
        show=performance.show,
        hall=performance.hall,
        starts_at=starts_at,
        sale_starts_at=performance.sale_starts_at,
        sale_ends_at=ends_at,
        seats_per_customer=performance.seats_per_customer,
    )
