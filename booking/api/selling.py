"""What is on sale, for programs of those who decide it: put runs and performances on sale, say that one is late or off.

The same services as in the back office, for those who may do it there.
"""

from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.asked import Asked
from accounts.openapi import problems
from booking.history import note_as_it_was, note_step
from booking.models import Departure, Inventory, Performance
from booking.models.trains import MAX_DELAY_MINUTES
from booking.selling.publishing import NotSellable, publish_departure, publish_performance, withdraw
from booking.trains.departures import cancel_departure, delay_departure


class SaleSerializer(serializers.Serializer):
    """`publishing` and `closing` are on their way: the seat store is asked until it answers."""

    inventory = serializers.CharField(source="id")
    state = serializers.ChoiceField(choices=Inventory.State.choices)
    last_error = serializers.CharField(allow_blank=True)


class RunSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    date = serializers.DateField()
    state = serializers.ChoiceField(choices=Departure.State.choices)
    delay_minutes = serializers.IntegerField()
    reason = serializers.CharField(allow_blank=True)
    cancelled_at = serializers.DateTimeField(allow_null=True)


class DelayRequestSerializer(Asked):
    minutes = serializers.IntegerField(min_value=0, max_value=MAX_DELAY_MINUTES, help_text="0: on time again.")
    reason = serializers.CharField(max_length=240, required=False, allow_blank=True, default="")


class CancellationRequestSerializer(Asked):
    reason = serializers.CharField(max_length=240, help_text="Its passengers are told.")


class _MayChange(BasePermission):
    model = ""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return bool(request.user and request.user.is_staff and request.user.has_perm(f"booking.change_{self.model}"))


class MayChangePerformances(_MayChange):
    model = "performance"


class MayChangeDepartures(_MayChange):
    model = "departure"


def _noted(request: Request, offering: Departure | Performance, what: str) -> None:
    """In the history of the catalogue, and in the log of the back office."""
    who: Any = request.user
    note_step([offering], who=who, reason=what)
    LogEntry.objects.log_actions(who.pk, [offering], CHANGE, f"{what}.", single_object=True)


def _taken_off(request: Request, offering: Departure | Performance) -> Response:
    if offering.inventory is None:
        raise NotSellable(f"{offering} was never put on sale.")
    inventory = withdraw(inventory=offering.inventory)
    _noted(request, offering, "Taken off sale")
    return Response(SaleSerializer(inventory).data)


_SALE_ANSWERS: dict[Any, Any] = {
    200: SaleSerializer,
    **problems(
        "permission-denied",
        "not-found",
        "not-sellable",
        "not-on-sale",
        "store-refused",
        "store-unavailable",
        "outcome-unknown",
    ),
}


class PerformanceSaleView(APIView):
    permission_classes = (IsAuthenticated, MayChangePerformances)

    @extend_schema(
        operation_id="put_performance_on_sale",
        tags=["catalogue"],
        request=None,
        responses=_SALE_ANSWERS,
    )
    def put(self, request: Request, performance_id: int) -> Response:
        """Put a performance on sale, also again. It needs a price for each zone of its hall."""
        performance = _performance(performance_id)
        inventory = publish_performance(performance=performance)
        _noted(request, performance, "Put on sale")
        return Response(SaleSerializer(inventory).data)

    @extend_schema(
        operation_id="take_performance_off_sale",
        tags=["catalogue"],
        responses=_SALE_ANSWERS,
    )
    def delete(self, request: Request, performance_id: int) -> Response:
        """Take it off sale; what is held or sold stays so."""
        return _taken_off(request, _performance(performance_id))


class DepartureSaleView(APIView):
    permission_classes = (IsAuthenticated, MayChangeDepartures)

    @extend_schema(
        operation_id="put_departure_on_sale",
        tags=["catalogue"],
        request=None,
        responses=_SALE_ANSWERS,
    )
    def put(self, request: Request, departure_id: int) -> Response:
        """Put a train's run on sale, also again. Its train needs stops and coaches."""
        departure = _departure(departure_id)
        inventory = publish_departure(departure=departure)
        _noted(request, departure, "Put on sale")
        return Response(SaleSerializer(inventory).data)

    @extend_schema(
        operation_id="take_departure_off_sale",
        tags=["catalogue"],
        responses=_SALE_ANSWERS,
    )
    def delete(self, request: Request, departure_id: int) -> Response:
        """Take it off sale; what is held or sold stays so."""
        return _taken_off(request, _departure(departure_id))


class DelayView(APIView):
    permission_classes = (IsAuthenticated, MayChangeDepartures)

    @extend_schema(
        operation_id="delay_departure",
        tags=["catalogue"],
        request=DelayRequestSerializer,
        responses={200: RunSerializer, **problems("permission-denied", "not-found", "run-not-changeable")},
    )
    def put(self, request: Request, departure_id: int) -> Response:
        """Say how late a run is; its passengers are told by mail."""
        given = DelayRequestSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        departure = _departure(departure_id)
        note_as_it_was(departure)
        departure = delay_departure(departure=departure, now=timezone.now(), **given.validated_data)
        _noted(request, departure, f"{departure.delay_minutes} minutes late")
        return Response(RunSerializer(departure).data)


class CancellationView(APIView):
    permission_classes = (IsAuthenticated, MayChangeDepartures)

    @extend_schema(
        operation_id="cancel_departure",
        tags=["catalogue"],
        request=CancellationRequestSerializer,
        responses={200: RunSerializer, **problems("permission-denied", "not-found", "run-not-changeable")},
    )
    def put(self, request: Request, departure_id: int) -> Response:
        """A run does not take place, for good: it goes off sale, and all its tickets are paid back."""
        given = CancellationRequestSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        departure = _departure(departure_id)
        note_as_it_was(departure)
        departure = cancel_departure(departure=departure, now=timezone.now(), **given.validated_data)
        _noted(request, departure, "Cancelled")
        return Response(RunSerializer(departure).data)


def _performance(performance_id: int) -> Performance:
    rows = Performance.objects.select_related("show", "hall__venue", "inventory")
    return get_object_or_404(rows, pk=performance_id)


def _departure(departure_id: int) -> Departure:
    return get_object_or_404(Departure.objects.select_related("train", "inventory"), pk=departure_id)
