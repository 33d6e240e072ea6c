"""Mistakes in who belongs to the cluster."""

from raftstore.sim.mutation import Edit, Mutant

MEMBERS = (
    Mutant(
        "configuration-used-only-at-commit",
        "§6: a server goes on with the old members until the change is committed.",
        Edit(
            "core/state.py",
            "Membership.decode(entry.data), self.commit_index)\n            self._obey_latest_membership()",
            "Membership.decode(entry.data), self.commit_index)",
        ),
        Edit(
            "core/state.py",
            "            self.commit_index = index\n",
            "            self.commit_index = index\n"
            "            if self.configurations.latest.index <= index:\n"
            "                self._obey_latest_membership()\n",
        ),
        Edit(
            "core/replication.py",
            "is_settled = raft.commit_index < raft.membership_index <= index\n        raft.commit_to(index)\n",
            "is_settled = raft.commit_index < raft.configurations.latest.index <= index\n"
            "        raft.commit_to(index)\n"
            "        reconfiguration._follow_new_members(raft)\n",
        ),
    ),
    Mutant(
        "change-before-an-own-entry",
        "The correction to diss. §4.1: a new leader changes members before it has committed an entry of its term.",
        Edit("core/reconfiguration.py", "if raft.commit_index < raft.term_start_index:", "if False:"),
    ),
    Mutant(
        "two-changes-at-once",
        "diss. §4.1: a second change is begun before the first is committed.",
        Edit("core/reconfiguration.py", "if raft.membership_index > raft.commit_index:", "if False:"),
    ),
    Mutant(
        "membership-not-rolled-back",
        "§6: when the entry that brought a membership is cut off the log, the membership stays.",
        Edit(
            "core/state.py",
            "        self.configurations.truncate_from(index)\n        self._obey_latest_membership()",
            "",
        ),
    ),
    Mutant(
        "learner-counts",
        "diss. §4.2.1: an entry commits because a learner has it, in place of somebody who votes.",
        Edit(
            "core/replication.py",
            "progress[node].match_index for node in raft.membership.voters]",
            "progress[node].match_index for node in raft.membership.by_node]",
        ),
        Edit(
            "core/replication.py",
            "index = reached_by_majority(reached)",
            "index = sorted(reached, reverse=True)[len(raft.membership.voters) // 2]",
        ),
    ),
    Mutant(
        "promoted-before-caught-up",
        "diss. §4.2.1: a server that still lacks the log gets a vote, and the cluster waits for it.",
        Edit("core/reconfiguration.py", "        _require_caught_up(raft, node, now_ms)", "        pass"),
    ),
    Mutant(
        "removed-leader-stays",
        "diss. §4.2.2: a leader that removed itself goes on leading.",
        Edit("core/reconfiguration.py", "if raft.config.node not in raft.membership.voters:", "if False:"),
    ),
    Mutant(
        "snapshot-without-members",
        "§7: a server that was brought up by a snapshot does not know who belongs to the cluster.",
        Edit(
            "core/state.py",
            "        self.configurations.restart(base.index, membership)\n        self._obey_latest_membership()",
            "        self.configurations.restart(base.index, self.membership)",
        ),
    ),
    Mutant(
        "wiped-disk-is-welcome",
        "A disk that forgot what it promised comes back empty under its old id, and is listened to.",
        Edit(
            "runtime/admission.py",
            "        if recorded is not None and recorded.incarnation != envelope.incarnation:\n"
            "            return Verdict.REPLACED_SENDER",
            "        if recorded is not None:\n            return Verdict.ADMITTED",
        ),
        Edit(
            "runtime/admission.py",
            "    if envelope.to_incarnation not in (0, incarnation):\n        return Verdict.OTHER_DISK\n",
            "",
        ),
        Edit(
            "runtime/admission.py",
            "return Verdict.ADMITTED if envelope.to_incarnation == incarnation else Verdict.UNKNOWN_HERE",
            "return Verdict.ADMITTED",
        ),
        tests=("runtime/tests/test_admission.py",),
    ),
    Mutant(
        "formed-by-a-majority",
        "A cluster is formed without all its members: a disk that is lost later cannot be told from a new one.",
        Edit(
            "core/membership.py",
            "return bool(self.voters) and self.voters <= set(granted)",
            "return has_majority(granted, self.voters)",
        ),
        Edit("core/membership.py", "        if missing:\n", "        if False:\n"),
        Edit("core/membership.py", "incarnations[member.node])", "incarnations.get(member.node, 0))"),
        Edit("core/membership.py", "if membership.is_formed != (member.incarnation > 0):", "if False:"),
        Edit(
            "runtime/admission.py",
            "recorded.incarnation != envelope.incarnation:",
            "recorded.incarnation not in (0, envelope.incarnation):",
        ),
        Edit(
            "runtime/admission.py",
            "if envelope.to_incarnation == incarnation else",
            "if envelope.to_incarnation in (0, incarnation) else",
        ),
    ),
)
