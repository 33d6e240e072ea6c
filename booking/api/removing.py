"""Deleting a row of the catalogue's lists, for programs of those who may delete it in the back office."""

from collections.abc import Mapping
from typing import Any

from django.contrib.admin.models import DELETION, LogEntry
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.openapi import problems
from accounts.permissions import person_of
from booking.api.editing import LISTS
from booking.sheets.removing import remove_row
from booking.sheets.sheet import Sheet


class MayDeleteRow(BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        options = view.sheet._meta.model._meta  # type: ignore[attr-defined]
        may = f"{options.app_label}.delete_{options.model_name}"
        return bool(request.user and request.user.is_staff and request.user.has_perm(may))


class _RowView(APIView):
    sheet: type[Sheet]
    permission_classes = (IsAuthenticated, MayDeleteRow)

    def remove(self, request: Request, row_id: int) -> Response:
        row, who = get_object_or_404(self.sheet._meta.model, pk=row_id), person_of(request)
        what: list[Any] = [row]
        with transaction.atomic():
            LogEntry.objects.log_actions(who.pk, what, DELETION, "", single_object=True)
            remove_row(row=row, who=who, now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


def _view_of(name: str, sheet_class: type[Sheet]) -> type[_RowView]:
    words = name.replace("-", " ")

    class View(_RowView):
        sheet = sheet_class

        @extend_schema(
            operation_id=f"delete_catalogue_{name.replace('-', '_')}",
            tags=["catalogue"],
            summary=f"Delete one of the {words}",
            description="With what is part of it. What was on sale, or what other rows need, stays.",
            responses={204: None, **problems("permission-denied", "not-found", "still-needed")},
        )
        def delete(self, request: Request, row_id: int) -> Response:
            return self.remove(request, row_id)

    View.__name__ = View.__qualname__ = f"{''.join(map(str.title, name.split('-')))}RowView"
    return View


ROW_VIEWS: Mapping[str, type[_RowView]] = {name: _view_of(name, sheet) for name, sheet in LISTS.items()}
