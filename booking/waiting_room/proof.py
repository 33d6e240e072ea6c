"""What slows a program down that takes many places, and hardly a person? A puzzle for its processor, or a wait.

Each visitor is given a challenge that is signed and good for him alone. It is answered by a number that, hashed with
it, gives DIFFICULTY_BITS zero bits: half a second of a phone's time, and as much for each place of a program that wants
thousands. Whoever has no JavaScript waits DELAY instead; a place in the line costs nobody less than that.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Final

from django.core.signing import BadSignature, Signer

DIFFICULTY_BITS: Final = 15
DELAY: Final = timedelta(seconds=15)
GOOD_FOR: Final = timedelta(hours=2)
_ANSWER_CHARS: Final = 20
_signer: Final = Signer(salt="booking.waiting_room.proof")


def challenge_for(visitor: str, *, now: datetime) -> str:
    return _signer.sign(f"{visitor}.{int(now.timestamp())}")


def wait_left(visitor: str, challenge: str, answer: str, *, now: datetime) -> timedelta | None:
    """How much longer this visitor has to wait before he may join: no time, if he answered. None: ask him anew."""
    try:
        whom, _, asked_s = _signer.unsign(challenge).rpartition(".")
    except BadSignature:
        return None
    age = now - datetime.fromtimestamp(int(asked_s), tz=UTC)
    if whom != visitor or age > GOOD_FOR:
        return None
    return timedelta() if _solves(challenge, answer) else max(timedelta(), DELAY - age)


def _solves(challenge: str, answer: str) -> bool:
    if not 0 < len(answer) <= _ANSWER_CHARS:
        return False
    digest = hashlib.sha256(f"{challenge}.{answer}".encode()).digest()
    return int.from_bytes(digest) >> (8 * len(digest) - DIFFICULTY_BITS) == 0
