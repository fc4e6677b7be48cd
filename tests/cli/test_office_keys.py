"""custody key: invitations, proofs, enrolment once signed, at one table, by sheets, by a supervisor; revocation."""

import base64
import hashlib
import json
from pathlib import Path

import pytest

from custody.core import canonical, labelcode
from custody.ledger import sheet as sheets
from custody.ledger.sheet import Draft, Sheet
from custody.station import people
from fixtures.smallworld import World
from tests.cli.harness import Desk
from tests.cli.office_kit import PASSPHRASE, OfficeDesk

PEOPLE = """nama,pangkat,nrp,satuan,peran,tempat,lembaga
Petugas Contoh Satu,Bripka,87010001,Polsek Contoh,penjaga,Kangae,polri
Petugas Contoh Dua,,,,pps,Habi,kpu
Petugas Contoh Tiga,,3301,,kpps,TPS 3 Habi,kpu
Petugas Contoh Satu,Bripka,87010001,Polsek Contoh,pengawal,Kangae,polri
"""


@pytest.fixture
def office(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> OfficeDesk:
    OfficeDesk.cheap(monkeypatch)
    made = OfficeDesk(desk)
    made.found()
    made.kangae()
    return made


def invited(office: OfficeDesk, text: str = PEOPLE) -> list[Path]:
    (office.folder / "people.csv").write_text(text, "utf-8")
    made = office.json("key", "batch", "people.csv", "--out", "invitations", "--yes")
    return [office.folder / "invitations" / f"{name}.invitation" for name in made["invitations"]]


def proven(office: OfficeDesk, invitation: Path) -> str:
    """The person's part, on a stick of its own."""
    name = invitation.stem
    office.json("key", "new", "--invitation", str(invitation), "--passphrase-file", office.word, "--yes", "--out", f"{name}.key")
    return f"{name}.proof"


def test_from_a_list_to_enrolled_keys(office: OfficeDesk) -> None:
    files = invited(office)
    assert [path.stem for path in files] == ["jaga-1", "pps-1", "kpps-1", "pengawal-1"]
    assert all(path.stat().st_size > 0 for path in files)
    proofs = [proven(office, path) for path in files]
    answer = office.json("key", "enrol", *proofs, *office.signers())
    assert sorted(answer["enrolled"]) == ["jaga-1", "kpps-1", "pengawal-1", "pps-1"] and answer["sealed"]
    listed = {item["key"]: item for item in office.json("key", "list")["keys"]}
    assert listed["jaga-1"]["rank"] == "Bripka" and listed["jaga-1"]["number"] == "87010001"
    assert listed["kpps-1"]["places"] == ["5307192008-003"]
    assert listed["jaga-1"]["person"] == listed["pengawal-1"]["person"] != listed["pps-1"]["person"]
    assert office.json("key", "list")["invited"] == []


def test_nothing_of_a_person_stands_in_the_ledger(office: OfficeDesk) -> None:
    (first, *_) = invited(office)
    office.json("key", "enrol", proven(office, first), *office.signers())
    data = b"".join(path.read_bytes() for path in (office.folder / "ledger").glob("ledger.db*"))
    for secret in (b"Petugas Contoh", b"87010001", b"Bripka", b"Polsek"):
        assert secret not in data
    assert b"jaga-1" in data


def test_the_person_reads_who_the_invitation_is_for(office: OfficeDesk) -> None:
    (first, *_) = invited(office)
    ended = office.run("key", "new", "--invitation", str(first), answers=("y", PASSPHRASE, PASSPHRASE))
    assert ended.exit == 0 and "Petugas Contoh Satu" in ended.err and "530719" in ended.err
    assert (office.folder / "jaga-1.proof").exists()


def test_an_invitation_whose_name_was_changed_is_noticed_by_its_person(office: OfficeDesk) -> None:
    (first, *_) = invited(office)
    first.write_bytes(first.read_bytes().replace(b"Petugas Contoh Satu", b"Petugas Contoh Enam"))
    assert office.refused("key", "new", "--invitation", str(first), "--yes") == (3, "private.opening")
    assert not (office.folder / "jaga-1.key").exists()


def test_a_proof_over_another_text_is_refused(office: OfficeDesk) -> None:
    """The person's invitation was changed on the way: the role is another one. The office compares bytes."""
    files = invited(office)
    pps = next(path for path in files if path.stem == "pps-1")
    (one,) = people.read_invitations(pps.read_bytes())
    other = people.Invitation(one.ledger, one.token, one.key, "ppk", one.institution, one.places, one.fixed)
    pps.write_bytes(other.format())
    proof = proven(office, pps)
    assert office.refused("key", "enrol", proof, *office.signers()) == (8, "enrol.other-text")
    assert office.json("ledger", "status")["size"] == 3


def test_doubtful_proofs_are_said_and_the_others_enrolled(office: OfficeDesk) -> None:
    files = invited(office)
    good, bad = proven(office, files[0]), proven(office, files[1])
    (proof,) = people.read_proofs((office.folder / bad).read_bytes())
    stranger = people.Proof(proof.ledger, "ff" * 16, proof.key, proof.note)
    (office.folder / bad).write_bytes(stranger.format())
    answer = office.json("key", "enrol", good, bad, *office.signers(), exit=1)
    assert answer["enrolled"] == ["jaga-1"] and answer["doubtful"] == [{"code": "people.token", "key": "pps-1"}]
    assert office.refused("key", "enrol", bad, *office.signers()) == (8, "enrol.nobody")


@pytest.mark.parametrize("role", ["supervisor", "pps", "ppk", "kpps", "keeper"])
def test_a_role_that_counts_nowhere_without_a_place_is_refused(office: OfficeDesk, role: str) -> None:
    who = ("--role", role, "--name", "Petugas Contoh Lima")
    argv = ("key", "add", *who, "--out", "lima.key", "--new-passphrase-file", office.word, *office.signers())
    assert office.refused(*argv) == (2, "enrol.place.none")
    assert office.refused("key", "invite", *who) == (2, "enrol.place.none")
    (office.folder / "nowhere.csv").write_text(f"nama,peran,tempat,lembaga\nPetugas Contoh Lima,{role},,kpu\n", "utf-8")
    ended = office.run("key", "batch", "nowhere.csv", "--out", "nowhere", "--yes")
    assert ended.exit == 2 and "harus punya tempat" in ended.err
    assert not (office.folder / "lima.key").exists() and office.json("key", "list")["invited"] == []


WEAK = {
    "of small order": (bytes(32), "kunci lemah"),
    "not canonical": (b"\xff" * 32, "bentuk baku"),
    "not on the curve": (b"\x02" + bytes(31), "Ed25519"),
    "too short": (bytes(5), "tidak ditulis sebagai kunci"),
}


@pytest.mark.parametrize("name", WEAK)
def test_a_key_that_cannot_be_used_is_refused_at_the_door(office: OfficeDesk, name: str) -> None:
    public, why = WEAK[name]
    good, weak = (proven(office, path) for path in invited(office)[:2])
    body = json.loads((office.folder / weak).read_bytes())
    number = hashlib.sha256(b"pps-1\n\x01" + public).hexdigest()[:8]
    body["key"] = f"pps-1+{number}+{base64.b64encode(bytes([1]) + public).decode()}"
    (office.folder / weak).write_bytes(canonical.encode(body) + b"\n")
    ended = office.run("key", "enrol", good, weak, *office.signers())
    assert ended.exit == 2 and f"{weak}, baris 1" in ended.err and why in ended.err, ended.err
    assert office.json("ledger", "status")["size"] == 3


ODD: list[tuple[str, list[str], str]] = [
    ("no record", ["key", "enrol", "odd"], "people.line"),
    ("an invitation for a proof", ["key", "enrol", "invitations/pps-1.invitation"], "people.kind"),
    ("a proof for an invitation", ["key", "new", "--invitation", "jaga-1.proof", "--yes"], "people.kind"),
    ("an empty invitation", ["key", "new", "--invitation", "empty", "--yes"], "cli.key.new.none"),
    ("no sheet", ["key", "sign", "odd", "--key", "kpu-1", "--yes"], "sheet.line"),
    ("no founding", ["init", "--sign", "odd", "--key", "kpu-1", "--yes"], "founding.no-text"),
    ("no signature", ["init", "--ledger", "neu", "--from", "plan.toml", "--add", "odd", "--yes"], "founding.no-line"),
    ("no move note", ["move", "--accept", "odd"], "move.form"),
]


def test_files_of_the_wrong_kind_are_named_as_what_they_should_be(office: OfficeDesk) -> None:
    proven(office, invited(office)[0])
    (office.folder / "odd").write_bytes(b"bukan apa-apa\n")
    (office.folder / "empty").write_bytes(b"\n")
    assert [(name, office.refused(*argv)) for name, argv, _ in ODD] == [(name, (2, code)) for name, _, code in ODD]


def test_a_proof_that_is_there_already_costs_no_key(office: OfficeDesk) -> None:
    first = invited(office)[0]
    (office.folder / "jaga-1.proof").write_bytes(b"of an earlier try")
    argv = ["key", "new", "--invitation", str(first), "--passphrase-file", office.word, "--yes"]
    assert office.refused(*argv) == (2, "cli.file.exists")
    assert not (office.folder / "jaga-1.key").exists()


def test_the_same_proof_twice_enrols_once(office: OfficeDesk) -> None:
    files = invited(office)
    proof = proven(office, files[0])
    office.json("key", "enrol", proof, *office.signers())
    assert office.refused("key", "enrol", proof, *office.signers()) == (8, "enrol.nobody")


def test_at_one_table(office: OfficeDesk) -> None:
    argv = ["key", "add", "--role", "keeper", "--place", "5307-GUDANG", "--name", "Petugas Contoh Lima", "--out", "keeper.key"]
    answer = office.json(*argv, "--new-passphrase-file", office.word, *office.signers())
    assert answer["enrolled"] == ["gudang-1"]
    assert office.json("key", "show", "keeper.key")["name"] == "gudang-1"


def test_a_table_that_broke_off_leaves_the_name_free(office: OfficeDesk) -> None:
    argv = ["key", "add", "--role", "keeper", "--place", "5307-GUDANG", "--out", "keeper.key", "--new-passphrase-file", office.word]
    assert office.refused(*argv, "--key", "kpu-1", "--passphrase-file", office.word, "--yes") == (8, "authorise.short")
    assert office.json("key", "list")["invited"] == []
    assert office.json(*argv, *office.signers())["enrolled"] == ["gudang-1"]


def test_authorities_who_sit_elsewhere_sign_one_sheet_once(office: OfficeDesk) -> None:
    files = invited(office)
    proofs = [proven(office, path) for path in files[:3]]
    made = office.json("key", "enrol", *proofs, "--sheet", "enrol.sheet", "--yes")
    assert made["sheet"] == "enrol.sheet" and not made["sealed"]
    for name in ("kpu-1", "polri-1"):
        signed = office.json("key", "sign", "enrol.sheet", "--key", name, "--passphrase-file", office.word, "--yes")
        assert signed["count"] == 3 and signed["kinds"] == {"enrol": 3}
    assert office.refused("key", "submit", "enrol-kpu-1.sheet", "--yes") == (8, "authorise.short")
    done = office.json("key", "submit", "enrol-kpu-1.sheet", "enrol-polri-1.sheet", "--yes")
    assert done["sealed"] and len(done["entries"]) == 3
    names = {item["key"]: item["name"] for item in office.json("key", "list")["keys"]}
    assert names["jaga-1"] == "Petugas Contoh Satu"


def test_who_reads_rows_sees_institutions_and_places_by_name(office: OfficeDesk) -> None:
    """A person without either is told in words; a list to sign never says `Saksi , Agustinus`."""
    text = "nama,peran,tempat,lembaga\nAgustinus Contoh,saksi,,\nBudi Contoh,penjaga,Habi,polri\n"
    files = invited(office, text)
    assert [path.stem for path in files] == ["saksi-1", "jaga-1"]
    listed = office.run("key", "list")
    assert "Habi (5307192008)" in listed.out and "polri" in listed.out and "di mana saja" in listed.out and "lembaga" in listed.out
    assert "saksi-1.invitation" in listed.err or "jaga-1.invitation" in listed.err
    ended = office.run("key", "enrol", *(proven(office, path) for path in files), "--sheet", "two.sheet", "--yes")
    assert "Agustinus Contoh; Saksi, lembaga tidak disebut, di mana saja" in ended.err
    assert "Budi Contoh; Petugas jaga, polri, Habi (5307192008)" in ended.err
    ended = office.run("key", "sign", "two.sheet", "--key", "kpu-1", "--passphrase-file", office.word, "--yes")
    assert "Petugas jaga, polri, 5307192008" in ended.err and "lembaga tidak disebut, di mana saja" in ended.err
    office.run("key", "sign", "two.sheet", "--key", "polri-1", "--passphrase-file", office.word, "--yes")
    ended = office.run("key", "submit", "two-kpu-1.sheet", "two-polri-1.sheet", "--yes")
    assert ended.exit == 0 and "polri, Habi (5307192008)" in ended.err


def test_an_invitation_whose_file_the_office_deleted_is_withdrawn(office: OfficeDesk) -> None:
    (first, *_) = invited(office)
    proof = proven(office, first)
    (office.folder / "ledger" / "invitations" / first.name).unlink()
    assert first.stem not in [one["key"] for one in office.json("key", "list")["invited"]]
    assert office.refused("key", "enrol", proof, *office.signers()) == (8, "enrol.nobody")


@pytest.mark.parametrize(
    ("role", "name"),
    [("guard", "jaga-1"), ("supervisor", "kasatops-1"), ("witness", "saksi-1"), ("keeper", "gudang-1"), ("escort", "pengawal-1"),
     ("leader", "regu-1"), ("kpps", "kpps-1")],
)  # fmt: skip
def test_names_of_keys_are_words_of_officers(office: OfficeDesk, role: str, name: str) -> None:
    assert office.json("key", "invite", "--role", role, "--place", "5307", "--out", "one")["key"] == name


def test_a_sheet_shows_what_is_signed(office: OfficeDesk) -> None:
    files = invited(office)
    office.json("key", "enrol", proven(office, files[1]), "--sheet", "enrol.sheet", "--yes")
    ended = office.run("key", "sign", "enrol.sheet", "--key", "kpu-1", answers=("y", PASSPHRASE))
    assert ended.exit == 0 and "pps-1" in ended.err and "5307192008" in ended.err
    assert "Petugas Contoh Dua" in ended.err
    sheet = office.folder / "enrol.sheet"
    assert sheet.stat().st_mode & 0o777 == 0o600
    sheet.write_bytes(sheet.read_bytes().replace(b"Petugas Contoh Dua", b"Petugas Contoh Duo"))
    assert office.refused("key", "sign", "enrol.sheet", "--key", "polri-1", "--yes") == (2, "sheet.line")


def test_a_sheet_says_for_which_ledger_it_is_and_what_it_registers(office: OfficeDesk) -> None:
    argv = ("register", "TPS 3 Habi", "--reason", "psu", "--type", "DPR", "--sheet", "psu.sheet", "--yes")
    office.json(*argv)
    told = office.run("key", "sign", "psu.sheet", "--key", "kpu-1", "--passphrase-file", office.word, "--yes").err
    operation = sheets.read((office.folder / "psu.sheet").read_bytes()).founding.body["operation"]
    assert operation in told and "PSU" in told and "PEM24-5307192008-003-DPR-2 (mengikuti PEM24-5307192008-003-DPR-1)" in told, told
    assert "LATIHAN" not in told


def test_a_sheet_of_a_drill_says_so_and_goes_into_no_other_ledger(office: OfficeDesk) -> None:
    sheet = office.folder / "psu.sheet"
    sheet.write_bytes(sheet_of_a_drill())
    told = office.run("key", "sign", "psu.sheet", "--key", "kpu-1", "--passphrase-file", office.word, "--yes").err
    assert "LATIHAN" in told, told
    assert office.refused("key", "submit", "psu-kpu-1.sheet", "--yes") == (8, "sheet.other-ledger")


def sheet_of_a_drill() -> bytes:
    world = World(drill=True)
    return sheets.write(Sheet(world.founding, (Draft(world.draft("revoke", key="guard-1", reason="lost", since=None)),)))


def delegate(office: OfficeDesk) -> None:
    argv = ["key", "add", "--role", "supervisor", "--place", "530719", "--delegate", "--out", "sup.key"]
    office.json(*argv, "--new-passphrase-file", office.word, *office.signers())


def alone(office: OfficeDesk, role: str, place: str, out: str) -> list[str]:
    argv = ["key", "add", "--role", role, "--place", place, "--out", out, "--new-passphrase-file", office.word]
    return [*argv, "--key", "sup.key", "--passphrase-file", office.word, "--yes"]


def test_a_supervisor_enrols_alone_where_that_was_delegated(office: OfficeDesk) -> None:
    delegate(office)
    assert office.json(*alone(office, "guard", "5307192008", "g.key"))["enrolled"] == ["jaga-1"]
    assert office.refused(*alone(office, "keeper", "530719", "k.key")) == (8, "enrol.not-delegated")
    assert office.refused(*alone(office, "guard", "5307-GUDANG", "h.key")) == (8, "enrol.not-delegated")


def test_revoked_by_authorities_and_by_the_key_itself(office: OfficeDesk) -> None:
    for name in ("a", "b"):
        argv = ["key", "add", "--role", "guard", "--place", "530719", "--out", f"{name}.key", "--new-passphrase-file", office.word]
        office.json(*argv, *office.signers())
    office.json("key", "revoke", "jaga-1", "--reason", "hilang", "--since", "27-11-2024 11.00", *office.signers())
    office.json("key", "revoke", "jaga-2", "--reason", "left", "--key", "b.key", "--passphrase-file", office.word, "--yes")
    listed = {item["key"]: item["until"] for item in office.json("key", "list")["keys"]}
    assert listed["jaga-1"] is not None and listed["jaga-2"] is not None and listed["kpu-1"] is None
    assert office.refused("key", "revoke", "jaga-1", "--reason", "lost", *office.signers()) == (8, "revoke.unknown")


REFUSALS: list[tuple[str, list[str], tuple[int, str]]] = [
    ("one institution only", ["kpu-1"], (8, "authorise.short")),
    ("nobody's key", ["kpu-1", "orang-lain"], (8, "authorise.unknown")),
    ("one key twice", ["kpu-1", "kpu-1"], (7, "sign.twice")),
    ("a key that is not there", ["kpu-1", "hilang"], (7, "key.missing")),
]


@pytest.mark.parametrize(("name", "keys", "expected"), REFUSALS, ids=[case[0] for case in REFUSALS])
def test_who_may_not_sign(office: OfficeDesk, name: str, keys: list[str], expected: tuple[int, str]) -> None:
    office.key("orang-lain")
    (first, *_) = invited(office)
    assert office.refused("key", "enrol", proven(office, first), *office.signers(*keys)) == expected


def test_three_wrong_passphrases_and_a_scan_in_between(office: OfficeDesk) -> None:
    (first, *_) = invited(office)
    proof = proven(office, first)
    scan = labelcode.payload(next(code for at in range(99) if (code := labelcode.from_random(bytes(9) + bytes([at])))))
    ended = office.run("key", "enrol", proof, "--key", "kpu-1", "--key", "polri-1", answers=("y", "a", scan, "b", "c"))
    assert ended.exit == 7
    assert "dibuang" in ended.err
    assert office.json("ledger", "status")["size"] == 3


def test_a_key_others_can_read_is_named_before_anybody_types(office: OfficeDesk) -> None:
    (first, *_) = invited(office)
    proof = proven(office, first)
    (office.folder / "kpu-1").chmod(0o644)
    assert office.refused("key", "enrol", proof, "--key", "kpu-1", "--key", "polri-1", answers=("y",)) == (7, "key.permissions")


def test_a_place_that_does_not_exist(office: OfficeDesk) -> None:
    argv = ["key", "invite", "--role", "pps", "--place", "9999999999", "--out", "x.invitation"]
    assert office.refused(*argv) == (2, "enrol.place")


@pytest.mark.parametrize("role", ["kpps", "penjaga", "pps"])
@pytest.mark.parametrize("typed", ["TPS 33 Habi", "Habi 33", "5307192008-033"])
def test_a_polling_station_that_does_not_exist_is_never_its_village(office: OfficeDesk, role: str, typed: str) -> None:
    rows = ("nama,peran,tempat", f"Petugas Contoh Satu,{role},TPS 1 Habi", f"Petugas Contoh Dua,{role},{typed}", "")
    (office.folder / "bad.csv").write_text("\n".join(rows), "utf-8")
    ended = office.run("key", "batch", "bad.csv", "--out", "x", "--yes")
    assert ended.exit == 2 and ended.err.count("bad.csv, baris 3, kolom C (tempat)") >= 1, ended.err
    assert "baris 3, kolom C (tempat): bad.csv" not in ended.err
    assert ("5307192008 Habi" if role == "pps" else "5307192008-006 TPS 006") in ended.err
    if role == "penjaga":
        assert office.refused("key", "invite", "--role", "guard", "--place", typed) == (2, "enrol.place.near")
    assert not (office.folder / "x").exists() and office.json("key", "list")["invited"] == []


def test_a_place_may_be_typed_by_its_name(office: OfficeDesk) -> None:
    office.json("key", "invite", "--role", "kpps", "--place", "TPS 3 Habi", "--out", "a.invitation")
    (made,) = people.read_invitations((office.folder / "a.invitation").read_bytes())
    assert made.places == ("5307192008-003",)


def test_a_role_may_be_typed_as_officers_say_it(office: OfficeDesk) -> None:
    office.json("key", "invite", "--role", "Penjaga", "--place", "Kangae", "--out", "a.invitation")
    (made,) = people.read_invitations((office.folder / "a.invitation").read_bytes())
    assert made.role == "guard"
    assert office.refused("key", "invite", "--role", "raja") == (2, "cli.key.role")


def test_what_is_left_out_or_mistyped_is_told_in_plain_words(office: OfficeDesk) -> None:
    for argv in (["key", "add", "--out", "x"], ["key", "revoke", "jaga-1"], ["ledger", "unlock", "--hours", "abc"]):
        said = office.run(*argv).err
        assert not {"\\x0a", "range", "integer", "Choose"} & set(said.replace(".", " ").split()) and "x0a" not in said, said
    assert "1–24" in office.run("ledger", "unlock", "--help").out


def test_a_folder_with_invitations_in_it_leaves_nothing_half_done(office: OfficeDesk) -> None:
    (office.folder / "people.csv").write_text(PEOPLE, "utf-8")
    (office.folder / "x").mkdir()
    (office.folder / "x" / "kpps-1.invitation").write_text("of another ledger")
    assert office.refused("key", "batch", "people.csv", "--out", "x", "--yes") == (2, "cli.file.exists")
    assert [path.name for path in (office.folder / "x").iterdir()] == ["kpps-1.invitation"]
    assert office.json("key", "list")["invited"] == []


def test_faults_of_a_list_are_shown_line_by_line(office: OfficeDesk) -> None:
    rows = ("nama,peran,tempat", "Petugas Contoh Satu,juru kunci,Habi", "Petugas Contoh Dua,pps,Atlantis", "")
    (office.folder / "bad.csv").write_text("\n".join(rows), "utf-8")
    ended = office.run("key", "batch", "bad.csv", "--out", "x", "--yes")
    assert ended.exit == 2 and "baris 2" in ended.err and "baris 3" in ended.err
    assert not (office.folder / "x").exists()


def test_enrolled_while_the_ledger_was_locked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Signed, kept, sealed later: then nobody is invited any more, and the name is known."""
    OfficeDesk.cheap(monkeypatch)
    office = OfficeDesk(desk)
    argv = ["init", "--from", office.plan("unlocked"), "--ledger-passphrase-file", office.word]
    office.json(*argv, *office.signers("kpu-1", "polri-1", "bawaslu-1"))
    office.json("key", "invite", "--role", "guard", "--name", "Petugas Contoh Satu", "--out", "g.invitation")
    office.json("key", "new", "--invitation", "g.invitation", "--passphrase-file", office.word, "--yes")
    assert office.json("key", "enrol", "jaga-1.proof", *office.signers())["sealed"] is False
    (invited,) = office.json("key", "list")["invited"]
    assert (invited["key"], invited["name"]) == ("jaga-1", "Petugas Contoh Satu")
    assert "Petugas Contoh Satu" in office.run("key", "list").out
    try:
        assert office.json("ledger", "unlock", "--hours", "1", "--passphrase-file", office.word)["sealed"] == 1
    finally:
        office.run("ledger", "lock")
    listed = office.json("key", "list")
    assert listed["invited"] == [] and listed["keys"][-1]["name"] == "Petugas Contoh Satu"
