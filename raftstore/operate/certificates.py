"""Certificates in files, for `script/certs`: an authority, the nodes, the application and the operators."""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from raftstore.errors import ConfigurationError
from raftstore.transport.security import CertificateRole, Identity

from .authority import Authority, Issued

AUTHORITY_NAME = "ca"
HOLDERS = ("node-1", "node-2", "node-3", "application", "operator")
HOSTS = ("127.0.0.1", "::1", "localhost")
AUTHORITY_DAYS = 3_650


def main(argv: Sequence[str] | None = None) -> int:
    """Returns the exit code: 0 all are there, 2 something in the way."""
    parser = argparse.ArgumentParser(
        prog="script/certs",
        description="Makes a certificate authority, if there is none yet, and certificates of it. "
        "What is there already is kept.",
    )
    parser.add_argument(
        "holders",
        nargs="*",
        default=list(HOLDERS),
        metavar="HOLDER",
        help=f"node-N, application or operator (default: {' '.join(HOLDERS)})",
    )
    parser.add_argument("--directory", type=Path, default=Path("var/certs"), help="where the files go (%(default)s)")
    parser.add_argument(
        "--host",
        action="append",
        default=[],
        help=f"a name or IP address that the nodes answer at; may be repeated (default: {' '.join(HOSTS)})",
    )
    parser.add_argument("--days", type=int, default=365, help="for how long certificates hold (%(default)s)")
    parser.add_argument("--renew", action="store_true", help="replace certificates and keys, but not the authority's")
    arguments = parser.parse_args(argv)
    try:
        identities = {holder: identity_of_holder(holder) for holder in arguments.holders}
        make_certificates(
            arguments.directory,
            identities,
            hosts=arguments.host or HOSTS,
            days=arguments.days,
            renew=arguments.renew,
        )
    except (ConfigurationError, OSError) as error:
        print(f"script/certs: {error}", file=sys.stderr)
        return 2
    return 0


def identity_of_holder(holder: str) -> Identity:
    """`node-4`, `application` or `operator`.

    Raises:
        ConfigurationError: it is something else.
    """
    if holder in (CertificateRole.APPLICATION, CertificateRole.OPERATOR):
        return Identity(CertificateRole(holder), holder)
    node = holder.removeprefix("node-")
    if node != holder and node.isdecimal() and node == str(int(node)) and node != "0":
        return Identity(CertificateRole.NODE, node)
    raise ConfigurationError(f"{holder!r} is none of node-N, application and operator")


def make_certificates(
    directory: Path, identities: dict[str, Identity], *, hosts: Sequence[str], days: int, renew: bool
) -> None:
    """Make what is missing; with `renew`, also what is there, except the authority.

    Raises:
        ConfigurationError: of a certificate and its key only one is there.
    """
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    issued = _read(directory, AUTHORITY_NAME)
    if issued is None:
        authority = Authority.found(days=AUTHORITY_DAYS)
        _write(directory, AUTHORITY_NAME, authority.issued)
        print(f"made {directory / AUTHORITY_NAME}.pem")
    else:
        authority = Authority(issued)
    for holder, identity in identities.items():
        if _read(directory, holder) is not None and not renew:
            print(f"{directory / holder}.pem is there already; --renew replaces it")
            continue
        _write(directory, holder, authority.issue(identity, hosts=hosts, days=days))
        print(f"made {directory / holder}.pem")


def _read(directory: Path, name: str) -> Issued | None:
    certificate, key = directory / f"{name}.pem", directory / f"{name}.key"
    if certificate.exists() != key.exists():
        raise ConfigurationError(f"of {certificate} and {key} only one is there; put the other back or move it away")
    return Issued(certificate.read_bytes(), key.read_bytes()) if key.exists() else None


def _write(directory: Path, name: str, issued: Issued) -> None:
    _replace(directory / f"{name}.key", issued.key, mode=0o600)
    _replace(directory / f"{name}.pem", issued.certificate, mode=0o644)


def _replace(path: Path, content: bytes, *, mode: int) -> None:
    """The file is there with all of its content or as it was, and never readable for more people than `mode` says."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, mode)
        file.write(content)
    os.replace(temporary, path)


if __name__ == "__main__":
    sys.exit(main())
