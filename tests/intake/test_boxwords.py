"""Typed box ids: the one box that words name, or why the screen asks back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core.boxid import BoxId
from custody.core.errors import Malformed
from custody.i18n import words
from custody.intake.areacode import PlaceName
from custody.intake.boxwords import MOST_CANDIDATES, BoxIndex
from custody.intake.search import PlaceIndex

DESA = {
    "5307192004": "Balatatatin",
    "5307192006": "Tana Duen",
    "5307192008": "Habi",
    "5307192009": "Tanah Merah",
    "5307192010": "SP 2",
    "5307192011": "Kota Baru",
    "5307182001": "Waiara",
    "5307192012": "Waiara",
    "5307192013": "SP",
    "5307192014": "Kuning",
    "5307192015": "Teba",
    "5307192016": "T'Eba Timur",
}
TYPES = ("DPD", "DPR", "DPRDK", "DPRDP", "PPWP")
PLACES = PlaceIndex.of(
    [
        PlaceName("5307", "kabupaten", "Sikka", None),
        PlaceName("530718", "kecamatan", "Kewapante", "5307"),
        PlaceName("530719", "kecamatan", "Kangae", "5307"),
        *(PlaceName(code, "desa", name, code[:6]) for code, name in DESA.items()),
    ]
)
BOXES = [f"PEM24-{code}-{n:03d}-{kind}-1" for code in DESA for n in range(1, 4) for kind in TYPES]
INDEX = BoxIndex.of(PLACES, [*BOXES, "PEM24-5307192006-003-DPR-2", "PEM24-5307190000-PPK-REKAP-1"])


@pytest.mark.parametrize(
    ("typed", "box"),
    [
        ("TPS 3 Habi DPR", "PEM24-5307192008-003-DPR-1"),
        ("habi 3 dpr", "PEM24-5307192008-003-DPR-1"),
        ("dpr habi 3", "PEM24-5307192008-003-DPR-1"),
        ("3 habi dpr", "PEM24-5307192008-003-DPR-1"),
        ("HABI TPS 003 DPR-RI", "PEM24-5307192008-003-DPR-1"),
        ("kotak suara DPR RI, TPS 01, desa Habi", "PEM24-5307192008-001-DPR-1"),
        ("PEM24-5307192008-003-DPR-1", "PEM24-5307192008-003-DPR-1"),
        ("pem24 5307192008 003 dpr 1", "PEM24-5307192008-003-DPR-1"),
        ("pem24_5307192008_003_dpr_1", "PEM24-5307192008-003-DPR-1"),
        ("5307192008-003 dpr", "PEM24-5307192008-003-DPR-1"),
        ("53.07.19.2008 tps 3 dpr", "PEM24-5307192008-003-DPR-1"),
        ("habi 3 presiden", "PEM24-5307192008-003-PPWP-1"),
        ("habi 3 ppwp", "PEM24-5307192008-003-PPWP-1"),
        ("habi 3 abu-abu", "PEM24-5307192008-003-PPWP-1"),
        ("habi 3 dpd", "PEM24-5307192008-003-DPD-1"),
        ("habi 3 merah", "PEM24-5307192008-003-DPD-1"),
        ("habi 3 dprd prov", "PEM24-5307192008-003-DPRDP-1"),
        ("habi 3 DPRD Provinsi", "PEM24-5307192008-003-DPRDP-1"),
        ("habi 3 dprdp", "PEM24-5307192008-003-DPRDP-1"),
        ("habi 3 kab/kota", "PEM24-5307192008-003-DPRDK-1"),
        ("habi 3 DPRD Kab/Kota", "PEM24-5307192008-003-DPRDK-1"),
        ("habi 3 dprd kabupaten", "PEM24-5307192008-003-DPRDK-1"),
        ("tanaduen 2 dpr", "PEM24-5307192006-002-DPR-1"),
        ("tanah merah 2 dpr", "PEM24-5307192009-002-DPR-1"),
        ("sp 2 3 dpr", "PEM24-5307192010-003-DPR-1"),
        ("sp 2 tps 1 dpr", "PEM24-5307192010-001-DPR-1"),
        ("dprd kab kota baru 2", "PEM24-5307192011-002-DPRDK-1"),
        ("kota baru 2 kuning", "PEM24-5307192011-002-DPR-1"),
        ("waiara kewapante 2 dpr", "PEM24-5307182001-002-DPR-1"),
        ("waiara, kec. kewapante tps 2 dpr", "PEM24-5307182001-002-DPR-1"),
        ("tana duen 3 dpr psu", "PEM24-5307192006-003-DPR-2"),
        ("tana duen 3 dpr putaran 1", "PEM24-5307192006-003-DPR-1"),
        ("tana duen 3 dpr kotak ke-1", "PEM24-5307192006-003-DPR-1"),
        ("tana duen 3 dpr pengganti", "PEM24-5307192006-003-DPR-2"),
        ("rekap kangae", "PEM24-5307190000-PPK-REKAP-1"),
    ],
)
def test_certain(typed: str, box: str) -> None:
    answer = INDEX.read(typed)
    assert answer.sure is not None, answer
    assert (answer.sure.box, answer.reasons) == (box, ())
    assert str(answer.sure.id) == box


@pytest.mark.parametrize(
    ("typed", "reasons", "first"),
    [
        ("habi 3", ["search.type.missing"], "PEM24-5307192008-003-DPD-1"),
        ("habi dpr", ["search.tps.missing"], "PEM24-5307192008-001-DPR-1"),
        ("habi 3 dprd", ["search.type.many"], "PEM24-5307192008-003-DPRDK-1"),
        ("habi 9 dpr", ["search.tps.unknown"], "PEM24-5307192008-001-DPR-1"),
        ("habi 000 dpr", ["search.tps.unknown"], "PEM24-5307192008-001-DPR-1"),
        ("habi 3 dpr psu", ["search.round.unknown"], "PEM24-5307192008-003-DPR-1"),
        ("tana duen 3 dpr", ["search.round.many"], "PEM24-5307192006-003-DPR-1"),
        ("waiara 3 dpr", ["search.name.many"], "PEM24-5307182001-003-DPR-1"),
        ("blatatatin 3 dpr", ["search.name.near"], "PEM24-5307192004-003-DPR-1"),
        ("hab 3 dpr", ["search.name.near"], "PEM24-5307192008-003-DPR-1"),
        ("PEM24-5307192008-009-DPR-1", ["search.id.unknown"], "PEM24-5307192008-001-DPR-1"),
        ("PEM24-5307192008-003-DPX-1", ["search.id.unknown"], "PEM24-5307192008-003-DPD-1"),
        ("PEM24-9999999999-003-DPR-1", ["search.id.unknown"], None),
        ("sp 2 dpr", ["search.name.many"], "PEM24-5307192013-002-DPR-1"),
        ("t'eba 2 dpr", ["search.name.near"], "PEM24-5307192016-002-DPR-1"),
        ("kangae 2 dpr", ["search.name.near", "search.type.unknown"], "PEM24-5307190000-PPK-REKAP-1"),
        ("dpr", ["search.place.missing"], None),
        ("tps 3 dpr", ["search.place.missing"], None),
        ("", ["search.place.missing"], None),
        ("zzzz 3 dpr", ["search.nothing"], None),
    ],
)
def test_asked(typed: str, reasons: list[str], first: str | None) -> None:
    answer = INDEX.read(typed)
    assert answer.sure is None
    assert [reason.code for reason in answer.reasons] == reasons
    assert (answer.candidates[0].box if answer.candidates else None) == first
    for reason in answer.reasons:
        for lang in ("id", "en"):
            assert "{" not in words.say(reason.code, reason.facts, lang)
            assert words.next_step(reason.code, reason.facts, lang)


def test_the_place_of_work_stands_in_for_a_missing_name_only() -> None:
    assert getattr(INDEX.read("tps 2 dpr", "5307192008").sure, "box", None) == "PEM24-5307192008-002-DPR-1"
    assert getattr(INDEX.read("2 merah", "5307192008").sure, "box", None) == "PEM24-5307192008-002-DPD-1"
    assert getattr(INDEX.read("tanaduen 2 dpr", "5307192008").sure, "box", None) == "PEM24-5307192006-002-DPR-1"
    assert INDEX.read("waiara 2 dpr", "5307192012").sure is None
    assert INDEX.read("zzzz 2 dpr", "5307192008").sure is None
    assert INDEX.read("kuning 2", "5307192008").candidates[0].found.place.name == "Kuning"


def test_suggestions_are_bounded_and_the_rest_is_counted() -> None:
    answer = INDEX.read("waiara")
    assert len(answer.candidates) == MOST_CANDIDATES
    assert answer.more == 2 * 3 * 5 - MOST_CANDIDATES


def test_one_type_only_needs_no_word_for_it() -> None:
    index = BoxIndex.of(PLACES, ["PKD24-5307192008-001-GUB-1", "PKD24-5307192008-002-GUB-1"])
    assert getattr(index.read("habi 2").sure, "box", None) == "PKD24-5307192008-002-GUB-1"
    assert getattr(index.read("habi 2 gubernur").sure, "box", None) == "PKD24-5307192008-002-GUB-1"
    assert [reason.code for reason in index.read("habi 2 bupati").reasons] == ["search.type.unknown"]


@pytest.mark.parametrize(
    ("word", "kind"),
    [("gubernur", "GUB"), ("merah marun", "GUB"), ("BUP", "BUP"), ("bupati", "BUP"), ("biru muda", "BUP"), ("wali kota", "WAL")],
)
def test_the_types_of_pilkada_have_words(word: str, kind: str) -> None:
    index = BoxIndex.of(PLACES, [f"PKD24-5307192008-002-{code}-1" for code in ("GUB", "BUP", "WAL")])
    assert getattr(index.read(f"habi 2 {word}").sure, "box", None) == f"PKD24-5307192008-002-{kind}-1"


def test_other_words_for_types_come_from_outside() -> None:
    index = BoxIndex.of(PLACES, ["XYZ24-5307192008-001-AAA-1", "XYZ24-5307192008-001-BBB-1"], {"AAA": ("DPRD Kabupaten/Kota",)})
    assert getattr(index.read("habi 1 dprd kabupaten-kota").sure, "box", None) == "XYZ24-5307192008-001-AAA-1"
    assert getattr(index.read("habi 1 bbb").sure, "box", None) == "XYZ24-5307192008-001-BBB-1"


def test_only_box_ids_are_indexed() -> None:
    with pytest.raises(Malformed):
        BoxIndex.of(PLACES, ["kotak"])


@given(st.sampled_from(BOXES), st.randoms(use_true_random=False), st.sampled_from(["{}", "tps {}", "TPS-{:02d}", "tps{:03d}"]))
def test_place_number_and_type_in_any_order_name_the_box_or_ask_100(box: str, shuffle: object, form: str) -> None:
    parsed = BoxId.parse(box)
    parts = [DESA[parsed.area], form.format(int(parsed.station)), parsed.type]
    getattr(shuffle, "shuffle")(parts)  # noqa: B009  (typed as object)
    answer = INDEX.read(" ".join(parts))
    boxes = [candidate.box for candidate in answer.candidates]
    assert box in boxes or answer.sure is None
    assert answer.sure is None or answer.sure.box == box or parsed.area == "5307192010"


@given(st.text(max_size=80))
def test_any_text_may_be_typed_100(text: str) -> None:
    answer = INDEX.read(text)
    assert answer.sure is None or answer.sure.box in INDEX.boxes
    assert answer.sure is not None or answer.reasons
