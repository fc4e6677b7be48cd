"""Writes the ledger as a folder of files that tools of others read (spec chapter 25, EXPORT-1 to EXPORT-14; ADR 0021).

Trusted with: that nothing published is ever taken back, and that no folder which may prove a rewriting is touched. Not with secrecy: what
it writes are entries, heads and public keys, and nothing of the private register comes near it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from custody.core.addcheckpoint import AddCheckpoint
from custody.core.checkpoint import Checkpoint, open_note
from custody.core.errors import Altered, BadSignature, Malformed, Refused
from custody.core.merkle import leaf_hash
from custody.core.note import ED25519, VerifierKey, join, split
from custody.core.policy import Policy
from custody.core.roster import Roster
from custody.ledger import exportpaths as paths
from custody.ledger.exportfolder import ExportFolder
from custody.ledger.folder import Folder
from custody.ledger.ledger import Ledger, checkpoint_note
from custody.ledger.ports import Reader
from custody.ledger.tiles import HEIGHT, WIDTH, head_of

MOST_PROOFS = 10_000  # files of one folder on a FAT stick are at most some 20,000

Watch = Callable[[int], None]


@dataclass(frozen=True)
class Wanted:
    """What is asked for beside the ledger itself.

    entries: indexes to prove. since: an earlier size, for the consistency request; 0 for a witness that has seen nothing.
    old: instead of a size, a signed checkpoint that somebody holds, and the name of its file.
    """

    entries: tuple[int, ...] = ()
    since: int | None = None
    old: tuple[str, bytes] | None = None


@dataclass(frozen=True)
class Exported:
    """What an export holds now and what was done for it. before: the size it had, 0 for a new one."""

    size: int
    before: int
    files: int
    bytes: int


def export(
    ledger: Ledger, store: Reader, policy: Policy, folder: ExportFolder, wanted: Wanted | None = None, watch: Watch = lambda index: None
) -> Exported:
    """Write the ledger as it stands now into a folder; what is there already stays (EXPORT-12).

    :param policy: the trust file to hand out, which must name this ledger. :param watch: is told an index now and then.
    :raises Refused: `export.not-empty`, `export.ledger`, `export.link`, `export.foreign`, `export.other-ledger`, `export.differs`,
        `export.many`, `export.entry`, `ledger.checkpoint`; nothing published was touched.
    :raises Altered: `export.fork`, `export.longer`: what is there, or was brought, proves a rewriting; `kept.changed`,
        `kept.tile`, `head.root`: the ledger itself is not as it was signed. :raises OSError: of the disk.
    """
    size = ledger.refresh()
    task = _Task(ledger, store, folder, size)
    task.sound()
    before = task.published()
    request = task.request(wanted or Wanted())  # whatever can be refused is, before anything is written
    entries = _indexes((wanted or Wanted()).entries, size)
    task.tiles(before, watch)
    folder.put_changed(paths.CHECKPOINT, ledger.checkpoint(size))
    folder.settle()
    folder.put_changed(paths.OFFICERS, officers(ledger.state.roster, size))
    folder.put_changed(paths.POLICY, policy.format())
    task.cosigned()
    task.proofs(entries)
    task.requested(request)
    folder.settle()
    for outgrown in list(folder.outgrown()):
        folder.clear(outgrown)
    return Exported(size, before, folder.written, folder.bytes)


def officers(roster: Roster, size: int) -> bytes:
    """`officers.vkeys` of a ledger of that size (EXPORT-7)."""
    keys = sorted((key for key in roster.keys.values() if key.since < size), key=lambda key: key.since)  # stable: of one entry as entered
    return b"".join(b"%s\n" % str(VerifierKey(key.name, ED25519, key.public)).encode() for key in keys)


def encode_bundle(notes: Iterable[bytes]) -> bytes:
    """An entry bundle (EXPORT-3)."""
    return b"".join(len(note).to_bytes(2, "big") + note for note in notes)


class _Task:
    """One export under way, of the ledger as it stood at one size: others may append meanwhile."""

    def __init__(self, ledger: Ledger, store: Reader, folder: ExportFolder, size: int) -> None:
        self.ledger, self.store, self.folder, self.size = ledger, store, folder, size

    def sound(self) -> None:
        """Make sure that the tree is the one that was signed. Raises `Altered("head.root")`."""
        if Checkpoint.parse(split(self.ledger.checkpoint(self.size))[0]).root != self.ledger.root(self.size):
            raise Altered("head.root", first=0, last=self.size - 1)

    def published(self) -> int:
        """The size of the export that is there, which must be of this ledger (EXPORT-14); 0 for none."""
        folder = self.folder
        home = Folder(folder.root)
        if home.settings.exists() or home.private.exists() or home.db.exists():
            raise Refused("export.ledger", path=str(folder.root))
        if (link := folder.link()) is not None:
            raise Refused("export.link", path=str(link))
        data = folder.read(paths.CHECKPOINT)
        if data is not None:
            return self._own(data, str(folder.path(paths.CHECKPOINT))).size
        if folder.root.is_dir() and any(folder.root.iterdir()) and not folder.path(paths.TILES).is_dir():
            raise Refused("export.not-empty", path=str(folder.root))
        folder.path(paths.TILES).mkdir(parents=True, exist_ok=True)
        return 0

    def _own(self, data: bytes, path: str) -> Checkpoint:
        """A checkpoint that came from elsewhere; it must be a head of this ledger, signed by it."""
        roster = self.ledger.state.roster
        try:
            head = Checkpoint.parse(split(data)[0])
            if head.origin != roster.origin:
                raise Refused("export.other-ledger", path=path, origin=head.origin, expected=roster.origin)
            open_note(data, head_keys(roster, head.size))
        except (BadSignature, Malformed) as error:
            raise Refused("export.foreign", path=path, why=error.code) from error
        if head.size > self.size:
            raise Altered("export.longer", path=path, size=head.size, here=self.size)
        if head.root != self.ledger.root(head.size):
            raise Altered("export.fork", path=path, size=head.size)
        return head

    def request(self, wanted: Wanted) -> tuple[bytes, bytes | None] | None:
        """The request and the old checkpoint of EXPORT-9, where one is asked for; no old checkpoint for size 0."""
        old, since = None, wanted.since
        if wanted.old is not None:
            name, data = wanted.old
            head = self._own(data, name)
            old, since = _signed_only(data, self.ledger.state.roster, head), head.size
        elif since:
            old = self.ledger.checkpoint(since)
        if since is None:
            return None
        proof = self.ledger.consistency(since, self.size)
        return AddCheckpoint(since, tuple(proof), self.ledger.checkpoint(self.size)).format(), old

    def requested(self, files: tuple[bytes, bytes | None] | None) -> None:
        """Put the request in place of an older one; it is away while the two do not belong together."""
        if files is None:
            return
        request, old = files
        if self.folder.read(paths.OLD) != old:
            self.folder.remove(paths.REQUEST)
            self.folder.put(paths.OLD, old) if old is not None else self.folder.remove(paths.OLD)
        self.folder.put_changed(paths.REQUEST, request)

    def tiles(self, before: int, watch: Watch) -> None:
        """Bundles and hash tiles that are not there yet, then the partial ones of this size."""
        for n, notes in self._bundles([n for n in range(self.size // WIDTH) if not self._there(paths.bundle(n), n < before // WIDTH)]):
            self._put_once(paths.bundle(n), self._bundle(n, notes, WIDTH))
            watch((n + 1) * WIDTH)
        for level, n in paths.full_tiles(self.size):
            if not self._there(paths.tile(level, n), n < before >> HEIGHT * (level + 1)):
                self._put_once(paths.tile(level, n), self._full(level, n))
        n, width = divmod(self.size, WIDTH)
        if width:
            self._put_once(paths.bundle(n, width), self._bundle(n, list(islice(self.ledger.notes(n * WIDTH), width)), width))
        for level, n, width in paths.partial_tiles(self.size):
            self._put_once(paths.tile(level, n, width), self.ledger.nodes(HEIGHT * level, n * WIDTH, n * WIDTH + width))
        watch(self.size)

    def _bundle(self, n: int, notes: list[bytes], width: int) -> bytes:
        """A bundle of the very notes that the tree holds: what is published stays. Raises `Altered("kept.changed")`."""
        for index, note in enumerate([*notes, *[b""] * (width - len(notes))], n * WIDTH):
            if leaf_hash(note) != self.ledger.nodes(0, index, index + 1):
                raise Altered("kept.changed", entry=index)
        return encode_bundle(notes)

    def _full(self, level: int, n: int) -> bytes:
        """A full tile that adds up to the node above it. Raises `Altered("kept.tile")`."""
        hashes = self.ledger.nodes(HEIGHT * level, n * WIDTH, (n + 1) * WIDTH)
        if head_of(hashes) != self.ledger.nodes(HEIGHT * (level + 1), n, n + 1):
            raise Altered("kept.tile", level=level, n=n)
        return hashes

    def _there(self, name: str, published: bool) -> bool:
        """Whether a published file need not be looked at again; one that was lost is written anew."""
        return published and self.folder.has(name)

    def _bundles(self, numbers: Iterable[int]) -> Iterator[tuple[int, list[bytes]]]:
        """The notes of full bundles, read in one go where these follow one another."""
        notes, following = iter(()), -1  # type: tuple[Iterator[bytes], int]
        for n in numbers:
            if n != following:
                notes = self.ledger.notes(n * WIDTH)
            following = n + 1
            yield n, list(islice(notes, WIDTH))

    def _put_once(self, name: str, data: bytes) -> None:
        """A file that never changes once it is there; one that was only begun is written again (EXPORT-12)."""
        there = self.folder.read(name)
        if there == data:
            return
        if there is not None and not data.startswith(there):
            raise Refused("export.differs", path=str(self.folder.path(name)))
        self.folder.put(name, data)

    def cosigned(self) -> None:
        """Earlier heads that a witness has cosigned (EXPORT-5)."""
        for size in self.store.cosigned():
            if size < self.size:
                self.folder.put_changed(paths.head(size), checkpoint_note(self.store, size))

    def proofs(self, indexes: Iterable[int]) -> None:
        """Entries that were asked for, each with its proof (EXPORT-8)."""
        for index in indexes:
            receipt = self.ledger.receipt(index, self.size)
            self.folder.put_changed(paths.entry(index), receipt.note)
            self.folder.put_changed(paths.proof(index), receipt.proof.format())


def head_keys(roster: Roster, size: int) -> list[VerifierKey]:
    """The ledger keys that may sign a checkpoint of that size (ROLE-6)."""
    return [key for key, least, most in roster.ledger_spans() if least <= size <= most]


def _indexes(entries: Iterable[int], size: int) -> list[int]:
    found = sorted(set(entries))
    if len(found) > MOST_PROOFS:
        raise Refused("export.many", count=len(found), limit=MOST_PROOFS)
    if found and found[-1] >= size:
        raise Refused("export.entry", entry=found[-1], size=size)
    return found


def _signed_only(data: bytes, roster: Roster, head: Checkpoint) -> bytes:
    """A checkpoint that somebody brought, with the lines of ledger keys alone: what else is in it is nobody's word here."""
    own = {(key.name, key.key_id) for key in head_keys(roster, head.size)}
    text, lines = split(data)
    return join(text, [line for line in lines if (line.name, line.key_id) in own])
