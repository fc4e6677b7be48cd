"""`custody open`: seals cut on a basis and before witnesses, things taken out and put back, new seals: one statement (spec chapter 08)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from custody.core.errors import Refused
from custody_cli.boxes import daily
from custody_cli.boxes.choosing import Boxes, Choosing, with_boxes
from custody_cli.boxes.named import Names
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.feed import ready
from custody_cli.ground.questions import Answers, Back
from custody_cli.ground.runtime import command as define
from custody_cli.ground.runtime import gathered, option, pass_app
from custody_cli.ground.settings import from_home
from custody_cli.ground.wordchoice import WordChoice
from custody_cli.keys.askkey import Slot, ask_key, show_keys
from custody_cli.keys.authorise import agreed
from custody_cli.keys.keypath import KEY
from custody_cli.keys.keyring import within_reach
from custody_cli.keys.signing import public_of
from custody_cli.occasions import opening
from custody_cli.occasions.opening import BASES, Cut
from custody_cli.table import handing, scanning, sealsight
from custody_cli.table.handing import ended
from custody_cli.table.journeys import Anew, Said, needed, with_anew, with_time_and_answers
from custody_cli.table.leaving import held
from custody_cli.table.terms import Done, Turn

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.station.draft import Draft
    from custody.station.table import Seat
    from custody_cli.table.sealscreen import SealScreen

_FILE = click.Path(path_type=Path)


@dataclass(frozen=True)
class People:
    """Who signs: the officer first, those who are present after him; where; the file of new seals."""

    officer: Path | None
    present: tuple[Path, ...]
    files: tuple[Path, ...]
    place: str | None
    numbers: Path | None


with_people = gathered(
    "people",
    People,
    option("--officer", type=KEY),
    option("--present", type=KEY, multiple=True),
    option("--passphrase-file", "files", type=_FILE, multiple=True),
    option("--place"),
    option("--seals", "numbers", type=_FILE),
)
with_cut = gathered(
    "cut",
    Cut,
    option("--why", type=WordChoice("openingbasis", BASES)),
    option("--order"),
    option("--guest", "guests", multiple=True),
    option("--invited", multiple=True),
    option("--taken"),
    option("--returned"),
    option("--closed"),
    option("--left-open", "ajar", is_flag=True),
    option("--uncut", is_flag=True),
    option("--photo", "photos", type=_FILE, multiple=True),
)


@define("open")
@with_boxes
@with_people
@with_cut
@with_anew
@with_time_and_answers
@option("--sign", "later")
@pass_app
def command(app: App, boxes: Boxes, people: People, cut: Cut, anew: Anew, said: Said, later: str | None) -> int | None:
    ready()
    with scanning.at_table(app) as opened:
        scanning.tell_locked(app, opened)
        if later is not None:
            return _sign_later(app, opened, later, people, said.yes)
        if boxes.what or boxes.file:
            return _listed(app, Choosing(opened), boxes, people, cut, said)
        with held(_draft(app, opened, people, cut, anew, said)) as draft:
            done = handing.signed_before(draft)
            return scanning.sent_again(app, opened, "open", draft, done) if done else _run(app, opened, people, cut, anew, said, draft)


def _listed(app: App, choosing: Choosing, boxes: Boxes, people: People, cut: Cut, said: Said) -> int | None:
    """The boxes are named, and their new seals stand in a file, or nobody put any on."""
    opened, names = choosing.office, Names(choosing.office)
    cut = opening.based(app, opened, cut, said.yes)
    keys = _keys(app, choosing, people, said.yes)
    seats = _seats(app, keys, people)
    place = scanning.where(app, choosing, people.place, seats[0].key.name, "place", "cli.open.where")
    terms = said.terms(opened)
    opening.began(app, opened, terms.answers, terms)
    seen = sealsight.with_numbers(choosing, choosing.seen(boxes), people.numbers, _phase(cut))
    seen = opening.left_open(app, names, seen, cut, said.yes)
    done = opening.record(app, opened, seen, seats, terms, cut, place)
    assert isinstance(done, Done)  # nothing to turn back to
    return ended(app, opened, "open", replace(done, how="opened"))


def _sign_later(app: App, opened: Office, sid: str, people: People, yes: bool) -> int | None:
    """Who was there and had not signed signs now: the same text with one more line. Raises `Refused`: `cli.open.…`."""
    one = daily.recorded(opened, sid)
    if one.kind.name != "opening":
        raise Refused("cli.open.other", sid=one.sid, kind=one.kind.name)
    keys = {f"present-{at}": path for at, path in enumerate(people.present or (needed("--present"),), 1)}
    seats = [seat._replace(slot="present") for seat in handing.seated(app, keys, people.files)]
    named = {row["key"] for row in one.body["present"]} | {one.body["officer"]}
    for seat in seats:
        if seat.key.name not in named:
            raise Refused("cli.open.stranger", sid=one.sid, name=seat.key.name)
    opening.show(app, Names(opened), [one])
    agreed(app, app.say("cli.open.agree.later", name=Names(opened).person(seats[0].key.name)), yes)
    return ended(app, opened, "open", Done((one,), daily.submit(opened, [one], seats), (), "opened"))


def _keys(app: App, choosing: Choosing, people: People, yes: bool) -> dict[str, Path]:
    """Slot -> key file: the officer, then those who are present and sign, as named or asked for."""
    if people.officer is not None and (people.present or yes):
        return _slots(people.officer, people.present)
    if yes:
        needed("--officer")
    known = choosing.known
    within = within_reach(app, known, "officer", ("opening",))
    show_keys(app, known, Names(choosing.office), within)
    officer = people.officer or ask_key(app, known, Slot("officer", ("opening",)), app.say("cli.open.who.officer"), within)
    keys = _slots(officer or needed("--officer"), people.present)
    while (
        one := ask_key(app, known, Slot("present", ("incident",), "cli.open.who.none"), app.say("cli.open.who.present"), within, keys)
    ) is not None:
        if public_of(one).name in {public_of(path).name for path in keys.values()}:
            app.console.warn(app.say("cli.open.again", name=public_of(one).name))
            continue
        keys[f"present-{len(keys)}"] = one
    return keys


def _seats(app: App, keys: dict[str, Path], people: People) -> list[Seat]:
    """The officer and those who are present, in the order in which they sign."""
    officer, *others = handing.seated(app, keys, people.files)
    return [officer, *(one._replace(slot="present") for one in others)]


def _slots(officer: Path, present: tuple[Path, ...]) -> dict[str, Path]:
    return {"officer": officer, **{f"present-{at}": path for at, path in enumerate(present, 1)}}


def _phase(cut: Cut) -> str:
    """The phase that the opening begins, as far as its basis was said beforehand; else the boxes stay in theirs."""
    from custody.core.holding import PHASES

    return PHASES.get(cut.why or "", "")


# -- at the table --------------------------------------------------------------------------------------------------------------


def _draft(app: App, opened: Office, people: People, cut: Cut, anew: Anew, said: Said) -> Draft:
    """The opening to go on with, or a new one once it is known who opens, before whom, and where."""
    found = scanning.taken_up(app, opened, "open", anew.fresh, said.yes)
    if found is None:
        found = scanning.begun(app, opened, None, **_head(app, opened, people, cut, anew, said))
    if not handing.signed_before(found):
        opening.began(app, opened, Answers.of(found), said.terms(opened))
    return found


def _head(app: App, opened: Office, people: People, cut: Cut, anew: Anew, said: Said) -> dict[str, Any]:
    """On which basis, who, and where; `kembali` at any question begins with the first."""
    while True:
        try:
            choosing, based = Choosing(opened), opening.based(app, opened, cut, said.yes)
            keys = _keys(app, choosing, people, said.yes)
            place = scanning.where(app, choosing, people.place, public_of(keys["officer"]).name, "place", "cli.open.where")
        except Back:
            continue
        return {
            "kind": "open",
            "start": place,
            "end": place,
            "phase": _phase(based),
            "why": based.why,
            "names": {slot: public_of(path).name for slot, path in keys.items()},
            "keys": {slot: str(from_home(str(path)).resolve()) for slot, path in keys.items()},
            "expected": choosing.chosen(anew.expect) if anew.expect else [],
        }


def _run(app: App, opened: Office, people: People, cut: Cut, anew: Anew, said: Said, draft: Draft) -> int | None:
    """The opening of a draft; once more from its beginning, with all boxes, where people and place were changed."""
    while (done := _gone_through(app, opened, people, cut, said, draft)) is None:
        people = replace(people, officer=None, present=(), files=(), place=None)
        draft.add(do="head", head=_head(app, opened, people, cut, anew, said))
    return ended(app, opened, "open", replace(done, how="opened"))


def _gone_through(app: App, opened: Office, people: People, cut: Cut, said: Said, draft: Draft) -> Done | None:
    from custody_cli.table.sealscreen import SealScreen

    choosing, names, head = Choosing(opened), Names(opened), draft.head
    run, answers = scanning.run_of(opened, choosing, draft), Answers.of(draft)
    area = head["start"].partition("-")[0]
    screen = SealScreen(app, run, draft, choosing, names, area if len(area) == 10 else None)
    officer, *others = head["names"].values()
    told = tuple(map(names.person, others)) or (app.say("cli.open.nobody"),)
    facts = {"place": names.place(head["start"]), "officer": names.person(officer), "present": told}
    app.console.note(paint(app.say("cli.open.place", **facts), "head"))
    if run.count:
        app.console.note(paint(app.say("cli.scan.resumed", count=run.count), "good"))
    screen.begin()
    return scanning.gone_through(app, screen, said.yes, lambda: _sign(app, opened, people, cut, said, screen, answers))


def _sign(app: App, opened: Office, people: People, cut: Cut, said: Said, screen: SealScreen, answers: Answers) -> Done | Turn:
    head, names = screen.draft.head, Names(opened)
    terms = scanning.with_table(app, said.terms(opened), screen, answers)
    if cut.why is None and "why" not in answers.said and not answers.said.get("anew"):  # `ubah` asks for it once more
        answers.keep("why", head["why"])
    seats = _seats(app, {slot: Path(path) for slot, path in head["keys"].items()}, people)
    seen = opening.left_open(app, names, screen.seen(), cut, said.yes)
    return opening.record(app, opened, seen, seats, terms, cut, head["start"])
