"""Photographs and paper deeds stay outside; their hashes go into what people sign, with the box and the seal they show."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from custody.core import entry
from tests.cli.daily_kit import TPS, Evening

DPR = f"PEM24-{TPS}-DPR-1"


@pytest.fixture
def evening(tmp_path: Path) -> Evening:
    return Evening(tmp_path)


def picture(evening: Evening, name: str) -> tuple[str, str]:
    """A file, and its hash."""
    path = evening.root / name
    path.write_bytes(name.encode())
    return str(path), sha256(name.encode()).hexdigest()


def body(evening: Evening) -> dict[str, Any]:
    with evening.office.open(write=False) as office:
        return dict(entry.parse(office.ledger.note(office.ledger.size - 1)).statement.body)


NAMED = [
    ("of all boxes", "{file}", (None, None)),
    ("of one box", "TPS 1 Habi DPR={file}", (DPR, None)),
    ("of one seal of it", "TPS 1 Habi DPR:lid={file}", (DPR, "lid")),
    ("of one seal, in capitals", "TPS 1 Habi DPR:TIE-1={file}", (DPR, "tie-1")),
]


@pytest.mark.parametrize(("name", "told", "shows"), NAMED, ids=[case[0] for case in NAMED])
def test_a_sealing_with_a_photograph(evening: Evening, name: str, told: str, shows: tuple[str | None, str | None]) -> None:
    file, digest = picture(evening, "segel.jpg")
    keys = ("--sealer", evening.key("kpps-08-1"), "--witness", evening.key("guard-1"), "--passphrase-file", evening.word())
    ended = evening.desk.run("seal", "TPS 1 Habi", *keys, "--photo", told.format(file=file), "--yes")
    assert ended.exit in (0, 1), ended.err
    assert body(evening)["photos"] == [{"box": shows[0], "point": shows[1], "sha256": digest}]


def test_a_receipt_entered_later_from_a_paper_deed(evening: Evening) -> None:
    evening.seal()
    deed, digest = picture(evening, "berita-acara.jpg")
    keys = ("--receiver", evening.key("pps-08"), "--from", TPS, "--no-escort", "--passphrase-file", evening.word(), "--seals-seen")
    paper = ("--unsigned", "no-key", "--giver-name", "Anggota Contoh", "--deed", deed, "--happened", "27-11-2024 18.00", "--basis", "paper")
    ended = evening.desk.run("handoff", "TPS 1 Habi", *keys, *paper, "--reason", "emergency", "--yes", "--json")
    assert ended.exit in (0, 1), ended.err
    assert json.loads(ended.out)["sealed"]
    told = body(evening)
    assert (told["unsigned"]["deed"], told["happened"]["basis"]) == (digest, "paper")


def test_a_recording_of_a_camera_is_named_by_its_hash(evening: Evening) -> None:
    """Any file may be: what the camera of the store saw between two rounds, named beside the incident that it shows."""
    file, digest = picture(evening, "kamera-gudang-01.00-02.00.mp4")
    who = ("--key", evening.key("guard-1"), "--passphrase-file", evening.word())
    told = ("--code", "orang-masuk-tanpa-izin", "--place", "5307-GUDANG", "--photo", file)
    ended = evening.desk.run("incident", *told, *who, "--yes")
    assert ended.exit in (0, 1), ended.err
    assert body(evening)["photos"] == [{"box": None, "point": None, "sha256": digest}]


WRONG = [
    ("a point that is none", "TPS 1 Habi DPR:tutup besar={file}", "bukan titik segel"),
    ("many boxes", "TPS 1 Habi={file}", "bukan satu kotak"),
    ("no such file", "{file}.bak", "segel.jpg.bak"),
]


@pytest.mark.parametrize(("name", "told", "words"), WRONG, ids=[case[0] for case in WRONG])
def test_what_cannot_be_a_photograph(evening: Evening, name: str, told: str, words: str) -> None:
    file, _ = picture(evening, "segel.jpg")
    keys = ("--sealer", evening.key("kpps-08-1"), "--witness", evening.key("guard-1"), "--passphrase-file", evening.word())
    size = body_count(evening)
    ended = evening.desk.run("seal", "TPS 1 Habi", *keys, "--photo", told.format(file=file), "--yes")
    assert ended.exit not in (0, 1) and words in ended.err, ended.err
    assert body_count(evening) == size


def body_count(evening: Evening) -> int:
    with evening.office.open(write=False) as office:
        return int(office.ledger.size)
