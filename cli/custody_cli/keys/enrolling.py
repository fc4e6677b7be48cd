"""Enrolment at the office: proofs paired with invitations, shown, signed by who may enrol, sealed, their openings kept."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from custody.core.errors import KeyTrouble, Refused
from custody_cli.ground.app import App
from custody_cli.keys import inviting
from custody_cli.keys.authorise import Table, agreed, authorise, signed
from custody_cli.keys.signing import public_of

if TYPE_CHECKING:
    from custody.assembly import Office, Submitted
    from custody.core.note import VerifierKey
    from custody.core.private import Opening
    from custody.ledger.sheet import Draft
    from custody.station.people import Invitation, Pairing, Proof


def enrol(app: App, opened: "Office", proofs: "Iterable[Proof]", table: Table) -> "tuple[Pairing, Submitted | None]":
    """Enrol the keys of those proofs that answer an invitation; doubtful ones are said and left out.

    Raises `Refused`: `enrol.nobody`, `enrol.other-text`, `enrol.not-delegated`, `authorise.…`.
    """
    from custody.station import people

    pairing = people.pair(inviting.waiting(opened), proofs)
    for code, proof in pairing.doubtful:
        app.console.warn(app.say(code, key=proof.key.name))
    if not pairing.paired:
        raise Refused("enrol.nobody", proofs=len(pairing.doubtful))
    drafts = _drafts(app, opened, pairing.paired)
    done = _authorised(app, opened, drafts, table, app.say("cli.key.enrol.agree", count=len(drafts)))
    if done is not None:
        settle(opened, [invitation for invitation, _ in pairing.paired], done)
    return pairing, done


def text_for(invitation: "Invitation", key: "VerifierKey") -> bytes:
    """The text that the new key of an invitation signs. Raises `Malformed`."""
    from custody.ledger import enrolment

    asked = invitation
    return enrolment.statement(asked.ledger, key, asked.role, asked.institution, asked.places, asked.fixed).text


def settle(opened: "Office", invitations: "list[Invitation]", done: "Submitted") -> None:
    """The enrolments of these invitations are signed: keep what opens their commitments, and drop the invitations once sealed."""
    opened.private.put_openings(_openings(invitations))
    if done.sealed:
        inviting.answered(opened, invitations)


def _drafts(app: App, opened: "Office", paired: "tuple[tuple[Invitation, Proof], ...]") -> "list[Draft]":
    """The enrolments with the new keys' own lines, and on the screen who they are for: the authorities compare the ids with the people."""
    from custody.core.note import split
    from custody.ledger import enrolment
    from custody.ledger.sheet import Draft
    from custody_cli.keys.listing import duty

    roster, drafts, rows = opened.ledger.state.roster, [], []
    for invitation, proof in sorted(paired, key=lambda pair: pair[1].key.name):
        if proof.key.name in roster.by_name:
            raise KeyTrouble("enrol.name-taken", key=proof.key.name)
        if proof.key.public in roster.publics:
            raise KeyTrouble("enrol.key-taken", key=proof.key.name)
        openings = tuple(enrolment.openings(invitation.fixed))
        drafts.append(Draft(inviting.drafted(invitation, proof), split(proof.note)[1], openings))
        told = {item["field"]: item["value"] for item in invitation.fixed["openings"]}
        person = " ".join(told[field] for field in ("rank", "name", "number") if field in told) or "—"
        rows.append({"key": proof.key.name, "role": invitation.role, "person": person, "key_id": proof.key.key_id.hex()})
        rows[-1] |= duty(app, opened, invitation.institution, invitation.places)
    for row in rows:
        app.console.note(app.say("cli.key.enrol.row", **row))
    return drafts


def _openings(invitations: "list[Invitation]") -> "list[Opening]":
    from custody.ledger import enrolment

    return [opening for invitation in invitations for opening in enrolment.openings(invitation.fixed)]


def _authorised(app: App, opened: "Office", drafts: "list[Draft]", table: Table, question: str) -> "Submitted | None":
    """By enough authorities, or by one supervisor to whom enrolment is delegated (ROLE-4)."""
    if table.sheet is None and len(table.keys) == 1 and _delegated(opened, drafts, table.keys[0]):
        agreed(app, question, table.yes)
        return opened.submit(signed(app, drafts, table.keys, table.files))
    return authorise(app, opened, drafts, table, question)


def _delegated(opened: "Office", drafts: "list[Draft]", path: Path) -> bool:
    from custody.core.rights import DELEGATED

    state, size, public = opened.ledger.state, opened.ledger.size, public_of(path)
    key = state.roster.known(public.name, public.key_id, size)
    if key is None or key.role != "supervisor":
        return False
    if not (opened.founding.body["delegates"] and key.delegate and key.counts(size)):
        raise Refused("enrol.not-delegated", name=key.name)
    for draft in drafts:
        body = draft.statement.body
        inside = body["places"] and all(not key.places.isdisjoint(state.places.path(place, size)) for place in body["places"])
        if body["role"] not in DELEGATED or not inside:
            raise Refused("enrol.not-delegated", name=key.name)
    return True
