"""How are long lists cut? By cursors, which neither skip nor repeat a row when others are added meanwhile."""

import re
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError as NotSuchAValue
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from booking.selectors import Trip

CURSOR = OpenApiParameter(
    "cursor", OpenApiTypes.STR, description="As `next` has it; do not make one up. Empty: the beginning."
)
MOST_A_PAGE = 100
PAGE_SIZE = OpenApiParameter(
    "page_size",
    {"type": "integer", "minimum": 1, "maximum": MOST_A_PAGE},
    description="How many a page has at most; without it as many as suit the list.",
)
TRIPS_A_PAGE = 50
_PLACE_IN_TRIPS = re.compile(r"[0-9]{1,12}-[0-9]{1,18}", re.ASCII)


class Cursors(CursorPagination):
    """Base of all lists that are cut."""

    page_size_query_param = PAGE_SIZE.name

    def get_page_size(self, request: Request) -> int:
        """
        Raises:
            ValidationError: nobody gets pages of this size.
        """
        return page_size_of(request, otherwise=self.page_size)

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        described = {"schema": PAGE_SIZE.type, "description": PAGE_SIZE.description}
        asked = super().get_schema_operation_parameters(view)
        return [{**each, **described} if each["name"] == PAGE_SIZE.name else each for each in asked]

    def paginate_queryset(self, queryset: QuerySet, request: Request, view: APIView | None = None) -> list[Any] | None:
        """
        Raises:
            ValidationError: the cursor is none of ours: not to be read, or without a time or name in it.
        """
        try:
            return super().paginate_queryset(queryset, request, view)
        except (NotFound, NotSuchAValue) as error:
            raise ValidationError({"cursor": [_("Take a cursor from `next`.")]}) from error


def page_size_of(request: Request, *, otherwise: int) -> int:
    """How many rows a page is asked to have, or as many as `otherwise` says.

    Raises:
        ValidationError: it is no number, or one that no page has.
    """
    said = request.query_params.get(PAGE_SIZE.name)
    if said is None:
        return otherwise
    if not re.fullmatch(r"[0-9]{1,3}", said, re.ASCII) or not 1 <= int(said) <= MOST_A_PAGE:
        raise ValidationError({PAGE_SIZE.name: [_("Say a number from 1 to %(most)s.") % {"most": MOST_A_PAGE}]})
    return int(said)


class ByName(Cursors):
    page_size = 50
    ordering = ("name", "id")


class NewestFirst(Cursors):
    page_size = 20
    ordering = ("-created_at", "-id")


class SoonestFirst(Cursors):
    page_size = 50
    ordering = ("starts_at", "id")


class SoonestShowFirst(Cursors):
    page_size = 50
    ordering = ("next_starts_at", "id")


class PageSerializer(serializers.Serializer):
    """What every list has around its `results`."""

    next = serializers.URLField(allow_null=True, help_text="Where the list goes on; null at its end.")


class BothWaysSerializer(PageSerializer):
    """What a list that can be read backwards too has around its `results`."""

    previous = serializers.URLField(allow_null=True, required=False, help_text="One page back; null at the beginning.")


def page_of_trips(request: Request, trips: Sequence[Trip]) -> tuple[list[Trip], dict[str, Any]]:
    """A page of trips that are in the order of departure, and what stands around it.

    Raises:
        serializers.ValidationError: the cursor is none of ours, or nobody gets pages of this size.
    """
    size = page_size_of(request, otherwise=TRIPS_A_PAGE)
    cursor = request.query_params.get("cursor", "")
    if cursor and not _PLACE_IN_TRIPS.fullmatch(cursor):
        raise serializers.ValidationError({"cursor": [_("Take a cursor from `next`.")]})
    after = tuple(int(number) for number in cursor.split("-")) if cursor else ()
    rest = sorted((trip for trip in trips if _place_of(trip) > after), key=_place_of)
    page, more = rest[:size], rest[size:]
    following = None
    if more:
        last = "-".join(str(number) for number in _place_of(page[-1]))
        following = replace_query_param(request.build_absolute_uri(), "cursor", last)
    return page, {"next": following}


def _place_of(trip: Trip) -> tuple[int, int]:
    return int(trip.board.departs_at.timestamp()), trip.departure.pk
