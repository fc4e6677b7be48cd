"""Files inside a PDF, written by reportlab alone: evidence travels with the page that shows it (spec chapter 13, REPORT-10)."""

from typing import Any

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFStream, PDFString, format

from custody.paper.canvas.sheet import HELD, Sheet

_TYPES = {"json": "application#2Fjson", "txt": "text#2Fplain"}


class _Held(PDFStream):
    """A stream that goes into the file as it is: reportlab would copy megabytes twice on the way."""

    def format(self, document: Any) -> bytes:
        self.dictionary.dict["Length"] = len(self.content)
        document.__accum__.held = self.content
        return bytes(format(self.dictionary, document)) + b"\nstream\n" + HELD + b"endstream\n"


def attach(sheet: Sheet, files: dict[str, tuple[bytes, str]]) -> None:
    """Put files (name: bytes and what they are) into the document, uncompressed, so that no other zlib gives other bytes."""
    document = sheet.canvas._doc
    names, associated = [], []
    for name, (data, told) in sorted(files.items()):
        stream = _Held(content=data)
        stream.dictionary.dict["Type"] = "/EmbeddedFile"
        stream.dictionary.dict["Subtype"] = "/" + _TYPES.get(name.rsplit(".", 1)[-1], "application#2Foctet-stream")
        stream.dictionary.dict["Params"] = PDFDictionary({"Size": len(data)})
        fields = {
            "Type": PDFName("Filespec"),
            "F": PDFString(name),
            "UF": PDFString(name),
            "Desc": PDFString(told),
            "EF": PDFDictionary({"F": document.Reference(stream)}),
            "AFRelationship": PDFName("Data"),
        }
        reference = document.Reference(PDFDictionary(fields))
        names += [PDFString(name), reference]
        associated.append(reference)
    catalog = document.Catalog
    catalog.__NoDefault__ = [*catalog.__NoDefault__, "Names", "AF"]
    catalog.Names = PDFDictionary({"EmbeddedFiles": PDFDictionary({"Names": PDFArray(names)})})
    catalog.AF = PDFArray(associated)
