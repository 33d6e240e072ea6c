"""Webhooks go only where everybody may look: not inside, not around a corner, and not for longer than a moment."""

import datetime
import socket
import ssl
import threading
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.test import override_settings

from ticketsite.partners.errors import AddressRefused
from ticketsite.partners.tests.receiving import receiving
from ticketsite.partners.webhooks import sending
from ticketsite.partners.webhooks.addresses import check_url, is_public, look_up
from ticketsite.partners.webhooks.sending import Outgoing, send_all


def outgoing(url: str) -> Outgoing:
    return Outgoing(url, b"{}", {"webhook-id": "msg_1"})


@pytest.mark.parametrize(
    "ip",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1",
        "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
    ],
)  # fmt: skip
def test_addresses_of_the_inside_are_not_public(ip):
    assert not is_public(ip)


@pytest.mark.parametrize("ip", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_addresses_of_the_world_are_public(ip):
    assert is_public(ip)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/", "ftp://example.com/", "https://", "example.com", "https://127.0.0.1/", "https://[::1]/",
        "https://user:secret@example.com/", "https://user@example.com/", "https://example.com/#part", "https://example.com:99999/",
        "https://exa mple.com/", "https://example.com/\u00e9", "https://" + "a" * 400 + ".com/",
    ],
)  # fmt: skip
@override_settings(WEBHOOKS_INSIDE=False)
def test_an_address_that_is_not_https_or_not_clear_is_refused(url):
    with pytest.raises(AddressRefused):
        check_url(url)


@override_settings(WEBHOOKS_INSIDE=False)
def test_a_name_that_stands_for_anything_inside_is_refused(monkeypatch):
    def answer(host, port, **_):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in ("93.184.215.14", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    with pytest.raises(AddressRefused):
        look_up("https://rebinding.example.com/")
    assert send_all([outgoing("https://rebinding.example.com/")])[0].status is None


def test_the_address_is_looked_up_once_and_connected_to_as_it_was(monkeypatch):
    asked = []
    real = socket.getaddrinfo

    def answer(host, port, *args, **kwargs):
        asked.append(host)
        return real("127.0.0.1" if host == "partner.example.com" else host, port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    with receiving() as receiver:
        port = receiver.url.split(":")[2].split("/")[0]
        assert send_all([outgoing(f"http://partner.example.com:{port}/x?y=1")])[0].is_received
    assert asked.count("partner.example.com") == 1
    assert receiver.requests[0][0]["host"] == f"partner.example.com:{port}"


def test_an_address_of_version_6_is_connected_to_as_it_is_written():
    target = look_up("https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]:8443/x")
    assert target.pinned_url == "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]:8443/x"


def test_no_proxy_that_the_machine_has_is_asked(monkeypatch):
    with receiving() as proxy, receiving() as receiver:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert send_all([outgoing(receiver.url)])[0].is_received
        assert (len(receiver.requests), proxy.requests) == (1, [])


def test_a_redirect_is_a_failure_and_is_not_followed():
    with receiving() as other, receiving() as receiver:
        receiver.answer, receiver.headers = 302, {"Location": other.url}
        answer = send_all([outgoing(receiver.url)])[0]
        assert (answer.status, answer.is_received, other.requests) == (302, False, [])


def test_one_who_never_answers_keeps_no_other_waiting_and_is_given_up(monkeypatch):
    monkeypatch.setattr(sending, "DEADLINE_S", 0.5)
    go_on = threading.Event()
    with receiving() as slow, receiving() as quick:
        slow.before = lambda: go_on.wait(30) and None
        answers = send_all([outgoing(slow.url), outgoing(quick.url)])
        go_on.set()
    assert (answers[0].status, answers[1].status) == (None, 204)
    assert "No answer" in answers[0].error


def certificate_for(name: str, directory: Path) -> Path:
    """A file with a key and a certificate for this name, signed by itself."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = directory / f"{name}.pem"
    file.write_bytes(key.private_bytes(*private) + certificate.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.mark.parametrize(("shown", "is_believed"), [("partner.example.com", True), ("other.example.com", False)])
def test_the_certificate_must_be_that_of_the_name(shown, is_believed, tmp_path, monkeypatch):
    file = certificate_for(shown, tmp_path)
    theirs, trusted = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context(cafile=file)
    theirs.load_cert_chain(file)
    monkeypatch.setattr(ssl, "create_default_context", lambda: trusted)
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))]
    real = socket.getaddrinfo
    names = {"partner.example.com": found}
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *a, **k: names.get(host) or real(host, *a, **k))
    with receiving(theirs) as receiver:
        port = receiver.url.split(":")[2].split("/")[0]
        answer = send_all([outgoing(f"https://partner.example.com:{port}/hooks")])[0]
    assert answer.is_received == is_believed, answer
    assert bool(receiver.requests) == is_believed
