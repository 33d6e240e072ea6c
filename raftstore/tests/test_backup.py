"""A backup's file is there complete and checked, or not at all."""

import hashlib
import sqlite3
from pathlib import Path

import pytest

from raftstore.operate.backup import CopyDamaged, PartialFile, checksum_file
from raftstore.rpc.cluster_pb2 import BackupChunk, BackupDescription


@pytest.fixture
def content(tmp_path: Path) -> bytes:
    """A database, as a node would send it."""
    source = tmp_path / "source"
    with sqlite3.connect(source) as database:
        database.execute("CREATE TABLE seats (seat TEXT)")
        database.executemany("INSERT INTO seats VALUES (?)", [(f"A-{n}",) for n in range(2_000)])
    database.close()
    return source.read_bytes()


def receive(file: Path, described: bytes, *parts: bytes) -> None:
    description = BackupDescription(index=7, size_bytes=len(described), sha256=hashlib.sha256(described).digest())
    with PartialFile(file) as partial:
        for chunk in (BackupChunk(description=description), *(BackupChunk(content=part) for part in parts)):
            partial.take(chunk)
        assert partial.keep().index == 7


def test_what_arrives_whole_is_kept_with_its_checksum(tmp_path: Path, content: bytes):
    file = tmp_path / "backups" / "monday"
    file.parent.mkdir()
    receive(file, content, content[:5_000], content[5_000:])
    assert file.read_bytes() == content
    assert checksum_file(file).read_text() == f"{hashlib.sha256(content).hexdigest()}  monday\n"
    assert len(list(file.parent.iterdir())) == 2


def test_what_arrives_altered_short_or_long_is_not_kept(tmp_path: Path, content: bytes):
    altered = content[:6_000] + bytes([content[6_000] ^ 1]) + content[6_001:]
    for parts in ((altered,), (content[:-1],), (content, b"x"), ()):
        directory = tmp_path / "backups"
        directory.mkdir(exist_ok=True)
        with pytest.raises(CopyDamaged, match="not what the node sent"):
            receive(directory / "monday", content, *parts)
        assert list(directory.iterdir()) == []


def test_what_arrives_as_the_node_sent_it_but_is_no_sound_database_is_not_kept(tmp_path: Path, content: bytes):
    directory = tmp_path / "backups"
    directory.mkdir()
    for unsound in (b"no database at all" * 100, content[:8_192] + bytes(4_096) + content[12_288:]):
        with pytest.raises(CopyDamaged):
            receive(directory / "monday", unsound, unsound)
        assert list(directory.iterdir()) == []
