"""Tickets for programs: a customer's own, the keys they are checked with, and letting people in."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.asked import Asked
from accounts.letters import site_name
from accounts.openapi import IDEMPOTENCY_KEY, MoneySerializer, problems
from accounts.permissions import IsCustomer
from booking import selectors
from booking.api.idempotency import request_id_of
from booking.api.serializers import LegsSerializer, money
from booking.models import Admission, Inventory, Ticket
from booking.pages.tickets import as_file
from booking.tickets.attendance import entrance_of, guests
from booking.tickets.calendar import calendar_file
from booking.tickets.check_in import admit, undo_admission
from booking.tickets.pdf import ticket_pdf
from booking.tickets.showing import appointments, good_tickets, printed
from booking.tickets.signing import public_keys


class TicketSerializer(serializers.Serializer):
    """A good ticket. Draw `qr_text` as a QR code; docs/tickets.md says what is in it."""

    code = serializers.CharField(help_text="The booking's code and the ticket's number.")
    inventory = serializers.CharField()
    seat = serializers.CharField()
    zone = serializers.CharField(help_text="Code of the class or price zone.")
    passenger_type = serializers.CharField()
    passenger_name = serializers.CharField(help_text="Who travels; empty, if the customer did not say so.")
    legs = LegsSerializer()
    price = MoneySerializer()
    starts_at = serializers.DateTimeField(help_text="Local time at the place, with its offset.")
    time_zone = serializers.CharField(help_text="IANA name.")
    issued_at = serializers.DateTimeField()
    qr_text = serializers.CharField()


class TicketKeySerializer(serializers.Serializer):
    id = serializers.SerializerMethodField(help_text="In hexadecimal, as tickets name it.")
    algorithm = serializers.SerializerMethodField()
    public_key = serializers.CharField(source="base64", help_text="32 bytes in base64.")
    is_current = serializers.BooleanField(help_text="New tickets are signed with it.")

    def get_id(self, key: Any) -> str:
        return key.id.hex()

    def get_algorithm(self, key: Any) -> str:
        return "Ed25519"


class CheckInRequestSerializer(Asked):
    inventory = serializers.CharField(max_length=64)
    ticket = serializers.CharField(max_length=1000, help_text="What was scanned, or the code that was typed.")


class CheckInSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    ticket = serializers.CharField(source="ticket.code")
    seat = serializers.CharField(source="ticket.seat_name")
    zone = serializers.CharField(source="ticket.zone")
    passenger_type = serializers.CharField(source="ticket.passenger_type")
    admitted_at = serializers.DateTimeField(source="at")
    undone_at = serializers.DateTimeField(allow_null=True)


class GuestsQuerySerializer(serializers.Serializer):
    inventory = serializers.CharField(max_length=64, help_text="Of the run or performance.")


class GuestSerializer(serializers.Serializer):
    ticket = serializers.CharField(source="code")
    seat = serializers.CharField()
    zone = serializers.CharField(help_text="Name of the class or price zone.")
    passenger = serializers.CharField(help_text="Such as Child; empty at a show.")
    origin = serializers.CharField(help_text="Name of the station to board at; empty at a show.")
    destination = serializers.CharField(help_text="Name of the station to alight at; empty at a show.")
    admitted_at = serializers.DateTimeField(source="admission.at", default=None, allow_null=True)


class GuestListSerializer(serializers.Serializer):
    """Everybody with a good ticket, for an entrance without a network."""

    inventory = serializers.CharField()
    title = serializers.CharField()
    starts_at = serializers.DateTimeField()
    guests = GuestSerializer(many=True)


class MayCheckIn(BasePermission):
    message = gettext_lazy("This is for those who let people in.")

    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.user.has_perm("booking.check_in")


class TicketsView(APIView):
    permission_classes = (IsCustomer,)

    @extend_schema(
        operation_id="tickets", tags=["tickets"], responses={200: TicketSerializer(many=True), **problems("not-found")}
    )
    def get(self, request: Request, order_id: UUID) -> Response:
        """The good tickets of one of your orders; none as long as it is not paid."""
        order = selectors.order_of(customer=request.user, order_id=order_id)
        return Response([_shown(ticket) for ticket in good_tickets(order)])


class PdfRenderer(JSONRenderer):
    """Who accepts a PDF gets one; a problem comes as JSON all the same."""

    media_type = "application/pdf"
    format = "pdf"


class CalendarRenderer(JSONRenderer):
    """As PdfRenderer."""

    media_type = "text/calendar"
    format = "ics"


class TicketPdfView(APIView):
    permission_classes = (IsCustomer,)
    renderer_classes = (PdfRenderer, JSONRenderer)

    @extend_schema(
        operation_id="tickets_pdf",
        tags=["tickets"],
        responses={(200, "application/pdf"): OpenApiTypes.BINARY, **problems("not-found")},
    )
    def get(self, request: Request, order_id: UUID) -> HttpResponse:
        """The same on paper, a page each."""
        order = selectors.order_of(customer=request.user, order_id=order_id)
        tickets = [printed(ticket) for ticket in good_tickets(order)]
        if not tickets:
            raise Http404(_("This booking has no tickets."))
        return as_file(ticket_pdf(tickets, made_at=timezone.now()), "application/pdf", f"tickets-{order.reference}.pdf")


class CalendarView(APIView):
    permission_classes = (IsCustomer,)
    renderer_classes = (CalendarRenderer, JSONRenderer)

    @extend_schema(
        operation_id="tickets_calendar",
        tags=["tickets"],
        responses={(200, "text/calendar"): OpenApiTypes.BINARY, **problems("not-found")},
    )
    def get(self, request: Request, order_id: UUID) -> HttpResponse:
        """The order's journeys and shows for a calendar (RFC 5545); cancelled ones are marked so."""
        order = selectors.order_of(customer=request.user, order_id=order_id)
        dates = appointments(order, host=site_name())
        if not dates:
            raise Http404(_("This booking has no tickets."))
        file = calendar_file(dates, made_at=timezone.now())
        return as_file(file, "text/calendar; charset=utf-8", f"booking-{order.reference}.ics")


class TicketKeysView(APIView):
    permission_classes = [AllowAny]
    authentication_classes = []

    @extend_schema(operation_id="ticket_keys", tags=["tickets"], responses={200: TicketKeySerializer(many=True)})
    def get(self, request: Request) -> Response:
        """The public keys with which anybody can check a ticket without a network."""
        return Response(TicketKeySerializer(public_keys(), many=True).data)


class CheckInsView(APIView):
    permission_classes = [IsAuthenticated, MayCheckIn]

    @extend_schema(
        operation_id="guests",
        tags=["check-in"],
        parameters=[GuestsQuerySerializer],
        responses={200: GuestListSerializer, **problems("permission-denied", "not-found")},
    )
    def get(self, request: Request) -> Response:
        """Who is expected, and who has come."""
        given = GuestsQuerySerializer(data=request.query_params)
        given.is_valid(raise_exception=True)
        inventory = get_object_or_404(Inventory, pk=given.validated_data["inventory"])
        entrance = entrance_of(inventory)
        shown = {
            "inventory": inventory.pk,
            "title": entrance.title,
            "starts_at": entrance.starts_at,
            "guests": guests(inventory),
        }
        return Response(GuestListSerializer(shown).data)

    @extend_schema(
        operation_id="check_in",
        tags=["check-in"],
        parameters=[IDEMPOTENCY_KEY],
        request=CheckInRequestSerializer,
        responses={
            201: CheckInSerializer,
            **problems(
                "permission-denied",
                "not-found",
                "ticket-unknown",
                "already-admitted",
                "ticket-void",
                "ticket-for-elsewhere",
                "which-ticket",
                "ticket-not-genuine",
                "idempotency-conflict",
            ),
        },
    )
    def post(self, request: Request) -> Response:
        """Let somebody in, once. A 409 `already-admitted` says who was faster with this ticket, and when."""
        given = CheckInRequestSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        admission = admit(
            text=given.validated_data["ticket"],
            inventory=get_object_or_404(Inventory, pk=given.validated_data["inventory"]),
            by=request.user,
            request_id=request_id_of(request),
            now=timezone.now(),
        )
        return Response(CheckInSerializer(admission).data, status=status.HTTP_201_CREATED)


class CheckInView(APIView):
    permission_classes = [IsAuthenticated, MayCheckIn]

    @extend_schema(
        operation_id="undo_check_in",
        tags=["check-in"],
        responses={200: CheckInSerializer, **problems("permission-denied", "not-found")},
    )
    def delete(self, request: Request, check_in_id: int) -> Response:
        """It was a mistake: the ticket is good for one person again."""
        admission = get_object_or_404(Admission.objects.select_related("ticket__order"), pk=check_in_id)
        undo_admission(admission=admission, by=request.user, now=timezone.now())
        return Response(CheckInSerializer(admission).data)


def _shown(ticket: Ticket) -> dict[str, Any]:
    """As TicketSerializer describes it."""
    on_paper = printed(ticket)
    return {
        "code": ticket.code,
        "inventory": ticket.inventory_id,
        "seat": ticket.seat_name,
        "zone": ticket.zone,
        "passenger_type": ticket.passenger_type,
        "passenger_name": ticket.seat.passenger_name,
        "legs": {"first": ticket.first_leg + 1, "last": ticket.end_leg},
        "price": money(ticket.seat.amount, ticket.seat.currency),
        "starts_at": on_paper.start.at.isoformat(timespec="seconds"),
        "time_zone": str(on_paper.start.at.tzinfo),
        "issued_at": ticket.issued_at,
        "qr_text": on_paper.qr_text,
    }
