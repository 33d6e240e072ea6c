"""The form that has seats chosen: the best there are, held at once, as one order or not at all."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from booking import seatstore, services
from booking.errors import DomainError
from booking.itinerary import itinerary
from booking.pages.forms import BestForm
from booking.pages.guests import ask_who_buys, buyer_of
from booking.selling.passengers import seated
from booking.services import PartWanted
from booking.waiting_room.visitors import browser_of


@require_POST
def hold_best(request: HttpRequest) -> HttpResponse:
    """Hold what the store chooses; whatever stands in the way leads back to the map and says what."""
    form = BestForm(request.POST)
    if not form.is_valid():
        messages.error(request, form.fault)
        return redirect("booking:home")
    wanted = form.cleaned_data
    inventory, first_leg, end_leg = wanted["inventory"], wanted["first_leg"], wanted["end_leg"]
    map_url = itinerary(inventory=inventory, first_leg=first_leg, end_leg=end_leg).map_url
    customer = buyer_of(request)
    if customer is None:
        return ask_who_buys(request, map_url=map_url)
    try:
        passengers = seated(wanted["passengers"], wanted["count"])
        part = PartWanted(inventory, (), first_leg, end_leg, passengers, wanted["any_seat"], form.choice)
        order = services.hold_parts(
            customer=customer,
            parts=[part],
            request_id=f"page:{wanted['page']}:best:{form.digest}",
            browser=browser_of(request.session, make=False),
        )
    except (seatstore.StoreUnavailable, seatstore.OutcomeUnknown):
        messages.error(request, _("Seats cannot be booked right now. Please try again in a moment."))
    except (DomainError, seatstore.SeatStoreError) as error:
        messages.error(request, str(error))
    else:
        return redirect("booking:order", reference=order.reference)
    return redirect(map_url)
