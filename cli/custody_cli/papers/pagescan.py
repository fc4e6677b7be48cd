"""`custody check --scan` and `--line`: what photographed pages and read-out lines lead to (docs/spec/13-report.md, SCAN-1 to SCAN-8)."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from custody.core.errors import Altered, CustodyError, Undecided
from custody_cli.ground.app import App
from custody_cli.ground.console import paint
from custody_cli.ground.desk import office, zone_here
from custody_cli.ground.exits import Exit
from custody_cli.papers import namer, pageentries, scanneditself, whichpaper

if TYPE_CHECKING:
    from custody.core.policy import Policy
    from custody.core.statement import Statement
    from custody.paper.codes.headcode import HeadCode
    from custody.paper.codes.sheaf import Archive, Judged, Paper, Picture, Told
    from custody.paper.proven.evidence import Reading
    from custody_cli.papers.namer import Namer
    from custody_cli.papers.shortline import Heard

MOST_FILES = 200
_TONES = {"confirmed": "good", "contradicted": "bad", "undecided": "warn"}


class AtHand(NamedTuple):
    """What pages are held against, and how it names things; why: where there is nothing, or it proves nothing.

    file: the one named by --against, where it is that of which `why` speaks; altered: it is a paper of ours that somebody changed.
    """

    archive: "Archive | None"
    names: "Namer"
    zone: str
    why: tuple[str, dict[str, Any]] | None = None
    file: str = ""
    altered: bool = False
    reading: "Reading | None" = None


def run(app: App, files: tuple[Path, ...], lines: tuple[str, ...], against: Path | None, trust: "Policy | None", named: bool) -> int:
    """Read the pictures, hold what is on them and the lines against what is at hand, and say it. Raises as its parts.

    named: whether somebody chose the trust file, so that it is not just the ledger folder's own.
    """
    from custody.paper.codes import sheaf

    pictures = [sheaf.picture(sight) for path in files for sight in _sights(app, path)]
    itself = list(scanneditself.carrying(files, trust))
    with ExitStack() as stack:
        hand = _at_hand(app, stack, against, trust)
        told = [_heard(hand, line) for line in lines]
        judged = [sheaf.judge(paper, hand.archive) for paper in sheaf.papers(pictures)]
        judged += [sheaf.judge_head(head, hand.archive) for head in sheaf.alone(pictures)]
        code = Exit.ALTERED if hand.altered or any(one.altered for one in itself) else _exit(pictures, judged, told)
        shown = [line for one in itself for line in (*scanneditself.lines(app, one), "")]
        shown += [*_why(app, hand), ""] if hand.altered else []
        shown += [line for one in told for line in _line(app, one)]
        shown += _shown(app, hand, pictures, judged) if files else [] if hand.altered else _why(app, hand)
        if hand.archive is not None and not named and (judged or told):
            shown.append(app.say("cli.check.scan.own-trust"))
        app.answer(
            "check-scan",
            {
                **_document(app, pictures, judged, told, code),
                "itself": [scanneditself.document(app, one) for one in itself],
                "against": _against(app, hand),
                "own_trust": hand.archive is not None and not named,
            },
            "\n".join(shown),
        )
    return code


def _sights(app: App, path: Path) -> Iterator[Any]:
    from custody.paper.codes.pagesight import MOST_BYTES, sights
    from custody.reading import read

    return sights(path.name, read(path, MOST_BYTES))


def _at_hand(app: App, stack: ExitStack, against: Path | None, trust: "Policy | None") -> AtHand:
    """The file that was named, or else the ledger of this run; both only with a trust file."""
    bare, zone = namer.Bare(), zone_here(app)
    if trust is None:
        return AtHand(None, bare, zone, ("cli.check.scan.no-trust", {}))
    if against is not None:
        return _file(app, against, trust)
    if app.ledger_path is None:
        return AtHand(None, bare, zone, ("cli.check.scan.nothing-here", {}))
    from custody.assembly.pageproof import of_ledger

    opened = stack.enter_context(office(app))
    try:
        return AtHand(of_ledger(opened, trust), namer.OfOffice(opened), opened.zone)
    except Undecided as error:
        return AtHand(None, bare, zone, (error.code, error.facts))


def _file(app: App, path: Path, trust: "Policy") -> AtHand:
    """A report, an excerpt, a receipt or a checkpoint; what proves nothing is told of, and nothing is held against it."""
    from custody.assembly import pageproof
    from custody.core import excerpt
    from custody.paper.checking.check import check
    from custody.reading import read
    from custody_cli.papers.held import MOST, outside

    data, bare, zone = read(path, MOST), namer.Bare(), zone_here(app)
    try:
        if data[:1024].count(b"%PDF-"):
            verdict = check(data, trust)
            if verdict.reading is None:
                return AtHand(None, bare, zone, (verdict.code, dict(verdict.details)), path.name, verdict.outcome == "altered")
            zone = str(verdict.reading.act(0).body["zone"])
            proven = pageproof.of_reading(verdict.reading, trust, data if verdict.holds else None)
            why = None if verdict.holds else (verdict.code, dict(verdict.details))
            return AtHand(
                proven, namer.OfReport(verdict.reading, app.lang), zone, why, path.name, verdict.outcome == "altered", verdict.reading
            )
        if data.startswith(excerpt.HEADER):
            return AtHand(pageproof.of_excerpt(excerpt.Excerpt.parse(data), trust), bare, zone)
        return AtHand(pageproof.of_checkpoint(outside(path).note, trust), bare, zone)
    except CustodyError as error:
        return AtHand(None, bare, zone, (error.code, error.facts), path.name, isinstance(error, Altered))


def _heard(hand: AtHand, line: str) -> "Heard":
    from custody_cli.papers.shortline import compared

    archive = hand.archive
    return (
        compared(line, "custody.none", 2**53, lambda _: None)
        if archive is None
        else compared(line, archive.origin, archive.size, archive.root)
    )


def _exit(pictures: "list[Picture]", judged: "list[Judged]", told: "list[Heard]") -> int:
    """3: a code contradicts what is at hand; 4: something cannot be decided; 0: every picture has its codes, and all are confirmed."""
    if any(one.outcome == "contradicted" for one in judged):
        return Exit.ALTERED
    sure = all(one.outcome == "confirmed" for one in judged) and all(one.outcome == "agrees" for one in told)
    return Exit.FINE if sure and all(one.pages for one in pictures) else Exit.UNDECIDED


def _line(app: App, one: "Heard") -> list[str]:
    code = f"cli.verify.line.{one.outcome}" if one.outcome == "agrees" else f"cli.check.line.{one.outcome}"
    return [paint(app.say(code, **one._asdict()), "good" if one.outcome == "agrees" else "warn")]


def _why(app: App, hand: AtHand) -> list[str]:
    """Why there is nothing to hold pages against, or what is wrong with the file that was named, with what to do."""
    if hand.why is None:
        return []
    code, facts = hand.why
    step = app.next_step(code, **facts)
    told = app.say(code, **facts)
    if hand.file:
        told = app.say("cli.check.scan.against-altered" if hand.altered else "cli.check.scan.against", file=hand.file, told=told)
    return [paint(told, "bad") if hand.altered else told, *([f"{app.say('cli.next')} {step}"] if step else [])]


def _against(app: App, hand: AtHand) -> dict[str, Any] | None:
    """What is wrong with the file that was named, for a program."""
    if hand.why is None or not hand.file:
        return None
    return {"file": hand.file, "code": hand.why[0], "message": app.say(hand.why[0], **hand.why[1]), "altered": hand.altered}


def _shown(app: App, hand: AtHand, pictures: "list[Picture]", judged: "list[Judged]") -> list[str]:
    lines = list[str]()
    for one in judged:
        lines += [*(_paper(app, hand, one, one.paper) if one.paper is not None else _head(app, one)), ""]
    lines.append(app.say("cli.check.scan.read", count=len(pictures), found=sum(bool(one.pages) for one in pictures)))
    dark = [line for one in pictures if not one.pages for line in _dark(app, one)]
    lines += ["", *dark] if dark else []
    lines += ["", *_why(app, hand)] if hand.why is not None and not hand.altered else []
    listed = [app.say("cli.check.scan.unlisted")] if any(one.notes for one in judged) else []
    if not judged:
        return lines
    again = list(dict.fromkeys(_answer(app, one) for one in judged))
    return [*lines, "", app.say("cli.check.scan.limits"), *listed, app.say("cli.check.scan.pdf"), "", *again]


def _answer(app: App, one: "Judged") -> str:
    """The answer, which stands first and once more at the end: of codes that agree it says at once what is left to the reader."""
    return paint(app.say(f"scan.{one.outcome}"), _TONES[one.outcome])


def _dark(app: App, one: "Picture") -> list[str]:
    """A picture that leads nowhere: what is wrong with it, or what else was on it."""
    if one.sight.fault is not None:
        code, facts = one.sight.fault
        return [paint(f"{one.name}: {app.say(code, **dict(facts))}", "warn"), *_step(app, code)]
    if one.heads:
        return [paint(app.say("scan.no-page", file=one.name), "warn"), *_step(app, "scan.no-page")]
    codes = [f"scan.other.{kind}" for kind in dict.fromkeys(one.others)] or ["scan.no-code"]
    return [line for code in codes for line in (paint(app.say(code, file=one.name), "warn"), *_step(app, code))]


def _step(app: App, code: str) -> list[str]:
    step = app.next_step(code)
    return [f"{app.say('cli.next')} {step}"] if step else []


def _paper(app: App, hand: AtHand, one: "Judged", paper: "Paper") -> list[str]:
    """One paper: the answer and what contradicts, what it is, which pages are here, and what the ledger says of their entries."""
    facts = {"entry": paper.entry, "sid": paper.sid, "size": paper.size, "pages": paper.pages}
    lines = [_answer(app, one), *_told(app, one), paint(app.say("cli.check.scan.paper", **facts), "head")]
    if hand.archive is None:
        lines += [app.say("cli.check.scan.claims", origin=head.origin, line=head.short) for head in paper.heads]
    lines += _about(app, hand, one, paper)
    lines += _present(app, hand, one, paper)
    foot = _foot(hand, paper) if one.outcome != "contradicted" else None
    lines += [app.say("cli.check.scan.foot", line=foot)] if foot is not None else []
    return [*lines, *_entries(app, hand, one, paper)]


def _head(app: App, one: "Judged") -> list[str]:
    head = one.head
    assert head is not None, "a judgment is of a paper or of a large code"
    said = paint(app.say("cli.check.scan.head", origin=head.origin, size=head.size, line=head.short), "head")
    return [_answer(app, one), *_told(app, one), said]


def _told(app: App, one: "Judged") -> list[str]:
    from custody.paper.codes.sheaf import CONTRADICTS, UNDECIDED

    grave = sorted(dict.fromkeys(one.told), key=lambda told: (told.code not in CONTRADICTS, told.code not in UNDECIDED))
    return [f"  {line}" for told in grave for line in _sentence(app, told)]


def _sentence(app: App, told: "Told") -> list[str]:
    facts = dict(told.facts)
    step = app.next_step(told.code, **facts)
    return [app.say(told.code, **facts), *([f"{app.say('cli.next')} {step}"] if step else [])]


def _about(app: App, hand: AtHand, one: "Judged", paper: "Paper") -> list[str]:
    """What the report is about, by its statement in the ledger."""
    own = _own(hand, one, paper)
    if own is None:
        return []
    body = own.body
    facts = {"kind": body["scope"]["kind"], "name": _name(hand, **body["scope"]), "at": body["at"], "zone": hand.zone, "upto": body["upto"]}
    return [
        whichpaper.of_scan(app, one, own),
        app.say("cli.check.scan.about.deed" if facts["kind"] == "deed" else "cli.check.scan.about", **facts),
    ]


def _own(hand: AtHand, one: "Judged", paper: "Paper") -> "Statement | None":
    """The statement by which the paper was logged, where it is at hand and is that of this paper."""
    from custody.core import entry as entries

    known = hand.archive is not None and any(told.code == "scan.entry" for told in one.told)
    note = hand.archive.note(paper.entry) if known and hand.archive is not None else None
    return entries.parse(note).statement if note is not None else None


def _name(hand: AtHand, kind: str, code: str) -> str:
    """What a scope is called; a statement by how its id begins."""
    if kind in ("incident", "shift", "deed", "consignment"):
        return f"{code[:16]}…"
    if kind == "operation":
        return ""
    named = {"box": hand.names.box, "officer": hand.names.person}.get(kind, hand.names.area)(code)
    return named.removeprefix("TPS ") if kind == "tps" else named


def _present(app: App, hand: AtHand, one: "Judged", paper: "Paper") -> list[str]:
    """Which pages are here, which lack, which were photographed twice; by copies where the file tells them, else that nobody here knows."""
    pages = sorted({code.page for code in paper.seen})
    lacking = ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in paper.lacking)
    if copies := whichpaper.copies_of(hand.reading, paper):
        lines = list(whichpaper.present(app, paper, copies))
    else:
        lines = [app.say("cli.check.scan.pages", here=tuple(pages), pages=paper.pages)]
        lines += [paint(app.say("cli.check.scan.lacking", pages=lacking), "warn")] if lacking else []
        own = _own(hand, one, paper)
        copied = own is None or str(own.body["drawing"]).startswith("deed-")  # a report has none
        lines += [app.say("cli.check.copy.unknown")] if copied and paper.pages > 1 else []
    twice = [(code.page, found) for code, found in paper.seen.items() if len(found) > 1]
    return lines + [app.say("cli.check.scan.twice", page=page, files=tuple(picture.name for picture in found)) for page, found in twice]


def _foot(hand: AtHand, paper: "Paper") -> str | None:
    """What must stand at the foot of each page, where the root of its checkpoint is at hand."""
    archive = hand.archive
    root = archive.root(paper.size) if archive is not None and paper.size <= archive.size else None
    return f"{archive.origin} · {paper.size} · {root.hex()[:16]}" if archive is not None and root is not None else None


def _entries(app: App, hand: AtHand, one: "Judged", paper: "Paper") -> Iterator[str]:
    """Page by page the entries that its code names, as the ledger has them, as far as they stand on it; without a ledger their numbers."""
    from custody.paper.codes.sheaf import shown

    notes, told, copies = dict(one.notes), set[int](), whichpaper.copies_of(hand.reading, paper)
    own = _own(hand, one, paper)
    scope = pageentries.Scope(**own.body["scope"]) if own is not None else pageentries.ALL
    for code, found in paper.seen.items():
        yield ""
        numbers = ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in code.shown) or "—"
        facts: dict[str, Any] = {
            "page": code.page,
            "pages": code.pages,
            "files": tuple(picture.name for picture in found),
            "numbers": numbers,
        }
        if len(copies) > 1:
            facts |= whichpaper.numbered(code.page, code.pages, copies)
        yield paint(app.say("cli.check.scan.page.copy" if len(copies) > 1 else "cli.check.scan.page", **facts), "head")
        if hand.archive is not None and not one.notes and code.shown:
            yield "  " + app.say("cli.check.scan.untold")
        if not code.shown:
            yield "  " + app.say("cli.check.scan.bare")
        for index in shown(code):
            if index in told:
                yield "  " + app.say("cli.check.scan.again", entry=index)
            elif index in notes:
                told.add(index)
                yield from (f"  {line}" for line in pageentries.lines(app, index, notes[index], hand.names, hand.zone, scope))
        if code.more:
            yield "  " + app.say("cli.check.scan.more")


def _document(app: App, pictures: "list[Picture]", judged: "list[Judged]", told: "list[Heard]", code: int) -> dict[str, Any]:
    return {
        "exit": int(code),
        "lines": [one._asdict() for one in told],
        "pictures": [_picture(app, one) for one in pictures],
        "papers": [_paper_document(app, one, one.paper) for one in judged if one.paper is not None],
        "checkpoints": [{**_head_document(one.head), **_outcome(app, one)} for one in judged if one.head is not None],
    }


def _picture(app: App, one: "Picture") -> dict[str, Any]:
    fault = (
        None
        if one.sight.fault is None
        else {"code": one.sight.fault[0], "message": app.say(one.sight.fault[0], **dict(one.sight.fault[1]))}
    )
    codes = {
        "pages": [page.format() for page in one.pages],
        "checkpoints": [head.format() for head in one.heads],
        "others": list(one.others),
    }
    return {"file": one.sight.file, "number": one.sight.number, "of": one.sight.of, **codes, "fault": fault}


def _head_document(head: "HeadCode") -> dict[str, Any]:
    return {"origin": head.origin, "size": head.size, "root": head.root}


def _outcome(app: App, one: "Judged") -> dict[str, Any]:
    told = [{"code": told.code, "facts": dict(told.facts), "message": app.say(told.code, **dict(told.facts))} for told in one.told]
    return {"outcome": one.outcome, "told": told}


def _paper_document(app: App, one: "Judged", paper: "Paper") -> dict[str, Any]:
    from custody.core import entry as entries

    pages = [
        {"page": code.page, "shown": [list(run) for run in code.shown], "more": code.more, "pictures": [found.name for found in where]}
        for code, where in paper.seen.items()
    ]
    notes = [
        {"entry": index, "kind": entries.parse(note).statement.kind.name, "sid": entries.parse(note).statement.sid}
        for index, note in one.notes
    ]
    return {
        "entry": paper.entry,
        "sid": paper.sid,
        "checkpoint": paper.size,
        "page_count": paper.pages,
        "origins": [head.origin for head in paper.heads],
        **_outcome(app, one),
        "lacking": [list(run) for run in paper.lacking],
        "pages": pages,
        "entries": notes,
    }
