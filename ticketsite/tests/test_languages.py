"""Is every language whole, and does a reader get the one that was chosen?"""

import ast
import gettext
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client
from django.utils import formats, translation
from moneyed import Money

from booking.templatetags.booking_format import day, money, span
from ticketsite.refusals import BUSY, language_wanted

CATALOGUES = sorted((Path(settings.BASE_DIR) / "locale").glob("*/LC_MESSAGES/django.po"))
OF_LIBRARIES = sorted((Path(settings.BASE_DIR) / "locale").glob("of_libraries/*/LC_MESSAGES/*.po"))
OTHERS = [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def test_every_language_has_a_catalogue():
    assert [file.parent.parent.name for file in CATALOGUES] == OTHERS
    assert {file.parent.parent.name for file in OF_LIBRARIES} == set(OTHERS)


@pytest.mark.parametrize(
    "catalogue", CATALOGUES + OF_LIBRARIES, ids=lambda file: "/".join((*file.parts[-4:-2], file.stem))
)
def test_nothing_is_left_untranslated_or_guessed(catalogue):
    entries = catalogue.read_text().strip().split("\n\n")[1:]
    empty = [entry for entry in entries if re.search(r'^msgstr(\[\d\])? ""$(?!\n")', entry, re.MULTILINE)]
    assert empty == []
    assert [entry for entry in entries if re.search("^#, .*fuzzy", entry, re.MULTILINE)] == []


@pytest.mark.parametrize(
    "catalogue", CATALOGUES + OF_LIBRARIES, ids=lambda file: "/".join((*file.parts[-4:-2], file.stem))
)
def test_what_is_compiled_is_what_is_written(catalogue):
    with catalogue.with_suffix(".mo").open("rb") as compiled:
        known = gettext.GNUTranslations(compiled)
    written = len(re.findall(r'^msgid "', catalogue.read_text(), re.MULTILINE))
    plurals = len(re.findall(r"^msgid_plural", catalogue.read_text(), re.MULTILINE))
    assert len(known._catalog) == written + plurals  # type: ignore[attr-defined]


def test_no_text_hides_where_it_is_not_gathered():
    """Within an f-string nobody finds it: it would be shown, in English, to everybody."""
    catalogue = CATALOGUES[0].with_suffix(".mo")
    with catalogue.open("rb") as file:
        known = {key if isinstance(key, str) else key[0] for key in gettext.GNUTranslations(file)._catalog}
    asked = {
        (file.name, call.args[0].value)
        for app in apps.get_app_configs()
        if Path(app.path).is_relative_to(settings.BASE_DIR)
        for file in Path(app.path).rglob("*.py")
        if not {"tests", "migrations", "site-packages"} & set(file.parts)
        for call in ast.walk(ast.parse(file.read_text()))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in {"_", "gettext"}
        if call.args and isinstance(call.args[0], ast.Constant)
    }
    assert len(asked) > 1_000
    assert [text for text in asked if text[1] not in known] == []


def _rows(table: str) -> list[list[str]]:
    text = (Path(settings.BASE_DIR) / "docs" / "glossary.md").read_text().partition(table)[2].partition("\n\n")[0]
    return [line.strip("| ").split(" | ") for line in text.splitlines()[2:]]


def test_the_glossary_says_what_the_catalogues_say():
    words = _rows("| English | German | Hindi |")
    said = []
    for english, *_others in words:
        found = []
        for language in OTHERS:
            with translation.override(language):
                found.append(translation.gettext(english))
        said.append([english, *found])
    assert said == words


def test_no_word_is_used_for_which_there_is_a_better_one():
    avoided = {word for word, _instead in _rows("| Not | But |")}
    # A letter with a dot beneath is another one.
    word = re.compile(rf"(?<!\w)({'|'.join(avoided)})(?!\u093c|[A-Za-z])")
    used = {}
    for catalogue in CATALOGUES + OF_LIBRARIES:
        sentences = re.findall(r'^msgstr(?:\[\d\])? (".*"(?:\n".*")*)', catalogue.read_text(), re.MULTILINE)
        if found := [sentence for sentence in sentences if word.search(sentence)]:
            used[catalogue] = found
    assert used == {}


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
def test_a_time_whose_format_no_page_names_counts_hours_up_to_24_and_has_its_day_before_its_month(language):
    with translation.override(language):
        written = formats.date_format(datetime(2026, 11, 21, 17, 5, tzinfo=UTC), "DATETIME_FORMAT")
    assert re.fullmatch(r"(Sat )?21\.? \S+ 2026,? 17:05", written)


@pytest.mark.django_db
def test_a_browser_is_answered_in_its_language_and_by_choice_in_another():
    browser = Client(headers={"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"})
    assert 'lang="de"' in browser.get("/").text
    chosen = browser.post("/language/", {"language": "hi", "next": "/shows/"})
    assert (chosen.status_code, chosen["Location"]) == (302, "/shows/")
    page = browser.get("/shows/")
    assert page.headers["Content-Language"] == "hi"
    assert 'lang="hi"' in page.text
    assert 'lang="en"' in Client(headers={"Accept-Language": "fr"}).get("/").text


def test_who_is_not_let_in_reads_why_in_the_language_that_was_chosen_or_is_asked_for():
    asked = language_wanted(cookie="", accept_language="de-AT,de;q=0.9,en;q=0.5")
    chosen = language_wanted(cookie="django_language=hi", accept_language="de")
    assert (asked, chosen) == ("de", "hi")
    _headers, page = BUSY.answer_to("/orders/", asked)
    assert "<html lang=de>" in page.decode()
    assert "Gerade viel Andrang" in page.decode()
    _headers, problem = BUSY.answer_to("/api/v1/holds/", asked)
    assert json.loads(problem)["title"] == "Gerade viel Andrang"


@pytest.mark.django_db
def test_the_calendar_of_the_back_office_is_in_the_readers_language(admin_client):
    hindi = admin_client.get("/admin/jsi18n/", headers={"Accept-Language": "hi"})
    german = admin_client.get("/admin/jsi18n/", headers={"Accept-Language": "de"})
    translation.deactivate()
    words = [json.loads(re.search(r"newcatalog = ({.*?});", answer.text, re.DOTALL)[1]) for answer in (hindi, german)]
    assert [catalogue["Choose all %s"] for catalogue in words] == ["सभी %s चुनें", "Alle %s auswählen"]
    assert [catalogue["January"] for catalogue in words] == ["जनवरी", "Januar"]


def test_money_days_and_lengths_of_time_are_written_as_the_language_does():
    amount, moment, duration = Money("1234567.50", "INR"), datetime(2026, 12, 6, 9, tzinfo=UTC), timedelta(minutes=95)
    assert (money(amount), day(moment), span(duration)) == ("₹12,34,567.50", "Sun 6 Dec 2026", "1 h 35 min")
    with translation.override("de"):
        assert money(amount) == "1.234.567,50\N{NO-BREAK SPACE}₹"
        assert (day(moment), span(duration)) == ("So, 6. Dez 2026", "1 Std. 35 Min.")
    with translation.override("hi"):
        assert (money(amount), day(moment)) == ("₹12,34,567.50", "रवि, 6 दिस् 2026")
    assert money(Money("-0.50", "EUR")) == "-€0.50"
