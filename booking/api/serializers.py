"""What do orders and holds look like outside? Legs are counted from 1, both ends included; money is a string."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.openapi import MoneySerializer
from booking.models import Order, OrderSeat, Performance, Station
from booking.timetable import StopTime, stop_times

_HOLD_STATES = {
    Order.Status.DRAFT: "pending",
    Order.Status.AWAITING_PAYMENT: "held",
    Order.Status.CONFIRMING: "held",
    Order.Status.CONFIRMED: "confirmed",
    Order.Status.PARTLY_CANCELLED: "confirmed",
    Order.Status.CANCELLED: "released",
    Order.Status.EXPIRED: "expired",
    # What needs a person is the money; the seats are nobody's any more.
    Order.Status.NEEDS_ATTENTION: "released",
}


def money(amount: Decimal, currency: str) -> dict[str, str]:
    return {"amount": f"{amount:.2f}", "currency": currency}


def local_time(moment: datetime, time_zone: Any) -> str:
    """RFC 3339 with the offset that holds there and then."""
    return moment.astimezone(time_zone).isoformat(timespec="seconds")


class PlaceSerializer(serializers.ModelSerializer):
    class Meta:
        model = Station
        fields = ("code", "name", "city", "time_zone", "latitude", "longitude")


class LegsSerializer(serializers.Serializer):
    """Leg 1 runs from the first stop to the second. A show has one leg."""

    first = serializers.IntegerField(min_value=1, max_value=1000)
    last = serializers.IntegerField(min_value=1, max_value=1000)

    def validate(self, attrs: dict[str, int]) -> dict[str, int]:
        if attrs["last"] < attrs["first"]:
            raise serializers.ValidationError("The last leg cannot lie before the first.")
        return attrs


class BoardingSerializer(serializers.Serializer):
    place = PlaceSerializer()
    departs_at = serializers.DateTimeField(help_text="Local time at the place, with its offset.")
    time_zone = serializers.CharField(help_text="IANA name.")


class AlightingSerializer(serializers.Serializer):
    place = PlaceSerializer()
    arrives_at = serializers.DateTimeField(help_text="Local time at the place, with its offset.")
    time_zone = serializers.CharField(help_text="IANA name.")


class TrainSerializer(serializers.Serializer):
    number = serializers.CharField()
    name = serializers.CharField()


class VenueSerializer(serializers.Serializer):
    name = serializers.CharField()
    city = serializers.CharField()
    address = serializers.CharField()
    time_zone = serializers.CharField(help_text="IANA name.")


def boarding(stop: StopTime) -> dict[str, Any]:
    return {
        "place": PlaceSerializer(stop.station).data,
        "departs_at": local_time(stop.departs_at, stop.station.zone),
        "time_zone": stop.station.time_zone,
    }


def alighting(stop: StopTime) -> dict[str, Any]:
    return {
        "place": PlaceSerializer(stop.station).data,
        "arrives_at": local_time(stop.arrives_at, stop.station.zone),
        "time_zone": stop.station.time_zone,
    }


class HoldRequestSerializer(serializers.Serializer):
    """A train's journey is said by `legs`, or by `from` and `to`; a show needs neither."""

    inventory = serializers.CharField(max_length=64)
    seats = serializers.ListField(child=serializers.CharField(max_length=16), allow_empty=True, max_length=100)
    legs = LegsSerializer(required=False)
    to = serializers.CharField(max_length=8, required=False, help_text="Code of the place to alight at.")

    def get_fields(self) -> dict[str, serializers.Field]:
        # `from` is a word of Python's own, so it cannot be an attribute.
        fields = super().get_fields()
        fields["from"] = serializers.CharField(max_length=8, required=False, help_text="Code of the place to board at.")
        return fields


class HoldSerializer(serializers.Serializer):
    """Seats kept for a customer until `expires_at`; `remaining_seconds` needs no clock of the client's."""

    id = serializers.UUIDField(source="hold_id")
    order = serializers.UUIDField(source="id")
    inventory = serializers.CharField(source="inventory_id")
    seats = serializers.SerializerMethodField()
    legs = serializers.SerializerMethodField()
    state = serializers.SerializerMethodField()
    expires_at = serializers.DateTimeField(source="held_until", allow_null=True)
    remaining_seconds = serializers.SerializerMethodField()
    total = serializers.SerializerMethodField()

    def get_seats(self, order: Order) -> list[str]:
        return [seat.name for seat in order.seats.all()]

    @extend_schema_field(LegsSerializer)
    def get_legs(self, order: Order) -> dict[str, int]:
        return {"first": order.first_leg + 1, "last": order.end_leg}

    @extend_schema_field(serializers.ChoiceField(choices=["pending", "held", "confirmed", "released", "expired"]))
    def get_state(self, order: Order) -> str:
        return _HOLD_STATES[Order.Status(order.status)]

    def get_remaining_seconds(self, order: Order) -> int:
        if order.status != Order.Status.AWAITING_PAYMENT or order.held_until is None:
            return 0
        return max(0, int((order.held_until - timezone.now()).total_seconds()))

    @extend_schema_field(MoneySerializer)
    def get_total(self, order: Order) -> dict[str, str]:
        return money(order.amount, order.currency)


class OrderSeatSerializer(serializers.Serializer):
    seat = serializers.CharField(source="name")
    zone = serializers.CharField(help_text="Code of the class or price zone.")
    price = serializers.SerializerMethodField()
    cancelled_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(MoneySerializer)
    def get_price(self, seat: OrderSeat) -> dict[str, str]:
        return money(seat.amount, seat.order.currency)


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


class OrderSerializer(HoldSerializer):
    id = serializers.UUIDField()
    order = None
    hold = serializers.UUIDField(source="hold_id")
    reference = serializers.CharField(help_text="The booking code on the ticket.")
    status = serializers.ChoiceField(choices=Order.Status.choices)
    state = None
    seats = serializers.SerializerMethodField()
    trip = serializers.SerializerMethodField()
    performance = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    confirmed_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(OrderSeatSerializer(many=True))
    def get_seats(self, order: Order) -> list[dict[str, Any]]:
        return list(OrderSeatSerializer(order.seats.all(), many=True).data)

    @extend_schema_field(OrderTripSerializer(allow_null=True))
    def get_trip(self, order: Order) -> dict[str, Any] | None:
        if not order.inventory.is_train:
            return None
        departure = order.inventory.departure
        stops = stop_times(departure)
        return {
            "train": TrainSerializer(departure.train).data,
            "from": boarding(stops[order.first_leg]),
            "to": alighting(stops[order.end_leg]),
        }

    @extend_schema_field(OrderPerformanceSerializer(allow_null=True))
    def get_performance(self, order: Order) -> dict[str, Any] | None:
        return None if order.inventory.is_train else performance_in_short(order.inventory.performance)


def performance_in_short(performance: Performance) -> dict[str, Any]:
    venue = performance.hall.venue
    return {
        "id": performance.pk,
        "show": performance.show.title,
        "hall": performance.hall.name,
        "venue": VenueSerializer(venue).data,
        "starts_at": local_time(performance.starts_at, venue.zone),
    }
