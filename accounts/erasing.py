"""How is somebody forgotten? What they bought stays for the books, under a person without name or address.

The row stays, because orders belong to it; all that leads from it to somebody goes. Nothing can bring it back.
"""

from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import transaction

from accounts.adopting import adopt_guests
from accounts.models import User
from accounts.rooms import rooms


class StaffStays(Exception):
    """Who works in the back office answers for what was done there; an administrator takes their rights away first."""


class StillUnfinished(Exception):
    """Something would be lost. `what` says it in sentences; erase again with `although`, if that is wanted."""

    def __init__(self, what: list[str]) -> None:
        super().__init__(" ".join(what))
        self.what = what


def unfinished_of(*, person: User, now: datetime) -> list[str]:
    """What the person would lose by being forgotten now, in sentences."""
    return [sentence for _, room in rooms() for sentence in room.unfinished(person=person, now=now)]


def erase(*, person: User, now: datetime, although: bool) -> None:
    """Forget the person.

    Args:
        although: also if something is unfinished, such as tickets for a train that has not left.

    Raises:
        StaffStays: the person works here.
        StillUnfinished: without `although`.
    """
    if person.is_staff or person.is_superuser:
        raise StaffStays
    adopt_guests(person=person)
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=person.pk)
        what = unfinished_of(person=person, now=now)
        if what and not although:
            raise StillUnfinished(what)
        for _, room in rooms():
            room.forget(person=person)
        _forget_account(person)


def _forget_account(person: User) -> None:
    Session.objects.filter(pk__in=UserSession.objects.filter(user=person).values("session_key")).delete()
    for model in (UserSession, Authenticator, EmailAddress):
        model.objects.filter(user=person).delete()
    person.passengers.all().delete()
    person.kept_answers.all().delete()
    person.groups.clear()
    person.user_permissions.clear()
    # The back office's log names rows as they were called when somebody changed them.
    people = ContentType.objects.get_for_model(User)
    LogEntry.objects.filter(content_type=people, object_id=str(person.pk)).update(object_repr="erased")
    person.email, person.name, person.guest_email = f"erased-{person.pk}@erased.invalid", "", ""
    person.language, person.zone = "", ""
    person.is_active, person.last_login = False, None
    # Also whoever is logged in somewhere without being listed is out: sessions hold a hash of the password.
    person.set_unusable_password()
    person.save()
