"""Descriptions that other programs put into a PDF: which are harmless (docs/spec/13-report.md, CHECK-4)."""

import subprocess
import sys

import pytest

from custody.paper.xmp import harmless

PLAIN = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x='adobe:ns:meta/' x:xmptk="Contoh 1.0"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"><xmp:CreateDate>2024-11-28T00:00:00Z</xmp:CreateDate>
</rdf:Description></rdf:RDF></x:xmpmeta>   <?xpacket end="w"?>"""
HARMLESS = {
    "nothing": "",
    "dates": PLAIN,
    "white to grow into": PLAIN.replace("   ", " " * 4000),
    "dates as attributes": PLAIN.replace('rdf:about=""', 'rdf:about="" xmp:ModifyDate = "2024-11-28T00:00:00Z"'),
}
OTHERS = {
    "a title": PLAIN.replace("</rdf:Desc", "<dc:title>x</dc:title></rdf:Desc"),
    "a title as attribute": PLAIN.replace('rdf:about=""', 'rdf:about="" dc:title="x"'),
    "a title spread over lines": PLAIN.replace('rdf:about=""', 'rdf:about="" dc:title\n=\n"x"'),
    "a title under another prefix": PLAIN.replace("</rdf:Desc", "<t:title>x</t:title></rdf:Desc"),
    "a title without prefix": PLAIN.replace("</rdf:Desc", "<title xmlns='http://purl.org/dc/elements/1.1/'>x</title></rdf:Desc"),
    "an author": PLAIN.replace('rdf:about=""', 'pdf:Author="x"'),
    "an entity": PLAIN.replace("2024", "&#x32;024"),
    "a declaration": "<!DOCTYPE x>" + PLAIN,
    "a comment": PLAIN + "<!-- x -->",
    "another coding declared": '<?xml version="1.0" encoding="UTF-7"?>' + PLAIN,
}


@pytest.mark.parametrize("name", HARMLESS)
def test_dates_and_names_of_programs_are_harmless(name: str) -> None:
    assert harmless(HARMLESS[name].encode())


@pytest.mark.parametrize("name", OTHERS)
def test_whatever_else_is_not(name: str) -> None:
    assert not harmless(OTHERS[name].encode())


@pytest.mark.parametrize("data", [PLAIN.encode("utf-16"), b"\xff", b"\0", b"x" * 70_000], ids=["UTF-16", "no text", "nought", "too long"])
def test_bytes_that_are_no_such_text_are_not(data: bytes) -> None:
    assert not harmless(data)


@pytest.mark.parametrize("sign", ["a", "<", " ", "a ", "<a", "a=", "?", "/"])
def test_a_packet_made_to_hurt_is_judged_at_once(sign: str) -> None:
    """A text that makes a careless pattern look again and again, in a process of its own that is stopped when it does."""
    program = f"from custody.paper.xmp import harmless; harmless({sign!r}.encode() * (65_000 // {len(sign)}))"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=20)
