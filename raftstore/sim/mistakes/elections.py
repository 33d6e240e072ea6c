"""Mistakes in electing leaders and in being one."""

from raftstore.sim.mutation import Edit, Mutant

ELECTIONS = (
    Mutant(
        "vote-not-persisted",
        "Figure 2: a server restarts, has forgotten its vote, and votes a second time in the same term.",
        Edit(
            "core/state.py",
            "            self.voted_for = node\n            self.journal.record(HardState(self.term, node))",
            "            self.voted_for = node",
        ),
    ),
    Mutant(
        "term-not-persisted",
        "Figure 2: a server restarts in an earlier term.",
        Edit(
            "core/state.py",
            "        self.voted_for = None\n        self.journal.record(HardState(term, None))",
            "        self.voted_for = None",
        ),
    ),
    Mutant(
        "promise-before-sync",
        "Figure 2: votes and acknowledgements leave before what they promise is on the disk.",
        Edit(
            "core/state.py",
            "self.outbox.send(to, message, promise=True)",
            "self.outbox.send(to, message, promise=False)",
        ),
    ),
    Mutant(
        "no-up-to-date-check",
        "§5.4.1: a vote for a candidate that lacks committed entries.",
        Edit(
            "core/election.py",
            "up_to_date = (request.last_term, request.last_index) >= (raft.log.last_term, raft.log.last_index)",
            "up_to_date = True",
        ),
    ),
    Mutant(
        "up-to-date-by-length-alone",
        "§5.4.1: the longer log wins, though the shorter one ends in a later term.",
        Edit(
            "core/election.py",
            "(request.last_term, request.last_index) >= (raft.log.last_term, raft.log.last_index)",
            "request.last_index >= raft.log.last_index",
        ),
    ),
    Mutant(
        "second-vote-in-a-term",
        "§5.2: first come, first served is forgotten; whoever asks gets the vote.",
        Edit("core/election.py", "is_free = raft.voted_for in (None, sender)", "is_free = True"),
        Edit(
            "core/state.py", 'invariant(self.voted_for in (None, node), f"second vote in term {self.term}")\n', "pass\n"
        ),
        Edit("core/state.py", "if self.voted_for is None:", "if self.voted_for != node:"),
    ),
    Mutant(
        "candidate-asks-before-its-own-vote-is-durable",
        "Figure 2: a candidate asks for votes, and counts its own, before that is on its disk.",
        Edit("core/election.py", "        raft.promise(node, request)", "        raft.send(node, request)"),
        Edit(
            "core/election.py",
            "last_term, transfer=transfer))",
            "last_term, transfer=transfer))\n    record_vote(raft, raft.config.node, True, now_ms)",
        ),
    ),
    Mutant(
        "stale-vote-wins",
        "§5.2: an election is won without looking again at term and role, by votes of a candidacy long over.",
        Edit(
            "core/election.py",
            "counts = raft.role is Role.CANDIDATE and reply.term == raft.term",
            "counts = raft.role is not Role.LEADER",
        ),
    ),
    Mutant(
        "higher-term-in-a-vote-ignored",
        "§5.1: a higher term in a vote's answer is not obeyed.",
        Edit("core/election.py", "VoteReply(pre=True, granted=True):", "VoteReply():"),
    ),
    Mutant(
        "vote-cleared-on-append",
        "Figure 2: hearing the leader clears the vote, so a second one can be given in the same term.",
        Edit(
            "core/state.py",
            "        self.leader_heard_ms = now_ms\n        self.reset_election_deadline(now_ms)",
            "        self.leader_heard_ms = now_ms\n        self.voted_for = None\n"
            "        self.journal.record(HardState(self.term, None))\n        self.reset_election_deadline(now_ms)",
        ),
    ),
    Mutant(
        "half-is-a-majority",
        "§5.2: two halves of an even cluster each elect a leader.",
        Edit("core/quorum.py", "return members // 2 + 1", "return (members + 1) // 2"),
    ),
    Mutant(
        "pre-vote-begins-the-term",
        "diss. §9.6: asking beforehand already raises the term of those asked.",
        Edit("core/election.py", "case RequestVote(pre=True) | VoteReply", "case VoteReply"),
    ),
    Mutant(
        "no-stickiness",
        "diss. §4.2.3: a server that hears its leader helps to depose it.",
        Edit(
            "core/election.py",
            "return raft.leader is not None and raft.now_ms - raft.leader_heard_ms < raft.config.election_min_ms",
            "return False",
        ),
    ),
    Mutant(
        "no-check-quorum",
        "diss. §6.2: a leader that nobody answers goes on believing that it leads.",
        Edit("core/raft.py", "if not election.hears_majority(self, now_ms):", "if False:"),
    ),
    Mutant(
        "stale-read-by-a-deposed-leader",
        "§8: a read is answered without asking a majority whether one still leads.",
        Edit("core/reads.py", "proven = reached_by_majority(rounds)", "proven = queue.round"),
    ),
    Mutant(
        "read-index-before-the-no-op",
        "§8, diss. §6.4: a new leader answers reads before it knows what is committed.",
        Edit("core/reads.py", " and raft.commit_index >= raft.term_start_index:", ":"),
    ),
    Mutant(
        "read-joins-a-round-under-way",
        "diss. §6.4: proof of leadership that was asked for before the read is taken for proof after it.",
        Edit(
            "core/reads.py",
            "        queue.round += 1\n        asking",
            "        queue.round += not queue.waiting\n        asking",
        ),
    ),
    Mutant(
        "follower-reads-what-it-has",
        "diss. §6.4: a follower answers reads from its own commit index, without asking the leader.",
        Edit(
            "core/reads.py",
            "        raft.forwarded_reads.gathering.append(read_id)",
            "        raft.outbox.answer_read(read_id, raft.commit_index)",
        ),
    ),
    Mutant(
        "follower-read-answered-by-an-old-batch",
        "diss. §6.4: a late answer to an earlier question names too low an index.",
        Edit("core/reads.py", " or reply.batch != forwarded.number:", ":"),
    ),
)
