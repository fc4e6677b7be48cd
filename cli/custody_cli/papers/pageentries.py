"""Entries of the ledger in short words, as somebody compares them line by line with a page (docs/spec/13-report.md, SCAN-7)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol

from custody.core import entry as entries
from custody.core.errors import CustodyError
from custody.i18n import words
from custody_cli.boxes import looking
from custody_cli.ground.app import App

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.paper.proven.evidence import Reading

_PEOPLE = ("giver", "receiver", "through", "recorder", "sealer", "witness", "officer", "outgoing", "incoming", "owner")
# Fields whose codes are told, each with the words that know them: "" for values that are shown as they are.
_CODES = {
    "code": "happening",
    "basis": "openingbasis",
    "phase": "phase",
    "end": "boxend",
    "reason": "mistake",
    "door": "door",
    "lock": "lock",
    "order": "",
    "permit": "",
    "counted": "",
}
_SEALED = 8  # boxes of one entry whose seals are told


class Namer(Protocol):
    """Gives places, people and boxes their names."""

    def place(self, code: str) -> str: ...
    def person(self, key: str) -> str: ...
    def box(self, box: str) -> str: ...


class Bare:
    """Where nothing tells names: the codes themselves."""

    def place(self, code: str) -> str:
        return code

    def person(self, key: str) -> str:
        return key

    def box(self, box: str) -> str:
        return box


class OfReport(Bare):
    """Names as a report's own evidence has them."""

    def __init__(self, reading: "Reading", lang: str) -> None:
        from custody.paper.reports.teller import Teller

        self._teller = Teller(reading, lang)
        self.place, self.person = self._teller.spot, self._teller.person  # type: ignore[method-assign]

    def box(self, box: str) -> str:
        from custody.core.boxid import BoxId

        try:
            return f"{self._teller.place(BoxId.parse(box).place)} · {box}"
        except CustodyError:
            return box


class OfOffice(Bare):
    """Names as the ledger's folder has them."""

    def __init__(self, office: "Office") -> None:
        from custody_cli.boxes.daily import Names

        self._names = Names(office)
        self.place, self.person = self._names.place, self._names.person  # type: ignore[method-assign]

    def box(self, box: str) -> str:
        named = self._names.box(box)
        return box if named == box else f"{named} · {box}"


def lines(app: App, index: int, note: bytes, names: Namer, zone: str) -> list[str]:
    """One entry: when and what, where, who, which boxes with their seals, whose keys signed."""
    entry = entries.parse(note)
    body, kind = entry.statement.body, entry.statement.kind.name
    kind = f"ack-{body['side']}" if kind == "ack" else kind
    told = [app.say("cli.check.scan.entry", entry=index, at=body["happened"]["at"], kind=kind, zone=zone)]
    told += [f"    {one}" for one in _content(app, body, names)]
    return [*told, "    " + app.say("cli.check.scan.signed", names=tuple(names.person(line.name) for line in entry.lines))]


def _content(app: App, body: dict[str, Any], names: Namer) -> Iterator[str]:
    where = [names.place(body[name]) for name in ("from", "to", "place") if isinstance(body.get(name), str)]
    if where:
        yield " → ".join(dict.fromkeys(where))
    people = [(name, body[name]) for name in _PEOPLE if isinstance(body.get(name), str)]
    if people:
        yield "; ".join(f"{_slot(app, name)}: {names.person(key)}" for name, key in people)
    codes = [_word(app, known, body[name]) for name, known in _CODES.items() if type(body.get(name)) in (str, int)]
    if codes:
        yield ", ".join(codes)
    yield from _boxes(app, body.get("boxes"), names)


def _word(app: App, prefix: str, value: str | int) -> str:
    code = f"{prefix}.{value}"
    return app.say(code) if prefix and words.known(code) else str(value)


def _slot(app: App, name: str) -> str:
    return app.say(f"slot.{name}") if words.known(f"slot.{name}") else app.say("slot.officer")


def _boxes(app: App, listed: Any, names: Namer) -> Iterator[str]:
    rows = listed if isinstance(listed, list) else []
    if not rows:
        return
    yield app.say("cli.check.scan.boxes", count=len(rows))
    for row in rows:
        box = row if isinstance(row, str) else row["box"]
        seals = row.get("seals") if isinstance(row, dict) and len(rows) <= _SEALED else None
        told = looking.seals_told(app, [(one["point"], one["state"], one["number"]) for one in seals]) if seals else ""
        yield f"  {names.box(box)}" + (f": {told}" if told else "")
