"""Checks a report: the evidence first, then the page drawn again and compared (spec chapter 13, CHECK-1 to CHECK-6).

1 the file and its attachments · 2 the evidence: checkpoint, entries, signatures · 3 the report's own entry · 4 the page.
"""

from dataclasses import dataclass
from typing import Literal

from custody.core.act import Act
from custody.core.errors import Altered, CustodyError, Undecided
from custody.core.excerpt import Excerpt
from custody.core.policy import Policy
from custody.core.state import State
from custody.paper import pdffile, report
from custody.paper.facts import DRAWING, Facts

Outcome = Literal["intact", "resaved", "altered", "undecided"]
ATTACHED = ("facts.json", "ledger.excerpt", "report.tlog-proof")


@dataclass(frozen=True)
class PaperVerdict:
    """The answer about one PDF.

    outcome: `intact` (byte for byte what the ledger draws), `resaved` (the same pages and evidence, packed anew by another
    program), `altered`, `undecided`. code and details say why. upto: the entries it rests on; entry: where it is logged.
    page: the first page that differs, 0 outside the pages.
    """

    outcome: Outcome
    code: str
    details: tuple[tuple[str, object], ...] = ()
    facts: Facts | None = None
    entry: int | None = None
    page: int | None = None


def check(data: bytes, trust: Policy | None) -> PaperVerdict:
    """Judge a PDF with a trust file alone. Never raises for what the file holds."""
    facts: Facts | None = None
    try:
        files = pdffile.attachments(data, ATTACHED)
        if trust is None or not trust.logs:
            raise Undecided("check.no-trust")
        facts = Facts.parse(files["facts.json"])
        evidence = report.Evidence(files["ledger.excerpt"], files["report.tlog-proof"])
        excerpt = Excerpt.parse(evidence.excerpt)
        _same_ledger(excerpt, trust)
        state = excerpt.replay(trust)
        entry = _own_entry(facts, excerpt, state)
        _complete(facts, excerpt, state)
        return _page(data, facts, evidence, state, entry)
    except Undecided as error:
        return PaperVerdict("undecided", error.code, tuple(error.facts.items()), facts)
    except CustodyError as error:
        return PaperVerdict("altered", error.code, tuple(error.facts.items()), facts)


def _same_ledger(excerpt: Excerpt, trust: Policy) -> None:
    """A trust file of another ledger can say nothing about this paper, for or against."""
    origin = excerpt.head().origin
    if origin not in {log.name for log in trust.logs}:
        raise Undecided("check.other-ledger", origin=origin, expected=trust.logs[0].name)


def _own_entry(facts: Facts, excerpt: Excerpt, state: State) -> int:
    """Step 3: the ledger holds a report statement with exactly these facts, signed by who the facts say."""
    data = facts.format()
    for index, note in reversed(excerpt.entries):
        act = state.act_again(note, index)
        if act.statement.kind.name == "report" and act.body["facts"] == facts.hash():
            _agree(act, facts, len(data))
            return index
    raise Altered("check.not-logged", hash=facts.hash())


def _agree(act: Act, facts: Facts, size: int) -> None:
    body = act.body
    told = (body["size"], body["upto"], body["drawing"], body["scope"]["kind"], body["scope"]["code"])
    if told != (size, facts.upto, facts.drawing, *facts.scope) or facts.by not in act.signed or facts.upto > act.entry:
        raise Altered("check.not-logged", hash=facts.hash())


def _complete(facts: Facts, excerpt: Excerpt, state: State) -> None:
    """Every statement that the facts name is here, and was in the ledger when the report was made."""
    here = {state.act_again(note, index).sid for index, note in excerpt.entries if index < facts.upto}
    missing = [sid for sid in facts.sids if sid not in here]
    if missing:
        raise Altered("check.missing", sid=missing[0], count=len(missing))


def _page(data: bytes, facts: Facts, evidence: report.Evidence, state: State, entry: int) -> PaperVerdict:
    """Step 4: draw the page again from the evidence and compare."""
    if facts.drawing != DRAWING:
        return PaperVerdict("undecided", "check.drawing", (("drawing", facts.drawing),), facts, entry)
    drawn = report.draw(facts, evidence, state)
    if drawn == data:
        return PaperVerdict("intact", "check.intact", (("upto", facts.upto), ("entry", entry)), facts, entry)
    differs = pdffile.same_pages(data, drawn)
    if differs is None:
        return PaperVerdict("resaved", "check.resaved", (("upto", facts.upto), ("entry", entry)), facts, entry)
    if facts.renderer != report.RENDERER:
        details = (("renderer", facts.renderer), ("here", report.RENDERER))
        return PaperVerdict("undecided", "check.renderer", details, facts, entry, differs)
    code = "check.page" if differs else "check.outside-pages"
    return PaperVerdict("altered", code, (("page", differs), ("upto", facts.upto)), facts, entry, differs)
