"""Plans of halls as text, as a table and as a drawing: what they mean, and which line is wrong if nothing."""

import pytest

from booking.halls.drawing import MAX_SEATS, DrawnArea, DrawnZone
from booking.halls.errors import HallPlanError
from booking.halls.files import MAX_BYTES, read_plan
from booking.halls.layout import layout_of
from booking.halls.places import Place, Space, seats_of
from booking.halls.spreadsheet import read_csv
from booking.halls.svg import read_svg
from booking.halls.text import read_text, write_text

TEXT = """\
# The great hall
zone BEST  Best seats
zone REST
zone FLOOR Standing room

row A BEST  1w 2-3 | 4-6   # nearest the stage
row B BEST  1-8

row C REST  1-4 . 5-8r
area PIT FLOOR 12  The pit
"""

TABLE = """\
row,zone,zone_name,seat,x,y,accessible,restricted,capacity,name
A,BEST,Best seats,1,0,0,yes,,,
A,BEST,,2,1,0,,,,
B,REST,,1,0,1.5,no,x,,
B,BEST,,2,1,1.5,,,,
PIT,FLOOR,,,,,,,12,The pit
"""

DRAWING = """\
<?xml version="1.0"?>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 300">
  <rect x="0" y="0" width="300" height="20"/>
  <g data-zone="BEST" data-zone-name="Best seats" transform="translate(100,100)">
    <circle id="A-2" cx="20" cy="0" r="8"/>
    <circle id="A-1" cx="0" cy="0" r="8" data-accessible="yes"/>
    <rect data-row="A" data-seat="3" x="72" y="-8" width="16" height="16"/>
    <g transform="rotate(90)" data-row="B">
      <ellipse data-seat="1" cx="40" cy="0" data-zone="REST" data-restricted="yes"/>
      <ellipse data-seat="2" cx="40" cy="-20"/>
    </g>
  </g>
  <path d="M0 0" data-area="PIT" data-zone="FLOOR" data-capacity="12" data-name="The pit"/>
</svg>
"""


def row_of(drawing, label):
    return next(row for row in drawing.rows if row.label == label)


def test_a_text_has_zones_rows_cross_aisles_and_standing_areas():
    drawing = read_text(TEXT)
    assert drawing.zones == (
        DrawnZone("BEST", "Best seats"), DrawnZone("REST", "REST"), DrawnZone("FLOOR", "Standing room"),
    )  # fmt: skip
    assert [(row.label, row.position, row.zone) for row in drawing.rows] == [
        ("A", 0, "BEST"), ("B", 1, "BEST"), ("C", 3, "REST"),
    ]  # fmt: skip
    assert drawing.areas == (DrawnArea("PIT", "The pit", 12, "FLOOR"),)
    assert drawing.seat_names[:3] == ["A-1", "A-2", "A-3"]
    assert drawing.seat_names[-12:] == [f"PIT-{number:03}" for number in range(1, 13)]


@pytest.mark.parametrize("drawing", [read_text(TEXT), read_csv(TABLE), read_svg(DRAWING)])
def test_whatever_a_plan_was_read_from_its_text_means_the_same(drawing):
    assert read_text(write_text(drawing)) == drawing


def test_a_remark_between_rows_is_no_cross_aisle():
    drawing = read_text("zone Z\nrow A Z 1\n# a remark\nrow B Z 1\n\n\nrow C Z 1\n")
    assert [row.position for row in drawing.rows] == [0, 1, 4]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("zone Z\nrow A Z 1 2 q", 2, "'q' is no place"),
        ("zone Z\nrow a Z 1", 2, "'a' cannot name a row"),
        ("zone Z\nrow A Z 1\n\nrwo B Z 1", 4, "Write 'zone CODE Name'"),
        ("zone Z\narea PIT Z 0", 2, "'0' people"),
        ("zone Z\narea PIT Z -5", 2, "'-5' people"),
        ("zone Z\nrow A Y 1", 0, "no zone Y"),
        ("zone Z\nrow A Z 1-2:Y", 0, "no zone Y"),
        ("zone Z\nzone Z\nrow A Z 1", 0, "Zone Z is in this plan twice"),
        ("zone Z\nrow A Z 1\nrow A Z 2", 0, "A is in this plan twice"),
        ("zone Z\nrow A Z 1\narea PIT Z 5", 0, "needs one of its own"),
        ("zone Z\narea P Z 5\narea Q Z 5", 0, "each needs one of its own"),
        ("zone Z\nrow A Z 1@0,0\nrow B Z 1", 0, "of every row where its seats are"),
        ("zone Z", 0, "neither a seat nor a standing area"),
        ("zone Z\nzone Y\nzone X\narea P Z 9999\narea Q Y 9999\narea R X 9999", 0, f"hall can have .{MAX_SEATS}"),
    ],
)  # fmt: skip
def test_a_text_that_cannot_be_read_is_refused_with_its_line(text, line, reason):
    with pytest.raises(HallPlanError, match=reason) as refused:
        read_text(text)
    assert refused.value.line == line


def test_a_table_has_a_line_for_each_seat():
    drawing = read_csv(TABLE)
    assert row_of(drawing, "A").places == (Place(1, ("accessible",), at=(0, 0)), Place(2, at=(1, 0)))
    assert row_of(drawing, "B").places == (Place(1, ("restricted",), at=(0, 1.5)), Place(2, (), "BEST", (1, 1.5)))
    assert drawing.zones[0] == DrawnZone("BEST", "Best seats")
    assert drawing.areas == (DrawnArea("PIT", "The pit", 12, "FLOOR"),)


def test_a_table_has_a_line_for_each_row():
    drawing = read_csv('\ufeffSeats,Row,Zone\n"1-3 | 4w",A,Z\n1-8,B,Z\n')
    assert row_of(drawing, "A").places[3] is Space.AISLE
    assert len(seats_of(row_of(drawing, "B").places)) == 8


@pytest.mark.parametrize(
    ("table", "line", "reason"),
    [
        ("", 0, "empty"),
        ("row,zone,sets\nA,Z,1", 1, "no column 'sets'"),
        ("row,seat\nA,1", 1, "Columns are needed"),
        ("row,zone,seat\nA,Z,1\nA,Z,1", 3, "Seat 1 is in this row twice"),
        ("row,zone,seat\nA,Z,1\nA,Z,x", 3, "'x' is no number of a seat"),
        ("row,zone,seat\nA,Z,1,5", 2, "4 cells"),
        ("row,zone,seat,x,y\nA,Z,1,5,", 2, "both x and y"),
        ("row,zone,seat,accessible\nA,Z,1,perhaps", 2, "neither yes nor no"),
        ("row,zone,seats\nA,Z,1-3\nA,Z,4", 3, "on line 2 already"),
        ("row,zone,seats\nA,,1-3", 2, "cannot name a zone"),
        ('row,zone,seats\nA,Z,"1-3', 2, "no table"),
        ("row,zone,capacity\nP,Z,-1", 2, "'-1' people"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_with_its_line(table, line, reason):
    with pytest.raises(HallPlanError, match=reason) as refused:
        read_csv(table)
    assert refused.value.line == line


def test_seats_of_a_drawing_lie_where_they_are_drawn_in_pitches():
    drawing = read_svg(DRAWING)
    assert row_of(drawing, "A").places == (
        Place(1, ("accessible",), at=(0, 0)), Place(2, at=(1, 0)), Space.AISLE, Place(3, at=(4, 0)),
    )  # fmt: skip
    assert row_of(drawing, "B").zone == "REST"
    assert row_of(drawing, "B").places == (Place(1, ("restricted",), at=(0, 2)), Place(2, (), "BEST", (1, 2)))
    assert drawing.areas == (DrawnArea("PIT", "The pit", 12, "FLOOR"),)
    assert DrawnZone("BEST", "Best seats") in drawing.zones


def svg(content):
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{content}\n</svg>'


@pytest.mark.parametrize(
    ("drawing", "line", "reason"),
    [
        ("zone Z\n", 1, "no SVG"),
        ("<html>\n</html>", 1, "no SVG but <html>"),
        (svg('<circle id="A-1" data-zone="Z">'), 3, "no SVG: mismatched tag"),
        (svg('<circle id="A-1"/>'), 2, "A-1 is in no zone"),
        (svg('<g data-zone="Z">\n<circle id="A-1"/>\n<circle id="A-1"/></g>'), 4, "A-1 is in this plan twice"),
        (svg('<circle id="A-1" cx="5%" data-zone="Z"/>'), 2, "cx='5%' is no length"),
        (svg('<g transform="skewX(3)"/>'), 2, "none of translate"),
        (svg('<g transform="nonsense"/>'), 2, "cannot be read"),
        (svg('<g data-area="PIT" data-zone="Z" data-capacity="0"/>'), 2, "'0' people"),
        (svg('<circle r="5"/>'), 0, "neither a seat"),
        (svg("<g>" * 101 + "</g>" * 101), 2, "without end"),
        ('<!DOCTYPE svg [\n<!ENTITY a "aaaa">\n]><svg>&a;</svg>', 2, "may not declare entities"),
    ],
)
def test_a_drawing_that_cannot_be_read_is_refused_with_its_line(drawing, line, reason):
    with pytest.raises(HallPlanError, match=reason) as refused:
        read_svg(drawing)
    assert refused.value.line == line


def test_the_name_of_a_file_says_how_its_plan_is_written():
    assert read_plan(file_name="Hall.TXT", content=TEXT.encode()) == read_text(TEXT)
    assert read_plan(file_name="hall.csv", content=TABLE.encode("utf-8-sig")) == read_csv(TABLE)
    assert read_plan(file_name="hall.svg", content=DRAWING.encode()) == read_svg(DRAWING)


@pytest.mark.parametrize(
    ("name", "content", "line", "reason"),
    [
        ("hall.pdf", b"", 0, "ends with .txt, .csv, .svg"),
        ("hall.txt", b"zone Z\nrow A Z 1 # caf\xe9", 2, "UTF-8"),
        ("hall.txt", b"#" * (MAX_BYTES + 1), 0, "at most 4 MB"),
    ],
)
def test_a_file_that_is_no_plan_is_refused(name, content, line, reason):
    with pytest.raises(HallPlanError, match=reason) as refused:
        read_plan(file_name=name, content=content)
    assert refused.value.line == line


def test_a_layout_has_a_section_for_the_rows_and_one_for_each_standing_area():
    layout = layout_of(read_text(TEXT), title="Great hall")
    hall, pit = layout["sections"]
    assert (hall["label"], hall["title"]) == ("hall", "Great hall")
    assert (pit["label"], pit["title"], pit["zone"], pit["kind"]) == ("PIT", "The pit", "FLOOR", "standing")
    features = {seat["name"]: seat["features"] for seat in hall["seats"]}
    assert (features["A-1"], features["A-3"], features["C-5"]) == (["accessible"], ["aisle"], ["restricted"])
    x = {seat["name"]: seat["x"] for seat in hall["seats"]}
    assert x["C-5"] - x["C-4"] == pytest.approx(2, abs=0.01)
    y = {seat["name"]: seat["y"] for seat in hall["seats"]}
    assert y["C-4"] - y["B-4"] > 2


def test_seats_that_say_where_they_are_are_drawn_there():
    section = layout_of(read_csv(TABLE), title="H")["sections"][0]
    assert {seat["name"]: (seat["x"], seat["y"]) for seat in section["seats"]} == {
        "A-1": (0, 0), "A-2": (1, 0), "B-1": (0, 1.5), "B-2": (1, 1.5),
    }  # fmt: skip
    assert (section["width"], section["height"]) == (2, 2.5)
