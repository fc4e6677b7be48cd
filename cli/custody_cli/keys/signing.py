"""Signing at the table: each signer's own key file, one passphrase each, however many texts; nothing is kept (design chapter 2).

A label scanned into a passphrase prompt is thrown away; three wrong tries end the signing with the trouble of the key.
"""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from custody.core.errors import KeyTrouble
from custody_cli.ground.app import App
from custody_cli.ground.exits import WrongUse
from custody_cli.ground.prompts import new_passphrase, unlock

if TYPE_CHECKING:
    from custody.core.note import Line, VerifierKey
    from custody.station.keyfile import KeyFile


def public_of(path: Path) -> "VerifierKey":
    """Name and public key of a key file, without its passphrase. Raises `KeyTrouble`."""
    from custody.station.keyfile import read_public

    return read_public(path)


def sign_all(app: App, texts: Sequence[bytes], paths: Sequence[Path], files: Sequence[Path] = ()) -> "list[tuple[Line, ...]]":
    """Let the owner of each key file sign all texts; for each text the lines, in the order of the key files.

    `files` are passphrase files: one for each key, one for all, or none, and then each signer is asked.
    Raises `KeyTrouble`, `WrongUse`.
    """
    by_signer = []
    for path, file in zip(paths, matched(paths, files), strict=True):
        opened = open_key(app, path, file)
        by_signer.append([opened.line(text) for text in texts])
        del opened
    return list(zip(*by_signer, strict=True))


def open_key(app: App, path: Path, file: Path | None = None) -> "KeyFile":
    """One person's key, with the passphrase from a file or asked for. Raises `KeyTrouble`."""
    from custody.station.keyfile import load_key, read_passphrase

    if file is not None:
        opened = load_key(path, lambda: read_passphrase(file))
    else:
        _usable(path)
        question = app.say("cli.sign.passphrase", name=public_of(path).name, path=str(path))
        opened = unlock(app.prompter, question, lambda typed: load_key(path, typed.encode), app.say)
    if not opened.guarded:
        app.console.warn(app.say("key.unguarded", path=str(path)))
    return opened


class _Asked(Exception):
    """The passphrase was asked for: all else about a key file is right."""


def _usable(path: Path) -> None:
    """Find what no passphrase can mend before anybody types one. Raises `KeyTrouble`."""
    from custody.station.keyfile import load_key

    def asked() -> bytes:
        raise _Asked

    with suppress(_Asked):
        load_key(path, asked)


def chosen_passphrase(app: App, name: str, file: Path | None) -> bytes:
    """A new passphrase, from a file or typed twice. Raises `KeyTrouble`, `WrongUse`."""
    if file is not None:
        from custody.station.keyfile import read_passphrase

        return read_passphrase(file)
    asked, again = app.say("cli.sign.new", name=name), app.say("cli.sign.again")
    return new_passphrase(app.prompter, asked, again, app.say).encode()


def matched(paths: Sequence[Path], files: Sequence[Path]) -> list[Path | None]:
    """The passphrase file of each key. Raises WrongUse("cli.sign.files")."""
    if not files:
        return [None] * len(paths)
    if len(files) == 1:
        return [files[0]] * len(paths)
    if len(files) != len(paths):
        raise WrongUse("cli.sign.files", keys=len(paths), files=len(files))
    return list(files)


def no_doubles(keys: "Sequence[VerifierKey]") -> None:
    """Raises KeyTrouble("sign.twice") when one key is to sign twice."""
    seen: set[bytes] = set()
    for key in keys:
        if key.public in seen:
            raise KeyTrouble("sign.twice", name=key.name)
        seen.add(key.public)
