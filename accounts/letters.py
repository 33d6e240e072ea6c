"""What is a mail made of, and how does it become text and HTML that say the same?

A letter is written once, as blocks; a template for each kind of block and each of the two forms (templates/mail/) says
what it looks like. Nothing in it is loaded from anywhere, and nothing tells that it was read.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from typing import ClassVar

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

_ADDRESS = re.compile(r"(?:https?:/)?/\S+")
_CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")
_SIGNATURE = "\n-- \n"


@dataclass(frozen=True, slots=True)
class Paragraph:
    template: ClassVar = "paragraph"
    text: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What must not be overlooked."""

    template: ClassVar = "notice"
    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """What somebody types or reads out; `label` says what it is, if that was not said already."""

    template: ClassVar = "code"
    text: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """The way to a page. Text has the whole address, so that it can be copied."""

    template: ClassVar = "link"
    label: str
    address: str


@dataclass(frozen=True, slots=True)
class Sum:
    template: ClassVar = "sum"
    label: str
    amount: str


@dataclass(frozen=True, slots=True)
class Call:
    """When one has to be where; the time names its zone."""

    clock: str
    day: str
    place: str


@dataclass(frozen=True, slots=True)
class Place:
    """A seat, and what is to say of it: the ticket for it, the price."""

    name: str
    more: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """A journey or an evening, with seats."""

    template: ClassVar = "card"
    title: str
    calls: Sequence[Call]
    places: Sequence[Place]
    notice: str = ""


Block = Paragraph | Notice | Code | Link | Sum | Card


@dataclass(frozen=True, slots=True)
class Letter:
    """`why` tells whoever reads it why they got it."""

    subject: str
    heading: str
    blocks: Sequence[Block]
    why: str


def letter_of_text(*, subject: str, text: str, why: str) -> Letter:
    """What allauth wrote as text: a line that is an address becomes a link, one that is a code stands out."""
    said = text.partition(_SIGNATURE)[0]
    blocks = [block for paragraph in re.split(r"\n\s*\n", said) for block in _blocks_of(paragraph)]
    return Letter(subject, subject, blocks, why)


def _blocks_of(paragraph: str) -> Iterator[Block]:
    lines: list[str] = []
    for line in filter(None, map(str.strip, paragraph.splitlines())):
        if not (_ADDRESS.fullmatch(line) or _CODE.fullmatch(line)):
            lines.append(line)
            continue
        if lines:
            yield Paragraph("\n".join(lines))
            lines = []
        yield Code(line) if _CODE.fullmatch(line) else Link(_("Open the page"), line)
    if lines:
        yield Paragraph("\n".join(lines))


def message_of(letter: Letter, *, to: str, headers: Mapping[str, str]) -> EmailMultiAlternatives:
    """The letter as text with HTML beside it, in the language that is active."""
    context = {"letter": letter, "language": get_language() or settings.LANGUAGE_CODE}
    message = EmailMultiAlternatives(
        # A line break in what somebody named their show must not end the header.
        subject=" ".join(letter.subject.split()),
        body=render_to_string("mail/letter.txt", context),
        to=[to],
        # Holiday notes are not to answer it (RFC 3834).
        headers={"Auto-Submitted": "auto-generated", **headers},
    )
    message.attach_alternative(render_to_string("mail/letter.html", context), "text/html")
    return message


def site_name() -> str:
    """The name in the world that mail comes from; what we number ourselves becomes unique by it."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
