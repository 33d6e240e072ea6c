"""What does the user see? Tables and colours for people; with --json one JSON document for programs."""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TextIO, TypeVar

from rich.console import Console
from rich.panel import Panel
from rich.progress import Progress
from rich.text import Text

from . import layout
from .errors import TicketError
from .site import Site

T = TypeVar("T")

# Behind a pipe nothing is folded: a program reads lines, not a page.
PIPED_WIDTH = 1000


class Screen:
    """
    Args:
        as_json: a program reads: nothing but JSON on standard output, and no questions.
    """

    def __init__(self, *, as_json: bool = False) -> None:
        self.as_json = as_json
        self.out = Console(highlight=False, width=_width_of(sys.stdout))
        self.err = Console(stderr=True, highlight=False, width=_width_of(sys.stderr))

    @property
    def may_ask(self) -> bool:
        return not self.as_json and sys.stdin.isatty()

    @property
    def width(self) -> int:
        return self.out.width

    def answer(self, document: Any) -> bool:
        """Print this if a program reads. Returns whether it was."""
        if self.as_json:
            sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
        return self.as_json

    def say(self, text: str | Text = "") -> None:
        """What the site says is shown as it is, square brackets too."""
        self.out.print(text, markup=False)

    def line(self, text: str) -> None:
        """To be copied, so it stays one line however narrow the terminal is."""
        self.out.print(text, markup=False, soft_wrap=True)

    def word(self, text: str) -> None:
        """One of many that come one after another; nothing for a program, which is told the whole."""
        if not self.as_json:
            self.out.print(text, markup=False, end="", soft_wrap=True)

    def done(self, text: str) -> None:
        self.out.print(Text.assemble(("✓ ", "green"), text))

    def table(
        self, title: str, columns: Sequence[str], rows: Sequence[Sequence[layout.Cell]], *, prose: Iterable[str] = ()
    ) -> None:
        """
        Args:
            prose: columns that may be folded between words.
        """
        if title:
            self.say(Text(title, style="bold"))
        for part in layout.table(columns, rows, width=self.width, prose=prose):
            self.out.print(part)

    def groups(self, found: Sequence[layout.Group]) -> None:
        """Headings, each with its rows beneath."""
        for part in layout.groups(found, width=self.width):
            self.out.print(part)

    def header(self, site: Site) -> None:
        """Who is signed in, and which server and which node of the seat store answer."""
        try:
            stores = site.get("status/")["stores"]
            leaders = [str(store["leader"]) if store["leader"] else "none" for store in stores]
            leading = f"leader: node {', '.join(leaders)}"
        except TicketError:
            leading = "leader: not known"
        who = site.kept.email or "not signed in"
        self.out.print(Panel(Text(f"{who}  ·  {site.server}  ·  {leading}"), title="Ticketsite", expand=False))

    def progress(self, portions: Sequence[T], what: str) -> Iterator[T]:
        """These, one after the other, with a bar that says how far it is."""
        with Progress(console=self.err, transient=True, disable=self.as_json) as bar:
            yield from bar.track(portions, description=what)

    @contextmanager
    def standing(self, first: str) -> Iterator[Callable[[str], None]]:
        """One line that each next one is written over, as long as something goes on; behind a pipe a line for each."""
        if self.as_json or not self.err.is_terminal:
            yield self.waits
        else:
            with self.err.status(first) as status:
                yield status.update

    def complain(self, error: TicketError) -> None:
        """In one line on standard error; for a program as JSON there."""
        if self.as_json:
            document = {"code": error.code, "detail": str(error), **getattr(error, "body", {})}
            sys.stderr.write(json.dumps(document, ensure_ascii=False) + "\n")
        else:
            self.err.print(Text.assemble(("✗ ", "red"), str(error)), soft_wrap=True)
            for hint in getattr(error, "__notes__", ()):
                self.err.print(hint, markup=False, soft_wrap=True)

    def waits(self, reason: str) -> None:
        if not self.as_json:
            self.err.print(Text.assemble(("… ", "yellow"), (reason, "dim")))


def _width_of(stream: TextIO) -> int | None:
    """None: as wide as the terminal, or as COLUMNS says."""
    return None if stream.isatty() or "COLUMNS" in os.environ else PIPED_WIDTH
