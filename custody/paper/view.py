"""What a report says, as plain tables and sentences, worked out from facts and the entries of an excerpt (spec chapter 13, REPORT-4)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from custody.core.act import Act
from custody.core.box import BoxState
from custody.core.boxid import BoxId
from custody.core.excerpt import Excerpt
from custody.core.findings import Finding
from custody.core.moment import from_seconds, to_seconds
from custody.core.places import Place
from custody.core.private import check
from custody.core.register import Registered
from custody.core.state import State
from custody.i18n import dates, words
from custody.paper.facts import Facts

LIMITS = ("content", "label", "keys", "complete", "time", "companion")


@dataclass(frozen=True)
class Table:
    """Rows of cells under a heading; widths in millimetres. `empty` is said where there are no rows."""

    title: str
    heads: tuple[str, ...]
    widths: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]
    empty: str = ""


@dataclass(frozen=True)
class View:
    """A whole report in words."""

    title: str
    scope: str
    operation: str
    drill: bool
    foot: str
    pairs: tuple[tuple[str, str], ...]
    figures: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    limits: tuple[str, ...]
    mark: str
    lang: str = field(default="id")


def in_scope(scope: tuple[str, str], state: State) -> list[str]:
    """The boxes a scope means, sorted: by home for places, by where they are or are bound for a warehouse."""
    kind, code = scope
    if kind == "box":
        return [code] if code in state.register.boxes or state.chain(code) else []
    if kind == "operation":
        return sorted({*state.register.boxes, *state.chains})
    if kind == "warehouse":
        return sorted(box for box in state.register.boxes if _bound(state, box) == code)
    return sorted(box for box, known in state.register.boxes.items() if code in state.places.path(known.place, state.size))


def _bound(state: State, box: str) -> str | None:
    holding = state.holding(box)
    return holding.to if holding is not None else None


class Teller:
    """Turns codes of one ledger into words: people as they were opened, places by name, times in the ledger's zone."""

    def __init__(self, facts: Facts, state: State) -> None:
        self.facts, self.state = facts, state
        founding = state.authority.founding
        assert founding is not None, "an excerpt holds the founding (EXCERPT-5)"
        self.founding = founding.body
        self.zone = self.founding["zone"]
        self.names: dict[str, str] = {}
        self.types = {item["code"]: item["name"] for item in self.founding["profile"]["types"]}

    def say(self, code: str, **values: object) -> str:
        """A sentence of the report."""
        return words.say(code, {"zone": self.zone, **values}, self.facts.lang, titles=dict(self.facts.titles))

    def learn(self, card: dict[str, Any]) -> None:
        """Take the name that an enrolment commits to and the facts open. Raises `Altered("private.opening")` for a false one."""
        opened, shown = dict(self.facts.openings), []
        for part in ("rank", "name"):
            committed = card[part]
            if committed is not None and committed["c"] in opened:
                check(committed["c"], opened[committed["c"]])
                shown.append(opened[committed["c"]].value)
        if shown:
            self.names[card["key"].split("+")[0]] = " ".join(shown)

    def person(self, key: str | None) -> str:
        """A person with the key he signs by."""
        if key is None:
            return self.say("report.nobody")
        return f"{self.names[key]} ({key})" if key in self.names else key

    def place(self, code: str) -> str:
        """A place by its name, a TPS with its desa."""
        place = self.state.places.get(code, self.state.size)
        if place is None:
            return code
        above = self.state.places.get(place.parent, self.state.size) if place.kind == "tps" and place.parent else None
        return f"{place.name} {above.name}" if above is not None else place.name

    def way(self, code: str) -> str:
        """A place and all above it, each with the word for its level."""
        found = [self.state.places.get(step, self.state.size) for step in self.state.places.path(code, self.state.size)]
        return ", ".join(self._titled(place) for place in found if place is not None) or code

    def _titled(self, place: Place) -> str:
        """`Kecamatan Kangae`; names that bring the word along keep it, and a desa whose code says kelurahan is one."""
        level = "kelurahan" if place.kind == "desa" and place.code[6:7] == "1" else place.kind
        if place.kind not in ("kabupaten", "kecamatan", "desa") or place.name.split()[0].lower() in (
            "kabupaten",
            "kota",
            "kecamatan",
            "desa",
        ):
            return place.name
        return self.say(f"report.level.{level}", name=place.name)

    def when(self, moment: str) -> str:
        """A moment as date and clock, short."""
        return f"{dates.day(moment, self.zone, self.facts.lang)} {dates.clock(moment, self.zone, self.facts.lang)}"


def view(facts: Facts, excerpt: Excerpt, state: State) -> View:
    """Work out the report. `state` is the excerpt replayed; every value in it was signed by somebody."""
    notes = dict(excerpt.entries)
    teller = Teller(facts, state)
    acts = [state.act_again(note, index) for index, note in excerpt.entries if index < facts.upto]
    for card in [*teller.founding["authorities"], *(act.body for act in acts if act.statement.kind.name == "enrol")]:
        teller.learn(card)
    told = [act for act in acts if act.statement.kind.takes_effect == "box" and act.sid in set(facts.sids)]
    boxes = in_scope(facts.scope, state) if facts.scope[0] != "operation" else sorted(state.register.boxes)
    settled = state.settle(notes.__getitem__, boxes)
    findings = _findings(told, settled.values(), state)
    tables = (_findings_table(teller, findings), _box_table(teller, settled), *_story(teller, told), _evidence(teller, told))
    return View(
        title=teller.say("report.title"),
        scope=_scope(teller),
        operation=teller.founding["operation"],
        drill=teller.founding["drill"],
        foot=teller.say("report.foot", origin=state.roster.origin, size=facts.upto, root=_root(excerpt)),
        pairs=_pairs(teller, excerpt),
        figures=_figures(teller, settled, told, findings),
        tables=tables,
        limits=tuple(teller.say(f"report.limit.{code}") for code in LIMITS),
        mark=f"{state.roster.origin} {excerpt.head().size} {excerpt.head().root.hex()[:32]}",
        lang=facts.lang,
    )


def _root(excerpt: Excerpt) -> str:
    return excerpt.head().root.hex()[:16]


def _scope(teller: Teller) -> str:
    kind, code = teller.facts.scope
    if kind == "operation":
        return teller.say("report.scope.operation")
    if kind == "box":
        identity = BoxId.parse(code)
        name = teller.types.get(identity.type, identity.type)
        return teller.say("report.scope.box", box=code, type=name, place=teller.way(identity.place))
    return teller.say(f"report.scope.{kind}", place=teller.way(code))


def _pairs(teller: Teller, excerpt: Excerpt) -> tuple[tuple[str, str], ...]:
    facts, head = teller.facts, excerpt.head()
    return (
        (teller.say("report.operation"), teller.founding["operation"]),
        (teller.say("report.election"), teller.founding["profile"]["name"]),
        (teller.say("report.issued"), teller.say("report.issued.by", when=teller.when(facts.made), who=teller.person(facts.by))),
        (teller.say("report.asof"), teller.say("report.asof.text", upto=facts.upto, size=head.size)),
        (teller.say("report.ledger"), head.origin),
        (teller.say("report.root"), head.root.hex()),
    )


def _findings(acts: Iterable[Act], settled: Iterable[tuple[BoxState, tuple[Finding, ...]]], state: State) -> list[Finding]:
    """Findings on the boxes in scope, and those on the statements in scope."""
    entries = {act.entry for act in acts}
    found = {one: None for one in state.told if entries.intersection(one.entries)}
    for _, findings in settled:
        found.update((one, None) for one in findings)
    rank = {"breach": 0, "warning": 1, "note": 2}
    return sorted(found, key=lambda one: (rank[one.severity], one.entries, one.code, one.box or ""))


def _figures(
    teller: Teller, settled: dict[str, tuple[BoxState, tuple[Finding, ...]]], acts: list[Act], findings: list[Finding]
) -> tuple[tuple[str, str], ...]:
    statuses = Counter(state.status for state, _ in settled.values())
    severities = Counter(one.severity for one in findings)
    figures = [(teller.say("report.boxes"), str(len(settled)))]
    figures += [(teller.say(f"status.{status}"), str(count)) for status, count in sorted(statuses.items())]
    figures.append((teller.say("report.handoffs"), str(sum(act.statement.kind.name == "handoff" for act in acts))))
    figures += [(teller.say(f"severity.{code}"), str(severities[code])) for code in ("breach", "warning", "note")]
    return tuple(figures)


def _findings_table(teller: Teller, findings: list[Finding]) -> Table:
    """Findings of one kind about one entry stand in one row, however many boxes they concern."""
    grouped: dict[tuple[object, ...], list[Finding]] = {}
    for one in findings:
        if one.severity != "note" or teller.facts.scope[0] == "box":
            grouped.setdefault((one.code, one.facts, one.entries, one.stated), []).append(one)
    rows = tuple(
        (teller.say(f"severity.{group[0].severity}"), _sentence(teller, group), _numbers(group[0].entries)) for group in grouped.values()
    )
    heads = (teller.say("report.severity"), teller.say("report.finding"), teller.say("report.entries"))
    return Table(teller.say("report.findings"), heads, (22, 134, 24), rows, teller.say("report.findings.none"))


def _sentence(teller: Teller, group: list[Finding]) -> str:
    one = group[0]
    boxes = sorted(found.box for found in group if found.box is not None)
    box = boxes[0] if boxes else ""
    if len(boxes) > 1:
        box = teller.say("report.and-more", box=box, more=len(boxes) - 1)
    told = teller.say(one.code, **dict(one.facts), box=box)
    return told if one.stated is None else teller.say("report.stated", finding=told, reason=one.stated)


def _numbers(indexes: Iterable[int]) -> str:
    return ", ".join(str(index) for index in sorted(set(indexes)))


def _box_table(teller: Teller, settled: dict[str, tuple[BoxState, tuple[Finding, ...]]]) -> Table:
    """Boxes of one TPS that stand alike share a row."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for box, (state, _) in settled.items():
        home, kind = _home(teller, box)
        alike.setdefault((home, *_standing(teller, state)), []).append(kind)
    rows = tuple((home, ", ".join(kinds), *rest) for (home, *rest), kinds in alike.items())
    heads = tuple(teller.say(f"report.box.{name}") for name in ("home", "type", "status", "holder", "place", "since"))
    return Table(teller.say("report.boxes.title"), heads, (30, 38, 15, 44, 24, 29), rows, teller.say("report.boxes.none"))


def _standing(teller: Teller, state: BoxState) -> tuple[str, str, str, str]:
    """Status, holder, place and since when."""
    status, holding = teller.say(f"status.{state.status}"), state.holding
    if holding is None:
        return status, "—", "—", "—"
    place = teller.place(holding.place)
    if holding.to != holding.place:
        place = teller.say("report.bound", place=place, to=teller.place(holding.to))
    return status, teller.person(holding.holder), place, _short(teller, holding.at)


def _short(teller: Teller, seconds: int) -> str:
    moment = from_seconds(seconds)
    local = dates.local(moment, teller.zone)
    return f"{local:%d-%m-%Y} {dates.clock(moment, teller.zone, teller.facts.lang)}"


def _home(teller: Teller, box: str) -> tuple[str, str]:
    known: Registered | None = teller.state.register.boxes.get(box)
    identity = BoxId.parse(box)
    return teller.place(known.place if known is not None else identity.place), identity.type


def _story(teller: Teller, acts: list[Act]) -> list[Table]:
    """What happened, statement by statement; for a single box also its seals at each step."""
    heads = tuple(teller.say(f"report.event.{name}") for name in ("entry", "when", "what", "way", "people", "boxes"))
    rows = tuple(_event(teller, act) for act in acts)
    tables = [Table(teller.say("report.events"), heads, (11, 30, 20, 46, 62, 11), rows, teller.say("report.events.none"))]
    if teller.facts.scope[0] == "box":
        heads = tuple(teller.say(f"report.seal.{name}") for name in ("entry", "read", "seals"))
        seals = tuple(row for act in acts for row in _seal_rows(teller, act))
        tables.append(Table(teller.say("report.seals"), heads, (14, 40, 126), seals))
    return tables


def _event(teller: Teller, act: Act) -> tuple[str, ...]:
    body, name = act.body, act.statement.kind.name
    when = _short(teller, _happened(act))
    what = teller.say(f"kind.{name}")
    people, way = "", teller.place(body["place"]) if "place" in body else ""
    if name == "handoff":
        way = teller.say("report.way", start=teller.place(body["from"]), end=teller.place(body["to"]))
        people = teller.say("report.from-to", giver=_giver(teller, act), receiver=teller.person(body["receiver"]))
    elif name == "seal":
        people = teller.say("report.sealed-by", sealer=teller.person(body["sealer"]), witness=teller.person(body["witness"]))
    else:
        people = ", ".join(teller.person(key) for key in sorted(act.signed))
    return str(act.entry), when, what, way, people, str(len(body["boxes"]))


def _happened(act: Act) -> int:
    return to_seconds(act.body["happened"]["at"])


def _giver(teller: Teller, act: Act) -> str:
    unsigned = act.body["unsigned"]
    name = teller.person(act.body["giver"])
    return name if unsigned is None else teller.say("report.unsigned", giver=name, reason=unsigned["reason"])


def _seal_rows(teller: Teller, act: Act) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for line in act.body["boxes"]:
        if type(line) is dict and line["box"] == teller.facts.scope[1]:
            seals = "; ".join(_seal_words(teller, seal) for seal in line["seals"]) or "—"
            rows.append((str(act.entry), teller.say(f"report.read.{line['by']['how']}"), seals))
    return rows


def _seal_words(teller: Teller, seal: dict[str, str | None]) -> str:
    number = f" no. {seal['number']}" if seal["number"] else ""
    return f"{seal['point']}{number}: {teller.say('sealstate.' + str(seal['state']))}"


def _evidence(teller: Teller, acts: list[Act]) -> Table:
    heads = tuple(teller.say(f"report.evidence.{name}") for name in ("entry", "sid", "signed"))
    rows = tuple((str(act.entry), act.sid, ", ".join(sorted(act.signed)) or "—") for act in acts)
    return Table(teller.say("report.evidence"), heads, (14, 106, 60), rows)
