"""What does an account say of its owner: name, language and time zone, and whom tickets are bought for."""

from typing import Any

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import UserSerializer, checked
from accounts.asked import Asked
from accounts.forms import time_zones
from accounts.models import SavedPassenger
from accounts.openapi import IDEMPOTENCY_KEY, UNCLEAR, problems
from accounts.permissions import person_of
from accounts.replaying import replayed
from accounts.services import MAX_PASSENGERS, TooManyPassengers, forget_passenger, save_passengers


class ProfileSerializer(Asked):
    """What is missing stays as it is."""

    name = serializers.CharField(max_length=150, required=False, allow_blank=True)
    language = serializers.ChoiceField(
        choices=[code for code, _name in settings.LANGUAGES],
        required=False,
        allow_blank=True,
        help_text="Of mails and pages; empty: as the program or browser asks for.",
    )
    zone = serializers.CharField(
        max_length=64, required=False, allow_blank=True, help_text="IANA name, as Asia/Kolkata; empty: UTC."
    )

    def validate_zone(self, zone: str) -> str:
        if zone not in time_zones():
            raise serializers.ValidationError(_("There is no such time zone."), code=UNCLEAR)
        return zone


class PassengerSerializer(serializers.ModelSerializer):
    class Meta:
        model = SavedPassenger
        fields = ("id", "name")


class PassengerRequestSerializer(Asked):
    name = serializers.CharField(max_length=80)


class TooManyNames(exceptions.APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "too-many-passengers"
    default_detail = _("There are too many names in your list. Remove some first.")

    def extras(self) -> dict[str, Any]:
        return {"limit": MAX_PASSENGERS}


class MeView(APIView):
    @extend_schema(operation_id="me", tags=["people"], responses={200: UserSerializer})
    def get(self, request: Request) -> Response:
        """Whose token this is."""
        return Response(UserSerializer(person_of(request)).data)

    @extend_schema(
        operation_id="change_profile",
        tags=["people"],
        request=ProfileSerializer,
        responses={200: UserSerializer, **problems(UNCLEAR)},
    )
    def patch(self, request: Request) -> Response:
        """Change name, language or time zone. To change the address or the password takes the password."""
        person = person_of(request)
        given = checked(ProfileSerializer, request)
        for name, value in given.items():
            setattr(person, name, value)
        person.save(update_fields=list(given))
        return Response(UserSerializer(person).data)


class PassengersView(APIView):
    @extend_schema(
        operation_id="passengers",
        tags=["people"],
        responses={200: PassengerSerializer(many=True)},
    )
    def get(self, request: Request) -> Response:
        """Whom you buy tickets for; a short list, whole."""
        return Response(PassengerSerializer(person_of(request).passengers.all(), many=True).data)

    @extend_schema(
        operation_id="save_passenger",
        tags=["people"],
        parameters=[IDEMPOTENCY_KEY],
        request=PassengerRequestSerializer,
        responses={201: PassengerSerializer, **problems("too-many-passengers")},
    )
    @replayed
    def post(self, request: Request) -> Response:
        """Remember a name. One that is there already stays as it is."""
        name = checked(PassengerRequestSerializer, request)["name"]
        try:
            save_passengers(person=person_of(request), names=[name])
        except TooManyPassengers as error:
            raise TooManyNames from error
        saved = person_of(request).passengers.get(name=name)
        return Response(PassengerSerializer(saved).data, status=status.HTTP_201_CREATED)


class PassengerView(APIView):
    @extend_schema(operation_id="forget_passenger", tags=["people"], responses={204: None, **problems("not-found")})
    def delete(self, request: Request, passenger_id: int) -> Response:
        """Forget a name. Tickets that were made out to it stay."""
        get_object_or_404(person_of(request).passengers, pk=passenger_id)
        forget_passenger(person=person_of(request), passenger_id=passenger_id)
        return Response(status=status.HTTP_204_NO_CONTENT)
