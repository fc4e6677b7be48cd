"""An incident as people tell it: what, which boxes, where, a sentence, who sees to it; what was said is not asked (spec chapter 20)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from custody.core.errors import CustodyError, Malformed, Refused
from custody_cli.boxes import daily
from custody_cli.boxes.choosing import Boxes, Choosing
from custody_cli.boxes.named import Names
from custody_cli.boxes.underway import leg_of, loaded, place_told
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.questions import NONE, command_word, listed, or_none
from custody_cli.ground.questions import told as asked_until
from custody_cli.keys.askkey import Slot, ask_key, show_keys
from custody_cli.keys.keyring import within_reach
from custody_cli.table.journeys import Said, needed

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.core.statement import Statement
    from custody.station.occasions import Incident

# As in custody.core.shapes, which loads more than the help of a command needs; a test holds both together.
CODES = (
    "seal", "missing", "found", "extra", "wrong-place", "swapped", "damaged", "wet", "burnt", "sunk", "stolen", "accident", "delay",
    "opened", "intrusion", "threat", "lost-contact", "label", "not-ready", "contents", "keys-lost", "defect", "power", "replaced",
    "crew-change", "other",
)  # fmt: skip
# What people call it, and the code it belongs to.
_ALSO = {
    **dict.fromkeys(("mesin mati", "mesin rusak", "mogok", "perahu mogok", "mobil mogok", "kendaraan mogok", "rusak di jalan"), "delay"),
    **dict.fromkeys(("cuaca", "ombak", "banjir", "jalan putus", "macet", "engine failure", "breakdown", "weather"), "delay"),
    **dict.fromkeys(("terbalik", "tabrakan", "capsized", "crash"), "accident"),
    **dict.fromkeys(("bocor", "atap bocor", "gudang bocor", "ruangan bocor", "air masuk", "atap", "dinding", "dinding retak"), "defect"),
    **dict.fromkeys(("jendela", "jendela pecah", "pintu rusak", "leak", "roof leaks", "roof", "wall", "window", "broken window"), "defect"),
    **dict.fromkeys(("mati lampu", "lampu mati", "listrik mati", "blackout"), "power"),
}
_ENOUGH = frozenset(("selesai", "sudah", "done"))
_CLOCK = re.compile(r"\d{1,2}[.:]\d\d", re.ASCII)
_ON_THE_WAY = re.compile(
    r"(?:di\s+(?:jalan|perjalanan|laut|kapal|perahu)|dalam\s+perjalanan|on\s+the\s+way|under\s+way|at\s+sea)\b", re.IGNORECASE
)
DUE = re.compile(r"(?P<who>.*?\S)\s+(?P<when>(?:\d{1,2}-\d{1,2}-\d{4}\s+)?\d{1,2}[.:]\d\d)", re.ASCII)  # `Kasatops Contoh 08.00`


@dataclass(frozen=True)
class Told:
    """What the command line says of an incident."""

    code: str | None
    place: str | None
    photos: tuple[Path, ...]
    about: tuple[str, ...]
    settles: tuple[str, ...]
    owner: str | None
    due: str | None


class Where(NamedTuple):
    """Where it happened: a place; or on the way from it, by the handoffs of that leg, with what people called the spot."""

    place: str
    about: tuple[str, ...] = ()
    words: str | None = None


class Made(NamedTuple):
    """The incident, and the sentence about it that stays in the private register."""

    incident: Incident
    text: str | None


def asked_key(app: App, choosing: Choosing, yes: bool) -> tuple[Path, ...]:
    """The key of who reports: one of those within reach. Raises `WrongUse` where nobody may be asked."""
    if yes:
        needed("--key")
    within = within_reach(app, choosing.known, "signer", ("incident",))
    show_keys(app, choosing.known, Names(choosing.office), within)
    return (ask_key(app, choosing.known, Slot("signer", ("incident",)), app.say("cli.incident.who"), within) or needed("--key"),)


def asked(app: App, choosing: Choosing, told: Told, boxes: Boxes, signer: str, said: Said) -> Made:
    """The incident, with what was not said asked for. Raises `WrongUse` where it may not be; `Back`, `Stop`; as `digest`."""
    from custody.station.manifest import Photo
    from custody.station.occasions import Incident
    from custody_cli.ground.photographs import digest

    opened = choosing.office
    settles = [one for sid in told.settles for one in _incidents(opened, sid)]
    photos = tuple(Photo(digest(path)) for path in told.photos)
    code = told.code or (settles[0].body["code"] if settles else None) or _code(app, said.yes)
    named = choosing.seen(boxes) if boxes.what or boxes.file else ()
    chosen = [one.box for one in named] if named or said.yes or settles else boxes_asked(app, choosing)
    where = _where(app, choosing, told.place, chosen, settles[0].body["place"] if settles else None, signer, said.yes)
    text = said.text or (None if said.yes else or_none(app, "cli.incident.ask.note"))
    text = "; ".join(filter(None, (where.words, text))) or None
    if code == "other" and text is None:
        raise WrongUse("cli.incident.other-note")
    owner, due = _owner(app, choosing, told, said.yes or bool(settles or (told.code and said.text)))
    about = tuple(dict.fromkeys((*(daily.recorded(opened, sid).sid for sid in told.about), *where.about)))
    made = Incident(code, where.place, tuple(chosen), owner, due, about, tuple(one.sid for one in settles), photos)
    return Made(made, text)


def check_settles(opened: Office, made: Made, said: Said, signers: Sequence[str]) -> None:
    """Make sure that what these people settle is settled then, before anybody signs. Raises `Refused("cli.incident.unentitled")`."""
    from custody.assembly import incidents
    from custody.station import occasions

    terms = said.terms(opened)
    (first, *_) = occasions.incident(opened.common(terms.happened, terms.basis), made.incident, None)
    for sid in incidents.unsettled(opened, first, signers)[:1]:
        one = daily.recorded(opened, sid)
        facts = {
            "what": one.body["code"],
            "place": Names(opened).place(one.body["place"]),
            "names": tuple(map(Names(opened).person, signers)),
        }
        raise Refused("cli.incident.unentitled", sid=sid, **facts)


def drafted(opened: Office, made: Made, said: Said, random: daily.Random) -> list[Statement]:
    """The statement, and those for boxes that it cannot hold; the sentence goes to the private register."""
    from custody.station import occasions

    terms = said.terms(opened)
    note = daily.private_text(opened, "note", made.text, random) if made.text else None
    return occasions.incident(opened.common(terms.happened, terms.basis), made.incident, note)


def show(app: App, opened: Office, statements: Sequence[Statement], made: Made) -> None:
    """What will be signed, on the screen."""
    body, names = statements[0].body, Names(opened)
    facts = {"what": body["code"], "place": place_told(app, names, body), "at": body["happened"]["at"], "zone": opened.zone}
    app.console.note(paint(app.say("cli.incident.shown", **facts), "head"))
    if body["happened"]["basis"] != "now":
        app.console.note("  " + app.say("cli.room.happened", **facts, basis=body["happened"]["basis"]))
    boxes = [box for one in statements for box in one.body["boxes"]]
    if boxes:
        few = [*map(names.box, boxes[:6]), *["…"][: len(boxes) > 6]]
        app.console.note("  " + app.say("cli.incident.shown.boxes", count=len(boxes), boxes=few))
    if made.text:
        app.console.note("  " + app.say("cli.incident.shown.note", text=made.text))
    if body["owner"]:
        due = app.say("cli.incident.shown.due", due=body["due"], zone=opened.zone) if body["due"] else ""
        app.console.note("  " + app.say("cli.incident.shown.owner", owner=names.person(body["owner"]), due=due).rstrip())
    if body["photos"]:
        app.console.note("  " + app.say("cli.incident.shown.photos", count=len(body["photos"])))
    for sid in body["settles"]:
        app.console.note("  " + app.say("cli.incident.shown.settles", told=_settled(app, opened, sid)))


def show_beside(app: App, opened: Office, statements: Sequence[Statement], signers: Sequence[str]) -> None:
    """Warn, before anybody signs, of boxes that this report names and does not mark, as they are no concern of who signs it."""
    from custody.assembly import incidents

    boxes, names = incidents.beside(opened, statements, signers), Names(opened)
    if boxes:
        few = [*map(names.box, boxes[:6]), *["…"][: len(boxes) > 6]]
        app.console.warn(app.say("cli.incident.beside", count=len(boxes), boxes=few, names=tuple(map(names.person, signers))))


def _settled(app: App, opened: Office, sid: str) -> str:
    """The incident that is settled, by its entry where it has one."""
    one, index = daily.recorded(opened, sid), next(iter(opened.ledger.indexes(sid)), None)
    entry = app.say("cli.incident.shown.entry", entry=index) if index is not None else sid[:12]
    return f"{entry} · {app.say('happening.' + one.body['code'])} · {Names(opened).place(one.body['place'])}"


# -- questions -----------------------------------------------------------------------------------------------------------------


def _code(app: App, yes: bool) -> str:
    if yes:
        needed("--code")
    return listed(app, app.say("cli.incident.ask.code"), "happening", CODES, _ALSO)


def boxes_asked(app: App, choosing: Choosing, question: str = "cli.incident.ask.boxes") -> list[str]:
    """Boxes one line after the other, scanned or in words, also of a whole TPS; until people say that this is all, or none."""
    names, found = Names(choosing.office), dict[str, None]()
    while True:
        typed = app.prompter.line(app.say(question, count=len(found))).strip()
        low = typed.lower()
        if low in _ENOUGH or (low in NONE and not found):
            return list(found)
        if not typed or command_word(app, typed):
            continue
        try:
            fresh = _meant(choosing, typed)
        except CustodyError as error:
            app.console.warn(app.say(error.code, **error.facts))
            app.console.note(app.next_step(error.code, **error.facts) or "")
            continue
        found |= dict.fromkeys(fresh)
        app.console.note("  " + app.say("cli.incident.taken", boxes=[names.box(box) for box in fresh[:6]], count=len(found)))


def _meant(choosing: Choosing, typed: str) -> list[str]:
    reading = choosing.reading(typed)
    if reading is not None:
        return [choosing.box_of(reading)]
    return loaded(choosing, typed) or choosing.area(typed)


def _where(app: App, choosing: Choosing, said: str | None, boxes: Sequence[str], settled: str | None, signer: str, yes: bool) -> Where:
    """Where it happened: as said; where what it settles did; on the way, where the boxes are; else as answered."""
    leg = leg_of(choosing, boxes) if boxes and settled is None else None
    if said is not None and (leg is None or not _ON_THE_WAY.match(said)):
        return Where(choosing.place(said))
    if settled is not None:
        return Where(settled)
    if leg is None:
        return Where(_place(app, choosing, boxes, signer, yes))
    way = Where(leg.start, leg.sids, _spot(said))
    if yes or said is not None:
        return way
    names = Names(choosing.office)
    question = app.say("cli.incident.ask.place.way", start=names.place(leg.start), end=names.place(leg.end))

    def take(typed: str) -> Where | None:
        if not typed or _ON_THE_WAY.match(typed):
            return way._replace(words=_spot(typed))
        place = _known(app, choosing, typed)
        return Where(place) if place is not None else None

    return asked_until(app, question, app.say("cli.incident.ask.place.way.again"), take)


def _spot(typed: str | None) -> str | None:
    """What people called the spot, where that says more than that it was on the way."""
    return typed if typed and not _ON_THE_WAY.fullmatch(typed) else None


def _place(app: App, choosing: Choosing, boxes: Sequence[str], signer: str, yes: bool) -> str:
    """Where: by Enter where the boxes are, or at the signer's one place; else asked for."""
    near = _at(choosing, boxes) or _duty(choosing, signer)
    if yes:
        return near or needed("--place")
    name = Names(choosing.office).place(near) if near is not None else None
    question = app.say("cli.incident.ask.place.here", place=name) if near is not None else app.say("cli.incident.ask.place")
    return asked_until(
        app, question, app.say("cli.incident.ask.place.again"), lambda typed: near if not typed and near else _known(app, choosing, typed)
    )


def _known(app: App, choosing: Choosing, typed: str) -> str | None:
    try:
        return choosing.place(typed) if typed else None
    except CustodyError as error:
        app.console.warn(app.say(error.code, **error.facts))
        return None


def _at(choosing: Choosing, boxes: Sequence[str]) -> str | None:
    """Where all these boxes are."""
    choosing.known.judge(boxes)
    places = {holding.place for box in boxes if (holding := choosing.known.holding(box)) is not None}
    return places.pop() if len(places) == 1 else None


def _duty(choosing: Choosing, signer: str) -> str | None:
    """The one place where the signer acts, if it is no whole kabupaten."""
    key, ledger = choosing.known.key(signer), choosing.office.ledger
    if key is None or len(key.places) != 1:
        return None
    place = ledger.state.places.get(next(iter(key.places)), ledger.size)
    return place.code if place is not None and place.kind != "kabupaten" else None


def _owner(app: App, choosing: Choosing, told: Told, quiet: bool) -> tuple[str | None, str | None]:
    """Who sees to it, and until when."""
    zone, now = choosing.office.zone, choosing.office.now()
    if told.owner or told.due or quiet:
        return (person(choosing, told.owner) if told.owner else None), (until(told.due, now, zone) if told.due else None)

    def take(typed: str) -> tuple[str | None, str | None] | None:
        if typed.lower() in NONE:
            return None, None
        timed = DUE.fullmatch(typed)
        who, when = (timed["who"], timed["when"]) if timed is not None else (typed, "")
        try:
            return person(choosing, who), until(when, now, zone) if when else None
        except CustodyError as error:
            app.console.warn(app.say(error.code, **error.facts))
            return None

    return asked_until(app, app.say("cli.incident.ask.owner"), app.say("cli.incident.ask.owner.again"), take)


def person(choosing: Choosing, typed: str) -> str:
    """A key by its name, or by a part of its owner's name that is one person's. Raises `WrongUse`: `cli.incident.person`, `.nobody`."""
    if choosing.known.key(typed) is not None:
        return typed
    found = [key for key, name in Names(choosing.office).people.items() if typed.lower() in name.lower()]
    if not found:
        raise WrongUse("cli.incident.nobody", typed=typed)
    if len(found) != 1:
        raise WrongUse("cli.incident.person", typed=typed, found=tuple(found[:6]))
    return found[0]


def until(typed: str, now: str, zone: str) -> str:
    """A moment to come, as people type it; a clock alone is the next time it shows that. Raises `Malformed`, `cli.incident.past` too."""
    found = to_come(typed, now, zone)
    if found <= now:
        raise Malformed("cli.incident.past", typed=typed.strip()[:40], at=found, zone=zone)
    return found


def to_come(typed: str, now: str, zone: str) -> str:
    """A moment as people type it; a clock alone is the next time it shows that, a date may have passed. Raises `Malformed`."""
    from custody.i18n.dates import from_typed, local, parse_utc, utc_text

    typed = typed.strip()
    if not _CLOCK.fullmatch(typed):
        return from_typed(typed, zone)
    found = from_typed(f"{local(now, zone):%d-%m-%Y} {typed}", zone)
    return found if found > now else utc_text(parse_utc(found) + timedelta(days=1))


def _incidents(opened: Office, sid: str) -> list[Statement]:
    """An incident of the ledger that this one settles, with its further parts. Raises `Refused("cli.incident.other")`."""
    from custody.assembly.incidents import parts

    one = daily.recorded(opened, sid)
    if one.kind.name != "incident":
        raise Refused("cli.incident.other", sid=one.sid, kind=one.kind.name)
    return [one, *(part.act.statement for part in parts(opened, one.sid))]
