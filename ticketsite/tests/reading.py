"""What does a person read on a page? And which of it is the same in two languages although it is no name?"""

import re
import zoneinfo
from collections.abc import Iterable
from html.parser import HTMLParser

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db.models import CharField, TextField

# What is written in a text area was written by people.
_UNREAD = {"script", "style", "template", "textarea"}
_ALONE = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "use"}
_SAID = ("aria-label", "title", "alt", "placeholder")
# Codes, abbreviations and what stands in an address or a file's name are nobody's language.
_NO_WORD = re.compile(r"\S*[\d@/_.*]\S*|\b[A-Z]{2,6}\b|<[^>]*>")
_WORD = re.compile(r"[A-Za-z]{3,}")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: set[str] = set()
        # Whether each element around says that it is in a language of its own.
        self._around: list[bool] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        foreign = tag in _UNREAD or (tag != "html" and ("lang" in given or given.get("translate") == "no"))
        said = [given.get(name) for name in _SAID]
        if tag == "input" and given.get("type") in ("submit", "button"):
            said.append(given.get("value"))
        if not foreign and not any(self._around):
            self.texts |= {_plain(text) for text in said if text}
        if tag not in _ALONE:
            self._around.append(foreign)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _ALONE and self._around:
            self._around.pop()

    def handle_data(self, data: str) -> None:
        if not any(self._around):
            self.texts.add(_plain(data))


def _plain(text: str) -> str:
    return " ".join(text.split())


def texts_of(markup: str) -> set[str]:
    """Every piece of text that is shown or read aloud."""
    reader = _Reader()
    reader.feed(markup)
    return reader.texts - {""}


def names_in_the_database() -> list[str]:
    """What people wrote, which is in whatever language they wrote it; the longest first."""
    zones = zoneinfo.available_timezones()
    names = {permission.name for permission in Permission.objects.all()} | zones
    names |= {zone.replace("_", " ") for zone in zones} | _columns_of_sheets()
    for model in apps.get_models():
        columns = [field.name for field in model._meta.local_fields if isinstance(field, CharField | TextField)]
        for row in model._default_manager.values_list(*columns) if columns else ():
            names |= {_plain(value) for value in row if isinstance(value, str)}
    # Whoever has no name is called by the beginning of the address.
    names |= {name.partition("@")[0] for name in names if "@" in name}
    return sorted((name for name in names if _WORD.search(name)), key=len, reverse=True)


def _columns_of_sheets() -> set[str]:
    """Spreadsheets have the same columns in every language."""
    sheets = [sheet for office in admin.site._registry.values() for sheet in getattr(office, "sheets", ())]
    sheets += [sheet for office in admin.site._registry.values() for sheet in getattr(office, "resource_classes", ())]
    return {", ".join(field.column_name for field in sheet().get_export_fields()) for sheet in sheets}


def left_over(english: str, translated: str, *, names: Iterable[str], same: Iterable[str]) -> list[str]:
    """Texts that both pages have, and that are more than names and the words that are the `same` in both languages."""
    found = []
    for text in sorted(texts_of(english) & texts_of(translated)):
        rest = text
        for name in names:
            rest = rest.replace(name, " ")
        words = {word.lower() for word in _WORD.findall(_NO_WORD.sub(" ", rest))}
        if words - set(same):
            found.append(text)
    return found
