"""Who may ask? Accounts for what is theirs alone, guests too for what they buy."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request

from accounts.models import User

if TYPE_CHECKING:
    # It reads the settings that name this module.
    from rest_framework.views import APIView


class AccountNeeded(PermissionDenied):
    status_code = status.HTTP_403_FORBIDDEN
    default_code = "account-needed"
    default_detail = _("This is for accounts. Log in, or register with the address that you gave as a guest.")


def person_of(request: Request) -> User:
    """Who asks, in a view behind one of the permissions below."""
    assert isinstance(request.user, User)
    return request.user


class IsCustomer(IsAuthenticated):
    """An account or a guest (guests.py): both buy, and have what they bought."""


class HasAccount(IsAuthenticated):
    """What REST asks for where a view says nothing else."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """
        Raises:
            AccountNeeded: it is a guest.
        """
        if not super().has_permission(request, view):
            return False
        if getattr(request.user, "is_guest", False):
            raise AccountNeeded
        return True
