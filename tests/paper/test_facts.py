"""The facts of a report (docs/spec/13-report.md, REPORT-1, REPORT-4)."""

import json
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core.errors import Malformed
from custody.core.excerpt import Excerpt
from custody.core.merkle import leaf_hash
from custody.core.private import Opening
from custody.paper.proven.evidence import Notes
from custody.paper.proven.facts import DEED, MOST_COPIES, SCOPES, Facts, basis_of
from fixtures.reports import Told
from tests.paper import stories

TEXT = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=20)
HASH = st.binary(min_size=32, max_size=32).map(bytes.hex)
_REPORTS = st.tuples(
    st.tuples(st.sampled_from([kind for kind in SCOPES if kind != "deed"]), TEXT),
    TEXT.filter(lambda name: not name.startswith(DEED)),
    st.just(("",)),
)
_DEEDS = st.tuples(st.tuples(st.just("deed"), TEXT), TEXT.map(DEED.__add__), st.lists(TEXT, min_size=1, max_size=MOST_COPIES).map(tuple))
FACTS = st.builds(
    lambda of, figure, **more: Facts(scope=of[0], drawing=of[1], copies=of[2], figure=figure if of[0][0] == "deed" else (), **more),
    of=st.one_of(_REPORTS, _DEEDS),
    figure=st.lists(st.integers(0, 999), min_size=2, max_size=2).map(sorted).map(tuple) | st.just(()),
    upto=st.integers(1, 2**53 - 1),
    basis=HASH,
    sids=st.lists(HASH, max_size=5).map(tuple),
    openings=st.lists(st.tuples(HASH, st.builds(Opening, TEXT, TEXT, TEXT)), max_size=3).map(tuple),
    titles=st.dictionaries(st.from_regex(r"[a-z]{1,9}", fullmatch=True), TEXT, max_size=3).map(lambda told: tuple(sorted(told.items()))),
    made=st.just("2024-11-27T10:00:00Z"),
    by=TEXT,
    lang=st.sampled_from(("id", "en")),
    renderer=TEXT,
)


@given(FACTS)
def test_round_trip(facts: Facts) -> None:
    data = facts.format()
    assert Facts.parse(data) == facts
    assert facts.hash() == sha256(data).hexdigest()


def _changed(**changes: Any) -> bytes:
    value = {**json.loads(Told().facts().format()), **changes}
    return json.dumps({name: one for name, one in value.items() if one != "gone"}, sort_keys=True, separators=(",", ":")).encode()


REFUSED: dict[str, dict[str, Any]] = {
    "a field missing": {"basis": "gone"},
    "a field more": {"also": 1},
    "scope is a text": {"scope": "box"},
    "scope has more": {"scope": {"code": "-", "kind": "operation", "more": 1}},
    "scope of another kind": {"scope": {"code": "-", "kind": "nation"}},
    "code of the scope is a number": {"scope": {"code": 1, "kind": "box"}},
    "size nothing": {"upto": 0},
    "size below nothing": {"upto": -1},
    "size a text": {"upto": "11"},
    "size true": {"upto": True},
    "a sid that is a number": {"sids": [1]},
    "sids a text": {"sids": "a" * 64},
    "openings a number": {"openings": 7},
    "an opening that is a text": {"openings": ["x"]},
    "an opening with more": {"openings": [{"c": "a", "field": "b", "salt": "c", "value": "d", "e": "f"}]},
    "an opening with less": {"openings": [{"c": "a"}]},
    "an opening of a number": {"openings": [{"c": "a", "field": "b", "salt": "c", "value": 7}]},
    "titles a list": {"titles": []},
    "a title that is a list": {"titles": {"guard": ["Penjaga"]}},
    "made is no moment": {"made": "2024-11-27"},
    "unknown language": {"lang": "jv"},
    "renderer nothing": {"renderer": None},
    "a figure of a report": {"figure": [1, 2]},
    "half a figure of a deed": {"figure": [1], "scope": {"code": "-", "kind": "deed"}, "drawing": "deed-1"},
    "a figure that falls": {"figure": [2, 1], "scope": {"code": "-", "kind": "deed"}, "drawing": "deed-1"},
    "a figure below nothing": {"figure": [-1, 1], "scope": {"code": "-", "kind": "deed"}, "drawing": "deed-1"},
    "a figure of truths": {"figure": [True, True], "scope": {"code": "-", "kind": "deed"}, "drawing": "deed-1"},
    "a figure in words": {"figure": "12", "scope": {"code": "-", "kind": "deed"}, "drawing": "deed-1"},
    "no copy": {"copies": [], "scope": {"code": "-", "kind": "deed"}, "drawing": "deed-1"},
    "copies of a report": {"copies": ["", ""]},
    "a copy of a report for somebody": {"copies": ["Bawaslu"]},
    "too many copies of a deed": {"copies": [""] * 21, "scope": {"code": "-", "kind": "deed"}, "drawing": "deed-1"},
    "copies a text": {"copies": "1"},
    "copies true": {"copies": True},
    "a copy for a number": {"copies": [1], "scope": {"code": "-", "kind": "deed"}, "drawing": "deed-1"},
    "a copy for too long a name": {"copies": ["x" * 61], "scope": {"code": "-", "kind": "deed"}, "drawing": "deed-1"},
    "a deed drawn as a report": {"scope": {"code": "-", "kind": "deed"}},
    "a report drawn as a deed": {"drawing": "deed-1"},
}


@pytest.mark.parametrize("name", REFUSED)
def test_facts_of_another_form_are_refused(name: str) -> None:
    with pytest.raises(Malformed) as refusal:
        Facts.parse(_changed(**REFUSED[name]))
    assert refusal.value.code == "report.facts"


def test_what_is_changed_is_only_what_the_table_says() -> None:
    assert Facts.parse(_changed()) == Told().facts()


def test_the_basis_counts_every_index_and_every_byte() -> None:
    entries = [(0, b"nol"), (3, b"tiga")]
    line = "".join(f"{index} {leaf_hash(note).hex()}\n" for index, note in entries)
    assert basis_of(entries) == sha256(line.encode()).hexdigest()
    others = [[(0, b"nol"), (2, b"tiga")], [(0, b"nol")], [(3, b"tiga"), (0, b"nol")], [(0, b"nol"), (3, b"tigA")], []]
    assert len({basis_of(one) for one in [entries, *others]}) == 6


def test_notes_are_cut_out_of_the_excerpt_as_they_stand_there() -> None:
    data = stories.long().evidence.excerpt
    entries = Excerpt.parse(data).entries
    notes = Notes(data, entries)
    assert (list(notes), len(notes)) == ([index for index, _ in entries], len(entries))
    assert dict(notes) == dict(entries)
