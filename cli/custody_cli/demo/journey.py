"""The invented return journey of 265 boxes: TPS to PPS to PPK to the warehouse, with three givers who do not sign."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from custody.core import note
from custody.core.boxid import BoxId
from custody.core.errors import KeyTrouble
from custody.core.statement import Statement
from custody.core.statement import draft as drafted
from custody.ledger import ceremony, enrolment, parts
from custody.ledger.ceremony import Plan
from custody.ledger.ceremony import Seat as FoundingSeat
from custody.ledger.profile import load
from custody.station import keyfile
from custody.station.manifest import Escort, Journey, Seen, Unsigned
from custody_cli.boxes import daily
from custody_cli.demo import kangae
from custody_cli.demo.people import Actor, Cast, Clock
from custody_cli.papers import labelling

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.intake.hierarchy import Hierarchy

Random = Callable[[int], bytes]
_AUTHORITIES = (("otoritas-kpu", "kpu"), ("otoritas-polri", "polri"), ("otoritas-bawaslu", "bawaslu"))
_NO_KEY, _FORGOT, _REFUSED = "5307192001-002", "5307192005-003", "5307192009-007"  # the three TPS whose giver does not sign
_VEHICLES = (("EB 0001 XX", 95), ("EB 0002 XX", 95), ("EB 0003 XX", 75))  # invented plates


@dataclass(frozen=True)
class Ground:
    """What is founded: name and short name of the operation, its zone and election, and the list of polling stations, with its name."""

    operation: str = "CONTOH: perjalanan balik karangan, kode dan jumlah nyata"
    domain: str = "demo-kangae"
    zone: str = kangae.ZONE
    profile: str = "pemilu-2024"
    list_name: str = "kangae.csv"
    counts: bytes = kangae.COUNTS.encode()

    def hierarchy(self) -> "Hierarchy":
        """The list as it is read. Raises `ImportRefused`."""
        from custody.intake.hierarchy import Sheet, read_hierarchy

        return read_hierarchy(Sheet(self.list_name, BytesIO(self.counts)), None, None)


@dataclass
class Stage:
    """Everything the story needs while it is told."""

    ledger: Path
    state: Path
    keys: Cast
    clock: Clock
    random: Random
    lang: str
    ground: Ground = field(default_factory=Ground)

    def open(self) -> Any:
        """The office, as any command opens it."""
        from custody.assembly import open_office

        return open_office(self.ledger, state_dir=self.state, clock=self.clock, write=True)


def found(stage: Stage) -> None:
    """Three institutions found the ledger; each signs the same text with an own key."""
    from custody import assembly

    folder = stage.ledger / "keys"
    folder.mkdir(parents=True, mode=0o700)
    public = keyfile.new_key(folder / "ledger", "ledger", None, random=stage.random)
    people = [stage.keys.add(name, "authority", (), f"Pejabat Contoh {house.upper()}", house) for name, house in _AUTHORITIES]
    seats = tuple(FoundingSeat(one.key, one.institution or "", name=one.name) for one in people)
    ground = stage.ground
    plan = Plan(ground.operation, ground.domain, ground.zone, load(ground.profile), seats, drill=True)
    founding, openings = ceremony.draft_founding(plan, public.public, int(stage.clock().timestamp()), stage.random)
    held = ceremony.begin(stage.ledger / "founding", founding, openings)
    for one in people:
        held, _ = held.take(ceremony.sign_file(founding.text, one.open().line(founding.text)))
    origin = f"custody.{founding.body['domain']}/{founding.sid[:32]}"
    signer = assembly.file_key(folder / "ledger", origin, bytes)
    assembly.found(stage.ledger, held.complete(signer.key, signer.sign), signer, openings, state_dir=stage.state)


def lay_out(stage: Stage, office: "Office") -> None:
    """The polling stations from the real list, the boxes, and the people who may sign."""
    hierarchy = stage.ground.hierarchy()
    places = [parts.place(one.code, one.kind, one.name, one.parent) for one in hierarchy.places]
    for top in hierarchy.of_kind("kabupaten"):
        places.append(parts.place(f"{top.code}-GUDANG", "warehouse", f"Gudang KPU {top.name}"[:80], top.code))
    profile = load(stage.ground.profile)
    boxes = parts.boxes_of(places, profile.statement["code"], [kind["code"] for kind in profile.statement["types"]], 0)
    bodies = [("places", body) for body in parts.places_bodies(office.common(), places, profile.legs)]
    bodies += [("register", body) for body in parts.register_bodies(office.common(), boxes)]
    _by_authorities(stage, office, [drafted(kind, body) for kind, body in bodies])
    _enrol(stage, office, places)


def _by_authorities(stage: Stage, office: "Office", statements: Sequence[Statement], own: Sequence[Actor] = ()) -> None:
    """Two authorities sign all of these; `own` adds each new key's own signature."""
    pens = [stage.keys[name].open() for name in ("otoritas-kpu", "otoritas-polri")]
    notes = []
    for number, statement in enumerate(statements):
        lines = [pen.line(statement.text) for pen in pens]
        lines += [own[number].open().line(statement.text)] if own else []
        notes.append(note.join(statement.text, lines))
    office.submit(notes)


def _enrol(stage: Stage, office: "Office", places: Iterable[dict[str, Any]]) -> None:
    actors = list(_staff(stage.keys, list(places)))
    statements = []
    for one in actors:
        fixed = enrolment.terms(office.common(), stage.random(16).hex(), {"name": one.name}, stage.random)
        office.private.put_openings(enrolment.openings(fixed))
        statements.append(enrolment.statement(office.founding.sid, one.key, one.role, one.institution, one.places, fixed))
    _by_authorities(stage, office, statements, actors)


def _staff(keys: Cast, places: list[dict[str, Any]]) -> Iterator[Actor]:
    """One person for each duty, named for the place: whoever practises finds a key for every seat."""
    tops = [place["code"] for place in places if place["kind"] == "kabupaten"]
    least = 6 if sum(place["kind"] == "kecamatan" for place in places) == 1 else 4 if len(tops) == 1 else 0  # digits that all share
    for place in places:
        code, name = place["code"], place["name"]
        if place["kind"] == "tps":
            yield keys.add(f"kpps-{code[least:]}", "kpps", (code,), f"Ketua KPPS Contoh {code[-3:]}")
        elif place["kind"] == "desa":
            yield keys.add(f"pps-{code[least:]}", "pps", (code,), f"Ketua PPS Contoh {name}")
        elif place["kind"] == "kecamatan":
            yield keys.add(_ppk(keys, place), "ppk", (code,), "Ketua PPK Contoh")
            other = f"-{code}" if "saksi-bawaslu" in keys.actors else ""
            yield keys.add(f"saksi-bawaslu{other}", "witness", (code,), "Panwascam Contoh", "bawaslu")
    for number, top in enumerate(tops):
        house, more = (f"{top}-GUDANG",), f"-{top}" if number else ""
        yield keys.add(f"petugas-gudang{more}", "keeper", house, "Petugas Gudang Contoh")
        yield keys.add(f"danru-1{more}", "leader", house, "Kepala Regu Contoh Satu")
        yield keys.add(f"danru-2{more}", "leader", house, "Kepala Regu Contoh Dua")
    yield keys.add("penjaga-1", "guard", tuple(tops), "Penjaga Contoh Satu")
    yield keys.add("kasatops", "supervisor", tuple(tops), "Kasatops Contoh")


def _ppk(keys: Cast, place: dict[str, Any]) -> str:
    """The key of a PPK by the name of its kecamatan; by its code where another of that name came before."""
    plain = "-".join("".join(mark if mark.isascii() and mark.isalnum() else " " for mark in place["name"].lower()).split())[:24]
    return f"ppk-{plain}" if plain and f"ppk-{plain}" not in keys.actors else f"ppk-{place['code'].lower()}"


def print_labels(stage: Stage, office: "Office", paper: Path) -> list[Path]:
    """Codes for all boxes, told to the ledger first, then 24 a sheet."""
    from custody.paper.label.stocks import STOCKS

    drawn = labelling.draw(office, sorted(office.ledger.state.register.boxes), stage.random)
    done, stock = labelling.log(office, drawn, stage.keys["kasatops"].seat("label"), "first"), STOCKS["a4-24"]
    files = labelling.write(office, drawn, stock, paper, stage.lang)
    labelling.cover(office, files, done, "kasatops", "first", stock.name, stage.lang)
    return [one.path for one in files]


def seen(office: "Office", boxes: Iterable[str]) -> list[Seen]:
    """The boxes as a scanner reads them from their labels."""
    codes = {printed.box: code for code, printed in office.ledger.state.register.codes.items()}
    return [Seen(box, "scanned", codes[box]) for box in boxes]


def by_home(office: "Office") -> dict[str, list[str]]:
    """Boxes by TPS."""
    homes: dict[str, list[str]] = {}
    for box in sorted(office.ledger.state.register.boxes):
        homes.setdefault(BoxId.parse(box).place, []).append(box)
    return homes


def seal(stage: Stage, office: "Office", home: str, boxes: list[str]) -> None:
    """The KPPS seals five boxes; the guard sees it."""
    people = stage.keys[f"kpps-{home[6:]}"], stage.keys["penjaga-1"]
    seats = [people[0].seat("sealer"), people[1].seat("witness")]
    daily.record_seal(office, seen(office, boxes), seats, place=home, sealer=people[0].key.name, witness=people[1].key.name)


def to_pps(stage: Stage, office: "Office", home: str, boxes: list[str]) -> None:
    """From the TPS to the desa, the guard recording; three givers do not sign, and the boxes are received all the same."""
    desa = home[:10]
    giver, receiver, guard = stage.keys[f"kpps-{home[6:]}"], stage.keys[f"pps-{desa[6:]}"], stage.keys["penjaga-1"]
    journey = Journey(home, desa, desa, giver.key.name, receiver.key.name, guard.key.name, escort=Escort(1, order="Sprin/001/CONTOH/2024"))
    seats = [receiver.seat("receiver"), guard.seat("recorder")]
    unsigned = _unsigned(stage, office, home, giver)
    if unsigned is None:
        seats.insert(0, giver.seat("giver"))
    else:
        journey = Journey(**{**vars(journey), "unsigned": unsigned, "giver": None if unsigned.name else journey.giver})
    daily.record_handoff(office, journey, seen(office, boxes), seats, random=stage.random)


def _unsigned(stage: Stage, office: "Office", home: str, giver: Actor) -> Unsigned | None:
    if home == _NO_KEY:
        return Unsigned("no-key", daily.private_text(office, "name", "Anggota KPPS Contoh tanpa kunci", stage.random))
    if home == _FORGOT:
        _three_wrong_tries(giver)
        return Unsigned("forgot-passphrase")
    return Unsigned("refused") if home == _REFUSED else None


def _three_wrong_tries(giver: Actor) -> None:
    """A passphrase nobody remembers: the key stays shut, three times."""
    for tried in (b"contoh", b"kangae", b"Contoh Kangae"):
        try:
            keyfile.load_key(giver.path, lambda tried=tried: tried)  # type: ignore[misc]
        except KeyTrouble:
            continue
        raise AssertionError("a wrong passphrase opened a key")


def to_ppk(stage: Stage, office: "Office", desa: str, boxes: list[str]) -> None:
    """From the desa to the kecamatan."""
    giver, receiver, guard = stage.keys[f"pps-{desa[6:]}"], stage.keys["ppk-kangae"], stage.keys["penjaga-1"]
    names = giver.key.name, receiver.key.name, guard.key.name
    journey = Journey(desa, kangae.KECAMATAN, kangae.KECAMATAN, *names, escort=Escort(2, order="Sprin/001/CONTOH/2024"), carrier="truck")
    seats = [giver.seat("giver"), receiver.seat("receiver"), guard.seat("recorder")]
    daily.record_handoff(office, journey, seen(office, boxes), seats, random=stage.random)


def to_warehouse(stage: Stage, office: "Office") -> Iterator[int]:
    """From the kecamatan to the warehouse, three trucks under one order; yields the boxes of each."""
    boxes = sorted(office.ledger.state.register.boxes)
    giver, receiver, guard = stage.keys["ppk-kangae"], stage.keys["petugas-gudang"], stage.keys["penjaga-1"]
    names = giver.key.name, receiver.key.name, guard.key.name
    for plate, count in _VEHICLES:
        load_, boxes = boxes[:count], boxes[count:]
        escort = Escort(4, order="Sprin/002/CONTOH/2024")
        journey = Journey(
            kangae.KECAMATAN, kangae.WAREHOUSE, kangae.WAREHOUSE, *names, escort=escort, carrier="truck", vehicle=plate.replace(" ", "-")
        )
        seats = [giver.seat("giver"), receiver.seat("receiver"), guard.seat("recorder")]
        daily.record_handoff(office, journey, seen(office, load_), seats, random=stage.random)
        yield len(load_)
