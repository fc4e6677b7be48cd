"""Where the last link of a box took it (REPORT-5, chapter 9): the second verifier, the page and the program say the same of any history."""

import json
from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Any

import pytest

from custody.core.state import State
from custody.core.statement import Statement
from fixtures.smallhistory import (
    BOXES,
    DESA,
    NO_KEY,
    PPK,
    STORE,
    TPS,
    acked,
    closing,
    corrected,
    enrol,
    handing,
    line,
    opening,
    ruled,
    there,
)
from fixtures.smallworld import BOX, World
from tests.verifier.chromium import Chromium
from tests.verifier.second import verify
from tests.verifier.test_page import in_browser, page, text

__all__ = ["page"]  # the fixture

NOWHERE = "5307-TIADA"  # a place that no statement lays down
LATER = "5307-POS"  # a store that is laid down on the way
PLACES = (TPS, DESA, PPK, STORE, STORE, LATER, NOWHERE)
HOLDERS = ("kpps-1", "pps-1", "pps-9", "ppk-1", "ppk-2", "keeper-1", "guard-1", "nobody-1")
OTHERS = ("kpu-1", "bawaslu-1", "polri-1", "kasatops-1", "kasatops-2", "guard-9")


class Tangle:
    """A history of a few boxes in which anything may follow anything, signed by anybody; the most of it is nearly right."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.world = World(guard_receives=self.random.random() < 0.5, supervisors=self.random.choice([1, 1, 2]))
        self.world.geography()
        self.world.staff()
        self.made: list[Statement] = []
        self.after: dict[str, str | None] = {}  # link -> the one that it follows
        self.of: dict[str, str] = {}  # link -> its box
        self.world.register(*BOXES)
        for name, role, places, person in (
            ("ppk-2", "ppk", [PPK], None),
            ("pps-9", "pps", [DESA], "pps-1" if seed % 2 else None),  # one person with two keys, or a colleague
            ("kasatops-2", "supervisor", ["5307"], None),
            ("guard-9", "guard", [NOWHERE, STORE], None),
        ):
            twin = self.world.person(person).person if person else None
            enrol(self.world, self.world.person(name, twin), role, places)

    def one_of(self, *some: Any) -> Any:
        return self.random.choice(some)

    def link(self, box: str) -> str | None:
        links = [sid for sid in self.after if self.of[sid] == box or self.random.random() < 0.02]
        if not links or self.random.random() < 0.03:
            return None
        back = self.one_of(1, 1, 1, 2, 3)
        return links[max(0, len(links) - back)]

    def names(self, *usual: str | None) -> list[str]:
        """Those who should sign, or not all of them, or somebody else as well."""
        some = [name for name in usual if name is not None and name != "nobody-1"]
        if self.random.random() < 0.3:
            some = self.random.sample(some, len(some) // 2)
        if self.random.random() < 0.2 or not some:
            some.append(self.one_of(*HOLDERS[:-1], *OTHERS))
        return sorted(set(some), key=lambda name: (name, self.world.person(name).key.key_id))

    def put(self, made: Statement, names: Sequence[str]) -> None:
        try:
            verify.read_statement(made.text)
        except verify.Refused:
            return
        self.world.log(self.world.sign(made, *names), head=False)
        self.made.append(made)
        if made.kind.link:
            self.after[made.sid], self.of[made.sid] = made.body["boxes"][0]["prev"], made.body["boxes"][0]["box"]

    def step(self) -> None:
        what = self.random.randrange(20)
        box = self.one_of(*[BOX] * 7, BOXES[1])
        prev = self.link(box)
        if what < 2 or not self.after:
            by, witness = self.one_of("kpps-1", "kpps-1", "ppk-1"), self.one_of("guard-1", "guard-1", "kpu-1", "guard-9", "kasatops-2")
            made = self.world.seal(
                line(self.world, box, None if what else prev), by=by, witness=witness, place=self.one_of(TPS, TPS, *PLACES)
            )
            self.put(made, self.names(by, witness))
        elif what < 10:
            self.hand(box, prev)
        elif what == 10:
            officer, other = self.one_of("kpps-1", "ppk-1", "keeper-1"), self.one_of("guard-1", "pps-1", "pps-9", "nobody-1")
            made = opening(
                self.world, prev, box, officer=officer, present=[there("guard", other), there("witness")], place=self.one_of(*PLACES)
            )
            self.put(made, self.names(officer, other))
        elif what == 11:
            self.put(closing(self.world, prev, box, place=self.one_of(*PLACES)), self.names("kpu-1", self.one_of("bawaslu-1", "polri-1")))
        elif what < 15 and prev:
            self.judge(what, box, prev)
        elif what < 17 and prev:
            self.rule(box, prev)
        elif what == 17:
            self.change()
        elif self.made:
            made = self.made[-self.one_of(1, 1, 2, min(3, len(self.made)))] if len(self.made) > 3 else self.made[-1]
            self.world.log(self.world.sign(made, self.one_of(*HOLDERS[:-1], *OTHERS)), head=False)

    def hand(self, box: str, prev: str | None) -> None:
        giver, receiver, start, end = self.one_of(
            ("kpps-1", "pps-1", TPS, DESA),
            ("pps-1", "ppk-1", DESA, PPK),
            ("ppk-1", "keeper-1", PPK, STORE),
            ("ppk-1", "keeper-1", PPK, STORE),
            (self.one_of(*HOLDERS), self.one_of(*HOLDERS), self.one_of(*PLACES), self.one_of(*PLACES)),
        )
        unsigned = self.one_of(None, None, NO_KEY)
        withdraws = sorted({sid for sid in [self.one_of(None, None, None, self.link(box))] if sid})
        fields = {"unsigned": unsigned, "withdraws": withdraws, "place": self.one_of(start, end), "start": start, "end": end}
        named = None if unsigned and self.random.random() < 0.4 else giver
        made = handing(self.world, prev, box, giver=named, receiver=receiver, **fields)
        self.put(made, self.names(*([receiver] if unsigned else [named, receiver])))

    def judge(self, what: int, box: str, about: str) -> None:
        body = next(one.body for one in self.made if one.sid == about)
        sides = [body.get(side) for side in ("giver", "receiver", "sealer", "witness", "officer")]
        if what == 12:
            side = self.one_of("giver", "receiver")
            signer = body.get(side) or self.one_of(*HOLDERS[:-1])
            acked(self.world, about, side, *self.names(signer, self.one_of(None, None, body.get("receiver"))), box=box)
        elif self.random.random() < 0.5:
            corrected(self.world, about, *self.names(*sides), boxes=[box])
        else:
            corrected(self.world, about, self.one_of("kasatops-1", "kasatops-1", "kpu-1"), boxes=[box])

    def rule(self, box: str, about: str) -> None:
        forks = [sid for sid, one in self.after.items() if list(self.after.values()).count(one) > 1 and self.of[sid] == box]
        about = self.one_of(about, *forks[-4:])
        prev = self.after[about]
        beside = [sid for sid, one in self.after.items() if one == prev]
        falls = set(self.random.sample(beside, self.random.randrange(len(beside) + 1)))
        stands = self.one_of(None, about, *beside)
        falls -= {stands}
        rulings = [one for one in self.world.entries if one.startswith(b"custody/ruling/")]
        older = verify.read_entry(self.one_of(*rulings))[1].sid if rulings and self.random.random() < 0.4 else None
        if stands or falls:
            names = self.one_of(["kasatops-1"], ["kasatops-1", "kasatops-2"], ["kasatops-1", "kasatops-2"], ["kasatops-2"])
            ruled(self.world, prev, stands, sorted(falls), *names, box=box, supersedes=[older] if older else [])

    def change(self) -> None:
        """A key ends, or places change; seldom, since it lasts."""
        if self.random.random() < 0.5:
            key = self.one_of(*HOLDERS[:-1], "kasatops-2", "guard-9")
            self.world.log(self.world.sign(self.world.draft("revoke", key=key, reason="lost", since=None), "kpu-1", "polri-1"), head=False)
        else:
            code, above = self.one_of((LATER, PPK), (LATER, DESA), (LATER, NOWHERE), (DESA, PPK), (DESA, "5307"), (STORE, PPK))
            rows = {"code": code, "kind": {LATER: "store", DESA: "desa"}.get(code, "warehouse"), "name": "Contoh", "parent": above}
            body = {"legs": [], "places": [{**rows, "remote": False, "vulnerability": None}]}
            self.world.log(self.world.sign(self.world.draft("places", **body), "kpu-1", "bawaslu-1"), head=False)


def tangled(seed: int, steps: int = 40) -> list[bytes]:
    """The entries of one."""
    made = Tangle(seed)
    for _ in range(steps):
        made.step()
    return made.world.entries


Where = tuple[
    str | None, int, list[str], list[str]
]  # where it is bound; links of its chain; those that contradict each other, that hang loose


def goals(entries: Sequence[bytes]) -> tuple[dict[str, Where], dict[str, Where], Counter[str]]:
    """Where the program has each box, where the second verifier has it, and the findings of the program."""
    state, ledger = State(), verify.Ledger()
    for index, note in enumerate(entries):
        state.size = index
        state.apply(*state.authenticate(note))
        ledger.take(index, note) if index else ledger.found(note)
    state.size = len(entries)
    fold, settled = verify.Fold(ledger), state.settle(entries.__getitem__)
    ours = {box: (one.holding and one.holding.to, one.links, [*one.branches], [*one.orphans]) for box, (one, _) in settled.items()}
    codes = Counter(one.code for _, found in settled.values() for one in found)
    codes.update(f"{one.code} {dict(one.facts).get('why')}" for _, found in settled.values() for one in found)
    return {box: ours[box] for box in fold.acts}, {box: _where(fold, box) for box in fold.acts}, codes


def _where(fold: Any, box: str) -> Where:
    live = {link.act.sid: link.prev for link in fold.live(box)}
    count, last = 0, None
    while len(after := sorted(sid for sid, prev in live.items() if prev == last)) == 1:
        count, last = count + 1, after[0]
    return fold.goal(box), count, after, sorted(sid for sid, prev in live.items() if prev is not None and prev not in live)


RULES = {  # what must come about in them, else they try too little
    *("box.disputed", "box.orphan", "ruling.made", "ruling.conflict", "correction.void", "offer.completed-withdrawn", "giver.acknowledged"),
    *("claim.stranger", "offer.stranger", "statement.late", "opening.alone", "authority.short", "signer.contradiction"),
    *(f"ruling.no-effect {why}" for why in ("short", "party", "nothing", "undisputed", "closing")),
    *(f"correction.no-effect {why}" for why in ("missing", "followed", "unentitled", "contested", "fallen")),
}


def test_tangled_histories() -> None:
    codes: Counter[str] = Counter()
    for seed in range(60):
        ours, theirs, found = goals(tangled(seed))
        assert theirs == ours, seed
        codes.update(found)
    assert RULES - codes.keys() == set()


@in_browser
def test_the_page_finds_the_same(page: Chromium) -> None:
    for seed in range(60):
        notes = tangled(seed)
        page.run(f"globalThis.tangle = new Ledger(); {json.dumps([text(note) for note in notes])}.map(unbase64)"
                 ".forEach((note, index) => index ? tangle.take(index, note) : tangle.found(note));"
                 "globalThis.fold = new Fold(tangle)")  # fmt: skip
        assert page.run("Object.fromEntries([...fold.acts.keys()].map((box) => [box, fold.goal(box)]))") == {
            box: where[0] for box, where in goals(notes)[1].items()
        }, seed


@pytest.mark.soak
def test_three_thousand_tangles(seed: int) -> None:
    assert [number for number in range(seed, seed + 3000) if (found := goals(tangled(number)))[0] != found[1]] == []
