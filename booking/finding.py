"""Where does a customer find an order again, from a mail? A guest by a link that says who they are."""

from django.conf import settings
from django.urls import reverse

from accounts.guests import link_of
from booking.models import Order


def order_address(order: Order) -> str:
    """The order's page, with the site's own address where SITE_ADDRESS says it."""
    page = reverse("booking:order", args=[order.reference])
    return f"{settings.SITE_ADDRESS}{link_of(order.customer, to=page) if order.customer.guest_email else page}"
