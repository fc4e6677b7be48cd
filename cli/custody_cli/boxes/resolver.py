"""What people mean by a word on the command line: a box or a place, by name, code, label or id; and what to type where it is not sure.

Every command that takes a box or a place asks here, so that what one understands all do.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal, NamedTuple

from custody.core.boxid import is_box_id
from custody.core.errors import CustodyError, Fact
from custody_cli.boxes.named import Names
from custody_cli.ground.exits import WrongUse

if TYPE_CHECKING:
    from custody.intake.boxwords import Answer, Candidate, Reason
    from custody.intake.search import Found
    from custody_cli.boxes.directory import Directory

_MOST = 6  # suggestions


class Meant(NamedTuple):
    """The one thing that a text means: a place by its code, or a box by its id."""

    kind: Literal["place", "box"]
    code: str


def meant(directory: Directory, text: str, command: str = "") -> Meant:
    """The one place or box that a text means for certain.

    :param command: what was typed before the text (`custody status`), or around it (`custody report {} --key K`), for a next step that
        can be typed as it stands.
    :raises WrongUse: `cli.meant.…` with what may be meant, `cli.place.unknown`. :raises Malformed: `labelcode.…` for a label misread.
    """
    if not text.strip():
        raise WrongUse("cli.meant.empty")
    box = written(directory, text) or labelled(directory, text)
    if box is not None:
        return Meant("box", box)
    sure, near = directory.places.resolve(text)
    if sure is not None:
        return Meant("place", sure.code)
    answer = directory.boxes.read(text)
    if answer.sure is not None:
        return Meant("box", answer.sure.box)
    raise unsure(directory, text, near, answer, command)


def place(directory: Directory, text: str, command: str = "") -> str:
    """The code of the one place that a text means.

    :raises WrongUse: as `meant`; `badge.officer-here` for the badge of an officer, `badge.label-here` for the label of a box.
    """
    sure, near = directory.places.resolve(text)
    if sure is not None:
        return sure.code
    badge = directory.known.badge(text)
    if badge is not None and badge.kind == "place":
        return badge.code
    if badge is not None:
        raise WrongUse("badge.officer-here", text=badge.code, name=Names(directory.office).person(badge.code))
    if symbols(text) is not None:
        raise WrongUse("badge.label-here", text=text)
    raise unsure(directory, text, near, directory.boxes.read(text), command)


def written(directory: Directory, text: str) -> str | None:
    """The box whose id, or KPU's own code, is written out; also one that nobody registered and somebody brought."""
    typed = "-".join(text.replace("_", "-").replace("/", "-").replace("-", " ").split()).upper()
    if is_box_id(typed) and (directory.known.registered(typed) is not None or directory.office.ledger.touching(typed)):
        return typed
    return directory.known.other(text.strip())


def labelled(directory: Directory, text: str) -> str | None:
    """The box of a label's code, with or without prefix and hyphens; None for what is no code of ours.

    :raises Malformed: `labelcode.…` for a code that was misread. :raises WrongUse: `cli.meant.label`, `cli.meant.spare`.
    """
    code = symbols(text)
    if code is None:
        return None
    label = directory.hash(code)
    printed = directory.known.printed(label)
    if printed is None:
        raise WrongUse("cli.meant.label", text=text)
    box = printed.box or directory.known.bound(label)
    if box is None:
        raise WrongUse("cli.meant.spare", text=text, entry=printed.entry)
    return box


def symbols(text: str) -> str | None:
    """The sixteen symbols of a label's code, or None for other words. Raises `Malformed` for one that begins as ours and is misread."""
    from custody.core import labelcode

    bare = "".join(text.split()).replace("-", "").upper()
    if bare.startswith(labelcode.PREFIX):
        return labelcode.parse(text)
    if len(bare) != labelcode.LENGTH + 1 or not any(mark.isdigit() for mark in bare):
        return None
    try:
        return labelcode.parse(text)
    except CustodyError:
        return None


def unsure(directory: Directory, text: str, near: Iterable[Found], answer: Answer, command: str = "") -> WrongUse:
    """Why a text names no single thing, what may be meant, and what can be typed instead."""
    places, reasons = list(near), {one.code: one for one in answer.reasons}
    reason = _telling(answer.reasons)
    by_place = bool(places) and "search.type.missing" in reasons  # no type was said: a place will do
    if reason is not None and answer.candidates and (not by_place or reason.code == "search.tps.unknown"):
        found = [directory.typed_place(one.place.code) for one in places] if by_place else []
        found = found or [directory.typed_box(one.box) for one in _closest(answer.candidates, reason)]
        return _asked(f"cli.meant.{reason.code.removeprefix('search.')}", text, found, command, dict(reason.facts))
    if places:
        code = "cli.meant.name.many" if sum(one.certain for one in places) > 1 else "cli.meant.name"
        return _asked(code, text, [directory.typed_place(one.place.code) for one in places], command)
    if answer.candidates:
        return _asked("cli.meant.name", text, [directory.typed_box(one.box) for one in answer.candidates], command)
    badge = directory.known.badge(text)
    if badge is not None and badge.kind == "officer":
        return WrongUse("badge.officer-boxes", text=badge.code, name=Names(directory.office).person(badge.code))
    return WrongUse("cli.place.unknown", text=text)


def _telling(reasons: Iterable[Reason]) -> Reason | None:
    """The first reason that is not about the name: of a name the places themselves say more."""
    return next((one for one in reasons if not one.code.startswith(("search.name", "search.nothing", "search.place"))), None)


def _closest(candidates: Iterable[Candidate], reason: Reason) -> list[Candidate]:
    """Candidates in the order in which they are called for, those of the nearest polling station first where the number was wrong."""
    from custody.assembly.arrivals import order

    wanted = str(reason.facts.get("tps", ""))
    listed = sorted(candidates, key=lambda one: order(one.box))
    if not wanted.isdecimal():
        return listed
    return sorted(listed, key=lambda one: abs(int(one.id.station) - int(wanted)) if one.id.station.isdecimal() else 1000)


def _asked(code: str, text: str, found: Iterable[str], command: str, facts: dict[str, Fact] | None = None) -> WrongUse:
    typed = tuple(dict.fromkeys(found))
    say = command.replace("{}", typed[0]) if "{}" in command else f"{command} {typed[0]}".strip()
    return WrongUse(code, **{**(facts or {}), "text": text, "names": typed[:_MOST], "say": say})
