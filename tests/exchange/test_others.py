"""The event log of NIST, the tables and the JSON Lines (docs/spec/28-epcis-nist.md)."""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from custody.core.merkle import leaf_hash
from custody.exchange import epcis, nist, rows
from custody.exchange.rows import MOMENTS
from fixtures import foldings
from fixtures.exchanged import opened
from fixtures.office import in_folder
from fixtures.smallhistory import handing, log, seal, small
from fixtures.smallworld import BOX, World
from tests.exchange.kit import everything, nist_errors, of_world, read


def logged(world: World) -> list[dict[str, Any]]:
    with of_world(world) as made:
        document = read(nist.document(made))
    assert nist_errors(document) == []
    return list(document["Device"][0]["Event"])


# -- NIST ----------------------------------------------------------------------------------------------------------------------


def test_each_entry_once_and_then_the_findings() -> None:
    world = everything()
    events = logged(world)
    entries = [one for one in events if one["Type"] != "finding"]
    assert [one["Sequence"] for one in entries] == [str(index) for index in range(len(world.entries))]
    assert [bytes.fromhex(one["Hash"]) for one in entries] == [leaf_hash(data) for data in world.entries]
    assert [one["Sequence"] for one in events[len(entries) :]] == [f"finding-{n}" for n in range(1, len(events) - len(entries) + 1)]


def test_the_statement_can_be_hashed() -> None:
    for one in logged(everything()):
        if one["Type"] != "finding":
            text = f"custody/{one['Id']}/v1\n{one['Details']}\n".encode()
            assert sha256(text).hexdigest() == one["Description"]


def test_what_waits_and_what_says_nothing_new() -> None:
    world = small()
    made = handing(world, seal(world))
    for names in (("kpps-1",), ("pps-1",), ("guard-1",)):
        log(world, made, *names)
    told = [(one["Disposition"], one.get("OtherDisposition"), one["Type"]) for one in logged(world) if one["Id"] == "handoff"]
    assert told == [("other", "offered", "staging_outbound"), ("success", None, "accepting"), ("na", None, "accepting")]


@pytest.mark.parametrize("lang", ["id", "en"])
def test_the_page_explains_every_word_of_the_log(lang: str) -> None:
    with of_world(everything()) as made:
        page = json.loads(nist.documentation(made, lang))
    assert nist_errors(page, "ElectionEventLogDocumentation") == []
    ids, types = ({one[name] for one in page[f"Event{name if name == 'Type' else 'Id'}Description"]} for name in ("Id", "Type"))
    for one in logged(everything()):
        assert one["Id"] in ids
        assert one["Type"] in types
    assert not [one for one in page["EventTypeDescription"] if one["Description"].startswith(("exchange.", "kind."))]


MUTANTS: dict[str, Callable[[dict[str, Any]], object]] = {
    "a number for a sequence": lambda one: one.update(Sequence=1),
    "a field of our own": lambda one: one.update(sid="0"),
    "a disposition of our own": lambda one: one.update(Disposition="offered"),
    "a moment without a zone": lambda one: one.update(TimeStamp="2024-11-27 18:00"),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_the_judge_is_awake(name: str) -> None:
    with of_world(small()) as made:
        document = read(nist.document(made))
    MUTANTS[name](document["Device"][0]["Event"][3])
    assert nist_errors(document)


# -- tables and JSON Lines -----------------------------------------------------------------------------------------------------


def tabled(world: World) -> dict[str, list[dict[str, Any]]]:
    with of_world(world) as made:
        return {one.name: [dict(zip(one.columns, row, strict=True)) for row in one.rows()] for one in rows.tables(made)}


def test_the_same_ledger_in_every_table() -> None:
    world = everything()
    tables = tabled(world)
    assert [one["entry"] for one in tables["entries"]] == list(range(len(world.entries)))
    assert {one["box"] for one in tables["boxes"]} == {*world.boxes, *world.recap}
    assert {one["what"]: one["value"] for one in tables["about"]}["size"] == len(world.entries)
    chains = [one for one in tables["chain"] if one["box"] == world.boxes[0]]
    assert [one["number"] for one in chains] == list(range(1, len(chains) + 1))
    moved = [one["entry"] for one in tables["lines"] if one["box"] == world.boxes[0] and one["kind"] in ("seal", "handoff", "opening")]
    assert [one["entry"] for one in chains] == moved


def test_both_sides_of_a_dispute_are_in_the_lines() -> None:
    world = small()
    foldings.forked(world)
    tables = tabled(world)
    (box,) = (one for one in tables["boxes"] if one["box"] == BOX)
    lines = [one for one in tables["lines"] if one["box"] == BOX and one["kind"] == "handoff"]
    assert box["status"] == "disputed"
    assert len({one["prev"] for one in lines}) == 1
    assert len({one["entry"] for one in lines}) == 2
    (found,) = (one for one in tables["findings"] if one["finding"] == "box.disputed")
    assert found["entries"] == " ".join(str(one["entry"]) for one in lines)
    assert [one["moves"] for one in tables["chain"] if one["box"] == BOX] == [1, 0, 0]


def test_moments_are_those_of_the_statements() -> None:
    tables = tabled(everything())
    for table in tables.values():
        for row in table:
            for name in MOMENTS & row.keys():
                assert row[name] is None or (len(row[name]) == 20 and row[name].endswith("Z")), (name, row)


def test_json_lines() -> None:
    world = everything()
    with of_world(world) as made:
        lines = [json.loads(piece) for piece in rows.json_lines(made)]
        again = [json.loads(piece) for piece in rows.json_lines(made)]
    assert lines == again
    assert lines[0]["row"] == "about"
    assert [one["entry"] for one in lines if one["row"] == "entry"] == list(range(len(world.entries)))
    (sealed, *_) = (one for one in lines if one["row"] == "entry" and one["kind"] == "seal")
    assert sealed["statement"]["phase"] == "voted"
    assert [one["box"] for one in lines if one["row"] == "box"] == sorted({*world.boxes, *world.recap})


def test_what_arrives_meanwhile_is_in_no_document(tmp_path: Path) -> None:
    world = small()
    prev = seal(world)
    ledger = in_folder(world, tmp_path / "buku")
    ledger.append(world.entries[1:])
    size = ledger.size
    log(world, handing(world, prev), "kpps-1", "pps-1")
    with opened(ledger, ledger._store) as made:
        ledger.append(world.entries[size:])
        lines = [json.loads(piece) for piece in rows.json_lines(made)]
        assert (ledger.size, made.head.size, lines[0]["size"]) == (size + 1, size, size)
        assert len([one for one in lines if one["row"] == "entry"]) == size
        (box,) = (one for one in lines if one["row"] == "box" and one["box"] == BOX)
        assert (box["tip"], len(box["chain"])) == (prev, 1)
        assert len([one for one in nist.events(made) if one["Type"] != "finding"]) == size
    ledger.close()


# -- of all of them ------------------------------------------------------------------------------------------------------------


def test_all_name_the_same_checkpoint_and_say_who_decides() -> None:
    with of_world(everything()) as made:
        root, texts = made.head.root.hex(), []
        texts.append(b"".join(epcis.document(made)).decode())
        texts.append(b"".join(nist.document(made)).decode())
        texts.append(next(rows.json_lines(made)).decode())
        texts.append(" ".join(str(value) for _, value in next(iter(rows.tables(made))).rows()))
    for text in texts:
        assert root in text
        assert "custody verify" in text
