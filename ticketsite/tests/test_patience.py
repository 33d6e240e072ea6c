"""Who has waited too long behind the proxy is told so at once; everybody else is served."""

import json

import pytest

from ticketsite.patience import Patience

NOW_S = 1_000_000.0


def ask(path: str, **environ: str) -> tuple[str, dict[str, str], bytes]:
    told: dict[str, object] = {}

    def application(environ, start_response):
        start_response("200 OK", [])
        return [b"served"]

    def start_response(status, headers):
        told.update(status=status, headers=dict(headers))

    patient = Patience(application, patience_s=15, open_paths=frozenset({"/healthz"}), now_s=lambda: NOW_S)
    body = b"".join(patient({"PATH_INFO": path, **environ}, start_response))
    return told["status"], told["headers"], body


@pytest.mark.parametrize("let_in", [{}, {"HTTP_X_REQUEST_START": f"{NOW_S - 14}"}, {"HTTP_X_REQUEST_START": "soon"}])
def test_who_has_not_waited_long_or_came_without_a_proxy_is_served(let_in):
    assert ask("/api/v1/holds/", **let_in)[2] == b"served"


def test_a_program_that_has_waited_too_long_is_told_to_come_again():
    status, headers, body = ask("/api/v1/holds/", HTTP_X_REQUEST_START=f"{NOW_S - 16}")
    assert (status, headers["retry-after"]) == ("503 Service Unavailable", "1")
    assert headers["content-type"] == "application/problem+json"
    assert json.loads(body)["code"] == "busy"


def test_a_person_who_has_waited_too_long_sees_a_page():
    status, headers, body = ask("/shows/", HTTP_X_REQUEST_START=f"{NOW_S - 16}")
    assert (status[:3], headers["content-type"][:9]) == ("503", "text/html")
    assert b"try again" in body


def test_whether_the_process_lives_is_told_however_long_it_took():
    assert ask("/healthz", HTTP_X_REQUEST_START=f"{NOW_S - 100}")[2] == b"served"
