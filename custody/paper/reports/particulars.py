"""What stands first on a report of a consignment, an incident, an officer or a shift (spec chapter 13, REPORT-14)."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from custody.core.act import Act
from custody.core.books import gathered
from custody.core.incidents import Incident
from custody.core.statement import boxes_of
from custody.paper.canvas.table import Row, Table
from custody.paper.proven.evidence import Reading
from custody.paper.proven.scope import sides
from custody.paper.reports import consigned, guarded
from custody.paper.reports.story import called
from custody.paper.reports.teller import Teller

Pair = tuple[str, str]
PLOTTED = frozenset(("box", "tps", "desa", "kecamatan", "warehouse", "operation", "consignment"))  # whose course is drawn (REPORT-11)


class Particulars(NamedTuple):
    """name: what the report is about, in words. pairs: lines below the title. figures: in place of how many boxes are in which state.

    tables: before the findings. whole: whether all that happened follows as a table of its own.
    """

    name: str
    pairs: tuple[Pair, ...] = ()
    figures: tuple[Pair, ...] = ()
    tables: tuple[Table, ...] = ()
    whole: bool = True


def particulars(teller: Teller, reading: Reading) -> Particulars | None:
    """Those of a scope that names statements; None for boxes and places."""
    tell = _TELLERS.get(reading.facts.scope[0])
    return tell(teller, reading) if tell is not None else None


def acts(reading: Reading) -> list[Act]:
    """The statements that the report tells of, each once, in the order of the times claimed."""
    return gathered(reading.act(one.entry) for one in reading.told)


def _consignment(teller: Teller, reading: Reading) -> Particulars:
    told = consigned.Load(teller, reading)
    return Particulars(told.name(), tuple(told.pairs()), tuple(told.figures()), tuple(told.tables()))


def _shift(teller: Teller, reading: Reading) -> Particulars:
    told = guarded.Page(teller, reading, acts(reading))
    return Particulars(told.name(), tuple(told.pairs()), tuple(told.figures()), (told.moves(),))


def _incident(teller: Teller, reading: Reading) -> Particulars:
    act = _subject(reading)
    body = act.body
    name = teller.say(
        "report.scope.incident", what=body["code"], place=teller.spot(body["place"]), when=teller.when(body["happened"]["at"])
    )
    owner = teller.person(body["owner"]) if body["owner"] is not None else teller.say("report.case.owner.none")
    pairs = [
        (teller.say("report.case.when"), teller.happened(body)),
        (teller.say("report.case.told"), ", ".join(teller.person(key) for key in sorted(act.signed | act.late))),
        (teller.say("report.case.owner"), owner),
    ]
    pairs += [(teller.say("report.case.due"), teller.when(body["due"]))] if body["due"] is not None else []
    known = next((one for one in reading.incidents if one.act.sid == act.sid), None)
    pairs += _noted(teller, "report.case.note", act)
    pairs.append((teller.say("report.case.state"), _state(teller, known)))
    if known is not None and known.settled is not None:
        pairs += _noted(teller, "report.case.settled.note", known.settled)
    pairs += [(teller.say("report.case.photos"), str(len(body["photos"])))] if body["photos"] else []
    return Particulars(name, tuple(pairs))


def _noted(teller: Teller, code: str, act: Act) -> Iterator[Pair]:
    """What was written beside it, as far as it is opened."""
    note = act.body["note"]
    if note is not None:
        opened = teller.opened.get(note["c"])
        told = opened.value if opened is not None and opened.field == "note" else teller.say("report.case.note.closed", hash=note["c"])
        yield teller.say(code), told


def _state(teller: Teller, known: Incident | None) -> str:
    """Whether an incident waits for somebody, and who has settled it."""
    if known is None:
        return teller.say("report.case.idle")
    if known.settled is None:
        return teller.say("report.case.open" if known.open else "report.case.settles")
    who = ", ".join(teller.person(key) for key in sorted(known.settled.signed))
    return teller.say("report.case.settled", when=teller.happened(known.settled.body), who=who, entry=known.settled.entry)


def _deed(teller: Teller, reading: Reading) -> Particulars:
    act = _subject(reading)
    facts = {"kind": act.statement.kind.name, "entry": act.entry, "when": teller.when(act.body["happened"]["at"])}
    return Particulars(teller.say("report.scope.deed", **facts))


def _subject(reading: Reading) -> Act:
    """The statement whose id is the code of the scope, with all its signatures."""
    return gathered(reading.act(one.entry) for one in reading.told if one.sid == reading.facts.scope[1])[0]


def _officer(teller: Teller, reading: Reading) -> Particulars:
    key = reading.facts.scope[1]
    rows = list[Row]()
    counts = dict.fromkeys(("signed", "named", "late"), 0)
    for act in sorted(acts(reading), key=lambda act: act.entry):
        how = "signed" if key in act.signed else "late" if key in act.late else "named"
        counts[how] += 1
        rows.append((str(act.entry), teller.happened(act.body), *_part(teller, act, key, how)))
    heads = ("report.event.entry", "report.event.when", "report.event.what", "report.deeds.as", "report.event.way", "report.event.boxes")
    table = Table(
        teller.say("report.deeds.title"), tuple(map(teller.say, heads)), (11, 33, 28, 48, 49, 11), tuple(rows),
        teller.say("report.deeds.none"), numbered=True, note=teller.say("report.events.entries"),
    )  # fmt: skip
    figures = [(teller.say(f"report.deeds.{how}"), str(count)) for how, count in counts.items() if count or how == "signed"]
    return Particulars(teller.say("report.scope.officer", who=teller.person(key)), (), tuple(figures), (table,), whole=False)


def _part(teller: Teller, act: Act, key: str, how: str) -> tuple[str, str, str, str]:
    """What a statement is, as what the officer stands in it, where, and about how many boxes."""
    fields = [field for field, name in sides(act.statement) if name == key] or ["signer"]
    part = f"{', '.join(teller.say(f'report.as.{field}') for field in fields)}: {teller.say(f'report.deeds.{how}')}"
    return teller.say(f"kind.{called(act)}"), part, "\n".join(_where(teller, act)) or "—", str(len(boxes_of(act.statement)))


def _where(teller: Teller, act: Act) -> Iterator[str]:
    body = act.body
    if "from" in body and "to" in body:
        yield teller.say("report.way", start=teller.spot(body["from"]), end=teller.spot(body["to"]))
    elif "place" in body:
        yield teller.spot(body["place"])


_TELLERS: dict[str, Callable[[Teller, Reading], Particulars]] = {
    "consignment": _consignment,
    "incident": _incident,
    "officer": _officer,
    "shift": _shift,
    "deed": _deed,
}
