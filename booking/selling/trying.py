"""What can be bought for no real money? A sandbox key takes no seat that somebody could have paid for.

Where customers pay real money, a sandbox key buys only what was set apart for trying, and nobody else buys that. Where
they do not, everything is for trying.
"""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User
from booking.errors import DomainError
from booking.models import Inventory


class ForTryingOnly(DomainError):
    code = "for-trying-only"
    title = gettext_noop("Only for trying")

    def __init__(self) -> None:
        super().__init__(_("These seats are there for programs to be tried; nobody can travel or sit there."))


class NotForTrying(DomainError):
    code = "not-for-trying"
    title = gettext_noop("Not with a sandbox key")

    def __init__(self) -> None:
        super().__init__(_("With a sandbox key only runs and performances can be bought that are for trying."))


class StillForSale(DomainError):
    """It is set apart, or back, only while nobody can be buying of it."""

    code = "still-for-sale"
    title = gettext_noop("Take it off sale first")

    def __init__(self) -> None:
        super().__init__(_("Take it off sale first; nobody may have bought of it."))


def check_for_trying(*, customer: User, inventory: Inventory) -> None:
    """
    Raises:
        ForTryingOnly: it is set apart, and the customer is real.
        NotForTrying: it is real, and so is money here, but the customer is not.
    """
    if inventory.for_trying and not customer.is_sandbox:
        raise ForTryingOnly
    if settings.STRIPE_SECRET_KEY and customer.is_sandbox and not inventory.for_trying:
        raise NotForTrying


def set_for_trying(*, inventory: Inventory, for_trying: bool) -> None:
    """Set an inventory apart for sandbox keys, or give it back to customers.

    Raises:
        StillForSale: it is on sale, or somebody has bought of it.
    """
    rows = Inventory.objects.filter(pk=inventory.pk, state=Inventory.State.CLOSED, order_parts=None)
    if not rows.update(for_trying=for_trying):
        raise StillForSale
    inventory.for_trying = for_trying
