"""The office signature's bytes: the one tail that a finished paper may have (spec chapter 22, OFFICE-1 to OFFICE-5; ISO 32000-1, 12.8).

The tail is a pure function of the drawn paper, a moment and a CMS signature. Nobody chooses another byte of it, so that it is recognised
by making it again. Nothing here knows certificates.
"""

import re
from typing import Any, NamedTuple

import pikepdf

from custody.core import moment as moments
from custody.core.errors import Altered, CustodyError, Malformed, Refused
from custody.paper.checking import pdffile, pdfsyntax

RESERVED = 8192  # bytes kept for the CMS signature
FIELD_NAME = "custody"
_START = re.compile(rb"startxref\n([0-9]{1,10})\n%%EOF\n\Z")
_TABLE = re.compile(rb"xref\n0 ([1-9][0-9]{0,7})\n")
_DATE = re.compile(rb"D:([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})\+00'00'")
_ROW, _WIDTH = 20, 10
_WHITE, _MOST_WHITE = b"\0\t\n\f\r ", 1000  # white space of ISO 32000-1, 7.2.2; more of it hides the end of a file (`pdffile.cut`)
_GAP = RESERVED * 2 + 2  # the signature in hex, with its brackets
_SIGNATURE = b"""<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached
/Reference [ << /Type /SigRef /TransformMethod /DocMDP /TransformParams << /Type /TransformParams /P 1 /V /1.2 >> >> ]
/M (%s)
/ByteRange [ 0 %s ]
/Contents """


class OfficeTail(NamedTuple):
    """What an office signature brought to a paper.

    moment: since when, as its signer claims (chapter 1). cms: the CMS signature (RFC 5652), DER. gap: first byte and end of what is not
    signed in the file at hand; None where the file was saved again, and with that no longer is what was signed.
    """

    moment: str
    cms: bytes
    gap: tuple[int, int] | None

    def covered(self, data: bytes) -> bytes:
        """The bytes of the file that the signature is about. Only with a gap."""
        begin, end = self.gap or (0, 0)
        return data[:begin] + data[end:]


class _Layout(NamedTuple):
    """What a drawn paper is built of: the place of its table, how many objects, its trailer, and the objects that a tail replaces."""

    start: int
    size: int
    trailer: dict[bytes, object]
    catalogue: tuple[int, bytes]
    page: tuple[int, bytes]


def signed(drawn: bytes, moment: str, cms: bytes) -> bytes:
    """The paper with its tail. Raises `Refused("certificate.large")` where the signature has no room, `Malformed("moment.shape")`,
    `Altered("certificate.layout")` for bytes that this program did not draw."""
    if len(cms) > RESERVED:
        raise Refused("certificate.large", bytes=len(cms), most=RESERVED)
    head, foot = _framed(drawn, moment)
    return head + b"<" + cms.ljust(RESERVED, b"\0").hex().encode() + b">" + foot


def covered(drawn: bytes, moment: str) -> bytes:
    """The bytes that an office signs. Raises as `signed`."""
    head, foot = _framed(drawn, moment)
    return head + foot


def read(data: bytes, drawn: bytes) -> OfficeTail | None:
    """The tail of a file that begins with the drawn bytes and goes on with exactly a tail; None for everything else."""
    found = _DATE.search(data, len(drawn), len(drawn) + 400)
    moment = _moment(found[0]) if found is not None and data.startswith(drawn) else None
    if moment is None:
        return None
    try:
        begin = len(drawn) + len(_signature_object(drawn, moment)[0])
        cms = _plain(bytes.fromhex(data[begin + 1 : begin + _GAP - 1].decode("ascii")))
        if cms is None or signed(drawn, moment, cms) != data:
            return None
    except (ValueError, Altered):  # no digits; or a drawing that nobody can sign
        return None
    return OfficeTail(moment, cms, (begin, begin + _GAP))


def padded(data: bytes, drawn: bytes) -> OfficeTail | None:
    """The tail of a signed paper behind which nothing but white space was put, as gateways do; without a gap, since the signature is not
    about those bytes. None for everything else."""
    bare = data.rstrip(_WHITE) + b"\n"
    found = read(bare, drawn) if len(data) - len(bare) <= _MOST_WHITE and bare != data else None
    return None if found is None else found._replace(gap=None)


def only_white_behind(data: bytes, drawn: bytes) -> bool:
    """Whether a file without a tail is the drawn paper with nothing behind it but white space, or without its last line end."""
    return data.rstrip(_WHITE) == drawn.rstrip(_WHITE) and len(data) - len(drawn) <= _MOST_WHITE


def saved_again(data: bytes) -> OfficeTail | None:
    """What a file names as its office signature, wherever another program has put it. Whether the rest agrees is to be compared.

    Raises as `pdffile.opened`.
    """
    with pdffile.opened(data) as document:
        found: Any = document.Root.get("/Perms")
        found = found.get("/DocMDP") if isinstance(found, pikepdf.Dictionary) else None
        if not isinstance(found, pikepdf.Dictionary):
            return None
        date, contents = found.get("/M"), found.get("/Contents")
        if not (isinstance(date, pikepdf.String) and isinstance(contents, pikepdf.String)):
            return None
        moment, room = _moment(bytes(date)), bytes(contents)
    cms = _plain(room) if len(room) == RESERVED else None
    return None if moment is None or cms is None else OfficeTail(moment, cms, None)


def _plain(room: bytes) -> bytes | None:
    """The one DER value at the beginning; that nothing but zeros follows is seen when the room is filled again."""
    if len(room) < 4 or room[:2] != b"\x30\x82":
        return None
    end = 4 + int.from_bytes(room[2:4], "big")
    return room[:end] if end <= len(room) else None


def _moment(date: bytes) -> str | None:
    found = _DATE.fullmatch(date)
    if found is None:
        return None
    year, month, day, hour, minute, second = (part.decode() for part in found.groups())
    moment = f"{year}-{month}-{day}T{hour}:{minute}:{second}Z"
    return moment if moments.is_moment(moment) else None


def _date(moment: str) -> bytes:
    if not moments.is_moment(moment):
        raise Malformed("moment.shape", value=moment)
    return f"D:{''.join(re.findall('[0-9]', moment))}+00'00'".encode()


# -- the tail ------------------------------------------------------------------------------------------------------------------------


def _framed(drawn: bytes, moment: str) -> tuple[bytes, bytes]:
    """Everything before and behind the place of the signature."""
    layout = _layout(drawn)
    begun, _ = _signature_object(drawn, moment)
    foot = _foot(layout, len(drawn), len(begun))
    begin = len(drawn) + len(begun)
    numbers = b" ".join(b"%-*d" % (_WIDTH, one) for one in (begin, begin + _GAP, len(foot)))
    head = begun.replace(_blank(), numbers)
    return drawn + head, foot


def _blank() -> bytes:
    return b" ".join([b"-" * _WIDTH] * 3)


def _signature_object(drawn: bytes, moment: str) -> tuple[bytes, int]:
    """The signature's object up to its contents, with its number. Its byte range is as long as the final one."""
    number = _layout(drawn).size
    return b"%d 0 obj\n" % number + _SIGNATURE % (_date(moment), _blank()), number


def _foot(layout: _Layout, length: int, begun: int) -> bytes:
    """What follows the contents: the field, page and catalogue with what was added to them, the table, the end."""
    signature, field, at = layout.size, layout.size + 1, length
    places, text = {signature: at}, b"\n>>\nendobj\n"
    at += begun + _GAP
    widget = b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (%s) /F 132 /Rect [ 0 0 0 0 ] /P %d 0 R /V %d 0 R >>" % (
        FIELD_NAME.encode(),
        layout.page[0],
        signature,
    )
    form = b"/AcroForm << /Fields [ %d 0 R ] /SigFlags 3 >>\n/Perms << /DocMDP %d 0 R >>\n" % (field, signature)
    added = b"/Annots [ %d 0 R ]\n" % field
    for number, content in (
        (field, widget),
        (layout.page[0], layout.page[1] + added + b">>"),
        (layout.catalogue[0], layout.catalogue[1] + form + b">>"),
    ):
        places[number] = at + len(text)
        text += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    return text + _table(layout, places, at + len(text))


def _table(layout: _Layout, places: dict[int, int], start: int) -> bytes:
    rows = b"".join(b"%d 1\n%010d 00000 n \n" % (number, place) for number, place in sorted(places.items()))
    told = {name: layout.trailer[name] for name in (b"/Root", b"/Info")}
    links = b"".join(b"%s %d 0 R\n" % (name, one.number) for name, one in told.items() if isinstance(one, pdfsyntax.Reference))
    first, second = _numbers(layout.trailer)
    return b"xref\n%strailer\n<<\n/ID [ <%s> <%s> ]\n%s/Prev %d\n/Size %d\n>>\nstartxref\n%d\n%%%%EOF\n" % (
        rows,
        first,
        second,
        links,
        layout.start,
        layout.size + 2,
        start,
    )


def _numbers(trailer: dict[bytes, object]) -> tuple[bytes, bytes]:
    found = trailer.get(b"/ID")
    if not isinstance(found, list) or len(found) != 2:
        raise Altered("certificate.layout")
    return found[0].encode(), found[1].encode()


# -- the drawn paper -----------------------------------------------------------------------------------------------------------------


def _layout(drawn: bytes) -> _Layout:
    """Read what this program itself drew. Raises `Altered("certificate.layout")` for anything else."""
    try:
        return _laid_out(drawn)
    except (CustodyError, pdfsyntax.Unclear, TypeError, ValueError, LookupError, AttributeError) as error:
        raise Altered("certificate.layout") from error


def _laid_out(drawn: bytes) -> _Layout:
    ended = _START.search(drawn, max(0, len(drawn) - 1024))
    table = _TABLE.match(drawn, int(ended[1])) if ended else None
    if ended is None or table is None:
        raise Altered("certificate.layout")
    start, size = int(ended[1]), int(table[1])
    trailer, _ = pdfsyntax.value(drawn, drawn.index(b"trailer", table.end() + size * _ROW) + len(b"trailer"))
    if not isinstance(trailer, dict) or set(trailer) != {b"/ID", b"/Info", b"/Root", b"/Size"}:
        raise Altered("certificate.layout")

    def item(reference: Any) -> tuple[Any, bytes]:
        """The value of an object, and how it is written up to its closing brackets."""
        at = int(drawn[table.end() + reference.number * _ROW :][:10])
        begin = pdfsyntax.white(drawn, at + len(b"%d 0 obj" % reference.number))
        members, end = pdfsyntax.value(drawn, begin)
        return members, drawn[begin : end - 2]

    catalogue, told = item(trailer[b"/Root"])
    page, members = catalogue[b"/Pages"], item(catalogue[b"/Pages"])
    while members[0][b"/Type"] == b"/Pages":
        page = members[0][b"/Kids"][0]
        members = item(page)
    if {b"/AcroForm", b"/Perms"} & set(catalogue) or b"/Annots" in members[0]:
        raise Altered("certificate.layout")
    return _Layout(start, size, trailer, (trailer[b"/Root"].number, told), (page.number, members[1]))
