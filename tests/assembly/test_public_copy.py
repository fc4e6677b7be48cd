"""A public copy: the database and the trust file alone, without the private register. It is judged and read; nothing can be written."""

from datetime import datetime
from pathlib import Path
from shutil import copy

import pytest

from custody.assembly import open_office
from custody.assembly.auditing import verify_office
from custody.core.errors import NoLedger
from fixtures.smalloffice import SmallOffice


@pytest.fixture
def public(tmp_path: Path) -> Path:
    office = SmallOffice(tmp_path)
    with office.open():
        pass
    folder = tmp_path / "public"
    folder.mkdir()
    for name in ("ledger.db", "policy"):
        copy(office.folder / name, folder)
    return folder


def test_a_public_copy_is_judged_without_names(public: Path, tmp_path: Path) -> None:
    with open_office(public, state_dir=tmp_path / "nowhere", clock=_never) as opened:
        assert verify_office(opened, opened.policy, []).integrity == "consistent"
        assert [card.name for card in opened.people()] == [None, None, None]
        with pytest.raises(NoLedger):
            opened.private.put_openings([])


def _never() -> datetime:
    raise AssertionError("reading a copy asks no clock")
