"""What the driver is to do, gathered from all rules until it asks."""

from .effects import ReadReady, ReceiveChunk, Send, SendChunk
from .messages import Message


class Outbox:
    """Emptied by every `take_...`."""

    def __init__(self) -> None:
        self._sends: list[tuple[int, Message, bool]] = []
        self._reads_ready: list[ReadReady] = []
        self._reads_lost: list[int] = []
        self._chunks_to_send: list[SendChunk] = []
        self._chunk_received: ReceiveChunk | None = None
        self._snapshot_wanted = False

    def send(self, to: int, message: Message, *, promise: bool) -> None:
        """A promise waits until everything this node has said and stored so far is durable."""
        self._sends.append((to, message, promise))

    def answer_read(self, read_id: int, index: int) -> None:
        self._reads_ready.append(ReadReady(read_id, index))

    def lose_reads(self, read_ids: list[int]) -> None:
        self._reads_lost.extend(read_ids)

    def send_chunk(self, chunk: SendChunk) -> None:
        self._chunks_to_send.append(chunk)

    def receive_chunk(self, chunk: ReceiveChunk) -> None:
        self._chunk_received = chunk

    def want_snapshot(self) -> None:
        self._snapshot_wanted = True

    def silence(self) -> None:
        """Nothing that has not been taken yet may leave."""
        self._sends.clear()
        self._chunks_to_send.clear()

    def take_sends(self, batch_seq: int) -> tuple[Send, ...]:
        """
        Args:
            batch_seq: the last batch that was given to the disk.
        """
        if not self._sends:
            return ()
        sends = tuple([Send(to, message, batch_seq if promise else 0) for to, message, promise in self._sends])
        self._sends.clear()
        return sends

    def take_reads(self) -> tuple[tuple[ReadReady, ...], tuple[int, ...]]:
        """Those that are answered, and those that are lost."""
        if not self._reads_ready and not self._reads_lost:
            return (), ()
        ready, lost = tuple(self._reads_ready), tuple(self._reads_lost)
        self._reads_ready.clear()
        self._reads_lost.clear()
        return ready, lost

    def take_chunks(self) -> tuple[tuple[SendChunk, ...], ReceiveChunk | None]:
        if not self._chunks_to_send and not self._chunk_received:
            return (), None
        to_send, received = tuple(self._chunks_to_send), self._chunk_received
        self._chunks_to_send.clear()
        self._chunk_received = None
        return to_send, received

    def take_snapshot_wanted(self) -> bool:
        wanted, self._snapshot_wanted = self._snapshot_wanted, False
        return wanted
