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
