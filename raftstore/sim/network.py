"""What may happen to a message on its way? It is late, lost, doubled, overtaken, or the way is blocked.

Nothing else: what arrives is what was sent, through the production wire format (transport/envelope.py).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random

from raftstore.rpc import raft_pb2
from raftstore.transport.envelope import OVERHEAD_BYTES, Envelope, decode_envelope, encode_envelope, size_of

from .journal import Journal, RuleBroken
from .loop import VirtualLoop

Deliver = Callable[[Envelope], None]


@dataclass(slots=True)
class Weather:
    """How bad the network is. Chances are per message.

    Args:
        bytes_per_ms: what passes between two nodes; a snapshot takes its time, and others overtake it.
        in_order: messages between two nodes do not overtake each other, as on one stream.
        on_wire: how many messages really pass through bytes; the others are handed over as they are, which is faster.
    """

    loss: float = 0.0
    doubling: float = 0.0
    delay_min_ms: float = 0.2
    delay_max_ms: float = 2.0
    straggling: float = 0.0
    straggler_max_ms: float = 500.0
    bytes_per_ms: float = 1e6
    in_order: bool = False
    on_wire: float = 0.25

    def calm(self) -> None:
        """The bad weather is over."""
        self.loss = self.doubling = self.straggling = 0.0
        self.delay_min_ms, self.delay_max_ms, self.bytes_per_ms = 0.2, 2.0, 1e6

    def draw_delay_s(self, random: Random) -> float:
        if self.straggling and random.random() < self.straggling:
            return random.uniform(self.delay_max_ms, self.straggler_max_ms) / 1_000
        return random.uniform(self.delay_min_ms, self.delay_max_ms) / 1_000


class SimulatedNetwork:
    """Between addresses, of nodes and of clients."""

    def __init__(self, loop: VirtualLoop, random: Random, weather: Weather, journal: Journal) -> None:
        self.weather = weather
        self._loop = loop
        self._random = random
        self._journal = journal
        self._receivers: dict[str, Deliver] = {}
        # Ways on which nothing passes: (from, to).
        self._blocked: set[tuple[str, str]] = set()
        self._latest_s: dict[tuple[str, str], float] = {}

    # --- Ways ---------------------------------------------------------------------------------------

    def block(self, sources: Iterable[str], targets: Iterable[str]) -> None:
        """From now on nothing gets from any of the sources to any of the targets."""
        self._blocked |= {(source, target) for source in sources for target in targets}

    def unblock_all(self) -> None:
        self._blocked.clear()

    def passes(self, source: str, target: str) -> bool:
        return (source, target) not in self._blocked

    # --- Messages -----------------------------------------------------------------------------------

    def listen(self, address: str, deliver: Deliver | None) -> None:
        """What arrives at `address` goes to `deliver`; to nobody if it is None."""
        if deliver is None:
            self._receivers.pop(address, None)
        else:
            self._receivers[address] = deliver

    def send(self, source: str, target: str, envelope: Envelope) -> None:
        weather, random = self.weather, self._random
        if (source, target) in self._blocked:
            self._journal.count("messages blocked")
            return
        if weather.loss and random.random() < weather.loss:
            self._journal.count("messages lost")
            return
        wire = encode_envelope(envelope).SerializeToString() if random.random() < weather.on_wire else None
        delay_s = weather.draw_delay_s(random)
        self._send_once(source, target, envelope, wire, delay_s)
        if weather.doubling and random.random() < weather.doubling:
            self._journal.count("messages doubled")
            # The second may come when everything else has been settled.
            late_s = random.uniform(0, weather.straggler_max_ms) / 1_000
            self._loop.call_later(delay_s + late_s, self._arrive, source, target, envelope, wire)

    def _send_once(self, source: str, target: str, envelope: Envelope, wire: bytes | None, delay_s: float) -> None:
        at_s = self._loop.time() + delay_s
        at_s += (size_of(envelope) - OVERHEAD_BYTES) / self.weather.bytes_per_ms / 1_000
        latest_s = self._latest_s.get((source, target), 0.0)
        if self.weather.in_order:
            at_s = max(at_s, latest_s)
        elif at_s < latest_s:
            self._journal.count("messages overtaken")
        self._latest_s[source, target] = max(at_s, latest_s)
        self._loop.call_at(at_s, self._arrive, source, target, envelope, wire)

    def _arrive(self, source: str, target: str, envelope: Envelope, wire: bytes | None) -> None:
        deliver = self._receivers.get(target)
        if deliver is None or (source, target) in self._blocked:
            self._journal.count("messages blocked")
            return
        if wire is not None:
            decoded = decode_envelope(raft_pb2.Envelope.FromString(wire))
            if decoded != envelope:
                raise RuleBroken("what arrives is what was sent", f"the wire made {decoded} of {envelope}")
            envelope = decoded
            self._journal.count("messages through bytes")
        message = envelope.message
        self._journal.note(source, "->", target, message.__class__.__name__, getattr(message, "term", 0))
        self._journal.count("messages")
        deliver(envelope)


class Port:
    """A node's way out (runtime/ports.py: Network), which closes when the node dies.

    Args:
        sent: told of each message that leaves.
    """

    def __init__(self, network: SimulatedNetwork, address: str, sent: Deliver) -> None:
        self._network = network
        self._address = address
        self._sent = sent
        self.is_open = True

    def send(self, address: str, envelope: Envelope) -> None:
        if self.is_open:
            self._sent(envelope)
            self._network.send(self._address, address, envelope)
