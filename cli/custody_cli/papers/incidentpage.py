"""The page and the radio message of an incident, out of the ledger and the private register (docs/spec/20-incidents.md)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from custody.core.boxid import BoxId
from custody.core.errors import CustodyError
from custody.i18n import dates, words
from custody_cli.boxes import naming
from custody_cli.boxes.named import Names
from custody_cli.boxes.underway import place_told
from custody_cli.ground.app import App

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.core.holding import Holding
    from custody.core.incidents import Incident
    from custody.core.statement import Statement
    from custody.paper.deeds.incident import BoxLine, IncidentFacts

_NAMED = 3  # homes whose boxes a message names


class Recorded(NamedTuple):
    """An incident as it was recorded. entry: None while it waits for the ledger key; signers: names of keys; boxes: of all its parts."""

    statement: Statement
    entry: int | None
    signers: tuple[str, ...]
    boxes: tuple[str, ...]


def page(app: App, office: Office, one: Recorded) -> bytes:
    """The page as PDF, with what the private register opens."""
    from custody.paper.deeds.incident import draw

    return draw(facts(app, office, one))


def facts(app: App, office: Office, one: Recorded) -> IncidentFacts:
    """What the page shows, as the ledger stands now."""
    from custody.paper.codes import headcode
    from custody.paper.deeds.incident import IncidentFacts

    body, names, head = one.statement.body, Names(office), office.ledger.head()
    said = _Said(app, office)
    return IncidentFacts(
        lang=app.lang,
        operation=office.founding.body["operation"],
        drill=office.drill,
        what=app.say(f"happening.{body['code']}"),
        when=said.happened(body),
        recorded=said.when(body["at"]),
        place=_way(office, names, body["place"])
        if place_told(app, names, body) == names.place(body["place"])
        else place_told(app, names, body),
        boxes=tuple(_box_lines(app, office, names, one.boxes)),
        count=len(one.boxes),
        people=tuple(said.person(name) for name in one.signers),
        origin=office.origin,
        sid=one.statement.sid,
        entry=one.entry,
        size=head.size,
        root=head.root.hex(),
        short=head.short,
        mark=headcode.of(head).format(),
        owner=said.person(body["owner"]) if body["owner"] else "",
        due=said.when(body["due"]) if body["due"] else "",
        note=said.note(body["note"]),
        settles=tuple(said.incident(sid) for sid in body["settles"]),
        settled=said.settled(one),
        photos=tuple(photo["sha256"] for photo in body["photos"]),
    )


def message(app: App, office: Office, one: Recorded) -> str:
    """At most 160 characters for radio or SMS: what, when, where, how many boxes and which, the entry and the checkpoint's short line."""
    from custody.station import radio

    body, names = one.statement.body, Names(office)
    at = dates.local(body["happened"]["at"], office.zone)
    told = app.say("cli.incident.radio.settled" if body["settles"] and not one.boxes and _effective(office, one) else "cli.incident.radio")
    head = " ".join(filter(None, (words.say("paper.drill", {}, app.lang) if office.drill else "", told, f"{at:%d/%m %H.%M}")))
    what, where = app.say(f"happening.{body['code']}"), place_told(app, names, body)
    entry = app.say("cli.incident.radio.waiting") if one.entry is None else app.say("cli.incident.radio.entry", entry=one.entry)
    middle, *shorter = (f"{what} - {where}{told}" for told in _boxes(app, names, one.boxes))
    return radio.message(head, middle, f"{entry} {office.ledger.head().short}", shorter=shorter)


def _effective(office: Office, one: Recorded) -> bool:
    """Whether all that an incident settles is settled."""
    from custody.assembly.incidents import unsettled

    return not unsettled(office, one.statement, one.signers)


def _boxes(app: App, names: Names, boxes: Sequence[str]) -> list[str]:
    """How many boxes, and which, in ever shorter words: by TPS with their kinds, `TPS 001 Habi DPR DPD`; then TPS that follow each other
    without kinds, `TPS 001-003 Habi`; then how many TPS, and of which desa; then how many boxes alone.
    """
    if not boxes:
        return [""]
    homes: dict[str, list[str]] = {}
    for box in boxes:
        home, _, kind = names.box(box).partition(" · ")
        homes.setdefault(home, []).append(kind.replace(" · ", "/"))
    areas = ", ".join(dict.fromkeys(names.place(BoxId.parse(box).area) for box in boxes))
    short, bare = (
        f" - {app.say('cli.incident.radio.many', count=len(boxes), homes=len(homes))}",
        app.say("cli.incident.radio.boxes", count=len(boxes)),
    )
    wide = [] if len(homes) > _NAMED else [", ".join(" ".join([home, *kinds]) for home, kinds in homes.items())]
    places = sorted({BoxId.parse(box).place for box in boxes})
    return [*(f" - {bare}: {told}" for told in (*wide, naming.homes(names, places))), f"{short}: {areas}", short, f" - {bare}"]


def _box_lines(app: App, office: Office, names: Names, boxes: Sequence[str]) -> Iterator[BoxLine]:
    """Boxes with where they were last, who held them, and their seals; those of one TPS that stand alike share a line."""
    from custody.paper.deeds.incident import BoxLine

    judged = office.ledger.judge(boxes)
    alike: dict[tuple[str, str, str, str], list[str]] = {}
    for box in boxes:
        home, _, kind = names.box(box).partition(" · ")
        alike.setdefault((home, *_standing(app, names, judged[box][0].holding)), []).append(kind)
    for (home, place, holder, seals), kinds in alike.items():
        yield BoxLine(f"{home} · {', '.join(kinds)}", place, holder, seals, len(kinds))


def _standing(app: App, names: Names, holding: Holding | None) -> tuple[str, str, str]:
    """Place, holder and seals in words; seals that are whole are counted only."""
    from custody_cli.boxes.looking import seals_told

    if holding is None:
        return "", "", ""
    broken = [seal for seal in holding.seals if seal[1] not in ("intact", "replaced")]
    whole = app.say("cli.incident.seals", count=len(holding.seals)) if holding.seals else ""
    return names.place(holding.place), names.person(holding.holder), seals_told(app, broken) if broken else whole


def _way(office: Office, names: Names, code: str) -> str:
    """A place and those above it."""
    path = office.ledger.state.places.path(code, office.ledger.size)
    return ", ".join(dict.fromkeys(names.place(step) for step in path)) or names.place(code)


class _Said:
    """Words for the page."""

    def __init__(self, app: App, office: Office) -> None:
        self.app, self.office, self.names = app, office, Names(office)

    def when(self, moment: str) -> str:
        """Date and clock."""
        return f"{dates.day(moment, self.office.zone, self.app.lang)} {dates.clock(moment, self.office.zone, self.app.lang)}"

    def happened(self, body: dict[str, Any]) -> str:
        """When it happened; where that was stated later, how that is known."""
        told, basis = self.when(body["happened"]["at"]), body["happened"]["basis"]
        return told if basis == "now" else self.app.say("cli.incident.happened", at=told, basis=basis)

    def person(self, name: str) -> str:
        """Rank, name and key, with the role."""
        key = self.office.ledger.state.roster.find(name, self.office.ledger.size)
        role = self.app.say(f"title.{key.role}") if key is not None else ""
        return ", ".join(filter(None, (self.names.person(name), role)))

    def note(self, committed: dict[str, str] | None) -> str:
        """The free text, where the private register opens it."""
        if committed is None:
            return ""
        opened = self.office.private.opened([committed["c"]]).get(committed["c"])
        return opened.value if opened is not None else self.app.say("cli.incident.closed-note", commitment=committed["c"])

    def incident(self, sid: str) -> str:
        """An earlier incident in short."""
        from custody_cli.boxes.daily import recorded

        with suppress(CustodyError):
            body = recorded(self.office, sid).body
            return f"{self.app.say('happening.' + body['code'])}, {self.when(body['happened']['at'])} ({sid[:12]})"
        return sid[:12]

    def settled(self, recorded: Recorded) -> str:
        """Whether it is settled, and by whom; empty while it is open. What settles others is itself never open."""
        from custody.assembly.incidents import incidents

        if recorded.statement.body["settles"] and not _effective(self.office, recorded):
            return self.app.say("cli.incident.no-effect")
        found = next((one for one in incidents(self.office) if one.act.sid == recorded.statement.sid), None)
        if found is None or found.open:
            return ""
        if found.settled is None:
            return self.app.say("cli.incident.settling")
        by = tuple(self.person(name) for name in sorted(found.settled.signed))
        return self.app.say("cli.incident.settled", by=by, entry=found.settled.entry, at=found.settled.body["at"], zone=self.office.zone)


def recorded_of(office: Office, sid: str) -> Recorded:
    """An incident of the ledger with all who signed it. Raises as `daily.recorded`; `Refused("cli.incident.other")` for another kind."""
    from custody.assembly.incidents import parts
    from custody.core import entry as entries
    from custody.core.errors import Refused
    from custody_cli.boxes import daily

    found = daily.recorded(office, sid)
    if found.kind.name != "incident":
        raise Refused("cli.incident.other", sid=found.sid, kind=found.kind.name)
    indexes = office.ledger.indexes(found.sid)
    signers: Iterable[str] = (line.name for index in indexes for line in entries.parse(office.ledger.note(index)).lines)
    rest = [box for part in parts(office, found.sid) for box in part.act.body["boxes"]]
    return Recorded(found, indexes[0], tuple(dict.fromkeys(signers)), (*found.body["boxes"], *rest))


def facts_of_open(found: Sequence[Incident], office: Office) -> list[dict[str, Any]]:
    """The open incidents for --json."""
    kept = ("code", "place", "boxes", "owner", "due")
    at = [{"entry": one.act.entry, "sid": one.act.sid, "happened": one.act.body["happened"]["at"]} for one in found]
    return [{**row, **{name: one.act.body[name] for name in kept}} for row, one in zip(at, found, strict=True)]
