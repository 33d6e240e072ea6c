"""Seat maps, for programs: the drawing, which never changes, apart from what is taken, which always does."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.openapi import problems
from booking import seatstore
from booking.choosing.instead import seats_instead
from booking.errors import InventoryNotOnSale, LegsOutOfRange
from booking.halls.layout import STANDING
from booking.live.availability import body_of, etag_of
from booking.models import Inventory

_IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, description="An ETag; 304 if it is still true."
)


class PlanSeatSerializer(serializers.Serializer):
    name = serializers.CharField(help_text="What POST /holds/ wants to hear.")
    label = serializers.CharField()
    x = serializers.FloatField(help_text="1 is the pitch of a seat.")
    y = serializers.FloatField()
    zone = serializers.CharField()
    features = serializers.ListField(child=serializers.CharField())
    compartment = serializers.IntegerField(required=False, help_text="From 1, in coaches that have walls.")


class PlanSectionSerializer(serializers.Serializer):
    label = serializers.CharField()
    title = serializers.CharField()
    zone = serializers.CharField(required=False)
    kind = serializers.ChoiceField(
        choices=[STANDING], required=False, help_text="An area in which people stand: draw it as one, with a count."
    )
    width = serializers.FloatField()
    height = serializers.FloatField()
    seats = PlanSeatSerializer(many=True)


class PlanZoneSerializer(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()


class SeatPlanSerializer(serializers.Serializer):
    """A coach of a train, or the hall, is a section; positions within it are in seat pitches."""

    inventory = serializers.CharField()
    digest = serializers.CharField(help_text="A hash of the drawing; the same in every inventory that shares it.")
    legs = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=["train", "show"])
    sections = PlanSectionSerializer(many=True)
    zones = PlanZoneSerializer(many=True)


class SeatLegsSerializer(serializers.Serializer):
    seat = serializers.CharField()
    held = serializers.ListField(child=serializers.IntegerField(), help_text="Legs, counted from 1.")
    sold = serializers.ListField(child=serializers.IntegerField(), help_text="Legs, counted from 1.")


class AvailabilitySerializer(serializers.Serializer):
    """Seats that are not named are free on all legs."""

    inventory = serializers.CharField()
    index = serializers.IntegerField(help_text="How far in the store's log; pass it to the WebSocket as `since`.")
    log = serializers.CharField(help_text="Which log; pass it to the WebSocket as `log`. A restored store has another.")
    legs = serializers.IntegerField()
    open = serializers.BooleanField(help_text="Whether seats are on sale.")
    seats = SeatLegsSerializer(many=True)


class _RangeSerializer(serializers.Serializer):
    first = serializers.IntegerField(min_value=1, required=False, help_text="First leg that matters, counted from 1.")
    last = serializers.IntegerField(min_value=1, required=False, help_text="Last leg that matters.")


class _InsteadQuerySerializer(_RangeSerializer):
    gone = serializers.CharField(max_length=800, help_text="Names of the seats that somebody else has, with commas.")
    seats = serializers.CharField(
        max_length=800,
        required=False,
        help_text="The rest of what was chosen, with commas.",
    )


class InsteadSerializer(serializers.Serializer):
    seats = serializers.ListField(
        child=serializers.CharField(),
        help_text="For the whole party, as many as were asked for; none if there are not.",
    )


class SeatMapView(APIView):
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="seat_map",
        tags=["seat maps"],
        parameters=[_IF_NONE_MATCH],
        responses={200: SeatPlanSerializer, 304: None, **problems("not-found")},
    )
    def get(self, request: Request, inventory: str) -> Response:
        """The drawing of the seats. Once on sale it never changes: keep it."""
        found = get_object_or_404(Inventory.objects.select_related("plan"), pk=inventory)
        body = {"inventory": found.pk, "digest": found.plan_id, "legs": found.legs, **found.plan.layout}
        fixed = found.state in (Inventory.State.OPEN, Inventory.State.CLOSING, Inventory.State.CLOSED)
        caching = "public, max-age=31536000, immutable" if fixed else "no-cache"
        return _conditional(request, body, etag=found.plan_id, caching=caching)


class AvailabilityView(APIView):
    """Under ASGI, availability_app.py answers in its place most of the time."""

    # The answer is the same for everybody, so nobody is looked up.
    authentication_classes = ()
    permission_classes = (AllowAny,)
    # It is looked at again and again, and answered from memory.
    throttle_classes = ()

    @extend_schema(
        operation_id="seat_map_availability",
        tags=["seat maps"],
        parameters=[_RangeSerializer, _IF_NONE_MATCH],
        responses={
            200: AvailabilitySerializer,
            304: None,
            **problems("not-found", "legs-out-of-range", "not-on-sale", "store-unavailable"),
        },
    )
    def get(self, request: Request, inventory: str) -> Response:
        """Which seats are held or sold, on which legs, as of now."""
        found = get_object_or_404(Inventory, pk=inventory)
        if found.state in (Inventory.State.PUBLISHING, Inventory.State.REFUSED):
            raise InventoryNotOnSale
        wanted = _RangeSerializer(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        first, last = _range(wanted.validated_data, found)
        now = seatstore.availability(found.pk, cluster=found.cluster)
        return _conditional(request, body_of(now, first, last), etag=etag_of(now), caching="no-cache")


class InsteadView(APIView):
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="seats_instead",
        tags=["seat maps"],
        parameters=[_InsteadQuerySerializer],
        responses={
            200: InsteadSerializer,
            **problems(
                "not-found", "legs-out-of-range", "choice-invalid", "unknown-seat", "not-on-sale", "store-unavailable"
            ),
        },
    )
    def get(self, request: Request, inventory: str) -> Response:
        """Somebody was faster: free seats that come closest to what was chosen, at the same price. Nothing is held."""
        found = get_object_or_404(Inventory.objects.select_related("plan"), pk=inventory)
        given = _InsteadQuerySerializer(data=request.query_params)
        given.is_valid(raise_exception=True)
        wanted = given.validated_data
        first, last = _range(wanted, found)
        names = {field: tuple(filter(None, wanted.get(field, "").split(","))) for field in ("seats", "gone")}
        now = seatstore.availability(found.pk, cluster=found.cluster)
        instead = seats_instead(
            layout=found.plan.layout,
            availability=now,
            first_leg=first - 1,
            end_leg=last,
            kept=names["seats"],
            gone=names["gone"],
        )
        return Response({"seats": list(instead) if now.open else []})


def _range(wanted: dict[str, Any], inventory: Inventory) -> tuple[int, int]:
    """First and last leg, counted from 1.

    Raises: LegsOutOfRange.
    """
    first, last = wanted.get("first", 1), wanted.get("last", inventory.legs)
    if not first <= last <= inventory.legs:
        raise LegsOutOfRange(inventory.legs)
    return first, last


def _conditional(request: Request, body: dict[str, Any], *, etag: str, caching: str) -> Response:
    quoted = f'"{etag}"'
    headers = {"ETag": quoted, "Cache-Control": caching}
    if get_conditional_response(request._request, etag=quoted) is not None:
        return Response(status=304, headers=headers)
    return Response(body, headers=headers)
