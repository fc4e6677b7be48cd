"""The two tiers of tests: fixed samples for `make test`, full figures with a written record for `make soak`."""

import platform
import sqlite3
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.cluster import cluster, database, servers

__all__ = ["cluster", "database"]

# make test: the same examples on every run and machine. make soak: many, from the seed that its record names. Never a time limit on an
# example: machines differ. A test may state its own max_examples; it then says the number in its name.
settings.register_profile("test", max_examples=100, deadline=None, derandomize=True, print_blob=True)
settings.register_profile("soak", max_examples=20_000, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("test")


def pytest_configure() -> None:
    """A program speaks before it builds its options: tests that build them by themselves leave no other words for those after them."""
    from custody_cli.main import speak

    speak("id")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, default=20240214, help="where soak tests start drawing from")
    parser.addoption("--evidence", type=Path, help="a folder for the record of this run: seed, date, versions, results, figures")
    parser.addoption("--record", default="soak", help="what the record is called: soak, faults")


@pytest.fixture(scope="session")
def seed(pytestconfig: pytest.Config) -> int:
    """The seed of this run; a soak test draws everything from it, so that its record can be run again."""
    return int(pytestconfig.getoption("seed"))


def pytest_terminal_summary(terminalreporter: Any, exitstatus: int, config: pytest.Config) -> None:
    """Write the record of a run; figures come from `record_property("kills", 50)` in the tests."""
    folder: Path | None = config.getoption("evidence")
    if folder is None:
        return
    now = datetime.now(UTC)
    folder.mkdir(parents=True, exist_ok=True)
    name = config.getoption("record")
    path = folder / f"{name}-{now:%Y-%m-%d}.md"
    path.write_text(_record(name, terminalreporter.stats, now, config.getoption("seed"), exitstatus), encoding="utf-8")
    terminalreporter.write_line(f"Record: {path}")


def _record(name: str, stats: dict[str, list[Any]], now: datetime, seed: int, exitstatus: int) -> str:
    head = [
        f"# {name.capitalize()} run of {now:%Y-%m-%d %H:%M} UTC",
        "",
        f"Seed {seed} · commit {_commit()} · Python {platform.python_version()} · SQLite {sqlite3.sqlite_version}"
        f" · {platform.system()} {platform.machine()} · exit status {int(exitstatus)}",
        *(["", servers()] if name == "faults" else []),
        "",
        "| test | result | seconds | figures |",
        "|---|---|---|---|",
    ]
    reports = [
        report
        for outcome in ("passed", "failed", "error", "skipped", "xfailed", "xpassed")
        for report in stats.get(outcome, [])
        if report.when == "call" or not report.passed
    ]
    return "\n".join([*head, *(_row(report) for report in sorted(reports, key=lambda report: report.nodeid))]) + "\n"


def _row(report: Any) -> str:
    figures = ", ".join(f"{name} {value}" for name, value in report.user_properties)
    if report.skipped and isinstance(report.longrepr, tuple):
        figures = str(report.longrepr[2]).removeprefix("Skipped: ")
    return f"| {report.nodeid} | {report.outcome} | {report.duration:.1f} | {figures} |"


def _commit() -> str:
    """The commit that was tested, marked when anything but the records differs from it."""
    try:
        commit, changed = (
            subprocess.run(["git", *words], capture_output=True, text=True, check=True).stdout.strip()
            for words in (("rev-parse", "--short", "HEAD"), ("status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs/evidence"))
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return commit + ("-dirty" if changed else "")
