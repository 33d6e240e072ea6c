"""When a guest's address turns out to be an account's: the account takes over what the guest bought."""

import logging

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.rooms import rooms

logger = logging.getLogger(__name__)


def adopt_guests(*, person: User) -> int:
    """Make what guests with the person's confirmed addresses have bought the person's. Returns how many guests.

    One who is buying at this very moment is left for the next time.
    """
    addresses = EmailAddress.objects.filter(user=person, verified=True).values_list("email", flat=True)
    try:
        with transaction.atomic():
            known = User.objects.select_for_update().filter(guest_email__in=[email.lower() for email in addresses])
            guests = list(known)
            if guests:
                for _, room in rooms():
                    room.hand_over(guests=guests, to=person)
                known.filter(pk__in=[guest.pk for guest in guests]).delete()
    except IntegrityError:
        logger.warning("A guest of person %s bought something meanwhile", person.pk)
        return 0
    return len(guests)
