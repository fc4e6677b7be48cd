"""Who takes part: invented people under plain key names, each with a key made from the seed (good for a drill and nothing else)."""

from collections.abc import Iterator
from functools import cached_property
from hashlib import sha256
from typing import NamedTuple

from custody.core.ed25519 import SigningKey
from custody.core.note import ED25519, Line, VerifierKey
from custody.simulator.chance import Chance
from custody.simulator.land import Land

HOUSES = {"otoritas-kpu": "kpu", "otoritas-polri": "polri", "otoritas-bawaslu": "bawaslu"}
SQUADS = ("a", "b", "c")


class Part(NamedTuple):
    """What somebody is enrolled as: key name, role, places, institution; `human` names the person where it is not the key's only one."""

    name: str
    role: str
    places: tuple[str, ...]
    institution: str | None = None
    human: str | None = None
    delegate: bool = False


class Signer:
    """Somebody with a key made from the seed and the name."""

    def __init__(self, name: str, human: str, seed: object, key: str | None = None) -> None:
        """key: whose key it is, where somebody uses that of another name."""
        self.name = name
        self.person = sha256(f"custody simulator person {seed} {human}".encode()).hexdigest()[:32]
        self._seed = sha256(f"custody simulator key {seed} {key or name}".encode()).digest()

    @property
    def seed(self) -> bytes:
        """What the key is made from: known to everybody who knows the seed of the night."""
        return self._seed

    @cached_property
    def signing(self) -> SigningKey:
        return SigningKey.from_seed(self._seed)

    @cached_property
    def key(self) -> VerifierKey:
        return VerifierKey(self.name, ED25519, self.signing.public)

    def line(self, text: bytes) -> Line:
        """This person's signature line on a text."""
        return Line(self.name, self.key.key_id, self.signing.sign(text))


class Cast:
    """All people of a night by key name, in the order in which they are enrolled."""

    def __init__(self, land: Land, chance: Chance) -> None:
        self.chance = chance
        self.parts: dict[str, Part] = {}
        self.signers: dict[str, Signer] = {}
        for name, house in HOUSES.items():
            self.add(Part(name, "authority", (), house))
        for part in _parts(land):
            self.add(part)

    def add(self, part: Part) -> Part:
        """One person more."""
        self.parts[part.name] = part
        self.signers[part.name] = Signer(part.name, part.human or part.name, self.chance.seed)
        return part

    def __getitem__(self, name: str) -> Signer:
        return self.signers[name]


def _parts(land: Land) -> Iterator[Part]:
    for spot in land.spots:
        code = spot.code
        if spot.kind == "kabupaten":
            yield from (Part(f"kasatops-{code}-{number}", "supervisor", (code,), "polri", delegate=number == 3) for number in (1, 2, 3))
        elif spot.kind == "warehouse":
            yield from (Part(f"gudang-{code[:4]}-{number}", "keeper", (code, f"{code[:4]}-SIDANG"), "kpu") for number in (1, 2, 3))
            yield from _squads(code[:4], code)
            yield Part(f"bawaslu-{code[:4]}", "witness", (code[:4],), "bawaslu")
        elif spot.kind == "kecamatan":
            yield from (Part(f"ppk-{code}-{number}", "ppk", (code,), "kpu") for number in (1, 2, 3))
            yield Part(f"kurir-{code}", "keeper", (f"{code[:4]}-GUDANG",), "kpu")
            yield from _squads(code, code)
            yield Part(f"panwas-{code}", "witness", (code,), "bawaslu")
        elif spot.kind == "desa":
            yield Part(f"pps-{code}", "pps", (code,), "kpu")
            yield Part(f"pam-{code}", "guard", (code,), "polri")
        elif spot.kind == "tps":
            yield Part(f"kpps-{code}", "kpps", (code,), "kpu")


def _squads(short: str, place: str) -> Iterator[Part]:
    yield from (Part(f"regu-{short}-{squad}", "leader", (place,), "polri") for squad in SQUADS)
