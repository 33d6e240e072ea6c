"""What can go wrong, and the exit code by which a script tells. 0 is success."""

from collections.abc import Mapping
from enum import IntEnum
from typing import Any

from typer.exceptions import TyperException


class ExitCode(IntEnum):
    """Documented in docs/terminal.md; they never change."""

    DEFECT = 1
    USAGE = 2
    NOT_SIGNED_IN = 3
    NOT_FOUND = 4
    REFUSED = 5
    DECLINED = 6
    UNAVAILABLE = 7
    STOPPED = 130


class TicketError(Exception):
    """Said to the user in one line, with what to do."""

    exit_code = ExitCode.USAGE
    code = "usage"


class NotSignedIn(TicketError):
    exit_code = ExitCode.NOT_SIGNED_IN
    code = "not-signed-in"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or "You are not signed in. Sign in with: ticket login")


class SiteUnavailable(TicketError):
    """No server answered, or those that did had no room."""

    exit_code = ExitCode.UNAVAILABLE
    code = "unavailable"


class Problem(TicketError):
    """What the site refused, in its own words (RFC 9457).

    Args:
        body: the whole document: `code` to branch on, and what else it tells.
    """

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        self.status = status
        self.body = body
        self.code = str(body.get("code", "unknown"))
        super().__init__(_sentence(status, body))

    @property
    def exit_code(self) -> ExitCode:  # type: ignore[override]
        match self.status:
            case 401 | 403:
                return ExitCode.NOT_SIGNED_IN
            case 402:
                return ExitCode.DECLINED
            case 404:
                return ExitCode.NOT_FOUND
            case 408 | 429 | 500 | 502 | 503 | 504:
                return ExitCode.UNAVAILABLE
            case _:
                return ExitCode.REFUSED


def usage_refused(error: TyperException) -> TicketError:
    """What the command line is wrong about, in one line, and where it says how it goes."""
    context = getattr(error, "ctx", None)
    see = f" See: {context.command_path} --help" if context is not None else ""
    said = error.format_message()
    return TicketError(f"{said}{'' if said.endswith(('.', '?')) else '.'}{see}")


def _sentence(status: int, body: Mapping[str, Any]) -> str:
    code = body.get("code")
    if code == "seats-taken":
        return f"Taken by somebody else: {', '.join(body.get('seats', ()))}. Nothing was booked; choose other seats."
    if code == "not-found":
        return "There is no such thing, or it is not yours."
    errors = [f"{name}: {text}" for name, text in _flat(body.get("errors", {}))]
    said = str(body.get("detail") or body.get("title") or f"The site answered {status}.")
    return "; ".join(errors) if errors else said


def _flat(errors: Any, name: str = "") -> list[tuple[str, str]]:
    """Faults by field, as the site nests them."""
    if isinstance(errors, Mapping):
        return [found for key, value in errors.items() for found in _flat(value, f"{name}.{key}" if name else str(key))]
    if isinstance(errors, list):
        return [found for value in errors for found in _flat(value, name)]
    return [(name, str(errors))]
