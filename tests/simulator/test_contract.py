"""What the simulator may know of the core stands in pyproject.toml; a new room of the law must be added to what it may not."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
OPEN = {"boxid", "canonical", "ed25519", "errors", "kinds", "moment", "note", "schema", "shapes", "statement"}


def test_every_module_of_the_law_is_forbidden_to_the_simulator() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    (named,) = [set(one["forbidden_modules"]) for one in contracts if one.get("source_modules") == ["custody.simulator"]]
    there = {path.stem for path in (ROOT / "custody" / "core").glob("*.py") if path.stem != "__init__"}
    assert named == {f"custody.core.{name}" for name in there - OPEN}
