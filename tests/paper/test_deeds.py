"""Deeds on paper (docs/spec/21-deeds.md): every kind in both languages, whole and readable, with long names and many lines; and edited."""

import re
from collections.abc import Callable
from functools import cache
from io import BytesIO
from typing import Any

import pikepdf
import pytest

from custody.core.entry import parse
from custody.core.errors import Undecided
from custody.paper import drawings
from custody.paper.canvas.sheet import MM
from custody.paper.checking.check import check
from custody.paper.deeds import blank
from custody.paper.deeds import drawn as issued
from custody.paper.deeds.blank import FORMS, BlankFacts
from custody.paper.deeds.blocks import Listing
from custody.paper.deeds.drawn import FORMS as DRAWN
from custody.paper.deeds.ending import LEFT, RIGHT
from custody.paper.deeds.page import BOTTOM
from custody.paper.proven.evidence import Reading, read
from custody.paper.proven.scope import DEEDS
from fixtures import deeds
from fixtures.deeds import KINDS, NOTE, ORDER, Load, numbered
from fixtures.pdfedits import Edit, edited, in_content
from fixtures.reports import NEIGHBOUR, Told, trusting
from fixtures.smallworld import BOX, PROFILE, SIGHT, place, seed
from tests.paper import rendering

LANGUAGES = ("id", "en")
COPIES = ("KPU", "Bawaslu", "")
_UNNAMED = re.compile("[0-9a-f]{12}…")  # how a statement that is not in the evidence is named


@cache
def deed(kind: str, lang: str = "id", **changes: Any) -> tuple[Reading, bytes]:
    """A deed of one of the kinds, drawn: what it was drawn from, and the file."""
    reading = deeds.reading(kind, lang=lang, **changes)
    return reading, drawings.draw(reading)


def plain(pdf: bytes) -> str:
    """The text without its line breaks."""
    return "".join(rendering.text(pdf).split())


def whole(pdf: bytes) -> None:
    """Nothing overlaps, runs out of the margins, was cut, or was left without words."""
    assert rendering.overlapping(pdf) == []
    for page in rendering.lines(pdf):
        assert page, "no page is empty"
        for left, bottom, right, top in page:
            assert left >= LEFT * MM - 1 and right <= RIGHT * MM + 1
            assert bottom > 12 and top < 297 * MM - 12
    text = _UNNAMED.sub("", rendering.text(pdf))
    for sign in ("{", "}", "deed.page", "deed.kind", "deed.blank", "report."):
        assert sign not in text, sign


# -- every kind ----------------------------------------------------------------------------------------------------------------------


def test_every_kind_that_has_a_deed_is_tried() -> None:
    assert {kind.partition(" ")[0] for kind in KINDS} == DEEDS


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_it_is_whole(kind: str, lang: str) -> None:
    reading, pdf = deed(kind, lang)
    whole(pdf)
    assert "…" not in _UNNAMED.sub("", rendering.text(pdf)), "nothing was cut"
    told = plain(pdf)
    for part in (reading.head.short, reading.head.root.hex(), reading.facts.scope[1], reading.head.origin, f"{reading.own.entry}"):
        assert part.replace(" ", "") in told, part


@pytest.mark.parametrize("kind", KINDS)
def test_english_is_english(kind: str) -> None:
    _, pdf = deed(kind, "en")
    text = rendering.text(pdf)
    for word in ("Pada hari", "Halaman", "Rangkap", "entri", "Tanda tangan", "kunci", "kotak suara", "tidak ada"):
        assert word not in text, word


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_intact_and_an_edited_one_is_altered(kind: str) -> None:
    reading, pdf = deed(kind)
    trust = trusting(deeds.Deeds())
    assert check(pdf, trust).outcome == "intact"
    assert check(edited(pdf, in_content(b"(OPERASI CONTOH)", b"(OPERASI CONTOK)")), trust).outcome == "altered"
    assert reading.facts.drawing == "deed-1"


def _swap(document: pikepdf.Pdf) -> None:
    """The first pages of two copies change places: the second copy says that it is the first."""
    pages = document.pages
    middle = len(pages) // 3
    pages.insert(0, pages[middle])
    pages.append(pages[1])
    del pages[middle + 1]


PAGES: dict[str, Edit] = {
    "a page dropped": lambda document: document.pages.__delitem__(-1),
    "a copy dropped": lambda document: document.pages.__delitem__(slice(0, len(document.pages) // 3)),
    "a page twice": lambda document: document.pages.append(document.pages[0]),
    "pages of two copies swapped": _swap,
    "another for whom": in_content(b": KPU)", b": PAN)"),
    "another seal": in_content(b"robek", b"rapat"),
    "another plate": in_content(b"(EB-8001-XX)", b"(EB-8009-XX)"),
}


@pytest.mark.parametrize("name", PAGES)
def test_what_is_done_to_pages_and_copies_is_seen(name: str) -> None:
    _, pdf = deed("handoff", copies=COPIES)
    assert check(edited(pdf, PAGES[name]), trusting(deeds.Deeds())).outcome == "altered"


@pytest.mark.parametrize("drawing", ["deed-receipt-1", "deed-waybill-1"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_receipt_and_a_waybill(drawing: str, lang: str) -> None:
    for kind in ("handoff", "handoff offered", "handoff things", "handoff unsigned", "handoff found"):
        _, pdf = deed(kind, lang, drawing=drawing)
        whole(pdf)
        assert check(pdf, trusting(deeds.Deeds())).outcome == "intact"


# Kind of handoff: what its waybill says, and the place where that was.
SENT = {
    "handoff offered": ("Diberangkatkan1kotak", "bertempatdiTPS002,DesaSatu"),
    "handoff": ("Telahdiangkut2kotaksuaradanbaranglain", "bertempatdiGudangContoh"),
    "handoff unsigned": ("Telahdiangkut1kotak", "bertempatdiGudangContoh"),
}


@pytest.mark.parametrize("kind", SENT)
def test_only_a_departure_sends_a_load_on_its_way(kind: str) -> None:
    text = plain(deed(kind, drawing="deed-waybill-1")[1])
    for said in SENT[kind]:
        assert said in text, text[:900]
    assert ("Diberangkatkan" in text) == (kind == "handoff offered")


def test_a_receipt_of_what_is_no_handoff_cannot_be_drawn() -> None:
    with pytest.raises(Undecided, match=r"check\.drawing"):
        drawings.draw(deeds.reading("opening", drawing="deed-receipt-1"))


def test_the_same_facts_give_the_same_bytes() -> None:
    reading, pdf = deed("handoff")
    assert drawings.draw(reading) == pdf


# -- what stands on a handoff ----------------------------------------------------------------------------------------------------------

# The form of a handover as observers ask for it: field -> what stands for it on a deed or, beside `by hand`, on the waybill.
ASKED = {
    "seals on the box": "tutup A-000123",
    "station name": "TPS 001 Desa Satu",
    "station address": "PEM24-5307192001-001-DPR-1",
    "destination": "Gudang Contoh, Kabupaten Contoh",
    "pick-up time": "pukul 18.26 WITA",
    "authoriser": "Bripka Petugas Contoh pps-9",
    "receiver": "Bripka Petugas Contoh keeper-1",
    "transporter": "Bripka Petugas Contoh ppk-1",
    "other signatories": "Bripka Petugas Contoh guard-1",
    "vehicle type": "truk",
    "plate": "EB-8001-XX",
    "escort": "18 orang; Bripka Petugas Contoh escort-1",
    "order of the escort": ORDER,
    "defects": NOTE,
    "conditions": "leaking roof",
    "count per village": "Desa Satu",
    "things": "bilik suara",
    "due": "28 November 2024 10.00 WITA",
    "trip and part": "rit 1 · bagian 1 dari 1",
}
BY_HAND = {"driver": "Pengemudi/juru mudi", "dispatcher phone": "Telepon pengirim", "stops": "Singgah di, pukul"}
NOWHERE = ("seals on envelopes", "envelope count")  # what lies in a box is no matter of custody


@pytest.mark.parametrize("field", ASKED)
def test_a_field_of_the_handover_form_stands_on_the_deed(field: str) -> None:
    assert ASKED[field].replace(" ", "") in plain(deed("handoff")[1])


@pytest.mark.parametrize("field", BY_HAND)
def test_what_the_ledger_has_not_is_written_by_hand(field: str) -> None:
    assert BY_HAND[field].replace(" ", "") in plain(deed("handoff", drawing="deed-waybill-1")[1])
    assert BY_HAND[field].replace(" ", "") not in plain(deed("handoff")[1])


def test_these_are_all_fields_of_the_form() -> None:
    assert len(ASKED) + len(BY_HAND) + len(NOWHERE) == 24


# Name: the kind, and what is said of who signed and what lacks.
SAID = {
    "an offer that was received apart": ("handoff offered", "Menandatangani penegasan sendiri: entri"),
    "seals that differ": ("handoff offered", "▲ robek: tali 1 K-000456"),
    "a giver without a key": ("handoff unsigned", "PIHAK PERTAMA tidak menandatangani: tidak punya kunci"),
    "the hash of his paper": ("handoff unsigned", "ef" * 32),
    "a box that nobody gave": ("handoff found", "BERITA ACARA PENEMUAN KOTAK SUARA"),
    "a guest who signs in ink": ("opening", "Tanpa kunci: tinta saja"),
    "a box missed": ("inspection", "TIDAK ADA, padahal seharusnya ada"),
    "a breach apart from integrity": ("handoff", "Temuan tata cara (terpisah dari keutuhan)"),
    "an incident that was settled": ("incident", "diselesaikan pada entri"),
    "what is settled, and when that had happened": ("incident settles", "basah, terjadi 27-11-2024"),
    "that it is settled": ("incident settles", "TELAH DISELESAIKAN: "),
    "the seals before an opening": ("opening", "Segel sebelum dibuka, menurut penyegelan, serah terima atau pembukaan terakhir"),
    "the seals that were cut": ("opening", "▲ robek: tali 2 K-000457"),
    "the ledger's figure beside the count": ("shift", "Menurut buku besar pada jam itu: 2 (dari seluruh buku besar sampai entri"),
    "that a count agrees": ("shift", "Hitungan dan buku besar sama: tidak ada selisih."),
    "that a count is short": ("inspection", "SELISIH: dihitung 1, menurut buku besar 2. KURANG 1 kotak."),
    "that a count is short, and that all have signed": ("inspection", "Tidak ada tanda tangan yang kurang: semua yang harus"),
    "whose word the figure is": ("shift", "Angka buku besar dihitung penerbit dari semua catatan semua kotak"),
    "the first shift": ("shift first", "BERITA ACARA MULAI JAGA"),
}


@pytest.mark.parametrize("name", SAID)
def test_it_is_said(name: str) -> None:
    kind, said = SAID[name]
    assert said.replace(" ", "") in plain(deed(kind)[1])


# The figure of the facts; what the deed of a shift that counted 2 says.
FIGURES = {
    "over": ((0, 1), "SELISIH:dihitung2,menurutbukubesar0–1.LEBIH1kotak."),
    "short": ((5, 7), "SELISIH:dihitung2,menurutbukubesar5–7.KURANG3kotak."),
    "within": ((1, 3), "tidakadaselisih"),
    "none": ((), None),
}


@pytest.mark.parametrize("name", FIGURES)
def test_the_difference_of_a_count_in_words(name: str) -> None:
    figure, said = FIGURES[name]
    text = plain(deed("shift", figure=figure)[1])
    assert said in text if said is not None else "Menurutbukubesarpadajamitu" not in text
    assert ("antara1dan3,karena" in text) is (name == "within")


def test_a_settlement_names_neither_a_state_nor_the_time_of_the_incident_as_its_own() -> None:
    text = plain(deed("incident settles")[1])
    for said in ("Telahterjadi", "TELAHTERJADI", "tidakmenunggupenyelesaian", "belumditunjuk"):
        assert said not in text, said


def test_an_incident_without_an_owner_says_so_in_its_finding() -> None:
    made = Told()
    text = drawn(made, made.put(made.draft("incident", about=[], boxes=[BOX], code="wet", due=None, irregular=[], note=None, owner=None,
                                           photos=[], place="530719", settles=[]), "guard-1"))  # fmt: skip
    assert "(penanggungjawabtidakdisebut,batastidakdisebut)" in text


def test_names_stand_only_where_they_are_opened() -> None:
    _, pdf = deed("handoff", openings=())
    assert "Petugas Contoh" not in rendering.text(pdf) and NOTE not in rendering.text(pdf)
    assert "namatidakdibuka" in plain(pdf)


def test_nothing_more_than_an_offer_says_so() -> None:
    made = Told()
    sid = made.put(made.to_ppk(made.at_pps), "pps-1")
    scope = "deed", sid
    given = made.report(scope=scope, sids=made.named_sids(scope), drawing="deed-1", renderer=drawings.renderer("id", "deed-1"))
    text = plain(drawings.draw(read(given, trusting(made))))
    assert "PIHAKKEDUABELUMMENANDATANGANI" in text and "BELUMDITANDATANGANI:PIHAKKEDUA" in text
    assert text.count("BELUMMENANDATANGANISECARADIGITAL") == 2, "the receiver, and the recorder"


def test_copies_are_told_apart_and_counted_each_by_itself() -> None:
    _, pdf = deed("handoff", copies=COPIES)
    pages = rendering.texts(pdf)
    each = len(pages) // 3
    assert each * 3 == len(pages) and each > 1
    for at, page in enumerate(pages):
        whom = f": {COPIES[at // each]}" if COPIES[at // each] else ""
        assert f"Rangkap {at // each + 1} dari 3{whom}" in page
        assert f"Halaman {at % each + 1} dari {each}" in page


def test_each_page_has_its_code_and_the_first_pages_end_in_the_checkpoint() -> None:
    reading, pdf = deed("handoff offered")
    found = [rendering.codes(page) for page in rendering.pages(pdf, 200)]
    assert all(sum(text.startswith("CP1/") for text in codes) == 1 for codes in found)
    mark = f"{reading.head.origin} {reading.head.size} {reading.head.root.hex()[:32]}"
    assert sum(mark in codes for codes in found) == 1


# -- many lines, long names ------------------------------------------------------------------------------------------------------------

_LONG = "Nama Contoh yang Sangat Panjang Sekali di Ujung Barat Daya Pulau Contoh Persiapan"[:80].strip()
_TYPES = [{"code": code, "colour": "kuning", "name": _LONG[:40].strip()} for code in ("BUP", "DPD", "DPR", "DPRDK", "DPRDP")]


class Many(Told):
    """Thirty-two stations of five boxes, all with long names; each with seals of its own, half of them told otherwise by who receives."""

    def __init__(self, count: int = 160, **founding: Any) -> None:
        super().__init__(profile={**PROFILE, "types": _TYPES}, operation=_LONG, **founding)
        codes = [f"5307192003-{number:03d}" for number in range(1, 33)]
        rows = [
            place("5307192003", "desa", _LONG, "530719"),
            *(place(code, "tps", f"TPS {code[-3:]} {_LONG}"[:80].strip(), "5307192003") for code in codes),
        ]
        self.put(self.draft("places", legs=[], places=rows), "kpu-1", "bawaslu-1")
        boxes = sorted(f"PEM24-{code}-{one['code']}-1" for code in codes for one in _TYPES)[:count]
        self.giver, self.taker = "pps-dengan-nama-kunci-terpanjang"[:32], "ppk-dengan-nama-kunci-terpanjang"[:32]
        self.admit(self.giver, "pps", "5307192003")
        self.admit(self.taker, "ppk", "530719")
        self.register(*boxes)
        lines = [
            self.line(box, None, seals=self.seals(at), by={"how": "scanned", "label": seed(box).hex()}) for at, box in enumerate(boxes)
        ]
        whole = self.handoff(
            *lines, giver=self.giver, receiver=self.taker, start="5307192003", end="530719", vehicle="X" * 32, carrier="motorcycle",
            conditions=sorted(f"{letter}-keadaan-contoh-yang-panjang-sekali" for letter in "abcdefgh"),
            escort={"count": 999, "keys": sorted(["guard-1"]), "order": "S" * 64, "present": True},
        )  # fmt: skip
        self.sid = self.put(whole, self.giver)
        seen = [{"box": box, "by": SIGHT, "seals": self.seals(at, "torn" if at % 2 else "intact")} for at, box in enumerate(boxes)]
        noted: dict[str, Any] = {"irregular": [], "note": None, "photos": []}
        self.put(self.draft("ack", about=[self.sid], boxes=seen, place="530719", side="receiver", **noted), self.taker)

    def card(self, name: str) -> dict[str, Any]:
        """With names as long as they come."""
        from custody.core.private import seal

        fields = {}
        for part, value in (("name", f"{_LONG} {name}"[:80].strip()), ("rank", "Ajun Komisaris Besar Polisi")):
            fields[part], opening = seal(part, value, seed(f"{part} {name}")[:16])
            self.openings[fields[part]["c"]] = opening
        return fields

    def seals(self, at: int, state: str = "intact") -> list[dict[str, Any]]:
        return [{**one, "number": f"{one['number']}-{at:05d}", "state": state} for one in numbered()]

    def pdf(self, lang: str = "id", **changes: Any) -> bytes:
        scope = "deed", self.sid
        asked = {
            "drawing": "deed-1",
            "renderer": drawings.renderer(lang, "deed-1"),
            "sids": self.named_sids(scope),
            "lang": lang,
            **changes,
        }
        return drawings.draw(read(self.report(scope=scope, **asked), trusting(self)))


@pytest.mark.parametrize(("count", "lang"), [(1, "id"), (1, "en"), (160, "id"), (160, "en")])
def test_one_line_and_a_thousand_with_the_longest_names(count: int, lang: str) -> None:
    made = Many(count)
    pdf = made.pdf(lang, copies=("Badan Pengawas Pemilihan Umum Kabupaten Timor Tengah Utara X",))
    whole(pdf)
    text = plain(pdf)
    assert "…" not in text, "nothing was cut"
    assert text.count("K-000456") >= 2 * count - 1, "every seal of both accounts"
    if count == 160:
        assert sum(map(len, rendering.lines(pdf))) > 1000
        assert all(f"PEM24-5307192003-{number:03d}-DPRDP-1" in text for number in range(1, 33))


def test_a_box_that_was_identified_otherwise_is_among_the_differences_that_the_sentence_names() -> None:
    text = " ".join(rendering.text(Many(1).pdf()).split())
    assert "dengan perbedaan seperti disebut di bawah" in text and "Tidak ada perbedaan" not in text
    assert "label dipindai (sidik label" in text and "dilihat, tanpa label" in text


def test_a_point_and_its_number_stay_on_one_line() -> None:
    """Of every seal in both tables: no line ends between the word for a point and its number."""
    lines = [line.strip() for page in rendering.texts(Many(16).pdf()) for line in page.splitlines()]
    assert sum("K-000456" in line for line in lines) >= 16
    assert [line for line in lines if line.endswith(("tutup", "tali", "tali 1", "tali 2"))] == []


def filled(pdf: bytes) -> list[float]:
    """How far down each page is written, of 1."""
    top, foot = 283 * MM, BOTTOM * MM
    return [(top - min(bottom for _, bottom, *_ in page if bottom > foot)) / (top - foot) for page in rendering.lines(pdf)]


PAPERS = [
    *(pytest.param(lambda lang, kind=kind: deed(kind, lang)[1], id=kind) for kind in KINDS),
    *(pytest.param(lambda lang, name=name: deed("handoff", lang, drawing=name)[1], id=name) for name in DRAWN if name != "deed-1"),
    *(pytest.param(lambda lang, kind=kind: form(kind, lang), id=f"form {kind}") for kind in FORMS),
    *(pytest.param(lambda lang, count=count: Many(count).pdf(lang), id=f"{count} boxes") for count in (1, 4, 16, 40, 160)),
]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("draw", PAPERS)
def test_no_page_is_nearly_empty_and_signatures_stand_with_text(draw: Callable[[str], bytes], lang: str) -> None:
    pdf = draw(lang)
    assert min(filled(pdf)) > 0.27, filled(pdf)
    signed, closing = {"id": ("Tanda tangan", "Demikian naskah"), "en": ("Signatures", "Made truthfully")}[lang]
    begun = [page for page in rendering.texts(pdf) if signed in map(str.strip, page.splitlines())]
    assert begun and all(closing in " ".join(page.split()) for page in begun), "the sentence stands with the first who sign"


@pytest.mark.parametrize("kind", KINDS)
def test_a_drill_says_so_on_every_page(kind: str) -> None:
    pages = rendering.texts(deed(kind, drill=True)[1])
    assert all("LATIHAN" in page for page in pages)
    assert "TIDAK BERLAKU UNTUK PEMILIHAN" in pages[0]


# -- forms -----------------------------------------------------------------------------------------------------------------------------


def form(kind: str, lang: str = "id", **changes: Any) -> bytes:
    facts: dict[str, Any] = {
        "head": ("Operasi Contoh", "Kabupaten Contoh"),
        "drill": False,
        "origin": "custody.contoh/" + "ab" * 16,
        "short": "128 3f9a-77c1-0b2e-44d1",
    }
    return blank.draw(BlankFacts(kind, lang, **{**facts, **changes}))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", FORMS)
def test_a_form_is_whole_and_says_how_it_is_entered(kind: str, lang: str) -> None:
    pdf = form(kind, lang)
    whole(pdf)
    text = rendering.text(pdf)
    for part in ("128 3f9a-77c1-0b2e-44d1", "custody ", "--happened", "SHA-256"):
        assert part in text, part
    assert not any(rendering.codes(page) for page in rendering.pages(pdf)), "a form proves nothing"


@pytest.mark.parametrize("kind", ["handoff", "receipt", "waybill"])
def test_a_form_says_what_to_type_where_who_gives_has_no_key_but_not_of_an_offer(kind: str) -> None:
    text = plain(form(kind))
    assert ("--unsigned" in text) == ("--fromTEMPAT" in text) == (kind != "waybill")
    assert "--giver…--receiver…" in text


@pytest.mark.parametrize("kind", FORMS)
def test_the_same_form_gives_the_same_bytes_and_a_drill_says_so(kind: str) -> None:
    assert form(kind) == form(kind) != form(kind, copies=("KPU",))
    assert all("LATIHAN" in page for page in rendering.texts(form(kind, drill=True)))


@pytest.mark.parametrize("kind", FORMS)
def test_a_form_of_no_ledger_has_lines_instead(kind: str) -> None:
    whole(form(kind, origin="", short="", head=(_LONG, _LONG)))


def test_every_form_is_of_a_deed_that_there_is() -> None:
    assert set(FORMS) <= {*DEEDS, "receipt", "waybill"}
    assert set(DRAWN) == {"deed-1", "deed-receipt-1", "deed-waybill-1"}


# -- signatures that came later, times stated later ------------------------------------------------------------------------------------


def drawn(made: Told, sid: str, **changes: Any) -> str:
    """The deed of a statement of some world, as text without spaces."""
    scope = "deed", sid
    lang = changes.get("lang", "id")
    given = made.report(scope=scope, sids=made.named_sids(scope), drawing="deed-1", renderer=drawings.renderer(lang, "deed-1"), **changes)
    pdf = drawings.draw(read(given, trusting(made)))
    whole(pdf)
    return plain(pdf)


def test_a_signature_in_a_later_entry_is_told_as_one() -> None:
    made = Told()
    offered = made.to_ppk(made.at_pps, recorder=None)
    first = len(made.entries)
    made.put(offered, "pps-1")
    made.put(offered, "ppk-1")
    text = drawn(made, offered.sid)
    assert f"Nomor:entri{first},{first + 1}" in text
    assert f"Ditandatanganidigital:entri{first}," in text
    assert f"Ditandatanganidigitalmenyusul:entri{first + 1}" in text


def test_a_signature_after_its_key_was_revoked_counts_for_nothing() -> None:
    made = Told()
    made.put(made.draft("revoke", key="ppk-1", reason="lost", since=None), "kpu-1", "polri-1")
    offered = made.to_ppk(made.at_pps, recorder=None)
    made.put(offered, "pps-1", "ppk-1")
    text = drawn(made, offered.sid)
    assert "Tandatangandigitalsesudahkuncidicabut" in text and "dibuatsesudahkuncinyadicabut" in text


@pytest.mark.parametrize(("basis", "said"), [("paper", "menurutberitaacarakertas"), ("memory", "menurutingatan")])
def test_a_time_that_was_stated_later_says_how_it_is_known(basis: str, said: str) -> None:
    made = Told()
    happened = {"at": "2024-11-27T09:05:00Z", "basis": basis}
    sid = made.put(made.to_ppk(made.at_pps, recorder=None, happened=happened), "pps-1", "ppk-1")
    text = drawn(made, sid)
    assert said in text and "pukul17.05WITA" in text
    assert "at17:05WITA" in drawn(made, sid, lang="en")


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"])
def test_a_time_at_the_end_of_the_calendar_is_written_as_it_was_signed(moment: str) -> None:
    made = Told()
    sid = made.put(made.to_ppk(made.at_pps, recorder=None, happened={"at": moment, "basis": "memory"}), "pps-1", "ppk-1")
    assert "Padahariini" in drawn(made, sid)


# -- what stands there, for who cannot see it --------------------------------------------------------------------------------------------


def _kinds(part: Any) -> list[str]:
    """The kinds of all parts of the structure, in order."""
    below = part.get("/K")
    if not isinstance(below, pikepdf.Array):
        return [str(part.S)]
    return [str(part.S), *(kind for one in below for kind in _kinds(one))]


@pytest.mark.parametrize("kind", KINDS)
def test_headings_tables_and_lists_are_told_as_such(kind: str) -> None:
    with pikepdf.open(BytesIO(deed(kind)[1])) as document:
        found = _kinds(document.Root.StructTreeRoot.K)
    assert found.count("/H1") == 1 and found.count("/H2") >= 4
    assert {"/Document", "/L", "/LI", "/P", "/Figure"} <= set(found)
    assert found.count("/TR") == 0 or {"/Table", "/TH", "/TD"} <= set(found)


def test_a_receipt_tells_what_was_received_otherwise_and_a_mark_is_explained() -> None:
    text = plain(deed("handoff offered", drawing="deed-receipt-1")[1])
    assert "MenurutpenegasanPIHAKKEDUA" in text and "▲robek:tali1K-000456" in text
    assert "▲:adasegelyangtidakutuh" in text
    assert "▲" not in plain(deed("seal")[1]), "nothing is marked where nothing is odd"


@pytest.mark.parametrize(("lang", "told"), [
    ("id", "PIHAKPERTAMA,entri22:utuh:tutupA-000123,tali1K-000456,tali2K-000457PIHAKKEDUA,entri23:▲robek:tali1K-000456utuh:tutup"),
    ("en", "FIRSTPARTY,entry22:intact:lidA-000123,tie1K-000456,tie2K-000457SECONDPARTY,entry23:▲torn:tie1K-000456intact:lid"),
])  # fmt: skip
def test_a_waybill_tells_in_one_row_what_both_sides_saw_and_where_that_is_recorded(lang: str, told: str) -> None:
    assert told in plain(deed("handoff offered", lang, drawing="deed-waybill-1")[1])


@pytest.mark.parametrize("count", [1, 16, 160])
def test_a_waybill_of_many_boxes_tells_both_accounts_of_each(count: int) -> None:
    pdf = Many(count).pdf(drawing="deed-waybill-1")
    whole(pdf)
    text = plain(pdf)
    assert text.count("PIHAKPERTAMA,entri") == text.count("PIHAKKEDUA,entri") == count
    assert text.count("K-000456") >= 2 * count and text.count("▲robek:") == count // 2


class Otherwise(Told):
    """An offer of a box; `seen` is what an acknowledgement of this side tells."""

    def __init__(self, side: str, seen: list[dict[str, Any]], signed: tuple[str, ...] = ("pps-1",), **changes: Any) -> None:
        super().__init__()
        self.offered = self.to_ppk(self.at_pps, recorder=None, **changes)
        self.of = len(self.entries)
        self.put(self.offered, *signed)
        noted: dict[str, Any] = {"irregular": [], "note": None, "photos": []}
        self.put(self.draft("ack", about=[self.offered.sid], boxes=seen, place="530719", side=side, **noted),
                 "ppk-1" if side == "receiver" else "pps-1")  # fmt: skip

    def waybill(self) -> str:
        """As text without spaces, with `N` for the entry of the handoff and `M` for that of the acknowledgement."""
        scope = "deed", self.offered.sid
        asked = {"drawing": "deed-waybill-1", "renderer": drawings.renderer("id", "deed-waybill-1")}
        text = plain(drawings.draw(read(self.report(scope=scope, sids=self.named_sids(scope), **asked), trusting(self))))
        return text.replace(f"entri{self.of}", "entriN").replace(f"entri{self.of + 1}", "entriM")


_SEEN = {"box": BOX, "by": SIGHT, "seals": numbered(tie_1="torn")}
# Name: the side that acknowledges, what it tells, who signed the handoff; what the row of the waybill says, and what its table.
OTHERWISE: dict[str, tuple[str, list[dict[str, Any]], tuple[str, ...], tuple[str, ...]]] = {
    "a receiver beside his signature": (
        "receiver", [_SEEN], ("pps-1", "ppk-1"), ("KEDUAPIHAK,entriN:", "PIHAKKEDUA,entriM:▲robek:tali1K-000456"),
    ),
    "a box that is on no list": (
        "receiver", [{"box": NEIGHBOUR, "by": SIGHT, "seals": numbered()}], ("pps-1",),
        ("PIHAKPERTAMA,entriN:", "PIHAKKEDUA,entriM:TIDAKDITERIMA", "MenurutPIHAKPERTAMA(entriN)",
         "DITERIMA,TIDAKADADALAMDAFTAR", NEIGHBOUR),
    ),
    "a giver": (
        "giver", [_SEEN], ("ppk-1",), ("PIHAKKEDUA,entriN:", "PIHAKPERTAMA,entriM:▲robek:tali1K-000456"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERWISE)
def test_whose_word_each_account_is(name: str) -> None:
    side, seen, signed, told = OTHERWISE[name]
    changes = {"unsigned": {"deed": None, "name": None, "reason": "no-key"}} if side == "giver" else {}
    text = Otherwise(side, seen, signed, **changes).waybill()
    for said in told:
        assert said in text, text
    assert ("MenurutPIHAK" in text) is (name == "a box that is on no list"), "what is on the list needs no second table"


# -- a load of several statements ------------------------------------------------------------------------------------------------------


def test_a_load_of_two_statements_is_one_paper_whichever_is_asked_for() -> None:
    made = Load()
    first, second = (drawings.draw(made.deed(at)) for at in (0, 1))
    for pdf in (first, second):
        text = plain(pdf)
        assert "TPS001–002DesaSatuDPR2" in text and all(sid in text for sid in made.parts)
        assert "satumuatandalam2pernyataan" in text and "bagian1–2dari2" in text and "2kotaksuara" in text
        assert "BELUMDITANDATANGANI" not in text and "1segel2" in text
        whole(pdf)


def test_a_signature_under_one_part_alone_is_none_under_the_load() -> None:
    text = plain(drawings.draw(Load(signed=(("pps-1", "ppk-1"), ("pps-1",))).deed()))
    assert "BELUMDITANDATANGANI:PIHAKKEDUA" in text and "BELUMDITANDATANGANI:PIHAKPERTAMA" not in text, text


# What makes the second statement no part of the first one's load.
APART: dict[str, dict[str, Any]] = {
    "another consignment": {"consignment": {"id": "c1" * 16, "part": 2, "parts": 2, "rest": None, "trip": 1}},
    "another trip": {"consignment": {"id": "c0" * 16, "part": 2, "parts": 2, "rest": None, "trip": 2}},
    "another vehicle": {"vehicle": "EB-9999-XX"},
    "no consignment": {"consignment": None},
}


@pytest.mark.parametrize("name", APART)
def test_what_is_no_part_of_a_load_has_its_own_paper(name: str) -> None:
    text = plain(drawings.draw(Load(**APART[name]).deed()))
    assert BOX in text and NEIGHBOUR not in text and "bagian1dari2" in text


def test_what_the_receiver_says_of_one_part_is_held_against_that_part() -> None:
    made = Load(signed=(("pps-1",), ("pps-1",)))
    seen = [{"box": BOX, "by": SIGHT, "seals": numbered()}]
    noted: dict[str, Any] = {"irregular": [], "note": None, "photos": []}
    made.put(made.draft("ack", about=[made.parts[0]], boxes=seen, place="530719", side="receiver", **noted), "ppk-1")
    told = [block.table for block in issued.told(made.deed()).blocks if isinstance(block, Listing)]
    (differing,) = [table for table in told if table.title.startswith("Perbedaan")]
    assert NEIGHBOUR not in str(differing.rows), differing


def test_a_part_that_is_left_out_is_found_by_the_ledger_alone() -> None:
    made = Load()
    scope = "deed", made.parts[0]
    kept = [index for index, note in enumerate(made.entries) if parse(note).statement.sid != made.parts[1]]
    asked = {"drawing": "deed-1", "renderer": drawings.renderer("id", "deed-1"), "sids": (made.parts[0],)}
    given = read(made.report(kept, scope=scope, **asked), trusting(made))
    assert "bagian1dari2" in plain(drawings.draw(given)), "the paper says which part it is"
