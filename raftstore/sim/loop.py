"""How can an hour pass in a second, and every second the same way? An asyncio event loop whose time is a number.

It runs what is ready; when nothing is, time jumps to the next timer. There is no selector, no thread and no sleep, so a
run depends on its seed alone. Tasks hash by the order in which they were made, not by address: asyncio keeps them in
sets, and whoever iterates over one (TaskGroup does, to cancel) must meet them in the same order each time.
"""

import asyncio
import contextlib
import contextvars
from collections.abc import Callable, Coroutine
from heapq import heapify, heappop, heappush
from typing import Any, TypeVar, cast

T = TypeVar("T")

# More callbacks than any instant needs: beyond it two parts of the program wake each other for ever.
INSTANT_LIMIT_CALLBACKS = 50_000
CANCELLED_TIMERS_KEPT = 500


class NothingLeftToDo(Exception):
    """Somebody waits, but nothing is scheduled that could ever wake him."""


class TimeStandsStill(Exception):
    """An instant never ends: callbacks call each other without time passing."""


class Machine:
    """Whose callbacks may be held up: while `paused`, what should run is put aside, as in a stopped process."""

    def __init__(self) -> None:
        self.paused = False
        self.put_aside: list[asyncio.Handle] = []

    def step_ended(self) -> None:
        """One of its callbacks has run."""


# On which machine a callback runs; inherited by every task that a task starts.
RUNS_ON: contextvars.ContextVar[Machine | None] = contextvars.ContextVar("runs_on", default=None)


class _Task(asyncio.Task[Any]):
    def __init__(self, serial: int, coroutine: Coroutine[Any, Any, Any], **options: Any) -> None:
        self._serial = serial
        super().__init__(coroutine, **options)

    def __hash__(self) -> int:
        return self._serial


class VirtualLoop(asyncio.BaseEventLoop):
    """Starts at `time() == 0`; `callbacks` counts what has run."""

    _ready: Any
    _stopping: bool
    _timer_cancelled_count: int

    def __init__(self) -> None:
        super().__init__()
        self.callbacks = 0
        self._now = 0.0
        # (when, number, timer): of two at one time the one that was set first comes first.
        self._timers: list[tuple[float, int, asyncio.TimerHandle]] = []
        self._timers_set = 0
        self._instant_began = 0
        self._tasks_made = 0
        self._paused: list[Machine] = []
        # asyncio itself forgets a task that waits for something nobody else knows of.
        self._running: dict[asyncio.Task[Any], None] = {}
        self._closing = False
        self._failure: BaseException | None = None
        self.set_task_factory(cast(Any, self._make_task))
        self.set_exception_handler(self._note_failure)

    def time(self) -> float:
        return self._now

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run until `coroutine` ends, then cancel what still runs.

        Raises:
            NothingLeftToDo, TimeStandsStill: it will never end.
            Exception: what any callback raised, or what was passed to `fail`.
        """
        try:
            return self.run_until_complete(coroutine)
        finally:
            self._closing = True
            self._instant_began = self.callbacks
            for machine in self._paused:
                self._ready.extend(machine.put_aside)
            with contextlib.suppress(NothingLeftToDo):
                self.run_until_complete(self._cancel_all())
            self.close()

    def fail(self, error: BaseException) -> None:
        """End the run with `error`, whoever runs now; the first one counts."""
        self._failure = self._failure or error

    def pause(self, machine: Machine) -> None:
        """Let nothing of it run until `resume`."""
        machine.paused = True
        self._paused.append(machine)

    def resume(self, machine: Machine) -> None:
        """Let what was put aside run, in its order, before anything else."""
        machine.paused = False
        self._paused.remove(machine)
        handles, machine.put_aside = machine.put_aside, []
        self._ready.extendleft(reversed(handles))

    def start(self, coroutine: Coroutine[Any, Any, Any], *, on: Machine | None = None) -> "asyncio.Task[Any]":
        """A task on a machine; whatever it raises ends the run."""
        context = contextvars.copy_context()
        context.run(RUNS_ON.set, on)
        task = self.create_task(coroutine, context=context)
        self._running[task] = None
        task.add_done_callback(self._check)
        return task

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:  # type: ignore[override]
        raise NotImplementedError("nothing here may depend on threads")

    # --- Inside -------------------------------------------------------------------------------------

    def call_at(  # type: ignore[override]
        self, when: float, callback: Callable[..., object], *args: Any, context: contextvars.Context | None = None
    ) -> asyncio.TimerHandle:
        timer = asyncio.TimerHandle(when, callback, args, self, context)
        timer._scheduled = True  # type: ignore[attr-defined]
        self._timers_set += 1
        heappush(self._timers, (when, self._timers_set, timer))
        return timer

    def _run_once(self) -> None:
        ready, timers = self._ready, self._timers
        if not ready and not self._stopping:
            self._jump()
        now = self._now
        while timers and timers[0][0] <= now:
            timer: Any = heappop(timers)[2]
            timer._scheduled = False
            if timer._cancelled:
                self._timer_cancelled_count -= 1
            else:
                ready.append(timer)
        count = len(ready)
        self.callbacks += count
        if self.callbacks - self._instant_began > INSTANT_LIMIT_CALLBACKS:
            raise TimeStandsStill(f"more than {INSTANT_LIMIT_CALLBACKS} callbacks at {now:.6f} s")
        for _ in range(count):
            handle = ready.popleft()
            if handle._cancelled:
                continue
            machine = handle._context.get(RUNS_ON)
            if machine is None or self._closing:
                handle._run()
            elif machine.paused:
                machine.put_aside.append(handle)
            else:
                handle._run()
                machine.step_ended()
            if self._failure is not None and not self._closing:
                raise self._failure

    def _jump(self) -> None:
        """To the next timer."""
        timers = self._timers
        if self._timer_cancelled_count > max(CANCELLED_TIMERS_KEPT, len(timers) // 2):
            timers[:] = [timer for timer in timers if not timer[2].cancelled()]
            heapify(timers)
            self._timer_cancelled_count = 0
        while timers and timers[0][2].cancelled():
            timer: Any = heappop(timers)[2]
            timer._scheduled = False
            self._timer_cancelled_count -= 1
        if not timers:
            raise NothingLeftToDo(f"at {self._now:.6f} s")
        self._now = max(self._now, timers[0][0])
        self._instant_began = self.callbacks

    def _make_task(
        self, _: asyncio.AbstractEventLoop, coroutine: Coroutine[Any, Any, Any], **options: Any
    ) -> "asyncio.Task[Any]":
        self._tasks_made += 1
        return _Task(self._tasks_made, coroutine, loop=self, **options)

    def _check(self, task: "asyncio.Task[Any]") -> None:
        del self._running[task]
        if not task.cancelled() and (error := task.exception()) is not None:
            self.fail(error)

    def _note_failure(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self.fail(context.get("exception") or RuntimeError(context["message"]))

    async def _cancel_all(self) -> None:
        """Without it every coroutine that was cut off would complain when it is thrown away."""
        others = sorted(asyncio.all_tasks(self) - {asyncio.current_task()}, key=hash)
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _process_events(self, _: Any) -> None:
        raise NotImplementedError("there are no file descriptors here")
