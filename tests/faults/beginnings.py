"""More works whose every step on the disk fails once: making keys, founding, witnesses, laptops, the network (`steps.py`)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from custody.core.note import split
from custody.station import keyfile
from fixtures.served import Served
from tests.cli.daily_kit import HABI, TPS
from tests.cli.harness import Desk, Ended
from tests.cli.laptop_kit import Laptop
from tests.cli.office_kit import AUTHORITIES, OfficeDesk
from tests.faults.steps import Ground, Work, away, handed

BOX = f"PEM24-{TPS}-DPR-1"
SAKSI = "saksi.contoh.example/bawaslu"


def key_opens(ground: Ground) -> bool:
    """It opens with its passphrase, and its public half is its own."""
    path = ground.root / "kunci"
    opened = keyfile.load_key(path, Path(ground.evening.word()).read_bytes().strip)
    return opened.public == keyfile.read_public(path)


# -- founding


def founders(ground: Ground) -> Desk:
    """A desk in a folder of its own; the ledger is to lie beside it."""
    return Desk(ground.root / "pendirian", away(ground, "baru").environ, ground.evening.desk.now)


def authorities(ground: Ground) -> None:
    """Three keys and a plan."""
    (ground.root / "pendirian").mkdir()
    OfficeDesk(Desk(ground.root / "pendirian", {})).plan()


def founded(ground: Ground) -> Ended:
    """Typed from the plan; then as the words say: without the plan where the founding has begun, the deed alone where all else is done."""
    signers = [*(part for name in AUTHORITIES for part in ("--key", name)), "--passphrase-file", "word", "--yes"]
    ended = founders(ground).run("init", "--from", "plan.toml", *signers)
    if "sudah berdiri" in ended.err:
        return founders(ground).run("init", "--deed")
    return founders(ground).run("init", *signers) if "sudah dimulai" in ended.err else ended


def ledger_is_founded(ground: Ground) -> bool:
    folder = ground.root / "baru"
    there = all((folder / name).exists() for name in ("policy", "custody.toml", "founding/deed.txt", "founding/deed.pdf"))
    return there and len(ground.bodies(folder)) == 1 and founders(ground).run("status").exit == 0


# -- witnesses


def witness(ground: Ground) -> Ended:
    return ground.typed("witness", "new", "saksi", "--name", SAKSI, "--trust", "ledger/policy", *ground.word)


def witness_works(ground: Ground) -> bool:
    """It signs what it is asked, once."""
    if not (ground.root / "coba.req").exists():
        ground.typed("witness", "request", "--out", "coba.req")
        ground.typed("witness", "cosign", "saksi", "coba.req", *ground.word)
    return (ground.root / "coba.cosigned").exists()


def named(ground: Ground) -> Ended:
    key = next(word for word in ground.typed("witness", "show", "saksi").out.split() if word.startswith(f"{SAKSI}+"))
    return ground.typed("witness", "add", "bawaslu", key)


def asked(ground: Ground) -> Ended:
    return ground.typed("witness", "request", "--out", "minta.req")


def cosigned(ground: Ground) -> Ended:
    return ground.typed("witness", "cosign", "saksi", "minta.req", *ground.word)


def taken(ground: Ground) -> Ended:
    return ground.typed("witness", "take", "minta.cosigned")


def ready(ground: Ground, *works: object) -> None:
    for one in works:
        assert callable(one) and one(ground).exit in (0, 4)


# -- laptops


def laptop(ground: Ground) -> Laptop:
    """A second one, of which nobody knows."""
    one = object.__new__(Laptop)
    one.evening, one.name, one.stick = ground.evening, "rote", ground.root / "stick"
    one.root = ground.root / "laptop-rote"
    one.root.mkdir(exist_ok=True)
    one.folder, one.state = one.root / "kotak", one.root / "state"
    one.desk = Desk(one.root, {"CUSTODY_LEDGER": str(one.folder), "CUSTODY_STATE": str(one.state)}, ground.evening.desk.now)
    return one


def requested(ground: Ground) -> Ended:
    return laptop(ground).run("station", "request", "rote", str(ground.root / "stick"))


def key_is_carried(ground: Ground) -> bool:
    return (ground.root / "stick" / "rote.pub").read_bytes() == (laptop(ground).folder / "keys" / "device.pub").read_bytes()


def admitted(ground: Ground) -> Ended:
    return ground.typed("station", "admit", "stick/rote.pub", "--area", HABI)


def newest(ground: Ground) -> str:
    return str(max(ground.root.glob("stick/kantor-*.bundle")))


def joined(ground: Ground) -> Ended:
    return laptop(ground).run("station", "new", newest(ground))


def laptop_has_all(ground: Ground) -> bool:
    return ground.bodies(laptop(ground).folder) == ground.bodies()


# -- the network


@contextmanager
def serving(ground: Ground) -> Iterator[None]:
    with Served(ground.evening.office.folder, ground.evening.office.state) as served:
        (ground.root / "port").write_text(str(served.port))
        yield


def synced(ground: Ground) -> Ended:
    return ground.laptop.run("sync", "--url", f"http://127.0.0.1:{(ground.root / 'port').read_text()}")


def both_have_it(ground: Ground) -> bool:
    waits = any(ground.laptop.folder.glob("outbox/*.note"))
    return not waits and ground.holder() == "pps-08" and ground.bodies(ground.laptop.folder) == ground.bodies()


BEGINNINGS: dict[str, Work] = {
    "make a key": Work(lambda ground: ground.typed("key", "new", "--out", "kunci", "--name", "penjaga-9", *ground.word), key_opens),
    "begin a ledger": Work(founded, ledger_is_founded, before=authorities, where=founders),
    "make a witness": Work(witness, witness_works),
    "name a witness": Work(named, lambda ground: b"bawaslu" in (ground.evening.office.folder / "policy").read_bytes(), before=witness),
    "ask a witness": Work(asked, lambda ground: (ground.root / "minta.req").read_bytes().startswith(b"old 0\n")),
    "cosign": Work(
        cosigned,
        lambda ground: SAKSI in {line.name for line in split((ground.root / "minta.cosigned").read_bytes())[1]},
        before=lambda ground: ready(ground, witness, asked),
    ),
    "take a cosignature": Work(
        taken,
        lambda ground: ground.typed("verify", "--require-witness", "--trust", "ledger/policy").exit == 0,
        before=lambda ground: ready(ground, witness, named, asked, cosigned),
    ),
    "ask for a laptop's place": Work(requested, key_is_carried, before=laptop, where=lambda ground: laptop(ground).desk),
    "admit a laptop": Work(
        admitted,
        lambda ground: "rote" in ground.typed("station", "list").out and any(ground.root.glob("stick/kantor-*.bundle")),
        before=requested,
    ),
    "take over a copy": Work(
        joined, laptop_has_all, before=lambda ground: ready(ground, requested, admitted), where=lambda ground: laptop(ground).desk
    ),
    "bring over the network": Work(
        synced,
        both_have_it,
        before=lambda ground: ground.laptop.hand("kpps-08-1", "pps-08", TPS, HABI, BOX),
        where=lambda ground: ground.laptop.desk,
        around=serving,
    ),
    "fetch over the network": Work(
        synced,
        both_have_it,
        before=handed,
        where=lambda ground: ground.laptop.desk,
        around=serving,
    ),
}

_NEW, _ANEW = "create write sync link remove", "create write sync rename"

_OVER = {  # both ways over the network
    "folder of the network": "folder sync",
    "account of bundles": _ANEW,
    "ledger folder": "sync",
    "bundle": "create write remove",
    "tag of a fetch": f"{_ANEW} remove",
    "ledger.db": "commit fold",
    "guard": "create write sync",
    "memory of another computer": "create write",
    "tag of what was heard": _ANEW,
}
BEGINNING_STEPS: dict[str, dict[str, str]] = {
    "make a key": {"public half of a key": _NEW, "key": _NEW, "folder of papers": "sync"},
    "begin a ledger": {
        "folder of a key": "folder sync",
        "ledger folder": "folder sync",
        "public half of a key": _NEW,
        "key": _NEW,
        "folder of the founding": "folder sync",
        "founding openings": _ANEW,
        "founding text.sha256": _ANEW,
        "founding packet": _ANEW,
        "founding text": _ANEW,
        "founding signature": _ANEW,
        "state folder": "folder sync",
        "ledger.db": "create commit fold",
        "guard": _ANEW,
        "private.db": "create commit fold",
        "trust file": _ANEW,
        "name of the ledger": _ANEW,
        "folder of drafts": "folder",
        "folder of the outbox": "folder",
        "founding deed.txt": _ANEW,
        "founding deed.pdf": _ANEW,
    },
    "make a witness": {"folder of a key": "folder sync", "public half of a key": _NEW, "key": _NEW, "trust file": _ANEW},
    "name a witness": {"trust file": _ANEW, "ledger folder": "sync"},
    "ask a witness": {"request to a witness": _NEW, "folder of papers": "sync"},
    "cosign": {
        "folder of a witness's memory": "folder sync",
        "memory of a witness": _ANEW,
        "answer of a witness": _ANEW,
        "folder of papers": "sync",
    },
    "take a cosignature": {"ledger.db": "commit fold"},
    "ask for a laptop's place": {
        "ledger folder": "folder",
        "folder of a key": "folder sync",
        "public half of a key": _NEW,
        "key": _NEW,
        "key on the stick": _ANEW,
        "folder of papers": "sync",
    },
    "admit a laptop": {
        "memory of another computer": _ANEW,
        "folder of other computers": "sync",
        "account of bundles": _ANEW,
        "ledger folder": "sync",
        "bundle": _ANEW,
        "folder of papers": "sync",
    },
    "take over a copy": {
        "ledger.db": "create commit fold",
        "ledger folder": "sync",
        "private.db": "create commit fold",
        "state folder": "folder sync",
        "guard": _ANEW,
        "trust file": _ANEW,
        "name of the ledger": _ANEW,
        "folder of drafts": "folder",
        "folder of the outbox": "folder",
        "account of bundles": _ANEW,
        "folder of other computers": "folder",
        "memory of another computer": _ANEW,
    },
    "bring over the network": {**_OVER, "outbox note": "remove", "folder of the outbox": "sync"},
    "fetch over the network": _OVER,
}

__all__ = ["BEGINNINGS", "BEGINNING_STEPS"]
