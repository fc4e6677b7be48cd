"""Reading bundles: entries into a copy, statements to the ledger or among those that wait, and what is said about it (spec chapter 23)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from custody.assembly import kept
from custody.assembly.delivered import delivered, keep_rows, settle
from custody.assembly.office import Office, device_of
from custody.assembly.sending import SUFFIX
from custody.assembly.stations import others, turn
from custody.core import bundle
from custody.core import note as notes_
from custody.core.checkpoint import signed_by
from custody.core.errors import Altered, BadSignature, CustodyError, Locked, Malformed, Refused
from custody.core.merkle import leaf_hash
from custody.durable import trouble, write_durably
from custody.reading import opened

if TYPE_CHECKING:
    from custody.core.bundle import Head, Part, Refusal
    from custody.core.enclosed import Rows

MOST_AHEAD = 1 << 26  # bytes of entries that may come before a checkpoint over them; and of private rows at a time
_EACH = 64  # what a note takes up besides its bytes
MOST_A_DAY = 1_000  # statements of one person: nobody has done more in a day
MOST_OTHERS = 4_096  # devices that are remembered: anybody can make up one
_HEALS = ("signature.unknown", "signature.stranger")  # a later bundle may bring the enrolment


@dataclass
class Found:
    """What one bundle brought. `head` is None where not even that could be read; `trouble` is what ended the reading early.

    entries and known: new entries, and those that were here. notes and seen: new statements, and those that were known.
    own: it was written by this very laptop, and is not read. delivered: statements that left those that wait here. missing: the entry
    before which something is missing; stranger: the key that is not enrolled yet. refused: what the office did not take, now or as it
    answered. copied: counters that show a copied device. signers: how many new statements each key signed. proof: a file that proves to
    anyone that the ledger key signed two histories.
    """

    path: Path
    head: Head | None = None
    entries: int = 0
    known: int = 0
    notes: int = 0
    seen: int = 0
    delivered: int = 0
    rows: int = 0
    strange_rows: int = 0
    missing: int | None = None
    stranger: str | None = None
    refused: list[Refusal] = field(default_factory=list)
    trouble: CustodyError | None = None
    copied: tuple[int, ...] = ()
    whole: bool = False
    own: bool = False
    evidence: Path | None = None
    proof: Path | None = None
    signers: Counter[str] = field(default_factory=Counter)

    @property
    def waits(self) -> bool:
        """Whether it is kept until something else has come."""
        return self.missing is not None or self.stranger is not None


def head_of(path: Path) -> Head:
    """Who wrote a bundle, when, for whom. Raises as `bundle.Reader`."""
    with reader_of(path) as reader:
        return reader.head


def files(paths: Iterable[Path]) -> list[Path]:
    """The bundles that are named, and those in folders that are named, by name; not what another system hid beside them (`._x`)."""
    found = []
    for path in paths:
        found += sorted(path.glob(f"[!.]*{SUFFIX}")) if path.is_dir() else [path]
    return found


def hear_all(office: Office, paths: Iterable[Path]) -> list[Found]:
    """Read bundles in any order, and after them those that had waited, as long as one may help another. One bad file hinders none."""
    told = [_heard(office, path) for path in files(paths)]
    before = None
    while before != (before := reach(office)):
        for path in waiting(office):
            found = _heard(office, path)
            if found.entries or found.notes or found.trouble is not None:
                told.append(found)
    return told


def reach(office: Office) -> tuple[int, int]:
    """What decides whether a bundle that waits can be read on: which entries are here (an office has them all) and which keys are known."""
    return office.ledger.size if office.station else 0, office.ledger.state.roster.changes


def waiting(office: Office) -> list[Path]:
    """The bundles that are kept here because something is missing before them."""
    return files([office.folder.bundles]) if office.folder.bundles.is_dir() else []


def evidence(office: Office) -> list[Path]:
    """What is kept here because it proves a second history under the ledger key."""
    return kept.proofs(office.folder.evidence)


def _heard(office: Office, path: Path) -> Found:
    found = Found(path)
    try:
        hear(office, path, found)
    except (CustodyError, OSError) as error:
        if isinstance(error, Locked):
            raise
        if path.parent == office.folder.bundles and kept.hopeless(error):
            path.unlink(missing_ok=True)
        found.trouble = error if isinstance(error, CustodyError) else Refused("bundle.unreadable", path=str(path), reason=trouble(error))
    return found


def hear(office: Office, path: Path, found: Found | None = None) -> Found:
    """Read one bundle. What was taken before an error stays taken, and reading the same again takes nothing twice.

    :raises Altered: `bundle.cut`, `bundle.damaged`; `copy.fork` when it shows a second history, `copy.unlike` when its entries are not
        those of its checkpoint: both are kept as evidence. `bundle.office-behind`.
    :raises Refused: `bundle.other-ledger`, `bundle.waiting-full`. :raises Malformed: `bundle.…`. :raises BadSignature: `note.signature`,
        `copy.head` where no ledger key signed a checkpoint over its entries.
    """
    found = found or Found(path)
    with reader_of(path) as reader:
        found.head = reader.head
        found.own = str(reader.head.sender) == _own_name(office)
        if found.own:
            return found
        if reader.head.ledger != office.founding.sid:
            raise Refused("bundle.other-ledger", origin=reader.head.head.origin, expected=office.origin)
        hearer = _Hearer(office, reader.head, found)
        try:
            hearer.take(reader)
        except Altered as error:
            if error.code in ("copy.fork", "copy.unlike"):
                found.evidence = kept.keep_evidence(office.folder.evidence, path, reader.head, error.code == "copy.fork")
            if hearer.other is not None:
                found.proof = kept.keep_proof(office, path, hearer.other)
            raise
        finally:
            found.whole = reader.whole
            hearer.remember()
    if found.waits:
        kept.keep_waiting(office.folder.bundles, path, reader.head, kept.trusted(office, reader.head.sender))
    elif path.parent == office.folder.bundles:
        path.unlink(missing_ok=True)
    return found


class _Hearer:
    """One bundle on its way in."""

    def __init__(self, office: Office, head: Head, found: Found) -> None:
        self.office, self.head, self.found = office, head, found
        self._own = _own_name(office)
        self._ahead: list[bytes] = []  # entries that wait for a checkpoint over them
        self._weight, self._room = 0, MOST_AHEAD  # bytes of them; how many more of private rows are held at a time
        self._proven = False  # whether a ledger key signed the checkpoint in the head
        self._taken: list[str] = []  # leaf hashes of statements that are in the ledger
        self._rows: list[Rows] = []
        self._told: bundle.Answers | None = None
        self._held: set[bytes] = set()  # checkpoints of this bundle that were held against what is here
        self.other: bytes | None = None  # a checkpoint by the ledger key over another history

    def take(self, reader: bundle.Reader) -> None:
        """Everything, part by part."""
        self._against_head()
        try:
            for part in reader:
                getattr(self, f"_{part.kind}")(part)
            self._answered()  # nothing proves them but the end of the bundle
        finally:
            if self._rows:
                self._keep_rows()
            self.found.delivered += settle(self.office)

    def remember(self) -> None:
        """Note that this bundle was heard, and what was refused of it."""
        from custody.station.heard import News

        office, whole = self.office, self.found.whole and not self.found.waits
        lies = not self._proven and not office.station  # an office knows every checkpoint of its ledger
        news = News.of(self.head, whole, 0 if lies else self.head.size)
        if not office.station:
            news = news._replace(refused=tuple(self.found.refused), taken=frozenset(self._taken))
        with turn(office):
            known = others(office)
            if known.find(self.head.sender) is None:
                known.make_place(MOST_OTHERS)
            self.found.copied = known.hear(self.head.sender, news).copied

    def _against_head(self) -> None:
        """The checkpoint that the head names, if it is by a ledger key that is known here; it says how much the sender has."""
        signed = signed_by(self.head.head, bytes.fromhex(self.head.sig), self.office.ledger.state.roster.ledger_keys())
        if signed is not None:
            self._proven = self._against(signed)

    def _against(self, signed: bytes) -> bool:
        """Whether a ledger key signed this. :raises Altered: as `copy.against`; `bundle.office-behind`."""
        from custody.ledger.copy import against

        ledger = self.office.ledger
        try:
            head = against(ledger, signed)
        except Altered as error:
            self.other = signed if error.code == "copy.fork" else None
            raise
        if head is not None and head.size > ledger.size and not self.office.station:  # signed by our own key, and not here
            raise Altered("bundle.office-behind", size=ledger.size, promised=head.size)
        return head is not None

    # -- parts

    def _entries(self, part: Part) -> None:
        size, start = self.office.ledger.size + len(self._ahead), part.start or 0
        if start > size:
            if not self.office.station:  # it would have entries that the checkpoint in its head does not reach
                raise Malformed("bundle.head")
            self.found.missing = self.found.missing or start
            return
        notes = part.notes()
        self.found.known += min(len(notes), max(size - start, 0))
        fresh = notes[size - start :] if self.office.station else []
        self._ahead += fresh
        self._weight = bounded(self._weight + weight(fresh))

    def _checkpoint(self, part: Part) -> None:
        size, base = part.start or 0, self.office.ledger.size
        if size <= base or not self.office.station:
            if part.data in self._held:
                return
            self._held.add(part.data)
            if not self._against(part.data):
                raise BadSignature("copy.head", origin=self.office.origin)
            return
        if self.found.missing is not None or size > base + len(self._ahead):
            return
        from custody.ledger.copy import Copy

        assert isinstance(self.office.ledger, Copy), "a station follows"
        notes, self._ahead = self._ahead[: size - base], self._ahead[size - base :]
        self._weight = weight(self._ahead)
        try:
            self.office.ledger.follow(notes, part.data, tuple(self.office.policy.witnesses.values()))
        except Altered as error:
            if error.code == "copy.unlike" and not self._against(part.data):  # nobody of the office said so
                raise BadSignature("copy.head", origin=self.office.origin) from error
            raise
        self.found.entries += len(notes)

    def _notes(self, part: Part) -> None:
        notes = part.notes()
        if self.office.station or not self.office.unlocked:
            return self._kept(notes)
        try:
            self._offered(notes)
        except Locked as error:
            if error.code != "ledger.locked":
                raise
            self._kept(notes)

    def _private(self, part: Part) -> None:
        from custody.core.enclosed import Rows
        from custody.station import device

        if self.head.to is not None and str(self.head.to) == self._own:
            self._room -= len(part.data)
            if self._room < 0:
                self._keep_rows()
                self._rows, self._room = [], MOST_AHEAD
            self._rows.append(Rows.parse(device.opened(self.office.folder.device_key, part.data)))

    def _answers(self, part: Part) -> None:
        own = self.office.device
        if own is None or own.office != self.head.sender or str(self.head.to) != self._own:
            return
        self._told = bundle.Answers.parse(part.data)

    def _answered(self) -> None:
        from custody.station import address

        answers, own = self._told, self.office.device
        if answers is None or own is None:
            return
        with turn(self.office):
            now = device_of(self.office.folder) or own
            address.keep_address(self.office.folder.address, answers.network)
            heard = [range(first, last + 1) for first, last in answers.heard]
            left = {one: at for one, at in now.owed if at is None or not any(at in span for span in heard)}
            if left != dict(now.owed):
                now.owing(left).write(self.office.folder.device)
        told = {one.leaf: one for one in answers.refused}
        gone = [(one.path, told[leaf]) for one in self.office.outbox.pending() if (leaf := leaf_hash(one.note).hex()) in told]
        for path, why in gone:
            write_durably(path.with_suffix(".why"), orjson.dumps(why._asdict()), 0o600)
        self.office.outbox.refuse(path for path, _ in gone)
        self.found.refused += [why for _, why in gone]

    # -- statements

    def _kept(self, notes: Sequence[bytes]) -> None:
        """Among those that wait here: what is authentic and not known."""
        pending = {one.note for one in self.office.outbox.pending()}
        fresh = dict[bytes, None]()
        for one in notes:
            if one in pending or one in fresh or delivered(self.office, one):
                self.found.seen += 1
                continue
            try:
                self.office.ledger.state.authenticate(one)
            except CustodyError as error:
                self._not_taken(one, error)
            else:
                fresh[one] = None
        self.office.outbox.save_all(list(fresh))
        for one in fresh:
            self._new(one)

    def _offered(self, notes: Sequence[bytes]) -> None:
        """To the ledger, which is at hand with its key."""
        size, told = self.office.ledger.refresh(), set[int]()
        for one, answer in zip(notes, self.office.ledger.offer(notes), strict=True):
            if isinstance(answer, CustodyError):
                self._not_taken(one, answer)
                continue
            self._taken.append(leaf_hash(one).hex())
            if answer.index >= size and answer.index not in told:
                told.add(answer.index)
                self._new(one)
            else:
                self.found.seen += 1

    def _new(self, one: bytes) -> None:
        self.found.notes += 1
        self.found.signers.update({line.name for line in notes_.split(one)[1]})

    def _not_taken(self, note: bytes, error: CustodyError) -> None:
        if error.code in _HEALS:
            self.found.stranger = str(error.facts.get("name"))
            return
        if len(self.found.refused) >= bundle.MOST_ANSWERS:  # nobody reads more, and no answer holds more
            return
        facts = orjson.dumps({name: str(value)[:100] for name, value in error.facts.items()}).decode()[:1_000]
        sid = sha256(note[: note.rfind(b"\n\n") + 1]).hexdigest()
        self.found.refused.append(bundle.Refusal(leaf_hash(note).hex(), sid, error.code, facts))

    def _keep_rows(self) -> None:
        kept, strange = keep_rows(self.office, self.head.ledger, self._rows)
        self.found.rows += kept
        self.found.strange_rows += strange


def _own_name(office: Office) -> str | None:
    from custody.station import keyfile

    return str(keyfile.read_public(office.folder.device_key)) if office.folder.device_key.exists() else None


def weight(notes: Sequence[bytes]) -> int:
    """Bytes that notes take up while they are held."""
    return sum(map(len, notes)) + _EACH * len(notes)


def bounded(weight: int) -> int:
    """The same weight. :raises Malformed: `bundle.ahead` where it is too much."""
    if weight > MOST_AHEAD:
        raise Malformed("bundle.ahead", limit=MOST_AHEAD)
    return weight


@contextmanager
def reader_of(path: Path) -> Iterator[bundle.Reader]:
    """A bundle, open to be read. Raises as `bundle.Reader` and `reading.opened`."""
    with opened(path) as file:
        yield bundle.Reader(file.read)
