"""One seed, one run: everything put together, run to its end, and judged."""

import asyncio
import gc
import logging
import math
import traceback
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from time import process_time

from raftstore.core.invariants import InvariantViolation

from .clients import Program, Town
from .cluster import Cluster
from .faults import Faults
from .journal import Journal, RuleBroken
from .linearizability import SearchTooLong, check
from .liveness import end_well
from .loop import NothingLeftToDo, TimeStandsStill, VirtualLoop
from .operator import Operator
from .plan import Plan, draw_plan
from .recorder import Recorder
from .streams import SimulatedConnector
from .watchers import WatchingProgram

DEFAULT_STEPS = 100_000
DEFAULT_SAFETY_S = 6.0
SAFETY_LOOK_S = 0.25
NO_FAILURE = "no part of the program fails"
INVARIANT = "a node's own invariants"
LINEARIZABLE = "the answers could have been given by one seat map on one machine"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a run; `rule` and `message` are empty if it broke none.

    Args:
        hash: of everything that happened.
        steps: callbacks that ran, in `virtual_s` of simulated time and `cpu_s` of a core's.
    """

    seed: int
    hash: str
    steps: int
    virtual_s: float
    cpu_s: float
    counts: Counter[str] = field(default_factory=Counter)
    rule: str = ""
    message: str = ""
    last_events: tuple[str, ...] = ()


def run_seed(
    seed: int, *, steps: int = DEFAULT_STEPS, safety_s: float = DEFAULT_SAFETY_S, loud: bool = False
) -> Outcome:
    """Run one seed to its end."""
    return run_plan(draw_plan(seed, step_limit=steps, safety_s=safety_s), loud=loud)


def run_plan(plan: Plan, *, loud: bool = False) -> Outcome:
    """As `run_seed`, for a plan that somebody chose."""
    began_s = process_time()
    loop = VirtualLoop()
    journal = Journal(loop.time, loud=loud)
    simulation = Simulation(plan, loop, journal)
    rule = message = ""
    logging.disable(logging.CRITICAL)
    gc.disable()
    try:
        loop.run(simulation.run())
    except RuleBroken as broken:
        rule, message = broken.rule, str(broken)
    except (NothingLeftToDo, TimeStandsStill) as stuck:
        rule, message = "something happens until the end", repr(stuck)
    except Exception as failure:  # whatever it is, it was not meant to happen
        rule = INVARIANT if _holds_invariant(failure) else NO_FAILURE
        message = traceback.format_exc()
    finally:
        gc.enable()
        logging.disable(logging.NOTSET)
    simulation.count_nodes()
    return Outcome(
        plan.seed,
        journal.hash,
        loop.callbacks,
        loop.time(),
        process_time() - began_s,
        journal.counts,
        rule,
        message,
        tuple(journal.last_events()) if rule else (),
    )


def _holds_invariant(failure: BaseException) -> bool:
    """Whether a node gave up because something was not as it must be; its tasks end together, and tell so together."""
    if isinstance(failure, BaseExceptionGroup):
        return any(map(_holds_invariant, failure.exceptions))
    return isinstance(failure, InvariantViolation)


class Simulation:
    """A plan being carried out."""

    def __init__(self, plan: Plan, loop: VirtualLoop, journal: Journal) -> None:
        self._plan = plan
        self._loop = loop
        self._journal = journal
        self._cluster = cluster = Cluster(loop, plan, journal)
        self._recorder = Recorder(journal, loop.time, cluster.seats)
        self._operator = Operator(cluster)
        town = Town.of(plan)
        addresses = [f"client-{number}:1" for number in range(plan.clients)]
        self._faults = Faults(cluster, addresses)
        self._programs = [
            Program(
                number,
                town,
                loop,
                SimulatedConnector(
                    loop, cluster.network, cluster.by_address, Random(f"{plan.seed} connector {number}"), address
                ),
                self._recorder,
                journal,
                addresses=cluster.addresses,
                serving=cluster.serving,
                committed_index=lambda: cluster.checks.committed_index,
            )
            for number, address in enumerate(addresses)
        ]

    async def run(self) -> None:
        """
        Raises:
            RuleBroken: the production code has a fault, or the simulator.
        """
        loop, plan = self._loop, self._plan
        self._cluster.start_all()
        for program in self._programs:
            loop.start(program.run())
        loop.start(WatchingProgram(self._cluster, 1).run())
        harming, working = loop.start(self._faults.run()), loop.start(self._operator.run())
        for _ in range(math.ceil(plan.safety_s / SAFETY_LOOK_S)):
            if loop.callbacks < plan.step_limit:
                await asyncio.sleep(SAFETY_LOOK_S)
        harming.cancel()
        working.cancel()
        self._journal.note("the faults end")
        await end_well(self._cluster, self._faults, self._operator, self._programs)
        try:
            violation = check(self._recorder.history(), clock_drift=self._cluster.seats.fastest_rate - 1)
        except SearchTooLong:
            self._journal.count("histories too long to be judged")
            return
        if violation is not None:
            raise RuleBroken(LINEARIZABLE, str(violation))

    def count_nodes(self) -> None:
        """Add what the nodes that still run have counted."""
        for host in self._cluster.hosts.values():
            host.count()
