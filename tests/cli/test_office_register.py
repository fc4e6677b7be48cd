"""custody register: boxes that come later, each linked to the one it follows; and what a list says of vulnerable and remote places."""

import pytest

from tests.cli.harness import Desk
from tests.cli.office_kit import OfficeDesk

TPS = "TPS 3 Habi"


@pytest.fixture
def office(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> OfficeDesk:
    OfficeDesk.cheap(monkeypatch)
    made = OfficeDesk(desk)
    made.found()
    made.kangae()
    return made


ROUNDS = [
    ("psu", TPS, (), [f"PEM24-5307192008-003-{kind}-2" for kind in ("DPD", "DPR", "DPRDK", "DPRDP", "PPWP")]),
    ("pssu-mk", TPS, ("--type", "dpr"), ["PEM24-5307192008-003-DPR-2"]),
    ("pengganti", TPS, ("--type", "DPR"), ["PEM24-5307192008-003-DPR-2"]),
    ("rekap", "Kecamatan Kangae", ("--type", "DPR"), ["PEM24-5307190000-PPK-DPR-1"]),
]


@pytest.mark.parametrize(("reason", "place", "more", "boxes"), ROUNDS, ids=[case[0] for case in ROUNDS])
def test_the_next_boxes(office: OfficeDesk, reason: str, place: str, more: tuple[str, ...], boxes: list[str]) -> None:
    answer = office.json("register", place, "--reason", reason, *more, *office.signers())
    assert answer["boxes"] == boxes and answer["sealed"]


def test_a_third_round_follows_the_second(office: OfficeDesk) -> None:
    office.json("register", TPS, "--reason", "psu", "--type", "DPR", *office.signers())
    argv = ("register", TPS, "--reason", "psu", "--type", "DPR", *office.signers())
    assert office.refused(*argv) == (8, "register.unused"), "the second round has not been used"
    assert office.json(*argv, "--again")["boxes"] == ["PEM24-5307192008-003-DPR-3"]


def test_another_reason_is_no_slip_of_the_hand(office: OfficeDesk) -> None:
    office.json("register", TPS, "--reason", "psu", "--type", "DPR", *office.signers())
    answer = office.json("register", TPS, "--reason", "pengganti", "--type", "DPR", *office.signers())
    assert answer["boxes"] == ["PEM24-5307192008-003-DPR-3"]


REFUSED = [
    ("a desa has no boxes of its own", ("Desa Habi", "--reason", "psu"), (8, "register.place")),
    ("recapitulation is the kecamatan's", (TPS, "--reason", "recap"), (8, "register.place")),
    ("a kind that is not voted on", (TPS, "--reason", "psu", "--type", "BUP"), (8, "register.types")),
]


@pytest.mark.parametrize(("name", "argv", "end"), REFUSED, ids=[case[0] for case in REFUSED])
def test_what_is_refused(office: OfficeDesk, name: str, argv: tuple[str, ...], end: tuple[int, str]) -> None:
    assert office.refused("register", *argv, *office.signers()) == end


HEAD = "kode,nama,jumlah_tps,kecamatan,kabupaten,provinsi,kerawanan,terpencil\n"
ROW = "53.07.19.2008,Habi,{tps},Kangae,Sikka,Nusa Tenggara Timur,{risk}\n"


def test_a_list_says_what_is_vulnerable_and_remote(office: OfficeDesk) -> None:
    (office.folder / "rawan.csv").write_text(HEAD + ROW.format(tps=7, risk="Sangat Rawan,ya"))
    answer = office.json("import", "rawan.csv", *office.signers())
    assert (answer["statements"], answer["boxes"], answer["places"]) == (1, 0, 11)
    assert "sangat rawan" in office.run("import", "--help").out


WRONG = [("agak rawan,ya", "import.risk.class"), ("rawan,mungkin", "import.risk.remote")]


@pytest.mark.parametrize(("risk", "code"), WRONG)
def test_words_that_say_neither(office: OfficeDesk, risk: str, code: str) -> None:
    (office.folder / "rawan.csv").write_text(HEAD + ROW.format(tps=7, risk=risk))
    ended = office.run("import", "rawan.csv", *office.signers())
    assert ended.exit == 2 and "rawan.csv, baris 2" in ended.err
