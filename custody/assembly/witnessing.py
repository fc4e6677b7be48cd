"""Joins a witness (its folder, key and lock), and the office with its witnesses over HTTP (docs/spec/26-witnesses.md)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from custody.assembly.ledgerkey import FileKey
from custody.core.errors import CustodyError, Refused
from custody.core.note import COSIGNATURE, VerifierKey

if TYPE_CHECKING:
    from custody.assembly.office import Office
    from custody.core.checkpoint import Checkpoint
    from custody.core.policy import Policy
    from custody.ledger.cosigning import Asked, Post
    from custody.witness.book import Book
    from custody.witness.witness import Witness

PATIENCE = 20.0  # seconds until a witness that says nothing is away
_MOST_ANSWER = 65_536


@dataclass(frozen=True)
class WitnessFolder:
    """What lies where in the folder of a witness: its key, the ledgers it watches (a policy with log lines), and what it remembers."""

    path: Path

    @property
    def key(self) -> Path:
        return self.path / "key"

    @property
    def policy(self) -> Path:
        return self.path / "policy"

    @property
    def lock(self) -> Path:
        return self.path / "lock"

    def require(self) -> None:
        """:raises Refused: `witness.folder` where no witness lies."""
        if not (self.key.exists() and self.policy.exists()):
            raise Refused("witness.folder", path=str(self.path))


def cosigning_key(name: str, public: bytes) -> VerifierKey:
    """The verifier key of a witness, of type 0x04."""
    return VerifierKey(name, COSIGNATURE, public)


def book_of(folder: WitnessFolder) -> Book:
    """The memory of a witness, under a lock for all processes of this machine."""
    from custody.store.lock import TurnLock
    from custody.witness.book import Book

    return Book(folder.path, TurnLock(folder.lock, wait=PATIENCE).held)


def witness_of(folder: WitnessFolder, opened: Any, clock: Callable[[], int]) -> Witness:
    """The witness of a folder. :param opened: its `KeyFile`. Raises as `read_policy`, and `Refused("witness.folder")`."""
    from custody.assembly.office import read_policy
    from custody.witness.witness import Witness

    folder.require()
    signer = FileKey(cosigning_key(opened.name, opened.signing.public), opened.signing)
    return Witness(book_of(folder), read_policy(folder.policy).logs, signer, clock)


def ask_witnesses(office: Office, policy: Policy, post: Post | None = None) -> list[Asked]:
    """Ask each witness of the policy that has an address; see `custody.ledger.cosigning.ask`."""
    from custody.ledger.cosigning import ask

    if post is not None:
        return ask(office.ledger, office.store, policy, post)
    with _Client() as client:
        return ask(office.ledger, office.store, policy, client.post)


def covered(office: Office, head: Checkpoint, policy: Policy) -> bool:
    """Whether the quorum of the policy has cosigned a head of this ledger that is, or continues, this one.

    A paper or receipt is made when its checkpoint is fresh, so nobody can have cosigned that very one: a later one vouches for it.
    """
    from custody.core.merkle import verify_consistency
    from custody.ledger.cosigning import witnessed

    office.ledger.refresh()
    with office.store.read() as reader:
        newest = witnessed(reader, policy)
    if newest is None or newest[0] < head.size:
        return False
    try:
        later = policy.checkpoint(office.ledger.checkpoint(newest[0]))
        hashes = office.ledger.consistency(head.size, later.size) if head.size < later.size else []
        verify_consistency(head.size, later.size, head.root, later.root, hashes)
    except CustodyError:
        return False
    return later.origin == head.origin


class _Client:
    """Posts over HTTP with httpx2; one connection is kept for each witness."""

    def __enter__(self) -> _Client:
        import httpx2

        self._errors = (httpx2.HTTPError, httpx2.InvalidURL)
        self._client = httpx2.Client(timeout=PATIENCE, follow_redirects=False)
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def post(self, url: str, body: bytes) -> Any:
        from custody.ledger.cosigning import Away, Reply

        try:
            with self._client.stream("POST", url, content=body) as answer:
                data = b""
                for piece in answer.iter_bytes():
                    data += piece
                    if len(data) > _MOST_ANSWER:
                        raise Away("answer too long")
                return Reply(answer.status_code, answer.headers.get("content-type", ""), data)
        except self._errors as error:
            raise Away(f"{type(error).__name__}: {error}") from None
