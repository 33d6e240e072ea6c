"""How is a connection to a node opened? Settings that clients, peers and servers must agree on."""

import grpc

from .security import Security

MESSAGE_LIMIT_BYTES = 16 << 20

# Trailing metadata of "this node does not lead": the address of the node that may.
LEADER_METADATA_KEY = "raftstore-leader"

# A connection whose other end is gone without a word (a machine that lost its power, a firewall that forgot it) looks
# idle for ever: TCP itself would notice after minutes.
_KEEPALIVE_OPTIONS = [
    ("grpc.keepalive_time_ms", 2_000),
    # How long TCP may wait for an acknowledgement, and how long the answer to a ping may take.
    ("grpc.keepalive_timeout_ms", 4_000),
    ("grpc.http2.ping_timeout_ms", 4_000),
    # Also while a stream says nothing for long, as one that waits for an answer does.
    ("grpc.http2.max_pings_without_data", 0),
]

CHANNEL_OPTIONS = [
    *_KEEPALIVE_OPTIONS,
    ("grpc.max_send_message_length", MESSAGE_LIMIT_BYTES),
    ("grpc.max_receive_message_length", MESSAGE_LIMIT_BYTES),
    # A node that comes back must hear from the leader before it stands for election itself: well within the
    # shortest election timeout, not within gRPC's default of seconds.
    ("grpc.initial_reconnect_backoff_ms", 50),
    # How long one attempt to connect may take: a busy machine is not a dead one.
    ("grpc.min_reconnect_backoff_ms", 1_000),
    ("grpc.max_reconnect_backoff_ms", 100),
    # Each channel owns its connection: a broken one must not be shared by whoever asks for the same address.
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.enable_http_proxy", 0),
]

# grpc.so_reuseport: two servers must never share a port, or a stale node answers in place of the new one.
SERVER_OPTIONS = [
    *_KEEPALIVE_OPTIONS,
    # By default a server takes pings this frequent for an attack, and ends the connection.
    ("grpc.http2.max_ping_strikes", 0),
    ("grpc.so_reuseport", 0),
    ("grpc.max_send_message_length", MESSAGE_LIMIT_BYTES),
    ("grpc.max_receive_message_length", MESSAGE_LIMIT_BYTES),
]


def open_channel(address: str, security: Security | None = None) -> grpc.aio.Channel:
    """A channel to the node at `address`, for an event loop: over mutual TLS, or in the clear without `security`."""
    if security is None:
        return grpc.aio.insecure_channel(address, options=CHANNEL_OPTIONS)
    return grpc.aio.secure_channel(address, security.channel_credentials(), options=CHANNEL_OPTIONS)
