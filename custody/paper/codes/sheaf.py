"""Pages that were photographed, put in order, and held against what is at hand (spec chapter 13, SCAN-3 to SCAN-7). Pure.

A code proves nothing by itself: it says where to look. What is at hand (a ledger, an excerpt, the PDF itself)
is proven by whoever brings it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple, Protocol

from custody.core import entry as entries
from custody.core import labelcode
from custody.core.errors import Fact, Malformed
from custody.paper.codes import headcode, pagecode
from custody.paper.codes.headcode import HeadCode
from custody.paper.codes.pagecode import PageCode
from custody.paper.codes.pagesight import Sight
from custody.paper.proven.facts import DEED

Outcome = Literal["confirmed", "contradicted", "undecided"]
MOST_ENTRIES = 400  # of one page that are looked up: more than any page of ours can show
MOST_NOTES = 5_000  # of one paper


class Picture(NamedTuple):
    """A picture and the codes on it. others: what the codes are that are none of a page: `trust` (founding deed), `label`, `foreign`."""

    sight: Sight
    pages: tuple[PageCode, ...]
    heads: tuple[HeadCode, ...]
    others: tuple[str, ...]

    @property
    def name(self) -> str:
        """How people name it: the file, and which page of it where it has several."""
        return self.sight.file if self.sight.of == 1 else f"{self.sight.file}:{self.sight.number}"


@dataclass(frozen=True)
class Paper:
    """One report or deed, as far as its pages were photographed. seen: the pictures that show each page, by its code.

    entry, sid, size, pages: as in the page codes. heads: the large codes on the pictures of its pages. The key is all four, so that
    pages that disagree are two papers.
    """

    entry: int
    sid: str
    size: int
    pages: int
    seen: dict[PageCode, list[Picture]] = field(default_factory=dict)
    heads: dict[HeadCode, None] = field(default_factory=dict)

    @property
    def lacking(self) -> list[tuple[int, int]]:
        """The pages that no picture shows, as first and last of each run."""
        here = sorted({code.page for code in self.seen})
        edges = zip([0, *here], [*here, self.pages + 1], strict=True)
        return [(before + 1, after - 1) for before, after in edges if after - before > 1]


class Archive(Protocol):
    """What papers are held against, proven beforehand."""

    @property
    def origin(self) -> str:
        """Name of the ledger."""

    @property
    def size(self) -> int:
        """How far it goes, in entries."""

    @property
    def witnessed(self) -> bool:
        """Whether the witnesses that the trust file asks for have signed."""

    def root(self, size: int) -> bytes | None:
        """The root over the first `size` entries; None where it does not follow from what is at hand."""

    def note(self, index: int) -> bytes | None:
        """The entry at an index below `size`; None where it is not at hand."""

    def page(self, paper: Paper, page: int) -> PageCode | Literal[False] | None:
        """The code that stands on that page; None where the page is not at hand, False where the paper has no such page."""


class Told(NamedTuple):
    """One thing that was found: a code of the words, and its facts."""

    code: str
    facts: tuple[tuple[str, Fact], ...] = ()


@dataclass(frozen=True)
class Judged:
    """What is at hand says of one paper, or (paper None) of a large code without a page code. notes: the entries shown, where at hand."""

    outcome: Outcome
    told: tuple[Told, ...]
    paper: Paper | None = None
    head: HeadCode | None = None
    notes: tuple[tuple[int, bytes], ...] = ()


CONTRADICTS = frozenset(("scan.entry.other", "scan.entry.kind", "scan.checkpoint.other", "scan.page.other", "scan.page.none"))
UNDECIDED = frozenset(
    (
        "scan.other-ledger",
        "scan.longer",
        "scan.entry.absent",
        "scan.checkpoint.absent",
        "scan.page.two",
        "scan.head.size",
        "scan.head.alone",
        "scan.head.page",
        "scan.unwitnessed",
        "scan.nothing",
    )
)


def picture(sight: Sight) -> Picture:
    """The codes on a picture by their kind (SCAN-2)."""
    pages, heads, others = list[PageCode](), list[HeadCode](), list[str]()
    for text in sight.texts:
        try:
            if text.startswith(pagecode.HEAD):
                pages.append(pagecode.parse(text))
            else:
                heads.append(headcode.parse(text))
        except Malformed:
            others.append(_other(text))
    return Picture(sight, tuple(pages), tuple(heads), tuple(others))


def _other(text: str) -> str:
    """What a code is that is none of a page."""
    return "trust" if text.startswith("log custody.") else "label" if text.startswith(labelcode.PREFIX) else "foreign"


def papers(pictures: Iterable[Picture]) -> list[Paper]:
    """The papers on these pictures, ordered by their entries, their pages in order (SCAN-3)."""
    found: dict[tuple[int, str, int, int], Paper] = {}
    for one in pictures:
        for code in one.pages:
            paper = found.setdefault((code.entry, code.sid, code.size, code.pages), Paper(code.entry, code.sid, code.size, code.pages))
            paper.seen.setdefault(code, []).append(one)
            paper.heads.update((head, None) for head in one.heads if _belongs(head, code, one))
    return [replace(found[key], seen=dict(sorted(found[key].seen.items()))) for key in sorted(found)]


def alone(pictures: Iterable[Picture]) -> list[HeadCode]:
    """Large codes on pictures without any page code: they name a checkpoint, and no page."""
    return list(dict.fromkeys(head for one in pictures if not one.pages for head in one.heads))


def _belongs(head: HeadCode, code: PageCode, one: Picture) -> bool:
    """A large code goes with the page of its checkpoint; with the only page on the picture whatever it says."""
    sizes = {other.size for other in one.pages}
    return head.size == code.size or (head.size not in sizes and len(one.pages) == 1)


def judge(paper: Paper, archive: Archive | None) -> Judged:
    """Hold one paper against what is at hand (SCAN-4 to SCAN-6); None where nothing is."""
    told = list(_own(paper))
    if archive is None:
        return _judged([*told, Told("scan.nothing")], paper)
    foreign = [head for head in paper.heads if head.origin != archive.origin]
    if foreign:
        return _judged([*told, _told("scan.other-ledger", origin=foreign[0].origin, here=archive.origin)], paper)
    told += _entry(paper, archive)
    told += [one for head in paper.heads for one in _checkpoint(head, archive)]
    if not any(one.code in CONTRADICTS | UNDECIDED for one in told):
        told += _pages(paper, archive)
    told += [] if archive.witnessed else [Told("scan.unwitnessed")]
    sure = not any(one.code in CONTRADICTS or one.code == "scan.longer" for one in told)
    return _judged(told, paper, tuple(_notes(paper, archive)) if sure else ())


def judge_head(head: HeadCode, archive: Archive | None) -> Judged:
    """The same of a large code alone, which says at best that its checkpoint is right."""
    told = [Told("scan.head.alone")]
    if archive is None:
        told.append(Told("scan.nothing"))
    elif head.origin != archive.origin:
        told.append(_told("scan.other-ledger", origin=head.origin, here=archive.origin))
    else:
        told += _checkpoint(head, archive)
    return _judged(told, None, head=head)


def _judged(told: list[Told], paper: Paper | None, notes: tuple[tuple[int, bytes], ...] = (), head: HeadCode | None = None) -> Judged:
    codes = {one.code for one in told}
    outcome: Outcome = "contradicted" if codes & CONTRADICTS else "undecided" if codes & UNDECIDED else "confirmed"
    return Judged(outcome, tuple(told), paper, head, notes)


def _own(paper: Paper) -> Iterator[Told]:
    """What the pages say of each other, whatever is at hand."""
    for page in sorted({code.page for code in paper.seen}):
        if len([code for code in paper.seen if code.page == page]) > 1:
            yield _told("scan.page.two", page=page)
    for head in paper.heads:
        if head.size != paper.size:
            yield _told("scan.head.size", size=head.size, foot=paper.size)


def _entry(paper: Paper, archive: Archive) -> Iterator[Told]:
    """The report's own entry: it must hold a report statement whose id begins so."""
    if paper.size > archive.size:
        yield _told("scan.longer", size=paper.size, here=archive.size)
        return
    note = archive.note(paper.entry)
    if note is None:
        yield _told("scan.entry.absent", entry=paper.entry)
        return
    statement = entries.parse(note).statement
    if not statement.sid.startswith(paper.sid):
        yield _told("scan.entry.other", entry=paper.entry, sid=paper.sid, here=statement.sid[:16], kind=statement.kind.name)
    elif statement.kind.name != "report":
        yield _told("scan.entry.kind", entry=paper.entry, kind=statement.kind.name)
    else:
        yield _told("scan.entry", entry=paper.entry)
        if not str(statement.body["drawing"]).startswith(DEED):
            yield from (_told("scan.head.page", page=page) for page in _misplaced(paper))


def _misplaced(paper: Paper) -> list[int]:
    """Pages of a report beside whose code a large one was seen: that stands on the first page alone (PAGE-5)."""
    found = (
        (code.page, one) for code, pictures in paper.seen.items() for one in pictures if paper.size in {head.size for head in one.heads}
    )
    return sorted({page for page, one in found if page > 1 and not any(code.page == 1 for code in one.pages)})


def _checkpoint(head: HeadCode, archive: Archive) -> Iterator[Told]:
    root = archive.root(head.size) if head.size <= archive.size else None
    if head.size > archive.size:
        yield _told("scan.longer", size=head.size, here=archive.size)
    elif root is None:
        yield _told("scan.checkpoint.absent", size=head.size)
    else:
        same = root.hex().startswith(head.root)
        yield _told("scan.checkpoint" if same else "scan.checkpoint.other", size=head.size, line=head.short)


def _pages(paper: Paper, archive: Archive) -> Iterator[Told]:
    """Where the file itself is at hand, each page's code must be the one that stands there."""
    for code in paper.seen:
        expected = archive.page(paper, code.page)
        if expected is False:
            yield _told("scan.page.none", page=code.page)
        elif expected is not None:
            yield _told("scan.page" if expected == code else "scan.page.other", page=code.page)


def _notes(paper: Paper, archive: Archive) -> Iterator[tuple[int, bytes]]:
    """The entries that the pages name, each once."""
    named = dict.fromkeys(index for code in paper.seen for index in shown(code))
    for index in sorted(named)[:MOST_NOTES]:
        note = archive.note(index) if index < archive.size else None
        if note is not None:
            yield index, note


def shown(code: PageCode) -> list[int]:
    """The entries that a page names, `MOST_ENTRIES` at most."""
    found: list[int] = []
    for first, last in code.shown:
        found += range(first, min(last + 1, first + MOST_ENTRIES - len(found)))
    return found


def _told(code: str, **facts: Fact) -> Told:
    return Told(code, tuple(facts.items()))
