"""Descriptions that other programs leave in a PDF: which say what ours says (docs/spec/13-report.md, CHECK-4 and DRAW-5)."""

import subprocess
import sys

import pytest

from custody.paper.checking.xmp import same

OURS = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Laporan &amp; contoh</rdf:li></rdf:Alt></dc:title>
<xmp:CreatorTool>custody</xmp:CreatorTool>
</rdf:Description></rdf:RDF></x:xmpmeta>   <?xpacket end="r"?>
"""
SAVED = {
    "as it was": OURS,
    "left out": "",
    "without a title": OURS.replace("Laporan &amp; contoh", ""),
    "another program named": OURS.replace(">custody<", ">Contoh 1.0<"),
    "with dates": OURS.replace("</rdf:Desc", "<xmp:ModifyDate>2024-11-28T00:00:00Z</xmp:ModifyDate></rdf:Desc"),
    "dates as attributes": OURS.replace('rdf:about=""', 'rdf:about="" xmp:ModifyDate = "2024-11-28T00:00:00Z"'),
    "white to grow into": OURS.replace("   ", " " * 4000),
    "written over other lines": OURS.replace("><", ">\n  <"),
    "a name for the program that wrote it": OURS.replace("<x:xmpmeta", "<x:xmpmeta x:xmptk='Contoh 1.0'"),
}
OTHERS = {
    "another title": OURS.replace("contoh", "lain"),
    "a longer title": OURS.replace("contoh", "contoh yang lain"),
    "a second title": OURS.replace("</rdf:Desc", "<dc:title>x</dc:title></rdf:Desc"),
    "the same title twice": OURS.replace("</rdf:Alt>", '<rdf:li xml:lang="x-default">Laporan &amp; contoh</rdf:li></rdf:Alt>'),
    "the title in another language": OURS.replace("x-default", "id"),
    "a title as attribute": OURS.replace('rdf:about=""', 'rdf:about="" dc:title="x"'),
    "a title spread over lines": OURS.replace('rdf:about=""', 'rdf:about="" dc:title\n=\n"x"'),
    "a title under another prefix": OURS.replace("</rdf:Desc", "<t:title>x</t:title></rdf:Desc"),
    "a title without prefix": OURS.replace("</rdf:Desc", "<title xmlns='http://purl.org/dc/elements/1.1/'>x</title></rdf:Desc"),
    "words in no element": OURS.replace("</rdf:Alt>", "</rdf:Alt>x"),
    "words in the packet": OURS.replace("<dc:title>", "x<dc:title>"),
    "the title as a description": OURS.replace("dc:title>", "dc:description>"),
    "the title below no element of ours": OURS.replace("<dc:title>", "").replace("</dc:title>", ""),
    "the title as an attribute with a bracket": OURS.replace('rdf:about=""', 'rdf:about="" dc:title="x >"'),
    "words behind the packet": OURS + "x",
    "words before the packet": "x" + OURS,
    "an author": OURS.replace('rdf:about=""', 'pdf:Author="x"'),
    "an entity": OURS.replace("contoh", "&#x32;contoh"),
    "a declaration": "<!DOCTYPE x>" + OURS,
    "a comment": OURS + "<!-- x -->",
    "another coding declared": '<?xml version="1.0" encoding="UTF-7"?>' + OURS,
}


@pytest.mark.parametrize("name", SAVED)
def test_what_a_saving_program_adds_says_the_same(name: str) -> None:
    assert same(SAVED[name].encode(), OURS.encode())


@pytest.mark.parametrize("name", OTHERS)
def test_whatever_else_does_not(name: str) -> None:
    assert OTHERS[name] != OURS
    assert not same(OTHERS[name].encode(), OURS.encode())


@pytest.mark.parametrize("data", [OURS.encode("utf-16"), b"\xff", b"\0", b"x" * 70_000], ids=["UTF-16", "no text", "nought", "too long"])
def test_bytes_that_are_no_such_text_do_not(data: bytes) -> None:
    assert not same(data, OURS.encode())


@pytest.mark.parametrize("sign", ["a", "<", " ", "a ", "<a", "a=", "?", "/", "<a ", "<a b=", ">", "</a>", "<a>b"])
def test_a_packet_made_to_hurt_is_judged_at_once(sign: str) -> None:
    """A text that makes a careless pattern look again and again, in a process of its own that is stopped when it does."""
    program = f"from custody.paper.checking.xmp import same; same({sign!r}.encode() * (65_000 // {len(sign)}), b'<a>c</a>')"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=20)


def test_white_without_end_costs_no_time() -> None:
    """Nothing looks at the same white twice."""
    assert same(OURS.replace("<dc:title>", f"<dc:creator>{' ' * 60_000}</dc:creator><dc:title>").encode(), OURS.encode())
