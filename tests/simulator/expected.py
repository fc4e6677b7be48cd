"""What a ledger is expected to find of each kind of fault: the law, seen from outside the simulator."""

from typing import NamedTuple


class Expected(NamedTuple):
    """finds: the codes by which the fault must show. follows: what may come of it besides, for those who act on what they know."""

    finds: frozenset[str]
    follows: frozenset[str]


def _of(finds: str, follows: str = "") -> Expected:
    return Expected(frozenset(finds.split()), frozenset(follows.split()))


UNSEEN = _of("")
_DISPUTE = "box.disputed signer.contradiction custody.gap manifest.missing"  # what is in dispute counts as loaded by nobody (LOAD-3)
_MOVED_UNSIGNED = "giver.not-holder place.from custody.gap leg.skipped leg.unplanned"

EXPECTED: dict[str, Expected] = {
    # seals and labels
    "tie torn": _of("seal.changed"),
    "tie loose": _of("seal.changed"),
    "tie cut off": _of("seal.changed"),
    "other number": _of("seal.changed"),
    "torn in the store": _of("seal.changed"),
    "missing one morning": _of("seal.changed"),
    "no tie left": _of("seal.points"),
    "torn while sticking": _of("seal.broken"),
    "number used twice": _of("seal.reused"),
    "nobody looks at the seals": _of("seal.unseen"),
    "sealed by another": _of("sealer.not-holder custody.gap"),
    "old label read": _of("label.void"),
    "home-made label": _of("label.unknown"),
    "labels exchanged": _of("label.other-box"),
    "spare label twice": _of("label.two-boxes"),
    "label torn off": _of("label.not-read"),
    "label copied elsewhere": _of("label.cloned box.unexpected"),
    # hands
    "giver refuses": _of("giver.unsigned custody.gap"),
    "giver signs later": _of("giver.acknowledged"),
    "recorder does not sign": _of("recorder.unsigned"),
    "receiver never signs": _of("offer.open", _MOVED_UNSIGNED),
    "receiver alone": _of("box.claimed"),
    "stranger receives": _of("claim.stranger", "role.place"),
    "stranger gives": _of("offer.stranger", "role.place"),
    "offered at last": _of("box.offered"),
    "a stranger signs": _of("statement.unsigned"),
    "one person, two keys": _of("signer.same-person", "box.orphan box.offered manifest.missing receipt.missing count.differs custody.gap"),
    "nobody knows the recorder": _of("role.unknown recorder.unsigned"),
    "a witness records": _of("role.kind"),
    "a neighbour receives": _of("role.place"),
    "another gives": _of("giver.not-holder custody.gap"),
    "a colleague gives": _of("giver.colleague"),
    "two stories": _of("box.disputed", "giver.unsigned custody.gap manifest.missing"),
    "two words of one": _of("box.disputed signer.contradiction", _DISPUTE),
    "dispute decided": _of("ruling.made", _DISPUTE),
    "dispute decided twice": _of("ruling.conflict", _DISPUTE + " ruling.made"),
    "dispute decided alone": _of("ruling.no-effect", _DISPUTE),
    "phone lost": _of("box.orphan custody.gap", "manifest.missing"),
    "taken back too late": _of("offer.completed-withdrawn box.disputed", _DISPUTE),
    "another's word taken back": _of("withdrawal.no-effect", "offer.open box.claimed"),
    "received with a difference": _of("receipt.differs seal.changed"),
    "told twice": _of("ack.twice", "seal.changed receipt.differs"),
    "nothing to acknowledge": _of("ack.no-effect"),
    "written by mistake": _of("correction.void"),
    "remark": _of("correction.made"),
    "not his to correct": _of("correction.no-effect"),
    "signature too late": _of("statement.late", "custody.gap box.orphan box.claimed manifest.missing"),
    "key stolen": _of("key.suspect"),
    "checkpoint invented": _of("seen.unsigned"),
    # ways
    "PPS aboard": _of("leg.through"),
    "PPS named, not signed": _of("through.unsigned leg.skipped", "leg.unplanned"),
    "desa left out": _of("leg.skipped", "leg.unplanned"),
    "straight to the warehouse": _of("leg.skipped", "leg.unplanned plenary.unfinished"),
    "down once more": _of("leg.reversed"),
    "wrong kecamatan": _of("place.other-kecamatan"),
    "wrong desa": _of("place.wrong", "role.place"),
    "taken elsewhere": _of("place.from custody.gap", "role.place"),
    "a hut on no list": _of("place.unknown", "place.wrong role.place"),
    "too fast": _of("leg.too-fast", "count.differs label.cloned"),
    "engine dead": _of("leg.overdue"),
    "no escort": _of("escort.missing"),
    "one guard": _of("escort.few"),
    "an hour long past": _of("time.backwards", "count.differs leg.too-fast label.cloned"),
    "an hour to come": _of("time.future", "count.differs"),
    "entered from paper": _of("time.paper"),
    "phone a month ahead": _of("time.bracket"),
    "laptop ten years ahead": _of("time.ahead time.bracket"),
    "gone before the plenary": _of("plenary.unfinished"),
    # openings
    "opened, one signature": _of("opening.alone", "seal.changed opening.unsigned box.orphan custody.gap"),
    "opened, one does not sign": _of("opening.unsigned"),
    "opened in the night": _of("opening.basis", "opening.present opening.invited"),
    "no order for a recount": _of("opening.basis"),
    "nobody invited": _of("opening.invited opening.present"),
    "no witness present": _of("opening.present"),
    "a form kept": _of("opening.kept-out"),
    "left open": _of("box.open", "seal.unseen seal.points"),
    "destroyed too early": _of("closing.early"),
    "moved after its end": _of("box.closed"),
    # rooms
    "miscounted": _of("count.differs"),
    "carried out": _of("count.differs", "box.missing manifest.missing receipt.missing"),
    "missed on the list": _of("box.missing", "count.differs"),
    "turns up elsewhere": _of("box.unexpected", "count.differs box.missing"),
    "another squad gives": _of("shift.gap", "shift.unsigned"),
    "nobody hands over": _of("shift.unrelieved"),
    "squad goes unsigned": _of("shift.unsigned"),
    "squad remarks": _of("correction.remark"),
    "door forced": _of("room.door"),
    "padlock broken": _of("room.lock"),
    "door sealed anew": _of("room.seal"),
    "torch gone": _of("room.equipment"),
    "roof leaks": _of("room.defect"),
    "nobody watches": _of("room.unguarded"),
    "out before in": _of("time.reversed"),
    "alone inside": _of("visit.alone"),
    "without leave": _of("visit.no-leave"),
    # loads
    "left behind": _of("manifest.missing"),
    "not on the list": _of("manifest.extra"),
    "driven to another door": _of("manifest.destination leg.unplanned", "role.place manifest.extra manifest.things leg.skipped"),
    "never arrives": _of("receipt.missing"),
    "booths lacking": _of("manifest.things"),
    "leaves unreleased": _of("manifest.unreleased", "manifest.missing"),
    "plenary begun unrecorded": _of("plenary.order"),
    "plenary unwitnessed": _of("plenary.unsigned", "plenary.unfinished plenary.order"),  # nobody ends a plenary alone (PLEN-1)
    "plenary ended from memory": _of("plenary.late", "time.paper"),
    "plenary broken off": _of("plenary.unfinished"),
    "soaked": _of("incident.open"),
    "soaked and dried": _of("incident.settled"),
    "settled by nobody": _of("incident.no-effect incident.open"),
    # papers and offices
    "sealing unrecorded": _of("box.unsealed", "count.differs"),
    "on no register": _of("box.unknown label.unknown"),
    "logged twice": _of("entry.again"),
    "second vote unlinked": _of("box.unlinked"),
    "one code for two boxes": _of("label.two-boxes"),
    "registered twice": _of("box.twice"),
    "registered wrongly": _of("box.mismatch", "box.unlinked"),
    "same code of others": _of("box.code-twice"),
    "one authority": _of("authority.short"),
    "name taken": _of("enrol.name-taken"),
    "key taken": _of("enrol.key-taken"),
    "key unproven": _of("enrol.unproven"),
    "odd name": _of("enrol.name"),
    "delegated": _of("enrol.delegated"),
    "revokes nobody": _of("revoke.unknown"),
    "place in the air": _of("place.parent"),
    # what no ledger sees
    "contents exchanged": UNSEEN,
    "seals copied": UNSEEN,
    "both lie": UNSEEN,
    "changed before the plenary": UNSEEN,
    "left alone": UNSEEN,
    "sealed empty": UNSEEN,
}

# Found in every night, clean or not: no outsider saw the start, and one leg has no stated least time.
ALWAYS = frozenset(("time.unbounded", "leg.speed-unjudged", "giver.colleague"))
