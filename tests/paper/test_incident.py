"""The page of an incident: one page whatever it holds, the same bytes for the same facts, what it rests on, and the mark of a drill."""

from dataclasses import replace

import pytest

from custody.paper.deeds.incident import BoxLine, IncidentFacts, draw
from tests.paper import rendering

FACTS = IncidentFacts(
    lang="id",
    operation="Operasi Contoh",
    drill=False,
    what="kotak basah",
    when="27 November 2024 19.42 WITA",
    recorded="27 November 2024 19.50 WITA",
    place="PPK Kangae",
    boxes=(BoxLine("TPS 003 Habi · DPR", "Habi", "pps-08", "4 segel utuh"),),
    count=1,
    people=("Petugas Contoh (jaga-1), Petugas jaga",),
    origin="custody.contoh/" + "ab" * 16,
    sid="cd" * 32,
    entry=127,
    size=128,
    root="3f9a77c10b2e44d1" + "0" * 48,
    short="128 3f9a-77c1-0b2e-44d1",
    mark="custody.contoh/" + "ab" * 16 + " 128 " + "3f" * 16,
)
LONG = replace(
    FACTS,
    what="pergantian awak atau pengawal di jalan " * 3,
    boxes=tuple(
        BoxLine(f"TPS {at:03d} Nama Desa Yang Panjang Sekali · DPRDK", "Tempat " * 9, "Nama " * 12, "tali robek " * 9) for at in range(60)
    ),
    count=250,
    people=("Nama Contoh Yang Panjang (kunci-panjang-sekali), Petugas jaga",) * 16,
    owner="Kasatops",
    due="28 November 2024 08.00 WITA",
    note="Kata-kata " * 400,
    settles=("kotak basah, 27 November 2024 19.42 WITA (cdcdcdcdcdcd)",) * 12,
    photos=("e" * 64,) * 32,
)


def test_the_same_facts_give_the_same_bytes() -> None:
    assert draw(FACTS) == draw(FACTS)
    assert draw(FACTS) != draw(replace(FACTS, entry=126))


@pytest.mark.parametrize("facts", [FACTS, LONG, replace(LONG, drill=True), replace(FACTS, lang="en", boxes=(), count=0)])
def test_it_is_one_page_whatever_it_holds(facts: IncidentFacts) -> None:
    assert len(rendering.pages(draw(facts), 30)) == 1


def test_it_tells_what_happened_and_what_that_rests_on() -> None:
    told = rendering.text(draw(FACTS))
    for part in ("KOTAK BASAH", "PPK Kangae", "TPS 003 Habi", "128 3f9a-77c1-0b2e-44d1", "Entri 127", FACTS.sid, FACTS.origin, FACTS.root):
        assert part in told, part
    assert "mendampingi berita acara KPU" in told and "LATIHAN" not in told


def test_boxes_that_found_no_room_are_counted() -> None:
    told = rendering.text(draw(LONG))
    shown = sum(f"TPS {at:03d} " in told for at in range(60))
    assert 5 < shown < 60 and f"{250 - shown} kotak lagi" in told


def test_one_that_waits_for_the_ledger_key_says_so() -> None:
    told = rendering.text(draw(replace(FACTS, entry=None)))
    assert "BELUM MENJADI ENTRI" in told and "Entri 127" not in told


def test_the_code_names_ledger_and_checkpoint() -> None:
    (page,) = rendering.pages(draw(FACTS))
    assert list(rendering.codes(page)) == [FACTS.mark]


def test_boxes_that_stand_alike_share_a_line_and_are_all_counted() -> None:
    told = rendering.text(draw(replace(LONG, boxes=(BoxLine("TPS 001 Habi · DPD, DPR", "Habi", "pps-08", "", 2),), count=2)))
    assert "DPD, DPR" in told and "kotak lagi" not in told
