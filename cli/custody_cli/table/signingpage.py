"""What a signer reads before the passphrase: how many boxes, from where to where, who goes along, and what is said of seals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from custody_cli.boxes.daily import recorded
from custody_cli.boxes.known import Known
from custody_cli.boxes.looking import seals_told
from custody_cli.boxes.named import Names
from custody_cli.ground.app import App
from custody_cli.ground.console import paint

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.core.holding import SealState
    from custody.core.statement import Statement

MOST = 12
_WHOLE = frozenset(("intact", "replaced"))


def show(app: App, names: Names, statements: Sequence[Statement]) -> None:
    """The page, on the screen."""
    from custody.station import table

    shown, body = table.shown(statements), statements[0].body
    facts = {"count": shown.count, "parts": shown.parts, "first": names.box(shown.first), "last": names.box(shown.last)}
    app.console.note(app.say("cli.page.boxes" if shown.count > 1 else "cli.page.box", **facts))
    app.console.note(app.say(_leg(body), **_way(app, names, body)))
    happened = body["happened"]
    if happened["basis"] != "now":
        app.console.note(app.say("cli.room.happened", at=happened["at"], zone=names.office.zone, basis=happened["basis"]))
    if body.get("boxes") and "seals" in body["boxes"][0]:
        _seals(app, names, statements)


def _leg(body: Mapping[str, Any]) -> str:
    """The code of the line about the way: what was found has none, it is received where it lies."""
    from custody.core.statement import found_here

    if "to" not in body:
        return "cli.page.place"
    return "cli.page.found" if found_here(body) else "cli.page.leg"


def _way(app: App, names: Names, body: Mapping[str, Any]) -> dict[str, str]:
    """From, to and with what; or the place alone."""
    if "to" not in body:
        return {"place": names.place(body["place"])}
    escort = body["escort"]
    told = [app.say("cli.ask.said.escort", value=escort["count"]) if escort["present"] else app.say("cli.ask.said.no-escort")]
    with_ = {"order": escort["order"], "vehicle": body["vehicle"]}
    told += [app.say(f"cli.ask.said.{what}", value=value) for what, value in with_.items() if value]
    places = {fact: names.place(body[field]) for fact, field in (("start", "from"), ("end", "to"), ("place", "place"))}
    return {**places, "with": " · ".join(told)}


def _seals(app: App, names: Names, statements: Sequence[Statement]) -> None:
    """What the signer testifies of seals: how many boxes as recorded, which not, and on how many nobody looked at them."""
    lines, sealing = [line for one in statements for line in one.body["boxes"]], "sealer" in statements[0].body
    before = {} if sealing else _before(names.office, statements)
    differs = ((line["box"], _differs(app, line, before.get(line["box"], ()), sealing)) for line in lines)
    other = {box: words for box, words in differs if words}
    silent = [line["box"] for line in lines if not line["seals"]]
    bare = 0 if sealing else sum(not before.get(box) for box in silent)
    unseen = len(silent) - bare
    counts = {"whole": len(lines) - len(other) - len(silent), "other": len(other), "unseen": unseen, "bare": bare}
    room = "cli.page.sealed" if sealing else "cli.page.seals"
    told = [app.say(f"{room}.{what}", count=count) for what, count in counts.items() if count]
    app.console.note(paint(app.say("cli.page.seals", told=" · ".join(told)), "warn" if other or silent else "head"))
    for box, words in list(other.items())[:MOST]:
        app.console.note(paint(f"  ! {names.box(box)}: {words}", "bad"))
    if len(other) > MOST:
        app.console.note(paint("  " + app.say("cli.page.more", count=len(other) - MOST), "bad"))


def _before(office: Office, statements: Sequence[Statement]) -> dict[str, tuple[SealState, ...]]:
    """The seals that are compared with: as last seen; of an acknowledgement those that its handoff tells."""
    from custody.core.holding import seals_of

    known = Known(office)
    lines = [line for one in statements for line in one.body["boxes"]]
    known.judge([line["box"] for line in lines])
    held = {line["box"]: known.holding(line["box"]) for line in lines}
    found = {box: holding.seals if holding is not None else () for box, holding in held.items()}
    about = [sid for one in statements if one.kind.name == "ack" for sid in one.body["about"]]
    handed = (line for sid in about for line in recorded(office, sid).body["boxes"])
    return found | {line["box"]: seals_of(line) for line in handed if line["box"] in found and line["seals"]}


def _differs(app: App, line: dict[str, Any], before: tuple[SealState, ...], sealing: bool) -> str:
    """The seals of a box that are not whole or not as last recorded, all where none is; nothing where all are, or where nobody looked."""
    from custody.core.holding import seals_of

    now = seals_of(line)
    known = {seal[0]: seal for seal in before}
    told = [seal for seal in now if seal[1] not in _WHOLE or (not sealing and known.get(seal[0]) != seal)]
    gone = known.keys() - {seal[0] for seal in now} if now else ()
    told += [(point, "unrecorded", None) for point in sorted(gone)]
    return seals_told(app, told) if told else ""
