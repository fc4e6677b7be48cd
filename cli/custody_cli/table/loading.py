"""`custody scan load`: boxes onto a vehicle against a manifest; who gives signs, what stays behind is said (spec chapter 18)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from custody.i18n.words import known
from custody_cli.boxes.choosing import Choosing
from custody_cli.boxes.named import Names
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.desk import random
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.questions import Answers, listed, told
from custody_cli.ground.runtime import gathered, option
from custody_cli.ground.wordchoice import WordChoice
from custody_cli.keys.askkey import Slot, ask_key, show_keys
from custody_cli.keys.keypath import KEY
from custody_cli.keys.keyring import within_reach
from custody_cli.keys.signing import public_of
from custody_cli.table import likely, scanning
from custody_cli.table.guardscreen import Screen
from custody_cli.table.happening import person
from custody_cli.table.journeys import needed
from custody_cli.table.terms import Terms

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.assembly.loads import Cargo
    from custody.station.draft import Draft
    from custody.station.manifest import Journey
    from custody.station.scanrun import Outcome, Run

# As in custody.core.shapes, which loads more than the help of a command needs; a test holds both together.
RESTS = ("later", "weather", "no-room", "not-ready", "damaged", "missing", "other")
_HOLDERS = ("kpps", "pps", "ppk", "keeper")
_THINGS = ("container", "booth", "form", "seal", "key")
_SHORT = 8  # digits of a consignment's id that people type


@dataclass(frozen=True)
class Freight:
    """What the command line says of a load: which manifest, for whom, which things, what stays behind and who releases that."""

    manifest: str | None = None
    addressee: str | None = None
    things: tuple[str, ...] = ()
    rest: str | None = None
    supervisor: Path | None = None


with_freight = gathered(
    "freight",
    Freight,
    option("--manifest"),
    option("--for", "addressee"),
    option("--thing", "things", multiple=True),
    option("--rest", type=WordChoice("rest", RESTS)),
    option("--supervisor", type=KEY),
    room="cli.load",
)


class LoadScreen(Screen):
    """A load or its receipt on the screen: a box that should go elsewhere is told loudly, and counted all the same."""

    elsewhere: Mapping[str, str] = {}

    def _told(self, outcome: Outcome) -> None:
        super()._told(outcome)
        goal = self.elsewhere.get(outcome.box or "")
        if outcome.counted and goal is not None:
            self._alarm("cli.load.elsewhere", {"box": self.names.box(outcome.box or ""), "place": self.names.place(goal)})

    @classmethod
    def of(cls, app: App, run: Run, draft: Draft, choosing: Choosing, names: Names, within: str | None) -> LoadScreen:
        """The screen of a draft of either kind."""
        from custody.assembly.loads import bound_elsewhere, offered

        made, head = cls(app, run, draft, choosing, names, within), draft.head
        made.apart = f"cli.scan.apart.{head['kind']}"
        mine = head["load"]["id"] if head["kind"] == "load" else None
        made.elsewhere = bound_elsewhere(choosing.office, head["end"], mine)
        if head["kind"] == "unload":
            here = (one for one in offered(choosing.office) if one.offer.body["to"] == head["end"])
            made.offered = frozenset(line["box"] for one in here for line in one.offer.body["boxes"] if line["seals"])
        return made


def things_of(typed: tuple[str, ...]) -> dict[str, int]:
    """Things as people type them: `bilik=4`, `container=2`. Raises WrongUse("cli.load.thing")."""
    from custody.i18n import words
    from custody.station.guardroom import thing

    found: dict[str, int] = {}
    for one in typed:
        name, _, count = one.partition("=")
        if not name.strip() or not count.isdigit():
            raise WrongUse("cli.load.thing", text=one)
        known_as = (code for code in _THINGS if any(word.startswith(name.strip().lower()) for word in _told(code, words.LANGUAGES)))
        found[next(known_as, None) or thing(name)] = int(count)
    return found


def _told(code: str, languages: tuple[str, ...]) -> set[str]:
    from custody.i18n import words

    return {code, *((words.find(f"thing.{code}") or {}).get(lang, code) for lang in languages)}


def officer(app: App, choosing: Choosing, yes: bool) -> Path:
    """The key file of who plans: asked for by number or name. Raises `WrongUse` where nobody may be asked; `Back`, `Stop`."""
    if yes:
        needed("--officer")
    within = within_reach(app, choosing.known, "officer", ("manifest",))
    show_keys(app, choosing.known, Names(choosing.office), within)
    question = app.say("cli.manifest.who")
    return ask_key(app, choosing.known, Slot("officer", ("manifest",)), question, within) or needed("--officer")


# -- what is loaded ------------------------------------------------------------------------------------------------------------


def cargo(app: App, opened: Office, said: str | None, start: str | None, yes: bool) -> Cargo | None:
    """The consignment that is loaded: the one that is said; else the one that waits at this place; None where there is none.

    Raises `WrongUse`: `cli.load.manifest` for an id that names none or several, `cli.load.which` where several wait and nobody is asked.
    """
    from custody.assembly.loads import cargoes

    everything = cargoes(opened)
    if said is not None:
        found = [one for one in everything if len(said) >= min(_SHORT, 4) and one.one.id.startswith(said.lower())]
        if len(found) != 1:
            raise WrongUse("cli.load.manifest", text=said, count=len(found))
        return found[0]
    open_ = [one for one in everything if one.manifest is not None and one.left and start in (None, one.ends[0])]
    if len(open_) > 1 and yes:
        raise WrongUse("cli.load.which", ids=tuple(one.one.id[:_SHORT] for one in open_))
    if len(open_) > 1:
        return _one_of(app, Names(opened), open_)
    return open_[0] if open_ else None


def _one_of(app: App, names: Names, open_: list[Cargo]) -> Cargo:
    for number, one in enumerate(open_, 1):
        app.console.note(f"  {paint(f'{number:2}', 'head')}  {line(app, names, one)}")
    again = app.say("cli.ask.choices", choices=app.say("cli.ask.numbers", last=len(open_)))
    choices = {str(number): one for number, one in enumerate(open_, 1)}
    return told(app, app.say("cli.load.ask"), again, choices.get, choices)


def line(app: App, names: Names, one: Cargo) -> str:
    """A consignment in one line."""
    start, end = one.ends
    facts = {"id": one.one.id[:_SHORT], "start": names.place(start), "end": names.place(end), "planned": len(one.planned)}
    return app.say("cli.load.line", **facts, loaded=len(one.loaded), come=len(one.come), left=len(one.left))


def head(
    app: App,
    choosing: Choosing,
    keys: Mapping[str, Path],
    ends: tuple[str | None, str | None],
    freight: Freight,
    yes: bool,
    *,
    changed: bool,
) -> dict[str, Any]:
    """Who gives, which manifest, to whom, which trip: what the draft of a load begins with. Raises as `cargo`, `where`; `Back`, `Stop`.

    :param changed: people and places are said anew, so that where to is asked for whatever the plan says.
    """
    opened = choosing.office
    seats = _seats(app, choosing, dict(keys), yes)
    names = {slot: public_of(path).name for slot, path in seats.items()}
    giver = choosing.known.key(names["giver"])
    own = next(iter(giver.places)) if giver is not None and len(giver.places) == 1 else None
    one = cargo(app, opened, freight.manifest, choosing.place(ends[0]) if ends[0] else own, yes)
    start = one.ends[0] if one is not None else scanning.where(app, choosing, ends[0], names["giver"], "from", "cli.scan.where.from")
    end = one.ends[1] if one is not None and not ends[1] else _end(app, choosing, ends[1], None if yes or changed else names["giver"])
    along = "receiver" in names
    names["receiver"] = names.get("receiver") or _addressee(app, choosing, end, freight.addressee or _last_receiver(one, end), yes)
    trip = max((trip.number for trip in one.one.trips), default=0) + 1 if one is not None else 1
    if one is not None:
        app.console.note(paint(app.say("cli.load.trip", trip=trip, id=one.one.id[:_SHORT], count=len(one.left)), "head"))
    return {
        "kind": "load",
        "start": start,
        "end": end,
        "place": start if along else end,
        "names": names,
        "keys": {slot: str(path.resolve()) for slot, path in seats.items()},
        "expected": one.left if one is not None else [],
        "load": {"id": one.one.id if one is not None else random(16).hex(), "trip": trip, "due": one.due if one is not None else None},
        "earlier": _earlier(one),
        "before": _before(one),
        "things": _things_left(one),
        "unsigned": None,
    }


def _end(app: App, choosing: Choosing, said: str | None, giver: str | None) -> str:
    """Where to: as said; the one place where the boxes of this giver go next by the plan; else asked for."""
    planned = likely.goal(choosing.known, giver) if said is None and giver is not None else None
    return planned or scanning.where(app, choosing, said, None, "to", "cli.scan.where.to")


def _things_left(one: Cargo | None) -> dict[str, int]:
    """Things of the manifest that no trip has loaded."""
    planned = one.manifest.things if one is not None and one.manifest is not None else {}
    loaded = one.things if one is not None else {}
    return {name: count - loaded.get(name, 0) for name, count in planned.items() if count > loaded.get(name, 0)}


def things(head: Mapping[str, Any], freight: Freight, answers: Answers, yes: bool) -> dict[str, int]:
    """Things that are loaded: as said, as answered on the page; else those of the manifest, which the page shows."""
    if freight.things or yes:
        return things_of(freight.things)
    return dict(answers.said.get("things", head.get("things", {})))


def counted(app: App, head: Mapping[str, Any]) -> dict[str, int]:
    """The things of the manifest, counted one by one."""
    return {name: count for name in head["things"] if (count := counted_one(app, name, "cli.load.things.count"))}


def counted_one(app: App, name: str, code: str) -> int:
    """How many of one thing there are. :param code: of the question."""
    shown = app.say(f"thing.{name}") if known(f"thing.{name}") else name
    question, again = app.say(code, thing=shown), app.say("cli.load.things.again")
    return told(app, question, again, lambda typed: int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else None)


def _earlier(one: Cargo | None) -> dict[str, int]:
    """Boxes that an earlier trip loaded and that have not come, with the number of the last such trip."""
    trips, gone = (one.one.trips, set(one.under_way)) if one is not None else ((), set[str]())
    return {box: trip.number for trip in trips for load in trip.loads for box in load.boxes if box in gone}


def _before(one: Cargo | None) -> dict[str, Any]:
    """Who went along and in what on the last trip; of the first one what the manifest orders."""
    if one is None:
        return {}
    order = one.manifest.body["order"] if one.manifest is not None else None
    if not one.one.trips:
        return {"order": order}
    body = one.one.trips[-1].loads[0].act.body
    return {
        "escort": body["escort"]["count"],
        "order": body["escort"]["order"] or order,
        "vehicle": body["vehicle"],
        "carrier": body["carrier"],
    }


def _seats(app: App, choosing: Choosing, keys: dict[str, Path], yes: bool) -> dict[str, Path]:
    """Who signs at the loading: the giver; who records; the receiver only where he rides along and was said."""
    if "giver" not in keys:
        if yes:
            needed("--giver")
        within = within_reach(app, choosing.known, "giver")
        show_keys(app, choosing.known, Names(choosing.office), within)
        keys["giver"] = ask_key(
            app, choosing.known, Slot("giver", usual=likely.giver(choosing.known, within)), app.say("cli.load.who"), within, keys
        ) or needed("--giver")
    return keys


def _last_receiver(one: Cargo | None, end: str) -> str | None:
    """Who was named as the receiver on the last trip there."""
    body = one.one.trips[-1].loads[0].act.body if one is not None and one.one.trips else {}
    return str(body["receiver"]) if body.get("to") == end else None


def _addressee(app: App, choosing: Choosing, end: str, said: str | None, yes: bool) -> str:
    """Who will receive there: the one that is said, the only one who may, or asked for. Raises WrongUse("cli.load.for")."""
    roster, size = choosing.office.ledger.state.roster, choosing.office.ledger.size
    keys = sorted(name for name, key in roster.by_name.items() if key.role in _HOLDERS and end in key.places and key.counts(size))
    if said is not None or len(keys) == 1 or yes:
        if said is not None:
            return person(choosing, said)
        if len(keys) != 1:
            raise WrongUse("cli.load.for", name="-", names=tuple(keys) or ("-",))
        return keys[0]
    if not keys:
        app.console.warn(app.say("cli.load.for.nobody", place=Names(choosing.office).place(end)))
    again = app.say("cli.load.for", name="-", names=tuple(keys) or ("-",))
    return told(
        app, app.say("cli.load.for.ask", names=tuple(keys) or ("-",)), again, lambda typed: typed if choosing.known.key(typed) else None
    )


# -- what stays behind ---------------------------------------------------------------------------------------------------------


def left(app: App, missing: list[str], freight: Freight, answers: Answers, yes: bool) -> str | None:
    """What is said of lines that were not loaded: a later trip, or a reason; None where nothing is left.

    Raises WrongUse("cli.load.rest") where it was not said and nobody may be asked.
    """
    if not missing:
        return None
    if freight.rest is not None:
        return freight.rest
    if yes and "rest" not in answers.said:
        raise WrongUse("cli.load.rest", count=len(missing))
    return str(answers.once("rest", lambda: listed(app, app.say("cli.load.rest.ask", count=len(missing)), "rest", RESTS)))


def releaser(app: App, choosing: Choosing, rest: str | None, freight: Freight, yes: bool) -> Path | None:
    """The key of the supervisor who releases a load that leaves lines behind for a reason; None where nobody needs to, or nobody is there.

    Without him the finding `manifest.unreleased` stands until he adds his signature.
    """
    if rest in (None, "later"):
        return None
    if freight.supervisor is not None or yes:
        return freight.supervisor
    within = within_reach(app, choosing.known, "supervisor", ("ruling",))
    show_keys(app, choosing.known, Names(choosing.office), within)
    question, without = app.say("cli.load.supervisor"), "cli.load.without.supervisor"
    return ask_key(app, choosing.known, Slot("supervisor", ("ruling",), without), question, within)


def loaded(
    opened: Office, journey: Journey, head: Mapping[str, Any], rest: str | None, things: Mapping[str, int], happened: str | None
) -> Journey:
    """The journey with its consignment, its things, and until when it should be there, also while it waits for its receiver."""
    from custody.station import manifest

    load, ledger = head["load"], opened.ledger
    begins = replace(journey, place=journey.start)
    due = load["due"] or manifest.due(ledger.state.places, begins, happened or opened.now(), ledger.size)
    return replace(journey, due=due, load=manifest.Load(load["id"], load["trip"], rest), things=tuple(sorted(things.items())))


def terms_of(terms: Terms, head: Mapping[str, Any]) -> Terms:
    """Without the receiver's key it stays an offer until he receives it."""
    return replace(terms, offer="receiver" not in head["keys"])
