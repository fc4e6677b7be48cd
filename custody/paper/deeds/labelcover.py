"""The sheet that lies on top of printed labels, markers or badges: which they are, under which checkpoint (spec chapter 12, LABEL-17).

Labels fill their sheets to the edge; what the whole print rests on stands here. It holds no code of a label or badge.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from custody.i18n import dates, words
from custody.paper.canvas.table import Table
from custody.paper.deeds.blocks import Block, Deed, Listing, Pairs, Paragraph, Rests
from custody.paper.deeds.page import DeedPage, sheet_of


@dataclass(frozen=True)
class SlipCover:
    """What the cover of markers or badges shows; none of them is in the ledger.

    kind: as that of `slips.Slip`. head, printed, stock, rows, origin, short, mark: as in `CoverFacts`.
    """

    lang: str
    drill: bool
    head: tuple[str, ...]
    kind: str
    printed: str
    stock: str
    rows: tuple[tuple[str, str, int, int], ...]
    origin: str
    short: str
    mark: str


@dataclass(frozen=True)
class CoverFacts:
    """What the cover of a print shows.

    head: operation, kabupaten and election, the ledger and its authorities. printed: when, in words. by: the key that logged it.
    reason: `first`, `spare`, or of a reprint. entries: numbers, in words, empty while they wait for the office. rows: file, place, labels,
    pages. origin, short, mark: the checkpoint after the print was logged: name of the ledger, its short line, its code (PAGE-5).
    """

    lang: str
    drill: bool
    head: tuple[str, ...]
    printed: str
    by: str
    reason: str
    stock: str
    entries: str
    rows: tuple[tuple[str, str, int, int], ...]
    origin: str
    short: str
    mark: str


def draw(facts: CoverFacts) -> bytes:
    """The cover as a PDF, one page for some thirty files. The same facts give the same bytes."""

    def say(code: str, **values: object) -> str:
        return words.say(f"label.cover.{code}", values, facts.lang)

    labels = sum(row[2] for row in facts.rows)
    deed = Deed(
        lang=facts.lang,
        head=facts.head,
        title=say("title"),
        number=say("number" if facts.entries else "number.waiting", entries=facts.entries),
        subject=words.say("label.subject", {}, facts.lang),
        drill=facts.drill,
        blocks=(Paragraph(say("told", count=labels), strong=True), *_blocks(facts, labels)),
        foot=(f"{facts.origin} · {facts.short}", say("foot")),
    )
    return _drawn(deed)


def draw_slips(facts: SlipCover) -> bytes:
    """The cover of markers or badges as a PDF. The same facts give the same bytes."""

    def say(code: str, **values: object) -> str:
        return words.say(f"slip.cover.{code}", values, facts.lang)

    count, subject = sum(row[2] for row in facts.rows), words.say("slip.subject", {}, facts.lang)
    pairs = ((say(f"of.{facts.kind}"), dates.number(count, facts.lang)), (say("stock"), facts.stock), (say("printed"), facts.printed))
    limits = (say(f"limit.{facts.kind}"), say("limit.sheet"))
    blocks = (
        Paragraph(say(f"told.{facts.kind}", count=count), strong=True),
        Pairs("", pairs),
        _files(facts.lang, facts.rows, (say("from-to"), say(f"of.{facts.kind}"))),
        _rests(facts.lang, (facts.origin, facts.short, facts.mark), (say("rests"), say("line")), limits),
    )
    foot = f"{facts.origin} · {facts.short}", words.say("label.cover.foot", {}, facts.lang)
    return _drawn(Deed(facts.lang, facts.head, say(f"title.{facts.kind}"), say("number"), subject, facts.drill, blocks, foot))


def _drawn(deed: Deed) -> bytes:
    sheet = sheet_of(deed)
    DeedPage(sheet, deed).draw()
    return sheet.finish()


def _blocks(facts: CoverFacts, labels: int) -> Iterator[Block]:
    def say(code: str, **values: object) -> str:
        return words.say(f"label.cover.{code}", values, facts.lang)

    reason = facts.reason if facts.reason in ("first", "spare") else "reprint"
    yield Pairs(
        "",
        (
            (say("labels"), dates.number(labels, facts.lang)),
            (say("why"), say(f"why.{reason}")),
            (say("stock"), facts.stock),
            (say("printed"), facts.printed),
            (say("by"), facts.by),
        ),
    )
    yield _files(facts.lang, facts.rows, (say("place"), say("labels")))
    line = say("line.entries" if facts.entries else "line.waiting", entries=facts.entries)
    limits = tuple(say(f"limit.{code}") for code in ("label", "sheet", "later"))
    yield _rests(facts.lang, (facts.origin, facts.short, facts.mark), (say("rests"), line), limits)


def _files(lang: str, rows: tuple[tuple[str, str, int, int], ...], named: tuple[str, str]) -> Listing:
    """The files; named: what stands over their second and third column."""
    title, file, pages = (words.say(f"label.cover.{name}", {}, lang) for name in ("files", "file", "pages"))
    told = tuple((name, place, dates.number(count, lang), dates.number(sheets, lang)) for name, place, count, sheets in rows)
    return Listing(Table(title, (file, *named, pages), (76, 58, 18, 18), told))


def _rests(lang: str, head: tuple[str, str, str], said: tuple[str, str], limits: tuple[str, ...]) -> Rests:
    """The checkpoint. head: name of the ledger, short line, code. said: heading, and what stands below the line."""
    origin, short, mark = head
    title, line = said
    shown, heading = words.say("deed.page.short", {"short": short}, lang), words.say("deed.page.limits", {}, lang)
    return Rests(title, short, shown, mark, (line, origin), heading, limits)
