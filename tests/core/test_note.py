"""Signed notes: round trips, and no byte that can be changed without being seen."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core import note, statement
from custody.core.errors import BadSignature, Malformed
from custody.core.note import Line, VerifierKey
from fixtures.actors import BAWASLU, GIVER, RECEIVER

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters=[chr(c) for c in range(32) if c != 10]), max_size=60).map(
    lambda text: (text + "\n").encode()
)
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zs", "Zl", "Zp"], exclude_characters="+"), min_size=1, max_size=10)
LINES = st.lists(
    st.builds(Line, NAMES, st.binary(min_size=4, max_size=4), st.binary(min_size=1, max_size=80)),
    min_size=1,
    max_size=16,
    unique_by=lambda line: line[:2],
)


def example() -> bytes:
    text = b'custody/example/v1\n{"n":1}\n'
    return note.join(text, [Line(actor.key.name, actor.key.key_id, actor.sign(text)) for actor in (GIVER, RECEIVER)])


@given(TEXTS, LINES)
def test_what_is_joined_is_split_again(text: bytes, lines: list[Line]) -> None:
    assert note.split(note.join(text, lines)) == (text, tuple(sorted(lines)))


def test_a_glance_cuts_as_a_close_look_does() -> None:
    """Every bit of a statement's note changed, every byte left out or doubled: what both glances pass is what the strict way reads."""
    text = b'custody/report/v1\n{"at":"2024-02-14T05:00:00Z","drawing":"a","facts":"' + b"0" * 64
    text += b'","happened":{"at":"2024-02-14T05:00:00Z","basis":"now"},"ledger":"' + b"1" * 64
    text += b'","scope":{"code":"5307192","kind":"kecamatan"},"seen":null,"size":1,"upto":1}\n'
    whole = note.join(text, [Line(actor.key.name, actor.key.key_id, actor.sign(text)) for actor in (GIVER, RECEIVER)])
    flipped = [whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :] for at in range(len(whole)) for bit in range(8)]
    edited = [whole[:at] + more + whole[at + 1 :] for at in range(len(whole)) for more in (b"", whole[at : at + 1] * 2, b"\n", b"\x00")]
    passed = 0
    for data in (whole, *flipped, *edited, b"", whole * 200):
        cut = note.glance(data)
        if cut is None or statement.glance(cut[0]) is None:
            continue
        passed += 1
        assert cut == note.split_statement(data)
        assert statement.glance(cut[0]) == statement.parse(cut[0])
    assert 0 < passed < len(flipped)


@given(TEXTS, LINES, st.randoms())
def test_the_order_of_signing_leaves_no_trace(text: bytes, lines: list[Line], chance: object) -> None:
    shuffled = list(lines)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert note.join(text, shuffled) == note.join(text, lines)


def test_every_changed_bit_is_refused_or_read_as_something_else() -> None:
    """No two byte strings are the same note."""
    original = example()
    meaning = note.split_statement(original)
    read = 0
    for at in range(len(original)):
        for bit in range(8):
            changed = original[:at] + bytes([original[at] ^ 1 << bit]) + original[at + 1 :]
            try:
                assert note.split_statement(changed) != meaning
                read += 1
            except Malformed:
                pass
    assert read > 0


def test_every_inserted_or_removed_byte_is_refused_or_read_as_something_else() -> None:
    original = example()
    meaning = note.split_statement(original)
    changed = [original[:at] + original[at + 1 :] for at in range(len(original))]
    changed += [original[:at] + put + original[at:] for at in range(len(original) + 1) for put in (b" ", b"\n", b"=", b"A", b"\t", b"\r")]
    for other in changed:
        try:
            assert note.split_statement(other) != meaning
        except Malformed:
            continue


def read_or_told(read: Callable[[bytes], object], block: bytes) -> object:
    try:
        return read(block)
    except Malformed as error:
        return error.code, str(error)
    except UnicodeDecodeError:  # `split` refuses such before
        return "utf8"


PIECES = st.sampled_from([b"", b"\n", b" ", b"+", b"=", b"A", b"B", b"\xe2\x80\x94 ", b"\xc3\xa9", b"\x7f", b"\x85", b"\x00", b"\xff"])
EDITS = st.lists(st.tuples(st.integers(0, 9_999), st.integers(0, 3), PIECES), max_size=3)


@given(st.integers(1, 17), EDITS)
def test_lines_read_together_are_those_read_one_by_one(count: int, edits: list[tuple[int, int, bytes]]) -> None:
    line = example().split(b"\n\n")[1].splitlines(keepends=True)[0]
    block = line * count
    for at, cut, put in edits:
        at %= len(block)
        block = block[:at] + put + block[at + cut :]
    assert read_or_told(note._lines, block) == read_or_told(note._each_line, block)


@pytest.mark.parametrize(
    ("text", "lines", "code"),
    [
        pytest.param(b"", [Line("a", bytes(4), bytes(64))], "note.text", id="no text"),
        pytest.param(b"a", [Line("a", bytes(4), bytes(64))], "note.text", id="no newline"),
        pytest.param(b"a\n", [], "note.lines", id="no line"),
        pytest.param(b"a\n", [Line("a", bytes(4), bytes(64))] * 2, "note.twice", id="line twice"),
        pytest.param(b"a\n", [Line("a", bytes(4), bytes(64)), Line("a", bytes(4), bytes([1]) * 64)], "note.twice", id="key twice"),
        pytest.param(b"a\n", [Line("a b", bytes(4), bytes(64))], "note.base64", id="space in a name"),
        pytest.param(b"a\n", [Line("a\n\n— b", bytes(4), bytes(64))], "note.text", id="a name that would move the cut"),
        pytest.param(b"a\n", [Line("a", bytes(3), bytes(1))], "note.line", id="short key id"),
        pytest.param(b"a\x00\n", [Line("a", bytes(4), bytes(64))], "note.control", id="control"),
    ],
)
def test_what_would_not_be_read_back_is_not_written(text: bytes, lines: list[Line], code: str) -> None:
    with pytest.raises(Malformed) as refusal:
        note.join(text, lines)
    assert refusal.value.code == code


def test_a_verifier_key_is_written_as_it_was_read() -> None:
    for key in (GIVER.key, BAWASLU.key):
        assert VerifierKey.parse(str(key)) == key


def test_one_key_under_two_types_has_two_ids() -> None:
    assert note.key_id("a", note.ED25519, GIVER.key.public) != note.key_id("a", note.COSIGNATURE, GIVER.key.public)


def test_a_bad_signature_names_its_key() -> None:
    with pytest.raises(BadSignature) as refusal:
        GIVER.key.verify(b"text\n", RECEIVER.sign(b"text\n"))
    assert (refusal.value.code, refusal.value.facts) == ("note.signature", {"name": GIVER.key.name})


def test_the_example_of_the_c2sp_page_holds() -> None:
    key = VerifierKey.parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
    text, (line,) = note.split(
        b"This is an example message.\n\n\xe2\x80\x94 example.com/foo "
        b"Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
    )
    assert (line.name, line.key_id) == (key.name, key.key_id)
    key.verify(text, line.signature)
