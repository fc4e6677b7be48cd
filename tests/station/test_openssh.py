"""The OpenSSH container: read by programs that we did not write, and every damage named."""

import base64
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_ssh_private_key
from hypothesis import given
from hypothesis import strategies as st

from custody.core.errors import KeyTrouble
from custody.station import openssh

SEED = bytes(range(32))
PHRASE = b"kata sandi rekaan"

needs_ssh_keygen = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed (Debian: openssh-client)")


def counted(count: int) -> bytes:
    """Chance that is none, so that a file can be compared."""
    return bytes(range(7, 7 + count))


def key_file(passphrase: bytes | None = PHRASE, rounds: int = 1) -> bytes:
    return openssh.seal(SEED, "petugas-contoh", passphrase, counted, rounds)


def blob_of(data: bytes) -> bytes:
    return base64.b64decode(b"".join(data.splitlines()[1:-1]))


def framed(blob: bytes) -> bytes:
    return b"-----BEGIN OPENSSH PRIVATE KEY-----\n" + base64.encodebytes(blob) + b"-----END OPENSSH PRIVATE KEY-----\n"


def trouble(data: bytes, passphrase: bytes = PHRASE) -> KeyTrouble:
    with pytest.raises(KeyTrouble) as caught:
        openssh.parse(data).open(passphrase)
    return caught.value


@given(seed=st.binary(min_size=32, max_size=32), comment=st.text(max_size=60), phrase=st.one_of(st.none(), st.binary(min_size=1)))
def test_what_is_sealed_opens(seed: bytes, comment: str, phrase: bytes | None) -> None:
    container = openssh.parse(openssh.seal(seed, comment, phrase, counted, 1))
    key, name = container.open(phrase or b"")
    assert (key.public, name) == (container.public, comment)
    assert key.public == Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    assert container.encrypted is (phrase is not None)


@pytest.mark.parametrize("phrase", [PHRASE, None], ids=["sealed", "open"])
def test_cryptography_reads_what_we_write(phrase: bytes | None) -> None:
    theirs = load_ssh_private_key(key_file(phrase, rounds=2), phrase)
    assert isinstance(theirs, Ed25519PrivateKey)
    assert theirs.private_bytes_raw() == SEED


def test_we_read_what_cryptography_writes() -> None:
    builder = PrivateFormat.OpenSSH.encryption_builder().kdf_rounds(2)
    theirs = Ed25519PrivateKey.from_private_bytes(SEED)
    for encryption, phrase in ((builder.build(PHRASE), PHRASE), (NoEncryption(), b"")):
        key, comment = openssh.parse(theirs.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, encryption)).open(phrase)
        assert (key.public, comment) == (theirs.public_key().public_bytes_raw(), "")


@needs_ssh_keygen
def test_ssh_keygen_reads_what_we_write(tmp_path: Path) -> None:
    path = tmp_path / "kunci"
    path.touch(mode=0o600)
    path.write_bytes(key_file(rounds=16))
    said = subprocess.run(["ssh-keygen", "-y", "-P", PHRASE.decode(), "-f", path], capture_output=True, check=True)
    assert said.stdout == openssh.public_line(openssh.parse(path.read_bytes()).public, "petugas-contoh")


@needs_ssh_keygen
@pytest.mark.parametrize("phrase", ["kata sandi rekaan", ""], ids=["sealed", "open"])
def test_we_read_what_ssh_keygen_writes(tmp_path: Path, phrase: str) -> None:
    path = tmp_path / "kunci"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", phrase, "-C", "petugas-contoh", "-f", path], check=True)
    key, comment = openssh.parse(path.read_bytes()).open(phrase.encode())
    assert (key.public, comment) == openssh.parse_public_line((tmp_path / "kunci.pub").read_bytes())
    assert comment == "petugas-contoh"


def test_a_wrong_passphrase_is_called_wrong() -> None:
    assert trouble(key_file(), b"lain").code == "key.passphrase"
    assert trouble(key_file(), b"").code == "key.passphrase"


def test_windows_line_ends_and_blank_lines_around_are_read() -> None:
    data = b"\r\n" + key_file().replace(b"\n", b"\r\n") + b"\r\n"
    assert openssh.parse(data).open(PHRASE)[1] == "petugas-contoh"


PLAIN = blob_of(key_file(None))
SEALED = blob_of(key_file())
DAMAGED = {
    "empty": (b"", "key.damaged", "frame"),
    "text": (b"bukan kunci", "key.damaged", "frame"),
    "no end line": (key_file().split(b"-----END")[0], "key.damaged", "frame"),
    "not base64": (key_file().replace(b"\n", b"\n=", 2), "key.damaged", "base64"),
    "huge": (b"x" * (openssh.MOST_BYTES + 1), "key.damaged", "size"),
    "magic": (framed(b"openssh-key-v2\0" + PLAIN[15:]), "key.damaged", "magic"),
    "cut short": (framed(PLAIN[:-1]), "key.damaged", "short"),
    "only the magic": (framed(PLAIN[:15]), "key.damaged", "short"),
    "tail": (framed(PLAIN + b"\0"), "key.damaged", "tail"),
    "two keys": (framed(PLAIN.replace(b"\0\0\0\1\0\0\0\x33", b"\0\0\0\2\0\0\0\x33", 1)), "key.damaged", "count"),
    "check numbers": (framed(PLAIN.replace(counted(4) * 2, counted(4) + b"abcd")), "key.damaged", "check"),
    "padding": (framed(PLAIN[:-1] + bytes([PLAIN[-1] ^ 1])), "key.damaged", "padding"),
    "seed of another": (framed(PLAIN.replace(SEED, bytes(32))), "key.damaged", "pair"),
    "half a block": (framed(SEALED[:-164] + (152).to_bytes(4, "big") + SEALED[-152:]), "key.damaged", "length"),
    "RSA": (framed(PLAIN.replace(b"ssh-ed25519", b"ssh-rsa4096")), "key.type", None),
    "other cipher": (framed(SEALED.replace(b"aes256-ctr", b"aes256-cbc")), "key.cipher", None),
    "many rounds": (framed(SEALED.replace(counted(16) + b"\0\0\0\1", counted(16) + b"\xff\xff\xff\xff")), "key.rounds", None),
    "no rounds": (framed(SEALED.replace(counted(16) + b"\0\0\0\1", counted(16) + b"\0\0\0\0")), "key.rounds", None),
    "public half": (openssh.public_line(bytes(32), "x"), "key.public", None),
    "PKCS8": (b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIGb\n-----END ENCRYPTED PRIVATE KEY-----\n", "key.foreign", None),
    "PuTTY": (b"PuTTY-User-Key-File-3: ssh-ed25519\n", "key.foreign", None),
}


@pytest.mark.parametrize(("data", "code", "why"), DAMAGED.values(), ids=DAMAGED)
def test_damage_is_named(data: bytes, code: str, why: str | None) -> None:
    error = trouble(data)
    assert (error.code, error.facts.get("why")) == (code, why)


@given(position=st.integers(0, len(PLAIN) - 1), mask=st.integers(1, 255))
def test_a_changed_byte_never_gives_another_key(position: int, mask: int) -> None:
    changed = bytearray(PLAIN)
    changed[position] ^= mask
    try:
        key, name = openssh.parse(framed(bytes(changed))).open(b"")
    except KeyTrouble:
        return
    assert key.public == openssh.parse(key_file(None)).public
    assert name != "petugas-contoh", "only a byte of the comment can change without being noticed"


@given(st.binary(max_size=300))
def test_rubbish_is_refused_with_a_code(rubbish: bytes) -> None:
    assert re.fullmatch(r"key\.[a-z]+", trouble(framed(rubbish)).code)
    assert re.fullmatch(r"key\.[a-z]+", trouble(framed(PLAIN[:15] + rubbish)).code)


@pytest.mark.parametrize(("phrase", "rounds", "code"), [(b"", 1, "key.empty"), (PHRASE, 0, "key.rounds"), (PHRASE, 1025, "key.rounds")])
def test_a_weak_or_endless_seal_is_refused(phrase: bytes, rounds: int, code: str) -> None:
    with pytest.raises(KeyTrouble) as caught:
        key_file(phrase, rounds)
    assert caught.value.code == code


def test_nothing_shows_the_secret() -> None:
    container = openssh.parse(key_file(None))
    key, _ = container.open(b"")
    for shown in (repr(container), repr(key), str(key)):
        assert SEED.hex() not in shown
        assert repr(SEED)[2:-1] not in shown


def test_the_line_of_a_public_file() -> None:
    public = openssh.parse(key_file()).public
    line = openssh.public_line(public, "petugas contoh")
    assert openssh.parse_public_line(line) == (public, "petugas contoh")
    kind, encoded, _ = line.split(b" ", 2)
    longer = base64.b64encode(base64.b64decode(encoded) + b"x")
    broken = dict.fromkeys([kind + b" " + longer, kind + b" ?", kind], "key.damaged")
    cases = {b"ssh-rsa " + encoded: "key.type", b"": "key.type", **broken}
    for data, code in cases.items():
        with pytest.raises(KeyTrouble) as caught:
            openssh.parse_public_line(data)
        assert caught.value.code == code
