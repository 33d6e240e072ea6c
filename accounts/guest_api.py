"""Buying without an account, for programs: an address is enough, and gives a token to buy with."""

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.asked import Asked
from accounts.guests import LINK_LIVES_S, new_guest, token_of
from accounts.throttles import PerAddress


class GuestThrottle(PerAddress):
    scope = "guest"


class GuestRequestSerializer(Asked):
    email = serializers.EmailField(max_length=254, help_text="Where tickets are sent.")


class GuestTokenSerializer(serializers.Serializer):
    email = serializers.EmailField()
    guest_token = serializers.CharField(
        help_text="Send it as `Authorization: Bearer …` and keep it: it is the only way to the guest's orders, "
        "beside the links in mails."
    )
    expires_in = serializers.IntegerField(help_text="Seconds that it can be used.")


class GuestsView(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (GuestThrottle,)

    @extend_schema(
        operation_id="be_a_guest",
        tags=["people"],
        request=GuestRequestSerializer,
        responses={201: GuestTokenSerializer},
    )
    def post(self, request: Request) -> Response:
        """Buy without an account. Nothing is sent to the address before something is bought.

        When the address is confirmed to be an account's, the account takes over what the guest bought, and the token
        ends.
        """
        given = GuestRequestSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        guest = new_guest(email=given.validated_data["email"])
        body = {"email": guest.guest_email, "guest_token": token_of(guest), "expires_in": LINK_LIVES_S}
        return Response(body, status=status.HTTP_201_CREATED)


urlpatterns = [path("guests/", GuestsView.as_view(), name="guests")]
