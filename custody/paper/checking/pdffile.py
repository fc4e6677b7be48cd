"""Reading a PDF that somebody hands us: its attachments, and where it differs from another (spec chapter 13, CHECK-1 and CHECK-4).

The file may be hostile. Nothing in it is run; streams are unpacked up to a bound; whatever the parser raises becomes one of ours.
"""

import logging
import re
import zlib
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from itertools import islice
from typing import Any

import pikepdf

from custody.core.errors import Undecided
from custody.paper.checking import pagesigns, unproven, xmp
from custody.paper.checking.onereading import one_reading

MOST_BYTES = 256 * 1024 * 1024
MOST_ATTACHED = 96 * 1024 * 1024
MOST_OBJECTS = 400_000  # some 130,000 pages
_ROW = re.compile(rb"[0-9]{10} [0-9]{5} [nf]")
_PACKING = frozenset(("/Length", "/Filter", "/DecodeParms"))
_KINDS = (pikepdf.Stream, pikepdf.Dictionary, pikepdf.Array, pikepdf.Name, pikepdf.String, pikepdf.Object)  # a stream is a dictionary too
_SAVER = frozenset(("/Version", "/Pages", "/Metadata"))  # of the catalog: what a program that saves again may change
_BESIDE = frozenset(("/AF", "/Lang", "/MarkInfo", "/PageMode", "/StructTreeRoot", "/ViewerPreferences"))  # of it: may lack, shows nothing
_EDGES = frozenset(("/CropBox", "/BleedBox", "/TrimBox", "/ArtBox"))  # of a page: said or not, where they are the page itself
_ROWS_MORE = re.compile(r"reported number of objects \([0-9]+\) is not one plus the highest object number")  # `onereading` judges that
_DEFAULTS = {"/UserUnit": 1, "/Rotate": 0}  # of a page: what holds where nothing is said
_LEVELS = frozenset(("/Type", "/BaseVersion", "/ExtensionLevel"))  # of an extension
_MOST_PARTS = 64  # streams that the content of one page may be cut into
_PLACE = frozenset(("/Parent",))  # where a page hangs in the tree; its order is compared, the shape of the tree is nobody's business
_SAVED = frozenset(("/Producer", "/ModDate", "/CreationDate"))  # of the document information: what saving again changes by itself
BROKEN = (  # what the parser may raise about a file
    pikepdf.PdfError,
    pikepdf.PasswordError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RuntimeError,
    MemoryError,
)


@cache
def _bounded() -> None:
    """Limits of the parser, and that it keeps what it thinks of a file to itself; both hold for the whole process."""
    logging.getLogger("pikepdf").addHandler(logging.NullHandler())
    pikepdf.settings.set_qpdf_limits(
        parser_max_container_size=2 * MOST_OBJECTS,
        doc_max_warnings=50,
        flate_max_memory=MOST_ATTACHED,
        run_length_max_memory=MOST_ATTACHED,
        png_max_memory=MOST_ATTACHED,
        tiff_max_memory=MOST_ATTACHED,
    )


def cut(data: bytes) -> bool:
    """Whether a PDF stops before its end (ISO 32000-1, 7.5.5): what a parser then makes of the rest is a guess."""
    return b"%PDF-" in data[:1024] and b"%%EOF" not in data[-1024:]


def _rows(data: bytes) -> int:
    """How many rows its tables of contents have together; not counted where so many have no room."""
    return sum(1 for _ in islice(_ROW.finditer(data), MOST_OBJECTS + 1)) if len(data) > 20 * MOST_OBJECTS else 0


@contextmanager
def opened(data: bytes) -> Iterator[pikepdf.Pdf]:
    """The document. Raises `Undecided("check.unreadable")` for what is no PDF, is locked, is too large or breaks the parser."""
    if len(data) > MOST_BYTES or b"%PDF-" not in data[:1024] or data.count(b" obj") > MOST_OBJECTS or _rows(data) > MOST_OBJECTS:
        raise Undecided("check.unreadable", bytes=len(data))
    _bounded()
    try:
        with pikepdf.open(BytesIO(data), suppress_warnings=True) as document:
            yield document
    except BROKEN as error:
        raise Undecided("check.unreadable", bytes=len(data)) from error


def attachments(data: bytes, names: tuple[str, ...]) -> dict[str, bytes]:
    """The attached files of these names. Raises `Undecided` with one of the codes of `unproven.code` when one is missing."""
    with opened(data) as document:
        found = {name: unpacked(stream) for name, stream in _attached(document, names)}
        missing = [name for name in names if name not in found]
        if missing:
            raise Undecided(unproven.code(document), missing=" ".join(missing))
    return found


def _attached(document: pikepdf.Pdf, names: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    tree = document.Root.get("/Names")
    tree = tree.get("/EmbeddedFiles") if tree is not None else None
    if tree is None:
        return
    for name, spec in pikepdf.NameTree(tree).items():
        if str(name) in names:
            yield str(name), spec.EF.F


def unpacked(stream: Any) -> bytes:
    """The content of a stream, packed by Flate or not at all. Raises `Undecided("check.packed")` for anything else or too much."""
    content = begun(stream, MOST_ATTACHED + 1)
    if len(content) > MOST_ATTACHED:
        raise Undecided("check.packed", filters="/FlateDecode")
    return content


def begun(stream: Any, most: int) -> bytes:
    """The first `most` bytes of the content. Raises `Undecided("check.packed")` for a packing that we do not undo."""
    raw = stream.read_raw_bytes()
    filters = stream.get("/Filter", [])
    names = [str(filters)] if isinstance(filters, pikepdf.Name) else [str(name) for name in filters]
    if not names:
        return bytes(raw[:most])
    if names != ["/FlateDecode"] or stream.get("/DecodeParms") is not None:
        raise Undecided("check.packed", filters=" ".join(names))
    packed = zlib.decompressobj()
    try:
        content = packed.decompress(raw, most)
    except zlib.error as error:
        raise Undecided("check.packed", filters=" ".join(names)) from error
    cut = len(content) < most and not packed.eof
    if cut or packed.unused_data.strip(b"\r\n"):
        raise Undecided("check.packed", filters=" ".join(names))
    return content


def first_difference(given: bytes, drawn: bytes) -> int | None:
    """Compare two documents page by page, object by object, however they are packed.

    Returns None when they are the same, else the number of the first page that differs (0: outside the pages). Raises
    `Undecided("check.damaged")` for a file that looks the same only after the parser has mended it, and `check.views` for one in which
    others may find something else.
    """
    with opened(given) as one, opened(drawn) as other:
        known = paired(one, other)
        for number, (left, right) in enumerate(zip(one.pages, other.pages, strict=False), 1):
            if not _same_page(left.obj, right.obj, known):
                return number
        if len(one.pages) != len(other.pages):
            return min(len(one.pages), len(other.pages)) + 1
        told = _description(one)
        if told is None or not _equal(one.Root, other.Root, known, saved(one.Root)) or not _told(one).items() <= _told(other).items():
            return 0
        if not xmp.same(told, unpacked(other.Root.Metadata)):
            raise Undecided("check.metadata")
        if any(not _ROWS_MORE.search(warning) for warning in one.get_warnings()):
            raise Undecided("check.damaged", bytes=len(given))
        if one.is_encrypted or one.is_linearized or not one_reading(given):
            raise Undecided("check.views")
        return None


def _same_page(one: Any, other: Any, known: set[tuple[Any, Any]]) -> bool:
    """Everything of the page but its content, object by object; the content byte by byte or, written otherwise, sign by sign.

    known: pairs of pages, which are compared one by one wherever a field on one of them leads.
    """
    if not _equal_members(one, other, set(known), _PLACE | {"/Contents"} | unsaid(one, other)):
        return False
    parts, right = _parts(one.get("/Contents")), other.get("/Contents")
    if not (parts and isinstance(right, pikepdf.Stream)):
        return _equal(one.get("/Contents"), right, set())
    if not all(_equal_members(left, right, set(), _PACKING) for left in parts):
        return False
    wanted = unpacked(right)
    most = 3 * len(wanted) + 1024  # a string in hex is twice as long
    given = [begun(left, most) for left in parts]
    return given == [wanted] or (sum(map(len, given)) < most and pagesigns.same(given, wanted))


def _parts(found: Any) -> list[Any]:
    """The streams of a content, which may be cut into several (ISO 32000-1, 7.7.3.3); none where it is anything else."""
    parts = list(found)[: _MOST_PARTS + 1] if isinstance(found, pikepdf.Array) else [found]
    return parts if len(parts) <= _MOST_PARTS and all(isinstance(one, pikepdf.Stream) for one in parts) else []


def unsaid(page: Any, drawn: Any) -> frozenset[str]:
    """What a page says, or leaves out, that holds without a word as well: boxes that are the sheet, no stamp, no turn, no scale."""
    stamps = page.get("/Annots")
    none = {"/Annots"} if "/Annots" not in drawn and isinstance(stamps, pikepdf.Array) and len(stamps) == 0 else set()
    told = {key: page.get(key, usual) for key, usual in _DEFAULTS.items() if (key in page) is not (key in drawn)}
    usual = {key for key, value in told.items() if value is not True and value == drawn.get(key, _DEFAULTS[key]) == _DEFAULTS[key]}
    return edges(page) | none | usual


def edges(page: Any) -> frozenset[str]:
    """The boxes of a page that say what holds where they lack: it ends where the sheet does (ISO 32000-1, 14.11.2)."""
    sheet = page.get("/MediaBox")
    return frozenset(key for key in _EDGES if key in page and sheet is not None and _equal(page[key], sheet, set()))


def saved(root: Any) -> frozenset[str]:
    """What of a catalogue is left to the program that saves again, or may lack; and a level of the format that says nothing else."""
    levels = root.get("/Extensions")
    plain = isinstance(levels, pikepdf.Dictionary) and all(_level(one) for _, one in levels.items())
    return _SAVER | lacking(root) | ({"/Extensions"} if plain else set())


def _level(found: Any) -> bool:
    """Whether an extension names a version and a number, and nothing beside (ISO 32000-1, 7.12)."""
    if not isinstance(found, pikepdf.Dictionary) or isinstance(found, pikepdf.Stream):
        return False
    members: Iterable[tuple[str, Any]] = found.items()
    return all(key in _LEVELS and (type(value) is int or _kind(value) is pikepdf.Name) for key, value in members)


def lacking(root: Any) -> frozenset[str]:
    """What a catalogue does not say beside its pages (order of reading, language, how a window is opened): none of it shows anything."""
    return frozenset(key for key in _BESIDE if key not in root)


def _description(document: pikepdf.Pdf) -> bytes | None:
    """The description of the whole (XMP); None where it does not stand plainly in the catalogue."""
    found = document.Root.get("/Metadata")
    if found is None:
        return b""
    plain = isinstance(found, pikepdf.Stream) and set(found.keys()) <= _PACKING | {"/Type", "/Subtype"}
    return unpacked(found) if plain else None


def paired(one: pikepdf.Pdf, other: pikepdf.Pdf) -> set[tuple[Any, Any]]:
    """Pairs that are compared by themselves: whatever points to a page must point to the same one."""
    return {(left.obj.objgen, right.obj.objgen) for left, right in zip(one.pages, other.pages, strict=False)}


def _told(document: pikepdf.Pdf) -> dict[str, tuple[type, object]]:
    """What a reader shows of a document beside its pages."""
    told = document.docinfo.items()
    return {str(key): _literal(value) for key, value in told if key not in _SAVED or not isinstance(value, pikepdf.String)}


def _kind(value: Any) -> type:
    """What a value is. All of the parser's own have the same class, and a dictionary may stand where a stream was drawn."""
    return next((kind for kind in _KINDS if isinstance(value, kind)), type(value))


def _literal(value: Any) -> tuple[type, object]:
    """A value that holds no others, so that a name is no string, and true is not 1."""
    if not isinstance(value, pikepdf.Object):
        return type(value), value
    return _kind(value), bytes(value) if isinstance(value, pikepdf.String) else str(value)


def _equal(one: Any, other: Any, seen: set[tuple[Any, Any]], ignored: frozenset[str] = frozenset()) -> bool:
    if _kind(one) is not _kind(other):
        return False
    if isinstance(one, pikepdf.Object) and one.is_indirect and other.is_indirect:
        pair = (one.objgen, other.objgen)
        if pair in seen:
            return True
        seen.add(pair)
    if isinstance(one, pikepdf.Stream):
        return _equal_members(one, other, seen, _PACKING) and _same_content(one, other)
    if isinstance(one, pikepdf.Dictionary):
        return _equal_members(one, other, seen, ignored)
    if isinstance(one, pikepdf.Array):
        return len(one) == len(other) and all(_equal(a, b, seen) for a, b in zip(one, other, strict=True))
    return _literal(one) == _literal(other)


def _same_content(one: pikepdf.Stream, other: pikepdf.Stream) -> bool:
    wanted = unpacked(other)
    return begun(one, len(wanted) + 1) == wanted  # one byte more than that is enough to differ


def _equal_members(one: Any, other: Any, seen: set[tuple[Any, Any]], ignored: frozenset[str]) -> bool:
    keys = set(one.keys()) - ignored
    if keys != set(other.keys()) - ignored:
        return False
    return all(_equal(one[key], other[key], seen) for key in sorted(keys))


def differing(one: Any, other: Any, ignored: frozenset[str] = frozenset(), known: Collection[tuple[Any, Any]] = frozenset()) -> str | None:
    """The first key, in alphabetical order, under which two dictionaries hold different things; None where there is none.

    What hangs in the tree of pages is not followed (`first_difference` compares it page by page), nor are `known` pairs of objects.
    """
    for key in sorted({*one.keys(), *other.keys()} - ignored):
        if key not in one or key not in other or not _equal(one[key], other[key], set(known)):
            return str(key)
    return None
