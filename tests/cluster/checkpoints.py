"""What the nodes' SQLite files say, read as any SQLite tool would."""

import sqlite3
from pathlib import Path

from tests.running.store_cluster import StoreCluster
from tests.running.waiting import wait_for

Dump = dict[str, list[tuple[object, ...]]]


def dump(directory: Path) -> Dump:
    """Every table and view, row by row, in order; read while the node may be writing."""
    with sqlite3.connect(f"file:{directory / 'state.sqlite3'}?mode=ro", uri=True) as connection:
        connection.execute("BEGIN")
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")]
        tables = {name: sorted(connection.execute(f'SELECT * FROM "{name}"'), key=repr) for name in names}
    connection.close()
    return tables


def agreed(cluster: StoreCluster) -> Dump:
    """The one content that the files of all nodes come to have, once everything is applied and checkpointed."""

    def same() -> Dump | None:
        dumps = [dump(cluster.data_dir(node)) for node in cluster.nodes]
        return dumps[0] if all(other == dumps[0] for other in dumps) else None

    return wait_for(same, "the nodes' SQLite files to agree", 30)
