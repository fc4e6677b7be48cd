"""A desk to type commands at."""

from pathlib import Path

import pytest

from tests.cli.daily_kit import Evening
from tests.cli.harness import Desk
from tests.cli.office_kit import OfficeDesk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An empty folder, an empty environment, a clock at 2024-11-27 12.00 WITA, no terminal."""
    return Desk(tmp_path)


@pytest.fixture
def office(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> OfficeDesk:
    """An office before its founding, with keys that cost little to open."""
    OfficeDesk.cheap(monkeypatch)
    return OfficeDesk(desk)


@pytest.fixture
def founded(office: OfficeDesk) -> OfficeDesk:
    """The office with a ledger, and the list of polling stations in it."""
    office.found()
    office.kangae()
    return office


@pytest.fixture
def evening(tmp_path: Path) -> Evening:
    """An office whose labels are printed, and the boxes of TPS 1 Habi sealed."""
    made = Evening(tmp_path)
    made.labels()
    made.seal()
    return made
