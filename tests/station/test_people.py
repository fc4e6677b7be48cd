"""Invitations and proofs: strict lines, one passphrase, and every odd answer named."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core.ed25519 import SigningKey
from custody.core.errors import BadSignature, KeyTrouble, Malformed
from custody.core.note import ED25519, VerifierKey, join
from custody.i18n import words
from custody.station.keyfile import KeyFile
from custody.station.people import Invitation, Proof, answer, pair, read_invitations, read_proofs

LEDGER = "1" * 64
FIRST = Invitation(LEDGER, "a" * 32, "pps-1", "pps", "kpu", ("5307192001",), {"person": "b" * 32})
SECOND = Invitation(LEDGER, "c" * 32, "jaga-1", "guard", None, (), {"person": "d" * 32})


def text_of(invitation: Invitation, key: VerifierKey) -> bytes:
    return f"custody/contoh/v1\n{invitation.key} {key}\n".encode()


def proof_of(invitation: Invitation, seed: int = 1, text: bytes | None = None) -> Proof:
    opened = KeyFile(invitation.key, SigningKey.from_seed(bytes([seed]) * 32))
    signed = text or text_of(invitation, opened.public)
    return Proof(invitation.ledger, invitation.token, opened.public, join(signed, [opened.line(signed)]))


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises((Malformed, BadSignature, KeyTrouble)) as caught:
        call()
    assert words.known(caught.value.code)
    return caught.value.code


codes = st.from_regex(r"[A-Z0-9][A-Z0-9-]{0,31}", fullmatch=True)
invitations = st.builds(
    Invitation,
    ledger=st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
    token=st.from_regex(r"[0-9a-f]{32}", fullmatch=True),
    key=st.from_regex(r"[a-z0-9-]{1,32}", fullmatch=True),
    role=st.sampled_from(["pps", "ppk", "keeper", "guard", "supervisor"]),
    institution=st.sampled_from([None, "kpu", "polri"]),
    places=st.lists(codes, unique=True, max_size=5).map(sorted).map(tuple),
    fixed=st.dictionaries(st.sampled_from(["person", "rank", "delegate"]), st.one_of(st.booleans(), st.integers(0, 99), st.just("é"))),
)


@given(st.lists(invitations, max_size=4))
def test_invitations_round_trip(written: list[Invitation]) -> None:
    assert read_invitations(b"".join(one.format() for one in written)) == tuple(written)


@given(st.lists(st.tuples(invitations, st.integers(0, 255)), max_size=3))
def test_proofs_round_trip(asked: list[tuple[Invitation, int]]) -> None:
    written = [proof_of(invitation, seed) for invitation, seed in asked]
    read = read_proofs(b"".join(one.format() for one in written))
    assert read == tuple(written)
    assert all(one.text() == text_of(invitation, one.key) for one, (invitation, _) in zip(read, asked, strict=True))


LINE = FIRST.format()
BAD_LINES = {
    "rubbish": (b"halo\n", "people.line"),
    "a list": (b"[]\n", "people.line"),
    "spaces": (LINE.replace(b",", b", "), "people.line"),
    "half a line": (LINE[:40], "people.line"),
    "not UTF-8": (LINE.replace(b"kpu", b"k\xffu"), "people.line"),
    "too long": (b'{"a":"' + b"x" * 131_072 + b'"}', "people.line"),
    "a proof": (proof_of(FIRST).format(), "people.kind"),
    "another version": (LINE.replace(b"invitation/v1", b"invitation/v2"), "people.field"),
    "unknown role": (LINE.replace(b'"role":"pps"', b'"role":"raja"'), "people.field"),
    "upper-case key name": (LINE.replace(b"pps-1", b"PPS-1"), "people.field"),
    "places as text": (LINE.replace(b'["5307192001"]', b'"5307192001"'), "people.field"),
    "places twice": (LINE.replace(b'["5307192001"]', b'["5307","5307"]'), "people.field"),
    "an unknown field": (LINE.replace(b'{"custody"', b'{"a":1,"custody"'), "people.field"),
    "a missing field": (LINE.replace(b'"institution":"kpu",', b""), "people.field"),
    "fixed is no object": (LINE.replace(b'{"person":"' + b"b" * 32 + b'"}', b"null"), "people.field"),
}


@pytest.mark.parametrize(("data", "code"), BAD_LINES.values(), ids=BAD_LINES)
def test_a_bad_line_is_named_by_its_number(data: bytes, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        read_invitations(SECOND.format() + b"\n" + data)
    assert (caught.value.code, caught.value.facts["line"]) == (code, 3)


def test_lines_from_windows_and_without_a_last_newline_are_read() -> None:
    data = (FIRST.format() + SECOND.format()).replace(b"\n", b"\r\n").rstrip()
    assert read_invitations(data) == (FIRST, SECOND)
    assert read_invitations(b"") == ()


def test_what_cannot_be_read_is_not_written() -> None:
    assert code_of(lambda: replace(FIRST, key="PPS 1").format()) == "people.field"
    assert code_of(lambda: replace(proof_of(FIRST), token="x").format()) == "people.field"


def test_a_proof_is_signed_by_its_own_key_alone() -> None:
    good, other = proof_of(FIRST), proof_of(FIRST, seed=2)
    assert good.text() == text_of(FIRST, good.key)
    signed = text_of(FIRST, good.key)
    two_lines = join(signed, [KeyFile(name, SigningKey.from_seed(b"\1" * 32)).line(signed) for name in ("pps-1", "pps-2")])
    wrong = {
        "another's key": replace(good, key=other.key),
        "another's note": replace(good, note=other.note),
        "a changed text": replace(good, note=good.note.replace(b"contoh", b"Contoh")),
        "two lines": replace(good, note=two_lines),
    }
    for name, proof in wrong.items():
        assert code_of(proof.text) == "people.signature", name


def test_answering_makes_a_key_asks_once_and_can_be_done_again(tmp_path: Path) -> None:
    asked = []

    def prompt() -> bytes:
        asked.append(1)
        return b"kata sandi rekaan"

    def reply(invitation: Invitation = FIRST) -> Proof:
        return answer(invitation, tmp_path / "kunci", prompt, text_of, random=lambda size: b"r" * size, rounds=1)

    first = reply()
    assert len(asked) == 1
    assert reply() == first
    assert pair([FIRST], [first]).paired == ((FIRST, first),)
    assert code_of(lambda: reply(SECOND)) == "key.other"


def test_answering_with_a_wrong_passphrase_for_the_key_begun_before(tmp_path: Path) -> None:
    replies = [b"satu", b"dua"]

    def reply() -> Proof:
        return answer(FIRST, tmp_path / "kunci", lambda: replies.pop(0), text_of, random=lambda size: b"r" * size, rounds=1)

    reply()
    assert code_of(reply) == "key.passphrase"


GOOD = proof_of(FIRST)
ODD = {
    "unknown token": ([replace(GOOD, token="9" * 32)], ["people.token"]),
    "other ledger": ([replace(GOOD, ledger="2" * 64)], ["people.ledger"]),
    "other name": ([proof_of(replace(FIRST, key="pps-2"))], ["people.name"]),
    "bad signature": ([replace(GOOD, note=GOOD.note.replace(b"contoh", b"Contoh"))], ["people.signature"]),
    "note that is none": ([replace(GOOD, note=b"x")], ["people.signature"]),
    "two keys": ([GOOD, proof_of(FIRST, seed=2)], ["people.twice", "people.twice"]),
    "one key, two texts": ([GOOD, proof_of(FIRST, text=b"lain\n")], ["people.twice", "people.twice"]),
    "one key for two people": ([GOOD, proof_of(SECOND, seed=1)], ["people.same-key", "people.same-key"]),
}


@pytest.mark.parametrize(("proofs", "found"), ODD.values(), ids=ODD)
def test_odd_answers_are_named_and_not_paired(proofs: list[Proof], found: list[str]) -> None:
    pairing = pair([FIRST, SECOND], proofs)
    assert (pairing.paired, pairing.waiting) == ((), (FIRST, SECOND))
    assert [code for code, _ in pairing.doubtful] == found
    assert all(words.known(code) for code in found)


def test_good_answers_are_paired_in_any_number_and_a_damaged_copy_does_no_harm() -> None:
    damaged = replace(GOOD, note=GOOD.note.replace(b"contoh", b"Contoh"))
    pairing = pair([FIRST, SECOND], [damaged, GOOD, GOOD])
    assert pairing.paired == ((FIRST, GOOD),)
    assert pairing.waiting == (SECOND,)
    assert pairing.doubtful == (("people.signature", damaged),)


def test_tokens_do_not_show() -> None:
    assert FIRST.token not in repr(FIRST)
    assert FIRST.token not in repr(GOOD)


def test_the_key_kind_is_a_signing_key() -> None:
    assert GOOD.key.kind == ED25519
