"""The site's own settings, with one address more."""

from ticketsite.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.peers.django_empty.urls"
