"""Box ids (spec chapter 7, BOX-1 to BOX-3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core.boxid import BoxId, is_box_id
from custody.core.errors import Malformed

RIGHT: dict[str, tuple[BoxId, str]] = {
    # id: its parts, its home
    "PEM24-5307192008-003-DPR-1": (BoxId("PEM24", "5307192008", "003", "DPR", 1), "5307192008-003"),
    "PEM24-5307192008-000-PPWP-99": (BoxId("PEM24", "5307192008", "000", "PPWP", 99), "5307192008-000"),
    "PK24-0000000000-999-BU-10": (BoxId("PK24", "0000000000", "999", "BU", 10), "0000000000-999"),
    "PILK24-5303000000-PPK-GUBERNUR-2": (BoxId("PILK24", "5303000000", "PPK", "GUBERNUR", 2), "530300"),
    "PEM24-5307190000-PPK-PPWP-1": (BoxId("PEM24", "5307190000", "PPK", "PPWP", 1), "530719"),
}
WRONG = [
    "",
    "PEM24",
    "PEM24-5307192008-003-DPR",
    "PEM24-5307192008-003-DPR-",
    "PEM24-5307192008-003-DPR-0",
    "PEM24-5307192008-003-DPR-01",
    "PEM24-5307192008-003-DPR-100",
    "PEM24-5307192008-003-DPR-1-1",
    "PEM24-5307192008-3-DPR-1",
    "PEM24-5307192008-0003-DPR-1",
    "PEM24-530719200-003-DPR-1",
    "PEM24-53071920080-003-DPR-1",
    "PEM24-53.07.19.2008-003-DPR-1",
    "pem24-5307192008-003-DPR-1",
    "PEM24-5307192008-003-dpr-1",
    "PEM24-5307192008-003-D-1",
    "PEM24-5307192008-003-GUBERNURS-1",
    "PEM24-5307192008-003-DPR2-1",
    "P24-5307192008-003-DPR-1",
    "PEMIL24-5307192008-003-DPR-1",
    "PEM2024-5307192008-003-DPR-1",
    "PEM-5307192008-003-DPR-1",
    "PEM24-5307192008-PPK-DPR-1",
    "PEM24-5307190000-PPS-DPR-1",
    "PEM24-5307190000-ppk-DPR-1",
    " PEM24-5307192008-003-DPR-1",
    "PEM24-5307192008-003-DPR-1 ",
    "PEM24-5307192008-003-DPR-1\n",
    "PEM24_5307192008_003_DPR_1",
    "PEM24–5307192008–003–DPR–1",
    "PEM24-5307192008-٠٠٣-DPR-1",
    "PEM24-5307192008-003-ДРК-1",
]


@pytest.mark.parametrize("text", RIGHT)
def test_right(text: str) -> None:
    parts, home = RIGHT[text]
    read = BoxId.parse(text)
    assert (read, str(read), read.place, is_box_id(text)) == (parts, text, home, True)


@pytest.mark.parametrize("text", WRONG)
def test_wrong(text: str) -> None:
    assert not is_box_id(text)
    with pytest.raises(Malformed, match=r"box\.id"):
        BoxId.parse(text)


@pytest.mark.parametrize("value", [None, 1, b"PEM24-5307192008-003-DPR-1", ["PEM24-5307192008-003-DPR-1"]])
def test_what_is_no_text_is_no_box_id(value: object) -> None:
    assert not is_box_id(value)


@given(st.sampled_from(sorted(RIGHT)), st.integers(0, 40), st.text(max_size=2), st.integers(0, 2))
def test_a_changed_id_is_refused_or_is_another_box(text: str, place: int, put: str, cut: int) -> None:
    changed = text[:place] + put + text[place + cut :]
    if not is_box_id(changed):
        with pytest.raises(Malformed):
            BoxId.parse(changed)
        return
    assert str(BoxId.parse(changed)) == changed
    assert (BoxId.parse(changed) == BoxId.parse(text)) == (changed == text)
