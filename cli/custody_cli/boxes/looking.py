"""The story of one box, and what is shown of boxes in several commands: states, seals, places by type. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from custody.core.moment import from_seconds
from custody_cli.ground.console import paint

if TYPE_CHECKING:
    from custody.assembly import Office
    from custody.assembly.whereabouts import Judged
    from custody.core.act import Act
    from custody.core.bearing import Bearing
    from custody.core.findings import Finding
    from custody.core.holding import BoxState, Holding
    from custody.core.statement import Statement
    from custody_cli.boxes.named import Names
    from custody_cli.ground.app import App


@dataclass(frozen=True)
class Chapter:
    """One entry that speaks of a box: the statement, who signed in this entry, and the box's line in it.

    done: whether the statement is complete with this entry (`core.act.Completion`). first: the entry where the statement stood first.
    """

    index: int
    statement: Statement
    signers: tuple[str, ...]
    line: dict[str, Any] | None
    done: str
    first: int

    @property
    def happened(self) -> str:
        return str(self.statement.body["happened"]["at"])

    @property
    def later(self) -> dict[str, str] | None:
        """Basis and moment of the record, where it was made later than what it tells."""
        body = self.statement.body
        basis = str(body["happened"]["basis"])
        return {"basis": basis, "recorded": str(body["at"])} if basis != "now" else None


@dataclass(frozen=True)
class Story:
    """All that the ledger tells of one box. bearing: the statements that do not count for it, by sid, and why."""

    box: str
    judged: Judged
    chapters: tuple[Chapter, ...]
    bearing: dict[str, Bearing]

    @property
    def state(self) -> BoxState:
        return self.judged.state

    @property
    def findings(self) -> tuple[Finding, ...]:
        return self.judged.findings

    @property
    def holding(self) -> Holding | None:
        return self.state.holding

    def of(self, index: int) -> list[Finding]:
        """The findings that rest on an entry, told where its last entry stands."""
        return [one for one in self.findings if one.entries and max(one.entries) == index]


def story(office: Office, box: str) -> Story:
    """The story of a box, in the order of the ledger."""
    from custody.assembly.whereabouts import bearing, judged
    from custody.core import entry as entries
    from custody.core.act import Act, united

    found = judged(office, box)
    chapters, known = list[Chapter](), dict[str, Act]()
    for index in office.ledger.touching(box):
        entry = entries.parse(office.ledger.note(index))
        body, sid = entry.statement.body, entry.statement.sid
        act = office.ledger.state.act_again(office.ledger.note(index), index)
        known[sid] = united(known[sid], act) if sid in known else act
        line = next((item for item in body.get("boxes", ()) if isinstance(item, dict) and item["box"] == box and "seals" in item), None)
        signers = tuple(one.name for one in entry.lines)
        chapters.append(Chapter(index, entry.statement, signers, line, _done(office, known[sid], box), known[sid].entry))
    return Story(box, found, tuple(chapters), bearing(office, box, found))


def _done(office: Office, act: Act, box: str) -> str:
    """Whether the signatures so far complete a statement that needs two."""
    from custody.core.act import completion

    return completion(act, office.ledger.state, box) if act.statement.kind.link else "complete"


def state_told(app: App, status: str, against: Iterable[Finding], end: str | None = None) -> str:
    """The state of a box in words: that it is reported gone, what stands against it, then whether its chain holds together.

    end: what became of a closed box (`ended`).
    """
    found = list(against)
    if status == "closed" and end is not None:
        return app.say("cli.state.closed", end=end)
    gone = next((what for what in map(_reported, found) if what is not None), None)
    if gone is not None:
        return app.say("cli.state.gone", what=gone)
    if any(one.code == "box.missing" for one in found):
        return app.say("cli.state.missing")
    if not found or status not in ("ok", "registered", "offered"):
        return app.say(f"status.{status}")
    code = "breach" if any(one.severity == "breach" for one in found) else "unsettled"
    return app.say(f"cli.state.{code}", count=len({one.code for one in found}))


def _reported(one: Finding) -> str | None:
    """As what an open incident reports a box that is not where it should be."""
    from custody.core.books import GONE

    what = str(dict(one.facts).get("what")) if one.code == "incident.open" else None
    return what if what in GONE else None


def ended(office: Office, box: str, status: str) -> str | None:
    """What became of a closed box, as its closing says."""
    from custody.core import entry as entries

    holding = office.ledger.judge([box])[box][0].holding if status == "closed" else None
    return str(entries.parse(office.ledger.note(holding.entry)).statement.body["end"]) if holding is not None else None


def state_tone(status: str, against: Iterable[Finding]) -> str:
    """The tone in which a state is shown."""
    found = list(against)
    if status in ("disputed", "orphan", "claimed") or any(one.severity == "breach" for one in found):
        return "bad"
    return "warn" if found else "head"


def head_lines(app: App, names: Names, told: Story, zone: str) -> list[str]:
    """What is said of a box before its story: its state, what stands against it and what to do, who holds it."""
    from custody_cli.boxes import findings

    against = told.judged.against
    end = ended(names.office, told.box, told.state.status)
    state = paint(state_told(app, told.state.status, against, end), state_tone(told.state.status, against))
    lines = [f"{paint(names.box(told.box), 'head')}  {told.box}  {state}"]
    lines += [f"  {line}" for line in waiting_lines(app, names, told.box, zone)]
    lines += [f"  {line}" for one in against for line in findings.lines(app, one, zone, names=names)]
    return lines + [f"  {line}" for line in held_lines(app, names, told, zone)]


def waiting(office: Office, box: str) -> list[dict[str, str]]:
    """What was signed of a box and waits for the ledger key, oldest first."""
    from custody.assembly.waiting import waiting as acts

    return [{"kind": one.statement.kind.name, "sid": one.sid, "at": str(one.body["at"])} for one in acts(office).get(box, [])]


def waiting_lines(app: App, names: Names, box: str, zone: str) -> list[str]:
    """The same in words."""
    return [paint(app.say("cli.status.waiting", **one, zone=zone), "warn") for one in waiting(names.office, box)]


def held_lines(app: App, names: Names, told: Story, zone: str) -> list[str]:
    """Who holds a box and where, in words."""
    from custody.assembly.account import gone

    holding = told.holding
    if holding is None:
        return [app.say("cli.status.never")]
    facts = {"holder": names.person(holding.holder), "place": names.place(holding.place), "to": names.place(holding.to), "zone": zone}
    code = "cli.status.held" if holding.place == holding.to else "cli.status.moving"
    code = "cli.status.last" if any(map(gone, told.judged.against)) else code
    lines = [app.say(code, **facts, since=moment(holding.since), entry=holding.taken)]
    stated = next((one.later for one in told.chapters if one.index == holding.taken), None)
    if stated is not None:
        lines.append(app.say("cli.trace.later", **stated, zone=zone))
    if holding.due is not None and holding.place != holding.to:
        lines.append(app.say("cli.status.due", due=moment(holding.due), zone=zone))
    last = next((one.index for one in told.chapters if one.statement.sid == holding.sid), holding.looked)
    code = "cli.status.seals" if holding.looked == last and holding.seals else "cli.status.unseen"
    return [*lines, app.say(code, seals=seals_told(app, holding.seals), entry=holding.looked)]


def seals_told(app: App, seals: Iterable[tuple[str, str, str | None]]) -> str:
    """Seals (point, state, number) in words; "—" where nothing is known of any."""
    told = [app.say("seal.told", point=point, state=state, number=number or "").rstrip() for point, state, number in seals]
    return ", ".join(told) or "—"


def moment(seconds: int | None) -> str | None:
    """Unix seconds as a moment."""
    return from_seconds(seconds) if seconds is not None else None
