"""Drafts of visits, rounds and plenaries: every answer is on disk before the next question, as it is at the table (no chapter of the spec).

What everybody had signed before a power cut is only submitted again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from custody.core.errors import CustodyError
from custody_cli.boxes import daily
from custody_cli.boxes.named import Names
from custody_cli.ground.app import App
from custody_cli.ground.prompts import confirm
from custody_cli.ground.questions import Answers
from custody_cli.room import signing
from custody_cli.table import handing, scanning
from custody_cli.table.terms import Done

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.station.draft import Draft


@contextmanager
def draft_of(app: App, opened: Office, kind: str, place: str, yes: bool, **head: Any) -> Iterator[Draft]:
    """The draft of this kind, room and `head` to go on with, if people want it, or a new one; it stays where people are interrupted.

    :param yes: nobody is asked: none is taken up, and nothing is kept of what fails before it is signed. Raises as `Draft.begin`.
    """
    draft = _draft(app, opened, kind, place, yes, head)
    try:
        yield draft
    except CustodyError:
        if not handing.signed_before(draft) and (yes or not Answers.of(draft).said):
            draft.finish()
        raise
    finally:
        draft.close()


def _draft(app: App, opened: Office, kind: str, place: str, yes: bool, head: Mapping[str, Any]) -> Draft:
    wanted = {"place": place, **head}
    for found in scanning.drafts(app, opened, kind) if not yes else ():
        if all(found.head.get(what) == value for what, value in wanted.items()):
            facts = {"place": Names(opened).place(place), "at": found.head["began"], "zone": opened.zone, "kind": _named(kind)}
            if handing.signed_before(found) or confirm(app.prompter, app.say("cli.room.resume", **facts), app.lang, True):
                return found
            found.finish()  # a few answers, which are given anew
        else:
            found.close()
    return scanning.begun(app, opened, None, kind=kind, title=Names(opened).place(place), zone=opened.zone, **wanted)


def _named(kind: str) -> str:
    return {"round": "inspection"}.get(kind, kind)


def officer(answers: Answers, ask: Callable[[], Path]) -> Path:
    """The key file of who signs, kept as a path."""
    return Path(answers.once("key.officer", lambda: str(ask())))


def sent_again(app: App, opened: Office, draft: Draft, notes: list[bytes]) -> int | None:
    """Everybody had signed before the crash: only the append is left, and it may be repeated."""
    statements = tuple(daily.reparsed(one) for one in notes)
    done = Done(statements, opened.submit(notes), ())
    draft.finish()
    return signing.ended(app, opened, draft.head["kind"], done, {"place": draft.head["place"]})
