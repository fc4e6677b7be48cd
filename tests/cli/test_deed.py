"""`custody deed`, also `custody ba`: deeds of what was recorded, in copies, and forms to fill by hand (docs/spec/21-deeds.md)."""

import json
from pathlib import Path
from typing import Any

import pytest

from custody.assembly.past import Past
from custody.core.entry import parse
from tests.cli.daily_kit import HABI, Evening
from tests.cli.harness import Desk, Ended
from tests.cli.room_kit import Warehouse
from tests.paper import rendering


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Evening:
    """One polling station sealed and handed over."""
    evening = Evening(tmp_path_factory.mktemp("evening"), desa=(HABI,))
    evening.labels()
    evening.seal()
    evening.hand()
    return evening


def deed(evening: Evening, *argv: str, name: str = "ba") -> Ended:
    """Typed by the Kasatops."""
    key = str(evening.office.own_key("kasatops-1"))
    return evening.desk.run(name, *argv, "--key", key, "--passphrase-file", str(evening.office.word_file()))


def told(ended: Ended) -> dict[str, Any]:
    assert ended.exit == 0, ended.err
    answer: dict[str, Any] = json.loads(ended.out)
    return answer["deeds"][0] if "deeds" in answer else answer


def checked(evening: Evening, file: str) -> str:
    """What somebody says of it who has the file and the trust file, and nothing else."""
    ended = Desk(evening.root).run("check", file, "--trust", str(evening.office.folder / "policy"), "--json")
    return str(json.loads(ended.out or ended.err.splitlines()[-1])["outcome"])


# What is typed: the drawing, the kind that stands in the title, the beginning of the file's name.
ASKED = {
    "serah-terima": ("deed-1", "BERITA ACARA SERAH TERIMA KOTAK SUARA", "ba-serah-terima-"),
    "serah terima": ("deed-1", "BERITA ACARA SERAH TERIMA KOTAK SUARA", "ba-serah-terima-"),
    "handoff last": ("deed-1", "BERITA ACARA SERAH TERIMA KOTAK SUARA", "ba-serah-terima-"),
    "tanda-terima": ("deed-receipt-1", "TANDA TERIMA", "ba-tanda-terima-"),
    "penyegelan": ("deed-1", "BERITA ACARA PENYEGELAN", "ba-penyegelan-"),
    "label": ("deed-1", "BERITA ACARA PENCETAKAN LABEL", "ba-label-"),
}


@pytest.mark.parametrize("words", ASKED)
def test_a_deed_is_asked_for_in_words(evening: Evening, words: str) -> None:
    drawing, title, name = ASKED[words]
    answer = told(deed(evening, *words.split(), "--json"))
    assert (answer["drawing"], answer["path"].startswith(name)) == (drawing, True)
    assert title in " ".join(rendering.text((evening.root / answer["path"]).read_bytes()).split())
    assert checked(evening, answer["path"]) == "intact"


def test_an_entry_alone_is_enough_and_both_names_of_the_command_do(evening: Evening) -> None:
    entry = str(told(deed(evening, "handoff", "--json"))["of"])
    for name, words in (("deed", [entry]), ("ba", ["receipt", entry])):
        assert told(deed(evening, *words, "--json", name=name))["of"] == int(entry)


def test_each_copy_says_whom_it_is_for(evening: Evening) -> None:
    answer = told(deed(evening, "handoff", "--for", "KPU", "--for", "Bawaslu", "--copies", "3", "--out", "copies.pdf", "--json"))
    pages = rendering.texts((evening.root / "copies.pdf").read_bytes())
    assert answer["for"] == ["KPU", "Bawaslu", ""]
    assert len(pages) % 3 == 0
    for at, said in enumerate(("Rangkap 1 dari 3: KPU", "Rangkap 2 dari 3: Bawaslu", "Rangkap 3 dari 3")):
        for page in pages[at * len(pages) // 3 : (at + 1) * len(pages) // 3]:
            assert said in page and f"dari {len(pages) // 3}" in page


def test_a_deed_in_english(evening: Evening) -> None:
    answer = told(deed(evening, "handoff", "--lang", "en", "--out", "english.pdf", "--json"))
    text = rendering.text((evening.root / "english.pdf").read_bytes())
    assert "DEED OF HANDOFF" in text and "PIHAK" not in text and answer["entry"]


SEALED = "the entry of a sealing"
# What is typed: the code of the refusal.
REFUSED = {
    "a kind that is none": (["sembarang"], "cli.deed.kind"),
    "a kind of which nothing is recorded": (["pembukaan"], "cli.deed.none"),
    "an entry of another kind": (["jaga", SEALED], "cli.deed.other"),
    "an entry that has no deed": (["1"], "cli.deed.paperless"),
    "an entry that is not there": (["99999"], "ledger.statement"),
    "more names than copies": (["handoff", "--copies", "1", "--for", "KPU", "--for", "Bawaslu"], "cli.deed.copies"),
    "a name twice": (["handoff", "--for", "Bawaslu", "--for", "bawaslu "], "cli.deed.twice"),
    "a waybill of what arrived, the last": (["surat-jalan"], "cli.deed.arrived"),
    "a name that is too long": (["handoff", "--for", "x" * 61], "cli.deed.copies"),
    "one file for two deeds": (["1", "2", "--out", "two.pdf"], "cli.deed.paperless"),
    "no form of that kind": (["putusan", "--blank"], "cli.deed.form"),
    "a form of no kind": (["--blank"], "cli.deed.form"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_drawn_says_so_and_logs_nothing(evening: Evening, name: str) -> None:
    argv, code = REFUSED[name]
    with evening.office.open() as office:
        before = office.ledger.size
        kinds = [parse(note).statement.kind.name for note in office.ledger.notes()]
    ended = deed(evening, *(str(kinds.index("seal")) if one == SEALED else one for one in argv), "--json")
    assert ended.exit != 0 and json.loads(ended.err.splitlines()[-1])["code"] == code
    with evening.office.open() as office:
        assert office.ledger.size == before


def test_a_waybill_is_of_the_last_departure(tmp_path: Path) -> None:
    """An offer is one; what was received later is not, and is refused by its entry with what to type instead."""
    evening = Evening(tmp_path, desa=(HABI,))
    evening.labels()
    for tps in ("5307192008-001", "5307192008-002"):
        evening.seal(tps)
    word = ("--passphrase-file", str(evening.office.word_file()))
    keys = ("--giver", str(evening.office.own_key("kpps-08-2")), "--receiver", str(evening.office.own_key("pps-08")))
    offered = evening.desk.run("handoff", "TPS 2 Habi", *keys, *word, "--no-escort", "--seals-seen", "--offer", "--yes", "--json")
    assert offered.exit == 0, offered.err
    evening.hand()
    sid, received = json.loads(offered.out)["statements"][0], str(told(deed(evening, "serah-terima", "--json"))["of"])
    answer = told(deed(evening, "surat", "jalan", "--json"))
    assert (answer["drawing"], answer["sid"], answer["path"].startswith("ba-surat-jalan-")) == ("deed-waybill-1", sid, True)
    assert "Diberangkatkan" in " ".join(rendering.text((evening.root / answer["path"]).read_bytes()).split())
    refused = deed(evening, "surat-jalan", received)
    assert refused.exit == 2 and f"custody ba tanda-terima {received} --key KUNCI" in refused.err


def test_several_entries_give_several_files(evening: Evening) -> None:
    seal, hand = (told(deed(evening, kind, "--json"))["of"] for kind in ("penyegelan", "serah-terima"))
    ended = deed(evening, str(seal), str(hand), str(hand), "--json")
    assert [one["of"] for one in json.loads(ended.out)["deeds"]] == [seal, hand]


def test_the_key_is_asked_for(evening: Evening) -> None:
    word = ("--passphrase-file", str(evening.office.word_file()))
    ended = evening.desk.run("ba", "handoff", *word, answers=[str(evening.office.own_key("kasatops-1"))])
    assert ended.exit == 0 and "ba-serah-terima-" in ended.out, ended.err


def test_without_a_key_it_says_what_to_type(evening: Evening) -> None:
    ended = evening.desk.run("ba", "handoff")
    assert ended.exit == 2 and "custody ba handoff --key" in ended.err


FORMS = ("serah-terima", "tanda-terima", "surat-jalan", "penyegelan", "pembukaan", "jaga", "hitung", "kejadian", "kunjungan")


@pytest.mark.parametrize("kind", FORMS)
def test_a_form_needs_no_key_and_names_the_checkpoint(evening: Evening, kind: str) -> None:
    out = f"form-{kind}.pdf"
    answer = told(evening.desk.run("ba", kind, "--blank", "--out", out, "--json"))
    text = rendering.text((evening.root / out).read_bytes())
    with evening.office.open() as office:
        assert office.ledger.head().short in text and office.founding.body["operation"].upper() in text
    houses = sorted({one["institution"].upper() for one in office.founding.body["authorities"]})
    assert "Kabupaten Sikka · " in " ".join(text.split()), text[:300]
    assert f"otoritas: {' · '.join(houses)}" in " ".join(text.split()), text[:300]
    assert answer["bytes"] == Path(evening.root / out).stat().st_size and "custody " in text


def test_a_false_figure_on_the_deed_of_a_shift_is_told_by_whoever_has_the_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = Warehouse(tmp_path, figure=3, desa=(HABI,))
    assert room.first().exit in (0, 1)
    with monkeypatch.context() as lying:
        lying.setattr(Past, "figure", lambda *_: (9, 9))
        false = told(deed(room.evening, "jaga", "--out", "false.pdf", "--json"))
    true = told(deed(room.evening, "jaga", "--out", "true.pdf", "--json"))
    answers = {name: room.desk.run("check", one["path"]) for name, one in (("false", false), ("true", true))}
    assert answers["false"].exit == 1 and "tertulis 9, menurut buku besar ini 3" in answers["false"].out, answers["false"].out
    assert answers["true"].exit == 0 and "KELIRU" not in answers["true"].out, answers["true"].out
    shown = " ".join(rendering.text((tmp_path / "true.pdf").read_bytes()).split())
    assert "Menurut buku besar pada jam itu : 3 " in shown.replace("itu:", "itu :"), shown
