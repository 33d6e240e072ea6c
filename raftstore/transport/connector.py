"""What a client asks of what carries its frames and questions to a node: gRPC (frames.py), or a simulated network."""

from typing import Protocol

from raftstore.rpc import gates_pb2
from raftstore.rpc import seatstore_pb2 as pb


class TryElsewhere(Exception):
    """This node cannot answer now; `address` is a better one, if it knows one.

    Of what was sent to it before, nothing is known: it may have arrived.
    """

    def __init__(self, address: str = "", reason: str = "") -> None:
        super().__init__(reason)
        self.address = address


class NotSent(TryElsewhere):
    """The stream had ended before: this frame has not left."""


class FrameStream(Protocol):
    """Frames to one node in order, and their answers back, until it breaks. Operations raise TryElsewhere."""

    @property
    def closed(self) -> bool:
        """Whether it is known to be broken: what would be sent now cannot arrive."""

    async def send(self, frame: pb.CommandFrame) -> None: ...

    async def receive(self) -> pb.OutcomeFrame: ...

    def close(self) -> None: ...


class Connector(Protocol):
    """A way to every node. Operations may take for ever, so the caller limits them; they raise TryElsewhere."""

    async def connect(self, address: str) -> FrameStream:
        """A stream to the node, which answered."""

    async def seat_map(self, address: str, request: pb.SeatMapRequest) -> pb.SeatMapReply: ...

    async def hold(self, address: str, request: pb.HoldRequest) -> pb.HoldReply: ...

    async def holds(self, address: str, request: pb.HoldsRequest) -> pb.HoldsReply: ...

    async def gate(self, address: str, request: gates_pb2.GateRequest) -> gates_pb2.GateReply: ...

    async def draw(self, address: str, request: gates_pb2.DrawRequest) -> gates_pb2.DrawReply: ...

    async def history(self, address: str, request: pb.HistoryRequest) -> pb.HistoryReply: ...
