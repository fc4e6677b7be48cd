"""The handover of a guarded room: the team that comes counts first, reads the door, and only then hears whether it agrees; both sign.

Every answer is in the draft before the next question. The draft never holds what the ledger expects.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from custody.core.errors import KeyTrouble
from custody_cli.boxes.choosing import Choosing
from custody_cli.boxes.named import Names
from custody_cli.ground import blind
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.exits import Exit, WrongUse
from custody_cli.ground.prompts import confirm
from custody_cli.ground.questions import Answers, Back, Stop
from custody_cli.keys.askkey import show_keys
from custody_cli.keys.keyring import within_reach
from custody_cli.keys.signing import public_of
from custody_cli.room import comparing, counting, doors, pages, places, signing
from custody_cli.room.comparing import Compared
from custody_cli.room.reading import Page, Turn, Usual
from custody_cli.table import clock, handing, scanning
from custody_cli.table.journeys import Said, needed
from custody_cli.table.terms import Done, Terms

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.assembly.duty import Told
    from custody.core.statement import Statement
    from custody.station.draft import Draft
    from custody.station.guardroom import Handover
    from custody.station.table import Seat

_FORGOTTEN = frozenset(("key.passphrase", "key.empty"))
_MOST_INCIDENTS = 64
_COMMANDS = {"shift": "shift", "count": "inspect"}


@dataclass(frozen=True)
class Wanted:
    """What the command line has settled beforehand; the rest is asked for. read: what was read at the door, as it was typed."""

    place: str
    keys: Mapping[str, Path]
    files: tuple[Path, ...]
    nobody: bool
    counted: int | None
    read: Mapping[str, str]
    photos: tuple[str, ...]
    said: Said = field(default_factory=Said)


@dataclass(frozen=True)
class Taken:
    """How a handover ended: what was signed, and the comparison."""

    done: Done
    compared: Compared
    place: str
    incoming: str  # key file of who took over
    seal: tuple[str | None, str | None]  # number on the door: read now, read last


# -- the draft -----------------------------------------------------------------------------------------------------------------


def draft_of(app: App, opened: Office, wanted: Wanted, fresh: bool) -> Draft:
    """The handover to go on with, or a new one once the clock is right and it is known which room and who."""
    yes = wanted.said.yes
    found = None if fresh else taken_up(app, opened, "shift", yes)
    if found is not None:
        clock.again(app, opened, found, yes or wanted.said.happened is not None)
        return found
    happened = clock.right(app, opened, yes or wanted.said.happened is not None)
    return scanning.begun(app, opened, happened, **head(app, opened, wanted, fresh))


def taken_up(app: App, opened: Office, kind: str, yes: bool) -> Draft | None:
    """A draft of this kind to go on with, if there is one and people want it; a count of which nothing was made needs no question."""
    for found in scanning.drafts(app, opened, kind):
        if kind == "count" and found.hollow:
            found.finish()
            continue
        facts = {"place": found.head.get("title", "—"), "at": found.head["began"], "zone": opened.zone}
        if yes or confirm(app.prompter, app.say(f"cli.{_COMMANDS[kind]}.resume", **facts), app.lang, True):
            return found
        if confirm(app.prompter, app.say("cli.shift.discard"), app.lang, False):
            found.finish()
        else:
            found.close()
    return None


def drop(app: App, opened: Office, yes: bool) -> list[str]:
    """Throw away the drafts of counts that nobody goes on with; the names of their rooms. What another screen has open stays."""
    from custody.station.draft import Draft

    gone = []
    for one in list(blind.counts(opened.folder.path)):
        facts = {"place": one.title, "at": one.began, "zone": opened.zone}
        if yes or confirm(app.prompter, app.say("cli.shift.drop", **facts), app.lang, False):
            Draft.open(one.path).finish()
            gone.append(one.title)
    return gone


def head(app: App, opened: Office, wanted: Wanted, fresh: bool | None = None) -> dict[str, Any]:
    """Which room, who comes and who goes; `kembali` at any question begins with the first.

    :param fresh: as `blind.once`, whose refusals it raises; None while the room is counted here.
    """
    while True:
        try:
            return _head(app, opened, wanted, fresh)
        except Back:
            continue


def _head(app: App, opened: Office, wanted: Wanted, fresh: bool | None) -> dict[str, Any]:
    from custody.assembly import duty

    choosing, names = Choosing(opened), Names(opened)
    place = places.room(app, choosing, wanted.place, wanted.said.yes)
    if fresh is not None:
        blind.once(opened.folder.path, place, "shift", fresh)
    past = duty.shifts(opened, place)
    keys = _people(app, choosing, place, past[-1] if past else None, wanted)
    return {
        "kind": "shift",
        "place": place,
        "title": names.place(place),
        "zone": opened.zone,
        "names": {slot: public_of(path).name for slot, path in keys.items()},
        "keys": places.resolved(keys),
    }


def _people(app: App, choosing: Choosing, place: str, last: Told | None, wanted: Wanted) -> dict[str, Path]:
    """Who goes, who comes: as named, or asked for; who took over last is proposed, and at a first shift nobody goes."""
    keys, yes = dict(wanted.keys), wanted.said.yes
    within = within_reach(app, choosing.known, "incoming", ("shift",), place)
    bench = places.Bench(app, choosing, place, "shift", within)
    bench.taken |= keys
    first = last is None and "outgoing" not in keys
    ask_out = not first and not wanted.nobody and "outgoing" not in keys
    if yes and "incoming" not in keys:
        needed("--incoming")
    if yes and ask_out:
        raise WrongUse("cli.shift.outgoing")
    if not yes and ask_out and last is not None and "incoming" not in keys:
        keys |= _usual(app, choosing, bench, last.body["incoming"])
        ask_out = "outgoing" not in keys
    if not yes and (ask_out or "incoming" not in keys):
        show_keys(app, choosing.known, Names(choosing.office), within)
    if ask_out and last is not None:
        usual = bench.default("outgoing", last.body["incoming"])
        found = bench.ask("outgoing", app.say("cli.shift.who.outgoing"), usual, "cli.shift.without")
        keys |= {"outgoing": found} if found is not None else {}
    if "incoming" not in keys:
        keys["incoming"] = bench.ask("incoming", app.say("cli.shift.who.incoming"), bench.default("incoming", None)) or needed("--incoming")
    on_duty = last.body["incoming"] if last is not None else None
    if on_duty is not None and "outgoing" in keys and public_of(keys["outgoing"]).name != on_duty:
        app.console.warn(app.say("cli.shift.on-duty", name=Names(choosing.office).person(on_duty)))
    if first:
        app.console.note(app.say("cli.shift.first", place=Names(choosing.office).place(place)))
    return {slot: keys[slot] for slot in ("outgoing", "incoming") if slot in keys}


def _usual(app: App, choosing: Choosing, bench: places.Bench, last: str) -> dict[str, Path]:
    """Who took over last and the only other leader whose key is within reach, if people say that it is these two."""
    outgoing = bench.default("outgoing", last)
    if outgoing is None:
        return {}
    bench.taken["outgoing"] = outgoing
    incoming = bench.default("incoming", None)
    if incoming is not None:
        named = {"outgoing": outgoing, "incoming": incoming}
        who = {slot: Names(choosing.office).person(public_of(path).name) for slot, path in named.items()}
        if confirm(app.prompter, app.say("cli.shift.who", **who), app.lang, True):
            return named
    del bench.taken["outgoing"]
    return {}


# -- the handover --------------------------------------------------------------------------------------------------------------


def taken_over(app: App, opened: Office, wanted: Wanted, draft: Draft) -> Taken:
    """The handover of a draft; once more from its beginning where people were changed. The draft goes away once all is recorded."""
    while (found := _gone_through(app, opened, wanted, draft)) is None:
        wanted = replace(wanted, place=draft.head["place"], keys={}, files=())
        draft.add(do="head", head=head(app, opened, wanted))
    draft.finish()
    _named(app, opened, wanted, found)
    return found


def _named(app: App, opened: Office, wanted: Wanted, taken: Taken) -> None:
    """What was not found, or too many, by name: who took the room over signs that too, once the figures are known."""
    body = taken.done.statements[0].body
    paths = dict(wanted.keys) if "incoming" in wanted.keys else {"incoming": Path(taken.incoming)}
    signing.named(app, opened, taken.compared, taken.place, body["incoming"], paths["incoming"], wanted.files[-1:], wanted.said)


def _gone_through(app: App, opened: Office, wanted: Wanted, draft: Draft) -> Taken | None:
    from custody.assembly import duty

    answers, here = Answers.of(draft), draft.head
    past = duty.shifts(opened, here["place"])
    last = past[-1] if past else None
    page = Page(app, Usual.of(opened, here["place"]), answers)
    _welcome(app, opened, here)
    try:
        found = counting.settled(app, opened, draft, answers, wanted.counted, wanted.said.yes)
        _read(wanted, page)
        title, told = app.say("cli.shift.page.title", place=here["title"]), pages.taken_in(app, opened, here["place"], last)
        while not wanted.said.yes and (turn := page.ask(title, told)) is not None:
            if turn is Turn.PEOPLE:
                return None
            counting.reopen(app, answers)
            found = counting.settled(app, opened, draft, answers, None, False)
        done = _signed(app, opened, wanted, draft, page, found, last)
    except (Stop, Back):
        raise WrongUse("cli.shift.stopped", command=handing.typed(app, "shift")) from None
    seals = page.door().seal, last.body["door_seal"] if last is not None else None
    return Taken(done, found, here["place"], here["keys"]["incoming"], seals)


def _welcome(app: App, opened: Office, here: Mapping[str, Any]) -> None:
    names = Names(opened)
    who = {slot: names.person(here["names"].get(slot)) for slot in ("outgoing", "incoming")}
    app.console.note(paint(app.say("cli.shift.welcome", place=here["title"], **who), "head"))


def _read(wanted: Wanted, page: Page) -> None:
    """What the command line says of the door. Raises `WrongUse`: `cli.shift.read` for what cannot be read, `cli.shift.needed`."""
    for what, typed in wanted.read.items():
        if not page.set(what, typed):
            raise WrongUse("cli.shift.read", what=what, typed=typed)
    if wanted.said.yes:
        lacking = [f"--{what}" for what in ("door", "lock") if what not in wanted.read]
        if lacking or page.unread:
            raise WrongUse("cli.shift.needed", options=tuple(lacking or ["--door-seal"]))


def _signed(app: App, opened: Office, wanted: Wanted, draft: Draft, page: Page, found: Compared, last: Told | None) -> Done:
    answers, here = page.answers, draft.head
    taken = _handover(opened, here, page, found, last)
    seen = counting.seen(opened, draft, answers)
    terms = _terms(app, opened, wanted, page, answers)

    def drafted(irregular: Mapping[str, str], note: dict[str, str] | None) -> list[Statement]:
        from custody.station import guardroom
        from custody.station.manifest import Photo

        common = opened.common(terms.happened, terms.basis)
        shift = guardroom.shift(common, taken, guardroom.Noted(irregular, note, tuple(map(Photo, wanted.photos))))
        if seen is None:
            return [shift]
        look = guardroom.counts(
            common,
            seen,
            place=taken.place,
            officer=taken.incoming,
            counted=taken.counted,
            noted=guardroom.Noted(irregular),
        )
        return [shift, *look]

    paths = {slot: wanted.keys.get(slot) or Path(path) for slot, path in here["keys"].items()}
    seats = handing.seated(app, paths, wanted.files)
    absent: list[str] = []
    show = partial(pages.show, app, Names(opened), note=terms.text)
    ended = handing.record(app, opened, drafted, seats, terms, 0, page=show, missing=_missing(app, absent))
    assert isinstance(ended, Done)  # people turned back before, on the page
    return replace(ended, how="unsigned") if absent else ended


def _handover(opened: Office, here: Mapping[str, Any], page: Page, found: Compared, last: Told | None) -> Handover:
    from custody.assembly import duty
    from custody.station.guardroom import Handover

    place = here["place"]
    incidents = tuple(one.sid for one in duty.open_incidents(opened, place))[:_MOST_INCIDENTS]
    visitors = len(duty.visits(opened, place, last.at if last is not None else None))
    return Handover(
        place,
        here["names"]["incoming"],
        here["names"].get("outgoing"),
        found.counted,
        page.door(),
        page.value("equipment"),
        page.value("team"),
        incidents,
        visitors,
    )


def _terms(app: App, opened: Office, wanted: Wanted, page: Page, answers: Answers) -> Terms:
    """The terms of signing: the page was confirmed already. More than one count is told in the note."""
    terms, tries = wanted.said.terms(opened), answers.said.get("tries", [])
    happened = answers.said.get("happened")
    if happened and terms.happened is None:
        terms = replace(terms, happened=happened, basis="memory")
    told = [text for text in (terms.text, page.value("text")) if text]
    if len(tries) > 1:
        told.append(app.say("cli.count.tries", count=len(tries), tries=", ".join(map(str, tries))))
    return replace(terms, text="; ".join(told) or None, answers=answers, turn=lambda _: None)


def _missing(app: App, absent: list[str]) -> Callable[[Seat, KeyTrouble], None]:
    """Where who leaves cannot sign, the handover may be recorded all the same, and is marked; who takes over must sign."""

    def asked(one: Seat, error: KeyTrouble) -> None:
        if one.slot != "outgoing" or error.code not in _FORGOTTEN:
            raise error
        if not confirm(app.prompter, app.say("cli.shift.unsigned", name=one.key.name), app.lang):
            raise error
        absent.append(one.key.name)

    return asked


# -- the end -------------------------------------------------------------------------------------------------------------------


def ended(app: App, opened: Office, taken: Taken) -> int | None:
    """The answer, and exit 1 where the count differs or findings stand that are no notes."""
    document = {**handing.document(app, opened, taken.done), "place": taken.place, **taken.compared.document()}
    app.answer("shift", document, lambda: _tell(app, opened, taken))
    stands = any(one.severity != "note" for one in taken.done.found)
    return Exit.FINDINGS if stands or not taken.compared.agrees or _resealed(taken) else None


def _resealed(taken: Taken) -> bool:
    now, last = taken.seal
    return last is not None and now != last


def _tell(app: App, opened: Office, taken: Taken) -> None:
    names = Names(opened)
    lines = pages.done(app, opened, taken.done)
    lines += comparing.tell(app, names, taken.compared)
    if _resealed(taken):
        now, last = (one or app.say("cli.room.nothing") for one in taken.seal)
        lines.append(paint(app.say("cli.shift.resealed", now=now, last=last), "bad"))
    lines += comparing.onward(app, names, taken.place, taken.compared)
    body = taken.done.statements[0].body
    lines += doors.onward(app, opened, taken.place, body["door"], body["lock"])
    if taken.done.how == "unsigned":
        signs = f"shift --sign {taken.done.statements[0].sid[:12]} --outgoing {body['outgoing']}"
        step = app.say("cli.shift.later", command=handing.typed(app, signs))
        lines.append(f"{app.say('cli.next')} {step}")
    for one in lines:
        app.console.answer(one)


def sent_again(app: App, opened: Office, draft: Draft, notes: list[bytes]) -> int | None:
    """Everybody had signed before the crash: only the append is left, and it may be repeated."""
    from custody.assembly import duty
    from custody_cli.boxes import daily

    statements = tuple(daily.reparsed(one) for one in notes)
    body, seen = statements[0].body, counting.seen(opened, draft, Answers.of(draft))
    past = [one for one in duty.shifts(opened, body["place"]) if one.sid != statements[0].sid]
    done = Done(statements, opened.submit(notes), ())
    found = comparing.compared(opened, body["place"], body["counted"], None if seen is None else [one.box for one in seen])
    draft.finish()
    seals = body["door_seal"], past[-1].body["door_seal"] if past else None
    return ended(app, opened, Taken(done, found, body["place"], draft.head["keys"]["incoming"], seals))
