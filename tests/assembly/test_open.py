"""Opening an office: what is refused and how; sealed, recorded, drained; one live place."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from custody import assembly
from custody.core.errors import Altered, BadSignature, CustodyError, Locked, NoLedger, Refused, Undecided
from custody.ledger.folder import Folder, Identity
from custody.ledger.guard import Guard
from fixtures.smalloffice import MACHINE, SmallOffice
from fixtures.smallworld import place


@pytest.fixture
def office(tmp_path: Path) -> SmallOffice:
    return SmallOffice(tmp_path)


def kabupaten(office: SmallOffice, opened: assembly.Office, code: str = "5307") -> bytes:
    """A statement of two authorities."""
    row = place(code, "kabupaten", "Kabupaten Contoh", None)
    return office.signed(opened.draft("places", legs=[], places=[row]), "kpu-1", "polri-1")


def test_a_founded_office(office: SmallOffice) -> None:
    with office.open() as opened:
        assert (opened.ledger.size, opened.zone, opened.drill, opened.unlocked) == (1, "Asia/Makassar", False, True)
        assert opened.policy.logs[0].name == opened.origin == office.origin
        assert {card.name for card in opened.people()} == {f"Pejabat Contoh {house}" for house in ("kpu", "polri", "bawaslu")}


def test_submitting_seals_and_the_next_draft_has_seen_it(office: SmallOffice) -> None:
    with office.open() as opened:
        done = opened.submit([kabupaten(office, opened)])
        assert done.sealed and [receipt.index for receipt in done.receipts] == [1]
        seen = opened.draft("places", legs=[], places=[]).body["seen"]
        assert seen["size"] == 2
        assert opened.ledger.head().root.hex() == seen["root"]


def damage_newer(folder: Folder) -> None:
    folder.settings.write_text(folder.settings.read_text().replace("format = 1", "format = 2"))


def damage_identity(folder: Folder) -> None:
    identity = Identity.read(folder.settings)
    assert identity is not None
    folder.settings.write_text(folder.settings.read_text().replace(identity.founding, "ab" * 32))


OPENINGS = [
    ("nothing there", lambda folder: shutil.rmtree(folder.path), NoLedger, "ledger.none"),
    ("an empty folder", lambda folder: [shutil.rmtree(folder.path), folder.path.mkdir()], NoLedger, "ledger.none"),
    ("no database, founding begun", lambda folder: folder.db.unlink(), NoLedger, "ledger.unfounded"),
    ("a database of somebody else", lambda folder: folder.db.write_bytes(b"x" * 4096), CustodyError, "store.damaged"),
    ("a newer format", damage_newer, NoLedger, "store.newer"),
    ("another ledger's settings", damage_identity, Altered, "ledger.identity"),
    ("settings that are none", lambda folder: folder.settings.write_text("format = "), CustodyError, "ledger.settings"),
    ("settings without a bottom", lambda folder: folder.settings.write_text("a = " + "[" * 20_000), CustodyError, "ledger.settings"),
    ("no private register", lambda folder: folder.private.unlink(), NoLedger, "store.missing"),
]


@pytest.mark.parametrize(("name", "harm", "kind", "code"), OPENINGS, ids=[case[0] for case in OPENINGS])
def test_what_cannot_be_opened(office: SmallOffice, name: str, harm: object, kind: type[CustodyError], code: str) -> None:
    for extra in office.folder.glob("*.db-*"):
        extra.unlink()
    harm(Folder(office.folder))  # type: ignore[operator]
    with pytest.raises(kind) as refusal, office.open():
        pass
    assert refusal.value.code == code


class Beside:
    """The guard as it is, reached so many times only after another process has appended."""

    def __init__(self, guard: Guard, append: Callable[[], None], times: int) -> None:
        self._guard, self._append, self.left = guard, append, times

    def check(self, head: bytes | None, root_at: Callable[[int], bytes]) -> None:
        if self.left:
            self.left -= 1
            self._append()
        self._guard.check(head, root_at)


@pytest.mark.parametrize(("times", "refused"), [(0, False), (1, False), (2, False), (3, True)])
def test_another_process_appends_between_a_look_at_the_store_and_one_at_the_guard(office: SmallOffice, times: int, refused: bool) -> None:
    """A fresh look settles it; one who appends each time would look like a store that was put back, and is refused in the end."""
    codes = iter(("5307", "5308", "5309"))

    def append() -> None:
        with office.open() as other:
            other.submit([kabupaten(office, other, next(codes))])

    with office.open() as opened:
        beside = replace(opened, guard=cast("Guard", Beside(opened.guard, append, times)))
        if refused:
            with pytest.raises(Altered, match=r"guard\.behind"):
                beside.check_place()
        else:
            beside.check_place()
        assert opened.ledger.refresh() == 1 + times


def test_a_store_that_was_put_back_stays_behind_however_often_one_looks(office: SmallOffice) -> None:
    copy = office.root / "copy"
    with office.open():
        shutil.copytree(office.folder, copy)
    with office.open() as opened:
        opened.submit([kabupaten(office, opened)])
    shutil.rmtree(office.folder)
    copy.rename(office.folder)
    with pytest.raises(Altered, match=r"guard\.behind"), office.open():
        pass


def test_settings_that_are_gone_harm_nothing(office: SmallOffice) -> None:
    (office.folder / "custody.toml").unlink()
    with office.open() as opened:
        assert opened.ledger.size == 1


def test_a_copy_at_another_path_may_be_read_and_not_written(office: SmallOffice) -> None:
    copy = office.root / "copy"
    shutil.copytree(office.folder, copy)
    with office.open(write=False, folder=copy) as opened:
        assert opened.ledger.size == 1
    with pytest.raises(Refused) as refusal, office.open(folder=copy):
        pass
    assert refusal.value.code == "guard.path"


ELSEWHERE = [
    ("another machine", {"machine": "cd" * 16}, "guard.machine"),
    ("a machine that never saw it", {"state": "other-state"}, "guard.missing"),
]


@pytest.mark.parametrize(("name", "where", "code"), ELSEWHERE, ids=[case[0] for case in ELSEWHERE])
def test_elsewhere(office: SmallOffice, name: str, where: dict[str, str], code: str) -> None:
    given = {key: office.root / value if key == "state" else value for key, value in where.items()}
    with pytest.raises(Refused) as refusal, office.open(**given):  # type: ignore[arg-type]
        pass
    assert refusal.value.code == code


def test_an_older_copy_in_the_same_place_is_refused(office: SmallOffice) -> None:
    kept = office.root / "kept"
    shutil.copytree(office.folder, kept)
    with office.open() as opened:
        opened.submit([kabupaten(office, opened)])
    shutil.rmtree(office.folder)
    kept.rename(office.folder)
    with pytest.raises(Altered) as refusal, office.open():
        pass
    assert refusal.value.code == "guard.behind"


def test_a_network_share_is_refused(office: SmallOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("custody.store.mounts.system_kind", lambda folder: "cifs")
    with pytest.raises(Refused) as refusal, office.open(write=False):
        pass
    assert refusal.value.code == "store.network"


def test_an_error_inside_the_block_closes_the_office(office: SmallOffice) -> None:
    with pytest.raises(ZeroDivisionError), office.open():
        raise ZeroDivisionError
    with office.open() as opened:
        assert opened.submit([kabupaten(office, opened)]).sealed


POLICIES = [
    ("gone", None, "ledger.policy.missing"),
    ("of no ledger", b"quorum none\n", "ledger.policy.foreign"),
]


@pytest.mark.parametrize(("name", "data", "code"), POLICIES, ids=[case[0] for case in POLICIES])
def test_trust_files(office: SmallOffice, name: str, data: bytes | None, code: str) -> None:
    path = Folder(office.folder).policy
    path.unlink()
    if data is not None:
        path.write_bytes(data)
    with office.open(write=False) as opened, pytest.raises(Undecided) as refusal:
        _ = opened.policy
    assert refusal.value.code == code


# --- while the ledger key is locked


@pytest.fixture
def shut(tmp_path: Path) -> SmallOffice:
    """A ledger whose key nobody has unlocked."""
    return SmallOffice(tmp_path, use="unlocked", passphrase=b"sandi contoh")


def test_recorded_and_not_sealed(shut: SmallOffice) -> None:
    with shut.open() as opened:
        assert not opened.unlocked
        done = opened.submit([kabupaten(shut, opened)])
        assert not done.sealed and done.receipts == () and all(path.exists() for path in done.saved)
        assert opened.ledger.size == 1


def test_what_is_not_authentic_is_not_kept_either(shut: SmallOffice) -> None:
    with shut.open() as opened:
        note = kabupaten(shut, opened)
        with pytest.raises(BadSignature):
            opened.submit([note.replace(b"Kabupaten Contoh", b"Kabupaten Condoh")])
        assert opened.outbox.pending() == []


def test_what_waited_comes_first(shut: SmallOffice) -> None:
    with shut.open() as opened:
        opened.submit([kabupaten(shut, opened, "5307")])
        later = kabupaten(shut, opened, "5308")
    with assembly.open_office(
        shut.folder, state_dir=shut.state, clock=shut.clock, write=True, ledger_key=lambda founding, origin: shut, machine=MACHINE
    ) as opened:
        assert opened.unlocked
        assert [receipt.index for receipt in opened.submit([later]).receipts] == [2]
        assert opened.outbox.pending() == []


def test_flushing_while_locked_says_so_and_keeps_everything(shut: SmallOffice) -> None:
    with shut.open() as opened:
        opened.submit([kabupaten(shut, opened)])
        with pytest.raises(Locked) as refusal:
            opened.flush()
        assert refusal.value.code == "ledger.locked"
        assert len(opened.outbox.pending()) == 1


# --- founding, cut short at every step


STEPS = ["custody.store.private.PrivateRegister.put_openings", "custody.core.policy.Policy.format", "custody.ledger.folder.Identity.text"]


@pytest.mark.parametrize("step", STEPS)
def test_a_founding_that_was_cut_short_is_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    class Cut(Exception):
        """The power went."""

    def cut(*_: object) -> None:
        raise Cut

    with monkeypatch.context() as patch:
        patch.setattr(step, cut)
        with pytest.raises(Cut):
            SmallOffice(tmp_path)
    office = SmallOffice.__new__(SmallOffice)
    office.__dict__.update(_pieces(tmp_path))
    note = office.ceremony.complete(office.key, office.ledger_signing.sign)
    assembly.found(office.folder, note, office, office.ceremony.openings, state_dir=office.state, machine=MACHINE)
    with office.open() as opened:
        assert opened.ledger.size == 1 and opened.people()[0].name is not None


def _pieces(root: Path) -> dict[str, object]:
    """An office as its folder has it, without founding it."""
    from custody.core.ed25519 import SigningKey
    from custody.ledger import ceremony
    from fixtures.smalloffice import Clock, fixed_random

    held = ceremony.open_ceremony(root / "ledger" / "founding")
    signing = SigningKey.from_seed(fixed_random("ledger key")(32))
    return {
        "root": root, "folder": root / "ledger", "state": root / "state", "clock": Clock(), "people": {},
        "ceremony": held, "founding": held.statement, "ledger_signing": signing,
    }  # fmt: skip


def test_another_founding_in_the_same_folder_is_refused(office: SmallOffice, tmp_path: Path) -> None:
    other = SmallOffice(tmp_path / "other", domain="lain")
    note = other.ceremony.complete(other.key, other.ledger_signing.sign)
    with pytest.raises(CustodyError) as refusal:
        assembly.found(office.folder, note, other, state_dir=office.state, machine=MACHINE)
    assert refusal.value.code in ("ledger.founded", "entry.second-founding", "entry.foreign")
