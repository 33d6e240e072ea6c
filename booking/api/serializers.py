"""What do orders and holds look like outside? Legs are counted from 1, both ends included; money is a string."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.asked import Asked
from accounts.openapi import UNCLEAR, MoneySerializer
from booking.models import Order, OrderPart, Station
from booking.seatstore.values import FEATURES
from booking.selectors import parts_of, seats_of_part
from booking.trains.timetable import StopTime

# As many as an order may have seats.
MAX_PARTS = 10

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


class LegsWantedSerializer(LegsSerializer, Asked):
    """Leg 1 runs from the first stop to the second. A show has one leg."""

    def validate(self, attrs: dict[str, int]) -> dict[str, int]:
        if attrs["last"] < attrs["first"]:
            raise serializers.ValidationError(_("The last leg cannot lie before the first."), code=UNCLEAR)
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


_SUM = r"^([0-9]{1,10}(\.[0-9]{0,2})?|\.[0-9]{1,2})$"


@extend_schema_field({"type": "string", "format": "decimal", "pattern": _SUM})
class SumField(serializers.DecimalField):
    """What somebody may pay: digits and a point, and nothing else that Python would read as a number."""

    def __init__(self, **more: Any) -> None:
        super().__init__(max_digits=12, decimal_places=2, **more)

    def to_internal_value(self, data: Any) -> Decimal:
        if not re.search(_SUM, data):
            self.fail("invalid")
        return super().to_internal_value(data)


class ChoiceSerializer(Asked):
    """What to choose for somebody who does not point at seats: the best there are, beside each other if possible."""

    count = serializers.IntegerField(min_value=1, max_value=100)
    zones = serializers.ListField(
        child=serializers.CharField(max_length=12), required=False, max_length=100, help_text="Any if it is missing."
    )
    must_have = serializers.ListField(
        child=serializers.CharField(max_length=16), required=False, max_length=20, help_text=", ".join(FEATURES)
    )
    prefer = serializers.ListField(
        child=serializers.CharField(max_length=16), required=False, max_length=20, help_text="As must_have."
    )
    together = serializers.BooleanField(default=False, help_text="Neighbours or nothing.")
    at_most = SumField(required=False, help_text="What a seat may cost at full price.")


class PartRequestSerializer(Asked):
    """Seats of one inventory. A train's journey is said by `legs`, or by `from` and `to`; a show needs neither."""

    inventory = serializers.CharField(max_length=64)
    seats = serializers.ListField(
        child=serializers.CharField(max_length=16), allow_empty=True, max_length=100, required=False
    )
    choice = ChoiceSerializer(required=False, help_text="Instead of seats.")
    any_seat = serializers.BooleanField(
        default=False, help_text="With a choice: you may be moved later to another seat as good, to make room."
    )
    legs = LegsWantedSerializer(required=False)
    to = serializers.CharField(max_length=8, required=False, help_text="Code of the place to alight at.")
    passenger_types = serializers.ListField(
        child=serializers.CharField(max_length=12),
        required=False,
        max_length=100,
        help_text="Who sits on each of the seats: adult, child and so on. All adults if it is missing.",
    )

    def get_fields(self) -> dict[str, serializers.Field]:
        # `from` is a word of Python's own, so it cannot be an attribute.
        fields = super().get_fields()
        fields["from"] = serializers.CharField(max_length=8, required=False, help_text="Code of the place to board at.")
        return fields

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("seats" in attrs) == ("choice" in attrs):
            raise serializers.ValidationError(
                {"seats": [_("Say either which seats, or what to choose.")]}, code=UNCLEAR
            )
        return attrs


class HoldRequestSerializer(PartRequestSerializer):
    """Seats of one inventory, said at the top, or of several, said in `parts`: a return journey has two."""

    inventory = serializers.CharField(max_length=64, required=False)
    parts = serializers.ListField(
        child=PartRequestSerializer(), required=False, allow_empty=False, max_length=MAX_PARTS
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "parts" in attrs:
            if attrs.keys() - {"parts", "any_seat"}:
                raise serializers.ValidationError(
                    {"parts": [_("Say either parts, or one inventory and its seats.")]}, code=UNCLEAR
                )
            return attrs
        if "inventory" not in attrs:
            raise serializers.ValidationError({"inventory": [_("This field is required.")]}, code=UNCLEAR)
        return {"parts": [super().validate(attrs)]}


class HoldPartSerializer(serializers.Serializer):
    """What an order has of one inventory. `id` is its hold's."""

    id = serializers.UUIDField(source="hold_id")
    inventory = serializers.CharField(source="inventory_id")
    seats = serializers.SerializerMethodField()
    legs = serializers.SerializerMethodField()

    def get_seats(self, part: OrderPart) -> list[str]:
        return [seat.name for seat in seats_of_part(part.order, part)]

    @extend_schema_field(LegsSerializer)
    def get_legs(self, part: OrderPart) -> dict[str, int]:
        return {"first": part.first_leg + 1, "last": part.end_leg}


class HoldSerializer(serializers.Serializer):
    """Seats kept for a customer until `expires_at`; `remaining_seconds` needs no clock of the client's.

    `id`, `inventory` and `legs` are those of the first of its `parts`; `seats` are all of them.
    """

    id = serializers.SerializerMethodField()
    order = serializers.UUIDField(source="id")
    inventory = serializers.SerializerMethodField()
    seats = serializers.SerializerMethodField()
    legs = serializers.SerializerMethodField()
    parts = serializers.SerializerMethodField()
    state = serializers.SerializerMethodField()
    expires_at = serializers.DateTimeField(source="held_until", allow_null=True)
    remaining_seconds = serializers.SerializerMethodField()
    total = serializers.SerializerMethodField()

    @extend_schema_field(serializers.UUIDField)
    def get_id(self, order: Order) -> str:
        return str(parts_of(order)[0].hold_id)

    def get_inventory(self, order: Order) -> str:
        return parts_of(order)[0].inventory_id

    def get_seats(self, order: Order) -> list[str]:
        return [seat.name for part in parts_of(order) for seat in seats_of_part(order, part)]

    @extend_schema_field(LegsSerializer)
    def get_legs(self, order: Order) -> dict[str, int]:
        first = parts_of(order)[0]
        return {"first": first.first_leg + 1, "last": first.end_leg}

    @extend_schema_field(HoldPartSerializer(many=True))
    def get_parts(self, order: Order) -> list[dict[str, Any]]:
        return [_hold_part.to_representation(part) for part in parts_of(order)]

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


# Made once: to make a serializer copies each of its fields, which takes longer than to use it.
_hold_part = HoldPartSerializer()
