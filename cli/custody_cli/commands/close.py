"""`custody close`: authorities close boxes for good, with the number of the permit; the chain outlives the box (spec chapters 08 to 10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from custody.core.errors import Refused
from custody_cli.boxes import daily
from custody_cli.boxes.choosing import Boxes, Choosing, with_boxes
from custody_cli.boxes.known import Known
from custody_cli.boxes.named import Names
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.desk import random
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.questions import sentence
from custody_cli.ground.runtime import Exit, gathered, option, pass_app
from custody_cli.ground.runtime import command as define
from custody_cli.ground.wordchoice import WordChoice
from custody_cli.keys.authorise import Table, answered, authorise, with_signers_or_sheet
from custody_cli.keys.signing import public_of
from custody_cli.occasions import closing
from custody_cli.occasions.closing import ENDS
from custody_cli.table import scanning, sealsight
from custody_cli.table.journeys import needed
from custody_cli.table.reasons import REASONS, reasons_for
from custody_cli.table.sealsight import Sight, with_sight
from custody_cli.table.terms import Terms

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.core.findings import Finding
    from custody.core.statement import Statement
    from custody.station.manifest import Seen

_FILE = click.Path(path_type=Path)


@dataclass(frozen=True)
class End:
    """What becomes of the boxes, on whose permit, where, and why in spite of what the law finds."""

    end: str | None
    permit: str | None
    place: str | None
    photos: tuple[Path, ...]
    reason: str | None
    text: str | None


with_end = gathered(
    "ending",
    End,
    option("--end", type=WordChoice("boxend", ENDS)),
    option("--permit"),
    option("--place"),
    option("--photo", "photos", type=_FILE, multiple=True),
    option("--reason", type=WordChoice("reason", REASONS)),
    option("--note", "text"),
)


@define("close")
@with_boxes
@with_end
@with_sight
@option("--again", is_flag=True)
@with_signers_or_sheet
@pass_app
def command(app: App, boxes: Boxes, ending: End, sight: Sight, again: bool, table: Table) -> int | None:
    if not boxes.what and boxes.file is None:
        raise WrongUse("cli.close.which")
    sealsight.needed(sight, table.yes)
    with scanning.at_table(app) as opened:
        choosing, names = Choosing(opened), Names(opened)
        seen = sealsight.looked(app, choosing, choosing.seen(boxes), sight, table.yes)
        end = ending.end or (needed("--end") if table.yes else _end(app))
        permit = _permit(ending.permit or (_no_permit() if table.yes else sentence(app, app.say("cli.close.ask.permit"))))
        place = choosing.place(ending.place) if ending.place else _where(choosing, seen)
        warned = closing.warnings(opened, [one.box for one in seen], end)
        closing.tell(app, names, warned)
        shut = [box for one in warned if one.code == "closed" for box in one.boxes]
        if shut and table.yes and not again:
            raise Refused("close.closed", count=len(shut), boxes=tuple(names.box(box) for box in shut[:6]))
        drafts, found = _drafted(app, opened, seen, ending, table, end=end, permit=permit, place=place)
        facts = {"count": len(seen), "end": end, "permit": permit, "place": names.place(place)}
        app.console.note(paint(app.say("cli.close.shown", **facts), "head"))
        newer = closing.successors(app, names, [one.box for one in seen]) if end == "replaced" else {}
        done = authorise(app, opened, drafts, table, app.say("cli.close.agree", count=len(seen)))
        document = {**facts, "boxes": [one.box for one in seen], "warned": [{"code": one.code, "boxes": list(one.boxes)} for one in warned]}
        document |= {"replaced_by": newer}
        answered(app, done, table, "close", document, lambda: app.say("cli.close.done", **facts))
    return Exit.FINDINGS if any(one.severity != "note" for one in found) else None


def _end(app: App) -> str:
    from custody_cli.ground.questions import listed

    return listed(app, app.say("cli.close.ask.end"), "boxend", ENDS)


def _no_permit() -> NoReturn:
    raise WrongUse("cli.close.no-permit")


def _permit(typed: str) -> str:
    """The number of the permit as statements write it. Raises WrongUse("cli.close.permit")."""
    from custody.core.shapes import ORDER

    if not ORDER.ok(typed.strip()):
        raise WrongUse("cli.close.permit", typed=typed[:64])
    return typed.strip()


def _unknown(flag: str) -> NoReturn:
    raise WrongUse("cli.close.where", flag=flag)


def _where(choosing: Choosing, seen: Sequence[Seen]) -> str:
    """Where all these boxes are. Raises WrongUse("cli.close.where") where they are not together."""
    choosing.known.judge([one.box for one in seen])
    places = {holding.place for one in seen if (holding := choosing.known.holding(one.box)) is not None}
    return places.pop() if len(places) == 1 else _unknown("--place")


def _drafted(app: App, opened: Office, seen: Sequence[Seen], ending: End, table: Table, **facts: str) -> tuple[list[Any], list[Finding]]:
    """The drafts for a table or a sheet, with what the law will find stated with its reason."""
    from custody.ledger.sheet import Draft

    known, text = Known(opened), ending.text
    drafts = _statements(opened, known, seen, ending, {}, None, **facts)
    signers = [public_of(path).name for path in table.keys] or _authorities(opened)
    found = daily.foreseen(opened, drafts, signers)
    terms = Terms(table.yes, ending.reason, text=text)
    reasons = reasons_for(app, opened, found, terms)
    texts = dict.fromkeys(filter(None, (text, *terms.answers.texts)))
    note = daily.private_text(opened, "note", "; ".join(texts), random) if texts else None
    if reasons or note is not None:
        drafts = _statements(opened, known, seen, ending, reasons, note, **facts)
        found = [one._replace(stated=reasons.get(one.code, one.stated)) for one in found]
    return [Draft(one) for one in drafts], found


def _statements(
    opened: Office,
    known: Known,
    seen: Sequence[Seen],
    ending: End,
    reasons: Mapping[str, str],
    note: dict[str, str] | None,
    **facts: str,
) -> list[Statement]:
    from custody.station import manifest, occasions
    from custody.station.manifest import Photo
    from custody_cli.ground.photographs import digest

    known.forget()
    known.judge([one.box for one in seen])
    rows = manifest.lines(seen, known.holding)
    photos = [Photo(digest(path)) for path in ending.photos]
    return occasions.closing(opened.common(), rows, irregular=reasons.items(), note=note, photos=photos, **facts)


def _authorities(opened: Office) -> list[str]:
    """All who might sign a sheet: what the law finds then is what no signature can mend."""
    roster, size = opened.ledger.state.roster, opened.ledger.size
    return [name for name, key in roster.by_name.items() if key.role == "authority" and key.counts(size)]
