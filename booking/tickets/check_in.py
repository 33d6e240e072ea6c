"""Who is let in? A scanned or typed ticket becomes an admission, once; whoever comes with it again is told about."""

import re
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User
from booking.errors import DomainError, RequestConflict
from booking.models import Admission, Inventory, Ticket
from booking.tickets.payload import PREFIX, NotATicket
from booking.tickets.signing import NotGenuine, read_signed

# The booking's code, with the ticket's number or without.
_TYPED = re.compile(r"([A-Z0-9]{8})(?:[- ]?(\d{1,3}))?")


class TicketUnknown(DomainError):
    status = 404
    code = "ticket-unknown"
    title = gettext_noop("Not one of our tickets")

    def __init__(self, reason: str) -> None:
        super().__init__(reason)


class TicketNotGenuine(DomainError):
    status = 422
    code = "ticket-not-genuine"
    title = gettext_noop("Not a genuine ticket")

    def __init__(self) -> None:
        super().__init__(_("It looks like one of our tickets, but we have not made it."))


class TicketForElsewhere(DomainError):
    code = "ticket-for-elsewhere"
    title = gettext_noop("A ticket for something else")

    def __init__(self, ticket: Ticket) -> None:
        super().__init__(_("This ticket is for %(offering)s.") % {"offering": ticket.inventory.offering})
        self.ticket = ticket


class TicketVoid(DomainError):
    """`replaced_by` is the ticket that the same seat's holder should show instead, if there is one."""

    code = "ticket-void"
    title = gettext_noop("Not valid any more")

    def __init__(self, ticket: Ticket, replaced_by: Ticket | None) -> None:
        instead = (
            (
                _("It was replaced by %(code)s, seat %(seat_name)s.")
                % {"code": replaced_by.code, "seat_name": replaced_by.seat_name}
            )
            if replaced_by
            else ""
        )
        super().__init__(instead or _("It was cancelled or exchanged."))
        self.ticket = ticket
        self.replaced_by = replaced_by


class AlreadyAdmitted(DomainError):
    code = "already-admitted"
    title = gettext_noop("Already used")

    def __init__(self, earlier: Admission) -> None:
        super().__init__(_("Somebody was let in with this ticket before."))
        self.earlier = earlier

    def extras(self) -> dict[str, Any]:
        return {"admitted_at": self.earlier.at.isoformat(), "admitted_by": self.earlier.by.get_full_name()}


class WhichTicket(DomainError):
    """A booking's code was typed, and several of its people are still to come."""

    code = "which-ticket"
    title = gettext_noop("Which of them?")

    def __init__(self, tickets: list[Ticket]) -> None:
        super().__init__(_("This booking has several tickets here that nobody came with yet."))
        self.tickets = tickets

    def extras(self) -> dict[str, Any]:
        return {"tickets": [ticket.code for ticket in self.tickets]}


def admit(*, text: str, inventory: Inventory, by: User, request_id: str, now: datetime) -> Admission:
    """Let somebody in with what was scanned or typed. The same request id by the same person is the same admission.

    Raises:
        TicketUnknown: we have no such ticket.
        TicketNotGenuine: its signature is not ours, or it says something else than our books.
        TicketForElsewhere: it is for another run or performance.
        TicketVoid: it was cancelled, or another took its place.
        AlreadyAdmitted: somebody came in with it; it says who admitted them, and when.
        WhichTicket: the code is that of a booking with several tickets here.
        RequestConflict: the request id belongs to another ticket's admission.
    """
    ticket = _found(text, inventory)
    if ticket.inventory_id != inventory.pk:
        raise TicketForElsewhere(ticket)
    try:
        with transaction.atomic():
            _refuse_void(ticket)
            return Admission.objects.create(ticket=ticket, by=by, at=now, request_id=request_id)
    except IntegrityError:
        return _earlier(ticket, by, request_id)


def undo_admission(*, admission: Admission, by: User, now: datetime) -> None:
    """It was a mistake: the ticket is good for one person again. Undoing it twice changes nothing."""
    Admission.objects.filter(pk=admission.pk, undone_at=None).update(undone_at=now, undone_by=by)
    admission.refresh_from_db()


def _earlier(ticket: Ticket, by: User, request_id: str) -> Admission:
    admissions = Admission.objects.select_related("by", "ticket__order")
    same_scan = admissions.filter(by=by, request_id=request_id).first()
    if same_scan is not None:
        if same_scan.ticket_id != ticket.pk:
            raise RequestConflict
        return same_scan
    raise AlreadyAdmitted(admissions.filter(ticket=ticket).order_by(F("undone_at").desc(nulls_first=True))[0])


def _refuse_void(ticket: Ticket) -> None:
    """The row is locked: nobody is let in with a ticket while its seat is being cancelled."""
    now = Ticket.objects.select_for_update().get(pk=ticket.pk)
    if now.voided_at is not None:
        instead = Ticket.objects.filter(seat=ticket.seat_id, voided_at=None).select_related("order").first()
        raise TicketVoid(ticket, instead)


def _found(text: str, inventory: Inventory) -> Ticket:
    text = text.strip().upper()
    return _scanned(text) if text.startswith(PREFIX) else _typed(text, inventory)


def _scanned(text: str) -> Ticket:
    try:
        facts = read_signed(text)
    except NotATicket as error:
        raise TicketUnknown(str(error)) from error
    except NotGenuine as error:
        raise TicketNotGenuine from error
    reference, _dash, number = facts.code.partition("-")
    ticket = _tickets().filter(order__reference=reference, number=int(number)).first()
    if ticket is None:
        raise TicketUnknown(_("It is signed by us, but not in our books. Is this the right site?"))
    if (ticket.inventory_id, ticket.seat_name) != (facts.inventory, facts.seat):
        raise TicketNotGenuine
    return ticket


def _typed(text: str, inventory: Inventory) -> Ticket:
    match = _TYPED.fullmatch(text)
    if match is None:
        raise TicketUnknown(_("A ticket's code looks like BCDFGHJK-1."))
    reference, number = match.groups()
    of_booking = _tickets().filter(order__reference=reference)
    if number is not None:
        ticket = of_booking.filter(number=int(number)).first()
        if ticket is None:
            raise TicketUnknown(_("There is no ticket with this code."))
        return ticket
    here = of_booking.filter(inventory=inventory, voided_at=None)
    outside = list(here.exclude(Exists(Admission.objects.filter(ticket=OuterRef("pk"), undone_at=None))))
    if len(outside) > 1:
        raise WhichTicket(outside)
    # Of those who are all in, or come for something else, any tells who or what.
    ticket = outside[0] if outside else here.first() or of_booking.order_by("voided_at", "number").first()
    if ticket is None:
        raise TicketUnknown(_("There is no booking with this code."))
    return ticket


def _tickets() -> QuerySet[Ticket]:
    return Ticket.objects.select_related("order", "inventory").order_by("number")
