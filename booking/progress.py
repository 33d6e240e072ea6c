"""How does a command that takes long say how far it is? One line, written over on a terminal; few lines in a log."""

import time
from collections.abc import Callable
from typing import TextIO

Tell = Callable[[int, int], None]

WIDTH = 30
TERMINAL_EVERY_S = 0.1
LOG_EVERY_S = 10.0


def progress_bar(what: str, *, to: TextIO) -> Tell:
    """Something to be called with how much is done, of how much. The end is always told."""
    terminal = to.isatty()
    every_s = TERMINAL_EVERY_S if terminal else LOG_EVERY_S
    told_at_s = 0.0

    def tell(done: int, of: int) -> None:
        nonlocal told_at_s
        if done < of and time.monotonic() < told_at_s + every_s:
            return
        told_at_s = time.monotonic()
        filled = WIDTH * done // max(of, 1)
        line = f"{what} [{'#' * filled}{'.' * (WIDTH - filled)}] {done} of {of}"
        to.write(f"\r{line}" if terminal else f"{line}\n")
        if terminal and done >= of:
            to.write("\n")
        to.flush()

    return tell
