"""The day's work without a screen: boxes found, statements drafted, signed and submitted. Commands and drills stand on this.

A drill calls `record_seal`, `record_handoff`, `complete`, `acknowledge`, `submit` with seats whose keys are already open; a command puts
questions, findings and passphrases between the same steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from custody.core.errors import Refused
from custody_cli.boxes.known import Known
from custody_cli.boxes.named import Names

if TYPE_CHECKING:  # what checks signatures is loaded where it is used: the help of a command needs none of it
    from custody.assembly import Office, Submitted
    from custody.core.findings import Finding
    from custody.core.statement import Statement
    from custody.station.manifest import Journey, Seen
    from custody.station.table import Seat

Random = Callable[[int], bytes]
_LEAST_SID = 8  # digits of an id; fewer decimal ones are the number of an entry


# -- drafting ------------------------------------------------------------------------------------------------------------------


def handoff_drafts(
    office: Office, known: Known, journey: Journey, seen: Sequence[Seen], random: Random, happened: str | None = None, basis: str = "now"
) -> list[Statement]:
    """The statements of one handoff, as things stand now. Raises `Refused`: `manifest.empty`, `daily.waiting`; `Malformed`."""
    from custody.station import manifest

    known.forget()
    known.judge([one.box for one in seen])
    _not_again(office, known, seen, journey.start, journey.giver, False)
    state, size = office.ledger.state, office.ledger.size
    common = office.common(happened, basis)
    rows = manifest.lines(seen, known.holding)
    limit = manifest.due(state.places, journey, common["happened"]["at"], size)
    return manifest.handoffs(common, journey, rows, limit, random(16).hex())


def seal_drafts(
    office: Office,
    known: Known,
    seen: Sequence[Seen],
    *,
    place: str,
    sealer: str,
    witness: str,
    phase: str = "voted",
    irregular: Iterable[tuple[str, str]] = (),
    happened: str | None = None,
    basis: str = "now",
    **more: Any,
) -> list[Statement]:
    """The statements of one sealing, as things stand now. Raises as `handoff_drafts`."""
    from custody.station import manifest

    known.forget()
    known.judge([one.box for one in seen])
    _not_again(office, known, seen, place, sealer, True)
    rows = manifest.lines(seen, known.holding, lambda _: office.ledger.state.points_in(phase))
    common = office.common(happened, basis)
    return manifest.seals(common, rows, place=place, sealer=sealer, witness=witness, phase=phase, irregular=irregular, **more)


def _not_again(office: Office, known: Known, seen: Iterable[Seen], start: str, giver: str | None, sealing: bool) -> None:
    """What waits for the ledger key is not signed a second time. Raises `Refused("daily.waiting")`."""
    from custody.station.scanrun import goes_on

    for one in seen:
        at = known.waiting(one.box)
        if at is not None and not goes_on(known, one.box, start, giver, sealing):
            raise Refused("daily.waiting", box=Names(office).box(one.box), at=at, zone=office.zone)


def foreseen(office: Office, statements: Sequence[Statement], signers: Iterable[str]) -> list[Finding]:
    """What the law will say of drafts once these keys have signed them; boxes must have been judged (drafting does)."""
    from custody.assembly import loads
    from custody.assembly.waiting import StateAhead, waiting
    from custody.station import manifest

    names = frozenset(signers)
    found = manifest.foreseen(statements, names, StateAhead(office, waiting(office)), office.ledger.size)
    return [*found, *loads.foreseen(office, statements, names)]


def reused(office: Office, seen: Iterable[Seen]) -> list[Finding]:
    """Seal numbers that the ledger has on another box already, or that come twice here: what it will find, with this box and the other."""
    from custody.core.findings import finding

    found, here = [], dict[str, str]()
    for one in sorted(seen, key=lambda one: one.box):
        for number in (number for _, number in (one.seals or {}).values() if number is not None):
            other = seal_on(office, number) or here.setdefault(number, one.box)
            if other != one.box:
                found.append(finding("seal.reused", office.ledger.size, box=one.box, other=other, value=number))
    return found


def seal_on(office: Office, number: str) -> str | None:
    """The box that a seal number stands for."""
    mark = office.store.fact("seal", number)
    return mark.decode().split()[0] if mark is not None else None


def private_text(office: Office, field: str, value: str, random: Random) -> dict[str, str]:
    """Commit to a text that stays out of the ledger; its opening is kept in the private register before this returns."""
    from custody.core.private import seal as commit

    committed, opening = commit(field, value, random(16))
    office.private.put_openings([opening])
    return committed


# -- recording, with every key at hand -----------------------------------------------------------------------------------------


def submit(office: Office, statements: Sequence[Statement], seats: Sequence[Seat]) -> Submitted:
    """Let everybody sign every statement, then append all in one transaction (or keep them in the outbox while the key is locked)."""
    from custody.station import table

    for seat in seats:
        table.enrolled(office.ledger.state.roster, seat.key, office.ledger.size)
    return office.submit(table.notes(statements, [table.sign(statements, seat) for seat in seats]))


def record_handoff(
    office: Office,
    journey: Journey,
    seen: Sequence[Seen],
    seats: Sequence[Seat],
    *,
    random: Random,
    reason: str | None = None,
    happened: str | None = None,
    basis: str = "now",
) -> Submitted:
    """Draft, sign and submit a handoff without questions; `reason` is stated for whatever the law will find."""
    from custody.station import manifest

    known = Known(office)
    drafts = handoff_drafts(office, known, journey, seen, random, happened, basis)
    codes = manifest.to_state(foreseen(office, drafts, [seat.key.name for seat in seats])) if reason else []
    if reason and codes:
        stated = manifest.with_reasons(journey, dict.fromkeys(codes, reason))
        drafts = handoff_drafts(office, known, stated, seen, random, happened, basis)
    return submit(office, drafts, seats)


def record_seal(office: Office, seen: Sequence[Seen], seats: Sequence[Seat], *, reason: str | None = None, **facts: Any) -> Submitted:
    """Draft, sign and submit a sealing without questions; `facts` as `seal_drafts`: place, sealer, witness, phase …"""
    from custody.station import manifest

    known = Known(office)
    drafts = seal_drafts(office, known, seen, **facts)
    codes = manifest.to_state(foreseen(office, drafts, [seat.key.name for seat in seats])) if reason else []
    if reason and codes:
        drafts = seal_drafts(office, known, seen, **{**facts, "irregular": [(code, reason) for code in codes]})
    return submit(office, drafts, seats)


# -- statements that are there already -----------------------------------------------------------------------------------------


def recorded(office: Office, sid: str) -> Statement:
    """A statement of the ledger by its id, the beginning of it, or the number of an entry that holds it.

    Raises `Refused`: `ledger.statement`, `daily.sid-short`.
    """
    from custody.core import entry as entries

    if sid.isdecimal() and len(sid) < _LEAST_SID:
        if int(sid) >= office.ledger.size:
            raise Refused("ledger.statement", sid=sid)
        return entries.parse(office.ledger.note(int(sid))).statement
    if len(sid) == 64:
        indexes = office.ledger.indexes(sid)
        if not indexes:
            raise Refused("ledger.statement", sid=sid)
        return entries.parse(office.ledger.note(indexes[0])).statement
    return _by_prefix(office, sid)


def _by_prefix(office: Office, sid: str) -> Statement:
    """By the first digits, as screens and papers show them."""
    from custody.core import entry as entries

    low = sid.lower()
    if len(low) < _LEAST_SID or any(mark not in "0123456789abcdef" for mark in low):
        raise Refused("daily.sid-short", sid=sid)
    with office.store.read() as reader:
        found = {row.sid: row.idx for row in reader.rows() if row.sid.hex().startswith(low)}
    if len(found) != 1:
        raise Refused("ledger.statement", sid=sid)
    return entries.parse(office.ledger.note(next(iter(found.values())))).statement


def of_consignment(office: Office, one: Statement) -> list[Statement]:
    """All parts of the consignment that a handoff belongs to, this one included, as far as they are here."""
    from custody.core import entry as entries

    consignment = one.body.get("consignment")
    if consignment is None:
        return [one]
    wanted = f'"id":"{consignment["id"]}"'.encode()
    found = {one.sid: one}
    with office.store.read() as reader:
        for row in reader.rows():
            if row.kind == "handoff" and wanted in row.body:
                part = entries.parse(row.body).statement
                found[part.sid] = part
    return sorted(found.values(), key=lambda part: int(part.body["consignment"]["part"]))


def ack_drafts(
    office: Office,
    parts: Sequence[Statement],
    side: str,
    seen: Sequence[Seen] | None = None,
    text: dict[str, str] | None = None,
    happened: str | None = None,
    basis: str = "now",
    reasons: Mapping[str, str] | None = None,
) -> list[Statement]:
    """An `ack` about each part of a handoff: `giver` for a signature that was missing, `receiver` for what was really found (`seen`).

    Boxes that a part does not list are left out, and so are parts of which nothing was found. reasons: why, for what came late (`late`).
    """
    from custody.station import manifest

    known, made = Known(office), []
    known.judge([one.box for one in seen or ()])
    for part in parts:
        told = part.body["boxes"]
        if seen is None:
            rows = [{name: line[name] for name in ("box", "by", "seals")} for line in told]
        else:
            rows = manifest.ack_lines(seen, told, known.holding)
        if rows:
            draft = partial(
                manifest.ack, office.common(happened, basis), rows, about=part.sid, side=side, place=part.body["place"], note=text
            )
            codes = {one.code for one in late(office, [part], [draft()])} if reasons else set[str]()
            made.append(draft(irregular=((code, reason) for code, reason in (reasons or {}).items() if code in codes)))
    return made


def late(office: Office, offers: Iterable[Statement], acks: Iterable[Statement]) -> list[Finding]:
    """What the law will find of the moment at which a receiver takes over what was offered to him (LAW-8)."""
    from custody.core import law
    from custody.core.act import Act

    state, size, offered = office.ledger.state, office.ledger.size, {one.sid: one for one in offers}

    def act(one: Statement) -> Act:
        return Act(one, size, frozenset(), frozenset())

    taken = ((act(offered[ack.body["about"][0]]), act(ack)) for ack in acks if ack.body["side"] == "receiver")
    return [found for offer, ack in taken for line in ack.body["boxes"] for found in law.of_receipt(offer, ack, line["box"], state)]


def acknowledge(office: Office, parts: Sequence[Statement], seat: Seat, side: str, seen: Sequence[Seen] | None = None) -> Submitted:
    """Draft, sign and submit the acks about the parts of a handoff."""
    return submit(office, ack_drafts(office, parts, side, seen), [seat])


def correction(
    office: Office,
    one: Statement,
    boxes: Sequence[str],
    *,
    effect: str,
    reason: str,
    instead: str | None = None,
    text: dict[str, str] | None = None,
) -> Statement:
    """A `correction` of a statement for some of its boxes, drafted."""
    fields = {"about": [one.sid], "boxes": sorted(boxes), "effect": effect, "instead": instead, "note": text, "reason": reason}
    return office.draft("correction", **fields)


def without_giver(office: Office, journey: Journey, reason: str, name: str | None, random: Random, deed: str | None = None) -> Journey:
    """The journey without the giver's signature, and why; the name of a giver who has no key goes to the private register.

    deed: SHA-256 (hex) of the paper deed that he signed instead.
    """
    from custody.station import manifest

    committed = private_text(office, "name", name, random) if name else None
    return replace(journey, unsigned=manifest.Unsigned(reason, committed, deed))


def reparsed(data: bytes) -> Statement:
    """The statement of a note."""
    from custody.core import note
    from custody.core import statement as statements_

    return statements_.parse(note.split(data)[0])
