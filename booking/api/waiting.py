"""Waiting lists, for programs: take a place where nothing is left, see where one waits, give the place up."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.asked import Asked
from accounts.openapi import IDEMPOTENCY_KEY, UNCLEAR, problems
from accounts.permissions import IsCustomer
from accounts.replaying import replayed
from booking import selectors, services
from booking.api.order_serializers import (
    OrderPerformanceSerializer,
    OrderTripSerializer,
    performance_of,
    trip_of,
)
from booking.api.orders import legs_wanted
from booking.api.serializers import LegsSerializer, LegsWantedSerializer
from booking.errors import UnknownInventory
from booking.models import WaitingEntry
from booking.selectors.waiting import waiting_entry_of, waiting_of


class WaitingRequestSerializer(Asked):
    """A train's journey is said by `legs`, or by `from` and `to`; a show needs neither."""

    inventory = serializers.CharField(max_length=64)
    legs = LegsWantedSerializer(required=False)
    to = serializers.CharField(max_length=8, required=False, help_text="Code of the place to alight at.")
    zone = serializers.CharField(
        max_length=12, required=False, default="", help_text="Code of the class or price zone; any if it is missing."
    )
    count = serializers.IntegerField(min_value=1, max_value=100)

    def get_fields(self) -> dict[str, serializers.Field]:
        # `from` is a word of Python's own, so it cannot be an attribute.
        fields = super().get_fields()
        fields["from"] = serializers.CharField(max_length=8, required=False, help_text="Code of the place to board at.")
        return fields


class WaitingEntrySerializer(serializers.Serializer):
    """`order` is what is held for you when `state` is offered: pay for it as for any other, until its hold ends."""

    id = serializers.UUIDField()
    inventory = serializers.CharField(source="inventory_id")
    legs = serializers.SerializerMethodField()
    trip = serializers.SerializerMethodField()
    performance = serializers.SerializerMethodField()
    zone = serializers.CharField(allow_blank=True, help_text="Code of the class or price zone; empty: any.")
    count = serializers.IntegerField()
    state = serializers.ChoiceField(choices=WaitingEntry.State.choices)
    order = serializers.UUIDField(source="order_id", allow_null=True)
    created_at = serializers.DateTimeField()

    @extend_schema_field(LegsSerializer)
    def get_legs(self, entry: WaitingEntry) -> dict[str, int]:
        return {"first": entry.first_leg + 1, "last": entry.end_leg}

    @extend_schema_field(OrderTripSerializer(allow_null=True))
    def get_trip(self, entry: WaitingEntry) -> dict[str, Any] | None:
        return trip_of(entry)

    @extend_schema_field(OrderPerformanceSerializer(allow_null=True))
    def get_performance(self, entry: WaitingEntry) -> dict[str, Any] | None:
        return performance_of(entry)


class WaitingListView(APIView):
    permission_classes = (IsCustomer,)

    @extend_schema(
        operation_id="waiting_list",
        tags=["orders"],
        responses={200: WaitingEntrySerializer(many=True)},
    )
    def get(self, request: Request) -> Response:
        """Where you wait, and what was offered to you."""
        return Response(WaitingEntrySerializer(waiting_of(request.user)[:100], many=True).data)

    @extend_schema(
        operation_id="join_waiting_list",
        tags=["orders"],
        parameters=[IDEMPOTENCY_KEY],
        request=WaitingRequestSerializer,
        responses={
            201: WaitingEntrySerializer,
            **problems(
                UNCLEAR,
                "unknown-inventory",
                "unknown-place",
                "too-many-seats",
                "legs-out-of-range",
                "choice-invalid",
                "not-on-sale",
                "departure-gone",
                "already-waiting",
                "idempotency-conflict",
            ),
        },
    )
    @replayed
    def post(self, request: Request) -> Response:
        """Wait for seats: what comes free is held for a while for those who came first, and they get a mail."""
        given = WaitingRequestSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        wanted: dict[str, Any] = given.validated_data
        inventory = selectors.inventory_for_sale(wanted["inventory"])
        if inventory is None:
            raise UnknownInventory
        first_leg, end_leg = legs_wanted(wanted, inventory)
        entry = services.join_waiting_list(
            customer=request.user,
            inventory=inventory,
            first_leg=first_leg,
            end_leg=end_leg,
            zone=wanted["zone"],
            count=wanted["count"],
            now=timezone.now(),
        )
        return Response(WaitingEntrySerializer(entry).data, status=status.HTTP_201_CREATED)


class WaitingEntryView(APIView):
    permission_classes = (IsCustomer,)

    @extend_schema(
        operation_id="waiting_entry", tags=["orders"], responses={200: WaitingEntrySerializer, **problems("not-found")}
    )
    def get(self, request: Request, entry_id: UUID) -> Response:
        """One of your places in a line, also when the waiting is over."""
        return Response(WaitingEntrySerializer(waiting_entry_of(customer=request.user, entry_id=entry_id)).data)

    @extend_schema(operation_id="leave_waiting_list", tags=["orders"], responses={204: None, **problems("not-found")})
    def delete(self, request: Request, entry_id: UUID) -> Response:
        """Give your place up; seats that are held for you already are given back as any other."""
        services.leave_waiting_list(entry=waiting_entry_of(customer=request.user, entry_id=entry_id))
        return Response(status=status.HTTP_204_NO_CONTENT)
