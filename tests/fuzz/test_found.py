"""Inputs that fuzz runs found, each with what its reader must answer."""

import ssl

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from custody.core.checkpoint import Checkpoint, sign
from custody.core.errors import CustodyError
from custody.core.note import VerifierKey
from fixtures import officecards
from fixtures.actors import LEDGER
from fixtures.smallworld import Person
from tests.fuzz import table_doors, table_office
from tests.fuzz.parser import Parser
from tests.fuzz.table import TABLE

ROWS = {row.name: row for row in TABLE}
_DOTS = b"a." * 60_000  # took minutes: the parser of TOML needs time with the square of a key's dots
_DIGITS = b"format = " + b"9" * 900 + b"\n"


def _of_version(found: bytes) -> bytes:
    """A certificate (PEM) that says that it is of a version which does not exist."""
    der = ssl.PEM_cert_to_DER_cert(found.decode())
    return ssl.DER_cert_to_PEM_cert(der.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x6a", 1)).encode()


# The row, the input, and the code of the answer; None where it is no error.
FOUND: dict[str, tuple[str, bytes, str | None]] = {
    "JSON nested deeper than parsers go": ("custody.core.canonical:decode", b"[" * 5_000, "json.depth"),
    "a plan of dots": ("custody.ledger.ceremony:read_plan", _DOTS, "plan.form"),
    "a key file whose name no file can have": (
        "custody.ledger.ceremony:read_plan",
        table_office._PLAN.replace(str(Person("kpu-1").key), "k" * 400).encode(),
        "key.unreadable",
    ),
    "an export whose head claims more than anybody has": (
        "custody.ledger.exported:verify_export, log/checkpoint",
        sign(
            Checkpoint("custody.contoh/" + "ab" * 16, 2**50, bytes(32)),
            LEDGER.sign,
            VerifierKey("custody.contoh/" + "ab" * 16, 1, LEDGER.key.public),
        ),
        "export.incomplete",
    ),
    "a profile of dots": ("custody.ledger.profile:load", _DOTS, "profile.form"),
    "a profile nested deeply": ("custody.ledger.profile:load", b"a = " + b"[" * 1_000, "profile.form"),
    "stocks of dots": ("custody.paper.label.stockfile:read", _DOTS[: 60 * 1024], "stock.syntax"),
    "settings of dots": ("custody_cli.ground.settings:load", _DOTS[: 60 * 1024], "cli.settings.form"),
    "the identity of a ledger of dots": ("custody.ledger.folder:Identity.read", _DOTS[: 60 * 1024], "ledger.settings"),
    "a number too long for the parser": (
        "custody.ledger.dwelling:Dwelling.read",
        _DIGITS.replace(b"9" * 900, b"9" * 5_000),
        "ledger.settings",
    ),
    "half a surrogate in the note about a backup": ("custody.ledger.backup:last", b'{"at":"a","size":1,"path":"b","head":"\\ud800"}', None),
    "openings of a founding nested deeply": ("custody.ledger.ceremony:open_ceremony, openings", b'{"a":' * 5_000, "founding.openings"),
    "a snapshot that is none": ("custody.ledger.snapshots:load", b'{"format":"custody-snapshot/v4"}', "snapshot.hash"),
    "an age file with a header of lines": (
        "custody.station.envelope:opened",
        b"age-encryption.org/v1\n" + b"-> x\nAA\n" * 4_000,
        "device.sealed",
    ),
    "a proof of a person without a key": (
        "custody.station.people:read_proofs",
        b'{"custody":"proof/v1","ledger":"%s","note":"x","token":"%s"}\n' % (b"1" * 64, b"a" * 32),
        "people.key",
    ),
    "a certificate of a version that does not exist": (
        "custody.paper.checking.certificate:named",
        _of_version(table_doors.office_tls()[1]),
        "certificate.certificates",
    ),
    "an authority's certificate of such a version": (
        "custody.web.authority:make",
        _of_version(table_doors.office_tls()[1]),
        "network.ca-file",
    ),
    "an authority's certificate without names": (
        "custody.web.authority:make",
        officecards.authority().certificate.public_bytes(Encoding.PEM),
        "network.ca-file",
    ),
    "an answer in a draft without its value": (
        "custody.station.draft:Draft.open",
        b'{"form":"custody/draft/v1"}\n{"do":"answer","what":"giver"}\n{"do":"forget"}\n',
        "draft.form",
    ),
    "a head in a draft that is none": (
        "custody.station.draft:Draft.open",
        b'{"form":"custody/draft/v1","do":"head"}\n{"do":"forget"}\n',
        "draft.form",
    ),
    "a trust file with nothing in it": ("custody.intake.trusttext:plain", b"", None),
    "a database address that is no text": ("custody.store.postgres_address:Address.parse", b"postgresql://a@b\xff/c", "database.url"),
    "an answer of another program nested deeply": ("custody.conformance.asking:answered", b"[" * 5_000, "conformance.answer"),
}


def answer(row: Parser, data: bytes) -> str | None:
    try:
        row.read(data)
    except CustodyError as error:
        return error.code
    return None


@pytest.mark.parametrize("name", FOUND)
def test_what_was_found_is_answered(name: str) -> None:
    row, data, code = FOUND[name]
    for package in ROWS[row].needs:
        pytest.importorskip(package)
    assert answer(ROWS[row], data) == code


def test_an_empty_trust_file_is_told_as_such() -> None:
    assert answer(ROWS["custody.core.policy:Policy.parse"], b"") == "policy.quorum.missing"
