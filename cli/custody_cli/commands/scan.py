"""`custody scan`: the guard's screen, from the clock in the corner to two signatures and a receipt."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from custody.core.errors import CustodyError, Locked
from custody_cli import daily, handing
from custody_cli.app import App
from custody_cli.choosing import Choosing
from custody_cli.commands.handoff import ended, plate, sole_place
from custody_cli.console import paint
from custody_cli.daily import Names
from custody_cli.desk import office, random
from custody_cli.exits import WrongUse
from custody_cli.feed import feed_of, ready
from custody_cli.guardscreen import Screen
from custody_cli.handing import CARRIERS, UNSIGNED, Terms, seat
from custody_cli.keyring import ask_key, show_keys, within_reach
from custody_cli.prompts import ask, confirm
from custody_cli.runtime import command as define
from custody_cli.runtime import option, pass_app
from custody_cli.signing import matched, public_of

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.station.draft import Draft
    from custody.station.manifest import Journey
    from custody.station.scanrun import Run

_FILE = click.Path(path_type=Path)


@dataclass(frozen=True)
class Wishes:
    """What the command line has settled beforehand; the rest is asked for."""

    keys: dict[str, Path]
    files: tuple[Path, ...]
    start: str | None
    end: str | None
    place: str | None
    expect: tuple[str, ...]
    escort: int | None
    order: str | None
    vehicle: str | None
    carrier: str | None
    unsigned: str | None
    giver_name: str | None
    reason: str | None
    yes: bool


@define("scan")
@option("--giver", type=_FILE)
@option("--receiver", type=_FILE)
@option("--recorder", type=_FILE)
@option("--through", type=_FILE)
@option("--passphrase-file", "files", type=_FILE, multiple=True)
@option("--from", "start")
@option("--to", "end")
@option("--place")
@option("--expect", multiple=True)
@option("--escort", type=int)
@option("--order")
@option("--vehicle")
@option("--carrier", type=click.Choice(CARRIERS))
@option("--unsigned", type=click.Choice(UNSIGNED))
@option("--giver-name")
@option("--reason")
@option("--new", "fresh", is_flag=True)
@option("--yes", is_flag=True)
@pass_app
def command(
    app: App,
    giver: Path | None,
    receiver: Path | None,
    recorder: Path | None,
    through: Path | None,
    files: tuple[Path, ...],
    start: str | None,
    end: str | None,
    place: str | None,
    expect: tuple[str, ...],
    escort: int | None,
    order: str | None,
    vehicle: str | None,
    carrier: str | None,
    unsigned: str | None,
    giver_name: str | None,
    reason: str | None,
    fresh: bool,
    yes: bool,
) -> int | None:
    named = {"giver": giver, "receiver": receiver, "recorder": recorder, "through": through}
    keys = {slot: path for slot, path in named.items() if path is not None}
    wishes = Wishes(keys, files, start, end, place, expect, escort, order, vehicle, carrier, unsigned, giver_name, reason, yes)
    ready()
    with office(app, write=True) as opened:
        if opened.drill:
            app.console.big(app.say("paper.drill"), "warn")
        happened = _clock(app, opened, yes)
        with _draft(app, opened, wishes, fresh) as draft:
            done = handing.signed_before(draft)
            if done:
                return _sent_again(app, opened, draft, done)
            return _run(app, opened, wishes, draft, happened)


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


def _draft(app: App, opened: "Office", wishes: Wishes, fresh: bool) -> "Draft":
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
        elif (kept := _offered(app, opened, found, wishes.yes)) is not None:
            return kept
    return _begun(app, opened, wishes)


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


def _begun(app: App, opened: "Office", wishes: Wishes) -> "Draft":
    from custody.station.draft import Draft

    choosing = Choosing(opened)
    wishes = _asked_keys(app, opened, wishes, choosing)
    names = {slot: public_of(path).name for slot, path in wishes.keys.items()}
    start = _where(app, opened, choosing, wishes.start, names.get("giver"), "from")
    end = _where(app, opened, choosing, wishes.end, names["receiver"], "to")
    head: dict[str, Any] = {
        "kind": "handoff",
        "began": opened.now(),
        "ledger": opened.founding.sid,
        "start": start,
        "end": end,
        "place": choosing.place(wishes.place) if wishes.place else end,
        "names": names,
        "keys": {slot: str(path.expanduser().resolve()) for slot, path in wishes.keys.items()},
        "expected": _expected(opened, choosing, wishes, names.get("giver"), start),
        "unsigned": wishes.unsigned if "giver" in names or wishes.unsigned else "no-key",
    }
    return Draft.begin(opened.folder.drafts, f"{app.clock():%Y%m%dT%H%M%S}-{random(4).hex()}", **head)


def _asked_keys(app: App, opened: "Office", wishes: Wishes, choosing: Choosing) -> Wishes:
    """Who gives, who receives, who records: by key file, of which those on sticks are listed."""
    if "receiver" in wishes.keys or wishes.yes:
        if "receiver" not in wishes.keys:
            raise WrongUse("cli.handoff.who", slot="--receiver")
        return wishes
    within = within_reach(app)
    show_keys(app, choosing.known, within)
    keys = dict(wishes.keys)
    for slot, optional in (("giver", True), ("receiver", False), ("recorder", True)):
        if slot not in keys:
            found = ask_key(app, choosing.known, slot, app.say(f"cli.scan.who.{slot}"), within, optional)
            if found is not None:
                keys[slot] = found
    return replace(wishes, keys=keys)


def _where(app: App, opened: "Office", choosing: Choosing, said: str | None, key: str | None, side: str) -> str:
    if said is not None:
        return choosing.place(said)
    try:
        return sole_place(opened, key, f"--{side}")
    except WrongUse:
        while True:
            try:
                return choosing.place(ask(app.prompter, app.say(f"cli.scan.where.{side}")))
            except WrongUse as error:
                if error.code == "cli.prompt.nobody":
                    raise
                app.console.warn(app.say(error.code, **error.facts))


def _expected(opened: "Office", choosing: Choosing, wishes: Wishes, giver: str | None, start: str) -> list[str]:
    """The boxes that should come: those named; else those that the giver holds; else those that belong to the place."""
    if wishes.expect:
        return choosing.chosen(wishes.expect)
    held = daily.held_by(opened, giver) if giver is not None else []
    return held or daily.boxes_under(opened, start)


# -- the run -------------------------------------------------------------------------------------------------------------------


def _run(app: App, opened: "Office", wishes: Wishes, draft: "Draft", happened: str | None) -> int | None:
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
    finished = _scan_all(app, screen, wishes.yes)
    if not finished:
        raise WrongUse("cli.scan.kept", count=run.count)
    screen.read_back()
    if not run.items:
        draft.finish()
        raise WrongUse("cli.scan.empty")
    return _sign(app, opened, wishes, draft, run, names, happened)


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


def _sign(app: App, opened: "Office", wishes: Wishes, draft: "Draft", run: "Run", names: Names, happened: str | None) -> int | None:
    from custody.station.manifest import Seen

    seen = [Seen(item.box, item.how, item.label, item.seals) for item in run.items.values()]
    journey = _journey(app, opened, wishes, draft.head)
    paths = {slot: wishes.keys.get(slot) or Path(path) for slot, path in draft.head["keys"].items()}
    if journey.unsigned is not None:
        paths.pop("giver", None)
    order = [slot for slot in ("giver", "receiver", "recorder", "through") if slot in paths]
    seats = [
        seat(app, slot, paths[slot], word) for slot, word in zip(order, matched([paths[slot] for slot in order], wishes.files), strict=True)
    ]
    terms = Terms(wishes.yes, wishes.reason, happened, "memory" if happened else "now")
    done = handing.hand_over(app, opened, journey, seen, seats, terms, draft)
    draft.finish()
    return ended(app, opened, "scan", done)


def _journey(app: App, opened: "Office", wishes: Wishes, head: dict[str, Any]) -> "Journey":
    """What the boxes travel by and who goes along; asked at the end, when both hands are free."""
    from custody.station.manifest import Escort, Journey

    escort, order, vehicle = wishes.escort, wishes.order, wishes.vehicle
    if not wishes.yes:
        escort = escort if escort is not None else _number(app, app.say("cli.scan.escort"))
        order = order or (app.prompter.line(app.say("cli.scan.order")).strip() if escort else None) or None
        vehicle = vehicle or app.prompter.line(app.say("cli.scan.vehicle")).strip() or None
    names = head["names"]
    journey = Journey(
        start=head["start"],
        end=head["end"],
        place=head["place"],
        giver=names.get("giver"),
        receiver=names["receiver"],
        recorder=names.get("recorder"),
        through=names.get("through"),
        escort=Escort(escort or 0, (), order),
        carrier=wishes.carrier,
        vehicle=plate(vehicle),
    )
    if head["unsigned"] is None:
        return journey
    name = wishes.giver_name or (None if wishes.yes else app.prompter.line(app.say("cli.handing.unsigned.name")).strip())
    return daily.unsigned_by(journey, head["unsigned"], daily.private_text(opened, "name", name, random) if name else None)


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
