"""The only door to the seat store: domain values in, domain errors out. Nobody else knows that gRPC exists.

Every call is one command or query with a deadline (settings.SEAT_STORE_DEADLINE_S), and none may be made inside a
database transaction: a transaction that waits for another machine holds its locks for as long.

Every call says on which `cluster` the inventory in question lives (`Inventory.cluster`), read from the database no
earlier than the request began: a move changes it. Where there is only one cluster it may be left out.
"""

from .changing import (
    cancel_seats,
    close_inventory,
    confirm_hold,
    exchange_hold,
    extend_hold,
    hold_best,
    hold_seats,
    open_inventory,
    release_hold,
)
from .errors import (
    HoldEnded,
    NoSeatsFound,
    OutcomeUnknown,
    SeatsTaken,
    SeatStoreError,
    SeatStoreRefused,
    StoreUnavailable,
)
from .queueing import (
    Gate,
    Place,
    admit_next,
    close_gate,
    draw_of,
    draw_page,
    gate,
    join_gate,
    leave_gate,
    open_gate,
    reveal_gate,
)
from .reading import availability, hold, holds_of, nodes
from .rounds import on_each_cluster
from .values import (
    FEATURES,
    Availability,
    BestHeld,
    HoldSnapshot,
    ListedHold,
    MovedSeat,
    SeatChange,
    SeatPlace,
    StoreNode,
    WatchReset,
)
from .watching import watch

__all__ = [
    "FEATURES",
    "Availability",
    "BestHeld",
    "Gate",
    "HoldEnded",
    "HoldSnapshot",
    "ListedHold",
    "MovedSeat",
    "NoSeatsFound",
    "OutcomeUnknown",
    "Place",
    "SeatChange",
    "SeatPlace",
    "SeatStoreError",
    "SeatStoreRefused",
    "SeatsTaken",
    "StoreNode",
    "StoreUnavailable",
    "WatchReset",
    "admit_next",
    "availability",
    "cancel_seats",
    "close_gate",
    "close_inventory",
    "confirm_hold",
    "draw_of",
    "draw_page",
    "exchange_hold",
    "extend_hold",
    "gate",
    "hold",
    "hold_best",
    "hold_seats",
    "holds_of",
    "join_gate",
    "leave_gate",
    "nodes",
    "on_each_cluster",
    "open_gate",
    "open_inventory",
    "release_hold",
    "reveal_gate",
    "watch",
]
