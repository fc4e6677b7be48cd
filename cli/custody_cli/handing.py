"""A sealing or handoff at the table, with its questions: what the law will say, reasons, signatures one after the other, the end.

A giver whose passphrase is wrong three times is offered the way without his signature; the draft is never lost.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from custody.core.errors import KeyTrouble
from custody_cli import daily, findings
from custody_cli.app import App
from custody_cli.authorise import agreed
from custody_cli.console import paint
from custody_cli.daily import Names
from custody_cli.desk import random, span
from custody_cli.exits import Exit, WrongUse
from custody_cli.prompts import ask, confirm
from custody_cli.signing import matched, open_key, public_of

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
UNSIGNED = ("no-key", "lost-key", "forgot-passphrase", "refused", "left", "other")
_FORGOTTEN = frozenset(("key.passphrase", "key.empty"))


@dataclass(frozen=True)
class Terms:
    """How questions are answered beforehand: `yes` to all confirmations, one `reason` for all findings, when it happened."""

    yes: bool = False
    reason: str | None = None
    happened: str | None = None
    basis: str = "now"
    offer: bool = False


@dataclass(frozen=True)
class Done:
    """How it ended: what was signed, what became of it, and the findings that stand."""

    statements: tuple[Statement, ...]
    submitted: Submitted
    found: tuple[Finding, ...]
    how: str = "complete"  # complete, unsigned, offered, acknowledged, differs, or idle: recorded without counting

    @property
    def boxes(self) -> int:
        return sum(len(one.body["boxes"]) for one in self.statements)


def seat(app: App, slot: str, path: Path, file: Path | None = None) -> Seat:
    """A person at the table with a key file; the passphrase comes from a file or is asked for. Raises `KeyTrouble`."""
    from custody.station.table import Seat

    return Seat(slot, public_of(path), lambda: open_key(app, path, file), path.expanduser().resolve().parent)


def seated(app: App, keys: Mapping[str, Path], files: Sequence[Path]) -> list[Seat]:
    """The people at the table (slot -> key file), in the order in which they sign; passphrase files go by the same order."""
    return [seat(app, slot, path, word) for (slot, path), word in zip(keys.items(), matched(list(keys.values()), files), strict=True)]


def hand_over(
    app: App, office: Office, journey: Journey, seen: Sequence[Seen], seats: Sequence[Seat], terms: Terms, draft: Draft | None = None
) -> Done:
    """A handoff from boxes to receipts. Raises `WrongUse` when people stop, `KeyTrouble` when a signer other than the giver cannot sign."""
    known = daily.Known(office)

    def drafted(one: Journey) -> list[Statement]:
        return daily.handoff_drafts(office, known, one, seen, random, terms.happened, terms.basis)

    _welcome(app, office, seats)
    names = [one.key.name for one in seats]
    journey, statements, found = _stated(app, office, journey, drafted, names, terms)
    agreed(app, app.say("cli.handing.agree", count=len(seen)), terms.yes)
    giver = next((one for one in seats if one.slot == "giver"), None)
    others = [one for one in seats if one is not giver]
    lines: list[Sequence[Line]] = []
    if giver is not None and journey.unsigned is None:
        try:
            lines.append(_signed(app, office, statements, giver))
        except KeyTrouble as error:
            journey = _without(app, office, journey, giver, error, terms)
            journey, statements, found = _stated(app, office, journey, drafted, [one.key.name for one in others], replace(terms, yes=True))
    return _others(app, office, statements, others, lines, found, journey, terms, draft)


def _others(
    app: App,
    office: Office,
    statements: list[Statement],
    seats: Sequence[Seat],
    lines: list[Sequence[Line]],
    found: Sequence[Finding],
    journey: Journey,
    terms: Terms,
    draft: Draft | None,
) -> Done:
    how = "unsigned" if journey.unsigned is not None else "offered" if terms.offer else "complete"
    for one in seats if not terms.offer else ():
        try:
            lines.append(_signed(app, office, statements, one))
        except KeyTrouble as error:
            if error.code not in _FORGOTTEN or not lines or one.slot != "receiver" or not _offer_instead(app, one, terms):
                raise
            how = "offered"
    return Done(tuple(statements), _submitted(office, statements, lines, draft), tuple(found), how)


def seal(app: App, office: Office, seen: Sequence[Seen], seats: Sequence[Seat], terms: Terms, draft: Draft | None, **facts: Any) -> Done:
    """A sealing from boxes to receipts. Raises as `hand_over`."""
    known = daily.Known(office)
    names = [one.key.name for one in seats]

    def drafted(irregular: Sequence[tuple[str, str]]) -> list[Statement]:
        return daily.seal_drafts(office, known, seen, irregular=irregular, happened=terms.happened, basis=terms.basis, **facts)

    _welcome(app, office, seats)
    statements = drafted(())
    found = daily.foreseen(office, statements, names)
    reasons = reasons_for(app, office, found, terms)
    if reasons:
        statements = drafted(tuple(reasons.items()))
        found = daily.foreseen(office, statements, names)
    agreed(app, app.say("cli.handing.agree", count=len(seen)), terms.yes)
    lines = [_signed(app, office, statements, one) for one in seats]
    return Done(tuple(statements), _submitted(office, statements, lines, draft), tuple(found))


def _stated(
    app: App, office: Office, journey: Journey, drafted: Callable[[Journey], list[Statement]], signers: Sequence[str], terms: Terms
) -> tuple[Journey, list[Statement], list[Finding]]:
    """Draft, show what the law will say, have reasons stated for it, draft again."""
    from custody.station import manifest

    statements = drafted(journey)
    found = daily.foreseen(office, statements, signers)
    reasons = reasons_for(app, office, found, terms)
    if reasons:
        journey = manifest.with_reasons(journey, reasons)
        statements = drafted(journey)
        found = daily.foreseen(office, statements, signers)
    return journey, statements, found


def reasons_for(app: App, office: Office, found: Sequence[Finding], terms: Terms) -> dict[str, str]:
    """Show findings by code, with the first of each, and get a reason for each that is no note. Raises WrongUse("cli.handing.reason")."""
    from custody.station.manifest import REASONS, to_state

    told, size = set(), office.ledger.size
    counts = daily.codes_by_reason(found)
    for one in found:
        if one.code in told or one.stated is not None:
            continue
        told.add(one.code)
        here = one._replace(entries=tuple(entry for entry in one.entries if entry < size))  # its own entry does not exist yet
        for line in findings.lines(app, here, office.zone):
            app.console.note(line)
        if counts[one.code] > 1:
            app.console.note("    " + app.say("cli.handing.more", count=counts[one.code] - 1))
    codes = to_state(found)
    if codes and terms.reason is None and not terms.yes:
        for number, reason in enumerate(REASONS, 1):
            app.console.note(f"  {number:2}  {app.say(f'reason.{reason}')}")
    return {code: _reason(app, code, terms) for code in codes}


def _reason(app: App, code: str, terms: Terms) -> str:
    from custody.core.shapes import CODE
    from custody.station.manifest import REASONS

    if terms.reason is not None:
        return terms.reason
    if terms.yes:
        raise WrongUse("cli.handing.reason", finding=code)
    while True:
        typed = ask(app.prompter, app.say("cli.handing.why", finding=code))
        chosen = REASONS[int(typed) - 1] if typed.isdigit() and 1 <= int(typed) <= len(REASONS) else typed.lower()
        if CODE.ok(chosen):
            return chosen


def _welcome(app: App, office: Office, seats: Sequence[Seat]) -> None:
    """Make sure that every key may sign here at all, and tell what is odd, before anybody types a passphrase."""
    from custody.station import table

    roster, size = office.ledger.state.roster, office.ledger.size
    for one in seats:
        table.enrolled(roster, one.key, size)
    for remark in table.remarks(seats, roster, size):
        app.console.warn(app.say(remark.code, **remark.facts))


def _signed(app: App, office: Office, statements: Sequence[Statement], one: Seat) -> list[Line]:
    """Show one person what is signed, then open the key once."""
    from custody.station import table

    shown, key = table.shown(statements), office.ledger.state.roster.find(one.key.name, office.ledger.size)
    facts = {"name": Names(office).person(one.key.name), "role": key.role if key else "-", "slot": one.slot}
    app.console.note("")
    app.console.note(paint(app.say("cli.handing.signer", **facts), "head"))
    app.console.note(app.say("cli.handing.shown", count=shown.count, parts=shown.parts, first=shown.first, last=shown.last))
    return table.sign(statements, one)


def _without(app: App, office: Office, journey: Journey, giver: Seat, error: KeyTrouble, terms: Terms) -> Journey:
    """The giver could not open his key: offer to go on without his signature. Raises the trouble of the key if nobody wants that."""
    if error.code not in _FORGOTTEN or terms.yes:
        raise error
    app.console.warn(app.say("cli.handing.forgotten", name=Names(office).person(giver.key.name)))
    if not confirm(app.prompter, app.say("cli.handing.unsigned"), app.lang):
        raise error
    for number, reason in enumerate(UNSIGNED, 1):
        app.console.note(f"  {number}  {app.say(f'unsigned.{reason}')}")
    typed = ask(app.prompter, app.say("cli.handing.unsigned.why"), "3")
    reason = UNSIGNED[int(typed) - 1] if typed.isdigit() and 1 <= int(typed) <= len(UNSIGNED) else "other"
    name = app.prompter.line(app.say("cli.handing.unsigned.name")).strip()
    return daily.without_giver(office, journey, reason, name, random)


def _offer_instead(app: App, receiver: Seat, terms: Terms) -> bool:
    """The giver has signed and the receiver cannot: it may stay an offer, which moves nothing."""
    return not terms.yes and confirm(app.prompter, app.say("cli.handing.offer", name=receiver.key.name), app.lang)


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
    """The end, in words that nobody can mistake."""
    sub = done.submitted
    idle = len({one.box for one in done.found}) if done.how == "idle" else 0
    facts = {"count": done.boxes, "parts": len(done.statements), "sid": done.statements[0].sid, "idle": idle}
    if sub.sealed:
        app.console.answer(app.say(f"cli.handing.done.{done.how}", **facts, entries=span(receipt.index for receipt in sub.receipts)))
    else:
        app.console.answer(paint(app.say("cli.handing.unsealed", **facts), "warn"))
        step = app.next_step("cli.handing.unsealed", **facts)
        if step:
            app.console.answer(f"{app.say('cli.next')} {step}")
    for code, count in daily.codes_by_reason([one for one in done.found if one.severity != "note"]).items():
        app.console.answer(app.say("cli.handing.finding", code=code, count=count))


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
