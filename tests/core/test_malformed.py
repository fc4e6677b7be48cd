"""Whatever bytes come in, only errors of our own family come out."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core import canonical, checkpoint, ed25519, labelcode, merkle, note
from custody.core.checkpoint import Checkpoint
from custody.core.errors import Altered, CustodyError, Malformed, quoted
from custody.core.merkle import Frontier
from custody.core.note import VerifierKey
from custody.core.policy import Policy
from custody.core.proof import Proof
from fixtures.actors import BAWASLU, GIVER, LEDGER
from fixtures.vectorsets import core_checkpoint, core_json, core_note, core_policy, core_proof
from fixtures.vectorsets.core_tree import LEAVES

POLICY = Policy.parse(core_proof.POLICY.encode())
READERS: dict[str, tuple[Callable[[bytes], Any], bytes]] = {
    "canonical.decode": (canonical.decode, core_json.EXAMPLE.encode()),
    "note.split": (note.split, core_note.EXAMPLE),
    "note.split_statement": (note.split_statement, core_note.EXAMPLE),
    "VerifierKey.parse": (lambda data: VerifierKey.parse(data.decode("utf-8", "surrogateescape")), str(GIVER.key).encode()),
    "Checkpoint.parse": (Checkpoint.parse, core_checkpoint.TEXT),
    "open_note": (lambda data: checkpoint.open_note(data, [LEDGER.key]), core_checkpoint.EXAMPLE),
    "cosignatures": (lambda data: checkpoint.cosignatures(data, [BAWASLU.key]), core_checkpoint.EXAMPLE),
    "cosign": (lambda data: checkpoint.cosign(data, BAWASLU.sign, BAWASLU.key, 1), core_checkpoint.EXAMPLE),
    "Proof": (lambda data: Proof.parse(data).verify(LEAVES[4], POLICY), core_proof.EXAMPLE),
    "Policy.parse": (Policy.parse, core_policy.EXAMPLE.encode()),
    "Policy.checkpoint": (POLICY.checkpoint, core_checkpoint.EXAMPLE),
    "Policy.witnessed": (POLICY.witnessed, core_checkpoint.EXAMPLE),
    "labelcode.parse": (lambda data: labelcode.parse(data.decode("utf-8", "surrogateescape")), b"KSU13Z0N8RA1P9Q2TM6V3"),
    "labelcode.check_symbol": (lambda data: labelcode.check_symbol(data.decode("latin-1")), b"3Z0N8RA1P9Q2TM6V"),
    "labelcode.commitment": (lambda data: labelcode.commitment("0" * 16, data.decode("latin-1")), b"0" * 64),
    "labelcode.from_random": (labelcode.from_random, bytes(10)),
    "ed25519.check_public": (ed25519.check_public, GIVER.key.public),
    "ed25519.verify": (lambda data: ed25519.verify(GIVER.key.public, data, b"a"), GIVER.sign(b"a")),
    "ed25519.verify key": (lambda data: ed25519.verify(data, GIVER.sign(b"a"), b"a"), GIVER.key.public),
    "Tree.append": (lambda data: merkle.Tree().append(data), bytes(32)),
}
NUMBERS_AND_GAPS = [b"\n", b"\n\n", b" ", b"+", b"=", b"0", b"-1", b"9" * 5000, b"{"]
PIECES = [*NUMBERS_AND_GAPS, b"\xe2\x80\x94 ", b"\xff", b"\x00", b"\xed\xa0\x80", b"\xd9\xa7"]


@st.composite
def mutations(draw: st.DrawFn, original: bytes) -> bytes:
    """The original with up to four places cut, doubled, overwritten or filled with something awkward."""
    data = original
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(len(data), start + 40)))
        put = draw(st.sampled_from([*PIECES, b"", data[start:end] * 2]) | st.binary(max_size=6))
        data = data[:start] + put + data[end:]
    return data


def only_ours(read: Callable[[bytes], Any], data: bytes) -> None:
    try:
        read(data)
    except CustodyError as error:
        str(error).encode()  # its facts can be shown and written anywhere


@pytest.mark.parametrize("name", READERS)
def test_the_unharmed_input_is_read(name: str) -> None:
    read, original = READERS[name]
    read(original)


@pytest.mark.parametrize("name", READERS)
@given(st.data())
def test_changed_input_brings_no_foreign_error(name: str, data: st.DataObject) -> None:
    read, original = READERS[name]
    only_ours(read, data.draw(mutations(original)))


@pytest.mark.parametrize("name", READERS)
@given(st.binary(max_size=300))
def test_random_input_brings_no_foreign_error(name: str, data: bytes) -> None:
    only_ours(READERS[name][0], data)


HASHES = st.lists(st.binary(min_size=30, max_size=33) | st.just(LEAVES[0]), max_size=6)
NUMBERS = st.integers(-3, 12) | st.integers()


@given(NUMBERS, NUMBERS, HASHES, st.binary(max_size=33))
def test_random_proofs_are_altered_and_nothing_else(one: int, two: int, proof: list[bytes], root: bytes) -> None:
    with pytest.raises(Altered):
        merkle.verify_inclusion(root, one, two, proof, bytes(32))
    try:
        merkle.verify_consistency(one, two, root, bytes(32), proof)
    except Altered:
        return
    assert (one, root, proof) == (0, merkle.EMPTY_ROOT, []) or (one == two and root == bytes(32) and not proof)


@given(NUMBERS, HASHES)
def test_a_random_edge_brings_no_foreign_error(size: int, hashes: list[bytes]) -> None:
    try:
        Frontier.from_hashes(size, hashes)
    except Malformed:
        return


@given(st.text() | st.text(st.characters(categories=["Cs", "Cc", "Cf"])) | st.binary(max_size=300))
def test_what_is_quoted_in_an_error_can_be_shown_anywhere(found: str | bytes) -> None:
    shown = quoted(found)
    assert shown.isprintable()
    shown.encode()
