"""A province in files: 200,000 entries written, carried elsewhere and judged there from the bare folder, with figures (chapter 25)."""

import resource
import shutil
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from custody.ledger.audit import audit
from custody.ledger.export import Wanted, export
from custody.ledger.exported import verify_export
from custody.ledger.exportfolder import ExportFolder
from tests.bench.ground import Ground

BOXES, ENTRIES, LATER = 20_000, 200_000, 1_000


@pytest.mark.soak
def test_a_province_is_carried_and_judged(tmp_path: Path, record_property: Callable[[str, Any], None]) -> None:
    ground = Ground(tmp_path / "ledger", BOXES, ENTRIES, later=LATER)
    ledger, folder = ground.ledger(), tmp_path / "export"

    def written(**wanted: Any) -> None:
        files = ExportFolder(folder)
        began = perf_counter()
        done = export(ledger, ledger._store, ground.trust, files, Wanted(**wanted))
        record_property(f"written to {done.size}", f"{done.files} files, {done.bytes} bytes, {perf_counter() - began:.1f} s")

    written(entries=(5, 100_000))
    written()
    ledger.append(ground.later)
    written(since=ENTRIES)
    shutil.copytree(folder, tmp_path / "carried")
    began = perf_counter()
    verdict, _ = verify_export(tmp_path / "carried", ground.trust)
    record_property("judged", f"{verdict.size} entries in {perf_counter() - began:.1f} s")
    record_property("peak memory", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
    assert (verdict.integrity, verdict.size) == ("consistent", ENTRIES + LATER)
    assert verdict == audit(ground.store(), ground.trust)[0]
