"""Looking: status, trace and find as a church hall at two in the morning needs them; what stands against a box is told everywhere."""

import json
import random
from pathlib import Path

import pytest

from custody.station.manifest import Escort, Journey, Seen
from custody_cli.boxes import daily
from custody_cli.boxes.known import Known
from tests.cli.daily_kit import HABI, LANGIR, TPS, Evening

DPR = f"PEM24-{TPS}-DPR-1"
KECAMATAN, WAREHOUSE = "530719", "5307-GUDANG"


@pytest.fixture()
def evening(tmp_path: Path) -> Evening:
    return Evening(tmp_path)


def run(evening: Evening, *words: str, exit: int | None = None):  # type: ignore[no-untyped-def]
    """The answer of a command as a program reads it."""
    ended = evening.desk.run(*words, "--json")
    assert exit is None or ended.exit == exit, ended.err
    return json.loads(ended.out)


def move(evening: Evening, boxes: list[str], giver: str, receiver: str, leg: tuple[str, str, str], **more) -> None:  # type: ignore[no-untyped-def]
    """A handoff over a leg (from, to, where it takes place); `seals` are those of the first box."""
    seals = more.pop("seals", {})
    seen = [Seen(box, seals=seals if at == 0 else {}) for at, box in enumerate(boxes)]
    seats = [evening.office.seat(slot, name) for slot, name in (("giver", giver), ("receiver", receiver))]
    with evening.office.open() as office:
        journey = Journey(leg[0], leg[1], leg[2], giver, receiver, escort=Escort(2, (), "Sprin/12/I/2024"), **more)
        daily.record_handoff(office, journey, seen, seats, random=evening.random, reason="unknown")


# -- what stands against a box -------------------------------------------------------------------------------------------------


def test_a_torn_seal_is_told_everywhere(evening: Evening) -> None:
    evening.seal()
    move(evening, [DPR], "kpps-08-1", "pps-08", (TPS, HABI, HABI), seals={"lid": ("torn", None)})
    whole = run(evening, "status", exit=1)
    assert whole["total"]["trouble"] == 1 and whole["trouble"][0]["box"] == DPR and whole["trouble"][0]["against"] == ["seal.changed"]
    for place, count in (("Habi", 1), ("Kangae", 1), ("TPS 1 Habi", 1), ("gudang", 1), ("Langir", 0)):
        assert run(evening, "status", place)["total"]["trouble"] == count, place
    one = run(evening, "status", DPR, exit=1)
    assert one["trouble"] and one["against"] == ["seal.changed"] and one["status"] == "ok"
    told = evening.desk.run("status", "Habi").out
    lines = told.splitlines()
    assert lines[0].startswith("Cakupan ") and lines[1].startswith("PPS Habi") and lines[2].startswith("Di sini 1 ·")
    assert "Bermasalah 1" in lines[3] and "BERMASALAH: 1 kotak" in told
    assert "Segel tutup kotak" in told and "Foto segelnya" in told and told.index("BERMASALAH") < told.index("BELUM DI SINI")
    for words in (("status", DPR), ("trace", DPR), ("find", DPR)):
        assert "ADA PELANGGARAN" in evening.desk.run(*words).out, words
    assert "baik" not in evening.desk.run("trace", DPR).out.splitlines()[0]
    assert run(evening, "trace", DPR, exit=1)["trouble"]


def test_an_unsigned_giver_stands_until_he_acknowledges(evening: Evening) -> None:
    evening.seal()
    with evening.office.open() as office:
        journey = daily.without_giver(office, Journey(TPS, HABI, HABI, "kpps-08-1", "pps-08"), "left", None, evening.random)
        boxes = [Seen(box) for box in evening.of(TPS)]
        daily.record_handoff(office, journey, boxes, [evening.office.seat("receiver", "pps-08")], random=evening.random)
    assert run(evening, "status", exit=1)["total"]["trouble"] == 5
    assert "BELUM BERES" in evening.desk.run("trace", DPR).out
    with evening.office.open() as office:
        statement = daily.recorded(office, str(office.ledger.size - 1))
        daily.acknowledge(office, [statement], evening.office.seat("giver", "kpps-08-1"), "giver")
    assert run(evening, "status", exit=0)["total"]["trouble"] == 0


def test_what_is_wrong_with_a_whole_statement_stands_against_its_boxes(evening: Evening) -> None:
    evening.seal()
    move(evening, [DPR], "kpps-08-1", "guard-1", (TPS, HABI, HABI))
    assert run(evening, "status", DPR)["against"] == ["role.kind"]
    assert [one["box"] for one in run(evening, "status", "Habi", exit=1)["trouble"]] == [DPR]


def test_what_stands_is_told_again_after_a_rebuild_and_survives_the_audit(evening: Evening) -> None:
    from custody.assembly import rebuild

    evening.seal()
    move(evening, [DPR], "kpps-08-1", "guard-1", (TPS, HABI, HABI), seals={"lid": ("torn", None)})
    before = run(evening, "status")
    with evening.office.open() as office:
        rebuild(office)
    assert run(evening, "status") == before
    assert run(evening, "verify")["integrity"] == "consistent"
    assert run(evening, "status", DPR)["against"] == ["role.kind", "seal.changed"]


def test_what_a_correction_took_back_stands_no_more(evening: Evening) -> None:
    evening.seal()
    move(evening, [DPR], "kpps-08-1", "guard-1", (TPS, HABI, HABI))
    with evening.office.open() as office:
        last = daily.recorded(office, str(office.ledger.size - 1))
        drafted = daily.correction(office, last, [DPR], effect="void", reason="wrong-box")
        daily.submit(office, [drafted], [evening.office.seat("key", "kasatops-1")])
    assert run(evening, "status", "Habi")["total"]["trouble"] == 0


# -- counts --------------------------------------------------------------------------------------------------------------------

LEVELS = {"tps": 10, "desa": 20, "kecamatan": 30, "warehouse": 40}  # a box on the way to a level stands five below it
HANDS = {10: "pps-{desa}", 20: "ppk-1", 30: "keeper-1"}  # who takes a box on from a level


def expected(stage: int, level: str) -> str:
    """How a box at that stage stands to its TPS, PPS, PPK or the warehouse."""
    here = LEVELS[level]
    return "here" if stage == here else "coming" if stage == here - 5 else "missing" if stage < here else "passed"


def go_on(evening: Evening, home: str, stage: int, arrives: bool) -> int:
    """The next step of a polling station's boxes: sealed, or taken on, at the end of the leg (`arrives`) or where it begins."""
    if stage == 0:
        evening.seal(home)
        return 10
    level = (stage + 5) // 10 * 10
    if level == 40:
        return stage
    places = {10: home, 20: home[:10], 30: KECAMATAN, 40: WAREHOUSE}
    desa = home[8:10]
    giver = HANDS[level - 10].format(desa=desa) if level > 10 else evening.kpps(home)
    leg = (places[level], places[level + 10], places[level + 10] if arrives else places[level])
    move(evening, evening.of(home), giver, HANDS[level].format(desa=desa), leg)
    return level + 10 if arrives else level + 5


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_counts_add_up(tmp_path: Path, seed: int) -> None:
    """Random steps of polling stations; after each a place is asked, and compared with where the test knows the boxes to be."""
    evening, dice = Evening(tmp_path), random.Random(seed)
    homes = [f"{HABI}-001", f"{HABI}-002", f"{LANGIR}-001"]
    stage = {f"{desa}-{at:03d}": 0 for desa in (HABI, LANGIR) for at in range(1, 8)}
    asked = [("desa", HABI), ("desa", LANGIR), ("kecamatan", KECAMATAN), ("warehouse", WAREHOUSE), *(("tps", home) for home in homes)]
    for _ in range(14):
        home = dice.choice(homes)
        stage[home] = go_on(evening, home, stage[home], dice.random() < 0.6)
        level, code = dice.choice(asked)
        told = run(evening, "status", code)
        mine = [tps for tps in stage if level in ("kecamatan", "warehouse") or tps.startswith(code)]
        stands = [expected(stage[tps], level) for tps in mine]
        for name in ("here", "coming", "passed", "missing"):
            assert told["total"][name] == 5 * stands.count(name), (name, level, code, stage)
        for row in (told["total"], *told["areas"]):
            check_sums(row)
        assert sum(row["expected"] for row in told["areas"]) == told["total"]["expected"] == 5 * len(mine)
        lacking = [box for tps in mine if expected(stage[tps], level) == "missing" for box in evening.of(tps)]
        assert sorted(box for lot in told["missing"] for box in lot["boxes"]) == sorted(lacking)
    whole = run(evening, "status")["total"]
    check_sums(whole)
    assert sum(whole["at"].values()) == whole["custody"]


def check_sums(row: dict[str, int]) -> None:
    assert row["expected"] == row["custody"] + row["transit"] + row["unaccounted"] + row["closed"]
    assert "here" not in row or row["expected"] == row["here"] + row["coming"] + row["passed"] + row["missing"]


def test_boxes_on_their_way_out_are_missing_until_they_come(evening: Evening) -> None:
    """Before the vote the way goes down: what PPK holds is not yet at PPS, and what the TPS holds has been there."""
    boxes = evening.of(TPS)
    with evening.office.open() as office:
        seats = [evening.office.seat("sealer", "keeper-1"), evening.office.seat("witness", "guard-1")]
        seen = [Seen(box) for box in boxes]
        daily.record_seal(office, seen, seats, place=WAREHOUSE, sealer="keeper-1", witness="guard-1", phase="packed", reason="unknown")
    move(evening, boxes, "keeper-1", "ppk-1", (WAREHOUSE, KECAMATAN, KECAMATAN))
    assert run(evening, "status", "Habi")["total"]["missing"] == 35
    move(evening, boxes, "ppk-1", "pps-08", (KECAMATAN, HABI, HABI))
    assert run(evening, "status", "Habi")["total"]["here"] == 5
    move(evening, boxes, "pps-08", "kpps-08-1", (HABI, TPS, TPS))
    assert run(evening, "status", "Habi")["total"]["passed"] == 5
    with evening.office.open() as office:
        seats = [evening.office.seat("sealer", "kpps-08-1"), evening.office.seat("witness", "guard-1")]
        daily.record_seal(office, seen, seats, place=TPS, sealer="kpps-08-1", witness="guard-1", reason="unknown")
    told = run(evening, "status", "Habi")
    assert (told["total"]["passed"], told["total"]["missing"]) == (0, 35)  # voted: they have to come back


def test_who_holds_what_is_missing(evening: Evening) -> None:
    evening.seal()
    told = evening.desk.run("status", "Habi").out
    assert "Di sini 0 · menuju ke sini 0 · sudah diteruskan 0 · belum 35 dari 35 kotak" in told
    assert "TPS 001 Habi  PPWP DPR DPD DPRDP DPRDK  ·  masih di TPS, dipegang kpps-08-1" in told
    assert "TPS 002–007 Habi  PPWP DPR DPD DPRDP DPRDK  ·  belum ada catatan" in told


def test_an_offer_and_a_box_nobody_registered_are_told(evening: Evening) -> None:
    evening.seal()
    with evening.office.open() as office:
        plan = Journey(TPS, HABI, HABI, "kpps-08-1", "pps-08", escort=Escort(1))
        offer = daily.handoff_drafts(office, Known(office), plan, [Seen(DPR)], evening.random)
        stranger = daily.handoff_drafts(office, Known(office), plan, [Seen(f"PEM24-{HABI}-099-DPR-1")], evening.random)
        signed = evening.office.signed
        office.submit([signed(offer[0], "kpps-08-1"), signed(stranger[0], "kpps-08-1", "pps-08")])
    told = evening.desk.run("status", "Habi").out
    assert "1 kotak DITAWARKAN" in told and "1 kotak TIDAK TERDAFTAR" in told
    habi = run(evening, "status", "Habi", exit=1)
    assert (habi["total"]["expected"], habi["total"]["offered"], habi["total"]["missing"]) == (35, 1, 35)
    assert habi["unregistered"] == [one["box"] for one in habi["trouble"]] == [f"PEM24-{HABI}-099-DPR-1"]
    assert "tidak terdaftar" in evening.desk.run("trace", f"PEM24-{HABI}-099-DPR-1").out


def test_a_late_leg_is_told(evening: Evening) -> None:
    evening.seal()
    move(evening, evening.of(TPS), "kpps-08-1", "pps-08", (TPS, HABI, TPS))
    moving = run(evening, "status")
    assert (moving["total"]["transit"], moving["total"]["overdue"]) == (5, 0)
    evening.desk.now = evening.desk.now.replace(hour=15)
    late = evening.desk.run("status")
    assert late.exit == 1 and "TERLAMBAT: 5 kotak" in late.out
    assert "DI JALAN dari TPS 001 Habi ke Habi" in evening.desk.run("status", "TPS", "1", "Habi", "DPR").out


def test_status_of_the_operation(evening: Evening) -> None:
    evening.seal()
    evening.hand()
    shown = evening.desk.run("status").out
    assert "70 kotak: dipegang di TPS 0 · di PPS 5 · di PPK 0 · di gudang 0 · di jalan 0 · tidak diketahui 65" in shown
    assert "JUMLAH" in shown and "Belum pernah ada cadangan" in shown


# -- the story of a box --------------------------------------------------------------------------------------------------------


def test_the_story_of_a_box(evening: Evening) -> None:
    evening.labels()
    evening.seal()
    evening.hand()
    ended = evening.desk.run("trace", "TPS", "1", "Habi", "DPR")
    assert ended.exit == 0, ended.err
    for said in ("Dipegang pps-08 di Habi", "Disegel di TPS 001 Habi oleh kpps-08-1", "Dari kpps-08-1 kepada pps-08", "WITA"):
        assert said in ended.out
    assert "label dipindai" in ended.out
    document = run(evening, "trace", DPR)
    assert [one["kind"] for one in document["events"]] == ["register", "label", "seal", "handoff"]
    assert document["holding"]["holder"] == "pps-08"


def test_the_name_of_a_giver_without_a_key(evening: Evening) -> None:
    evening.seal()
    with evening.office.open() as office:
        plain = Journey(TPS, HABI, HABI, None, "pps-08")
        journey = daily.without_giver(office, plain, "no-key", "Petugas Contoh Sembilan", evening.random)
        daily.record_handoff(office, journey, [Seen(DPR)], [evening.office.seat("receiver", "pps-08")], random=evening.random)
    told = evening.desk.run("trace", DPR).out
    assert "Petugas Contoh Sembilan" in told
    assert run(evening, "find", "contoh sembilan")["givers"][0]["name"] == "Petugas Contoh Sembilan"
    private = evening.office.folder / "private.db"
    private.rename(private.with_suffix(".away"))
    closed = evening.desk.run("trace", DPR)
    assert "Petugas Contoh" not in closed.out and "dicatat tertutup" in closed.out, closed.err


# -- names ---------------------------------------------------------------------------------------------------------------------

READ = [  # words, and what every command takes them for
    ("Habi", HABI),
    ("hobi", None),
    ("5307192008", HABI),
    ("53.07.19.2008", HABI),
    ("gudang", WAREHOUSE),
    ("5307-gudang", WAREHOUSE),
    ("TPS 3 Habi", f"{HABI}-003"),
    ("TPS 003 Habi", f"{HABI}-003"),
    ("003 Habi", f"{HABI}-003"),
    ("habi 3", f"{HABI}-003"),
    (f"{HABI}-003", f"{HABI}-003"),
    ("kangae", KECAMATAN),
    ("TPS 1 Habi DPR", DPR),
    (DPR.lower(), DPR),
    (DPR.replace("-", " "), DPR),
    (f"SILOG-{TPS}-DPD", f"PEM24-{TPS}-DPD-1"),
]


@pytest.mark.parametrize(("words", "code"), READ)
def test_one_resolver_for_all(tmp_path: Path, words: str, code: str | None) -> None:
    from custody_cli.boxes.choosing import Choosing
    from custody_cli.ground.exits import WrongUse

    evening = Evening(tmp_path)
    with evening.office.open(write=False) as office:
        choosing = Choosing(office)
        if code is None:
            with pytest.raises(WrongUse):
                choosing.meant(words)
        else:
            assert choosing.meant(words).code == code


@pytest.mark.parametrize(
    ("words", "count"),
    [
        (("TPS", "3", "Habi"), 5),
        (("Habi", "3"), 5),
        (("Habi", "Langir"), 70),
        (("TPS 1 Habi", "TPS 2 Habi"), 10),
        ((DPR, "TPS 2 Habi DPD"), 2),
    ],
)
def test_boxes_are_named_with_and_without_quotes(evening: Evening, words: tuple[str, ...], count: int) -> None:
    from custody_cli.boxes.choosing import Choosing

    with evening.office.open(write=False) as office:
        assert len(Choosing(office).chosen(words)) == count


def test_labels_are_read_with_and_without_prefix(evening: Evening) -> None:
    evening.labels()
    evening.seal()
    payload = evening.code[DPR]
    grouped = "-".join(payload[4:][at : at + 4] for at in range(0, 17, 4))
    for typed in (payload, payload.lower(), payload[4:], grouped, grouped.replace("-", " "), f"{payload[:4]} {grouped}"):
        for command in ("trace", "status", "find"):
            assert DPR in evening.desk.run(command, *typed.split()).out, (command, typed)
    wrong = evening.desk.run("trace", payload[:-1] + ("0" if payload[-1] != "0" else "1"))
    assert wrong.exit == 2 and "labelcode" not in wrong.err
    slipped = evening.desk.run("find", payload[4:-1] + ("0" if payload[-1] != "0" else "1"))
    assert "Kode label salah ketik" in slipped.out and "Langkah berikut" in slipped.out
    assert "bukan kode label kami" in evening.desk.run("find", "https://contoh.example/kotak/1").out
    assert "LAMA" not in evening.desk.run("find", payload).out
    keys = ("--key", evening.key("kasatops-1"), "--passphrase-file", evening.word())
    assert evening.desk.run("labels", DPR, "--reprint", "--reason", "lain", "--yes", *keys, "--out", "ulang").exit == 0
    assert "cetakan 1" in (told := evening.desk.run("find", payload).out) and "label LAMA. Cetakan 2" in told


@pytest.mark.parametrize(
    ("words", "told", "step"),
    [
        (("status", "Hobi"), 'Tidak ada yang persis bernama "Hobi". Mungkin: Habi.', "custody status Habi"),
        (("status", "TPS", "8", "Habi"), "TPS 008 tidak ada di Habi; yang terakhir 007.", "custody status TPS 007 Habi"),
        (("trace", "TPS", "8", "Habi", "DPR"), "TPS 008 tidak ada di Habi; yang terakhir 007.", "custody trace TPS 007 Habi DPR"),
        (("trace", "Habi"), "Itu 35 kotak: TPS 001 Habi PPWP", "custody trace TPS 001 Habi PPWP"),
        (("trace", "TPS", "3"), "Mungkin: TPS 003 Habi, TPS 003 Langir", "custody trace TPS 003 Habi"),
        (("trace", "PEM24-5307192008-001-ZZZ-1"), "tidak terdaftar", "custody trace TPS 001 Habi PPWP"),
        (("status", "zzz"), 'Tidak ada tempat atau kotak bernama "zzz".', "custody find zzz"),
    ],
)
def test_what_is_not_sure_says_what_to_type(evening: Evening, words: tuple[str, ...], told: str, step: str) -> None:
    ended = evening.desk.run(*words)
    assert ended.exit == 2 and told in ended.err, ended.err
    printed = ended.err.splitlines()[-1]
    assert printed.endswith(step), ended.err
    typed = evening.desk.run(*step.split()[1:])
    assert typed.out or "Itu 5 kotak" in typed.err, typed.err


FOUND = [
    ("hab", "places", "Habi"),
    ("TPS 3 Habi", "places", "TPS 003 Habi"),
    ("003", "places", "TPS 003 Langir"),
    ("tps 1 habi dpr", "boxes", DPR),
    ("pps-08", "people", "pps-08"),
    ("DH1234AB", "entries", "DH-1234-AB"),
    ("dh 1234", "entries", "DH-1234-AB"),
    ("1234", "entries", "DH-1234-AB"),
    ("Sprin/12", "entries", "Sprin/12/I/2024"),
    ("sprin 12", "entries", "Sprin/12/I/2024"),
    ("robek", "states", "segel tutup robek"),
    ("sobek", "states", "segel tutup robek"),
    ("robek", "against", "ditemukan robek"),
    ("bermasalah", "against", "Segel tutup kotak TPS 001 Habi · DPR berubah"),
    ("pelanggaran", "against", "ditemukan robek"),
    ("entri 25", "entries", "serah terima"),
    ("AB0099", "seals", "AB00991"),
    ("27-11-2024", "entries", "serah terima"),
    ("27 November", "entries", "serah terima"),
    ("hari ini", "entries", "serah terima"),
]


def test_find(evening: Evening) -> None:
    evening.seal()
    with evening.office.open() as office:
        seen = [Seen(DPR, seals={"slot": ("intact", "AB00991")})]
        seats = [evening.office.seat("sealer", "kpps-08-1"), evening.office.seat("witness", "guard-1")]
        daily.record_seal(office, seen, seats, place=TPS, sealer="kpps-08-1", witness="guard-1", reason="unknown")
    move(evening, [DPR], "kpps-08-1", "pps-08", (TPS, HABI, HABI), seals={"lid": ("torn", None)}, vehicle="DH-1234-AB")
    for words, where, told in FOUND:
        found = run(evening, "find", *words.split(), exit=0)
        assert found[where], (words, found)
        assert told in evening.desk.run("find", *words.split()).out, words


def test_find_nothing(evening: Evening) -> None:
    ended = evening.desk.run("find", "qqqq zzzz")
    assert ended.exit == 1 and "Tidak ada yang cocok" in ended.out


@pytest.mark.parametrize("command", ["find", "status", "trace"])
def test_bytes_that_are_no_text(evening: Evening, command: str) -> None:
    ended = evening.desk.run(command, "\udcff\x1b[2J")
    assert ended.exit == 2 and "bukan teks" in ended.err
    assert "\x1b[2J" not in ended.err and "\udcff" not in ended.err


def test_repeats_do_not_crowd_out_another_kind(evening: Evening) -> None:
    """Twelve findings of one kind and one of another: both kinds are told, the others of the first by number and box."""
    from custody.core.findings import finding
    from custody_cli.boxes import findings

    many = [(finding("label.other-box", number, box=DPR), 0) for number in range(12)]
    told = list(findings.kinds([*many, (finding("seal.changed", 40, box=DPR), 0)], False))
    assert [(one.code, len(others)) for (one, _), others in told] == [("label.other-box", 11), ("seal.changed", 0)]
    assert len(list(findings.kinds(many, True))) == 12
    last = [(finding("giver.unsigned", 50, box=DPR), 0), *many[:2]]
    assert [one.code for (one, _), _ in findings.kinds(last, False)] == ["label.other-box", "label.other-box", "giver.unsigned"]
