"""Statements (spec chapters 7 and 8): round trips of every kind; whatever is changed in one is malformed or another statement."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core import canonical, entry, note, statement
from custody.core.errors import CustodyError, Malformed
from custody.core.kinds import KINDS
from custody.core.statement import MOST_BYTES, Statement
from fixtures.smallworld import World
from fixtures.vectorsets.core_kinds import FIELDS

WORLD = World()
VALID: dict[str, Statement] = {"founding": WORLD.founding, **{kind: WORLD.draft(kind, **fields) for kind, fields in FIELDS.items()}}
KIND = st.sampled_from(sorted(VALID))
# What a field may be changed into: every type of JSON, and what looks like what it was.
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False),
    st.text(max_size=6),
    st.sampled_from(
        ["", " a", "a" * 64, "A" * 64, "0" * 32, "2024-11-27T10:00:00Z", "2024-11-27T10:00:00+00:00", "kpps-1", "K", "п", "１"]
    ),
)
VALUES = SCALARS | st.lists(SCALARS, max_size=2) | st.dictionaries(st.sampled_from(["at", "box", "c", "x"]), SCALARS, max_size=2)


def test_every_kind_has_a_valid_statement() -> None:
    assert set(VALID) == set(KINDS)


@pytest.mark.parametrize("kind", VALID)
def test_round_trip(kind: str) -> None:
    made = VALID[kind]
    read = statement.parse(made.text)
    assert (read.kind.name, read.sid, read.text, read.body) == (kind, made.sid, made.text, made.body)
    assert statement.draft(kind, read.body) == made


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place in a JSON value, the inner ones too."""
    found = [path] if path else []
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        found += places(member, (*path, key))
    return found


def changed(body: dict[str, Any], path: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    """The body with another value at one place; `...` takes it away."""
    whole = copy.deepcopy(body)
    inner: Any = whole
    for step in path[:-1]:
        inner = inner[step]
    if value is ...:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return whole


def attempt(kind: str, body: dict[str, Any]) -> Statement | None:
    """Read the text of this body; None where it is malformed. Nothing else may be raised."""
    text = f"custody/{kind}/v1\n".encode() + json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
    try:
        return statement.parse(text)
    except Malformed as error:
        str(error).encode()
        return None


@given(st.data(), KIND, VALUES)
def test_a_changed_place_is_malformed_or_another_statement(data: st.DataObject, kind: str, value: Any) -> None:
    made = VALID[kind]
    path = data.draw(st.sampled_from(places(made.body)))
    body = changed(made.body, path, value)
    read = attempt(kind, body)
    if read is None:
        with pytest.raises(Malformed):
            statement.draft(kind, body)
        return
    assert read.body == body
    assert (read.sid == made.sid) == (body == made.body and canonical.encode(body) == canonical.encode(made.body))


@pytest.mark.parametrize("kind", VALID)
def test_no_field_may_be_left_out_or_added_at_any_depth(kind: str) -> None:
    made = VALID[kind]
    for path in places(made.body):
        if isinstance(path[-1], str):
            assert attempt(kind, changed(made.body, path, ...)) is None, path
        inner: Any = made.body
        for step in path[:-1]:
            inner = inner[step]
        if isinstance(inner, dict):
            assert attempt(kind, changed(made.body, (*path[:-1], "extra"), None)) is None, path
    assert attempt(kind, {**made.body, "extra": None}) is None


@pytest.mark.parametrize("kind", VALID)
def test_the_text_of_one_kind_is_none_of_another(kind: str) -> None:
    for other in set(KINDS) - {kind}:
        assert attempt(other, VALID[kind].body) is None, other


@given(st.binary(max_size=200))
def test_random_bytes_are_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        statement.parse(data)
    with pytest.raises(Malformed):
        entry.parse(data)


@given(KIND, st.integers(0, 10**6), st.binary(max_size=3), st.integers(0, 3))
def test_changed_bytes_are_malformed_or_what_they_say(kind: str, place: int, put: bytes, cut: int) -> None:
    text = VALID[kind].text
    at = place % len(text)
    data = text[:at] + put + text[at + cut :]
    try:
        read = statement.parse(data)
    except Malformed:
        return
    assert read.text == data
    assert canonical.encode(read.body) == data.split(b"\n")[1]


@given(KIND, st.integers(0, 10**6), st.binary(max_size=3), st.integers(0, 3))
def test_changed_notes_bring_no_foreign_error(kind: str, place: int, put: bytes, cut: int) -> None:
    data = WORLD.sign(VALID[kind], "kpu-1", "polri-1")
    at = place % len(data)
    try:
        entry.parse(data[:at] + put + data[at + cut :])
    except CustodyError as error:
        str(error).encode()


ODD = {
    "deep": b'{"at":' + b"[" * 5000 + b"]" * 5000 + b"}",
    "deep object": b'{"at":' * 2000 + b"1" + b"}" * 2000,
    "a huge integer": b'{"at":' + b"9" * 5000 + b"}",
    "2^53": b'{"at":9007199254740992}',
    "a float": b'{"at":1.5}',
    "an exponent": b'{"at":1e3}',
    "minus nothing": b'{"at":-0}',
    "a key twice": b'{"at":1,"at":1}',
    "a lone surrogate": b'{"at":"\\ud800"}',
    "a list": b"[]",
    "nothing": b"",
    "not a number": b'{"at":NaN}',
    "a byte order mark": b"\xef\xbb\xbf{}",
}


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("kind", ["seal", "founding"])
def test_odd_json_is_malformed(kind: str, name: str) -> None:
    with pytest.raises(Malformed):
        statement.parse(f"custody/{kind}/v1\n".encode() + ODD[name] + b"\n")


LOOKALIKES = {
    "cyrillic a in a key name": ("seal", ("sealer",), "kpps-а"),
    "fullwidth digits in a place": ("seal", ("place",), "５３０７"),
    "arabic digits in a box id": ("correction", ("boxes", 0), "PEM24-5307192001-٠٠١-DPR-1"),
    "fullwidth digits in a moment": ("seal", ("at",), "２０２４-11-27T10:00:00Z"),
    "combining mark in a code word": ("incident", ("code",), "floo\u0301d"),
    "no-break space in an order": ("closing", ("permit",), "45/PP\u00a008"),
    "capital hash": ("report", ("facts",), "6A" * 32),
    "dotless i in a kind of place": ("places", ("places", 0, "kind"), "vehıcle"),
    "kelvin sign in a plate": ("handoff", ("vehicle",), "D\u212a-1"),
}


@pytest.mark.parametrize("name", LOOKALIKES)
def test_lookalikes_are_malformed(name: str) -> None:
    kind, path, value = LOOKALIKES[name]
    assert attempt(kind, changed(VALID[kind].body, path, value)) is None


def test_a_draft_leaves_room_for_signatures() -> None:
    photos = [f"{number:064x}" for number in range(250)]
    line = FIELDS["seal"]["boxes"][0]
    boxes = [{**line, "box": f"PEM24-53071920{number:02}-001-DPR-1"} for number in range(99)]
    fits = statement.draft("seal", {**VALID["seal"].body, "boxes": boxes})
    assert len(fits.text) < MOST_BYTES - 4_096
    many = sorted(
        ({**line, "box": f"PEM24-5307192{number:03}-001-DPR-1", "prev": photos[number]} for number in range(250)), key=lambda b: b["box"]
    )
    with pytest.raises(Malformed, match=r"statement\.size"):
        statement.draft("seal", {**VALID["seal"].body, "boxes": many})


def test_a_kind_that_does_not_exist_is_malformed_when_drafting_too() -> None:
    with pytest.raises(Malformed, match=r"statement\.kind"):
        statement.draft("vote", {})


def test_the_reason_names_the_place() -> None:
    body = changed(VALID["handoff"].body, ("boxes", 0, "seals", 1, "state"), "cut")
    with pytest.raises(Malformed) as refused:
        statement.draft("handoff", body)
    assert refused.value.facts["field"] == "boxes[0].seals[1].state"


def test_the_reason_can_be_shown_anywhere() -> None:
    with pytest.raises(Malformed) as refused:
        statement.parse(b"custody/\x1b[2J\xff/v1\nx\n")
    assert str(refused.value.facts["line"]).isprintable()
    assert note.MAX_BYTES == MOST_BYTES
