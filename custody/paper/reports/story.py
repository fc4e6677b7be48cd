"""What happened, entry by entry: who gave, took, signed, acknowledged or corrected, and what came of it (spec chapter 13, REPORT-8)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from custody.core.act import Act, completion, united
from custody.core.bearing import Bearing, bearings
from custody.core.bearing import Told as Link
from custody.core.findings import Finding
from custody.core.holding import SealState, seals_of
from custody.core.statement import boxes_of, found_here
from custody.i18n import words
from custody.paper.canvas.table import Row, Table, unbroken
from custody.paper.proven.evidence import Reading, Told
from custody.paper.reports import occasions, sealchanges, sequence
from custody.paper.reports.teller import Teller

_OUTCOMES = frozenset(("correction.void", "correction.no-effect", "giver.acknowledged", "ack.no-effect", "ack.twice"))


class _Step(NamedTuple):
    """One entry. act: with its own signatures alone; before: the same statement as it stood until then; done: how it stands now."""

    act: Act
    before: Act | None
    done: str

    @property
    def fresh(self) -> list[str]:
        """Who signed in this entry and not before."""
        return sorted(self.act.signed - (self.before.signed if self.before is not None else frozenset()))


def tables(teller: Teller, reading: Reading, marks: Mapping[int, list[str]], records: sealchanges.Records | None = None) -> Iterator[Table]:
    """What happened; for a single box also its seals at each step; and the ids and signers of all entries.

    marks: of each entry the numbers of the findings that rest on it. records: filled with what is told of seals, where that is asked for.
    """
    told = _Story(teller, reading)
    events, seals, evidence = list[Row](), list[Row](), list[Row]()
    single = teller.facts.scope[0] == "box"
    for step in told.steps():
        events.append(told.event(step))
        evidence.append(_proof(step.act, marks))
        if records is not None:
            records.add(step.act)
        elif single and step.before is None:
            seals += told.seals(step.act)
    if records is not None:
        records.extend(reading.act(one.entry) for one in reading.behind)

    evidence = sorted((*evidence, *(_proof(reading.act(index), marks) for index in reading.cited)), key=lambda row: int(row[0]))

    def heads(part: str, *names: str) -> tuple[str, ...]:
        return tuple(teller.say(f"report.{part}.{name}") for name in names)

    named = heads("event", "entry", "when", "what", "way", "people", *(() if single else ("boxes",)))
    widths = (11.0, 32.0, 26.0, 53.0, 58.0) if single else (10.0, 31.7, 24.8, 49.3, 54.5, 9.7)
    order = teller.say("report.events.chain" if single else "report.events.entries")
    yield Table(teller.say("report.events"), named, widths, tuple(events), teller.say("report.events.none"), numbered=True, note=order)
    if single:
        named, note = heads("seal", "entry", "read", "seals"), teller.say("report.seals.note")
        yield Table(teller.say("report.seals"), named, (12, 40, 128), tuple(seals), numbered=True, note=note)
    proofs = heads("evidence", "entry", "sid", "signed", "found")
    yield Table(teller.say("report.evidence"), proofs, (12, 101.5, 50.5, 16), tuple(evidence), numbered=True)


def _proof(act: Act, marks: Mapping[int, list[str]]) -> Row:
    return str(act.entry), act.sid, ", ".join(sorted(act.signed)) or "—", ", ".join(marks.get(act.entry, ()))


class _Story:
    """The entries of a reading, told one after the other."""

    def __init__(self, teller: Teller, reading: Reading) -> None:
        self.teller, self.reading = teller, reading
        self.about: dict[str, Told] = {one.sid: one for one in reversed((*reading.behind, *reading.told))}
        self.outcomes: dict[int, Counter[Finding]] = {}
        for _, found in reading.settled.values():
            for one in found:
                if one.code in _OUTCOMES:
                    for index in one.entries:
                        self.outcomes.setdefault(index, Counter())[one._replace(box=None)] += 1
        self.marks = _marks(reading)
        self.last = dict[str, SealState]()  # the seals of a single box as they were told last
        kind, code = reading.facts.scope
        self.told = sequence.along(reading, code) if kind == "box" else reading.told

    def steps(self) -> Iterator[_Step]:
        """The entries, of a single box as its chain went; only statements that came more than once are kept in mind."""
        times = Counter(one.sid for one in self.told)
        known: dict[str, Act] = {}
        for one in self.told:
            act, before = self.reading.act(one.entry), known.get(one.sid)
            whole = act if before is None else united(before, act)
            if times[one.sid] > 1:
                known[one.sid] = whole
            yield _Step(act, before, self._done(whole))

    def seals(self, act: Act) -> list[Row]:
        """The seals of the box that the report is about, those marked that are not whole or not as they were told last."""
        rows, name = list[Row](), act.statement.kind.name
        for line in act.body.get("boxes", ()):
            if type(line) is dict and "by" in line and line["box"] == self.teller.facts.scope[1]:
                none = {"seal": "—", "opening": self.teller.say("report.opening.open")}
                unseen = none.get(name) or self.teller.say("report.seal.unseen")
                found = seals_of(line)
                before = self.last if self.last and found and name not in sealchanges.ANEW else {one[0]: one for one in found}
                lacking = [(point, "-", None) for point in sorted(before.keys() - {one[0] for one in found})] if found else []
                said = "; ".join(_seal_words(self.teller, one, before.get(one[0])) for one in (*found, *lacking))
                rows.append((str(act.entry), self.teller.say(f"report.read.{line['by']['how']}"), said or unseen))
                self.last = {one[0]: one for one in found} or (self.last if name != "opening" else {})
        return rows

    def _done(self, act: Act) -> str:
        return completion(act, self.reading.state) if act.statement.kind.link else "complete"

    def event(self, step: _Step) -> Row:
        """One row of what happened."""
        act, teller = step.act, self.teller
        if step.before is not None:
            way = teller.say("report.about", kind=act.statement.kind.name, entry=self.about[act.sid].entry)
            people = [teller.person(key) for key in step.fresh] or ["—"]
            return str(act.entry), teller.say("report.step.when"), self._later(step), way, "\n".join(people), *self._boxes(act)
        way, people = self._first(act)
        way = "\n".join([*self._counted(act), way, *self._together(act)])
        return str(act.entry), teller.happened(act.body), self._what(act, step.done), way, "\n".join(people), *self._boxes(act)

    def _boxes(self, act: Act) -> tuple[str, ...]:
        """How many boxes of a statement the report is about, and of how many; a label names those that it was printed for.

        Of a single box `_together` tells it.
        """
        if self.teller.facts.scope[0] == "box":
            return ()
        boxes = boxes_of(act.statement)
        within = sum(box in self.reading.settled for box in boxes)
        return (self.teller.say("report.event.within", count=within, of=len(boxes)) if 0 < within < len(boxes) else str(len(boxes)),)

    def _together(self, act: Act) -> Iterator[str]:
        """With how many others a single box stands in a statement."""
        others = len(boxes_of(act.statement)) - 1 if self.teller.facts.scope[0] == "box" else 0
        if others > 0:
            yield self.teller.say("report.event.together", count=others)

    def _counted(self, act: Act) -> Iterator[str]:
        """Why a statement does not count for boxes in scope, and for how many of them where it counts for others."""
        marks = self.marks.get(act.sid)
        if marks is None:
            return
        whole = sum(box in self.reading.settled for box in boxes_of(act.statement))
        for mark, count in marks.items():
            told = self.teller.say(f"bearing.{mark}")
            yield told if count == whole else self.teller.say("bearing.some", told=told, count=count, of=whole)

    def _what(self, act: Act, done: str) -> str:
        said = self.teller.say(f"kind.{called(act)}")
        return said if done == "complete" else f"{said}: {self.teller.say(f'report.step.{done}')}"

    def _later(self, step: _Step) -> str:
        """More signatures on a statement that was here already: they complete it or not."""
        before = self._done(step.before) if step.before is not None else ""
        code = "more" if before == step.done else f"after.{before}" if step.done == "complete" else step.done
        return f"{self.teller.say(f'kind.{step.act.statement.kind.name}')}: {self.teller.say(f'report.step.{code}')}"

    def _first(self, act: Act) -> tuple[str, list[str]]:
        """Where, and who."""
        body, name, teller = act.body, act.statement.kind.name, self.teller
        if name == "handoff":
            people = [_giver(teller, body), teller.say("report.to", receiver=teller.person(body["receiver"]))]
            return _way(teller, body), people + (
                [teller.say("report.recorded", recorder=teller.person(body["recorder"]))] if body["recorder"] else []
            )
        if name == "seal":
            witness = teller.say("report.witnessed", witness=teller.person(body["witness"]))
            return teller.spot(body["place"]), [teller.person(body["sealer"]), witness]
        if name in occasions.KINDS:
            lines, people = occasions.told(teller, self.reading, act, self.about)
            return "\n".join(lines), people
        way = [*self._meant(act), *([teller.spot(body["place"])] if "place" in body else [])]
        return "\n".join(way), [teller.person(key) for key in sorted(act.signed)]

    def _meant(self, act: Act) -> Iterator[str]:
        """What a correction or acknowledgement is about, what it says of it, and what came of that."""
        body, name, teller = act.body, act.statement.kind.name, self.teller
        for sid in body.get("about", ()):
            known = self.about.get(sid)
            yield teller.say("report.about", kind=known.kind, entry=known.entry) if known else teller.say("report.about.other", sid=sid)
        if name == "correction":
            yield teller.say(f"report.effect.{body['effect']}", reason=body["reason"])
            yield from self._outcome(act, "correction")
            if body["instead"] is not None:
                known = self.about.get(body["instead"])
                yield teller.say("report.instead", entry=known.entry) if known else teller.say("report.instead.other", sid=body["instead"])
        elif name == "ack":
            yield from self._outcome(act, "ack")

    def _outcome(self, act: Act, part: str) -> Iterator[str]:
        """What came of it for the boxes in scope, box by box where it is not the same for all."""
        found = self.outcomes.get(act.entry, Counter())
        said: Counter[str] = Counter()
        for one, count in found.items():
            facts = {name: str(value) for name, value in one.facts}
            if facts.get("about", act.body["about"][0]) == act.body["about"][0] and _concerns(one, act, part):
                said[self._said(one, facts, act)] += count
        for sentence, count in said.items():
            yield sentence if len(said) == 1 else self.teller.say("report.outcome.some", told=sentence, count=count)

    def _said(self, one: Finding, facts: dict[str, str], act: Act) -> str:
        """The outcome in words."""
        teller = self.teller
        if one.code != "giver.acknowledged":
            back = facts.get("holder", "-")
            code = f"report.outcome.{one.code}" + (".nobody" if one.code == "correction.void" and back == "-" else "")
            return teller.say(code, holder=teller.person(back), why=facts.get("why", ""))
        by = ", ".join(teller.person(key) for key in facts["by"].split(", "))
        holder, named = teller.person(facts.get("holder", "-")), self._named(act.body["about"][0])
        return teller.say(f"report.outcome.acknowledged.{facts['role']}", by=by, holder=holder, named=named)

    def _named(self, sid: str) -> str:
        """Whom a handoff without a giver's key calls its giver, as far as his name is opened."""
        known = self.about.get(sid)
        unsigned = self.reading.act(known.entry).body["unsigned"] if known is not None else None
        return _opened(self.teller, unsigned) or self.teller.say("report.giver.somebody")


def called(act: Act) -> str:
    """What a statement is called: of an ack by which side, of an incident whether it settles others."""
    name = act.statement.kind.name
    if name == "incident":
        return "incident-settles" if act.body["settles"] else name
    return f"{name}-{act.body['side']}" if name == "ack" else name


def _marks(reading: Reading) -> dict[str, Counter[Bearing]]:
    """The statements that do not count for boxes in scope, and for how many; only boxes of which that may be are looked at."""
    odd = {box for box, (state, found) in reading.settled.items() if state.branches or state.orphans or state.fallen or _voided(found)}
    links: dict[str, dict[str, Link]] = {}
    every = sorted((*reading.told, *reading.behind))
    for one in every if odd or any(b'"withdraws":["' in reading.notes[one.entry] for one in every) else ():
        act = reading.act(one.entry)
        for line in act.body["boxes"] if act.statement.kind.link else ():
            if act.body.get("withdraws"):
                odd.add(line["box"])
            links.setdefault(line["box"], {})[act.sid] = Link(line["prev"], tuple(act.body.get("withdraws", ())))
    marks: dict[str, Counter[Bearing]] = {}
    for box in odd & reading.settled.keys():
        for sid, mark in bearings(*reading.settled[box], links.get(box, {})).items():
            marks.setdefault(sid, Counter())[mark] += 1
    return marks


def _voided(found: Iterable[Finding]) -> bool:
    return any(one.code == "correction.void" for one in found)


def _concerns(one: Finding, act: Act, part: str) -> bool:
    """The finding tells what came of this very statement, and not of the one that it is about."""
    if part == "correction":
        return one.code.startswith("correction.")
    if one.code == "giver.acknowledged":
        return act.body["side"] == "giver" and not act.signed.isdisjoint(dict(one.facts)["by"].split(", "))  # type: ignore[union-attr]
    return one.code == "ack.no-effect" or (one.code == "ack.twice" and act.body["side"] == "receiver")


def _way(teller: Teller, body: dict[str, Any]) -> str:
    """From where to where; with what, and who went along; what was found lay where it was received."""
    if found_here(body):
        return teller.say("report.found", place=teller.spot(body["place"]))
    way = teller.say("report.way", start=teller.spot(body["from"]), end=teller.spot(body["to"]))
    escort = body["escort"]
    along = [body["vehicle"]] if body["vehicle"] else []
    along.append(teller.say("report.escort" if escort["present"] else "report.no-escort", count=escort["count"]))
    along += [escort["order"]] if escort["order"] else []
    return f"{way}\n{' · '.join(along)}"


def _giver(teller: Teller, body: dict[str, Any]) -> str:
    unsigned = body["unsigned"]
    if unsigned is None:
        return teller.person(body["giver"])
    if found_here(body) and body["giver"] is None and unsigned["name"] is None:
        return teller.say("report.found.nobody")
    shown = _opened(teller, unsigned)
    if body["giver"] is None and shown is not None:
        return teller.say("report.unsigned.named", name=shown, reason=unsigned["reason"])
    code = "report.unsigned" if body["giver"] is not None else "report.unsigned.nobody"
    return teller.say(code, giver=teller.person(body["giver"]) if body["giver"] is not None else "", reason=unsigned["reason"])


def _opened(teller: Teller, unsigned: dict[str, Any] | None) -> str | None:
    """The name that was committed to for a giver who has no key, where the facts open it."""
    named = unsigned["name"] if unsigned is not None else None
    shown = teller.opened.get(named["c"]) if named is not None else None
    return shown.value if shown is not None and shown.field == "name" else None


def _seal_words(teller: Teller, seal: SealState, before: SealState | None) -> str:
    """A point, its number, its state; with a mark where that is no whole seal, or another one than before."""
    point, state, number = seal
    named = teller.say(f"sealpoint.{point}") if words.known(f"sealpoint.{point}") else point
    shown = number or teller.say("report.seal.numberless")
    said = teller.say("sealstate.unrecorded") if state == "-" else f"{shown}: {teller.say('sealstate.' + state)}"
    odd = state not in ("intact", "replaced") or seal != before
    return unbroken(f"{sealchanges.MARK + ' ' if odd else ''}{named} {said}")
