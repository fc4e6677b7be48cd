"""docs/openapi.json is what the program answers to; a name-constrained authority vouches for nobody else; a courier blocks no work."""

import json
import os
import ssl
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("uvicorn")
pytest.importorskip("httpx2")

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from custody.assembly.syncing import Courier
from custody.core.errors import KeyTrouble, Malformed, Refused
from custody.web import authority
from custody.web.app import _told
from custody.web.saying import ROUTES
from fixtures.daydesk import DayDesk
from fixtures.laptops import Laptop

ROOT = Path(__file__).resolve().parents[2]
HABI = "5307192008"
TPS = f"{HABI}-001"
DPR, PPWP = f"PEM24-{TPS}-DPR-1", f"PEM24-{TPS}-PPWP-1"


def test_the_page_is_current() -> None:
    ended = subprocess.run([sys.executable, str(ROOT / "fixtures" / "make_openapi.py"), "--check"], check=False)
    assert ended.returncode == 0, "python fixtures/make_openapi.py"


def test_the_page_names_every_request_and_what_is_told() -> None:
    from custody.assembly.hearing import Found

    page: dict[str, Any] = json.loads((ROOT / "docs" / "openapi.json").read_text("utf-8"))
    asked = {(method.upper(), path) for path, methods in page["paths"].items() for method in methods}
    assert asked == {(one.method, one.path) for one in ROUTES}
    assert sorted(_told(Found(Path("x")))) == page["components"]["schemas"]["brought"]["required"]


# -- the authority -----------------------------------------------------------------------------------------------------------------

NOW = datetime.now(UTC)
VOUCHED = {
    "its host": (["kantor.contoh"], "kantor.contoh", True),
    "its address": (["192.0.2.7"], "192.0.2.7", True),
    "host and address": (["kantor.contoh", "2001:db8::7"], "2001:db8::7", True),
    "another host": (["kantor.contoh"], "bank.contoh", False),
    "an address, of one for hosts": (["kantor.contoh"], "192.0.2.7", False),
    "a host, of one for addresses": (["192.0.2.7"], "bank.contoh", False),
    "a neighbour's address": (["192.0.2.7"], "192.0.2.8", False),
    "an address of the other kind": (["192.0.2.7"], "2001:db8::7", False),
}


@pytest.mark.parametrize("name", VOUCHED)
def test_an_authority_vouches_for_its_names_alone(tmp_path: Path, name: str) -> None:
    """Whoever has its key signs a certificate for whom he likes; who believes it alone does not believe that."""
    names, host, good = VOUCHED[name]
    ca = authority.named(authority.make(tmp_path, names, NOW))
    pem, key = _signed_for(tmp_path, host)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem, key)
    if good:
        _shake(authority.trusting(ca), server, host)
        return
    with pytest.raises(ssl.SSLCertVerificationError, match="subtree"):
        _shake(authority.trusting(ca), server, host)


def test_what_the_office_shows_is_believed_and_lasts_eight_days(tmp_path: Path) -> None:
    ca = authority.named(authority.make(tmp_path, ["kantor.contoh", "192.0.2.7"], NOW))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    cert, key = authority.issue(tmp_path, NOW)
    server.load_cert_chain(cert, key)
    for host in ("kantor.contoh", "192.0.2.7"):
        _shake(authority.trusting(ca), server, host)
    made = x509.load_pem_x509_certificate(cert.read_bytes())
    assert made.not_valid_after_utc - NOW <= timedelta(days=8) and key.stat().st_mode & 0o077 == 0
    assert (tmp_path / "ca.key").stat().st_mode & 0o077 == 0


def test_what_is_wrong_with_an_authority_is_said(tmp_path: Path) -> None:
    authority.make(tmp_path / "a", ["kantor.contoh"], NOW)
    authority.make(tmp_path / "b", ["kantor.contoh"], NOW)
    with pytest.raises(Refused):
        authority.make(tmp_path / "a", ["lain.contoh"], NOW)
    (tmp_path / "a" / "ca.key").write_bytes((tmp_path / "b" / "ca.key").read_bytes())
    with pytest.raises(KeyTrouble):
        authority.issue(tmp_path / "a", NOW)
    for name in ("", "a b", "kantor.contoh:8427", "https://kantor.contoh", "*.contoh", "invalid"):
        with pytest.raises(Malformed):
            authority.make(tmp_path / "c", [name], NOW)
    with pytest.raises(Malformed):
        authority.trusting("AAAA")


def _signed_for(folder: Path, host: str) -> tuple[Path, Path]:
    """A certificate for any host, by the authority's own key."""
    issuer = x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes())
    signer = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), None)
    assert isinstance(signer, ec.EllipticCurvePrivateKey)
    key = ec.generate_private_key(ec.SECP256R1())
    made = (
        authority._begun(x509.Name([]), issuer.subject, key, NOW, timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([authority._own(host)]), True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .sign(signer, hashes.SHA256())
    )
    pem, half = folder / "x.pem", folder / "x.key"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    half.write_bytes(authority._pem(key))
    return pem, half


def _shake(client: ssl.SSLContext, server: ssl.SSLContext, host: str) -> None:
    """A handshake in memory."""
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    near = client.wrap_bio(to_client, to_server, server_hostname=host)
    far = server.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(4):
        for end in (near, far):
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue


# -- the courier -------------------------------------------------------------------------------------------------------------------


class SlowLine:
    """A line on which, while something is under way, people work at the laptop."""

    def __init__(self, laptop: Laptop) -> None:
        self._laptop = laptop
        self.pushed = 0

    def push(self, path: Path) -> dict[str, Any]:
        self.pushed += 1
        if self.pushed == 1:
            self._laptop.hand("pps-08", "ppk-1", HABI, "530719", [DPR])
        return {}

    def pull(self, start: int, had: str | None, target: Path) -> str | None:
        self._laptop.hand("pps-08", "ppk-1", HABI, "530719", [PPWP])
        return None


def test_while_something_is_under_way_people_work_at_the_laptop(tmp_path: Path) -> None:
    desk = DayDesk(tmp_path / "desk", (HABI,))
    laptop = Laptop(desk, "ndao", HABI, stick=tmp_path / "stick")
    laptop.hand("kpps-08-1", "pps-08", TPS, HABI, [DPR, PPWP])
    line = SlowLine(laptop)
    told = Courier(laptop.open, laptop.folder / "network", os.urandom, lambda: 0.0).round(line)
    assert (told.sent, line.pushed) == (2, 2)  # what came meanwhile went with the same round
    assert told.waits.count == 3  # and nothing has left those that wait: no entry has come
