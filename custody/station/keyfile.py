"""Private keys as files: made once, never overwritten, refused when others can read them (no chapter of the spec).

NAME is the key in OpenSSH format with the key's name as comment; NAME.pub beside it is the public half with that name, so that name and key
can be read without the passphrase. The container is trusted for the public key, the `.pub` file for nothing but the name.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from custody import reading
from custody.core.ed25519 import SigningKey
from custody.core.errors import KeyTrouble
from custody.core.note import ED25519, Line, VerifierKey
from custody.durable import sync_folder, trouble
from custody.station import access, openssh
from custody.station.access import Access, Readers

MOST_PASSPHRASE = 1024


@dataclass(frozen=True)
class KeyFile:
    """An opened key. `guarded` is false on a medium that keeps no rights: worth a warning (`key.unguarded`), no refusal."""

    name: str
    signing: SigningKey
    guarded: bool = True

    @property
    def public(self) -> VerifierKey:
        """Name and public key."""
        return VerifierKey(self.name, ED25519, self.signing.public)

    def line(self, text: bytes) -> Line:
        """The signature line of this key over the text of a note."""
        return Line(self.name, self.public.key_id, self.signing.sign(text))


def new_key(
    path: Path,
    name: str,
    passphrase: bytes | None,
    *,
    random: Callable[[int], bytes],
    rounds: int = openssh.ROUNDS,
    rights: Access | None = None,
) -> VerifierKey:
    """Make a key and write it to `path` (mode 0600) and `path`.pub; nothing that exists is touched.

    Both files are on disk when this returns; where it raises, neither is there. After a crash the key file is whole or not there; a lone
    `.pub` may be left.

    :param passphrase: None writes the key open, for a ledger key in file mode only. :param random: gives unpredictable bytes.
    :raises KeyTrouble: `key.exists`, `key.empty`, `key.rounds`, `key.unwritable`, `key.permissions`. :raises Malformed: `key.name`.
    """
    seed = random(32)
    key = VerifierKey(name, ED25519, SigningKey.from_seed(seed).public)
    sealed = openssh.seal(seed, name, passphrase, random, rounds)
    rights = rights or access.system()
    if os.path.lexists(path):
        raise KeyTrouble("key.exists", path=str(path))
    half = public_path(path)
    _write_new(half, openssh.public_line(key.public, name), 0o644, lambda _: None)
    try:
        _write_new(path, sealed, 0o600, lambda descriptor: _check(path, descriptor, rights, encrypted=passphrase is not None))
    except BaseException:
        _without(half)
        raise
    return key


def load_key(path: Path, passphrase: Callable[[], bytes], *, rights: Access | None = None, unencrypted_allowed: bool = False) -> KeyFile:
    """Open a key file; `passphrase` is asked only when the file needs one, and after all else has been found right.

    :param unencrypted_allowed: for the ledger key in file mode, nobody else's.
    :raises KeyTrouble: `key.missing`, `key.unreadable`, `key.permissions`, `key.unencrypted`, `key.passphrase`, and those of
        `openssh.parse`.
    :raises Malformed: `key.name` for a comment that cannot be the name of a key.
    """
    with _about(path), _opened(path) as descriptor:
        container = openssh.parse(_read(descriptor, openssh.MOST_BYTES))
        guarded = _check(path, descriptor, rights or access.system(), encrypted=container.encrypted)
        if not container.encrypted and not unencrypted_allowed:
            raise KeyTrouble("key.unencrypted")
    with _about(path):
        signing, name = container.open(passphrase() if container.encrypted else b"")
    return KeyFile(VerifierKey(name, ED25519, signing.public).name, signing, guarded)


def read_public(path: Path) -> VerifierKey:
    """Name and public key of a key file, without its passphrase and whatever its rights; `path` may be the `.pub` file itself.

    :raises KeyTrouble: `key.missing`, `key.folder`, `key.unreadable`, `key.nameless` without a `.pub` file, `key.pair` where the two
        differ, and those of `openssh.parse`. :raises Malformed: `key.name`.
    """
    half = path if path.suffix == ".pub" else public_path(path)
    stated = None
    if half != path:
        with _about(path), _opened(path) as descriptor:
            stated = openssh.parse(_read(descriptor, openssh.MOST_BYTES)).public
        if not half.exists():
            raise KeyTrouble("key.nameless", path=str(path), public=str(half))
    with _about(half), _opened(half) as descriptor:
        public, name = openssh.parse_public_line(_read(descriptor, openssh.MOST_BYTES))
    if stated not in (None, public):
        raise KeyTrouble("key.pair", path=str(path), public=str(half))
    return VerifierKey(name, ED25519, public)


def read_passphrase(path: Path, *, rights: Access | None = None) -> bytes:
    """The first line of a passphrase file, for `--passphrase-file`; the same rights are asked of it as of an open key.

    :raises KeyTrouble: `key.missing`, `key.unreadable`, `key.permissions`, `key.empty`, `key.long`.
    """
    with _about(path), _opened(path) as descriptor:
        _check(path, descriptor, rights or access.system(), encrypted=False)
        line = _read(descriptor, MOST_PASSPHRASE).split(b"\n", 1)[0].removesuffix(b"\r")
        if not line:
            raise KeyTrouble("key.empty")
        if len(line) > MOST_PASSPHRASE:
            raise KeyTrouble("key.long", limit=MOST_PASSPHRASE)
    return line


def public_path(path: Path) -> Path:
    """Where the public half lies: NAME.pub beside NAME."""
    return path.with_name(path.name + ".pub")


def _check(path: Path, descriptor: int, rights: Access, *, encrypted: bool) -> bool:
    """Whether the medium guards the file; raises when it is open to others, or when nothing at all guards an open secret."""
    readers, shown = rights.readers(path, descriptor)
    if readers is Readers.OTHERS or (readers is Readers.UNKEPT and not encrypted):
        raise KeyTrouble("key.permissions", path=str(path), rights=shown)
    return readers is Readers.OWNER


@contextmanager
def _about(path: Path) -> Iterator[None]:
    """Give every key trouble the file that it is about."""
    try:
        yield
    except KeyTrouble as error:
        error.facts.setdefault("path", str(path))
        raise


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    """A descriptor for reading, so that rights and bytes are those of one and the same file."""
    try:
        if path.is_dir():
            raise KeyTrouble("key.folder")
        descriptor = reading.descriptor(path)
    except FileNotFoundError:
        raise KeyTrouble("key.missing") from None
    except OSError as error:
        raise KeyTrouble("key.unreadable", reason=trouble(error)) from None
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _read(descriptor: int, most: int) -> bytes:
    """Up to `most` bytes and one more, so that a file that is too long shows."""
    data = b""
    try:
        while len(data) <= most and (chunk := os.read(descriptor, most + 1 - len(data))):
            data += chunk
    except OSError as error:
        raise KeyTrouble("key.unreadable", reason=trouble(error)) from None
    return data


def _write_new(path: Path, data: bytes, mode: int, check: Callable[[int], object]) -> None:
    """Write a file that must not exist yet: a private draft beside it, checked, synced, then named in one step. An error leaves neither."""
    named = False
    try:
        descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".new")
        try:
            with os.fdopen(descriptor, "wb") as file:
                check(file.fileno())
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            if mode != 0o600:
                Path(draft).chmod(mode)
            _name(Path(draft), path)
            named = True
        finally:
            Path(draft).unlink(missing_ok=True)
        sync_folder(path.parent)
    except FileExistsError:
        raise KeyTrouble("key.exists", path=str(path)) from None
    except (OSError, ValueError) as error:
        if named:
            _without(path)
        raise KeyTrouble("key.unwritable", path=str(path), reason=trouble(error)) from None


def _without(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def _name(draft: Path, path: Path) -> None:
    """Give the draft its name; never over another file. A hard link is refused by FAT, where a rename must do."""
    try:
        os.link(draft, path)
    except FileExistsError:
        raise
    except OSError:
        if os.path.lexists(path):
            if draft.samefile(path):  # it has the name, and only the answer was lost
                return
            raise FileExistsError(str(path)) from None
        draft.rename(path)
