"""Who are you, for programs? Register, confirm the address, log in for tokens, refresh them."""

import hashlib
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.utils import has_verified_email
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.urls import path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from accounts import confirming
from accounts.adopting import adopt_guests
from accounts.asked import Asked
from accounts.models import User
from accounts.openapi import problems
from accounts.throttles import PerAddress
from accounts.tokens import RefreshRefused, TokenPair, issue_tokens, rotate_tokens

# --- Limits ---------------------------------------------------------------------------------------

# Five wrong passwords lock an account for so long, on pages and here alike (allauth's `login_failed`).
LOCKED_S = 300


class RegisterThrottle(PerAddress):
    scope = "register"


class LoginThrottle(PerAddress):
    scope = "login"


class AccountThrottle(SimpleRateThrottle):
    """Guessing one account's password from many addresses is slow as well. The cache is not told the address."""

    scope = "login-account"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        email = request.data.get("email") if isinstance(request.data, dict) else None
        if not isinstance(email, str):
            return None
        return self.cache_format % {
            "scope": self.scope,
            "ident": hashlib.sha256(email.strip().lower().encode()).hexdigest(),
        }


# --- What is said and heard -----------------------------------------------------------------------


class UserSerializer(serializers.Serializer):
    email = serializers.EmailField()
    name = serializers.CharField(allow_blank=True)
    language = serializers.CharField(allow_blank=True, help_text="Of mails and pages; empty: as asked for.")
    zone = serializers.CharField(allow_blank=True, help_text="IANA name of the time zone; empty: UTC.")


class RegisterSerializer(Asked):
    email = serializers.EmailField(max_length=254)
    password = serializers.CharField(max_length=256, trim_whitespace=False, write_only=True)
    name = serializers.CharField(max_length=150, required=False, allow_blank=True, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        try:
            validate_password(attrs["password"], User(email=attrs["email"], name=attrs["name"]))
        except ValidationError as error:
            raise serializers.ValidationError({"password": error.messages}, code="password-unfit") from error
        return attrs


class LoginSerializer(Asked):
    email = serializers.EmailField(max_length=254)
    password = serializers.CharField(max_length=256, trim_whitespace=False, write_only=True)
    code = serializers.CharField(
        max_length=32,
        required=False,
        write_only=True,
        help_text="Of the authenticator app, or a recovery code, where the account is protected by a second step.",
    )


class ConfirmSerializer(Asked):
    verification = serializers.CharField(max_length=64)
    code = serializers.CharField(max_length=32, help_text="As it was sent to the address; case and dash do not matter.")


class VerificationSerializer(serializers.Serializer):
    verification = serializers.CharField(help_text="Goes to `register/confirm/`, together with the code from the mail.")
    expires_in = serializers.IntegerField(help_text="Seconds that the code can be used.")


class RefreshSerializer(Asked):
    refresh_token = serializers.CharField(max_length=2048)


class TokensSerializer(serializers.Serializer):
    access_token = serializers.CharField(help_text="Send it as `Authorization: Bearer …`.")
    refresh_token = serializers.CharField(help_text="Good for one refresh; keep the one that comes with the answer.")
    token_type = serializers.CharField(default="Bearer")
    expires_in = serializers.IntegerField(help_text="Seconds that the access token lives.")


class LoggedInSerializer(TokensSerializer):
    user = UserSerializer()


def _tokens(pair: TokenPair) -> dict[str, Any]:
    return {
        "access_token": pair.access,
        "refresh_token": pair.refresh,
        "token_type": "Bearer",
        "expires_in": pair.expires_in,
    }


def _logged_in(user: User, request: Request) -> dict[str, Any]:
    adopt_guests(person=user)
    ip, device = get_adapter().get_client_ip(request._request), request.headers.get("User-Agent", "")
    return {"user": UserSerializer(user).data, **_tokens(issue_tokens(user=user, ip=ip, device=device))}


def code_sent(verification: str) -> Response:
    """202: what is wanted happens when the code is shown."""
    body = {"verification": verification, "expires_in": confirming.CODE_LIVES_S}
    return Response(body, status=status.HTTP_202_ACCEPTED)


def checked(serializer: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    """What was sent.

    Raises: serializers.ValidationError.
    """
    given = serializer(data=request.data)
    given.is_valid(raise_exception=True)
    return given.validated_data


# --- Views ----------------------------------------------------------------------------------------


class RegisterView(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (RegisterThrottle,)

    @extend_schema(
        operation_id="register",
        tags=["people"],
        request=RegisterSerializer,
        responses={202: VerificationSerializer, **problems("password-unfit")},
    )
    def post(self, request: Request) -> Response:
        """Open an account. A code is sent to the address; `register/confirm/` takes it and logs in.

        Where the address has an account already the answer is the same, and the mail says so.
        """
        given = checked(RegisterSerializer, request)
        return code_sent(confirming.register(**given))


class ConfirmView(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (LoginThrottle,)

    @extend_schema(
        operation_id="confirm_address",
        tags=["people"],
        request=ConfirmSerializer,
        responses={201: LoggedInSerializer, **problems("wrong-code", "second-step-needed")},
    )
    def post(self, request: Request) -> Response:
        """Show the code that was sent to the address, and be logged in."""
        given = checked(ConfirmSerializer, request)
        try:
            user = confirming.confirm(**given)
        except confirming.CodeRefused as error:
            raise WrongCode from error
        ask_for_second_step(user, None)
        return Response(_logged_in(user, request), status=status.HTTP_201_CREATED)


class TokenView(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (LoginThrottle, AccountThrottle)

    @extend_schema(
        operation_id="log_in",
        tags=["people"],
        request=LoginSerializer,
        responses={
            200: LoggedInSerializer,
            202: VerificationSerializer,
            **problems("wrong-credentials", "second-step-needed", "wrong-code"),
        },
    )
    def post(self, request: Request) -> Response:
        """Log in with e-mail address and password, and a code where the account asks for one.

        202: the address was never confirmed. A code was sent to it, for `register/confirm/`.
        """
        given = checked(LoginSerializer, request)
        try:
            user = get_adapter().authenticate(request._request, email=given["email"], password=given["password"])
        except ValidationError as error:
            raise exceptions.Throttled(wait=LOCKED_S, detail=error.messages[0]) from error
        if not isinstance(user, User) or not user.is_active:
            raise WrongCredentials
        if not has_verified_email(user, user.email):
            return code_sent(confirming.send_code(user=user))
        ask_for_second_step(user, given.get("code"))
        return Response(_logged_in(user, request))


def ask_for_second_step(user: User, code: str | None) -> None:
    """
    Raises:
        SecondStepNeeded, WrongCode: the account is protected by a second step, which was not taken.
    """
    if not is_mfa_enabled(user):
        return
    if not code:
        raise SecondStepNeeded
    form = AuthenticateForm(data={"code": code}, user=user)
    if not form.is_valid():
        raise WrongCode
    form.authenticator.record_usage()


class RefreshView(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (LoginThrottle,)

    @extend_schema(
        operation_id="refresh_token",
        tags=["people"],
        request=RefreshSerializer,
        responses={200: TokensSerializer, **problems("refresh-token-invalid")},
    )
    def post(self, request: Request) -> Response:
        """Replace a refresh token, and get a new access token with it."""
        given = checked(RefreshSerializer, request)
        try:
            return Response(_tokens(rotate_tokens(refresh_token=given["refresh_token"])))
        except RefreshRefused as error:
            raise RefreshTokenInvalid from error


class _NotLoggedIn(exceptions.APIException):
    """401 from a view that itself asks for no token, where DRF would turn AuthenticationFailed into 403."""

    status_code = status.HTTP_401_UNAUTHORIZED
    auth_header = "Bearer"


class WrongCredentials(_NotLoggedIn):
    default_code = "wrong-credentials"
    default_detail = _("No account has this e-mail address and password.")


class SecondStepNeeded(_NotLoggedIn):
    default_code = "second-step-needed"
    default_detail = _("This account asks for a second step: send the code of its app, or a recovery code, as `code`.")


class WrongCode(_NotLoggedIn):
    default_code = "wrong-code"
    default_detail = _("This code is not right, or not any more.")


class RefreshTokenInvalid(_NotLoggedIn):
    default_code = "refresh-token-invalid"
    default_detail = _("This refresh token has expired or was used before; log in again.")


urlpatterns = [
    path("register/", RegisterView.as_view(), name="register"),
    path("register/confirm/", ConfirmView.as_view(), name="confirm_address"),
    path("token/", TokenView.as_view(), name="token"),
    path("token/refresh/", RefreshView.as_view(), name="token_refresh"),
]
