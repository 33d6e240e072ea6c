"""Who are you, for programs? Register, log in for tokens, refresh them, read your own profile."""

import hashlib
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from accounts.models import User
from accounts.openapi import problems
from accounts.tokens import RefreshRefused, TokenPair, issue_tokens, rotate_tokens

# --- Limits ---------------------------------------------------------------------------------------


class _PerAddress(SimpleRateThrottle):
    def get_cache_key(self, request: Request, view: APIView) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


class RegisterThrottle(_PerAddress):
    scope = "register"


class LoginThrottle(_PerAddress):
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


class RegisterSerializer(serializers.Serializer):
    email = serializers.EmailField(max_length=254)
    password = serializers.CharField(max_length=256, trim_whitespace=False, write_only=True)
    name = serializers.CharField(max_length=150, required=False, allow_blank=True, default="")

    def validate_email(self, email: str) -> str:
        if User.objects.filter(email=email.lower()).exists():
            raise serializers.ValidationError("There is an account with this address; log in instead.")
        return email.lower()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        try:
            validate_password(attrs["password"], User(email=attrs["email"], name=attrs["name"]))
        except ValidationError as error:
            raise serializers.ValidationError({"password": error.messages}) from error
        return attrs


class LoginSerializer(serializers.Serializer):
    email = serializers.EmailField(max_length=254)
    password = serializers.CharField(max_length=256, trim_whitespace=False, write_only=True)


class RefreshSerializer(serializers.Serializer):
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


def _logged_in(user: User) -> dict[str, Any]:
    return {"user": UserSerializer(user).data, **_tokens(issue_tokens(user=user))}


def _checked(serializer: type[serializers.Serializer], request: Request) -> dict[str, Any]:
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
        responses={201: LoggedInSerializer, **problems(400, 429)},
    )
    def post(self, request: Request) -> Response:
        """Open an account and log in with it."""
        given = _checked(RegisterSerializer, request)
        user = User(email=given["email"], name=given["name"])
        # Takes its time on purpose, so before the transaction.
        user.set_password(given["password"])
        try:
            with transaction.atomic():
                user.save()
                EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=False)
        except IntegrityError as error:
            raise serializers.ValidationError({"email": ["There is an account with this address."]}) from error
        return Response(_logged_in(user), status=status.HTTP_201_CREATED)


class TokenView(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (LoginThrottle, AccountThrottle)

    @extend_schema(
        operation_id="log_in",
        tags=["people"],
        request=LoginSerializer,
        responses={200: LoggedInSerializer, **problems(400, 401, 429)},
    )
    def post(self, request: Request) -> Response:
        """Log in with e-mail address and password."""
        given = _checked(LoginSerializer, request)
        user = authenticate(request._request, email=given["email"], password=given["password"])
        if not isinstance(user, User):
            raise WrongCredentials
        return Response(_logged_in(user))


class RefreshView(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (LoginThrottle,)

    @extend_schema(
        operation_id="refresh_token",
        tags=["people"],
        request=RefreshSerializer,
        responses={200: TokensSerializer, **problems(400, 401, 429)},
    )
    def post(self, request: Request) -> Response:
        """Replace a refresh token, and get a new access token with it."""
        given = _checked(RefreshSerializer, request)
        try:
            return Response(_tokens(rotate_tokens(refresh_token=given["refresh_token"])))
        except RefreshRefused as error:
            raise RefreshTokenInvalid from error


class MeView(APIView):
    @extend_schema(operation_id="me", tags=["people"], responses={200: UserSerializer, **problems(401)})
    def get(self, request: Request) -> Response:
        """Whose token this is."""
        return Response(UserSerializer(request.user).data)


class _NotLoggedIn(exceptions.APIException):
    """401 from a view that itself asks for no token, where DRF would turn AuthenticationFailed into 403."""

    status_code = status.HTTP_401_UNAUTHORIZED
    auth_header = "Bearer"


class WrongCredentials(_NotLoggedIn):
    default_code = "wrong-credentials"
    default_detail = "No account has this e-mail address and password."


class RefreshTokenInvalid(_NotLoggedIn):
    default_code = "refresh-token-invalid"
    default_detail = "This refresh token has expired or was used before; log in again."


urlpatterns = [
    path("register/", RegisterView.as_view(), name="register"),
    path("token/", TokenView.as_view(), name="token"),
    path("token/refresh/", RefreshView.as_view(), name="token_refresh"),
    path("me/", MeView.as_view(), name="me"),
]
