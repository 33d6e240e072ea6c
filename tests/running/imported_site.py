"""The site, imported once and then forked for whatever a test wants of it: to import it takes longer than most of that.

Started by `forks.py`, with the environment of the site in question; reads a line of JSON for each call and answers with
one. It opens no connection and starts no thread itself, so that nothing is shared by those that it forks.
"""

import contextlib
import importlib
import json
import os
import sys
import tempfile
import threading
import traceback
from typing import Any, BinaryIO, NoReturn


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ticketsite.settings")
    import django

    django.setup()
    importlib.import_module("ticketsite.asgi")
    importlib.import_module("ticketsite.urls")
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_answer(json.loads(line))) + "\n")
        sys.stdout.flush()


def _answer(asked: dict[str, Any]) -> dict[str, Any]:
    match asked:
        case {"status_of": pid}:
            ended, status = os.waitpid(pid, os.WNOHANG)
            return {"code": os.waitstatus_to_exitcode(status) if ended else None}
        case {"begin": function, "arguments": arguments, "log": log}:
            with open(os.devnull, "rb") as said, open(log, "ab") as log_file:
                return {"pid": _fork(function, arguments, said, log_file, log_file)}
        case {"call": function, "arguments": arguments, "stdin": text}:
            with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
                said.write(text.encode())
                said.seek(0)
                _, status = os.waitpid(_fork(function, arguments, said, out, errors), 0)
                return {"code": os.waitstatus_to_exitcode(status), "stdout": _all_of(out), "stderr": _all_of(errors)}
        case _:
            raise ValueError(f"Nobody knows what to do with {asked}")


def _all_of(file: BinaryIO) -> str:
    file.seek(0)
    return file.read().decode()


def _fork(function: str, arguments: list[Any], *files: Any) -> int:
    """The process in which this function ("module:name") is called, with these files as its standard three."""
    if threading.active_count() > 1:
        raise RuntimeError(f"What has threads must not fork: {threading.enumerate()}")
    pid = os.fork()
    if pid == 0:
        _become(function, arguments, files)
    return pid


def _become(function: str, arguments: list[Any], files: tuple[Any, ...]) -> NoReturn:
    code = 1
    try:
        for number, file in enumerate(files):
            os.dup2(file.fileno(), number)
        sys.stdin = os.fdopen(0)
        module, _, name = function.partition(":")
        getattr(importlib.import_module(module), name)(*arguments)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        # Not as a process that was started: what is to be done at the end belongs to the one that it was forked from.
        os._exit(code)


if __name__ == "__main__":
    main()
