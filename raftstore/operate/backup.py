"""A consistent copy of the whole store in one file, while it serves: seats, history, members, everything.

The file is the checkpoint of one node as of one log index (docs/decisions/007-snapshots-are-checkpoints.md), which any
SQLite tool opens. Its checksum lies beside it, as `sha256sum --check` reads it.
"""

import argparse
import contextlib
import hashlib
import json
import os
import sqlite3
from pathlib import Path

import grpc

from raftstore.errors import ConfigurationError, OperationRefused, RaftstoreError, StoreUnavailable
from raftstore.rpc.cluster_pb2 import BackupChunk, BackupDescription, BackupRequest, StatusReply

from .arguments import add_json, add_nodes, addresses_from, awaiting, security_from
from .nodes import Nodes, leader_among, problem_of
from .tables import size_of

# A node may drop the copy for a newer one while it is read; then the next attempt begins anew.
ATTEMPTS = 3
BACKUP_LIMIT_S = 3_600


class CopyDamaged(RaftstoreError):
    """What arrived is not what the node has."""


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "backup",
        help="a consistent copy of the whole store in one file",
        description="Writes everything that was acknowledged up to now to FILE, and its checksum to FILE.sha256, while "
        "the store serves. FILE is there complete and checked, or not at all.",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="must not be there yet")
    parser.add_argument(
        "--node", type=int, metavar="N", help="copy from this node, as far as it has come (default: the leader)"
    )
    add_json(parser)
    add_nodes(parser)
    parser.set_defaults(run=awaiting(write_backup))


async def write_backup(arguments: argparse.Namespace) -> int:
    file: Path = arguments.file
    for path in (file, checksum_file(file)):
        if path.exists():
            raise ConfigurationError(f"{path} is there already; name another file")
    async with Nodes(addresses_from(arguments), security_from(arguments)) as nodes:
        source = await _source(nodes, arguments.node)
        description = await _fetch(nodes, source, file)
    if arguments.json:
        document = {
            "file": str(file),
            "node": source.node,
            "index": description.index,
            "term": description.term,
            "bytes": description.size_bytes,
            "sha256": description.sha256.hex(),
        }
        print(json.dumps(document, indent=2))
    else:
        print(f"{file}: {size_of(description.size_bytes)} from node {source.node}, the state as of {description.index}")
    return 0


def checksum_file(file: Path) -> Path:
    return file.with_name(f"{file.name}.sha256")


async def _source(nodes: Nodes, node: int | None) -> StatusReply:
    """The node to copy from: the one that is named, or the leader, or else the one that has most."""
    reports = await nodes.reports()
    replies = [report.reply for report in reports if report.reply and node in (None, report.reply.node)]
    if not replies:
        raise StoreUnavailable(f"node {node} does not answer" if node else "no node answers")
    return (leader_among(reports) if node is None else None) or max(replies, key=lambda reply: reply.applied_index)


async def _fetch(nodes: Nodes, source: StatusReply, file: Path) -> BackupDescription:
    for attempt in range(ATTEMPTS):
        try:
            with PartialFile(file) as partial:
                call = nodes.stub(source.address).Backup(BackupRequest(), timeout=BACKUP_LIMIT_S)
                async for chunk in call:
                    partial.take(chunk)
                return partial.keep()
        except grpc.aio.AioRpcError as error:
            if error.code() is not grpc.StatusCode.INTERNAL or attempt == ATTEMPTS - 1:
                raise OperationRefused(f"node {source.node}: {problem_of(error)}") from error
    raise OperationRefused(f"node {source.node} did not finish a copy in {ATTEMPTS} attempts")


class PartialFile:
    """A file that gets its name only when it is complete, checked and durable."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._partial = file.with_name(f"{file.name}.partial")
        self._digest = hashlib.sha256()
        self._description = BackupDescription()

    def __enter__(self) -> "PartialFile":
        try:
            self._open = self._partial.open("wb")
        except OSError as error:
            raise ConfigurationError(f"{self._partial}: {error.strerror}") from error
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()
        with contextlib.suppress(FileNotFoundError):
            self._partial.unlink()

    def take(self, chunk: BackupChunk) -> None:
        if chunk.HasField("description"):
            self._description = chunk.description
            return
        self._digest.update(chunk.content)
        try:
            self._open.write(chunk.content)
        except OSError as error:
            raise RaftstoreError(f"{self._partial}: {error.strerror}") from error

    def keep(self) -> BackupDescription:
        """
        Raises:
            CopyDamaged: it is not what the node said it would send, or SQLite finds fault with it.
        """
        self._open.flush()
        os.fsync(self._open.fileno())
        size_bytes = self._open.tell()
        if (size_bytes, self._digest.digest()) != (self._description.size_bytes, self._description.sha256):
            raise CopyDamaged(f"{self._file}: what arrived is not what the node sent; nothing was kept")
        _check_database(self._partial)
        with checksum_file(self._file).open("w") as checksum:
            checksum.write(f"{self._digest.hexdigest()}  {self._file.name}\n")
            checksum.flush()
            os.fsync(checksum.fileno())
        os.replace(self._partial, self._file)
        directory = os.open(self._file.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
        return self._description


def _check_database(file: Path) -> None:
    try:
        with contextlib.closing(
            sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        ) as database:
            answer = database.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.Error as error:
        raise CopyDamaged(f"{file}: SQLite cannot read it: {error}") from error
    if answer != "ok":
        raise CopyDamaged(f"{file}: {answer}")
