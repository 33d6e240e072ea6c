"""Mistakes in the state machine, in the loop that feeds it, and in the client."""

from raftstore.sim.mutation import Edit, Mutant

SEATS = (
    Mutant(
        "line-is-jumped",
        "Whoever came last is let in first.",
        Edit("seats/gates.py", "gate.waiting.popitem(last=False)", "gate.waiting.popitem()"),
    ),
    Mutant(
        "seed-is-not-compared",
        "A waiting room opens with any seed, so that whoever opens it chooses the order.",
        Edit("seats/gate_decisions.py", "if commitment_to(seed) != gate.commitment:", "if not seed:"),
    ),
    Mutant(
        "admission-never-ends",
        "Whoever was let in once stays in.",
        Edit("seats/gates.py", "self._deadlines[0][0] <= time_ms:", "self._deadlines[0][0] <= time_ms - 1_000_000:"),
    ),
    Mutant(
        "double-apply-on-retry",
        "§8: a request that comes again is carried out again.",
        Edit("seats/machine.py", "earlier = session.answers.get(request.sequence)", "earlier = None"),
        Edit("seats/machine.py", "earlier = self._answered.get(request_id)", "earlier = None"),
    ),
    Mutant(
        "answers-forgotten-too-early",
        "diss. §6.3: an answer is forgotten though its client has not acknowledged it.",
        Edit(
            "seats/sessions.py",
            "self._forget_below(session, acknowledged_below)",
            "self._forget_below(session, sequence)",
        ),
        Edit("seats/machine.py", "earlier = self._answered.get(request_id)", "earlier = None"),
    ),
    Mutant(
        "expiry-by-the-local-clock",
        "A hold expires by the clock of the node that applies, so nodes differ.",
        Edit(
            "runtime/applying.py",
            "            time_ms=payload.time_ms,",
            '            time_ms=int(__import__("asyncio").get_running_loop().time() * 1000),',
        ),
    ),
    Mutant(
        "hold-never-expires",
        "Nothing is proposed for time's sake alone, so a hold lives until somebody buys.",
        Edit(
            "runtime/proposing.py",
            "return overdue or now_ms - self._last_proposal_ms >= self._limits.tick_interval_ms",
            "return False",
        ),
    ),
    Mutant(
        "hold-expires-early",
        "A hold is over before its deadline.",
        Edit("seats/holds.py", "and expires_at_ms <= time_ms:", "and expires_at_ms <= time_ms + 500:"),
    ),
    Mutant(
        "outage-ends-holds",
        "Replicated time runs on while nobody leads, and holds end that nobody could have paid.",
        Edit(
            "runtime/proposing.py",
            "if stalled or entry.index == raft.term_start_index:",
            "if not self._last_proposal_ms:",
        ),
    ),
    Mutant(
        "extended-hold-expires-as-before",
        "An extension is granted, and the old deadline still ends the hold.",
        Edit(
            "seats/holds.py",
            "record.state is HoldState.HELD and record.expires_at_ms == expires_at_ms:",
            "record.state is HoldState.HELD:",
        ),
    ),
    Mutant(
        "one-leg-is-not-looked-at",
        "A seat is free if its first wanted leg is.",
        Edit(
            "seats/decisions.py",
            "if conflicts := inventory.conflicts(seats, leg_mask(command.first_leg, command.end_leg)):",
            "if conflicts := inventory.conflicts(seats, leg_mask(command.first_leg, command.first_leg + 1)):",
        ),
    ),
    Mutant(
        "waiter-known-by-index-alone",
        "§8: whoever waits for an index is answered by another leader's entry at that index.",
        Edit("runtime/pending.py", "if (oldest.index, oldest.term) != (index, term):", "if oldest.index != index:"),
        Edit(
            "runtime/pending.py",
            '"""Leadership is over: what was proposed may yet commit, what was not never will."""\n'
            "        while self._rounds:\n            self._answer_all(self._rounds.popleft().submissions, UNKNOWN)",
            '"""Leadership is over."""',
        ),
    ),
    Mutant(
        "unknown-reported-as-failed",
        "A proposal that was under way when leadership ended is reported as not done, and still commits.",
        Edit(
            "runtime/pending.py",
            "            self._answer_all(self._rounds.popleft().submissions, UNKNOWN)\n        self.refuse_waiting",
            "            self._answer_all(self._rounds.popleft().submissions, not_leader(leader_address))\n"
            "        self.refuse_waiting",
        ),
    ),
    Mutant(
        "timed-out-reported-as-failed",
        "A proposal whose deadline passes is reported as not done, and still commits.",
        Edit(
            "session.py",
            "    if call.may_have_happened:\n        _refuse",
            "    if False:\n        _refuse",
        ),
    ),
    Mutant(
        "apply-result-ignored",
        "The customer is told yes as soon as the entry is applied, whatever was decided.",
        Edit(
            "runtime/applying.py",
            "self._commands.applied(entry.index, entry.term, map(codec.encode_outcome, applied.outcomes))",
            "self._commands.applied(entry.index, entry.term, map(codec.encode_outcome, "
            "[c.Held(r.command.hold, self.machine.time_ms + r.command.ttl_ms, self.machine.time_ms) "
            "if isinstance(r.command, c.Hold) else o for o, r in zip(applied.outcomes, payload.requests)]))",
        ),
        Edit(
            "runtime/applying.py",
            "from raftstore.seats.machine import SeatMachine",
            "from raftstore.seats import commands as c\nfrom raftstore.seats.machine import SeatMachine",
        ),
    ),
    Mutant(
        "answered-when-proposed",
        "The customer is told yes before a majority has it.",
        Edit(
            "runtime/proposing.py",
            "        self._commands.proposed(index, self._raft.term, payload, gathered)",
            "        self._commands.proposed(index, self._raft.term, payload, gathered)\n"
            "        for submission in gathered:\n"
            "            confirmed = [c.Confirmed(wire.confirm.hold) for wire in submission.wires]\n"
            '            if all(wire.HasField("confirm") for wire in submission.wires):\n'
            "                submission.answer(list(map(codec.encode_outcome, confirmed)))",
        ),
        Edit(
            "runtime/proposing.py",
            "from raftstore.seats.commands import RefusalCode",
            "from raftstore.seats import commands as c\nfrom raftstore.seats.commands import RefusalCode",
        ),
    ),
    Mutant(
        "read-before-applied",
        "diss. §6.4: a read is answered when its index is committed, not when it is applied.",
        Edit(
            "runtime/pending.py",
            "            self._unapplied.append((index, future))",
            "            future.done() or future.set_result(None)",
        ),
    ),
    Mutant(
        "retry-under-a-new-number",
        "§8: the client's retry looks like another request, and both are carried out.",
        Edit(
            "session.py",
            "            if not call.request.session:\n",
            "            if call.request.session:\n"
            '                call.request.request_id += "+"\n'
            "                call.request.session = 0\n"
            "            if not call.request.session:\n",
        ),
    ),
    Mutant(
        "ended-session-is-guessed",
        "diss. §6.3: a request whose session has ended is simply sent again, though it may have been carried out.",
        Edit("session.py", "                if may_have_happened_before:\n", "                if False:\n"),
        tests=("tests/test_session.py",),
    ),
    Mutant(
        "call-without-deadline",
        "A client waits for ever for an answer that was lost.",
        Edit(
            "session.py",
            "            async with asyncio.timeout(ATTEMPT_LIMIT_S):\n                await stream.send",
            "            async with asyncio.timeout(None):\n                await stream.send",
        ),
        tests=("tests/test_session.py",),
    ),
    Mutant(
        "caller-who-left-blocks-the-leader",
        "The next entry waits until everybody who asked for the last one has taken his answer.",
        Edit(
            "runtime/pending.py",
            "            oldest = self._rounds.popleft()\n",
            "            if any(submission.outcomes.done() for submission in self._rounds[0].submissions):\n"
            "                return\n"
            "            oldest = self._rounds.popleft()\n",
        ),
        tests=("runtime/tests/test_pending.py",),
    ),
    Mutant(
        "state-depends-on-more-than-the-log",
        "What a command does depends on when this node saved its state last, so nodes differ.",
        Edit(
            "seats/decisions.py",
            "    expires_at_ms = ledger.time_ms + command.ttl_ms\n    ledger.take(",
            "    expires_at_ms = ledger.time_ms + command.ttl_ms + len(ledger._touched_seats) % 2\n    ledger.take(",
        ),
    ),
    Mutant(
        "divergence-goes-unnoticed",
        "A node whose state differs from the others' goes on serving it.",
        Edit(
            "runtime/fencing.py", "        if finding is not None:\n            self._conclude(finding)", "        pass"
        ),
        tests=("tests/test_node_divergence.py",),
    ),
    Mutant(
        "choice-looks-at-one-leg",
        "A seat may be chosen if its first wanted leg is free.",
        Edit(
            "seats/choosing.py",
            "wanted, must_have = leg_mask(wish.first_leg, wish.end_leg), wish.must_have",
            "wanted, must_have = leg_mask(wish.first_leg, wish.first_leg + 1), wish.must_have",
        ),
    ),
    Mutant(
        "moved-passenger-keeps-both-seats",
        "Whoever is moved to another seat is not taken off the one he had.",
        Edit("seats/ledger.py", "            free(record.kept, mask)\n", "            assert free\n"),
        tests=("seats/tests/test_repacking.py",),
    ),
    Mutant(
        "moved-to-another-class",
        "Whoever is moved may find himself in another class.",
        Edit("seats/repacking.py", "            and there == zone\n", "            and there\n"),
        tests=("seats/tests/test_repacking.py",),
    ),
)
