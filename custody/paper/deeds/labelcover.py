"""The sheet that lies on top of printed labels: which they are, by which entries, under which checkpoint (spec chapter 12, LABEL-17).

Labels fill their sheets to the edge; what the whole print rests on stands here. It holds no code of a label.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from custody.i18n import words
from custody.paper.canvas.table import Table
from custody.paper.deeds.blocks import Block, Deed, Listing, Pairs, Paragraph, Rests
from custody.paper.deeds.page import DeedPage, sheet_of


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
            (say("labels"), str(labels)),
            (say("why"), say(f"why.{reason}")),
            (say("stock"), facts.stock),
            (say("printed"), facts.printed),
            (say("by"), facts.by),
        ),
    )
    heads = tuple(say(name) for name in ("file", "place", "labels", "pages"))
    rows = tuple((file, place, str(count), str(pages)) for file, place, count, pages in facts.rows)
    yield Listing(Table(say("files"), heads, (76, 58, 18, 18), rows))
    lines = (say("line.entries" if facts.entries else "line.waiting", entries=facts.entries), facts.origin)
    limits = tuple(say(f"limit.{code}") for code in ("label", "sheet", "later"))
    short = words.say("deed.page.short", {"short": facts.short}, facts.lang)
    yield Rests(say("rests"), facts.short, short, facts.mark, lines, words.say("deed.page.limits", {}, facts.lang), limits)
