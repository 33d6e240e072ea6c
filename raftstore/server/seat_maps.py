"""Seat maps as they go over the wire, made once for each change and not for each reader."""

from collections import OrderedDict

from raftstore.rpc import seatstore_pb2 as pb
from raftstore.seats.machine import SeatMachine
from raftstore.seats.seatmap import Mark
from raftstore.transport import codec

MAPS_KEPT = 64


class SeatMaps:
    """The maps that were asked for last, at most MAPS_KEPT."""

    def __init__(self) -> None:
        self._made: OrderedDict[str, tuple[Mark, pb.SeatMapReply]] = OrderedDict()

    def reply(self, machine: SeatMachine, inventory: str, cluster: int) -> pb.SeatMapReply:
        """The map as of what the machine has applied. It must be sent before the next one is asked for."""
        mark = machine.seat_map_mark(inventory)
        if mark is None:
            return codec.encode_seat_map(None, cluster)
        known = self._made.get(inventory)
        if known is None or known[0] != mark:
            known = self._made[inventory] = (mark, codec.encode_seat_map(machine.seat_map(inventory), cluster))
        self._made.move_to_end(inventory)
        if len(self._made) > MAPS_KEPT:
            self._made.popitem(last=False)
        reply = known[1]
        reply.index, reply.cluster = machine.applied_index, cluster
        return reply
