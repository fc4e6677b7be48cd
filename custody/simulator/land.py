"""Where a night takes place: kabupaten, kecamatan, desa and TPS with a warehouse and a court each, and how far it is between them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from custody.simulator.chance import Chance

_VULNERABLE = ("low", "low", "low", "low", "medium", "high")


class Spot(NamedTuple):
    """A place: official code, kind, name, the place above it, whether it is hard to reach, and its class of vulnerability."""

    code: str
    kind: str
    name: str
    parent: str | None
    remote: bool = False
    vulnerability: str | None = None

    def body(self) -> dict[str, object]:
        """As a statement of places has it."""
        return self._asdict()


@dataclass(frozen=True)
class Land:
    """All places of one operation, sorted by code."""

    spots: tuple[Spot, ...]
    by_code: dict[str, Spot] = field(repr=False)
    below: dict[str, tuple[str, ...]] = field(repr=False)

    def of_kind(self, kind: str, above: str | None = None) -> list[str]:
        """Codes of the places of a kind, all or those right below a place."""
        codes = self.below.get(above, ()) if above is not None else tuple(self.by_code)
        return [code for code in codes if self.by_code[code].kind == kind]

    def minutes(self, start: str, end: str, chance: Chance) -> int:
        """How long the way between two places takes on a good day: the same both ways."""
        low, high = sorted((start, end), key=len)
        kinds = {self.by_code[start].kind, self.by_code[end].kind}
        remote = self.by_code[start].remote or self.by_code[end].remote
        least, most = _WAYS[next(pair for pair in _WAYS if kinds <= set(pair))]
        return chance.between(least, most, "minutes", low, high) * (2 if remote else 1)


_WAYS = {
    ("tps", "desa"): (8, 50),
    ("desa", "kecamatan"): (15, 90),
    ("kecamatan", "warehouse"): (30, 150),
    ("warehouse", "court"): (20, 40),
    ("tps", "kecamatan"): (25, 120),
}


def of_rows(rows: Iterable[tuple[str, str, str, str | None]], chance: Chance) -> Land:
    """The land of a hierarchy (code, kind, name, place above); each kabupaten is given a warehouse and a court.

    Which places are remote or vulnerable is drawn: nobody's judgment about real places.
    """
    return _land([_drawn(Spot(*row), chance) for row in rows])


def _drawn(spot: Spot, chance: Chance) -> Spot:
    if spot.kind == "kecamatan":
        return spot._replace(remote=chance.share("remote", spot.code) < 0.2)
    if spot.kind == "tps":
        return spot._replace(vulnerability=chance.pick(_VULNERABLE, "vulnerable", spot.code))
    return spot


def _land(spots: list[Spot]) -> Land:
    spots += [extra for spot in spots if spot.kind == "kabupaten" for extra in _houses(spot)]
    spots.sort()
    below: dict[str, list[str]] = {}
    for spot in spots:
        if spot.parent is not None:
            below.setdefault(spot.parent, []).append(spot.code)
    return Land(tuple(spots), {spot.code: spot for spot in spots}, {code: tuple(found) for code, found in below.items()})


def _houses(kabupaten: Spot) -> Iterator[Spot]:
    code = kabupaten.code
    yield Spot(f"{code}-GUDANG", "warehouse", f"Gudang {kabupaten.name}"[:80], code)
    yield Spot(f"{code}-SIDANG", "court", f"Ruang sidang {kabupaten.name}"[:80], code)


def invented(kabupaten: int, kecamatan: int, desa: int, tps: int, chance: Chance) -> Land:
    """An invented land with these numbers in all, under codes that no real province has."""
    spots: list[Spot] = []
    for one, share in enumerate(_spread(kecamatan, kabupaten), 1):
        above = f"99{one:02d}"
        spots.append(Spot(above, "kabupaten", f"Kabupaten Contoh {one}", None))
        spots += [Spot(f"{above}{two:02d}", "kecamatan", f"Kecamatan Contoh {one}.{two}", above) for two in range(1, share + 1)]
    areas = [spot.code for spot in spots if spot.kind == "kecamatan"]
    villages = [
        Spot(f"{area}{2001 + number}", "desa", f"Desa Contoh {area[2:4]}.{area[4:]}.{number + 1}", area)
        for area, share in zip(areas, _spread(desa, len(areas)), strict=True)
        for number in range(share)
    ]
    stations = [
        Spot(f"{village.code}-{number + 1:03d}", "tps", f"TPS {number + 1:03d}", village.code)
        for village, share in zip(villages, _spread(tps, len(villages)), strict=True)
        for number in range(share)
    ]
    return _land([_drawn(spot, chance) for spot in (*spots, *villages, *stations)])


def _spread(total: int, over: int) -> list[int]:
    """As evenly as whole numbers go."""
    return [total // over + (number < total % over) for number in range(over)]
