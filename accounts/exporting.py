"""What do we know about somebody? Everything, for themselves to read: a zip with one JSON file for each room."""

import io
import json
import zipfile
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.serializers.json import DjangoJSONEncoder

from accounts.models import User
from accounts.rooms import rooms


def export_of(*, person: User) -> bytes:
    """The zip file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        files = {"accounts": _account(person)} | {name: room.kept_of(person=person) for name, room in rooms()}
        for name, kept in files.items():
            archive.writestr(f"{name}.json", json.dumps(kept, cls=DjangoJSONEncoder, indent=2, ensure_ascii=False))
    return file.getvalue()


def _account(person: User) -> dict[str, Any]:
    """Passwords, keys and codes are left out: they prove who somebody is, and this file lies about."""
    return {
        "person": {
            "email": person.email,
            "name": person.name,
            "language": person.language,
            "zone": person.zone,
            "since": person.date_joined,
            "last_login": person.last_login,
        },
        "addresses": list(EmailAddress.objects.filter(user=person).values("email", "verified", "primary")),
        "passengers": [passenger.name for passenger in person.passengers.all()],
        "devices": list(UserSession.objects.filter(user=person).values("user_agent", "ip", "created_at")),
        "second_steps": [
            {"kind": each.get_type_display(), "added": each.created_at, "last_used": each.last_used_at}
            for each in Authenticator.objects.filter(user=person)
        ],
    }
