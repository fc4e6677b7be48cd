"""What a ledger knows beyond a report that is held against it: records since, and what the paper shows and counts no more (chapter 13)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from custody_cli.ground.console import paint

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.assembly.reporting import Standing
    from custody.paper.proven.evidence import Reading
    from custody_cli.ground.app import App


class Later(NamedTuple):
    """One record since: its first entry, kind and moment."""

    entry: int
    kind: str
    happened: str


class Aftermath(NamedTuple):
    """later: what was recorded since, in order. undone: entries of the paper that count no more for some of its boxes, and by what mark.

    suspected: keys that signed what it shows and came under suspicion since.
    """

    later: tuple[Later, ...]
    undone: dict[int, str]
    suspected: tuple[str, ...]
    zone: str

    def document(self) -> dict[str, Any]:
        """For --json."""
        undone = [{"entry": entry, "why": why} for entry, why in self.undone.items()]
        return {"later": [one._asdict() for one in self.later], "undone": undone, "suspected": list(self.suspected)}


def aftermath(opened: Office, reading: Reading, held: Standing) -> Aftermath:
    """Of a paper that holds, as this ledger knows it now."""
    later = []
    for sid in held.since:
        act = opened.ledger.act(opened.ledger.indexes(sid)[0])
        later.append(Later(act.entry, act.statement.kind.name, act.body["happened"]["at"]))
    undone = dict(_undone(opened, reading)) if later else {}
    return Aftermath(tuple(sorted(later)), undone, tuple(sorted(set(_suspected(opened, reading)))), opened.zone)


def _undone(opened: Office, reading: Reading) -> Iterator[tuple[int, str]]:
    """Links that the paper shows as counting, and that a correction or a ruling has taken back since for a box in its scope."""
    from custody.assembly.whereabouts import uncounted

    known = {sid for state, found in reading.settled.values() for sid in (*state.fallen, *_void(found))}
    for one in reading.told:
        statement = reading.act(one.entry).statement
        marks, _ = uncounted(opened, statement) if one.sid not in known and statement.kind.link else ({}, 0)
        why = next((mark for box, mark in marks.items() if box in reading.settled and mark in ("void", "fallen")), None)
        if why is not None:
            yield one.entry, why


def _void(found: Any) -> Iterator[str]:
    return (str(dict(one.facts)["about"]) for one in found if one.code == "correction.void")


def _suspected(opened: Office, reading: Reading) -> Iterator[str]:
    from custody.core.duties import suspects

    for one in reading.told:
        act = reading.act(one.entry)
        known = {dict(told.facts)["key"] for told in suspects(act, reading.state.roster)}
        yield from (str(key) for told in suspects(act, opened.ledger.state.roster) if (key := dict(told.facts)["key"]) not in known)


def lines(app: App, told: Aftermath) -> list[str]:
    """The same in words, what undoes the paper first."""
    found = [paint(app.say("check.undone", entry=entry, why=app.say(f"bearing.{why}")), "bad") for entry, why in told.undone.items()]
    found += [paint(app.say("check.suspected", keys=told.suspected), "bad")] if told.suspected else []
    found.append(app.say("check.since", count=len(told.later)))
    return [*found, *("  " + app.say("check.since.one", **one._asdict(), zone=told.zone) for one in told.later)]
