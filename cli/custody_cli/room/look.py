"""`custody scan inspect`: boxes looked at one by one, wherever they stand, and their seals (spec chapter 17, ROOM-12).

Nothing is counted and nothing is missed. What is recorded of a box is shown beside it: a difference is seen while people stand there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from custody_cli.boxes.choosing import Choosing
from custody_cli.boxes.looking import seals_told
from custody_cli.boxes.named import Names
from custody_cli.ground import blind, photographs
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.questions import Answers, Back
from custody_cli.keys.signing import public_of
from custody_cli.room import pages, places, signing
from custody_cli.table import clock, handing, scanning, sealsight
from custody_cli.table.guardscreen import Screen
from custody_cli.table.journeys import Said
from custody_cli.table.leaving import held
from custody_cli.table.sealsight import Sight
from custody_cli.table.terms import Done, Turn

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.core.statement import Statement
    from custody.station.draft import Draft
    from custody.station.manifest import Seen
    from custody.station.scanrun import Outcome


@dataclass(frozen=True)
class Asked:
    """What the command line says of a look: where, whose key, passphrase files, photographs, of the seals, the rest."""

    place: str | None
    officer: Path | None
    files: tuple[Path, ...]
    photos: tuple[str, ...]
    sight: Sight
    said: Said


class LookScreen(Screen):
    """One look on the screen: beside each box what is recorded of it."""

    room = "cli.look"

    def _told(self, outcome: Outcome) -> None:
        super()._told(outcome)
        holding = self.choosing.known.holding(outcome.box) if outcome.box in self.run.items else None
        if holding is None or not (outcome.counted or outcome.codes[0] == "run.twice"):
            return
        facts = {"place": self.names.place(holding.place), "to": self.names.place(holding.to), "holder": self.names.person(holding.holder)}
        code = "cli.look.recorded" if holding.place == holding.to else "cli.look.recorded.way"
        self.app.console.note(self.app.say(code, **facts))
        if holding.seals:
            self.app.console.note(paint(self.app.say("cli.look.seals", seals=seals_told(self.app, holding.seals)), "head"))

    def _count(self) -> None:
        self.app.console.note(paint(self.app.say("cli.look.so-far", count=self.run.count), "head"))

    def _far(self) -> str:
        return str(self.run.count)

    def _entered(self) -> bool:
        """Enter alone is the end: nothing can be missing, and the last question leads back. False at the end."""
        return not self.run.items or self.run.pending is not None

    def show_missing(self) -> None:
        """Nobody asks for all boxes of a room here."""
        self.app.console.note(self.app.say("cli.look.any"))


def look(app: App, wanted: Asked, fresh: bool) -> int | None:
    """A look from its beginning, or from where it was interrupted, to the receipt. Raises as `scanning.gone_through`."""
    said = wanted.said
    sealsight.needed(wanted.sight, said.yes, "cli.scan.sight")
    with scanning.at_table(app) as opened:
        scanning.tell_locked(app, opened)
        with held(_draft(app, opened, wanted, fresh)) as draft:
            notes = handing.signed_before(draft)
            done = _sent_again(opened, draft, notes) if notes else _gone_through(app, opened, wanted, draft)
            return signing.ended(app, opened, "inspect", done, {"place": draft.head["place"]})


def _draft(app: App, opened: Office, wanted: Asked, fresh: bool) -> Draft:
    found = scanning.taken_up(app, opened, "look", fresh, wanted.said.yes)
    if found is not None:
        clock.again(app, opened, found, wanted.said.yes)
        return found
    happened = clock.right(app, opened, wanted.said.yes)
    while True:
        try:
            return scanning.begun(app, opened, happened, **_head(app, opened, wanted))
        except Back:
            continue


def _head(app: App, opened: Office, wanted: Asked) -> dict[str, Any]:
    """Where, and who looks."""
    choosing = Choosing(opened)
    place = places.room(app, choosing, wanted.place or "", wanted.said.yes)
    blind.untouched(opened.folder.path, place)
    officer = signing.officer(app, choosing, place, "inspection", wanted.officer, wanted.said.yes)
    names = {"officer": public_of(officer).name}
    where = dict.fromkeys(("start", "end", "place"), place)
    return {"kind": "look", **where, "names": names, "keys": places.resolved({"officer": officer}), "expected": []}


def _sent_again(opened: Office, draft: Draft, notes: list[bytes]) -> Done:
    """It was signed before the crash: only the append is left, and it may be repeated."""
    from custody_cli.boxes import daily

    done = Done(tuple(daily.reparsed(one) for one in notes), opened.submit(notes), ())
    draft.finish()
    return _with_found(opened, done)


def _gone_through(app: App, opened: Office, wanted: Asked, draft: Draft) -> Done:
    choosing, names, head = Choosing(opened), Names(opened), draft.head
    screen = LookScreen(app, scanning.run_of(opened, choosing, draft), draft, choosing, names, None)
    answers = Answers.of(draft)
    app.console.note(paint(app.say("cli.look.welcome", place=names.place(head["place"])), "head"))
    scanning.told_again(app, opened, screen.run, answers)
    if wanted.sight.said:
        screen.look(wanted.sight.whole)
    screen.begin()
    done = scanning.gone_through(app, screen, wanted.said.yes, lambda: _sign(app, opened, wanted, screen, answers))
    if done is None:  # other people, another place: a look has no boxes that would be lost by beginning anew
        raise WrongUse("cli.look.people")
    return _with_found(opened, done)


def _sign(app: App, opened: Office, wanted: Asked, screen: LookScreen, answers: Answers) -> Done | Turn:
    from custody.station import guardroom

    head = screen.draft.head
    terms = scanning.with_table(app, wanted.said.terms(opened), screen, answers)
    seen = [_now(screen, one) for one in screen.seen()]
    officer = wanted.officer or Path(head["keys"]["officer"])
    photos = photographs.shown(wanted.photos, screen.choosing.box)

    def drafted(irregular: Mapping[str, str], note: dict[str, str] | None) -> list[Statement]:
        noted, common = guardroom.Noted(irregular, note, photos), opened.common(terms.happened, terms.basis)
        return guardroom.counts(common, seen, place=head["place"], officer=head["names"]["officer"], counted=None, noted=noted)

    seats = handing.seated(app, {"officer": officer}, wanted.files)
    return handing.record(app, opened, drafted, seats, terms, len(seen), page=partial(pages.show, app, screen.names))


def _now(screen: LookScreen, one: Seen) -> Seen:
    """A box with all its seals as they are now; with none where nobody looked at them."""
    from custody.station.manifest import seals_now

    holding = screen.choosing.known.holding(one.box)
    now = seals_now(holding.seals if holding is not None else (), one.seals)
    return replace(one, seals={seal["point"]: (seal["state"], seal["number"]) for seal in now} or None)


def _with_found(opened: Office, done: Done) -> Done:
    """With what the look brought to light: it is held against the chains of its boxes as soon as it stands in the ledger."""
    entries = {receipt.index for receipt in done.submitted.receipts}
    boxes: Sequence[str] = [line["box"] for one in done.statements for line in one.body["boxes"]] if entries else ()
    judged = opened.ledger.judge(boxes)
    return replace(done, found=(*done.found, *(one for _, found in judged.values() for one in found if entries & set(one.entries))))
