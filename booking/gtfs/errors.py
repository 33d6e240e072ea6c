"""What keeps a feed from being imported, and where does it say so?"""


class FeedError(Exception):
    """Something is wrong with the feed. `line` counts from 1, the header included; 0 means the whole file."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(f"{file}, line {line}: {reason}" if line else f"{file}: {reason}")
        self.file = file
        self.line = line
        self.reason = reason


class ImportRefused(Exception):
    """The feed is well written, but cannot be put on sale like this; the text says what to do."""
