"""The site or its worker, but killed by itself, as by kill -9, at a place that the environment names.

`DIES_AT="before booking.seatstore:confirm_hold" python -m tests.crashes.dying uvicorn ...` or `... worker`.
"""

import functools
import importlib
import os
import signal
import sys
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


def main(program: str, *arguments: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ticketsite.settings")
    import django

    django.setup()
    die_at(os.environ["DIES_AT"])
    if program == "worker":
        from django.core.management import execute_from_command_line

        execute_from_command_line(["manage.py", "worker"])
    else:
        import uvicorn

        uvicorn.main([*arguments])


if __name__ == "__main__":
    main(*sys.argv[1:])
