"""Who are you? Open an account, sign in and out."""

from typing import Annotated

import typer

from ticketsite.cli.errors import Problem, TicketError
from ticketsite.cli.screen import Screen
from ticketsite.cli.site import Site

from .shell import shell_of

Password = Annotated[
    str, typer.Option(envvar="TICKETSITE_PASSWORD", help="Asked for without it, which keeps it out of the history.")
]


def add_to(app: typer.Typer) -> None:
    for name, command in (
        ("register", register),
        ("confirm", confirm),
        ("login", login),
        ("logout", logout),
        ("whoami", whoami),
    ):
        app.command(name)(command)


def register(
    context: typer.Context,
    email: Annotated[str, typer.Argument(metavar="E-MAIL")],
    name: Annotated[str, typer.Option(help="As it is to stand on tickets.")] = "",
    password: Password = "",
) -> None:
    """Open an account; a code is sent to the address."""
    site, screen = shell_of(context)
    verification = site.register(email, password or password_asked(screen.may_ask, confirm=True), name)
    _prove_address(site, screen, email, verification)


def confirm(
    context: typer.Context,
    email: Annotated[str, typer.Argument(metavar="E-MAIL")],
    verification: Annotated[str, typer.Argument(help="As register or login said.")],
    code: Annotated[str, typer.Argument(help="From the mail.")],
) -> None:
    """Show the code that was sent to your address, and be signed in."""
    site, screen = shell_of(context)
    site.confirm(email, verification, code)
    _signed_in(screen, email)


def login(
    context: typer.Context,
    email: Annotated[str, typer.Argument(metavar="E-MAIL")],
    password: Password = "",
    code: Annotated[str, typer.Option(help="Of your authenticator app, or a recovery code, if there is one.")] = "",
) -> None:
    """Sign in on this terminal."""
    site, screen = shell_of(context)
    password = password or password_asked(screen.may_ask)
    try:
        verification = site.sign_in(email, password, code)
    except Problem as problem:
        if problem.code != "second-step-needed" or not screen.may_ask:
            raise
        verification = site.sign_in(email, password, str(typer.prompt("Code of your app")))
    if verification:
        _prove_address(site, screen, email, verification)
    else:
        _signed_in(screen, email)


def _prove_address(site: Site, screen: Screen, email: str, verification: str) -> None:
    """Ask for the code from the mail, or say how it is given later."""
    if screen.may_ask:
        site.confirm(email, verification, str(typer.prompt(f"Code from the mail to {email}")))
        _signed_in(screen, email)
    elif not screen.answer({"email": email, "verification": verification}):
        screen.say(f"We have sent a code to {email}. Give it with:")
        screen.line(f"ticket confirm {email} {verification} CODE")


def _signed_in(screen: Screen, email: str) -> None:
    if not screen.answer({"email": email}):
        screen.done(f"Signed in as {email}.")


def logout(context: typer.Context) -> None:
    """Sign this terminal out."""
    site, screen = shell_of(context)
    site.log_out()
    if not screen.answer({"email": None}):
        screen.done("Signed out.")


def whoami(context: typer.Context) -> None:
    """Who is signed in, and where."""
    site, screen = shell_of(context)
    who = {"email": site.kept.email, "guest": True} if site.kept.is_guest else site.get("me/")
    if not screen.answer({"server": site.server, **who}):
        screen.header(site)


def password_asked(may_ask: bool, *, confirm: bool = False) -> str:
    """
    Raises:
        TicketError: nobody is there to ask.
    """
    if not may_ask:
        raise TicketError("Give the password with TICKETSITE_PASSWORD or --password.")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=confirm))
