"""The run at the table, the same for scan and seal: a draft taken up or begun, inputs, the list read back, a way back, the signatures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from custody.core.errors import CustodyError, Locked, NoLedger, Refused
from custody_cli.boxes import daily
from custody_cli.boxes.choosing import Choosing
from custody_cli.boxes.named import Names
from custody_cli.boxes.travel import undelivered_lines
from custody_cli.ground import blind
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.desk import office, random
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.feed import Feed, feed_of
from custody_cli.ground.prompts import confirm, is_scan
from custody_cli.ground.questions import Answers, Back, Stop, choose, command_word, line
from custody_cli.table import handing, proposing
from custody_cli.table.guardscreen import Screen
from custody_cli.table.terms import Done, Terms, Turn
from custody_cli.table.verbs import VERBS

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.station.draft import Draft
    from custody.station.manifest import Journey
    from custody.station.scanrun import Run

_BACK = ("kembali", "pindai", "back", "scan")
_ON = ("lanjut", "terus", "go on", "on")
TURNS = {
    **dict.fromkeys(("", "ya", "y", "yes"), "sign"),  # whoever signs reads the page again, and types his passphrase
    **dict.fromkeys(_BACK, "scan"),
    **dict.fromkeys(("ubah", "change"), "change"),
    **dict.fromkeys(("ubah orang", "ubah tempat", "ubah orang dan tempat", "change people", "change places"), "people"),
    **dict.fromkeys(("berhenti", "stop"), "stop"),
}


@contextmanager
def at_table(app: App) -> Iterator[Office]:
    """The office for work at the table: who works here founds no ledger. Raises NoLedger("cli.scan.no-ledger")."""
    try:
        with office(app, write=True) as opened:
            yield opened
    except NoLedger as error:
        if error.code not in ("ledger.none", "ledger.unfounded", "cli.no_ledger"):
            raise
        raise NoLedger("cli.scan.no-ledger", path=str(app.ledger_path or Path.cwd())) from None


# -- the draft -----------------------------------------------------------------------------------------------------------------


def taken_up(
    app: App, opened: Office, kind: str, fresh: bool, yes: bool, fits: Callable[[Mapping[str, Any]], bool] = lambda _: True
) -> Draft | None:
    """A draft of this kind to go on with, if there is one and people want it; `fresh` leaves all as they are.

    One without any box, which a power cut left, needs no question: what has changed since counts, such as a newer manifest.

    :param fits: whether the head of a draft is what the command line speaks of; others are left, and not offered.
    """
    for one in drafts(app, opened, kind) if not fresh else ():
        if one.hollow:
            one.finish()
        elif not fits(one.head):
            one.close()
        elif _wanted(app, opened, one, yes):
            return one
    return None


def drafts(app: App, opened: Office, kind: str) -> Iterator[Draft]:
    """The drafts of this kind that no other screen has, each opened as it is asked for; what cannot be read is told and left."""
    from custody.station.draft import Draft, waiting

    for path in waiting(opened.folder.drafts):
        try:
            found = Draft.open(path)
        except Locked:  # another screen has it
            continue
        except CustodyError as error:
            app.console.warn(app.say(error.code, **error.facts))
            continue
        if found.head.get("kind") == kind:
            yield found
        else:
            found.close()


def _wanted(app: App, opened: Office, draft: Draft, yes: bool) -> bool:
    """Ask whether to go on with a draft; one that nobody wants is thrown away only when that is said too."""
    names, head = Names(opened), draft.head
    facts = {"at": head["began"], "zone": opened.zone, "count": run_of(opened, Choosing(opened), draft).count}
    facts |= {"start": names.place(head["start"]), "end": names.place(head["end"])}
    if yes or confirm(app.prompter, app.say(f"cli.{_command(head)}.resume", **facts), app.lang, True):
        return True
    if confirm(app.prompter, app.say("cli.scan.discard", **facts), app.lang, False):
        draft.finish()
    else:
        draft.close()
    return False


def begun(app: App, opened: Office, happened: str | None, **head: Any) -> Draft:
    """A new draft; what the clock's question brought is kept in it."""
    from custody.station.draft import Draft

    name = f"{app.clock():%Y%m%dT%H%M%S}-{random(4).hex()}"
    draft = Draft.begin(opened.folder.drafts, name, began=opened.now(), ledger=opened.founding.sid, **head)
    if happened is not None:
        Answers(draft).keep("happened", happened)
    return draft


def tell_locked(app: App, opened: Office) -> None:
    """Say before anything is scanned that nothing will enter the ledger yet, and what to type."""
    if opened.station:
        for line in undelivered_lines(app, opened):
            app.console.note(line)
    elif not opened.unlocked:
        app.console.warn(app.say("cli.scan.locked"))
        app.console.note(f"{app.say('cli.next')} {app.next_step('cli.scan.locked', command=handing.typed(app, 'ledger unlock'))}")


def sent_again(app: App, opened: Office, schema: str, draft: Draft, notes: list[bytes]) -> int | None:
    """Everybody had signed before the crash: only the append is left, and it may be repeated."""
    statements = tuple(daily.reparsed(one) for one in notes)
    done = Done(statements, opened.submit(notes), ())
    draft.finish()
    return handing.ended(app, opened, schema, done)


def with_table(app: App, terms: Terms, screen: Screen, answers: Answers) -> Terms:
    """The terms with what was answered at the table: the moment that people stated, and where they may turn back to."""
    happened = answers.said.get("happened")
    stated = {"happened": happened, "basis": "memory"} if happened and terms.happened is None else {}
    return replace(terms, **stated, answers=answers, turn=turn(app, screen, answers), apart=screen.tell_apart)


def run_of(opened: Office, choosing: Choosing, draft: Draft) -> Run:
    """The run of a draft, as far as it came."""
    from custody.station import scanrun
    from custody.station.counting import Look

    head = draft.head
    blind.untouched(opened.folder.path, head["start"])
    expected = frozenset(head["expected"])
    giver, sealing = head["names"].get("giver"), head["kind"] in ("seal", "open")
    receiver = head["names"].get("receiver")
    arriving = head["kind"] == "unload"
    phase = head.get("phase") or ""
    errand = scanrun.Errand(
        head["start"], head["end"], giver, expected, sealing, scanrun.areas(expected), receiver, arriving, phase, head.get("earlier") or {}
    )
    made = Look if head["kind"] == "look" else scanrun.Run
    run = made(errand, choosing.known, opened.ledger.state.points_in)
    choosing.known.judge(sorted(expected))
    scanrun.replay(run, draft.events)
    return run


# -- the run -------------------------------------------------------------------------------------------------------------------


def gone_through(app: App, screen: Screen, yes: bool, sign: Callable[[], Done | Turn]) -> Done | None:
    """Scan, read back, sign; back to scanning or to the answers as often as people want. The draft goes away once all is recorded.

    None where people and places are to be asked again.

    Raises `WrongUse`: `cli.scan.kept` when the input ends before `selesai`, `cli.scan.empty` for no box, `cli.scan.stopped`.
    """
    feed, turn = feed_of(app, app.say("cli.scan.prompt"), VERBS, ends=True), Turn.SCAN
    while True:
        try:
            if turn is Turn.SCAN:
                _scan(app, screen, feed, yes)
            done = sign()
        except Back:
            done = Turn.SCAN
        except Stop:
            raise _stopped(app, screen) from None
        if isinstance(done, Done):
            screen.draft.finish()
            return done
        if done is Turn.PEOPLE:
            return None
        turn = done
        if turn is Turn.SCAN:
            screen.begin()


def _scan(app: App, screen: Screen, feed: Feed, yes: bool) -> None:
    while True:
        if not inputs(screen, feed) and not yes:
            if screen.draft.hollow:
                raise _stopped(app, screen)
            raise WrongUse("cli.scan.kept", count=screen.run.count, command=handing.typed(app, typed(screen.draft.head)))
        screen.read_back()
        if not screen.run.items and yes:
            screen.draft.finish()
            raise WrongUse("cli.scan.empty", command=handing.typed(app, typed(screen.draft.head)))
        if yes or not _back(app, screen):
            return
        screen.begin()


def inputs(screen: Screen, feed: Feed) -> bool:
    """Take inputs until people have finished; False when they ended without a word."""
    with feed.live():
        while (scan := feed.next()) is not None:
            try:
                if not screen.take(scan):
                    return True
            except Refused as error:  # a full disk: what was not kept did not count, and the guard stays at his screen
                if error.code != "draft.unwritable":
                    raise
                screen.unsaved(error)
    return False


def _back(app: App, screen: Screen) -> bool:
    """Something is missing: back to scanning, or on without it? A label scanned right here is taken, and leads back."""
    run = screen.run
    if not run.items:
        app.console.warn(app.say("cli.scan.nothing"))
        return True
    while missing := len(run.missing()):
        typed = app.prompter.line(app.say("cli.scan.lacking", count=missing)).strip()
        if is_scan(typed):
            screen.take_line(typed)
            return True
        if typed.lower() in _BACK:
            return True
        if typed.lower() in _ON:
            return False
        app.prompter.tell(app.say("cli.ask.choices", choices=app.say("cli.scan.lacking.choices")))
    return False


def with_page(app: App, screen: Screen, terms: Terms, journey: Journey, things: Callable[[], object] | None = None) -> Terms:
    """The terms whose last question shows the whole way on one page: Enter signs, one key changes one thing.

    :param things: asks for the things that go along, where some were planned.
    """
    changes = {what: partial(ask, app) for what, ask in proposing.ASKED.items()} | ({"things": things} if things is not None else {})
    ask = turn(app, screen, terms.answers, changes if not proposing.lies(journey) else {})

    def asked(count: int) -> Turn | None:
        agreed, terms.answers.agreed = terms.answers.agreed, None
        if agreed is not None and agreed == len(terms.answers.said):  # said on the page itself, and nothing was asked since
            screen.tell_apart()
            return None
        proposing.show(app, screen.names, journey, things is not None, terms.answers.said.get(proposing.PROPOSED, {}))
        return ask(count)

    return replace(terms, turn=asked)


def turn(
    app: App, screen: Screen, answers: Answers, changes: Mapping[str, Callable[[], object]] = MappingProxyType({})
) -> Callable[[int], Turn | None]:
    """Asks whether to sign now, go back to scanning, change the answers, or stop with the draft kept.

    :param changes: what can be changed alone, and how it is asked for.
    """
    words = {
        **TURNS,
        **{word: what for word, what in proposing.CHANGES.items() if what in changes},
    }
    room = "cli.scan.agree.way" if changes else "cli.scan.agree"

    def asked(count: int) -> Turn | None:
        screen.tell_apart()
        match choose(app, app.say(room, count=count), words, app.say("cli.scan.agree.choices")):
            case "scan":
                return Turn.SCAN
            case "change":
                answers.forget()
                answers.keep("anew", True)
                return Turn.ANSWERS
            case "people":
                answers.forget()
                return Turn.PEOPLE
            case "stop":
                raise _stopped(app, screen)
            case what if what in changes:
                proposing.settle(answers, what, changes[what]())
                return Turn.ANSWERS
        return None

    return asked


def _stopped(app: App, screen: Screen) -> WrongUse:
    if screen.draft.hollow:
        return WrongUse("cli.scan.empty", command=handing.typed(app, typed(screen.draft.head)))
    return WrongUse("cli.scan.stopped", count=screen.run.count, command=handing.typed(app, typed(screen.draft.head)))


def told_again(app: App, opened: Office, run: Run, answers: Answers) -> None:
    """After a crash: how many boxes are still here, and what was answered already."""
    if run.count:
        app.console.note(paint(app.say("cli.scan.resumed", count=run.count), "good"))
    told = [said for what, value in proposing.in_order(answers.said) if (said := _said(app, opened.zone, what, value))]
    if told:
        app.console.note(app.say("cli.ask.said", answers=" · ".join(told)))


def _said(app: App, zone: str, what: str, value: Any) -> str | None:
    topic, _, finding = what.partition(".")
    if topic == "escort" and value == 0:
        return app.say("cli.ask.said.no-escort")
    if value is None or topic in ("about", "anew", "things", "at", "points", proposing.PROPOSED):
        return None
    return str(value) if topic == "text" else app.say(f"cli.ask.said.{topic}", value=value, finding=finding, zone=zone)


def where(app: App, choosing: Choosing, said: str | None, key: str | None, side: str, question: str) -> str:
    """A place: as said, by the key, or asked for until it is one. Raises `Back`, `Stop`."""
    if said is not None:
        return choosing.place(said)
    try:
        return choosing.place_of(key, f"--{side}")
    except WrongUse:
        return asked_place(app, choosing, app.say(question))


def asked_place(app: App, choosing: Choosing, question: str, default: str | None = None) -> str:
    """A place, asked for until it is one; an empty answer is the default. Raises `Back`, `Stop`."""
    while True:
        typed = line(app, question)
        if not typed and default is not None:
            return default
        if command_word(app, typed):
            continue
        try:
            if typed:
                return choosing.place(typed)
            app.prompter.tell(app.say("cli.ask.where"))
        except CustodyError as error:
            app.console.warn(app.say(error.code, **error.facts))
            app.console.note(app.next_step(error.code, **error.facts) or "")


def refuse_same_place(app: App, choosing: Choosing, place: str, asked: bool) -> None:
    """Boxes that stay where they are make no journey. Raises WrongUse("cli.ask.where.same") where nobody is asked."""
    error = WrongUse("cli.ask.where.same", place=Names(choosing.office).place(place))
    if not asked:
        raise error
    app.console.warn(app.say(error.code, **error.facts))


def _command(head: dict[str, Any]) -> str:
    return head["kind"] if head["kind"] in ("seal", "open", "look") else "scan"


def typed(head: dict[str, Any]) -> str:
    """The words that take up a draft again."""
    if head["kind"] == "look":
        return "scan inspect"
    return f"scan {head['kind']}" if head["kind"] in ("load", "unload") else _command(head)
