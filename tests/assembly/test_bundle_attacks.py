"""Bundles by people who want to harm: with a stick in hand, an officer's key, the device key of a station (spec chapter 23)."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from custody.assembly import hearing, kept, stations
from custody.assembly.hearing import Found
from custody.core import bundle, entry, note
from custody.core.bundle import Head, Reader, Writer
from custody.core.checkpoint import Checkpoint
from custody.core.enclosed import Code, Rows
from custody.core.errors import Altered, CustodyError, KeyTrouble, Malformed, Refused
from custody.core.note import Line, VerifierKey
from custody.core.private import seal as commit
from custody.station import device, envelope
from custody.station.keyfile import KeyFile
from fixtures.laptops import office_out, office_takes
from fixtures.smallworld import Person
from tests.assembly.test_bundles import DPR, DPR2, HABI, TPS, Field, ledger_size, printed


@pytest.fixture
def field(tmp_path: Path) -> Field:
    return Field(tmp_path)


def thief(field: Field, name: str = "kantor") -> KeyFile:
    """A device key that he made himself, under any name he likes."""
    folder = field.stick.parent / f"pencuri-{os.urandom(4).hex()}"
    device.new_key(folder / "device", name, os.urandom)
    return device.open_key(folder / "device")


def genuine(field: Field) -> Head:
    """A head of the office as it lies on any stick; its entries go on from those of the station."""
    path = office_out(field.desk, field.stick, None, ledger_size(field.ndao))
    head = hearing.head_of(path)
    path.unlink()
    return head


@contextmanager
def forged(
    path: Path, key: KeyFile, like: Head, start: int | None = None, to: VerifierKey | None = None, counter: int = 1, seen: int | None = None
) -> Iterator[Writer]:
    """A bundle that is whole and well signed, by a key of his own."""
    head = like.head if seen is None else Checkpoint(like.head.origin, seen, bytes(32))
    said = Head(like.at, counter, key.public, like.ledger, os.urandom(16).hex(), head, like.sig, like.start if start is None else start, to)
    with path.open("wb") as file:
        writer = Writer(file.write, said, key.line)
        yield writer
        writer.end()


def unsigned(head: Head, size: int) -> bytes:
    """A checkpoint that no ledger key signed."""
    return note.join(Checkpoint(head.head.origin, size, bytes(32)).text(), [Line(head.head.origin, b"abcd", bytes(64))])


def code_of(found: Found) -> str | None:
    return None if found.trouble is None else found.trouble.code


# -- history -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["station", "office"])
def test_nobody_without_the_ledger_key_makes_a_second_history(field: Field, where: str) -> None:
    like, path = genuine(field), field.stick / "palsu.bundle"
    with forged(path, thief(field), like) as writer:
        writer.entries(like.start, [b"bukan entri"])
        writer.checkpoint(like.start + 1, unsigned(like, like.start + 1))
    (found,) = field.ndao.take(path) if where == "station" else office_takes(field.desk, path)
    assert (code_of(found), found.evidence, found.entries) == ("copy.head", None, 0)
    with field.ndao.open() as office:
        assert not office.folder.evidence.exists()


def test_an_office_that_was_put_back_hears_it_from_the_head_of_any_bundle(field: Field) -> None:
    for name in ("ledger", "state"):
        shutil.copytree(getattr(field.desk, "folder" if name == "ledger" else "state"), field.desk.root / f"old-{name}")
    field.desk.enrol("pps-10", "pps", [HABI])
    field.ndao.take(office_out(field.desk, field.stick, "ndao"))
    path = field.ndao.out()  # no entries, as every day
    for now, old in ((field.desk.folder, "old-ledger"), (field.desk.state, "old-state")):
        shutil.rmtree(now)
        shutil.move(field.desk.root / old, now)
    (found,) = office_takes(field.desk, path)
    assert code_of(found) == "bundle.office-behind"


def test_entries_changed_on_the_way_are_no_proof_against_the_office(field: Field) -> None:
    field.desk.enrol("pps-10", "pps", [HABI])
    source = office_out(field.desk, field.stick, None)
    like = genuine(field)
    with source.open("rb") as file:
        head = next(one.data for one in Reader(file.read) if one.kind == "checkpoint" and one.start == like.size)
    for at in range(kept.MOST_STRANGE + 2):
        path = field.stick / f"ubah-{at}.bundle"
        with forged(path, thief(field), like, counter=at + 1) as writer:
            writer.entries(like.start, [b"bukan entri"] * (like.size - like.start))
            writer.checkpoint(like.size, head)
        (found,) = field.ndao.take(path)
        assert code_of(found) == "copy.unlike" and (found.evidence is None) == (at >= kept.MOST_STRANGE)
    with field.ndao.open() as office:
        assert hearing.evidence(office) == []


# -- room ----------------------------------------------------------------------------------------------------------------------


def test_bundles_that_wait_for_ever_leave_room_for_those_of_the_office(field: Field) -> None:
    like, first = genuine(field), field.stick / "0.bundle"
    for at in range(kept.MOST_STRANGE + 3):
        path = field.stick / f"{at}.bundle"
        with forged(path, thief(field, "ndao"), like, start=2**53 - 9) as writer:
            writer.entries(2**53 - 9, [b"bukan entri"])
        (found,) = field.ndao.take(path)
        assert found.waits
    field.desk.enrol("pps-10", "pps", [HABI])
    hole = office_out(field.desk, field.stick, "ndao", ledger_size(field.ndao))
    field.desk.enrol("pps-11", "pps", [HABI])
    late = office_out(field.desk, field.stick, "ndao", ledger_size(field.ndao) + 1)
    assert [one.waits for one in field.ndao.take(late)] == [True]
    with field.ndao.open() as office:
        assert len(hearing.waiting(office)) == kept.MOST_STRANGE + 1
    late.unlink()
    assert field.ndao.take(hole)[-1].entries == 1
    assert ledger_size(field.ndao) == field.size() and first.exists()


def test_what_waited_and_is_wrong_is_told_once(field: Field) -> None:
    like, path = genuine(field), field.stick / "palsu.bundle"
    with forged(path, thief(field), like, start=like.start + 1) as writer:
        writer.entries(like.start + 1, [b"bukan entri"])
        writer.checkpoint(like.start + 2, unsigned(like, like.start + 2))
    assert field.ndao.take(path)[0].waits
    path.unlink()
    field.desk.enrol("pps-10", "pps", [HABI])
    whole = office_out(field.desk, field.stick, "ndao")
    assert [code_of(one) for one in field.ndao.take(whole)] == [None, "copy.head"]
    assert [code_of(one) for one in field.ndao.take(whole)] == [None]


HOPELESS: list[tuple[CustodyError, bool]] = [
    (Altered("copy.fork"), True),
    (Altered("guard.rollback"), False),
    (Malformed("bundle.notes"), True),
    (Malformed("device.form"), False),
    (KeyTrouble("device.sealed"), True),
    (Refused("outbox.unwritable"), False),
]


@pytest.mark.parametrize(("error", "gone"), HOPELESS, ids=[case[0].code for case in HOPELESS])
def test_only_what_is_wrong_itself_stops_waiting(error: CustodyError, gone: bool) -> None:
    assert kept.hopeless(error) is gone


def test_at_an_office_nothing_waits_for_entries(field: Field) -> None:
    like, path = genuine(field), field.stick / "palsu.bundle"
    with forged(path, thief(field), like, start=2**53 - 9) as writer:
        writer.entries(2**53 - 9, [b"bukan entri"])
    (found,) = office_takes(field.desk, path)
    assert (code_of(found), found.waits) == ("bundle.head", False)


def test_many_small_entries_are_bounded_as_few_big_ones_are(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "MOST_AHEAD", 1 << 16)
    like, path = genuine(field), field.stick / "banyak.bundle"
    with forged(path, thief(field), like) as writer:
        for at in range(4):
            writer.entries(like.start + 256 * at, [b"x"] * 256)
    assert code_of(field.ndao.take(path)[0]) == "bundle.ahead"


def test_no_more_refusals_are_remembered_than_an_answer_holds(field: Field) -> None:
    like, path = genuine(field), field.stick / "banyak.bundle"
    with forged(path, thief(field), like) as writer:
        for at in range(3):
            writer.notes([b"bukan pernyataan %d" % (256 * at + one) for one in range(256)])
    for (found,) in (office_takes(field.desk, path), field.ndao.take(path)):
        assert (found.whole, len(found.refused)) == (True, bundle.MOST_ANSWERS)


@pytest.mark.parametrize("room", [0, 1 << 20])
def test_private_rows_are_kept_in_portions_and_none_is_lost(field: Field, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    codes = printed(field, DPR, DPR2)
    field.ndao.take(office_out(field.desk, field.stick, None))
    like, path = genuine(field), field.stick / "kode.bundle"
    with forged(path, thief(field), like, to=field.ndao.key) as writer:
        for box, symbols in codes.items():
            writer.private(envelope.sealed(field.ndao.key, Rows((), (Code(symbols, box),)).format()))
    monkeypatch.setattr(hearing, "MOST_AHEAD", room)
    (found,) = field.ndao.take(path)
    assert (found.rows, found.strange_rows, found.trouble) == (2, 0, None)


def test_a_disk_that_is_full_keeps_no_half_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "asal").write_bytes(b"x" * 10)

    def full(_: object, target: Path) -> None:
        target.write_bytes(b"xx")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(OSError, match="No space"):
        kept._copy(tmp_path / "asal", tmp_path / "simpan" / "a.bundle")
    assert list((tmp_path / "simpan").iterdir()) == []


# -- secrets -------------------------------------------------------------------------------------------------------------------


def test_a_code_is_for_the_station_of_its_box_whatever_an_officer_writes(field: Field) -> None:
    """An officer of TPS 1 says that the code of a box of TPS 2, whose hash all can read, was printed for a box of his."""
    (symbols,) = printed(field, DPR2).values()
    with field.desk.open() as office:
        stations.admit(office, field.rote.key, [TPS])
        body = entry.parse(office.ledger.note(office.ledger.size - 1)).statement.body
        lines = [{**one, "box": DPR} for one in body["labels"]]
        office.submit([field.desk.signed(office.draft("label", labels=lines, reason=body["reason"]), "kpps-08-1")])
    field.rote.take(office_out(field.desk, field.stick, "rote"))
    with field.rote.open() as office:
        assert symbols not in {one.symbols for one in office.private.codes()}


@pytest.mark.parametrize(("signers", "opened"), [(("pps-08",), False), (("kpu-1", "polri-1"), True)], ids=["an officer", "authorities"])
def test_a_name_is_opened_only_for_an_enrolment_that_took_effect(field: Field, signers: tuple[str, ...], opened: bool) -> None:
    with field.desk.open() as office:
        hidden, opening = commit("name", "Orang Contoh", os.urandom(16))
        office.private.put_openings([opening])
        who = field.desk.people["pps-77"] = Person("pps-77")
        fields = {**dict.fromkeys(("number", "rank", "unit", "institution")), "name": hidden, "places": [HABI], "role": "pps"}
        drafted = office.draft("enrol", **fields, delegate=False, key=str(who.key), person=who.person)
        office.submit([field.desk.signed(drafted, *signers, "pps-77")])
    field.ndao.take(office_out(field.desk, field.stick, "ndao"))
    with field.ndao.open() as office:
        assert (office.private.opening(hidden["c"]) is not None) is opened


def test_a_code_is_kept_only_for_the_box_that_its_label_statement_names(field: Field) -> None:
    (symbols,) = printed(field, DPR).values()
    field.ndao.take(office_out(field.desk, field.stick, None))
    like = genuine(field)
    for name, box, rows in (("lain", DPR2, 0), ("tanpa", None, 0), ("benar", DPR, 1)):
        path = field.stick / f"{name}.bundle"
        with forged(path, thief(field), like, to=field.ndao.key) as writer:
            writer.private(envelope.sealed(field.ndao.key, Rows((), (Code(symbols, box),)).format()))
        (found,) = field.ndao.take(path)
        assert (found.rows, found.trouble) == (rows, None)


# -- a stolen device key -------------------------------------------------------------------------------------------------------


def test_a_size_that_no_ledger_key_signed_hides_no_entries_from_a_station(field: Field) -> None:
    path = field.stick / "besar.bundle"
    with forged(path, device.open_key(field.ndao.folder / "keys" / "device"), genuine(field), counter=2**53 - 1, seen=2**53 - 1):
        pass
    office_takes(field.desk, path)
    field.desk.enrol("pps-10", "pps", [HABI])
    assert office_takes(field.desk, field.ndao.out())[0].copied == (2**53 - 1,)
    field.ndao.take(office_out(field.desk, field.stick, "ndao"))
    assert ledger_size(field.ndao) == field.size()


def test_what_waits_is_read_again_only_when_a_key_was_entered(field: Field) -> None:
    """An office that serves: else every bundle of anybody costs the reading of all that anybody let wait."""
    from custody.assembly.serving import Serving

    stranger = Person("pps-99")
    field.desk.people["pps-99"] = stranger
    field.ndao.hand("kpps-08-1", "pps-08", TPS, HABI, [DPR])
    with field.ndao.open() as office:
        said = field.desk.signed(office.draft("correction", **REMARK), "pps-99")
    with forged(field.stick / "s.bundle", device.open_key(field.ndao.folder / "keys" / "device"), genuine(field), counter=900) as writer:
        writer.notes([said])
    with field.desk.open() as office:
        desk = Serving(office, os.urandom)
        assert desk.hear(field.stick / "s.bundle").stranger == "pps-99"
        (waits,) = hearing.waiting(office)
        waits.write_bytes(b"custody-bundle/v1\nrusak")  # whoever reads this takes it away
        assert desk.hear(field.ndao.out()).notes == 1 and waits.exists()
        person = {"number": None, "rank": None, "unit": None, "name": None, "delegate": False, "institution": None}
        enrol = office.draft("enrol", **person, key=str(stranger.key), person=stranger.person, places=[HABI], role="pps")
        office.submit([field.desk.signed(enrol, "kpu-1", "polri-1", "pps-99")])
        desk.hear(field.ndao.out())
        assert not waits.exists()


def test_one_station_cannot_fill_the_room_of_all(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_EACH", 2)
    field.desk.people["pps-99"] = Person("pps-99")
    with field.ndao.open() as office:
        said = field.desk.signed(office.draft("correction", **REMARK), "pps-99")
    like = genuine(field)
    told = []
    for at, one in enumerate((field.ndao, field.ndao, field.ndao, field.rote)):
        with forged(field.stick / f"w{at}.bundle", device.open_key(one.folder / "keys" / "device"), like, counter=900 + at) as writer:
            writer.notes([said])
        told += office_takes(field.desk, field.stick / f"w{at}.bundle")
    assert [code_of(one) for one in told] == [None, None, "bundle.waiting-full", None]


REMARK: dict[str, object] = {"about": ["ab" * 32], "boxes": [], "effect": "remark", "instead": None, "note": None, "reason": "other"}


def test_who_signs_more_than_anybody_can_is_counted_and_the_same_twice_is_one(field: Field) -> None:
    with field.ndao.open() as office:
        some = [field.desk.signed(office.draft("correction", **{**REMARK, "about": [f"{at:064x}"]}), "pps-08") for at in range(40)]
    like = genuine(field)
    for at, taker in enumerate((field.rote, None)):
        path = field.stick / f"banyak-{at}.bundle"
        with forged(path, thief(field), like, counter=at + 1) as writer:
            writer.notes([*some, some[0]])
        (found,) = field.rote.take(path) if taker else office_takes(field.desk, path)
        assert (found.notes, found.seen, found.signers["pps-08"]) == (40, 1, 40)
    assert field.rote.waits() == 40


def test_made_up_devices_make_place_for_others_and_never_one_that_was_admitted(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "MOST_OTHERS", 4)
    like = genuine(field)
    for at in range(5):
        with forged(field.stick / "x.bundle", thief(field, f"palsu{at}"), like):
            pass
        office_takes(field.desk, field.stick / "x.bundle")
    office_takes(field.desk, field.ndao.out())
    with field.desk.open(write=False) as office:
        names = [one.name for one in stations.others(office).all()]
    assert len(names) == 4 and {"ndao", "rote", "palsu4"} <= set(names)


def test_what_lies_ready_for_stations_has_one_room(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    from custody.assembly import serving

    monkeypatch.setattr(serving, "_LOOK", 0)
    with field.desk.open() as office:
        desk = serving.Serving(office, os.urandom)
        first = desk.bundle(field.ndao.key, 0, None, None)
        assert first is not None
        monkeypatch.setattr(serving, "ROOM", first.path.stat().st_size + 1)
        second = desk.bundle(field.rote.key, 0, None, None)
        assert second is not None and second.path.exists() and not first.path.exists()
        again = desk.bundle(field.ndao.key, 0, None, first.tag)  # it was being fetched: another one is given, under its own tag
        assert again is not None and again.tag != first.tag
