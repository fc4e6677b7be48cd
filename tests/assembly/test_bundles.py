"""Stations and bundles with real folders: what travels arrives once, whatever the order; what is wrong is told and harms nothing."""

import io
import os
import resource
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from custody.assembly import hearing, sending, stations
from custody.core import bundle, labelcode, note
from custody.core.bundle import Address, Answers, Refusal
from custody.core.errors import Altered, CustodyError, Locked, NoLedger, Refused
from custody.core.fork import Fork
from custody.core.merkle import leaf_hash
from custody.core.private import seal as commit
from custody.station import device
from custody.station.address import keep_address, read_address
from custody.store.private import PlainCode
from fixtures.daydesk import DayDesk
from fixtures.laptops import Laptop, judged, office_out, office_takes
from fixtures.smalloffice import fixed_random

HABI = "5307192008"
TPS, TPS2 = f"{HABI}-001", f"{HABI}-002"
DPR, PPWP = f"PEM24-{TPS}-DPR-1", f"PEM24-{TPS}-PPWP-1"
DPR2 = f"PEM24-{TPS2}-DPR-1"


class Field:
    """The office and its two stations."""

    def __init__(self, root: Path, **changes: Any) -> None:
        self.desk = DayDesk(root / "desk", (HABI,), **changes)
        self.stick = root / "stick"
        self.ndao = Laptop(self.desk, "ndao", HABI, stick=self.stick)
        self.rote = Laptop(self.desk, "rote", stick=self.stick)
        for path in self.stick.iterdir():
            path.unlink()

    def office(self, *boxes: str) -> dict[str, Any]:
        with self.desk.open(write=False) as office:
            return judged(office, *boxes)

    def size(self) -> int:
        with self.desk.open(write=False) as office:
            return office.ledger.size


@pytest.fixture
def field(tmp_path: Path) -> Field:
    return Field(tmp_path)


def shape(told: dict[str, Any]) -> dict[str, Any]:
    """What people see of judged boxes: status, holder, place, findings; entry numbers are those of the ledger alone."""
    return {
        box: (state.status, state.holding and (state.holding.holder, state.holding.place), found) for box, (state, found) in told.items()
    }


# -- the way there and back ----------------------------------------------------------------------------------------------------


def test_what_is_signed_away_counts_there_at_once_and_is_the_same_when_it_is_in_the_ledger(field: Field) -> None:
    field.ndao.hand("kpps-08-1", "pps-08", TPS, HABI, [DPR, PPWP])
    field.ndao.hand("pps-08", "ppk-1", HABI, "530719", [DPR])  # goes on from what waits
    away = shape(field.ndao.judge(DPR, PPWP))
    assert away[DPR][:2] == ("ok", ("ppk-1", "530719")) and away[PPWP][:2] == ("ok", ("pps-08", HABI))
    assert (field.ndao.waits(), field.office(DPR)[DPR][0].holding) == (2, None)
    told = office_takes(field.desk, field.ndao.out())
    assert (told[0].notes, told[0].whole) == (2, True)
    assert shape(field.office(DPR, PPWP)) == away
    assert field.ndao.waits() == 2  # sent is not delivered
    told = field.ndao.take(office_out(field.desk, field.stick, "ndao"))
    assert (told[0].entries, told[0].delivered, field.ndao.waits()) == (2, 2, 0)
    assert shape(field.ndao.judge(DPR, PPWP)) == away


def test_reading_again_and_in_another_order_brings_nothing_and_loses_nothing(field: Field) -> None:
    field.ndao.hand("kpps-08-1", "pps-08", TPS, HABI, [DPR])
    first = field.ndao.out()
    field.ndao.hand("pps-08", "ppk-1", HABI, "530719", [DPR])
    second = field.ndao.out()
    told = office_takes(field.desk, second, first, second, first)
    assert [one.notes for one in told] == [2, 0, 0, 0] and all(one.whole for one in told)
    size, stands = field.size(), shape(field.office(DPR))
    assert office_takes(field.desk, first)[0].seen == 1
    assert (field.size(), shape(field.office(DPR))) == (size, stands)


def test_a_lost_laptop_is_recovered_from_what_another_carries(field: Field) -> None:
    field.ndao.hand("kpps-08-1", "pps-08", TPS, HABI, [DPR])
    field.rote.take(field.ndao.out())
    away = shape(field.ndao.judge(DPR))
    shutil.rmtree(field.ndao.root)
    assert shape(field.rote.judge(DPR)) == away
    office_takes(field.desk, field.rote.out())
    assert shape(field.office(DPR)) == away


def test_a_contradiction_is_kept_on_both_sides_and_is_the_same_dispute_everywhere(field: Field) -> None:
    field.desk.enrol("pps-09", "pps", [HABI])
    for laptop in (field.ndao, field.rote):
        laptop.take(office_out(field.desk, field.stick, laptop.name))
    field.ndao.hand("kpps-08-1", "pps-08", TPS, HABI, [DPR])
    field.rote.hand("kpps-08-1", "pps-09", TPS, HABI, [DPR])
    assert [one.judge(DPR)[DPR][0].status for one in (field.ndao, field.rote)] == ["ok", "ok"]
    from_ndao, from_rote = field.ndao.out(), field.rote.out()
    field.ndao.take(from_rote)
    field.rote.take(from_ndao)
    told = shape(field.ndao.judge(DPR))
    assert told[DPR][0] == "disputed" and told[DPR][2].count("box.disputed") == 1
    assert shape(field.rote.judge(DPR)) == told
    office_takes(field.desk, from_rote, from_ndao)
    assert shape(field.office(DPR)) == told
    for laptop in (field.ndao, field.rote):
        laptop.take(office_out(field.desk, field.stick, laptop.name))
        assert laptop.waits() == 0 and shape(laptop.judge(DPR)) == told


def test_while_the_ledger_key_is_locked_what_comes_waits_at_the_office(tmp_path: Path) -> None:
    field = Field(tmp_path, use="unlocked", passphrase=b"sandi contoh")
    field.ndao.hand("kpps-08-1", "pps-08", TPS, HABI, [DPR])
    path, size = field.ndao.out(), field.size()
    with stations_office(field, locked=True) as office:
        told = hearing.hear_all(office, [path, path])
        assert [(one.notes, one.seen) for one in told] == [(1, 0), (0, 1)] and len(office.outbox.pending()) == 1
    with field.desk.open() as office:
        assert len(office.flush()) == 1 and office.ledger.size == size + 1


@contextmanager
def stations_office(field: Field, locked: bool) -> Iterator[Any]:
    from custody.assembly import open_office

    with open_office(field.desk.folder, state_dir=field.desk.state, clock=field.desk.clock, write=True) as office:
        assert office.unlocked is not locked
        yield office


# -- what is not whole ---------------------------------------------------------------------------------------------------------


def test_a_cut_bundle_is_used_as_far_as_it_is_whole(field: Field) -> None:
    for name in ("pps-10", "pps-11", "pps-12"):
        field.desk.enrol(name, "pps", [HABI])
    path = office_out(field.desk, field.stick, "ndao")
    data, before = path.read_bytes(), ledger_size(field.ndao)
    reached = set()
    for part in range(1, 12):
        path.write_bytes(data[: len(data) * part // 12])
        told = field.ndao.take(path)
        assert told[0].trouble is not None and told[0].trouble.code == "bundle.cut"
        assert ledger_size(field.ndao) >= before
        reached.add(ledger_size(field.ndao))
    path.write_bytes(data)
    assert field.ndao.take(path)[0].trouble is None and ledger_size(field.ndao) == field.size()


def test_a_hole_is_told_and_what_comes_behind_it_is_kept_until_it_is_filled(field: Field) -> None:
    start = field.size()
    field.desk.enrol("pps-10", "pps", [HABI])
    first = office_out(field.desk, field.stick, "ndao", start)
    field.desk.enrol("pps-11", "pps", [HABI])
    second = office_out(field.desk, field.stick, "ndao", start + 1)
    told = field.ndao.take(second)
    assert (told[0].missing, told[0].entries, told[0].waits) == (start + 1, 0, True)
    second.unlink()  # the stick is gone
    told = field.ndao.take(first)
    assert sum(one.entries for one in told) == 2 and ledger_size(field.ndao) == start + 2
    with field.ndao.open() as office:
        assert hearing.waiting(office) == []


def test_a_statement_by_a_key_that_is_not_enrolled_here_yet_waits_for_the_enrolment(field: Field) -> None:
    field.desk.enrol("pps-10", "pps", [HABI])
    field.rote.take(office_out(field.desk, field.stick, "rote"))
    field.rote.hand("kpps-08-1", "pps-10", TPS, HABI, [DPR])
    from_rote = field.rote.out()
    told = field.ndao.take(from_rote)
    assert (told[0].stranger, told[0].notes) == ("pps-10", 0)
    from_rote.unlink()
    told = field.ndao.take(office_out(field.desk, field.stick, "ndao"))
    assert field.ndao.waits() == 1 and field.ndao.judge(DPR)[DPR][0].holding.holder == "pps-10"


def test_a_stick_that_is_full_leaves_nothing_half_done_and_the_next_bundle_brings_all(field: Field) -> None:
    field.ndao.hand("kpps-08-1", "pps-08", TPS, HABI, [DPR])
    with field.ndao.open() as office, small_disk(1_500), pytest.raises(Refused, match=r"bundle\.unwritable"):
        sending.write(office, field.stick, sending.receiver(office, None), field.ndao.random)
    assert list(field.stick.iterdir()) == [] and field.ndao.waits() == 1
    office_takes(field.desk, field.ndao.out())
    assert field.office(DPR)[DPR][0].holding.holder == "pps-08"


@contextmanager
def small_disk(most: int) -> Iterator[None]:
    """No file may grow beyond so many bytes."""
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


# -- what is wrong -------------------------------------------------------------------------------------------------------------


def ledger_size(laptop: Laptop) -> int:
    with laptop.open(write=False) as office:
        return office.ledger.size


def rewritten(laptop: Laptop, path: Path, change: Callable[[bytes], bytes]) -> Path:
    """A bundle whose entries somebody changed on the way, signed anew by a device of his own."""
    key = device.open_key(laptop.folder / "keys" / "device")
    target = path.with_name("palsu.bundle")
    with path.open("rb") as source, target.open("wb") as file:
        reader = bundle.Reader(source.read)
        head = reader.head
        sender = bundle.Head(head.at, 1, key.public, head.ledger, "ff" * 16, head.head, head.sig, head.start, head.to)
        writer = bundle.Writer(file.write, sender, key.line)
        for part in reader:
            if part.kind == "entries":
                writer.entries(part.start or 0, [change(one) for one in part.notes()])
            elif part.kind == "checkpoint":
                writer.checkpoint(part.start or 0, part.data)
        writer.end()
    return target


CHANGES: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("a letter", lambda one: one.replace(b'"pps"', b'"ppk"')),
    ("a signature", lambda one: one[:-4] + b"A=\n" if one.endswith(b"=\n") else one),
    ("another entry", lambda one: one.replace(b"custody/enrol/v1", b"custody/revoke/v1")),
]


@pytest.mark.parametrize(("name", "change"), CHANGES, ids=[case[0] for case in CHANGES])
def test_entries_changed_on_the_way_are_not_taken(field: Field, name: str, change: Callable[[bytes], bytes]) -> None:
    field.desk.enrol("pps-10", "pps", [HABI])
    before = ledger_size(field.ndao)
    path = office_out(field.desk, field.stick, "ndao")
    told = field.ndao.take(rewritten(field.rote, path, change))
    assert told[0].trouble is not None and told[0].trouble.code == "copy.unlike" and told[0].evidence is not None
    assert ledger_size(field.ndao) == before
    assert field.ndao.take(path)[0].entries == 1


def test_a_second_history_under_the_ledger_key_is_kept_as_evidence_and_changes_nothing(field: Field) -> None:
    twin = DayDesk.__new__(DayDesk)
    twin.__dict__.update(field.desk.__dict__)
    twin.root = field.desk.root / "twin"
    shutil.copytree(field.desk.folder, twin.root / "ledger")
    shutil.copytree(field.desk.state, twin.root / "state")
    field.desk.enrol("pps-10", "pps", [HABI])
    field.ndao.take(office_out(field.desk, field.stick, "ndao"))
    shutil.rmtree(field.desk.folder)
    shutil.rmtree(field.desk.state)
    shutil.move(twin.root / "ledger", field.desk.folder)  # the ledger as it was before, put back together with its guard
    shutil.move(twin.root / "state", field.desk.state)
    field.desk.enrol("pps-66", "pps", [HABI])
    before = ledger_size(field.ndao)
    told = field.ndao.take(office_out(field.desk, field.stick, None))
    assert told[0].trouble is not None and (told[0].trouble.code, type(told[0].trouble)) == ("copy.fork", Altered)
    assert told[0].evidence is not None and told[0].evidence.exists() and ledger_size(field.ndao) == before
    assert told[0].proof is not None
    with field.desk.open(write=False) as office:
        earlier, later = Fork.parse(told[0].proof.read_bytes()).verify(office.policy)  # to anyone who has the trust file
    assert earlier.size <= later.size == before
    told = office_takes(field.desk, field.ndao.out())
    assert told[0].trouble is not None and told[0].trouble.code == "copy.fork"  # the office hears of it from the laptop


def test_an_office_that_was_put_back_hears_that_it_is_behind(field: Field) -> None:
    shutil.copytree(field.desk.folder, field.desk.root / "old")
    shutil.copytree(field.desk.state, field.desk.root / "old-state")
    field.desk.enrol("pps-10", "pps", [HABI])
    field.ndao.take(office_out(field.desk, field.stick, "ndao"))
    whole = field.ndao.out(start=0)
    shutil.rmtree(field.desk.folder)
    shutil.rmtree(field.desk.state)
    shutil.move(field.desk.root / "old", field.desk.folder)
    shutil.move(field.desk.root / "old-state", field.desk.state)
    told = office_takes(field.desk, whole)
    assert told[0].trouble is not None and told[0].trouble.code == "bundle.office-behind"


def test_a_copied_laptop_is_recognised_and_nothing_is_refused_for_it(field: Field) -> None:
    copy = field.ndao.root / "salinan"
    shutil.copytree(field.ndao.folder, copy)
    with pytest.raises(Refused, match=r"guard\.missing"), field.ndao.open(state=field.ndao.root / "other", folder=copy):
        pass
    with pytest.raises(Refused, match=r"guard\.machine"), field.ndao.open(machine="ef" * 16):
        pass
    image = field.ndao.root.parent / "image"
    shutil.copytree(field.ndao.root, image)  # the whole disk
    field.ndao.hand("kpps-08-1", "pps-08", TPS, HABI, [DPR])
    first = field.ndao.out()
    shutil.rmtree(field.ndao.root)
    shutil.move(image, field.ndao.root)
    field.ndao.hand("kpps-08-2", "pps-08", TPS2, HABI, [DPR2])
    field.ndao.random = fixed_random("the other laptop")
    second = field.ndao.out(stick=field.desk.root)
    told = office_takes(field.desk, first, second)
    assert [one.copied for one in told] == [(), (1,)] and [one.notes for one in told] == [1, 1]
    with field.desk.open() as office:
        (known,) = stations.others(office).named("ndao")
        assert known.copied == (1,)


def test_a_bundle_of_another_ledger_is_refused(field: Field, tmp_path: Path) -> None:
    other = DayDesk(tmp_path / "lain", (HABI,), operation="Operasi Lain")
    told = field.ndao.take(office_out(other, field.stick, None))
    assert told[0].trouble is not None and told[0].trouble.code == "bundle.other-ledger"


def test_what_nobody_signed_well_is_refused_told_and_answered(field: Field) -> None:
    with field.ndao.open() as office:
        good = field.desk.signed(remark(office), "guard-1")
        text, lines = note.split(good)
        forged = note.join(text, [lines[0]._replace(signature=bytes(64))])
        office.outbox.save_all([good, forged])
    told = office_takes(field.desk, field.ndao.out())
    assert told[0].notes == 1 and [one.code for one in told[0].refused] == ["signature.bad"]
    told = field.ndao.take(office_out(field.desk, field.stick, "ndao"))
    assert [one.code for one in told[0].refused] == ["signature.bad"] and field.ndao.waits() == 0
    with field.ndao.open() as office:
        assert [one.note for one in office.outbox.refused()] == [forged]


def test_answers_of_anybody_but_the_office_move_nothing(field: Field) -> None:
    field.ndao.hand("kpps-08-1", "pps-08", TPS, HABI, [DPR])
    with field.ndao.open() as office:
        (waiting,) = office.outbox.pending()
    refusal = Refusal(leaf_hash(waiting.note).hex(), "00" * 32, "signature.bad", "{}")
    key = device.open_key(field.rote.folder / "keys" / "device")
    path = field.stick / "palsu.bundle"
    with field.rote.open() as office, path.open("wb") as file:
        head = sending._head(office, key.public, field.ndao.key, 1, fixed_random("head"), office.ledger.size)
        writer = bundle.Writer(file.write, head, key.line)
        writer.answers(Answers((), (refusal,)))
        writer.end()
    told = field.ndao.take(path)
    assert told[0].refused == [] and field.ndao.waits() == 1


def test_answers_put_behind_the_head_of_another_bundle_move_nothing(field: Field) -> None:
    """Whoever carries a bundle of the office can write parts behind its head, but not the end."""
    field.ndao.hand("kpps-08-1", "pps-08", TPS, HABI, [DPR])
    with field.ndao.open() as office:
        (waiting,) = office.outbox.pending()
    path = office_out(field.desk, field.stick, "ndao")
    with path.open("rb") as file:
        head = bundle.Reader(file.read).head
        beginning = path.read_bytes()[: file.tell()]
    forged = io.BytesIO()
    writer = bundle.Writer(forged.write, head, device.open_key(field.rote.folder / "keys" / "device").line)
    whole = forged.tell()
    writer.answers(Answers((), (Refusal(leaf_hash(waiting.note).hex(), "00" * 32, "signature.bad", "{}"),), Address("http://palsu.contoh")))
    path.write_bytes(beginning + forged.getvalue()[whole:])
    told = field.ndao.take(path)
    assert told[0].trouble is not None and told[0].trouble.code == "bundle.cut"
    assert told[0].refused == [] and field.ndao.waits() == 1
    assert not (field.ndao.folder / "address.json").exists()


def test_the_address_of_the_office_travels_with_its_answers(field: Field) -> None:
    first, second = Address("https://kantor.contoh:8427", "QUJD"), Address("https://192.0.2.7:8427")
    for one in (first, second):
        keep_address(field.desk.folder / "address.json", one)
        field.ndao.take(office_out(field.desk, field.stick, "ndao"))
        assert read_address(field.ndao.folder / "address.json") == one
    (field.desk.folder / "address.json").unlink()  # an office that serves no more takes back nothing
    field.ndao.take(office_out(field.desk, field.stick, "ndao"))
    assert read_address(field.ndao.folder / "address.json") == second


def remark(office: Any) -> Any:
    return office.draft("correction", about=["ab" * 32], boxes=[], effect="remark", instead=None, note=None, reason="other")


# -- private rows --------------------------------------------------------------------------------------------------------------


def printed(field: Field, *boxes: str) -> dict[str, str]:
    """Labels of these boxes printed at the office; the codes."""
    from custody_cli.papers import labelling

    with field.desk.open() as office:
        drawn = labelling.draw(office, list(boxes), fixed_random("labels"))
        labelling.log(office, drawn, field.desk.seat("label", "kasatops-1"), "first")
    return {str(one.box): one.symbols for one in drawn}


def test_codes_travel_only_to_the_station_of_their_place(field: Field) -> None:
    codes = printed(field, DPR, PPWP)
    for laptop in (field.ndao, field.rote):
        laptop.take(office_out(field.desk, field.stick, laptop.name))
    with field.ndao.open() as office:
        assert {one.symbols for box in (DPR, PPWP) for one in office.private.codes_of(box)} == set(codes.values())
    with field.rote.open() as office:
        assert office.private.codes_of(DPR) == []


def test_nobody_but_the_receiver_opens_private_rows(field: Field) -> None:
    codes = printed(field, DPR)
    path = office_out(field.desk, field.stick, "ndao")
    assert all(code.encode() not in path.read_bytes() for code in codes.values())
    told = field.rote.take(path)
    assert told[0].trouble is None and told[0].rows == 0
    with field.rote.open() as office:
        assert office.private.codes_of(DPR) == []


def test_codes_printed_away_reach_the_office_even_when_others_carried_the_statement(field: Field) -> None:
    from custody_cli.papers import labelling

    with field.ndao.open() as office:
        drawn = labelling.draw(office, [DPR], fixed_random("labels"))
        labelling.log(office, drawn, field.desk.seat("label", "kasatops-1"), "first")
    field.rote.take(field.ndao.out())
    office_takes(field.desk, field.rote.out())
    with field.desk.open() as office:
        assert office.private.codes_of(DPR) == []  # the statement alone has come
    field.ndao.take(office_out(field.desk, field.stick, "ndao"))
    assert field.ndao.waits() == 0
    office_takes(field.desk, field.ndao.out())
    with field.desk.open() as office:
        assert [one.symbols for one in office.private.codes_of(DPR)] == [drawn[0].symbols]
    field.ndao.take(office_out(field.desk, field.stick, "ndao"))
    with field.ndao.open() as office:
        assert office.device is not None and office.device.owed == ()


def test_rows_that_open_nothing_are_not_kept(field: Field) -> None:
    with field.ndao.open() as office:
        symbols = next(filter(None, map(labelcode.from_random, (fixed_random(str(at))(10) for at in range(99)))))
        office.private.put_codes([PlainCode(labelcode.commitment(symbols, office.founding.sid), symbols, DPR)])
        _, opening = commit("name", "Orang Contoh", bytes(16))
        office.private.put_openings([opening])
        lost = [labelcode.commitment(symbols, office.founding.sid).hex(), opening.commitment()]
        assert office.device is not None
        office.device.owing(dict.fromkeys(lost)).write(office.folder.device)
    told = office_takes(field.desk, field.ndao.out())
    assert (told[0].rows, told[0].strange_rows) == (0, 2)


# -- becoming a station --------------------------------------------------------------------------------------------------------


def test_a_station_says_what_it_lacks_before_it_is_one(field: Field, tmp_path: Path) -> None:
    from custody.assembly import joining

    whole = office_out(field.desk, field.stick, None)
    office_takes(field.desk, field.ndao.out())  # so that it is known what it has
    late = office_out(field.desk, field.stick, "ndao")
    with pytest.raises(Refused, match=r"station\.no-key"):
        joining.join(tmp_path / "baru", whole, state_dir=tmp_path / "s", clock=field.ndao.clock)
    fresh = Laptop(field.desk, "baru", stick=field.stick, begin=False)
    for foreign in (whole, late):
        with pytest.raises(Refused, match=r"station\.not-for-you"):
            joining.join(fresh.folder, foreign, state_dir=fresh.state, clock=fresh.clock)
    with field.desk.open() as office:
        stations.admit(office, fresh.key, [])
    with pytest.raises(Refused, match=r"station\.not-whole"):
        late = office_out(field.desk, field.stick, "baru", 3)
        joining.join(fresh.folder, late, state_dir=fresh.state, clock=fresh.clock)
    whole = office_out(field.desk, field.stick, "baru", 0)
    cut = field.stick / "potong.bundle"
    cut.write_bytes(whole.read_bytes()[:-1])
    told = trouble_of(lambda: joining.join(fresh.folder, cut, state_dir=fresh.state, clock=fresh.clock))
    assert told == "bundle.cut"
    with pytest.raises((NoLedger, CustodyError)):
        stations.request(field.ndao.folder, "lain", os.urandom)


def trouble_of(work: Callable[[], object]) -> str:
    try:
        work()
    except CustodyError as error:
        return error.code
    return ""


def test_a_name_belongs_to_one_laptop(field: Field, tmp_path: Path) -> None:
    key = stations.request(tmp_path / "kedua", "ndao", os.urandom)
    with field.desk.open() as office, pytest.raises(Refused, match=r"station\.name-taken"):
        stations.admit(office, key, [])


def test_a_station_never_appends(field: Field) -> None:
    with field.ndao.open() as office:
        made = field.desk.signed(remark(office), "guard-1")
        with pytest.raises(Locked, match=r"ledger\.locked"):
            office.ledger.append([made])
        assert not office.submit([made]).sealed
