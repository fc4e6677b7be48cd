"""One document of a large ledger, written in a process of its own so that its memory can be told; run by test_province.py.

`python -m tests.exchange.writing LEDGER-FOLDER BOXES DOCUMENT FILE` prints seconds, megabytes at most, and bytes, as JSON.
"""

import json
import resource
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from time import perf_counter

from custody.durable import write_stream
from custody.exchange import epcis, nist, rows
from custody.exchange.source import Source
from custody.ledger.ledger import Ledger
from custody.store.sqlite import SqliteStore
from custody_cli.ground import csvtext
from fixtures.bigworld import SINGLE, BigWorld
from fixtures.exchanged import opened
from fixtures.office import MemoryGuard, key_of


def _tables(source: Source) -> Iterator[bytes]:
    """All tables, one after the other."""
    for table in rows.tables(source):
        for line in csvtext.lines(list(table.columns), map(list, table.rows()), ""):
            yield line.encode()


DOCUMENTS: dict[str, Callable[[Source], Iterable[bytes]]] = {
    "nothing": lambda source: [b"\n"],
    "epcis": epcis.document,
    "nist": nist.document,
    "jsonl": rows.json_lines,
    "csv": _tables,
}


def main(folder: Path, boxes: int, name: str, path: Path) -> dict[str, float]:
    store, guard = SqliteStore.open(folder), MemoryGuard()
    with store.read() as reader:
        head = reader.head()
    assert head is not None
    guard.note = head[1]
    ledger = Ledger(store, guard, key_of(BigWorld(boxes, SINGLE)))
    began = perf_counter()
    with opened(ledger, store) as source:
        size = write_stream(path, DOCUMENTS[name](source))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {"seconds": round(perf_counter() - began, 1), "megabytes": peak, "bytes": size}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], Path(sys.argv[4]))))
