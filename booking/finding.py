"""Where does a customer find an order again, from a mail or from the bank? A guest by a link that says who they are."""

from django.conf import settings
from django.urls import reverse

from accounts.guests import link_of
from accounts.models import User
from booking.models import Order


def order_address(order: Order) -> str:
    """The order's page, with the site's own address where SITE_ADDRESS says it."""
    return f"{settings.SITE_ADDRESS}{way_in(order.customer, to=reverse('booking:order', args=[order.reference]))}"


def orders_address(customer: User) -> str:
    """As order_address, of the page of all that the customer bought or waits for."""
    return f"{settings.SITE_ADDRESS}{way_in(customer, to=reverse('booking:orders'))}"


def way_in(customer: User, *, to: str) -> str:
    """The address, within the site, at which a browser that does not know the customer yet shows the page `to`."""
    return link_of(customer, to=to) if customer.is_guest else to
