"""`custody rule`: supervisors who are no party decide which of several records of a box stands; all of them stay visible (FOLD-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from custody.core.errors import Refused
from custody_cli.boxes import daily
from custody_cli.boxes.choosing import Choosing
from custody_cli.boxes.named import Names
from custody_cli.ground.app import App
from custody_cli.ground.desk import office, random
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.runtime import argument, option, pass_app
from custody_cli.ground.runtime import command as define
from custody_cli.keys.authorise import Table, answered, authorise, with_signers_or_sheet
from custody_cli.occasions import deciding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from custody.assembly import Office, Submitted
    from custody.core.note import VerifierKey
    from custody.core.statement import Statement
    from custody.station.occasions import Judged


@define("rule")
@argument("what", nargs=-1)
@option("--stands")
@option("--order")
@option("--supersedes", multiple=True)
@option("--note", "text")
@with_signers_or_sheet
@pass_app
def command(
    app: App, what: tuple[str, ...], stands: str | None, order: str | None, supersedes: tuple[str, ...], text: str | None, table: Table
) -> None:
    from custody.assembly.deciding import decided, disputes
    from custody.ledger.sheet import Draft
    from custody.station import occasions

    with office(app, write=True) as opened:
        older, boxes = [_ruling(opened, sid) for sid in supersedes], Choosing(opened).chosen(what)
        found = decided(opened, older, boxes) if older else disputes(opened, boxes)
        if not found:
            raise WrongUse("cli.rule.none")
        judged = deciding.judged(app, opened, found, stands, table.yes)
        note = daily.private_text(opened, "note", text, random) if text else None
        rulings = occasions.ruling(opened.common(), judged, order=order, supersedes=[one.sid for one in older], note=note)
        question = app.say("cli.rule.agree", count=len(judged), needed=opened.ledger.state.supervisors)
        done = authorise(app, opened, [Draft(one) for one in rulings], table, question, lambda here, keys: _enough(here, keys, rulings))
        _answer(app, opened, judged, done, table)


def _enough(opened: Office, keys: Sequence[VerifierKey], rulings: Sequence[Statement]) -> None:
    """Before anybody types a passphrase: these keys count here, and what they sign would decide every box. Raises `Refused`."""
    from custody.assembly.deciding import require_ruling
    from custody.station.table import enrolled
    from custody_cli.keys.signing import no_doubles

    no_doubles(keys)
    roster, size = opened.ledger.state.roster, opened.ledger.size
    for one in rulings:
        require_ruling(opened, one, [enrolled(roster, key, size).name for key in keys])


def _ruling(opened: Office, sid: str) -> Statement:
    one = daily.recorded(opened, sid)
    if one.kind.name != "ruling":
        raise Refused("cli.rule.other", sid=one.sid, kind=one.kind.name)
    return one


def _answer(app: App, opened: Office, judged: Sequence[Judged], done: Submitted | None, table: Table) -> None:
    """What was decided, and where each box is now."""
    names, rows = Names(opened), list[dict[str, Any]]()
    after = opened.ledger.judge([one.box for one in judged]) if done is not None and done.sealed else {}
    for one in judged:
        holding = after[one.box][0].holding if one.box in after else None
        state = after[one.box][0].status if one.box in after else None
        rows.append({"box": one.box, "stands": one.stands, "falls": list(one.falls), "status": state})
        rows[-1] |= {"holder": holding.holder if holding else None, "place": holding.place if holding else None}

    def human() -> str:
        lines = []
        for row in rows[:20]:
            held = row["holder"] is not None
            where = f"{names.person(row['holder'])}, {names.place(row['place'])}" if held else app.say("cli.rule.nowhere")
            lines.append(app.say("cli.rule.done", box=names.box(row["box"]), where=where, status=row["status"] or "-"))
        return "\n".join(lines)

    answered(app, done, table, "rule", {"boxes": rows}, human)
