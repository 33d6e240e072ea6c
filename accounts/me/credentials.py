"""How does somebody change by what they log in: the address, the password, and the password that was forgotten?"""

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.password_change import change_password
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from accounts import confirming
from accounts.api import (
    AccountThrottle,
    ConfirmSerializer,
    LoginThrottle,
    RegisterThrottle,
    UserSerializer,
    VerificationSerializer,
    WrongCode,
    checked,
    code_sent,
)
from accounts.asked import Asked
from accounts.openapi import problems
from accounts.permissions import person_of

from .devices import session_key_of
from .proving import ProvedSerializer, proved


class AddressSerializer(ProvedSerializer):
    email = serializers.EmailField(max_length=254)


class NewPasswordSerializer(ProvedSerializer):
    new_password = serializers.CharField(max_length=256, trim_whitespace=False, write_only=True)


class ForgottenSerializer(Asked):
    email = serializers.EmailField(max_length=254)


class ResetSerializer(ConfirmSerializer):
    new_password = serializers.CharField(max_length=256, trim_whitespace=False, write_only=True)


class AddressView(APIView):
    def get_throttles(self) -> list[BaseThrottle]:
        return [*super().get_throttles(), RegisterThrottle()]

    @extend_schema(
        operation_id="change_address",
        tags=["people"],
        request=AddressSerializer,
        responses={202: VerificationSerializer, **problems("wrong-password", "throttled")},
    )
    def post(self, request: Request) -> Response:
        """Have another e-mail address. A code is sent to it; `me/email/confirm/` takes it.

        Where the address has an account already the answer is the same, and the mail says so.
        """
        given = proved(AddressSerializer, request)
        return code_sent(confirming.begin_change(user=person_of(request), email=given["email"]))


class ConfirmAddressView(APIView):
    def get_throttles(self) -> list[BaseThrottle]:
        return [*super().get_throttles(), LoginThrottle()]

    @extend_schema(
        operation_id="confirm_change_of_address",
        tags=["people"],
        request=ConfirmSerializer,
        responses={200: UserSerializer, **problems("wrong-code")},
    )
    def post(self, request: Request) -> Response:
        """Show the code that was sent to the new address, which is the account's from now on."""
        given = checked(ConfirmSerializer, request)
        try:
            person = confirming.change_address(user=person_of(request), **given)
        except confirming.CodeRefused as error:
            raise WrongCode from error
        return Response(UserSerializer(person).data)


class PasswordView(APIView):
    @extend_schema(
        operation_id="change_password",
        tags=["people"],
        request=NewPasswordSerializer,
        responses={204: None, **problems("wrong-password", "throttled", "password-unfit")},
    )
    def post(self, request: Request) -> Response:
        """Have another password. This device stays logged in, and no other."""
        given = proved(NewPasswordSerializer, request)
        person = person_of(request)
        try:
            validate_password(given["new_password"], person)
        except ValidationError as error:
            raise serializers.ValidationError({"new_password": error.messages}, code="password-unfit") from error
        change_password(person, given["new_password"])
        session = SessionStore(session_key_of(request))
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        session.save()
        get_adapter().send_notification_mail("account/email/password_changed", person)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ForgottenView(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (RegisterThrottle, AccountThrottle)

    @extend_schema(
        operation_id="forget_password",
        tags=["people"],
        request=ForgottenSerializer,
        responses={202: VerificationSerializer},
    )
    def post(self, request: Request) -> Response:
        """Have a code sent with which another password can be chosen, at `password-reset/confirm/`.

        Where the address has no account the answer is the same, and the mail says so.
        """
        given = checked(ForgottenSerializer, request)
        return code_sent(confirming.begin_reset(email=given["email"]))


class ResetView(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (LoginThrottle,)

    @extend_schema(
        operation_id="reset_password",
        tags=["people"],
        request=ResetSerializer,
        responses={204: None, **problems("wrong-code", "password-unfit")},
    )
    def post(self, request: Request) -> Response:
        """Show the code, and have another password. Every device is logged out; log in with the new one."""
        given = checked(ResetSerializer, request)
        try:
            confirming.reset_password(
                verification=given["verification"], code=given["code"], password=given["new_password"]
            )
        except confirming.CodeRefused as error:
            raise WrongCode from error
        except ValidationError as error:
            raise serializers.ValidationError({"new_password": error.messages}, code="password-unfit") from error
        return Response(status=status.HTTP_204_NO_CONTENT)
