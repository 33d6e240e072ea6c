"""Holds and orders, for programs: hold seats, look at them, give them back; read one's own orders."""

from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.asked import Asked
from accounts.openapi import IDEMPOTENCY_KEY, LOCATION, UNCLEAR, problems
from accounts.permissions import IsCustomer
from accounts.replaying import replayed
from booking import selectors, services
from booking.api.idempotency import request_id_of
from booking.api.order_serializers import OrderSerializer, RefundOfferRequestSerializer, RefundOfferSerializer
from booking.api.pagination import NewestFirst
from booking.api.search_serializers import OrderSearchSerializer
from booking.api.serializers import HoldRequestSerializer, HoldSerializer
from booking.choosing.choice import Choice
from booking.errors import UnknownInventory
from booking.models import Inventory, Order
from booking.selectors.narrowing import orders_where
from booking.services.naming import LONGEST_NAME, name_passengers
from booking.trains.timetable import stops_of


class NamedPassengerSerializer(Asked):
    seat = serializers.CharField(max_length=20, help_text="Its `id` in the order.")
    name = serializers.CharField(max_length=LONGEST_NAME, allow_blank=True, help_text="Empty: nobody is named.")


class NamedPassengersSerializer(Asked):
    passengers = serializers.ListField(child=NamedPassengerSerializer(), allow_empty=False, max_length=100)


# What can be wrong with seats that somebody wants.
_HOLDING = (
    "nothing-chosen",
    "too-many-seats",
    UNCLEAR,
    "unknown-inventory",
    "unknown-place",
    "unknown-seat",
    "legs-out-of-range",
    "choice-invalid",
    "passengers-and-seats-differ",
    "unknown-passenger-type",
    "several-currencies",
    "seats-taken",
    "no-seats-found",
    "none-so-cheap",
    "no-price",
    "not-on-sale",
    "departure-gone",
    "for-trying-only",
    "not-for-trying",
    "sale-not-started",
    "sale-ended",
    "customer-limit",
    "hold-ended",
    "not-your-turn",
    "store-refused",
    "idempotency-conflict",
    "store-unavailable",
    "outcome-unknown",
)

# Made once: to make a serializer copies each of its fields, which takes longer than to use it.
_asked, _shown = HoldRequestSerializer(), HoldSerializer()


class HoldsView(APIView):
    permission_classes = (IsCustomer,)

    @extend_schema(
        operation_id="hold_seats",
        tags=["orders"],
        parameters=[IDEMPOTENCY_KEY, LOCATION],
        request=HoldRequestSerializer,
        responses={201: HoldSerializer, **problems(*_HOLDING)},
    )
    def post(self, request: Request) -> Response:
        """Hold all of these seats, of one inventory or of several, or none; or have them chosen.

        A 409 with the code `seats-taken` names those that are gone.
        """
        wanted = _asked.run_validation(request.data)
        order = services.hold_parts(
            customer=request.user,
            parts=[_part_wanted(part) for part in wanted["parts"]],
            request_id=request_id_of(request),
        )
        shown = _shown.to_representation(order)
        where = {"Location": reverse("api:hold", args=[shown["id"]])}
        return Response(shown, status=status.HTTP_201_CREATED, headers=where)


class HoldView(APIView):
    permission_classes = (IsCustomer,)

    @extend_schema(operation_id="hold", tags=["orders"], responses={200: HoldSerializer, **problems("not-found")})
    def get(self, request: Request, hold_id: UUID) -> Response:
        """How long are the seats still held?"""
        order = selectors.order_of_hold(customer=request.user, hold_id=hold_id)
        return Response(HoldSerializer(order).data)

    @extend_schema(
        operation_id="release_hold",
        tags=["orders"],
        responses={204: None, **problems("not-found", "order-not-cancellable")},
    )
    def delete(self, request: Request, hold_id: UUID) -> Response:
        """Give the seats back unpaid. Giving back what has ended already is no error."""
        services.release_order(order=selectors.order_of_hold(customer=request.user, hold_id=hold_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


class OrdersView(ListAPIView):
    permission_classes = (IsCustomer,)
    serializer_class = OrderSerializer
    pagination_class = NewestFirst
    queryset = Order.objects.none()

    def get_queryset(self):
        given = OrderSearchSerializer(data=self.request.query_params)
        given.is_valid(raise_exception=True)
        wanted = given.validated_data
        return orders_where(
            selectors.orders_of(self.request.user),
            status=wanted.get("status", ""),
            first_day=wanted.get("from"),
            last_day=wanted.get("to"),
            upcoming=wanted["upcoming"],
            now=timezone.now(),
        )

    @extend_schema(
        operation_id="orders",
        tags=["orders"],
        parameters=[OrderSearchSerializer],
        responses={200: OrderSerializer(many=True), **problems(UNCLEAR)},
    )
    def get(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Your orders, newest first."""
        return super().get(request, *args, **kwargs)


class OrderView(APIView):
    permission_classes = (IsCustomer,)

    @extend_schema(operation_id="order", tags=["orders"], responses={200: OrderSerializer, **problems("not-found")})
    def get(self, request: Request, order_id: UUID) -> Response:
        """One of your orders."""
        return Response(OrderSerializer(selectors.order_of(customer=request.user, order_id=order_id)).data)


class PassengersOfOrderView(APIView):
    permission_classes = (IsCustomer,)

    @extend_schema(
        operation_id="name_passengers",
        tags=["orders"],
        request=NamedPassengersSerializer,
        responses={200: OrderSerializer, **problems("not-found", "unknown-seat", "names-are-fixed")},
    )
    def put(self, request: Request, order_id: UUID) -> Response:
        """Say who travels, before the order is paid and its tickets are made. Other seats stay as they are."""
        given = NamedPassengersSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        order = selectors.order_of(customer=request.user, order_id=order_id)
        rows = {seat.label: seat.pk for seat in order.seats.all()}
        wanted = {each["seat"]: each["name"] for each in given.validated_data["passengers"]}
        if unknown := [seat for seat in wanted if seat not in rows]:
            raise services.UnknownSeats(unknown)
        name_passengers(order=order, names={rows[seat]: name for seat, name in wanted.items()})
        return Response(OrderSerializer(selectors.order_of(customer=request.user, order_id=order_id)).data)


class RefundOffersView(APIView):
    permission_classes = (IsCustomer,)

    @extend_schema(
        operation_id="make_refund_offer",
        tags=["orders"],
        parameters=[IDEMPOTENCY_KEY],
        request=RefundOfferRequestSerializer,
        responses={
            201: RefundOfferSerializer,
            **problems("not-found", "order-not-cancellable", "departure-gone", "idempotency-conflict"),
        },
    )
    @replayed
    def post(self, request: Request, order_id: UUID) -> Response:
        """What would be paid back for these seats? Nothing is cancelled by asking; the offer can be accepted.

        It is accepted where orders are cancelled, and promises its amount until it ends.
        """
        given = RefundOfferRequestSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        offer = services.offer_refund(
            order=selectors.order_of(customer=request.user, order_id=order_id),
            seats=given.validated_data.get("seats", ()),
            now=timezone.now(),
        )
        return Response(RefundOfferSerializer(offer).data, status=status.HTTP_201_CREATED)


def _part_wanted(part: dict) -> services.PartWanted:
    inventory = selectors.inventory_for_sale(part["inventory"])
    if inventory is None:
        raise UnknownInventory
    choice = part.get("choice")
    return services.PartWanted(
        inventory,
        tuple(dict.fromkeys(part.get("seats", ()))),
        *legs_wanted(part, inventory),
        passenger_types=tuple(part.get("passenger_types", ())),
        any_seat=choice is not None and part["any_seat"],
        choice=None if choice is None else _choice(choice),
    )


def _choice(asked: dict) -> Choice:
    lists = {name: tuple(asked.get(name, ())) for name in ("zones", "must_have", "prefer")}
    return Choice(asked["count"], **lists, together=asked["together"], at_most=asked.get("at_most"))


def legs_wanted(wanted: dict, inventory: Inventory) -> tuple[int, int]:
    """The half-open range of legs, counted from 0, that a request means."""
    if legs := wanted.get("legs"):
        return legs["first"] - 1, legs["last"]
    codes = [wanted.get("from", "").upper(), wanted.get("to", "").upper()]
    if not any(codes):
        if inventory.legs == 1:
            return 0, 1
        raise serializers.ValidationError({"legs": [_("Say which legs, or from and to which place.")]}, code=UNCLEAR)
    stops = stops_of(inventory.departure.train) if inventory.is_train else ()
    positions = {stop.station.code: stop.position for stop in stops}
    for field, code in zip(("from", "to"), codes, strict=True):
        if code not in positions:
            raise serializers.ValidationError(
                {field: [_("There is no such stop on this journey.")]}, code="unknown-place"
            )
    if positions[codes[0]] >= positions[codes[1]]:
        raise serializers.ValidationError({"to": [_("The train calls there before.")]}, code=UNCLEAR)
    return positions[codes[0]], positions[codes[1]]
