"""What is tried again when a database is being replaced, for how long, and what is told at once."""

from collections.abc import Callable

import pytest

from custody.core.errors import CustodyError, Locked, Refused, Undecided
from custody.ledger.patience import PASSING, patiently

LOST, UNCONFIRMED, BUSY = Refused("database.lost"), Undecided("database.unconfirmed"), Locked("store.locked")


def failing(*errors: CustodyError) -> Callable[[], str]:
    left = list(errors)

    def do() -> str:
        if left:
            raise left.pop(0)
        return "tanda terima"

    return do


@pytest.mark.parametrize(
    ("name", "errors", "tries"),
    [
        ("nothing wrong", [], 1),
        ("a broken line", [LOST], 2),
        ("every passing trouble", [Refused(code) for code in sorted(PASSING)], 6),
        ("the dead line still holds the lock", [UNCONFIRMED, BUSY, BUSY], 4),
    ],
)
def test_what_passes(name: str, errors: list[CustodyError], tries: int) -> None:
    naps: list[float] = []
    assert patiently(failing(*errors), sleep=naps.append) == "tanda terima"
    assert len(naps) == tries - 1
    assert naps == sorted(naps) or max(naps) <= 3


@pytest.mark.parametrize("error", [BUSY, Refused("store.full"), Refused("guard.path"), Undecided("ledger.unacknowledged")], ids=str)
def test_what_does_not(error: CustodyError) -> None:
    naps: list[float] = []
    with pytest.raises(type(error)) as caught:
        patiently(failing(error), sleep=naps.append)
    assert (caught.value, naps) == (error, [])


def test_the_end_of_patience() -> None:
    naps: list[float] = []
    with pytest.raises(Refused, match=r"database\.lost"):
        patiently(failing(*[LOST] * 1000), wait=30.0, sleep=naps.append)
    assert 20 < sum(naps) <= 30
