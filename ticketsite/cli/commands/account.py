"""Who are you? Open an account, sign in and out; and ask the assistant."""

from typing import Annotated

import typer

from ticketsite.cli.errors import TicketError

from .shell import shell_of

Password = Annotated[
    str, typer.Option(envvar="TICKETSITE_PASSWORD", help="Asked for without it, which keeps it out of the history.")
]


def add_to(app: typer.Typer) -> None:
    for name, command in (
        ("register", register),
        ("login", login),
        ("logout", logout),
        ("whoami", whoami),
        ("ask", ask),
    ):
        app.command(name)(command)


def register(
    context: typer.Context,
    email: Annotated[str, typer.Argument(metavar="E-MAIL")],
    name: Annotated[str, typer.Option(help="As it is to stand on tickets.")] = "",
    password: Password = "",
) -> None:
    """Open an account and sign in with it."""
    site, screen = shell_of(context)
    site.register(email, password or _asked(screen.may_ask, confirm=True), name)
    if not screen.answer({"email": email}):
        screen.done(f"Welcome, {name or email}. You are signed in.")


def login(
    context: typer.Context, email: Annotated[str, typer.Argument(metavar="E-MAIL")], password: Password = ""
) -> None:
    """Sign in on this terminal."""
    site, screen = shell_of(context)
    site.sign_in(email, password or _asked(screen.may_ask))
    if not screen.answer({"email": email}):
        screen.done(f"Signed in as {email}.")


def logout(context: typer.Context) -> None:
    """Forget the tokens on this terminal."""
    site, screen = shell_of(context)
    site.sign_out()
    if not screen.answer({"email": None}):
        screen.done("Signed out.")


def whoami(context: typer.Context) -> None:
    """Who is signed in, and where."""
    site, screen = shell_of(context)
    if not screen.answer({"server": site.server, **site.get("me/")}):
        screen.header(site)


def ask(context: typer.Context, words: Annotated[list[str], typer.Argument(metavar="QUESTION...")]) -> None:
    """Ask the assistant: is S2 free on 12951 tomorrow?"""
    site, screen = shell_of(context)
    answer = site.post("assistant/", {"message": " ".join(words)}, repeatable=False)
    if screen.answer(answer):
        return
    screen.say(answer["answer"])
    for suggestion in answer["suggestions"]:
        screen.say(f"  → {suggestion['label']}: {site.server}{suggestion['url']}")


def _asked(may_ask: bool, *, confirm: bool = False) -> str:
    if not may_ask:
        raise TicketError("Give the password with TICKETSITE_PASSWORD or --password.")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=confirm))
