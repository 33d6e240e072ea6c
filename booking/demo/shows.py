"""The demo's venues, halls, shows and when they are played. The titles are nobody's."""

from dataclasses import dataclass
from datetime import time


@dataclass(frozen=True, slots=True)
class DemoHall:
    venue: str
    city: str
    address: str
    time_zone: str
    name: str
    # A file in booking/demo/halls.
    plan: str


@dataclass(frozen=True, slots=True)
class DemoShow:
    title: str
    slug: str
    genre: str
    summary: str
    description: str
    minutes: int
    hall: str
    weekdays: tuple[int, ...]
    times: tuple[time, ...]
    # Price of the hall's zones, best first.
    prices: tuple[str, ...]
    seats_per_customer: int | None = None


HALLS = [
    DemoHall("Lamplight Theatre", "Bengaluru", "Cubbon Road", "Asia/Kolkata", "Studio", "studio.txt"),
    DemoHall("Sea Face Playhouse", "Mumbai", "Worli Sea Face", "Asia/Kolkata", "Main Stage", "main_stage.txt"),
    DemoHall("Sea Face Playhouse", "Mumbai", "Worli Sea Face", "Asia/Kolkata", "Yard", "yard.txt"),
    DemoHall("Yamuna Concert Hall", "New Delhi", "Ring Road", "Asia/Kolkata", "Great Hall", "great_hall.txt"),
]

_EVENING = time(19, 30)
_MATINEE = time(15, 0)

SHOWS = [
    DemoShow(
        "The Last Monsoon",
        "the-last-monsoon",
        "Drama",
        "Three sisters, one leaking roof, and a letter that should never have arrived.",
        "A family drama in two acts, played with nothing but chairs and the sound of rain. In English and Kannada.",
        110,
        "Studio",
        (3, 4),
        (_EVENING,),
        ("900", "600"),
    ),
    DemoShow(
        "Platform Nine at Midnight",
        "platform-nine-at-midnight",
        "Comedy",
        "Everyone has missed the same train, and nobody wants to say why.",
        "Seven strangers, one waiting room, one vending machine. A comedy of delays that runs exactly on time.",
        95,
        "Studio",
        (5, 6),
        (_MATINEE, _EVENING),
        ("850", "550"),
    ),
    DemoShow(
        "Paper Tigers",
        "paper-tigers",
        "Puppetry",
        "A newspaper folds itself into a jungle. For everybody from five years on.",
        "Puppets, shadows and four thousand sheets of yesterday's news. Without words.",
        60,
        "Studio",
        (2,),
        (time(17, 0),),
        ("500", "350"),
    ),
    DemoShow(
        "Salt and Cinnamon",
        "salt-and-cinnamon",
        "Musical",
        "A spice ship, a stowaway and eleven songs on the way to Kochi.",
        "The musical of the spice coast, with a band of twelve on stage and one very large sail.",
        150,
        "Main Stage",
        (3, 4, 5, 6),
        (_EVENING,),
        ("2400", "1500", "800"),
    ),
    DemoShow(
        "The Lighthouse Clerk",
        "the-lighthouse-clerk",
        "Thriller",
        "The light goes out every night at four. Somebody is turning it off.",
        "A thriller for a stage that turns, a lamp that does not, and an audience that sits in the dark for a minute.",
        125,
        "Main Stage",
        (1, 2),
        (_EVENING,),
        ("1800", "1200", "700"),
    ),
    DemoShow(
        "Rivers in D Minor",
        "rivers-in-d-minor",
        "Classical",
        "A symphony orchestra and a sarod follow a river from the glacier to the delta.",
        "Six movements without an interval. Latecomers are admitted after the second.",
        100,
        "Great Hall",
        (5,),
        (_EVENING,),
        ("4500", "2800", "1600", "900"),
    ),
    DemoShow(
        "Ten Thousand Drums",
        "ten-thousand-drums",
        "Percussion",
        "Forty drummers from nine states, on everything that can be struck.",
        "Dhol, chenda, tabla, mridangam and a row of water buckets. Ear plugs at the door, free of charge.",
        90,
        "Great Hall",
        (4,),
        (time(20, 0),),
        ("3000", "2000", "1200", "700"),
    ),
    DemoShow(
        "Starlight Raga",
        "starlight-raga",
        "Indian classical",
        "Ragas of the evening, sung as the house lights fade by one lamp each.",
        "Two long recitals with an interval of twenty minutes. Please switch off whatever glows.",
        160,
        "Great Hall",
        (6,),
        (time(18, 30),),
        ("3500", "2200", "1300", "800"),
    ),
    DemoShow(
        "Brass Before the Rain",
        "brass-before-the-rain",
        "Brass",
        "Nine horns, two drums and a yard full of people who will not sit down.",
        "Standing in front of the stage, seats on three steps behind. If it rains, it is played louder.",
        100,
        "Yard",
        (4, 5),
        (time(20, 30),),
        ("900", "600"),
        seats_per_customer=6,
    ),
]
