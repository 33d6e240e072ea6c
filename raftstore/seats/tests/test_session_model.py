"""Sessions against a model: a machine that knows of none, behind a list of what each number was answered."""

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from raftstore.seats import limits
from raftstore.seats.commands import OpenSession, Outcome, RefusalCode, Refused, Request, SessionOpened
from raftstore.seats.machine import SeatMachine

from .store import apply_next
from .strategies import RandomEntry, feed, histories

SESSIONS, ANSWERS, ANSWERS_EACH, IDLE_MS = 2, 4, 3, 600
BOUNDS = {
    "MAX_SESSIONS": SESSIONS,
    "MAX_SESSION_ANSWERS": ANSWERS,
    "MAX_ANSWERS_PER_SESSION": ANSWERS_EACH,
    "MAX_SESSION_IDLE_MS": IDLE_MS,
}


@dataclass
class ModelSession:
    """`used` is (index, ordinal) of the first use in the latest entry that had one."""

    used: tuple[int, int]
    used_ms: int
    acknowledged_below: int = 0
    answers: dict[int, tuple[Request, Outcome]] = field(default_factory=dict)


@dataclass
class Model:
    sessions: dict[int, ModelSession] = field(default_factory=dict)
    openings: dict[str, int] = field(default_factory=dict)
    index: int = 0
    now_ms: int = 0

    def begin_entry(self, time_ms: int) -> None:
        self.index += 1
        self.now_ms = max(self.now_ms, time_ms)
        for number, session in list(self.sessions.items()):
            if self.now_ms - session.used_ms >= IDLE_MS:
                del self.sessions[number]

    def opened(self, request_id: str, number: int, ordinal: int) -> None:
        self.openings[request_id] = number
        self.sessions[number] = ModelSession((self.index, ordinal), self.now_ms)
        self.make_room()

    def make_room(self) -> None:
        while (
            len(self.sessions) > SESSIONS or sum(len(session.answers) for session in self.sessions.values()) > ANSWERS
        ):
            del self.sessions[self.in_order_of_use()[0]]

    def known_answer(self, request: Request, ordinal: int) -> Outcome | RefusalCode | None:
        """What is answered without carrying the request out; None if it is to be carried out."""
        session = self.sessions.get(request.session)
        if session is None:
            return RefusalCode.SESSION_EXPIRED
        if request.acknowledged_below > request.sequence:
            return RefusalCode.INVALID
        if session.used[0] != self.index:
            session.used, session.used_ms = (self.index, ordinal), self.now_ms
        session.acknowledged_below = max(session.acknowledged_below, request.acknowledged_below)
        session.answers = {n: kept for n, kept in session.answers.items() if n >= session.acknowledged_below}
        if request.sequence < session.acknowledged_below:
            return RefusalCode.SEQUENCE_ACKNOWLEDGED
        if request.sequence in session.answers:
            earlier, outcome = session.answers[request.sequence]
            same = (earlier.request_id, earlier.command) == (request.request_id, request.command)
            return outcome if same else RefusalCode.REQUEST_ID_REUSED
        if len(session.answers) == ANSWERS_EACH:
            del self.sessions[request.session]
            return RefusalCode.SESSION_EXPIRED
        return None

    def in_order_of_use(self) -> list[int]:
        return sorted(self.sessions, key=lambda number: self.sessions[number].used)

    def kept(self) -> set[tuple[int, int]]:
        return {(number, sequence) for number, session in self.sessions.items() for sequence in session.answers}

    def answered(self, request: Request, outcome: Outcome) -> None:
        self.sessions[request.session].answers[request.sequence] = (request, outcome)
        self.make_room()


def check_entry(model: Model, plain: SeatMachine, entry: RandomEntry, outcomes: tuple[Outcome, ...]) -> None:
    """Compare an entry's outcomes with the model's, which has `plain` carry out what is to be carried out."""
    fresh: list[tuple[Request, Outcome]] = []
    for ordinal, (request, outcome) in enumerate(zip(entry.requests, outcomes, strict=True)):
        if isinstance(request.command, OpenSession):
            assert isinstance(outcome, SessionOpened)
            if request.request_id not in model.openings:
                model.opened(request.request_id, outcome.session, ordinal)
            assert outcome.session == model.openings[request.request_id]
            continue
        known = model.known_answer(request, ordinal) if request.session else None
        if known is None:
            fresh.append((replace(request, session=0, sequence=0, acknowledged_below=0), outcome))
            if request.session:
                model.answered(request, outcome)
        elif isinstance(known, RefusalCode):
            assert isinstance(outcome, Refused)
            assert outcome.code is known
        else:
            assert outcome == known
    applied = apply_next(plain, *[request for request, _ in fresh], time_ms=model.now_ms)
    assert list(applied.outcomes) == [outcome for _, outcome in fresh]


@settings(max_examples=400)
@given(histories, st.sets(st.integers(1, 26)))
def test_every_answer_is_the_model_s_also_across_restores(history: list[RandomEntry], restores: set[int]) -> None:
    machine, plain, model = SeatMachine(), SeatMachine(), Model()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in BOUNDS.items():
            patch.setattr(limits, name, value)
        now_ms = 0
        for number, entry in enumerate(history, start=1):
            if number in restores:
                machine = SeatMachine.restore(machine.whole_state())
            now_ms += entry.elapsed_ms
            model.begin_entry(now_ms)
            check_entry(model, plain, entry, feed(machine, history[:number])[0].outcomes)
            state, without = machine.whole_state(), plain.whole_state()
            assert [row.session for row in state.sessions] == model.in_order_of_use()
            assert {(row.session, row.sequence) for row in state.answers} == model.kept()
            assert (state.inventories, state.holds) == (without.inventories, without.holds)
