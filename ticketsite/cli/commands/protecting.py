"""Who else may be me? The devices that are signed in, the password, and what to do when it was forgotten."""

from typing import Annotated

import typer

from ticketsite.cli.errors import TicketError
from ticketsite.cli.words import moment

from .account import Password, password_asked
from .shell import shell_of

NewPassword = Annotated[
    str, typer.Option(envvar="TICKETSITE_NEW_PASSWORD", help="Asked for without it, which keeps it out of the history.")
]


def add_to(app: typer.Typer) -> None:
    for name, command in (
        ("guest", guest),
        ("forgot", forgot),
        ("reset", reset),
        ("password", password),
        ("devices", devices),
        ("logout-device", logout_device),
    ):
        app.command(name)(command)


def guest(context: typer.Context, email: Annotated[str, typer.Argument(metavar="E-MAIL")]) -> None:
    """Buy without an account: tickets are sent to this address."""
    site, screen = shell_of(context)
    site.be_a_guest(email)
    if not screen.answer({"email": email}):
        screen.done(f"You buy as a guest, {email}. An account with this address takes over what you buy.")


def forgot(context: typer.Context, email: Annotated[str, typer.Argument(metavar="E-MAIL")]) -> None:
    """Have a code sent with which you choose another password."""
    site, screen = shell_of(context)
    verification = site.post("password-reset/", {"email": email}, repeatable=False)["verification"]
    if not screen.answer({"email": email, "verification": verification}):
        screen.say(f"If {email} has an account, a code is on its way there.")
        screen.say(f"Next: ticket reset {verification} CODE")


def reset(
    context: typer.Context,
    verification: Annotated[str, typer.Argument(help="As forgot said.")],
    code: Annotated[str, typer.Argument(help="From the mail.")],
    new_password: NewPassword = "",
) -> None:
    """Choose another password with the code from the mail; you are signed out everywhere."""
    site, screen = shell_of(context)
    chosen = new_password or password_asked(screen.may_ask, confirm=True)
    shown = {"verification": verification, "code": code, "new_password": chosen}
    site.post("password-reset/confirm/", shown, repeatable=False)
    site.sign_out()
    if not screen.answer({"changed": True}):
        screen.done("You have another password. Sign in with: ticket login")


def password(context: typer.Context, old: Password = "", new_password: NewPassword = "") -> None:
    """Have another password; your other devices are signed out."""
    site, screen = shell_of(context)
    shown = {"password": old or password_asked(screen.may_ask)}
    shown["new_password"] = new_password or password_asked(screen.may_ask, confirm=True)
    site.post("me/password/", shown, repeatable=False)
    if not screen.answer({"changed": True}):
        screen.done("You have another password; your other devices are signed out.")


def devices(context: typer.Context) -> None:
    """Where you are signed in."""
    site, screen = shell_of(context)
    found = site.list("me/devices/")
    if screen.answer(found):
        return
    rows = [
        (
            str(each["id"]),
            each["name"] or "without a name",
            each["address"],
            moment(each["since"]),
            _this(each["is_this"]),
        )
        for each in found
    ]
    screen.table("", ("Device", "Calls itself", "From", "Since (UTC)", ""), rows)


def _this(is_this: bool) -> str:
    return "this one" if is_this else ""


def logout_device(
    context: typer.Context,
    device: Annotated[str, typer.Argument(help="Its number, as devices lists it; all but this one without.")] = "",
) -> None:
    """Sign another device out, or all others."""
    site, screen = shell_of(context)
    if device and not device.isdecimal():
        raise TicketError(f"{device} is no number of a device. See: ticket devices")
    site.delete(f"me/devices/{device}/" if device else "me/devices/")
    if not screen.answer(site.list("me/devices/")):
        screen.done("Signed out." if device else "All other devices are signed out.")
