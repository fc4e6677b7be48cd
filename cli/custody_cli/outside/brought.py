"""One thing that somebody brings: a file, the text of a QR code, a line that was typed; read for what it is (docs/spec/27-receipts.md)."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from custody.core.errors import Altered, BadSignature, CustodyError, Malformed
from custody_cli.ground.exits import WrongUse
from custody_cli.outside.bundled import is_bundle, outsides

if TYPE_CHECKING:
    from custody.core.fork import Fork
    from custody.core.note import VerifierKey
    from custody.core.verify import Outside
    from custody.paper.codes.headcode import HeadCode
    from custody.paper.codes.pagecode import PageCode

_PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff")  # how PNG and JPEG begin


class Brought(NamedTuple):
    """What it is called, and one of: something signed; the proof of a fork; codes and lines that nobody signed.

    more: what else was signed in the same file, of a bundle.
    """

    name: str
    item: "Outside | None" = None
    more: "tuple[Outside, ...]" = ()
    fork: "Fork | None" = None
    page: "PageCode | None" = None
    head: "HeadCode | None" = None
    line: str | None = None

    @property
    def kind(self) -> Literal["signed", "fork", "page", "head", "line"]:
        if self.item is not None:
            return "signed"
        return "fork" if self.fork is not None else "page" if self.page is not None else "head" if self.head is not None else "line"


def bring(what: str, keys: "Iterable[VerifierKey]" = ()) -> list[Brought]:
    """Read what was named; of a picture every code, of a bundle every checkpoint.

    :param keys: of the ledger.

    Raises as `reading.read`, and `WrongUse`: `cli.gossip.text` for a text that is none of ours, `cli.gossip.picture`.
    """
    path = Path(what)
    if not _is_file(path):
        return [_text(what)]
    return _picture(path) if _begins(path, *_PICTURES) else [_file(path, keys)]


def _picture(path: Path) -> list[Brought]:
    """The codes on a photograph. Raises `Undecided("scan.extra")`, and `WrongUse("cli.gossip.picture")` where there is none of ours."""
    from custody.paper.codes.pagesight import MOST_BYTES, sights
    from custody.reading import read

    found = [_text(text) for sight in sights(path.name, read(path, MOST_BYTES)) for text in sight.texts]
    if not found:
        raise WrongUse("cli.gossip.picture", path=str(path))
    return found


def _begins(path: Path, *starts: bytes) -> bool:
    from custody.reading import opened

    with opened(path) as file:
        return file.read(64).startswith(starts)


def _is_file(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a text that no file can be called
        return False


def _file(path: Path, keys: "Iterable[VerifierKey]") -> Brought:
    from custody.core.fork import HEADER, MAX_BYTES, Fork
    from custody.core.verify import Outside
    from custody.reading import read
    from custody_cli.papers.held import outside

    if _begins(path, HEADER):
        return Brought(str(path), fork=Fork.parse(read(path, MAX_BYTES)))
    try:
        if is_bundle(path):
            first, *more = outsides(path, keys)
            return Brought(path.name, first, more=tuple(more))
        return Brought(path.name, outside(path))
    except (Malformed, BadSignature, Altered) as error:  # of a bundle: not even its head came over
        return Brought(path.name, Outside(path.name, b"", unreadable=str(error.facts.get("why", error.code))))


def _text(typed: str) -> Brought:
    """A proof or a checkpoint out of a code; the code of a page or its large one; a short line."""
    from custody.core.proof import HEADER
    from custody.ledger.restore import outside
    from custody.paper.codes import headcode, pagecode

    text = typed.strip()
    name = text.split("\n")[0][:60]
    if text.startswith(HEADER.decode()) or "\n\n— " in text:
        return Brought(name, outside(name, text.encode() + b"\n"))
    if text.upper().startswith(pagecode.HEAD):
        return Brought(name, page=pagecode.parse(text.upper()))
    try:
        return Brought(name, head=headcode.parse(text))
    except CustodyError:
        return _line(text, name)


def _line(text: str, name: str) -> Brought:
    """A short line; whether it is one is found out by whoever compares it."""
    if not text[:1].isdigit():
        raise WrongUse("cli.gossip.text", text=name)
    return Brought(name, line=text)
