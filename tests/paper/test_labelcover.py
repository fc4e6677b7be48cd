"""The cover of a print of labels (docs/spec/12-label.md, LABEL-17)."""

from dataclasses import replace

import pytest

from custody.paper.checking import pdffile, unproven
from custody.paper.codes import headcode
from custody.paper.deeds.labelcover import CoverFacts, SlipCover, draw, draw_slips
from tests.paper import rendering

HEAD = headcode.HeadCode("custody.contoh/" + "ab" * 16, 128, "3f9a77c10b2e44d1" * 2)
FACTS = CoverFacts(
    "id", False, ("Operasi Contoh", "Kabupaten Contoh · Pemilu 2024", "Buku besar contoh · otoritas: KPU · POLRI"),
    "27 November 2024 18.41 WITA", "kasatops-1", "first", "a4-24", "12–14",
    (("label-530719-kangae-1.pdf", "Kangae", 2400, 100), ("label-530719-kangae-2.pdf", "Kangae", 25, 2)),
    HEAD.origin, HEAD.short, HEAD.format(),
)  # fmt: skip
SAID = {
    "the short line": "128 3f9a-77c1-0b2e-44d1",
    "the entries": "12–14",
    "a file": "label-530719-kangae-2.pdf",
    "how many": "menyertai 2.425 label",
    "the authorities": "otoritas: KPU · POLRI",
    "not to be stuck": "JANGAN DITEMPEL",
    "what a label does not prove": "tidak membuktikan bahwa kotak di bawahnya kotak yang benar",
    "what the sheet does not prove": "Lembar ini sendiri tidak membuktikan apa pun",
    "the key": "kasatops-1",
    "the stock": "a4-24",
}


@pytest.mark.parametrize(("lang", "mark"), [("id", "."), ("en", ",")])
def test_every_figure_has_its_thousands_marked(lang: str, mark: str) -> None:
    text = rendering.text(draw(replace(FACTS, lang=lang, rows=(("label-1.pdf", "Kangae", 24_000, 1_000), *FACTS.rows[1:]))))
    assert text.count(f"24{mark}025") == 2 and text.count(f"24{mark}000") == 1 and text.count(f"1{mark}000") == 1
    assert "24025" not in text and "24000" not in text
    text = rendering.text(draw_slips(replace(SLIPS, lang=lang, rows=(("lencana-1.pdf", "a – b", 2_400, 1_200),))))
    assert text.count(f"2{mark}400") == 3 and text.count(f"1{mark}200") == 1


@pytest.mark.parametrize("name", SAID)
def test_it_is_said(name: str) -> None:
    assert "".join(SAID[name].split()) in "".join(rendering.text(draw(FACTS)).split())


def test_the_large_code_leads_to_the_checkpoint() -> None:
    (page,) = rendering.pages(draw(FACTS))
    (code,) = rendering.codes(page)
    assert headcode.parse(code) == HEAD


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize("count", [1, 40, 1000])
def test_any_number_of_files_in_both_languages(count: int, lang: str) -> None:
    pdf = draw(replace(FACTS, lang=lang, rows=tuple((f"label-{number:04}.pdf", "Desa Contoh " * 6, 24, 1) for number in range(count))))
    text = rendering.text(pdf)
    assert rendering.overlapping(pdf) == [] and "{" not in text and "label.cover" not in text
    assert all(f"label-{number:04}.pdf" in text for number in range(count))


REASONS = {"first": "pertama", "spare": "cadangan, belum milik kotak mana pun", "torn": "ulang; label sebelumnya batal"}


@pytest.mark.parametrize("reason", REASONS)
def test_why_it_was_printed(reason: str) -> None:
    assert REASONS[reason] in " ".join(rendering.text(draw(replace(FACTS, reason=reason))).split())


def test_what_waits_for_the_office_says_so() -> None:
    text = " ".join(rendering.text(draw(replace(FACTS, entries=""))).split())
    assert "Belum menjadi entri: menunggu sampai ke kantor" in text and "lebih tua dari itu" in text


def test_a_drill_says_so_and_the_file_calls_itself_labels() -> None:
    assert "LATIHAN" in rendering.text(draw(replace(FACTS, drill=True)))
    with pdffile.opened(draw(FACTS)) as document:
        assert unproven.code(document) == "check.unproven.label"


SLIPS = SlipCover(
    "id", False, FACTS.head, "officer", "27 November 2024 18.41 WITA", "a4-10",
    (("lencana-petugas-1.pdf", "guard-1 – pps-08", 1000, 100), ("lencana-petugas-2.pdf", "pps-09", 1, 1)),
    HEAD.origin, HEAD.short, HEAD.format(),
)  # fmt: skip
OF_SLIPS = {
    "seal-point": ("menyertai 1.001 penanda titik segel", "bukan segel"),
    "place": ("menyertai 1.001 lencana tempat", "hanya mengetik nama tempat"),
    "officer": ("menyertai 1.001 lencana petugas", "bukan tanda pengenal"),
}


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize("kind", OF_SLIPS)
def test_markers_and_badges_have_a_cover_too(kind: str, lang: str) -> None:
    pdf = draw_slips(replace(SLIPS, kind=kind, lang=lang))
    text = " ".join(rendering.text(pdf).split())
    assert rendering.overlapping(pdf) == [] and "{" not in text and "slip.cover" not in text
    assert all(one in text for one in (HEAD.short, "lencana-petugas-2.pdf", "guard-1 – pps-08", "a4-10", "otoritas: KPU · POLRI"))
    assert lang == "en" or all(one in text for one in ("JANGAN DITEMPEL", "Tidak dicatat di buku besar", *OF_SLIPS[kind])), text
    (page,) = rendering.pages(pdf)
    assert [headcode.parse(code) for code in rendering.codes(page)] == [HEAD]


def test_a_cover_of_badges_in_a_drill_says_so_and_is_called_a_paper_of_labels_without_its_evidence() -> None:
    pdf = draw_slips(replace(SLIPS, drill=True))
    assert "LATIHAN" in rendering.text(pdf)
    with pdffile.opened(pdf) as document:
        assert unproven.code(document) == "check.unproven.label"
