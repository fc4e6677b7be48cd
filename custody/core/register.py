"""The register: which boxes exist and which printed code stands for which box (spec chapter 09, REG-1 to REG-8)."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from custody.core.boxid import BoxId
from custody.core.findings import Finding, finding
from custody.core.moment import to_seconds
from custody.core.statement import Statement

_LATER = frozenset(("psu", "psl", "pss", "pssu-mk", "replacement"))  # a box that follows or replaces another


class Registered(NamedTuple):
    """A box as the authorities registered it at entry `since`.

    round: the round of the vote. replaces: the older box that it follows. reason: why it was registered (a word of `reason` in chapter 08).
    """

    box: str
    place: str
    type: str
    round: int
    codes: tuple[str, ...]
    replaces: str | None
    since: int
    reason: str = "first"

    @property
    def later(self) -> bool:
        """Whether it is of a later round of the vote, or a replacement."""
        return self.reason in _LATER


class Printed(NamedTuple):
    """One printed code: the box it was printed for (None for a spare), its copy number, the entry that says so.

    at: when, as that entry claims (Unix seconds): no reading before that knows the code (REG-3).
    """

    box: str | None
    copy: int
    entry: int
    at: int = 0


@dataclass
class Register:
    """Boxes and printed codes, each under its one identity."""

    boxes: dict[str, Registered] = field(default_factory=dict)
    codes: dict[str, Printed] = field(default_factory=dict)  # by hash of the printed code
    other_codes: dict[str, str] = field(default_factory=dict)  # KPU's own code -> box

    def take_boxes(self, statement: Statement, index: int, types: frozenset[str], election: str) -> list[Finding]:
        """Register boxes; a second registration of a box is a finding and changes nothing."""
        found = []
        for item in statement.body["boxes"]:
            box, identity = item["box"], BoxId.parse(item["box"])
            known = self.boxes.get(box)
            if known is not None:
                found.append(finding("box.twice", known.since, index, box=box))
                continue
            said = (election, item["place"], item["type"])
            if said != (identity.election, identity.place, identity.type) or item["type"] not in types:
                found.append(finding("box.mismatch", index, box=box, place=item["place"], type=item["type"]))
            codes = tuple(item["codes"])
            told = Registered(box, item["place"], item["type"], item["round"], codes, item["replaces"], index, statement.body["reason"])
            self.boxes[box] = told
            found += self._codes(box, codes, index)
            if told.later and not self._follows(item):
                found.append(finding("box.unlinked", index, box=box, reason=told.reason))
        return found

    def _follows(self, item: dict[str, Any]) -> bool:
        """The box that a later one names is an older one of its TPS and type (REG-8)."""
        older = self.boxes.get(item["replaces"])
        return older is not None and older.box != item["box"] and (older.place, older.type) == (item["place"], item["type"])

    def followers(self, box: str) -> list[Registered]:
        """The boxes that name this one as the older box which they follow, in the order of the ledger."""
        return sorted((one for one in self.boxes.values() if one.replaces == box), key=lambda one: (one.since, one.box))

    def _codes(self, box: str, codes: tuple[str, ...], index: int) -> list[Finding]:
        """Enter the codes that others gave a box; the first box keeps a code that is given to another too (REG-7)."""
        found = []
        for code in codes:
            first = self.other_codes.setdefault(code, box)
            if first != box:
                found.append(finding("box.code-twice", self.boxes[first].since, index, box=box, other=first, value=code))
        return found

    def get(self, box: str, index: int) -> Registered | None:
        """The registration of a box in force at `index`."""
        known = self.boxes.get(box)
        return known if known is not None and known.since <= index else None

    def take_labels(self, statement: Statement, index: int) -> list[Finding]:
        """Enter printed codes. A code that was printed already stays what its first print made it (REG-5)."""
        found, body = [], statement.body
        at = max(to_seconds(body["at"]), to_seconds(body["happened"]["at"]))
        for item in body["labels"]:
            code, printed = item["code"], Printed(item["box"], item["copy"], index, at)
            known = self.codes.setdefault(code, printed)
            if known[:2] != printed[:2]:
                found.append(finding("label.two-boxes", known.entry, index, value=code))
        return found
