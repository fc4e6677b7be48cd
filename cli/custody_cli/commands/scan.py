"""`custody scan`: the guard's screen, from the clock in the corner to two signatures and a receipt."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from custody.core.errors import CustodyError, Locked
from custody_cli import daily, handing
from custody_cli.app import App
from custody_cli.choosing import Choosing
from custody_cli.console import paint
from custody_cli.daily import Names
from custody_cli.desk import office, random
from custody_cli.exits import WrongUse
from custody_cli.feed import feed_of, ready
from custody_cli.guardscreen import Screen
from custody_cli.handing import Terms, ended
from custody_cli.journeys import Hands, Said, Wishes, needed, planned, with_answers, with_hands, with_wishes
from custody_cli.keyring import ask_key, show_keys, within_reach
from custody_cli.prompts import ask, confirm
from custody_cli.runtime import command as define
from custody_cli.runtime import option, pass_app
from custody_cli.signing import public_of

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.station.draft import Draft
    from custody.station.manifest import Journey
    from custody.station.scanrun import Run


@dataclass(frozen=True)
class Wanted:
    """What the command line has settled beforehand; the rest is asked for."""

    keys: dict[str, Path]
    files: tuple[Path, ...]
    journey: Wishes
    expect: tuple[str, ...]
    said: Said


@define("scan")
@with_hands
@with_wishes
@option("--expect", multiple=True)
@option("--new", "fresh", is_flag=True)
@with_answers
@pass_app
def command(app: App, hands: Hands, wishes: Wishes, expect: tuple[str, ...], fresh: bool, said: Said) -> int | None:
    wanted = Wanted(hands.keys, hands.files, wishes, expect, said)
    ready()
    with office(app, write=True) as opened:
        if opened.drill:
            app.console.big(app.say("paper.drill"), "warn")
        happened = _clock(app, opened, said.yes)
        with _draft(app, opened, wanted, fresh) as draft:
            done = handing.signed_before(draft)
            if done:
                return _sent_again(app, opened, draft, done)
            return _run(app, opened, wanted, draft, happened)


def _clock(app: App, opened: "Office", yes: bool) -> str | None:
    """The clock first: a wrong one poisons every line of the night. Returns the moment that people say it is, None for the clock's own."""
    from custody.i18n.dates import from_typed

    question = app.say("cli.scan.clock", at=opened.now(), zone=opened.zone)
    if yes or confirm(app.prompter, question, app.lang, True):
        return None
    while True:
        try:
            return from_typed(ask(app.prompter, app.say("cli.scan.clock.what")), opened.zone)
        except CustodyError as error:
            app.console.warn(app.say(error.code, **error.facts))


# -- the draft -----------------------------------------------------------------------------------------------------------------


def _draft(app: App, opened: "Office", wanted: Wanted, fresh: bool) -> "Draft":
    """The draft to go on with, or a new one once it is known who gives and who receives."""
    from custody.station.draft import Draft, waiting

    for path in () if fresh else waiting(opened.folder.drafts):
        try:
            found = Draft.open(path)
        except Locked:  # another screen has it
            continue
        except CustodyError as error:
            app.console.warn(app.say(error.code, **error.facts))
            continue
        if found.head.get("kind") != "handoff":
            found.close()
        elif (kept := _offered(app, opened, found, wanted.said.yes)) is not None:
            return kept
    return _begun(app, opened, wanted)


def _offered(app: App, opened: "Office", draft: "Draft", yes: bool) -> "Draft | None":
    """Ask whether to go on with a draft; one that nobody wants is thrown away only when that is said too."""
    names, head = Names(opened), draft.head
    count = sum(event.get("do") == "read" for event in draft.events)
    facts = {"at": head["began"], "zone": opened.zone, "count": count}
    facts |= {"start": names.place(head["start"]), "end": names.place(head["end"])}
    if yes or confirm(app.prompter, app.say("cli.scan.resume", **facts), app.lang, True):
        return draft
    if confirm(app.prompter, app.say("cli.scan.discard", **facts), app.lang, False):
        draft.finish()
    else:
        draft.close()
    return None


def _begun(app: App, opened: "Office", wanted: Wanted) -> "Draft":
    from custody.station.draft import Draft

    choosing = Choosing(opened)
    wanted = _asked_keys(app, wanted, choosing)
    names = {slot: public_of(path).name for slot, path in wanted.keys.items()}
    start = _where(app, choosing, wanted.journey.start, names.get("giver"), "from")
    end = _where(app, choosing, wanted.journey.end, names["receiver"], "to")
    head: dict[str, Any] = {
        "kind": "handoff",
        "began": opened.now(),
        "ledger": opened.founding.sid,
        "start": start,
        "end": end,
        "place": choosing.place(wanted.journey.place) if wanted.journey.place else end,
        "names": names,
        "keys": {slot: str(path.expanduser().resolve()) for slot, path in wanted.keys.items()},
        "expected": _expected(opened, choosing, wanted, names.get("giver"), start),
        "unsigned": wanted.journey.unsigned if "giver" in names or wanted.journey.unsigned else "no-key",
    }
    return Draft.begin(opened.folder.drafts, f"{app.clock():%Y%m%dT%H%M%S}-{random(4).hex()}", **head)


def _asked_keys(app: App, wanted: Wanted, choosing: Choosing) -> Wanted:
    """Who gives, who receives, who records: by key file, of which those on sticks are listed."""
    if "receiver" in wanted.keys or wanted.said.yes:
        if "receiver" not in wanted.keys:
            needed("--receiver")
        return wanted
    within = within_reach(app)
    show_keys(app, choosing.known, within)
    keys = dict(wanted.keys)
    for slot, optional in (("giver", True), ("receiver", False), ("recorder", True)):
        if slot not in keys:
            found = ask_key(app, choosing.known, slot, app.say(f"cli.scan.who.{slot}"), within, optional)
            if found is not None:
                keys[slot] = found
    return replace(wanted, keys=keys)


def _where(app: App, choosing: Choosing, said: str | None, key: str | None, side: str) -> str:
    if said is not None:
        return choosing.place(said)
    try:
        return choosing.place_of(key, f"--{side}")
    except WrongUse:
        while True:
            try:
                return choosing.place(ask(app.prompter, app.say(f"cli.scan.where.{side}")))
            except WrongUse as error:
                if error.code == "cli.prompt.nobody":
                    raise
                app.console.warn(app.say(error.code, **error.facts))


def _expected(opened: "Office", choosing: Choosing, wanted: Wanted, giver: str | None, start: str) -> list[str]:
    """The boxes that should come: those named; else those that the giver holds; else those that belong to the place."""
    if wanted.expect:
        return choosing.chosen(wanted.expect)
    held = daily.held_by(opened, giver) if giver is not None else []
    return held or daily.boxes_under(opened, start)


# -- the run -------------------------------------------------------------------------------------------------------------------


def _run(app: App, opened: "Office", wanted: Wanted, draft: "Draft", happened: str | None) -> int | None:
    from custody.station import scanrun

    choosing, names, head = Choosing(opened), Names(opened), draft.head
    expected = frozenset(head["expected"])
    errand = scanrun.Errand(head["start"], head["end"], head["names"].get("giver"), expected, areas=scanrun.areas(expected))
    run = scanrun.Run(errand, choosing.known, opened.ledger.state.points)
    choosing.known.judge(sorted(expected))
    scanrun.replay(run, draft.events)
    start = head["start"].partition("-")[0]
    screen = Screen(app, run, draft, choosing, names, start if len(start) == 10 else None)
    _welcome(app, names, run, head)
    finished = _scan_all(app, screen, wanted.said.yes)
    if not finished:
        raise WrongUse("cli.scan.kept", count=run.count)
    screen.read_back()
    if not run.items:
        draft.finish()
        raise WrongUse("cli.scan.empty")
    return _sign(app, opened, wanted, draft, run, names, happened)


def _welcome(app: App, names: Names, run: "Run", head: dict[str, Any]) -> None:
    who = {slot: names.person(head["names"].get(slot)) for slot in ("giver", "receiver")}
    start, end = names.place(head["start"]), names.place(head["end"])
    app.console.note(paint(app.say("cli.scan.leg", start=start, end=end, giver=who["giver"], receiver=who["receiver"]), "head"))
    if run.count:
        app.console.note(paint(app.say("cli.scan.resumed", count=run.count), "good"))
    app.console.note(app.say("cli.scan.help.short"))
    app.console.note(paint(app.say("cli.scan.count", count=run.count, expected=run.expected, left=len(run.missing())), "head"))


def _scan_all(app: App, screen: Screen, yes: bool) -> bool:
    """Take inputs until the guard has finished; False when they ended without a word and nothing says that this is the end."""
    feed = feed_of(app, app.say("cli.scan.prompt"))
    with feed.live():
        while (scan := feed.next()) is not None:
            if not screen.take(scan):
                return True
    return yes


def _sign(app: App, opened: "Office", wanted: Wanted, draft: "Draft", run: "Run", names: Names, happened: str | None) -> int | None:
    from custody.station.manifest import Seen

    seen = [Seen(item.box, item.how, item.label, item.seals) for item in run.items.values()]
    journey = _journey(app, opened, wanted, draft.head)
    paths = {slot: wanted.keys.get(slot) or Path(path) for slot, path in draft.head["keys"].items()}
    if journey.unsigned is not None:
        paths.pop("giver", None)
    paths = {slot: paths[slot] for slot in ("giver", "receiver", "recorder", "through") if slot in paths}
    seats = handing.seated(app, paths, wanted.files)
    terms = Terms(wanted.said.yes, wanted.said.reason, happened, "memory" if happened else "now")
    done = handing.hand_over(app, opened, journey, seen, seats, terms, draft)
    draft.finish()
    return ended(app, opened, "scan", done)


def _journey(app: App, opened: "Office", wanted: Wanted, head: dict[str, Any]) -> "Journey":
    """What the boxes travel by and who goes along; asked at the end, when both hands are free."""
    wishes = wanted.journey if wanted.said.yes else _asked(app, wanted.journey)
    journey = planned(head["names"], (head["start"], head["end"], head["place"]), wishes)
    if head["unsigned"] is None:
        return journey
    name = wishes.giver_name or (None if wanted.said.yes else app.prompter.line(app.say("cli.handing.unsigned.name")).strip())
    return daily.without_giver(opened, journey, head["unsigned"], name, random)


def _asked(app: App, wishes: Wishes) -> Wishes:
    escort = wishes.escort if wishes.escort is not None else _number(app, app.say("cli.scan.escort"))
    order = wishes.order or (app.prompter.line(app.say("cli.scan.order")).strip() if escort else None) or None
    vehicle = wishes.vehicle or app.prompter.line(app.say("cli.scan.vehicle")).strip() or None
    return replace(wishes, escort=escort, order=order, vehicle=vehicle)


def _number(app: App, question: str) -> int:
    while True:
        typed = ask(app.prompter, question, "0")
        if typed.isdigit() and int(typed) <= 999:
            return int(typed)


def _sent_again(app: App, opened: "Office", draft: "Draft", notes: list[bytes]) -> int | None:
    """Everybody had signed before the crash: only the append is left, and it may be repeated."""
    statements = tuple(daily.reparsed(one) for one in notes)
    done = handing.Done(statements, opened.submit(notes), ())
    draft.finish()
    return ended(app, opened, "scan", done)
