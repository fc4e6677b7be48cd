"""`custody handoff`: one handoff from a list of boxes; also offers, their completion and withdrawal, and a giver who signs later."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from custody.core.errors import Refused
from custody_cli import daily, handing
from custody_cli.app import App
from custody_cli.authorise import agreed
from custody_cli.choosing import Choosing
from custody_cli.desk import office, random
from custody_cli.exits import WrongUse
from custody_cli.handing import CARRIERS, UNSIGNED, Done, Terms, seat
from custody_cli.runtime import Exit, argument, option, pass_app
from custody_cli.runtime import command as define
from custody_cli.signing import matched

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.core.statement import Statement
    from custody.station.manifest import Journey, Seen
    from custody.station.table import Seat

_FILE = click.Path(path_type=Path)
_SLOTS = ("giver", "receiver", "recorder", "through")


@define("handoff")
@argument("what", nargs=-1)
@option("--boxes", "file", type=_FILE)
@option("--type", "types", multiple=True)
@option("--giver", type=_FILE)
@option("--receiver", type=_FILE)
@option("--recorder", type=_FILE)
@option("--through", type=_FILE)
@option("--passphrase-file", "files", type=_FILE, multiple=True)
@option("--from", "start")
@option("--to", "end")
@option("--place")
@option("--escort", type=int)
@option("--escort-key", "escort_keys", multiple=True)
@option("--order")
@option("--vehicle")
@option("--carrier", type=click.Choice(CARRIERS))
@option("--condition", "conditions", multiple=True)
@option("--note", "text")
@option("--happened")
@option("--basis", type=click.Choice(("now", "paper", "memory")), default=None)
@option("--unsigned", type=click.Choice(UNSIGNED))
@option("--giver-name")
@option("--giver-key-name")
@option("--reason")
@option("--offer", is_flag=True)
@option("--complete", "completed")
@option("--differs", is_flag=True)
@option("--withdraw", "withdraws", multiple=True)
@option("--acknowledge", "acknowledged")
@option("--yes", is_flag=True)
@pass_app
def command(
    app: App,
    what: tuple[str, ...],
    file: Path | None,
    types: tuple[str, ...],
    giver: Path | None,
    receiver: Path | None,
    recorder: Path | None,
    through: Path | None,
    files: tuple[Path, ...],
    start: str | None,
    end: str | None,
    place: str | None,
    escort: int | None,
    escort_keys: tuple[str, ...],
    order: str | None,
    vehicle: str | None,
    carrier: str | None,
    conditions: tuple[str, ...],
    text: str | None,
    happened: str | None,
    basis: str | None,
    unsigned: str | None,
    giver_name: str | None,
    giver_key_name: str | None,
    reason: str | None,
    offer: bool,
    completed: str | None,
    differs: bool,
    withdraws: tuple[str, ...],
    acknowledged: str | None,
    yes: bool,
) -> int | None:
    from custody.i18n.dates import from_typed
    from custody.station.manifest import Escort, Journey

    with office(app, write=True) as opened:
        choosing = Choosing(opened)
        if acknowledged is not None:
            return _acknowledge(app, opened, acknowledged, _one(giver, "--giver"), files)
        if completed is not None:
            seen = choosing.seen(what, types, file) if differs else None
            return _complete(app, opened, completed, _one(receiver, "--receiver"), files, seen, yes)
        named = {"giver": giver, "receiver": receiver, "recorder": recorder, "through": through}
        seats = seats_of(app, named, files)
        keys = {one.slot: one.key.name for one in seats}
        if offer and "receiver" not in keys:
            raise WrongUse("cli.handoff.who", slot="--receiver")
        begin = choosing.place(start) if start else sole_place(opened, keys.get("giver") or giver_key_name, "--from")
        target = choosing.place(end) if end else sole_place(opened, keys.get("receiver"), "--to")
        journey = Journey(
            start=begin,
            end=target,
            place=choosing.place(place) if place else target,
            giver=keys.get("giver") or giver_key_name,
            receiver=keys.get("receiver") or _needed("--receiver"),
            recorder=keys.get("recorder"),
            through=keys.get("through"),
            escort=Escort(escort or 0, escort_keys, order),
            carrier=carrier,
            vehicle=plate(vehicle),
            withdraws=tuple(daily.recorded(opened, sid).sid for sid in withdraws),
            conditions=conditions,
            note=daily.private_text(opened, "note", text, random) if text else None,
        )
        if unsigned is not None or journey.giver is None:
            journey = _unsigned(opened, journey, unsigned, giver_name)
            seats = [one for one in seats if one.slot != "giver"]
        moment = from_typed(happened, opened.zone) if happened else None
        terms = Terms(yes, reason, moment, basis or ("paper" if moment else "now"), offer)
        done = handing.hand_over(app, opened, journey, choosing.seen(what, types, file), seats, terms)
        return ended(app, opened, "handoff", done)


def ended(app: App, opened: "Office", schema: str, done: Done) -> int | None:
    """The answer, and exit 1 where findings stand that are no notes."""
    app.answer(schema, handing.document(app, opened, done), lambda: handing.tell_end(app, opened, done))
    return Exit.FINDINGS if any(one.severity != "note" for one in done.found) else None


def seats_of(app: App, named: dict[str, Path | None], files: tuple[Path, ...]) -> "list[Seat]":
    """The people at the table, in the order in which they sign; passphrase files go by the same order."""
    paths = [(slot, path) for slot, path in named.items() if path is not None]
    return [seat(app, slot, path, word) for (slot, path), word in zip(paths, matched([path for _, path in paths], files), strict=True)]


def sole_place(opened: "Office", key: str | None, flag: str) -> str:
    """The place where a key may act, if it is one. Raises WrongUse("cli.handoff.where")."""
    found = opened.ledger.state.roster.find(key, opened.ledger.size)
    if found is None or len(found.places) != 1:
        raise WrongUse("cli.handoff.where", flag=flag)
    return next(iter(found.places))


def plate(text: str | None) -> str | None:
    """A number plate or boat as statements write it: `dh 1234 ab` → `DH-1234-AB`."""
    return "-".join(text.upper().split()) if text else None


def _unsigned(opened: "Office", journey: "Journey", reason: str | None, name: str | None) -> "Journey":
    if reason is None:
        raise WrongUse("cli.handoff.who", slot="--giver")
    committed = daily.private_text(opened, "name", name, random) if name else None
    return daily.unsigned_by(journey, reason, committed)


def _needed(flag: str) -> str:
    raise WrongUse("cli.handoff.who", slot=flag)


def _one(path: Path | None, flag: str) -> Path:
    return path if path is not None else Path(_needed(flag))


def _acknowledge(app: App, opened: "Office", sid: str, path: Path, files: tuple[Path, ...]) -> int | None:
    """A giver who had not signed signs now."""
    one = daily.recorded(opened, sid)
    _is_handoff(one, sid)
    if one.body["unsigned"] is None:
        raise Refused("daily.signed-already", sid=one.sid)
    parts = daily.of_consignment(opened, one)
    sitting = seat(app, "giver", path, files[0] if files else None)
    done = Done(tuple(parts), daily.acknowledge(opened, parts, sitting, "giver"), (), "acknowledged")
    return ended(app, opened, "handoff", done)


def _complete(
    app: App, opened: "Office", sid: str, path: Path, files: tuple[Path, ...], seen: "list[Seen] | None", yes: bool
) -> int | None:
    """The receiver signs an offer, as it stands or with the boxes really found."""
    from custody.station import table

    offer = daily.recorded(opened, sid)
    _is_handoff(offer, sid)
    sitting = seat(app, "receiver", path, files[0] if files else None)
    if sitting.key.name != offer.body["receiver"]:
        raise Refused("daily.not-receiver", name=sitting.key.name, receiver=offer.body["receiver"])
    table.enrolled(opened.ledger.state.roster, sitting.key, opened.ledger.size)
    parts = daily.of_consignment(opened, offer)
    if seen is None:
        shown = table.shown(parts)
        app.console.note(app.say("cli.handing.shown", count=shown.count, parts=shown.parts, first=shown.first, last=shown.last))
        agreed(app, app.say("cli.handing.agree", count=shown.count), yes)
        done = Done(tuple(parts), daily.complete(opened, parts, sitting), ())
        return ended(app, opened, "handoff", done)
    return _differing(app, opened, parts, sitting, seen, yes)


def _differing(app: App, opened: "Office", parts: "list[Statement]", sitting: "Seat", seen: "list[Seen]", yes: bool) -> int | None:
    """What was really found, part by part; boxes that nobody offered are told and left out."""
    offered = {line["box"] for part in parts for line in part.body["boxes"]}
    strange = sorted(one.box for one in seen if one.box not in offered)
    for box in strange:
        app.console.warn(app.say("cli.handoff.not-offered", box=box))
    taken = [one for one in seen if one.box in offered]
    left = len(offered) - len(taken)
    agreed(app, app.say("cli.handoff.differs", count=len(taken), left=left), yes)
    done = Done(tuple(parts), daily.acknowledge(opened, parts, sitting, "receiver", taken), (), "differs")
    ended(app, opened, "handoff", done)
    return Exit.FINDINGS if left or strange else None


def _is_handoff(one: "Statement", sid: str) -> None:
    if one.kind.name != "handoff":
        raise Refused("daily.not-handoff", sid=sid, kind=one.kind.name)
