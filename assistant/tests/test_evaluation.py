"""Is what people ask understood? The labelled questions, over the names of the demo's catalogue."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

import booking.demo
from assistant import tools
from assistant.evaluation.questions import NotALabel, conversations
from assistant.evaluation.scoring import GRAVE, Score, score
from assistant.learned import WEIGHTS
from assistant.learning import digest_of_lessons, phrases
from assistant.names import Names
from booking.demo.coaches import CLASSES
from booking.demo.shows import HALLS, SHOWS
from booking.demo.stations import stations
from booking.demo.trains import trains
from booking.halls.files import read_plan
from booking.models import Hall, PriceZone, SeatClass, Show, Station, Train, Venue
from booking.tests.catalogue import a_carrier

PLANS = Path(booking.demo.__file__).parent / "halls"


@pytest.fixture
def names(db) -> Names:
    """Everything in the demo that has a name, without what is on sale."""
    carrier = a_carrier()
    Station.objects.bulk_create([Station(**row) for row in stations()])
    Train.objects.bulk_create([Train(carrier=carrier, number=train.number, name=train.name) for train in trains()])
    Show.objects.bulk_create([Show(title=show.title, slug=show.slug, genre=show.genre) for show in SHOWS])
    SeatClass.objects.bulk_create([SeatClass(carrier=carrier, code=code, name=name, base_fare=1, fare_per_km=1)
                                   for code, name, *_ in CLASSES])  # fmt: skip
    for hall in HALLS:
        venue, _ = Venue.objects.get_or_create(name=hall.venue, defaults={"city": hall.city})
        room = Hall.objects.create(venue=venue, name=hall.name)
        zones = read_plan(file_name=hall.plan, content=(PLANS / hall.plan).read_bytes()).zones
        PriceZone.objects.bulk_create([PriceZone(hall=room, code=zone.code, name=zone.name) for zone in zones])
    return tools.known_names()


def told(found: Score) -> str:
    return "\n".join(map(str, (*found.wrong, *found.wrong_slots)))


def test_the_labelled_questions_are_understood(names):
    asked = conversations()
    assert sum(map(len, asked)) >= 300
    assert sum(len(conversation) > 1 for conversation in asked) >= 10, "several of several turns"
    found = score(asked, names)
    assert found.accuracy >= 0.95, told(found)
    assert found.slot_accuracy >= 0.95, told(found)
    assert found.accuracy_of(GRAVE) == 1, told(found)


def test_no_labelled_question_is_a_phrase_that_the_assistant_knows_by():
    known = {phrase.pattern for phrase in phrases()}
    assert not [
        turn.message for turns in conversations() for turn in turns if turn.message.lower().strip("?!. ") in known
    ]


def test_the_weights_are_learned_from_the_phrases_and_cues_of_now():
    assert json.loads(WEIGHTS.read_text())[""] == digest_of_lessons(), "manage.py assistant_learn learns them anew"


def test_a_question_that_is_understood_otherwise_is_counted_and_named(names, tmp_path, capsys):
    file = tmp_path / "questions.txt"
    file.write_text(
        "trains from Surat to Kota tomorrow => fares; origin=Kota\n> on friday => trains; day=weekday 4 False\n"
    )
    call_command("assistant_evaluation", questions=file)
    printed = capsys.readouterr().out
    assert "fares taken for trains: 1" in printed
    assert "meant origin=Kota, understood Surat" in printed
    assert "money, other people: 0.0%" in printed
    assert "day                     1     1" in printed


@pytest.mark.parametrize("line", ["no arrow", "what => nonsense", "> follows => help"])
def test_a_line_that_is_no_label_is_said_to_be_none(line, tmp_path):
    file = tmp_path / "questions.txt"
    file.write_text(line)
    with pytest.raises(NotALabel):
        conversations(file)
    with pytest.raises(CommandError):
        call_command("assistant_evaluation", questions=file)


def test_a_missing_file_is_said_to_be_missing(tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        call_command("assistant_evaluation", questions=tmp_path / "none.txt")
