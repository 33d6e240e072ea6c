"""Places of seats, and the choice of some, between values (seats/commands.py) and the wire (seatstore.proto)."""

from raftstore.errors import MalformedMessage
from raftstore.rpc import seatstore_pb2 as pb
from raftstore.seats import commands as c


def encode_hold_best(wish: c.HoldBest, wire: pb.HoldBest) -> None:
    wire.inventory, wire.hold, wire.count = wish.inventory, wish.hold, wish.count
    wire.first_leg, wire.end_leg, wire.ttl_ms = wish.first_leg, wish.end_leg, wish.ttl_ms
    wire.zones.extend(wish.zones)
    wire.must_have, wire.prefer = wish.must_have, wish.prefer
    wire.together, wire.movable, wire.repack = wish.together, wish.movable, wish.repack


def decode_hold_best(wire: pb.HoldBest) -> c.HoldBest:
    return c.HoldBest(
        wire.inventory,
        wire.hold,
        wire.count,
        wire.first_leg,
        wire.end_leg,
        wire.ttl_ms,
        tuple(wire.zones),
        wire.must_have,
        wire.prefer,
        wire.together,
        wire.movable,
        wire.repack,
    )


def encode_places(places: tuple[c.SeatPlace, ...]) -> pb.Places:
    zones = {zone: at for at, zone in enumerate(dict.fromkeys(place.zone for place in places))}
    rows = {row: at for at, row in enumerate(dict.fromkeys(place.row for place in places))}
    return pb.Places(
        zones=zones,
        rows=rows,
        zone=[zones[place.zone] for place in places],
        row=[rows[place.row] for place in places],
        number=[place.number for place in places],
        features=[place.features for place in places],
        rank=[place.rank for place in places],
    )


def decode_places(wire: pb.Places) -> tuple[c.SeatPlace, ...]:
    """
    Raises:
        MalformedMessage: the columns are not of one length, or name a zone or a row that is not there.
    """
    try:
        columns = zip(wire.zone, wire.row, wire.number, wire.features, wire.rank, strict=True)
        return tuple([c.SeatPlace(wire.zones[z], wire.rows[r], n, f, k) for z, r, n, f, k in columns])
    except (ValueError, IndexError) as error:
        raise MalformedMessage(f"the places of the seats do not fit together: {error}") from error


def encode_best_held(best: c.BestHeld) -> pb.BestHeld:
    moved = [pb.Move(hold=hold, from_seat=from_seat, to_seat=to_seat) for hold, from_seat, to_seat in best.moved]
    return pb.BestHeld(
        hold=best.hold, seats=best.seats, expires_at_ms=best.expires_at_ms, now_ms=best.now_ms, moved=moved
    )


def decode_best_held(wire: pb.BestHeld) -> c.BestHeld:
    moved = tuple([c.Move(move.hold, move.from_seat, move.to_seat) for move in wire.moved])
    return c.BestHeld(wire.hold, tuple(wire.seats), wire.expires_at_ms, wire.now_ms, moved)
