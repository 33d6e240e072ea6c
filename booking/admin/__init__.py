"""The back office's pages for trains, shows, what is on sale and what was ordered."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from . import blocks, carriers, halls, inventory, log, orders, policies, shows, tickets, trains, waiting, waiting_rooms

admin.site.site_header = admin.site.site_title = _("Ticketsite back office")
admin.site.index_title = _("What is for sale, and what was sold")

__all__ = [
    "blocks",
    "carriers",
    "halls",
    "inventory",
    "log",
    "orders",
    "policies",
    "shows",
    "tickets",
    "trains",
    "waiting",
    "waiting_rooms",
]
