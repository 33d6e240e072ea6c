"""What may a list be asked for? Places, days, names; the questions of GET requests, as their query says them."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.openapi import UNCLEAR
from booking.models import Order
from booking.selectors import Trip


class TripQuerySerializer(serializers.Serializer):
    date = serializers.DateField(help_text="Local date at the place of boarding.")
    to = serializers.CharField(max_length=8, help_text="Code of the place to alight at.")

    def get_fields(self) -> dict[str, serializers.Field]:
        # `from` is a word of Python's own, so it cannot be an attribute.
        fields = super().get_fields()
        fields["from"] = serializers.CharField(max_length=8, help_text="Code of the place to board at.")
        return fields


class TripSearchSerializer(TripQuerySerializer):
    """With what narrows the search."""

    after = serializers.TimeField(required=False, help_text="Leaving not before this local time, as 08:30.")
    before = serializers.TimeField(required=False, help_text="Leaving before this local time.")

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        fields["class"] = serializers.CharField(
            max_length=12, required=False, help_text="Code of a class that it has to have."
        )
        return fields


class TripEndsSerializer(TripQuerySerializer):
    """Both or neither: without them it is the whole run."""

    date = None
    to = serializers.CharField(max_length=8, required=False, help_text="Code of the place to alight at.")

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        fields["from"] = serializers.CharField(max_length=8, required=False, help_text="Code of the place to board at.")
        return fields

    def validate(self, attrs: dict[str, str]) -> dict[str, str]:
        if len(attrs) == 1:
            raise serializers.ValidationError(_("Say both `from` and `to`, or neither."), code=UNCLEAR)
        return attrs


class _DaysSerializer(serializers.Serializer):
    to = serializers.DateField(required=False, help_text="Last day, by the calendar of the place.")

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        fields["from"] = serializers.DateField(required=False, help_text="First day, by the calendar of the place.")
        return fields

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "from" in attrs and "to" in attrs and attrs["to"] < attrs["from"]:
            raise serializers.ValidationError({"to": [_("The last day cannot lie before the first.")]}, code=UNCLEAR)
        return attrs


class PerformanceSearchSerializer(_DaysSerializer):
    show = serializers.CharField(max_length=50, required=False, help_text="Slug of a show.")
    city = serializers.CharField(max_length=120, required=False, help_text="Name of the venue's city.")


class ShowSearchSerializer(_DaysSerializer):
    q = serializers.CharField(max_length=100, required=False, help_text="Words of the title or summary.")
    genre = serializers.CharField(max_length=60, required=False)
    city = serializers.CharField(max_length=120, required=False, help_text="Where it is performed.")


class OrderSearchSerializer(_DaysSerializer):
    """`from` and `to` are days of travel or of the show; a train's is the day on which it sets out."""

    status = serializers.ChoiceField(
        choices=[choice for choice in Order.Status.choices if choice[0] != Order.Status.DRAFT], required=False
    )
    upcoming = serializers.BooleanField(
        required=False,
        allow_null=True,
        default=None,
        help_text="True: held or bought, and begun at most a day ago, if at all. False: all others.",
    )


def is_wanted(trip: Trip, wanted: dict[str, Any]) -> bool:
    """Whether a trip has the class, and leaves at the time, that TripSearchSerializer was asked for."""
    leaves = trip.board.departs_at.time()
    return (
        ("class" not in wanted or wanted["class"].upper() in trip.fares)
        and ("after" not in wanted or leaves >= wanted["after"])
        and ("before" not in wanted or leaves < wanted["before"])
    )
