"""While a room is being counted, nothing here tells how many boxes it should hold: who counts must not be led (spec chapter 17, ROOM-6).

A draft of a count that nobody has signed yet lies in the ledger's folder for drafts. As long as it does, commands that may tell a figure of
a room refuse, whoever types them here (ROOM-6). `custody shift --drop` ends a count that nobody goes on with.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from custody.core.errors import CustodyError, Locked, Refused
from custody_cli.ground.app import App

_COMMANDS = {"shift": "shift", "count": "inspect"}  # drafts that begin with a count, and the commands that make them
KINDS = frozenset(_COMMANDS)
# What tells no figure of a room. A command that stands in neither list is refused too, until somebody has decided.
QUIET = frozenset((
    "init", "key", "ledger", "import", "labels", "seal", "scan", "handoff", "correct", "shift", "visit", "round", "inspect", "plenary",
    "incident", "open", "rule", "close", "load", "unload", "trace", "backup", "restore", "move", "doctor", "help", "demo",
    "drill", "simulate", "config", "register", "certify", "station", "bundle", "serve", "sync", "database", "export", "reveal", "witness",
    "gossip", "conformance",
))  # fmt: skip
TELLING = frozenset((
    "status", "where", "find", "findings", "reconcile", "overdue", "manifest", "verify", "report", "deed", "check", "receipt", "book",
))  # fmt: skip


class Counting(NamedTuple):
    """A count under way: the room's code and name, and when it was begun."""

    place: str
    title: str
    began: str
    zone: str
    path: Path
    kind: str


def counts(ledger: Path) -> Iterator[Counting]:
    """The counts under way that are not signed yet."""
    folder = ledger / "drafts"
    if not folder.is_dir():
        return
    from custody.station.draft import parse

    for path in sorted(folder.glob("*.jsonl")):
        with suppress(CustodyError, OSError):
            events, _ = parse(path.read_bytes(), path)
            head = _head(events)
            if head.get("kind") in KINDS and not any(event.get("do") == "signed" for event in events):
                yield Counting(head["place"], head["title"], head["began"], head["zone"], path, head["kind"])


def _head(events: list[dict[str, Any]]) -> dict[str, Any]:
    changes = [event["head"] for event in events if event.get("do") == "head"]
    return {name: value for one in (events[0], *changes) for name, value in one.items()}


def check(app: App, command: str) -> None:
    """Make sure that a command tells no figure of a room that is being counted. Raises `Refused("cli.blind.counting")`."""
    if command.partition(".")[0] in QUIET or app.ledger_path is None:
        return
    for one in counts(app.ledger_path):
        raise Refused("cli.blind.counting", place=one.title, since=one.began, zone=one.zone, command=_COMMANDS[one.kind])


def untouched(ledger: Path, *places: str | None) -> None:
    """Make sure that none of these rooms is being counted: what is in them is neither listed nor moved until then.

    Raises `Refused("cli.blind.untouched")`.
    """
    for one in counts(ledger):
        if one.place in places:
            raise Refused("cli.blind.untouched", place=one.title, since=one.began, zone=one.zone, command=_COMMANDS[one.kind])


def once(ledger: Path, place: str, kind: str, fresh: bool) -> None:
    """Make sure that nobody counts this room already: a second count would be told the figure before the first is signed (ROOM-6).

    :param fresh: the same kind of count may begin anew where no other screen has the old one. Raises `Refused("cli.blind.twice")`.
    """
    for one in counts(ledger):
        if one.place == place and not (fresh and one.kind == kind and not _held(one.path)):
            raise Refused("cli.blind.twice", place=one.title, since=one.began, zone=one.zone, command=_COMMANDS[one.kind])


def _held(path: Path) -> bool:
    """Whether another screen has the draft."""
    from custody.station.draft import Draft

    try:
        Draft.open(path).close()
    except Locked:
        return True
    return False
