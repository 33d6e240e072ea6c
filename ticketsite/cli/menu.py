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
        part_of_train: of a train it is also asked from where to where.
        signed_in: whether this is for those who are signed in, or are not; None: for both.
        for_staff: only for those who may write the catalogue.
    """

    title: str
    command: str
    asks: tuple[tuple[str, str | None], ...] = ()
    several: bool = False
    part_of_train: bool = False
    signed_in: bool | None = None
    for_staff: bool = False

    def is_for(self, *, signed_in: bool, staff: bool) -> bool:
        return self.signed_in in (None, signed_in) and (staff or not self.for_staff)


CHOICES = (
    Choice("Find trains", "trains", (("From", None), ("To", None), ("Day", "tomorrow"))),
    Choice("What is on", "shows"),
    Choice("A show's dates and prices", "show", (("Show", None),)),
    Choice("Look at the seats", "seats", (("Run, like t213 or s9", None),), part_of_train=True),
    Choice(
        "Watch a seat", "watch", (("Run, like t213 or s9", None), ("Seats", None)), several=True, part_of_train=True
    ),
    Choice(
        "Book seats",
        "book",
        (("Run, like t213 or s9", None), ("Seats", None)),
        several=True,
        part_of_train=True,
        signed_in=True,
    ),
    Choice("Pay for what is held", "pay", (("Booking", None),), signed_in=True),
    Choice("My bookings", "bookings", signed_in=True),
    Choice("Tickets of a booking", "tickets", (("Booking", None),), signed_in=True),
    Choice("Cancel a booking", "cancel", (("Booking", None),), signed_in=True),
    Choice("Stand in line before a sale", "line", (("Run, like t213 or s9", None),), signed_in=True),
    Choice("Wait for seats", "wait", (("Run, like t213 or s9", None),), signed_in=True),
    Choice("Where I wait", "waiting", signed_in=True),
    Choice("My payments", "payments", signed_in=True),
    Choice("Look a payment up", "payment", (("Transaction, or the beginning of it", None),), signed_in=True),
    Choice("Try a payment with test cards", "demo payments", signed_in=True),
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
    Choice("The waiting room before a sale", "admin waiting-room", (("Run, like t213 or s9", None),), for_staff=True),
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
        wanted = _chosen(screen, len(choices))
        if wanted == 0:
            return
        try:
            _carry_out(context, choices[wanted - 1])
        except TicketError as error:
            screen.complain(error)
        except TyperException as error:
            screen.complain(usage_refused(error))
        except (typer.Abort, KeyboardInterrupt):
            # Also the end of watching.
            screen.say()
        screen.say()


def _chosen(screen: Screen, most: int) -> int:
    """A number from 0 to `most`, asked for until it is one."""
    while True:
        wanted = str(typer.prompt("What shall it be", prompt_suffix="? ")).strip()
        if wanted.lower() in ("q", "quit", "exit"):
            return 0
        if wanted.isdecimal() and int(wanted) <= most:
            return int(wanted)
        screen.say(f"Choose a number from 0 to {most}.")


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
    way: list[str] = []
    if choice.part_of_train and arguments[0].lower().startswith("t"):
        for question, option in (("From (nothing: all the way)", "--from"), ("To", "--to")):
            answer = str(typer.prompt(question, default="", show_default=False)).strip()
            if not answer:
                break
            way += [option, answer]
    if choice.several:
        arguments[-1:] = arguments[-1].split()
    # `--` because an answer is never an option, whatever it looks like.
    command: Any = context.command
    for name in choice.command.split():
        command = command.get_command(context, name)
    with command.make_context(choice.command, [*way, "--", *arguments], parent=context) as inner:
        command.invoke(inner)
