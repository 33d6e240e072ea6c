"""Where does a customer wait? Reads for customers, who never see each other's place."""

from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.models import User
from booking.models import Stop, WaitingEntry

_NEEDED = (
    "inventory__departure__train",
    "inventory__performance__show",
    "inventory__performance__hall__venue",
    "order",
)


def waiting_of(customer: User) -> QuerySet[WaitingEntry]:
    """Where the customer waits or has been offered seats, the longest first."""
    return _entries(customer).filter(state__in=(WaitingEntry.State.WAITING, WaitingEntry.State.OFFERED))


def waiting_entry_of(*, customer: User, entry_id: UUID) -> WaitingEntry:
    """
    Raises:
        Http404: there is none, or it is somebody else's.
    """
    entry = _entries(customer).filter(pk=entry_id).first()
    if entry is None:
        raise Http404(_("You have no such place in a waiting list."))
    return entry


def _entries(customer: User) -> QuerySet[WaitingEntry]:
    stops = Prefetch("inventory__departure__train__stops", Stop.objects.select_related("station"))
    return WaitingEntry.objects.filter(customer=customer).select_related(*_NEEDED).prefetch_related(stops)
