"""What do we know of somebody, and how do they make us forget it, from within a program?"""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.erasing import StaffStays, StillUnfinished, erase, unfinished_of
from accounts.exporting import export_of
from accounts.openapi import problems
from accounts.permissions import person_of

from .proving import ProvedSerializer, proved


class ErasureSerializer(serializers.Serializer):
    unfinished = serializers.ListField(
        child=serializers.CharField(), help_text="What would be lost by it now, in sentences for people."
    )


class EraseSerializer(ProvedSerializer):
    although = serializers.BooleanField(default=False, help_text="Also though something would be lost.")


class StaffAreNotErased(exceptions.APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "staff-stays"
    default_detail = _("You work in the back office. Ask an administrator to take your rights away first.")


class Unfinished(exceptions.APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "unfinished"

    def __init__(self, what: list[str]) -> None:
        super().__init__(" ".join(what))
        self.what = what

    def extras(self) -> dict[str, Any]:
        return {"unfinished": self.what}


class ZipRenderer(JSONRenderer):
    """Who accepts a zip gets one; a problem comes as JSON all the same."""

    media_type = "application/zip"
    format = "zip"


class ExportView(APIView):
    renderer_classes = (ZipRenderer, JSONRenderer)

    @extend_schema(
        operation_id="export",
        tags=["people"],
        request=ProvedSerializer,
        responses={(200, "application/zip"): OpenApiTypes.BINARY, **problems("wrong-password", "throttled")},
    )
    def post(self, request: Request) -> HttpResponse:
        """All that is known of you: a zip with a JSON file for each part of the site."""
        proved(ProvedSerializer, request)
        answer = HttpResponse(export_of(person=person_of(request)), content_type="application/zip")
        answer["Content-Disposition"] = 'attachment; filename="ticketsite.zip"'
        answer["Cache-Control"] = "no-store"
        return answer


class ErasureView(APIView):
    @extend_schema(operation_id="erasure", tags=["people"], responses={200: ErasureSerializer})
    def get(self, request: Request) -> Response:
        """What you would lose if you were forgotten now. Nothing changes by asking."""
        return Response({"unfinished": unfinished_of(person=person_of(request), now=_now())})

    @extend_schema(
        operation_id="erase",
        tags=["people"],
        request=EraseSerializer,
        responses={204: None, **problems("wrong-password", "throttled", "staff-stays", "unfinished")},
    )
    def post(self, request: Request) -> Response:
        """Be forgotten. Orders stay for the books, without you; nobody can bring the account back."""
        given = proved(EraseSerializer, request)
        try:
            erase(person=person_of(request), now=_now(), although=given["although"])
        except StaffStays as error:
            raise StaffAreNotErased from error
        except StillUnfinished as error:
            raise Unfinished(error.what) from error
        return Response(status=status.HTTP_204_NO_CONTENT)


def _now() -> datetime:
    return timezone.now()
