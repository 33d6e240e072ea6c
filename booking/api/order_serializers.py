"""What does an order look like outside? What its holds are (serializers.py), with journeys, prices and how it ended."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.asked import Asked
from accounts.openapi import MoneySerializer
from booking.api.serializers import (
    AlightingSerializer,
    BoardingSerializer,
    HoldPartSerializer,
    HoldSerializer,
    TrainSerializer,
    VenueSerializer,
    alighting,
    boarding,
    local_time,
    money,
)
from booking.models import Order, OrderPart, OrderSeat, Performance, RefundOffer, WaitingEntry
from booking.selectors import parts_of, seats_of_part
from booking.trains.timetable import stop_times


class OrderSeatSerializer(serializers.Serializer):
    id = serializers.CharField(source="label", help_text="Names the seat within its order: say this to cancel it.")
    seat = serializers.CharField(source="name")
    zone = serializers.CharField(help_text="Code of the class or price zone.")
    passenger_type = serializers.CharField()
    passenger_name = serializers.CharField(allow_blank=True, help_text="Who travels, if the customer said so.")
    price = serializers.SerializerMethodField()
    cancelled_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(MoneySerializer)
    def get_price(self, seat: OrderSeat) -> dict[str, str]:
        return money(seat.amount, seat.currency)


class OrderTripSerializer(serializers.Serializer):
    train = TrainSerializer()
    to = AlightingSerializer()

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        fields["from"] = BoardingSerializer()
        return fields


class OrderPerformanceSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    show = serializers.CharField()
    hall = serializers.CharField()
    venue = VenueSerializer()
    starts_at = serializers.DateTimeField(help_text="Local time at the venue, with its offset.")


class OrderPartSerializer(HoldPartSerializer):
    """What an order has of one inventory. After an exchange its seats are cancelled; a later part has the new ones."""

    id = None
    position = serializers.IntegerField(help_text="Counted from 1; never changes. An exchange names it as `part`.")
    hold = serializers.UUIDField(source="hold_id")
    seats = serializers.SerializerMethodField()
    trip = serializers.SerializerMethodField()
    performance = serializers.SerializerMethodField()

    @extend_schema_field(OrderSeatSerializer(many=True))
    def get_seats(self, part: OrderPart) -> list[dict[str, Any]]:
        return [_seat.to_representation(seat) for seat in seats_of_part(part.order, part)]

    @extend_schema_field(OrderTripSerializer(allow_null=True))
    def get_trip(self, part: OrderPart) -> dict[str, Any] | None:
        return trip_of(part)

    @extend_schema_field(OrderPerformanceSerializer(allow_null=True))
    def get_performance(self, part: OrderPart) -> dict[str, Any] | None:
        return performance_of(part)


class OrderSerializer(HoldSerializer):
    """`hold`, `inventory`, `legs`, `trip` and `performance` are those of the first of its `parts`."""

    id = serializers.UUIDField()
    order = None
    hold = serializers.SerializerMethodField()
    reference = serializers.CharField(help_text="The booking code on the ticket.")
    status = serializers.ChoiceField(choices=Order.Status.choices)
    state = None
    seats = serializers.SerializerMethodField()
    parts = serializers.SerializerMethodField()
    trip = serializers.SerializerMethodField()
    performance = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    confirmed_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(serializers.UUIDField)
    def get_hold(self, order: Order) -> str:
        return str(parts_of(order)[0].hold_id)

    @extend_schema_field(OrderSeatSerializer(many=True))
    def get_seats(self, order: Order) -> list[dict[str, Any]]:
        return [_seat.to_representation(seat) for part in parts_of(order) for seat in seats_of_part(order, part)]

    @extend_schema_field(OrderPartSerializer(many=True))
    def get_parts(self, order: Order) -> list[dict[str, Any]]:
        return [_part.to_representation(part) for part in parts_of(order)]

    @extend_schema_field(OrderTripSerializer(allow_null=True))
    def get_trip(self, order: Order) -> dict[str, Any] | None:
        return trip_of(parts_of(order)[0])

    @extend_schema_field(OrderPerformanceSerializer(allow_null=True))
    def get_performance(self, order: Order) -> dict[str, Any] | None:
        return performance_of(parts_of(order)[0])


class RefundOfferRequestSerializer(Asked):
    seats = serializers.ListField(
        child=serializers.CharField(max_length=20),
        required=False,
        # An empty choice must not mean what a missing one means: everything.
        allow_empty=False,
        max_length=100,
        help_text="Ids of the seats within the order; all that are left if it is missing.",
    )


class RefundOfferSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    seats = serializers.ListField(child=serializers.CharField())
    refund = serializers.SerializerMethodField()
    fee = serializers.SerializerMethodField()
    valid_until = serializers.DateTimeField()

    @extend_schema_field(MoneySerializer)
    def get_refund(self, offer: RefundOffer) -> dict[str, str]:
        return money(offer.amount, offer.currency)

    @extend_schema_field(MoneySerializer)
    def get_fee(self, offer: RefundOffer) -> dict[str, str]:
        return money(offer.fee, offer.currency)


# Made once: to make a serializer copies each of its fields, which takes longer than to use it.
_seat, _part = OrderSeatSerializer(), OrderPartSerializer()


def trip_of(wanted: OrderPart | WaitingEntry) -> dict[str, Any] | None:
    """From where to where, and when, as OrderTripSerializer has it; of a show none."""
    if not wanted.inventory.is_train:
        return None
    departure = wanted.inventory.departure
    stops = stop_times(departure)
    return {
        "train": TrainSerializer(departure.train).data,
        "from": boarding(stops[wanted.first_leg]),
        "to": alighting(stops[wanted.end_leg]),
    }


def performance_of(wanted: OrderPart | WaitingEntry) -> dict[str, Any] | None:
    """What and when, as OrderPerformanceSerializer has it; of a train none."""
    return None if wanted.inventory.is_train else performance_in_short(wanted.inventory.performance)


def performance_in_short(performance: Performance) -> dict[str, Any]:
    venue = performance.hall.venue
    return {
        "id": performance.pk,
        "show": performance.show.title,
        "hall": performance.hall.name,
        "venue": VenueSerializer(venue).data,
        "starts_at": local_time(performance.starts_at, venue.zone),
    }
