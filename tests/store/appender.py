"""Another process at work on a ledger, for the tests: `python -m tests.store.appender FOLDER NAME COUNT [BATCH]`.

Appends COUNT batches, each in a transaction of its own, and says on stdout what has been acknowledged: one line an entry, `idx text`.
"""

import os
import sys
from dataclasses import replace
from pathlib import Path

from custody.store.sqlite import SETUP, SqliteStore
from tests.store.rows import row


def main(folder: str, name: str, count: str, batch: str = "1") -> None:
    store = SqliteStore.open(Path(folder), replace(SETUP, wait=120.0))
    for turn in range(int(count)):
        with store.write() as writer:
            start = writer.size()
            rows = [row(start + at, f"{name}-{turn}-{at}") for at in range(int(batch))]
            writer.append(rows)
            writer.put_checkpoint(start + len(rows), f"sampai {start + len(rows)}".encode())
        os.write(1, "".join(f"{one.idx} {one.body.decode().split()[1]}\n" for one in rows).encode())
        store.tidy()
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
