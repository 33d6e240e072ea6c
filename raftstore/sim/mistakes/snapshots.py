"""Mistakes in forgetting the log, and in sending a state in its place."""

from raftstore.sim.mutation import Edit, Mutant

SNAPSHOTS = (
    Mutant(
        "dedup-table-missing-from-the-snapshot",
        "§8: what was answered is forgotten with a snapshot or a restart, and a retry is carried out again.",
        Edit("seats/machine.py", "machine._answered.restore(state.requests, ", "machine._answered.restore((), "),
        Edit("seats/machine.py", "restore(state.sessions, state.answers,", "restore(state.sessions, (),"),
    ),
    Mutant(
        "conflicting-log-survives-the-snapshot",
        "§7: a log that differs from the snapshot at its last entry is kept.",
        Edit(
            "core/installation.py",
            "raft.log.term_at(base.index) == base.term",
            "raft.log.term_at(base.index) is not None",
        ),
    ),
    Mutant(
        "matching-snapshot-discards-the-suffix",
        "§7: entries after the snapshot that were acknowledged are thrown away with it.",
        Edit(
            "core/installation.py",
            "return base.index <= raft.commit_index or raft.log.term_at(base.index) == base.term",
            "return base.index <= raft.commit_index",
        ),
    ),
    Mutant(
        "stale-snapshot-is-installed",
        "§7: a snapshot of long ago arrives late and takes the state back.",
        Edit("core/installation.py", "return base.index <= raft.commit_index or raft", "return raft"),
        Edit("core/state.py", "invariant(base.index > self.commit_index,", "invariant(True,"),
    ),
    Mutant(
        "applies-while-a-snapshot-takes-its-place",
        "Entries are applied to a state machine that is just being replaced, and applied again to the new one.",
        Edit("runtime/applying.py", "    def hold_still(self) -> None:", "    def _ignored(self) -> None:"),
        Edit(
            "runtime/applying.py",
            "    def go_on(self) -> None:",
            "    def hold_still(self) -> None:\n        pass\n\n    def go_on(self) -> None:",
        ),
        Edit(
            "core/raft.py",
            "if last <= self.handed_out_index or self.installation.is_installing:",
            "if last <= self.handed_out_index:",
        ),
        Edit(
            "core/replication.py",
            "    if raft.installation.is_installing:\n        return ()\n",
            "",
        ),
        tests=(
            "core/tests/test_installation.py",
            "tests/test_node_snapshots.py",
        ),
    ),
    Mutant(
        "log-forgotten-before-the-checkpoint-is-durable",
        "§7: the log is cut behind a checkpoint that a power cut can still take away.",
        Edit("storage/checkpoint.py", "            self._file.sync()\n", "            pass\n"),
    ),
    Mutant(
        "snapshot-not-verified",
        "§7: a snapshot that was damaged on its way becomes the state.",
        Edit(
            "storage/snapshot.py",
            "            fault = self._fault(ref)\n",
            "            fault, _ = None, self._open(ref)\n",
        ),
        tests=("storage/tests/test_node_directory.py",),
    ),
    Mutant(
        "chunks-out-of-place",
        "Figure 13: a chunk that came twice is appended twice.",
        Edit("storage/snapshot.py", "if data and offset == file.size_bytes and", "if data and"),
    ),
)
