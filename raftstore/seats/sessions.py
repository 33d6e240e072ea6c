"""Which of a client's numbered requests were carried out, and what was the answer (diss. §6.3)?

A session is opened by a command, so every node has it. Its client numbers its requests and says with each below which
number it has all its answers; those are forgotten. A number below that is a straggler whose client waits no more: it
is refused, so that it can do nothing that its client does not know of. Sessions are bounded in number, in answers and
in replicated time without use; what goes is decided by the entries alone, hence alike on every node. A request of a
session that is gone is refused too: nobody could tell whether it was carried out before.
"""

from collections import OrderedDict
from collections.abc import Iterable

from . import limits
from .chain import chain_next
from .changes import AnswerRow, RequestRow, SessionRow
from .commands import RefusalCode, Refused, Request


class Session:
    __slots__ = ("acknowledged_below", "answers", "session", "used_index", "used_ms", "used_ordinal")

    def __init__(self, session: int, acknowledged_below: int, used_index: int, used_ordinal: int, used_ms: int) -> None:
        self.session = session
        self.acknowledged_below = acknowledged_below
        self.used_index = used_index
        self.used_ordinal = used_ordinal
        self.used_ms = used_ms
        # By sequence, in the order in which they were given.
        self.answers: dict[int, RequestRow] = {}

    def row(self) -> SessionRow:
        return SessionRow(self.session, self.acknowledged_below, self.used_index, self.used_ordinal, self.used_ms)


class Sessions:
    def __init__(self) -> None:
        # Least recently used first.
        self._sessions: OrderedDict[int, Session] = OrderedDict()
        self._answer_count = 0
        # Of the entry being applied.
        self._index = 0
        self._time_ms = 0
        # Since take_touched(), which was called when this was the index.
        self._touched: set[int] = set()
        self._taken_index = 0

    def __len__(self) -> int:
        return len(self._sessions)

    def begin_entry(self, *, index: int, time_ms: int) -> None:
        """End the sessions that nobody used for too long."""
        self._index, self._time_ms = index, time_ms
        while self._sessions and self._oldest().used_ms <= time_ms - limits.MAX_SESSION_IDLE_MS:
            self._end(self._oldest())

    def open(self, ordinal: int, chain: bytes) -> int:
        """Open a session for the request that is the entry's `ordinal`-th; the least recently used makes room.

        Args:
            chain: up to and with the entry. The session's id comes from it and not from the index alone: after a
                backup is restored the same indexes come again, and a client of the time before must not meet
                another's answers.
        """
        number = int.from_bytes(chain_next(chain, self._index, ordinal, 0, b"")[:8]) >> 1 | 1
        session = Session(number, 0, self._index, ordinal, self._time_ms)
        self._sessions[session.session] = session
        self._touched.add(session.session)
        while len(self._sessions) > limits.MAX_SESSIONS:
            self._end(self._oldest())
        return session.session

    def receive(self, request: Request, ordinal: int) -> Session | Refused:
        """The session of a request that it may still answer, from its memory or anew; or why it may not."""
        session = self._sessions.get(request.session)
        if session is None:
            return _expired("it was not used for long, or others were opened; open another")
        sequence, acknowledged_below = request.sequence, request.acknowledged_below
        if not (sequence and 0 <= acknowledged_below <= sequence <= limits.MAX_SEQUENCE):
            return Refused(
                RefusalCode.INVALID,
                f"Requests of a session are numbered from 1, and {sequence} cannot acknowledge {acknowledged_below}.",
            )
        if session.used_index != self._index:
            self._use(session, ordinal)
        if acknowledged_below > session.acknowledged_below:
            self._forget_below(session, acknowledged_below)
        if sequence < session.acknowledged_below:
            return Refused(
                RefusalCode.SEQUENCE_ACKNOWLEDGED,
                f"Request {sequence} of this session was acknowledged before it came.",
            )
        if len(session.answers) >= limits.MAX_ANSWERS_PER_SESSION and sequence not in session.answers:
            self._end(session)
            return _expired(f"it had {limits.MAX_ANSWERS_PER_SESSION} answers that were not acknowledged; open another")
        return session

    def remember(self, session: Session, sequence: int, answer: RequestRow) -> None:
        """Keep an answer until it is acknowledged; beyond the bound the least recently used session goes."""
        session.answers[sequence] = answer
        self._answer_count += 1
        while self._answer_count > limits.MAX_SESSION_ANSWERS:
            self._end(self._oldest())

    def _oldest(self) -> Session:
        return self._sessions[next(iter(self._sessions))]

    def _use(self, session: Session, ordinal: int) -> None:
        """Only the first use in an entry counts, so that it costs the entry's other requests nothing."""
        session.used_index, session.used_ordinal, session.used_ms = self._index, ordinal, self._time_ms
        self._sessions.move_to_end(session.session)
        self._touched.add(session.session)

    def _forget_below(self, session: Session, acknowledged_below: int) -> None:
        answers = session.answers
        before = len(answers)
        if acknowledged_below - session.acknowledged_below <= before:
            for sequence in range(session.acknowledged_below, acknowledged_below):
                answers.pop(sequence, None)
        else:
            session.answers = {sequence: row for sequence, row in answers.items() if sequence >= acknowledged_below}
        self._answer_count -= before - len(session.answers)
        session.acknowledged_below = acknowledged_below

    def _end(self, session: Session) -> None:
        del self._sessions[session.session]
        self._answer_count -= len(session.answers)
        self._touched.add(session.session)

    # --- Rows ---------------------------------------------------------------------------------------

    def rows(self) -> tuple[SessionRow, ...]:
        """All of them, in order of last use."""
        return tuple([session.row() for session in self._sessions.values()])

    def answer_rows(self) -> tuple[AnswerRow, ...]:
        """All answers, in order of (session, sequence)."""
        return tuple(
            AnswerRow(session, sequence, row)
            for session, known in sorted(self._sessions.items())
            for sequence, row in sorted(known.answers.items())
        )

    def take_touched(self) -> tuple[tuple[SessionRow, ...], tuple[int, ...], tuple[AnswerRow, ...]]:
        """Since the last call: sessions that are new or were used, ids of those gone, and answers given and kept."""
        touched, self._touched = self._touched, set()
        present = [session for number in touched if (session := self._sessions.get(number))]
        answers: list[AnswerRow] = []
        for session in present:
            for sequence, row in reversed(session.answers.items()):
                if row.log_index <= self._taken_index:
                    break
                answers.append(AnswerRow(session.session, sequence, row))
        self._taken_index = self._index
        gone = tuple([number for number in touched if number not in self._sessions])
        return tuple([session.row() for session in present]), gone, tuple(answers)

    def restore(self, sessions: Iterable[SessionRow], answers: Iterable[AnswerRow], *, index: int) -> None:
        """Go on from rows as of `index`.

        Raises:
            KeyError: an answer is of no session.
        """
        self._index = self._taken_index = index
        for row in sessions:
            self._sessions[row.session] = Session(*row)
        for number, sequence, answer in answers:
            self._sessions[number].answers[sequence] = answer
            self._answer_count += 1


def _expired(why: str) -> Refused:
    return Refused(RefusalCode.SESSION_EXPIRED, f"This session has ended: {why}.")
