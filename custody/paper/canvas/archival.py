"""What makes a PDF fit for an archive (spec chapter 13, DRAW-5; ISO 19005-3, PDF/A-3b): its colours, and a description of itself (XMP).

Both are drawn from the document's own title, subject and language; no date of the machine goes in.
"""

from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any
from xml.sax.saxutils import escape

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFInfo, PDFName, PDFStream, PDFString

from custody.core.errors import Altered

PROFILE_HASH = "d68baed8428c7b500c33a60da52a08a845b4bf4ae4745cbda046811e2b0eb3c9"  # sRGB as LittleCMS makes it, its date set to a fixed one
_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" \
xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>{lang}</rdf:li></rdf:Bag></dc:language>
<xmp:CreatorTool>{creator}</xmp:CreatorTool>
<pdf:Producer>{producer}</pdf:Producer>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>
"""
_TOLD = ("title", "author", "subject", "creator", "producer")


class _Dateless(PDFInfo):
    """The document information, without dates: the moment of a paper stands on its page."""

    def format(self, document: Any) -> Any:
        told = {name.capitalize(): PDFString(getattr(self, name)) for name in _TOLD}
        return PDFDictionary({**told, "Trapped": PDFName(self.trapped)}).format(document)


@cache
def profile() -> bytes:
    """The colour profile every paper carries. Raises `Altered("paper.font")` when it is not the one this version was made with."""
    found = (files("custody.paper") / "colours" / "sRGB.icc").read_bytes()
    if sha256(found).hexdigest() != PROFILE_HASH:
        raise Altered("paper.font", name="sRGB.icc")
    return found


def describe(document: Any, lang: str) -> None:
    """Put colours and description into a reportlab document before it is written. lang: as in its catalogue, `id-ID`."""
    document.info.__class__ = _Dateless
    for page in document.Pages.pages:
        page.Trans = None  # reportlab writes an empty one
    catalog = document.Catalog
    catalog.__NoDefault__ = [*catalog.__NoDefault__, "OutputIntents"]
    catalog.Metadata = _stream(_packet(document.info, lang), Type=PDFName("Metadata"), Subtype=PDFName("XML"))
    fields = {
        "Type": PDFName("OutputIntent"),
        "S": PDFName("GTS_PDFA1"),
        "OutputConditionIdentifier": PDFString("sRGB"),
        "DestOutputProfile": document.Reference(_stream(profile(), N=3)),
    }
    catalog.OutputIntents = PDFArray([PDFDictionary(fields)])


def _packet(info: Any, lang: str) -> bytes:
    told = {name: escape(getattr(info, name)) for name in _TOLD}
    return _PACKET.format(lang=escape(lang), **told).encode()


def _stream(content: bytes, **fields: Any) -> Any:
    stream = PDFStream(content=content)
    stream.dictionary.dict.update(fields)
    return stream
