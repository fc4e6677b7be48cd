"""What a report says, as plain tables and sentences, worked out from proven evidence alone (spec chapter 13, REPORT-5 to REPORT-9)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from custody.core import coverage, duties
from custody.core.books import GONE
from custody.core.boxid import BoxId
from custody.core.findings import Finding, open_breaches
from custody.core.holding import BoxState
from custody.paper.canvas.table import Table
from custody.paper.codes import headcode
from custody.paper.proven.evidence import Reading
from custody.paper.proven.scope import home
from custody.paper.reports import course, foundtable, guarding, particulars, sealchanges, story, terms
from custody.paper.reports.course import Course
from custody.paper.reports.particulars import PLOTTED, Particulars
from custody.paper.reports.sealchanges import Records
from custody.paper.reports.teller import Teller

HOMES = ("tps", "desa", "kecamatan")
PROVEN = ("signed", "both", "order", "logged", "findings")
LIMITS = ("content", "label", "keys", "complete", "books", "time", "witness")
HOW = ("program", "code", "without")


@dataclass(frozen=True)
class View:
    """A whole report in words. leading: tables that stand before all others; seals: the one behind the findings, where there is one."""

    title: str
    scope: str
    operation: str
    drill: bool
    foot: str
    pairs: tuple[tuple[str, str], ...]
    coverage: str
    figures: tuple[tuple[str, str], ...]
    leading: tuple[Table, ...]
    plots: "Plots | None"
    tables: tuple[Table, ...]
    seals: Table | None
    proven: tuple[str, ...]
    limits: tuple[str, ...]
    how: tuple[str, ...]
    mark: str
    caption: tuple[str, str]
    lang: str


@dataclass(frozen=True)
class Plots:
    """The course of the boxes with the words that stand at it.

    stages: code and words of each stage that occurs, with how many boxes are there; held: the same without numbers, for strips.
    strips: for each strip of the course what it is of. people: names for each key that held a box, the longest first.
    """

    course: Course
    title: str
    note: str
    stages: tuple[tuple[str, str], ...]
    held: tuple[tuple[str, str], ...]
    strips_title: str
    strips_note: str
    strips: tuple[str, ...]
    people: Mapping[str, tuple[str, ...]]
    more: str


@dataclass(frozen=True)
class Headline:
    """What a report is about, in short: for whoever is told of it without its pages."""

    scope: str
    operation: str
    drill: bool
    made: str
    by: str


def headline(reading: Reading, lang: str) -> Headline:
    """What proven evidence says a report is about, in the language of who asks."""
    teller, facts = Teller(reading, lang), reading.facts
    operation, drill = teller.founding["operation"], teller.founding["drill"]
    return Headline(
        _scope(teller, particulars.particulars(teller, reading)), operation, drill, teller.when(facts.made), teller.person(facts.by)
    )


def view(reading: Reading) -> View:
    """Work out the report; every value in it was signed by somebody."""
    teller, head = Teller(reading), reading.head
    findings, special, records = found_in(reading), particulars.particulars(teller, reading), sealchanges.records(reading)
    tables = tuple(_tables(teller, reading, findings, special, records))
    return View(
        title=teller.say("report.title"),
        scope=_scope(teller, special),
        operation=teller.founding["operation"],
        drill=teller.founding["drill"],
        foot=teller.say("report.foot", origin=head.origin, size=head.size, root=head.root.hex()[:16]),
        pairs=(*_pairs(teller, reading), *(special.pairs if special is not None else ())),
        coverage=_covered(teller, reading),
        figures=_figures(teller, reading, findings, special),
        leading=special.tables if special is not None else (),
        plots=_plots(teller, reading),
        tables=tables,
        seals=sealchanges.table(teller, reading, records),
        proven=tuple(teller.say(f"report.proven.{code}") for code in PROVEN),
        limits=tuple(teller.say(f"report.limit.{code}") for code in LIMITS),
        how=tuple(teller.say(f"report.how.{code}") for code in HOW),
        mark=headcode.of(head).format(),
        caption=(teller.say("report.code", size=head.size), teller.say("report.code.means")),
        lang=reading.facts.lang,
    )


def _tables(
    teller: Teller, reading: Reading, findings: list[Finding], special: Particulars | None, records: Records | None
) -> Iterator[Table]:
    """The tables in their order; the last two, whose keys and which statements they are, stand behind what a report cannot prove.

    records: filled with what is told of seals, where that is asked for.
    """
    found = [*foundtable.rows(teller, findings), *foundtable.elsewhere(teller, _hidden(reading))]
    yield foundtable.table(teller, found)
    yield _box_table(teller, reading)
    *happened, evidence = story.tables(teller, reading, foundtable.marks(found), records)
    yield from happened if special is None or special.whole else ()
    seals = "here" if reading.facts.scope[0] == "box" else "elsewhere" if records is not None else ""
    yield terms.explained(teller, reading, [_status(*judged) for judged in reading.judged.values()], seals)
    yield terms.signers(teller, reading, evidence)
    yield evidence


def _plots(teller: Teller, reading: Reading) -> Plots | None:
    """The course of the boxes, where time has passed."""
    found = course.course(teller, reading) if reading.facts.scope[0] in PLOTTED else None
    if found is None:
        return None
    strips = tuple(f"{teller.homes([home(strip.boxes[0], reading.state)])}  {course.types(strip.boxes)}" for strip in found.strips)
    people = {span.holder: (teller.names.get(span.holder, ""), span.holder) for strip in found.strips for span in strip.spans}
    return Plots(
        course=found,
        title=teller.say("report.course.title"),
        note=teller.say("report.course.note"),
        stages=tuple(_stages(teller, found)),
        held=tuple(_held(teller, found)),
        strips_title=teller.say("report.strips.title"),
        strips_note=teller.say("report.course.note" if reading.facts.scope[0] in course.SMALL else "report.strips.some"),
        strips=strips,
        people=people,
        more=teller.say("report.strips.more", count=found.more) if found.more else "",
    )


def _stages(teller: Teller, found: Course) -> Iterator[tuple[str, str]]:
    """The stages that occur, with how many boxes are there now."""
    for number, stage in enumerate(course.STAGES):
        if any(column[number] for column in found.counts):
            yield stage, f"{teller.say(f'report.stage.{stage}')} {found.counts[-1][number]}"
    if any(sum(column) < found.total for column in found.counts):
        yield "none", f"{teller.say('report.stage.none')} {found.total - sum(found.counts[-1])}"


def _held(teller: Teller, found: Course) -> Iterator[tuple[str, str]]:
    """The stages that occur in strips, and whether there is a hole in any."""
    spans = [span for strip in found.strips for span in strip.spans]
    for stage in (*course.STAGES, "hole"):
        if any(span.hole if stage == "hole" else span.stage == stage for span in spans):
            yield stage, teller.say(f"report.stage.{stage}")


def _scope(teller: Teller, special: Particulars | None) -> str:
    kind, code = teller.facts.scope
    if special is not None:
        return special.name
    if kind == "operation":
        return teller.say("report.scope.operation")
    if kind == "box":
        identity = BoxId.parse(code)
        name = teller.types.get(identity.type, identity.type)
        return teller.say("report.scope.box", box=code, type=name, place=teller.way(identity.place))
    return teller.say(f"report.scope.{kind}", place=teller.way(code))


def _pairs(teller: Teller, reading: Reading) -> tuple[tuple[str, str], ...]:
    facts, head = reading.facts, reading.head
    return (
        (teller.say("report.operation"), teller.founding["operation"]),
        (teller.say("report.election"), teller.founding["profile"]["name"]),
        (teller.say("report.issued"), teller.say("report.issued.by", when=teller.when(facts.made), who=teller.person(facts.by))),
        (teller.say("report.asof"), _as_of(teller, reading)),
        (teller.say("report.ledger"), head.origin),
        (teller.say("report.root"), head.root.hex()),
        *_extent(teller),
        *_linked(teller, reading),
        *guarding.pairs(teller, reading),
    )


def _extent(teller: Teller) -> Iterator[tuple[str, str]]:
    """Which boxes a place stands for: those at home there wherever they are, those that lie there, or all."""
    kind = teller.facts.scope[0]
    if kind in (*HOMES, "warehouse", "operation"):
        yield teller.say("report.extent"), teller.say(f"report.extent.{'home' if kind in HOMES else kind}")


def _linked(teller: Teller, reading: Reading) -> Iterator[tuple[str, str]]:
    """Of one box: which older box it follows and why, and which box has followed it (REG-8)."""
    kind, code = teller.facts.scope
    register = reading.state.register
    known = register.boxes.get(code) if kind == "box" else None
    if known is not None and (known.later or known.replaces is not None):
        facts = {"reason": known.reason, "round": known.round, "box": known.replaces or "—", "entry": known.since}
        yield teller.say("report.follows"), teller.say("report.follows.text", **facts)
    for one in register.followers(code) if kind == "box" else ():
        yield teller.say("report.followed"), teller.say("report.followed.text", box=one.box, reason=one.reason, entry=one.since)


def _as_of(teller: Teller, reading: Reading) -> str:
    """The checkpoint, which is the number that everybody names; and how far the report goes where other entries came between."""
    own, upto = reading.own.entry, reading.facts.upto
    told = teller.say("report.asof.text", size=reading.head.size, entry=own)
    return told if own == upto else f"{told} {teller.say('report.asof.until', upto=upto)}"


def found_in(reading: Reading) -> list[Finding]:
    """Findings on the boxes in scope, on the statements about them, and on the report's own statement."""
    spoken = reading.spoken | {reading.own.entry}
    found = {one: None for one in reading.state.told if spoken.intersection(one.entries)}
    found.update((one, None) for one in reading.state.told if one.box in reading.settled and reading.shows(one))  # of its registration
    for _, findings in reading.settled.values():
        found.update((one, None) for one in findings if reading.shows(one))
    found.update((one, None) for one in reading.booked if reading.shows(one))
    if any(key.suspect is not None for key in reading.state.roster.by_name.values()):
        found.update((one, None) for told in reading.told for one in duties.suspects(reading.act(told.entry), reading.state.roster))
    rank = {"breach": 0, "warning": 1, "note": 2}
    return sorted(found, key=lambda one: (rank[one.severity], one.entries, one.code, one.box or ""))


def _hidden(reading: Reading) -> list[Finding]:
    """What stands against the boxes in scope, and rests on nothing that this page tells of."""
    found = (one for _, of_box in reading.judged.values() for one in of_box)
    return [one for one in dict.fromkeys(found) if one.severity != "note" and not reading.shows(one)]


def _figures(teller: Teller, reading: Reading, findings: list[Finding], special: Particulars | None) -> tuple[tuple[str, str], ...]:
    statuses = Counter(teller.say(_status(*judged)) for judged in reading.judged.values())
    severities = Counter(one.severity for one in findings)
    figures = [(teller.say("report.boxes"), str(len(reading.settled)))]
    if special is not None and special.figures:
        figures += special.figures
    else:
        figures += [(status, str(count)) for status, count in sorted(statuses.items())]
        figures.append((teller.say("report.handoffs"), str(len({one.sid for one in reading.told if one.kind == "handoff"}))))
    figures += [(teller.say(f"report.count.{code}"), str(severities[code])) for code in ("breach", "warning", "note")]
    return tuple(figures)


def _covered(teller: Teller, reading: Reading) -> str:
    """How much of the history of the boxes a signed holder covers, by order and by claimed minutes, and how many holes there are."""
    whole = coverage.together(state.coverage for state, _ in reading.settled.values())
    order, minutes = coverage.percent(whole.covered_spans, whole.spans), coverage.percent(whole.covered_seconds, whole.seconds)
    if order is None:
        return teller.say("report.coverage.none")
    code = "report.coverage" if minutes is not None else "report.coverage.order"
    return teller.say(code, order=order, minutes=minutes, holes=whole.spans - whole.covered_spans)


def _status(state: BoxState, findings: Iterable[Finding]) -> str:
    """The state of a box, as the code of a word: what stands against it comes before a chain that holds together (FOLD-10)."""
    against = open_breaches(findings)
    if not against or state.status not in ("ok", "registered", "offered", "ruled"):
        return f"status.{state.status}"
    return "report.state.breach" if any(one.severity == "breach" for one in against) else "report.state.unsettled"


def _box_table(teller: Teller, reading: Reading) -> Table:
    """Boxes that stand alike share a row: those of one TPS, and the TPS of one desa whose boxes are the same and stand alike."""
    of_home: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for box, judged in reading.judged.items():
        of_home.setdefault((home(box, reading.state), _standing(teller, reading, *judged)), []).append(BoxId.parse(box).type)
    alike: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    counts: Counter[tuple[str, str, tuple[str, ...]]] = Counter()
    for (place, standing), kinds in of_home.items():
        key = place.partition("-")[0], ", ".join(kinds), standing
        alike.setdefault(key, []).append(place)
        counts[key] += len(kinds)
    rows = tuple((teller.homes(places), key[1], str(counts[key]), *key[2]) for key, places in alike.items())
    heads = tuple(teller.say(f"report.box.{name}") for name in ("home", "type", "count", "status", "holder", "place", "since"))
    return Table(teller.say("report.boxes.title"), heads, (27, 27, 10, 22, 34, 28, 32), rows, teller.say("report.boxes.none"))


def _standing(teller: Teller, reading: Reading, state: BoxState, findings: tuple[Finding, ...]) -> tuple[str, str, str, str]:
    """Status, holder, place (the last one known, of a box that is not there), and since when."""
    status, holding = _state(teller, reading, state, findings), state.holding
    if holding is None:
        return status, "—", "—", "—"
    place = teller.spot(holding.place)
    if holding.to != holding.place:
        place = teller.say("report.bound", place=place, to=teller.spot(holding.to))
    if _gone(state, findings):
        place = teller.say("report.state.last", place=place)
    return status, teller.person(holding.holder), place, _since(teller, reading, holding.taken)


def _state(teller: Teller, reading: Reading, state: BoxState, findings: Iterable[Finding]) -> str:
    """The state of a box in words; of a closed one what became of it, of one that is reported as gone by what incident."""
    if state.status == "closed" and state.holding is not None:
        return teller.say("report.state.closed", end=reading.act(state.holding.entry).body["end"])
    gone = _gone(state, findings)
    if gone == "unseen":
        return teller.say("report.state.missing")
    return teller.say("report.state.gone", what=gone) if gone else teller.say(_status(state, findings))


def _gone(state: BoxState, findings: Iterable[Finding]) -> str:
    """By what incident a box is reported as gone; `unseen` where a look did not find it; empty where neither is open, or it is closed."""
    if state.status == "closed":
        return ""
    against = open_breaches(findings)
    told = [str(dict(one.facts).get("what")) for one in against if one.code == "incident.open"]
    unseen = "unseen" if any(one.code == "box.missing" for one in against) else ""
    return next((what for what in told if what in GONE), unseen)


def _since(teller: Teller, reading: Reading, entry: int) -> str:
    """Since when a box is held: as the entry states that brought the last signature (FOLD-8); for a single box, which entry that is."""
    told = teller.happened(reading.act(entry).body)
    return teller.say("report.since", when=told, entry=entry) if teller.facts.scope[0] == "box" else told
