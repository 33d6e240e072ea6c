"""Mistakes in writing to disks and in believing what they give back."""

from raftstore.sim.mutation import Edit, Mutant

DISKS = (
    Mutant(
        "write-without-sync",
        "What is acknowledged is in the disk's memory alone, and a power cut takes it.",
        Edit("storage/wal.py", "        file.sync()\n        self._synced.write", "        self._synced.write"),
    ),
    Mutant(
        "failed-sync-is-taken-for-done",
        "A sync that failed is repeated, and now succeeds: the system has thrown away what was to be written.",
        Edit(
            "storage/wal.py",
            "        file.sync()\n",
            "        try:\n            file.sync()\n        except OSError:\n            pass\n",
        ),
    ),
    Mutant(
        "vote-lost-with-its-segment",
        "The term and the vote were written to a segment that is dropped, and are not carried into the next.",
        Edit(
            "storage/wal.py",
            "content += _encode(wal_format.seed_of(content), self._hard_state, entries, len(content))",
            "content += _encode(wal_format.seed_of(content), HardState(0, None), entries, len(content))",
        ),
        Edit("storage/recovery.py", "if record.term < log.hard_state.term:", "if False:"),
    ),
    Mutant(
        "torn-write-is-read",
        "No checksum is looked at: what a power cut left of a write at the end of the log is taken for entries.",
        Edit("storage/wal_format.py", " and crc32(payload) == self.payload_crc32", ""),
        Edit(
            "storage/wal_format.py",
            "        if payload[end : end + _CRC.size] != _CRC.pack(crc32(view[start:end])):",
            "        if False:",
        ),
        tests=("storage/tests/test_wal.py",),
    ),
    Mutant(
        "damage-is-cut-off",
        "Damage to what was acknowledged is taken for an unfinished write, and everything after it forgotten.",
        Edit("storage/segment.py", "        if synced_bytes > self.end:", "        if False:"),
        Edit("storage/segment.py", "        if self.torn_bytes:\n            self._refuse_if_later_writes()", ""),
        tests=("storage/tests/test_damage.py",),
    ),
    Mutant(
        "state-file-rewritten-in-steps",
        "The state file is rewritten in place: a crash between two steps leaves a state that belongs to no index.",
        Edit(
            "storage/checkpoint.py",
            "            state_rows.write(connection, changes)\n",
            "            state_rows.write(connection, replace(changes, seats=(), holds=()))\n"
            '            connection.execute("COMMIT")\n'
            "            self._file.committed()\n"
            '            connection.execute("BEGIN IMMEDIATE")\n'
            "            state_rows.write(connection, changes)\n",
        ),
        Edit("storage/checkpoint.py", "import sqlite3\n", "import sqlite3\nfrom dataclasses import replace\n"),
    ),
    Mutant(
        "disk-that-hangs-keeps-the-lead",
        "A leader whose disk does not answer goes on leading, and nobody is answered.",
        Edit(
            "core/raft.py",
            "            if on:\n                transfer.step_aside(self, now_ms)",
            "            self.stands_aside = False",
        ),
    ),
)
