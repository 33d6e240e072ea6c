"""What do places, trips, shows and performances look like outside? Times are local, with offset and zone."""

from collections.abc import Mapping
from typing import Any

from moneyed import Money
from rest_framework import serializers

from accounts.openapi import MoneySerializer
from booking.api.order_serializers import performance_in_short
from booking.api.pagination import BothWaysSerializer, PageSerializer
from booking.api.seat_change_serializers import SeatChangeSerializer
from booking.api.serializers import (
    AlightingSerializer,
    BoardingSerializer,
    LegsSerializer,
    PlaceSerializer,
    TrainSerializer,
    VenueSerializer,
    alighting,
    boarding,
    local_time,
    money,
)
from booking.models import PassengerType, Performance, Show
from booking.selectors import Trip
from booking.trains.timetable import StopTime

FreeSeats = Mapping[str, int]


class PlaceQuerySerializer(serializers.Serializer):
    q = serializers.CharField(
        max_length=100,
        required=False,
        help_text="Part of a code, name or city; the best match first.",
    )


class OfferSerializer(serializers.Serializer):
    """A class of the train on this journey."""

    name = serializers.CharField()
    price = MoneySerializer()
    free = serializers.IntegerField(allow_null=True, help_text="Free seats; null while the seat store cannot say.")

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        fields["class"] = serializers.CharField(help_text="Its code.")
        return fields


class TripSerializer(serializers.Serializer):
    id = serializers.IntegerField(help_text="Of the departure.")
    inventory = serializers.CharField(help_text="Of the seats; see /seat-maps/ and /holds/.")
    train = TrainSerializer()
    to = AlightingSerializer()
    duration_minutes = serializers.IntegerField()
    legs = LegsSerializer()
    is_cancelled = serializers.BooleanField()
    delay_minutes = serializers.IntegerField(help_text="How late it runs at every stop, as far as known.")
    notice = serializers.CharField(help_text="What its passengers must know, in a sentence; often empty.")
    offers = OfferSerializer(many=True)

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        fields["from"] = BoardingSerializer()
        return fields


class CallSerializer(serializers.Serializer):
    place = PlaceSerializer()
    arrives_at = serializers.DateTimeField()
    departs_at = serializers.DateTimeField()
    time_zone = serializers.CharField()
    distance_km = serializers.IntegerField(help_text="From the train's first stop.")


class PassengerTypeSerializer(serializers.ModelSerializer):
    """Who pays less on this train; `code` is what POST /holds/ wants to hear. Adults need no mention."""

    class Meta:
        model = PassengerType
        fields = ("code", "name", "percent_off")


class TripDetailSerializer(TripSerializer):
    stops = CallSerializer(many=True)
    passenger_types = PassengerTypeSerializer(many=True)
    seat_changes = SeatChangeSerializer(many=True)


class TripsSerializer(PageSerializer):
    results = TripSerializer(many=True)


class PriceZoneSerializer(serializers.Serializer):
    zone = serializers.CharField(help_text="Its code.")
    name = serializers.CharField()
    price = MoneySerializer()


class PerformanceSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    show = serializers.CharField(help_text="Title.")
    slug = serializers.CharField(help_text="Of the show.")
    hall = serializers.CharField()
    venue = VenueSerializer()
    starts_at = serializers.DateTimeField(help_text="Local time at the venue, with its offset.")
    inventory = serializers.CharField()
    sale_starts_at = serializers.DateTimeField(allow_null=True, help_text="Null: seats are sold already.")
    sale_ends_at = serializers.DateTimeField(allow_null=True, help_text="Null: seats are sold until it begins.")
    seats_per_customer = serializers.IntegerField(allow_null=True, help_text="Over all orders of one customer.")
    prices = PriceZoneSerializer(many=True)


class PerformanceOfferSerializer(PriceZoneSerializer):
    free = serializers.IntegerField(allow_null=True, help_text="Free seats; null while the seat store cannot say.")


class PerformanceDetailSerializer(PerformanceSerializer):
    prices = PerformanceOfferSerializer(many=True)


class ShowSerializer(serializers.Serializer):
    slug = serializers.CharField()
    title = serializers.CharField()
    genre = serializers.CharField()
    summary = serializers.CharField()
    duration_minutes = serializers.IntegerField()


class ShowsSerializer(BothWaysSerializer):
    results = ShowSerializer(many=True)


class PerformancesSerializer(BothWaysSerializer):
    results = PerformanceSerializer(many=True)


class ShowDetailSerializer(ShowSerializer):
    description = serializers.CharField()
    performances = PerformanceSerializer(many=True)


def _price(price: Money) -> dict[str, str]:
    return money(price.amount, price.currency.code)


def trip_document(trip: Trip, free: FreeSeats | None) -> dict[str, Any]:
    return {
        "id": trip.departure.pk,
        "inventory": trip.inventory.pk,
        "train": TrainSerializer(trip.departure.train).data,
        "from": boarding(trip.board),
        "to": alighting(trip.alight),
        "duration_minutes": int(trip.duration.total_seconds() // 60),
        "legs": {"first": trip.first_leg + 1, "last": trip.end_leg},
        "is_cancelled": trip.departure.is_cancelled,
        "delay_minutes": trip.departure.delay_minutes,
        "notice": trip.departure.notice,
        "offers": [
            {
                "class": zone["code"],
                "name": zone["name"],
                "price": _price(trip.fares[zone["code"]]),
                "free": None if free is None else free[zone["code"]],
            }
            for zone in trip.zones
        ],
    }


def call_document(stop: StopTime) -> dict[str, Any]:
    return {
        "place": PlaceSerializer(stop.station).data,
        "arrives_at": local_time(stop.arrives_at, stop.station.zone),
        "departs_at": local_time(stop.departs_at, stop.station.zone),
        "time_zone": stop.station.time_zone,
        "distance_km": stop.distance_km,
    }


def performance_document(performance: Performance) -> dict[str, Any]:
    zone = performance.hall.venue.zone
    return {
        **performance_in_short(performance),
        "slug": performance.show.slug,
        "inventory": performance.inventory_id,
        "sale_starts_at": performance.sale_starts_at and local_time(performance.sale_starts_at, zone),
        "sale_ends_at": performance.sale_ends_at and local_time(performance.sale_ends_at, zone),
        "seats_per_customer": performance.seats_per_customer,
        "prices": [
            {"zone": price.zone.code, "name": price.zone.name, "price": _price(price.price)}
            for price in performance.prices.all()
        ],
    }


def performance_detail(performance: Performance, free: FreeSeats | None) -> dict[str, Any]:
    document = performance_document(performance)
    for price in document["prices"]:
        price["free"] = None if free is None else free.get(price["zone"], 0)
    return document


def show_document(show: Show, performances: list[Performance]) -> dict[str, Any]:
    return {
        **ShowSerializer(show).data,
        "description": show.description,
        "performances": [performance_document(performance) for performance in performances],
    }
