"""What several commands' arguments have in common: which nodes, with which certificates, and how a node is named."""

import argparse
import asyncio
import os
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from raftstore.errors import ConfigurationError
from raftstore.transport.security import Security, load_security_if_given

DEFAULT_ADDRESSES = "127.0.0.1:50051,127.0.0.1:50052,127.0.0.1:50053"


@dataclass(frozen=True, slots=True)
class NamedNode:
    """`4=127.0.0.1:50054`"""

    node: int
    address: str


def parse_node(text: str, option: str) -> NamedNode:
    """
    Raises:
        ConfigurationError: not of the form 4=127.0.0.1:50054.
    """
    node, separator, address = text.strip().partition("=")
    host, _, port = address.rpartition(":")
    if not separator or not node.isdecimal() or int(node) == 0 or not host or not port.isdecimal():
        raise ConfigurationError(f"{option}: {text!r} is not of the form 1=127.0.0.1:50051")
    return NamedNode(int(node), address)


def parse_cluster(text: str) -> dict[int, str]:
    """`1=127.0.0.1:50051,2=...` as node id -> address.

    Raises:
        ConfigurationError: not of that form, or an id or address twice.
    """
    addresses: dict[int, str] = {}
    for part in text.split(","):
        named = parse_node(part, "--cluster")
        if named.node in addresses or named.address in addresses.values():
            raise ConfigurationError(f"--cluster: {part!r} names a node or an address a second time")
        addresses[named.node] = named.address
    return addresses


def add_tls(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("certificates (script/certs makes them; needed beyond the loopback)")
    for name, text in (
        ("ca", "the authority to believe"),
        ("cert", "the certificate to show"),
        ("key", "its key"),
    ):
        variable = f"RAFTSTORE_TLS_{name.upper()}"
        group.add_argument(
            f"--tls-{name}", type=Path, metavar="FILE", default=_path_from(os.environ, variable),
            help=f"{text} (default: ${variable})",
        )  # fmt: skip


def add_nodes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--addresses",
        metavar="HOST:PORT,...",
        default=os.environ.get("RAFTSTORE_ADDRESSES") or DEFAULT_ADDRESSES,
        help="where to look for nodes; one leads to the others (default: $RAFTSTORE_ADDRESSES, now %(default)s)",
    )
    add_tls(parser)


def add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="for programs")


def security_from(arguments: argparse.Namespace) -> Security | None:
    """
    Raises:
        ConfigurationError: only some of the three are given, or they are not what they should be.
    """
    return load_security_if_given(authority=arguments.tls_ca, certificate=arguments.tls_cert, key=arguments.tls_key)


def addresses_from(arguments: argparse.Namespace) -> list[str]:
    """
    Raises:
        ConfigurationError: no address is given.
    """
    addresses = [address.strip() for address in arguments.addresses.split(",") if address.strip()]
    if not addresses:
        raise ConfigurationError("--addresses: name at least one node, such as 127.0.0.1:50051")
    return addresses


def awaiting(
    command: Callable[[argparse.Namespace], Coroutine[Any, Any, int]],
) -> Callable[[argparse.Namespace], int]:
    """The command, run on an event loop of its own."""
    return lambda arguments: asyncio.run(command(arguments))


def _path_from(environment: Mapping[str, str], variable: str) -> Path | None:
    return Path(environment[variable]) if environment.get(variable) else None
