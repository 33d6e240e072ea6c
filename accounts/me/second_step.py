"""How is an account protected by a second step from within a program: an authenticator app, and codes for its loss?

Passkeys are added in a browser, because they belong to the site's name and to what the browser or system asks there;
a program that may use that name logs in there too.
"""

from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, validate_totp_code
from django.core import signing
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from accounts.api import LoginThrottle, WrongCode, ask_for_second_step, checked
from accounts.asked import Asked
from accounts.models import User
from accounts.openapi import problems
from accounts.permissions import person_of

from .proving import ProvedSerializer, proved

# To open the app, scan or copy the secret, and type a code.
SETUP_LIVES_S = 900
_SALT = "accounts.second_step"
_Type = Authenticator.Type


class SecondStepSerializer(serializers.Serializer):
    authenticator = serializers.BooleanField(help_text="Whether logging in asks for the code of an app.")
    passkeys = serializers.IntegerField(help_text="How many there are; they are added and removed in a browser.")
    recovery_codes_left = serializers.IntegerField()


class SetupSerializer(serializers.Serializer):
    secret = serializers.CharField(help_text="In base32, for an app that cannot open `uri`.")
    uri = serializers.CharField(help_text="otpauth://…, to open or to draw as a QR code.")
    setup = serializers.CharField(
        help_text="Goes to `me/second-step/authenticator/confirm/`, with the app's first code."
    )
    expires_in = serializers.IntegerField()


class ConfirmSetupSerializer(Asked):
    setup = serializers.CharField(max_length=400)
    code = serializers.CharField(max_length=16, help_text="As the app shows it.")


class RecoveryCodesSerializer(serializers.Serializer):
    recovery_codes = serializers.ListField(
        child=serializers.CharField(), help_text="Each works once, in place of the app's code. Shown this once."
    )


class BothStepsSerializer(ProvedSerializer):
    code = serializers.CharField(max_length=32, write_only=True, help_text="Of the app, or a recovery code.")


class AlreadyProtected(exceptions.APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "authenticator-exists"
    default_detail = _("The account has an authenticator app already. Remove it first.")


class NotProtected(exceptions.APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "no-authenticator"
    default_detail = _("The account has no authenticator app.")


class SecondStepView(APIView):
    @extend_schema(operation_id="second_step", tags=["people"], responses={200: SecondStepSerializer})
    def get(self, request: Request) -> Response:
        """How the account is protected beside its password."""
        person = person_of(request)
        kinds: dict[str, list[Authenticator]] = {}
        for each in Authenticator.objects.filter(user=person):
            kinds.setdefault(each.type, []).append(each)
        codes = [RecoveryCodes(each) for each in kinds.get(_Type.RECOVERY_CODES, [])]
        return Response(
            {
                "authenticator": _Type.TOTP in kinds,
                "passkeys": len(kinds.get(_Type.WEBAUTHN, [])),
                "recovery_codes_left": sum(len(each.get_unused_codes()) for each in codes),
            }
        )


class AuthenticatorView(APIView):
    @extend_schema(
        operation_id="set_up_authenticator",
        tags=["people"],
        request=ProvedSerializer,
        responses={200: SetupSerializer, **problems("wrong-password", "throttled", "authenticator-exists")},
    )
    def post(self, request: Request) -> Response:
        """Begin to protect the account with an authenticator app. Nothing changes before its first code is shown."""
        proved(ProvedSerializer, request)
        person = person_of(request)
        if _app_of(person) is not None:
            raise AlreadyProtected
        secret = generate_totp_secret()
        return Response(
            {
                "secret": secret,
                "uri": get_adapter().build_totp_url(person, secret),
                "setup": signing.dumps({"person": person.pk, "secret": secret}, salt=_SALT),
                "expires_in": SETUP_LIVES_S,
            }
        )


class ConfirmAuthenticatorView(APIView):
    def get_throttles(self) -> list[BaseThrottle]:
        return [*super().get_throttles(), LoginThrottle()]

    @extend_schema(
        operation_id="confirm_authenticator",
        tags=["people"],
        request=ConfirmSetupSerializer,
        responses={
            201: RecoveryCodesSerializer,
            **problems("wrong-password", "throttled", "authenticator-exists", "wrong-code"),
        },
    )
    def post(self, request: Request) -> Response:
        """Show the app's first code. From now on logging in asks for one."""
        given, person = checked(ConfirmSetupSerializer, request), person_of(request)
        try:
            setup: dict[str, Any] = signing.loads(given["setup"], salt=_SALT, max_age=SETUP_LIVES_S)
        except signing.BadSignature as error:
            raise WrongCode from error
        if setup["person"] != person.pk or not validate_totp_code(setup["secret"], given["code"]):
            raise WrongCode
        codes = _protect(person, setup["secret"])
        return Response({"recovery_codes": codes}, status=status.HTTP_201_CREATED)


class RemoveAuthenticatorView(APIView):
    @extend_schema(
        operation_id="remove_authenticator",
        tags=["people"],
        request=BothStepsSerializer,
        responses={204: None, **problems("wrong-password", "throttled", "no-authenticator", "wrong-code")},
    )
    def post(self, request: Request) -> Response:
        """Log in with the password alone again. Recovery codes go too, unless passkeys need them."""
        given, person = proved(BothStepsSerializer, request), person_of(request)
        app = _app_of(person)
        if app is None:
            raise NotProtected
        ask_for_second_step(person, given["code"])
        with transaction.atomic():
            app.delete()
            mine = Authenticator.objects.filter(user=person)
            if not mine.exclude(type=_Type.RECOVERY_CODES).exists():
                mine.delete()
        get_account_adapter().send_notification_mail("mfa/email/totp_deactivated", person)
        return Response(status=status.HTTP_204_NO_CONTENT)


class RecoveryCodesView(APIView):
    @extend_schema(
        operation_id="new_recovery_codes",
        tags=["people"],
        request=BothStepsSerializer,
        responses={
            201: RecoveryCodesSerializer,
            **problems("wrong-password", "throttled", "no-authenticator", "wrong-code"),
        },
    )
    def post(self, request: Request) -> Response:
        """Have other recovery codes; those of before are worth nothing any more."""
        given, person = proved(BothStepsSerializer, request), person_of(request)
        if _app_of(person) is None:
            raise NotProtected
        ask_for_second_step(person, given["code"])
        with transaction.atomic():
            User.objects.select_for_update().get(pk=person.pk)
            Authenticator.objects.filter(user=person, type=_Type.RECOVERY_CODES).delete()
            codes = RecoveryCodes.activate(person).generate_codes()
        get_account_adapter().send_notification_mail("mfa/email/recovery_codes_generated", person)
        return Response({"recovery_codes": codes}, status=status.HTTP_201_CREATED)


def _app_of(person: User) -> Authenticator | None:
    return Authenticator.objects.filter(user=person, type=_Type.TOTP).first()


def _protect(person: User, secret: str) -> list[str]:
    """The recovery codes.

    Raises:
        AlreadyProtected: another app was set up meanwhile.
    """
    with transaction.atomic():
        User.objects.select_for_update().get(pk=person.pk)
        if _app_of(person) is not None:
            raise AlreadyProtected
        TOTP.activate(person, secret)
        codes = RecoveryCodes.activate(person).get_unused_codes()
    get_account_adapter().send_notification_mail("mfa/email/totp_activated", person)
    return codes
