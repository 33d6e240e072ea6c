"""The site or its worker, but killed by itself, as by kill -9, at a place that is named."""

import functools
import importlib
import os
import signal
from collections.abc import Callable
from typing import Any


def die_at(place: str) -> None:
    """Have this process killed `before` or `after` the function at "module:name" or "module:class.name" is called."""
    when, _, where = place.partition(" ")
    module, _, path = where.partition(":")
    *owners, name = path.split(".")
    owner = functools.reduce(getattr, owners, importlib.import_module(module))
    setattr(owner, name, _fatal(when, getattr(owner, name)))


def _fatal(when: str, real: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(real)
    def called(*args: Any, **options: Any) -> Any:
        if when == "after":
            real(*args, **options)
        os.kill(os.getpid(), signal.SIGKILL)

    return called


def serve(dies_at: str, *arguments: str) -> None:
    """uvicorn with these arguments."""
    import uvicorn

    die_at(dies_at)
    uvicorn.main([*arguments])


def work(dies_at: str) -> None:
    from django.core.management import call_command

    die_at(dies_at)
    call_command("worker")
