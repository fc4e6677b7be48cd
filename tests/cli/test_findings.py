"""How a finding is shown: the same facts as sentence and as document."""

import io

from custody.core.findings import finding
from custody_cli.boxes import findings
from custody_cli.ground.console import Console
from custody_cli.main import surroundings

FOUND = finding("seal.changed", 12, 7, box="PEM24-5307192008-003-DPR-1", point="lid", at="2024-11-27T10:00:00Z")


def an_app(*argv: str):  # type: ignore[no-untyped-def]
    return surroundings(argv, {"HOME": "/nonexistent"}, Console(io.StringIO(), io.StringIO()))


def test_the_lines_of_a_finding() -> None:
    app = an_app()
    for line in findings.lines(app, FOUND, "Asia/Makassar"):
        app.console.answer(line)
    shown = app.console.out.getvalue().splitlines()
    assert shown[0] == "pelanggaran  PEM24-5307192008-003-DPR-1  entri 7, 12  [seal.changed]"
    assert shown[1].startswith("    ") and shown[1].strip()


def test_what_the_signers_stated_is_shown() -> None:
    lines = findings.lines(an_app("--lang", "en"), FOUND._replace(stated="weather"))
    assert any("Recorded by the signers themselves, with the reason: weather" in line for line in lines)


def test_the_document_of_a_finding() -> None:
    document = findings.document(an_app(), FOUND, "Asia/Makassar")
    assert (document["code"], document["severity"], document["entries"]) == ("seal.changed", "breach", [7, 12])
    assert document["facts"] == {"at": "2024-11-27T10:00:00Z", "point": "lid"}
    assert document["message"]


def test_one_finding_may_stand_for_several_boxes() -> None:
    shown = "\n".join(findings.lines(an_app("--lang", "en"), finding("giver.unsigned", 1234, box=FOUND.box, reason="left"), more=4))
    assert "handover of box PEM24-5307192008-003-DPR-1 and 4 other boxes (reason: has left)" in shown
    assert "entry 1234" in shown and "custody handoff --acknowledge 1234" in shown


def test_a_seal_is_told_in_words() -> None:
    found = finding("seal.changed", 7, box=FOUND.box, point="lid", was="intact 00123", found="-")
    assert any(
        "Segel tutup kotak PEM24-5307192008-003-DPR-1 berubah: tercatat utuh 00123, ditemukan tidak dicatat." in one
        for one in findings.lines(an_app(), found)
    )


def test_the_step_after_a_gap_names_the_record_that_can_be_acknowledged() -> None:
    gap = finding("custody.gap", 120, 127, box="PEM24-5307192008-001-DPD-1", minutes=60, holder="pps-08")
    told = findings.document(an_app(), gap)["next"]
    assert "custody handoff --acknowledge 127" in told
