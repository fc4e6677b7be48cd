"""`custody seal`: a sealing of boxes at a place, by who seals and a witness, scanned at the table or from a list; chains begin here."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from custody_cli.boxes.choosing import Boxes, Choosing, with_boxes
from custody_cli.boxes.named import Names
from custody_cli.ground import blind, photographs
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.feed import ready
from custody_cli.ground.questions import Answers, Back
from custody_cli.ground.runtime import command as define
from custody_cli.ground.runtime import gathered, option, pass_app
from custody_cli.ground.settings import from_home
from custody_cli.ground.wordchoice import WordChoice
from custody_cli.keys.askkey import Slot, ask_key, show_keys
from custody_cli.keys.keypath import KEY
from custody_cli.keys.keyring import check_pair, within_reach
from custody_cli.keys.signing import public_of
from custody_cli.table import clock, handing, scanning, sealsight
from custody_cli.table.handing import ended
from custody_cli.table.journeys import Anew, Said, needed, with_anew, with_time_and_answers
from custody_cli.table.leaving import held
from custody_cli.table.terms import Done, Turn

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.station.draft import Draft
    from custody_cli.table.sealscreen import SealScreen

_FILE = click.Path(path_type=Path)
_PHASES = ("packed", "voted", "plenary", "transit", "court", "stored")


@dataclass(frozen=True)
class Sealing:
    """Who seals, who watches, where, on what occasion, and the numbers of the seals."""

    sealer: Path | None
    witness: Path | None
    files: tuple[Path, ...]
    place: str | None
    phase: str
    numbers: Path | None
    photos: tuple[str, ...] = ()

    @property
    def keys(self) -> dict[str, Path]:
        """Slot -> key file, of those who were named."""
        named = {"sealer": self.sealer, "witness": self.witness}
        return {slot: path for slot, path in named.items() if path is not None}


with_sealing = gathered(
    "sealing",
    Sealing,
    option("--sealer", type=KEY),
    option("--witness", type=KEY),
    option("--passphrase-file", "files", type=_FILE, multiple=True),
    option("--place"),
    option("--phase", type=WordChoice("phase", _PHASES), default="voted"),
    option("--seals", "numbers", type=_FILE),
    option("--photo", "photos", multiple=True),
    room="cli.journey",
)


@define("seal")
@with_boxes
@with_sealing
@with_anew
@with_time_and_answers
@pass_app
def command(app: App, boxes: Boxes, sealing: Sealing, anew: Anew, said: Said) -> int | None:
    ready()
    with scanning.at_table(app) as opened:
        scanning.tell_locked(app, opened)
        if boxes.what or boxes.file or sealing.numbers:
            return _listed(app, Choosing(opened), boxes, sealing, said)
        with held(_draft(app, opened, sealing, anew, said)) as draft:
            done = handing.signed_before(draft)
            return scanning.sent_again(app, opened, "seal", draft, done) if done else _run(app, opened, sealing, anew, said, draft)


# -- from a list ---------------------------------------------------------------------------------------------------------------


def _listed(app: App, choosing: Choosing, boxes: Boxes, sealing: Sealing, said: Said) -> int | None:
    opened, keys = choosing.office, _keys(app, choosing, sealing, said.yes)
    seats = handing.seated(app, keys, sealing.files)
    names = {one.slot: one.key.name for one in seats}
    place = scanning.where(app, choosing, sealing.place, names["sealer"], "place", "cli.seal.where")
    named = boxes if boxes.what or boxes.file else replace(boxes, what=(place,))
    seen = sealsight.with_numbers(choosing, choosing.seen(named), sealing.numbers, sealing.phase)
    told = {**names, "phase": sealing.phase, "photos": photographs.shown(sealing.photos, choosing.box)}
    done = handing.seal(app, opened, seen, seats, said.terms(opened), place=place, **told)
    assert isinstance(done, Done)  # nothing to turn back to
    return ended(app, opened, "seal", done)


def _keys(app: App, choosing: Choosing, sealing: Sealing, yes: bool) -> dict[str, Path]:
    """Who seals and who watches: as named, or asked for."""
    keys, within = sealing.keys, within_reach(app, choosing.known, "sealer")
    missing = [slot for slot in ("sealer", "witness") if slot not in keys]
    if missing and yes:
        needed(f"--{missing[0]}")
    if missing:
        show_keys(app, choosing.known, Names(choosing.office), within)
    for slot in missing:
        keys[slot] = ask_key(app, choosing.known, Slot(slot), app.say(f"cli.seal.who.{slot}"), within, keys) or needed(f"--{slot}")
    check_pair(choosing.known, {slot: public_of(path).name for slot, path in keys.items()})
    return {slot: keys[slot] for slot in ("sealer", "witness")}


# -- at the table --------------------------------------------------------------------------------------------------------------


def _draft(app: App, opened: "Office", sealing: Sealing, anew: Anew, said: Said) -> "Draft":
    """The sealing to go on with, or a new one once the clock is right and it is known who seals, who watches, and where."""
    found = scanning.taken_up(app, opened, "seal", anew.fresh, said.yes)
    if found is not None:
        clock.again(app, opened, found, said.yes or said.happened is not None)
        return found
    happened = clock.right(app, opened, said.yes or said.happened is not None)
    return scanning.begun(app, opened, happened, **_head(app, opened, sealing, anew, said))


def _head(app: App, opened: "Office", sealing: Sealing, anew: Anew, said: Said) -> dict[str, Any]:
    """Who seals, who watches, and where; `kembali` at any question begins with the first."""
    while True:
        try:
            return _asked_head(app, opened, sealing, anew, said)
        except Back:
            continue


def _asked_head(app: App, opened: "Office", sealing: Sealing, anew: Anew, said: Said) -> dict[str, Any]:
    from custody.assembly.whereabouts import boxes_under

    choosing = Choosing(opened)
    keys = _keys(app, choosing, sealing, said.yes)
    names = {slot: public_of(path).name for slot, path in keys.items()}
    place = scanning.where(app, choosing, sealing.place, names["sealer"], "place", "cli.seal.where")
    blind.untouched(opened.folder.path, place)
    return {
        "kind": "seal",
        "start": place,
        "end": place,
        "phase": sealing.phase,
        "names": names,
        "keys": {slot: str(from_home(str(path)).resolve()) for slot, path in keys.items()},
        "expected": choosing.chosen(anew.expect) if anew.expect else boxes_under(opened, place),
    }


def _run(app: App, opened: "Office", sealing: Sealing, anew: Anew, said: Said, draft: "Draft") -> int | None:
    """The sealing of a draft; once more from its beginning, with all boxes, where people and place were changed."""
    while (done := _gone_through(app, opened, sealing, said, draft)) is None:
        sealing = replace(sealing, sealer=None, witness=None, files=(), place=None)
        draft.add(do="head", head=_head(app, opened, sealing, anew, said))
    return ended(app, opened, "seal", done)


def _gone_through(app: App, opened: "Office", sealing: Sealing, said: Said, draft: "Draft") -> Done | None:
    from custody_cli.table.sealscreen import SealScreen

    choosing, names, head = Choosing(opened), Names(opened), draft.head
    run, answers = scanning.run_of(opened, choosing, draft), Answers.of(draft)
    area = head["start"].partition("-")[0]
    screen = SealScreen(app, run, draft, choosing, names, area if len(area) == 10 else None)
    who = {slot: names.person(head["names"][slot]) for slot in ("sealer", "witness")}
    app.console.note(paint(app.say("cli.seal.place", place=names.place(head["start"]), **who), "head"))
    scanning.told_again(app, opened, run, answers)
    screen.begin()
    return scanning.gone_through(app, screen, said.yes, lambda: _sign(app, opened, sealing, said, screen, answers))


def _sign(app: App, opened: "Office", sealing: Sealing, said: Said, screen: "SealScreen", answers: Answers) -> Done | Turn:
    head = screen.draft.head
    terms = scanning.with_table(app, said.terms(opened), screen, answers)
    paths = {slot: sealing.keys.get(slot) or Path(path) for slot, path in head["keys"].items()}
    seats = handing.seated(app, {slot: paths[slot] for slot in ("sealer", "witness")}, sealing.files)
    told = {**head["names"], "phase": head["phase"], "photos": photographs.shown(sealing.photos, Choosing(opened).box)}
    return handing.seal(app, opened, screen.seen(), seats, terms, place=head["start"], **told)
