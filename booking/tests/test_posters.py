"""Has every show a poster, the same one each time, and never another's?"""

import xml.etree.ElementTree as ElementTree

from booking.posters import poster


def test_a_show_has_the_same_poster_on_every_page_and_no_two_shows_share_one() -> None:
    names = [f"show-{number}" for number in range(200)]
    drawn = {name: poster(name) for name in names}
    assert all(poster(name) == drawn[name] for name in names)
    assert len(set(drawn.values())) == len(names)


def test_a_poster_is_one_small_drawing_whatever_the_show_is_called() -> None:
    for name in ("", "a", "<script>", "х" * 500):
        svg = poster(name)
        assert ElementTree.fromstring(svg).tag == "svg"
        assert "script" not in svg
        assert len(svg) < 3000


def test_a_shape_on_a_shape_has_another_colour() -> None:
    for number in range(200):
        for group in ElementTree.fromstring(poster(f"show-{number}")):
            colours = [shape.get("class") for shape in group]
            assert len(set(colours)) == len(colours)
