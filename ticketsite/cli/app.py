"""Which commands are there? The options that all of them share, and the exit code by which they end."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import typer
from typer.exceptions import TyperException

from .commands import (
    account,
    administering,
    asking,
    buying,
    demonstrating,
    lining,
    looking,
    orders,
    protecting,
    waiting,
)
from .errors import ExitCode, TicketError, usage_refused
from .keeping import Keeper, Kept, file_of
from .menu import run_menu
from .reaching import address_meant
from .screen import Screen
from .site import Site

_JSON = "--json"


@dataclass(slots=True)
class Shell:
    """What a command works with."""

    site: Site
    screen: Screen


app = typer.Typer(
    name="ticket",
    help="Seats on trains and at shows, from the terminal. Without a command: a menu.",
    epilog="Start with: ticket trains mumbai delhi tomorrow, or: ticket shows",
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_show_locals=False,
)


@app.callback(invoke_without_command=True)
def _begin(
    context: typer.Context,
    server: Annotated[
        list[str] | None,
        typer.Option(
            metavar="URL",
            envvar="TICKETSITE_SERVERS",
            help="Address of the site; several of the same site take over for each other.",
        ),
    ] = None,
    as_json: Annotated[
        bool,
        typer.Option("--json", metavar="", help="JSON for programs, and no questions; behind the command too."),
    ] = False,
) -> None:
    shell: Shell = context.obj
    shell.screen.as_json = as_json
    keeper = Keeper(file_of())
    kept = keeper.load()
    servers = [address_meant(address) for address in server or ()] or kept.servers
    if not set(servers) <= set(kept.servers):
        # Tokens are for those who gave them.
        kept = Kept(servers=servers)
    shell.site = Site(kept, keeper, servers=servers, waits=shell.screen.waits)
    context.call_on_close(shell.site.close)
    if context.invoked_subcommand is None:
        if not shell.screen.may_ask:
            raise TicketError("Say what you want, as in: ticket trains mumbai delhi tomorrow. See: ticket --help")
        run_menu(context, shell.site, shell.screen)


# As --help lists them.
for title, groups in (
    ("Looking around", (looking,)),
    ("Buying", (buying, lining, waiting, orders)),
    ("Yourself", (account, protecting)),
    ("The assistant", (asking,)),
):
    before = len(app.registered_commands)
    for group in groups:
        group.add_to(app)
    for command in app.registered_commands[before:]:
        command.rich_help_panel = title
lining.add_to_staff(administering.app)
app.add_typer(
    administering.app,
    name="admin",
    help="For members of staff: what is for sale, and when.",
    rich_help_panel="More",
)
app.add_typer(
    demonstrating.app, name="demo", help="See it work: payments, and a node that dies.", rich_help_panel="More"
)


def main() -> None:
    """Every refusal ends in one line and its exit code, never in a traceback."""
    arguments = _json_first(sys.argv[1:])
    shell = Shell(Site(Kept(), Keeper(file_of()), servers=()), Screen(as_json=arguments[:1] == [_JSON]))
    try:
        sys.exit(app(arguments, prog_name="ticket", obj=shell, standalone_mode=False))
    except TicketError as error:
        refusal = error
    except TyperException as error:
        refusal = usage_refused(error)
    except OSError as error:
        refusal = TicketError(f"{error.filename or 'A file'}: {error.strerror or error}.")
    except typer.Abort:
        # Somebody has closed the input of a question.
        sys.exit(ExitCode.STOPPED)
    shell.screen.complain(refusal)
    sys.exit(refusal.exit_code)


def _json_first(arguments: Sequence[str]) -> list[str]:
    """--json is for all commands, so it may stand wherever somebody thinks of it; behind `--` it is a word."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    if _JSON not in arguments[:end]:
        return list(arguments)
    return [_JSON, *(word for n, word in enumerate(arguments) if word != _JSON or n >= end)]
