"""Where do messages go, in which envelope, and when may they leave?"""

from collections import OrderedDict, deque
from collections.abc import Iterable

from raftstore.core.effects import Send
from raftstore.core.membership import Membership
from raftstore.core.messages import Message
from raftstore.core.types import Config
from raftstore.transport.envelope import Envelope, HashReport

from .ports import Network


class Outbox:
    """Puts messages into envelopes, finds the receiver's address, and holds promises back until they are durable.

    Args:
        limit_strangers: addresses remembered of senders that are not members.
        limit_promises: messages that wait for the disk; of more than that the oldest are lost, as messages may be.
    """

    def __init__(
        self,
        config: Config,
        address: str,
        membership: Membership,
        network: Network,
        *,
        limit_strangers: int,
        limit_promises: int,
    ) -> None:
        self._config = config
        self._address = address
        self._network = network
        self._limit_strangers = limit_strangers
        # In the order in which they may leave: what a later message waits for is never an earlier batch.
        self._promises: deque[Send] = deque(maxlen=limit_promises)
        self._strangers: OrderedDict[int, str] = OrderedDict()
        # In force; whoever changes it is the node.
        self.membership = membership

    def heard_from(self, envelope: Envelope) -> None:
        """Remember where a sender answers that is not a member; members are where their membership says."""
        if envelope.sender in self.membership or self._strangers.get(envelope.sender) == envelope.address:
            return
        self._strangers[envelope.sender] = envelope.address
        self._strangers.move_to_end(envelope.sender)
        if len(self._strangers) > self._limit_strangers:
            self._strangers.popitem(last=False)

    def address_of(self, node: int | None) -> str:
        """Where a node answers; empty if nobody knows."""
        member = self.membership.get(node or 0)
        return member.address if member else self._strangers.get(node or 0, "")

    def add(self, sends: Iterable[Send], durable_seq: int) -> None:
        """Send each message once every batch up to its `after` is durable."""
        for send in sends:
            if send.after <= durable_seq:
                self.post(send.to, send.message)
            else:
                self._promises.append(send)

    def send_what_is_due(self, durable_seq: int) -> None:
        while self._promises and self._promises[0].after <= durable_seq:
            send = self._promises.popleft()
            self.post(send.to, send.message)

    def post(self, to: int, message: Message | HashReport) -> None:
        """Send at once; lost if nobody knows where `to` answers."""
        address = self.address_of(to)
        if not address or to == self._config.node:
            return
        recorded = self.membership.get(to)
        self._network.send(
            address,
            Envelope(
                cluster=self.membership.cluster,
                sender=self._config.node,
                incarnation=self._config.incarnation,
                address=self._address,
                to=to,
                to_incarnation=recorded.incarnation if recorded else 0,
                message=message,
            ),
        )

    def post_to_members(self, message: HashReport) -> None:
        for member in self.membership.members:
            self.post(member.node, message)
