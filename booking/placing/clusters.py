"""Which store clusters are there? Each inventory lives on one of them; `seatstore` speaks to all."""

from django.conf import settings

ONLY_CLUSTER = "main"


def clusters() -> dict[str, tuple[str, ...]]:
    """The addresses of every cluster's nodes by the cluster's name, in the settings' order."""
    return settings.STORE_CLUSTERS or {ONLY_CLUSTER: tuple(settings.SEAT_STORE_ADDRESSES)}


def first_cluster() -> str:
    """Where everything lived before there were several."""
    return next(iter(clusters()))


def clusters_with_room() -> list[str]:
    """Those that take new inventories: all that are not said to be full."""
    return [name for name in clusters() if name not in settings.STORE_CLUSTERS_FULL]
