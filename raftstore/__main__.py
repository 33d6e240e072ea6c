"""`python -m raftstore`: runs a node, and carries out what operators ask for."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import uvloop

from raftstore import logs
from raftstore.composition import serve
from raftstore.core.membership import NO_MEMBERS, Membership, MembershipError
from raftstore.core.types import Config
from raftstore.errors import ConfigurationError, RaftstoreError
from raftstore.operate import backup, leadership, members, offline, seats, status
from raftstore.operate.arguments import add_tls, parse_cluster, security_from
from raftstore.runtime.limits import Limits
from raftstore.storage.identity import FILE_NAME as IDENTITY_NAME
from raftstore.transport.security import CertificateRole, Identity

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130
MIB = 1 << 20


def main(argv: Sequence[str] | None = None) -> int:
    """Returns the exit code: 0 done, 1 failed, 2 the command line is wrong."""
    arguments = _parser().parse_args(argv)
    try:
        code: int = arguments.run(arguments)
    except ConfigurationError as error:
        print(f"raftstore: {error}", file=sys.stderr)
        return EXIT_USAGE
    except RaftstoreError as error:
        print(f"raftstore: {error}", file=sys.stderr)
        return EXIT_FAILED
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m raftstore",
        description="A replicated seat store: runs a node, and carries out what operators ask for.",
        epilog="docs/runbook.md says what to do when something is wrong.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    _add_serve(commands)
    for group in (status, members, leadership, backup, offline, seats):
        group.add_commands(commands)
    return parser


def _add_serve(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    limits = Limits()
    parser = commands.add_parser(
        "serve",
        help="run one node of a cluster",
        description="Runs one node until SIGTERM or SIGINT. Whom a node belongs with is written in its data directory; "
        "--cluster or --join only count when that is new.",
    )
    parser.add_argument("--node", type=int, required=True, metavar="N", help="this node's id")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="this node's own data directory")
    begin = parser.add_mutually_exclusive_group()
    begin.add_argument(
        "--cluster",
        metavar="N=HOST:PORT,...",
        help="all nodes that form a new cluster together, this one included; all must be up once",
    )
    begin.add_argument("--join", action="store_true", help="wait until `members add` or `members replace` takes it in")
    parser.add_argument(
        "--address", metavar="HOST:PORT", help="where this node answers the others (default: its own in --cluster)"
    )
    parser.add_argument("--heartbeat-ms", type=int, default=50, help="how often a leader is heard (%(default)s)")
    parser.add_argument("--election-min-ms", type=int, default=150, help="silence before an election (%(default)s)")
    parser.add_argument("--election-max-ms", type=int, default=300, help="... at most (%(default)s)")
    parser.add_argument(
        "--compact-after-entries",
        type=int,
        default=limits.compact_after_entries,
        metavar="N",
        help="cut the log when it has this many entries (%(default)s)",
    )
    parser.add_argument(
        "--compact-after-mib",
        type=int,
        default=limits.compact_after_bytes // MIB,
        metavar="MIB",
        help="... or this size (%(default)s)",
    )
    parser.add_argument(
        "--disk-reserve-mib",
        type=int,
        default=limits.disk_reserve_bytes // MIB,
        metavar="MIB",
        help="take no writes when the disk has less room than this (%(default)s)",
    )
    parser.add_argument(
        "--disk-stall-ms",
        type=int,
        default=limits.disk_stall_ms,
        metavar="MS",
        help="hand leadership over when a write takes longer than this (%(default)s)",
    )
    parser.add_argument(
        "--metrics-port", type=int, metavar="PORT", help="serve Prometheus metrics there (default: not)"
    )
    parser.add_argument("--metrics-host", default="127.0.0.1", metavar="HOST", help="... on this address (%(default)s)")
    parser.add_argument("--log-level", default="INFO", choices=["DEBUG", "INFO", "WARNING", "ERROR"])
    parser.add_argument("--log-format", default="text", choices=["text", "json"], help="key=value, or one JSON a line")
    add_tls(parser)
    parser.set_defaults(run=_serve)


def _serve(arguments: argparse.Namespace) -> int:
    bootstrap, address = _place(arguments)
    try:
        config = Config(
            node=arguments.node,
            heartbeat_ms=arguments.heartbeat_ms,
            election_min_ms=arguments.election_min_ms,
            election_max_ms=arguments.election_max_ms,
        )
    except ValueError as error:
        raise ConfigurationError(str(error)) from error
    limits = Limits(
        compact_after_entries=arguments.compact_after_entries,
        compact_after_bytes=arguments.compact_after_mib * MIB,
        disk_reserve_bytes=arguments.disk_reserve_mib * MIB,
        disk_stall_ms=arguments.disk_stall_ms,
    )
    security = security_from(arguments)
    itself = Identity(CertificateRole.NODE, str(arguments.node))
    if security and security.identity != itself:
        shown = f"{security.identity.role} {security.identity.name}"
        raise ConfigurationError(f"--tls-cert is a certificate for {shown}, not for node {arguments.node}")
    logs.set_up(level=arguments.log_level, log_format=arguments.log_format, node=arguments.node)
    port = arguments.metrics_port
    serving = serve(
        config,
        address=address,
        bootstrap=bootstrap,
        data=arguments.data,
        security=security,
        metrics_address=f"{arguments.metrics_host}:{port}" if port is not None else None,
        limits=limits,
    )
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(serving)


def _place(arguments: argparse.Namespace) -> tuple[Membership, str]:
    """Whom the node is to form a cluster with, if its data directory is new, and where it answers.

    Raises:
        ConfigurationError: it does not say, or the node is not in the cluster that it names.
    """
    node, address = arguments.node, arguments.address
    if arguments.cluster:
        addresses = parse_cluster(arguments.cluster)
        if node not in addresses:
            raise ConfigurationError(f"node {node} is not a member of --cluster {arguments.cluster}")
        if address not in (None, addresses[node]):
            raise ConfigurationError(f"--address {address} is not what --cluster says of node {node}")
        try:
            return Membership.unformed(addresses), addresses[node]
        except MembershipError as error:
            raise ConfigurationError(f"--cluster: {error}") from error
    if address is None:
        raise ConfigurationError("give --address HOST:PORT, where this node answers the others")
    if not arguments.join and not (arguments.data / IDENTITY_NAME).exists():
        raise ConfigurationError(
            f"{arguments.data} is new: say with --cluster whom to form a cluster with, or with --join that the node "
            "is to be taken in by one"
        )
    return NO_MEMBERS, address


if __name__ == "__main__":
    sys.exit(main())
