"""`custody scan unload`: what comes off a vehicle against what was loaded; what nobody expects is received as found (spec chapter 18)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from custody_cli.boxes import daily
from custody_cli.boxes.choosing import Choosing
from custody_cli.boxes.known import Known
from custody_cli.boxes.named import Names
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.desk import random
from custody_cli.ground.exits import WrongUse
from custody_cli.keys.askkey import Slot, ask_key, show_keys
from custody_cli.keys.keyring import check_pair, within_reach
from custody_cli.keys.signing import public_of
from custody_cli.table import handing, likely, scanning, signingpage, thingscome
from custody_cli.table.boxlines import grouped
from custody_cli.table.guardscreen import Screen
from custody_cli.table.journeys import needed
from custody_cli.table.reasons import reasons_for
from custody_cli.table.terms import Done, Terms, Turn

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.assembly.loads import Waiting
    from custody.core.statement import Statement
    from custody.station.manifest import Seen
    from custody.station.table import Seat

_SEATS = ("receiver", "recorder")  # who signs what is unloaded, in this order


def head(app: App, choosing: Choosing, keys: Mapping[str, Path], place: str | None, yes: bool) -> dict[str, Any]:
    """Who receives, where, and which boxes were loaded for him. Raises as `needed` and `scanning.where`; `Back`, `Stop`."""
    opened = choosing.office
    receiver = keys.get("receiver") or (needed("--receiver") if yes else _asked(app, choosing))
    name = public_of(receiver).name
    here = scanning.where(app, choosing, place, name, "place", "cli.unload.where")
    waiting, others = _awaited(opened, here, name)
    names, present = Names(opened), {**keys, "receiver": receiver}
    check_pair(choosing.known, who := {slot: public_of(path).name for slot, path in present.items() if slot in _SEATS})
    for one in waiting:
        app.console.note(paint(_line(app, names, one, "cli.unload.load"), "head"))
    for one in others:
        app.console.warn(_line(app, names, one, "cli.unload.other"))
        app.console.note(f"  {app.say('cli.next')} {_instead(app, one, name)}")
    away = _away(opened, here, name)
    for one in away:
        app.console.warn(_line(app, names, one, "cli.unload.away"))
        app.console.note(f"  {app.say('cli.next')} {handing.typed(app, _take(app, one))}")
    if not waiting:
        app.console.warn(app.say("cli.unload.nothing.here" if away else "cli.unload.nothing", place=names.place(here)))
    return {
        "kind": "unload",
        "start": here,
        "end": here,
        "place": here,
        "names": who,
        "keys": {slot: str(path.resolve()) for slot, path in present.items()},
        "expected": sorted(box for one in waiting for box in one.boxes),
        "unsigned": None,
    }


def _awaited(opened: Office, here: str, receiver: str) -> tuple[list[Waiting], list[Waiting]]:
    """Loads that wait here for this receiver, and those that wait for others: only they can receive them as loaded."""
    from custody.assembly.loads import offered

    known = [one for one in offered(opened) if one.offer.body["to"] == here]
    mine = [one for one in known if one.offer.body["receiver"] == receiver]
    return mine, [one for one in known if one not in mine]


def _away(opened: Office, here: str, receiver: str) -> list[Waiting]:
    """Loads that wait for this very receiver at another place: to receive their boxes here would tell them as found."""
    from custody.assembly.loads import offered

    return [one for one in offered(opened) if one.offer.body["receiver"] == receiver and one.offer.body["to"] != here]


def _take(app: App, one: Waiting) -> str:
    """The command that receives a load where it was sent."""
    return f"scan {'bongkar' if app.lang == 'id' else 'unload'} --to {one.offer.body['to']}"


def _line(app: App, names: Names, one: Waiting, code: str) -> str:
    body = one.offer.body
    facts = {"count": len(one.boxes), "start": names.place(body["from"]), "vehicle": body["vehicle"] or "-", "zone": names.office.zone}
    facts["end"] = names.place(body["to"])
    return app.say(code, **facts, trip=body["consignment"]["trip"], at=body["happened"]["at"], receiver=names.person(body["receiver"]))


def _instead(app: App, one: Waiting, name: str) -> str:
    """What can be done with a load that names somebody else: he receives it, or the giver signs anew for who is here."""
    body, scan = one.offer.body, "scan " + ("bongkar" if app.lang == "id" else "unload")
    own = handing.typed(app, f"{scan} --receiver {body['receiver']}")
    anew = handing.typed(app, f"handoff --withdraw {one.offer.sid[:12]} --giver {body['giver']} --receiver {name}")
    return app.say("cli.unload.other.instead", receiver=body["receiver"], giver=body["giver"], own=own, anew=anew)


def _asked(app: App, choosing: Choosing) -> Path:
    within = within_reach(app, choosing.known, "receiver")
    show_keys(app, choosing.known, Names(choosing.office), within)
    return ask_key(
        app, choosing.known, Slot("receiver", usual=likely.receiver(choosing.known, within)), app.say("cli.unload.who"), within
    ) or needed("--receiver")


def sign(app: App, opened: Office, screen: Screen, files: Sequence[Path], terms: Terms, things: tuple[str, ...] = ()) -> Done | Turn:
    """Receive what came at the moment of unloading (FOLD-8), also where it is as it was loaded; and what nobody expected.

    :param things: what came that is no box, as the command line says it. Returns and raises as `handing.record`.
    """
    draft = screen.draft.head
    seats = handing.seated(app, {slot: Path(draft["keys"][slot]) for slot in _SEATS if slot in draft["keys"]}, files)
    handing.welcome(app, opened, seats)
    waiting, _ = _awaited(opened, draft["place"], draft["names"]["receiver"])
    seen = screen.seen()
    loads = [one.offer.statement for one in waiting]
    known = {box for one in waiting for box in one.boxes}
    strange = [one for one in seen if one.box not in known]

    terms = thingscome.with_page(app, screen, terms, thingscome.loaded(loads), things)

    def drafted(stated: Mapping[str, str]) -> list[Statement]:
        return [*_acks(opened, loads, seen, terms, stated), *_found(opened, draft, strange, stated, terms)]

    fresh = drafted({})
    found = daily.late(opened, loads, [one for one in fresh if one.kind.name == "ack"])
    found += daily.foreseen(opened, [one for one in fresh if one.kind.name == "handoff"], [one.key.name for one in seats])
    reasons = reasons_for(app, opened, found, terms)
    if reasons:
        fresh = drafted(reasons)
        found = [one._replace(stated=reasons.get(one.code, one.stated)) for one in found]
    if not fresh:
        raise WrongUse("cli.scan.empty", command=handing.typed(app, "scan unload"))
    back = handing.agree(app, len(seen), terms)
    if back is not None:
        return back
    other = thingscome.differing(app, opened, loads, draft["place"], terms)
    how = "complete" if not strange and not other and all(_as_loaded(one, seen) for one in waiting) else "differs"
    return replace(_concluded(app, opened, [*fresh, *other], seats, terms, found), how=how)


def _concluded(app: App, opened: Office, statements: list[Statement], seats: list[Seat], terms: Terms, found: Sequence[Any]) -> Done:
    names = Names(opened)

    def page(shown: Sequence[Statement]) -> None:
        for one in shown:
            if one.kind.name == "incident":
                app.console.note(paint(_note(app, names, one), "bad"))
            else:
                signingpage.show(app, names, [one])

    return handing.conclude(app, opened, statements, seats, terms, found, page)


def _note(app: App, names: Names, one: Statement) -> str:
    """What an incident about the load says, as the private register opens it."""
    committed = one.body["note"]["c"]
    return app.say("cli.unload.things.incident", text=names.office.private.opened([committed])[committed].value)


def tell_things(app: App, opened: Office, done: Done) -> list[str]:
    """What came otherwise than it was loaded and is no box, to be told at the end."""
    return [paint(_note(app, Names(opened), one), "bad") for one in done.statements if one.kind.name == "incident"]


def _as_loaded(one: Waiting, seen: Sequence[Seen]) -> bool:
    """All boxes of the offer came, each with its seals as it was loaded, looked at where the giver had."""
    came = {item.box: item for item in seen}
    lines = {line["box"]: bool(line["seals"]) for line in one.offer.body["boxes"]}
    return set(one.boxes) == lines.keys() <= came.keys() and all(
        not came[box].seals and (came[box].seals is not None) == looked for box, looked in lines.items()
    )


def _acks(opened: Office, offers: Sequence[Statement], seen: Sequence[Seen], terms: Terms, reasons: Mapping[str, str]) -> list[Statement]:
    return daily.ack_drafts(opened, offers, "receiver", seen, happened=terms.happened, basis=terms.basis, reasons=reasons)


def _found(opened: Office, draft: Mapping[str, Any], seen: Sequence[Seen], stated: Mapping[str, str], terms: Terms) -> list[Statement]:
    """Boxes that nobody had loaded for here: received all the same, without a giver, as found where they are."""
    from custody.station.manifest import Journey, Unsigned, with_reasons

    if not seen:
        return []
    here, receiver = draft["place"], draft["names"]["receiver"]
    journey = Journey(here, here, here, None, receiver, draft["names"].get("recorder"), unsigned=Unsigned("found"))
    return daily.handoff_drafts(opened, Known(opened), with_reasons(journey, stated), seen, random, terms.happened, terms.basis)


def tell_missing(app: App, names: Names, done: Done, expected: Sequence[str]) -> list[str]:
    """What was loaded and has not come, to be told loudly at the end."""
    came = {line["box"] for one in done.statements for line in one.body["boxes"]}
    missing = sorted(set(expected) - came)
    if not missing:
        return []
    app.console.bell(3)
    return [app.say("cli.unload.missing", count=len(missing)), *(f"  {line}" for line in grouped(missing, names))]
