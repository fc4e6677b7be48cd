"""From founding to a restored ledger that verifies: the real list of Kecamatan Kangae, 9 desa, 53 TPS, 265 boxes."""

import shutil

from tests.cli.office_kit import KANGAE, OfficeDesk


def enrol_all(office: OfficeDesk) -> list[str]:
    rows = ["nama,peran,tempat,lembaga"]
    rows += [f"Petugas Contoh {at},{role},{place},kpu" for at, (role, place) in enumerate([("pps", "Habi"), ("ppk", "Kangae")])]
    rows += ["Petugas Contoh Gudang,petugas gudang,5307-GUDANG,kpu", "Petugas Contoh Jaga,penjaga,Kangae,polri"]
    (office.folder / "people.csv").write_text("\n".join(rows) + "\n", "utf-8")
    invited = office.json("key", "batch", "people.csv", "--out", "invitations", "--yes")["invitations"]
    for name in invited:
        office.json("key", "new", "--invitation", f"invitations/{name}.invitation", "--passphrase-file", office.word, "--yes")
    return list(office.json("key", "enrol", *(f"{name}.proof" for name in invited), *office.signers())["enrolled"])


def test_from_founding_to_a_restored_ledger(office: OfficeDesk) -> None:
    founded = office.found()
    imported = office.kangae()
    assert (imported["desa"], imported["tps"], imported["boxes"]) == (9, 53, 265)
    assert len(enrol_all(office)) == 4

    verdict = office.json("verify")
    assert verdict["integrity"] == "consistent" and verdict["size"] == 7
    ended = office.run("receipt", str(imported["entries"][1]["sid"]), "--out", "receipt.proof")
    assert ended.exit == 0, ended.err

    made = office.json("backup", ".", "--passphrase-file", office.word)
    shutil.rmtree(office.folder / "ledger")
    shutil.rmtree(office.folder / "state")
    office.desk.environ["CUSTODY_LEDGER"] = str(office.folder / "back")
    back = office.json("restore", made["file"], "--against", "receipt.proof", "--passphrase-file", office.word)
    assert back["size"] == 7 and back["outside"] == 1
    after = office.json("verify")
    assert after["integrity"] == "consistent" and after["size"] == 7 and after["root"] == verdict["root"]
    status = office.json("ledger", "status")
    assert status["origin"] == founded["origin"] and status["guard"] == "here" and status["backup"] is None
    revoked = office.json("key", "revoke", "jaga-1", "--reason", "left", *office.signers())
    assert [entry["index"] for entry in revoked["entries"]] == [7]
    assert {one["key"]: one["name"] for one in office.json("key", "list")["keys"]}["gudang-1"] == "Petugas Contoh Gudang"


def test_the_words_of_a_whole_day_are_whole(office: OfficeDesk) -> None:
    """No sentence of these commands shows a place that was not filled, or a code for want of words."""
    (office.folder / "kangae.csv").write_bytes(KANGAE.read_bytes())
    shown = [
        office.run("init", "--from", office.plan(), *office.signers("kpu-1", "polri-1", "bawaslu-1")),
        office.run("ledger", "status"),
        office.run("import", "kangae.csv", *office.signers()),
        office.run("key", "list"),
        office.run("key", "list", "--lang", "en"),
        office.run("backup", ".", "--passphrase-file", office.word),
        office.run("doctor"),
        office.run("doctor", "--lang", "en"),
        office.run("ledger", "status", "--lang", "en"),
        office.run("move", "--request", "r"),
    ]
    text = "\n".join(ended.out + ended.err for ended in shown)
    assert "{" not in text and "cli." not in text.replace("CUSTODY_", ""), text
