"""All findings of a ledger: each with its entries, box, words and next step; numbers by kind and site for a period."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from custody.station.manifest import Escort, Journey, Seen
from custody_cli.boxes import daily
from tests.cli.daily_kit import HABI, LANGIR, TPS, Evening
from tests.cli.spreadsheet import sheet

DPR = f"PEM24-{TPS}-DPR-1"
OTHER = f"{LANGIR}-001"


@pytest.fixture()
def evening(tmp_path: Path) -> Evening:
    """A torn lid at 20.00 in Habi; at 22.00 in Langir a guard who takes boxes, which his role does not let him."""
    made = Evening(tmp_path)
    made.seal(TPS)
    made.seal(OTHER)
    hand(made, TPS, "pps-08", HABI, "2024-11-27T12:00:00Z", {"lid": ("torn", None)})
    hand(made, OTHER, "guard-1", LANGIR, "2024-11-27T14:00:00Z", {})
    made.desk.now = datetime(2024, 11, 27, 19, 42, tzinfo=UTC)
    return made


def hand(evening: Evening, home: str, receiver: str, end: str, at: str, seals: dict[str, tuple[str, str | None]]) -> None:
    boxes = [f"PEM24-{home}-DPR-1"]
    evening.office.clock.now = datetime.fromisoformat(at)
    seats = [evening.office.seat("giver", evening.kpps(home)), evening.office.seat("receiver", receiver)]
    with evening.office.open() as office:
        journey = Journey(home, end, end, evening.kpps(home), receiver, escort=Escort(1))
        daily.record_handoff(office, journey, [Seen(box, seals=seals) for box in boxes], seats, random=evening.random, happened=at)


def run(evening: Evening, *words: str, exit: int | None = None):  # type: ignore[no-untyped-def]
    ended = evening.desk.run("findings", *words, "--json")
    assert exit is None or ended.exit == exit, ended.err
    return json.loads(ended.out)


def codes(told) -> set[str]:  # type: ignore[no-untyped-def]
    return {one["code"] for one in told["findings"]}


def test_every_finding_says_what_where_when_and_what_next(evening: Evening) -> None:
    told = run(evening, exit=1)
    torn = next(one for one in told["findings"] if one["code"] == "seal.changed")
    assert (torn["box"], torn["at"], torn["site"], torn["severity"]) == (DPR, "2024-11-27T12:00:00Z", HABI, "breach")
    assert torn["entries"] and torn["message"] and torn["next"]
    gravities = [one["severity"] for one in told["findings"]]
    assert gravities == sorted(gravities, key=["breach", "warning", "note"].index)
    assert sum(told["counts"].values()) == len(told["findings"])


def test_it_finds_what_verify_finds(evening: Evening) -> None:
    verified = json.loads(evening.desk.run("verify", "--json").out)["findings"]
    ours = {(one["code"], one["box"], tuple(one["entries"])) for one in run(evening)["findings"]}
    theirs = {(one["code"], one["box"], tuple(one["entries"])) for one in verified if one["code"] != "time.unbounded"}
    assert theirs and ours == theirs


SCOPES = [
    (("Habi",), {"seal.changed"}, {"role.kind"}),
    (("Langir",), {"role.kind"}, {"seal.changed"}),
    (("TPS", "1", "Habi", "DPR"), {"seal.changed"}, {"role.kind"}),
    (("Kangae",), {"seal.changed", "role.kind"}, set()),
    (("--since", "21.00"), {"role.kind"}, {"seal.changed"}),
    (("--until", "21.00"), {"seal.changed"}, {"role.kind"}),
    (("--until", "27-11-2024"), {"seal.changed", "role.kind"}, set()),
    (("--since", "27-11-2024", "--until", "28-11-2024"), {"seal.changed", "role.kind"}, set()),
    (("--until", "26-11-2024"), set(), {"seal.changed", "role.kind"}),
    (("--since", "28-11-2024"), set(), {"seal.changed", "role.kind"}),
    (("--since", "18.00", "--until", "20.00"), {"seal.changed"}, {"role.kind"}),
    (("--code", "role.kind"), {"role.kind"}, {"seal.changed"}),
    (("--severity", "breach"), {"role.kind", "seal.changed"}, {"leg.unplanned"}),
]


@pytest.mark.parametrize(("words", "among", "absent"), SCOPES, ids=[" ".join(row[0]) for row in SCOPES])
def test_scopes(evening: Evening, words: tuple[str, ...], among: set[str], absent: set[str]) -> None:
    found = codes(run(evening, *words))
    assert among <= found and not absent & found


def test_of_a_store_is_told_what_is_told_of_the_boxes_that_pass_it(evening: Evening) -> None:
    """As `custody status` of it does: their way leads there, wherever it happened."""
    told, status = run(evening, "gudang"), json.loads(evening.desk.run("status", "gudang", "--json").out)
    assert codes(told) >= {"seal.changed", "role.kind"} >= {one["code"] for one in status["findings"]} > set()
    for command in ("findings", "status"):
        assert "lewat Gudang KPU Sikka" in evening.desk.run(command, "gudang").out


def test_a_finding_on_a_whole_statement_names_the_boxes_that_it_moves(evening: Evening) -> None:
    (wrong,) = [one for one in run(evening)["findings"] if one["code"] == "role.kind"]
    box = f"PEM24-{OTHER}-DPR-1"
    assert (wrong["box"], wrong["boxes"]) == (None, [box])
    assert "1 kotak: TPS 001 Langir · DPR" in evening.desk.run("findings").out
    rows = sheet(evening.desk.run("findings", "--csv").out)
    assert next(row for row in rows if row["jenis"] == "role.kind")["kotak"] == box
    assert {row["code"]: row["boxes"] for row in run(evening)["by_code"]}["role.kind"] == 1


def test_a_suspected_key_is_told_of_the_boxes_that_it_signed_for(evening: Evening) -> None:
    with evening.office.open() as office:
        body = {"key": evening.kpps(TPS), "reason": "lost", "since": "2024-11-26T00:00:00Z"}
        daily.submit(
            office,
            [office.draft("revoke", **body)],
            [evening.office.seat("authority", "kpu-1"), evening.office.seat("authority", "polri-1")],
        )
    whole = [one for one in run(evening)["findings"] if one["code"] == "key.suspect"]
    own = [one for one in run(evening, DPR)["findings"] if one["code"] == "key.suspect"]
    mine = [one for one in whole if DPR in one["boxes"]]
    assert mine and {tuple(one["entries"]) for one in own} == {tuple(one["entries"]) for one in mine}
    assert "[key.suspect]" in evening.desk.run("trace", DPR).out
    status, warnings = json.loads(evening.desk.run("status", "--json").out), run(evening)["counts"]["warning"]
    assert status["others"]["warnings"] == warnings > 0  # none of them stands against a box
    assert f"peringatan {warnings}: custody findings" in evening.desk.run("status").out


def test_numbers_by_kind_and_site(evening: Evening) -> None:
    told = run(evening)
    kinds = {row["code"]: row for row in told["by_code"]}
    assert (kinds["seal.changed"]["breach"], kinds["seal.changed"]["boxes"]) == (1, 1)
    sites = {row["place"]: row for row in told["by_site"]}
    assert sites[HABI]["codes"]["seal.changed"] == 1 and sites[LANGIR]["codes"]["role.kind"] == 1
    for name in ("breach", "warning", "note"):
        assert sum(row[name] for row in told["by_site"]) == sum(row[name] for row in told["by_code"]) == told["counts"][name]
    shown = evening.desk.run("findings", "--by-site", "--by-code").out
    assert "tempat kejadian" in shown and "Langir" in shown and "role.kind" in shown


def test_on_the_screen(evening: Evening) -> None:
    shown = evening.desk.run("findings", "Habi").out
    assert "[seal.changed]" in shown and "27 November 2024 pukul 20.00 WITA, Habi" in shown and "TPS 001 Habi · DPR" in shown


def test_a_table_for_a_spreadsheet(evening: Evening) -> None:
    rows = sheet(evening.desk.run("findings", "--csv").out)
    assert {row["jenis"] for row in rows} == codes(run(evening)) and {row["berat"] for row in rows} >= {"pelanggaran"}
    torn = next(row for row in rows if row["jenis"] == "seal.changed")
    assert (torn["waktu"], torn["zona waktu"], torn["waktu (UTC)"]) == ("2024-11-27 20:00", "WITA", "2024-11-27T12:00:00Z")
    sites = sheet(evening.desk.run("findings", "--csv", "--by-site").out)
    assert {row["tempat kejadian"] for row in sites} >= {"Habi", "Langir"}


def test_an_unknown_kind_is_told_with_what_is_near(evening: Evening) -> None:
    ended = evening.desk.run("findings", "--code", "seal.broke")
    assert ended.exit == 2 and "seal.broken" in ended.err


def test_a_time_that_ends_before_it_begins(evening: Evening) -> None:
    ended = evening.desk.run("findings", "--since", "28-11-2024", "--until", "27-11-2024")
    assert ended.exit == 2 and "--since 28-11-2024 sesudah --until 27-11-2024" in ended.err
    shown = evening.desk.run("findings", "--since", "27-11-2024", "--until", "28-11-2024").out
    assert "Sejak 27 November 2024 pukul 00.00 WITA" in shown and "Sampai dengan 28 November 2024 pukul 23.59 WITA" in shown
