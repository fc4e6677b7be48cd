"""Checkpoints and cosignatures: round trips, changed bits, keys that share an id."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core import checkpoint, note
from custody.core.checkpoint import Checkpoint
from custody.core.errors import BadSignature, CustodyError, Malformed
from custody.core.merkle import EMPTY_ROOT
from custody.core.note import Line, VerifierKey
from fixtures.actors import BAWASLU, GIVER, LEDGER, ORIGIN, PARTAI, STRANGER
from fixtures.vectorsets.core_tree import ROOTS

HEAD = Checkpoint(ORIGIN, 7, ROOTS[7])
SIGNED = checkpoint.sign(HEAD, LEDGER.sign, LEDGER.key)


def with_lines(signed: bytes, *lines: Line) -> bytes:
    text, there = note.split(signed)
    return note.join(text, [*there, *lines])


def refusal(check: object, *args: object) -> str:
    with pytest.raises(CustodyError) as caught:
        check(*args)  # type: ignore[operator]
    return caught.value.code


@given(st.integers(1, 2**53 - 1), st.binary(min_size=32, max_size=32))
def test_a_checkpoint_is_read_as_it_was_signed(size: int, root: bytes) -> None:
    head = Checkpoint(ORIGIN, size, root)
    assert Checkpoint.parse(head.text()) == head
    assert checkpoint.open_note(checkpoint.sign(head, LEDGER.sign, LEDGER.key), [LEDGER.key]) == head


@given(st.binary(max_size=120))
def test_no_two_texts_are_one_checkpoint(tail: bytes) -> None:
    for data in (tail, HEAD.text()[:-1] + tail, HEAD.text() + tail, ORIGIN.encode() + b"\n" + tail):
        try:
            head = Checkpoint.parse(data)
        except Malformed:
            continue
        assert head.text() == data


def test_no_changed_bit_of_a_signed_checkpoint_opens() -> None:
    for at in range(len(SIGNED)):
        for bit in range(8):
            changed = SIGNED[:at] + bytes([SIGNED[at] ^ 1 << bit]) + SIGNED[at + 1 :]
            with pytest.raises((Malformed, BadSignature)):
                checkpoint.open_note(changed, [LEDGER.key])


def test_without_its_signature_a_checkpoint_says_nothing() -> None:
    witnessed = with_lines(SIGNED, checkpoint.cosign(SIGNED, BAWASLU.sign, BAWASLU.key, 5))
    text, lines = note.split(witnessed)
    stripped = note.join(text, [line for line in lines if line.name != ORIGIN])
    assert refusal(checkpoint.open_note, stripped, [LEDGER.key, BAWASLU.key]) == "checkpoint.unsigned"
    assert refusal(checkpoint.open_note, SIGNED, []) == "checkpoint.unsigned"


def test_a_cosigning_key_never_stands_in_for_the_ledger() -> None:
    """The same public key under type 0x04 signs other bytes, and under its own type is no ledger key."""
    as_witness = VerifierKey(ORIGIN, note.COSIGNATURE, LEDGER.key.public)
    cosigned = note.join(HEAD.text(), [checkpoint.cosign(SIGNED, LEDGER.sign, as_witness, 5)])
    assert refusal(checkpoint.open_note, cosigned, [LEDGER.key, as_witness]) == "checkpoint.unsigned"


def test_two_keys_with_one_id_are_told_apart_by_the_key() -> None:
    twin = VerifierKey(ORIGIN, note.ED25519, STRANGER.key.public)
    vars(twin)["key_id"] = LEDGER.key.key_id  # as somebody who searched 2^32 keys would have it
    for keys in ([LEDGER.key, twin], [twin, LEDGER.key]):
        assert checkpoint.open_note(SIGNED, keys) == HEAD
    assert refusal(checkpoint.open_note, SIGNED, [twin]) == "note.signature"


def test_a_key_of_another_type_cosigns_nothing_whatever_its_id() -> None:
    witnessed = with_lines(SIGNED, checkpoint.cosign(SIGNED, BAWASLU.sign, BAWASLU.key, 5))
    as_signer = VerifierKey(BAWASLU.key.name, note.ED25519, BAWASLU.key.public)
    vars(as_signer)["key_id"] = BAWASLU.key.key_id
    assert checkpoint.cosignatures(witnessed, [as_signer]) == {}


def test_a_key_that_does_not_fit_its_signer_signs_nothing() -> None:
    assert refusal(checkpoint.sign, HEAD, STRANGER.sign, LEDGER.key) == "note.signature"
    assert refusal(checkpoint.sign, HEAD, GIVER.sign, GIVER.key) == "checkpoint.key"
    assert refusal(checkpoint.sign, HEAD, LEDGER.sign, VerifierKey(ORIGIN, note.COSIGNATURE, LEDGER.key.public)) == "checkpoint.key"
    assert refusal(checkpoint.cosign, SIGNED, PARTAI.sign, BAWASLU.key, 5) == "note.signature"
    assert refusal(checkpoint.cosign, SIGNED, GIVER.sign, GIVER.key, 5) == "cosignature.key"


@pytest.mark.parametrize("time", [0, -1, 2**63])
def test_impossible_times_are_not_cosigned(time: int) -> None:
    assert refusal(checkpoint.cosign, SIGNED, BAWASLU.sign, BAWASLU.key, time) == "cosignature.time"


@given(st.integers(1, 2**63 - 1))
def test_a_cosignature_is_read_with_its_time(time: int) -> None:
    witnessed = with_lines(SIGNED, checkpoint.cosign(SIGNED, BAWASLU.sign, BAWASLU.key, time))
    assert checkpoint.cosignatures(witnessed, [BAWASLU.key, PARTAI.key]) == {BAWASLU.key.name: time}
    assert checkpoint.open_note(witnessed, [LEDGER.key]) == HEAD


def test_what_is_no_checkpoint_is_not_cosigned() -> None:
    statement = note.join(b"custody/example/v1\n{}\n", [Line("a", bytes(4), bytes(64))])
    assert refusal(checkpoint.cosign, statement, BAWASLU.sign, BAWASLU.key, 5) == "checkpoint.lines"
    assert refusal(checkpoint.cosignatures, statement, [BAWASLU.key]) == "checkpoint.lines"


def test_a_cosignature_too_short_to_hold_a_time_is_bad() -> None:
    short = with_lines(SIGNED, Line(BAWASLU.key.name, BAWASLU.key.key_id, bytes(3)))
    assert refusal(checkpoint.cosignatures, short, [BAWASLU.key]) == "note.signature"


def test_the_example_of_the_c2sp_page_has_the_message_that_we_sign() -> None:
    """tlog-cosignature: header, time, and the whole text of the checkpoint."""
    signed: list[bytes] = []
    text = b"example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"

    def sign(message: bytes) -> bytes:
        signed.append(message)
        return BAWASLU.sign(message)

    checkpoint.cosign(note.join(text, [Line("a", bytes(4), bytes(64))]), sign, BAWASLU.key, 1679315147)
    assert signed == [b"cosignature/v1\ntime 1679315147\n" + text]


@pytest.mark.parametrize(
    ("origin", "size", "root", "code"),
    [
        pytest.param("", 1, ROOTS[1], "checkpoint.origin", id="no origin"),
        pytest.param("a b", 1, ROOTS[1], "checkpoint.origin", id="space in the origin"),
        pytest.param("a", -1, ROOTS[1], "checkpoint.size", id="negative"),
        pytest.param("a", 2**53, ROOTS[1], "checkpoint.size", id="too large for JSON"),
        pytest.param("a", 1, ROOTS[1][:31], "checkpoint.root", id="short root"),
        pytest.param("a", 0, ROOTS[1], "checkpoint.root", id="nothing with a root"),
    ],
)
def test_no_checkpoint_can_be_made_that_could_not_be_read(origin: str, size: int, root: bytes, code: str) -> None:
    assert refusal(Checkpoint, origin, size, root) == code
    assert Checkpoint("a", 0, EMPTY_ROOT).size == 0
