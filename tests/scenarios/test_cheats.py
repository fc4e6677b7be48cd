"""Who notices which cheat: every outcome is the one that a short reckoning foretells, so no miss is left unexplained."""

import json
from collections.abc import Callable
from hashlib import sha256

import pytest

from fixtures import make_cheats
from fixtures.cheats import CHEATS, SAMPLE, History, Noticed, Shown, Trial, judged, trials

WITHOUT_KEY = {"edit", "delete", "insert", "reorder"}
NOT_ALTERED = {"dropped witness"}


# -- the reckoning: from bytes alone, with nothing of the library ------------------------------------------------------------------


def root(entries: list[bytes]) -> bytes:
    """The root of RFC 6962, written down once more in the plainest way."""
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    half = 1
    while half * 2 < len(entries):
        half *= 2
    return sha256(b"\x01" + root(entries[:half]) + root(entries[half:])).digest()


def body(entry: bytes) -> dict:  # type: ignore[type-arg]
    return dict(json.loads(entry.split(b"\n", 2)[1]))


def names(entry: bytes) -> set[str]:
    return {line.split(" ")[1] for line in entry.decode().rpartition("\n\n")[2].splitlines()}


def foretold(one: History, shown: Shown) -> set[str]:
    """Who must notice: a head that is not of what is shown, a text that nobody signed, a signer whom nobody had enrolled yet."""
    held = {name for name, what in one.held.items() if not _agrees(shown, what.size, root(one.entries[: what.size]))}
    return held | ({"alone"} if _alone(one, shown) else set())


def _agrees(shown: Shown, size: int, wanted: bytes) -> bool:
    return size <= len(shown.entries) and root(shown.entries[:size]) == wanted


def _alone(one: History, shown: Shown) -> bool:
    honest, known = set(one.entries), set[str]()
    for index, entry in enumerate(shown.entries):
        said = body(entry)
        if entry not in honest and not entry.startswith(b"custody/enrol/"):
            return True
        known |= names(entry) if index == 0 else {said["key"].split("+")[0]} if entry.startswith(b"custody/enrol/") else set()
        seen = said["seen"]
        if not names(entry) <= known or (seen and (seen["size"] > index or not _agrees(shown, seen["size"], bytes.fromhex(seen["root"])))):
            return True
    return shown.heads[-1][0] != len(shown.entries) or any(not _agrees(shown, size, _stated(head)) for size, head in shown.heads)


def _stated(head: bytes) -> bytes:
    from base64 import b64decode

    return b64decode(head.split(b"\n")[2])


# -- the trials ---------------------------------------------------------------------------------------------------------------------


def explained(trial: Trial, one: History, shown: Shown) -> Noticed:
    """Judge one trial, and compare with what was foretold; returns who noticed."""
    noticed, wanted = judged(one, shown), foretold(one, shown)
    assert noticed.by == wanted, trial
    verdict = noticed.alone
    if "alone" not in noticed.by:
        assert verdict.integrity == "consistent"
        assert verdict.witnessed is None or verdict.witnessed[0] <= one.until  # "unwitnessed since …", never more than was witnessed
    if trial.cheat in WITHOUT_KEY:
        assert "alone" in noticed.by, "who lacks the ledger key is seen by anybody"
    for name, what in one.held.items():  # G1: an entry under a head held outside
        if shown.place < what.size and trial.cheat not in NOT_ALTERED:
            assert name in noticed.by, trial
    return noticed


@pytest.fixture(scope="module")
def table() -> dict[str, dict[str, tuple[int, int]]]:
    """The sample, judged and explained trial by trial."""
    return {cheat: make_cheats.counted([explained(*found) for found in trials(SAMPLE, cheat)]) for cheat in CHEATS}


def test_every_outcome_of_the_sample_was_foretold_and_stands_in_the_threat_model(table: dict[str, dict[str, tuple[int, int]]]) -> None:
    text = make_cheats.PAGE.read_text("utf-8")
    assert make_cheats.filled(text, table) == text, "run: python fixtures/make_cheats.py"


@pytest.mark.parametrize("cheat", sorted(set(CHEATS) - NOT_ALTERED))
def test_each_cheat_is_caught_by_something(table: dict[str, dict[str, tuple[int, int]]], cheat: str) -> None:
    assert any(caught for caught, _ in table[cheat].values())


def test_an_honest_ledger_is_noticed_by_nobody() -> None:
    from fixtures.cheats import history

    for seed in SAMPLE:
        one = history(seed)
        assert judged(one, one.honest()).by == frozenset() == frozenset(foretold(one, one.honest()))


def test_where_nothing_is_held_the_answer_is_unwitnessed_and_never_intact(table: dict[str, dict[str, tuple[int, int]]]) -> None:
    """What the ledger alone cannot see it must not deny: a cut, a rewrite, a witness whose lines were taken away."""
    for cheat in ("cut tail", "cut all", "rewrite, and who saw is left out", "dropped witness"):
        assert table[cheat]["alone"][0] == 0, cheat


@pytest.mark.soak
@pytest.mark.parametrize("cheat", CHEATS)
def test_every_outcome_of_twenty_histories_was_foretold(cheat: str, seed: int, record_property: Callable[[str, object], None]) -> None:
    found = make_cheats.counted([explained(*one) for one in trials(range(seed, seed + 20), cheat)])
    for name, (caught, of) in found.items():
        record_property(name, f"{caught} of {of}")
