"""What goes over the wire comes back the same."""

import pytest

from raftstore.errors import MalformedMessage
from raftstore.rpc import seatstore_pb2
from raftstore.seats import commands as c
from raftstore.seats import gate_commands as g
from raftstore.seats.listing import HoldPage, ListedHold
from raftstore.transport import codec

COMMANDS: list[c.Command | c.OpenSession] = [
    c.OpenInventory("train", ("A-1", "A-2"), 5),
    c.OpenInventory(
        "hall", ("A-1", "B-1"), 1, (c.SeatPlace("stalls", "A", 1, 3, 0), c.SeatPlace("balcony", "B", 1, 0, 1))
    ),
    c.HoldBest("train", "h", 2, 0, 3, 60_000),
    c.HoldBest("train", "h", 10, 0, 3, 60_000, ("AC1", "AC2"), 1 << 31, 5, together=True, movable=True, repack=True),
    c.CloseInventory("train"),
    c.Hold("train", "h", ("A-1",), 0, 3, 60_000),
    c.Extend("h", 5),
    c.Confirm("h"),
    c.Release("h"),
    c.Cancel("h"),
    c.Cancel("h", ("A-1",)),
    c.Exchange("h", "i", "train", ("A-2",), 1, 2),
    c.Exchange("h", "i", "train", ("A-2",), 1, 2, movable=True),
    c.OpenSession(),
    g.OpenGate("train", "ab" * 32, 1_700_000_000_000, 50_000),
    g.CloseGate("train"),
    g.JoinGate("train", "v"),
    g.LeaveGate("train", "v"),
    g.RevealGate("train", "seed"),
    g.AdmitNext("train", 5, 60_000),
]
OUTCOMES: list[c.Outcome] = [
    c.Opened("train"),
    c.Closed("train"),
    c.Held("h", 2_000, 1_000),
    c.BestHeld("h", ("A-1", "A-2"), 2_000, 1_000),
    c.BestHeld("h", ("A-1",), 2_000, 1_000, (c.Move("i", "A-1", "A-2"), c.Move("j", "A-2", "A-1"))),
    c.Taken(("A-1",)),
    c.Confirmed("h"),
    c.Released("h"),
    c.Cancelled("h", ("A-1",)),
    c.Exchanged("h", "i"),
    c.SessionOpened((1 << 63) - 1),
    c.Refused(c.RefusalCode.HOLD_ENDED, "it expired", c.HoldState.EXPIRED),
    c.Refused(c.RefusalCode.INVALID, "no seats"),
    g.GateView("train", "ab" * 32, 1_700_000_000_000, 50_000, "seed", 3, 9, 4, 2, 6),
    g.VisitorView("train", "v", g.VisitorState.ADMITTED, 7, 2, 60_000, 1_000),
    g.GateClosed("train"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
def test_commands_survive_the_wire(command):
    request = c.Request("r-1", command, session=(1 << 63) - 1, sequence=9, acknowledged_below=8)
    data = codec.encode_payload(12, 34, [codec.encode_request(request)])
    assert codec.decode_payload(data) == codec.Payload(12, 34, (request,))


@pytest.mark.parametrize("outcome", OUTCOMES, ids=lambda outcome: type(outcome).__name__)
def test_outcomes_survive_the_wire(outcome):
    assert codec.decode_outcome(codec.encode_outcome(outcome)) == outcome


@pytest.mark.parametrize("mask", [0, 1, 0b1011, 1 << 63, (1 << 200) - 1])
def test_masks_of_any_length_survive_the_wire(mask):
    assert codec.decode_mask(codec.encode_mask(mask)) == mask


def test_views_survive_the_wire():
    seat_map = c.SeatMap("train", 9, True, 70, 2, held={"A-1": 1 << 69}, sold={"A-1": 1, "A-2": 2})
    assert codec.decode_seat_map("train", codec.encode_seat_map(seat_map)) == seat_map
    assert codec.decode_seat_map("train", codec.encode_seat_map(None)) is None
    hold = c.HoldView("h", "train", c.HoldState.HELD, ("A-1",), 0, 3, 2_000, 1_000, movable=True)
    assert codec.decode_hold("h", codec.encode_hold(hold)) == hold
    assert codec.decode_hold("h", codec.encode_hold(None)) is None
    listed = ListedHold("h", c.HoldState.CONFIRMED, ("A-1", "A-2"), ("A-2",), 0, 3, movable=True)
    page = HoldPage((listed,), more=True)
    assert codec.decode_holds(codec.encode_holds(page)) == page
    assert codec.decode_holds(codec.encode_holds(None)) is None
    event = c.SeatEvent(9, 3, 1, 5, "train", "A-1", c.EventKind.HELD, "h", 0, 3, 7, 0)
    assert codec.decode_event(codec.encode_event(event)) == event


def test_places_that_do_not_fit_together_are_refused_with_a_typed_error():
    for places in (
        seatstore_pb2.Places(zones=["1"], rows=["A"], zone=[0], row=[0], number=[1], features=[0]),
        seatstore_pb2.Places(zones=["1"], rows=["A"], zone=[1], row=[0], number=[1], features=[0], rank=[0]),
    ):
        wire = seatstore_pb2.Request(open_inventory=seatstore_pb2.OpenInventory(places=places))
        with pytest.raises(MalformedMessage):
            codec.decode_request(wire)


def test_what_this_version_does_not_know_is_refused_with_a_typed_error():
    with pytest.raises(MalformedMessage):
        codec.decode_request(seatstore_pb2.Request(request_id="r"))
    with pytest.raises(MalformedMessage):
        codec.decode_outcome(seatstore_pb2.Outcome())
    with pytest.raises(MalformedMessage):
        codec.decode_outcome(seatstore_pb2.Outcome(refused=seatstore_pb2.Refused(code="of a later version")))
    with pytest.raises(MalformedMessage):
        codec.decode_event(seatstore_pb2.SeatEvent(kind="of a later version"))
