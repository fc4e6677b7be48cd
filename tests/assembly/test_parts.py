"""Long lists cut into statements, sheets that travel, enrolments drafted twice: properties and tables."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from custody.core import statement
from custody.core.errors import Altered, CustodyError, Malformed
from custody.core.note import MAX_BYTES
from custody.core.register import Registered
from custody.ledger import enrolment, parts, profile, sheet
from custody.ledger.sheet import Draft, Sheet
from fixtures.smalloffice import fixed_random
from fixtures.smallworld import Person, World

COMMON = {
    "at": "2024-11-27T10:00:00Z",
    "happened": {"at": "2024-11-27T10:00:00Z", "basis": "now"},
    "ledger": "ab" * 32,
    "seen": {"root": "cd" * 32, "sig": "ef" * 64, "size": 2**53 - 1},
}
NAMES = st.text(st.characters(categories=["L"]), min_size=1, max_size=80).filter(lambda name: name == name.strip())


@given(st.lists(NAMES, min_size=1, max_size=900), st.integers(1, 9))
@example(["Ꙗ" * 80] * 600, 1)
def test_places_of_any_names_fit_and_stay_in_order(names: list[str], desa: int) -> None:
    places = [parts.place("5307", "kabupaten", "K", None)]
    places += [parts.place(f"5307{at:06d}", "desa", name, "5307") for at, name in enumerate(names, desa)]
    bodies = list(parts.places_bodies(COMMON, places, profile.load("pemilu-2024").legs))
    texts = [statement.draft("places", body).text for body in bodies]
    assert all(len(text) <= MAX_BYTES - 4_096 for text in texts)
    assert [item for body in bodies for item in body["places"]] == places
    assert [bool(body["legs"]) for body in bodies] == [True] + [False] * (len(bodies) - 1)


def test_as_few_statements_as_the_bytes_allow() -> None:
    places = [parts.place("5307192001", "desa", "Desa", None)]
    places += [parts.place(f"5307192001-{at:03d}", "tps", f"TPS {at:03d}", "5307192001") for at in range(1, 900)]
    boxes = parts.boxes_of(places, "PEM24", ["DPR", "PPWP"], recap=0)
    assert len(boxes) == 899 * 2
    bodies = list(parts.register_bodies(COMMON, boxes))
    assert len(bodies) == 6 and max(len(body["boxes"]) for body in bodies) == 300
    assert [box for body in bodies for box in body["boxes"]] == boxes


def test_only_legs_make_one_statement_no_places_none() -> None:
    assert list(parts.places_bodies(COMMON, [], [])) == []


def test_recapitulation_boxes_belong_to_the_kecamatan() -> None:
    places = [parts.place("530719", "kecamatan", "K", None), parts.place("5307192001-001", "tps", "T", None)]
    boxes = parts.boxes_of(places, "PEM24", ["DPR"], recap=2)
    assert [(box["box"], box["place"]) for box in boxes] == [
        ("PEM24-5307190000-PPK-DPR-1", "530719"),
        ("PEM24-5307190000-PPK-DPR-2", "530719"),
        ("PEM24-5307192001-001-DPR-1", "5307192001-001"),
    ]


BOXES_A_STATION = {
    "pemilu-2024": 5, "pemilu-2024-dki": 4, "pilkada-2024": 2, "pilkada-2024-kota": 2, "pilkada-2024-dki": 1, "pilkada-2024-diy": 1,
    "pilkada-2024-diy-kota": 1,
}  # fmt: skip


@pytest.mark.parametrize("name", profile.names())
def test_every_profile_is_whole(name: str) -> None:
    found = profile.load(name)
    assert found.statement["points"] and found.legs
    codes = [item["code"] for item in found.statement["types"]]
    assert codes == sorted(codes) and len(codes) == BOXES_A_STATION[name]


def test_a_profile_that_is_like_another_states_the_rest_itself(tmp_path: Path) -> None:
    own = 'like = "pilkada-2024"\nretention = 365\n[[phase]]\nphase = "voted"\npoints = ["tie-2", "tie-1"]\n'
    (tmp_path / "kami.toml").write_text(own)
    found, first = profile.load("kami.toml", tmp_path), profile.load("pilkada-2024")
    assert found.statement == {**first.statement, "phases": [{"phase": "voted", "points": ["tie-1", "tie-2"]}], "retention": 365}
    assert found.legs == first.legs
    (tmp_path / "salah.toml").write_text('like = "tidak-ada"\n')
    with pytest.raises(Malformed) as refusal:
        profile.load("salah.toml", tmp_path)
    assert refusal.value.code == "profile.unknown"


NEXT = [
    ("another round", True, [("PEM24-5307192001-001-DPR-2", 2, "PEM24-5307192001-001-DPR-1")]),
    ("a torn box replaced", False, [("PEM24-5307192001-001-DPR-2", 1, "PEM24-5307192001-001-DPR-1")]),
]


@pytest.mark.parametrize(("name", "again", "wanted"), NEXT, ids=[case[0] for case in NEXT])
def test_a_box_more_names_the_one_it_follows(name: str, again: bool, wanted: list[tuple[str, int, str]]) -> None:
    known = [Registered("PEM24-5307192001-001-DPR-1", "5307192001-001", "DPR", 1, (), None, 3)]
    rows = parts.next_boxes(known, [{"code": "5307192001-001"}], "PEM24", ["DPR"], again)
    assert [(row["box"], row["round"], row["replaces"]) for row in rows] == wanted
    third = Registered(wanted[0][0], "5307192001-001", "DPR", wanted[0][1], (), wanted[0][2], 9)
    (row,) = parts.next_boxes([third, *known], [{"code": "5307192001-001"}], "PEM24", ["DPR"], True)
    assert (row["box"], row["round"], row["replaces"]) == ("PEM24-5307192001-001-DPR-3", wanted[0][1] + 1, third.box)


def test_the_first_box_of_a_place_follows_nobody() -> None:
    (row,) = parts.next_boxes([], [{"code": "530719"}], "PEM24", ["DPR"], True)
    assert (row["box"], row["round"], row["replaces"], row["place"]) == ("PEM24-5307190000-PPK-DPR-1", 1, None, "530719")


def test_profiles_that_are_none() -> None:
    for name in ("tidak-ada", "tidak-ada.toml", "../pemilu-2024"):
        with pytest.raises(Malformed):
            profile.load(name)
    with pytest.raises(Malformed) as refusal:
        profile.Profile("x", {"code": "PEM24", "name": "X", "type": [], "colour": "red"})
    assert refusal.value.code == "profile.field"


# --- sheets


def drafts() -> Sheet:
    world = World()
    made = [world.draft("revoke", key=f"guard-{at}", reason="lost", since=None) for at in range(3)]
    return Sheet(world.founding, tuple(Draft(one, (world.person("kpu-1").line(one.text),)) for one in made))


def test_a_sheet_comes_back_as_it_went() -> None:
    made = drafts()
    assert sheet.read(sheet.write(made)) == made
    assert sheet.read(sheet.write(made).rstrip(b"\n").replace(b"\n", b"\r\n")) == made
    bare = Sheet(made.founding, tuple(Draft(one.statement) for one in made.drafts))
    assert sheet.read(sheet.write(bare)) == bare


def test_copies_are_put_together_by_statement() -> None:
    made, world = drafts(), World()
    other = tuple(Draft(one.statement, (world.person("polri-1").line(one.statement.text),)) for one in reversed(made.drafts))
    merged = sheet.merge([made, Sheet(made.founding, other), made])
    assert [one.statement.sid for one in merged.drafts] == [one.statement.sid for one in made.drafts]
    assert all([line.name for line in one.lines] == ["kpu-1", "polri-1"] for one in merged.drafts)
    for one in merged.drafts:
        one.note()


def test_a_sheet_is_of_one_ledger_and_says_of_which() -> None:
    made, other = drafts(), World(drill=True)
    assert sheet.read(sheet.write(made)).founding.body["operation"] == made.founding.body["operation"]
    with pytest.raises(Malformed) as refusal:
        sheet.read(sheet.write(Sheet(other.founding, made.drafts)))
    assert refusal.value.code == "sheet.ledger"
    with pytest.raises(Malformed) as refusal:
        sheet.merge([made, Sheet(other.founding, made.drafts)])
    assert refusal.value.code == "sheet.ledgers"


@pytest.mark.parametrize("data", [b"", b"\n\n", b"{}", b"x", b'{"custody":"sheet/v2","lines":[],"text":""}'], ids=repr)
def test_what_is_no_sheet(data: bytes) -> None:
    with pytest.raises(Malformed) as refusal:
        sheet.read(data)
    assert refusal.value.code == "sheet.line"


@given(st.data())
def test_a_damaged_sheet_never_surprises(data: st.DataObject) -> None:
    whole = sheet.write(drafts())
    at = data.draw(st.integers(0, len(whole) - 1))
    changed = whole[:at] + bytes([data.draw(st.integers(0, 255))]) + whole[at + 1 :]
    with suppress(CustodyError):
        sheet.read(changed)


# --- enrolment


def fixed(**more: str | None) -> dict[str, Any]:
    personal = {"name": "Petugas Contoh Satu", "number": "8701", "rank": None, "unit": None, **more}
    return enrolment.terms(COMMON, "0a" * 16, personal, fixed_random())


def test_office_and_person_write_the_same_text() -> None:
    key = Person("guard-1").key
    one = enrolment.statement("ab" * 32, key, "guard", "polri", ["530719", "5307"], fixed())
    two = enrolment.statement("ab" * 32, key, "guard", "polri", ("5307", "530719"), fixed())
    enrolment.compare(one, two.text, key.name)
    assert one.body["places"] == ["5307", "530719"]
    assert "openings" not in one.body and one.body["name"] is not None and one.body["rank"] is None


def test_the_person_sees_what_is_committed_to() -> None:
    assert {opening.field: opening.value for opening in enrolment.openings(fixed())} == {"name": "Petugas Contoh Satu", "number": "8701"}


def changed_value(terms: dict[str, Any]) -> None:
    terms["openings"][0]["value"] = "Petugas Contoh Dua"


def hidden(terms: dict[str, Any]) -> None:
    terms["openings"].pop()


def twice(terms: dict[str, Any]) -> None:
    terms["openings"].append(terms["openings"][0])


def foreign(terms: dict[str, Any]) -> None:
    terms["openings"][0]["field"] = "person"


def nonsense(terms: dict[str, Any]) -> None:
    terms["openings"] = 7


TRICKS = [
    ("another name than the one enrolled", changed_value, Altered),
    ("a name that is enrolled and not shown", hidden, Altered),
    ("one name twice", twice, Altered),
    ("a field that is no personal one", foreign, Malformed),
    ("no list", nonsense, Malformed),
]


@pytest.mark.parametrize(("name", "trick", "kind"), TRICKS, ids=[case[0] for case in TRICKS])
def test_invitations_that_show_something_else(name: str, trick: Any, kind: type[CustodyError]) -> None:
    terms = fixed()
    trick(terms)
    with pytest.raises(kind):
        enrolment.openings(terms)
