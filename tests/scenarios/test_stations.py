"""Ndao waits eight days, a shuttle with trips of twelve, a boat with fifty boxes: laptops and one stick, by the guides alone."""

import re
import shlex
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from fixtures.daydesk import KANGAE, WORD
from tests.cli.daily_kit import EVENING, HABI, TPS, Evening
from tests.cli.harness import Desk, Ended

DOCS = Path(__file__).parent.parent.parent / "docs"
GUIDES = {"id": DOCS / "id" / "stasiun.md", "en": DOCS / "en" / "station.md"}
KECAMATAN, STORE = "530719", "5307-GUDANG"
ESCORT = ("1", "2", "2", "Sprin/12/II/2024")  # changed on the page: two go along, by an order


def commands(lang: str, chapter: int) -> list[list[str]]:
    """The commands of a chapter of the guide, in their order."""
    page = GUIDES[lang].read_text("utf-8")
    text = re.split(r"^## \d+\. ", page, flags=re.MULTILINE)[chapter]
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    return [shlex.split(line)[1:] for block in blocks for line in block.splitlines() if line.startswith("custody ")]


class Field:
    """The office, two or three laptops and the stick; each has its own folder, state and clock."""

    def __init__(self, root: Path, lang: str = "id") -> None:
        self.lang, self.root = lang, root
        self.evening = Evening(root, desa=(HABI,))
        self.evening.labels()
        self.stick = root / "stik"
        self.stick.mkdir()
        self.desks = {"office": self.evening.desk}

    def laptop(self, name: str) -> None:
        """Chapter 1 of the guide."""
        root = self.root / f"laptop-{name}"
        root.mkdir()
        environ = {"CUSTODY_LEDGER": str(root / "kotak"), "CUSTODY_STATE": str(root / "state")}
        self.desks[name] = Desk(root, environ, EVENING)
        before = set(self.stick.iterdir())
        request, admit, new = commands(self.lang, 1)
        assert self.type(name, request, ndao=name).exit == 0
        told = self.type("office", admit, ndao=name)
        assert told.exit == 0, told.err
        (bundle,) = [path for path in set(self.stick.iterdir()) - before if path.suffix == ".bundle"]
        told = self.type(name, [*new[:2], str(bundle)])
        assert told.exit == 0 and self.evening.office.origin in told.out, told.err + told.out
        for path in self.stick.iterdir():
            path.unlink()

    def type(self, where: str, command: list[str], *more: str, answers: tuple[str, ...] = (), ndao: str = "ndao") -> Ended:
        """A command of the guide at a desk, with the stick and the laptop's name put in."""
        typed = [re.sub(r"^/media/sti(k|ck)", str(self.stick), one).replace("ndao", ndao) for one in command]
        return self.desks[where].run(*typed, *more, "--lang", self.lang, answers=answers)

    def later(self, **time: int) -> None:
        """So much later everywhere."""
        for desk in self.desks.values():
            desk.now += timedelta(**time)

    def seal(self) -> list[str]:
        """All boxes of the desa are sealed and with the PPS; the office knows."""
        for number in range(1, KANGAE[HABI][1] + 1):
            self.evening.seal(f"{HABI}-{number:03d}")
            self.evening.hand(f"{HABI}-{number:03d}")
        return self.evening.of(HABI)

    def office_and_back(self, *names: str) -> Iterator[Ended]:
        """Chapter 3 of the guide for these laptops, which share the stick."""
        out, into, answer, back = commands(self.lang, 3)
        for name in names:
            assert self.type(name, out).exit == 0
        told = self.type("office", into)
        assert told.exit == 0, told.out + told.err
        for name in names:
            assert self.type("office", answer, ndao=name).exit == 0
        yield told
        for name in names:
            yield self.type(name, back)

    def manifest(self, desk: str, command: list[str]) -> None:
        """The manifest of everything at the PPS."""
        keys = ("--officer", self.evening.key("pps-08"), "--passphrase-file", self.evening.word(), "--yes")
        told = self.type(desk, command, *keys)
        assert told.exit == 0 and "TERCATAT, MENUNGGU SAMPAI DI KANTOR" in told.out, told.out + told.err

    def where(self, desk: str, box: str) -> str:
        return self.type(desk, ["where", box]).out

    def holder(self, box: str) -> tuple[str, str]:
        state, _ = self.evening.state(box)
        return state.holding.holder, state.holding.to


@pytest.fixture
def ten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Habi with ten polling stations: fifty boxes."""
    monkeypatch.setitem(KANGAE, HABI, ("Habi", 10))


WAITS = {"id": "TERCATAT, MENUNGGU SAMPAI DI KANTOR", "en": "RECORDED, WAITING TO REACH THE OFFICE"}
ARRIVED = {"id": "SAMPAI: 10 pernyataan", "en": "DELIVERED: 10 statements"}


@pytest.mark.parametrize("lang", ["id", "en"])
def test_ndao_eight_days_of_waiting(tmp_path: Path, lang: str) -> None:
    """NTT, February 2024: voted on the 14th, brought over by a people's boat on the 22nd."""
    field = Field(tmp_path, lang)
    evening = field.evening
    evening.seal()
    field.laptop("ndao")
    boxes = evening.of(TPS)
    scan, status, trace, deed = commands(lang, 2)
    keys = ("--giver", evening.key("kpps-08-1"), "--receiver", evening.key("pps-08"))
    done = {"id": "selesai", "en": "done"}[lang]
    ended = field.type(
        "ndao", scan, *keys, answers=("y", *(evening.code[box] for box in boxes), done, "sprin", "Sprin/12", "2", WORD, WORD)
    )
    assert WAITS[lang] in ended.out, ended.out + ended.err
    count, look = commands(lang, 4)
    for day in range(8):
        field.later(days=1)
        counted = field.type("ndao", count, "--officer", evening.key("pps-08"), answers=("", "5", WORD))
        assert counted.exit == 0, counted.err
        told = field.type("ndao", look).out
        assert {"id": f"BELUM SAMPAI DI KANTOR: {day + 2}", "en": f"NOT AT THE OFFICE YET: {day + 2}"}[lang] in told, (day, told)
    assert field.type("ndao", deed).exit == 0
    assert "pps-08" in field.type("ndao", trace).out and field.type("ndao", status).exit in (0, 1)
    over = ("--giver", evening.key("pps-08"), "--receiver", evening.key("ppk-1"), "--passphrase-file", evening.word())
    ended = field.type("ndao", ["handoff", *boxes], "--from", HABI, "--to", KECAMATAN, *over, "--escort", "2", "--seals-seen", "--yes")
    assert WAITS[lang] in ended.out, ended.out + ended.err
    away = field.where("ndao", boxes[0])
    _, back = field.office_and_back("ndao")
    assert ARRIVED[lang] in back.out, back.out
    assert {field.holder(box) for box in boxes} == {("ppk-1", KECAMATAN)}
    assert field.where("office", boxes[0]) == field.where("ndao", boxes[0]) == away


def test_shuttle_trips_of_twelve(tmp_path: Path) -> None:
    """Barangin 2024: a minibus that holds twelve boxes goes back and forth; the rest waits at the PPS."""
    field = Field(tmp_path)
    boxes = field.seal()
    for name in ("pps", "ppk", "gudang"):
        field.laptop(name)
    make, load, out, into, unload, onward = commands("id", 5)
    field.manifest("pps", make)
    trips = [boxes[at : at + 12] for at in range(0, len(boxes), 12)]
    for number, trip in enumerate(trips, 1):
        codes = [field.evening.code[box] for box in trip]
        last = number == len(trips)
        ask = () if last else ("lanjut", "1")
        page = (*ESCORT, "3", "dh 1 ab", "", WORD) if number == 1 else ("y", WORD)
        ended = field.type("pps", load, "--giver", field.evening.key("pps-08"), answers=("y", *codes, "selesai", *ask, *page))
        assert WAITS["id"] in ended.out, ended.out + ended.err
        assert field.type("pps", out).exit == 0 and field.type("ppk", into).exit == 0
        ended = field.type("ppk", unload, "--receiver", field.evening.key("ppk-1"), answers=("y", *codes, "selesai", "y", WORD))
        assert WAITS["id"] in ended.out, ended.out + ended.err
        assert "ppk-1" in field.where("ppk", trip[0]) and "pps-08" in field.where("pps", trip[0])  # he has not heard of it
        assert field.type("ppk", onward).exit == 0
        assert field.type("pps", into).exit == 0 and "ppk-1" in field.where("pps", trip[0])
        field.later(minutes=40)
    assert field.type("gudang", into).exit == 0  # the same stick; nothing of this is at the office yet
    people = ("--giver", field.evening.key("ppk-1"), "--receiver", field.evening.key("keeper-1"), "--passphrase-file", field.evening.word())
    way = ("--from", KECAMATAN, "--to", STORE, "--escort", "2", "--seals-seen", "--yes")
    ended = field.type("gudang", ["handoff", *trips[0]], *people, *way)
    assert WAITS["id"] in ended.out, ended.out + ended.err
    told = list(field.office_and_back("pps", "ppk", "gudang"))
    assert {field.holder(box) for box in trips[0]} == {("keeper-1", STORE)}, told[0].out
    assert {field.holder(box) for box in boxes[12:]} == {("ppk-1", KECAMATAN)}
    assert all("Semua yang ditandatangani" in one.out for one in told[1:]), [one.out for one in told]


@pytest.mark.usefixtures("ten")
def test_a_boat_with_fifty_boxes(tmp_path: Path) -> None:
    """Mentawai 2024: fifty boxes of ten stations in one boat. Here it arrives two boxes short, and everybody knows which."""
    field = Field(tmp_path)
    boxes = field.seal()
    assert len(boxes) == 50
    for name in ("pps", "ppk"):
        field.laptop(name)
    make, load, out, into, unload, onward = commands("id", 5)
    field.manifest("pps", make)
    codes = [field.evening.code[box] for box in boxes]
    ended = field.type("pps", load, "--giver", field.evening.key("pps-08"), answers=("y", *codes, "selesai", *ESCORT, "y", WORD))
    assert WAITS["id"] in ended.out, ended.out + ended.err
    assert field.type("pps", out).exit == 0 and field.type("ppk", into).exit == 0
    field.later(hours=2)
    ended = field.type(
        "ppk", unload, "--receiver", field.evening.key("ppk-1"), answers=("y", *codes[:48], "selesai", "lanjut", "y", "", WORD)
    )
    assert WAITS["id"] in ended.out, ended.out + ended.err
    assert field.type("ppk", onward).exit == 0
    list(field.office_and_back("ppk"))  # the boat's laptop is lost; what it had said came along on the stick
    held = {box: field.holder(box)[0] for box in boxes}
    assert {box for box in boxes if held[box] == "pps-08"} == set(boxes[48:])
    assert set(held.values()) == {"ppk-1", "pps-08"}


def test_the_guides_of_both_languages_have_the_same_commands() -> None:
    words = {"stik": "stick", "muat": "load", "bongkar": "unload", "~/kotak": "~/boxes"}

    def same(lang: str) -> list[str]:
        typed = [" ".join(one) for chapter in range(1, 7) for one in commands(lang, chapter)]
        return [re.sub("|".join(words), lambda found: words[found[0]], one) for one in typed]

    assert same("id") == same("en")
