"""Photographed or scanned pages as pictures, and the codes on each (spec chapter 13, SCAN-1 and SCAN-2). Needs the extra `scan`.

What is read here was made by strangers: sizes are looked at before anything is unpacked, and whatever a decoder says, nothing but its
own code leaves this file.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from custody.core.errors import Fact, Malformed, Undecided
from custody.paper.codes import pagecode, pagedrawn

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_BYTES = 128 << 20
MOST_PIXELS = 80_000_000  # under the number at which Pillow itself grows wary
MOST_SIDE = 60_000  # pixels; ZXing takes no longer side than 65,535
MOST_PAGES = 500
MOST_TEXTS = 64  # codes on one picture
_KINDS = ("PNG", "JPEG")
_ENLARGED = 24_000_000  # pixels that a picture is enlarged to, at most
_FOOT = 0.34  # the part of a picture, from a corner, in which the code of a page lies


@dataclass(frozen=True)
class Sight:
    """One picture: the file, which picture of how many in it, and the texts of its codes; fault: why it could not be read."""

    file: str
    number: int
    of: int
    texts: tuple[str, ...] = ()
    fault: tuple[str, tuple[tuple[str, Fact], ...]] | None = None


def sights(file: str, data: bytes, seconds: float = pagedrawn.MOST_SECONDS) -> Iterator[Sight]:
    """Every picture in a file (PNG, JPEG, or the pages of a PDF). A picture that cannot be read is told of, never raised for.

    seconds: how long one page of a PDF may take to be drawn; behind one that takes longer no page is read.
    Raises `Undecided("scan.extra")` where zxing-cpp or pypdfium2 is not installed.
    """
    _decoders()
    try:
        yield from _of_pdf(file, data, seconds) if data[:1024].count(b"%PDF-") else [Sight(file, 1, 1, texts(_picture(data)))]
    except Malformed as error:
        yield Sight(file, 1, 1, fault=(error.code, tuple(error.facts.items())))


def texts(picture: "Image") -> tuple[str, ...]:
    """The texts of the codes on a picture, each once. Where no page code is found the picture is helped: light evened, enlarged."""
    found = dict.fromkeys(_read(picture))
    for helped in _helped(picture):
        if any(text.startswith(pagecode.HEAD) for text in found):
            break
        found.update(dict.fromkeys(_read(helped)))
    return tuple(found)[:MOST_TEXTS]


def page_texts(pdf: bytes, page: int) -> tuple[str, ...] | None:
    """The texts of the codes on one page of a PDF, from 1; None for a page that it does not have. Raises as `sights`, and `Malformed`."""
    _, pdfium = _decoders()
    with _decoding("scan.damaged"), pdfium.PdfDocument(pdf) as document:
        return texts(pagedrawn.rendered(document[page - 1])) if 1 <= page <= len(document) else None


def _of_pdf(file: str, data: bytes, seconds: float) -> Iterator[Sight]:
    for one in pagedrawn.pages(data, MOST_PAGES, seconds):
        if one.number == 0 and one.why:
            raise Malformed("scan.damaged", why=one.why)
        if one.number == 0:
            raise Malformed("scan.pages", count=one.of, limit=MOST_PAGES)
        yield _of_page(file, one)


def _of_page(file: str, one: pagedrawn.Drawn) -> Sight:
    try:
        if one.picture is None and one.why:
            raise Malformed("scan.damaged", why=one.why)
        if one.picture is None:
            raise Malformed("scan.heavy", page=one.number, pages=one.of)
        return Sight(file, one.number, one.of, texts(one.picture))
    except Malformed as error:
        return Sight(file, one.number, one.of, fault=(error.code, tuple(error.facts.items())))


def _picture(data: bytes) -> "Image":
    """A picture in grey. Its size is looked at before a pixel is unpacked; of a JPEG only as many as are needed are."""
    from PIL import Image

    if not data.startswith((b"\x89PNG\r\n", b"\xff\xd8\xff")):
        raise Malformed("scan.kind", bytes=len(data))
    with _decoding("scan.damaged"):
        picture = Image.open(io.BytesIO(data), formats=_KINDS)
    wide, high = picture.size
    if not 0 < wide * high <= MOST_PIXELS or max(wide, high) > MOST_SIDE:
        raise Malformed("scan.pixels", limit=MOST_PIXELS)
    with _decoding("scan.damaged"):
        if wide * high > _ENLARGED:
            picture.draft("L", (wide // 2, high // 2))
        return _flat(picture)


def _flat(picture: "Image") -> "Image":
    """Grey on white where it was transparent."""
    from PIL import Image

    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture.convert("L")
    flat = picture.convert("LA")
    return Image.composite(flat.getchannel(0), Image.new("L", flat.size, 255), flat.getchannel(1))


def _helped(picture: "Image") -> Iterator["Image"]:
    """The picture with its light evened; enlarged; softened; and each corner enlarged more."""
    from PIL import Image, ImageFilter

    even = _even(picture)
    yield even
    wide, high = even.size
    for times in (2, 3):
        if wide * high * times * times <= _ENLARGED and max(wide, high) * times <= MOST_SIDE:
            yield even.resize((wide * times, high * times), Image.Resampling.BICUBIC)
    yield even.filter(ImageFilter.MedianFilter(3))
    if min(wide, high) > 1600:
        yield even.resize((wide // 2, high // 2), Image.Resampling.BOX)
    side, depth = max(int(wide * _FOOT), 1), max(int(high * _FOOT), 1)
    for left in (0, wide - side):
        for top in (0, high - depth):
            yield _enlarged(even.crop((left, top, left + side, top + depth)))


def _enlarged(corner: "Image") -> "Image":
    from PIL import Image, ImageFilter

    room = int((_ENLARGED / max(corner.width * corner.height, 1)) ** 0.5)
    times = max(1, min(4, room, MOST_SIDE // max(corner.size)))
    softened = corner.filter(ImageFilter.GaussianBlur(0.6))
    return softened.resize((max(corner.width * times, 1), max(corner.height * times, 1)), Image.Resampling.LANCZOS)


def _even(picture: "Image") -> "Image":
    """The picture without its shades: what is darker than the paper around it stays dark."""
    from PIL import Image, ImageChops, ImageFilter, ImageOps

    small = picture.resize((max(picture.width // 16, 1), max(picture.height // 16, 1)), Image.Resampling.BOX)
    paper = small.filter(ImageFilter.MaxFilter(5)).filter(ImageFilter.BoxBlur(3)).resize(picture.size, Image.Resampling.BILINEAR)
    return ImageOps.autocontrast(ImageOps.invert(ImageChops.subtract(paper, picture)), cutoff=1)


def _read(picture: "Image") -> list[str]:
    zxing, _ = _decoders()
    with _decoding("scan.damaged"):
        return [one.text for one in zxing.read_barcodes(picture, formats=zxing.BarcodeFormat.QRCode)[:MOST_TEXTS]]


def _decoders() -> tuple[Any, Any]:
    """ZXing and PDFium. Raises `Undecided("scan.extra")`."""
    try:
        import pypdfium2
        import zxingcpp
    except ImportError:
        raise Undecided("scan.extra") from None
    return zxingcpp, pypdfium2


@contextmanager
def _decoding(code: str) -> Iterator[None]:
    """Whatever a decoder of others raises over a stranger's bytes is `Malformed(code)`; there is no list of what they may raise."""
    try:
        yield
    except (Malformed, Undecided):
        raise
    except Exception as error:
        if type(error).__name__ == "DecompressionBombError":
            raise Malformed("scan.pixels", limit=MOST_PIXELS) from error
        raise Malformed(code, why=type(error).__name__) from error
