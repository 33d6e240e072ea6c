"""The button that buys a journey with one change of seat: both seats are held as one order, or neither."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from booking import seatstore, services
from booking.errors import DomainError
from booking.itinerary import itinerary
from booking.pages.forms import SeatChangeForm
from booking.pages.guests import ask_who_buys, buyer_of
from booking.services import PartWanted
from booking.waiting_room.visitors import browser_of


@require_POST
def hold_with_a_change(request: HttpRequest) -> HttpResponse:
    """Hold the two seats; whatever stands in the way leads back to the map, which offers what there is by then."""
    form = SeatChangeForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("That seat map is out of date. Please look for your train again."))
        return redirect("booking:home")
    wanted = form.cleaned_data
    inventory, first_leg, end_leg = wanted["inventory"], wanted["first_leg"], wanted["end_leg"]
    map_url = itinerary(inventory=inventory, first_leg=first_leg, end_leg=end_leg).map_url
    customer = buyer_of(request)
    if customer is None:
        return ask_who_buys(request, map_url=map_url)
    change_leg, first_seat, second_seat = wanted["change_leg"], wanted["first_seat"], wanted["second_seat"]
    parts = [
        PartWanted(inventory, (first_seat,), first_leg, change_leg),
        PartWanted(inventory, (second_seat,), change_leg, end_leg),
    ]
    request_id = f"page:{wanted['page']}:{change_leg}:{first_seat}:{second_seat}"
    try:
        order = services.hold_parts(
            customer=customer,
            parts=parts,
            request_id=request_id,
            browser=browser_of(request.session, make=False),
        )
    except seatstore.SeatsTaken:
        messages.error(request, _("Somebody else was faster. Nothing was held."))
    except (seatstore.StoreUnavailable, seatstore.OutcomeUnknown):
        messages.error(request, _("Seats cannot be booked right now. Please try again in a moment."))
    except (DomainError, seatstore.SeatStoreError) as error:
        messages.error(request, str(error))
    else:
        return redirect("booking:order", reference=order.reference)
    return redirect(map_url)
