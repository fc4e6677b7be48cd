"""`custody plenary`: a step of the plenary of a kecamatan, signed by the PPK and a witness (spec chapters 08 and 19)."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from custody.core.errors import KeyTrouble, Refused
from custody_cli.boxes import daily
from custody_cli.boxes.choosing import Choosing
from custody_cli.boxes.named import Names
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.photographs import digest
from custody_cli.ground.prompts import confirm
from custody_cli.ground.questions import Answers
from custody_cli.ground.runtime import argument, option, pass_app
from custody_cli.ground.runtime import command as define
from custody_cli.ground.wordchoice import WordChoice
from custody_cli.keys.authorise import agreed
from custody_cli.keys.keypath import KEY
from custody_cli.keys.keyring import check_pair, within_reach
from custody_cli.keys.signing import public_of
from custody_cli.room import comparing, pages, places, rough, signing
from custody_cli.table import handing, scanning
from custody_cli.table.handing import typed
from custody_cli.table.journeys import Said, needed, with_time_and_answers
from custody_cli.table.terms import Done

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.core.statement import Statement
    from custody.station import guardroom
    from custody.station.table import Seat

_FILE = click.Path(path_type=Path)
STEPS = ("begun", "paused", "resumed", "finished", "moved")
WITNESSED = frozenset(("begun", "finished"))  # as in custody.core.plenaries: without a witness these do not count
_FORGOTTEN = frozenset(("key.passphrase", "key.empty"))


@define("plenary")
@argument("step", type=WordChoice("plenarystep", STEPS), required=False)
@argument("place", nargs=-1)
@option("--panels", type=click.IntRange(0, 99), default=0)
@option("--venue")
@option("--officer", type=KEY)
@option("--witness", type=KEY)
@option("--alone", is_flag=True)
@option("--passphrase-file", "files", type=_FILE, multiple=True)
@option("--photo", "photos", type=_FILE, multiple=True)
@with_time_and_answers
@option("--sign", "later")
@pass_app
def command(
    app: App,
    step: str | None,
    place: tuple[str, ...],
    panels: int,
    venue: str | None,
    officer: Path | None,
    witness: Path | None,
    alone: bool,
    files: tuple[Path, ...],
    photos: tuple[Path, ...],
    said: Said,
    later: str | None,
) -> int | None:
    with scanning.at_table(app) as opened, ExitStack() as stack:
        choosing, named = Choosing(opened), " ".join(place).strip()
        if later is not None:
            return _later(app, opened, later, {"witness": witness, "officer": officer}, files, said.yes)
        if step is None:
            raise WrongUse("cli.plenary.step")
        if step == "moved" and venue is None:
            raise WrongUse("cli.plenary.venue")
        scanning.tell_locked(app, opened)
        at = choosing.place(named) if named else _usual(choosing, officer)
        where = choosing.place(venue) if venue is not None else None
        draft = stack.enter_context(rough.draft_of(app, opened, "plenary", at, said.yes, step=step))
        if notes := handing.signed_before(draft):
            return rough.sent_again(app, opened, draft, notes)
        answers = Answers.of(draft)
        keys = {"officer": rough.officer(answers, lambda: signing.officer(app, choosing, at, "plenary", officer, said.yes))}
        if (found := _watcher(app, choosing, at, keys, witness, alone or said.yes, answers)) is not None:
            keys["witness"] = found
        made = _made(keys, choosing, place=at, step=step, panels=panels, venue=where)
        _look(app, choosing, at, step, watched=found is not None)
        missing = _missing(app, choosing, said.yes)
        done = signing.signed(app, opened, keys, files, said, made, tuple(map(digest, photos)), answers, missing)
        draft.finish()
        lacks = _lacking(app, choosing, done)
        return signing.ended(app, opened, "plenary", done, {"place": at, "step": step, "panels": panels, "counts": not lacks}, lacks)


def _made(keys: Mapping[str, Path], choosing: Choosing, **step: Any) -> signing.Made:
    """Makes the step of who signs. Raises as `check_pair` where the two may not sign together."""
    from custody.station import guardroom

    signers: dict[str, Any] = {slot: public_of(path).name for slot, path in keys.items()}
    check_pair(choosing.known, {"sealer": signers["officer"], "witness": signers.get("witness")})

    def made(common: guardroom.Common, noted: guardroom.Noted) -> list[Statement]:
        return [guardroom.plenary(common, **step, **signers, noted=noted)]

    return made


def _missing(app: App, choosing: Choosing, yes: bool) -> Callable[[Seat, KeyTrouble], None]:
    """The witness cannot open his key: his signature may come later, where people say so; until then the step does not count."""

    def asked(one: Seat, error: KeyTrouble) -> None:
        if yes or one.slot != "witness" or error.code not in _FORGOTTEN:
            raise error
        if not confirm(app.prompter, app.say("cli.plenary.later", name=Names(choosing.office).person(one.key.name)), app.lang):
            raise error

    return asked


def _lacking(app: App, choosing: Choosing, done: Done) -> list[str]:
    """Who must still sign for the step to count, and with what command; nothing where nobody must, or it waits for the ledger key."""
    (one,), names = done.statements, Names(choosing.office)
    body, step = one.body, app.say(f"plenarystep.{one.body['step']}").replace(" ", "-")
    acts = [choosing.office.ledger.act(receipt.index) for receipt in done.submitted.receipts]
    if not acts or any(body["witness"] in act.signed for act in acts) or (body["witness"] is None and body["step"] not in WITNESSED):
        return []
    facts = {"step": body["step"], "place": names.place(body["place"]), "witness": names.person(body["witness"])}
    if body["witness"] is None:
        command = typed(app, f"plenary {step} {shlex.quote(facts['place'])}")
        told = app.say("cli.plenary.lacks", **facts, command=command)
    else:
        told = app.say("cli.plenary.lacks.named", **facts, command=typed(app, f"plenary --sign {one.sid[:12]} --witness {body['witness']}"))
    return [paint(told, "bad")]


def _later(app: App, opened: Office, sid: str, keys: dict[str, Path | None], files: tuple[Path, ...], yes: bool) -> int | None:
    """Who is named in a step and has not signed signs now: the same text with one more line."""
    one = daily.recorded(opened, sid)
    if one.kind.name != "plenary":
        raise Refused("cli.plenary.other", sid=one.sid, kind=one.kind.name)
    slot, path = next(((slot, path) for slot, path in keys.items() if path is not None), ("witness", None))
    seat = handing.seat(app, slot, path or needed("--witness"), files[0] if files else None)
    if seat.key.name not in (one.body["witness"], one.body["officer"]):
        raise Refused("cli.plenary.stranger", name=seat.key.name, sid=one.sid)
    pages.show(app, Names(opened), [one])
    agreed(app, app.say("cli.open.agree.later", name=Names(opened).person(seat.key.name)), yes)
    done = Done((one,), daily.submit(opened, [one], [seat]), ())
    return signing.ended(app, opened, "plenary", done, {"place": one.body["place"], "step": one.body["step"]})


def _look(app: App, choosing: Choosing, place: str, step: str, *, watched: bool) -> None:
    """Before a step is signed: warn of boxes at the end of a plenary, and that what nobody watches does not count."""
    if step == "finished":
        _look_at_boxes(app, choosing, place)
    if step in WITNESSED and not watched:
        app.console.bell(1)
        app.console.warn(app.say("cli.plenary.uncounted", step=step, place=Names(choosing.office).place(place)))


def _look_at_boxes(app: App, choosing: Choosing, place: str) -> None:
    """Warn of boxes that stand open or never came before the end of a plenary is signed; while they are counted, of none."""
    office, names = choosing.office, Names(choosing.office)
    try:
        boxes = choosing.area(place)
    except Refused:  # a room there is being counted: no figure is told
        return
    trail, judged = office.ledger.trail(boxes), office.ledger.judge(boxes)
    left = [box for box in boxes if (holding := judged[box][0].holding) is not None and not holding.shut]
    away = [box for box in boxes if place not in {step.place for step in trail.of(box)}]
    for code, found in (("open", left), ("away", away)):
        if found:
            app.console.bell(3)
            app.console.warn(app.say(f"cli.plenary.look.{code}", count=len(found), place=names.place(place)))
            for one in comparing.listed(names, found):
                app.console.note(one)


def _usual(choosing: Choosing, officer: Path | None) -> str:
    """The kecamatan of who signs, or the only one. Raises WrongUse("cli.plenary.where")."""
    office = choosing.office
    kinds = office.ledger.state.places
    if officer is not None:
        key = choosing.known.key(public_of(officer).name)
        if key is not None and len(key.places) == 1:
            return next(iter(key.places))
    found = [code for code in kinds.versions if (one := kinds.get(code, office.ledger.size)) is not None and one.kind == "kecamatan"]
    if len(found) != 1:
        raise WrongUse("cli.plenary.where")
    return found[0]


def _watcher(
    app: App, choosing: Choosing, place: str, taken: dict[str, Path], said: Path | None, quiet: bool, answers: Answers
) -> Path | None:
    """Who watches: as said, or as answered."""
    if said is not None or quiet:
        return said

    def asked() -> str | None:
        found = _witness(app, choosing, place, taken)
        return str(found) if found is not None else None

    path = answers.once("key.witness", asked)
    return Path(path) if path is not None else None


def _witness(app: App, choosing: Choosing, place: str, taken: dict[str, Path]) -> Path | None:
    """Who watches; that nobody does is said in words."""
    bench = places.Bench(app, choosing, place, "plenary", within_reach(app, choosing.known, "witness", ("plenary",), place))
    bench.taken |= taken
    return bench.ask("witness", app.say("cli.plenary.witness"), None, "cli.plenary.without")
