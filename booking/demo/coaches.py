"""The demo's classes of travel and coaches, drawn after the coaches that run on broad-gauge lines.

A sleeping coach is a row of bays: berths across the coach on one side of the aisle, two along it on the other.
"""

# code, name, base fare, fare per km; best class first
CLASSES = [
    ("AC1", "AC First Class", "180", "3.200"),
    ("AC2", "AC 2 Tier", "120", "1.950"),
    ("AC3", "AC 3 Tier", "80", "1.380"),
    ("GEN", "General", "25", "0.270"),
]

# code, name, percent off the full fare
PASSENGER_TYPES = [("child", "Child (5 to 11)", 50), ("senior", "Senior (from 60)", 40)]

# Berths across the coach, the lowest first, by how many lie above each other.
_TIERS = {2: "LU", 3: "LMU"}
_SIDE_BERTHS = ("SL", "SU")


def _bays(count: int, across: int, along: int) -> str:
    """`count` bays of two rows: `across` berths in each row, and `along` berths at the window behind the aisle."""
    bays = []
    berth = 0
    size = 2 * across + along
    for _ in range(count):
        rows = []
        for row in range(2):
            places = [f"{berth + row * across + n}/{tier}" for n, tier in enumerate(_TIERS[across], start=1)]
            berth_beside_the_aisle = f"{berth + 2 * across + row + 1}/{_SIDE_BERTHS[row]}"
            side = [berth_beside_the_aisle] if row < along else ["."] * bool(along)
            rows.append(" ".join([*places, "|", *side]))
        bays.append("\n".join(rows))
        berth += size
    return "\n\n".join(bays)


def _benches(rows: int, left: int, right: int) -> str:
    size = left + right
    return "\n".join(
        " ".join(
            [*(str(row * size + n) for n in range(1, left + 1)), "|"]
            + [str(row * size + n) for n in range(left + 1, size + 1)]
        )
        for row in range(rows)
    )


# layout name -> class, drawing
LAYOUTS = {
    "AC First Class, 24 berths": ("AC1", _bays(6, 2, 0)),
    "AC 2 Tier, 54 berths": ("AC2", _bays(9, 2, 2)),
    "AC 3 Tier, 72 berths": ("AC3", _bays(9, 3, 2)),
    # Two places for wheelchairs beside the first door.
    "General, 90 seats": ("GEN", _benches(15, 3, 3).replace("3 | 4", "3/A | 4/A", 1)),
}

# letter of a coach's label -> layout name
LAYOUT_OF_LETTER = {
    "H": "AC First Class, 24 berths",
    "A": "AC 2 Tier, 54 berths",
    "B": "AC 3 Tier, 72 berths",
    "G": "General, 90 seats",
}
