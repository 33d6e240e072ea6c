"""How does the environment name the store's clusters, and what is wrong with it?

STORE_CLUSTERS="main=10.0.0.1:50051,10.0.0.2:50051,10.0.0.3:50051;second=10.0.1.1:50051,10.0.1.2:50051"
"""

import re

from django.core.exceptions import ImproperlyConfigured

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_ADDRESS = re.compile(r"[^\s:]+:\d{1,5}|\[[0-9a-fA-F:]+\]:\d{1,5}")


def parse_store_clusters(text: str) -> dict[str, tuple[str, ...]]:
    """Each cluster's name and the addresses of its nodes, in the order given; none of an empty text.

    Raises:
        ImproperlyConfigured: it says which part is not as it should be.
    """
    found: dict[str, tuple[str, ...]] = {}
    cluster_at: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        name, _, rest = (piece.strip() for piece in part.partition("="))
        if not _NAME.fullmatch(name):
            raise _wrong(f"{part!r} does not begin with a name of small letters, digits and hyphens, up to 32")
        if name in found:
            raise _wrong(f"there are two clusters {name}")
        found[name] = tuple(address.strip() for address in rest.split(","))
        for address in found[name]:
            if not is_address(address):
                raise _wrong(f"cluster {name} has {address!r} where host:port is needed")
            other = cluster_at.setdefault(address, name)
            if other != name:
                raise _wrong(f"{address} is named as a node of {other} and of {name}")
    return found


def is_address(text: str) -> bool:
    """Whether it is host:port."""
    return _ADDRESS.fullmatch(text) is not None


def check_full(full: list[str], clusters: dict[str, tuple[str, ...]]) -> list[str]:
    """The clusters that take no new inventories, if they exist and leave one that does.

    Raises:
        ImproperlyConfigured
    """
    if strangers := [name for name in full if name not in clusters]:
        raise ImproperlyConfigured(f"STORE_CLUSTERS_FULL: STORE_CLUSTERS does not name {', '.join(strangers)}.")
    if full and not clusters.keys() - set(full):
        raise ImproperlyConfigured("STORE_CLUSTERS_FULL: one cluster at least must take new inventories.")
    return full


def _wrong(what: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"STORE_CLUSTERS: {what}. It reads name=host:port,host:port;name=host:port,...")
