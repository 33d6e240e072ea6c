"""Ask the assistant, word by word, and on from one question to the next."""

from typing import Annotated

import typer

from ticketsite.cli.errors import Problem, SiteUnavailable
from ticketsite.cli.screen import Screen
from ticketsite.cli.site import Json, Site

from .shell import shell_of


def add_to(app: typer.Typer) -> None:
    app.command("ask")(ask)


def ask(
    context: typer.Context,
    words: Annotated[list[str] | None, typer.Argument(metavar="QUESTION...")] = None,
    new: Annotated[bool, typer.Option("--new", help="Forget what was talked of before.")] = False,
) -> None:
    """Ask the assistant: is S2 free on 12951 tomorrow? Without a question: talk until you say nothing."""
    site, screen = shell_of(context)
    if new:
        site.keep_conversation("", "")
    if words:
        _ask_once(site, screen, " ".join(words))
        return
    if not screen.may_ask:
        raise typer.BadParameter("Say what you want to know.")
    while question := str(typer.prompt("You", default="", show_default=False)).strip():
        _ask_once(site, screen, question)


def _ask_once(site: Site, screen: Screen, question: str) -> None:
    try:
        answer = _hear(site, screen, question)
    except Problem as problem:
        if problem.code != "conversation-unknown":
            raise
        site.keep_conversation("", "")
        answer = _hear(site, screen, question)
    site.keep_conversation(answer["conversation"], answer["conversation_key"] or site.kept.conversation_key)
    if screen.answer(answer):
        return
    for suggestion in answer["suggestions"]:
        goes_on = f"{site.server}{suggestion['url']}" if suggestion["url"] else f"ticket ask {suggestion['say']}"
        screen.say(f"  → {suggestion['label']}: {goes_on}")


def _hear(site: Site, screen: Screen, question: str) -> Json:
    """Show the words as they come; the whole answer."""
    body = {"message": question, "conversation": site.kept.conversation or None}
    headers = {"Conversation-Key": site.kept.conversation_key} if site.kept.conversation_key else {}
    for event in site.events("assistant/", body, headers):
        if event["type"] == "words":
            screen.word(event["text"])
        elif event["type"] == "problem":
            raise Problem(event["status"], event)
        elif event["type"] == "answer":
            screen.word("\n")
            return {name: value for name, value in event.items() if name != "type"}
    raise SiteUnavailable("The answer broke off; ask again.")
