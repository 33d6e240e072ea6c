"""The site's own settings, with the peer's table and addresses."""

from ticketsite.settings import *  # noqa: F403
from ticketsite.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "benchmarks.peers.django_rowlocks"]
ROOT_URLCONF = "benchmarks.peers.django_rowlocks.urls"
