"""The works of an office whose every step on the disk fails once: what is typed, what must be true once it was acknowledged."""

import json
import os
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass
from pathlib import Path

from custody.core.note import split
from custody.ledger.receipt import Receipt
from custody.store.sqlite import SqliteStore
from fixtures.daydesk import WORD
from fixtures.disksteps import Disk
from tests.cli.daily_kit import HABI, LANGIR, TPS, Evening
from tests.cli.harness import Desk, Ended
from tests.cli.laptop_kit import Laptop


class Ground:
    """An office with a locked sister, a laptop and a stick below one folder, which is put back as it was before each fault."""

    def __init__(self, root: Path) -> None:
        self.root = Path(os.path.realpath(root / "meja"))
        self.root.mkdir()
        self.kept = root / "meja-utuh"
        self.evening = Evening(self.root, desa=(HABI, LANGIR))
        self.evening.labels()
        self.evening.seal()
        self.laptop = Laptop(self.evening, "ndao", self.root / "stick")
        self.laptop.begin(HABI)
        self.word = ("--passphrase-file", self.evening.word())
        for name in ("kpps-08-1", "pps-08", "kasatops-1"):
            self.evening.key(name)
        self.outside()
        shutil.copytree(self.root, self.kept, symlinks=True)

    def outside(self) -> None:
        """What others hold: the newest checkpoint."""
        with self.evening.office.open() as office:
            (self.root / "titik").write_bytes(office.ledger.checkpoint())

    def put_back(self) -> None:
        for one in self.root.iterdir():
            shutil.rmtree(one) if one.is_dir() else one.unlink()
        shutil.copytree(self.kept, self.root, symlinks=True, dirs_exist_ok=True)

    def typed(self, *argv: str, answers: tuple[str, ...] = ()) -> Ended:
        return self.evening.desk.run(*argv, answers=answers)

    def key(self, name: str) -> str:
        return self.evening.key(name)

    def bodies(self, folder: Path | None = None) -> list[bytes]:
        with closing(SqliteStore.open(folder or self.evening.office.folder)) as store:
            return [row.body for row in store.rows()]

    def integrity(self, desk: Desk) -> str:
        """Of the ledger that a desk is about."""
        ended = desk.run("verify", "--json")
        assert ended.out, ended.err
        return str(json.loads(ended.out)["integrity"])

    def holder(self) -> str | None:
        """Who holds the first box of the evening by now."""
        judged, _ = self.evening.state(f"PEM24-{TPS}-DPR-1")
        return judged.holding.holder if judged.holding is not None else None


@dataclass(frozen=True)
class Work:
    """`do` is typed, also once more after the fault; `done` must hold after it was acknowledged; `before` lays the ground.

    where: the desk whose ledger it is about. around: what goes on beside it.
    """

    do: Callable[[Ground], Ended]
    done: Callable[[Ground], bool]
    before: Callable[[Ground], object] = lambda ground: None
    where: Callable[[Ground], Desk] = lambda ground: ground.evening.desk
    around: Callable[[Ground], AbstractContextManager[object]] = lambda ground: nullcontext()


def handed(ground: Ground) -> Ended:
    people = ("--giver", ground.key("kpps-08-1"), "--receiver", ground.key("pps-08"))
    return ground.typed("handoff", "TPS 1 Habi", *people, *ground.word, "--no-escort", "--seals-seen", "--yes")


def scanned(ground: Ground) -> Ended:
    """The guard's screen: five labels, what is missing, no escort, two passphrases. After a stop it offers the draft again."""
    codes = [ground.evening.code[box] for box in ground.evening.of(TPS)]
    return ground.evening.scan(*codes, end=("lanjut", "tidak ada", WORD, WORD))


def exported(ground: Ground) -> Ended:
    return ground.typed("export", "ekspor")


def export_whole(ground: Ground) -> bool:
    ended = ground.typed("verify", "ekspor", "--json")
    return bool(ended.out) and json.loads(ended.out)["size"] == len(ground.bodies())


def receipt_whole(ground: Ground) -> bool:
    receipt = Receipt.parse((ground.root / "lima.tlog-proof").read_bytes())
    return receipt.index == 5 and split(receipt.note) is not None


def opened_pdf(pattern: str) -> Callable[[Ground], bool]:
    return lambda ground: (
        all(path.read_bytes().rstrip().endswith(b"%%EOF") for path in ground.root.glob(pattern)) and any(ground.root.glob(pattern))
    )


def backed_up(ground: Ground) -> Ended:
    return ground.typed("backup", "cadangan", *ground.word)


def backup_whole(ground: Ground) -> bool:
    """It can be restored, elsewhere."""
    newest = max(ground.root.glob("cadangan/*.backup"), key=lambda path: path.name)
    shutil.rmtree(ground.root / "jauh", ignore_errors=True)
    ended = away(ground, "jauh").run("restore", str(newest), "--ledger", "jauh", "--against", "titik", *ground.word)
    return ended.exit == 0 and ground.bodies(ground.root / "jauh") == ground.bodies()


def away(ground: Ground, name: str) -> Desk:
    """Another computer, whose ledger lies in the folder `name`."""
    environ = {"CUSTODY_STATE": str(ground.root / f"state-{name}"), "CUSTODY_LEDGER": str(ground.root / name)}
    return Desk(ground.root, environ, ground.evening.desk.now)


def restored(ground: Ground) -> Ended:
    (newest,) = ground.root.glob("cadangan/*.backup")
    return away(ground, "pulih").run("restore", str(newest), "--against", "titik", *ground.word)


WORKS: dict[str, Work] = {
    "scan a handoff": Work(scanned, lambda ground: ground.holder() == "pps-08"),
    "record a handoff": Work(handed, lambda ground: ground.holder() == "pps-08"),
    "export": Work(exported, export_whole),
    "export what is new": Work(exported, export_whole, before=lambda ground: (exported(ground), handed(ground))),
    "write a receipt": Work(lambda ground: ground.typed("receipt", "5", "--out", "lima.tlog-proof"), receipt_whole),
    "back up": Work(backed_up, backup_whole, before=lambda ground: (ground.root / "cadangan").mkdir()),
    "restore": Work(
        restored,
        lambda ground: ground.bodies(ground.root / "pulih") == ground.bodies(),
        before=lambda ground: ((ground.root / "cadangan").mkdir(), backed_up(ground)),
        where=lambda ground: away(ground, "pulih"),
    ),
    "print labels": Work(
        lambda ground: ground.typed("labels", "--spare", "8", "--out", "kertas", "--key", ground.key("kasatops-1"), *ground.word, "--yes"),
        opened_pdf("kertas/*.pdf"),
    ),
    "issue a report": Work(
        lambda ground: ground.typed("report", TPS, "--key", ground.key("kasatops-1"), *ground.word, "--out", "lapor.pdf"),
        opened_pdf("lapor.pdf"),
    ),
    "rebuild the lists": Work(lambda ground: ground.typed("doctor", "--rebuild"), lambda ground: ground.holder() == "kpps-08-1"),
    "keep what others hold": Work(
        lambda ground: ground.typed("gossip", "add", "titik"),
        lambda ground: any(list(ground.root.glob(f"{place}/newest.checkpoint")) for place in ("state/*.evidence", "ledger/evidence")),
    ),
    "write a bundle": Work(
        lambda ground: ground.typed("bundle", "out", "stick", "--for", "ndao"),
        lambda ground: any(ground.root.glob("stick/kantor-*.bundle")),
    ),
    "take a bundle at a station": Work(
        lambda ground: ground.laptop.take(),
        lambda ground: ground.bodies(ground.laptop.folder) == ground.bodies(),
        before=lambda ground: (handed(ground), ground.typed("bundle", "out", "stick", "--for", "ndao")),
        where=lambda ground: ground.laptop.desk,
    ),
    "record at a station": Work(
        lambda ground: ground.laptop.hand("kpps-08-1", "pps-08", TPS, HABI, f"PEM24-{TPS}-DPR-1"),
        lambda ground: any(ground.laptop.folder.glob("outbox/*.note")),
        where=lambda ground: ground.laptop.desk,
    ),
    "take a station's bundle": Work(
        lambda ground: ground.typed("bundle", "in", "stick"),
        lambda ground: ground.holder() == "pps-08",
        before=lambda ground: (ground.laptop.hand("kpps-08-1", "pps-08", TPS, HABI, f"PEM24-{TPS}-DPR-1"), ground.laptop.out()),
    ),
}


def watched(ground: Ground, work: Work, disk: Disk) -> Ended:
    with work.around(ground), disk.watched():
        return work.do(ground)


# Every step that a work takes on the disk: what -> the calls. A new write that stands in no list makes the test of the list fail.
STEPS: dict[str, dict[str, str]] = {
    "scan a handoff": {
        "draft": "create write sync remove",
        "folder of drafts": "sync",
        "ledger.db": "commit fold",
        "guard": "create write sync",
    },
    "record a handoff": {
        "ledger.db": "commit fold",
        "guard": "create write sync",
    },
    "export": {
        "folder of an export": "folder sync",
        "export bundle": "create write sync rename",
        "export tile": "folder create write sync rename",
        "export checkpoint": "create write sync rename",
        "export officers.vkeys": "create write sync rename",
        "export policy": "create write sync rename",
    },
    "export what is new": {
        "export bundle": "create write sync rename",
        "export tile": "create write sync rename",
        "export checkpoint": "create write sync rename",
        "folder of an export": "sync",
    },
    "write a receipt": {
        "receipt": "create write sync link remove",
        "folder of papers": "sync",
    },
    "back up": {
        "workplace of a backup": "folder sync",
        "ledger.db": "create copy",
        "private.db": "create copy",
        "backup": "create write sync rename",
        "folder of papers": "sync",
        "date of the backup": "create write sync rename",
        "state folder": "sync",
    },
    "restore": {
        "state folder": "folder sync",
        "workplace of a restore": "folder sync",
        "ledger.db": "create write sync",
        "private.db": "create write sync",
        "restored file": "create write sync",
        "guard": "create write sync rename",
        "date of the restoring": "create write sync rename",
        "restored folder": "rename",
        "folder of papers": "sync",
    },
    "print labels": {
        "folder of papers": "folder sync",
        "private.db": "commit fold",
        "ledger.db": "commit fold",
        "guard": "create write sync",
        "labels": "create write sync link remove",
    },
    "issue a report": {
        "ledger.db": "commit fold",
        "guard": "create write sync",
        "report": "create write sync link remove",
        "folder of papers": "sync",
    },
    "rebuild the lists": {
        "ledger.db": "commit fold",
    },
    "keep what others hold": {
        "folder of evidence": "folder sync",
        "evidence": "create write sync rename",
    },
    "write a bundle": {
        "account of bundles": "create write sync rename",
        "ledger folder": "sync",
        "bundle": "create write sync rename",
        "folder of papers": "sync",
    },
    "take a bundle at a station": {
        "memory of another computer": "create write",
        "ledger.db": "commit fold",
        "guard": "create write sync",
        "private.db": "fold",
    },
    "record at a station": {
        "outbox note": "create write sync rename",
        "folder of the outbox": "sync",
    },
    "take a station's bundle": {
        "ledger.db": "commit fold",
        "guard": "create write sync",
        "memory of another computer": "create write",
    },
}
