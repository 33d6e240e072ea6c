"""Composition root and operators' commands: `python -m raftstore serve | status | seatmap | history`."""

import argparse
import asyncio
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from raftstore import operate
from raftstore.composition import serve
from raftstore.core.types import Config
from raftstore.errors import ConfigurationError, RaftstoreError

EXIT_FAILED = 1
EXIT_USAGE = 2


def parse_cluster(text: str) -> dict[int, str]:
    """`1=127.0.0.1:50051,2=...` as node id -> address.

    Raises:
        ConfigurationError: not of that form, or an id or address twice.
    """
    addresses: dict[int, str] = {}
    for part in text.split(","):
        node, separator, address = part.strip().partition("=")
        if not separator or not node.isdecimal() or int(node) == 0 or not address.rpartition(":")[2].isdecimal():
            raise ConfigurationError(f"--cluster: {part!r} is not of the form 1=127.0.0.1:50051")
        if int(node) in addresses or address in addresses.values():
            raise ConfigurationError(f"--cluster: {part!r} names a node or an address a second time")
        addresses[int(node)] = address
    return addresses


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m raftstore", description="A replicated seat store.")
    commands = parser.add_subparsers(dest="command", required=True)

    node = commands.add_parser("serve", help="run one node of a cluster")
    node.add_argument("--node", type=int, required=True, help="this node's id in --cluster")
    node.add_argument("--cluster", required=True, help="all nodes: 1=127.0.0.1:50051,2=127.0.0.1:50052,...")
    node.add_argument("--data", type=Path, required=True, help="this node's own data directory")
    node.add_argument("--heartbeat-ms", type=int, default=50)
    node.add_argument("--election-min-ms", type=int, default=150)
    node.add_argument("--election-max-ms", type=int, default=300)
    node.add_argument("--log-level", default="INFO", choices=["DEBUG", "INFO", "WARNING", "ERROR"])

    for name, help_text in (
        ("status", "what each node says of itself"),
        ("seatmap", "which seats of an inventory are held or sold"),
        ("history", "a seat's life, event by event"),
    ):
        query = commands.add_parser(name, help=help_text)
        query.add_argument("--addresses", default="127.0.0.1:50051,127.0.0.1:50052,127.0.0.1:50053")
        query.add_argument("--json", action="store_true", help="for programs")
        if name != "status":
            query.add_argument("inventory")
        if name == "history":
            query.add_argument("seat")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Returns the exit code: 0 done, 1 failed, 2 the command line is wrong."""
    arguments = _parser().parse_args(argv)
    try:
        if arguments.command == "serve":
            return _serve(arguments)
        addresses = [address.strip() for address in arguments.addresses.split(",")]
        match arguments.command:
            case "status":
                return operate.print_status(addresses, as_json=arguments.json)
            case "seatmap":
                return operate.print_seat_map(addresses, arguments.inventory, as_json=arguments.json)
            case _:
                return operate.print_history(addresses, arguments.inventory, arguments.seat, as_json=arguments.json)
    except ConfigurationError as error:
        print(f"raftstore: {error}", file=sys.stderr)
        return EXIT_USAGE
    except RaftstoreError as error:
        print(f"raftstore: {error}", file=sys.stderr)
        return EXIT_FAILED


def _serve(arguments: argparse.Namespace) -> int:
    logging.basicConfig(
        level=arguments.log_level,
        format=f"%(asctime)s level=%(levelname)s logger=%(name)s node={arguments.node} %(message)s",
    )
    addresses = parse_cluster(arguments.cluster)
    try:
        config = Config(
            node=arguments.node,
            members=frozenset(addresses),
            heartbeat_ms=arguments.heartbeat_ms,
            election_min_ms=arguments.election_min_ms,
            election_max_ms=arguments.election_max_ms,
        )
    except ValueError as error:
        raise ConfigurationError(str(error)) from error
    return asyncio.run(serve(config, addresses, arguments.data))


if __name__ == "__main__":
    sys.exit(main())
