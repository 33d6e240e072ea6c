"""Which commands are there? The options that all of them share, and the exit code by which they end."""

import sys
from dataclasses import dataclass
from typing import Annotated

import typer

from . import keeping
from .commands import account, administering, asking, buying, demonstrating, looking, orders, protecting, waiting
from .errors import TicketError
from .menu import run_menu
from .screen import Screen
from .site import Site


@dataclass(slots=True)
class Shell:
    """What a command works with."""

    site: Site
    screen: Screen


app = typer.Typer(
    name="ticket",
    help="Seats on trains and at shows, from the terminal. Without a command: a menu.",
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_show_locals=False,
)


@app.callback(invoke_without_command=True)
def _begin(
    context: typer.Context,
    server: Annotated[
        list[str] | None,
        typer.Option(
            envvar="TICKETSITE_SERVERS", help="Address of the site; several of the same site take over for each other."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON for programs, and no questions.")] = False,
) -> None:
    shell: Shell = context.obj
    shell.screen.as_json = as_json
    path = keeping.file_of()
    kept = keeping.load(path)
    servers = [address.rstrip("/") for address in server or ()]
    if servers and servers != kept.servers:
        # Tokens are for those who gave them.
        kept = keeping.Kept(servers=servers)
    shell.site = Site(kept, changed=lambda changed: keeping.save(path, changed), waits=shell.screen.waits)
    context.call_on_close(shell.site.close)
    if context.invoked_subcommand is None:
        if not shell.screen.may_ask:
            raise TicketError("Say what you want, as in: ticket trains mumbai delhi tomorrow. See: ticket --help")
        run_menu(context, shell.site, shell.screen)


for group in (looking, buying, waiting, orders, account, protecting, asking):
    group.add_to(app)
app.add_typer(administering.app, name="admin", help="For members of staff: what is for sale, and when.")
app.add_typer(demonstrating.app, name="demo", help="See it work: payments, and a node that dies.")


def main() -> None:
    """Every refusal ends in one line and its exit code, never in a traceback."""
    shell = Shell(Site(keeping.Kept()), Screen())
    try:
        app(prog_name="ticket", obj=shell)
    except TicketError as error:
        shell.screen.complain(error)
        sys.exit(error.exit_code)
