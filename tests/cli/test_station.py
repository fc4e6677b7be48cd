"""`custody station` and `custody bundle`: the way to a station, what is said on the way, exits, and JSON."""

import json
import os
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from custody.assembly import hearing, stations
from custody.core import bundle
from custody.station import device
from tests.cli.daily_kit import EVENING, HABI, TPS, Evening
from tests.cli.laptop_kit import Laptop, office_out, office_takes
from tests.paper.rendering import text

DPR = f"PEM24-{TPS}-DPR-1"


class Field:
    def __init__(self, root: Path) -> None:
        self.evening = Evening(root, desa=(HABI,))
        self.evening.labels()
        self.evening.seal()
        self.stick = root / "stik"
        self.laptop = Laptop(self.evening, "ndao", self.stick)

    def begun(self) -> "Field":
        self.laptop.begin(HABI)
        for path in self.stick.iterdir():
            path.unlink()
        return self


@pytest.fixture
def field(tmp_path: Path) -> Field:
    return Field(tmp_path)


def test_the_way_to_a_station_says_the_next_step_each_time(field: Field) -> None:
    office, laptop, stick = field.evening.desk, field.laptop, field.stick
    told = laptop.run("station", "request", "ndao", str(stick))
    assert told.exit == 0 and f"{stick}/ndao.pub" in told.out and f"custody station admit {stick}/ndao.pub" in told.out
    told = office.run("station", "admit", str(stick / "ndao.pub"), "--area", "Habi")
    assert told.exit == 0 and "diterima untuk Habi" in told.out and f"custody station new {stick}/kantor-0001.bundle" in told.out
    told = laptop.run("station", "new", str(stick / "kantor-0001.bundle"))
    assert told.exit == 0 and f"Bandingkan dengan akta pendirian: {field.evening.office.origin}" in told.out
    key = told.out.partition("Kunci perangkat kantor: ")[2][:8]
    assert f"Kunci perangkat kantor ini: {key}" in office.run("station", "admit", str(stick / "ndao.pub"), "--area", "Habi").out
    told = laptop.run("status")
    assert told.exit == 0 and "Semua yang ditandatangani di laptop ini sudah masuk buku besar." in told.out


def test_with_a_trust_file_nothing_need_be_compared_and_another_ledger_is_refused(field: Field, tmp_path: Path) -> None:
    office, laptop, stick = field.evening.desk, field.laptop, field.stick
    laptop.run("station", "request", "ndao", str(stick))
    office.run("station", "admit", str(stick / "ndao.pub"))
    policy = field.evening.office.folder / "policy"
    other = tmp_path / "lain"
    other.write_bytes(policy.read_bytes().replace(b"custody.contoh/", b"custody.lain-x/"))
    told = laptop.run("station", "new", str(stick / "kantor-0001.bundle"), "--trust", str(other))
    assert told.exit != 0 and not (laptop.folder / "ledger.db").exists()
    told = laptop.run("station", "new", str(stick / "kantor-0001.bundle"), "--trust", str(policy))
    assert told.exit == 0 and "akta pendirian" not in told.out


REFUSED: list[tuple[str, tuple[str, ...], int, str]] = [
    ("a name of capitals", ("station", "request", "Ndao", "."), 2, "tidak dapat menjadi nama laptop"),
    ("the office's name", ("station", "request", "kantor", "."), 2, "tidak dapat menjadi nama laptop"),
    ("no bundle there", ("bundle", "in", "."), 2, "tidak ada bundel"),
    ("a file that is missing", ("bundle", "in", "tiada.bundle"), 8, "tidak dapat dibaca"),
    ("a laptop that nobody knows", ("bundle", "out", ".", "--for", "tiada"), 8, "Tidak ada laptop bernama tiada"),
    ("a folder that is missing", ("bundle", "out", "tiada/x.bundle"), 2, "Tidak ada folder tiada/x.bundle"),
    ("a stick as it stands on the card", ("bundle", "out", "FLASHDISK"), 2, "Tidak ada folder FLASHDISK"),
]


@pytest.mark.parametrize(("name", "typed", "exit", "said"), REFUSED, ids=[case[0] for case in REFUSED])
def test_what_cannot_be_done_is_said(field: Field, name: str, typed: tuple[str, ...], exit: int, said: str) -> None:
    told = field.evening.desk.run(*typed)
    assert told.exit == exit and said in told.out + told.err, told


def test_what_is_not_delivered_is_shown_on_every_screen_until_it_is(field: Field) -> None:
    laptop = field.begun().laptop
    told = laptop.hand("kpps-08-1", "pps-08", TPS, HABI, *field.evening.of(TPS))
    waits = "BELUM SAMPAI DI KANTOR: 1 pernyataan, sejak 27 November 2024 pukul 19.42 WITA"
    assert "TERCATAT, MENUNGGU SAMPAI DI KANTOR: 5 kotak" in told.out and waits in told.out
    assert waits in laptop.run("status").out and waits in laptop.out().out
    assert waits in laptop.run("scan", answers=()).err  # the head of the screen, before the first question
    told = laptop.run("status", "TPS 1 Habi DPR")
    assert "MENUNGGU SAMPAI DI KANTOR" in told.out and "entri menunggu" in told.out and "disegel" not in told.out.lower()
    assert office_takes(field.evening, field.stick).exit == 0
    assert waits in laptop.run("status").out
    assert office_out(field.evening, field.stick, "ndao").exit == 0
    told = laptop.take()
    assert "SAMPAI: 1 pernyataan" in told.out and "BELUM SAMPAI" not in laptop.run("status").out
    assert "entri 17" in laptop.run("status", "TPS 1 Habi DPR").out


def test_that_the_last_record_still_waits_is_told_once_a_run(field: Field) -> None:
    laptop, evening = field.begun().laptop, field.evening
    assert "MENUNGGU" in laptop.hand("kpps-08-1", "pps-08", TPS, HABI, *evening.of(TPS)).out
    codes = [evening.code[box] for box in evening.of(TPS)][:3]
    told = laptop.run("scan", "--giver", evening.key("pps-08"), "--receiver", evening.key("ppk-1"), "--to", "530719", answers=("y", *codes))
    assert told.err.count("tentang TPS 001 Habi") == 1 and "3 dari 5" in told.err, told.err


def test_what_was_loaded_at_a_laptop_travels_with_its_stick_and_is_the_last_told(field: Field) -> None:
    laptop, evening = field.begun().laptop, field.evening
    laptop.hand("kpps-08-1", "pps-08", TPS, HABI, *evening.of(TPS))
    first, *_ = [evening.code[box] for box in evening.of(TPS)]
    keys = ("--giver", evening.key("pps-08"), "--to", "530719", "--for", "ppk-1", "--rest", "later", "--no-escort", "--seals-seen")
    load = ("scan", "muat", *keys, "--expect", "TPS 1 Habi", "--passphrase-file", evening.word(), "--reason", "weather", "--yes")
    told = laptop.run(*load, answers=(first, "selesai"))
    assert "IKUT DI KENDARAAN" in told.out, told
    told = laptop.run("scan", answers=())
    assert "Terakhir di sini: Habi → Kangae, 1 kotak" in told.err and "menunggu sampai di kantor" in told.err, told.err


def test_an_incident_that_waits_is_settled_by_the_number_that_is_shown(field: Field) -> None:
    laptop, key = field.begun().laptop, ("--key", field.evening.key("kpps-08-1"), "--passphrase-file", field.evening.word(), "--yes")
    told = laptop.run("incident", "TPS 1 Habi", "--code", "wet", "--place", "TPS 1 Habi", "--note", "-", *key, "--json")
    number = json.loads(told.out)["sid"][:12]
    assert "--settles NOMOR" in laptop.run("findings").out
    assert f"{number} · " in (shown := laptop.run("incident", "--open").out) and f"--settles {number}" in shown
    assert laptop.run("incident", "--settles", number, "--note", "-", *key).exit == 0
    assert "Tidak ada kejadian" in laptop.run("incident", "--open").out


def test_json_says_the_same(field: Field) -> None:
    laptop = field.begun().laptop
    laptop.hand("kpps-08-1", "pps-08", TPS, HABI, DPR)
    sent = json.loads(laptop.run("bundle", "out", str(field.stick), "--json").out)
    assert (sent["schema"], sent["counter"], sent["for"], sent["statements"], sent["entries"]) == (
        "custody.bundle.out/1",
        1,
        "kantor",
        1,
        0,
    )
    taken = json.loads(field.evening.desk.run("bundle", "in", sent["file"], "--json").out)
    assert [(one["from"], one["statements"], one["whole"]) for one in taken["bundles"]] == [("ndao", 1, True)]
    listed = json.loads(field.evening.desk.run("station", "list", "--json").out)
    assert [(one["name"], one["areas"], one["counter"], one["copied"]) for one in listed["stations"]] == [("ndao", [HABI], 1, [])]
    read = json.loads(laptop.run("bundle", "in", sent["file"], "--json").out)
    assert read["undelivered"] == 1 and read["since"] == "2024-11-27T11:42:00Z"


def test_a_stick_with_many_old_bundles_tells_of_them_in_one_line(field: Field) -> None:
    laptop = field.begun().laptop
    laptop.hand("kpps-08-1", "pps-08", TPS, HABI, DPR)
    for _ in range(2):
        laptop.out()
    told = office_takes(field.evening, field.stick)
    assert told.out.count("Dari ndao") == 2 and "bundel lain" not in told.out  # a few are told one by one
    laptop.out()
    (field.stick / "aaa.bundle").write_bytes(next(iter(field.stick.glob("ndao-*.bundle"))).read_bytes()[:-20])
    told = office_takes(field.evening, field.stick)
    assert "3 bundel lain tidak membawa yang baru." in told.out
    assert told.out.count("Dari ndao") == 1 and "terpotong" in told.out  # what is wrong with one is told all the same


def test_a_cut_stick_is_said_and_does_not_hinder_the_rest(field: Field) -> None:
    laptop = field.begun().laptop
    laptop.hand("kpps-08-1", "pps-08", TPS, HABI, DPR)
    laptop.out()
    (whole,) = field.stick.glob("*.bundle")
    (field.stick / "aaa.bundle").write_bytes(whole.read_bytes()[:-20])
    told = office_takes(field.evening, field.stick)
    assert told.exit == 8 and "terpotong" in told.out and "Baru: 0 entri, 1 pernyataan" in told.out


def test_a_copied_folder_is_told_in_the_words_of_a_station(field: Field) -> None:
    laptop = field.begun().laptop
    shutil.copytree(laptop.folder, laptop.root / "salinan")
    told = laptop.run("bundle", "out", str(field.stick), "--ledger", str(laptop.root / "salinan"))
    assert told.exit == 8 and "Stasiun ini terdaftar di" in told.err and "custody station request" in told.err
    told = laptop.desk.run("bundle", "out", str(field.stick), environ={"CUSTODY_STATE": str(laptop.root / "baru")})
    assert told.exit == 8 and "disiapkan di laptop lain atau disalin" in told.err


def test_labels_printed_at_a_station_are_known_there_at_once(field: Field) -> None:
    laptop = field.begun().laptop
    key = ("--key", field.evening.key("kasatops-1"), "--passphrase-file", field.evening.word(), "--yes")
    told = laptop.run("labels", "TPS 1 Habi DPR", "--reprint", "--reason", "torn", "--out", "kertas", *key)
    assert told.exit == 0, told.err
    with laptop.open() as office:
        printed = [one.symbols for one in office.private.codes_of(DPR)]
    assert len(printed) == 2
    laptop.out()
    office_takes(field.evening, field.stick)
    with field.evening.office.open(write=False) as office:
        assert [one.symbols for one in office.private.codes_of(DPR)] == printed


def test_what_was_refused_is_told_with_the_offices_reason(field: Field) -> None:
    from custody.core import note

    laptop = field.begun().laptop
    laptop.hand("kpps-08-1", "pps-08", TPS, HABI, DPR)
    with laptop.open(write=True) as office:
        (waits,) = office.outbox.pending()
        text_, lines = note.split(waits.note)
        office.outbox.forget([waits.path])
        office.outbox.save(note.join(text_, [lines[0], lines[1]._replace(signature=bytes(64))]))
    laptop.out()
    told = office_takes(field.evening, field.stick)
    assert told.exit == 1 and "DITOLAK: pernyataan" in told.out and "custody ledger outbox" in told.out
    office_out(field.evening, field.stick, "ndao")
    told = laptop.take()
    assert (
        told.exit == 1 and "DITOLAK" in told.out and "1 pernyataan yang ditandatangani di sini DITOLAK kantor" in laptop.run("status").out
    )
    assert "DITOLAK kantor" in laptop.take().out  # on every screen, and none says that all of it is in the ledger
    assert all("sudah masuk buku besar" not in laptop.run(*typed).out for typed in (("status",), ("bundle", "out", ".")))
    told = laptop.run("ledger", "outbox")
    assert told.exit == 1 and "sebab:" in told.out and "pps-08" in told.out
    told = laptop.run("ledger", "outbox", "--again")
    assert told.exit == 0 and "MENUNGGU" in told.out and "DITOLAK" not in told.out


@pytest.mark.parametrize("facts", ["null", "[" * 900, '{"entry":"1","why":"\\u001b[2J"}', "{}"])
def test_an_answer_that_makes_no_sense_is_told_as_it_is(field: Field, facts: str) -> None:
    laptop = field.begun().laptop
    laptop.hand("kpps-08-1", "pps-08", TPS, HABI, DPR)
    with laptop.open(write=True) as office:
        (waits,) = office.outbox.pending()
        waits.path.with_suffix(".why").write_text(json.dumps({"code": "copy.unlike", "facts": facts, "leaf": "", "sid": ""}))
        office.outbox.refuse([waits.path])
    told = laptop.run("ledger", "outbox")
    assert told.exit == 1 and "DITOLAK" in told.out and "\x1b[2J" not in told.out


def test_a_stranger_is_not_taken_for_the_office(field: Field) -> None:
    laptop = field.begun().laptop
    told = field.evening.desk.run("bundle", "out", str(field.stick), "--for", "ndao")
    assert told.exit == 0
    stranger = Laptop(field.evening, "lain", field.stick)
    key = stations.request(stranger.folder, "palsu", os.urandom)
    own = device.open_key(stranger.folder / "keys" / "device")
    (path,) = field.stick.glob("kantor-*.bundle")
    head = hearing.head_of(path)
    fake = replace(own, name="kantor")
    assert key == own.public
    with (field.stick / "palsu.bundle").open("wb") as file:
        bundle.Writer(file.write, replace(head, sender=fake.public, counter=1, to=None), fake.line).end()
    told = laptop.run("bundle", "in", str(field.stick))
    assert "Dari kantor, bundel" in told.out and "Dari kantor (tidak diterima di sini), bundel" in told.out


def test_a_clock_of_another_year_is_told_when_its_bundle_is_read(field: Field) -> None:
    laptop = field.begun().laptop
    laptop.desk.now = datetime(2034, 1, 1, tzinfo=UTC)
    laptop.out()
    told = office_takes(field.evening, field.stick)
    assert "Jam ndao tidak sama dengan jam di sini: menurut bundel ini ditulis 1 Januari 2034" in told.out and "custody correct" in told.out
    laptop.desk.now = EVENING
    laptop.out()
    (path,) = field.stick.glob("ndao-0002.bundle")
    assert "Jam ndao" not in field.evening.desk.run("bundle", "in", str(path)).out


def test_what_is_no_bundle_is_told_by_its_name_alone(field: Field) -> None:
    (field.stick / "catatan.bundle").write_text("bukan bundel")
    (field.stick / "._catatan.bundle").write_text("taruhan sistem lain")
    told = office_takes(field.evening, field.stick)
    assert told.exit != 0 and told.out.startswith("Berkas catatan.bundle\n  Ini bukan bundel custody.") and "bundel nomor" not in told.out
    assert "._catatan" not in told.out


def test_a_copied_laptop_is_told_at_the_office_whenever_somebody_looks(field: Field) -> None:
    laptop = field.begun().laptop
    image = laptop.root.parent / "image"
    shutil.copytree(laptop.root, image)
    laptop.out()
    first = field.stick / "satu.bundle"
    next(field.stick.glob("ndao*.bundle")).rename(first)
    shutil.rmtree(laptop.root)
    shutil.move(image, laptop.root)
    laptop.out()
    told = office_takes(field.evening, field.stick)
    assert told.exit == 1 and "DUA LAPTOP MEMAKAI SATU NAMA DAN KUNCI, ndao" in told.out
    for typed in (("status",), ("station", "list")):
        told = field.evening.desk.run(*typed)
        assert "DUA LAPTOP MEMAKAI SATU NAMA DAN KUNCI, ndao" in told.out and "custody station request NAMA-BARU" in told.out


def test_a_deed_at_a_station_is_provisional_and_says_so(field: Field) -> None:
    laptop = field.begun().laptop
    laptop.hand("kpps-08-1", "pps-08", TPS, HABI, *field.evening.of(TPS))
    told = laptop.run("deed", "last")
    assert told.exit == 0 and "BELUM MENJADI ENTRI" in told.out
    (path,) = laptop.root.glob("ba-serah-terima-*-sementara.pdf")
    page = " ".join(text(path.read_bytes()).split())
    assert "BELUM MENJADI ENTRI" in page and "belum ada nomor entri" in page and "entri 17" not in page
    assert "5 kotak suara" in page and "menunggu sampai di kantor" in page and "Kapolsek" not in page
    assert laptop.run("check", str(path)).exit == 4  # no evidence inside: nothing is decided about it
    told = laptop.run("deed", "16")
    assert told.exit == 6 and "harus menjadi entri dahulu" in told.err


def test_doctor_and_ledger_know_a_station(field: Field) -> None:
    laptop = field.begun().laptop
    told = laptop.run("doctor").out
    assert "kunci buku besar tidak ada di sini, dan memang begitu seharusnya" in told and "chmod" not in told
    assert "ada di kantor" in laptop.run("ledger", "status").out
    assert "tidak ada yang perlu dibuka" in laptop.run("ledger", "unlock").out
    told = laptop.run("report", "TPS 1 Habi", "--key", field.evening.key("kasatops-1"), "--passphrase-file", field.evening.word())
    assert told.exit == 6 and "harus menjadi entri dahulu" in told.err


def test_a_station_comes_back_from_its_own_backup_and_goes_on(field: Field, tmp_path: Path) -> None:
    """The laptop fell into the sea; what waited in it when it was backed up was taken to the office meanwhile, and something else after."""
    ndao = field.begun().laptop
    assert ndao.hand("kpps-08-1", "pps-08", TPS, HABI, DPR).exit == 0
    word = tmp_path / "sandi-cadangan"
    word.write_text("sandi cadangan\n")
    word.chmod(0o600)
    (tmp_path / "cadangan").mkdir()
    assert ndao.run("backup", str(tmp_path / "cadangan"), "--passphrase-file", str(word)).exit == 0
    ndao.out()
    assert office_takes(field.evening, field.stick).exit == 0
    with field.evening.office.open(write=False) as opened:
        (tmp_path / "t.note").write_bytes(opened.ledger.checkpoint())  # of more entries than the backup has
        written = opened.ledger.size
    shutil.rmtree(ndao.folder)
    (file,) = (tmp_path / "cadangan").iterdir()
    told = ndao.run("restore", str(file), "--against", str(tmp_path / "t.note"), "--passphrase-file", str(word))
    assert told.exit == 0, told.err
    status = ndao.run("status")
    assert status.exit == 0 and "BELUM SAMPAI DI KANTOR: 1 pernyataan" in status.out
    assert ndao.hand("pps-08", "ppk-1", HABI, "530719", DPR).exit == 0
    assert ndao.out().exit == 0
    told = office_takes(field.evening, field.stick)
    assert told.exit == 0 and "DUA LAPTOP" not in told.out + told.err  # no counter came twice
    with field.evening.office.open(write=False) as opened:
        assert opened.ledger.size == written + 1
    office_out(field.evening, field.stick, "ndao")
    told = ndao.take()
    assert told.exit == 0 and "SAMPAI: 2 pernyataan" in told.out, told.out + told.err


def test_a_laptop_that_only_asked_is_told_the_next_step_and_a_request_is_no_bundle(field: Field) -> None:
    laptop, office = field.laptop, field.evening.desk
    assert laptop.run("station", "request", "ndao", str(field.stick)).exit == 0
    told = laptop.run("status")
    assert told.exit != 0 and "custody station new" in told.err and "custody init" not in told.err
    told = office.run("bundle", "in", str(field.stick / "ndao.pub"))
    assert told.exit == 2 and f"custody station admit {field.stick / 'ndao.pub'}" in told.err


def test_a_key_that_signed_more_than_one_person_can_is_named(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "MOST_A_DAY", 1)
    field.begun()
    for end, giver, receiver in ((HABI, "kpps-08-1", "pps-08"), ("530719", "pps-08", "ppk-1")):
        start = TPS if end == HABI else HABI
        assert field.laptop.hand(giver, receiver, start, end, DPR).exit == 0
    field.laptop.out()
    told = office_takes(field.evening, field.stick)
    assert told.exit == 0 and "Kunci pps-08 menandatangani 2 pernyataan baru" in told.out and "custody key revoke pps-08" in told.out
    assert "kpps-08-1 menandatangani" not in told.out
