"""`custody rule`: both branches shown, parties kept out before anybody signs, one ruling at one table or gathered on a sheet over days."""

import json
from pathlib import Path
from typing import Any

import pytest

from custody.station import table
from custody.station.manifest import Escort, Journey
from custody_cli.boxes import daily
from custody_cli.boxes.known import Known
from fixtures.daydesk import WORD
from tests.cli.daily_kit import HABI, TPS, Evening
from tests.cli.harness import Ended

DPR = f"PEM24-{TPS}-DPR-1"


def disputed(evening: Evening) -> list[str]:
    """The box goes to two receivers at once; the sids of both handoffs, in the order of the ledger."""
    evening.labels()
    evening.seal()
    evening.hand()
    office = evening.office
    office.enrol("kasatops-2", "supervisor", ["5307"])
    with office.open() as opened:
        drafts = []
        for receiver, end in (("ppk-1", "530719"), ("keeper-1", "5307-GUDANG")):
            journey = Journey(HABI, end, end, "pps-08", receiver, escort=Escort(2, (), "Sprin/1"))
            drafts.append(daily.handoff_drafts(opened, Known(opened), journey, [evening.seen(DPR)], evening.random)[0])
        seats = [[office.seat("giver", "pps-08"), office.seat("receiver", name)] for name in ("ppk-1", "keeper-1")]
        notes = [table.notes([one], [table.sign([one], seat) for seat in pair])[0] for one, pair in zip(drafts, seats, strict=True)]
        opened.submit(notes)
    return [one.sid for one in drafts]


@pytest.fixture
def evening(tmp_path: Path) -> Evening:
    return Evening(tmp_path, desa=(HABI,))


def disputed_by_acks(evening: Evening) -> list[int]:
    """Two offers of the box, each completed by its receiver later; the entries of both acks."""
    evening.labels()
    evening.seal()
    evening.hand()
    with evening.office.open() as opened:
        offers, entries = [], []
        for receiver, end in (("ppk-1", "530719"), ("keeper-1", "5307-GUDANG")):
            journey = Journey(HABI, end, end, "pps-08", receiver, escort=Escort(2, (), "Sprin/1"))
            offers.append((daily.handoff_drafts(opened, Known(opened), journey, [evening.seen(DPR)], evening.random)[0], receiver))
        for one, _ in offers:
            daily.submit(opened, [one], [evening.office.seat("giver", "pps-08")])
        for one, receiver in offers:
            daily.acknowledge(opened, [one], evening.office.seat("receiver", receiver), "receiver", [evening.seen(DPR)])
            entries.append(opened.ledger.size - 1)
    return entries


def test_a_branch_is_shown_with_its_acks_and_named_by_one(evening: Evening) -> None:
    first, second = disputed_by_acks(evening)
    ended = evening.desk.run("rule", "TPS 1 Habi DPR", "--key", evening.key("kasatops-1"), answers=["t"])
    assert all(f"entri {entry}, penegasan terima, ditandatangani" in ended.err for entry in (first, second)), ended.err
    (row,) = document(rule(evening, "--stands", str(second)))["boxes"]
    assert (row["status"], row["holder"]) == ("ruled", "keeper-1")


def rule(evening: Evening, *argv: str, by: tuple[str, ...] = ("kasatops-1",)) -> Ended:
    keys = (word for name in by for word in ("--key", evening.key(name)))
    return evening.desk.run("rule", "TPS 1 Habi DPR", *argv, *keys, "--passphrase-file", evening.word(), "--yes", "--json")


def code(ended: Ended) -> str:
    assert ended.out == "", ended.out
    return str(json.loads(ended.err.splitlines()[-1])["code"])


def document(ended: Ended) -> dict[str, Any]:
    assert ended.exit == 0, ended.err
    found = json.loads(ended.out)
    assert isinstance(found, dict)
    return found


def test_the_branch_that_stands_holds_the_box(evening: Evening) -> None:
    first, second = disputed(evening)
    assert evening.state(DPR)[0].status == "disputed"
    (row,) = document(rule(evening, "--stands", second))["boxes"]
    assert (row["status"], row["holder"], row["falls"]) == ("ruled", "keeper-1", [first])


def test_a_contradiction_that_was_ruled_on_is_told_with_the_ruling_and_stands_against_nothing(evening: Evening) -> None:
    _, second = disputed(evening)
    rule(evening, "--stands", second)
    trace, listed = (json.loads(evening.desk.run(*words, DPR, "--json").out) for words in (("trace",), ("findings",)))
    told = [[one for one in shown["findings"] if one["code"] == "signer.contradiction"] for shown in (trace, listed)]
    assert told[0] and "sudah diputus Kasatops" in told[0][0]["message"] and told[0][0]["next"] is None
    assert {one["message"] for one in told[0]} == {one["message"] for one in told[1]} and "signer.contradiction" not in trace["against"]
    row = next(one for one in json.loads(evening.desk.run("status", "--boxes", "--json").out)["boxes"] if one["box"] == DPR)
    assert "signer.contradiction" not in row["against"]


def test_a_receipt_of_a_ruling_says_what_stands_and_what_falls(evening: Evening) -> None:
    first, second = disputed(evening)
    rule(evening, "--stands", second)
    with evening.office.open(write=False) as office:
        last = str(office.ledger.size - 1)
    policy = str(evening.office.folder / "policy")
    evening.desk.run("receipt", last, "--out", "putusan.proof")
    shown = evening.desk.run("receipt", "check", "putusan.proof", "--trust", policy).out
    assert f"berlaku pernyataan {second[:12]} (" in shown and f"gugur pernyataan {first[:12]} (" in shown, shown


def test_both_may_fall(evening: Evening) -> None:
    disputed(evening)
    (row,) = document(rule(evening, "--stands", "tidak-ada"))["boxes"]
    assert (row["status"], row["holder"], len(row["falls"])) == ("ruled", "pps-08", 2)


def test_asked_at_the_table_with_both_branches_and_their_parties(evening: Evening) -> None:
    _, second = disputed(evening)
    ended = evening.desk.run("rule", "--key", evening.key("kasatops-1"), answers=["", "3", "2", "y", WORD])
    assert ended.exit == 0, ended.err
    for told in ("pps-08 kepada ppk-1, Habi → Kangae", "pps-08 kepada keeper-1, Habi → Gudang KPU Sikka", second[:12]):
        assert told in ended.err, told
    assert "Pihak, tidak boleh memutus: keeper-1, ppk-1, pps-08" in ended.err
    assert evening.state(DPR)[0].holding.holder == "keeper-1"


REFUSED = {
    "no supervisor": (("--stands", "{0}"), ("guard-1",), "rule.short"),
    "a branch of nothing": (("--stands", "1"), ("kasatops-1",), "cli.rule.stands"),
    "an older ruling that is none": (("--stands", "{0}", "--supersedes", "{1}"), ("kasatops-1",), "cli.rule.other"),
    "one key twice": (("--stands", "{0}"), ("kasatops-1", "kasatops-1"), "sign.twice"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_before_anybody_signs(evening: Evening, name: str) -> None:
    argv, by, refused = REFUSED[name]
    sids = disputed(evening)
    assert code(rule(evening, *(word.format(*sids) for word in argv), by=by)) == refused
    assert evening.state(DPR)[0].status == "disputed"


def test_a_line_that_nobody_asked_for_makes_no_party(evening: Evening) -> None:
    """A supervisor whose signature stands under a branch, and who is none of its sides, may rule (FOLD-12)."""
    first, second = disputed(evening)
    with evening.office.open() as opened:
        one = daily.recorded(opened, first)
        opened.submit([evening.office.signed(one, "pps-08", "ppk-1", "kasatops-1")])
    assert document(rule(evening, "--stands", second))["boxes"][0]["status"] == "ruled"


def test_without_a_dispute_there_is_nothing_to_rule(evening: Evening) -> None:
    evening.labels()
    evening.seal()
    assert code(rule(evening, "--stands", "1")) == "cli.rule.none"


def test_what_was_decided_is_decided_anew_only_by_naming_it(evening: Evening) -> None:
    first, second = disputed(evening)
    (made,) = document(rule(evening, "--stands", first))["entries"]
    assert code(rule(evening, "--stands", second)) == "cli.rule.none"
    (row,) = document(rule(evening, "--stands", second, "--supersedes", made["sid"]))["boxes"]
    assert (row["status"], row["holder"]) == ("ruled", "keeper-1")


def test_two_supervisors_on_different_days(tmp_path: Path) -> None:
    evening = Evening(tmp_path, desa=(HABI,), changes={"supervisors": 2})
    _, second = disputed(evening)
    assert code(rule(evening, "--stands", second)) == "rule.short"
    word = ("--passphrase-file", evening.word(), "--yes")
    assert evening.desk.run("rule", "--stands", second, "--sheet", "p.sheet", "--yes").exit == 0
    assert evening.desk.run("key", "sign", "p.sheet", "--key", evening.key("kasatops-1"), *word, "--out", "a.sheet").exit == 0
    assert code(evening.desk.run("key", "submit", "a.sheet", "--yes", "--json")) == "rule.short"
    ended = evening.desk.run("key", "sign", "p.sheet", "--key", evening.key("kasatops-2"), *word, "--out", "b.sheet")
    assert ended.exit == 0 and f"berlaku {second[:12]}" in ended.err, ended.err
    assert evening.desk.run("key", "submit", "a.sheet", "b.sheet", "--yes").exit == 0
    assert evening.state(DPR)[0].holding.holder == "keeper-1"


def test_the_story_marks_what_does_not_count(tmp_path: Path) -> None:
    """Both sides of the dispute, then the one that fell; a ruling that took no effect is not told as one."""
    evening = Evening(tmp_path, desa=(HABI,), changes={"supervisors": 2})
    first, second = disputed(evening)
    bearing = {one["sid"]: one["bearing"] for one in json.loads(evening.desk.run("trace", DPR, "--json").out)["events"]}
    assert bearing[first] == bearing[second] == "contradicted" and evening.desk.run("trace", DPR).out.count("DISENGKETAKAN") == 2
    with evening.office.open() as office:
        row = {"box": DPR, "falls": [first], "prev": evening.state(DPR)[0].holding.sid, "stands": second}
        said = office.draft("ruling", boxes=[row], note=None, order=None, supersedes=[])
        office.submit([evening.office.signed(said, "kasatops-1")])
    assert "PUTUSAN INI TIDAK BERLAKU" in evening.desk.run("trace", DPR).out
    document(rule(evening, "--stands", second, by=("kasatops-1", "kasatops-2")))
    told = json.loads(evening.desk.run("trace", DPR, "--json").out)["events"]
    assert {one["sid"]: one["bearing"] for one in told if one["bearing"]} == {first: "fallen"}
    assert "GUGUR oleh putusan" in evening.desk.run("trace", DPR).out
