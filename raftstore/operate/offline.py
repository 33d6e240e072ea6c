"""What is done to a data directory while no node runs on it: restore a backup, verify, go on without a majority."""

import argparse
import contextlib
import hashlib
import json
import random
from dataclasses import replace
from pathlib import Path

from raftstore.core.membership import Member, Membership, MembershipError
from raftstore.core.types import EntryKind
from raftstore.errors import ConfigurationError, OperationRefused, StorageError
from raftstore.storage import offline as directories
from raftstore.storage.files import RealDirectory
from raftstore.storage.identity import INCARNATION_BITS, read_identity
from raftstore.storage.node_directory import NodeDirectory, Opened
from raftstore.storage.verify import verify

from .arguments import add_json, parse_cluster
from .backup import checksum_file
from .tables import print_table

ACCEPT = "--i-accept-that-acknowledged-writes-may-be-lost"
READ_BYTES = 1 << 20


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    restoring = commands.add_parser(
        "restore",
        help="make a new cluster's data directory from a backup",
        description="Makes a data directory for node N of a new cluster from a backup. Give it once for each node of "
        "--cluster, with the same FILE; then start them all, as the cluster forms once all are up.",
    )
    restoring.add_argument("file", type=Path, metavar="FILE", help="what `backup` wrote; FILE.sha256 lies beside it")
    restoring.add_argument("--node", type=int, required=True, metavar="N", help="whose directory it becomes")
    restoring.add_argument("--data", type=Path, required=True, metavar="DIR", help="new, or empty")
    restoring.add_argument("--cluster", required=True, metavar="N=HOST:PORT,...", help="all nodes of the new cluster")
    restoring.set_defaults(run=restore_backup)

    verifying = commands.add_parser(
        "verify",
        help="check a stopped node's data directory: log, checkpoint, hash chain",
        description="Reads all of a stopped node's data directory and says of each part whether it is what was "
        "written. Changes nothing. Exits with 1 when something is wrong.",
    )
    verifying.add_argument("data", type=Path, metavar="DIR")
    add_json(verifying)
    verifying.set_defaults(run=verify_directory)

    recovering = commands.add_parser(
        "recover",
        help="last resort: go on with one node when the majority is lost for ever",
        description="Last resort, when a majority of the nodes is lost for ever: makes this stopped node a cluster of "
        f"its own, which others can then join. Without {ACCEPT} it only says what the node has, and changes nothing.",
    )
    recovering.add_argument("--data", type=Path, required=True, metavar="DIR", help="the surviving node's directory")
    recovering.add_argument(
        ACCEPT,
        dest="accepted",
        action="store_true",
        help="do it: what this node never received, or the others never had, is decided by what it has",
    )
    recovering.set_defaults(run=recover)


def _draw() -> int:
    return random.SystemRandom().randrange(1, 1 << INCARNATION_BITS)


# --- Restore --------------------------------------------------------------------------------------


def restore_backup(arguments: argparse.Namespace) -> int:
    addresses = parse_cluster(arguments.cluster)
    if arguments.node not in addresses:
        raise ConfigurationError(f"node {arguments.node} is not a member of --cluster {arguments.cluster}")
    _check_checksum(arguments.file)
    try:
        membership = Membership.unformed(addresses).encode()
    except MembershipError as error:
        raise ConfigurationError(f"--cluster: {error}") from error
    restored = directories.restore(
        arguments.file,
        RealDirectory(arguments.data),
        node=arguments.node,
        draw_incarnation=_draw,
        membership=membership,
    )
    print(f"{arguments.data}: node {arguments.node}, the state as of {restored.base.index}")
    print(f"Restore the same file for every node of {arguments.cluster}, then start them all; this one with:")
    print(f"  serve --node {arguments.node} --data {arguments.data} --address {addresses[arguments.node]}")
    return 0


def _check_checksum(file: Path) -> None:
    checksum = checksum_file(file)
    try:
        expected = checksum.read_text().split()[0]
        digest = hashlib.sha256()
        with file.open("rb") as content:
            while part := content.read(READ_BYTES):
                digest.update(part)
    except (OSError, IndexError) as error:
        raise ConfigurationError(
            f"{file} and {checksum} are both needed ({error}); for a file that you trust without: "
            f"sha256sum {file} > {checksum}"
        ) from error
    if digest.hexdigest() != expected:
        raise StorageError(f"{file} is not what was backed up: its SHA-256 is {digest.hexdigest()}, not {expected}")


# --- Verify ---------------------------------------------------------------------------------------


def verify_directory(arguments: argparse.Namespace) -> int:
    """Returns 1 when something is wrong."""
    _require_directory(arguments.data)
    findings = verify(RealDirectory(arguments.data, for_reading=True))
    if arguments.json:
        items = [
            {"item": one.item, "detail": one.detail, "problem": one.problem, "offset": one.offset}
            for one in findings.items
        ]
        print(json.dumps({"ok": findings.ok, "items": items}, indent=2))
    else:
        rows = [
            {"part": one.item, "": "WRONG" if one.problem else "ok", "what": one.problem or one.detail}
            for one in findings.items
        ]
        print_table(("part", "", "what"), rows)
        print(
            "everything is as it was written"
            if findings.ok
            else "see docs/runbook.md, A node's disk is lost or damaged"
        )
    return 0 if findings.ok else 1


# --- Recover --------------------------------------------------------------------------------------


def recover(arguments: argparse.Namespace) -> int:
    _require_directory(arguments.data)
    node = _node_of(arguments.data)
    files, opened = NodeDirectory.open(RealDirectory(arguments.data), node=node, draw_incarnation=_never)
    with contextlib.closing(files):
        members = _members_with(node, opened)
        itself = members.get(node) if members else None
        if members is None or itself is None:
            raise OperationRefused(
                f"node {node} is not a member of a cluster that was formed; there is nothing to keep"
            )
        others = [member for member in members.members if member.node != node]
        print(_what_it_has(opened, members))
        if not arguments.accepted:
            print(_warning(others))
            return 1
        alone = Membership(_draw(), (Member(node, itself.address, itself.incarnation),), members.highest_node)
        entry = directories.append_config(files, opened, alone.encode())
    print(
        f"node {node} is a cluster of its own as of index {entry.index}. Start it as before; then take in new nodes "
        f"with ids above {members.highest_node}. "
        f"Never again start another of the old nodes ({_names(others)}) on its old data."
    )
    return 0


def _members_with(node: int, opened: Opened) -> Membership | None:
    """The membership of a formed cluster that the node goes by; None if it belongs to none.

    The log's last change may let the node go, and is not known to be committed: then it is the one before. Any earlier
    change is committed, as changes are made one at a time (diss. §4.1).
    """
    encoded = [opened.machine.membership] if opened.machine.membership else []
    encoded += [
        entry.data
        for entry in opened.recovered.entries
        if entry.kind is EntryKind.CONFIG and entry.index > opened.machine.applied_index
    ]
    memberships = [Membership.decode(one) for one in encoded]
    with_node = [one for one in memberships[-2:] if one.is_formed and node in one]
    if not with_node:
        return None
    # An id that the last change gave is not given again.
    return replace(with_node[-1], highest_node=memberships[-1].highest_node)


def _what_it_has(opened: Opened, members: Membership) -> str:
    recovered = opened.recovered
    last = recovered.entries[-1] if recovered.entries else recovered.base
    voters = ", ".join(str(node) for node in sorted(members.voters))
    return (
        f"node {opened.identity.node} has the log up to index {last.index} of term {last.term}, "
        f"of which {opened.machine.applied_index} is applied; the voters are {voters}"
    )


def _warning(others: list[Member]) -> str:
    return (
        f"Nothing was changed. If a majority can be started again, do that instead: then nothing is lost.\n"
        f"Otherwise: see to it that the others ({_names(others)}) stay stopped. Run this on every node that is left, "
        "and go on with the one whose log ends with the highest term and, of those, the highest index.\n"
        "Seats that were sold in the last moments may be free again there, and tickets for them were promised. To go "
        f"on, give {ACCEPT}"
    )


def _names(others: list[Member]) -> str:
    return ("nodes " if len(others) > 1 else "node ") + ", ".join(str(member.node) for member in others)


# --- All three ------------------------------------------------------------------------------------


def _require_directory(path: Path) -> None:
    if not path.is_dir():
        raise ConfigurationError(f"{path} is no directory")


def _node_of(path: Path) -> int:
    directory = RealDirectory(path, for_reading=True)
    try:
        identity = read_identity(directory)
    finally:
        directory.close()
    if identity is None:
        raise OperationRefused(f"{path} is not a node's data directory, or its identity is lost: verify says more")
    return identity.node


def _never() -> int:
    raise AssertionError("the directory has an identity")
