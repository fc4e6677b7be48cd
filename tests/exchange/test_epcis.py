"""EPCIS 2.0: what statements become, what undoes an event, and what the schema of GS1 says of it (docs/spec/28-epcis-nist.md)."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from custody.core.errors import BadSignature, KeyTrouble, Malformed, Refused
from custody.core.kinds import KINDS
from custody.exchange import epcis, nist
from custody.exchange.events import MAIN
from custody.exchange.names import Names, event_id
from fixtures import endings, foldings
from fixtures.exchanged import source
from fixtures.ledgervectors import NAME
from fixtures.ledgervectors import Source as Given
from fixtures.make_vectors import OUT
from fixtures.office import key_of
from fixtures.smallhistory import DESA as END
from fixtures.smallhistory import PRESIDENT, TPS, acked, corrected, hand, handing, line, log, seal, small
from fixtures.smallworld import BOX, World
from fixtures.story import DESA, PPK, STORE, Story, kpps, pps
from tests.exchange.kit import epcis_errors, everything, nist_errors, of_world, read, told

Event = dict[str, Any]


def of(events: list[Event], kind: str, **fields: str) -> list[Event]:
    return [one for one in events if one.get("custody:kind") == kind and all(one.get(name) == value for name, value in fields.items())]


def boxes(event: Event) -> list[str]:
    return [urn.rsplit(":", 1)[1] for urn in event.get("epcList", event.get("childEPCs", []))]


# -- the schema ----------------------------------------------------------------------------------------------------------------


def test_a_night_with_everything() -> None:
    with of_world(everything()) as made:
        document = read(epcis.document(made))
    assert epcis_errors(document) == []
    events = document["epcisBody"]["eventList"]
    assert len({one["eventID"] for one in events}) == len(events)
    assert document["custody:size"] == made.head.size
    assert document["custody:checkpoint"].encode() == made.note
    assert "custody verify" in document["custody:notice-id"]
    places = document["epcisHeader"]["epcisMasterData"]["vocabularyList"][0]["vocabularyElementList"]
    assert {"id": f"urn:x-custody:area:{DESA}-001"}.items() <= next(one for one in places if one["id"].endswith("-001")).items()


MUTANTS: dict[str, Callable[[Event], object]] = {
    "an id of a box that is no URI": lambda one: one["epcList"].append("kotak satu"),
    "an invented business step": lambda one: one.update(bizStep="mengantar"),
    "an invented disposition": lambda one: one.update(disposition="hilang"),
    "a field without a prefix": lambda one: one.update(sid="0"),
    "a moment without a zone": lambda one: one.update(eventTime="2024-11-27 18:00"),
    "no zone": lambda one: one.pop("eventTimeZoneOffset"),
    "a place that is no URI": lambda one: one.update(readPoint={"id": "gudang besar"}),
    "an event id that is no URI": lambda one: one.update(eventID="peristiwa satu"),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_the_judge_is_awake(name: str) -> None:
    """Without checkers of formats the schema would let most of these pass."""
    world = small()
    seal(world)
    with of_world(world) as made:
        document = read(epcis.document(made))
    assert epcis_errors(document) == []
    MUTANTS[name](next(one for one in document["epcisBody"]["eventList"] if one.get("bizStep") == "packing"))
    assert epcis_errors(document)


def histories() -> list[str]:
    """Every history of the small ledger in the vectors: what may stand in a ledger, stands in one of them."""
    known = json.loads((OUT / f"{NAME}.json").read_text("utf-8"))["notes"]
    files = (json.loads(path.read_text("utf-8")) for path in sorted(OUT.glob("*.json")))
    given = (one["given"] for file in files for one in file["vectors"] if isinstance(one["given"], dict))
    return sorted({json.dumps(one["append"]) for one in given if one.get("append") and known.keys() >= set(one["append"])})


def test_every_history_of_the_vectors() -> None:
    """Whatever is authentic has documents, and they keep to the schemas; each event is judged once."""
    world, seen, count = small(), dict[str, None](), 0
    for append in histories():
        try:
            made = documents(Given({"append": json.loads(append)}).entries, world)
        except (BadSignature, KeyTrouble, Malformed, Refused):  # what no ledger takes, or no ledger with this key
            continue
        count += 1
        events = made["epcisBody"]["eventList"]
        told_once = [one["eventID"] for one in events if "errorDeclaration" not in one]
        assert len(set(told_once)) == len(told_once)
        texts = [text for one in events if (text := json.dumps(one)) not in seen]
        seen.update(dict.fromkeys(texts))
        assert epcis_errors({**made, "epcisBody": {"eventList": [json.loads(text) for text in texts]}}) == [], append
    assert count > 100


def documents(notes: list[bytes], world: World) -> Event:
    """The events of a history; its log is judged here."""
    with source(notes, key_of(world)) as made:
        assert nist_errors(read(nist.document(made))) == []
        return dict(read(epcis.document(made)))


# -- what the statements become ------------------------------------------------------------------------------------------------


def test_the_words_of_each_kind() -> None:
    events = told(everything())
    shown = {(one["custody:kind"], one["type"], one["bizStep"], one.get("disposition")) for one in events if "custody:kind" in one}
    assert shown == {
        ("register", "ObjectEvent", "commissioning", "active"),
        ("label", "ObjectEvent", "encoding", "encoded"),
        ("seal", "ObjectEvent", "packing", "container_closed"),
        ("seal", "AssociationEvent", "installing", None),
        ("handoff", "ObjectEvent", "accepting", "completeness_verified"),
        ("handoff", "ObjectEvent", "departing", "in_transit"),
        ("handoff", "AggregationEvent", "loading", None),
        ("handoff", "AggregationEvent", "unloading", None),
        ("manifest", "TransactionEvent", "staging_outbound", None),
        ("inspection", "ObjectEvent", "stock_taking", None),
        ("inspection", "ObjectEvent", "stock_taking", "unknown"),
        ("inspection", "ObjectEvent", "inspecting", "damaged"),
        ("shift", "ObjectEvent", "cycle_counting", None),
        ("incident", "ObjectEvent", "inspecting", "damaged"),
        ("opening", "ObjectEvent", "unpacking", "container_open"),
        ("opening", "AssociationEvent", "removing", None),
        ("closing", "ObjectEvent", "destroying", "destroyed"),
    }
    assert {one["custody:kind"] for one in events if "custody:kind" in one} <= KINDS.keys()


def test_where_and_whose() -> None:
    story = Story()
    story.voted()
    story.home()
    one = of(told(story), "handoff")[0]
    names = Names(story.founding.sid)
    assert one["readPoint"] == one["bizLocation"] == {"id": f"urn:x-custody:area:{DESA}"}
    assert {"type": "possessing_party", "destination": names.party(pps(DESA))} in one["destinationList"]
    assert {"type": "possessing_party", "source": names.party(kpps(f"{DESA}-001"))} in one["sourceList"]
    assert one["custody:chain"][0]["custody:prev"] == of(told(story), "seal", bizStep="packing")[0]["custody:sid"]
    assert one["eventID"] == event_id(one["custody:sid"], MAIN)
    assert (one["eventTimeZoneOffset"], one["eventTime"]) == ("+08:00", "2024-11-27T12:00:00Z")


def test_on_the_way_a_box_is_nowhere() -> None:
    leaving, coming = (of(told(everything()), "handoff", bizStep=word)[-1] for word in ("departing", "accepting"))
    assert "bizLocation" not in leaving
    assert coming["bizLocation"]["id"].endswith(f":place:{STORE}")
    assert leaving["readPoint"]["id"] == f"urn:x-custody:area:{PPK}"


def test_a_seal_that_is_missing_is_not_put_on() -> None:
    story = Story()
    (box, *_) = story.of(f"{DESA}-001")
    story.seal(box, by=kpps(f"{DESA}-001"), where=f"{DESA}-001", tie_1="missing")
    events = told(story)
    (tied,) = of(events, "seal", bizStep="installing")
    assert len(tied["childEPCs"]) == 3
    assert boxes(of(events, "seal", disposition="damaged")[0]) == [box]


def test_one_signature_moves_nothing() -> None:
    """An offer, then the same text with the line of the receiver: only the second is the handing over; a third line is no event."""
    world = small()
    made = handing(world, seal(world))
    log(world, made, "kpps-1")
    log(world, made, "pps-1")
    log(world, made, "guard-1")
    stages = [(one["bizStep"], one["custody:stage"], one["custody:entry"]) for one in of(told(world), "handoff")]
    assert stages == [("staging_outbound", "offered", 14), ("accepting", "complete", 15)]


def test_what_came_otherwise_than_offered() -> None:
    world = small()
    prev, other = seal(world), seal(world, box=PRESIDENT)
    made = world.handoff(line(world, BOX, prev), line(world, PRESIDENT, other), giver="kpps-1", receiver="pps-1", start=TPS, end=END)
    log(world, made, "kpps-1")
    acked(world, made.sid, "receiver", "pps-1")
    came, lacking = of(told(world), "ack")
    assert (came["disposition"], boxes(came)) == ("mismatch_instance", [BOX])
    assert (lacking["bizStep"], boxes(lacking)) == ("void_shipping", [PRESIDENT])


def test_an_ack_that_settles_nothing_accepts_nothing() -> None:
    world = small()
    sid = hand(world, seal(world))
    acked(world, sid, "receiver", "pps-1")
    (one,) = of(told(world), "ack")
    assert (one["bizStep"], one["custody:stage"], "disposition" in one) == ("urn:x-custody:terms:acknowledging", "no-effect", False)


# -- what undoes an event ------------------------------------------------------------------------------------------------------


def two(world: World) -> str:
    """Two boxes handed over in one statement."""
    prev, other = seal(world), seal(world, box=PRESIDENT)
    rows = (line(world, BOX, prev), line(world, PRESIDENT, other))
    return log(world, world.handoff(*rows, giver="kpps-1", receiver="pps-1", start=TPS, end=END), "kpps-1", "pps-1")


def test_a_correction_declares_the_event_wrong() -> None:
    world = small()
    sid = two(world)
    corrected(world, sid, "kpps-1", "pps-1", boxes=[BOX, PRESIDENT])
    first, again = of(told(world), "handoff")
    assert first["eventID"] == again["eventID"]
    declared = again.pop("errorDeclaration")
    assert (declared["reason"], declared["custody:entry"], "correctiveEventIDs" in declared) == ("incorrect_data", 16, False)
    assert {**first, "recordTime": again["recordTime"]} == again, "the event as it was told: nothing is rewritten"


def test_what_stands_of_a_corrected_event_is_told_again() -> None:
    """Of two boxes one was not there; later the other was not there either."""
    world = small()
    sid = two(world)
    corrected(world, sid, "kpps-1", "pps-1", boxes=[PRESIDENT])
    _, wrong, kept = of(told(world), "handoff")
    assert wrong["errorDeclaration"]["correctiveEventIDs"] == [kept["eventID"]]
    assert (boxes(kept), kept["custody:by"]) == ([BOX], wrong["errorDeclaration"]["custody:sid"])
    corrected(world, sid, "kpps-1", "pps-1", boxes=[BOX])
    *_, last = of(told(world), "handoff")
    assert last["eventID"] == kept["eventID"]
    assert "correctiveEventIDs" not in last["errorDeclaration"]


NOTHING_UNDONE: dict[str, Callable[[World], object]] = {
    "a remark": lambda world: corrected(world, hand(world, seal(world)), "kpps-1", "pps-1", effect="remark"),
    "by one side alone": lambda world: corrected(world, hand(world, seal(world)), "pps-1"),
    "a fork without a ruling": endings.forked,
    "a ruling by too few": lambda world: endings.decided(world, "kasatops-1"),
}


@pytest.mark.parametrize("name", NOTHING_UNDONE)
def test_nothing_is_undone_by(name: str) -> None:
    world = small()
    NOTHING_UNDONE[name](world)
    assert not any("errorDeclaration" in one for one in told(world))


def test_both_sides_of_a_dispute_stay_and_a_ruling_declares_one_wrong() -> None:
    world = small()
    foldings.forked(world)
    events = told(world)
    branches = of(events, "handoff")
    assert len(branches) == 2
    (dispute,) = (one for one in events if one.get("custody:finding") == "box.disputed")
    assert (dispute["disposition"], dispute["custody:entries"]) == ("unknown", [one["custody:entry"] for one in branches])

    world = small()
    endings.decided(world)
    one, other, wrong = of(told(world), "handoff")
    assert (wrong["eventID"], wrong["errorDeclaration"]["reason"]) == (other["eventID"], "urn:x-custody:terms:ruling")
    assert one["eventID"] != other["eventID"]


# -- names ---------------------------------------------------------------------------------------------------------------------

URNS = {
    "an area": (lambda names: names.place("5307192008"), "urn:x-custody:area:5307192008"),
    "a TPS": (lambda names: names.place("5307192008-003"), "urn:x-custody:area:5307192008-003"),
    "a warehouse": (lambda names: names.place("5307-GUDANG"), f"urn:x-custody:{'a' * 32}:place:5307-GUDANG"),
    "a box": (lambda names: names.box(BOX), f"urn:x-custody:{'a' * 32}:box:{BOX}"),
    "an order with blanks": (lambda names: names.order("Sprin 1/II"), f"urn:x-custody:{'a' * 32}:order:Sprin%201/II"),
    "a seal without a number": (
        lambda names: names.seal(BOX, {"number": None, "point": "lid"}),
        f"urn:x-custody:{'a' * 32}:seal-point:{BOX}:lid",
    ),
}


@pytest.mark.parametrize("name", URNS)
def test_urn(name: str) -> None:
    make, want = URNS[name]
    assert make(Names("a" * 64)) == want
