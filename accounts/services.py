"""What changes what we know of somebody: an address that is known to be theirs, their language, whom they buy for."""

from collections.abc import Iterable

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction

from accounts.models import SavedPassenger, User

MAX_PASSENGERS = 50


class TooManyPassengers(Exception):
    """More names than anybody chooses from."""


def vouch_for(*, person: User) -> None:
    """Write down that the e-mail address is the person's, so that they are not asked for a code sent to it."""
    EmailAddress.objects.update_or_create(user=person, email=person.email, defaults={"verified": True, "primary": True})


def speak(*, person: User, language: str) -> None:
    """Have pages and mails speak this language to the person, wherever they log in. One that we do not know is not."""
    if language in dict(settings.LANGUAGES):
        User.objects.filter(pk=person.pk).update(language=language)


def save_passengers(*, person: User, names: Iterable[str]) -> None:
    """Remember these names; those that are known already are.

    Raises:
        TooManyPassengers: with them there would be more than MAX_PASSENGERS.
    """
    wanted = {name.strip() for name in names} - {""}
    with transaction.atomic():
        User.objects.select_for_update().get(pk=person.pk)
        new = wanted - set(person.passengers.values_list("name", flat=True))
        if person.passengers.count() + len(new) > MAX_PASSENGERS:
            raise TooManyPassengers
        SavedPassenger.objects.bulk_create(SavedPassenger(person=person, name=name) for name in sorted(new))


def forget_passenger(*, person: User, passenger_id: int) -> None:
    """Whether or not it was there."""
    person.passengers.filter(pk=passenger_id).delete()
