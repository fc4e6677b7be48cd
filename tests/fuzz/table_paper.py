"""Parsers of the paper: PDF files and what is inside of them, certificates, codes of pages, stocks of labels, photographs."""

import io
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from custody.core.policy import Policy
from custody.paper.checking import certificate, officesignature, officetail, onereading, pagelines, pdffile, pdfsyntax, xmp
from custody.paper.checking.check import check
from custody.paper.checking.token import Place
from custody.paper.codes import headcode, pagecode, pagesight
from custody.paper.label import stockfile
from custody.paper.proven import evidence
from custody.paper.proven.evidence import Evidence
from custody.paper.proven.facts import Facts
from fixtures import officecards
from fixtures.reports import from_text
from fixtures.reportstories import reports
from tests.fuzz.parser import KB, MB, Parser, octets, samples, text
from tests.paper import stories

WORD = b"sandi contoh saja"
_SIZES = "400,000 objects, 96 MB unpacked"


@cache
def _pdf() -> bytes:
    return stories.short().pdf


@cache
def _card() -> bytes:
    return officecards.packed(officecards.card(), WORD)


@cache
def _chain() -> bytes:
    return officecards.authority().pem().encode()


def _checked(data: bytes) -> Any:
    return check(data, stories.short().trust)


def _attached(data: bytes) -> Any:
    return pdffile.attachments(data, evidence.NAMES)


def _one_reading(data: bytes) -> bool:
    return onereading.one_reading(data)


@cache
def _signed() -> bytes:
    return officecards.signed(_pdf(), officecards.card())


def _cms(data: bytes) -> Any:
    """What an office signed with, in a paper that is as it was drawn."""
    tail = officetail.read(_signed(), _pdf())
    assert tail is not None
    return officesignature.judge(_signed(), tail._replace(cms=data), certificate.named(_chain(), "x"), False)


@cache
def _own_cms() -> bytes:
    return officecards.cms(officetail.covered(_pdf(), officecards.MOMENT), officecards.card())


def _tail(data: bytes) -> Any:
    return officetail.read(_pdf() + data, _pdf())


@cache
def _story() -> tuple[Evidence, Policy]:
    story = reports()["box"]
    return from_text(story), Policy.parse(story["policy"].encode())


def _evidence(name: str) -> Callable[[bytes], Any]:
    """Evidence in which one file is another."""
    return lambda data: evidence.read(_story()[0]._replace(**{name: data}), _story()[1])


def _of(name: str) -> Callable[[], Sequence[bytes]]:
    return lambda: (getattr(_story()[0], name),)


def _value(data: bytes) -> Any:
    try:
        return pdfsyntax.value(data, 0)
    except pdfsyntax.Unclear:  # its readers answer it
        return None


@cache
def _xmp() -> bytes:
    import pikepdf

    with pikepdf.open(io.BytesIO(_pdf())) as document:
        return bytes(document.Root.Metadata.read_bytes())


@cache
def _pictures() -> Sequence[bytes]:
    """A page code as a PNG and as a JPEG."""
    import qrcode

    found = []
    for kind in ("PNG", "JPEG"):
        into = io.BytesIO()
        qrcode.make("CP1/11/0123456789ABCDEF/12/1-2/3.8-10").convert("L").resize((120, 120)).save(into, kind)
        found.append(into.getvalue())
    return found


def _sights(data: bytes) -> Any:
    return list(pagesight.sights("x", data))


_STOCK = b"""[sheet-of-16]
page = [210, 297]
columns = 2
rows = 8
label = [99.1, 33.9]
gap = [2.5, 0]
module = 0.593
inset = [3.0, 2.0]
"""

PAPER = (
    Parser("custody.paper.checking.check:check", _checked, lambda: (_pdf(),), pdffile.MOST_BYTES, _SIZES, runs=1_000, peak=80),
    Parser(
        "custody.paper.checking.pdffile:attachments",
        _attached,
        lambda: (_pdf(),),
        pdffile.MOST_BYTES,
        _SIZES,
        runs=10_000,
        peak=80,
        also=("custody.paper.checking.pdffile:opened", "custody.paper.checking.pdffile:unpacked"),
    ),
    Parser(
        "custody.paper.checking.onereading:one_reading",
        _one_reading,
        lambda: (_pdf(),),
        pdffile.MOST_BYTES,
        "16 MB of values, 40 deep",
        runs=2_000,
        peak=80,
    ),
    Parser(
        "custody.paper.checking.pdfsyntax:value",
        _value,
        lambda: (b"<< /A [1 0 R (x\\)y) <00ff>] /B << /C /D#20 >> >>",),
        2 * MB,
        "40 deep",
        runs=100_000,
    ),
    Parser(
        "custody.paper.checking.pagelines:letters",
        pagelines.letters,
        lambda: (b"2 beginbfchar\n<01> <0041>\n<02> <0042>\nendbfchar",),
        96 * MB,
        "as long as it is",
    ),
    Parser("custody.paper.checking.xmp:same", lambda data: xmp.same(data, _xmp()), lambda: (_xmp(),), 64 * KB, "64 KB"),
    Parser("custody.paper.checking.officetail:read", _tail, lambda: (_signed()[len(_pdf()) :],), 64 * KB, "one tail", runs=5_000),
    Parser("custody.paper.checking.officesignature:judge", _cms, lambda: (_own_cms(),), 16 * KB, "one signer", runs=5_000, peak=400),
    Parser(
        "custody.paper.checking.certificate:open_card",
        lambda data: certificate.open_card(data, WORD, "x"),
        lambda: (_card(),),
        certificate.MOST,
        "one card",
        runs=10_000,
    ),
    Parser(
        "custody.paper.checking.certificate:named",
        lambda data: certificate.named(data, "x"),
        lambda: (_chain(),),
        certificate.MOST,
        "one file",
        runs=50_000,
    ),
    Parser(
        "custody.paper.checking.token:Place.parse",
        lambda data: Place.parse(text(data)),
        lambda: (b"pkcs11:token=KANTOR;object=kunci?module-path=/usr/lib/token.so",),
        4 * KB,
        "three parts",
    ),
    Parser(
        "custody.paper.codes.headcode:parse",
        lambda data: headcode.parse(text(data)),
        samples("13-pages", "head.read"),
        4 * KB,
        "300 characters",
        lambda code: octets(code.format()),
        beyond="headcode.form",
    ),
    Parser(
        "custody.paper.codes.pagecode:parse",
        lambda data: pagecode.parse(text(data)),
        samples("13-report", "page.read"),
        4 * KB,
        "90 characters",
        lambda code: octets(code.format()),
        beyond="pagecode.form",
    ),
    Parser(
        "custody.paper.codes.pagesight:sights",
        _sights,
        _pictures,
        pagesight.MOST_BYTES,
        "80 million pixels, 500 pages, 64 codes a picture",
        runs=1_000,
    ),
    Parser(
        "custody.paper.label.stockfile:read",
        lambda data: stockfile.read(data, "x.toml"),
        lambda: (_STOCK,),
        64 * KB,
        "known fields",
        beyond="stock.file",
    ),
    Parser(
        "custody.paper.proven.facts:Facts.parse",
        Facts.parse,
        samples("13-report", "report.facts"),
        96 * MB,
        "closed fields",
        Facts.format,
        runs=50_000,
    ),
    *(
        Parser(f"custody.paper.proven.evidence:read, {name}", _evidence(name), _of(name), 96 * MB, "as its parts", runs=runs)
        for name, runs in (("facts", 5_000), ("excerpt", 2_000), ("proof", 2_000))
    ),
)
