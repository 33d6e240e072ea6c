"""Mistakes in making logs equal and in deciding what is committed."""

from raftstore.sim.mutation import Edit, Mutant

LOGS = (
    Mutant(
        "commits-an-earlier-term-by-counting",
        "§5.4.2, Figure 8: an entry of an earlier term is taken for committed because a majority has it.",
        Edit("core/replication.py", " and raft.log.term_at(index) == raft.term:", ":"),
    ),
    Mutant(
        "truncates-on-a-matching-append",
        "§5.3: a delayed AppendEntries takes back what later ones brought.",
        Edit(
            "core/replication.py",
            "if known_term == entry.term:",
            "if known_term == entry.term and entry.index <= raft.commit_index:",
        ),
    ),
    Mutant(
        "has-it-already-by-index-alone",
        "§5.3: an entry of another term at the same index is taken for the one that is sent.",
        Edit("core/replication.py", "if known_term == entry.term:", "if known_term is not None:"),
    ),
    Mutant(
        "conflict-without-truncation",
        "§5.3: an entry that conflicts is replaced, but those after it stay.",
        Edit(
            "core/replication.py",
            "            raft.truncate_from(entry.index)\n        raft.store(entry)",
            "            raft.log._entries[entry.index - raft.log.base.index - 1] = entry\n"
            "            raft.journal.store(entry)\n            continue\n        raft.store(entry)",
        ),
    ),
    Mutant(
        "no-consistency-check",
        "§5.3: entries are appended wherever the log ends.",
        Edit(
            "core/replication.py",
            "elif raft.log.term_at(prev_index) != append.prev_term:",
            "elif raft.log.term_at(prev_index) is None:",
        ),
    ),
    Mutant(
        "commits-beyond-the-match",
        "Figure 2: leaderCommit is obeyed for entries that were never compared with the leader's.",
        Edit(
            "core/replication.py",
            "raft.commit_to(min(append.commit_index, match_index))",
            "raft.commit_to(min(append.commit_index, raft.log.last_index))",
        ),
    ),
    Mutant(
        "heartbeat-commits-the-own-log",
        "Figure 2: on a heartbeat the commit index is clamped to the own last entry instead of the matched one.",
        Edit(
            "core/replication.py",
            "raft.commit_to(min(append.commit_index, match_index))",
            "raft.commit_to(min(append.commit_index, match_index if entries else raft.log.last_index))",
        ),
    ),
    Mutant(
        "commits-the-length-of-the-log",
        "§5.3: when something commits, everything the leader has counts as committed.",
        Edit(
            "core/replication.py",
            "        raft.commit_to(index)\n        if is_settled",
            "        raft.commit_to(raft.log.last_index)\n        if is_settled",
        ),
    ),
    Mutant(
        "commit-scan-stops-at-an-older-term",
        "§5.4.2: what follows an entry of an earlier term is never looked at, and never commits.",
        Edit(
            "core/replication.py",
            "raft.log.term_at(index) == raft.term:",
            "raft.log.term_at(raft.commit_index + 1) == raft.term:",
        ),
    ),
    Mutant(
        "follower-acknowledges-before-sync",
        "Figure 2: a follower says it has what is not on its disk yet.",
        Edit(
            "core/replication.py",
            "raft.promise(sender, AppendReply(raft.term, True,",
            "raft.send(sender, AppendReply(raft.term, True,",
        ),
    ),
    Mutant(
        "leader-counts-itself-before-sync",
        "diss. §10.2.1: a leader counts an entry on its own disk before it is there.",
        Edit("core/replication.py", "raft.durable_index if node == own", "raft.log.last_index if node == own"),
    ),
    Mutant(
        "handed-out-before-durable-here",
        "The index ladder: what a majority has is applied, and checkpointed, though this node's disk does not have it.",
        Edit("core/raft.py", "last = min(self.commit_index, self.durable_index)", "last = self.commit_index"),
        Edit("core/state.py", "<= last and handed_out <= durable <= last):", "<= last and durable <= last):"),
    ),
    Mutant(
        "match-index-goes-back",
        "Figure 2: a late answer lowers what the leader knows of a follower.",
        Edit(
            "core/progress.py",
            "self.match_index = max(self.match_index, match_index)",
            "self.match_index = match_index",
        ),
    ),
    Mutant(
        "lost-append-never-sent-again",
        "§5.3: heartbeats build on what was acknowledged and so never find out what was lost.",
        Edit(
            "core/appends.py",
            "else progress.next_index - 1, ())",
            "else max(progress.match_index, raft.log.base.index), ())",
        ),
        Edit(
            "core/replication.py",
            "            progress.lost()\n            _send_entries(raft, peer, progress)",
            "            raft.send(peer, heartbeat(raft, progress))",
        ),
    ),
    Mutant(
        "stale-rejection-rewinds",
        "§5.3: a rejection of long ago makes the leader forget what the follower has.",
        Edit("core/progress.py", " or rejected_index <= self.match_index:", ":"),
        Edit(
            "core/progress.py",
            "        self.next_index = max(min(agreement, rejected_index - 1), self.match_index) + 1",
            "        self.match_index = min(self.match_index, rejected_index - 1)\n"
            "        self.next_index = max(min(agreement, rejected_index - 1), self.match_index) + 1",
        ),
    ),
    Mutant(
        "one-slow-follower-blocks-the-leader",
        "The leader takes nothing new before every follower has what came before.",
        Edit(
            "runtime/proposing.py",
            "        return self._applier.machine.applied_index >= raft.term_start_index",
            "        if any(progress.match_index < raft.commit_index for progress in raft.progress.values()):\n"
            "            return False\n"
            "        return self._applier.machine.applied_index >= raft.term_start_index",
        ),
    ),
    Mutant(
        "proposals-share-an-index",
        "§5.3: who proposes while another proposal is under way gets the same next index, and replaces it.",
        Edit(
            "core/state.py",
            "        entry = Entry(self.log.last_index + 1, self.term, kind, data)",
            "        if self.log.term_at(self.commit_index + 1) == self.term:\n"
            "            self.truncate_from(self.commit_index + 1)\n"
            "        entry = Entry(self.log.last_index + 1, self.term, kind, data)",
        ),
    ),
    Mutant(
        "backlog-not-applied",
        "§5.4.2: a new leader applies its own entries only; those before are committed, and not carried out.",
        Edit(
            "core/raft.py",
            "        entries = tuple(self.log.between(self.handed_out_index + 1, last))",
            "        entries = tuple(\n"
            "            entry\n"
            "            for entry in self.log.between(self.handed_out_index + 1, last)\n"
            "            if self.role is not Role.LEADER or entry.term == self.term\n"
            "        )",
        ),
        Edit("seats/machine.py", "if index != self.applied_index + 1:", "if index <= self.applied_index:"),
    ),
    Mutant(
        "uncommitted-log-replayed-at-start",
        "Figure 2: after a restart everything in the log is applied, committed or not.",
        Edit("core/state.py", "self.commit_index = applied_index", "self.commit_index = self.log.last_index"),
    ),
    Mutant(
        "refused-command-stays-in-the-log",
        "§8: a command that is refused, because leadership is on its way to another, was appended already.",
        Edit(
            "core/raft.py",
            "        self._require_leadership()\n        for data in payloads:\n",
            "        for data in payloads:\n",
        ),
        Edit(
            "core/raft.py",
            "            self.append(EntryKind.COMMAND, data)\n",
            "            self.append(EntryKind.COMMAND, data)\n        self._require_leadership()\n",
        ),
        Edit("runtime/proposing.py", "is not Role.LEADER or raft.transferring or", "is not Role.LEADER or"),
        Edit(
            "runtime/proposing.py",
            "        index = self._raft.propose([codec.encode_payload(payload.time_ms, payload.wall_ms, wires)])\n",
            "        try:\n"
            "            index = self._raft.propose([codec.encode_payload(payload.time_ms, payload.wall_ms, wires)])\n"
            "        except NotLeader:\n"
            "            for submission in gathered:\n"
            '                submission.answer_all(not_leader(""))\n'
            "            return\n",
        ),
        Edit(
            "runtime/proposing.py",
            "from raftstore.core.types import",
            "from raftstore.core.refusals import NotLeader\nfrom raftstore.core.types import",
        ),
    ),
    Mutant(
        "old-leader-is-obeyed",
        "§5.1: entries of a leader whose term is over are accepted.",
        Edit("core/replication.py", "if append.term < raft.term:", "if append.term + 1 < raft.term:"),
    ),
)
