"""The strict signature rule: two fast libraries and a slow reference agree, on honest signatures and on the 914 awkward ones."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core import ed25519
from custody.core.errors import BadSignature, KeyTrouble, Malformed
from fixtures import ed25519_reference as reference

FOREIGN = Path(__file__).parents[2] / ".." / "shared" / "vectors" / "ed25519vectors.json"
PATHS: list[Callable[[bytes, bytes, bytes], None]] = [ed25519.verify, ed25519.verify_with_cryptography]
KEY = ed25519.SigningKey.from_seed(bytes(range(32)))


def holds(verify: Callable[[bytes, bytes, bytes], None], public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        verify(public, signature, message)
    except BadSignature:
        return False
    return True


def well_formed(public: bytes) -> bool:
    try:
        ed25519.check_public(public)
    except Malformed:
        return False
    return True


@pytest.mark.parametrize("verify", PATHS, ids=lambda path: path.__name__)
def test_all_914_foreign_signatures_are_decided_by_our_rule(verify: Callable[[bytes, bytes, bytes], None]) -> None:
    if not FOREIGN.exists():
        pytest.skip(f"the foreign vectors are not beside this project: {FOREIGN.name}")
    vectors = json.loads(FOREIGN.read_text("utf-8"))
    assert len(vectors) == 914
    accepted = 0
    for vector in vectors:
        args = bytes.fromhex(vector["key"]), bytes.fromhex(vector["sig"]), vector["msg"].encode()
        assert holds(verify, *args) == reference.accepts(*args), vector["number"]
        accepted += holds(verify, *args)
    assert accepted == 43


def test_foreign_keys_are_well_formed_when_the_reference_decodes_them_to_a_large_order() -> None:
    if not FOREIGN.exists():
        pytest.skip(f"the foreign vectors are not beside this project: {FOREIGN.name}")
    for public in {bytes.fromhex(vector["key"]) for vector in json.loads(FOREIGN.read_text("utf-8"))}:
        point = reference.decode(public)
        assert well_formed(public) == (point is not None and not reference.small_order(point))


def test_the_blocklist_is_every_encoding_of_a_small_order_point() -> None:
    assert len(ed25519.LOW_ORDER) == 14
    for encoded in ed25519.LOW_ORDER:
        number = int.from_bytes(encoded, "little")
        reduced = (number & (2**255 - 1)) % reference.P
        point = reference.decode(reduced.to_bytes(32, "little"))
        assert point is not None and reference.small_order(point)


def test_first_vector_of_rfc_8032() -> None:
    key = ed25519.SigningKey.from_seed(bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
    assert key.public.hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert key.sign(b"").hex() == (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200))
def test_what_is_signed_holds_everywhere(seed: bytes, message: bytes) -> None:
    key = ed25519.SigningKey.from_seed(seed)
    ed25519.check_public(key.public)
    signature = key.sign(message)
    assert reference.accepts(key.public, signature, message)
    assert all(holds(path, key.public, signature, message) for path in PATHS)


@pytest.mark.parametrize("verify", PATHS, ids=lambda path: path.__name__)
def test_no_changed_bit_of_a_signature_or_key_holds(verify: Callable[[bytes, bytes, bytes], None]) -> None:
    signature = KEY.sign(b"contoh")
    for bit in range(512):
        changed = (int.from_bytes(signature, "big") ^ 1 << bit).to_bytes(64, "big")
        assert not holds(verify, KEY.public, changed, b"contoh")
    for bit in range(256):
        changed = (int.from_bytes(KEY.public, "big") ^ 1 << bit).to_bytes(32, "big")
        assert not holds(verify, changed, signature, b"contoh")


@given(st.binary(min_size=32, max_size=32))
def test_a_public_key_is_well_formed_as_the_reference_says(public: bytes) -> None:
    point = reference.decode(public)
    assert well_formed(public) == (point is not None and not reference.small_order(point))


@pytest.mark.parametrize("y", range(19))
@pytest.mark.parametrize("sign", [0, 1])
def test_no_y_from_p_on_is_well_formed(y: int, sign: int) -> None:
    assert not well_formed((reference.P + y | sign << 255).to_bytes(32, "little"))


@pytest.mark.parametrize("verify", PATHS, ids=lambda path: path.__name__)
@pytest.mark.parametrize(("public", "signature"), [(31, 64), (33, 64), (32, 63), (32, 65), (0, 0)])
def test_wrong_lengths_are_bad_signatures(verify: Callable[[bytes, bytes, bytes], None], public: int, signature: int) -> None:
    assert not holds(verify, bytes(public), bytes(signature), b"contoh")


def test_a_key_never_shows_its_seed() -> None:
    seed = bytes(range(32))
    assert seed.hex() not in repr(KEY) and KEY.public.hex() in repr(KEY)
    with pytest.raises(KeyTrouble):
        ed25519.SigningKey.from_seed(seed[:-1])
