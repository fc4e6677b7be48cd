"""What is remembered of another device's bundles: a line each, of which a power cut may take the last (spec chapter 23)."""

from collections.abc import Callable
from pathlib import Path

import pytest

from custody.core.bundle import Refusal
from custody.core.ed25519 import SigningKey
from custody.core.errors import Malformed
from custody.core.note import ED25519, VerifierKey
from custody.station.heard import Heard, News, Others, Told

KEY = VerifierKey("ndao", ED25519, SigningKey.from_seed(bytes(32)).public)
AT = "2024-11-27T10:00:00Z"


def news(counter: int, size: int = 5, refused: str = "", taken: str = "") -> News:
    """A bundle; `refused` and `taken` name statements by one hex digit each."""
    told = Told(counter, f"{counter:064x}", AT, size, True)
    return News(told, tuple(Refusal(one * 64, one * 64, "entry.known", "{}") for one in refused), frozenset(one * 64 for one in taken))


@pytest.fixture
def others(tmp_path: Path) -> Others:
    """One admitted device, of which two bundles were heard."""
    one = Others(tmp_path / "stations")
    one.keep(Heard(KEY, AT, ("5307192008",)))
    one.hear(KEY, news(1, refused="ab"))
    one.hear(KEY, news(2, taken="ac"))
    return one


def known(others: Others) -> Heard:
    found = others.find(KEY)
    assert found is not None
    return found


def test_bundle_after_bundle_is_what_all_together_are(others: Others) -> None:
    found = known(others)
    assert found == Heard(KEY, AT, ("5307192008",)).hearing(news(1, refused="ab"), news(2, taken="ac"))
    assert (found.spans, [one.leaf[0] for one in found.refused], found.admitted) == (((1, 2),), ["b"], AT)
    before = found
    others.keep(found)
    assert known(others) == before and others.path(KEY).read_bytes().count(b"\n") == 1


def test_a_line_is_added_and_the_rest_left_alone(others: Others) -> None:
    before = others.path(KEY).read_bytes()
    told = others.hear(KEY, news(3))
    assert others.path(KEY).read_bytes().startswith(before) and told == known(others)


def test_two_of_one_counter_show_a_copy_from_line_to_line(others: Others) -> None:
    other = news(2)._replace(told=Told(2, "f" * 64, AT, 5, True))
    assert others.hear(KEY, other).copied == (2,) == known(others).copied


# What a power cut can leave of the last line.
HALF: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda line: b"",
    "half": lambda line: line[: len(line) // 2],
    "zeros": lambda line: bytes(len(line)),
    "zeros and the end": lambda line: bytes(len(line) - 5) + line[-5:],
}


@pytest.mark.parametrize("name", HALF)
def test_a_line_that_is_half_is_one_bundle_less_and_is_told_again(others: Others, name: str) -> None:
    path = others.path(KEY)
    before = path.read_bytes()
    others.hear(KEY, news(3))
    path.write_bytes(before + HALF[name](path.read_bytes()[len(before) :]))
    assert known(others).spans == ((1, 2),) and known(others).admitted == AT
    others.hear(KEY, news(3))
    others.hear(KEY, news(4))
    assert known(others).spans == ((1, 4),)
    assert b"\0" not in path.read_bytes()


def test_a_device_that_was_never_heard_of(tmp_path: Path) -> None:
    others = Others(tmp_path / "stations")
    assert others.hear(KEY, news(1)) == known(others) and known(others).admitted is None


def test_a_first_line_that_is_half_is_said(others: Others) -> None:
    path = others.path(KEY)
    path.write_bytes(path.read_bytes()[:30])
    with pytest.raises(Malformed) as told:
        others.find(KEY)
    assert told.value.code == "device.form"


def test_the_file_is_made_anew_before_it_is_long(others: Others) -> None:
    for counter in range(3, 700):
        others.hear(KEY, news(counter))
    assert known(others).spans == ((1, 699),)
    assert others.path(KEY).read_bytes().count(b"\n") < 400
