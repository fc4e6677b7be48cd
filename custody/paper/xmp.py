"""What a mail gateway or viewer writes about itself into a PDF: harmless, or something that a window could show (spec chapter 13, CHECK-4).

No XML is parsed: a description passes only if every name in it is one of a few, and it holds nothing that could bring in others.
"""

import re

MOST_BYTES = 64 * 1024
_NAME = r"[^\s<>=\"'/?]"
_TAG = re.compile(rf"<[/?]?({_NAME}+)")
_ATTRIBUTE = re.compile(rf"(?<!{_NAME})({_NAME}+)\s*=\s*[\"']")  # a name from its beginning: no second look at its end
_PACKET = frozenset(("xpacket", "begin", "id", "end", "x:xmpmeta", "x:xmptk", "rdf:RDF", "rdf:Description", "rdf:about"))
_SAVER = frozenset(("pdf:Producer", "pdf:PDFVersion", "xmp:MetadataDate", "xmp:ModifyDate", "xmp:CreateDate", "xmp:CreatorTool"))
_NUMBERS = frozenset(("xmpMM:DocumentID", "xmpMM:InstanceID", "xmpMM:RenditionClass", "xmpMM:VersionID"))
ALLOWED = _PACKET | _SAVER | _NUMBERS


def harmless(data: bytes) -> bool:
    """Whether an XMP packet holds only dates, numbers and the name of the program that wrote it."""
    try:
        text = data[: MOST_BYTES + 1].decode("utf-8")
    except UnicodeDecodeError:
        return False
    if len(data) > MOST_BYTES or any(sign in text for sign in ("\0", "&", "<!", "<?xml")):
        return False
    names = {*_TAG.findall(text), *_ATTRIBUTE.findall(text)}
    return all(name in ALLOWED or name.startswith("xmlns:") for name in names)
