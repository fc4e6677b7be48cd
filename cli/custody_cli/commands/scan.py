"""`custody scan`: the guard's screen, from the clock in the corner to signatures and a receipt: receive, load, unload, count, inspect."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from custody.core.boxid import BoxId
from custody_cli.boxes.choosing import Choosing
from custody_cli.boxes.named import Names
from custody_cli.ground import blind, photographs
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.exits import Exit
from custody_cli.ground.feed import ready
from custody_cli.ground.questions import Answers, Back
from custody_cli.ground.runtime import argument, pass_app
from custody_cli.ground.runtime import command as define
from custody_cli.ground.settings import from_home
from custody_cli.ground.wordchoice import WordChoice
from custody_cli.keys.askkey import Slot, ask_key, show_keys
from custody_cli.keys.keyring import check_pair, within_reach
from custody_cli.keys.signing import public_of
from custody_cli.room.look import Asked, look
from custody_cli.table import clock, handing, lasthandoff, likely, loading, proposing, scanning, sealsight, unloading
from custody_cli.table.boxlines import told_by_area
from custody_cli.table.guardscreen import Screen
from custody_cli.table.handing import ended
from custody_cli.table.journeys import (
    Anew,
    Hands,
    Said,
    Wishes,
    needed,
    planned,
    with_anew,
    with_answers,
    with_escort,
    with_hands,
    with_wishes,
)
from custody_cli.table.leaving import held
from custody_cli.table.loading import Freight, with_freight
from custody_cli.table.sealsight import Sight, with_looked
from custody_cli.table.terms import Done, Terms, Turn

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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
    sight: Sight
    mode: str
    freight: Freight
    changed: bool = False  # people and places are said anew, on the last page

    @property
    def kind(self) -> str:
        """What its draft is called."""
        return "handoff" if self.mode == "receive" else self.mode


MODES = ("receive", "load", "unload", "count", "inspect")


@define("scan")
@argument("mode", type=WordChoice("scanmode", MODES), required=False)
@with_hands
@with_wishes
@with_anew
@with_looked
@with_freight
@with_answers
@pass_app
def command(app: App, mode: str | None, hands: Hands, wishes: Wishes, anew: Anew, sight: Sight, freight: Freight, said: Said) -> int | None:
    if mode == "count":
        return _room(hands, wishes, anew, said)
    if mode == "inspect":
        ready()
        officer = hands.recorder or hands.receiver or hands.giver
        return look(app, Asked(wishes.place or wishes.start, officer, hands.files, wishes.photos, sight, said), anew.fresh)
    sealsight.needed(sight, said.yes, "cli.scan.sight")
    wanted = Wanted(hands.keys, hands.files, wishes, anew.expect, said, sight, mode or "receive", freight)
    ready()
    with scanning.at_table(app) as opened:
        if opened.drill:
            app.console.big(app.say("paper.drill"), "warn")
        lasthandoff.tell_last(app, opened)
        scanning.tell_locked(app, opened)
        with held(_draft(app, opened, wanted, anew.fresh)) as draft:
            done = handing.signed_before(draft)
            return scanning.sent_again(app, opened, "scan", draft, done) if done else _run(app, opened, wanted, draft)


def _room(hands: Hands, wishes: Wishes, anew: Anew, said: Said) -> int | None:
    """All boxes in a room, counted blind: `custody inspect`."""
    from custody_cli.commands.inspect_ import command as inspect

    place = tuple(filter(None, (wishes.place or wishes.start,)))
    facts = {"place": place, "officer": hands.recorder or hands.receiver, "files": hands.files, "fresh": anew.fresh}
    done: int | None = click.get_current_context().invoke(inspect, **facts, reason=said.reason, text=said.text, yes=said.yes)
    return done


def _draft(app: App, opened: "Office", wanted: Wanted, fresh: bool) -> "Draft":
    """The draft to go on with, or a new one once the clock is right and it is known who gives and who receives."""
    found = scanning.taken_up(app, opened, wanted.kind, fresh, wanted.said.yes, _speaks_of(opened, wanted))
    if found is None:
        return _begun(app, opened, wanted, clock.right(app, opened, wanted.said.yes))
    clock.again(app, opened, found, wanted.said.yes)
    return found


def _speaks_of(opened: "Office", wanted: Wanted) -> "Callable[[Mapping[str, Any]], bool]":
    """Whether a draft is of the places and the manifest that the command line names; where it names none, any is."""
    choosing, wishes = Choosing(opened), wanted.journey
    named = {"start": wishes.start, "end": wishes.end} if wanted.mode != "unload" else {"place": wishes.place or wishes.end}
    places = {side: choosing.place(typed) for side, typed in named.items() if typed is not None}

    def fits(head: "Mapping[str, Any]") -> bool:
        load = str((head.get("load") or {}).get("id", ""))
        same = not load or load.startswith((wanted.freight.manifest or "").lower())
        return same and all(head.get(side) == place for side, place in places.items())

    return fits


def _begun(app: App, opened: "Office", wanted: Wanted, happened: str | None) -> "Draft":
    lies = wanted.journey.unsigned == "found" and wanted.journey.start == wanted.journey.end
    if wanted.said.yes and wanted.mode != "unload" and not lies:  # what nobody will be asked is missed before anything is scanned
        with_escort(app, wanted.journey, Answers(), True)
    return scanning.begun(app, opened, happened, **_head(app, opened, wanted))


def _head(app: App, opened: "Office", wanted: Wanted) -> dict[str, Any]:
    """Who gives, who receives, from where to where, and which boxes should come; `kembali` at any question begins with the first."""
    while True:
        try:
            return _asked_head(app, opened, wanted)
        except Back:
            continue


def _asked_head(app: App, opened: "Office", wanted: Wanted) -> dict[str, Any]:
    choosing, wishes = Choosing(opened), wanted.journey
    keys = {slot: from_home(str(path)) for slot, path in wanted.keys.items()}
    if wanted.mode == "load":
        head = loading.head(app, choosing, keys, (wishes.start, wishes.end), wanted.freight, wanted.said.yes, changed=wanted.changed)
        known, rests = _expected(opened, choosing, wanted, head["names"]["giver"], (head["start"], head["end"]))
        if head["expected"] and not wanted.expect:
            return {**head, "rests": "manifest"}
        return {**head, "expected": known, "rests": rests}
    if wanted.mode == "unload":
        return unloading.head(app, choosing, keys, wishes.place or wishes.end, wanted.said.yes)
    wanted = _asked_keys(app, wanted, choosing)
    names = {slot: public_of(path).name for slot, path in wanted.keys.items()}
    check_pair(choosing.known, names)
    start = scanning.where(app, choosing, wanted.journey.start, names.get("giver"), "from", "cli.scan.where.from")
    end = scanning.where(app, choosing, wanted.journey.end, names["receiver"], "to", "cli.scan.where.to")
    while start == end and wanted.journey.unsigned != "found" and not _at_home(choosing, names, end):
        scanning.refuse_same_place(app, choosing, end, asked=wanted.journey.end is None and not wanted.said.yes)
        end = scanning.where(app, choosing, None, None, "to", "cli.scan.where.to")
    known, rests = _expected(opened, choosing, wanted, names.get("giver"), (start, end))
    return {
        "kind": "handoff",
        "start": start,
        "end": end,
        "place": choosing.place(wanted.journey.place) if wanted.journey.place else end,
        "names": names,
        "keys": {slot: str(from_home(str(path)).resolve()) for slot, path in wanted.keys.items()},
        "expected": known,
        "rests": rests,
        "unsigned": wanted.journey.unsigned if "giver" in names or wanted.journey.unsigned else "no-key",
    }


def _at_home(choosing: Choosing, names: dict[str, str], place: str) -> bool:
    """Whether giver and receiver both work at a place: then boxes change hands without a journey."""
    keys = [choosing.known.key(names.get(slot)) for slot in ("giver", "receiver")]
    return all(key is not None and place in key.places for key in keys)


def _asked_keys(app: App, wanted: Wanted, choosing: Choosing) -> Wanted:
    """Who gives, who receives, who records: by key file, of which those on sticks are listed."""
    if "receiver" in wanted.keys or wanted.said.yes:
        if "receiver" not in wanted.keys:
            needed("--receiver")
        return wanted
    within = within_reach(app, choosing.known, "giver")
    show_keys(app, choosing.known, Names(choosing.office), within)
    keys, first = dict(wanted.keys), None
    if not keys and wanted.journey.start is None and wanted.journey.end is None and wanted.journey.unsigned is None:
        keys, first = likely.agreed(app, choosing.known, likely.people(choosing.known, within))
    for slot, without in (("giver", "cli.scan.without.giver"), ("receiver", None), ("recorder", "cli.scan.without.recorder")):
        if slot not in keys:
            asked = Slot(slot, without=without)
            found = ask_key(app, choosing.known, asked, app.say(f"cli.scan.who.{slot}"), within, keys, first)
            first = None
            if found is not None:
                keys[slot] = found
    return replace(wanted, keys=keys)


def _expected(opened: "Office", choosing: Choosing, wanted: Wanted, giver: str | None, leg: tuple[str, str]) -> tuple[list[str], str]:
    """The boxes that should come, and what that rests on: `named`; else those of a manifest of this leg that the giver holds; else all
    that he holds (`held`); else those that belong to the place (`place`).

    What was signed and waits for the ledger key counts as done.
    """
    from custody.assembly import waiting, whereabouts
    from custody.assembly.loads import cargoes

    start = leg[0]
    if wanted.expect:
        return choosing.chosen(wanted.expect), "named"
    held = {*whereabouts.held_by(opened, giver), *waiting.waiting(opened)} if giver is not None else set()
    known = {box: choosing.known.holding(box) for box in sorted(held)}
    mine = [box for box, holding in known.items() if holding is not None and holding.holder == giver]
    blind.untouched(opened.folder.path, start, *(holding.to for holding in known.values() if holding is not None))
    planned = (set(one.left).intersection(mine) for one in cargoes(opened) if one.manifest is not None and one.ends == leg) if mine else ()
    listed = sorted({box for boxes in planned for box in boxes})
    if listed:
        return listed, "manifest"
    return (mine, "held") if mine else (whereabouts.boxes_under(opened, start), "place")


def _run(app: App, opened: "Office", wanted: Wanted, draft: "Draft") -> int | None:
    """The run of a draft; once more from its beginning, with all boxes, where people and places were changed."""
    while (done := _gone_through(app, opened, wanted, draft)) is None:
        journey = replace(wanted.journey, start=None, end=None, place=None, unsigned=None)
        wanted = replace(wanted, keys={}, files=(), journey=journey, changed=True)
        draft.add(do="head", head=_head(app, opened, wanted))
    if wanted.mode != "unload":
        return ended(app, opened, "scan", done)
    missing = unloading.tell_missing(app, Names(opened), done, draft.head["expected"])
    code = ended(app, opened, "scan", done)
    for line in [] if app.json else [*unloading.tell_things(app, opened, done), *(paint(line, "bad") for line in missing)]:
        app.console.answer(line)
    return Exit.FINDINGS if missing else code


def _gone_through(app: App, opened: "Office", wanted: Wanted, draft: "Draft") -> Done | None:
    choosing, names, head = Choosing(opened), Names(opened), draft.head
    run, answers = scanning.run_of(opened, choosing, draft), Answers.of(draft)
    start = head["start"].partition("-")[0]
    made = Screen if wanted.mode == "receive" else loading.LoadScreen.of
    screen = made(app, run, draft, choosing, names, start if len(start) == 10 else None)
    _welcome(app, names, run, head)
    scanning.told_again(app, opened, run, answers)
    if wanted.sight.said:
        screen.look(wanted.sight.whole)
    screen.begin()
    return scanning.gone_through(app, screen, wanted.said.yes, lambda: _sign(app, opened, wanted, screen, answers))


def _welcome(app: App, names: Names, run: "Run", head: dict[str, Any]) -> None:
    if head["kind"] == "unload":
        return
    who = {slot: names.person(head["names"].get(slot)) for slot in ("giver", "receiver")}
    start, end = names.place(head["start"]), names.place(head["end"])
    if _lies(head):
        app.console.note(paint(app.say("cli.scan.found", place=end, receiver=who["receiver"]), "head"))
        return
    app.console.note(paint(app.say("cli.scan.leg", start=start, end=end, giver=who["giver"], receiver=who["receiver"]), "head"))
    if head.get("rests") and head["expected"]:
        facts = {"count": len(head["expected"]), "areas": told_by_area(head["expected"], names), "giver": who["giver"], "start": start}
        facts["example"] = names.home(BoxId.parse(head["expected"][0]))
        app.console.note(app.say(f"cli.scan.rests.{head['rests']}", **facts))


def _lies(head: dict[str, Any]) -> bool:
    """Whether the boxes were found here: nobody gave them, and they made no journey."""
    return bool(head["unsigned"] == "found" and head["start"] == head["end"])


def _sign(app: App, opened: "Office", wanted: Wanted, screen: Screen, answers: Answers) -> Done | Turn:
    head = screen.draft.head
    terms = scanning.with_table(app, wanted.said.terms(opened), screen, answers)
    if head["kind"] == "unload":
        return unloading.sign(app, opened, screen, wanted.files, terms, wanted.freight.things)
    if head["kind"] == "load":
        return _load(app, opened, wanted, screen, terms)
    journey = _journey(app, opened, wanted, screen, terms)
    terms = scanning.with_page(app, screen, terms, journey)
    paths = {slot: wanted.keys.get(slot) or Path(path) for slot, path in head["keys"].items()}
    if journey.unsigned is not None:
        paths.pop("giver", None)
    paths = {slot: paths[slot] for slot in ("giver", "receiver", "recorder", "through") if slot in paths}
    return handing.hand_over(app, opened, journey, screen.seen(), handing.seated(app, paths, wanted.files), terms)


def _load(app: App, opened: "Office", wanted: Wanted, screen: Screen, terms: Terms) -> Done | Turn:
    """A load: what stays behind is said first, then as any handoff; without the receiver's key it waits for him."""
    head, yes = screen.draft.head, terms.yes
    rest = loading.left(app, screen.run.missing(), wanted.freight, terms.answers, yes)
    journey = _journey(app, opened, wanted, screen, terms)
    things = loading.things(head, wanted.freight, terms.answers, yes)
    journey = loading.loaded(opened, journey, head, rest, things, terms.happened)
    planned = (lambda: loading.counted(app, head)) if head["things"] and not wanted.freight.things else None
    terms = loading.terms_of(scanning.with_page(app, screen, terms, journey, planned), head)
    released = loading.releaser(app, Choosing(opened), rest, wanted.freight, yes)
    paths = {slot: wanted.keys.get(slot) or Path(path) for slot, path in head["keys"].items()}
    paths |= {"supervisor": released} if released is not None else {}
    order = ("giver", "receiver", "recorder", "through", "supervisor")
    seats = handing.seated(app, {slot: paths[slot] for slot in order if slot in paths}, wanted.files)
    done = handing.hand_over(app, opened, journey, screen.seen(), seats, terms)
    return replace(done, how="loaded") if isinstance(done, Done) and done.how == "offered" else done


def _journey(app: App, opened: "Office", wanted: Wanted, screen: Screen, terms: Terms) -> "Journey":
    """What the boxes travel by and who goes along; asked at the end, when both hands are free."""
    head, answers, wishes = screen.draft.head, terms.answers, wanted.journey
    leg = head["start"], head["end"], head["place"]

    def ask(known: Wishes) -> int | None:
        def page() -> None:
            said = answers.said
            order, vehicle, carrier = (getattr(known, what) or said.get(what) for what in ("order", "vehicle", "carrier"))
            journey = planned(head["names"], leg, replace(known, order=order, vehicle=vehicle, carrier=carrier))
            proposing.show(app, screen.names, journey, bool(head.get("things")), said.get(proposing.PROPOSED, {}), open_=True)

        return proposing.asked_on_page(app, screen.run.count, answers, page)

    wishes = wishes if _lies(head) else proposing.settled(app, opened, wishes, head, answers, terms.yes, ask)
    photos = photographs.shown(wishes.photos, Choosing(opened).box)
    journey = planned(head["names"], leg, wishes, photos=photos)
    unsigned = head["unsigned"] or terms.answers.said.get("unsigned")
    if unsigned is None:
        return journey
    return handing.without_giver(app, opened, journey, terms, unsigned, wishes.giver_name, wishes.deed)
