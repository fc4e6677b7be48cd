"""Photographed pages put in order and held against what is at hand (docs/spec/13-report.md, SCAN-3 to SCAN-7)."""

from dataclasses import dataclass, field
from functools import cache
from typing import Literal

import pytest

from custody.core import entry as entries
from custody.paper.codes import headcode, pagecode, sheaf
from custody.paper.codes.headcode import HeadCode
from custody.paper.codes.pagecode import PageCode
from custody.paper.codes.pagesight import Sight
from custody.paper.codes.sheaf import Judged, Paper
from fixtures.reports import Told

OTHER_SID = "0123456789abcdef"


@cache
def world() -> tuple[Told, int]:
    """A ledger in which a report was logged, and some records came after it; and the report's entry."""
    world = Told()
    own = world.log_report(world.facts())
    world.incident()
    return world, own


@dataclass
class Hand:
    """A ledger at hand, whole up to `size`; pages: what stands on the pages of the PDF, where it is at hand as well."""

    size: int = field(default_factory=lambda: len(world()[0].entries))
    witnessed: bool = True
    lacks: frozenset[int] = frozenset()
    rootless: bool = False
    pages: dict[int, PageCode] | None = None

    @property
    def origin(self) -> str:
        return sheaf_head().origin

    def root(self, size: int) -> bytes | None:
        return None if self.rootless else world()[0].tree.root(size)

    def note(self, index: int) -> bytes | None:
        return None if index in self.lacks else world()[0].entries[index]

    def page(self, paper: Paper, page: int) -> PageCode | Literal[False] | None:
        return None if self.pages is None else self.pages.get(page, False)


def sheaf_head(size: int | None = None) -> HeadCode:
    """The large code of the report."""
    from custody.core.checkpoint import Checkpoint

    told, own = world()
    size = own + 1 if size is None else size
    return headcode.of(Checkpoint(told.ledger_key.name, size, told.tree.root(size)))


def code(page: int = 1, pages: int = 3, **changes: object) -> PageCode:
    """The code of a page of the report."""
    own = world()[1]
    sid = entries.parse(world()[0].entries[own]).statement.sid
    return pagecode.of_page(own, sid, own + 1, (page, pages), range(own - 3, own))._replace(**changes)  # type: ignore[arg-type]


def sight(*codes: PageCode | HeadCode | str, file: str = "foto.jpg") -> Sight:
    return Sight(file, 1, 1, tuple(one if isinstance(one, str) else one.format() for one in codes))


def judged(hand: Hand | None, *sights: Sight) -> Judged:
    """What becomes of the only paper on these pictures."""
    (paper,) = sheaf.papers(map(sheaf.picture, sights))
    return sheaf.judge(paper, hand)


def test_pages_in_any_order_twice_and_mixed() -> None:
    other = code(2, pages=2, entry=3, sid=OTHER_SID)
    pictures = [
        sheaf.picture(one)
        for one in (sight(code(3), file="c"), sight(other, file="x"), sight(code(1), sheaf_head(), file="a"), sight(code(3), file="d"))
    ]
    first, second = sheaf.papers(pictures)
    assert (first.entry, first.sid, first.lacking) == (3, OTHER_SID, [(1, 1)])
    assert [(one.page, [found.name for found in where]) for one, where in second.seen.items()] == [(1, ["a"]), (3, ["c", "d"])]
    assert second.lacking == [(2, 2)]
    assert list(second.heads) == [sheaf_head()]
    assert list(first.heads) == []


def test_two_sheets_on_one_picture_share_no_large_code() -> None:
    other = code(1, pages=2, entry=3, sid=OTHER_SID, size=7, shown=())
    first, second = sheaf.papers([sheaf.picture(sight(other, code(1), sheaf_head()))])
    assert (list(first.heads), list(second.heads)) == ([], [sheaf_head()])


def test_what_is_no_page_code_is_told_apart() -> None:
    codes = ("KSU1ABCDEFGHJKMNPQRST", "https://contoh.example", "CP1/1/2/3", "log custody.contoh/0a+1+2\nquorum none\n")
    one = sheaf.picture(sight(*codes, sheaf_head(), code()))
    assert (len(one.pages), len(one.heads), one.others) == (1, 1, ("label", "foreign", "foreign", "trust"))


def test_the_runs_of_pages_that_lack() -> None:
    (paper,) = sheaf.papers([sheaf.picture(sight(code(page, pages=9))) for page in (2, 3, 6)])
    assert paper.lacking == [(1, 1), (4, 5), (7, 9)]


GOOD = {1: code(1), 2: code(2), 3: code(3)}
# Name: what is at hand, the pictures, the outcome, the codes of what is told.
CASES: dict[str, tuple[Hand | None, tuple[Sight, ...], str, list[str]]] = {
    "a page": (Hand(), (sight(code(2)),), "confirmed", ["scan.entry"]),
    "the first page": (Hand(), (sight(code(1), sheaf_head()),), "confirmed", ["scan.entry", "scan.checkpoint"]),
    "an older checkpoint as large code of its own": (
        Hand(),
        (sight(code(1), sheaf_head(3)),),
        "undecided",
        ["scan.head.size", "scan.entry", "scan.checkpoint"],
    ),
    "the large code beside a page that is not the first": (
        Hand(),
        (sight(code(1)), sight(code(2), sheaf_head())),
        "undecided",
        ["scan.entry", "scan.head.page", "scan.checkpoint"],
    ),
    "two pages on one picture, and the large code of the first": (
        Hand(),
        (sight(code(2), code(1), sheaf_head()),),
        "confirmed",
        ["scan.entry", "scan.checkpoint"],
    ),
    "nothing at hand": (None, (sight(code(1), sheaf_head()),), "undecided", ["scan.nothing"]),
    "another ledger": (
        Hand(),
        (sight(code(1), sheaf_head()._replace(origin="custody.lain/" + "0" * 32)),),
        "undecided",
        ["scan.other-ledger"],
    ),
    "another ledger is no contradiction, whatever its entry": (
        Hand(),
        (sight(code(1, sid=OTHER_SID), sheaf_head()._replace(origin="custody.lain/" + "0" * 32)),),
        "undecided",
        ["scan.other-ledger"],
    ),
    "another id under this number": (Hand(), (sight(code(1, sid=OTHER_SID)),), "contradicted", ["scan.entry.other"]),
    "an entry that is no report": (
        Hand(),
        (sight(code(1, entry=8, sid=entries.parse(world()[0].entries[8]).statement.sid[:16])),),
        "contradicted",
        ["scan.entry.kind"],
    ),
    "another checkpoint of this size": (
        Hand(),
        (sight(code(1), sheaf_head()._replace(root="f" * 32)),),
        "contradicted",
        ["scan.entry", "scan.checkpoint.other"],
    ),
    "one of two large codes is another": (
        Hand(),
        (sight(code(1), sheaf_head()), sight(code(1), sheaf_head()._replace(root="f" * 32))),
        "contradicted",
        ["scan.entry", "scan.checkpoint", "scan.checkpoint.other"],
    ),
    "beyond the end of what is here": (Hand(size=5), (sight(code(1)),), "undecided", ["scan.longer"]),
    "the entry is not carried": (Hand(lacks=frozenset({world()[1]})), (sight(code(1)),), "undecided", ["scan.entry.absent"]),
    "the checkpoint is not carried": (
        Hand(rootless=True),
        (sight(code(1), sheaf_head()),),
        "undecided",
        ["scan.entry", "scan.checkpoint.absent"],
    ),
    "without its witnesses": (Hand(witnessed=False), (sight(code(1)),), "undecided", ["scan.entry", "scan.unwitnessed"]),
    "a contradiction needs no witness": (
        Hand(witnessed=False),
        (sight(code(1, sid=OTHER_SID)),),
        "contradicted",
        ["scan.entry.other", "scan.unwitnessed"],
    ),
    "two sheets call themselves one page": (
        Hand(),
        (sight(code(2)), sight(code(2, shown=((0, 0),)))),
        "undecided",
        ["scan.page.two", "scan.entry"],
    ),
    "the PDF has this page": (Hand(pages=GOOD), (sight(code(2)),), "confirmed", ["scan.entry", "scan.page"]),
    "the PDF names other entries there": (
        Hand(pages=GOOD),
        (sight(code(2, shown=((0, 0),))),),
        "contradicted",
        ["scan.entry", "scan.page.other"],
    ),
    "the PDF has fewer pages": (
        Hand(pages={1: code(1, pages=1)}),
        (sight(code(2)),),
        "contradicted",
        ["scan.entry", "scan.page.none"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_paper_is_judged(name: str) -> None:
    hand, sights, outcome, codes = CASES[name]
    found = judged(hand, *sights)
    assert (found.outcome, [one.code for one in found.told]) == (outcome, codes)
    if outcome == "contradicted" or hand is None:
        assert found.notes == (), "nothing is shown as if it belonged to this paper"


def test_the_entries_that_a_page_names_are_at_hand() -> None:
    found, own = judged(Hand(), sight(code(1))), world()[1]
    assert [index for index, _ in found.notes] == list(range(own - 3, own))
    assert all(note == world()[0].entries[index] for index, note in found.notes)


def test_a_run_without_end_is_looked_up_to_a_bound() -> None:
    assert len(sheaf.shown(code(1, shown=((0, 10**9), (10**9 + 2, 10**12))))) == sheaf.MOST_ENTRIES


@pytest.mark.parametrize(
    ("head", "outcome", "codes"),
    [
        (sheaf_head(), "undecided", ["scan.head.alone", "scan.checkpoint"]),
        (sheaf_head()._replace(root="f" * 32), "contradicted", ["scan.head.alone", "scan.checkpoint.other"]),
        (sheaf_head()._replace(size=10**6), "undecided", ["scan.head.alone", "scan.longer"]),
        (sheaf_head()._replace(origin="custody.lain/" + "0" * 32), "undecided", ["scan.head.alone", "scan.other-ledger"]),
    ],
)
def test_a_large_code_alone_names_no_page(head: HeadCode, outcome: str, codes: list[str]) -> None:
    (only,) = sheaf.alone([sheaf.picture(sight(head)), sheaf.picture(sight(head))])
    found = sheaf.judge_head(only, Hand())
    assert (found.outcome, [one.code for one in found.told]) == (outcome, codes)


def test_a_large_code_beside_a_page_is_not_alone() -> None:
    assert sheaf.alone([sheaf.picture(sight(sheaf_head(), code(1)))]) == []


def test_every_word_has_one_weight() -> None:
    assert not sheaf.CONTRADICTS & sheaf.UNDECIDED
