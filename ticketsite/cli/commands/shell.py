"""What a command is given: the site to ask and the screen to answer on."""

from typing import Protocol

import typer

from ticketsite.cli.screen import Screen
from ticketsite.cli.site import Site


class Shell(Protocol):
    site: Site
    screen: Screen


def shell_of(context: typer.Context) -> tuple[Site, Screen]:
    shell: Shell = context.find_root().obj
    return shell.site, shell.screen
