"""Who may sign from which entry on: wild statements of authorities, judged by the second verifier and by the program alike (chapter 9)."""

from random import Random
from typing import Any

import pytest

from custody.conformance import mutants
from custody.conformance.worlds import DESA, TPS, Signer, World, moment, person
from custody.core import note, statement
from custody.core.errors import Malformed
from custody.core.note import Line, VerifierKey
from tests.verifier.second import verify

AUTHORITIES = ["bawaslu-1", "kpu-1", "polri-1", "kpu-2"]
ROLES = ["guard", "kpps", "pps", "supervisor", "authority", "keeper", "escort", "witness", "ledger"]
PLACES = ["5307", DESA, TPS, "ZZ-1"]
TOLD = {
    *("authority.short", "enrol.name", "enrol.unproven", "enrol.name-taken", "enrol.key-taken", "enrol.delegated"),
    *("revoke.unknown", "place.parent", "entry.again", "seen.unsigned"),
}
NOBODY = dict.fromkeys(("name", "number", "rank", "unit"))


class Wild(World):
    """A ledger whose authorities, supervisors and strangers enrol, revoke and lay down whatever comes, with whatever signatures."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        del self.entries[1:], self.kept[1:]
        for name in ("sup-1", "sup-2", "kpu-2", "x-1", "x-2"):
            self.people[name] = Signer(name)
        self.other = self.named(Signer(f"another-ledger-key-{seed}"))
        self.known = verify.Ledger()
        self.known.found(self.entries[0])
        self.before: list[tuple[bytes, str | None]] = []
        places = [self._place("5307", None), self._place(DESA, "5307"), self._place(TPS, DESA)]
        self.say("places", {"legs": [], "places": places}, AUTHORITIES[:3])
        self.say("enrol", {**self.enrol("kpu-2", "authority", []), "institution": "kpu"}, [*AUTHORITIES[:3], "kpu-2"])
        for name, delegate in (("sup-1", True), ("sup-2", False)):
            self.say("enrol", {**self.enrol(name, "supervisor", ["5307"]), "delegate": delegate}, [*AUTHORITIES[:3], name])

    def _place(self, code: str, parent: str | None) -> dict[str, Any]:
        return {"code": code, "kind": "desa", "name": "Tempat Contoh", "parent": parent, "remote": False, "vulnerability": None}

    def wild(self) -> None:
        """One more statement, or one of before with other signatures."""
        random = self.random
        names = random.sample(AUTHORITIES, random.randrange(1, 4)) if random.randrange(4) else random.sample(sorted(self.people), 2)
        if self.before and not random.randrange(3):
            text, key = random.choice(self.before)
            self.hand_in(text, key, names)
            return
        kind, body = random.choice([self._enrolling, self._enrolling, self._revoking, self._laying, self._telling])(random)
        if kind == "enrol" and not random.randrange(3):
            names = [random.choice(["sup-1", "sup-2"])]
        self.say(kind, body, names)

    def say(self, kind: str, body: dict[str, Any], names: list[str]) -> None:
        common = {**self.common(), "at": moment(len(self.before)), "ledger": self.sids[0]}
        try:
            drafted = statement.draft(kind, {**common, **body})
        except Malformed:  # such as a key that no statement of this kind may name
            return
        self.before.append((drafted.text, body.get("key") if kind == "enrol" else None))
        self.hand_in(*self.before[-1], names)

    def hand_in(self, text: bytes, key: str | None, names: list[str]) -> None:
        """Append it, signed by these and now and then by the key it brings; mostly only where it is authentic."""
        lines = {line[:2]: line for line in (self.people[name].line(text) for name in names)}
        if key is not None and self.random.randrange(3):
            brought = VerifierKey.parse(key)
            for signer in (*self.people.values(), self.other):
                if signer.key.public == brought.public:
                    lines[brought.name, brought.key_id] = Line(brought.name, brought.key_id, signer.signing.sign(text))
        if not self.random.randrange(40):
            line = self.random.choice([self.ledger, self.other]).line(text)
            lines[line[:2]] = line
        entry = note.join(text, lines.values())
        try:
            self.known.take(len(self.entries), entry)
        except verify.Refused:
            if self.random.randrange(40):
                return
        self.entries.append(entry)

    def _enrolling(self, random: Random) -> tuple[str, dict[str, Any]]:
        name, role = random.choice(sorted(self.people)), random.choice(ROLES)
        body = self.enrol(name, role, sorted(random.sample(PLACES, random.randrange(3))))
        body.update(delegate=bool(random.randrange(2)), institution=random.choice([None, "kpu", "bawaslu"]))
        if not random.randrange(5):
            body["person"] = person(random.choice(sorted(self.people)))
        if not random.randrange(8):
            body["key"] = str(VerifierKey(random.choice(sorted(self.people)), 1, self.people[name].key.public))
        if not random.randrange(8):
            body.update(key=str(self.other.key), role=random.choice(["ledger", "guard"]))
        return "enrol", body

    def _revoking(self, random: Random) -> tuple[str, dict[str, Any]]:
        ledger = random.choice([self.ledger, self.other]).key
        name = random.choice([*sorted(self.people), "nobody-1", f"{ledger.name}+{ledger.key_id.hex()}"])
        return "revoke", {"key": name, "reason": "lost", "since": None}

    def _laying(self, random: Random) -> tuple[str, dict[str, Any]]:
        codes = sorted(random.sample(PLACES, 2))
        return "places", {"legs": [], "places": [self._place(code, random.choice([None, "5307", DESA, "QQ"])) for code in codes]}

    def _telling(self, random: Random) -> tuple[str, dict[str, Any]]:
        return "incident", self.incident(random.choice(["wet", "delay"]))

    def ledger_of(self) -> mutants.Ledger:
        """With a checkpoint after each entry, mostly by a key that counts."""
        kept = []
        for size in range(1, len(self.entries) + 1):
            counting = {key.key_id for key in self.known.ledger_keys(size)}
            fit = [one for one in (self.ledger, self.other) if one.key.key_id.hex() in counting] or [self.ledger]
            kept.append((size, self.head(self.entries[:size], self.random.choice(fit) if self.random.randrange(60) else self.other)))
        return mutants.Ledger(self.entries, kept, None)


def differing(seed: int, count: int) -> tuple[list[str], set[str]]:
    wrong, codes = [], set[str]()
    for number in range(seed, seed + count):
        world = Wild(number)
        for _ in range(world.random.randrange(10, 50)):
            world.wild()
        ledger = world.ledger_of()
        verdict, found = mutants.judge(ledger), verify.judge_ledger(ledger.entries, ledger.kept)
        want, judged = mutants.answer(verdict), verify.judged(found)
        told = sorted((one.code, tuple(one.entries)) for one in verdict.findings if one.code in TOLD)
        codes |= {code for code, _ in told}
        if any(judged.get(name) != value for name, value in want.items()):
            wrong.append(f"{number}: {want} and {judged}")
        elif not verdict.faults and told != sorted((code, tuple(entries)) for code, entries in found.told):
            wrong.append(f"{number}: {told} and {found.told}")
    return wrong, codes


def test_wild_authorities_60() -> None:
    wrong, codes = differing(1, 60)
    assert wrong == []
    assert {"authority.short", "enrol.unproven", "enrol.name-taken", "entry.again", "revoke.unknown"} <= codes


@pytest.mark.soak
def test_wild_authorities_2000(seed: int) -> None:
    assert differing(seed, 2000)[0] == []
