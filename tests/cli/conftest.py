"""A desk to type commands at."""

from pathlib import Path

import pytest

from tests.cli.harness import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An empty folder, an empty environment, a clock at 2024-11-27 12.00 WITA, no terminal."""
    return Desk(tmp_path)
