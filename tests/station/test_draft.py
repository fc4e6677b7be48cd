"""Drafts on a real disk: torn lines, cuts at every byte, two screens, full events."""

from pathlib import Path

import pytest

from custody.core.errors import CustodyError, Locked, Malformed, Refused
from custody.station import draft
from custody.station.draft import Draft, answers


def begun(folder: Path) -> Draft:
    made = Draft.begin(folder, "satu", kind="handoff", names={"receiver": "pps-1"})
    for number in range(3):
        made.add(do="read", how="sight", box=f"kotak {number}")
    return made


def test_events_come_back_in_order(tmp_path: Path) -> None:
    begun(tmp_path).close()
    with Draft.open(tmp_path / "satu.jsonl") as again:
        assert again.head["names"] == {"receiver": "pps-1"}
        assert [event.get("box") for event in again.events[1:]] == ["kotak 0", "kotak 1", "kotak 2"]


def test_every_cut_leaves_whole_events_and_can_be_gone_on_with(tmp_path: Path) -> None:
    begun(tmp_path).close()
    data = (tmp_path / "satu.jsonl").read_bytes()
    first = data.index(b"\n") + 1
    for cut in range(first, len(data) + 1):
        path = tmp_path / "dua.jsonl"
        path.write_bytes(data[:cut])
        with Draft.open(path) as found:
            whole = len(found.events)
            assert whole == data[:cut].count(b"\n")
            found.add(do="undo", box=None)
        with Draft.open(path) as found:
            assert len(found.events) == whole + 1 and found.events[-1] == {"do": "undo", "box": None}


@pytest.mark.parametrize("data", [b"", b"\n", b"[]\n", b"{}\n", b'{"form":"custody/draft/v2"}\n', b"\xff\xfe\n{}\n"])
def test_what_is_no_draft(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "satu.jsonl"
    path.write_bytes(data)
    with pytest.raises(Malformed, match=r"draft\.form"):
        Draft.open(path)


def test_a_line_spoiled_in_the_middle_is_not_passed_over(tmp_path: Path) -> None:
    begun(tmp_path).close()
    path = tmp_path / "satu.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"kotak 1"', b'"kotak 1'))
    with pytest.raises(Malformed) as found:
        Draft.open(path)
    assert found.value.facts["line"] == 3


def test_one_screen_at_a_time(tmp_path: Path) -> None:
    with begun(tmp_path), pytest.raises(Locked, match=r"draft\.locked"):
        Draft.open(tmp_path / "satu.jsonl")
    Draft.open(tmp_path / "satu.jsonl").close()


def test_a_finished_draft_is_gone(tmp_path: Path) -> None:
    made = begun(tmp_path)
    assert draft.waiting(tmp_path) == [tmp_path / "satu.jsonl"]
    made.finish()
    assert draft.waiting(tmp_path) == []


def test_a_name_is_not_used_twice_and_not_foreign(tmp_path: Path) -> None:
    begun(tmp_path).close()
    with pytest.raises(Refused, match=r"draft\.exists"):
        Draft.begin(tmp_path, "satu")
    with pytest.raises(Malformed, match=r"draft\.name"):
        Draft.begin(tmp_path, "../satu")


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "drafts").write_text("a file")
    with pytest.raises(CustodyError, match=r"draft\."):
        Draft.begin(tmp_path / "drafts", "satu")


def test_the_last_answer_counts_and_forgetting_leaves_the_clock() -> None:
    events = [
        {"do": "answer", "what": "happened", "value": "2024-11-27T11:30:00Z"},
        {"do": "answer", "what": "escort", "value": 2},
        {"do": "answer", "what": "escort", "value": 3},
        {"do": "read", "what": "escort", "value": 9},
    ]
    assert answers(events) == {"happened": "2024-11-27T11:30:00Z", "escort": 3}
    assert answers([*events, {"do": "forget"}]) == {"happened": "2024-11-27T11:30:00Z"}
