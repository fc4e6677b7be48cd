"""Pages as pictures and what two readers that we did not write see on them."""

from collections import Counter

import pypdfium2
import pytest
from PIL.Image import Image

DPI = 150


def pages(pdf: bytes, dpi: int = DPI) -> list[Image]:
    """Every page in grey, rendered by PDFium."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [document[number].render(scale=dpi / 72, grayscale=True).to_pil() for number in range(len(document))]


def text(pdf: bytes) -> str:
    """All text in the order it was drawn, as a reader would copy it out."""
    return "\n".join(texts(pdf))


def texts(pdf: bytes) -> list[str]:
    """The text of each page."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [document[number].get_textpage().get_text_bounded() for number in range(len(document))]


def codes(picture: Image) -> Counter[str]:
    """The QR codes that ZXing reads on a picture."""
    zxingcpp = pytest.importorskip("zxingcpp", reason="zxing-cpp is not installed: codes on paper are not read back")
    return Counter(found.text for found in zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode))


def lines(pdf: bytes) -> list[list[tuple[float, float, float, float]]]:
    """Where text stands on each page: boxes of pieces of one line, left, bottom, right, top in points from the lower left corner."""
    found = []
    with pypdfium2.PdfDocument(pdf) as document:
        for number in range(len(document)):
            page = document[number].get_textpage()
            found.append([page.get_rect(at) for at in range(page.count_rects())])
    return found


def overlapping(pdf: bytes, least: float = 1.0) -> list[tuple[int, str]]:
    """Pieces of text that lie upon each other by more than `least` points both ways: the page, from 0, and what can be read there."""
    found = []
    with pypdfium2.PdfDocument(pdf) as document:
        for number, boxes in enumerate(lines(pdf)):
            page = document[number].get_textpage()
            boxes = sorted(boxes, key=lambda box: box[1])
            for at, (left, bottom, right, top) in enumerate(boxes):
                for other in boxes[at + 1 :]:
                    if other[1] > top - least:
                        break
                    if min(right, other[2]) - max(left, other[0]) > least and min(top, other[3]) - other[1] > least:
                        found.append((number, page.get_text_bounded(left, bottom, right, top)))
    return found
