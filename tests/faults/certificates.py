"""Throw-away authorities and certificates for servers of the tests: right ones, expired ones, for another name, by somebody else."""

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.cluster import ACCOUNT

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Authority:
    """Whoever issues certificates here; its own lies at `path`."""

    path: Path
    key: ec.EllipticCurvePrivateKey
    name: x509.Name

    @classmethod
    def made(cls, path: Path, name: str = "Lembaga Contoh") -> "Authority":
        key, subject = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.now(UTC)
        built = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        built = built.not_valid_before(now - DAY).not_valid_after(now + DAY).add_extension(x509.BasicConstraints(True, 0), True)
        path.write_bytes(built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
        path.chmod(0o644)
        return cls(path, key, subject)

    def issue(self, place: Path, *names: str, until: timedelta = DAY) -> dict[str, str]:
        """A certificate and its key in `place`, readable by the servers' account; returns PostgreSQL's settings for them.

        :param until: how long it still holds; below zero it expired so long ago.
        """
        key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
        built = x509.CertificateBuilder(self.name, x509.Name([]), key.public_key(), x509.random_serial_number())
        built = built.not_valid_before(now - 30 * DAY).not_valid_after(now + until)
        built = built.add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), True)
        files = {"ssl_cert_file": place / "server.crt", "ssl_key_file": place / "server.key"}
        files["ssl_cert_file"].write_bytes(built.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
        secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        files["ssl_key_file"].write_bytes(secret)
        files["ssl_key_file"].chmod(0o600)
        if place.owner() == ACCOUNT:
            for path in files.values():
                shutil.chown(path, ACCOUNT)
        return {"ssl": "on", **{name: f"'{path}'" for name, path in files.items()}}


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)
