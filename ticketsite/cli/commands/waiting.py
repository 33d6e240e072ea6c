"""What if nothing is left? Wait in line for what others give back, and see or give up one's place there."""

from typing import Annotated

import typer

from ticketsite.cli.errors import TicketError
from ticketsite.cli.runs import find_run
from ticketsite.cli.words import what_and_when

from .buying import zone_meant
from .looking import From, RunName, To
from .shell import shell_of

_ID_SHOWN = 8


def add_to(app: typer.Typer) -> None:
    for name, command in (("wait", wait), ("waiting", waiting), ("unwait", unwait)):
        app.command(name)(command)


def wait(
    context: typer.Context,
    run: RunName,
    count: Annotated[int, typer.Option(min=1, max=10, help="For so many seats.")] = 1,
    zone: Annotated[str, typer.Option(help="Only in this class or price zone.")] = "",
    origin: From = "",
    destination: To = "",
) -> None:
    """Take a place in a waiting list; a mail comes when seats are held for you."""
    site, screen = shell_of(context)
    meant = find_run(site, run, origin=origin, destination=destination)
    wish = {"inventory": meant.inventory, "count": count, "legs": {"first": meant.legs[0], "last": meant.legs[1]}}
    entry = site.post("waiting-list/", {**wish, **({"zone": zone_meant(meant, zone)} if zone else {})})
    if not screen.answer(entry):
        screen.done(f"You wait for {count} of {meant.title}, {meant.when}.")
        screen.say("Next: ticket waiting")


def waiting(context: typer.Context) -> None:
    """Where you wait, and what is held for you."""
    site, screen = shell_of(context)
    found = site.list("waiting-list/")
    if screen.answer(found):
        return
    if not found:
        screen.say("You wait for nothing.")
        return
    rows = [
        (entry["id"][:_ID_SHOWN], *what_and_when(entry), str(entry["count"]), entry["zone"], entry["state"])
        for entry in found
    ]
    screen.table("", ("Place", "For", "When", "Seats", "Class", "State"), rows)


def unwait(
    context: typer.Context, place: Annotated[str, typer.Argument(help="As waiting lists it, or the beginning of it.")]
) -> None:
    """Give your place in a waiting list up."""
    site, screen = shell_of(context)
    meant = [entry for entry in site.list("waiting-list/") if entry["id"].startswith(place.strip().lower())]
    if len(meant) != 1:
        raise TicketError(f"{len(meant)} places begin with {place}. See: ticket waiting")
    site.delete(f"waiting-list/{meant[0]['id']}/")
    if not screen.answer(site.get(f"waiting-list/{meant[0]['id']}/")):
        screen.done("You do not wait any more.")
