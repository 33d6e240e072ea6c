"""How is a message read? Folded to plain lower-case text, from which each recogniser takes what it understood."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

_WORD = re.compile(r"[^\W_]+")
_SHOUTED = re.compile(r"\b[A-Z0-9]{1,8}\b")


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    start: int
    end: int


def folded(text: str) -> str:
    """Lower case, one form for each letter, apostrophes dropped ("what's" and "whats" are one word)."""
    text = unicodedata.normalize("NFKC", text).lower()
    return re.sub(r"['’‘`]", "", text)


def words_of(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(folded(text)))


class Reading:
    """A message of which parts are taken, one after another; what is taken is not read a second time."""

    def __init__(self, message: str) -> None:
        self.text = folded(message)
        self._rest = self.text
        self._kinds: dict[int, str] = {}
        # Capitals tell a station's code from a word, unless the whole message is in capitals.
        self.shouted = frozenset() if message.isupper() else frozenset(w.lower() for w in _SHOUTED.findall(message))

    def words(self) -> list[Word]:
        """Every word of the message."""
        return [Word(m.group(), m.start(), m.end()) for m in _WORD.finditer(self.text)]

    def is_taken(self, word: Word) -> bool:
        return not self._rest[word.start : word.end].strip("\0")

    def rest(self) -> str:
        """What is left, with one blank for each stretch that was taken."""
        return re.sub(r"[\0\s]+", " ", self._rest).strip()

    def untaken(self) -> list[Word]:
        return [word for word in self.words() if not self.is_taken(word)]

    def pattern(self, corrected: Callable[[str], str]) -> str:
        """The message with what was taken replaced by its kind: "how much is _train from _place to _place"."""
        words = [(word.start, corrected(word.text)) for word in self.untaken()]
        return " ".join(text for _, text in sorted([*words, *self._kinds.items()]))

    def take(self, start: int, end: int, kind: str = "") -> None:
        """`kind` is what stands there in the pattern."""
        if kind:
            self._kinds[start] = kind
        self._rest = self._rest[:start] + "\0" * (end - start) + self._rest[end:]

    def take_match(
        self, pattern: re.Pattern[str], accept: Callable[[re.Match[str]], bool] = lambda match: True, kind: str = ""
    ) -> re.Match[str] | None:
        """Take the first place in what is left that the pattern matches and `accept` agrees to."""
        for match in pattern.finditer(self._rest):
            if accept(match):
                self.take(*match.span(), kind)
                return match
        return None
