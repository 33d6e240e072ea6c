"""Is it really they? What opens or ends more than a token does asks for the account's password once more."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, serializers, status
from rest_framework.request import Request

from accounts.api import LOCKED_S, checked
from accounts.asked import Asked


class WrongPassword(exceptions.PermissionDenied):
    status_code = status.HTTP_403_FORBIDDEN
    default_code = "wrong-password"
    default_detail = _("This is not the account's password.")


class ProvedSerializer(Asked):
    """Of a request that asks for the password."""

    password = serializers.CharField(
        max_length=256, trim_whitespace=False, write_only=True, help_text="The account's, once more."
    )


def proved(serializer: type[ProvedSerializer], request: Request) -> dict[str, Any]:
    """What was sent, if the account's password is with it.

    Raises:
        serializers.ValidationError: something is missing or wrong.
        WrongPassword, exceptions.Throttled: wrong passwords count as they do at the log-in.
    """
    given = checked(serializer, request)
    try:
        right = get_adapter().reauthenticate(request.user, given["password"])
    except ValidationError as error:
        raise exceptions.Throttled(wait=LOCKED_S, detail=error.messages[0]) from error
    if not right:
        raise WrongPassword
    return given
