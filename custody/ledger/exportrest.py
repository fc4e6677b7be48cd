"""The files of an export beside its entries: tiles, keys, trust file, proofs, request, held against the tree (spec chapter 25, step 8)."""

from collections.abc import Callable

from custody.core import checkpoint as checkpoints
from custody.core.addcheckpoint import AddCheckpoint
from custody.core.checkpoint import Checkpoint
from custody.core.errors import Altered, CustodyError, Malformed
from custody.core.merkle import HASH, leaf_hash, verify_consistency, verify_inclusion
from custody.core.note import split
from custody.core.policy import Policy
from custody.core.proof import Proof
from custody.core.verdict import Fault, Step
from custody.core.verify import Snapshot
from custody.ledger import exportpaths as paths
from custody.ledger.export import head_keys, officers
from custody.ledger.exportfolder import ExportFolder
from custody.ledger.tiles import HEIGHT, WIDTH

Tell = Callable[[Fault], None]


class Rest:
    """What step 8 looks at once the entries have been read: `after` holds the tree and the roster that they gave."""

    def __init__(self, folder: ExportFolder, size: int, after: Snapshot, tell: Tell) -> None:
        self.folder, self.size, self.tell = folder, size, tell
        self.tree, self.roster = after.tree, after.state.roster
        self.lacking: list[str] = []  # files that a finished export would have

    def compare_tiles(self) -> None:
        """Each hash tile is what the entries add up to (EXPORT-18)."""
        tiles = [(level, n, WIDTH) for level, n in paths.full_tiles(self.size)] + list(paths.partial_tiles(self.size))
        for level, n, width in sorted(tiles):
            kept = self.folder.read(paths.tile(level, n, width))
            if kept is None:  # the full one stands for it
                kept = (self.folder.read(paths.tile(level, n)) or b"")[: width * HASH]
            if kept != self.tree.nodes(HEIGHT * level, n * WIDTH, n * WIDTH + width):
                self.tell(Fault(Step.KEPT, "kept.tile", (("level", level), ("n", n))))

    def compare_files(self, every: bool) -> None:
        """The other files. every: each entry was authentic, so that the roster is whole."""
        self._compare_policy()
        if every:
            self._compare_officers()
        for index in sorted({index for name in self.folder.names(paths.PROOFS) if (index := paths.proven(name)) is not None}):
            if index < self.size and not self._lacks(paths.entry(index), paths.proof(index)):
                self._told("export.proof", self._proof, index, entry=index)
        if self.folder.has(paths.REQUEST) or (self.folder.has(paths.OLD) and not self._lacks(paths.REQUEST)):
            self._told("export.request", self._request)

    def _told(self, code: str, check: Callable[..., None], *given: int, entry: int | None = None) -> None:
        try:
            check(*given)
        except CustodyError as error:
            self.tell(Fault(Step.KEPT, code, (("why", error.code),), entry=entry))

    def _compare_policy(self) -> None:
        try:
            logs = Policy.parse(self.folder.read(paths.POLICY) or b"").logs
        except Malformed:
            logs = ()
        own = {(key.name, key.public) for key in self.roster.ledger_keys()}
        if not any((log.name, log.public) in own for log in logs):
            self.tell(Fault(Step.KEPT, "export.policy"))

    def _compare_officers(self) -> None:
        wanted, kept = officers(self.roster, self.size), self.folder.read(paths.OFFICERS) or b""
        if kept == wanted:
            return
        if wanted.startswith(kept) and kept.endswith(b"\n"):
            self.lacking.append(paths.OFFICERS)
        else:
            self.tell(Fault(Step.KEPT, "export.officers"))

    def _lacks(self, *names: str) -> bool:
        """Whether one of files that belong together is not there, as when a program was stopped between them."""
        lacking = [name for name in names if not self.folder.has(name)]
        self.lacking += lacking
        return bool(lacking)

    def _head(self, note: bytes) -> Checkpoint:
        """A checkpoint that must be a head of this tree, signed by the ledger. Raises `CustodyError`."""
        size = Checkpoint.parse(split(note)[0]).size
        head = checkpoints.open_note(note, head_keys(self.roster, size))
        if head.size > self.size:
            raise Altered("export.ahead", size=head.size, here=self.size)
        if head.root != self.tree.root(head.size):
            raise Altered("head.root", first=0, last=head.size - 1)
        return head

    def _proof(self, index: int) -> None:
        leaf = leaf_hash(self.folder.read(paths.entry(index)) or b"")
        proof = Proof.parse(self.folder.read(paths.proof(index)) or b"")
        if leaf != self.tree.nodes(0, index, index + 1) or proof.index != index or proof.extra is not None:
            raise Altered("merkle.inclusion", index=index, size=self.size)
        head = self._head(proof.checkpoint)
        verify_inclusion(leaf, index, head.size, proof.hashes, head.root)

    def _request(self) -> None:
        old = self.folder.read(paths.OLD)
        request = AddCheckpoint.parse(self.folder.read(paths.REQUEST) or b"")
        new = self._head(request.checkpoint)
        before = self._head(old).size if old is not None else 0
        if before != request.old or (request.old == 0) != (old is None):
            raise Altered("head.size", size=before, kept=request.old)
        verify_consistency(request.old, new.size, self.tree.root(request.old), new.root, request.hashes)
