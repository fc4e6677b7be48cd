"""docs/cli.md says what the program says."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_the_page_of_commands_is_current() -> None:
    ended = subprocess.run(
        [sys.executable, str(ROOT / "fixtures" / "make_cli_docs.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr[-1500:]
