"""What stands against a box beside its own chain (docs/spec/09-state.md, FOLD-10)."""

import pytest

from custody.core import standing
from custody.core.findings import Finding, finding, open_breaches
from fixtures.smallworld import BOX, World, ready

OTHER = "PEM24-5307192001-001-PPWP-1"
WRONG = finding("role.kind", 9, slot="receiver")
SIDS = {9: "a" * 64, 7: "b" * 64}

# Name: what is found on the chain of the box, whether a breach of the whole statement at entry 9 stands against the box.
CHAINS: dict[str, tuple[tuple[Finding, ...], bool]] = {
    "nothing": ((), True),
    "something else": ((finding("seal.changed", 7, box=BOX),), True),
    "taken back": ((finding("correction.void", 9, 11, box=BOX, about=SIDS[9]),), False),
    "opened by its officer alone": ((finding("opening.alone", 9, key="kpps-1", sid=SIDS[9]),), False),
    "closed by too few": ((finding("authority.short", 9, kind="closing", sid=SIDS[9]),), False),
    "fallen by a ruling, among others": (
        (finding("ruling.made", 7, 9, 11, box=BOX, stands="-", falls=" ".join(sorted(SIDS.values()))),),
        False,
    ),
    "fallen is another": ((finding("ruling.made", 7, 9, 11, box=BOX, stands=SIDS[9], falls=SIDS[7]),), True),
    "another one taken back": ((finding("correction.void", 7, 11, box=BOX, about=SIDS[7]),), True),
}


@pytest.mark.parametrize("name", CHAINS)
def test_what_was_said_of_a_statement_goes_with_it(name: str) -> None:
    of_box, stands = CHAINS[name]
    found = standing.joined(of_box, [WRONG], SIDS.__getitem__)
    assert found == (*of_box, *([WRONG] if stands else []))
    assert (WRONG in open_breaches(found)) == stands


def test_what_is_found_twice_stands_once() -> None:
    torn = finding("seal.changed", 9, box=BOX)
    assert standing.joined((torn,), [torn, WRONG], SIDS.__getitem__) == (torn, WRONG)


def test_a_finding_concerns_its_box_or_all_that_a_link_moves() -> None:
    world: World = ready()
    line, other = world.line(BOX, None), world.line(OTHER, None)
    link = world.seal(line, other)
    assert standing.concerned(WRONG, link) == [BOX, OTHER]
    assert standing.concerned(finding("seal.reused", 9, box=OTHER), link) == [OTHER]


def test_what_is_no_link_concerns_no_box() -> None:
    world: World = ready()
    body = {"about": [SIDS[9]], "boxes": [BOX], "effect": "remark", "instead": None, "note": None, "reason": "wrong-place"}
    assert standing.concerned(WRONG, world.draft("correction", **body)) == []
