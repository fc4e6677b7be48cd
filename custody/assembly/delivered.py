"""What waits at a station and has reached the ledger; which private rows belong to what is known (spec chapter 23, Reading)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING

from custody.assembly.office import device_of
from custody.assembly.sending import hashes
from custody.assembly.stations import turn
from custody.core.errors import CustodyError, Refused

if TYPE_CHECKING:
    from custody.assembly.office import Office
    from custody.core.enclosed import Code, Rows
    from custody.core.private import Opening


def settle(office: Office) -> int:
    """At a station: what waits and stands in the ledger now is delivered, and waits no longer. Returns how many."""
    if not office.station:
        return 0
    gone = [one for one in office.outbox.pending() if delivered(office, one.note)]
    if gone:
        _owe(office, [one.note for one in gone])
        office.outbox.forget(one.path for one in gone)
    return len(gone)


def delivered(office: Office, note: bytes) -> bool:
    """Whether the ledger has entries of this statement with all signatures of this note (spec chapter 23, Reading)."""
    from custody.core import note as notes

    try:
        text, lines = notes.split(note)
    except CustodyError:
        return False
    indexes = office.ledger.indexes(sha256(text).hexdigest())
    if not indexes:
        return False
    signed = {(line.name, line.key_id) for index in indexes for line in notes.split(office.ledger.note(index))[1]}
    return {(line.name, line.key_id) for line in lines} <= signed


def _owe(office: Office, notes: Sequence[bytes]) -> None:
    """Private rows of statements that others may have carried: the office gets them until it says that it has them."""
    wanted = hashes(notes)
    here = set(office.private.opened(sorted(wanted)))
    here |= {one for one in wanted if office.private.code(bytes.fromhex(one)) is not None}
    if here:
        with turn(office):
            device = device_of(office.folder)
            assert device is not None, "a station has its file"
            device.owing({**dict.fromkeys(here), **dict(device.owed)}).write(office.folder.device)


def standing(office: Office, wanted: Iterable[str]) -> set[str]:
    """Those of these hashes that stand in an entry, or in a statement that waits."""
    left, found = set(wanted), set[str]()
    found |= left & hashes(one.note for one in office.outbox.pending())
    for body in office.ledger.notes() if left - found else ():
        found |= left & hashes([body])
        if found == left:
            break
    return found


def printed_boxes(office: Office) -> dict[str, str | None]:
    """The box of every printed code, as label statements say, in the ledger or waiting."""
    from custody.core import entry

    found = {code: printed.box for code, printed in office.ledger.state.register.codes.items()}
    for one in office.outbox.pending():
        if one.note.startswith(b"custody/label/"):
            with suppress(CustodyError):
                for line in entry.parse(one.note).statement.body["labels"]:
                    found.setdefault(line["code"], line["box"])
    return found


def keep_rows(office: Office, ledger: str, rows: Sequence[Rows]) -> tuple[int, int]:
    """Keep private rows that open what is in the ledger or waits here; returns how many those are, and how many all others.

    :param ledger: the founding's sid.
    """
    from custody.core.labelcode import commitment
    from custody.store.private import PlainCode

    openings: dict[str, Opening] = {one.commitment(): one for some in rows for one in some.openings}
    codes: dict[str, Code] = {commitment(one.symbols, ledger).hex(): one for some in rows for one in some.codes}
    meant = standing(office, openings.keys() | codes.keys())
    printed = printed_boxes(office)
    right = {one: code for one, code in codes.items() if one in printed and printed[one] == code.box}
    kept = [one for name, one in openings.items() if name in meant]
    office.private.put_openings(kept)
    plain = [PlainCode(bytes.fromhex(one), code.symbols, code.box) for one, code in right.items()]
    try:
        office.private.put_codes(plain)
    except Refused:  # a box of its own was given to one of them before: that one stays, the others come
        known = office.private.code
        office.private.put_codes(one for one in plain if known(one.hash) in (None, one))
    return len(kept) + len(right), len(openings) + len(codes) - len(kept) - len(right)
