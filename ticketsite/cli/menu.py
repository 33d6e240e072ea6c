"""The same for people who would rather choose than type: what can be done, a number for each, question by question."""

from dataclasses import dataclass
from typing import Any

import typer
from typer.exceptions import TyperException

from .errors import TicketError, usage_refused
from .screen import Screen
from .site import Site


@dataclass(frozen=True, slots=True)
class Choice:
    """
    Args:
        asks: the questions whose answers are the command's arguments, with what an empty answer means.
        several: the last answer is several arguments.
        signed_in: whether this is for those who are signed in, or are not; None: for both.
        for_staff: only for those who may write the catalogue.
    """

    title: str
    command: str
    asks: tuple[tuple[str, str | None], ...] = ()
    several: bool = False
    signed_in: bool | None = None
    for_staff: bool = False

    def is_for(self, *, signed_in: bool, staff: bool) -> bool:
        return self.signed_in in (None, signed_in) and (staff or not self.for_staff)


CHOICES = (
    Choice("Find trains", "trains", (("From", None), ("To", None), ("Day", "tomorrow"))),
    Choice("What is on", "shows"),
    Choice("A show's dates and prices", "show", (("Show", None),)),
    Choice("Look at the seats", "seats", (("Run, like t213 or s9", None),)),
    Choice("Watch a seat", "watch", (("Run, like t213 or s9", None), ("Seats", None)), several=True),
    Choice("Book seats", "book", (("Run, like t213 or s9", None), ("Seats", None)), several=True, signed_in=True),
    Choice("My bookings", "bookings", signed_in=True),
    Choice("Cancel a booking", "cancel", (("Booking", None),), signed_in=True),
    Choice("Wait for seats", "wait", (("Run, like t213 or s9", None),), signed_in=True),
    Choice("Where I wait", "waiting", signed_in=True),
    Choice("My payments", "payments", signed_in=True),
    Choice("Look a payment up", "payment", (("Transaction, or the beginning of it", None),), signed_in=True),
    Choice("Ask the assistant", "ask", (("Question", None),)),
    Choice("Sign in", "login", (("E-mail address", None),), signed_in=False),
    Choice("Open an account", "register", (("E-mail address", None),), signed_in=False),
    Choice("Buy as a guest", "guest", (("E-mail address", None),), signed_in=False),
    Choice("I forgot my password", "forgot", (("E-mail address", None),), signed_in=False),
    Choice("My devices", "devices", signed_in=True),
    Choice("Sign out", "logout", signed_in=True),
    Choice("Add or change a show", "admin show add", (("Show, like hamlet", None),), for_staff=True),
    Choice("Add or change a performance", "admin show perform", (("Show, like hamlet", None),), for_staff=True),
    Choice("Add or change a train", "admin train add", (("Carrier", None), ("Number", None)), for_staff=True),
    Choice("Add or change a service", "admin service add", (("Carrier", None), ("Service", None)), for_staff=True),
    Choice("Put on sale", "admin sell", (("Run, like t213 or s9", None),), for_staff=True),
    Choice("Cancel a run", "admin cancel-run", (("Run, like t213", None),), for_staff=True),
)


def run_menu(context: typer.Context, site: Site, screen: Screen) -> None:
    """Until somebody has enough: the header, the choices, and what was chosen."""
    while True:
        screen.header(site)
        signed_in = site.kept.is_signed_in
        choices = [c for c in CHOICES if c.is_for(signed_in=signed_in, staff=signed_in and _may_write(site))]
        for number, choice in enumerate(choices, start=1):
            screen.say(f"{number:>3}  {choice.title}")
        screen.say("  0  Leave")
        wanted = str(typer.prompt("What shall it be", prompt_suffix="? ")).strip()
        if wanted in ("0", "q"):
            return
        if not wanted.isdigit() or not 0 < int(wanted) <= len(choices):
            screen.say(f"Choose a number from 0 to {len(choices)}.")
            continue
        try:
            _carry_out(context, choices[int(wanted) - 1])
        except TicketError as error:
            screen.complain(error)
        except TyperException as error:
            screen.complain(usage_refused(error))
        except (typer.Abort, KeyboardInterrupt):
            # Also the end of watching.
            screen.say()
        screen.say()


def _may_write(site: Site) -> bool:
    try:
        site.get("catalogue/shows/")
    except TicketError:
        return False
    return True


def _carry_out(context: typer.Context, choice: Choice) -> None:
    arguments: list[str] = []
    for question, default in choice.asks:
        arguments.append(str(typer.prompt(question, default=default)).strip())
    if choice.several:
        arguments[-1:] = arguments[-1].split()
    # `--` because an answer is never an option, whatever it looks like.
    command: Any = context.command
    for name in choice.command.split():
        command = command.get_command(context, name)
    with command.make_context(choice.command, ["--", *arguments], parent=context) as inner:
        command.invoke(inner)
