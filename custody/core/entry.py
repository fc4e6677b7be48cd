"""Entries: a statement with the signatures that came with it; when one is authentic (spec chapter 09, AUTH-1 to AUTH-6)."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from custody.core import ed25519, note
from custody.core.errors import BadSignature, Refused
from custody.core.note import Line
from custody.core.roster import Key, Roster, introduced
from custody.core.statement import Statement
from custody.core.statement import glance as glance_at_statement
from custody.core.statement import parse as parse_statement


class Entry(NamedTuple):
    """One note of the ledger: its statement and its signature lines. `note` is kept as it came."""

    statement: Statement
    lines: tuple[Line, ...]
    note: bytes


_entry: Callable[[tuple[Statement, tuple[Line, ...], bytes]], Entry] = partial(tuple.__new__, Entry)


def parse(data: bytes) -> Entry:
    """Read a note. Raises `Malformed` for anything but a strict note around a strict statement."""
    text, lines = note.split_statement(data)
    return Entry(parse_statement(text), lines, data)


def glance(text: bytes, lines: tuple[Line, ...], data: bytes) -> Entry | None:
    """As `parse`, of a note cut by `note.glance`, where one look shows that its text is strict too; else None."""
    statement = glance_at_statement(text)
    return None if statement is None else _entry((statement, lines, data))


def check_founding(entry: Entry, index: int) -> None:
    """Raise `Refused` unless entry 0, and no other, is a founding (AUTH-1)."""
    if (index == 0) != (entry.statement.kind.name == "founding"):
        raise Refused("entry.no-founding" if index == 0 else "entry.second-founding")


def signers(entry: Entry, roster: Roster, index: int, held: tuple[Key, ...] = ()) -> tuple[Key, ...]:
    """The keys behind the lines of an entry at `index`; no signature is checked here.

    Raises `Refused("entry.foreign")` for a statement of another ledger and `BadSignature("signature.unknown")` for a line by a
    key that is neither enrolled at or before `index` nor introduced by this statement; at least one line must be by a key
    that was known before (AUTH-3), else anybody could write into the ledger by introducing himself.
    held: the keys of all its lines, where they were looked up at `index` in the same roster as it stands; else none.
    """
    statement = entry.statement
    founding = statement.kind.name == "founding"
    if not founding and statement.body["ledger"] != roster.founding:
        raise Refused("entry.foreign", ledger=statement.body["ledger"], expected=roster.founding)
    if held:
        return held
    known = [roster.known(line.name, line.key_id, index) for line in entry.lines]
    if None not in known:
        return tuple(known)  # type: ignore[arg-type]
    fresh = introduced(statement)
    found = tuple(key or fresh.get((line.name, line.key_id)) for key, line in zip(known, entry.lines, strict=True))
    for key, line in zip(found, entry.lines, strict=True):
        if key is None:
            raise BadSignature("signature.unknown", name=line.name, key_id=line.key_id.hex())
    if not founding and not any(known):
        raise BadSignature("signature.stranger", name=entry.lines[0].name)
    return found  # type: ignore[return-value]


def check_signatures(entry: Entry, keys: tuple[Key, ...]) -> None:
    """Check every line with its key. Raises `BadSignature("signature.bad")`; one bad line refuses the whole note (AUTH-4)."""
    text = entry.statement.text
    for line, key in zip(entry.lines, keys, strict=True):
        try:
            ed25519.verify(key.public, line.signature, text)
        except BadSignature as error:
            raise BadSignature("signature.bad", name=line.name, sid=entry.statement.sid) from error
