"""Restoring: a backup becomes the one live ledger only when something outside agrees that nothing is missing (design chapter 3).

An older backup is a perfectly valid ledger. So the restored one is verified in full, held against checkpoints or receipts from outside and
against what the guard of this machine remembers, all before the guard is made and before the folder has its name.
"""

from collections.abc import Sequence

from custody.core import note
from custody.core.checkpoint import Checkpoint
from custody.core.errors import Altered, Refused, Undecided
from custody.core.policy import Policy
from custody.core.proof import HEADER, Proof
from custody.core.verdict import Verdict
from custody.core.verify import Outside
from custody.ledger.audit import audit
from custody.ledger.guard import Mark
from custody.ledger.ports import Store
from custody.ledger.receipt import Receipt


def outside(name: str, data: bytes) -> Outside:
    """What somebody held outside: a checkpoint as a signed note, a receipt, or its proof without the note, as a code on paper has it.

    :raises Malformed: `note.…`, `checkpoint.…`, `proof.…`.
    """
    if not data.startswith(HEADER):
        Checkpoint.parse(note.split(data)[0])
        return Outside(name, data)
    proof = Proof.parse(data)
    if proof.extra is None:
        return Outside(name, proof.checkpoint)
    receipt = Receipt.parse(data)
    return Outside(name, proof.checkpoint, proof, receipt.leaf)


def judge(store: Store, trust: Policy | None, held: Sequence[Outside], follows: bool = False) -> Verdict:
    """Verify a restored ledger against what is held outside.

    :param follows: it is a station's, which may have fewer entries than the office: the next bundle brings them.

    :raises Altered: `restore.older` when entries that an outside checkpoint covers are missing, `restore.altered` with the first fault.
    :raises Undecided: `outside.…` for the first thing held outside that proves nothing about this ledger.
    """
    verdict, _ = audit(store, trust, held)
    for fault in verdict.faults:
        if fault.code.startswith("projection."):
            continue  # computed from the entries, and computed again where wanted (`custody doctor --rebuild`)
        facts = dict(fault.facts)
        if fault.code == "outside.longer":
            if follows:
                continue
            raise Altered("restore.older", size=verdict.size, outside=facts.get("size"), name=facts.get("name"))
        raise Altered("restore.altered", fault=fault.code, entry=fault.entry, checkpoint=fault.checkpoint)
    for one in verdict.undecided:
        raise Undecided(one.code, **dict(one.facts))
    return verdict


def check_place(mark: Mark | None, machine: str, still_there: bool) -> None:
    """May this machine become the ledger's home? :param still_there: a ledger lies where the guard says it lives.

    :raises Refused: `restore.moved` when it went away from here by a signed act, `restore.live` when it still lives here.
    """
    if mark is None:
        return
    if mark.status == "moved":
        raise Refused("restore.moved", size=mark.checkpoint().size)
    if mark.machine == machine and still_there:
        raise Refused("restore.live", folder=mark.folder)
