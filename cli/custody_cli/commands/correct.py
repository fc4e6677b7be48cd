"""`custody correct`: something was recorded wrong; a new statement says so, and both stay visible (spec chapter 09, FOLD-7)."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from custody.core.errors import Refused
from custody_cli.boxes import daily, looking
from custody_cli.boxes.choosing import Choosing
from custody_cli.boxes.named import Names
from custody_cli.boxes.travel import kept_lines
from custody_cli.ground.app import App
from custody_cli.ground.desk import office, random
from custody_cli.ground.runtime import Exit, argument, option, pass_app
from custody_cli.ground.runtime import command as define
from custody_cli.ground.wordchoice import WordChoice
from custody_cli.keys.authorise import agreed
from custody_cli.keys.keypath import KEY
from custody_cli.keys.signing import matched, public_of
from custody_cli.table.handing import seat

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.core.statement import Statement

_FILE = click.Path(path_type=Path)
_REASONS = ("wrong-box", "wrong-person", "wrong-place", "wrong-seal", "did-not-happen", "double", "other")


@define("correct")
@argument("sid")
@argument("what", nargs=-1)
@option("--void", "effect", flag_value="void")
@option("--remark", "effect", flag_value="remark", default="remark")
@option("--reason", type=WordChoice("mistake", _REASONS), required=True)
@option("--instead")
@option("--note", "text")
@option("--key", "keys", type=KEY, multiple=True, required=True)
@option("--passphrase-file", "files", type=_FILE, multiple=True)
@option("--yes", is_flag=True)
@pass_app
def command(
    app: App,
    sid: str,
    what: tuple[str, ...],
    effect: str,
    reason: str,
    instead: str | None,
    text: str | None,
    keys: tuple[Path, ...],
    files: tuple[Path, ...],
    yes: bool,
) -> int | None:
    with office(app, write=True) as opened:
        one, names = daily.recorded(opened, sid), Names(opened)
        named = _named(one)
        if not named and effect == "void":
            raise Refused("correct.no-box", sid=one.sid, kind=one.kind.name)
        boxes = Choosing(opened).chosen(what) if what else named
        for box in boxes:
            if box not in named:
                raise Refused("correct.other-box", sid=one.sid, kind=one.kind.name, box=names.box(box))
        before = {box: _where(opened, names, box) for box in boxes}
        other = daily.recorded(opened, instead).sid if instead else None
        drafted = daily.correction(opened, one, boxes, effect=effect, reason=reason, instead=other)
        if effect == "void":
            _require_effect(opened, names, drafted, boxes, keys)
        app.console.note(app.say("cli.correct.about", **_told(opened, names, one), count=len(boxes)))
        agreed(app, app.say(f"cli.correct.agree.{effect}{'' if boxes else '.none'}", count=len(boxes)), yes)
        seats = [seat(app, "signer", path, word) for path, word in zip(keys, matched(keys, files), strict=True)]
        if text:
            note = daily.private_text(opened, "note", text, random)
            drafted = daily.correction(opened, one, boxes, effect=effect, reason=reason, instead=other, text=note)
        done = daily.submit(opened, [drafted], seats)
        after = {box: _where(opened, names, box) for box in boxes} if done.sealed else {}
        moved = [{"box": box, "before": before[box], "after": after.get(box)} for box in boxes]
        failed = done.sealed and effect == "void" and _without_effect(opened, boxes, [receipt.index for receipt in done.receipts])
        document = {"about": one.sid, "effect": effect, "sealed": done.sealed, "boxes": moved}
        document |= {"entries": [receipt.index for receipt in done.receipts], "no_effect": bool(failed)}
        app.answer("correct", document, lambda: _tell(app, names, moved, done.sealed, bool(failed)))
    return Exit.FINDINGS if failed else None


def _named(one: "Statement") -> list[str]:
    """The boxes that a statement of any kind names, each once; of an inspection also those that were missing or too many."""
    rows = [row for field in ("boxes", "missing", "extra") for row in one.body.get(field, ())]
    return list(dict.fromkeys(row if isinstance(row, str) else row["box"] for row in rows))


def _told(opened: "Office", names: Names, one: "Statement") -> dict[str, Any]:
    """What a statement is, as the question names it: its kind, when and where."""
    body = one.body
    place = names.place(body["place"]) if isinstance(body.get("place"), str) else "—"
    return {"kind": one.kind.name, "sid": one.sid, "at": body["happened"]["at"], "zone": opened.zone, "place": place}


def _require_effect(opened: "Office", names: Names, drafted: "Statement", boxes: list[str], keys: tuple[Path, ...]) -> None:
    """Before anybody signs: what would have no effect is refused with its cause, since it could never be taken out again."""
    from custody.assembly import require_effect
    from custody.station.table import enrolled

    roster, size = opened.ledger.state.roster, opened.ledger.size
    try:
        require_effect(opened, drafted, boxes, [enrolled(roster, public_of(path), size).name for path in keys])
    except Refused as refused:
        facts = {**refused.facts, "box": names.box(str(refused.facts["box"]))}
        if "place" in facts:
            facts["place"] = names.place(str(facts["place"]))
        raise Refused(refused.code, **facts) from None


def _where(opened: "Office", names: Names, box: str) -> str:
    holding = looking.story(opened, box).holding
    return f"{names.person(holding.holder)}, {names.place(holding.place)}" if holding is not None else "—"


def _without_effect(opened: "Office", boxes: list[str], entries: list[int]) -> bool:
    judged = opened.ledger.judge(boxes)
    return any(one.code == "correction.no-effect" and set(entries) & set(one.entries) for _, found in judged.values() for one in found)


def _tell(app: App, names: Names, moved: list[dict[str, Any]], sealed: bool, failed: bool) -> None:
    for one in moved[:20]:
        code = "cli.correct.same" if one["after"] in (None, one["before"]) else "cli.correct.moved"
        app.console.answer(app.say(code, **{**one, "box": names.box(one["box"])}))
    if not sealed:
        for line in kept_lines(app, names.office, "cli.handing.unsealed", count=len(moved), parts=1):
            app.console.answer(line)
        return
    if failed:
        app.console.warn(app.say("cli.correct.failed"))
    else:
        app.console.answer(app.say("cli.correct.done"))
