"""What happens in one schedule? First trouble: people act in any order while things go wrong. Then quiet: nothing goes
wrong any more, and the worker has time to bring everything to its end. Then the verdict.
"""

import traceback
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import connection
from django.utils import timezone

from booking.models import Order
from tests.schedules.chance import Chance, Clock, everything_drawn_from
from tests.schedules.people import Customer, jobs, report
from tests.schedules.post import bring_webhook
from tests.schedules.simulated_store import SimulatedStore
from tests.schedules.stage import Stage
from tests.schedules.trouble import Died, Trouble, installed
from tests.schedules.verdict import defects

ACTS = (20, 60)
# Who comes between while somebody waits may have to wait as well.
DEPTH = 2
# Longer than any grace, then longer than any time limit; the last are for what came to rest in between.
QUIET_ROUNDS_S = (45,) * 6 + (600,) * 6 + (45,) * 4


@dataclass(slots=True)
class Told:
    """What a schedule did, how its orders ended, and what was wrong in the end."""

    seed: int
    trace: list[str] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)


def run(seed: int, stage: Stage) -> Told:
    """One schedule, on copies of what the stage is set with."""
    told = Told(seed)
    with everything_drawn_from(seed) as (chance, clock):
        store = SimulatedStore(clock, stage.restored_machine())
        stage.copy_database(connection)
        play = _Play(chance, clock, store, stage, told)
        with installed(play.trouble, store):
            try:
                play.go_wrong()
                play.go_quiet()
                told.defects.extend(defects(store.machine))
            except Exception as error:
                told.trace += traceback.format_exc().splitlines()
                told.defects.append(f"{type(error).__name__}: {error}")
        told.ends = sorted(Order.objects.values_list("status", flat=True))
    return told


class _Play:
    def __init__(self, chance: Chance, clock: Clock, store: SimulatedStore, stage: Stage, told: Told) -> None:
        self._chance, self._clock, self._store, self._told = chance, clock, store, told
        self._depth = 0
        self.trouble = Trouble(chance, meanwhile=self._somebody_else, note=self._note)
        self._customers = [Customer(user, chance, stage.offers) for user in stage.customers()]

    def go_wrong(self) -> None:
        """Acts of anybody, each of which may be struck by trouble."""
        self.trouble.how_much = self._chance.one_of((0.03, 0.08, 0.2))
        for _ in range(self._chance.between(*ACTS)):
            self._act()

    def go_quiet(self) -> None:
        """The worker alone, until everything that has a time limit is beyond it."""
        self.trouble.how_much = 0.0
        self._store.has_leader = True
        for seconds in QUIET_ROUNDS_S:
            self._pass_s(seconds)
            for name, job in jobs():
                self._in_a_process(name, lambda job=job: job(timezone.now()))

    def _act(self) -> None:
        who = self._chance.one_of(("customer", "worker", "webhook", "time", "leader"), (10, 4, 2, 3, 0.3))
        if who == "customer":
            customer = self._chance.one_of(self._customers)
            self._in_a_process(f"customer {self._customers.index(customer)}", customer.act)
        elif who == "worker":
            name, job = self._chance.one_of(jobs())
            self._in_a_process(name, lambda: job(timezone.now()))
        elif who == "webhook":
            self._in_a_process("webhook", lambda: bring_webhook(self._chance))
        elif who == "time":
            self._pass_s(self._chance.one_of((1, 10, 35, 120, 700)))
        else:
            self._store.tick()
            self._store.has_leader = not self._store.has_leader
            self._note(f"leader: {self._store.has_leader}")

    def _somebody_else(self) -> None:
        if self._depth < DEPTH:
            self._depth += 1
            try:
                self._act()
            finally:
                self._depth -= 1

    def _in_a_process(self, who: str, act: Callable[[], object]) -> None:
        self._note(who)
        try:
            answer = report(act)
        except Died:
            answer = "died"
        self._note(f"{who}: {answer}")

    def _pass_s(self, seconds: float) -> None:
        self._note(f"{seconds} s pass")
        self._clock.pass_s(seconds)
        self._store.tick()

    def _note(self, line: str) -> None:
        self._told.trace.append("  " * self._depth + line)
