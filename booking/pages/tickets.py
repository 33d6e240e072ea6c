"""Pages of tickets: what a customer shows at the entrance, on a screen, on paper and in a calendar."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.guests import customer_of, customer_required
from accounts.letters import site_name
from booking import selectors
from booking.models import Order
from booking.tickets import qr
from booking.tickets.calendar import calendar_file
from booking.tickets.pdf import ticket_pdf
from booking.tickets.printed import PrintedTicket
from booking.tickets.showing import appointments, good_tickets, printed


@require_safe
@customer_required
@never_cache
def tickets(request: HttpRequest, reference: str) -> HttpResponse:
    order = selectors.order_of(customer=customer_of(request), reference=reference)
    shown = [(ticket, qr.svg(ticket.qr_text)) for ticket in _tickets_of(order)]
    return render(request, "booking/tickets.html", {"order": order, "tickets": shown})


@require_safe
@customer_required
@never_cache
def pdf(request: HttpRequest, reference: str) -> HttpResponse:
    order = selectors.order_of(customer=customer_of(request), reference=reference)
    document = ticket_pdf(_tickets_of(order), made_at=timezone.now())
    return as_file(document, "application/pdf", f"tickets-{order.reference}.pdf")


@require_safe
@customer_required
@never_cache
def calendar(request: HttpRequest, reference: str) -> HttpResponse:
    order = selectors.order_of(customer=customer_of(request), reference=reference)
    dates = appointments(order, host=site_name())
    if not dates:
        raise Http404(_("This booking has no tickets."))
    file = calendar_file(dates, made_at=timezone.now())
    return as_file(file, "text/calendar; charset=utf-8", f"booking-{order.reference}.ics")


def as_file(content: bytes, content_type: str, name: str) -> HttpResponse:
    """An answer that a browser saves under this name."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=content_type, headers=headers)


def _tickets_of(order: Order) -> list[PrintedTicket]:
    found = [printed(ticket) for ticket in good_tickets(order)]
    if not found:
        raise Http404(_("This booking has no tickets."))
    return found
