"""Certificates for tests: an authority, and what each role shows."""

from pathlib import Path

from raftstore.operate.authority import Authority
from raftstore.transport.security import CertificateRole, Identity, Security, load_security

NODE_1 = Identity(CertificateRole.NODE, "1")
APPLICATION = Identity(CertificateRole.APPLICATION, "application")
OPERATOR = Identity(CertificateRole.OPERATOR, "operator")


def security_for(
    directory: Path,
    authority: Authority,
    holder: Identity,
    *,
    hosts: tuple[str, ...] = ("127.0.0.1",),
    days: int = 1,
    believed: bytes | None = None,
) -> Security:
    """The holder's new certificate, in files as an operator would have it.

    Args:
        believed: the authorities in the file, if not this one alone.
    """
    directory.mkdir(parents=True, exist_ok=True)
    issued = authority.issue(holder, hosts=hosts, days=days)
    ca, certificate, key = (directory / name for name in ("ca.pem", "holder.pem", "holder.key"))
    ca.write_bytes(believed or authority.issued.certificate)
    certificate.write_bytes(issued.certificate)
    key.write_bytes(issued.key)
    return load_security(authority=ca, certificate=certificate, key=key)
