"""The description of a PDF (XMP): what a mail gateway or viewer adds of itself, or what a window could show (chapter 13, CHECK-4).

No XML is parsed: a description passes only if every name in it is one of a few, it holds nothing that could bring in others, and all that
is not of the saving program stands in ours as well, in the same place.
"""

import re
from collections import Counter
from collections.abc import Iterator

MOST_BYTES = 64 * 1024
_NAME = r"[^\s<>=\"'/?]"
_TAG = re.compile(rf"<[/?]?({_NAME}+)")
_ATTRIBUTE = re.compile(rf"(?<!{_NAME})({_NAME}+)\s*=\s*[\"']")  # a name from its beginning: no second look at its end
_PACKET = frozenset(("xpacket", "begin", "id", "end", "x:xmpmeta", "x:xmptk", "rdf:RDF", "rdf:Description", "rdf:about"))
_SAVER = frozenset(("pdf:Producer", "pdf:PDFVersion", "xmp:MetadataDate", "xmp:ModifyDate", "xmp:CreateDate", "xmp:CreatorTool"))
_NUMBERS = frozenset(("xmpMM:DocumentID", "xmpMM:InstanceID", "xmpMM:RenditionClass", "xmpMM:VersionID"))
_OURS = frozenset(("pdfaid:part", "pdfaid:conformance", "dc:format", "dc:title", "dc:creator", "dc:description", "dc:language"))
_LISTS = frozenset(("rdf:Alt", "rdf:Seq", "rdf:Bag", "rdf:li", "xml:lang"))
_SAVED = _PACKET | _SAVER | _NUMBERS
ALLOWED = _SAVED | _OURS | _LISTS
_MARK = re.compile(rf"<([/?]?)({_NAME}+)([^<>]*)>([^<>]*)")
_QUOTED = re.compile(rf"(?<!{_NAME})({_NAME}+)\s*=\s*(?:\"([^\"<>]*)\"|'([^'<>]*)')")


def same(given: bytes, wanted: bytes) -> bool:
    """Whether an XMP packet says nothing that ours does not say, but for dates, numbers and the name of a program."""
    text = _text(given)
    if text is None or not {*_TAG.findall(text), *_ATTRIBUTE.findall(text)} <= ALLOWED | _spaces(text):
        return False
    return not Counter(_told(text)) - Counter(_told(wanted.decode()))


def _text(data: bytes) -> str | None:
    """The packet, if it is text without a coding of its own, a declaration, a comment, or an entity beside the three that we write."""
    try:
        text = data[: MOST_BYTES + 1].decode("utf-8")
    except UnicodeDecodeError:
        return None
    bare = text.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "")
    return None if len(data) > MOST_BYTES or any(sign in bare for sign in ("\0", "&", "<!", "<?xml")) else text


def _spaces(text: str) -> frozenset[str]:
    """Names that bind a prefix. They may bind no prefix of ours to another space: those must stand as we write them."""
    return frozenset(name for name in _ATTRIBUTE.findall(text) if name.startswith("xmlns:"))


def _told(text: str) -> Iterator[tuple[str, str]]:
    """Every value that is not of the saving program, with the elements (or the attribute) in which it stands."""
    around: list[str] = []
    at = 0
    for found in _MARK.finditer(text):
        sign, name, more, words = found.groups()
        if text[at : found.start()].strip():
            yield "", text[at : found.start()].strip()  # between the marks, in none of them
        at = found.end()
        if sign == "/":
            del around[-1:]
        elif not sign and not more.endswith("/"):
            around.append(name)
        inside = not sign and not more.endswith("/")  # words behind an end stand in no element of ours
        ours = "/".join(one for one in around if one not in _PACKET)
        if words.strip() and (not inside or name not in _SAVER | _NUMBERS):
            yield (ours if inside else ""), words.strip()
        for key, one, other in _QUOTED.findall(more):
            if key not in _SAVED and key[:6] != "xmlns:":
                yield f"{ours}@{key}", one or other
    if text[at:].strip():
        yield "", text[at:].strip()
