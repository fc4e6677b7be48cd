"""Turns codes of one ledger into words for a report: people as they were opened, places by name, times in its zone (spec chapter 13)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from custody.core.errors import Malformed
from custody.core.moment import from_seconds, to_seconds
from custody.core.places import Place
from custody.core.private import Opening
from custody.i18n import dates, words
from custody.paper.proven.evidence import Reading

_LEVELS = {"kabupaten": ("kabupaten", "kota"), "kecamatan": ("kecamatan",), "desa": ("desa", "kelurahan")}  # kind -> words in a name


class Teller:
    """Turns codes of one ledger into words: people as they were opened, places by name, times in the ledger's zone.

    lang: that of the report, unless somebody else asks.
    """

    def __init__(self, reading: Reading, lang: str | None = None) -> None:
        self.facts, self.state = reading.facts, reading.state
        self.lang = lang or self.facts.lang
        founding = self.state.authority.founding
        assert founding is not None, "an excerpt holds the founding (EXCERPT-5)"
        self.founding = founding.body
        self.zone = self.founding["zone"]
        self.types = {item["code"]: item["name"] for item in self.founding["profile"]["types"]}
        self._titles = dict(self.facts.titles)
        opened = self.opened = dict(self.facts.openings)
        self.names = {name: shown for name, card in _cards(reading) if (shown := _name(card, opened))}

    def say(self, code: str, **values: object) -> str:
        """A sentence of the report."""
        return words.say(code, {"zone": self.zone, **values}, self.lang, titles=self._titles)

    def person(self, key: str) -> str:
        """A person with the key he signs by."""
        return f"{self.names[key]} ({key})" if key in self.names else key

    def place(self, code: str) -> str:
        """A place by its name, a TPS with its desa."""
        place = self.state.places.get(code, self.state.size)
        if place is None:
            return code
        above = self.state.places.get(place.parent, self.state.size) if place.kind == "tps" and place.parent else None
        return f"{place.name} {above.name}" if above is not None else place.name

    def spot(self, code: str) -> str:
        """Where a box is kept: in a desa that is its PPS, in a kecamatan its PPK; other places by their names."""
        place = self.state.places.get(code, self.state.size)
        if place is None or place.kind not in ("desa", "kecamatan"):
            return self.place(code)
        return self.say(f"report.spot.{place.kind}", name=place.name)

    def thing(self, code: str) -> str:
        """A thing that is no box."""
        return self.say(f"thing.{code}") if words.known(f"thing.{code}") else code.replace("-", " ")

    def things(self, rows: Iterable[Mapping[str, Any]]) -> str:
        """Things that are no boxes, with how many of each before it: a number behind a name reads as a part of it."""
        return ", ".join(f"{row['count']} {self.thing(row['thing'])}" for row in rows)

    def titled(self, code: str) -> str:
        """A place with the word for its level; a TPS with its desa."""
        place = self.state.places.get(code, self.state.size)
        return self._titled(place) if place is not None and place.kind in _LEVELS else self.place(code)

    def named(self, value: object) -> object:
        """A fact of a finding as people read it: the name of a place or person where it is the code of one."""
        if type(value) is not str:
            return value
        return self.person(value) if value in self.names else self.spot(value)

    def homes(self, codes: list[str]) -> str:
        """Places of one desa in one cell: `TPS 001–004, 006 Habi`; other places by their names."""
        tps = [code for code in codes if code[-3:].isdigit() and "-" in code]
        if len(tps) < 2 or len(tps) < len(codes):
            return ", ".join(self.place(code) for code in codes)
        area = self.place(tps[0].partition("-")[0])
        return f"TPS {', '.join(_runs(sorted(code.rpartition('-')[2] for code in tps)))} {area}"

    def way(self, code: str) -> str:
        """A place and all above it, each with the word for its level."""
        found = [self.state.places.get(step, self.state.size) for step in self.state.places.path(code, self.state.size)]
        return ", ".join(self._titled(place) for place in found if place is not None) or code

    def _titled(self, place: Place) -> str:
        """`Kecamatan Kangae`; names that bring the word along keep it, and a desa whose code says kelurahan is one."""
        level = "kelurahan" if place.kind == "desa" and place.code[6:7] == "1" else place.kind
        if place.name.partition(" ")[0].lower() in _LEVELS.get(place.kind, (place.name.partition(" ")[0].lower(),)):
            return place.name
        return self.say(f"report.level.{level}", name=place.name)

    def when(self, moment: str) -> str:
        """A moment as date and clock."""
        return self._local(moment, lambda: dates.day(moment, self.zone, self.lang))

    def short(self, seconds: int) -> str:
        """A moment in digits, for tables."""
        moment = from_seconds(seconds)
        return self._local(moment, lambda: f"{dates.local(moment, self.zone):%d-%m-%Y}")

    def happened(self, body: dict[str, Any]) -> str:
        """When something happened; where that was stated later, also on what basis and when it was recorded."""
        told, basis = self.short(to_seconds(body["happened"]["at"])), body["happened"]["basis"]
        if basis == "now":
            return told
        recorded = self.short(to_seconds(body["at"])).removeprefix(told.partition(" ")[0] + " ")
        return self.say("report.happened", at=told, basis=basis, recorded=recorded)

    def _local(self, moment: str, day: Callable[[], str]) -> str:
        """Date and clock here; a moment at the very end of the calendar, where no zone can follow, as it was signed."""
        try:
            return f"{day()} {dates.clock(moment, self.zone, self.lang)}"
        except Malformed:
            return moment


def _runs(numbers: list[str]) -> Iterator[str]:
    """Numbers that follow each other as `001–004`."""
    for _, run in groupby(enumerate(numbers), lambda item: int(item[1]) - item[0]):
        first, *rest = [number for _, number in run]
        yield f"{first}–{rest[-1]}" if rest else first


def _cards(reading: Reading) -> Iterator[tuple[str, dict[str, Any]]]:
    """What founding and enrolments say of each key, by its name; enrolments that had no effect say nothing."""
    for name, key in reading.state.roster.by_name.items():
        body = reading.act(key.since).body
        for card in body.get("authorities", (body,)):
            if card["key"].split("+")[0] == name:
                yield name, card


def _name(card: dict[str, Any], opened: dict[str, Opening]) -> str:
    """Rank and name, as far as the issuer chose to open what the enrolment commits to (REPORT-6)."""
    openings = [(part, opened.get(card[part]["c"])) for part in ("rank", "name") if card[part] is not None]
    return " ".join(opening.value for part, opening in openings if opening is not None and opening.field == part)
