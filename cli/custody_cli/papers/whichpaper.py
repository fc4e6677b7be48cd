"""Which paper it is: its kind, the entry it tells of, its copies and for whom they are (docs/spec/13-report.md, CHECK-12, SCAN-9)."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from custody_cli.ground.app import App

if TYPE_CHECKING:
    from custody.core.statement import Statement
    from custody.paper.codes.sheaf import Judged, Paper
    from custody.paper.proven.evidence import Reading

_LONGEST = 80  # letters of a word for a role that are told


def named(app: App, drawing: str, deed: "tuple[int, Statement] | None") -> str:
    """`Receipt, entry 204`. drawing: of the report's statement; deed: the entry and statement of which it is a deed, None of a report."""
    if deed is None:
        return app.say("cli.check.paper.unknown" if drawing.startswith("deed-") else "cli.check.paper.report")
    from custody.paper.deeds import drawn, kinds

    form = drawn.FORMS[drawing][0] if drawing in drawn.FORMS else ""
    return app.say("cli.check.paper.deed", title=app.say(kinds.title_code(deed[1], form)), entry=deed[0])


def of_file(app: App, reading: "Reading") -> Iterator[str]:
    """Of a file: which paper, and which copies it holds."""
    deed = next(((one.entry, reading.act(one.entry).statement) for one in reading.told if one.sid == reading.facts.scope[1]), None)
    yield app.say("cli.check.paper", what=named(app, reading.facts.drawing, deed))
    if deed is not None:
        told = [_copy(app, number, reading.facts.copies) for number in range(1, len(reading.facts.copies) + 1)]
        yield app.say("cli.check.paper.copies", count=len(told), copies="; ".join(told))


def of_titles(app: App, reading: "Reading") -> Iterator[str]:
    """The words for roles that its issuer chose (REPORT-1), where they are not the usual ones: what a role is the ledger says, not they."""
    from custody.i18n import words
    from custody.i18n.screen import clean

    told = [
        app.say("cli.check.titles.one", word=clean(word, _LONGEST), usual=words.say(f"title.{role}", {}, app.lang), role=role)
        for role, word in reading.facts.titles
        if words.known(f"title.{role}") and word != words.say(f"title.{role}", {}, reading.facts.lang)
    ]
    if told:
        yield app.say("cli.check.titles", told="; ".join(told))


def of_scan(app: App, judged: "Judged", own: "Statement") -> str:
    """Of photographed pages, by the report's own statement and the entries that the pages name."""
    from custody.core import entry as entries

    sid = own.body["scope"]["code"]
    known = ((index, entries.parse(note).statement) for index, note in judged.notes)
    return app.say("cli.check.paper", what=named(app, own.body["drawing"], next((one for one in known if one[1].sid == sid), None)))


def _copy(app: App, number: int, copies: Sequence[str]) -> str:
    whom = copies[number - 1]
    return app.say("deed.page.copy.for" if whom else "deed.page.copy", copy=number, copies=len(copies), whom=whom)


def copies_of(reading: "Reading | None", paper: "Paper") -> tuple[str, ...]:
    """For whom each copy of a photographed paper is, where its own file is at hand; empty where that is not known."""
    known = reading is not None and reading.own.entry == paper.entry and paper.pages % len(reading.facts.copies) == 0
    return reading.facts.copies if known and reading is not None else ()


def present(app: App, paper: "Paper", copies: Sequence[str]) -> Iterator[str]:
    """Which pages of each copy are here, numbered as on paper: `Copy 1 of 3: KPU: complete, pages 1-4`."""
    each, here = paper.pages // len(copies), {code.page for code in paper.seen}
    absent = []
    for number in range(1, len(copies) + 1):
        pages = [page for page in range(1, each + 1) if page + each * (number - 1) in here]
        if not pages:
            absent.append(_copy(app, number, copies))
            continue
        told = {"copy": _copy(app, number, copies), "here": _runs(pages), "lacking": _runs(sorted(set(range(1, each + 1)) - set(pages)))}
        yield app.say("cli.check.copy.part" if told["lacking"] else "cli.check.copy.whole", **told)
    if absent:
        yield app.say("cli.check.copy.absent", copies="; ".join(absent))


def _runs(pages: Sequence[int]) -> str:
    found: list[list[int]] = []
    for page in pages:
        if found and found[-1][1] == page - 1:
            found[-1][1] = page
        else:
            found.append([page, page])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in found)


def numbered(page: int, pages: int, copies: Sequence[str]) -> dict[str, int]:
    """A page as it is numbered on paper: its copy, its page there, and how many pages a copy has."""
    each = pages // len(copies)
    return {"copy": (page - 1) // each + 1, "page": (page - 1) % each + 1, "pages": each}
