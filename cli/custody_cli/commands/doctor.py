"""`custody doctor`: is this computer fit for the work? Each check says what it found and what to do."""

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from custody.core.errors import CustodyError
from custody.durable import trouble
from custody_cli.ground.console import paint
from custody_cli.ground.desk import office, state_dir, zone_here
from custody_cli.ground.exits import Exit
from custody_cli.ground.runtime import App, option, pass_app
from custody_cli.ground.runtime import command as define
from custody_cli.ground.settings import from_home

if TYPE_CHECKING:
    from custody.assembly import Office

Grade = Literal["good", "open", "warn", "bad"]  # open: not done yet or not needed here, and no trouble
_ENOUGH = 1 << 30  # bytes free: a kabupaten's ledger several times over
_LITTLE = 100 << 20
_OLD_BACKUP = 24 * 3600  # seconds
_SQLITE = (3, 37)  # the first that knows strict tables; that two writers at once can damage older files, our lock file prevents
_SLACK = 300  # seconds that a file may lie in the future


@dataclass(frozen=True)
class Check:
    """One thing that was looked at."""

    name: str
    grade: Grade
    facts: dict[str, Any]

    @property
    def code(self) -> str:
        return f"cli.doctor.{self.name}.{self.grade}"


@define("doctor")
@option("--scanner", is_flag=True)
@option("--rebuild", "anew", is_flag=True)
@pass_app
def command(app: App, scanner: bool, anew: bool) -> int | None:
    rebuilt = _rebuilt(app) if anew else None
    found = [*_machine(app), *(_ledger(app) if app.ledger_path is not None else [Check("ledger", "warn", {"path": "—"})])]
    if scanner:
        found.append(_scanner(app))
    checks = [{"name": one.name, "grade": one.grade, "facts": one.facts, "message": app.say(one.code, **one.facts)} for one in found]
    document = {"checks": checks, "fit": all(one.grade != "bad" for one in found), "rebuilt": rebuilt}
    app.answer("doctor", document, lambda: _shown(app, found))
    return Exit.FINDINGS if any(one.grade == "bad" for one in found) else None


def _rebuilt(app: App) -> int:
    """What is computed from the entries, computed anew. Raises `Altered` where the entries are not those that were signed."""
    from custody.assembly import rebuild

    with office(app, proven=True) as opened:
        count = rebuild(opened)
    app.console.note(app.say("cli.doctor.rebuilt", count=count))
    return count


def _shown(app: App, found: list[Check]) -> str:
    rows = []
    for one in found:
        label = paint(app.say(f"cli.doctor.{one.grade}"), "dim" if one.grade == "open" else one.grade)
        rows.append(f"{label} {app.say(one.code, **one.facts)}")
        step = app.next_step(one.code, **one.facts)
        if step and one.grade != "good":
            rows.append(f"        {step}")
    worst = next((grade for grade in ("bad", "warn") if any(one.grade == grade for one in found)), "good")
    rows.append(paint(app.say(f"cli.doctor.sum.{worst}", bad=_count(found, "bad"), warn=_count(found, "warn")), worst))
    return "\n".join(rows)


def _count(found: list[Check], grade: str) -> int:
    return sum(one.grade == grade for one in found)


def _machine(app: App) -> Iterator[Check]:
    """What holds without any ledger."""
    import sqlite3

    yield _clock(app)
    version = sqlite3.sqlite_version_info
    yield Check("sqlite", "good" if version >= _SQLITE else "bad", {"version": sqlite3.sqlite_version})
    yield Check("python", "good" if sys.version_info >= (3, 11) else "bad", {"version": sys.version.split()[0]})
    yield _disk("state", state_dir(app))
    yield _trust(app)


def _clock(app: App) -> Check:
    """A clock behind files that exist already is wrong: those of the ledger, of the state folder, of the program."""
    import custody

    now = app.clock()
    seen = [Path(custody.__file__), state_dir(app)]
    if app.ledger_path is not None:
        seen += [app.ledger_path / name for name in ("ledger.db", "ledger.db-wal", "private.db")]
    newest = max((_changed(path) for path in seen), default=0.0)
    facts = {"at": _moment(now), "newest": _moment(datetime.fromtimestamp(newest, UTC)), "zone": _zone(app)}
    return Check("clock", "bad" if newest > now.timestamp() + _SLACK else "good", facts)


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _zone(app: App) -> str:
    """The zone of the ledger, that of this computer where there is none."""
    if app.ledger_path is not None:
        try:
            with office(app, proven=True) as opened:
                return opened.zone
        except CustodyError:
            return zone_here(app)
    return zone_here(app)


def _moment(when: datetime) -> str:
    from custody.i18n.dates import utc_text

    return utc_text(when)


def _disk(name: str, folder: Path) -> Check:
    """Room and rights where we write; the nearest folder above that exists answers for one that does not."""
    import shutil

    there = next((one for one in (folder, *Path(os.path.realpath(folder)).parents) if one.is_dir()), Path())
    free = shutil.disk_usage(there).free
    facts = {"path": str(folder), "free": free >> 20}
    if not os.access(there, os.W_OK):
        return Check("rights", "bad", facts)
    return Check("disk", "good" if free >= _ENOUGH else "warn" if free >= _LITTLE else "bad", {**facts, "what": name})


def _trust(app: App) -> Check:
    """The trust file of the settings, if one is named there."""
    from custody_cli.papers.trustfile import trust_file

    if app.settings.trust is None:
        return Check("trust", "warn" if app.ledger_path is None else "open", {"path": "—"})
    path = from_home(app.settings.trust)
    try:
        trust_file(app, path)
    except (CustodyError, OSError) as error:
        return Check("trust", "bad", {"path": str(path), "why": _why(app, error)})
    return Check("trust", "good", {"path": str(path)})


def _why(app: App, error: Exception) -> str:
    if isinstance(error, CustodyError):
        return app.say(error.code, **error.facts)
    return app.say("cli.doctor.system", reason=trouble(error))


def _ledger(app: App) -> Iterator[Check]:
    """What holds of the ledger folder; one thing that is wrong does not keep the others from being looked at."""
    path = app.ledger()
    yield _disk("ledger", path)
    try:
        with office(app, proven=True) as opened:
            yield Check("ledger", "good", {"path": str(path), "size": opened.ledger.size, "operation": opened.founding.body["operation"]})
            for look in (_network, _files, _place, _policy, _key, _outbox, _backup):
                yield from _looked(app, look, opened)
    except (CustodyError, OSError) as error:
        yield Check("ledger", "bad", {"path": str(path), "why": _why(app, error)})


def _looked(app: App, look: "Callable[[App, Office], Check]", opened: "Office") -> Iterator[Check]:
    try:
        yield look(app, opened)
    except (CustodyError, OSError) as error:
        yield Check(look.__name__.strip("_"), "bad", {"why": _why(app, error), "path": str(opened.folder.path)})


def _network(app: App, opened: "Office") -> Check:
    """The store refuses a network share when it opens, and a database that is not as it was made; that it opened is the answer."""
    from custody.ledger.dwelling import url_of

    url = url_of(opened.folder.database)
    if url is not None:
        return Check("database", "good", {"path": url})
    return Check("network", "good", {"path": str(opened.folder.path)})


def _files(app: App, opened: "Office") -> Check:
    """The look that each database has at itself, and the rights of what is private."""
    opened.store.examine()
    opened.private.examine()
    return Check("files", "good", {"path": str(opened.folder.path)})


def _place(app: App, opened: "Office") -> Check:
    """The rollback guard agrees that the ledger lives here."""
    if not opened.guard.path.exists():
        return Check("place", "warn", {"path": str(opened.guard.path), "why": "—"})
    opened.check_place()
    return Check("place", "good", {"path": str(opened.folder.path)})


def _policy(app: App, opened: "Office") -> Check:
    policy = opened.policy
    return Check("policy", "good" if policy.requires_witnesses else "open", {"witnesses": len(policy.witnesses)})


def _key(app: App, opened: "Office") -> Check:
    """The ledger key: there, its own, and readable by nobody else."""
    from custody.assembly import file_key
    from custody.ledger import holder

    if opened.station:
        return Check("keyaway", "good", {})
    path, use = opened.folder.key, opened.founding.body["ledger_key_use"]
    if use == "unlocked":
        shift = holder.find(opened.state, opened.origin)
        facts = {"path": str(path), "until": None if shift is None else shift.until, "zone": opened.zone}
        return Check("keylock", "open" if shift is None else "good", facts)
    signer = file_key(path, opened.origin, lambda: b"")
    known = opened.ledger.state.roster.known(signer.key.name, signer.key.key_id, opened.ledger.size)
    return Check("key", "bad" if known is None else "good", {"path": str(path), "why": app.say("cli.doctor.key.foreign")})


def _outbox(app: App, opened: "Office") -> Check:
    refused = len(opened.outbox.refused())
    if refused:
        return Check("refused", "bad", {"count": refused})
    waiting = len(opened.outbox.pending())
    return Check("outbox", "warn" if waiting else "good", {"count": waiting})


def _backup(app: App, opened: "Office") -> Check:
    from custody.assembly import last_backup
    from custody.core.moment import to_seconds

    last = last_backup(opened)
    if last is None:
        if opened.drill:
            return Check("backup.drill", "good", {})
        return Check("backup", "bad" if opened.ledger.size > 1 else "warn", {"hours": None, "behind": opened.ledger.size})
    if last.same_disk:
        return Check("backup.disk", "bad", {"path": last.path})
    age, behind = int(app.clock().timestamp()) - to_seconds(last.at), opened.ledger.size - last.size
    if last.same_disk is None:
        return Check("backup.disk", "warn", {"path": last.path})
    old = behind > 0 and age > _OLD_BACKUP
    return Check("backup", "warn" if old else "good", {"hours": max(age, 0) // 3600, "behind": behind})


def _scanner(app: App) -> Check:
    """The self-test code is scanned from the screen: a keyboard layout that is not the scanner's shows at once."""
    from custody.intake.keyboards import SELF_TEST, diagnose

    app.console.note(app.say("cli.doctor.scanner.show"))
    for row in _picture(SELF_TEST):
        app.console.note(row)
    typed = app.prompter.line(app.say("cli.doctor.scanner.ask"))
    found = diagnose(typed)
    facts = {"layout": found.layout, "suffix": "tab" if found.suffix == "tab" else "enter", "typed": typed.strip()[:60]}
    grade: Grade = "bad" if found.layout is None else "good" if found.layout == "us" else "warn"
    return Check("scanner", grade, facts)


def _picture(text: str) -> Iterator[str]:
    """A QR code in half blocks, light on a dark terminal, with the quiet zone that scanners want."""
    import qrcode

    code = qrcode.QRCode(border=2)
    code.add_data(text)
    code.make()
    rows = code.get_matrix()
    rows += [[False] * len(rows[0])] * (len(rows) % 2)
    for upper, lower in zip(rows[::2], rows[1::2], strict=True):
        yield "".join(_BLOCKS[high, low] for high, low in zip(upper, lower, strict=True))


_BLOCKS = {(False, False): "█", (False, True): "▀", (True, False): "▄", (True, True): " "}
