"""What happens in a scenario, as lines of text."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Line:
    """What a server did, or sent to another. Several that did the same share a line, as do several receivers."""

    sender: int
    to: int | None
    what: str
    others: list[int] = field(default_factory=list)
    times: int = 1

    def __str__(self) -> str:
        if self.to is None:
            return f"{','.join(map(str, [self.sender, *self.others]))}: {self.what}"
        again = f" ({self.times} times)" if self.times > 1 else ""
        return f"{self.sender}->{','.join(map(str, [self.to, *self.others]))}: {self.what}{again}"


class Transcript:
    """What has happened since it was last taken."""

    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._hides_messages = False

    @contextmanager
    def hiding_messages(self) -> Iterator[None]:
        before, self._hides_messages = self._hides_messages, True
        yield
        self._hides_messages = before

    def did(self, node: int, what: str) -> None:
        for line in reversed(self._lines):
            if line.to is None and line.what == what and node not in (line.sender, *line.others):
                line.others = sorted([line.sender, *line.others, node])
                line.sender, line.others = line.others[0], line.others[1:]
                return
            if node == line.sender or (line.to is None and node in line.others):
                break
        self._lines.append(Line(node, None, what))

    def sent(self, sender: int, to: int, what: str) -> None:
        if self._hides_messages:
            return
        last = self._lines[-1] if self._lines else None
        if last and last.to is not None and (last.sender, last.what) == (sender, what):
            if to == last.to:
                last.times += 1
            elif to not in last.others:
                last.others.append(to)
        else:
            self._lines.append(Line(sender, to, what))

    def take(self) -> list[str]:
        lines, self._lines = [str(line) for line in self._lines], []
        return lines
