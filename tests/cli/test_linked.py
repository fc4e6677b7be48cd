"""A box of a later round, or a replacement, and the older box: each tells of the other wherever somebody looks."""

import json
from pathlib import Path

import pypdfium2
import pytest

from custody_cli.papers import labelling
from tests.cli.daily_kit import HABI, TPS, Evening

OLD, NEW = f"PEM24-{TPS}-DPR-1", f"PEM24-{TPS}-DPR-2"
WORDS = {"psu": "PSU", "pengganti": "pengganti"}


@pytest.fixture(params=list(WORDS))
def reason(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def evening(tmp_path: Path, reason: str) -> Evening:
    made = Evening(tmp_path, desa=(HABI,))
    made.labels()
    made.seal()
    done = made.desk.run("register", "TPS 1 Habi", "--type", "DPR", "--reason", reason, *signers(made))
    assert done.exit == 0, done.err
    return made


def signers(evening: Evening) -> list[str]:
    keys = [word for name in ("kpu-1", "polri-1") for word in ("--key", evening.key(name))]
    return [*keys, "--passphrase-file", evening.word(), "--yes"]


def test_trace_tells_of_the_other_box(evening: Evening, reason: str) -> None:
    new, old = evening.desk.run("trace", NEW), evening.desk.run("trace", OLD)
    round_ = 2 if reason == "psu" else 1
    assert f"Kotak {WORDS[reason]}, putaran {round_} pemungutan suara; mengikuti kotak TPS 001 Habi · DPR ({OLD})" in new.out, new.err
    assert f"kotak {WORDS[reason]} TPS 001 Habi · DPR" in old.out and NEW in old.out, old.err
    told = json.loads(evening.desk.run("trace", NEW, "--json").out)["registered"]
    assert (told["reason"], told["round"], told["replaces"]) == ({"psu": "psu"}.get(reason, "replacement"), round_, OLD)
    assert [one["box"] for one in json.loads(evening.desk.run("trace", OLD, "--json").out)["followed_by"]] == [NEW]


def test_a_first_box_that_nothing_follows_says_nothing(evening: Evening) -> None:
    told = evening.desk.run("trace", f"PEM24-{TPS}-DPD-1").out
    assert "putaran" not in told and "Penggantinya" not in told


def test_the_label_says_why_there_is_another_box(evening: Evening, reason: str) -> None:
    with evening.office.open() as office:
        drawn = labelling.draw(office, [OLD, NEW], evening.random)
        assert [one.later for one in labelling.label_facts(office, drawn, "id")] == ["", WORDS[reason]]


def test_closed_as_replaced_names_its_successor(evening: Evening) -> None:
    end = ("--end", "replaced", "--permit", "KPU/7/2026", "--seals-unseen", "--reason", "order", "--json")
    done = evening.desk.run("close", OLD, *end, *signers(evening))
    assert json.loads(done.out)["replaced_by"] == {OLD: [NEW]} and "diganti oleh" in done.err, done.err
    assert "Penggantinya: TPS 001 Habi · DPR" in evening.desk.run("trace", OLD).out
    other = evening.desk.run("close", f"PEM24-{TPS}-DPD-1", *end, *signers(evening))
    assert "unreplaced" in {one["code"] for one in json.loads(other.out)["warned"]}, other.err


@pytest.mark.parametrize(("box", "told"), [(OLD, NEW), (NEW, OLD)], ids=["old", "new"])
def test_the_report_of_one_box_tells_of_the_other(evening: Evening, reason: str, box: str, told: str) -> None:
    key = ("--key", evening.key("kasatops-1"), "--passphrase-file", evening.word(), "--out", "kotak.pdf")
    assert evening.desk.run("report", box, *key).exit == 0
    policy = str(evening.office.folder / "policy")
    assert evening.desk.run("check", "kotak.pdf", "--trust", policy).exit == 0
    with pypdfium2.PdfDocument(evening.root / "kotak.pdf") as document:
        pages = "\n".join(page.get_textpage().get_text_bounded() for page in document)
    assert told in pages and WORDS[reason] in pages
