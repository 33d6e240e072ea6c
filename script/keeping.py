"""How is a command kept running? It is started again when it dies, and given up when it cannot even start.

For scripts that the system's Python runs, so nothing is needed but the standard library. A keeper's own command line
does not contain the command's, so that a `pkill -f` meant for the one does not hit the other.
"""

import shutil
import signal
import subprocess
import time

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 10.0
STEADY_AFTER_S = 5.0  # After that the next pause is a short one again.
STARTS_WITHIN_S = 30.0  # What ends with an error sooner never got up; on a busy machine that takes a while to notice.
FAILED_STARTS_ALLOWED = 4


class Stopped(BaseException):
    """SIGTERM or SIGINT came: end the command, then this."""


def _stop(signum: int, _frame: object) -> None:
    signal.signal(signum, signal.SIG_IGN)
    raise Stopped


def _run_for_ever(name: str, command: list[str]) -> int:
    """Returns the exit code of a command that does not start; otherwise only ends by raising Stopped."""
    pause_s, failed_starts = FIRST_PAUSE_S, 0
    while True:
        started = time.monotonic()
        child = subprocess.Popen(command)
        try:
            code = child.wait()
        except Stopped:
            child.terminate()
            child.wait()
            raise
        ran_s = time.monotonic() - started
        if ran_s >= STEADY_AFTER_S:
            pause_s = FIRST_PAUSE_S
        if ran_s >= STARTS_WITHIN_S:
            failed_starts = 0
        elif code > 0:  # ended by itself; a negative code names the signal that killed it
            failed_starts += 1
            if failed_starts == FAILED_STARTS_ALLOWED:
                print(f"{name} ended with {code} {failed_starts} times in a row; giving up", flush=True)
                return code
        ending = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"
        print(f"{name} {ending}; starting it again in {pause_s:g} s", flush=True)
        time.sleep(pause_s)
        pause_s = min(2 * pause_s, LONGEST_PAUSE_S)


def keep_running(name: str, command: list[str]) -> int:
    """Returns the exit code that this process is to end with: the command's if it does not start, 0 once told to stop.

    Args:
        name: what the command is called in what is said about it.
    """
    if shutil.which("setpriv"):
        # Should this process be killed itself, the command goes with it and leaves its port free.
        command = ["setpriv", "--pdeathsig", "TERM", *command]
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    try:
        return _run_for_ever(name, command)
    except Stopped:
        return 0
