"""The parts that deeds share, in words: who acts, boxes, what lacks, findings, signatures, what it rests on (spec chapter 21)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from custody.core.act import Act, completion
from custody.core.books import gathered
from custody.core.errors import Malformed
from custody.core.rights import SLOTS
from custody.core.statement import boxes_of
from custody.i18n import dates, words
from custody.paper.canvas.table import Table
from custody.paper.codes import headcode
from custody.paper.deeds.blocks import (
    Block,
    Listing,
    Pairs,
    Paragraph,
    Parties,
    Party,
    Point,
    Points,
    Rests,
    Signature,
    Signatures,
)
from custody.paper.proven import loadparts
from custody.paper.proven.evidence import Reading
from custody.paper.reports import boxtable, foundtable, story
from custody.paper.reports.teller import Teller
from custody.paper.reports.view import found_in

_LIMITS = ("content", "keys", "print", "later")
_ATTENDED = {"opening": "present"}  # kinds whose people beside the slots may sign, and the field that lists them


class Maker:
    """One deed under way. parts: the statements of its load, of anything else its one statement; act: all of them as one, with the
    signatures that stand under each; entries: where they stand; about: what was recorded of them since.
    """

    def __init__(self, reading: Reading) -> None:
        self.reading, self.teller = reading, Teller(reading)
        self.sid = reading.facts.scope[1]
        own = next(reading.act(one.entry).statement for one in reading.told if one.sid == self.sid)
        known = gathered(reading.act(one.entry) for one in reading.told)
        alike = [act for act in known if act.sid == self.sid or loadparts.one_load(own, act.statement)]
        self.parts = tuple(sorted(alike, key=lambda act: (loadparts.part(act.statement), act.entry)))
        self.sids = tuple(act.sid for act in self.parts)
        self.entries = tuple(one.entry for one in reading.told if one.sid in self.sids)
        self.act = loadparts.whole(self.parts)
        others = {one.sid: one.entry for one in reversed(reading.told) if one.sid not in self.sids}
        self.about = sorted(gathered(map(reading.act, others.values())), key=lambda act: act.entry)
        self.body, self.kind = self.act.body, self.act.statement.kind.name
        self.boxes = boxes_of(self.act.statement)

    def say(self, code: str, **values: object) -> str:
        return self.teller.say(f"deed.page.{code}", **values)

    def tell(self, code: str, **values: object) -> str:
        return self.teller.say(f"deed.kind.{code}", **values)

    @property
    def acks(self) -> list[Act]:
        """The acknowledgements of this statement."""
        return [act for act in self.about if act.statement.kind.name == "ack" and not set(self.sids).isdisjoint(act.body["about"])]

    @property
    def done(self) -> str:
        """Whether its own signatures complete it; `complete` for what is no link."""
        return completion(self.act, self.reading.state) if self.act.statement.kind.link else "complete"

    # -- head --------------------------------------------------------------------------------------------------------------------

    def head(self) -> tuple[str, ...]:
        """Operation; kabupaten and election; the ledger and its authorities."""
        founding, state = self.teller.founding, self.teller.state
        places = (
            state.places.get(code, state.size)
            for code in (*state.places.path(self.place or "", state.size), *sorted(state.places.versions))
        )
        top = next((self.teller.titled(place.code) for place in places if place is not None and place.kind == "kabupaten"), "")
        election = founding["profile"]["name"]
        houses = " · ".join(sorted({one["institution"].upper() for one in founding["authorities"]}))
        second = self.say("head", place=top, election=election) if top else election
        return founding["operation"], second, self.say("authorities", domain=founding["domain"], institutions=houses)

    @property
    def place(self) -> str | None:
        """Where it happened."""
        return self.body.get("place") or self.body.get("from")

    def count(self, value: int) -> str:
        """A number of things, its thousands marked."""
        return dates.number(value, self.teller.lang)

    def number(self) -> str:
        """The entries and the beginning of the id."""
        code = "load" if len(self.sids) > 1 else "entry" if len(self.entries) == 1 else "entries"
        said = f"{self.sid[:8]} {self.sid[8:16]}"
        return self.say(code, entries=", ".join(map(str, self.entries)), sid=said, parts=len(self.sids))

    def foot(self) -> tuple[str, ...]:
        """Ledger and checkpoint; who issued it when."""
        head, facts = self.reading.head, self.reading.facts
        issued = self.say("issued", when=self.teller.when(facts.made), by=facts.by, entry=self.reading.own.entry)
        return self.say("foot", origin=head.origin, short=head.short), issued

    def intro(self, where: str | None) -> Iterator[Block]:
        """When and where, as officers write it; how that is known where it was stated later. where: the code of a place."""
        at, lang = self.body["happened"]["at"], self.teller.lang
        try:
            day, clock = dates.day(at, self.teller.zone, lang), dates.clock(at, self.teller.zone, lang)
            weekday = dates.day(at, self.teller.zone, lang, weekday=True).partition(",")[0]
        except Malformed:  # at the very end of the calendar
            day, clock, weekday = at, "—", "—"
        spot = self.full(where) if where is not None else ""
        yield Paragraph(self.say("intro" if where is not None else "intro.nowhere", weekday=weekday, day=day, clock=clock, place=spot))
        yield Parties(tuple(self.parties()))
        basis = self.body["happened"]["basis"]
        if basis != "now":
            yield Paragraph(self.say("basis", basis=basis, recorded=self.teller.when(self.body["at"])))

    def full(self, code: str) -> str:
        """A place and those above it: `PPS Habi, Kecamatan Kangae, Kabupaten Sikka`."""
        spot, way = self.teller.spot(code), self.teller.way(code)
        _, _, above = way.partition(", ")
        if spot == self.teller.place(code) and "," in way:
            return way
        return f"{spot}, {above}" if above and spot != way else spot

    # -- people ------------------------------------------------------------------------------------------------------------------

    def sides(self) -> Iterator[tuple[str, str]]:
        """Who signs, or should: the field and the key; those that no field names sign as `signer`, or as `also` beside fields."""
        fields = [slot.field for slot in SLOTS.get(self.kind, ()) if self.body.get(slot.field) is not None]
        fields += ["leave"] if self.body.get("leave") is not None else []
        found = [(field, str(self.body[field])) for field in fields]
        found += [("present", one["key"]) for one in self.body.get(_ATTENDED.get(self.kind, ""), ()) if one["key"] is not None]
        known = {key for _, key in found}
        rest = "also" if found else "signer"
        yield from dict.fromkeys(found)
        yield from ((rest, key) for key in sorted((self.act.signed | self.act.late) - known))

    def keyless(self) -> Iterator[tuple[str, str, str]]:
        """Who takes part without a key: the field, the name, and what is known of him."""
        unsigned = self.body.get("unsigned")
        if unsigned is not None and self.body["giver"] is None and unsigned["reason"] != "found":
            opened = self.teller.opened.get(unsigned["name"]["c"]) if unsigned["name"] is not None else None
            yield "giver", opened.value if opened is not None else self.say("unopened"), self.say("signed.keyless")
        for one in self.body.get(_ATTENDED.get(self.kind, ""), ()):
            if one["key"] is None:
                yield "present", self.guest(one), self.say("card.keyless", role=one["role"], house=_house(one["institution"]))

    def guest(self, one: dict[str, Any]) -> str:
        """Somebody without a key, by the name that the facts open."""
        opened = self.teller.opened.get(one["name"]["c"]) if one["name"] is not None else None
        return opened.value if opened is not None else self.say("unopened")

    def parties(self) -> Iterator[Party]:
        """Everybody who takes part, sides first."""
        for field, name, rest in self.keyless():
            if field == "giver":
                yield Party(self.say("as.giver"), name, rest)
        if self.kind == "handoff" and self.body["giver"] is None and self.body["unsigned"]["reason"] == "found":
            yield Party(self.say("as.giver"), self.say("nobody.giver"))
        for field, key in self.sides():
            yield Party(self.say(f"as.{field}"), self.name(key), self.card(key))
        for field, name, rest in self.keyless():
            if field != "giver":
                yield Party(self.say(f"as.{field}"), name, rest)

    def name(self, key: str) -> str:
        """Rank and name, where they are opened."""
        return self.teller.names.get(key) or f"{key} ({self.say('unopened')})"

    def card(self, key: str) -> str:
        """Role, institution, places and key."""
        known = self.teller.state.roster.by_name[key]
        places = ", ".join(self.teller.titled(code) for code in sorted(known.places))
        house = _house(known.institution)
        return self.say("card", role=known.role, house=house, places=f", {places}" if places else "", key=key)

    # -- boxes and things --------------------------------------------------------------------------------------------------------

    def counted(self) -> Iterator[Block]:
        """How many boxes of each desa."""
        if self.boxes:
            heads = [self.say(name) for name in ("area", "stations", "types", "count")]
            rows = boxtable.areas(self.teller, self.boxes, self.say("total"))
            table = Table(self.say("areas"), tuple(heads), (66, 18, 66, 20), tuple(rows))
            yield Listing(table, sum=True)

    def listed(self, title: str = "", differing: Mapping[str, str] | None = None, empty: str = "") -> Iterator[Block]:
        """Every box with its seals, those that stand alike together; boxes that differ and seals that are broken are marked.

        differing: of boxes what stands there for the seals of this statement, or nothing where these do.
        """
        lines = self.body["boxes"]
        if not lines:
            return
        heads = [self.teller.say("report.number"), *(self.say(name) for name in ("box", "type", "count", "read", "seals"))]
        rows, marked = boxtable.rows(self.teller, lines, differing or {}, empty or self.teller.say("report.seal.unseen"))
        yield Listing(Table(title or self.say("list"), tuple(heads), (10, 52, 19, 13, 24, 52), tuple(rows)), marked)
        if marked:
            beside = tuple(act.entry for act in self.acks) if any((differing or {}).values()) else ()
            yield Points("", (Point(self.say("marked")),), beside)

    def plain(self, title: str, boxes: Sequence[str]) -> Iterator[Block]:
        """Boxes of which only the names are recorded."""
        if boxes:
            heads = [self.teller.say("report.number"), *(self.say(name) for name in ("box", "type", "count"))]
            yield Listing(Table(title, tuple(heads), (10, 110, 36, 14), tuple(boxtable.names(self.teller, boxes))))

    def things(self, title: str, rows: Sequence[dict[str, Any]]) -> Iterator[Block]:
        """Things that are no boxes, with how many of each."""
        if rows:
            heads = self.teller.say("report.number"), self.say("thing"), self.say("thing.count")
            told = tuple((str(at), self.thing(row["thing"]), self.count(row["count"])) for at, row in enumerate(rows, 1))
            yield Listing(Table(title, heads, (10, 120, 40), told))

    def thing(self, code: str) -> str:
        """A thing in words."""
        return self.teller.say(f"thing.{code}") if words.known(f"thing.{code}") else code.replace("-", " ")

    def some_things(self, rows: Iterable[dict[str, Any]]) -> str:
        """Things in one line."""
        return ", ".join(f"{self.count(row['count'])} {self.thing(row['thing'])}" for row in rows) or self.say("nothing")

    def what(self, boxes: int | None = None) -> str:
        """`12 ballot boxes and other things`."""
        count = len(self.boxes) if boxes is None else boxes
        code = "things" if not count else "both" if self.body.get("things") else "boxes"
        return self.tell(f"what.{code}", count=count)

    def noted(self) -> Iterator[tuple[str, str]]:
        """The note, as far as it is opened, and photographs."""
        note = self.body.get("note")
        if note is not None:
            opened = self.teller.opened.get(note["c"])
            yield self.say("note"), opened.value if opened is not None else self.say("note.closed", hash=note["c"])
        photos = self.body.get("photos")
        if photos:
            yield self.say("photos"), self.say("photos.text", count=len(photos), hash=photos[0]["sha256"])

    # -- what came of it ---------------------------------------------------------------------------------------------------------

    def lacks(self) -> Iterator[Block]:
        """Who has not signed, and what nobody looked at."""
        rows = [Point(text, alarm=True) for text in self._unsigned()]
        rows += [Point(text) for text in self._unseen()]
        yield Points(self.say("lacks"), tuple(rows) or (Point(self.say("lacks.none")),))

    def _unsigned(self) -> Iterator[str]:
        body = self.body
        if body.get("unsigned") is not None:
            name = next((name for field, name, _ in self.keyless() if field == "giver"), None)
            who = self.name(body["giver"]) if body["giver"] is not None else name or self.say("nobody.giver")
            yield self.say("lacks.giver", reason=body["unsigned"]["reason"], who=who)
            if body["unsigned"]["deed"] is not None:
                yield self.say("lacks.paper", hash=body["unsigned"]["deed"])
        for field, key in self.sides():
            if key in self.act.late:
                yield self.say("lacks.late", who=self.name(key))
            elif key not in self.act.signed and self._owes(field, key):
                yield self.say("lacks.unsigned", part=self.say(f"as.{field}"), who=self.name(key))
        if self.done in ("short", "alone"):
            yield self.say(f"lacks.{self.done}")

    def _owes(self, field: str, key: str) -> bool:
        """Whether a signature of this side lacks: not of who was present or gave leave, nor where the reason is told or he spoke apart."""
        excused = field == "giver" and self.body.get("unsigned") is not None
        return field not in ("present", "leave") and not excused and self.acked(field, key) is None

    def _unseen(self) -> Iterator[str]:
        body, lines = self.body, [line for line in self.body.get("boxes", ()) if isinstance(line, dict) and "seals" in line]
        unseen = sum(not line["seals"] for line in lines) if self.kind in ("handoff", "inspection") else 0
        if unseen:
            yield self.say("lacks.seals", count=unseen)
        by_sight = sum(line["by"]["how"] in ("sight", "other-code") for line in lines)
        if by_sight:
            yield self.say("lacks.label", count=by_sight)
        if "escort" in body and not body["escort"]["present"]:
            yield self.say("lacks.escort")
        if self.kind == "opening" and body["closed"] is None:
            yield self.say("lacks.open")

    def acked(self, field: str, key: str) -> int | None:
        """The entry of the acknowledgement by which a side speaks instead, of a load the last; None unless he does so of each part."""
        said = [act for act in self.acks if act.body["side"] == field and key in act.signed]
        found = [next((act.entry for act in said if sid in act.body["about"]), None) for sid in self.sids]
        entries = [entry for entry in found if entry is not None]
        return max(entries) if len(entries) == len(self.sids) else None

    def since(self) -> Iterator[Block]:
        """What was recorded about this statement later: as a report tells it."""
        if not self.about:
            return
        events = next(iter(story.tables(self.teller, self.reading, {})))
        own = {str(entry) for entry in self.entries}
        rows = tuple(row for row in events.rows if row[0] not in own)
        yield Listing(Table(self.say("since"), events.heads, (11, 29, 28, 46, 43, 13), rows, numbered=True))

    def found(self) -> Iterator[Block]:
        """What the law finds about this statement: procedure, apart from integrity."""
        table = foundtable.table(self.teller, foundtable.rows(self.teller, found_in(self.reading)))
        empty = self.say("found.none")
        yield Listing(Table(self.say("found"), table.heads, (8, 22, 114, 26), table.rows, empty, table.entries, table.numbered))

    # -- the end -----------------------------------------------------------------------------------------------------------------

    def closing(self) -> Paragraph:
        copies = len(self.reading.facts.copies)
        return Paragraph(self.say("closing", copies=self.say("closing.copies", copies=copies) if copies > 1 else ""))

    def signatures(self) -> Signatures:
        """A field for everybody who takes part."""
        keyless = [Signature(self.say(f"as.{field}"), name, self.say("signed.keyless")) for field, name, _ in self.keyless()]
        return Signatures(self.say("signatures"), (*(self._signature(field, key) for field, key in self.sides()), *keyless))

    def _signature(self, field: str, key: str) -> Signature:
        shown = self.say("key", key=key, id=self.teller.state.roster.by_name[key].key_id.hex())
        state, alarm = self._signed(field, key)
        return Signature(self.say(f"as.{field}"), self.name(key), shown, state, alarm)

    def _signed(self, field: str, key: str) -> tuple[str, bool]:
        """Since which entry a key stands behind this, and whether something is wrong with that."""
        own = [next((entry for entry in self._of(sid) if key in self.reading.act(entry).signed), None) for sid in self.sids]
        if None not in own:
            code = "signed" if own == [self._of(sid)[0] for sid in self.sids] else "signed.later"
            return self.say(code, entry=", ".join(map(str, own)), when=self.teller.when(self.body["at"])), False
        if key in self.act.late:
            return self.say("signed.late"), True
        acked = self.acked(field, key)
        if acked is not None:
            return self.say("signed.ack", entry=acked), False
        return self.say("signed.not"), field not in ("present", "leave")

    def _of(self, sid: str) -> list[int]:
        """The entries of one of the parts."""
        return [one.entry for one in self.reading.told if one.sid == sid]

    def part(self) -> str:
        """Which parts of a load these are: `1-2`, or `1, 3` where one is not in the ledger."""
        found = sorted({loadparts.part(act.statement) for act in self.parts})
        if len(found) > 1 and found == [*range(found[0], found[-1] + 1)]:
            return f"{found[0]}–{found[-1]}"
        return ", ".join(map(str, found))

    def rests(self) -> Rests:
        """The checkpoint and what that proves."""
        head = self.reading.head
        entries = ", ".join(map(str, self.entries))
        lines = (
            self.say("intact", entries=entries, origin=head.origin),
            self.say("own", entry=self.reading.own.entry),
            self.say("root", root=head.root.hex()),
            *(self.say("sid", sid=sid) for sid in self.sids),
        )
        mark = headcode.of(head).format()
        limits = tuple(self.say(f"limit.{code}") for code in _LIMITS)
        return Rests(self.say("rests"), head.short, self.say("short", short=head.short), mark, lines, self.say("limits"), limits)


def told(title: str, rows: Iterable[tuple[str, str | None]]) -> Pairs:
    """Pairs without those that have nothing to say."""
    return Pairs(title, tuple((name, value) for name, value in rows if value))


def _house(institution: str | None) -> str:
    return f" {institution.upper()}" if institution is not None else ""
