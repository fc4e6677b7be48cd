"""Parsers of the wings: receipts, openings, backups, exports, plans, drafts, keys, the small files of ledger, station and witness."""

import base64
import hashlib
import io
import json
import shutil
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from functools import cache
from pathlib import Path
from typing import Any

from custody.core import canonical, note
from custody.core.bundle import MOST_PART, Address, Refusal
from custody.core.note import VerifierKey
from custody.core.policy import Policy
from custody.core.private import Opening
from custody.ledger import (
    backup,
    ceremony,
    cosigning,
    evidence,
    exported,
    guard,
    holder,
    move,
    profile,
    restore,
    sheet,
    snapshots,
    strongbox,
)
from custody.ledger.dwelling import Dwelling
from custody.ledger.export import Wanted
from custody.ledger.exported import decode_bundle
from custody.ledger.folder import Identity
from custody.ledger.outbox import Outbox
from custody.ledger.receipt import Receipt
from custody.ledger.reveal import Reveal
from custody.ledger.strongbox import Head
from custody.station import address, device, draft, envelope, heard, keyfile, openssh, people
from custody.witness.book import Book
from custody.witness.witness import Witness
from fixtures import exports
from fixtures.actors import BAWASLU, LEDGER, ORIGIN
from fixtures.smalloffice import SmallOffice, fixed_random
from fixtures.smallworld import Person
from fixtures.vectorsets import core_bundle, core_checkpoint, witness_requests
from tests.fuzz.parser import KB, MB, Parser, accepted, samples, scratch, through

NOTE = note.MAX_BYTES
WORD = b"sandi contoh"
_HEAD = Head("2024-11-27T10:00:00Z", ORIGIN, 3, "00" * 16, logn=1)
_SHAPES = "closed shapes, 8 deep (JSON-2)"
_JSON = "closed shapes"
_TOML = "known keys"
SMALL = 20  # entries of the export


@cache
def office() -> SmallOffice:
    """A small office with real files."""
    return SmallOffice(scratch() / "office")


def files(*names: str) -> Callable[[], Sequence[bytes]]:
    """Files of the small office as a corpus."""
    return lambda: tuple((office().root / name).read_bytes() for name in names)


# -- receipts, openings, backups ----------------------------------------------------------------------------------------------------


def sealed(payload: bytes) -> bytes:
    into = io.BytesIO()
    strongbox.seal(into, _HEAD, WORD, iter([payload]))
    return into.getvalue()


_MEMBERS = (
    b"".join(
        canonical.encode({"name": name, "size": len(data)}) + b"\n" + data
        for name, data in (("ledger.db", b"basis data"), ("private.db", b"register"), ("policy", b"log x\n"))
    )
    + canonical.encode({"end": True, "members": 3})
    + b"\n"
)


def _walked(data: bytes) -> list[str]:
    return list(backup.walk(io.BytesIO(data), WORD, lambda name, size: None))


def _walk_sealed(data: bytes) -> list[str]:
    """The members in a container that is whole: whoever has the passphrase can put anything into it."""
    return _walked(sealed(data))


def _unpacked(path: Path) -> None:
    into = scratch() / "unpacked"
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir()
    backup.unpack(path, WORD, into)


def _whole_backup() -> Sequence[bytes]:
    rows = b"".join(canonical.encode({"name": name, "size": 1}) + b"\nx" for name in ("custody.toml", "ledger.db", "private.db", "policy"))
    return (sealed(rows + canonical.encode({"end": True, "members": 4}) + b"\n"),)


@cache
def _remembered() -> Sequence[bytes]:
    head = (_HEAD.lines() + b"00" * 32 + b"\n").decode()
    return (json.dumps({"at": _HEAD.at, "size": 3, "path": "a", "head": head, "same_disk": True}).encode(),)


def _last(data: bytes) -> Any:
    state = scratch() / "state-of-backups"
    through(lambda path: None, f"state-of-backups/{backup._mark(state, ORIGIN).name}")(data)
    return backup.last(state, ORIGIN), backup.familiar(state, ORIGIN, WORD)


def _reveals() -> Sequence[bytes]:
    return samples("25-export", "reveal.check", "file")()


# -- the export ---------------------------------------------------------------------------------------------------------------------


@cache
def _export() -> Path:
    root = scratch() / "export"
    ledger = exports.in_memory(exports.history()[0])
    exports.grown(ledger, SMALL)
    exports.written(ledger, root, Wanted((0, 5), since=5))
    return root


def of_export(name: str) -> Parser:
    """A folder in which one file is another."""

    def verified(data: bytes) -> Any:
        root = _export()
        kept = (root / name).read_bytes()
        try:
            (root / name).write_bytes(data)
            return exported.verify_export(root, _trust(), [])
        finally:
            (root / name).write_bytes(kept)

    bound = "one file of the folder; the notes as entries"
    return Parser(
        f"custody.ledger.exported:verify_export, {name}", verified, lambda: ((_export() / name).read_bytes(),), 16 * MB, bound, runs=300
    )


@cache
def _trust() -> Policy:
    return exports.history()[0].policy()


# -- founding, moving, sheets -------------------------------------------------------------------------------------------------------

_PLAN = f"""operation = "Operasi Contoh"
domain = "contoh"
zone = "WITA"
profile = "pemilu-2024"
threshold = 2
skew = 300
drill = false

[[authority]]
key = "{Person("kpu-1").key}"
institution = "kpu"
name = "Pejabat Contoh"

[[authority]]
key = "{Person("polri-1").key}"
institution = "polri"
"""


def _plan(path: Path) -> Any:
    return ceremony.read_plan(path, keyfile.read_public)


def _profile(path: Path) -> Any:
    return profile.load(path.name, path.parent)


def _openings(data: bytes) -> Any:
    folder = scratch() / "founding"
    if not folder.exists():
        shutil.copytree(office().folder / "founding", folder)
    (folder / "openings").write_bytes(data)
    return ceremony.open_ceremony(folder)


def _line(data: bytes) -> Any:
    """A signature that an authority sent, among those that were taken."""
    folder = scratch() / "signing"
    if not folder.exists():
        shutil.copytree(office().folder / "founding", folder)
    path = next((folder / "lines").glob("*.note"))
    path.write_bytes(data)
    return ceremony.open_ceremony(folder)


def _taken(data: bytes) -> Any:
    return ceremony.open_ceremony(office().folder / "founding").take(data)


def _of_lines() -> Sequence[bytes]:
    return tuple(one.read_bytes() for one in sorted((office().folder / "founding" / "lines").glob("*.note")))


@cache
def _moves() -> Sequence[bytes]:
    head = restore.outside("x", core_checkpoint.EXAMPLE)
    from custody.core.checkpoint import Checkpoint

    one = move.Move("2024-11-27T10:00:00Z", "ab" * 32, Checkpoint.parse(note.split(head.note)[0]), "/kantor/buku", "ab" * 16, "cd" * 16)
    return (one.text(),)


@cache
def _move_notes() -> Sequence[bytes]:
    opened = office()
    from custody.core.checkpoint import Checkpoint

    head = Checkpoint.parse(note.split(opened.receipt.proof.checkpoint)[0])
    one = move.Move("2024-11-27T10:00:00Z", opened.founding.sid, head, "/kantor/buku", "ab" * 16, "cd" * 16)
    signed = note.Line(opened.key.name, opened.key.key_id, opened.sign(one.text()))
    return (move.signed(one, [signed, opened.line("kpu-1", one.text())]),)


def _moved(data: bytes) -> Any:
    from custody.core.roster import found

    return move.authentic(data, found(office().founding), 1)


@cache
def _sheets() -> Sequence[bytes]:
    opened = office()
    with opened.open() as desk:
        one = desk.draft(
            "enrol",
            **{
                "name": Opening("name", "ab" * 16, "Penjaga Contoh").value and None,
                "number": None,
                "rank": None,
                "unit": None,
                "delegate": False,
                "institution": None,
                "key": str(Person("guard-1").key),
                "person": Person("guard-1").person,
                "places": [],
                "role": "guard",
            },
        )
    lines = (opened.line("kpu-1", one.text),)
    return (sheet.write(sheet.Sheet(opened.founding, (sheet.Draft(one, lines, ()),))),)


# -- small files of the office ------------------------------------------------------------------------------------------------------


def _snapshot(path: Path) -> Any:
    return snapshots.load(path, hashlib.sha256(path.read_bytes()).hexdigest())


@cache
def _snapshots() -> Sequence[bytes]:
    from custody.ledger.audit import audit

    world = exports.history()[0]
    ledger = exports.in_memory(world)
    ledger.append(list(world.entries))
    _, verified = audit(ledger._store, world.policy(), [])
    path = scratch() / "snapshot"
    snapshots.save(path, verified)
    return (path.read_bytes(),)


def _mark(path: Path) -> Any:
    return guard._last(guard._data(path) or b"", path, office().origin)


def _shift(path: Path) -> Any:
    return holder._read(path)


_SHIFT = json.dumps(
    {"address": "tcp:1", "token": "ab", "pid": 7, "key": str(LEDGER.key), "since": "2024-11-27T10:00:00Z", "until": "2024-11-27T10:00:00Z"}
)


def _asked(data: bytes) -> bytes:
    held = holder.Holder(LEDGER.key, LEDGER.sign, "sandi", lambda: None)
    return held.answer(data)


def _outbox(data: bytes) -> Any:
    folder = scratch() / "outbox"
    box = Outbox(folder)
    if not folder.exists():
        box.save(b"x")
    path = next(folder.iterdir())
    path.write_bytes(data)
    return box.pending()


def _evidence(name: str) -> Callable[[bytes], Any]:
    def read(data: bytes) -> Any:
        folder = scratch() / "evidence"
        through(lambda path: None, f"evidence/{name}")(data)
        found = evidence.Evidence([folder])
        return found.items(), found.forks()

    return read


def _cosigned(data: bytes) -> Any:
    return cosigning.own_line(core_checkpoint.EXAMPLE, data, BAWASLU.key)


# -- stations -----------------------------------------------------------------------------------------------------------------------


@cache
def _devices() -> Sequence[bytes]:
    path = scratch() / "device.json"
    device.Device("station", 3, core_bundle._key("kantor"), (("ab" * 32, None), ("cd" * 32, 2))).write(path)
    return (path.read_bytes(),)


@cache
def _heard() -> Sequence[bytes]:
    others = heard.Others(scratch() / "heard")
    told = (heard.Told(1, "ab" * 32, "2024-11-27T10:00:00Z", 5, True),)
    one = heard.Heard(
        core_bundle._key("ndao"), "2024-11-27T10:00:00Z", ("5307192008",), told, (Refusal("ab" * 32, "cd" * 32, "entry.known", "{}"),)
    )
    others.keep(one)
    others.hear(one.key, heard.News(told[0]._replace(counter=2, digest="ef" * 32), taken=frozenset(["ab" * 32])))
    return (others.path(one.key).read_bytes(),)


@cache
def _addresses() -> Sequence[bytes]:
    path = scratch() / "address.json"
    address.keep_address(path, Address("https://kantor.example:8443", "AAEC"))
    return (path.read_bytes(),)


def _draft(path: Path) -> Any:
    with draft.Draft.open(path) as opened:
        return opened.head, draft.answers(opened.events)


_DRAFT = b"""{"form":"custody/draft/v1","kind":"handoff","do":"head","head":{"to":"5307"}}
{"do":"answer","what":"giver","value":"pps-1"}
{"do":"drop","what":["giver"]}
{"do":"forget"}
"""


def _key_file(word: bytes | None) -> bytes:
    return openssh.seal(bytes(32), "jaga-1", word, fixed_random("key"), rounds=1)


def _loaded(path: Path) -> Any:
    return keyfile.load_key(path, lambda: WORD, unencrypted_allowed=True)


def _public(path: Path) -> VerifierKey:
    return keyfile.read_public(path)


@cache
def _encrypted() -> Sequence[bytes]:
    return tuple(base64.b64decode(given["age"]) for given in accepted("23-bundle", "bundle.private"))


@cache
def _seed_file() -> bytes:
    """The device key of that vector."""
    (given,) = accepted("23-bundle", "bundle.private")
    return openssh.seal(bytes.fromhex(given["seed"]), "ndao", None, fixed_random("key"), rounds=1)


_INVITED = people.Invitation("1" * 64, "a" * 32, "pps-1", "pps", "kpu", ("5307192001",), {"person": "b" * 32})


def _proof() -> bytes:
    who = Person("pps-1")
    said = f"custody/contoh/v1\n{who.key}\n".encode()
    return people.Proof("1" * 64, "a" * 32, who.key, note.join(said, [who.line(said)])).format()


# -- witnesses ----------------------------------------------------------------------------------------------------------------------


def _witness() -> Witness:
    class Signer:
        key = BAWASLU.key

        def sign(self, message: bytes) -> bytes:
            return BAWASLU.sign(message)

    folder = scratch() / "witness"
    return Witness(Book(folder, nullcontext), [LEDGER.key], Signer(), lambda: 1_732_680_000)


def _add(data: bytes) -> Any:
    shutil.rmtree(scratch() / "witness", ignore_errors=True)
    return _witness().add(data)


def _first_requests() -> Sequence[bytes]:
    return (b"old 0\n\n" + witness_requests.head(3),)


def _book(data: bytes) -> Any:
    through(lambda path: None, f"book/{Book(scratch() / 'book', nullcontext)._path(ORIGIN).relative_to(scratch() / 'book')}")(data)
    return Book(scratch() / "book", nullcontext).last(ORIGIN)


OFFICE = (
    Parser(
        "custody.ledger.receipt:Receipt.parse",
        Receipt.parse,
        samples("14-receipt", "receipt.parse"),
        256 * KB,
        "as a proof and an entry",
        Receipt.format,
        beyond="proof.size",
    ),
    Parser("custody.ledger.reveal:Reveal.parse", Reveal.parse, _reveals, 4 * MB, "256 openings", Reveal.format, beyond="reveal.form"),
    Parser(
        "custody.ledger.restore:outside",
        lambda data: restore.outside("x", data),
        lambda: (core_checkpoint.EXAMPLE, *samples("14-receipt", "receipt.parse")()),
        256 * KB,
        "as a note or a proof",
    ),
    Parser(
        "custody.ledger.strongbox:opened",
        lambda data: b"".join(strongbox.opened(io.BytesIO(data), WORD)),
        lambda: (sealed(b"isi cadangan"),),
        1 << 40,
        "a chunk at a time; scrypt of at most 1 GB",
        runs=20_000,
        also=("custody.ledger.strongbox:read_head",),
    ),
    Parser("custody.ledger.backup:walk", _walked, lambda: (sealed(_MEMBERS),), 1 << 40, "100,000 members of known names", runs=20_000),
    Parser("custody.ledger.backup:walk, sealed", _walk_sealed, lambda: (_MEMBERS,), 1 << 40, "100,000 members of known names", runs=20_000),
    Parser("custody.ledger.backup:unpack", through(_unpacked, "buku.backup"), _whole_backup, 1 << 40, "as the stick has room", runs=3_000),
    Parser("custody.ledger.backup:last", _last, _remembered, 64 * KB, _JSON, runs=30_000),
    Parser("custody.ledger.exported:decode_bundle", lambda data: decode_bundle(data, 2), lambda: (b"\0\1a\0\2bc",), 16 * MB, "256 notes"),
    *map(
        of_export,
        (
            "log/checkpoint",
            "policy",
            "officers.vkeys",
            f"log/tile/0/000.p/{SMALL}",
            f"log/tile/entries/000.p/{SMALL}",
            "old.checkpoint",
            "consistency.req",
        ),
    ),
    Parser(
        "custody.ledger.folder:Identity.read",
        through(Identity.read),
        files("ledger/custody.toml"),
        64 * KB,
        _TOML,
        also=("custody.ledger.settingsfile:settings",),
        beyond="file.large",
    ),
    Parser(
        "custody.ledger.dwelling:Dwelling.read",
        through(Dwelling.read),
        lambda: (b'format = 1\nurl = "postgresql://kantor@db.example/custody"\nlives = "database"\n',),
        64 * KB,
        _TOML,
        beyond="file.large",
    ),
    Parser("custody.ledger.ceremony:read_plan", through(_plan), lambda: (_PLAN.encode(),), 1 * MB, _TOML, runs=20_000, beyond="file.large"),
    Parser(
        "custody.ledger.ceremony:read_packet",
        through(ceremony.read_packet),
        files("ledger/founding/packet"),
        128 * KB,
        _SHAPES,
        beyond="file.large",
    ),
    Parser(
        "custody.ledger.ceremony:read_text",
        through(ceremony.read_text),
        files("ledger/founding/text"),
        128 * KB,
        _SHAPES,
        beyond="file.large",
    ),
    Parser("custody.ledger.ceremony:open_ceremony, openings", _openings, files("ledger/founding/openings"), 1 * MB, _JSON, runs=20_000),
    Parser("custody.ledger.ceremony:open_ceremony, a signature", _line, _of_lines, 128 * KB, "one line", runs=20_000),
    Parser("custody.ledger.ceremony:Ceremony.take", _taken, _of_lines, 128 * KB, "one line", runs=5_000),
    Parser("custody.ledger.move:Move.parse", move.Move.parse, _moves, NOTE, _SHAPES, lambda one: one.text()),
    Parser("custody.ledger.move:authentic", _moved, _move_notes, NOTE, _SHAPES),
    Parser("custody.ledger.move:requested", move.requested, lambda: (move.request("ab" * 16),), 4 * KB, _SHAPES),
    Parser(
        "custody.ledger.profile:load", through(_profile, "sendiri.toml"), lambda: (b'like = "pemilu-2024"\n',), 128 * KB, _TOML, runs=20_000
    ),
    Parser("custody.ledger.sheet:read", sheet.read, _sheets, 64 * MB, _SHAPES),
    Parser("custody.ledger.snapshots:load", through(_snapshot), _snapshots, 1 << 40, "as large as the ledger", runs=20_000),
    Parser(
        "custody.ledger.guard:Guard.mark",
        through(_mark),
        lambda: (guard.guard_file(office().state, office().origin).read_bytes(),),
        256 * KB,
        _JSON,
    ),
    Parser("custody.ledger.holder:find", through(_shift), lambda: (_SHIFT.encode(),), 64 * KB, _JSON),
    Parser(
        "custody.ledger.holder:Holder.answer",
        _asked,
        lambda: (b'{"do":"sign","text":"eA==","token":"sandi"}\n',),
        64 * KB,
        "one line of JSON",
    ),
    Parser("custody.ledger.outbox:Outbox.pending", _outbox, lambda: (office().receipt.note,), NOTE, "a note", beyond="file.large"),
    Parser(
        "custody.ledger.evidence:Evidence.items",
        _evidence("one.checkpoint"),
        lambda: (core_checkpoint.EXAMPLE,),
        256 * KB,
        "512 files",
        runs=30_000,
    ),
    Parser(
        "custody.ledger.evidence:Evidence.forks",
        _evidence("one.fork"),
        samples("27-receipts", "fork.parse"),
        256 * KB,
        "512 files",
        runs=30_000,
    ),
    Parser("custody.ledger.cosigning:own_line", _cosigned, lambda: (core_checkpoint.EXAMPLE.partition(b"\n\n")[2],), NOTE, "16 lines"),
    Parser("custody.station.address:read_address", through(address.read_address), _addresses, 16 * KB, _SHAPES),
    Parser("custody.station.device:Device.read", through(device.Device.read), _devices, 64 * MB, "500,000 rows", beyond="file.large"),
    Parser(
        "custody.station.heard:Others.all",
        through(lambda path: heard.Others(path.parent).all(), "others/one.json"),
        _heard,
        16 * MB,
        "8,192 bundles",
        beyond="file.large",
    ),
    Parser(
        "custody.station.draft:Draft.open",
        through(_draft, "drafts/one.jsonl"),
        lambda: (_DRAFT,),
        16 * MB,
        "one object a line",
        runs=30_000,
        also=("custody.station.draft:parse", "custody.station.draft:answers"),
    ),
    Parser(
        "custody.station.envelope:opened",
        lambda data: envelope.opened(data, _seed_file()),
        _encrypted,
        MOST_PART,
        "as age bounds it",
        runs=5_000,
        also=("custody.station.device:opened",),
    ),
    Parser(
        "custody.station.openssh:parse",
        openssh.parse,
        lambda: (_key_file(None), _key_file(WORD)),
        64 * KB,
        "1,024 rounds",
        beyond="key.damaged",
    ),
    Parser(
        "custody.station.keyfile:load_key",
        through(_loaded, "jaga-1"),
        lambda: (_key_file(None), _key_file(WORD)),
        64 * KB,
        "1,024 rounds",
        runs=20_000,
        also=("custody.station.openssh:Container.open", "custody.station.device:open_key"),
        beyond="key.damaged",
    ),
    Parser(
        "custody.station.keyfile:read_public",
        through(_public, "jaga-1.pub"),
        lambda: (openssh.public_line(Person("jaga-1").key.public, "jaga-1"),),
        64 * KB,
        "one line",
        also=("custody.station.openssh:parse_public_line",),
    ),
    Parser("custody.station.keyfile:read_passphrase", through(keyfile.read_passphrase), lambda: (b"sandi contoh\n",), 64 * KB, "one line"),
    Parser(
        "custody.station.people:read_invitations",
        people.read_invitations,
        lambda: (_INVITED.format(),),
        64 * MB,
        f"{_SHAPES}, 131,072 bytes a line",
    ),
    Parser("custody.station.people:read_proofs", people.read_proofs, lambda: (_proof(),), 64 * MB, f"{_SHAPES}, 131,072 bytes a line"),
    Parser("custody.witness.witness:Witness.add", _add, _first_requests, 128 * KB, "63 hashes", runs=5_000, beyond="witness.request.size"),
    Parser("custody.witness.book:Book.last", _book, lambda: (core_checkpoint.EXAMPLE,), NOTE, "a note"),
)
