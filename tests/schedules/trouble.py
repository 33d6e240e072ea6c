"""What goes wrong in a schedule? At every step that leaves the process, and at every write to the database.

A process dies (`Died`) before or after the step; the store or the gateway does not answer, having done it or not; or,
while this process waits, somebody else does something: another customer, the worker, a webhook, time.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, TypeVar
from unittest import mock

from django.db import connection

from booking.seatstore import asking
from booking.seatstore.circuit import Circuit
from payments.gateways import GatewayUnavailable
from payments.gateways.sandbox import SandboxGateway
from raftstore import errors
from raftstore.seats import commands as c
from tests.schedules.chance import Chance
from tests.schedules.simulated_store import SimulatedStore

T = TypeVar("T")

WRITES = ("INSERT", "UPDATE", "DELETE")
GATEWAY_CALLS = ("authorise", "abandon", "capture", "void", "refund", "find")


class Died(BaseException):
    """The process ends here, as by kill -9: nothing in it goes on, what was not committed is gone."""


class Trouble:
    """`how_much` is the probability that something goes wrong at a step; `meanwhile` has somebody else do something."""

    def __init__(self, chance: Chance, *, meanwhile: Callable[[], None], note: Callable[[str], None]) -> None:
        self.how_much = 0.0
        self._chance = chance
        self._meanwhile = meanwhile
        self._note = note

    def at_call(self, name: str, call: Callable[[], T], *, away: Exception, lost: Exception) -> T:
        """A call to another machine."""
        fate = self._fate("dies before", "is away", "waits first", "dies after", "answer lost", "waits after")
        self._tell(name, fate)
        if fate == "dies before":
            raise Died
        if fate == "is away":
            raise away
        if fate == "waits first":
            self._meanwhile()
        answer = call()
        if fate == "dies after":
            raise Died
        if fate == "answer lost":
            raise lost
        if fate == "waits after":
            self._meanwhile()
        return answer

    def quietly(self, call: Callable[[], T]) -> T:
        """Somebody else's work: nothing of this process goes wrong in it."""
        how_much, self.how_much = self.how_much, 0.0
        try:
            return call()
        finally:
            self.how_much = how_much

    def at_statement(self, execute: Callable[..., T], sql: str, params: Any, many: bool, context: Any) -> T:
        """A statement in the database: others come between only where no transaction keeps them out."""
        verb = sql.split(maxsplit=1)[0]
        if verb not in WRITES:
            return execute(sql, params, many, context)
        fate = self._fate("dies before", "dies after", "waits first")
        if fate == "waits first" and connection.in_atomic_block:
            fate = ""
        self._tell(f"{verb} {_table(sql)}", fate)
        if fate == "dies before":
            raise Died
        if fate == "waits first":
            self._meanwhile()
        answer = execute(sql, params, many, context)
        if fate == "dies after":
            raise Died
        return answer

    def _fate(self, *fates: str) -> str:
        return self._chance.one_of(fates) if self.how_much and self._chance.happens(self.how_much) else ""

    def _tell(self, where: str, fate: str) -> None:
        if fate:
            self._note(f"{where}: {fate}")


def _table(sql: str) -> str:
    return sql.split('"')[1] if '"' in sql else ""


class _TroubledStore:
    """The store as this process reaches it: with the face of SeatStoreClient."""

    def __init__(self, store: SimulatedStore, trouble: Trouble) -> None:
        self._store = store
        self._trouble = trouble

    def execute(self, command: c.Command, *, request_id: str, deadline_s: float) -> c.Outcome:
        return self._trouble.at_call(
            f"store.{type(command).__name__}",
            lambda: self._store.execute(command, request_id=request_id),
            away=errors.StoreUnavailable("no leader"),
            lost=errors.OutcomeUnknown("no answer"),
        )

    def __getattr__(self, query: str) -> Callable[..., Any]:
        away = errors.StoreUnavailable("no leader")
        asked = getattr(self._store, query)

        def ask(*args: Any, **options: Any) -> Any:
            return self._trouble.at_call(f"store.{query}", lambda: asked(*args, **options), away=away, lost=away)

        return ask


@contextmanager
def installed(trouble: Trouble, store: SimulatedStore) -> Iterator[None]:
    """Every way out of the process leads through `trouble`; the door to the store leads to `store`."""
    cluster = asking.Cluster(_TroubledStore(store, trouble))  # type: ignore[arg-type]
    cluster.queries = Circuit(pause_s=0)
    with ExitStack() as patches:
        patches.enter_context(mock.patch.object(asking, "cluster_named", return_value=cluster))
        patches.enter_context(connection.execute_wrapper(trouble.at_statement))
        for name in GATEWAY_CALLS:
            if hasattr(SandboxGateway, name):
                patches.enter_context(mock.patch.object(SandboxGateway, name, _troubled(trouble, name)))
        yield


def _troubled(trouble: Trouble, name: str) -> Callable[..., Any]:
    real = getattr(SandboxGateway, name)

    def called(self: SandboxGateway, **arguments: Any) -> Any:
        # What the gateway writes into its own books is not this process's to be interrupted in.
        return trouble.at_call(
            f"gateway.{name}",
            lambda: trouble.quietly(lambda: real(self, **arguments)),
            away=GatewayUnavailable(),
            lost=GatewayUnavailable(),
        )

    return called
