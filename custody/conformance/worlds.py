"""Tiny ledgers with all keys in the open, to be altered and asked about (docs/spec/verifier/PROTOCOL.md).

A world has at most twelve entries: a founding, places, people, a box, what happened to it. What it holds is drawn from a seed;
its keys are those of seeds that everybody knows, so worth nothing anywhere else.
"""

from collections.abc import Mapping
from hashlib import sha256
from random import Random
from typing import Any

from custody.core import checkpoint, merkle, note, proof, statement
from custody.core.checkpoint import Checkpoint
from custody.core.ed25519 import SigningKey
from custody.core.note import COSIGNATURE, ED25519, Line, VerifierKey

BOX = "PEM24-5307192001-001-DPR-1"
TPS, DESA = "5307192001-001", "5307192001"
WITNESS = "saksi.contoh/bawaslu"
START = 1_732_701_600  # 2024-11-27T10:00:00Z
MOST = 12


class Signer:
    """A key with its private half; `name` is its name in the ledger."""

    def __init__(self, name: str, kind: int = ED25519, seed: str | None = None) -> None:
        self.signing = SigningKey.from_seed(sha256(f"custody conformance key {seed or name}".encode()).digest())
        self.key = VerifierKey(name, kind, self.signing.public)

    def line(self, text: bytes) -> Line:
        return Line(self.key.name, self.key.key_id, self.signing.sign(text))


def person(name: str) -> str:
    """The 128 bits that stand for a human."""
    return sha256(f"custody conformance person {name}".encode()).hexdigest()[:32]


def moment(minute: int) -> str:
    hour, minute = divmod(minute, 60)
    return f"2024-11-27T{10 + hour:02}:{minute:02}:00Z"


class World:
    """A ledger that grows entry by entry, with a checkpoint after each."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.people = {name: Signer(name) for name in ("bawaslu-1", "kpu-1", "polri-1", "kpps-1", "pps-1", "guard-1", "keeper-1")}
        self.entries: list[bytes] = []
        self.kept: list[tuple[int, bytes]] = []
        self.sids: list[str] = []
        self.ledger = Signer("custody.contoh/" + "0" * 32, seed=f"ledger {seed % 3}")
        self.witness = Signer(WITNESS, COSIGNATURE)
        self._found()
        for step in self._story():
            if len(self.entries) < MOST:
                self.put(*step)

    def put(self, kind: str, body: Mapping[str, Any], *signers: str) -> None:
        """Draft a statement, have it signed, append it."""
        drafted = statement.draft(kind, {**self.common(), "ledger": self.sids[0], **body})
        self.sids.append(drafted.sid)
        self.append(self.signed(drafted.text, signers))

    def common(self) -> dict[str, Any]:
        at = moment(len(self.entries))
        return {"at": at, "happened": {"at": at, "basis": "now"}, "seen": self._seen()}

    def signed(self, text: bytes, signers: tuple[str, ...]) -> bytes:
        return note.join(text, [self.people[name].line(text) for name in signers])

    def append(self, entry: bytes) -> None:
        self.entries.append(entry)
        self.kept.append((len(self.entries), self.head(self.entries)))

    def head(self, entries: list[bytes], signer: Signer | None = None, cosigned: bool | None = None) -> bytes:
        """The signed checkpoint over these entries; one in three has the witness's line."""
        by = signer or self.ledger
        found = Checkpoint(by.key.name, len(entries), merkle.Tree(map(merkle.leaf_hash, entries)).root())
        data = checkpoint.sign(found, by.signing.sign, by.key)
        if self.random.randrange(3) == 0 if cosigned is None else cosigned:
            data += checkpoint.cosign(data, self.witness.signing.sign, self.witness.key, START + 60 * len(entries)).format()
        return data

    def receipt(self, index: int, size: int) -> proof.Proof:
        """The proof that entry `index` stands in the first `size` entries."""
        tree = merkle.Tree(map(merkle.leaf_hash, self.entries[:size]))
        return proof.Proof(index, tuple(tree.inclusion(index, size)), dict(self.kept)[size], self.entries[index])

    def policy(self, quorum: bool = False) -> bytes:
        """The trust file: this ledger, and the witness where a quorum is asked for."""
        rest = f"witness bawaslu {self.witness.key}\nquorum bawaslu\n" if quorum else "quorum none\n"
        return f"log {self.ledger.key}\n{rest}".encode()

    def _found(self) -> None:
        authorities = [self._authority(name) for name in ("bawaslu-1", "kpu-1", "polri-1")]
        types = [{"code": "DPR", "colour": "kuning", "name": "DPR"}]
        profile = {"code": "PEM24", "name": "Pemilu Contoh", "openings": [], "patterns": [], "phases": [], "plenary": False, "recap": 0}
        body = {
            **{
                "at": moment(0),
                "happened": {"at": moment(0), "basis": "now"},
                "seen": None,
                "authorities": authorities,
                "domain": "contoh",
            },
            **{"delegates": False, "drill": True, "guard_receives": False, "ledger_key": self.ledger.key.public.hex(), "skew": 300},
            **{"ledger_key_use": "file", "operation": f"Operasi Contoh {self.random.randrange(99)}", "procedure": None, "supervisors": 1},
            **{"threshold": 2, "zone": "Asia/Makassar", "profile": {**profile, "points": ["lid"], "retention": None, "types": types}},
        }
        drafted = statement.draft("founding", body)
        self.sids.append(drafted.sid)
        self.ledger = self.named(self.ledger)
        two = self.random.sample(["bawaslu-1", "kpu-1", "polri-1"], 2)
        self.append(note.join(drafted.text, [*(self.people[name].line(drafted.text) for name in two), self.ledger.line(drafted.text)]))

    def named(self, signer: Signer) -> Signer:
        """The same key under the origin of this ledger."""
        renamed = Signer.__new__(Signer)
        renamed.signing = signer.signing
        renamed.key = VerifierKey(f"custody.contoh/{self.sids[0][:32]}", ED25519, signer.signing.public)
        return renamed

    def _authority(self, name: str) -> dict[str, Any]:
        return {**_UNSAID, "institution": name[:-2], "key": str(self.people[name].key), "person": person(name)}

    def _seen(self) -> dict[str, Any] | None:
        """Now and then the head that the drafter had."""
        if not self.kept or self.random.randrange(2):
            return None
        size, data = self.random.choice(self.kept)
        text, lines = note.split(data)
        line = next(line for line in lines if line.name == self.ledger.key.name)
        return {"root": Checkpoint.parse(text).root.hex(), "sig": line.signature.hex(), "size": size}

    def enrol(self, name: str, role: str, places: list[str]) -> dict[str, Any]:
        """What an enrolment says of a key."""
        body = {"delegate": False, "institution": None, "key": str(self.people[name].key), "person": person(name)}
        return {**_UNSAID, **body, "places": places, "role": role}

    def _story(self) -> list[tuple[Any, ...]]:
        two = ("kpu-1", "polri-1")
        above = {"remote": False, "vulnerability": None}
        places = [
            {"code": "5307", "kind": "kabupaten", "name": "Kabupaten Contoh", "parent": None, **above},
            {"code": DESA, "kind": "desa", "name": "Desa Contoh", "parent": "5307", **above},
            {"code": TPS, "kind": "tps", "name": "TPS 001", "parent": DESA, **above},
        ]
        box: dict[str, Any] = {"box": BOX, "codes": [], "place": TPS, "replaces": None, "round": 1, "type": "DPR"}
        story: list[tuple[Any, ...]] = [
            ("places", {"legs": [], "places": places}, *two),
            ("enrol", self.enrol("kpps-1", "kpps", [TPS]), "kpps-1", *two),
            ("enrol", self.enrol("guard-1", "guard", [DESA]), "guard-1", *two),
            ("register", {"boxes": [box], "reason": "first"}, *two),
            ("seal", self.seal(), "guard-1", "kpps-1"),
            ("enrol", self.enrol("pps-1", "pps", [DESA]), "pps-1", *two),
            ("incident", self.incident("wet"), "guard-1"),
            ("enrol", self.enrol("keeper-1", "keeper", ["5307"]), *two),
            ("revoke", {"key": "guard-1", "reason": "lost", "since": None}, *two[: self.random.randrange(1, 3)]),
            ("incident", self.incident("delay"), "guard-1", "kpps-1"),
            ("incident", self.incident("power"), self.random.choice(["kpps-1", "polri-1"])),
        ]
        return [step for step in story if step[0] != "incident" or self.random.randrange(3)]

    def seal(self) -> dict[str, Any]:
        """The first sealing of the box."""
        line = {
            "box": BOX,
            "by": {"how": "sight", "label": None},
            "prev": None,
            "seals": [{"number": None, "point": "lid", "state": "intact"}],
        }
        act: dict[str, Any] = {"irregular": [], "note": None, "photos": []}
        return {**act, "boxes": [line], "phase": "voted", "place": TPS, "sealer": "kpps-1", "witness": "guard-1"}

    def incident(self, code: str) -> dict[str, Any]:
        """Something that happened."""
        act: dict[str, Any] = {"irregular": [], "note": None, "photos": []}
        return {**act, "about": [], "boxes": [], "code": code, "due": None, "owner": None, "place": TPS, "settles": []}


_UNSAID = {"name": None, "number": None, "rank": None, "unit": None}
