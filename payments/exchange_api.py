"""Exchanges, for programs: what would it cost to have other seats, and to have them."""

from typing import Any
from uuid import UUID

from django.http import Http404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.asked import Asked
from accounts.openapi import IDEMPOTENCY_KEY, UNCLEAR, MoneySerializer, problems
from accounts.permissions import IsCustomer
from booking.api.idempotency import request_id_of
from booking.api.order_serializers import OrderSerializer
from booking.api.orders import legs_wanted
from booking.api.serializers import LegsWantedSerializer, money
from booking.errors import UnknownInventory
from booking.models import Inventory, Order, OrderPart
from booking.selectors import order_of
from booking.trains.timetable import stops_of
from payments import gateways, services
from payments.api import MeansSerializer, method_of, way_back
from payments.exchange_terms import ExchangePrice, ExchangeWanted, price_exchange
from payments.methods import Method, MethodKind
from payments.models import Exchange

# What can be wrong with the seats that are given, or wanted.
_UNFIT = (
    "unknown-inventory",
    "unknown-place",
    "unknown-seat",
    "legs-out-of-range",
    "unknown-passenger-type",
    "no-price",
    "not-on-sale",
    "departure-gone",
    "sale-not-started",
    "sale-ended",
    "exchange-refused",
)


class ExchangeWantedSerializer(Asked):
    part = serializers.IntegerField(min_value=1, help_text="Position of the order's part whose seats are given.")
    inventory = serializers.CharField(max_length=64, help_text="Of the run or performance that is wanted.")
    seats = serializers.ListField(
        child=serializers.CharField(max_length=16), allow_empty=False, max_length=10, help_text="As many as are given."
    )
    legs = LegsWantedSerializer(
        required=False,
        help_text="Or `from` and `to`. Without them a journey stays from where to where it is; a show has only one.",
    )
    to = serializers.CharField(max_length=8, required=False, help_text="Code of the place to alight at.")

    def get_fields(self) -> dict[str, serializers.Field]:
        # `from` is a word of Python's own, so it cannot be an attribute.
        fields = super().get_fields()
        fields["from"] = serializers.CharField(max_length=8, required=False, help_text="Code of the place to board at.")
        return fields


class ExchangeRequestSerializer(ExchangeWantedSerializer, MeansSerializer):
    """With `card` or `upi`, if the new seats cost more."""


class ExchangeOfferSerializer(serializers.Serializer):
    old = serializers.SerializerMethodField()
    new = serializers.SerializerMethodField()
    difference = serializers.SerializerMethodField(help_text="To be paid; paid back, if it is negative.")

    @extend_schema_field(MoneySerializer)
    def get_old(self, price: ExchangePrice) -> dict[str, str]:
        return money(price.old.amount, price.old.currency.code)

    @extend_schema_field(MoneySerializer)
    def get_new(self, price: ExchangePrice) -> dict[str, str]:
        return money(price.new.amount, price.new.currency.code)

    @extend_schema_field(MoneySerializer)
    def get_difference(self, price: ExchangePrice) -> dict[str, str]:
        return money(price.difference.amount, price.difference.currency.code)


class ExchangeSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=Exchange.Status.choices)
    difference = serializers.SerializerMethodField(help_text="Paid; paid back, if it is negative.")
    payment = serializers.SerializerMethodField(help_text="Of the difference; null if there is none.")
    order = OrderSerializer()

    @extend_schema_field(MoneySerializer)
    def get_difference(self, exchange: Exchange) -> dict[str, str]:
        return money(exchange.difference.amount, exchange.currency)

    def get_payment(self, exchange: Exchange) -> UUID | None:
        return exchange.payment.pk if hasattr(exchange, "payment") else None


class ExchangeOffersView(APIView):
    permission_classes = (IsCustomer,)

    @extend_schema(
        operation_id="offer_exchange",
        tags=["payments"],
        request=ExchangeWantedSerializer,
        responses={200: ExchangeOfferSerializer, **problems(UNCLEAR, "not-found", *_UNFIT)},
    )
    def post(self, request: Request, order_id: UUID) -> Response:
        """What an exchange would cost; nothing changes."""
        given = ExchangeWantedSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        order = order_of(customer=request.user, order_id=order_id)
        price = price_exchange(order=order, wanted=_wanted(order, given.validated_data), now=timezone.now())
        return Response(ExchangeOfferSerializer(price).data)


class ExchangesView(APIView):
    permission_classes = (IsCustomer,)

    @extend_schema(
        operation_id="exchange",
        tags=["payments"],
        parameters=[IDEMPOTENCY_KEY],
        request=ExchangeRequestSerializer,
        responses={
            200: ExchangeSerializer,
            202: ExchangeSerializer,
            **problems(
                UNCLEAR,
                "not-found",
                *_UNFIT,
                "payment-needed",
                "card-invalid",
                "upi-id-invalid",
                "method-not-taken",
                "return-address-unknown",
                "card-declined",
                "customer-limit",
                "order-not-cancellable",
                "not-your-turn",
                "idempotency-conflict",
                "store-unavailable",
                "outcome-unknown",
            ),
        },
    )
    def post(self, request: Request, order_id: UUID) -> Response:
        """Give the seats of one part of an order for others, in one step: you have the old ones or the new ones.

        202: the difference waits for the customer, or for the bank; look at the payment until it has ended.
        """
        given = ExchangeRequestSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        order = order_of(customer=request.user, order_id=order_id)
        exchange = services.exchange_seats(
            order=order,
            wanted=_wanted(order, given.validated_data),
            method=_method(order, given.validated_data),
            request_id=request_id_of(request),
            return_url=way_back(
                request, given.validated_data, otherwise=reverse("booking:order", args=[order.reference])
            ),
        )
        exchange.order = order_of(customer=request.user, order_id=order_id)
        waits = exchange.status == Exchange.Status.CREATED
        return Response(
            ExchangeSerializer(exchange).data, status=status.HTTP_202_ACCEPTED if waits else status.HTTP_200_OK
        )


def _method(order: Order, given: dict[str, Any]) -> Method | None:
    """With what a difference is paid; where the gateway asks on a page of its own, nothing has to be said."""
    if {"card", "upi"} & given.keys() or MethodKind.HOSTED in gateways.of_order(order).takes:
        return method_of(given)
    return None


def _wanted(order: Order, given: dict[str, Any]) -> ExchangeWanted:
    """
    Raises:
        Http404: the order has no such part.
        UnknownInventory: there is nothing of that name.
        serializers.ValidationError: the journey that is wanted is none of this train's.
    """
    part = order.parts.select_related("inventory").filter(position=given["part"]).first()
    if part is None:
        raise Http404(_("The order has no such part."))
    inventory = Inventory.objects.filter(pk=given["inventory"]).first()
    if inventory is None:
        raise UnknownInventory
    journey = given if given.keys() & {"legs", "from", "to"} else _places_of(part)
    return ExchangeWanted(part, inventory, tuple(given["seats"]), *legs_wanted(journey, inventory))


def _places_of(part: OrderPart) -> dict[str, str]:
    """From where to where the part's journey goes: whoever wants another seat does not want to go elsewhere."""
    if not part.inventory.is_train:
        return {}
    codes = [stop.station.code for stop in stops_of(part.inventory.departure.train)]
    return {"from": codes[part.first_leg], "to": codes[part.end_leg]}


urlpatterns = [
    path("orders/<uuid:order_id>/exchange-offers/", ExchangeOffersView.as_view(), name="exchange-offers"),
    path("orders/<uuid:order_id>/exchanges/", ExchangesView.as_view(), name="exchanges"),
]
