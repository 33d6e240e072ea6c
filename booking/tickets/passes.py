"""What does a phone's wallet need to know of a ticket? The content of a pass, as Apple's Wallet reads it in pass.json.

https://developer.apple.com/documentation/walletpasses/pass. Whoever publishes the app signs it with a certificate of
their own: `passTypeIdentifier` and `teamIdentifier` are that certificate's and theirs to add, as are the images.
"""

from typing import Any

from django.utils.translation import gettext as _

from booking.models import Order, Ticket
from booking.templatetags.booking_format import money
from booking.tickets.printed import Call, PrintedTicket
from booking.tickets.showing import ends_at, itinerary_of, printed, with_offerings

_ORGANISATION = "Ticketsite"
# Of static/css/tokens.css, as the format writes colours.
_COLOURS = {
    "backgroundColor": "rgb(11, 95, 99)",
    "foregroundColor": "rgb(255, 255, 255)",
    "labelColor": "rgb(214, 236, 236)",
}
Field = dict[str, Any]


def passes_of(order: Order) -> list[dict[str, Any]]:
    """A pass for each ticket of the order, void ones too, so that a wallet can be told that its pass is void."""
    tickets = with_offerings(Ticket.objects.filter(order=order)).order_by("number")
    return [pass_of(ticket) for ticket in tickets]


def pass_of(ticket: Ticket) -> dict[str, Any]:
    """The pass of one ticket; its words are in the language that is active."""
    on_paper = printed(ticket)
    over = ends_at(ticket.inventory, itinerary_of(ticket))
    voided = ticket.voided_at is not None
    return {
        "formatVersion": 1,
        "organizationName": _ORGANISATION,
        "serialNumber": ticket.code,
        # Wallet shows the passes of one booking as one pile.
        "groupingIdentifier": on_paper.booking,
        "description": _("Ticket: %(title)s, seat %(seat)s") % {"title": on_paper.title, "seat": on_paper.seat},
        "logoText": _ORGANISATION,
        **_COLOURS,
        "relevantDate": _moment(on_paper.start),
        "expirationDate": over.isoformat(timespec="seconds"),
        "voided": voided,
        "barcodes": [] if voided else [_barcode(on_paper)],
        **(_event(on_paper) if on_paper.end is None else _journey(on_paper, on_paper.end)),
    }


def _barcode(on_paper: PrintedTicket) -> dict[str, str]:
    return {
        "format": "PKBarcodeFormatQR",
        "message": on_paper.qr_text,
        "messageEncoding": "iso-8859-1",
        "altText": on_paper.code,
    }


def _journey(on_paper: PrintedTicket, end: Call) -> dict[str, Any]:
    return {
        "boardingPass": {
            "transitType": "PKTransitTypeTrain",
            "headerFields": [_day(on_paper.start)],
            "primaryFields": [
                _field("origin", _("From"), on_paper.start.place),
                _field("destination", _("To"), end.place),
            ],
            "secondaryFields": [_clock("departs", _("Departs"), on_paper.start), _clock("arrives", _("Arrives"), end)],
            "auxiliaryFields": [
                _field("train", _("Train"), on_paper.title),
                _field("seat", _("Seat"), on_paper.seat),
                _field("class", _("Class"), on_paper.zone),
            ],
            "backFields": _back(on_paper),
        }
    }


def _event(on_paper: PrintedTicket) -> dict[str, Any]:
    return {
        "eventTicket": {
            "headerFields": [_day(on_paper.start)],
            "primaryFields": [_field("event", _("Show"), on_paper.title)],
            "secondaryFields": [
                _field("place", _("Place"), on_paper.start.place),
                _clock("starts", _("Starts"), on_paper.start),
            ],
            "auxiliaryFields": [_field("seat", _("Seat"), on_paper.seat), _field("zone", _("Zone"), on_paper.zone)],
            "backFields": _back(on_paper),
        }
    }


def _back(on_paper: PrintedTicket) -> list[Field]:
    said = [
        ("passenger", _("Passenger"), on_paper.passenger),
        ("booking", _("Booking"), on_paper.booking),
        ("ticket", _("Ticket"), on_paper.code),
        ("price", _("Price"), money(on_paper.price)),
        ("notice", _("Notice"), on_paper.notice),
    ]
    return [_field(key, label, value) for key, label, value in said if value]


def _field(key: str, label: str, value: str) -> Field:
    return {"key": key, "label": label, "value": value}


def _day(call: Call) -> Field:
    # In the zone of the place, wherever the phone is.
    style = {"dateStyle": "PKDateStyleMedium", "timeStyle": "PKDateStyleNone", "ignoresTimeZone": True}
    return {**_field("date", _("Date"), _moment(call)), **style}


def _clock(key: str, label: str, call: Call) -> Field:
    style = {"dateStyle": "PKDateStyleNone", "timeStyle": "PKDateStyleShort", "ignoresTimeZone": True}
    return {**_field(key, label, _moment(call)), **style}


def _moment(call: Call) -> str:
    return call.at.isoformat(timespec="seconds")
