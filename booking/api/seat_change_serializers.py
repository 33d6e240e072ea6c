"""Documents of journeys with one change of seat, whose parts are those that POST /holds/ takes."""

from typing import Any

from rest_framework import serializers

from accounts.openapi import MoneySerializer
from booking.api.serializers import LegsSerializer, PlaceSerializer, money
from booking.choosing.seat_changes import OfferedChange
from booking.selectors import Trip


class SeatChangePartSerializer(serializers.Serializer):
    inventory = serializers.CharField()
    seats = serializers.ListField(child=serializers.CharField())
    legs = LegsSerializer()


class SeatChangeSerializer(serializers.Serializer):
    """For one passenger. The `parts` can be held as they are, both or neither."""

    name = serializers.CharField()
    change_at = PlaceSerializer()
    price = MoneySerializer(help_text="Of both parts.")
    parts = SeatChangePartSerializer(many=True)

    def get_fields(self) -> dict[str, serializers.Field]:
        # `class` is a word of Python's own, so it cannot be an attribute.
        fields = super().get_fields()
        fields["class"] = serializers.CharField(help_text="Its code.")
        return fields


def seat_change_document(trip: Trip, offer: OfferedChange) -> dict[str, Any]:
    change = offer.change
    parts = (
        (change.first_seat, trip.first_leg, change.leg),
        (change.second_seat, change.leg, trip.end_leg),
    )
    return {
        "class": change.zone,
        "name": offer.zone_name,
        "change_at": PlaceSerializer(offer.station).data,
        "price": money(offer.price.amount, offer.price.currency.code),
        "parts": [
            {"inventory": trip.inventory.pk, "seats": [seat], "legs": {"first": first + 1, "last": end}}
            for seat, first, end in parts
        ],
    }
