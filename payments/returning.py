"""Where does an app get its customer back, who was on a page of the bank's?

The bank leads back to a page of ours, and that to the app, if whoever runs the site named its address beforehand
(PAYMENT_RETURN_ADDRESSES). Any address would make of a bank's page, in our name, a way to somebody's forged log-in.
"""

from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from booking.errors import DomainError

LONGEST_RETURN_ADDRESS: Final = 200


class ReturnAddressUnknown(DomainError):
    status = 400
    code = "return-address-unknown"
    title = gettext_noop("Nobody is sent back to such an address")

    def __init__(self) -> None:
        super().__init__(_("Customers are sent back only to addresses that whoever runs this site has named."))


def page_before(return_url: str) -> str:
    """The address, within the site, of the page that leads to an app's own.

    Raises:
        ReturnAddressUnknown: nobody named that one.
    """
    if not is_known(return_url):
        raise ReturnAddressUnknown
    return f"{reverse('payments:back_to_app')}?{urlencode({'to': return_url})}"


def is_known(return_url: str) -> bool:
    return return_url in settings.PAYMENT_RETURN_ADDRESSES
