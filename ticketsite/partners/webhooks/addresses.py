"""May a webhook be sent there? To an https address in the public network, looked up once and connected to as it was.

An address comes from outside, and the worker is inside: nobody may have it knock at what only the inside reaches. A
name is looked up once for each attempt, all that it stands for is judged, and one of those very addresses is connected
to, so that a name that means something else a moment later changes nothing.

With WEBHOOKS_INSIDE, as on a development machine, any address will do, by http too.
"""

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from ticketsite.partners.errors import AddressRefused

MAX_URL_LENGTH = 400
_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Target:
    """Where to connect to, and as whom the other side must prove itself."""

    scheme: str
    host: str
    port: int
    ip: str
    # Path and query.
    path: str

    @property
    def pinned_url(self) -> str:
        """With the address in place of the name: nobody looks the name up again."""
        literal = f"[{self.ip}]" if ":" in self.ip else self.ip
        return f"{self.scheme}://{literal}:{self.port}{self.path}"

    @property
    def host_header(self) -> str:
        return self.host if self.port == _PORTS[self.scheme] else f"{self.host}:{self.port}"


def check_url(url: str) -> tuple[str, str, int, str]:
    """Its scheme, host, port and path, without asking the network.

    Raises:
        AddressRefused: it is not https, names a person, or leads to a literal address that is not public.
    """
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except (ValueError, UnicodeError) as error:
        raise AddressRefused(_("This is no address such as https://example.com/webhooks.")) from error
    if parts.scheme not in (_PORTS if settings.WEBHOOKS_INSIDE else ("https",)) or not host:
        raise AddressRefused(_("The address must begin with https:// and name a host."))
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise AddressRefused(_("The address may have neither a user name, nor a password, nor a part after #."))
    if len(url) > MAX_URL_LENGTH or not url.isascii() or not url.isprintable() or " " in url:
        raise AddressRefused(_("The address is too long, or has characters that no address has."))
    if _is_literal(host) and not _may_be_reached(host):
        raise AddressRefused(_("The address must be in the public network."))
    path = parts.path or "/"
    return parts.scheme, host, port or _PORTS[parts.scheme], f"{path}?{parts.query}" if parts.query else path


def look_up(url: str) -> Target:
    """Where a message to this address goes now. Asks the network.

    Raises:
        AddressRefused: as check_url, or its name stands for an address that is not public.
        OSError: nobody knows the name.
    """
    scheme, host, port, path = check_url(url)
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not found or not all(map(_may_be_reached, found)):
        # One that is not is enough: whoever answers so means to be found inside.
        raise AddressRefused(_("The address must be in the public network."))
    return Target(scheme, host, port, found[0], path)


def _may_be_reached(ip: str) -> bool:
    return settings.WEBHOOKS_INSIDE or is_public(ip)


def is_public(ip: str) -> bool:
    """Whether everybody's network has this address: it is no private, local, shared, reserved or multicast one."""
    address = ipaddress.ip_address(ip.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        # Ways to write an address of version 4.
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is not None:
            return is_public(str(inner))
        if address in _TRANSLATED:
            return is_public(str(ipaddress.IPv4Address(address.packed[-4:])))
    return address.is_global and not address.is_multicast


_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
