"""The catalogue for programs of those who write it: each of its lists can be read, and rows added or changed.

The lists, their columns and their rules are those of the back office's spreadsheets (booking/sheets/): whoever may
bring in a list there may write it here. A row is known again by its key columns; nothing is deleted by writing.
"""

import re
from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema, inline_serializer
from import_export.fields import Field
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.asked import Asked, OnlyKnown
from accounts.openapi import problems
from booking.api.pagination import Cursors
from booking.sheets import carriers, refunds, shows, trains
from booking.sheets.rows import MOST_ROWS, keys_of, write_rows
from booking.sheets.sheet import Sheet
from booking.sheets.values import Amount, Day, LocalTime, Named, RunTime, Text, WholeNumber, YesNo

LISTS: Mapping[str, type[Sheet]] = {
    "carriers": carriers.CarrierSheet,
    "passenger-types": carriers.PassengerTypeSheet,
    "calendars": carriers.ServiceCalendarSheet,
    "calendar-exceptions": carriers.CalendarExceptionSheet,
    "stations": trains.StationSheet,
    "seat-classes": trains.SeatClassSheet,
    "coach-layouts": trains.CoachLayoutSheet,
    "trains": trains.TrainSheet,
    "stops": trains.StopSheet,
    "coaches": trains.CoachSheet,
    "departures": trains.DepartureSheet,
    "station-fares": carriers.StationFareSheet,
    "zone-fares": carriers.ZoneFareSheet,
    "refund-policies": refunds.RefundPolicySheet,
    "refund-steps": refunds.RefundStepSheet,
    "venues": shows.VenueSheet,
    "halls": shows.HallSheet,
    "price-zones": shows.PriceZoneSheet,
    "hall-rows": shows.HallRowSheet,
    "standing-areas": shows.StandingAreaSheet,
    "shows": shows.ShowSheet,
    "performances": shows.PerformanceSheet,
    "performance-prices": shows.PerformancePriceSheet,
}

_LONGEST_TEXT = 20_000


class ById(Cursors):
    page_size = 100
    ordering = ("pk",)


class MayWriteList(BasePermission):
    """As in the back office: who may see the list there sees it here, who may bring one in writes it here."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        options = view.sheet._meta.model._meta  # type: ignore[attr-defined]
        verbs = ("view",) if request.method in ("GET", "HEAD", "OPTIONS") else ("add", "change")
        permissions = [f"{options.app_label}.{verb}_{options.model_name}" for verb in verbs]
        return bool(request.user and request.user.is_staff and request.user.has_perms(permissions))


class WrittenSerializer(serializers.Serializer):
    added = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    ids = serializers.ListField(
        child=serializers.IntegerField(allow_null=True),
        help_text="Of each row; null: it would be new.",
    )


class _ListView(GenericAPIView):
    """One list; `_view_of` makes a class for each."""

    sheet: type[Sheet]
    row: type[serializers.Serializer]
    asked: type[serializers.Serializer]
    permission_classes = (IsAuthenticated, MayWriteList)
    pagination_class = ById

    def get_queryset(self) -> Any:
        rows = self.sheet._meta.model._default_manager.all()
        return rows.select_related(*self.sheet.related) if self.sheet.related else rows

    def read(self, request: Request) -> Response:
        sheet = self.sheet()
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response([_shown(sheet, row) for row in page or ()])

    def write(self, request: Request) -> Response:
        given = self.asked(data=request.data)
        given.is_valid(raise_exception=True)
        wanted = given.validated_data
        written = write_rows(sheet=self.sheet(), rows=wanted["rows"], who=request.user, dry_run=wanted["dry_run"])
        return Response(WrittenSerializer(written).data)


def _shown(sheet: Sheet, instance: Any) -> dict[str, Any]:
    shown: dict[str, Any] = {"id": instance.pk}
    for field in sheet.get_import_fields():
        match field.widget:
            case YesNo() | WholeNumber():
                shown[field.column_name] = field.get_value(instance)
            case Amount():
                value = field.get_value(instance)
                shown[field.column_name] = None if value is None else str(value)
            case _:
                # Without the apostrophe by which a spreadsheet is told that a text is no formula.
                shown[field.column_name] = Text().clean(sheet.export_field(field, instance))
    return shown


# --- A serializer and a view for each list ---------------------------------------------------------


def _field_for(sheet: Sheet, column: Field, *, is_shown: bool = False, **more: Any) -> serializers.Field:
    """What is shown is as it is kept; what is asked is taken as a spreadsheet has it, and refused row by row."""
    kept: Any = sheet._meta.model._meta.get_field(column.attribute)
    may_be_null = kept.null or not is_shown
    match column.widget:
        case YesNo():
            return serializers.BooleanField(**more)
        case WholeNumber():
            return serializers.IntegerField(allow_null=may_be_null, min_value=0, max_value=2**31 - 1, **more)
        case Amount():
            digits = {"max_digits": kept.max_digits, "decimal_places": kept.decimal_places}
            return serializers.DecimalField(allow_null=may_be_null, **digits, **more)
        case Day():
            return serializers.DateField(**more)
        case LocalTime():
            return _text("By the clock of the place, like 2027-05-04 19:30; empty: none.", **more)
        case RunTime():
            return _text("By the clock of the train, like 21:30, or 06:10 +1 on the day after.", **more)
        case Named():
            return _text("The name or code of a row of that list.", **more)
        case _:
            longest = (is_shown and kept.max_length) or _LONGEST_TEXT
            return _text(str(kept.help_text), max_length=longest, **more)


def _text(help_text: str, *, max_length: int = _LONGEST_TEXT, **more: Any) -> serializers.Field:
    return serializers.CharField(allow_blank=True, max_length=max_length, help_text=help_text, **more)


def _view_of(name: str, sheet_class: type[Sheet]) -> type[_ListView]:
    sheet = sheet_class()
    keys = keys_of(sheet)
    fields = sheet.get_import_fields()
    title = "".join(map(str.title, re.split("-", name)))
    columns = {field.column_name: _field_for(sheet, field, required=field.column_name in keys) for field in fields}
    # Its cells are taken as a spreadsheet has them: a number may be a text.
    row = type(f"{title}Row", (OnlyKnown,), columns)()
    shown = {field.column_name: _field_for(sheet, field, is_shown=True) for field in fields}
    shown_row = inline_serializer(f"{title}RowShown", {"id": serializers.IntegerField(), **shown})
    asked = type(
        f"{title}Rows",
        (Asked,),
        {
            "rows": serializers.ListField(child=row, min_length=1, max_length=MOST_ROWS),
            "dry_run": serializers.BooleanField(default=False, help_text="Only say whether it would go well."),
        },
    )
    words = name.replace("-", " ")

    class View(_ListView):
        sheet = sheet_class
        serializer_class = type(shown_row)

        @extend_schema(
            operation_id=f"catalogue_{name.replace('-', '_')}",
            tags=["catalogue"],
            summary=f"The {words} of the catalogue",
            responses={200: type(shown_row)(many=True), **problems("permission-denied")},
        )
        def get(self, request: Request) -> Response:
            return self.read(request)

        @extend_schema(
            operation_id=f"write_catalogue_{name.replace('-', '_')}",
            tags=["catalogue"],
            summary=f"Add or change {words}",
            description=f"All rows or none. A row is known again by {', '.join(keys)}; "
            "what it does not say stays as it is.",
            request=asked,
            responses={200: WrittenSerializer, **problems("permission-denied", "rows-refused")},
        )
        def put(self, request: Request) -> Response:
            return self.write(request)

    View.asked = asked
    View.__name__ = View.__qualname__ = f"{title}View"
    return View


VIEWS: Mapping[str, type[_ListView]] = {name: _view_of(name, sheet) for name, sheet in LISTS.items()}
