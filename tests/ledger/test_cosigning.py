"""The ledger asks witnesses that behave well, badly, late or not at all, and keeps only what they really signed (spec chapter 26)."""

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest

from custody.core.addcheckpoint import AddCheckpoint
from custody.core.checkpoint import Checkpoint, cosign
from custody.core.errors import CustodyError
from custody.core.note import MAX_LINES, split
from custody.core.policy import Policy
from custody.ledger import cosigning
from custody.ledger.cosigning import Away, Reply
from custody.ledger.ledger import Ledger
from custody.store.memory import MemoryStore
from custody.witness.book import Book
from custody.witness.serving import refusal
from custody.witness.witness import Witness
from fixtures.actors import BAWASLU, KAMPUS, PARTAI, Actor
from fixtures.office import MemoryGuard, key_of
from fixtures.smallworld import World, ready

NOON = 1_732_680_000
URL = "https://saksi.contoh.example/satu/"


class Office:
    """A ledger in memory that can grow, and the policy of its office."""

    def __init__(self, *witnesses: Actor) -> None:
        self.world: World = ready()
        self.store = MemoryStore()
        self.ledger = Ledger(self.store, MemoryGuard(), key_of(self.world))
        self.ledger.found(self.world.entries[0])
        self.policy = self._policy(witnesses)

    def _policy(self, witnesses: tuple[Actor, ...]) -> Policy:
        lines = [f"log {self.world.ledger_key}", *(f"witness w{at} {one.key} {URL}" for at, one in enumerate(witnesses))]
        names = " ".join(f"w{at}" for at in range(len(witnesses)))
        return Policy.parse("\n".join([*lines, f"group semua all {names}", "quorum semua", ""]).encode())

    def grow(self, size: int) -> None:
        self.ledger.append(self.world.entries[self.ledger.size : size])

    def ask(self, post: Callable[[str, bytes], Reply]) -> list[tuple[str, str]]:
        return [(one.name, one.outcome) for one in cosigning.ask(self.ledger, self.store, self.policy, post)]

    @property
    def seen(self) -> tuple[int, int] | None:
        return cosigning.witnessed(self.store, self.policy)


def over_a_line(witness: Witness) -> Callable[[str, bytes], Reply]:
    """A witness as it answers over HTTP."""

    def post(url: str, body: bytes) -> Reply:
        assert url == URL + "add-checkpoint"
        try:
            return Reply(200, "text/plain", witness.add(body).line.format())
        except CustodyError as error:
            answer = refusal(error)
            return Reply(answer.status_code, answer.headers["content-type"], bytes(answer.body))

    return post


@pytest.fixture
def office() -> Office:
    made = Office(BAWASLU)
    made.grow(3)
    return made


@pytest.fixture
def witness(office: Office, tmp_path: Path) -> Witness:
    return Witness(Book(tmp_path, nullcontext), office.policy.logs, BAWASLU, lambda: NOON)


def test_asked_again_and_again_it_goes_on_from_what_it_saw(office: Office, witness: Witness) -> None:
    post = over_a_line(witness)
    for size in (3, 5, 9):
        office.grow(size)
        assert office.ask(post) == [("w0", "cosigned")]
        assert office.seen == (size, NOON)
        assert office.ask(lambda url, body: pytest.fail("asked though it has signed")) == [("w0", "known")]  # type: ignore[arg-type,return-value]


def test_a_size_that_it_names_is_gone_on_from(office: Office, witness: Witness) -> None:
    """It saw five entries by stick, which the office does not know of."""
    office.grow(5)
    witness.add(cosigning.request(office.ledger, 0))
    office.grow(8)
    assert office.ask(over_a_line(witness)) == [("w0", "cosigned")]


def test_one_that_saw_more_is_ahead(office: Office, witness: Witness) -> None:
    longer = Office(BAWASLU)
    longer.grow(9)
    witness.add(cosigning.request(longer.ledger, 0))
    assert office.ask(over_a_line(witness)) == [("w0", "ahead")]
    assert office.seen is None


def test_one_that_saw_another_history_contradicts(office: Office, witness: Witness) -> None:
    text = Checkpoint(office.ledger.origin, 3, bytes(32))
    from custody.core.checkpoint import sign

    key = key_of(office.world)
    witness.add(AddCheckpoint(0, (), sign(text, key.sign, key.key)).format())
    office.grow(6)
    assert office.ask(over_a_line(witness)) == [("w0", "contradicted")]


def line(actor: Actor, note: bytes) -> bytes:
    return cosign(note, actor.sign, actor.key, NOON).format()


BAD: dict[str, tuple[Callable[[bytes], Reply], str]] = {
    "nothing": (lambda note: Reply(200, "", b""), "refused"),
    "words": (lambda note: Reply(200, "", b"terima kasih\n"), "refused"),
    "the line of another": (lambda note: Reply(200, "", line(PARTAI, note)), "refused"),
    "its line under another head": (lambda note: Reply(200, "", line(BAWASLU, note.replace(b"\n3\n", b"\n2\n"))), "refused"),
    "a page of somebody else": (lambda note: Reply(200, "text/html", b"<html>\n" * 999), "refused"),
    "it does not know this ledger": (lambda note: Reply(404, "", b""), "refused"),
    "409 without a size": (lambda note: Reply(409, "", b"lima\n"), "refused"),
    "409 with the same size for ever": (lambda note: Reply(409, "", b"2\n"), "refused"),
    "sent elsewhere": (lambda note: Reply(301, "", b""), "refused"),
    "broken": (lambda note: Reply(500, "", b""), "refused"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_it_did_not_sign_is_not_kept(office: Office, name: str) -> None:
    answer, outcome = BAD[name]
    asked: list[bytes] = []

    def post(url: str, body: bytes) -> Reply:
        asked.append(body)
        return answer(AddCheckpoint.parse(body).checkpoint)

    assert office.ask(post) == [("w0", outcome)]
    assert office.store.cosigned() == [] and office.seen is None
    assert len(asked) <= 3


def test_lines_of_strangers_beside_its_own_are_left_out(office: Office) -> None:
    def post(url: str, body: bytes) -> Reply:
        note = AddCheckpoint.parse(body).checkpoint
        return Reply(200, "", line(PARTAI, note) + line(BAWASLU, note))

    assert office.ask(post) == [("w0", "cosigned")]
    assert [name for name, _ in office.store.cosignatures(3)] == [BAWASLU.key.name]


def test_one_that_is_away_keeps_nobody_from_the_others(tmp_path: Path) -> None:
    office = Office(PARTAI, BAWASLU, KAMPUS)
    office.grow(4)
    turns = iter(("away", "there", "away"))
    witness = Witness(Book(tmp_path, nullcontext), office.policy.logs, BAWASLU, lambda: NOON)

    def post(url: str, body: bytes) -> Reply:
        if next(turns) == "away":
            raise Away("timed out")
        return over_a_line(witness)(url, body)

    assert office.ask(post) == [("w0", "away"), ("w1", "cosigned"), ("w2", "away")]
    assert office.seen is None  # all three are asked for


def test_a_note_holds_fifteen_witnesses_and_stays_readable() -> None:
    crowd = [Actor(f"saksi.contoh.example/{number}", 0x04) for number in range(20)]
    office = Office(*crowd)
    office.grow(3)
    turns = iter(crowd)
    told = office.ask(lambda url, body: Reply(200, "", line(next(turns), AddCheckpoint.parse(body).checkpoint)))
    assert [outcome for _, outcome in told] == ["cosigned"] * (MAX_LINES - 1) + ["full"] * (20 - MAX_LINES + 1)
    assert len(split(office.ledger.checkpoint())[1]) == MAX_LINES


def test_by_stick_only_what_was_signed_here_and_by_them(office: Office) -> None:
    note = office.ledger.checkpoint()
    cosigned = note + line(BAWASLU, note) + line(PARTAI, note)
    assert cosigning.take(office.store, cosigned, office.policy) == ["w0"]
    assert cosigning.take(office.store, cosigned, office.policy) == []
    key = key_of(office.world)
    from custody.core.checkpoint import sign

    other = sign(Checkpoint(office.ledger.origin, 3, bytes(32)), key.sign, key.key)
    for brought, code in (
        (other + line(BAWASLU, other), "cosign.other"),
        (sign(Checkpoint(office.ledger.origin, 99, bytes(32)), key.sign, key.key), "cosign.absent"),
        (note + line(PARTAI, note), "cosign.none"),
        (note + line(BAWASLU, other), "note.signature"),
    ):
        with pytest.raises(CustodyError) as refused:
            cosigning.take(office.store, brought, office.policy)
        assert refused.value.code == code
