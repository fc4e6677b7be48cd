"""Consignments at the table: a manifest, loads and their receipt, what is missing, strange or late; nothing that was scanned is lost."""

import io
import json
import os
import re
from datetime import timedelta
from pathlib import Path

import pytest

from custody.core import entry
from custody.core.findings import Finding
from custody.station.draft import Draft
from custody_cli.commands.scan import MODES
from fixtures.daydesk import WORD
from tests.cli.daily_kit import HABI, LANGIR, TPS, Evening
from tests.cli.harness import Ended
from tests.cli.spreadsheet import sheet
from tests.paper import rendering

ESCORT = ("1", "2", "2", "Sprin/12/II/2024")  # changed on the page: two go along, by an order; no vehicle is told
KANGAE = "530719"


class Loading:
    """The PPS of Habi has the five boxes of TPS 1; they go to the PPK of Kangae."""

    def __init__(self, root: Path) -> None:
        self.evening = Evening(root)
        self.evening.labels()
        self.evening.seal()
        self.evening.hand()
        self.boxes = self.evening.of(TPS)

    @property
    def codes(self) -> list[str]:
        return [self.evening.code[box] for box in self.boxes]

    def run(self, *argv: str, answers: tuple[str, ...] = ()) -> Ended:
        return self.evening.desk.run(*argv, answers=answers)

    def manifest(self, *argv: str) -> str:
        """Make the manifest of all boxes at the PPS; its number."""
        keys = ("--officer", self.evening.key("pps-08"), "--passphrase-file", self.evening.word())
        ended = self.run("manifest", "make", *argv, *keys, "--yes", "--json")
        assert ended.exit == 0, ended.err
        return str(json.loads(ended.out)["consignment"])

    def load(self, *answers: str, options: tuple[str, ...] = ()) -> Ended:
        """The guard's screen of a load: the clock is right, then these answers."""
        return self.run("scan", "muat", "--giver", self.evening.key("pps-08"), *options, answers=("y", *answers))

    def unload(self, *answers: str, options: tuple[str, ...] = ()) -> Ended:
        return self.run("scan", "bongkar", "--receiver", self.evening.key("ppk-1"), *options, answers=("y", *answers))

    def loaded(self, *codes: str) -> None:
        """All of it, or these."""
        ended = self.load(*(codes or self.codes), "selesai", *ESCORT, "y", WORD)
        assert ended.exit == 0, ended.err

    def shown(self, number: str) -> dict[str, object]:
        return dict(json.loads(self.run("manifest", "show", number, "--json").out))

    def found(self, *codes: str) -> list[Finding]:
        """What the books say now, of these codes."""
        with self.evening.office.open(write=False) as office:
            return [one for one in office.ledger.books() if one.code in codes]

    def holder(self, box: str) -> tuple[str, str]:
        state, _ = self.evening.state(box)
        return state.holding.holder, state.holding.to

    def later(self, minutes: int) -> None:
        """So much later on the clock of the desk."""
        self.evening.desk.now += timedelta(minutes=minutes)


@pytest.fixture
def loading(tmp_path: Path) -> Loading:
    return Loading(tmp_path)


def test_a_load_as_planned_and_its_receipt(loading: Loading) -> None:
    number = loading.manifest("--thing", "bilik=4", "--vehicles", "2")
    ended = loading.load(*loading.codes, "selesai", *ESCORT, "y", WORD)
    assert "5 Barang: bilik suara 4" in ended.err, ended.err
    assert "Rit 1 dari muatan" in ended.err and "5 dari 5 · kurang 0" in ended.err, ended.err
    assert "ditawarkan" in ended.out.lower() and loading.holder(loading.boxes[0]) == ("pps-08", HABI)
    ended = loading.unload(*loading.codes, "selesai", "y", WORD)
    assert ended.exit == 0, ended.err
    assert "Ditunggu: 5 kotak dari Habi, rit 1" in ended.err
    assert "Barang selain kotak: bilik suara 4" in ended.out, ended.out
    index = re.findall(r"custody receipt (\d+)", ended.out)[0]
    assert loading.run("receipt", index).exit == 0
    checked = loading.run("receipt", "check", f"tanda-terima-{index}.tlog-proof").out
    assert "Barang selain kotak: bilik suara 4" in checked, checked
    assert {loading.holder(box) for box in loading.boxes} == {("ppk-1", KANGAE)}
    shown = loading.shown(number[:8])
    assert {name: shown[name] for name in ("planned", "loaded", "come", "left", "done")} == {
        "planned": 5, "loaded": 5, "come": 5, "left": 0, "done": True,
    }  # fmt: skip
    assert "Tidak ada muatan" in loading.run("manifest", "list").out
    assert loading.found("manifest.missing", "manifest.things", "receipt.missing") == [] and loading.evening.drafts() == []


def test_what_was_loaded_is_told_to_be_on_the_way(loading: Loading) -> None:
    loading.manifest()
    loading.loaded(*loading.codes)
    told = loading.run("status", "Habi").out
    assert "5 kotak DI JALAN: sudah dimuat, belum diterima" in told and "DITAWARKAN" not in told, told


def test_a_shuttle_in_two_trips(loading: Loading) -> None:
    number = loading.manifest()
    ended = loading.load(*loading.codes[:3], "selesai", "lanjut", "1", *ESCORT, "3", "dh 1 ab", "", WORD)
    assert "2 kotak belum dimuat" in ended.err, ended.err
    assert "belum dimuat 2" in loading.run("manifest", "list").out
    ended = loading.load(*loading.codes[3:], "selesai", "", "y", WORD)
    assert "Rit 2" in ended.err and "2 dari 2" in ended.err, ended.err
    assert "1 Pengawal: 2 · 2 Sprin: Sprin/12/II/2024 · 3 kendaraan: DH-1-AB" in ended.err, ended.err
    shown = loading.shown(number)
    assert [trip["rest"] for trip in shown["trips"]] == ["later", None] and shown["left"] == 0  # type: ignore[attr-defined]
    assert loading.found("manifest.missing", "manifest.unreleased") == []


def test_a_box_that_stayed_behind_on_an_earlier_trip_is_called_so(loading: Loading) -> None:
    loading.manifest()
    first, second, *rest = loading.codes
    ended = loading.load(first, second, "selesai", "lanjut", "1", *ESCORT, "y", WORD)
    assert ended.exit == 0, ended.err
    told = loading.load(*rest, second)
    assert "TERTINGGAL DARI RIT 1: TPS 001 Habi" in told.err and "DI LUAR DAFTAR" not in told.err, told.err
    assert "4 dari 4 · kurang 0" in told.err and "5 dari" not in told.err, told.err


@pytest.mark.parametrize("released", [True, False])
def test_what_stays_behind_for_a_reason_is_released_by_a_supervisor(loading: Loading, released: bool) -> None:
    loading.manifest()
    words = ("cuaca", loading.evening.key("kasatops-1"), "cuaca", "y", WORD, WORD)
    without = ("cuaca", "tidak ada", "cuaca", "cuaca", "y", WORD)
    ended = loading.load(*loading.codes[:3], "selesai", "lanjut", *(words if released else without))
    assert ("TANPA" in ended.err.upper()) or released, ended.err
    found = loading.found("manifest.unreleased")
    assert [one.stated for one in found] == ([] if released else ["weather"])


def test_a_box_too_many_and_a_box_of_another_desa_are_named_loudly(loading: Loading) -> None:
    few = loading.boxes[:4]
    number = loading.manifest(*few)
    stranger = loading.evening.code[loading.evening.of(f"{LANGIR}-001")[0]]
    ended = loading.load(*loading.codes, stranger, "batal", "selesai", "lain-lain", "uji", *ESCORT, "y", WORD)
    assert "TIDAK ADA DALAM DAFTAR" in ended.err.upper() and "LANGIR" in ended.err.upper(), ended.err
    assert [one.box for one in loading.found("manifest.extra")] == [loading.boxes[4]]
    assert loading.shown(number)["loaded"] == 5


def test_what_was_loaded_and_did_not_come_is_told_and_stands(loading: Loading) -> None:
    loading.manifest()
    loading.loaded()
    ended = loading.unload(*loading.codes[:4], "selesai", "lanjut", "y", WORD)
    assert ended.exit == 1 and "DIMUAT DAN BELUM DATANG: 1 kotak" in ended.out, ended.out
    assert [one.box for one in loading.found("receipt.missing")] == [loading.boxes[4]]
    ended = loading.unload(loading.codes[4], "selesai", "y", WORD)
    assert ended.exit == 0, ended.err
    assert loading.found("receipt.missing") == [] and loading.holder(loading.boxes[4]) == ("ppk-1", KANGAE)


def test_a_torn_seal_is_received_as_it_is(loading: Loading) -> None:
    loading.manifest()
    loading.loaded()
    ended = loading.unload(*loading.codes, "segel 1 robek", "selesai", "y", WORD)
    assert ended.exit in (0, 1), ended.err
    torn = next(box for box in loading.boxes if loading.evening.state(box)[0].holding.seals[0][1] == "torn")
    assert {one.code for one in loading.evening.state(torn)[1]} >= {"receipt.differs", "seal.changed"}


def test_a_box_that_nobody_awaits_is_received_as_found(loading: Loading) -> None:
    loading.evening.seal(f"{LANGIR}-001")
    strange = loading.evening.of(f"{LANGIR}-001")[0]
    loading.manifest()
    loading.loaded()
    ended = loading.unload(*loading.codes, loading.evening.code[strange], "selesai", *("lain-lain", "uji") * 4, "y", WORD)
    assert ended.exit == 1, ended.err
    state, found = loading.evening.state(strange)
    assert (state.holding.holder, state.holding.place) == ("ppk-1", KANGAE)
    told = {one.code: dict(one.facts) for one in found}
    assert told["giver.unsigned"]["reason"] == "found" and told["place.from"]["last"] == f"{LANGIR}-001"
    trace = loading.run("trace", strange).out
    assert "DITEMUKAN di Kangae" in trace and "TIDAK DIKAWAL" not in trace, trace
    assert "DITEMUKAN di Kangae: diterima di sini tanpa pemberi" in ended.err and "Kangae → Kangae" not in ended.err, ended.err
    assert "menurut catatan ini ada di Kangae, padahal terakhir tercatat di TPS 001 Langir" in ended.out, ended.out


@pytest.mark.parametrize("mode", ["muat", "bongkar"])
def test_a_box_that_should_go_elsewhere_is_told_loudly(loading: Loading, mode: str) -> None:
    """It stands in the manifest to another place; whoever scans it here hears so before anything is signed."""
    loading.manifest(*loading.boxes[:4])
    loading.manifest(loading.boxes[4], "--to", "Gudang KPU Sikka")
    if mode == "bongkar":
        quick = ("--giver", loading.evening.key("pps-08"), "--passphrase-file", loading.evening.word(), "--yes", "--seals-seen")
        number = next(one["id"] for one in json.loads(loading.run("manifest", "list", "--json").out)["consignments"] if one["planned"] == 1)
        ended = loading.run("scan", "load", *quick, "--manifest", number, "--escort", "2", "--reason", "order",
                            answers=(loading.codes[4], "selesai"))  # fmt: skip
        assert ended.exit in (0, 1), ended.err
    picked = ("2",) if mode == "muat" else ()  # the newest manifest stands first
    ended = (loading.load if mode == "muat" else loading.unload)(*picked, loading.codes[4])
    assert "SALAH TUJUAN: TPS 001 Habi · PPWP harus ke Gudang KPU Sikka." in ended.err, ended.err


def test_a_load_for_a_colleague_is_told_to_him(loading: Loading) -> None:
    loading.evening.office.enrol("ppk-2", "ppk", [KANGAE])
    loading.manifest()
    ended = loading.load(*loading.codes, "selesai", *ESCORT, "y", WORD, options=("--for", "ppk-2"))
    assert ended.exit == 0, ended.err
    ended = loading.unload("kembali")
    assert "Untuk ppk-2, bukan untuk kunci ini: 5 kotak dari Habi" in ended.err, ended.err
    before_scans = ended.err.partition("Pindai kotak")[0]
    assert "custody scan bongkar --receiver ppk-2" in before_scans, ended.err
    anew = re.findall(r"custody (handoff --withdraw \w+ --giver pps-08 --receiver ppk-1)", before_scans)[0]
    offered = anew.split()[2]
    refused = loading.run("handoff", "--complete", offered, "--receiver", loading.evening.key("ppk-1"), "--seals-seen")
    assert refused.exit == 8 and "--complete" in refused.err and f"--withdraw {offered[:8]}" in refused.err, refused.err
    around = os.pathsep.join(str(Path(loading.evening.key(name)).parent) for name in ("pps-08", "ppk-1"))
    words = (*anew.split(), "--escort", "2", "--seals-seen", "--passphrase-file", loading.evening.word(), "--yes", "--reason", "order")
    ended = loading.evening.desk.run(*words, environ={"CUSTODY_KEYS": around})
    assert ended.exit in (0, 1) and {loading.holder(box) for box in loading.boxes} == {("ppk-1", KANGAE)}, ended.err
    assert not any(loading.evening.state(box)[0].offers for box in loading.boxes)


def test_a_box_that_turns_up_is_received_without_a_giver(loading: Loading) -> None:
    """Nobody brought it: it is received where it lies, and the place where it was recorded is named."""
    options = ("--receiver", loading.evening.key("ppk-1"), "--unsigned", "found", "--from", "Kangae")
    ended = loading.run("scan", *options, answers=("y", loading.codes[0], "selesai", "lanjut", *("lain-lain", "uji") * 3, "y", WORD))
    assert ended.exit == 1, ended.err
    assert "Ditemukan di sini: Kangae" in ended.err and "DITEMUKAN DI SINI: tidak ada pemberi" in ended.err, ended.err
    for wrong in ("tanpa pengawal", "Pengawal:", "PEMBERI TIDAK", "Kangae → Kangae"):
        assert wrong not in ended.err + ended.out, ended.err
    state, found = loading.evening.state(loading.boxes[0])
    assert (state.holding.holder, state.holding.place, state.holding.to) == ("ppk-1", KANGAE, KANGAE)
    told = {one.code: dict(one.facts) for one in found}
    assert told["place.from"] == {"last": HABI, "start": KANGAE} and told["giver.unsigned"]["reason"] == "found"


def test_a_receiver_who_rides_along_takes_over_where_it_is_loaded(loading: Loading) -> None:
    loading.manifest()
    ended = loading.load(
        *loading.codes, "selesai", *ESCORT, "y", WORD, WORD,
        options=("--receiver", loading.evening.key("ppk-1")),
    )  # fmt: skip
    state, _ = loading.evening.state(loading.boxes[0])
    assert (state.holding.holder, state.holding.place, state.holding.to) == ("ppk-1", HABI, KANGAE), ended.err
    assert state.holding.due is not None


@pytest.mark.parametrize("mode", ["muat", "bongkar"])
def test_after_a_power_cut_no_scan_is_lost(loading: Loading, mode: str) -> None:
    loading.manifest()
    if mode == "bongkar":
        loading.loaded()
    at_work = loading.load if mode == "muat" else loading.unload
    ended = at_work(*loading.codes[:3])
    assert ended.exit == 2 and f"scan {'load' if mode == 'muat' else 'unload'}" in ended.err, ended.err
    rest = (*ESCORT, "y", WORD) if mode == "muat" else ("y", WORD)
    ended = at_work("y", *loading.codes[3:], "selesai", *rest)
    assert "3 kotak" in ended.err and loading.evening.drafts() == [], ended.err


def test_a_draft_without_a_box_needs_no_question_and_passes_no_newer_manifest(loading: Loading) -> None:
    left = loading.load(options=("--to", "530719", "--for", "ppk-1"))
    assert left.exit == 2 and "Tidak ada kotak yang dipindai" in left.err and loading.evening.drafts() == [], left.err
    with loading.evening.office.open() as office:  # a power cut: nobody took the empty draft away
        head = {"kind": "load", "began": office.now(), "ledger": office.founding.sid}
        Draft.begin(office.folder.drafts, "20241127T000000-00000000", **head).close()
    number = loading.manifest()
    ended = loading.load(*loading.codes, "selesai", *ESCORT, "y", WORD)
    assert ended.exit == 0 and "Lanjutkan" not in ended.err and "Buang" not in ended.err and loading.evening.drafts() == [], ended.err
    assert loading.shown(number)["loaded"], loading.shown(number)


def test_without_questions(loading: Loading) -> None:
    loading.manifest()
    word = ("--passphrase-file", loading.evening.word(), "--yes", "--seals-seen")
    feed = "\n".join(loading.codes[:4])
    keys = ("--giver", loading.evening.key("pps-08"), "--escort", "2", "--reason", "order")
    lines = (*feed.splitlines(), "selesai")
    ended = loading.run("scan", "load", *keys, *word, answers=lines)
    assert ended.exit == 2 and "--rest" in ended.err, ended.err
    ended = loading.run("scan", "load", *keys, *word, "--rest", "menyusul-dengan-rit-berikutnya", answers=("selesai",))
    assert ended.exit == 0 and "DITAWARKAN" in ended.out.upper(), ended.err
    ended = loading.run("scan", "unload", "--receiver", loading.evening.key("ppk-1"), *word, answers=lines)
    assert ended.exit == 0, ended.err


# -- late ----------------------------------------------------------------------------------------------------------------------


def test_what_is_past_due_is_listed_with_its_reason(loading: Loading) -> None:
    loading.manifest()
    loading.loaded()
    assert loading.run("overdue").exit == 0
    loading.later(600 + 45)
    ended = loading.run("overdue")
    assert (
        ended.exit == 1
        and "45 menit TERLAMBAT: 5 kotak, Habi → Kangae" in ended.out
        and "5 kotak dalam 1 perjalanan" in ended.out
        and "alasan belum dicatat" in ended.out
    ), ended.out
    late = json.loads(loading.run("overdue", "Kangae", "--json").out)["overdue"]
    assert [(one["minutes"], one["place"], one["to"], len(one["boxes"])) for one in late] == [(45, HABI, KANGAE, 5)]
    (row,) = sheet(loading.run("overdue", "--csv").out)
    assert (row["menit"], row["jumlah kotak"], row["dari"], row["ke"]) == ("45", "5", "Habi", "Kangae")
    assert loading.run("overdue", "Langir").exit == 0


@pytest.mark.parametrize(("minutes", "answers", "found"), [(600, (), []), (645, ("cuaca",), [(45, "weather")])], ids=["in time", "late"])
def test_who_unloads_late_says_why(loading: Loading, minutes: int, answers: tuple[str, ...], found: list[object]) -> None:
    loading.manifest()
    loading.loaded()
    loading.later(minutes)
    ended = loading.unload(*loading.codes, "selesai", *answers, "y", WORD)
    assert ended.exit == (1 if found else 0) and ("terlambat" in ended.err) == bool(found), ended.err
    for box in loading.boxes:
        late = [one for one in loading.evening.state(box)[1] if one.code == "leg.overdue"]
        assert [(dict(one.facts)["minutes"], one.stated) for one in late] == found
    assert loading.holder(loading.boxes[0]) == ("ppk-1", KANGAE)


def test_who_completes_an_offer_late_says_why(loading: Loading) -> None:
    loading.manifest()
    loading.loaded()
    loading.later(645)
    (number,) = {str(entry) for box in loading.boxes for entry in [loading.evening.state(box)[0].offers[0][:12]]}
    keys = ("--receiver", loading.evening.key("ppk-1"), "--passphrase-file", loading.evening.word(), "--seals-seen", "--yes")
    refused = loading.run("handoff", "--complete", number, *keys)
    assert refused.exit == 2 and "leg.overdue" in refused.err, refused.err
    assert loading.holder(loading.boxes[0]) == ("pps-08", HABI)
    ended = loading.run("handoff", "--complete", number, *keys, "--reason", "weather")
    (late,) = [one for one in loading.evening.state(loading.boxes[0])[1] if one.code == "leg.overdue"]
    assert ended.exit in (0, 1) and late.stated == "weather", ended.err


def test_in_english_too(loading: Loading) -> None:
    number = loading.manifest("--due", "28-11-2024 08.00", "--thing", "booth=2")
    ended = loading.load(*loading.codes, "selesai", *ESCORT, "5", "2", "y", WORD)
    assert ended.exit == 0, ended.err
    loading.later(24 * 60)
    told = [loading.run(*words, "--lang", "en").out for words in (("manifest", "list"), ("manifest", "show", number), ("overdue",))]
    assert "planned 5, loaded 5, come 0, not loaded 0" in told[0] and "Under way: 5" in told[1] and "nothing left" in told[1], told
    assert "LATE: 5 boxes on 1 journey" in told[2] and not any("{" in one for one in told), told


def test_the_most_vulnerable_and_remote_come_first(tmp_path: Path) -> None:
    from custody.assembly.loads import Late, _urgency

    def late(minutes: int, remote: bool = False, vulnerability: str | None = None) -> Late:
        return Late((), (), "", "", None, None, "", minutes, remote, vulnerability, ())

    best = [late(1, vulnerability="high"), late(9, True, "low"), late(2, vulnerability="low"), late(1, True), late(9), late(2)]
    mixed = [best[at] for at in (4, 1, 5, 0, 3, 2)]
    assert sorted(mixed, key=_urgency) == best


LATE = [(0, "0 menit"), (59, "59 menit"), (200, "3 jam 20 menit"), (2495, "1 hari 17 jam")]


@pytest.mark.parametrize(("minutes", "told"), LATE)
def test_how_late_as_people_say_it(minutes: int, told: str) -> None:
    from custody_cli.commands.overdue import _late
    from custody_cli.ground.console import Console
    from custody_cli.ground.prompts import ScriptedPrompter
    from custody_cli.main import surroundings

    app = surroundings((), {}, Console(io.StringIO(), io.StringIO()), ScriptedPrompter(()))
    assert _late(app, minutes) == told


HOMES = [
    ((f"{HABI}-001",), "TPS 001 Habi"),
    ((f"{HABI}-001", f"{HABI}-002", f"{HABI}-004"), "TPS 001–002, 004 Habi"),
    ((f"{HABI}-001", f"{HABI}-002", "5307192009-001", "5307192009-002"), "TPS 001–002 Habi, TPS 001–002 Langir"),
    (("530719", f"{HABI}-001"), "Kangae, TPS 001 Habi"),
]


@pytest.mark.parametrize(("codes", "told"), HOMES)
def test_homes_are_named_desa_by_desa(loading: Loading, codes: tuple[str, ...], told: str) -> None:
    from custody_cli.boxes import naming
    from custody_cli.boxes.named import Names

    with loading.evening.office.open(write=False) as office:
        names = Names(office)
        assert naming.homes(names, codes).replace(names.place("5307192009"), "Langir").replace(names.place("530719"), "Kangae") == told


def test_every_task_of_the_screen_is_a_word(loading: Loading) -> None:
    assert MODES == ("receive", "load", "unload", "count", "inspect")
    for mode, told in (("periksa", "Memeriksa kotak satu demi satu di Gudang KPU Sikka"), ("hitung", "HITUNG kotaknya sekarang")):
        ended = loading.run("scan", mode, "--place", "Gudang KPU Sikka", "--recorder", loading.evening.key("guard-1"), answers=("y",))
        assert told in ended.err, ended.err


THINGS = {
    "all of it by Enter": ((), (), None),
    "fewer, counted on the page": (("5", "8"), (), "bilik suara 8 dari 10"),
    "none at all": (("5", "0"), (), "bilik suara 0 dari 10"),
    "as the command line says": ((), ("--thing", "bilik=9"), "bilik suara 9 dari 10"),
}


@pytest.mark.parametrize("case", THINGS)
def test_things_that_came_are_counted_beside_what_was_loaded(loading: Loading, case: str) -> None:
    typed, options, told = THINGS[case]
    loading.manifest("--thing", "bilik=10")
    loading.loaded()
    ended = loading.unload(*loading.codes, "", *typed, "", WORD, options=options)
    assert {loading.holder(box)[0] for box in loading.boxes} == {"ppk-1"}, ended.err
    with loading.evening.office.open(write=False) as office:
        last = entry.parse(office.ledger.note(office.ledger.size - 1)).statement
        if told is None:
            assert last.kind.name == "ack" and "DENGAN PERBEDAAN" not in ended.out, ended.out
            return
        about = entry.parse(office.ledger.note(office.ledger.indexes(last.body["about"][0])[0])).statement
        note = last.body["note"]["c"]
        assert told in office.private.opened([note])[note].value and about.body["things"] == [{"count": 10, "thing": "booth"}]
    assert (last.kind.name, last.body["place"]) == ("incident", KANGAE) and told in ended.out, ended.out
    with loading.evening.office.open(write=False) as office:
        index = office.ledger.size - 1
    assert loading.run("receipt", str(index - 1), "--out", "ack.receipt").exit == 0
    receipt = loading.run("receipt", "check", "ack.receipt").out
    assert f"Dihitung saat dibongkar (entri {index}): " in receipt and told in receipt, receipt
    assert loading.run("receipt", str(index - 1), "--strip", "ack.pdf").exit == 0
    assert "bilik suara 10" in rendering.text((loading.evening.root / "ack.pdf").read_bytes())
    (loading.evening.root / "ledger-away").mkdir()
    assert told not in loading.run("receipt", "check", "ack.receipt", "--ledger", "ledger-away").out


def test_a_manifest_that_is_not_there(loading: Loading) -> None:
    ended = loading.run("manifest", "show", "ffffffff")
    assert ended.exit == 2 and "0 muatan" in ended.err, ended.err


def test_an_offer_from_a_list_waits_for_who_unloads(loading: Loading) -> None:
    """What came of it in part is told, until the rest comes."""
    keys = ("--giver", loading.evening.key("pps-08"), "--receiver", loading.evening.key("ppk-1"), "--passphrase-file")
    quick = (*keys, loading.evening.word(), "--escort", "2", "--seals-seen", "--yes")
    assert loading.run("handoff", "TPS 1 Habi", *quick, "--offer").exit == 0
    ended = loading.unload(*loading.codes[:2], "selesai", "lanjut", "y", WORD)
    assert ended.exit == 1 and "BELUM DATANG: 3 kotak" in ended.out, ended.err
    assert len(loading.found("receipt.missing")) == 3


@pytest.mark.parametrize("mode", ["bongkar", "--complete", "--complete --happened"])
def test_what_arrives_is_here_since_it_was_unloaded(loading: Loading, mode: str) -> None:
    """The receiver's own moment, also where all came as it was loaded (FOLD-8)."""
    loading.manifest()
    loading.loaded()
    before = loading.evening.desk.now
    loading.later(22)
    if mode == "bongkar":
        ended = loading.unload(*loading.codes, "selesai", "y", WORD)
    else:
        sid = loading.evening.state(loading.boxes[0])[0].offers[0]
        said = ("--happened", "27-11-2024 20.04", "--basis", "memory") if mode.endswith("happened") else ()
        loading.later(60 if said else 0)
        keys = ("--receiver", loading.evening.key("ppk-1"), "--passphrase-file", loading.evening.word())
        ended = loading.run("handoff", "--complete", sid, *keys, "--seals-seen", "--yes", *said)
    assert ended.exit == 0 and "SELESAI" in ended.out, ended.err
    held = loading.evening.state(loading.boxes[0])[0].holding
    assert (held.holder, held.at - int(before.timestamp())) == ("ppk-1", 22 * 60)
    asked = loading.run("where", "TPS 1 Habi DPR")
    assert "20.04" in asked.out and "19.42" not in asked.out, asked.out


def test_who_signs_is_told_by_name_what_is_missing_and_what_is_foreign(loading: Loading) -> None:
    """Four of five and one that nobody awaits are never taken for all five; the guard who records signs too, after the receiver."""
    loading.evening.seal(f"{LANGIR}-001")
    strange = loading.evening.of(f"{LANGIR}-001")[0]
    loading.manifest()
    loading.loaded()
    loading.evening.office.enrol("guard-9", "guard", [KANGAE])
    screen = (*loading.codes[:4], loading.evening.code[strange], "selesai", "lanjut", *("lain-lain", "uji") * 4, "y", WORD, WORD)
    ended = loading.unload(*screen, options=("--recorder", loading.evening.key("guard-9")))
    assert ended.exit == 1, ended.err
    asked, _, rest = ended.err.partition("Catat dan tanda tangani?")
    receiver, _, guard = rest.partition("Tanda tangan pencatat")
    gone, foreign = (f": {box.split('-')[3]}" for box in (loading.boxes[4], strange))
    for page in (asked, receiver, guard):
        told = page.partition("BELUM DATANG: 1 kotak")[2].partition("TIDAK DITUNGGU, tetapi datang: 1 kotak")
        assert f"TPS 001 Habi{gone}" in told[0] and f"TPS 001 Langir{foreign}" in told[2], page
    found = {one.code for box in (*loading.boxes, strange) for one in loading.evening.state(box)[1]}
    assert any(b"guard-9" in line for line in newest(loading)) and "recorder.unsigned" not in found, found


def newest(loading: Loading) -> list[bytes]:
    """The lines of the newest note."""
    with loading.evening.office.open(write=False) as office:
        return office.ledger.note(office.ledger.size - 1).splitlines()


OFFERED = [("id", "bongkar", "BELUM DITERIMA ppk-1"), ("en", "unload", "NOT YET RECEIVED by ppk-1")]


@pytest.mark.parametrize(("lang", "typed", "told"), OFFERED)
def test_what_was_only_offered_is_not_told_as_done(loading: Loading, lang: str, typed: str, told: str) -> None:
    """The end names the screen at the destination; the next run says that nobody has received it, until somebody has."""
    loading.manifest()
    ended = loading.load(*loading.codes, "selesai", *ESCORT, "y", WORD, options=("--lang", lang))
    assert f"custody scan {typed}" in ended.out and "custody handoff --complete" in ended.out, ended.out
    ended = loading.unload(*loading.codes, "selesai", "y", WORD, options=("--lang", lang))
    first = ended.err.splitlines()[0]
    assert told in first and f"5 {'kotak' if lang == 'id' else 'boxes'}" in first, first
    assert ("SELESAI" if lang == "id" else "DONE") not in first, first
    first = loading.unload().err.splitlines()[0]
    assert "SELESAI" in first, first


def test_the_supervisor_is_chosen_from_a_list(loading: Loading) -> None:
    """His key stands in the list with its number, as everybody's does."""
    loading.manifest()
    supervisor = loading.evening.key("kasatops-1")
    loading.evening.desk.environ["CUSTODY_KEYS"] = str(Path(supervisor).parent)
    ended = loading.load(*loading.codes[:3], "selesai", "lanjut", "cuaca", "1", "cuaca", "y", WORD, WORD)
    before = ended.err.partition("Kunci PENGAWAS")[0].rpartition("Mengapa")[2]
    assert "kasatops-1" in before and loading.found("manifest.unreleased") == [], ended.err
