"""What does this error mean, and what helps? The pages that the `type` of every problem leads to, for developers."""

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from accounts.problem_types import ProblemType
from ticketsite.problem_types import PROBLEM_TYPES

_QUOTED = re.compile(r"`([^`]+)`")


def all_problems(request: HttpRequest) -> HttpResponse:
    return render(request, "problems.html", {"problems": [_shown(of) for of in PROBLEM_TYPES.values()]})


def one_problem(request: HttpRequest, code: str) -> HttpResponse:
    if code not in PROBLEM_TYPES:
        raise Http404("There is no such error.")
    return render(request, "problem.html", {"problem": _shown(PROBLEM_TYPES[code])})


def _shown(of: ProblemType) -> dict[str, object]:
    return {"code": of.code, "status": of.status, "cause": _with_code(of.cause), "cure": _with_code(of.cure)}


def _with_code(text: str) -> SafeString:
    """What stands between backticks becomes code."""
    # Nothing of it comes from a visitor, and it is escaped all the same.
    return mark_safe(_QUOTED.sub(r"<code>\1</code>", str(escape(text))))
