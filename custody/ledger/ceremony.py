"""The founding as a ceremony that can stop and go on, since its signers do not sit together (design chapter 2; spec chapter 09, AUTH-1).

The plan (a TOML file, or answers to questions) becomes a text that is fixed from then on. Each authority signs that text with an own key on
an own machine; the signature comes back as a small file, a signed note with one line. With enough of them, and the ledger key's line, it is
entry 0. Everything lies in the folder `founding` of the ledger folder:

    text  text.sha256        what is signed, and its id for reading aloud
    packet                   what is sent to an authority: the text, and what its commitments stand for (mode 0600)
    openings                 what the commitments of the text stand for (mode 0600)
    lines/NAME.note          the signatures that have come
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from custody.core import note, private, roster
from custody.core.errors import BadSignature, KeyTrouble, Malformed, NoLedger, Refused
from custody.core.moment import from_seconds
from custody.core.note import ED25519, Line, VerifierKey
from custody.core.private import Opening
from custody.core.roster import Roster
from custody.core.statement import Statement, draft, parse
from custody.durable import write_durably
from custody.i18n.marks import DRILL, is_drill
from custody.ledger.profile import Profile, load
from custody.reading import NotToml, read, toml

ZONES = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}
MOST_TEXT = 131_072  # bytes: a note holds at most 65,535
_MOST_PLAN = 1 << 20
PERSONAL = ("name", "number", "rank", "unit")
_SETTINGS: dict[str, type] = {
    "operation": str,
    "domain": str,
    "zone": str,
    "profile": str,
    "drill": bool,
    "threshold": int,
    "supervisors": int,
    "skew": int,
    "delegates": bool,
    "guard_receives": bool,
    "ledger_key": str,
    "procedure": str,
    "authority": list,
}
_DEFAULTS: dict[str, Any] = {
    "drill": False,
    "threshold": 2,
    "supervisors": 1,
    "skew": 300,
    "delegates": True,
    "guard_receives": False,
    "ledger_key": "file",
    "procedure": None,
}


@dataclass(frozen=True)
class Seat:
    """One authority of the plan: its key, its institution (a code word) and the person, None where it is not to be kept."""

    key: VerifierKey
    institution: str
    name: str | None = None
    number: str | None = None
    rank: str | None = None
    unit: str | None = None


@dataclass(frozen=True)
class Plan:
    """What is to be founded. `procedure` is the SHA-256 of a written procedure, as hex."""

    operation: str
    domain: str
    zone: str
    profile: Profile
    seats: tuple[Seat, ...]
    threshold: int = 2
    supervisors: int = 1
    skew: int = 300
    drill: bool = False
    delegates: bool = True
    guard_receives: bool = False
    ledger_key: str = "file"
    procedure: str | None = None


def read_plan(path: Path, public: Callable[[Path], VerifierKey]) -> Plan:
    """A plan from a TOML file. `key` of an authority is a verifier key, or the path of a public key file beside the plan.

    :param public: reads the public half of a key file.
    :raises Malformed: `plan.form`, `plan.field`, `profile.…`, `key.…`. :raises KeyTrouble: as `public`.
    """
    try:
        table = toml(read(path, _MOST_PLAN))
    except NotToml as error:
        raise Malformed("plan.form", path=str(path), reason=error.reason) from None
    values = {**_DEFAULTS, **table}
    for name, kind in _SETTINGS.items():
        if type(values.get(name)) is not kind and not (name == "procedure" and values.get(name) is None):
            raise Malformed("plan.field", path=str(path), field=name, expected=kind.__name__)
    unknown = sorted(table.keys() - _SETTINGS.keys())
    if unknown:
        raise Malformed("plan.field", path=str(path), field=unknown[0], expected="-")
    values["zone"] = zone_of(values["zone"])
    seats = tuple(_seat(item, number, path, public) for number, item in enumerate(values.pop("authority"), 1))
    return Plan(profile=load(values.pop("profile"), path.parent), seats=seats, **values)


def zone_of(text: str) -> str:
    """The IANA name of a time zone that may be written as Indonesians say it: WIB, WITA, WIT."""
    return ZONES.get(text.strip().upper(), text.strip())


def _seat(item: Any, number: int, path: Path, public: Callable[[Path], VerifierKey]) -> Seat:
    known = {"key", "institution", *PERSONAL}
    for name in ("key", "institution"):
        if type(item) is not dict or type(item.get(name)) is not str:
            raise Malformed("plan.field", path=str(path), field=f"authority[{number}].{name}", expected="str")
    for name, value in item.items():
        if name not in known or type(value) is not str:
            raise Malformed("plan.field", path=str(path), field=f"authority[{number}].{name}", expected="str" if name in known else "-")
    text = item["key"]
    key = VerifierKey.parse(text) if text.count("+") >= 2 else public(path.parent / text)
    return Seat(key, item["institution"], **{name: item.get(name) or None for name in PERSONAL})


def draft_founding(plan: Plan, ledger_key: bytes, at: int, random: Callable[[int], bytes]) -> tuple[Statement, list[Opening]]:
    """The text to sign, and what opens its commitments.

    :param ledger_key: the raw public key of the ledger. :param at: Unix seconds. :param random: gives unpredictable bytes.
    :raises Malformed: `statement.field`, `founding.threshold`, `founding.keys`, `founding.domain`.
    """
    openings: list[Opening] = []
    seats = sorted((_authority(seat, openings, random) for seat in plan.seats), key=lambda item: str(item["key"]))
    for before, after in pairwise(seats):
        if before["key"] == after["key"]:
            raise Malformed("founding.keys", name=VerifierKey.parse(after["key"]).name)
    moment = from_seconds(at)
    statement = draft(
        "founding",
        {
            "at": moment,
            "authorities": seats,
            "delegates": plan.delegates,
            "domain": domain_of(plan),
            "drill": plan.drill,
            "guard_receives": plan.guard_receives,
            "happened": {"at": moment, "basis": "now"},
            "ledger_key": ledger_key.hex(),
            "ledger_key_use": plan.ledger_key,
            "operation": plan.operation,
            "procedure": plan.procedure,
            "profile": plan.profile.statement,
            "seen": None,
            "skew": plan.skew,
            "supervisors": plan.supervisors,
            "threshold": plan.threshold,
            "zone": plan.zone,
        },
    )
    roster.found(statement)
    return statement, openings


def domain_of(plan: Plan) -> str:
    """The domain of a plan; that of a drill begins with `latihan`, so that whatever bears its origin tells it without the ledger.

    :raises Malformed: `founding.domain` for a real ledger whose name would say that it is a drill.
    """
    if plan.drill == is_drill(plan.domain):
        return plan.domain
    if not plan.drill:
        raise Malformed("founding.domain", domain=plan.domain)
    return f"{DRILL}-{plan.domain}"


def _authority(seat: Seat, openings: list[Opening], random: Callable[[int], bytes]) -> dict[str, Any]:
    fields: dict[str, Any] = {"institution": seat.institution, "key": str(seat.key), "person": random(16).hex()}
    for name in PERSONAL:
        value = getattr(seat, name)
        fields[name] = None
        if value is not None:
            fields[name], opening = private.seal(name, value, random(private.SALT_BYTES))
            openings.append(opening)
    return fields


def sign_file(text: bytes, line: Line) -> bytes:
    """The small file that an authority sends back: the text under its one line."""
    return note.join(text, [line])


@dataclass(frozen=True)
class Ceremony:
    """A founding under way or done, as it lies in its folder."""

    folder: Path
    statement: Statement
    openings: tuple[Opening, ...] = field(repr=False)
    lines: Mapping[str, Line]

    @property
    def roster(self) -> Roster:
        """The roster that the founding begins."""
        return roster.found(self.statement)

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the authorities who have not signed."""
        return tuple(name for name in self.roster.by_name if name not in self.lines)

    @property
    def enough(self) -> bool:
        """Whether those who signed may found the ledger (ROLE-2)."""
        known = self.roster
        return known.agree((known.by_name[name] for name in self.lines), 0)

    def take(self, data: bytes) -> tuple["Ceremony", str]:
        """Keep a signature that came back; returns the ceremony with it, and who signed.

        :raises Refused: `founding.other-text`. :raises BadSignature: `founding.stranger`, `note.signature`. :raises Malformed: `note.…`.
        """
        try:
            text, lines = note.split_statement(data)
        except Malformed:
            raise Malformed("founding.no-line") from None
        if text != self.statement.text:
            raise Refused("founding.other-text", expected=self.statement.sid, found=parse(text).sid)
        for line in lines:
            self._check(line)
            write_durably(self.folder / "lines" / f"{line.name}.note", sign_file(text, line))
        return open_ceremony(self.folder), ", ".join(line.name for line in lines)

    def _check(self, line: Line) -> None:
        key = self.roster.by_name.get(line.name)
        if key is None or key.key_id != line.key_id:
            raise BadSignature("founding.stranger", name=line.name)
        VerifierKey(key.name, ED25519, key.public).verify(self.statement.text, line.signature)

    def complete(self, public: VerifierKey, sign: Callable[[bytes], bytes]) -> bytes:
        """Entry 0: the text with the lines that came and the ledger key's own.

        :raises Refused: `founding.incomplete`. :raises KeyTrouble: `founding.ledger-key` when this is not the key that the text names.
        """
        if not self.enough:
            raise Refused("founding.incomplete", missing=self.missing)
        if public.public.hex() != self.statement.body["ledger_key"] or public.name != self.roster.origin:
            raise KeyTrouble("founding.ledger-key", name=public.name)
        own = Line(public.name, public.key_id, sign(self.statement.text))
        return note.join(self.statement.text, [*self.lines.values(), own])


def begin(folder: Path, statement: Statement, openings: Iterable[Opening]) -> Ceremony:
    """Fix a drafted text. :raises Refused: `founding.begun` when another one is there already."""
    if (folder / "text").exists():
        raise Refused("founding.begun", path=str(folder))
    kept = [opening._asdict() for opening in openings]
    write_durably(folder / "openings", json.dumps(kept, ensure_ascii=False, indent=1).encode() + b"\n", 0o600)
    write_durably(folder / "text.sha256", f"{statement.sid}\n".encode())
    write_durably(folder / "packet", packet(statement, kept), 0o600)
    write_durably(folder / "text", statement.text)
    return open_ceremony(folder)


def open_ceremony(folder: Path) -> Ceremony:
    """The ceremony in a folder. :raises NoLedger: `founding.none`. :raises Malformed: for a text that is no founding."""
    statement = read_text(folder / "text")
    try:
        kept = json.loads(read(folder / "openings", _MOST_PLAN))
        openings = tuple(Opening(**item) for item in kept)
    except (OSError, ValueError, TypeError, RecursionError):
        raise Malformed("founding.openings", path=str(folder / "openings")) from None
    lines: dict[str, Line] = {}
    for path in sorted((folder / "lines").glob("*.note")):
        text, signed = note.split_statement(read(path, MOST_TEXT))
        if text == statement.text:
            lines.update((line.name, line) for line in signed)
    found = Ceremony(folder, statement, openings, lines)
    for line in lines.values():
        found._check(line)
    return found


def packet(statement: Statement, openings: list[dict[str, Any]]) -> bytes:
    """What an authority needs to see who is named: the text, an empty line, the openings as JSON."""
    return statement.text + b"\n" + json.dumps(openings, ensure_ascii=False, indent=1).encode() + b"\n"


def read_packet(path: Path) -> tuple[Statement, dict[str, str]]:
    """A founding text as it was sent, and what its commitments stand for as far as that was sent too: commitment to value.

    :raises Malformed: `founding.openings` for one that the text does not commit to. Raises also as `read_text`.
    """
    text, _, more = _sent(path).partition(b"\n\n")
    statement = _founding(text + b"\n" if more else text)
    try:
        found = [Opening(**item) for item in json.loads(more or b"[]")]
        opened = {one.commitment(): one.value for one in found}
    except (ValueError, TypeError, RecursionError, Malformed):
        raise Malformed("founding.openings", path=str(path)) from None
    named = {item[name]["c"] for item in statement.body["authorities"] for name in PERSONAL if item[name] is not None}
    if not opened.keys() <= named:
        raise Malformed("founding.openings", path=str(path))
    return statement, opened


def read_text(path: Path) -> Statement:
    """The founding text of a ceremony.

    :raises NoLedger: `founding.none`. :raises Malformed: `founding.form`, `founding.no-text`, `statement.…`, `founding.threshold`.
    """
    return _founding(_sent(path))


def _sent(path: Path) -> bytes:
    try:
        return read(path, MOST_TEXT)
    except (FileNotFoundError, NotADirectoryError):
        raise NoLedger("founding.none", path=str(path)) from None


def _founding(data: bytes) -> Statement:
    if not data.startswith(b"custody/"):
        raise Malformed("founding.no-text")
    statement = parse(data)
    if statement.kind.name != "founding":
        raise Malformed("founding.form", kind=statement.kind.name)
    roster.found(statement)
    return statement
