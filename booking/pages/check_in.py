"""Pages of those who let people in: which entrance, scan or type a ticket, what became of it, the list to take along.

They work without JavaScript; with it the phone's camera reads codes, and only what changes of a page comes anew.
"""

import csv
import io
from dataclasses import dataclass, field
from typing import Literal
from uuid import uuid4

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from booking.errors import DomainError
from booking.itinerary import zone_names
from booking.models import Admission, Inventory, Ticket
from booking.pages.tickets import as_file
from booking.tickets.attendance import entrance_of, entrances, guests, recent_admissions
from booking.tickets.check_in import AlreadyAdmitted, WhichTicket, admit, undo_admission
from booking.tickets.showing import passenger_names, station_names

MAY_CHECK_IN = "booking.check_in"
SHORTEST_KEY, LONGEST_KEY = 1, 64


@dataclass(frozen=True, slots=True)
class Result:
    """What the person at the entrance is told, at a glance by colour and then in words."""

    tone: Literal["success", "warning", "error"]
    title: str
    sentence: str = ""
    ticket: Ticket | None = None
    place: str = ""
    earlier: Admission | None = None
    choices: list[Ticket] = field(default_factory=list)


@require_safe
@login_required
@permission_required(MAY_CHECK_IN, raise_exception=True)
@never_cache
def choose_entrance(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()
    found = entrances(now=timezone.now(), query=query)
    return render(request, "booking/check_in_choose.html", {"entrances": found, "query": query})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required(MAY_CHECK_IN, raise_exception=True)
@never_cache
def entrance(request: HttpRequest, inventory_id: str) -> HttpResponse:
    inventory = get_object_or_404(Inventory, pk=inventory_id)
    result = _let_in(request, inventory) if request.method == "POST" else None
    return _page(request, inventory, result)


@require_POST
@login_required
@permission_required(MAY_CHECK_IN, raise_exception=True)
def undo(request: HttpRequest, inventory_id: str, admission_id: int) -> HttpResponse:
    admissions = Admission.objects.select_related("ticket__order").filter(ticket__inventory=inventory_id)
    admission = get_object_or_404(admissions, pk=admission_id)
    undo_admission(admission=admission, by=request.user, now=timezone.now())
    if not _wants_part(request):
        return redirect("booking:entrance", inventory_id=inventory_id)
    inventory = get_object_or_404(Inventory, pk=inventory_id)
    ticket = admission.ticket
    undone = Result(
        "warning", _("Undone"), _("The ticket is good for one person again."), ticket, _place(ticket, inventory)
    )
    return _page(request, inventory, undone)


@require_safe
@login_required
@permission_required(MAY_CHECK_IN, raise_exception=True)
@never_cache
def guest_list(request: HttpRequest, inventory_id: str) -> HttpResponse:
    """Everybody with a good ticket, as a spreadsheet to take where there is no network."""
    inventory = get_object_or_404(Inventory, pk=inventory_id)
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(
        [_("seat"), _("class or zone"), _("for"), _("from"), _("to"), _("ticket"), _("admitted at"), _("admitted by")]
    )
    for guest in guests(inventory):
        came = guest.admission
        told = [came.at.isoformat(timespec="seconds"), came.by.get_short_name()] if came else ["", ""]
        rows.writerow([guest.seat, guest.zone, guest.passenger, guest.origin, guest.destination, guest.code, *told])
    # Spreadsheets take a file without a byte order mark for one in another encoding.
    return as_file(out.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8", f"guests-{inventory.pk}.csv")


def _page(request: HttpRequest, inventory: Inventory, result: Result | None) -> HttpResponse:
    context = {
        "entrance": entrance_of(inventory),
        "result": result,
        "recent": recent_admissions(inventory),
        "scan": uuid4(),
    }
    page = "booking/_check_in_state.html" if _wants_part(request) else "booking/check_in.html"
    return render(request, page, context)


def _let_in(request: HttpRequest, inventory: Inventory) -> Result:
    text, scan = request.POST.get("code", "").strip(), request.POST.get("scan", "")
    if not text or not SHORTEST_KEY <= len(scan) <= LONGEST_KEY:
        return Result("error", _("Nothing was scanned"), _("Scan a ticket, or type its code."))
    try:
        admission = admit(text=text, inventory=inventory, by=request.user, request_id=scan, now=timezone.now())
    except AlreadyAdmitted as error:
        ticket = error.earlier.ticket
        return Result("warning", error.title, str(error), ticket, _place(ticket, inventory), error.earlier)
    except WhichTicket as error:
        return Result("warning", error.title, str(error), choices=error.tickets)
    except DomainError as error:
        return Result("error", error.title, str(error))
    return Result("success", _("Welcome"), ticket=admission.ticket, place=_place(admission.ticket, inventory))


def _place(ticket: Ticket, inventory: Inventory) -> str:
    """Class or zone, passenger and journey by name, for codes mean nothing to people."""
    zone = zone_names(inventory.plan_id).get(ticket.zone, ticket.zone)
    stations = station_names(inventory)
    if not stations:
        return zone
    passenger = passenger_names(inventory).get(ticket.passenger_type, ticket.passenger_type)
    return f"{zone}, {passenger}, {stations[ticket.first_leg]} to {stations[ticket.end_leg]}"


def _wants_part(request: HttpRequest) -> bool:
    """The page's script asks for the part that changes alone."""
    return request.headers.get("X-Requested-With") == "fetch"
