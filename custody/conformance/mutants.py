"""Altered ledgers, drawn from a seed, and what the program says of each (docs/spec/verifier/PROTOCOL.md, chapter 10)."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from custody.conformance.worlds import Signer, World, moment
from custody.core import merkle, note, statement, verify
from custody.core.checkpoint import Checkpoint, sign
from custody.core.errors import CustodyError
from custody.core.note import COSIGNATURE, Line
from custody.core.policy import Policy
from custody.core.verdict import MOST_FAULTS, Fault, Verdict

FORMS = 40  # worlds that the mutants start from


@dataclass
class Ledger:
    """What is asked about: the entries, the checkpoints kept under a size, a trust file, what others hold."""

    entries: list[bytes]
    kept: list[tuple[int, bytes]]
    policy: bytes | None
    outside: list[verify.Outside] = field(default_factory=list)

    def notes(self, start: int) -> Iterator[bytes]:
        return iter(self.entries[start:])

    def note(self, index: int) -> bytes:
        return self.entries[index]

    def checkpoints(self) -> Iterable[tuple[int, bytes]]:
        return sorted(self.kept)


def judge(ledger: Ledger) -> Verdict:
    """What the program finds."""
    return verify.verify(ledger, None if ledger.policy is None else Policy.parse(ledger.policy), ledger.outside)[0]


def answer(verdict: Verdict) -> dict[str, Any]:
    """The verdict in the words of the protocol."""
    faults, undecided = [told(one) for one in verdict.faults], [told(one) for one in verdict.undecided]
    first = (faults or undecided or [{}])[0]
    whole = {"faults": faults} if verdict.fault_count <= MOST_FAULTS else {}
    return {"verdict": verdict.integrity, **first, **whole, "undecided": undecided}


def told(fault: Fault) -> dict[str, Any]:
    """A fault in the words of the protocol."""
    found: dict[str, Any] = {"step": int(fault.step), "code": fault.code}
    if fault.entry is not None:
        found["entry"] = fault.entry
    if fault.checkpoint is not None:
        found["checkpoint"] = fault.checkpoint
    return found


def mutants(seed: int, count: int) -> Iterator[tuple[str, Ledger]]:
    """So many altered ledgers, each with the name of what was done to it. The same seed gives the same ones."""
    random = Random(seed)
    worlds: dict[int, World] = {}
    for number in range(count):
        start = seed * 1_000 + random.randrange(FORMS)
        world = worlds.setdefault(start, World(start))
        name = random.choice(sorted(WAYS))
        ledger = Ledger(list(world.entries), list(world.kept), world.policy(quorum=random.randrange(4) == 0))
        WAYS[name](ledger, world, random)
        if random.randrange(10) == 0:
            more = random.choice(sorted(WAYS))
            if ledger.entries and ledger.kept:
                WAYS[more](ledger, world, random)
                name = f"{name}, {more}"
        yield f"{seed}-{number}: {name}", ledger


Way = Callable[[Ledger, World, Random], None]
WAYS: dict[str, Way] = {}


def way(name: str) -> Callable[[Way], Way]:
    """Enter a way to alter a ledger into the table."""

    def entered(made: Way) -> Way:
        WAYS[name] = made
        return made

    return entered


def flipped(data: bytes, random: Random) -> bytes:
    """The bytes with one bit turned round."""
    at = random.randrange(8 * len(data))
    return data[: at // 8] + bytes([data[at // 8] ^ 1 << at % 8]) + data[at // 8 + 1 :]


def _entry(ledger: Ledger, random: Random, change: Callable[[bytes], bytes]) -> None:
    at = random.randrange(len(ledger.entries))
    ledger.entries[at] = change(ledger.entries[at])


def _checkpoint(ledger: Ledger, random: Random, change: Callable[[bytes], bytes]) -> None:
    at = random.randrange(len(ledger.kept))
    ledger.kept[at] = (ledger.kept[at][0], change(ledger.kept[at][1]))


def rewrite(ledger: Ledger, world: World) -> None:
    """Who has the ledger key signs all heads anew over what is there now."""
    ledger.kept = [(size, world.head(ledger.entries[:size])) for size in range(1, len(ledger.entries) + 1)]


def _again(made: Way) -> Way:
    """The same by who has the ledger key."""

    def altered(ledger: Ledger, world: World, random: Random) -> None:
        made(ledger, world, random)
        rewrite(ledger, world)

    return altered


@way("nothing")
def _nothing(ledger: Ledger, world: World, random: Random) -> None:
    pass


@way("a bit of an entry")
def _bit(ledger: Ledger, world: World, random: Random) -> None:
    _entry(ledger, random, lambda data: flipped(data, random))


way("a bit of an entry, heads signed anew")(_again(_bit))


@way("a letter of an entry, heads signed anew")
def _letter(ledger: Ledger, world: World, random: Random) -> None:
    def change(data: bytes) -> bytes:
        at = random.randrange(len(data))
        return data[:at] + bytes([random.choice(b'abcdefz0129 -_"{}[]:,.+=/\\ \n\r\t\xc3')]) + data[at + random.randrange(2) :]

    _entry(ledger, random, change)
    rewrite(ledger, world)


@way("an entry removed")
def _removed(ledger: Ledger, world: World, random: Random) -> None:
    del ledger.entries[random.randrange(len(ledger.entries))]


way("an entry removed, heads signed anew")(_again(_removed))


@way("an entry twice")
def _twice(ledger: Ledger, world: World, random: Random) -> None:
    ledger.entries.insert(random.randrange(len(ledger.entries) + 1), random.choice(ledger.entries))


way("an entry twice, heads signed anew")(_again(_twice))


@way("entries in another order")
def _order(ledger: Ledger, world: World, random: Random) -> None:
    one, other = random.randrange(len(ledger.entries)), random.randrange(len(ledger.entries))
    ledger.entries[one], ledger.entries[other] = ledger.entries[other], ledger.entries[one]


way("entries in another order, heads signed anew")(_again(_order))


@way("the tail cut off")
def _tail(ledger: Ledger, world: World, random: Random) -> None:
    size = random.randrange(len(ledger.entries))
    outside = ledger.kept[-1][1]
    del ledger.entries[size:]
    if random.randrange(2):
        ledger.kept = [one for one in ledger.kept if one[0] <= size]
    if random.randrange(2):
        ledger.outside.append(verify.Outside("kept outside", outside))


@way("JSON written otherwise")
def _json(ledger: Ledger, world: World, random: Random) -> None:
    def change(data: bytes) -> bytes:
        first, text, rest = data.split(b"\n", 2)
        value = json.loads(text)
        written = [
            json.dumps(value, sort_keys=True).encode(),
            json.dumps(dict(reversed(value.items())), separators=(",", ":")).encode(),
            text.replace(b"Contoh", b"\\u0043ontoh"),
            text.replace(b":null", b":null ", 1),
            text[:-1] + b',"zzz":null}',
            text.replace(b'"at":', b'"at":"","at":', 1),
            text.replace(b'"seen":null', b'"seen":NaN').replace(b'"size":1', b'"size":1.0'),
            text.replace(b"Z", b"+00:00", 1),
        ]
        return b"\n".join([first, random.choice(written), rest])

    _entry(ledger, random, change)
    rewrite(ledger, world)


def _lines(random: Random, world: World, text: bytes, lines: list[Line]) -> bytes:
    """The note with its signature lines changed."""
    at = random.randrange(len(lines))
    line, stranger = lines[at], Signer("stranger-1")
    choice = random.randrange(9)
    if choice == 0 and len(lines) > 1:
        del lines[at]
    elif choice == 1:
        lines.insert(at, line)
    elif choice == 2:
        lines.reverse()
    elif choice == 3:
        lines = sorted([*lines, stranger.line(text)])
    elif choice == 4:
        lines[at] = line._replace(signature=flipped(line.signature, random))
    elif choice == 5:
        lines[at] = line._replace(signature=line.signature + b"\0")
    elif choice == 6:
        lines = sorted([*lines, world.people[random.choice(sorted(world.people))].line(text)])
    elif choice == 7:
        lines = [stranger.line(text)]
    else:
        lines[at] = line._replace(key_id=bytes(4))
    return text + b"\n" + b"".join(one.format() for one in lines)


@way("signature lines")
def _signatures(ledger: Ledger, world: World, random: Random) -> None:
    _entry(ledger, random, lambda data: _lines(random, world, *_split(data)))
    rewrite(ledger, world)


@way("signatures of another entry")
def _swapped(ledger: Ledger, world: World, random: Random) -> None:
    one, other = random.randrange(len(ledger.entries)), random.randrange(len(ledger.entries))
    text, (_, lines) = _split(ledger.entries[one])[0], _split(ledger.entries[other])
    ledger.entries[one] = text + b"\n" + b"".join(line.format() for line in lines)
    rewrite(ledger, world)


@way("an entry of others")
def _strange(ledger: Ledger, world: World, random: Random) -> None:
    """A statement that is new here: of another ledger, by somebody unknown, a second founding, by a revoked key."""
    body = {**world.common(), "ledger": world.sids[0], **world.incident("wet")}
    by = random.choice([*sorted(world.people), "stranger-1"])
    body["ledger"] = random.choice([world.sids[0], world.sids[0], "ab" * 32])
    drafted = statement.draft("incident", body)
    signer = world.people.get(by) or Signer(by)
    strange = note.join(drafted.text, [signer.line(drafted.text)])
    other = World(random.randrange(1000))
    at = random.randrange(len(ledger.entries) + 1)
    ledger.entries.insert(at, random.choice([strange, strange, other.entries[0], random.choice(other.entries)]))
    rewrite(ledger, world)


@way("a bit of a checkpoint")
def _head_bit(ledger: Ledger, world: World, random: Random) -> None:
    _checkpoint(ledger, random, lambda data: flipped(data, random))


@way("checkpoints swapped")
def _head_swapped(ledger: Ledger, world: World, random: Random) -> None:
    one, other = random.randrange(len(ledger.kept)), random.randrange(len(ledger.kept))
    (size, data), (size2, data2) = ledger.kept[one], ledger.kept[other]
    ledger.kept[one], ledger.kept[other] = (size, data2), (size2, data)


@way("a checkpoint gone")
def _head_gone(ledger: Ledger, world: World, random: Random) -> None:
    del ledger.kept[random.choice([-1, random.randrange(len(ledger.kept))])]


@way("a checkpoint of somebody else")
def _head_strange(ledger: Ledger, world: World, random: Random) -> None:
    signer = random.choice([world.named(Signer("stranger-1")), world.people["kpu-1"]])

    def change(data: bytes) -> bytes:
        text, lines = note.split(data)
        line = signer.line(text)
        return text + b"\n" + b"".join(one.format() for one in (line, *lines[random.randrange(2) :]))

    _checkpoint(ledger, random, change)


@way("cosignatures")
def _cosignatures(ledger: Ledger, world: World, random: Random) -> None:
    at = random.randrange(len(ledger.kept))
    size = min(ledger.kept[at][0], len(ledger.entries))
    text, (*lines, line) = _split(world.head(ledger.entries[:size], cosigned=True))
    false = line._replace(signature=flipped(line.signature, random))
    stranger = Signer("saksi.contoh/lain", COSIGNATURE).line(text)
    chosen = random.choice([false, line._replace(signature=line.signature[:64]), line, stranger])
    data = text + b"\n" + b"".join(one.format() for one in (*lines, chosen))
    ledger.kept[at] = (ledger.kept[at][0], data)


@way("a split view that somebody saw")
def _seen(ledger: Ledger, world: World, random: Random) -> None:
    """A statement names a head that the ledger key signed over another tree, or a larger one, or that nobody signed."""
    size = random.randrange(1, len(ledger.entries) + 3)
    root = random.choice([merkle.Tree(map(merkle.leaf_hash, ledger.entries[:size])).root(), bytes(32)])
    head = Checkpoint(world.ledger.key.name, size, root)
    _, lines = note.split(sign(head, world.ledger.signing.sign, world.ledger.key))
    signature = random.choice([lines[0].signature, lines[0].signature, flipped(lines[0].signature, random)])
    body = {**world.common(), "ledger": world.sids[0], **world.incident("wet")}
    body.update(seen={"root": root.hex(), "sig": signature.hex(), "size": size}, at=moment(30))
    drafted = statement.draft("incident", body)
    ledger.entries.append(world.signed(drafted.text, ("kpps-1",)))
    rewrite(ledger, world)


@way("the trust file of another ledger")
def _trust(ledger: Ledger, world: World, random: Random) -> None:
    own, stranger = str(world.ledger.key), Signer("custody.contoh/" + "1" * 32)
    logs = [stranger.key, world.named(stranger).key]
    ledger.policy = random.choice(
        [
            None,
            f"log {random.choice(logs)}\nlog {own}\nquorum none\n".encode(),
            f"log {random.choice(logs)}\nquorum none\n".encode(),
            b"quorum none\n",
        ]
    )


@way("something held outside")
def _outside(ledger: Ledger, world: World, random: Random) -> None:
    size, data = random.choice(world.kept)
    index = random.randrange(size)
    receipt = world.receipt(index, size)
    if random.randrange(3) == 0:
        ledger.outside.append(
            verify.Outside("a checkpoint", random.choice([data, flipped(data, random), World(random.randrange(99)).kept[0][1]]))
        )
    else:
        leaf = random.choice([merkle.leaf_hash(world.entries[index]), merkle.leaf_hash(world.entries[0])])
        ledger.outside.append(verify.Outside("a receipt", receipt.checkpoint, receipt, leaf))
    if random.randrange(2):
        _removed(ledger, world, random)
        rewrite(ledger, world)


def _split(data: bytes) -> tuple[bytes, list[Line]]:
    try:
        text, lines = note.split(data)
    except CustodyError:
        return b"nothing\n", [Signer("stranger-1").line(b"nothing\n")]
    return text, list(lines)
