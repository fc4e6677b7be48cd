"""A sealing or handoff at the table, with its questions: what the law will say, reasons, signatures one after the other, the end.

A giver whose passphrase is wrong three times is offered the way without his signature; the draft is never lost.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from custody.core.errors import KeyTrouble
from custody_cli.boxes import daily, findings
from custody_cli.boxes.known import Known
from custody_cli.boxes.named import Names
from custody_cli.boxes.travel import kept_lines
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.desk import named, random, receipts, span
from custody_cli.ground.exits import Exit
from custody_cli.ground.photographs import digest
from custody_cli.ground.prompts import confirm
from custody_cli.ground.questions import giver_name, listed
from custody_cli.ground.settings import from_home
from custody_cli.keys.authorise import agreed
from custody_cli.keys.keyring import check_pair
from custody_cli.keys.signing import matched, open_key, public_of
from custody_cli.table import offers, signingpage
from custody_cli.table.reasons import noted, reasons_for, spelled_out
from custody_cli.table.terms import Done, Terms, Turn

if TYPE_CHECKING:
    from custody.assembly import Office, Submitted
    from custody.core.findings import Finding
    from custody.core.note import Line
    from custody.core.statement import Statement
    from custody.station.draft import Draft
    from custody.station.manifest import Journey, Seen
    from custody.station.table import Seat

# As in custody.core.shapes, which loads more than the help of a command needs; a test holds both together.
CARRIERS = ("foot", "motorcycle", "car", "truck", "bus", "boat", "ship", "aircraft", "animal", "other")
UNSIGNED = ("no-key", "lost-key", "forgot-passphrase", "refused", "left", "found", "other")
_FORGOTTEN = frozenset(("key.passphrase", "key.empty"))


def seat(app: App, slot: str, path: Path, file: Path | None = None) -> Seat:
    """A person at the table with a key file; the passphrase comes from a file or is asked for. Raises `KeyTrouble`."""
    from custody.station.table import Seat

    return Seat(slot, public_of(path), lambda: open_key(app, path, file), from_home(str(path)).resolve().parent)


def seated(app: App, keys: Mapping[str, Path], files: Sequence[Path]) -> list[Seat]:
    """The people at the table (slot -> key file), in the order in which they sign; passphrase files go by the same order."""
    return [seat(app, slot, path, word) for (slot, path), word in zip(keys.items(), matched(list(keys.values()), files), strict=True)]


def hand_over(app: App, office: Office, journey: Journey, seen: Sequence[Seen], seats: Sequence[Seat], terms: Terms) -> Done | Turn:
    """A handoff from boxes to receipts, or where people turned back to before signing.

    Raises `WrongUse` when people stop, `KeyTrouble` when a signer other than the giver cannot sign.
    """
    known = Known(office)

    def drafted(one: Journey) -> list[Statement]:
        return daily.handoff_drafts(office, known, one, seen, random, terms.happened, terms.basis)

    welcome(app, office, seats)
    journey = offers.taken_back(app, office, known, journey, seen, terms.yes)
    names = [one.key.name for one in seats]
    journey, statements, found = _stated(app, office, journey, drafted, names, terms)
    back = agree(app, len(seen), terms)
    if back is not None:
        return back
    giver = next((one for one in seats if one.slot == "giver"), None)
    others = [one for one in seats if one is not giver]
    lines: list[Sequence[Line]] = []
    if giver is not None and journey.unsigned is None:
        try:
            lines.append(_signed(app, office, statements, giver, terms))
        except KeyTrouble as error:
            journey = _without(app, office, journey, giver, error, terms)
            journey, statements, found = _stated(app, office, journey, drafted, [one.key.name for one in others], terms)
    return _others(app, office, statements, others, lines, found, journey, terms)


def _others(
    app: App,
    office: Office,
    statements: list[Statement],
    seats: Sequence[Seat],
    lines: list[Sequence[Line]],
    found: Sequence[Finding],
    journey: Journey,
    terms: Terms,
) -> Done:
    from custody.core.statement import found_here

    how = "unsigned" if journey.unsigned is not None else "offered" if terms.offer else "complete"
    for one in (one for one in seats if not terms.offer or one.slot != "receiver"):
        try:
            lines.append(_signed(app, office, statements, one, terms))
        except KeyTrouble as error:
            instead = _instead(app, office, error, one, bool(lines), terms)
            how = instead or how
    if how == "unsigned" and not offers.suffices(office, statements):
        how = "claimed"
    if how == "unsigned" and found_here(statements[0].body):
        how = "found"
    return Done(tuple(statements), _submitted(office, statements, lines, terms.answers.draft), tuple(found), how)


def seal(app: App, office: Office, seen: Sequence[Seen], seats: Sequence[Seat], terms: Terms, **facts: Any) -> Done | Turn:
    """A sealing from boxes to receipts. Returns and raises as `hand_over`; `facts` as `daily.seal_drafts`."""
    known = Known(office)

    def drafted(irregular: Mapping[str, str], note: dict[str, str] | None) -> list[Statement]:
        stated = tuple(irregular.items())
        return daily.seal_drafts(office, known, seen, irregular=stated, note=note, happened=terms.happened, basis=terms.basis, **facts)

    return record(app, office, drafted, seats, terms, len(seen), lambda: daily.reused(office, seen))


def record(
    app: App,
    office: Office,
    drafted: Callable[[Mapping[str, str], dict[str, str] | None], list[Statement]],
    seats: Sequence[Seat],
    terms: Terms,
    count: int,
    also: Callable[[], Sequence[Finding]] = tuple,
    page: Callable[[Sequence[Statement]], None] | None = None,
    missing: Callable[[Seat, KeyTrouble], None] | None = None,
) -> Done | Turn:
    """What is no handoff, from its draft to receipts: what the law will find is shown and gets its reasons before anybody signs.

    :param drafted: the statements, with what is stated (finding -> reason) and the commitment to a note. :param count: boxes, for the
        last question. :param also: findings that the law gives only once all is read. :param page: shows what is signed; default
        `signingpage.show`. :param missing: asked where somebody cannot open his key; it raises, or people go on without that signature.
        Returns and raises as `hand_over`.
    """
    names = [one.key.name for one in seats]
    welcome(app, office, seats)
    statements = drafted({}, None)
    found = [*daily.foreseen(office, statements, names), *also()]
    reasons = reasons_for(app, office, found, terms)
    note = noted(office, terms)
    if reasons or note is not None:
        statements = drafted(reasons, note)
        found = [one._replace(stated=reasons.get(one.code, one.stated)) for one in found]
    back = agree(app, count, terms)
    return back if back is not None else conclude(app, office, statements, seats, terms, found, page, missing)


def conclude(
    app: App,
    office: Office,
    statements: Sequence[Statement],
    seats: Sequence[Seat],
    terms: Terms,
    found: Sequence[Finding],
    page: Callable[[Sequence[Statement]], None] | None = None,
    missing: Callable[[Seat, KeyTrouble], None] | None = None,
) -> Done:
    """Let everybody sign, and submit. Arguments as `record`; raises `KeyTrouble`, or what `missing` raises."""
    lines: list[Sequence[Line]] = []
    for one in seats:
        try:
            lines.append(_signed(app, office, statements, one, terms, page))
        except KeyTrouble as error:
            if missing is None:
                raise
            missing(one, error)
    return Done(tuple(statements), _submitted(office, statements, lines, terms.answers.draft), tuple(found))


def agree(app: App, count: int, terms: Terms) -> Turn | None:
    """Sign now? None for yes. Raises WrongUse("cli.authorise.stopped") or what `terms.turn` raises when people stop."""
    if terms.turn is not None and not terms.yes:
        return terms.turn(count)
    agreed(app, app.say("cli.handing.agree", count=count), terms.yes)
    return None


def _stated(
    app: App, office: Office, journey: Journey, drafted: Callable[[Journey], list[Statement]], signers: Sequence[str], terms: Terms
) -> tuple[Journey, list[Statement], list[Finding]]:
    """Draft, show what the law will say, have reasons stated for it, draft again."""
    from custody.station import manifest

    statements = drafted(journey)
    found = daily.foreseen(office, statements, signers)
    reasons = reasons_for(app, office, found, terms)
    note = noted(office, terms)
    if reasons or note is not None:
        journey = replace(manifest.with_reasons(journey, reasons), note=note)
        statements = drafted(journey)
        found = daily.foreseen(office, statements, signers)
    return journey, statements, found


def welcome(app: App, office: Office, seats: Sequence[Seat]) -> None:
    """Make sure that every key may sign here at all, and tell what is odd, before anybody types a passphrase."""
    from custody.station import table

    check_pair(Known(office), {one.slot: one.key.name for one in seats})
    roster, size = office.ledger.state.roster, office.ledger.size
    for one in seats:
        table.enrolled(roster, one.key, size)
    for remark in table.remarks(seats, roster, size):
        app.console.warn(app.say(remark.code, **remark.facts))


def _signed(
    app: App,
    office: Office,
    statements: Sequence[Statement],
    one: Seat,
    terms: Terms,
    page: Callable[[Sequence[Statement]], None] | None = None,
) -> list[Line]:
    """Show one person what is signed, then open the key once."""
    from custody.core.statement import found_here
    from custody.station import table

    names, key = Names(office), office.ledger.state.roster.find(one.key.name, office.ledger.size)
    facts = {"name": names.person(one.key.name), "role": key.role if key else "-", "slot": one.slot}
    app.console.note("")
    app.console.note(paint(app.say("cli.handing.signer", **facts), "head"))
    unsigned = statements[0].body.get("unsigned")
    if unsigned is not None:
        app.console.bell(3)
        paper = "cli.handing.no-giver.deed" if unsigned["deed"] is not None else "cli.handing.no-giver"
        code = "cli.handing.found" if found_here(statements[0].body) else paper
        app.console.note(paint(app.say(code, reason=unsigned["reason"]), "bad"))
        if one.slot == "receiver" and not offers.suffices(office, statements):
            app.console.note(paint(app.say("cli.handing.claims"), "bad"))
    shown = page or (lambda told: signingpage.show(app, names, told))
    shown(statements)
    if terms.apart is not None:
        terms.apart()
    return table.sign(statements, one)


def _without(app: App, office: Office, journey: Journey, giver: Seat, error: KeyTrouble, terms: Terms) -> Journey:
    """The giver could not open his key: offer to go on without his signature. Raises the trouble of the key if nobody wants that."""
    if error.code not in _FORGOTTEN or terms.yes:
        raise error
    app.console.warn(app.say("cli.handing.forgotten", name=Names(office).person(giver.key.name)))
    if not confirm(app.prompter, app.say("cli.handing.unsigned"), app.lang):
        raise error
    return without_giver(app, office, journey, terms)


def without_giver(
    app: App, office: Office, journey: Journey, terms: Terms, reason: str | None = None, name: str | None = None, deed: Path | None = None
) -> Journey:
    """The journey without the giver's signature: why, and who he is, as said beforehand or answered; `deed`: the paper he signed."""
    answers = terms.answers
    if reason is None:
        reason = answers.once("unsigned", lambda: listed(app, app.say("cli.handing.unsigned.why"), "unsigned", UNSIGNED))
    spelled_out(app, reason, "unsigned", terms)
    lay = reason == "found" and journey.start == journey.end  # where nobody gave them, nobody is asked for
    if name is None and journey.giver is None and not terms.yes and not lay:
        name = answers.once("giver_name", lambda: giver_name(app))
    return daily.without_giver(office, journey, reason, name, random, digest(deed) if deed is not None else None)


def _instead(app: App, office: Office, error: KeyTrouble, one: Seat, signed: bool, terms: Terms) -> str | None:
    """Somebody cannot sign: how it ends where people go on all the same. Raises the trouble of the key where they do not.

    Where the giver has signed and the receiver cannot, it may stay an offer, which moves nothing; a recorder's signature may be missing.
    """
    if error.code not in _FORGOTTEN or terms.yes:
        raise error
    kept = "cli.handing.forgotten" if terms.answers.draft is not None else "cli.handing.forgotten.listed"
    app.console.warn(app.say(kept, name=Names(office).person(one.key.name)))
    question = {"receiver": "cli.handing.offer", "recorder": "cli.handing.no-recorder"}.get(one.slot)
    if question is None or not signed or not confirm(app.prompter, app.say(question, name=one.key.name), app.lang):
        raise error
    return "offered" if one.slot == "receiver" else None


def _submitted(office: Office, statements: Sequence[Statement], lines: Sequence[Sequence[Line]], draft: Draft | None) -> Submitted:
    """All parts in one transaction; what was signed is in the draft before that, so that no crash asks for signatures twice."""
    from custody.station import table

    notes = table.notes(statements, lines)
    if draft is not None:
        draft.add(do="signed", notes=[base64.b64encode(one).decode() for one in notes])
    return office.submit(notes)


def signed_before(draft: Draft) -> list[bytes]:
    """The notes that were signed before a crash, or nothing."""
    found = [event["notes"] for event in draft.events if event.get("do") == "signed"]
    return [base64.b64decode(one) for one in found[-1]] if found else []


def ended(app: App, office: Office, schema: str, done: Done) -> int | None:
    """The answer, and exit 1 where findings stand that are no notes."""
    app.answer(schema, document(app, office, done), lambda: tell_end(app, office, done))
    return Exit.FINDINGS if any(one.severity != "note" for one in done.found) else None


def tell_end(app: App, office: Office, done: Done) -> None:
    """The end, in words that nobody can mistake, and what can be typed next."""
    from custody_cli.papers import deedkind
    from custody_cli.papers.receiptwords import things_lines

    sub, sid = done.submitted, done.statements[0].sid
    idle = len({one.box for one in done.found}) if done.how == "idle" else 0
    facts: dict[str, object] = {"count": done.boxes, "parts": len(done.statements), "sid": sid, "idle": idle}
    facts["by"] = Names(office).person(done.by)
    if sub.sealed:
        facts["entries"] = span(receipt.index for receipt in sub.receipts)
        app.console.answer(app.say(f"cli.handing.done.{done.how}", **facts))
        for line in things_lines(app, done.statements, office):
            app.console.answer(line)
        _next(app, done.how, sid[:12])
        for line in (app.say("cli.handing.receipt", command=receipts(app, sub)), *deedkind.commands(app, office, done.statements)):
            app.console.answer(line)
    else:
        app.console.answer("\n".join(kept_lines(app, office, "cli.handing.unsealed", **facts)))
        if office.station and done.how == "loaded":
            app.console.answer(paint(app.say("cli.handing.travels"), "warn"))
    stand = [one for one in done.found if one.severity != "note"]
    names = Names(office)
    for one, more in findings.looks(stand):
        told = app.say(one.code, **findings.facts_of(one, office.zone, names))
        app.console.sentence(app.say("cli.handing.finding", code=one.code, count=more + 1, told=told))


def _next(app: App, how: str, sid: str) -> None:
    """What somebody still has to type, if anything."""
    later = ("offered", "loaded")
    flag = "--complete" if how in later else "--acknowledge" if how in ("unsigned", "found", "claimed") else None
    if flag is not None:
        scan = typed(app, f"scan {'bongkar' if app.lang == 'id' else 'unload'}")
        step = app.say(f"cli.handing.next.{how}", command=typed(app, f"handoff {flag} {sid}"), scan=scan)
        app.console.answer(f"{app.say('cli.next')} {step}")


def typed(app: App, words: str) -> str:
    """A command as it can be typed here: with --ledger where this run had it."""
    return f"custody {words}{named(app)}"


def document(app: App, office: Office, done: Done) -> dict[str, Any]:
    """The same for --json."""
    return {
        "how": done.how,
        "boxes": done.boxes,
        "sealed": done.submitted.sealed,
        "statements": [one.sid for one in done.statements],
        "entries": [receipt.index for receipt in done.submitted.receipts],
        "findings": [findings.document(app, one, office.zone) for one in done.found],
    }
