"""An export read back: a source of entries for `core.verify`, and the judgment over the folder (spec chapter 25, *Judging*)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path

from custody.core import verify as core
from custody.core.checkpoint import Checkpoint
from custody.core.errors import Altered, CustodyError, Malformed, NoLedger, Undecided
from custody.core.merkle import Tree, leaf_hash
from custody.core.note import split
from custody.core.policy import Policy
from custody.core.rows import Row
from custody.core.verdict import MOST_FAULTS, Fault, Step, Verdict
from custody.core.verify import Checked, Outside, Snapshot
from custody.ledger import exportpaths as paths
from custody.ledger.audit import joined, unswept
from custody.ledger.exportfolder import ExportFolder
from custody.ledger.exportrest import Rest
from custody.ledger.folder import Folder
from custody.ledger.shares import Shares
from custody.ledger.tiles import WIDTH

Watch = Callable[[int], None]
_KEPT = 64  # bundles held ready for entries that are asked for again: some 10 MB

_MOST_LACKING = 1_000  # files that are counted as missing


def published_size(root: Path) -> int:
    """How many entries an export has; 0 where that cannot be told.

    :raises NoLedger: `export.none` for a folder that holds no tiles and so is none, `export.is-ledger` where it is that of a ledger.
    """
    folder = ExportFolder(root)
    if Folder(root).settings.exists():
        raise NoLedger("export.is-ledger", path=str(root))
    if not folder.path(paths.TILES).is_dir():
        raise NoLedger("export.none", path=str(root))
    return Found(folder).size


def same_entry(root: Path, index: int, note: bytes) -> None:
    """Make sure that an export has this note at this index (REVEAL-4).

    :raises Altered: `reveal.entry`.
    :raises Undecided: `export.link`, `export.incomplete`, and `export.short` where it ends before that entry.
    """
    folder = ExportFolder(root)
    own_files(folder)
    found = Found(folder)
    if index >= found.size:
        raise Undecided("export.short", entry=index, size=found.size)
    if found.bundle(index // WIDTH)[0][index % WIDTH] != note:
        raise Altered("reveal.entry", entry=index)


def verify_export(
    root: Path, trust: Policy | None = None, outside: Iterable[Outside] = (), workers: int = 1, watch: Watch = lambda index: None
) -> tuple[Verdict, Snapshot]:
    """Judge an export, from its files alone.

    :param trust: the judge's own trust file; None for the folder's, whose witnesses count for nothing.
    :param workers: processes that check signatures, this one included. :param watch: is told an index now and then, for a progress bar.
    :raises Undecided: `export.link`; `export.incomplete`, with the path of the first file that is missing.
    :raises OSError, Malformed: of a file that cannot be read.
    """
    folder = ExportFolder(root)
    own_files(folder)
    found = Found(folder)
    if found.fault is not None:
        return found.unread(), Snapshot.empty()
    found.complete()
    with unswept():
        tree = Tree()
        source = ExportSource(found, tree, watch)
        policy = trust if trust is not None else _own(folder)
        with _shares(found, source, workers) as checked:
            verdict, after = core.verify(source, policy, outside, checked, Snapshot.empty()._replace(tree=tree))
        rest = Rest(folder, found.size, after, source.tell)
        rest.compare_tiles()
        rest.compare_files(every=not any(fault.entry is not None for fault in verdict.faults))
    verdict = joined(verdict, source.missing, source.faults, source.count)
    if rest.lacking and not verdict.fault_count:
        raise found.incomplete(rest.lacking)
    return verdict, after


def own_files(folder: ExportFolder) -> None:
    """Make sure that nothing in an export leads elsewhere (chapter 25, links). Raises `Undecided("export.link")`."""
    link = folder.link()
    if link is not None:
        raise Undecided("export.link", path=str(link))


class Found:
    """The published head of an export, and the files that its size asks for."""

    def __init__(self, folder: ExportFolder) -> None:
        """Raises `Undecided("export.incomplete")` where no checkpoint is there."""
        self.folder = folder
        self.head = self._whole(paths.CHECKPOINT)
        self.size, self.fault = 0, None  # type: tuple[int, Fault | None]
        try:
            checkpoint = Checkpoint.parse(split(self.head)[0])
            if checkpoint.size == 0:
                raise Malformed("checkpoint.size", text="0")
            self.size = checkpoint.size
        except Malformed as error:
            self.fault = Fault.of(Step.CHECKPOINTS, error)

    def unread(self) -> Verdict:
        """What is said where the checkpoint is none: altered, and nothing else was looked at (EXPORT-16)."""
        assert self.fault is not None, "only then"
        verdict, _ = core.verify(_Nothing(), None)
        return replace(verdict, fault_count=1, faults=(self.fault,))

    def complete(self) -> None:
        """Raise `Undecided("export.incomplete")` unless every file of EXPORT-15 is there. No size is proven yet: a thousand suffice."""
        absent = (name for name, wide in self._asked() if not self.folder.has(name) and not (wide and self.folder.has(wide)))
        lacking = list(islice(absent, _MOST_LACKING))
        if lacking:
            raise self.incomplete(lacking)

    def bundle(self, n: int) -> tuple[list[bytes | None], bool]:
        """The notes of a bundle that the size asks for, as `decode_bundle` gives them; out of the full one where need be."""
        width = min(WIDTH, self.size - n * WIDTH)
        data = self.folder.read(paths.bundle(n, width))
        if data is not None:
            return decode_bundle(data, width)
        return decode_bundle(self._whole(paths.bundle(n)), width, longer=True)

    def _asked(self) -> Iterator[tuple[str, str | None]]:
        """Each file that the size asks for, in the order of EXPORT-15; and the full one that may stand for it."""
        yield from ((paths.bundle(n), None) for n in range(self.size // WIDTH))
        n, width = divmod(self.size, WIDTH)
        if width:
            yield paths.bundle(n, width), paths.bundle(n)
        tiles = [(level, n, WIDTH) for level, n in paths.full_tiles(self.size)] + list(paths.partial_tiles(self.size))
        for level, n, width in sorted(tiles):
            yield paths.tile(level, n, width), paths.tile(level, n) if width < WIDTH else None
        yield from ((paths.POLICY, None), (paths.OFFICERS, None))

    def _whole(self, name: str) -> bytes:
        data = self.folder.read(name)
        if data is None:
            raise self.incomplete([name])
        return data

    def incomplete(self, lacking: Sequence[str]) -> Undecided:
        """The error for files that are not there."""
        return Undecided("export.incomplete", path=str(self.folder.path(lacking[0])), count=len(lacking))


class ExportSource:
    """The entries of an export, as `core.verify` wants to be given them; what is wrong with the files themselves is told on the way."""

    def __init__(self, found: Found, tree: Tree, watch: Watch = lambda index: None) -> None:
        """:param tree: the tree that grows while the entries are read."""
        self._found, self._tree, self._watch = found, tree, watch
        self._again = lru_cache(_KEPT)(found.bundle)
        self.missing: set[int] = set()
        self.faults: list[Fault] = []
        self.count = 0

    def tell(self, fault: Fault) -> None:
        """Note a fault of step 8."""
        self.count += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(fault)

    def notes(self, start: int) -> Iterator[bytes]:
        """Every entry from `start`; one that a bundle lacks is given as no bytes, so that the others keep their places."""
        for n in range(start // WIDTH, -(-self._found.size // WIDTH)):
            notes, sound = self._found.bundle(n)
            if not sound:
                self.tell(Fault(Step.KEPT, "export.bundle", (("path", paths.bundle(n)),)))
            self._watch(n * WIDTH)
            for index, note in enumerate(notes, n * WIDTH):
                if index >= start:
                    yield self._given(index, note)

    def leaf(self, index: int) -> bytes:
        """The leaf hash of an entry that was given, from the tree that it was entered into."""
        return self._tree.nodes(0, index, index + 1)

    def note(self, index: int) -> bytes:
        """One entry again; it must be the one that the tree holds. Raises `Altered("kept.changed")`."""
        note = self._again(index // WIDTH)[0][index % WIDTH] or b""
        if leaf_hash(note) != self.leaf(index):
            raise Altered("kept.changed", entry=index)
        return note

    def checkpoints(self) -> Iterator[tuple[int, bytes]]:
        """The heads that witnesses have cosigned, and the published one in its place among them."""
        found = self._found
        for size in sorted({*found.folder.heads(), found.size}):
            yield size, found.head if size == found.size else found.folder.read(paths.head(size)) or b""

    def _given(self, index: int, note: bytes | None) -> bytes:
        if note is None:
            self.missing.add(index)
        return note or b""


class ExportEntries:
    """The same entries for a process that checks signatures beside: numbers and notes, other columns blank. Also its own `Shelf`."""

    def __init__(self, found: Found) -> None:
        self._found = found

    @classmethod
    def of(cls, root: Path) -> "ExportEntries":
        """Those of a folder, in another process."""
        return cls(Found(ExportFolder(root)))

    @contextmanager
    def read(self) -> Iterator["ExportEntries"]:
        yield self

    def close(self) -> None:
        """Nothing is held open."""

    def size(self) -> int:
        return self._found.size

    def rows(self, start: int = 0, stop: int | None = None) -> Iterator[Row]:
        """Entries start <= index < stop; those that a bundle lacks are left out."""
        end = self._found.size if stop is None else min(stop, self._found.size)
        for n in range(start // WIDTH, -(-end // WIDTH)):
            for index, note in enumerate(self._found.bundle(n)[0], n * WIDTH):
                if start <= index < end and note is not None:
                    yield Row(index, b"", b"", "", note)

    def row(self, idx: int) -> Row:
        return Row(idx, b"", b"", "", self._found.bundle(idx // WIDTH)[0][idx % WIDTH] or b"")

    def facts(self, topic: str) -> Iterator[tuple[str, bytes]]:
        """Where keys are enrolled, read out of the entries themselves."""
        for row in self.rows() if topic == "replay" else ():
            for kind in (b"founding", b"enrol"):
                if row.body.startswith(b"custody/" + kind + b"/"):
                    yield str(row.idx), kind


def decode_bundle(data: bytes, width: int, longer: bool = False) -> tuple[list[bytes | None], bool]:
    """The first `width` notes of a bundle, None for each that it lacks, and whether it holds them and nothing else (EXPORT-17).

    longer: it may hold more notes than are wanted.
    """
    notes: list[bytes | None] = []
    at = 0
    while len(notes) < width:
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if at + 2 > len(data) or end > len(data):
            return notes + [None] * (width - len(notes)), False
        notes.append(data[at + 2 : end])
        at = end
    return notes, longer or at == len(data)


def _shares(found: Found, source: ExportSource, workers: int) -> AbstractContextManager[Checked | None]:
    """Others who check signatures meanwhile."""
    if workers < 2:
        return nullcontext()
    return Shares(ExportEntries(found), source, 0, workers - 1, partial(ExportEntries.of, found.folder.root))


def _own(folder: ExportFolder) -> Policy | None:
    """The logs of the folder's trust file; None where it is none, which step 8 tells."""
    try:
        return Policy(Policy.parse(folder.read(paths.POLICY) or b"").logs)
    except CustodyError:
        return None


class _Nothing:
    """No entries and no heads."""

    def notes(self, start: int) -> Iterator[bytes]:
        return iter(())

    def note(self, index: int) -> bytes:
        raise IndexError(index)

    def checkpoints(self) -> Iterable[tuple[int, bytes]]:
        return ()
