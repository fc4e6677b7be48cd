"""Bundles: what is written is read again; every cut and every changed byte is found, and what came before it may be used."""

import io
from collections.abc import Callable
from hashlib import sha256
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core import bundle
from custody.core.bundle import Answers, Head, Part, Reader, Refusal, Writer
from custody.core.checkpoint import Checkpoint
from custody.core.ed25519 import SigningKey
from custody.core.enclosed import Code, Rows, portions
from custody.core.errors import Altered, BadSignature, CustodyError, Malformed
from custody.core.note import ED25519, Line, VerifierKey
from custody.core.private import Opening

SIGNING = SigningKey.from_seed(sha256(b"device").digest())
KEY = VerifierKey("ndao", ED25519, SIGNING.public)
HEAD = Head("2024-11-27T10:00:00Z", 3, KEY, "ab" * 32, "00" * 16, Checkpoint("custody.contoh/" + "ab" * 16, 5, bytes(32)), "00" * 64, 5)


def sign(text: bytes) -> Line:
    return Line(KEY.name, KEY.key_id, SIGNING.sign(text))


def written(fill: Callable[[Writer], None]) -> bytes:
    file = io.BytesIO()
    writer = Writer(file.write, HEAD, sign)
    fill(writer)
    writer.end()
    return file.getvalue()


def some(writer: Writer) -> None:
    writer.entries(5, [b"satu", b"dua"])
    writer.checkpoint(7, b"titik")
    writer.entries(7, [b"tiga"])
    writer.notes([b"empat"])


WHOLE = written(some)


def read(data: bytes) -> tuple[list[Part], Reader]:
    """Whatever comes before the end or an error, which is kept in the list's place."""
    reader = Reader(io.BytesIO(data).read)
    return list(reader), reader


def before_error(data: bytes) -> list[Part]:
    """The parts that were given before something was wrong."""
    found: list[Part] = []
    with pytest.raises(CustodyError):
        for part in Reader(io.BytesIO(data).read):
            found.append(part)
    return found


def test_what_is_written_is_read_again() -> None:
    parts, reader = read(WHOLE)
    assert reader.head == HEAD and reader.whole
    assert [(part.kind, part.start, part.amount) for part in parts] == [
        ("entries", 5, 2),
        ("checkpoint", 7, 1),
        ("entries", 7, 1),
        ("notes", None, 1),
    ]
    assert [part.notes() for part in parts if part.kind != "checkpoint"] == [[b"satu", b"dua"], [b"tiga"], [b"empat"]]


def test_a_file_that_ends_anywhere_is_cut_and_its_beginning_is_as_it_was() -> None:
    whole = read(WHOLE)[0]
    for end in range(len(WHOLE)):
        with pytest.raises(Altered, match=r"bundle\.cut"):
            read(WHOLE[:end])
        if end > WHOLE.index(b'{"count":2'):
            found = before_error(WHOLE[:end])
            assert found == whole[: len(found)]


def test_every_changed_bit_is_found_and_nothing_changed_is_given() -> None:
    whole = read(WHOLE)[0]
    for at in range(len(WHOLE)):
        data = bytearray(WHOLE)
        data[at] ^= 1 << at % 8
        try:
            found = before_error(bytes(data))
        except AssertionError:
            pytest.fail(f"byte {at} may be changed")
        except CustodyError:
            found = []
        assert {part.data for part in found} <= {part.data for part in whole}, at


def test_a_bundle_is_never_held_whole() -> None:
    """A file of 64 MB: no read asks for more than one part."""
    asked: list[int] = []
    part = b"x" * 60_000

    def fill(writer: Writer) -> None:
        for number in range(8):
            writer.notes([part] * 128) if number else writer.entries(5, [part])

    stream = io.BytesIO(written(fill))

    def take(size: int) -> bytes:
        asked.append(size)
        return stream.read(min(size, 1 << 16))  # a network gives less than was asked for

    reader = Reader(take)
    assert sum(one.amount for one in reader) == 7 * 128 + 1 and reader.whole
    assert max(asked) <= bundle.MOST_PART


BOUNDS: list[tuple[str, Callable[[Writer], None]]] = [
    ("too many notes", lambda writer: writer.notes([b"x"] * (bundle.MOST_NOTES + 1))),
    ("no notes", lambda writer: writer.notes([])),
    ("an empty part", lambda writer: writer.private(b"")),
    ("a part that is too large", lambda writer: writer.private(b"x" * (bundle.MOST_PART + 1))),
]


@pytest.mark.parametrize(("name", "fill"), BOUNDS, ids=[case[0] for case in BOUNDS])
def test_nothing_beyond_the_bounds_is_written(name: str, fill: Callable[[Writer], None]) -> None:
    with pytest.raises(Malformed, match=r"bundle\.part"):
        written(fill)


def test_a_line_without_end_is_not_waited_for() -> None:
    asked = [0]

    def endless(size: int) -> bytes:
        asked[0] += size
        return (bundle.MAGIC + b"{")[:size] if asked[0] <= len(bundle.MAGIC) else b"x" * size

    with pytest.raises(Malformed, match=r"bundle\.part"):
        Reader(endless)
    assert asked[0] < 1_000


def test_a_head_by_another_key_is_not_taken() -> None:
    other = SigningKey.from_seed(sha256(b"other").digest())
    file = io.BytesIO()
    Writer(file.write, HEAD, lambda text: Line(KEY.name, KEY.key_id, other.sign(text)))
    with pytest.raises(BadSignature, match=r"note\.signature"):
        Reader(io.BytesIO(file.getvalue()).read)


@given(st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=20))
def test_notes_are_packed_and_unpacked(notes: list[bytes]) -> None:
    assert bundle.unpacked(bundle.packed(notes), len(notes)) == notes


@given(st.sets(st.integers(1, 60)))
def test_spans_say_the_same_numbers(numbers: set[int]) -> None:
    spans = bundle.spans(numbers)
    assert {one for first, last in spans for one in range(first, last + 1)} == numbers
    assert all(one[1] + 1 < other[0] for one, other in pairwise(spans))


def test_answers_keep_the_newest() -> None:
    many = Answers(
        tuple((2 * at + 1, 2 * at + 1) for at in range(2_000)), tuple(Refusal("00" * 32, f"{at:064x}", "x.y", "{}") for at in range(600))
    )
    found = Answers.parse(many.format())
    assert found.heard[-1] == (3_999, 3_999) and len(found.heard) == bundle.MOST_SPANS
    assert found.refused[-1].sid == f"{599:064x}" and len(found.refused) == bundle.MOST_ANSWERS


def test_private_rows_go_in_portions() -> None:
    openings = [Opening("name", f"{at:032x}", "Petugas Contoh") for at in range(300)]
    codes = [Code("ABCDEFGHJKMNPQRS", None)] * 600
    found = [Rows.parse(one.format()) for one in portions(openings, codes)]
    assert [row for one in found for row in one.openings] == openings
    assert [row for one in found for row in one.codes] == codes


def test_private_rows_take_any_name() -> None:
    odd = Opening("name", "00" * 16, "Bripka I Gede Contoh, S.H.\u202e é")
    assert Rows.parse(Rows((odd,)).format()).openings == (odd,)
