"""Invitations to make a key: who gets which key name, and the files that the office keeps of those who have not answered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from custody.core.errors import Malformed
from custody.reading import read
from custody_cli.ground.desk import random

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.core.statement import Statement
    from custody.ledger.enrolment import Card
    from custody.station.people import Invitation, Proof

SUFFIX = ".invitation"
MOST = 64 << 20  # bytes: some twenty thousand people in one file


@dataclass(frozen=True)
class Wanted:
    """One key that the office wants for a person. `human` groups the keys of one person within a list."""

    role: str
    places: tuple[str, ...]
    institution: str | None
    human: int = 0
    name: str | None = None
    number: str | None = None
    rank: str | None = None
    unit: str | None = None
    delegate: bool = False
    key: str | None = None


def drafted_for(office: "Office", people: Sequence[Wanted]) -> "list[Invitation]":
    """Draft an invitation for each; nothing is written.

    A person whose number the private register knows stays the same person (ROLE: persons are counted, never keys).
    """
    from custody.ledger import enrolment
    from custody.station.people import Invitation

    cards = office.people()
    humans = _known_humans(cards, people)
    names = _Names({card.key for card in cards} | {one.key for one in waiting(office)})
    common, made = office.common(), []
    for one in people:
        personal = {field: getattr(one, field) for field in enrolment.PERSONAL}
        fixed = enrolment.terms(common, humans[one.human], personal, random, one.delegate)
        key = names.take(one)
        invitation = Invitation(office.founding.sid, random(16).hex(), key, one.role, one.institution, tuple(sorted(one.places)), fixed)
        made.append(invitation)
    return made


def _known_humans(cards: "Sequence[Card]", people: Iterable[Wanted]) -> dict[int, str]:
    """The person behind each group: known by number, else 128 new random bits."""
    by_number = {card.number: card.person for card in cards if card.number is not None}
    humans: dict[int, str] = {}
    for one in people:
        known = by_number.get(one.number) if one.number is not None else None
        humans[one.human] = known or humans.get(one.human) or random(16).hex()
    return humans


_STEMS = {  # of the names that keys get unless one is wanted: as officers say the role; the others are their own word
    "authority": "otoritas", "supervisor": "kasatops", "keeper": "gudang", "guard": "jaga", "leader": "regu", "escort": "pengawal",
    "witness": "saksi",
}  # fmt: skip


class _Names:
    """Key names that are still free: `jaga-1`, `jaga-2` … (pseudonyms, since the ledger cannot forget a name)."""

    def __init__(self, taken: set[str]) -> None:
        self._taken = taken
        self._next: dict[str, int] = {}

    def take(self, one: Wanted) -> str:
        """The wanted name, or the next of its role. Raises `Malformed("enrol.name-taken")`."""
        if one.key is not None:
            if one.key in self._taken:
                raise Malformed("enrol.name-taken", key=one.key)
            self._taken.add(one.key)
            return one.key
        stem = _STEMS.get(one.role, one.role)
        number = self._next.get(stem, 1)
        while f"{stem}-{number}" in self._taken:
            number += 1
        self._next[stem] = number + 1
        self._taken.add(f"{stem}-{number}")
        return f"{stem}-{number}"


def waiting(office: "Office") -> "list[Invitation]":
    """The office's copies of all invitations that wait for an answer: those whose key has been sealed meanwhile do not."""
    from custody.station.people import read_invitations

    folder, enrolled = office.folder.invitations, office.ledger.state.roster.by_name
    paths = sorted(folder.glob(f"*{SUFFIX}")) if folder.is_dir() else []
    kept = [invitation for path in paths for invitation in read_invitations(read(path, MOST), path.name)]
    return [invitation for invitation in kept if invitation.key not in enrolled]


def told(invitation: "Invitation") -> dict[str, Any]:
    """Who is invited, for a list: key, role, places, and the person as far as the invitation tells."""
    from custody.ledger import enrolment

    known = {opening.field: opening.value for opening in enrolment.openings(invitation.fixed)}
    person = {field: known.get(field) for field in enrolment.PERSONAL}
    named = {"key": invitation.key, "role": invitation.role, "institution": invitation.institution}
    return {**named, "places": list(invitation.places), **person}


def keep(office: "Office", invitations: "Iterable[Invitation]") -> None:
    """The office's own copies, until the keys are enrolled."""
    from custody.durable import write_durably

    folder = office.folder.invitations
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for invitation in invitations:
        write_durably(folder / f"{invitation.key}{SUFFIX}", invitation.format(), 0o600)


def hand_out(office: "Office", invitations: "Sequence[Invitation]", targets: Sequence[Path]) -> None:
    """Write the files for the people and the office's copies: all of them or, on any trouble, none. Raises `OSError`."""
    from custody.durable import write_new

    written: list[Path] = []
    try:
        for invitation, target in zip(invitations, targets, strict=True):
            write_new(target, invitation.format(), 0o600)
            written.append(target)
        keep(office, invitations)
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        answered(office, invitations)
        raise


def answered(office: "Office", invitations: "Iterable[Invitation]") -> None:
    """These are enrolled: the office's copies go."""
    for invitation in invitations:
        (office.folder.invitations / f"{invitation.key}{SUFFIX}").unlink(missing_ok=True)


def drafted(invitation: "Invitation", proof: "Proof") -> "Statement":
    """The enrolment that the office expects of this invitation and key; the proof must be of exactly this text.

    Raises `Refused("enrol.other-text")`, `Malformed`, `BadSignature`.
    """
    from custody.ledger import enrolment

    made = enrolment.statement(invitation.ledger, proof.key, invitation.role, invitation.institution, invitation.places, invitation.fixed)
    enrolment.compare(made, proof.text(), proof.key.name)
    return made


def read_proof_files(paths: Iterable[Path]) -> "list[Proof]":
    """The proofs of all files. Raises as `people.read_proofs` and `reading.read`, naming the file."""
    from custody.station.people import read_proofs

    return [proof for path in paths for proof in read_proofs(read(path, MOST), path.name)]
