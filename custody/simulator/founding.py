"""Before the night: the drill is founded, places, people, boxes and labels are laid down."""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any

from custody.core import note, statement
from custody.core.ed25519 import SigningKey
from custody.core.moment import from_seconds
from custody.core.note import ED25519, Line, VerifierKey
from custody.core.statement import Statement
from custody.simulator.cast import HOUSES, Cast, Part
from custody.simulator.chance import Chance
from custody.simulator.land import Land

Body = dict[str, Any]
BLANK: Body = dict.fromkeys(("name", "number", "rank", "unit"))
MOST_PLACES, MOST_BOXES, MOST_LABELS = 200, 150, 250
ROLES = ["ppk", "witness"]
POINTS = ["lid", "tie-1", "tie-2"]
PILKADA: Body = {
    "code": "PKD24",
    "name": "Pilkada 2024 (latihan)",
    "openings": [
        {"basis": "court-order", "invited": ["witness"], "order": True, "present": ["keeper", "witness"]},
        {"basis": "plenary", "invited": ["witness"], "order": False, "present": ROLES},
        {"basis": "recount", "invited": ["witness"], "order": True, "present": ROLES},
    ],
    "patterns": [
        {"linmas": 2, "police": police, "tps": tps, "vulnerability": word}
        for word, police, tps in (("high", 2, 1), ("low", 1, 3), ("medium", 1, 1))
    ],
    "phases": [{"phase": "packed", "points": ["lid", "tie-1"]}],
    "plenary": True,
    "points": POINTS,
    "recap": 1,
    "retention": 21,
    "types": [
        {"code": "BUP", "colour": "light-blue", "name": "Bupati dan Wakil Bupati"},
        {"code": "GUB", "colour": "maroon", "name": "Gubernur dan Wakil Gubernur"},
    ],
}
_KINDS = (("DPD", "red"), ("DPR", "yellow"), ("DPRDK", "green"), ("DPRDP", "blue"), ("PPWP", "grey"))
PEMILU: Body = {
    **PILKADA, "code": "PEM24", "name": "Pemilu 2024 (latihan)",
    "types": [{"code": code, "colour": colour, "name": code} for code, colour in _KINDS],
}  # fmt: skip
LEGS: list[Body] = [
    {"escorts": escorts, "from": start, "least": least, "limit": limit, "to": end}
    for start, end, least, limit, escorts in (
        ("court", "warehouse", 10, 600, 2),
        ("desa", "kecamatan", 12, 1440, 2),
        ("desa", "tps", None, 1440, 0),
        ("kecamatan", "desa", 8, 1440, 1),
        ("kecamatan", "warehouse", 15, 1440, 2),
        ("tps", "desa", 4, 720, 0),
        ("warehouse", "court", 10, 600, 2),
        ("warehouse", "kecamatan", 15, 1440, 2),
    )
]


class Preparation:
    """The founding, and after it everything that authorities and printers say before the first box moves."""

    def __init__(self, land: Land, cast: Cast, chance: Chance, profile: Body, start: int, operation: str) -> None:
        self.land, self.cast, self.chance, self.profile = land, cast, chance, profile
        self.at = start
        self.ledger_seed = sha256(f"custody simulator ledger key {chance.seed}".encode()).digest()
        self.ledger = SigningKey.from_seed(self.ledger_seed)
        self.founding = self._founding(operation)
        self.origin = f"custody.{self.founding.body['domain']}/{self.founding.sid[:32]}"
        self.ledger_key = VerifierKey(self.origin, ED25519, self.ledger.public)

    def _founding(self, operation: str) -> Statement:
        rows = [
            {**BLANK, "institution": house, "key": str(self.cast[name].key), "person": self.cast[name].person}
            for name, house in HOUSES.items()
        ]
        now = from_seconds(self.at)
        body = {
            "at": now, "authorities": sorted(rows, key=lambda row: str(row["key"])), "delegates": True, "domain": "latihan", "drill": True,
            "guard_receives": False, "happened": {"at": now, "basis": "now"}, "ledger_key": self.ledger.public.hex(),
            "ledger_key_use": "file", "operation": operation, "procedure": None, "profile": self.profile, "seen": None, "skew": 300,
            "supervisors": 2, "threshold": 2, "zone": "Asia/Makassar",
        }  # fmt: skip
        return statement.draft("founding", body)

    def note(self) -> bytes:
        """The founding, signed by all authorities and the ledger key."""
        text = self.founding.text
        lines = [self.cast[name].line(text) for name in HOUSES]
        return note.join(text, [*lines, Line(self.origin, self.ledger_key.key_id, self.ledger.sign(text))])

    def notes(self) -> Iterator[bytes]:
        """Places, people, boxes and labels, each signed by who has to."""
        agreed = ("otoritas-kpu", "otoritas-polri")
        yield from (self.signed("places", body, agreed) for body in self._places())
        yield from (self.enrolled(part) for part in self.cast.parts.values() if part.role != "authority")
        boxes = self.boxes()
        yield from (self.signed("register", body, agreed) for body in _registers(boxes))
        printers = self.land.of_kind("kabupaten")
        yield from (self.signed("label", body, (f"kasatops-{printers[0]}-1",)) for body in self._labels(boxes))

    def signed(self, kind: str, body: Body, signers: Iterable[str]) -> bytes:
        """One statement, a second after the last."""
        self.at += 1
        now = from_seconds(self.at)
        common = {"at": now, "happened": {"at": now, "basis": "now"}, "ledger": self.founding.sid, "seen": None}
        text = statement.draft(kind, {**common, **body}).text
        return note.join(text, [self.cast[name].line(text) for name in signers])

    def enrolled(self, part: Part) -> bytes:
        """Somebody's enrolment by two authorities and the key itself."""
        return self.signed("enrol", enrolment(self.cast, part), ("otoritas-kpu", "otoritas-polri", part.name))

    def _places(self) -> Iterator[Body]:
        for at in range(0, len(self.land.spots), MOST_PLACES):
            rows = [spot.body() for spot in self.land.spots[at : at + MOST_PLACES]]
            yield {"legs": LEGS if at == 0 else [], "places": rows}

    def boxes(self) -> list[str]:
        """One box of each type for every TPS, and so many of recapitulation for every kecamatan."""
        types = [kind["code"] for kind in self.profile["types"]]
        names = [f"{code}-{kind}-1" for code in self.land.of_kind("tps") for kind in types]
        recap = range(1, self.profile["recap"] + 1)
        names += [f"{code}0000-PPK-{kind}-{number}" for code in self.land.of_kind("kecamatan") for kind in types for number in recap]
        return sorted(f"{self.profile['code']}-{name}" for name in names)

    def _labels(self, boxes: list[str]) -> Iterator[Body]:
        for at in range(0, len(boxes), MOST_LABELS):
            rows = [{"box": box, "code": code_of(self.chance, box, 1), "copy": 1} for box in boxes[at : at + MOST_LABELS]]
            yield {"labels": sorted(rows, key=lambda row: str(row["code"])), "reason": "first"}


def enrolment(cast: Cast, part: Part) -> Body:
    """The fields of an enrolment."""
    who = cast[part.name]
    return {
        **BLANK, "delegate": part.delegate, "institution": part.institution, "key": str(who.key), "person": who.person,
        "places": sorted(part.places), "role": part.role,
    }  # fmt: skip


def code_of(chance: Chance, box: str, copy: int) -> str:
    """The hash of the code that is printed for a box; each copy has another."""
    return chance.hex(32, "label", box, copy)


def home_of(box: str) -> str:
    """The TPS of a box, or the kecamatan of one of recapitulation."""
    _, area, station, *_ = box.split("-")
    return area[:6] if station == "PPK" else f"{area}-{station}"


def _registers(boxes: list[str]) -> Iterator[Body]:
    for reason, some in (("first", [box for box in boxes if "-PPK-" not in box]), ("recap", [box for box in boxes if "-PPK-" in box])):
        for at in range(0, len(some), MOST_BOXES):
            yield {"boxes": [registered(box) for box in some[at : at + MOST_BOXES]], "reason": reason}


def registered(box: str, replaces: str | None = None, round_: int = 1) -> Body:
    """A box as a register has it."""
    return {"box": box, "codes": [], "place": home_of(box), "replaces": replaces, "round": round_, "type": box.split("-")[3]}
