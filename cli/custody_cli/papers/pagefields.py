"""What an entry says beside its boxes, field by field, under the names that stand on paper (docs/spec/13-report.md, SCAN-7)."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from custody.core.rights import SLOTS
from custody.i18n import words
from custody_cli.ground.app import App

if TYPE_CHECKING:
    from custody_cli.papers.namer import Namer

CLOSED = frozenset(("founding", "places"))  # kinds whose fields are not told one by one: nobody reads them off a page
_ELSEWHERE = frozenset(("happened", "ledger", "seen", "boxes", "labels", "person"))  # told by the head or by the boxes, or of no paper
_KIND, _PAGE = "deed.kind.", "deed.page."
_LABELS = {
    **{name: f"{_KIND}way.{name}" for name in ("from", "to", "carrier", "vehicle", "escort", "due", "conditions", "withdraws")},
    **{name: f"{_KIND}shift.{name}" for name in ("counted", "door", "lock", "equipment", "incidents", "team", "visitors")},
    **{name: f"{_KIND}opening.{name}" for name in ("basis", "order", "closed", "invited", "present")},
    **{name: f"{_KIND}inspection.{name}" for name in ("defects", "extra", "missing")},
    **{name: f"{_KIND}visit.{name}" for name in ("leave", "persons", "why")},
    **{name: f"{_KIND}incident.{name}" for name in ("owner", "place", "settles")},
    **{name: f"{_KIND}correction.{name}" for name in ("about", "effect", "instead", "reason")},
    **{name: f"{_KIND}plenary.{name}" for name in ("panels", "venue")},
    **{name: f"{_PAGE}{name}" for name in ("note", "photos", "things")},
    "at": f"{_KIND}incident.recorded",
    "consignment": f"{_KIND}way.load",
    "door_seal": f"{_KIND}shift.seal",
    "id": f"{_KIND}way.load",
    "left": f"{_KIND}visit.out",
    "part": f"{_KIND}manifest.part",
    "permit": f"{_KIND}closing.permit",
    "phase": f"{_KIND}seal.phase",
    "put_back": f"{_KIND}opening.put",
    "taken_out": f"{_KIND}opening.taken",
    "vehicles": f"{_KIND}manifest.vehicles",
}
_WORDS = {
    "basis": "openingbasis", "carrier": "carrier", "code": "happening", "defects": "defect", "door": "door",
    "effect": "deed.kind.correction",
    "end": "boxend", "lock": "lock", "phase": "phase", "step": "plenarystep", "why": "visiting", "rest": "rest",
}  # fmt: skip
_REASONS = {"correction": "mistake", "register": "rerun", "label": "printreason", "revoke": "revokereason"}
_PLACES, _MOMENTS = frozenset(("from", "to", "place", "venue")), frozenset(("at", "due", "closed", "left", "since"))
_PEOPLE = frozenset(slot.field for slots in SLOTS.values() for slot in slots) | {"owner", "leave"}
_SIDS = frozenset(("about", "settles", "withdraws", "supersedes", "incidents", "instead"))
_COUNTED = frozenset(("things", "equipment", "taken_out", "put_back"))
_SHORT = 16


@dataclass(frozen=True)
class Fields:
    """The fields of one entry on their way to the screen. kind: of the statement; zone: of the clock."""

    app: App
    kind: str
    body: Mapping[str, Any]
    names: "Namer"
    zone: str

    def lines(self) -> Iterator[str]:
        """A line for each field that holds something; those that hold nothing in one line, so that what was added on paper shows."""
        if self.kind in CLOSED:
            yield self.app.say("cli.check.field.closed")
            return
        empty = []
        for name in self.body:
            if name in _ELSEWHERE:
                continue
            value = self.body[name]
            if value is None or value in ([], ""):
                empty.append(self._label(name))
            else:
                yield f"{self._label(name)}: {self._told(name, value)}"
                yield from self._order(name, value)
        yield from self._later()
        if empty:
            yield self.app.say("cli.check.field.empty", fields=tuple(dict.fromkeys(empty)))

    def _label(self, name: str) -> str:
        if self.kind == "handoff" and name == "place":
            return self.app.say("deed.kind.way.at")
        code = f"slot.{name}" if name in _PEOPLE and words.known(f"slot.{name}") else _LABELS.get(name, f"cli.check.field.{name}")
        return self.app.say(code) if words.known(code) else name.replace("_", " ")

    def _order(self, name: str, value: Any) -> Iterator[str]:
        """The number of the escort's order, under its own name."""
        if name == "escort":
            yield f"{self.app.say('deed.kind.way.order')}: {value['order'] or self.app.say('deed.page.nothing')}"

    def _later(self) -> Iterator[str]:
        """How the moment is known, where it was stated afterwards."""
        happened = self.body["happened"]
        if happened["basis"] != "now":
            yield self.app.say("deed.page.basis", basis=happened["basis"], recorded=self._when(self.body["at"]))

    # -- values ------------------------------------------------------------------------------------------------------------------

    def _told(self, name: str, value: Any) -> str:
        if name in _PLACES:
            return self.names.place(value)
        if name in _MOMENTS:
            return self._when(value)
        if name in _PEOPLE and isinstance(value, str):
            return self.names.person(value)
        if name in _SIDS:
            return ", ".join(f"{sid[:_SHORT]}…" for sid in ([value] if isinstance(value, str) else value))
        if name in _COUNTED:
            return ", ".join(f"{self._word('thing', row['thing'])} {row['count']}" for row in value)
        if isinstance(value, dict) and value.keys() == {"c"}:
            return self._hidden(value)
        own = _FORMS.get(name)
        return own(self, value) if own is not None else self._plain(name, value)

    def _plain(self, name: str, value: Any) -> str:
        known = _REASONS.get(self.kind, "") if name == "reason" else _WORDS.get(name, "")
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return ", ".join(self._word(known, one) for one in value)
        if isinstance(value, str):
            return self._word(known, value) if known else value
        return str(value) if type(value) is int else json.dumps(value, ensure_ascii=False)

    def _word(self, prefix: str, value: str) -> str:
        code = f"{prefix}.{value}"
        return self.app.say(code) if prefix and words.known(code) else value.replace("-", " ")

    def _when(self, at: str) -> str:
        return self.app.say("cli.check.field.when", at=at, zone=self.zone)

    def _hidden(self, value: Any) -> str:
        """A value of which the ledger holds the hash alone."""
        return self.app.say("cli.check.field.hidden", hash=value["c"][:_SHORT])

    def _boxes(self, value: Any) -> str:
        return ", ".join(map(self.names.box, value))

    def _escort(self, value: Any) -> str:
        if not value["present"]:
            return self.app.say("deed.kind.way.escort.none")
        keys = "".join(f"; {self.names.person(key)}" for key in value["keys"])
        return self.app.say("deed.kind.way.escort.text", count=value["count"], keys=keys)

    def _consignment(self, value: Any) -> str:
        told = self.app.say("deed.kind.way.load.text", **value)
        return f"{told} · {self._word('rest', value['rest'])}" if value["rest"] is not None else told

    def _id(self, value: Any) -> str:
        return str(value)[:12]

    def _part(self, value: Any) -> str:
        return self.app.say("deed.kind.manifest.part.text", part=value, parts=self.body["parts"])

    def _unsigned(self, value: Any) -> str:
        told = [self._word("unsigned", value["reason"])]
        told += [self._hidden(value["name"])] if value["name"] is not None else []
        return " · ".join([*told, *([f"SHA-256 {value['deed']}"] if value["deed"] is not None else [])])

    def _photos(self, value: Any) -> str:
        return self.app.say("deed.page.photos.text", count=len(value), hash=value[0]["sha256"])

    def _irregular(self, value: Any) -> str:
        return "; ".join(f"{one['finding']}: {self._word('reason', one['reason'])}" for one in value)

    def _people(self, value: Any) -> str:
        return "; ".join(filter(None, (self._one(row) for row in value)))

    def _one(self, row: Mapping[str, Any]) -> str:
        """Somebody present, invited or let in: role, institution, name."""
        role = self.app.say("report.signer.title", role=row["role"]) if row["role"] is not None else ""
        name = self.names.person(row["key"]) if row["key"] is not None else self._hidden(row["name"]) if row["name"] is not None else ""
        return " ".join(filter(None, (role, (row["institution"] or "").upper(), name)))


_FORMS: dict[str, Callable[[Fields, Any], str]] = {
    "consignment": Fields._consignment, "escort": Fields._escort, "extra": Fields._boxes, "missing": Fields._boxes,
    "id": Fields._id, "invited": Fields._people, 
    "irregular": Fields._irregular,
    "part": Fields._part, "persons": Fields._people, "photos": Fields._photos, "present": Fields._people, "unsigned": Fields._unsigned,
}  # fmt: skip
