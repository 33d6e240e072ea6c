"""What is for sale, for programs: places, trips between them, shows and performances. Open to everybody."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.openapi import UNCLEAR, problems
from booking import seatstore, selectors
from booking.api import catalogue_serializers as documents
from booking.api import search_serializers as searches
from booking.api.pagination import (
    CURSOR,
    PAGE_SIZE,
    ByName,
    SoonestFirst,
    SoonestShowFirst,
    page_of_trips,
    page_size_of,
)
from booking.api.seat_change_serializers import seat_change_document
from booking.api.serializers import PlaceSerializer
from booking.choosing.seat_changes import offered_changes
from booking.models import Departure, Inventory, Performance, SeatPlan, Show, Station
from booking.selectors import Trip
from booking.selectors.narrowing import performances_where, shows_where
from booking.trains.timetable import stop_times

FreeByZone = dict[str, int]
BEST_PLACES = 20


class PlacesView(ListAPIView):
    permission_classes = (AllowAny,)
    serializer_class = PlaceSerializer
    pagination_class = ByName
    queryset = Station.objects.all()

    @extend_schema(operation_id="places", tags=["trains"], parameters=[documents.PlaceQuerySerializer])
    def get(self, request: Request, *args: object, **kwargs: object) -> Response:
        """Stations. With `q` the best matches, on one page; without it all of them, by name."""
        given = documents.PlaceQuerySerializer(data=request.query_params)
        given.is_valid(raise_exception=True)
        if "q" not in given.validated_data:
            return super().get(request, *args, **kwargs)
        most = page_size_of(request, otherwise=BEST_PLACES)
        found = selectors.find_stations(query=given.validated_data["q"], limit=most)
        return Response({"next": None, "previous": None, "results": PlaceSerializer(found, many=True).data})


class TripsView(APIView):
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="trips",
        tags=["trains"],
        parameters=[searches.TripSearchSerializer, CURSOR, PAGE_SIZE],
        responses={200: documents.TripsSerializer, **problems("unknown-place")},
    )
    def get(self, request: Request) -> Response:
        """Trains from one place to another that are on sale and leave on this date, the earliest first."""
        given = searches.TripSearchSerializer(data=request.query_params)
        given.is_valid(raise_exception=True)
        wanted = given.validated_data
        found = selectors.search_trips(
            origin=_station("from", wanted["from"]),
            destination=_station("to", wanted["to"]),
            date=wanted["date"],
            now=timezone.now(),
        )
        trips, around = page_of_trips(request, [trip for trip in found if searches.is_wanted(trip, wanted)])
        results = [documents.trip_document(*each) for each in zip(trips, _free_on_trips(trips), strict=True)]
        return Response({**around, "results": results})


class TripView(APIView):
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="trip",
        tags=["trains"],
        parameters=[searches.TripEndsSerializer],
        responses={200: documents.TripDetailSerializer, **problems(UNCLEAR, "not-found", "unknown-place")},
    )
    def get(self, request: Request, departure_id: int) -> Response:
        """A train's run with all its stops and, for the part of it between `from` and `to`, what it costs.

        Where a class has no seat free all the way, `seat_changes` says how to travel with one change of seat.
        """
        given = searches.TripEndsSerializer(data=request.query_params)
        given.is_valid(raise_exception=True)
        departure = get_object_or_404(Departure.objects.select_related("train"), pk=departure_id)
        stops = stop_times(departure)
        if given.validated_data:
            ends = [_station(field, given.validated_data[field]) for field in ("from", "to")]
        else:
            ends = [stops[0].station, stops[-1].station]
        trip = selectors.trip_of(departure=departure, origin=ends[0], destination=ends[1])
        seats = _availability(trip.inventory)
        free, changes = None, []
        if seats is not None:
            legs = {"first_leg": trip.first_leg, "end_leg": trip.end_leg}
            free = selectors.count_free(trip.inventory.plan.layout, seats, **legs)
            if seats.open:
                changes = offered_changes(inventory=trip.inventory, availability=seats, **legs)
        return Response(
            {
                **documents.trip_document(trip, free),
                "stops": [documents.call_document(stop) for stop in stops],
                "seat_changes": [seat_change_document(trip, offer) for offer in changes],
                "passenger_types": documents.PassengerTypeSerializer(
                    trip.departure.train.carrier.passenger_types.all(), many=True
                ).data,
            }
        )


class ShowsView(APIView):
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="shows",
        tags=["shows"],
        parameters=[searches.ShowSearchSerializer, CURSOR, PAGE_SIZE],
        responses={200: documents.ShowsSerializer, **problems(UNCLEAR)},
    )
    def get(self, request: Request) -> Response:
        """Shows that have a performance on sale, the soonest first."""
        given = searches.ShowSearchSerializer(data=request.query_params)
        given.is_valid(raise_exception=True)
        wanted, now = given.validated_data, timezone.now()
        found = shows_where(
            selectors.upcoming_shows(now=now),
            performances=_performances_wanted(selectors.upcoming_performances(now=now), wanted),
            words=wanted.get("q", ""),
            genre=wanted.get("genre", ""),
        )
        paginator = SoonestShowFirst()
        page = paginator.paginate_queryset(found, request, view=self)
        return paginator.get_paginated_response(documents.ShowSerializer(page, many=True).data)


class ShowView(APIView):
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="show", tags=["shows"], responses={200: documents.ShowDetailSerializer, **problems("not-found")}
    )
    def get(self, request: Request, slug: str) -> Response:
        """A show and its performances on sale."""
        return Response(documents.show_document(*selectors.show_with_performances(slug=slug, now=timezone.now())))


class PerformancesView(APIView):
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="performances",
        tags=["shows"],
        parameters=[searches.PerformanceSearchSerializer, CURSOR, PAGE_SIZE],
        responses={200: documents.PerformancesSerializer, **problems(UNCLEAR, "not-found")},
    )
    def get(self, request: Request) -> Response:
        """Performances on sale, the soonest first."""
        given = searches.PerformanceSearchSerializer(data=request.query_params)
        given.is_valid(raise_exception=True)
        wanted = given.validated_data
        show = get_object_or_404(Show, slug=wanted["show"]) if "show" in wanted else None
        found = _performances_wanted(selectors.upcoming_performances(now=timezone.now(), show=show), wanted)
        paginator = SoonestFirst()
        page = paginator.paginate_queryset(found, request, view=self) or []
        return paginator.get_paginated_response([documents.performance_document(performance) for performance in page])


class PerformanceView(APIView):
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="performance",
        tags=["shows"],
        responses={200: documents.PerformanceDetailSerializer, **problems("not-found")},
    )
    def get(self, request: Request, performance_id: int) -> Response:
        """A performance on sale with its price zones."""
        performance = get_object_or_404(selectors.upcoming_performances(now=timezone.now()), pk=performance_id)
        inventory = performance.inventory
        assert inventory is not None, "it is on sale"
        [free] = _free([(inventory, 0, 1)])
        return Response(documents.performance_detail(performance, free))


def _station(field: str, code: str) -> Station:
    station = Station.objects.filter(code=code.upper()).first()
    if station is None:
        fault = _("There is no place with the code %(code)s.") % {"code": code}
        raise serializers.ValidationError({field: [fault]}, code="unknown-place")
    return station


def _performances_wanted(found: QuerySet[Performance], wanted: Mapping[str, Any]) -> QuerySet[Performance]:
    days = {"first_day": wanted.get("from"), "last_day": wanted.get("to")}
    return performances_where(found, city=wanted.get("city", ""), **days)


def _free_on_trips(trips: Iterable[Trip]) -> list[FreeByZone | None]:
    return _free([(trip.inventory, trip.first_leg, trip.end_leg) for trip in trips])


def _availability(inventory: Inventory) -> seatstore.Availability | None:
    try:
        return seatstore.availability(inventory.pk, cluster=inventory.cluster)
    except seatstore.SeatStoreError:
        return None


def _free(journeys: Sequence[tuple[Inventory, int, int]]) -> list[FreeByZone | None]:
    """Free seats by zone; None while the store cannot say, which must not keep anybody from looking around.

    A cluster that did not answer is not asked again: each question would take a whole deadline to fail.
    """
    plans = SeatPlan.objects.in_bulk({inventory.plan_id for inventory, _, _ in journeys})
    free: list[FreeByZone | None] = [None] * len(journeys)
    silent: set[str] = set()
    for number, (inventory, first_leg, end_leg) in enumerate(journeys):
        if inventory.cluster in silent:
            continue
        try:
            now = seatstore.availability(inventory.pk, cluster=inventory.cluster)
        except (seatstore.StoreUnavailable, seatstore.OutcomeUnknown):
            silent.add(inventory.cluster)
            continue
        except seatstore.SeatStoreRefused:
            continue
        free[number] = selectors.count_free(plans[inventory.plan_id].layout, now, first_leg, end_leg)
    return free
