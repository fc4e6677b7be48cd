"""What a reader who knows none of us needs beside a report: its words spelled out, and whose keys they are (spec chapter 13, REPORT-8)."""

from collections.abc import Iterable, Iterator

from custody.core.boxid import BoxId
from custody.i18n import words
from custody.paper.canvas.table import Row, Table
from custody.paper.proven.evidence import Reading
from custody.paper.reports.teller import Teller


def explained(teller: Teller, reading: Reading, statuses: Iterable[str], seals: str) -> Table:
    """The box types and states that stand in this report, spelled out, and where its seals are told.

    statuses: codes of the words that were used. seals: where this report tells of seals, empty where it does not.
    """
    types = sorted({BoxId.parse(box).type for box in reading.settled})
    rows = [(code, teller.say("report.means.type", name=teller.types.get(code, code))) for code in types]
    rows += [(teller.say(code), teller.say(f"report.means.{code}")) for code in sorted({*statuses}) if words.known(f"report.means.{code}")]
    rows.append((teller.say("report.means.coverage"), teller.say("report.means.coverage.text")))
    if seals:
        rows.append((teller.say("report.means.seals"), teller.say(f"report.means.seals.{seals}")))
    heads = teller.say("report.means.word"), teller.say("report.means.meaning")
    return Table(teller.say("report.means.title"), heads, (40, 140), tuple(rows))


def signers(teller: Teller, reading: Reading, evidence: Table) -> Table:
    """Every key that stands in the list of evidence or issued the report: name, role, institution and places."""
    names = {key for row in evidence.rows for key in row[2].split(", ") if key != "—"} | reading.own.signed
    heads = tuple(teller.say(f"report.signer.{part}") for part in ("key", "name", "role", "institution", "places"))
    return Table(teller.say("report.signers"), heads, (30, 50, 30, 20, 50), tuple(_signers(teller, names)))


def _signers(teller: Teller, names: Iterable[str]) -> Iterator[Row]:
    for name in sorted(names):
        key = teller.state.roster.by_name[name]
        shown = teller.names.get(name) or teller.say("report.signer.unopened")
        places = ", ".join(teller.titled(code) for code in sorted(key.places))
        yield name, shown, teller.say("report.signer.title", role=key.role), (key.institution or "—").upper(), places or "—"
