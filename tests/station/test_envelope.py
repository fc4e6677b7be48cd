"""Private rows in an age file: only their receiver opens them, with our program or with age itself."""

import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from custody.core.ed25519 import SigningKey
from custody.core.errors import KeyTrouble
from custody.core.note import ED25519, VerifierKey
from custody.station import device, envelope

SECRET = b'{"codes":[],"openings":[]}'


def made(folder: Path, name: str) -> VerifierKey:
    folder.mkdir()
    return device.new_key(folder / "device", name, lambda size: sha256(name.encode()).digest()[:size].ljust(size, b"x"))


def test_only_the_receiver_opens_it(tmp_path: Path) -> None:
    key, other = made(tmp_path / "a", "ndao"), made(tmp_path / "b", "rote")
    sealed = envelope.sealed(key, SECRET)
    assert SECRET not in sealed and sealed.startswith(b"age-encryption.org/v1\n-> ssh-ed25519 ")
    assert device.opened(tmp_path / "a" / "device", sealed) == SECRET
    with pytest.raises(KeyTrouble, match=r"device\.sealed"):
        device.opened(tmp_path / "b" / "device", sealed)
    assert envelope.sealed(other, SECRET) != sealed


def test_every_changed_byte_is_found(tmp_path: Path) -> None:
    key = made(tmp_path / "a", "ndao")
    sealed = envelope.sealed(key, SECRET)
    for at in range(0, len(sealed), 7):
        data = bytearray(sealed)
        data[at] ^= 1
        with pytest.raises(KeyTrouble, match=r"device\.sealed"):
            device.opened(tmp_path / "a" / "device", bytes(data))


@pytest.mark.skipif(shutil.which("age") is None, reason="the program age is not installed (Debian: age)")
def test_age_itself_opens_what_we_sealed_and_seals_what_we_open(tmp_path: Path) -> None:
    key = made(tmp_path / "a", "ndao")
    path, sealed = tmp_path / "a" / "device", tmp_path / "sealed"
    sealed.write_bytes(envelope.sealed(key, SECRET))
    told = subprocess.run(["age", "-d", "-i", str(path), str(sealed)], capture_output=True, check=True)
    assert told.stdout == SECRET
    half = path.with_name("device.pub")
    subprocess.run(["age", "-R", str(half), "-o", str(tmp_path / "theirs"), "-"], input=SECRET, check=True)
    assert device.opened(path, (tmp_path / "theirs").read_bytes()) == SECRET


def test_a_device_key_is_made_once(tmp_path: Path) -> None:
    key = made(tmp_path / "a", "ndao")
    assert device.new_key(tmp_path / "a" / "device", "ndao", bytes) == key
    assert key == VerifierKey("ndao", ED25519, SigningKey.from_seed(sha256(b"ndao").digest()).public)
    with pytest.raises(KeyTrouble, match=r"device\.other-name"):
        device.new_key(tmp_path / "a" / "device", "rote", bytes)


def test_a_station_that_owes_many_rows_can_be_opened_again(tmp_path: Path) -> None:
    """More than all codes of a kabupaten: what was written is read."""
    owing = device.Device("station", 2**53 - 1).owing(dict.fromkeys((f"{at:064x}" for at in range(120_000)), 2**53 - 1))
    owing.write(tmp_path / "device.json")
    assert device.Device.read(tmp_path / "device.json") == owing
