"""What is being talked about? Carried from one message to the next, small enough to keep with a conversation.

Only what was named is kept, never what was found: facts are looked up again, with the rights of whoever asks then.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from booking.models import Show, Train

from .dates import day_as_json, day_from_json
from .hours import Hours
from .intents import Intent
from .limits import Limit
from .names import Names
from .seat_names import MAX_ROWS_ASKED, MAX_SEATS_ASKED
from .slots import Slots
from .wishes import Wishes

MAX_OPTIONS = 8
MAX_TRAINS = 8
MAX_KEPT_CHARACTERS = 4096
_LONGEST_KEY = 80
_LONGEST_TEXT = 120


@dataclass(frozen=True, slots=True)
class Context:
    """`intent` is what is talked of, `last` what was answered last, if that was something in between. `asked` is what
    the last answer asked for ("day", "places", "which", "class", "booking"...), and `offered` what it listed to choose
    from, by keys (options.py) in the order told. `topic` is what was told of how things work, if the last answer was
    that (topics.py), else its intent."""

    intent: Intent = Intent.UNKNOWN
    asked: str = ""
    offered: tuple[str, ...] = ()
    said: Mapping[str, Any] = field(default_factory=dict)
    last: Intent = Intent.UNKNOWN
    topic: str = ""

    @property
    def going_on(self) -> Intent:
        return self.intent if self.last == Intent.UNKNOWN else self.last

    def as_json(self) -> dict[str, Any]:
        """At most 4 kB, whatever was said."""
        return {
            "intent": self.intent.value,
            "asked": self.asked,
            "offered": list(self.offered),
            "said": dict(self.said),
            "last": self.last.value,
            "topic": self.topic,
        }

    @classmethod
    def from_json(cls, kept: Any) -> "Context":
        """What as_json wrote; an empty context where it is anything else, or longer."""
        if len(repr(kept)) > MAX_KEPT_CHARACTERS:
            return cls()
        match kept:
            case {"intent": str(intent), "asked": str(asked), "offered": list(offered), "said": dict(said)}:
                pass
            case _:
                return cls()
        if intent not in set(Intent) or not all(isinstance(key, str) for key in offered):
            return cls()
        keys = tuple(key[:_LONGEST_KEY] for key in offered[:MAX_OPTIONS])
        last = kept.get("last")
        between = Intent(last) if last in set(Intent) else Intent.UNKNOWN
        return cls(Intent(intent), asked[:_LONGEST_KEY], keys, said, between, _text(kept.get("topic")))

    def slots(self, names: Names) -> Slots:
        """What was said before. What is gone from the catalogue meanwhile, or was never written here, is left out."""
        said = self.said
        return Slots(
            seats=_texts(said.get("seats"), MAX_SEATS_ASKED),
            seen=_texts(said.get("seen"), MAX_SEATS_ASKED),
            rows=_texts(said.get("rows"), MAX_ROWS_ASKED),
            trains=tuple(Train.objects.filter(pk__in=_numbers(said.get("trains"), MAX_TRAINS)).order_by("pk")),
            shows=tuple(Show.objects.filter(pk__in=_numbers(said.get("shows"), MAX_TRAINS)).order_by("pk")),
            origin=names.place(_text(said.get("origin"))),
            destination=names.place(_text(said.get("destination"))),
            near=names.place(_text(said.get("near"))),
            day=day_from_json(said.get("day")),
            hours=Hours.from_json(said.get("hours")),
            zones=_texts(said.get("zones"), MAX_OPTIONS),
            option=_text(said.get("option")),
            wishes=_wishes(said),
        )


def context_of(*, intent: Intent, slots: Slots, asked: str = "", offered: tuple[str, ...] = ()) -> Context:
    """What the next message may refer to."""
    wishes = slots.wishes
    said = {
        "seats": list(slots.seats),
        "rows": list(slots.rows),
        "seen": list(slots.seen),
        "trains": [train.pk for train in slots.trains[:MAX_TRAINS]],
        "shows": [show.pk for show in slots.shows[:MAX_TRAINS]],
        "origin": slots.origin.name if slots.origin else "",
        "destination": slots.destination.name if slots.destination else "",
        "near": slots.near.name if slots.near else "",
        "day": day_as_json(slots.day) if slots.day else None,
        "hours": slots.hours.as_json() if slots.hours else None,
        "zones": [zone[:_LONGEST_TEXT] for zone in slots.zones[:MAX_OPTIONS]],
        "option": slots.option,
        "count": wishes.count,
        "passengers": dict(wishes.passengers),
        "mentions": list(wishes.mentions),
        "way": wishes.way,
        "class": wishes.seat_class,
        "features": list(wishes.features),
        "extreme": wishes.extreme,
        "reference": wishes.reference,
        "limit": wishes.limit.as_json() if wishes.limit else None,
    }
    return Context(intent, asked, tuple(offered[:MAX_OPTIONS]), {name: value for name, value in said.items() if value})


def _wishes(said: Mapping[str, Any]) -> Wishes:
    count, passengers = said.get("count"), said.get("passengers")
    wishes = Wishes(
        seat_class=_text(said.get("class")),
        features=_texts(said.get("features"), MAX_OPTIONS),
        extreme=_text(said.get("extreme")),
        mentions=_texts(said.get("mentions"), MAX_OPTIONS),
        way=_text(said.get("way")),
        reference=_text(said.get("reference")),
        limit=Limit.from_json(said.get("limit")),
    )
    if isinstance(passengers, dict) and all(isinstance(number, int) for number in passengers.values()):
        wishes = replace(wishes, passengers={str(kind): number for kind, number in passengers.items()})
    return replace(wishes, count=count) if isinstance(count, int) else wishes


def _text(value: Any) -> str:
    return value[:_LONGEST_TEXT] if isinstance(value, str) else ""


def _texts(value: Any, most: int) -> tuple[str, ...]:
    return tuple(_text(item) for item in value[:most]) if isinstance(value, list) else ()


def _numbers(value: Any, most: int) -> list[int]:
    return [item for item in value[:most] if isinstance(item, int)] if isinstance(value, list) else []
