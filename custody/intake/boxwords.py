"""Typed box ids: `TPS 3 Habi DPR`, `habi 3 dpr`, `PEM24-5307192008-003-DPR-1` to a box, or to suggestions with reasons (ADR 0002)."""

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from custody.core.boxid import BoxId
from custody.core.errors import Fact
from custody.intake.areacode import PlaceName, dotted, level
from custody.intake.faults import shown
from custody.intake.search import HOWS, LONGEST_QUERY, Found, PlaceIndex, sole
from custody.intake.spelling import nearest, plain

# Words for the types of the two elections of 2024, colours included, since that is how boxes are called for at night.
TYPE_WORDS: Mapping[str, tuple[str, ...]] = {
    "PPWP": ("presiden", "pilpres", "capres", "presiden wakil presiden", "presiden dan wakil presiden", "pwp", "abu abu", "abu"),
    "DPR": ("dpr ri", "dprri", "kuning"),
    "DPD": ("dpd ri", "dpdri", "merah"),
    "DPRDP": ("dprd", "dprd provinsi", "dprd prov", "dprd propinsi", "dprd prop", "dprdprov", "dprd 1", "provinsi", "prov", "biru"),
    "DPRDK": (
        "dprd", "dprd kabupaten", "dprd kab", "dprd kota", "dprd kab kota", "dprd kabupaten kota", "dprdkab", "dprdkota", "dprd 2",
        "kab kota", "kabupaten kota", "kabkota", "hijau",
    ),
    "GUB": ("gubernur", "pilgub", "gubernur wakil gubernur", "merah marun", "marun"),
    "BUP": ("bupati", "pilbup", "bupati wakil bupati", "biru muda"),
    "WAL": ("walikota", "wali kota", "pilwalkot", "wako", "tosca"),
}  # fmt: skip
MOST_CANDIDATES = 12
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_CODE = re.compile(r"\b([0-9]{2}\.[0-9]{2}\.[0-9]{2}\.[0-9]{4}|[0-9]{10})(?:-([0-9]{1,3})\b)?")
_TPS = re.compile(r"\btps[\s.:_-]*([0-9]{1,3})\b")
_ID_LIKE = re.compile(r"[a-z]{2,4}[0-9]{2}[\s_/-]+[0-9]{10}[\s_/-]+.*")
_ROUND = re.compile(r"\b(?:(?:psu|pssu|psl|pss|pengganti|replacement)\b|(?:putaran|ronde|kotak ke|box no)[\s.-]*([0-9]{1,2})\b)")
_NOISE = frozenset({"kotak", "suara", "box", "no", "nomor", "pemilu", "pilkada"})
_RERUNS = range(2, 100)  # a repeated or delayed vote: any round after the first
_LOOSE_READINGS = 3


class Reason(NamedTuple):
    """Why a typed box is not certain: a code of the words and its facts."""

    code: str
    facts: dict[str, Fact]


class Candidate(NamedTuple):
    """A registered box that the words may mean, the desa (or kecamatan) it belongs to, and how its name was matched."""

    box: str
    id: BoxId
    found: Found


@dataclass(frozen=True)
class Answer:
    """What typed words may mean. `sure`: the one box they name; otherwise `reasons` says what to ask, `more` how many are not listed."""

    sure: Candidate | None
    candidates: tuple[Candidate, ...]
    reasons: tuple[Reason, ...] = ()
    more: int = 0


class _Reading(NamedTuple):
    """One way to read the words: types, number and rounds taken out, the rest is a name."""

    types: frozenset[str]
    station: str | None
    rounds: Container[int] | None
    name: str


@dataclass(frozen=True)
class BoxIndex:
    """The registered boxes by place, and the words for their types; built once from 20,000 boxes."""

    places: PlaceIndex
    boxes: Mapping[str, BoxId]
    by_area: Mapping[str, tuple[BoxId, ...]]
    words: Mapping[tuple[str, ...], frozenset[str]]

    @classmethod
    def of(cls, places: PlaceIndex, boxes: Iterable[str], words: Mapping[str, Sequence[str]] = TYPE_WORDS) -> "BoxIndex":
        """Build the index from box ids. Raises `Malformed("box.id")` from the core for anything else."""
        ids = {box: BoxId.parse(box) for box in boxes}
        by_area: dict[str, list[BoxId]] = {}
        for parsed in ids.values():
            by_area.setdefault(_area(parsed), []).append(parsed)
        types = {parsed.type for parsed in ids.values()}
        return cls(places, ids, {area: tuple(sorted(same)) for area, same in by_area.items()}, _phrases(types, words))

    def read(self, text: str, within: str | None = None) -> Answer:
        """Find the box that a person typed. `within`: code of the desa where the work is done, for words that name no place.

        Certain only where the place is written (in any spelling), no other place has that name, and number, type and round are given
        or leave no choice.
        """
        query = plain(text[:LONGEST_QUERY])
        whole = re.sub(r"[\s_/-]+", "-", query).upper()
        if whole in self.boxes:
            only = self._candidate(self.boxes[whole], "code")
            return Answer(only, (only,))
        if _ID_LIKE.fullmatch(query):
            return self._unknown_id(whole)
        reading, found = self._best(query, within)
        if not found:
            return Answer(None, (), (Reason("search.nothing" if reading.name else "search.place.missing", {"value": shown(text)}),))
        return self._answer(reading, found)

    def _unknown_id(self, whole: str) -> Answer:
        """An id that is not registered: others of the same polling station, or the most alike."""
        area = whole.split("-")[1]
        near = nearest(whole, (str(box) for box in self.by_area.get(area, ())))
        ids = sorted(self.by_area.get(area, ()), key=lambda box: (str(box) != near, str(box)[: len(whole) - 4] != whole[:-4], box))
        return _cut(None, [self._candidate(box, "near") for box in ids], (Reason("search.id.unknown", {"value": shown(whole)}),))

    def _best(self, query: str, within: str | None) -> tuple[_Reading, list[Found]]:
        """The reading whose name is written best, else the first, which leaves least unread, that is near.

        The place of work is the last resort, for words that name no place.
        """
        readings = list(self._readings(query))
        home = self.places.by_code.get(within or "")
        found, reading = self._written(readings, home)
        if found and found[0].how != "folded":
            return reading, found
        for near in [reading] if found else readings[:_LOOSE_READINGS]:  # another name may begin just as it was typed
            found = self._named(near, home, True)
            if found:
                return near, found
        return readings[0], []

    def _written(self, readings: list[_Reading], home: PlaceName | None) -> tuple[list[Found], _Reading]:
        """The first reading whose name is written best; places that others as good name (`SP 2` or TPS 2 of `SP`) are put beside it."""
        read = [(self._named(reading, home, False), reading) for reading in readings]
        ranked = [(HOWS.index(found[0].how) if reading.name else len(HOWS), found, reading) for found, reading in read if found]
        if not ranked:
            return [], readings[0]
        least = min(rank for rank, _, _ in ranked)
        best = [(found, reading) for rank, found, reading in ranked if rank == least]
        places = {match.place.code: match for found, _ in best for match in found}
        return list(places.values()), best[0][1]

    def _named(self, reading: _Reading, home: PlaceName | None, loose: bool) -> list[Found]:
        """The places with boxes that a reading names; a number is that of a polling station, which only a desa has."""
        if not reading.name:
            return [Found(home, "code")] if home else []
        coded = self.places.coded(reading.name)
        found = [Found(coded, "code")] if coded else self.places.named(reading.name, loose)
        found = [match for match in found if match.place.code in self.by_area]
        return [match for match in found if match.place.kind == "desa"] if reading.station else found

    def _readings(self, query: str) -> Iterator[_Reading]:
        """Ways to read the words, most taken out first: each phrase for a type or none, each number as that of the TPS or none."""
        query, rounds = _take_round(query)
        query, coded, number = _take_code(query)
        match = None if number else _TPS.search(query)
        if match:
            number, query = match[1], f"{query[: match.start()]} {query[match.end() :]}"
        words = [word for word in _WORD.findall(query) if word not in _NOISE and word != "tps"]
        for types, rest in self._types(words):
            for station, left in _numbers(rest, number):
                yield _Reading(types, station, rounds, coded or " ".join(left))

    def _types(self, words: list[str]) -> Iterator[tuple[frozenset[str], list[str]]]:
        longest = max(map(len, self.words), default=0)
        for length in range(min(longest, len(words)), 0, -1):
            for at in range(len(words) - length, -1, -1):
                types = self.words.get(tuple(words[at : at + length]))
                if types:
                    yield types, words[:at] + words[at + length :]
        yield frozenset(), words

    def _answer(self, reading: _Reading, found: list[Found]) -> Answer:
        only = sole(found)
        meant = found[:1] if only else found
        reasons: list[Reason] = []
        if only is None:
            names = tuple(self._described(match) for match in found[:MOST_CANDIDATES])
            many = sum(match.certain for match in found) > 1
            reasons.append(Reason("search.name.many" if many else "search.name.near", {"value": shown(reading.name), "names": names}))
        boxes = [Candidate(str(box), box, match) for match in meant for box in self.by_area[match.place.code]]
        for narrow in (_by_station, _by_type, _by_round):
            boxes = narrow(boxes, reading, reasons)
        return _cut(boxes[0] if len(boxes) == 1 and not reasons else None, boxes, tuple(reasons))

    def _candidate(self, box: BoxId, how: str) -> Candidate:
        area = _area(box)
        place = self.places.by_code.get(area) or PlaceName(area, level(area), dotted(area), None)
        return Candidate(str(box), box, Found(place, how))

    def _described(self, match: Found) -> str:
        """A place as a question names it, with its code, since two of one name may lie in one kecamatan: `Oesao 53.01.06.1004 (…)`."""
        higher = next(self.places.above(match.place), None)
        named = f"{match.place.name} {dotted(match.place.code)}" if match.place.code.isdigit() else match.place.name
        return f"{named} ({higher.name})" if higher else named


def _area(box: BoxId) -> str:
    """Code of the desa of a box, or of the kecamatan of a recapitulation box."""
    return box.place.partition("-")[0]


def _phrases(types: set[str], words: Mapping[str, Sequence[str]]) -> dict[tuple[str, ...], frozenset[str]]:
    """Types by the words for them; the code of a type is always a word for it. A known type without boxes is kept, to be told so."""
    phrases: dict[tuple[str, ...], set[str]] = {}
    for code in types.union(words):
        for phrase in (code, *words.get(code, ())):
            phrases.setdefault(tuple(_WORD.findall(plain(phrase))), set()).add(code)
    return {phrase: frozenset(codes) for phrase, codes in phrases.items()}


def _take_round(query: str) -> tuple[str, Container[int] | None]:
    match = _ROUND.search(query)
    if match is None:
        return query, None
    return _ROUND.sub(" ", query), (int(match[1]),) if match[1] else _RERUNS


def _take_code(query: str) -> tuple[str, str | None, str | None]:
    """Take an official code out of the words: the rest, the code of the desa, the number of the TPS if it followed."""
    match = _CODE.search(query)
    if match is None:
        return query, None, None
    return f"{query[: match.start()]} {query[match.end() :]}", match[1].replace(".", ""), match[2]


def _numbers(words: list[str], number: str | None) -> Iterator[tuple[str | None, list[str]]]:
    if number is not None:
        yield f"{int(number):03d}", words
        return
    for at in range(len(words) - 1, -1, -1):
        if words[at].isdecimal() and words[at].isascii() and len(words[at]) <= 3:
            yield f"{int(words[at]):03d}", words[:at] + words[at + 1 :]
    yield None, words


def _by_station(boxes: list[Candidate], reading: _Reading, reasons: list[Reason]) -> list[Candidate]:
    stations = sorted({box.id.station for box in boxes})
    if reading.station is None:
        if len(stations) > 1:
            reasons.append(Reason("search.tps.missing", {"name": boxes[0].found.place.name, "last": stations[-1]}))
        return boxes
    left = [box for box in boxes if box.id.station == reading.station]
    if not left:
        facts: dict[str, Fact] = {"tps": reading.station, "name": boxes[0].found.place.name, "last": stations[-1]}
        reasons.append(Reason("search.tps.unknown", facts))
    return left or boxes


def _by_type(boxes: list[Candidate], reading: _Reading, reasons: list[Reason]) -> list[Candidate]:
    left = [box for box in boxes if box.id.type in reading.types] if reading.types else boxes
    types = tuple(sorted({box.id.type for box in left or boxes}))
    if not left:
        reasons.append(Reason("search.type.unknown", {"types": types}))
    elif len(types) > 1:
        reasons.append(Reason("search.type.many" if reading.types else "search.type.missing", {"types": types}))
    return left or boxes


def _by_round(boxes: list[Candidate], reading: _Reading, reasons: list[Reason]) -> list[Candidate]:
    left = [box for box in boxes if reading.rounds is None or box.id.number in reading.rounds]
    rounds = tuple(sorted({box.id.number for box in left or boxes}))
    if not left:
        reasons.append(Reason("search.round.unknown", {"rounds": rounds}))
    elif len(rounds) > 1:
        reasons.append(Reason("search.round.many", {"rounds": rounds}))
    return left or boxes


def _cut(sure: Candidate | None, candidates: list[Candidate], reasons: tuple[Reason, ...]) -> Answer:
    return Answer(sure, tuple(candidates[:MOST_CANDIDATES]), reasons, max(0, len(candidates) - MOST_CANDIDATES))
