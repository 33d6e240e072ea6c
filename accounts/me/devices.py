"""Where is an account logged in? Each browser and each program that has tokens, to look at and to log out."""

from allauth.headless.tokens.strategies.jwt import internal
from allauth.usersessions.models import UserSession
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.devices import device_name
from accounts.openapi import problems
from accounts.permissions import person_of

MOST_DEVICES = 200


class DeviceSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.SerializerMethodField(help_text="As people know it: Firefox on Windows.")
    user_agent = serializers.CharField(allow_blank=True, help_text="What it calls itself.")
    address = serializers.IPAddressField(source="ip", help_text="From where it logged in.")
    since = serializers.DateTimeField(source="created_at")
    is_this = serializers.SerializerMethodField(help_text="Whether this request came from it.")

    def get_name(self, device: UserSession) -> str:
        return device_name(device.user_agent)

    def get_is_this(self, device: UserSession) -> bool:
        return bool(device.session_key == self.context["this"])


class DevicesView(APIView):
    @extend_schema(operation_id="devices", tags=["people"], responses={200: DeviceSerializer(many=True)})
    def get(self, request: Request) -> Response:
        """Where you are logged in."""
        devices = UserSession.objects.purge_and_list(person_of(request))[:MOST_DEVICES]
        context = {"this": session_key_of(request)}
        return Response(DeviceSerializer(devices, many=True, context=context).data)

    @extend_schema(operation_id="log_out_others", tags=["people"], responses={204: None})
    def delete(self, request: Request) -> Response:
        """Log out everywhere else. What their tokens open ends at once."""
        for device in UserSession.objects.filter(user=person_of(request)).exclude(session_key=session_key_of(request)):
            device.end()
        return Response(status=status.HTTP_204_NO_CONTENT)


class DeviceView(APIView):
    @extend_schema(operation_id="log_device_out", tags=["people"], responses={204: None, **problems("not-found")})
    def delete(self, request: Request, device_id: int) -> Response:
        """Log one device out, which may be this one."""
        get_object_or_404(UserSession, user=person_of(request), pk=device_id).end()
        return Response(status=status.HTTP_204_NO_CONTENT)


class ThisDeviceView(APIView):
    @extend_schema(operation_id="log_out", tags=["people"], responses={204: None})
    def delete(self, request: Request) -> Response:
        """Log this device out: its tokens end."""
        get_object_or_404(UserSession, user=person_of(request), session_key=session_key_of(request)).end()
        return Response(status=status.HTTP_204_NO_CONTENT)


def session_key_of(request: Request) -> str:
    """Of the log-in that the request shows, by token or by cookie."""
    if isinstance(request.auth, dict):
        return str(internal.session_key_from_sid(request.auth["sid"]))
    return str(request._request.session.session_key)
