"""Which seals changed in a report of many boxes, step by step, and how many never did (spec chapter 13, REPORT-15)."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from custody.core.act import Act
from custody.core.boxid import BoxId
from custody.core.findings import Finding
from custody.core.holding import Seals, seals_of
from custody.i18n.sealfacts import seal_facts
from custody.paper.canvas.table import Row, Table, unbroken
from custody.paper.proven.evidence import Reading
from custody.paper.proven.scope import home
from custody.paper.reports import boxlist
from custody.paper.reports.teller import Teller

SCOPES = frozenset(("tps", "desa", "kecamatan", "warehouse", "operation", "consignment"))  # a single box has all of its seals told
MARK = "▲"
_CHANGED = frozenset(("seal.changed", "seal.broken"))
ANEW = frozenset(("seal", "opening"))  # kinds that put seals on a box, or leave it open
_TOLD = frozenset(("seal", "handoff", "ack", "opening", "inspection", "closing"))


class Records:
    """What the statements of a report say of the seals of its boxes, one statement after the other."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.first = dict[str, Seals]()
        self.unlike = dict[str, set[str]]()  # of a box the points of which one statement says what another does not, or that are not intact
        self.unlooked = set[str]()  # boxes that were handed on though nobody looked at their seals
        self.anew = dict[str, tuple[int, dict[str, int]]]()  # sid -> its entry; box -> how many seals were put on in place of those before

    def add(self, act: Act) -> None:
        """Take in what one entry says; the order does not matter."""
        name = act.statement.kind.name
        for line in act.body["boxes"] if name in _TOLD else ():
            if line["box"] in self.reading.settled:
                self._line(act, name, line)

    def extend(self, acts: Iterable[Act]) -> None:
        """Take in entries that the report does not tell of."""
        for act in acts:
            self.add(act)

    def _line(self, act: Act, name: str, line: dict[str, Any]) -> None:
        box, seals = line["box"], seals_of(line)
        if name in ANEW and line["prev"] is not None:
            self.anew.setdefault(act.sid, (act.entry, {}))[1][box] = len(seals)
        elif not seals:
            self.unlooked.update((box,) if name in ("handoff", "ack") else ())
        elif self.first.setdefault(box, seals) is seals:
            self._differ(box, {point for point, state, _ in seals if state != "intact"})
        elif seals != self.first[box]:
            self._differ(box, {one[0] for one in {*seals} ^ {*self.first[box]}})

    def _differ(self, box: str, points: Collection[str]) -> None:
        if points:
            self.unlike.setdefault(box, set()).update(points)


class _Change(NamedTuple):
    """One row. anew: the seals were put on anew, or the box was left open; else the law finds it."""

    entries: tuple[int, ...]
    boxes: tuple[str, ...]
    told: str
    anew: bool = False


def records(reading: Reading) -> Records | None:
    """What is filled while the story is told; none for a report without such a table."""
    return Records(reading) if reading.facts.scope[0] in SCOPES else None


def table(teller: Teller, reading: Reading, records: Records | None) -> Table | None:
    """The changed seals, each with what was told before and after, and in sentences what became of the others."""
    if records is None:
        return None
    changes = sorted((*_changes(teller, reading), *_anew(teller, reading, records)), key=lambda one: (one.entries[::-1], one.boxes))
    acts = {one.entries[-1]: reading.act(one.entries[-1]) for one in changes}
    rows = tuple(_row(teller, one, acts[one.entries[-1]]) for one in changes)
    heads = ("report.changed.boxes", "report.changed.what", "report.entries", "report.event.when", "report.event.people")
    return Table(
        teller.say("report.changed"), tuple(map(teller.say, heads)), (43, 47, 13, 31.7, 45.3), rows, teller.say("report.changed.none"),
        tuple(one.entries for one in changes), after=tuple(_rest(teller, reading, records, changes)),
    )  # fmt: skip


def _changes(teller: Teller, reading: Reading) -> Iterator[_Change]:
    """What the law finds, the points of one step together; boxes of which the same is said share a row."""
    steps = dict[tuple[str, tuple[int, ...], str | None], list[str]]()
    for box, (_, findings) in reading.settled.items():
        for one in findings:
            if one.code in _CHANGED and reading.shows(one):
                steps.setdefault((box, one.entries, one.stated), []).append(_said(teller, one))
    alike = dict[tuple[tuple[int, ...], str], list[str]]()
    for (box, entries, stated), said in steps.items():
        told = [*dict.fromkeys(said), *([] if stated is None else [teller.say("report.changed.stated", reason=stated)])]
        alike.setdefault((entries, "\n".join(told)), []).append(box)
    return (_Change(entries, tuple(boxes), told) for (entries, told), boxes in alike.items())


def _said(teller: Teller, one: Finding) -> str:
    """`▲ tie 1: intact P0001 → torn P0001`."""
    facts = dict(one.facts)
    changed = {"was": facts["was"], "found": facts["found"]} if one.code == "seal.changed" else {"found": facts["state"]}
    said = f"{MARK} {teller.say(f'report.changed.{one.code}', point=facts['point'], **seal_facts(changed))}"
    return unbroken(said).replace(unbroken(" →"), " →")  # a line ends before the arrow, never between state and number


def _anew(teller: Teller, reading: Reading, records: Records) -> Iterator[_Change]:
    """Where boxes were sealed again or left open, by steps that count."""
    boxes = {box for _, counts in records.anew.values() for box in counts}
    links = {box: frozenset(step.entry for step in reading.state.trail.of(box)) for box in boxes}
    for entry, counts in records.anew.values():
        for count in sorted({*counts.values()}) if entry in reading.spoken else ():
            some = tuple(box for box, of_box in counts.items() if of_box == count and entry in links[box])
            if some:
                yield _Change((entry,), some, teller.say("report.changed.anew" if count else "report.changed.open", count=count), True)


def _row(teller: Teller, one: _Change, act: Act) -> Row:
    """Which boxes, what of them, by which entries, when and who."""
    named = boxlist.told(teller, one.boxes) if len(one.boxes) > 1 else _single(teller, one.boxes[0])
    return named, one.told, boxlist.numbers(teller, one.entries), teller.happened(act.body), _who(teller, act)


def _single(teller: Teller, box: str) -> str:
    return f"{teller.homes([home(box, teller.state)])} {BoxId.parse(box).type}\n{box}"


def _who(teller: Teller, act: Act) -> str:
    """From whom to whom a box went; of anything else who signed it."""
    body = act.body
    if "receiver" in body:
        return f"{teller.person(body['giver']) if body['giver'] is not None else '—'} →\n{teller.person(body['receiver'])}"
    return "\n".join(teller.person(key) for key in sorted(act.signed | act.late)) or "—"


def _rest(teller: Teller, reading: Reading, records: Records, changes: Sequence[_Change]) -> Iterator[str]:
    """How many seals are the same and whole wherever they are told; of which boxes something else is told; where all seals stand."""
    anew = {(entry, box) for entry, counts in records.anew.values() for box in counts}
    again = {box for _, box in anew}
    same = {box: _steady(seals, records.unlike.get(box, ())) for box, seals in records.first.items() if box not in again}
    same = {box: count for box, count in same.items() if count}
    if same:
        count = {"count": sum(same.values()), "boxes": len(same), "unlooked": len(same.keys() & records.unlooked)}
        code = "report.changed.rest" if changes else "report.changed.all"
        yield teller.say(f"{code}.unlooked" if count["unlooked"] else code, **count)
    shown, told = set(_points(reading)), {(one.entries[0], box) for one in changes if one.anew for box in one.boxes}
    others = {box for _, box in anew - told}
    others |= {box for box, points in records.unlike.items() if box not in again and any((box, point) not in shown for point in points)}
    if others:
        yield teller.say("report.changed.others", boxes=boxlist.told(teller, others))
    if bare := len(reading.settled.keys() - records.first.keys() - again):
        yield teller.say("report.changed.bare", count=bare)
    yield teller.say("report.changed.where")


def _steady(seals: Seals, unlike: Collection[str]) -> int:
    """How many of them no statement tells otherwise."""
    return sum(point not in unlike for point, _, _ in seals)


def _points(reading: Reading) -> Iterator[tuple[str, object]]:
    """The boxes and points that `_changes` tells of."""
    for box, (_, findings) in reading.settled.items():
        yield from ((box, dict(one.facts)["point"]) for one in findings if one.code in _CHANGED and reading.shows(one))
