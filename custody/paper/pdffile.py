"""Reading a PDF that somebody hands us: its attachments, and whether it is the same document as another (spec chapter 13, CHECK).

The file may be hostile. Nothing in it is run; streams are unpacked up to a bound; whatever the parser raises becomes one of ours.
"""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import pikepdf

from custody.core.errors import Undecided

MOST_BYTES = 256 * 1024 * 1024
MOST_ATTACHED = 96 * 1024 * 1024
_PACKING = frozenset(("/Length", "/Filter", "/DecodeParms", "/DL"))
_SAVER = frozenset(("/Metadata", "/Version", "/Extensions"))  # what a program that saves a file again may add to the catalog


@contextmanager
def opened(data: bytes) -> Iterator[pikepdf.Pdf]:
    """The document. Raises `Undecided("check.unreadable")` for what is no PDF, is locked or is too large."""
    if len(data) > MOST_BYTES or b"%PDF-" not in data[:1024]:
        raise Undecided("check.unreadable", bytes=len(data))
    try:
        with pikepdf.open(BytesIO(data), suppress_warnings=True) as document:
            yield document
    except (pikepdf.PdfError, pikepdf.PasswordError, ValueError, TypeError, KeyError, RuntimeError, RecursionError) as error:
        raise Undecided("check.unreadable", bytes=len(data)) from error


def attachments(data: bytes, names: tuple[str, ...]) -> dict[str, bytes]:
    """The attached files of these names. Raises `Undecided("check.not-a-report")` when one is missing or stands twice."""
    with opened(data) as document:
        found: dict[str, bytes] = {}
        for name, stream in _attached(document):
            if name in names:
                if name in found:
                    raise Undecided("check.not-a-report", missing=name)
                found[name] = unpacked(stream)
    missing = [name for name in names if name not in found]
    if missing:
        raise Undecided("check.not-a-report", missing=" ".join(missing))
    return found


def _attached(document: pikepdf.Pdf) -> Iterator[tuple[str, Any]]:
    tree = document.Root.get("/Names")
    tree = tree.get("/EmbeddedFiles") if tree is not None else None
    if tree is None:
        return
    for name, spec in pikepdf.NameTree(tree).items():
        yield str(name), spec.EF.F


def unpacked(stream: Any) -> bytes:
    """The content of a stream, packed by Flate or not at all; bounded. Raises `Undecided("check.packed")`."""
    raw = stream.read_raw_bytes()
    filters = stream.get("/Filter", [])
    names = [str(filters)] if isinstance(filters, pikepdf.Name) else [str(name) for name in filters]
    if not names:
        return bytes(raw)
    if names != ["/FlateDecode"] or stream.get("/DecodeParms") is not None:
        raise Undecided("check.packed", filters=" ".join(names))
    unpacker = zlib.decompressobj()
    try:
        content = unpacker.decompress(raw, MOST_ATTACHED)
    except zlib.error as error:
        raise Undecided("check.packed", filters=" ".join(names)) from error
    if unpacker.unconsumed_tail:
        raise Undecided("check.packed", filters=" ".join(names))
    return content


def same_pages(given: bytes, drawn: bytes) -> int | None:
    """Compare two documents page by page, object by object, however they are packed.

    Returns None when they are the same, else the number of the first page that differs (0: outside the pages).
    """
    with opened(given) as one, opened(drawn) as other:
        for number, (left, right) in enumerate(zip(one.pages, other.pages, strict=False), 1):
            if not _equal(left.obj, right.obj, set()):
                return number
        if len(one.pages) != len(other.pages):
            return min(len(one.pages), len(other.pages)) + 1
        return None if _equal(one.Root, other.Root, set(), _SAVER) else 0


def _equal(one: Any, other: Any, seen: set[tuple[Any, Any]], ignored: frozenset[str] = frozenset()) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, pikepdf.Object) and one.is_indirect and other.is_indirect:
        pair = (one.objgen, other.objgen)
        if pair in seen:
            return True
        seen.add(pair)
    if isinstance(one, pikepdf.Stream):
        return _equal_members(one, other, seen, _PACKING) and unpacked(one) == unpacked(other)
    if isinstance(one, pikepdf.Dictionary):
        return _equal_members(one, other, seen, ignored)
    if isinstance(one, pikepdf.Array):
        return len(one) == len(other) and all(_equal(a, b, seen) for a, b in zip(one, other, strict=True))
    return bool(one == other)


def _equal_members(one: Any, other: Any, seen: set[tuple[Any, Any]], ignored: frozenset[str]) -> bool:
    keys = set(one.keys()) - ignored
    if keys != set(other.keys()) - ignored:
        return False
    return all(_equal(one[key], other[key], seen) for key in sorted(keys))
