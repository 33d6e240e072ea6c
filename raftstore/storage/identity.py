"""Which node a data directory belongs to, and which of that node's disks it is.

A node id belongs to one disk for ever (core/membership.py). The incarnation, drawn when a directory is made, tells
that disk from an empty one that later comes back under the same id, having forgotten what it promised.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Final

from raftstore.errors import ConfigurationError, StorageError

from .base import Directory, read_file

FILE_NAME: Final = "identity.json"
INCARNATION_BITS: Final = 63
REBUILD_SECTION: Final = '"A node\'s disk is lost or damaged" in docs/runbook.md'

DrawIncarnation = Callable[[], int]


@dataclass(frozen=True, slots=True)
class Identity:
    """
    Args:
        log_begun: the log was there once. Where there is none then, the node has forgotten what it promised.
    """

    node: int
    incarnation: int
    log_begun: bool = False


def read_identity(directory: Directory) -> Identity | None:
    """None if the directory has none yet.

    Raises:
        StorageError: it cannot be read as one.
    """
    if FILE_NAME not in directory.names():
        return None
    try:
        fields = json.loads(read_file(directory, FILE_NAME))
        identity = Identity(int(fields["node"]), int(fields["incarnation"]), bool(fields.get("log_begun")))
        if not 0 < identity.incarnation < 1 << INCARNATION_BITS:
            raise ValueError("the incarnation is out of range")
    except (ValueError, KeyError, TypeError) as error:
        raise StorageError(
            f"{directory.path}/{FILE_NAME} does not say whose directory this is ({error!r}); see {REBUILD_SECTION}"
        ) from error
    return identity


def write_identity(directory: Directory, identity: Identity) -> None:
    content = json.dumps(asdict(identity))
    directory.create(FILE_NAME, content.encode() + b"\n")


def note_log_begun(directory: Directory, identity: Identity) -> Identity:
    """Called once the log's first segment is durable, and before anything is promised."""
    if identity.log_begun:
        return identity
    begun = replace(identity, log_begun=True)
    write_identity(directory, begun)
    return begun


def claim(directory: Directory, node: int, draw_incarnation: DrawIncarnation) -> Identity:
    """The identity of a directory, which is made if the directory is new.

    Raises:
        ConfigurationError: it is another node's.
        StorageError: it holds a node's files, but not whose.
    """
    identity = read_identity(directory)
    if identity is None:
        if directory.names("log") or "state.sqlite3" in directory.names():
            raise StorageError(
                f"{directory.path} holds a node's files but no {FILE_NAME}: it was lost, or an earlier version of this "
                f"program, which wrote none, made the directory; see {REBUILD_SECTION}"
            )
        identity = Identity(node, draw_incarnation())
        write_identity(directory, identity)
    if identity.node != node:
        raise ConfigurationError(f"{directory.path} belongs to node {identity.node}, not to node {node}")
    return identity
