"""Whether every reader must find the same document in a PDF: no byte unaccounted for (spec chapter 13, CHECK-4; ISO 32000-1, 7.5, 7.7.3).

One header, objects one behind the other, one table that names exactly them, one end; nothing that is not reached from the catalogue;
a tree of pages in which everything is where it says it is. Nothing is mended here and nothing is left to the parser that compares.
"""

import re
import zlib
from dataclasses import dataclass, field

from custody.paper.checking.pdfsyntax import MOST_DEPTH, Reference, Unclear, references, value, white

_HEADER = re.compile(rb"%PDF-(?:1\.[0-7]|2\.0)\r?\n(?:%[\x80-\xff]{4}[ A-Za-z0-9().,-]{0,80}\r?\n)?")
_START = re.compile(rb"startxref {0,8}\r?\n([0-9]{1,10})\r?\n%%EOF[\r\n]{0,16}\Z")
_OBJECT = re.compile(rb"([1-9][0-9]{0,8}) 0 obj(?![^ \r\n\t/<\[(%])")
_OBJECT_END = re.compile(rb"endobj(?=[ \r\n\t%])")
_TABLE = re.compile(rb"xref\r?\n0 ([1-9][0-9]{0,7})(?: ?\r?\n)")
_ROW = re.compile(rb"([0-9]{10}) ([0-9]{5}) ([nf])(?: \r| \n|\r\n)")
_STREAM = re.compile(rb"stream\r?\n")
_STREAM_END = re.compile(rb"(?:\r\n|\r|\n)?endstream(?=[ \r\n])")
_FIRST = (b"65535", b"65536")  # of the row that names nothing; mupdf counts one further
_TRAILER = frozenset((b"/Size", b"/Root", b"/Info", b"/ID"))
_TABLE_STREAM = _TRAILER | {b"/Type", b"/W", b"/Index", b"/Length", b"/Filter", b"/DecodeParms"}
_OBJECT_STREAM = frozenset((b"/Type", b"/N", b"/First", b"/Length", b"/Filter"))
_NODE = frozenset((b"/Type", b"/Kids", b"/Count", b"/Parent"))
_NUMBERS = re.compile(rb"[0-9 \r\n\t]*")
_VERSIONS = frozenset(b"/1.%d" % minor for minor in range(8)) | {b"/2.0"}
_PREDICTED = {b"/Predictor", b"/Columns"}
MOST_NUMBERED = 400_000  # readers have bounds of their own for the numbers of objects, and show nothing beyond them
MOST_TOLD = 16 * 1024 * 1024  # bytes of all values together, without the contents of streams


@dataclass
class _File:
    """places: where each object begins, or in which object stream, at which position, it lies."""

    data: bytes
    places: dict[int, int] = field(default_factory=dict)
    inside: dict[int, tuple[int, int]] = field(default_factory=dict)
    trailer: dict[bytes, object] = field(default_factory=dict)
    objects: dict[int, object] = field(default_factory=dict)
    streams: dict[int, tuple[int, int]] = field(default_factory=dict)
    table: int | None = None  # number of the table, where it is a stream
    told: int = 0  # bytes of the values read so far
    unpacked: int = 0  # bytes that streams which tell about others were unpacked to

    def value(self, data: bytes, at: int) -> tuple[object, int]:
        """As `pdfsyntax.value`, as long as all of them are no more than a report could need."""
        item, end = value(data, at)
        self.told += end - at
        _demand(self.told <= MOST_TOLD)
        return item, end


def one_reading(data: bytes) -> bool:
    """Whether the file is laid out so plainly that no two readers can find different things in it."""
    try:
        file = _File(data)
        start = _ends(file)
        _tiled(file, start)
        unfolded = [_unfold(file, number) for number in sorted({stream for stream, _ in file.inside.values()})]
        _demand(sum(unfolded) == len(file.inside))
        _reached(file)
        _tree(file)
    except (Unclear, zlib.error, OverflowError):
        return False
    return True


def _demand(holds: bool) -> None:
    if not holds:
        raise Unclear


def _stands(item: object) -> bool:
    """Whether an object is one: not nothing, and not the number of another, which some readers follow and others show as nothing."""
    return item is not None and not isinstance(item, Reference)


def _dict(item: object) -> dict[bytes, object]:
    if not isinstance(item, dict):
        raise Unclear
    return item


def _int(item: object) -> int:
    if type(item) is not int or item < 0:
        raise Unclear
    return item


# -- one beginning, one table, one end ----------------------------------------------------------------------------------------------


def _ends(file: _File) -> int:
    """Read the table that the end of the file names. Returns where the objects end."""
    found = _START.search(file.data, max(0, len(file.data) - 1024))
    if found is None:
        raise Unclear
    start = int(found[1])
    end = _plain_table(file, start) if file.data.startswith(b"xref", start) else _packed_table(file, start)
    _demand(white(file.data, end) == found.start())
    _demand(len({*file.places.values()}) == len(file.places))
    return start if file.table is None else end


def _plain_table(file: _File, start: int) -> int:
    head = _TABLE.match(file.data, start)
    if head is None:
        raise Unclear
    at, size = head.end(), int(head[1])
    _demand(size <= MOST_NUMBERED)
    for number in range(size):
        row = _ROW.match(file.data, at)
        if row is None or (number == 0 and (row[2] not in _FIRST or row[3] != b"f")):
            raise Unclear
        at = row.end()
        if row[3] == b"n":
            _demand(row[2] == b"00000")
            file.places[number] = int(row[1])
    at = white(file.data, at)
    _demand(file.data.startswith(b"trailer", at))
    members, end = file.value(file.data, at + len(b"trailer"))
    file.trailer = _dict(members)
    _demand(set(file.trailer) <= _TRAILER and _sized(file, size))
    return end


def _sized(file: _File, rows: int) -> bool:
    """Whether a trailer tells how many rows its table has. Poppler tells too few: then the catalogue must lie beyond what is told, so that
    a reader who goes by the number finds no document at all, and none finds another one than here."""
    told, root = _int(file.trailer.get(b"/Size")), file.trailer.get(b"/Root")
    return told == rows or (told < rows and isinstance(root, Reference) and root.number >= told)


def _packed_table(file: _File, start: int) -> int:
    """A table that is a stream; it names itself."""
    number, members, content, end = _object(file, start)
    file.trailer, file.table = _dict(members), number
    size, widths = _int(file.trailer.get(b"/Size")), file.trailer.get(b"/W")
    _demand(size <= MOST_NUMBERED)
    _demand(set(file.trailer) <= _TABLE_STREAM and file.trailer.get(b"/Type") == b"/XRef" and content is not None)
    _demand(file.trailer.get(b"/Index", [0, size]) == [0, size] and isinstance(widths, list) and len(widths) == 3)
    kind, place, more = (_int(one) for one in widths) if isinstance(widths, list) else (0, 0, 0)
    _demand(kind == 1 and 1 <= place <= 5 and more <= 4 and content is not None)
    rows = _unpacked(file, file.trailer, *(content or (0, 0)), width=kind + place + more)
    _demand(len(rows) == size * (kind + place + more))
    for index in range(size):
        row = rows[index * (1 + place + more) :][: 1 + place + more]
        _row(file, index, row[0], int.from_bytes(row[1 : 1 + place], "big"), int.from_bytes(row[1 + place :], "big"))
    _demand(file.places.get(number) == start)
    return end


def _row(file: _File, number: int, kind: int, place: int, more: int) -> None:
    _demand(kind in (0, 1, 2) and (number > 0 or kind == 0))
    if kind == 1:
        _demand(more == 0)
        file.places[number] = place
    elif kind == 2:
        file.inside[number] = place, more


def _unpacked(file: _File, members: dict[bytes, object], at: int, end: int, width: int = 0) -> bytes:
    """The content of a stream that tells about others: plain or by Flate, in rows that say what changed where `width` is given."""
    content = file.data[at:end]
    if b"/Filter" in members:
        _demand(members[b"/Filter"] in (b"/FlateDecode", [b"/FlateDecode"]))
        packed = zlib.decompressobj()
        content = packed.decompress(content, MOST_TOLD)
        _demand(packed.eof and not packed.unused_data.strip(b"\r\n"))
    file.unpacked += len(content)
    _demand(file.unpacked <= MOST_TOLD)  # of all of them: a hundred that hold little but white are no report
    if (how := members.get(b"/DecodeParms")) is None:
        return content
    how = _dict(how)
    _demand(width > 0 and set(how) == _PREDICTED and how[b"/Predictor"] in range(10, 16) and how[b"/Columns"] == width)
    return _added(content, width)


def _added(content: bytes, width: int) -> bytes:
    """Rows of which each says the difference to the one above (PNG, `Up`), or nothing but itself."""
    _demand(len(content) % (width + 1) == 0)
    above, rows = bytes(width), []
    for at in range(0, len(content), width + 1):
        how, row = content[at], content[at + 1 : at + 1 + width]
        _demand(how in (0, 2))
        above = bytes((one + other) & 255 for one, other in zip(row, above, strict=True)) if how == 2 else row
        rows.append(above)
    return b"".join(rows)


# -- objects one behind the other ---------------------------------------------------------------------------------------------------


def _tiled(file: _File, end: int) -> None:
    """Every object begins where the one before it ended, and all of them are in the table."""
    head = _HEADER.match(file.data)
    if head is None:
        raise Unclear
    at = head.end()
    for number, place in sorted(file.places.items(), key=lambda item: item[1]):
        _demand(white(file.data, at) == place)
        found, members, content, at = _object(file, place)
        _demand(found == number)
        file.objects[number] = members
        if content is not None:
            file.streams[number] = content
    _demand(white(file.data, at) == white(file.data, end))


def _object(file: _File, at: int) -> tuple[int, object, tuple[int, int] | None, int]:
    """The object that begins here: its number, its value, where the content of its stream lies, and where it ends."""
    head = _OBJECT.match(file.data, at)
    if head is None:
        raise Unclear
    item, at = file.value(file.data, head.end())
    at, content = white(file.data, at), None
    if (begun := _STREAM.match(file.data, at)) is not None:
        content = begun.end(), begun.end() + _length(file, _dict(item).get(b"/Length"))
        ended = _STREAM_END.match(file.data, content[1])
        if ended is None:
            raise Unclear
        at = white(file.data, ended.end())
    _demand(_stands(item) and _OBJECT_END.match(file.data, at) is not None)
    return int(head[1]), item, content, at + len(b"endobj")


def _length(file: _File, told: object) -> int:
    if isinstance(told, Reference):
        head = _OBJECT.match(file.data, file.places.get(told.number, len(file.data)))
        if head is None or int(head[1]) != told.number:
            raise Unclear
        told = file.value(file.data, head.end())[0]
    return _int(told)


def _unfold(file: _File, number: int) -> int:
    """The objects inside an object stream are those of the table, in its order. Returns how many."""
    members, content = _dict(file.objects.get(number)), file.streams.get(number)
    _demand(members.get(b"/Type") == b"/ObjStm" and content is not None and set(members) <= _OBJECT_STREAM)
    text = _unpacked(file, members, *(content or (0, 0)))
    first, count = _int(members.get(b"/First")), _int(members.get(b"/N"))
    heads = re.sub(rb"%%[^\n]*\n\Z", b"", text[:first])  # what `qpdf --qdf` says of the first one
    _demand(_NUMBERS.fullmatch(heads) is not None)
    numbers = heads.split()
    _demand(len(numbers) == 2 * count and all(len(one) < 10 for one in numbers))
    at = first
    for position, (one, place) in enumerate(zip(map(int, numbers[::2]), map(int, numbers[1::2]), strict=True)):
        _demand(file.inside.get(one) == (number, position) and white(text, at) == white(text, first + place))
        file.objects[one], at = file.value(text, first + place)
        _demand(_stands(file.objects[one]))
    _demand(white(text, at) == len(text))
    return count


def _reached(file: _File) -> None:
    """Everything is reached from the catalogue or tells about the others, and nothing leads nowhere."""
    own = {stream for stream, _ in file.inside.values()} | ({file.table} if file.table is not None else set())
    open_, seen = [*references(file.trailer)], set[int]()
    while open_:
        number = open_.pop()
        if number not in seen:
            _demand(number in file.objects and number not in own)
            seen.add(number)
            open_ += references(file.objects[number])
    _demand(seen | own == set(file.objects))


# -- the tree of pages --------------------------------------------------------------------------------------------------------------


def _tree(file: _File) -> None:
    """Every page and every node hangs where it says, once, and the numbers of pages are right."""
    root, numbers = file.trailer.get(b"/Root"), file.trailer.get(b"/ID", [])
    _demand(isinstance(numbers, list) and all(type(one) is str for one in numbers))
    _demand(not any(number in file.streams for number in references([root, file.trailer.get(b"/Info")])))
    catalogue = _dict(file.objects.get(root.number) if isinstance(root, Reference) else None)
    _demand(catalogue.get(b"/Type") == b"/Catalog" and catalogue.get(b"/Version", b"/1.4") in _VERSIONS)
    _branch(file, catalogue.get(b"/Pages"), (), set())


def _branch(file: _File, place: object, above: tuple[Reference, ...], seen: set[int]) -> int:
    """The number of pages below a node. above: the nodes it hangs on, the nearest last."""
    if not isinstance(place, Reference) or place.number in seen or place.number in file.streams or len(above) > MOST_DEPTH:
        raise Unclear
    seen.add(place.number)
    node = _dict(file.objects.get(place.number))
    _demand(node.get(b"/Parent") == (above[-1] if above else None))
    if node.get(b"/Type") == b"/Page":
        return 1
    kids = node.get(b"/Kids")
    _demand(node.get(b"/Type") == b"/Pages" and set(node) <= _NODE and isinstance(kids, list))
    count = sum(_branch(file, kid, (*above, place), seen) for kid in (kids if isinstance(kids, list) else ()))
    _demand(_int(node.get(b"/Count")) == count)
    return count
