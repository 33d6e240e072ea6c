"""What does a show without a photograph look like? A poster of plain shapes, always the same for the same name.

Tiles on a grid, each with a shape in one of four colours; css/posters.css says which colours those are. Nothing here
draws at random: the digest of the name decides, so the poster is the same on every page and every web server.
"""

import hashlib
from collections.abc import Iterator

TILE = 80
COLUMNS, ROWS = 5, 3
COLOURS = 4
PALETTES = 6

_QUARTER_TURNS = 4
# Each in a tile of 80 by 80 whose corner is at 0, 0; turned by quarters around its middle.
_SHAPES = (
    '<circle cx="40" cy="40" r="40" class="{}"/>',
    '<path d="M0 0h80a80 80 0 0 1-80 80z" class="{}"/>',
    '<path d="M0 40a40 40 0 0 1 80 0z" class="{}"/><path d="M0 80a40 40 0 0 1 80 0z" class="{}"/>',
    '<path d="M0 0h80L0 80z" class="{}"/>',
    '<path d="M0 0h80v80H0z" class="{}"/><circle cx="40" cy="40" r="22" class="{}"/>',
    '<path d="M0 0h80v16H0zM0 32h80v16H0zM0 64h80v16H0z" class="{}"/>',
    '<path d="M0 0h80a80 80 0 0 1-80 80z" class="{}"/><path d="M0 0h40a40 40 0 0 1-40 40z" class="{}"/>',
    "",
)


def poster(name: str) -> str:
    """An SVG of 400 by 240 that is only there to be looked at, for the show of this name (its slug)."""
    digest = hashlib.shake_256(name.encode()).digest(1 + 4 * COLUMNS * ROWS)
    tiles = "".join(_tiles(digest[1:]))
    return (
        f'<svg class="poster poster-{digest[0] % PALETTES}" viewBox="0 0 {COLUMNS * TILE} {ROWS * TILE}"'
        f' width="{COLUMNS * TILE}" height="{ROWS * TILE}" preserveAspectRatio="xMidYMid slice" aria-hidden="true">'
        f"{tiles}</svg>"
    )


def _tiles(chosen: bytes) -> Iterator[str]:
    for number in range(COLUMNS * ROWS):
        shape, turn, first, second = chosen[4 * number : 4 * number + 4]
        drawn = _SHAPES[shape % len(_SHAPES)]
        if not drawn:
            continue
        # The second colour is never the first, or a shape on a shape would not be seen.
        over = (first + 1 + second % (COLOURS - 1)) % COLOURS
        row, column = divmod(number, COLUMNS)
        angle, middle = turn % _QUARTER_TURNS * 90, TILE // 2
        yield (
            f'<g transform="translate({column * TILE} {row * TILE}) rotate({angle} {middle} {middle})">'
            f"{drawn.format(f'p{first % COLOURS + 1}', f'p{over + 1}')}</g>"
        )
