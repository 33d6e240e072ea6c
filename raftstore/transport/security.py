"""Who is at the other end? Mutual TLS, and the role that a certificate gives its holder.

Both sides of every connection show a certificate of the cluster's one authority. The subject says what its holder
is: O=raftstore, OU=node, application or operator, CN=a name, which for a node is its id. A server's certificate also
names the addresses it answers at (subjectAltName), and a client believes no other.
"""

import datetime
import functools
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import grpc
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import NameOID

from raftstore.errors import ConfigurationError

ORGANIZATION = "raftstore"


class CertificateRole(StrEnum):
    NODE = "node"
    APPLICATION = "application"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Identity:
    """What a certificate says of its holder; a node's `name` is its id."""

    role: CertificateRole
    name: str


@dataclass(frozen=True, slots=True)
class Security:
    """One side's certificate and key, and the authority that it believes: PEM, as read from the files."""

    authority: bytes
    certificate: bytes
    key: bytes = field(repr=False)
    certificate_path: Path
    key_path: Path
    identity: Identity
    expires_at: datetime.datetime

    def channel_credentials(self) -> grpc.ChannelCredentials:
        return grpc.ssl_channel_credentials(self.authority, self.key, self.certificate)

    def server_credentials(self) -> grpc.ServerCredentials:
        """For a server that nobody reaches without a certificate of the authority."""
        return grpc.ssl_server_credentials(
            [(self.key, self.certificate)], root_certificates=self.authority, require_client_auth=True
        )

    def server_context(self) -> ssl.SSLContext:
        """The same for what is not gRPC."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self.certificate_path, self.key_path)
        context.load_verify_locations(cadata=self.authority.decode())
        context.verify_mode = ssl.CERT_REQUIRED
        return context


def load_security(*, authority: Path, certificate: Path, key: Path) -> Security:
    """Read and check the three PEM files.

    `certificate` may hold the certificates between it and the authority too, and `authority` more than one, so that
    one can take another's place.

    Raises:
        ConfigurationError: a file cannot be read, is not what it should be, does not belong to the others or ran out.
    """
    chain = _certificates_in(certificate)
    issuer = _issuer_of(chain[-1], _certificates_in(authority))
    if issuer is None:
        raise ConfigurationError(f"{certificate} was not issued by the authority in {authority}")
    expires_at = min(one.not_valid_after_utc for one in (*chain, issuer))
    if expires_at <= datetime.datetime.now(datetime.UTC):
        raise ConfigurationError(
            f"{certificate}, or what it was issued by, ran out on {expires_at:%Y-%m-%d %H:%M} UTC; renew it: "
            "docs/runbook.md, Certificates"
        )
    identity = _identity_of(chain[0])
    if identity is None:
        raise ConfigurationError(
            f"{certificate}: the subject is {chain[0].subject.rfc4514_string()!r}, not "
            f"O={ORGANIZATION}, OU={'|'.join(CertificateRole)}, CN=name"
        )
    key_bytes = _read(key)
    try:
        private_key = load_pem_private_key(key_bytes, password=None)
    except (TypeError, ValueError) as error:
        raise ConfigurationError(f"{key}: no PEM key without a password is in it") from error
    if private_key.public_key() != chain[0].public_key():
        raise ConfigurationError(f"{key} is not the key of {certificate}")
    return Security(
        authority=_read(authority),
        certificate=_read(certificate),
        key=key_bytes,
        certificate_path=certificate,
        key_path=key,
        identity=identity,
        expires_at=expires_at,
    )


def load_security_if_given(*, authority: Path | None, certificate: Path | None, key: Path | None) -> Security | None:
    """None if none of the three is given.

    Raises:
        ConfigurationError: only some are given, or as load_security.
    """
    if authority and certificate and key:
        return load_security(authority=authority, certificate=certificate, key=key)
    missing = [
        what for what, path in (("authority", authority), ("certificate", certificate), ("key", key)) if path is None
    ]
    if len(missing) < 3:
        raise ConfigurationError(f"TLS needs authority, certificate and key; missing: {', '.join(missing)}")
    return None


def peer_identity(auth_context: Mapping[str, Iterable[bytes]]) -> Identity | None:
    """Who called, from a gRPC call's authentication context; None for one who showed no certificate of ours."""
    certificates = tuple(auth_context.get("x509_pem_cert", ()))
    return _identity_in(certificates[0]) if len(certificates) == 1 else None


@functools.lru_cache(maxsize=256)
def _identity_in(pem: bytes) -> Identity | None:
    try:
        return _identity_of(x509.load_pem_x509_certificate(pem))
    except ValueError:
        return None


def _identity_of(certificate: x509.Certificate) -> Identity | None:
    """None unless the subject has each of O, OU and CN once, and they are ours."""
    organization = _only(certificate, NameOID.ORGANIZATION_NAME)
    unit = _only(certificate, NameOID.ORGANIZATIONAL_UNIT_NAME)
    name = _only(certificate, NameOID.COMMON_NAME)
    if organization != ORGANIZATION or unit not in set(CertificateRole) or not name:
        return None
    return Identity(CertificateRole(unit), name)


def _only(certificate: x509.Certificate, attribute: x509.ObjectIdentifier) -> str | None:
    values = certificate.subject.get_attributes_for_oid(attribute)
    return str(values[0].value) if len(values) == 1 else None


def _issuer_of(certificate: x509.Certificate, authorities: Iterable[x509.Certificate]) -> x509.Certificate | None:
    for authority in authorities:
        try:
            certificate.verify_directly_issued_by(authority)
        except (InvalidSignature, TypeError, ValueError):
            continue
        return authority
    return None


def _certificates_in(path: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(_read(path))
    except ValueError as error:
        raise ConfigurationError(f"{path}: no PEM certificate is in it") from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from error
